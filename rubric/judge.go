package rubric

import (
	"errors"
	"math"

	"maieutic/rubric/algebra"
	"maieutic/tutor"
)

// judge compares a learner's statement with the reference and says what is
// wrong with it. The error is a refusal for cost.
func (ref reference) judge(s algebra.Statement) (bool, string, error) {
	items := withoutWorking(s.Items)
	want := ref.statement.Items
	if len(want) == 1 && len(items) > 1 && !twofold(want[0]) {
		if pair, ok := asPair(items, want[0]); ok {
			items = []algebra.Item{pair}
		} else {
			last, same, err := lastOfEquivalent(items)
			if err != nil {
				return refused(err)
			}
			if !same {
				return false, NoteSeveral, nil
			}
			items = []algebra.Item{last}
		}
	}
	if len(want) == 1 && len(items) == 1 && !twofold(items[0]) && !twofold(want[0]) {
		return ref.judgeItem(items[0], want[0])
	}
	equal, err := algebra.Equal(algebra.Statement{Items: ref.bare(items)}, algebra.Statement{Items: ref.bare(want)})
	if err != nil {
		return refused(err)
	}
	return equal, "", nil
}

// twofold reports a ±, which makes one item two.
func twofold(it algebra.Item) bool {
	found := false
	for _, side := range it.Sides {
		side.Walk(func(n *algebra.Node) { found = found || n.Op == algebra.OpPlusMinus })
	}
	return found
}

// refused turns errors of a comparison into a plain "not equal", except for
// those of cost.
func refused(err error) (bool, string, error) {
	var limit *algebra.LimitError
	if errors.As(err, &limit) {
		return false, NoteTooLong, err
	}
	return false, "", nil
}

// withoutWorking drops true calculations such as "-3 * -4 = 12" that stand
// beside an answer.
func withoutWorking(items []algebra.Item) []algebra.Item {
	var rest []algebra.Item
	for _, it := range items {
		if !algebra.Identity(it) {
			rest = append(rest, it)
		}
	}
	if len(rest) == 0 && len(items) > 0 {
		return items[len(items)-1:]
	}
	return rest
}

// lastOfEquivalent returns the last item when all mean the same, as the lines
// of a solution do: 2x = 8, x = 4.
func lastOfEquivalent(items []algebra.Item) (algebra.Item, bool, error) {
	last := items[len(items)-1]
	for _, it := range items[:len(items)-1] {
		same, err := algebra.EqualItems(it, last)
		if err != nil {
			return last, false, err
		}
		if !same {
			return last, false, nil
		}
	}
	return last, true, nil
}

// asPair reads "x = 3, y = 4" or "3, 4" as the pair (3, 4).
func asPair(items []algebra.Item, want algebra.Item) (algebra.Item, bool) {
	target := want.Sides[len(want.Sides)-1]
	if target.Op != algebra.OpTuple || len(target.Args) != len(items) || target.Open != "(" {
		return algebra.Item{}, false
	}
	pair := &algebra.Node{Op: algebra.OpTuple, Open: "(", Close: ")"}
	names := ""
	for _, it := range items {
		switch {
		case len(it.Sides) == 1:
			pair.Args = append(pair.Args, it.Sides[0])
		case len(it.Sides) == 2 && it.Relations[0] == "=" && it.Sides[0].Op == algebra.OpVariable:
			if it.Sides[0].Name <= names {
				return algebra.Item{}, false // x before y, as in the pair
			}
			names = it.Sides[0].Name
			pair.Args = append(pair.Args, it.Sides[1])
		default:
			return algebra.Item{}, false
		}
	}
	return algebra.Item{Sides: []*algebra.Node{pair}}, true
}

// bare strips "x =" from the elements of a solution set, when the unknown is
// the one asked for.
func (ref reference) bare(items []algebra.Item) []algebra.Item {
	out := make([]algebra.Item, len(items))
	unknown := ref.unknown()
	for i, it := range items {
		out[i] = it
		if len(it.Sides) == 2 && it.Relations[0] == "=" && isVariable(it.Sides[0], unknown) {
			out[i] = algebra.Item{Sides: it.Sides[1:]}
		}
	}
	return out
}

// unknown is the variable the answer is for: authored, or the left side of
// "x = 4, x = -4".
func (ref reference) unknown() string {
	if ref.answer.Variable != "" {
		return ref.answer.Variable
	}
	name := ""
	for _, it := range ref.statement.Items {
		if len(it.Sides) != 2 || it.Sides[0].Op != algebra.OpVariable || name != "" && name != it.Sides[0].Name {
			return ""
		}
		name = it.Sides[0].Name
	}
	return name
}

func isVariable(n *algebra.Node, name string) bool {
	return n.Op == algebra.OpVariable && name != "" && n.Name == name
}

func (ref reference) judgeItem(it, want algebra.Item) (bool, string, error) {
	unsolved := len(want.Sides) == 2 && want.Sides[0].Op != algebra.OpVariable && want.Sides[1].Op != algebra.OpVariable
	if ref.answer.Kind == tutor.AnswerEquation || unsolved && want.Relations[0] == "=" {
		return ref.judgeEquation(it, want)
	}
	if len(want.Sides) > 1 && want.Relations[0] != "=" {
		equal, err := algebra.EqualItems(it, want)
		if err != nil {
			return refused(err)
		}
		return equal, "", nil
	}
	target := want.Sides[len(want.Sides)-1]
	final, note := ref.final(it, target)
	if final == nil {
		return false, note, nil
	}
	return ref.judgeNode(final, target)
}

func (ref reference) judgeEquation(it, want algebra.Item) (bool, string, error) {
	if len(it.Sides) == 1 && len(want.Sides) == 2 && ref.answer.Variable != "" && isVariable(want.Sides[0], ref.answer.Variable) {
		return ref.judgeNode(it.Sides[0], want.Sides[1])
	}
	if len(it.Sides) == 1 && len(want.Sides) == 2 {
		return false, NoteNotSolved, nil
	}
	equal, err := algebra.EqualItems(it, want)
	if err != nil {
		return refused(err)
	}
	return equal, "", nil
}

// final takes the expression that answers out of a chain: "x = 8/2 = 4" gives
// 4, "2(x+3) = 2x+6" gives 2x+6.
func (ref reference) final(it algebra.Item, target *algebra.Node) (*algebra.Node, string) {
	if len(it.Sides) == 1 {
		return it.Sides[0], ""
	}
	unknown := ref.unknown()
	var rest []*algebra.Node
	named := false
	for i, side := range it.Sides {
		if i > 0 && it.Relations[i-1] != "=" {
			return nil, ""
		}
		switch {
		case isVariable(side, unknown), unknown == "" && names(side, target):
			named = true
		case unknown != "" && side.Op == algebra.OpVariable && !mentions(target, side.Name):
			return nil, NoteWrongVariable
		default:
			rest = append(rest, side)
		}
	}
	if len(rest) == 0 {
		return nil, NoteNotSolved
	}
	last := rest[len(rest)-1]
	if !named && len(last.Variables()) == 0 && !constant(rest) {
		return nil, NoteNotSolved // "2x = 8" is not yet an answer
	}
	return last, ""
}

// names reports whether a side only names the answer: a letter that does not
// occur in it, or f(x).
func names(side, target *algebra.Node) bool {
	if side.Op == algebra.OpVariable {
		return !mentions(target, side.Name)
	}
	name, ok := applied(side)
	return ok && !mentions(target, name)
}

func mentions(n *algebra.Node, name string) bool {
	for _, v := range n.Variables() {
		if v == name {
			return true
		}
	}
	return false
}

func constant(nodes []*algebra.Node) bool {
	for _, n := range nodes {
		if len(n.Variables()) > 0 {
			return false
		}
	}
	return true
}

// judgeNode compares values, then looks at the form.
func (ref reference) judgeNode(n, target *algebra.Node) (bool, string, error) {
	equal, err := algebra.EqualNodes(n, target)
	if err != nil {
		return refused(err)
	}
	if !equal && ref.answer.Tolerance > 0 {
		a, okA := algebra.Float(n)
		b, okB := algebra.Float(target)
		equal = okA && okB && math.Abs(a-b) <= ref.answer.Tolerance*(1+1e-9)
	}
	if !equal {
		negated := &algebra.Node{Op: algebra.OpNeg, Args: []*algebra.Node{n}}
		if opposite, err := algebra.EqualNodes(negated, target); err == nil && opposite {
			return false, NoteSign, nil
		}
		return false, "", nil
	}
	if !algebra.HasForm(n, ref.answer.Form, target) {
		return false, NoteWrongForm, nil
	}
	if ref.answer.Kind == tutor.AnswerNumber && target.Literal() && calculation(n) {
		return false, NoteNotEvaluated, nil
	}
	return true, "", nil
}

// calculation reports whether a number was left as a sum or product to work
// out. Powers of ten, roots and multiples of π are ways to write a number.
func calculation(n *algebra.Node) bool {
	if n.Literal() {
		return false
	}
	switch n.Op {
	case algebra.OpNeg:
		return calculation(n.Args[0])
	case algebra.OpAdd:
		return exact(n.Args)
	case algebra.OpMul:
		return exact(n.Args) && !powerOfTen(n.Args[len(n.Args)-1])
	case algebra.OpDiv:
		return calculation(n.Args[0]) || calculation(n.Args[1])
	}
	return false
}

// exact reports whether all parts are rational, so that they can be added up.
func exact(nodes []*algebra.Node) bool {
	for _, n := range nodes {
		if _, ok := algebra.Rational(n); !ok {
			return false
		}
	}
	return true
}

func powerOfTen(n *algebra.Node) bool {
	if n.Op != algebra.OpPow {
		return false
	}
	base, ok := algebra.Rational(n.Args[0])
	return ok && base.RatString() == "10"
}
