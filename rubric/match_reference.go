package rubric

import (
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"maieutic/rubric/algebra"
	"maieutic/tutor"
)

// reference is one authored answer, parsed.
type reference struct {
	answer    tutor.Answer
	statement algebra.Statement
	variables []string // of the answer and the unknown
	costly    *bool    // set once a comparison was refused for its cost; nil to try all
}

// references parses the authored answers. "330,367" may be one number or two,
// so it becomes two references.
func references(a tutor.Answer) []reference {
	var out []reference
	for _, value := range append([]string{a.Value}, a.Accept...) {
		if a.Unit != "" {
			value, _ = maskUnit(value, a.Unit)
		}
		options := []algebra.Options{{Language: "en"}}
		if ambiguous(value) {
			options = append(options, algebra.Options{Language: "en", NoThousands: true})
		}
		for _, o := range options {
			s, err := algebra.Parse(value, o)
			if err != nil {
				continue
			}
			ref := reference{answer: a, statement: s, variables: s.Variables()}
			if a.Variable != "" {
				ref.variables = append(ref.variables, a.Variable)
			}
			out = append(out, ref)
			if value, ok := functionValue(s); ok {
				ref.statement, ref.answer.Kind = value, tutor.AnswerExpression
				out = append(out, ref)
			} else if name, ok := solvedFor(s); ok && a.Kind == tutor.AnswerEquation && a.Variable == "" {
				ref.answer.Kind, ref.answer.Variable = tutor.AnswerNumber, name
				out = append(out, ref)
			}
		}
	}
	return out
}

// solvedFor returns the unknown of "x = 4", to which "4" is an answer too.
func solvedFor(s algebra.Statement) (string, bool) {
	if len(s.Items) != 1 || len(s.Items[0].Sides) != 2 || s.Items[0].Relations[0] != "=" {
		return "", false
	}
	left, right := s.Items[0].Sides[0], s.Items[0].Sides[1]
	return left.Name, left.Op == algebra.OpVariable && len(right.Variables()) == 0
}

// functionValue returns the right side of "f(x) = 2x + 1", which answers the
// same question.
func functionValue(s algebra.Statement) (algebra.Statement, bool) {
	if len(s.Items) != 1 || len(s.Items[0].Sides) != 2 || s.Items[0].Relations[0] != "=" {
		return s, false
	}
	sides := s.Items[0].Sides
	name, ok := applied(sides[0])
	if !ok || mentions(sides[1], name) {
		return s, false
	}
	return algebra.Statement{Items: []algebra.Item{{Sides: sides[1:]}}}, true
}

// applied returns the function of "f(x)", "h(4)" or "f^-1(x)", which read as
// products of a letter and what it is applied to.
func applied(n *algebra.Node) (string, bool) {
	if n.Op != algebra.OpMul || len(n.Args) != 2 {
		return "", false
	}
	f, argument := n.Args[0], n.Args[1]
	if f.Op == algebra.OpPow {
		if v, ok := algebra.Rational(f.Args[1]); !ok || v.Cmp(big.NewRat(-1, 1)) != 0 {
			return "", false
		}
		f = f.Args[0]
	}
	_, number := algebra.Rational(argument)
	return f.Name, f.Op == algebra.OpVariable && (argument.Op == algebra.OpVariable || number)
}

// scaled returns the reference for a text whose unit is ratio of the asked
// one: 150 in centimetres for 1.5 in metres.
func (ref reference) scaled(ratio *big.Rat) reference {
	if ratio.Cmp(big.NewRat(1, 1)) == 0 || len(ref.statement.Items) != 1 {
		return ref
	}
	it := ref.statement.Items[0]
	sides := append([]*algebra.Node(nil), it.Sides...)
	value, ok := algebra.Rational(sides[len(sides)-1])
	if !ok {
		return ref
	}
	sides[len(sides)-1] = &algebra.Node{Op: algebra.OpNumber, Value: value.Quo(new(big.Rat).Set(value), ratio)}
	f, _ := ratio.Float64()
	ref.answer.Tolerance /= f
	it.Sides = sides
	ref.statement = algebra.Statement{Items: []algebra.Item{it}}
	return ref
}

// coordinates reads a point, (3, 4), as the solution of a system whose
// reference names its unknowns, x = 3, y = 4, in the order of the alphabet.
func (ref reference) coordinates(s algebra.Statement) algebra.Statement {
	want := ref.statement.Items
	if len(want) < 2 || len(s.Items) != 1 || len(s.Items[0].Sides) != 1 {
		return s
	}
	point := s.Items[0].Sides[0]
	if point.Op != algebra.OpTuple || len(point.Args) != len(want) {
		return s
	}
	names := map[string]bool{}
	for _, it := range want {
		if len(it.Sides) != 2 || it.Relations[0] != "=" || it.Sides[0].Op != algebra.OpVariable {
			return s
		}
		names[it.Sides[0].Name] = true
	}
	if len(names) != len(want) {
		return s
	}
	var out algebra.Statement
	for i, name := range slices.Sorted(maps.Keys(names)) {
		unknown := &algebra.Node{Op: algebra.OpVariable, Name: name}
		out.Items = append(out.Items, algebra.Item{Sides: []*algebra.Node{unknown, point.Args[i]}, Relations: []string{"="}})
	}
	return out
}

// nounOnly is what was counted, where it is no unit of the table.
var nounOnly = regexp.MustCompile(`^\pL{3,}$`)

// impliedUnit takes the unit off an answer that is authored with it, as in
// "12 kg". long reports that it cannot be a variable: it has more letters than
// one.
func impliedUnit(a tutor.Answer) (out tutor.Answer, long, ok bool) {
	if a.Unit != "" || len(a.Accept) > 0 || len(a.Value) > 80 {
		return a, false, false
	}
	plain := []rune(plainUnits(a.Value))
	for i, r := range plain {
		if !isLetter(r) && r != '°' || i == 0 {
			continue
		}
		name := strings.TrimSpace(string(plain[i:]))
		if _, known := authored(name); !known && !nounOnly.MatchString(name) {
			return a, false, false
		}
		s, err := algebra.Parse(string(plain[:i]), algebra.Options{Language: "en"})
		if err != nil || len(s.Items) != 1 || len(s.Items[0].Sides) != 1 || len(s.Variables()) > 0 {
			return a, false, false
		}
		out = a
		out.Kind, out.Value, out.Unit = tutor.AnswerNumber, strings.TrimSpace(string(plain[:i])), name
		return out, len(plain) > i+1 && isLetter(plain[i+1]), true
	}
	return a, false, false
}
