package algebra

import "math/big"

// Op is what a node of an expression does.
type Op uint8

// The operations. Signs, quotients and brackets stay as they were written, so
// that the form of an answer can be judged.
const (
	OpNumber    Op = iota // Value
	OpVariable            // Name
	OpAdd                 // Args, at least two
	OpMul                 // Args, at least two
	OpDiv                 // Args[0] / Args[1]
	OpNeg                 // -Args[0]
	OpPow                 // Args[0] ^ Args[1]
	OpRoot                // Args[0] under a root of index Args[1]
	OpAbs                 // |Args[0]|
	OpPlusMinus           // Args[0] ± Args[1], or ±Args[0]
	OpPercent             // Args[0] %
	OpMixed               // Args[0] + Args[1], as in 1 1/2
	OpFunction            // Name of Args[0]; a logarithm to the base Args[1]
	OpDegree              // Args[0] degrees, in radians
	OpPi
	OpEuler
	OpInfinity
	OpNone  // no number: "undefined", no "solution" or every "real"; Name says which
	OpTuple // Args between Open and Close, as in (1, 2) or [0, 5)
)

// Node is an expression. Nodes are immutable once parsed.
type Node struct {
	Op          Op
	Value       *big.Rat
	Name        string
	Args        []*Node
	Open, Close string
}

// Variables returns the distinct variable names in order of appearance.
func (n *Node) Variables() []string {
	var names []string
	seen := map[string]bool{}
	n.walk(func(m *Node) {
		if m.Op == OpVariable && !seen[m.Name] {
			seen[m.Name] = true
			names = append(names, m.Name)
		}
	})
	return names
}

func (n *Node) walk(visit func(*Node)) {
	visit(n)
	for _, a := range n.Args {
		a.walk(visit)
	}
}

// has reports whether the expression contains the operation.
func (n *Node) has(op Op) bool {
	found := false
	n.walk(func(m *Node) { found = found || m.Op == op })
	return found
}

// Literal reports whether the expression is a number as one writes it down: an
// integer, decimal, fraction, mixed number or percentage with or without a
// sign, as opposed to a calculation.
func (n *Node) Literal() bool {
	switch n.Op {
	case OpNumber, OpPi, OpEuler, OpMixed:
		return true
	case OpNeg, OpPercent:
		return n.Args[0].Literal() && n.Args[0].Op != OpNeg
	case OpDiv:
		return n.Args[0].signedNumber() && n.Args[1].signedNumber()
	}
	return false
}

func (n *Node) signedNumber() bool {
	return n.Op == OpNumber || n.Op == OpNeg && n.Args[0].Op == OpNumber
}

func number(v *big.Rat) *Node         { return &Node{Op: OpNumber, Value: v} }
func node(op Op, args ...*Node) *Node { return &Node{Op: op, Args: args} }
func subtract(a, b *Node) *Node       { return node(OpAdd, a, node(OpNeg, b)) }
func integer(i int64) *Node           { return number(new(big.Rat).SetInt64(i)) }

// Item is one statement: a single expression, or a chain of expressions with
// relations between them.
type Item struct {
	Sides      []*Node
	Relations  []string // "=", "<", ">", "<=", ">=", "!=", "∈"; one fewer than Sides
	Joint      string   // what joins it to the item before: ",", ";", "and", "or", "∪"; "" for the first
	Start, End int      // code points in the parsed text
}

// Variables returns the distinct variable names of all sides.
func (it Item) Variables() []string { return node(OpTuple, it.Sides...).Variables() }

// Statement is a list of items: most often one, several for a solution set.
type Statement struct{ Items []Item }

// Variables returns the distinct variable names of all items.
func (s Statement) Variables() []string {
	all := node(OpTuple)
	for _, it := range s.Items {
		all.Args = append(all.Args, it.Sides...)
	}
	return all.Variables()
}
