package rubric

import (
	"math/big"

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
			}
		}
	}
	return out
}

// functionValue returns the right side of "f(x) = 2x + 1", which answers the
// same question.
func functionValue(s algebra.Statement) (algebra.Statement, bool) {
	if len(s.Items) != 1 || len(s.Items[0].Sides) != 2 || s.Items[0].Relations[0] != "=" {
		return s, false
	}
	sides := s.Items[0].Sides
	if !application(sides[0]) || mentions(sides[1], sides[0].Args[0].Name) {
		return s, false
	}
	return algebra.Statement{Items: []algebra.Item{{Sides: sides[1:]}}}, true
}

// application reports "f(x)" or "h(4)", which reads as a product of a letter
// and what it is applied to.
func application(n *algebra.Node) bool {
	if n.Op != algebra.OpMul || len(n.Args) != 2 || n.Args[0].Op != algebra.OpVariable {
		return false
	}
	_, number := algebra.Rational(n.Args[1])
	return n.Args[1].Op == algebra.OpVariable || number
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
