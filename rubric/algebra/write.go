package algebra

import "strings"

// Write spells an expression in a canonical way that keeps how it was built:
// "0.75" and "3/4" differ, "2*x" and "2x" do not.
func (n *Node) Write() string {
	switch n.Op {
	case OpNumber:
		return n.Value.RatString()
	case OpVariable, OpNone:
		return n.Name
	case OpPi:
		return "π"
	case OpEuler:
		return "ℯ"
	case OpInfinity:
		return "∞"
	case OpNeg:
		return "-" + n.Args[0].Write()
	case OpAbs:
		return "|" + n.Args[0].Write() + "|"
	}
	if n.Op == OpFunction || n.Op == OpDegree {
		text := n.Name
		for _, a := range n.Args {
			text += "(" + a.Write() + ")"
		}
		return text
	}
	parts := make([]string, len(n.Args))
	for i, a := range n.Args {
		parts[i] = a.Write()
	}
	sign := map[Op]string{
		OpAdd: " + ", OpMul: " ", OpDiv: " over ", OpPow: "^", OpRoot: " root ", OpPlusMinus: " ± ", OpPercent: "%", OpMixed: " and ", OpTuple: ", ",
	}[n.Op]
	if len(parts) == 1 {
		return "(" + sign + parts[0] + ")"
	}
	return n.Open + "(" + strings.Join(parts, sign) + ")" + n.Close
}

// Walk visits an expression and all its parts, outermost first.
func (n *Node) Walk(visit func(*Node)) { n.walk(visit) }

// Addends returns the terms of a sum, or the expression itself.
func (n *Node) Addends() []*Node { return addends(n) }
