package algebra

import "math/big"

// span is a set of real numbers between two bounds; a nil bound is infinite.
type span struct {
	variable        string // "" when written as an interval
	low, high       *big.Rat
	lowOpen, hiOpen bool
}

func (s span) equal(t span) bool {
	if s.variable != "" && t.variable != "" && s.variable != t.variable {
		return false
	}
	return sameBound(s.low, t.low) && sameBound(s.high, t.high) && s.lowOpen == t.lowOpen && s.hiOpen == t.hiOpen
}

func sameBound(a, b *big.Rat) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Cmp(b) == 0
}

// interval reads an item as an interval: (-∞, 8], x <= 8, -3 < x < 5, 8 >= x.
// A pair in round brackets without infinity is a point, not an interval.
func interval(it Item) (span, bool) {
	switch {
	case len(it.Sides) == 1:
		return writtenInterval(it.Sides[0])
	case len(it.Sides) == 2 && it.Relations[0] != "=" && it.Relations[0] != "!=":
		return halfLine(it.Sides[0], it.Sides[1], it.Relations[0])
	case len(it.Sides) == 3 && it.Sides[1].Op == OpVariable:
		left, ok := halfLine(it.Sides[0], it.Sides[1], it.Relations[0])
		right, ok2 := halfLine(it.Sides[1], it.Sides[2], it.Relations[1])
		if !ok || !ok2 {
			return span{}, false
		}
		return intersect(left, right)
	}
	return span{}, false
}

func writtenInterval(n *Node) (span, bool) {
	if n.Op != OpTuple || len(n.Args) != 2 || n.Open == "{" {
		return span{}, false
	}
	if n.Open == "(" && n.Close == ")" && !n.has(OpInfinity) {
		return span{}, false
	}
	s := span{lowOpen: n.Open == "(", hiOpen: n.Close == ")"}
	var ok bool
	if s.low, ok = bound(n.Args[0]); !ok {
		return span{}, false
	}
	s.high, ok = bound(n.Args[1])
	return s, ok
}

// bound reads an end of an interval; nil is infinity.
func bound(n *Node) (*big.Rat, bool) {
	if n.Op == OpInfinity || n.Op == OpNeg && n.Args[0].Op == OpInfinity {
		return nil, true
	}
	return Rational(n)
}

// halfLine solves a linear inequality in one variable.
func halfLine(left, right *Node, rel string) (span, bool) {
	if special(left) || special(right) {
		return span{}, false
	}
	difference := subtract(left, right)
	names := difference.Variables()
	r := newRing()
	f, err := r.normal(difference)
	if err != nil || len(names) != 1 {
		return span{}, false
	}
	c, _, ok := f.num.univariate()
	if _, whole := f.den.constant(); !ok || !whole || len(c) != 2 || rel == "=" || rel == "!=" {
		return span{}, false
	}
	at := new(big.Rat).Quo(c[0], c[1])
	at.Neg(at)
	if c[1].Sign() < 0 {
		rel = flipped[rel]
	}
	open := rel == "<" || rel == ">"
	if rel == "<" || rel == "<=" {
		return span{variable: names[0], high: at, lowOpen: true, hiOpen: open}, true
	}
	return span{variable: names[0], low: at, lowOpen: open, hiOpen: true}, true
}

func intersect(a, b span) (span, bool) {
	if a.variable != b.variable || (a.low == nil) == (b.low == nil) {
		return span{}, false
	}
	if a.low == nil {
		a, b = b, a
	}
	return span{a.variable, a.low, b.high, a.lowOpen, b.hiOpen}, true
}
