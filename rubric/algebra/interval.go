package algebra

import (
	"cmp"
	"math"
	"math/big"
	"slices"
)

// bound is an end of an interval: a constant, or infinity when at is infinite.
type bound struct {
	value *Node
	exact *big.Rat // nil when the constant is not known to be rational
	at    float64
}

func infinite(sign int) bound { return bound{at: math.Inf(sign)} }

// boundOf reads a constant or infinity.
func (c *comparison) boundOf(n *Node) (bound, bool) {
	switch {
	case n.Op == OpInfinity:
		return infinite(1), true
	case n.Op == OpNeg && n.Args[0].Op == OpInfinity:
		return infinite(-1), true
	case special(n) || len(n.Variables()) > 0:
		return bound{}, false
	}
	at, ok := c.float(n)
	if !ok {
		return bound{}, false
	}
	exact, _ := c.rational(n)
	return bound{value: n, exact: exact, at: at}, true
}

// compare orders bounds: exactly when both are rational; others by their
// floating point values, and by comparison where those are close.
func (b bound) compare(c bound) int {
	if b.exact != nil && c.exact != nil {
		return b.exact.Cmp(c.exact)
	}
	if b.value != nil && c.value != nil && math.Abs(b.at-c.at) <= 1e-9*math.Abs(b.at) {
		if same, err := EqualNodes(b.value, c.value); err == nil && same {
			return 0
		}
	}
	return cmp.Compare(b.at, c.at)
}

// span is an interval of real numbers.
type span struct {
	low, high       bound
	lowOpen, hiOpen bool
}

func line() span { return span{infinite(-1), infinite(1), true, true} }

func (s span) empty() bool {
	c := s.low.compare(s.high)
	return c > 0 || c == 0 && (s.lowOpen || s.hiOpen)
}

func (s span) equal(t span) bool {
	return s.low.compare(t.low) == 0 && s.high.compare(t.high) == 0 && s.lowOpen == t.lowOpen && s.hiOpen == t.hiOpen
}

func (s span) intersect(t span) span {
	out := s
	if c := t.low.compare(s.low); c > 0 || c == 0 && t.lowOpen {
		out.low, out.lowOpen = t.low, t.lowOpen
	}
	if c := t.high.compare(s.high); c < 0 || c == 0 && t.hiOpen {
		out.high, out.hiOpen = t.high, t.hiOpen
	}
	return out
}

// region is a set of real numbers: disjoint spans in order, none of which
// touches the next.
type region struct {
	variable string // "" when none was named
	spans    []span
}

func (r region) equal(t region) bool {
	if r.variable != "" && t.variable != "" && r.variable != t.variable {
		return false
	}
	return slices.EqualFunc(r.spans, t.spans, span.equal)
}

// union sorts and merges.
func union(spans []span) []span {
	spans = slices.DeleteFunc(slices.Clone(spans), span.empty)
	slices.SortStableFunc(spans, func(a, b span) int { return a.low.compare(b.low) })
	var out []span
	for _, s := range spans {
		if len(out) == 0 {
			out = append(out, s)
			continue
		}
		last := &out[len(out)-1]
		c := s.low.compare(last.high)
		switch {
		case c > 0 || c == 0 && s.lowOpen && last.hiOpen:
			out = append(out, s)
		default:
			if s.low.compare(last.low) == 0 {
				last.lowOpen = last.lowOpen && s.lowOpen
			}
			if h := s.high.compare(last.high); h > 0 || h == 0 && !s.hiOpen {
				last.high, last.hiOpen = s.high, s.hiOpen
			}
		}
	}
	return out
}

func meet(a, b []span) []span {
	var out []span
	for _, s := range a {
		for _, t := range b {
			out = append(out, s.intersect(t))
		}
	}
	return union(out)
}

// EqualSets compares statements that describe sets of real numbers: intervals,
// solved inequalities, their unions and intersections, all numbers and none.
// ok is false when one of them is no such description.
func EqualSets(a, b Statement) (equal, ok bool) { return new(comparison).equalSets(a, b) }

func (c *comparison) equalSets(a, b Statement) (equal, ok bool) {
	ra, okA := c.regionOf(a, false)
	rb, okB := c.regionOf(b, false)
	switch {
	case okA && !okB:
		rb, okB = c.regionOf(b, true)
	case okB && !okA:
		ra, okA = c.regionOf(a, true)
	}
	return okA && okB && ra.equal(rb), okA && okB
}

// regionOf reads a statement as a set. (2, 5) is a point unless loose, or
// joined by ∪. Inequalities with a comma between them hold together where
// they can, x > 2, x < 5, and are alternatives where not, x < 2, x > 5.
func (c *comparison) regionOf(s Statement, loose bool) (region, bool) {
	if len(s.Items) > 8 {
		return region{}, false
	}
	for _, it := range s.Items {
		loose = loose || it.Joint == "∪"
	}
	var all region
	described := false // an inequality or interval is among the items
	for i, it := range s.Items {
		r, ok := c.itemRegion(it, loose)
		if !ok {
			if r, ok = c.pointOf(it); !ok {
				return region{}, false
			}
		} else {
			described = true
		}
		if r.variable != "" && all.variable != "" && r.variable != all.variable {
			return region{}, false
		}
		if r.variable != "" {
			all.variable = r.variable
		}
		both := meet(all.spans, r.spans)
		together := it.Joint == "and" && len(it.Sides) > 1 || it.Joint == "," && len(both) > 0 && len(it.Sides) > 1
		if i > 0 && together {
			all.spans = both
		} else {
			all.spans = union(append(slices.Clone(all.spans), r.spans...))
		}
	}
	return all, described
}

// pointOf reads a constant, or a variable equal to one, as the set of it.
func (c *comparison) pointOf(it Item) (region, bool) {
	var out region
	side := it.Sides[len(it.Sides)-1]
	if len(it.Sides) > 2 || len(it.Sides) == 2 && (it.Relations[0] != "=" || it.Sides[0].Op != OpVariable) {
		return out, false
	}
	if len(it.Sides) == 2 {
		out.variable = it.Sides[0].Name
	}
	b, ok := c.boundOf(side)
	out.spans = []span{{low: b, high: b}}
	return out, ok && b.value != nil
}

// itemRegion reads an item as a set: (-∞, 8], x <= 8, -3 < x < 5, x ≠ 3,
// x ∈ (2, 5), all real numbers, no solution.
func (c *comparison) itemRegion(it Item, loose bool) (region, bool) {
	switch {
	case len(it.Sides) == 1:
		return c.writtenRegion(it.Sides[0], loose)
	case len(it.Sides) == 2 && it.Relations[0] == "∈":
		r, ok := c.writtenRegion(it.Sides[1], true)
		r.variable = it.Sides[0].Name
		return r, ok && it.Sides[0].Op == OpVariable
	case len(it.Sides) == 2 && it.Relations[0] != "=":
		return c.halfLine(it.Sides[0], it.Sides[1], it.Relations[0])
	case len(it.Sides) == 3 && it.Sides[1].Op == OpVariable:
		left, ok := c.halfLine(it.Sides[0], it.Sides[1], it.Relations[0])
		right, ok2 := c.halfLine(it.Sides[1], it.Sides[2], it.Relations[1])
		if !ok || !ok2 {
			return region{}, false
		}
		return region{left.variable, meet(left.spans, right.spans)}, left.variable == right.variable
	}
	return region{}, false
}

func (c *comparison) writtenRegion(n *Node, loose bool) (region, bool) {
	if n.Op == OpNone && n.Name != "undefined" {
		if n.Name == "real" {
			return region{spans: []span{line()}}, true
		}
		return region{}, true
	}
	if n.Op != OpTuple || len(n.Args) != 2 || n.Open == "{" {
		return region{}, false
	}
	if n.Open == "(" && n.Close == ")" && !n.has(OpInfinity) && !loose {
		return region{}, false
	}
	s := span{lowOpen: n.Open == "(", hiOpen: n.Close == ")"}
	var ok, ok2 bool
	s.low, ok = c.boundOf(n.Args[0])
	s.high, ok2 = c.boundOf(n.Args[1])
	if !ok || !ok2 || s.low.compare(s.high) > 0 {
		return region{}, false
	}
	if s.low.value == nil { // infinity is never reached, whatever the bracket
		s.lowOpen = true
	}
	if s.high.value == nil {
		s.hiOpen = true
	}
	return region{spans: union([]span{s})}, true
}

// halfLine solves a linear inequality in one variable; where numbers are
// irrational the variable has to stand alone.
func (c *comparison) halfLine(left, right *Node, rel string) (region, bool) {
	if rel == "=" || rel == "∈" {
		return region{}, false
	}
	variable, at, ok := c.solved(left, right)
	if !ok {
		if variable, at, ok = c.solved(right, left); ok {
			rel = flipped[rel]
		} else if variable, at, rel, ok = c.linear(left, right, rel); !ok {
			return region{}, false
		}
	}
	s, other := line(), line()
	switch rel {
	case "<", "<=":
		s.high, s.hiOpen = at, rel == "<"
	case ">", ">=":
		s.low, s.lowOpen = at, rel == ">"
	default: // x ≠ 3
		s.high, other.low = at, at
		return region{variable, union([]span{s, other})}, true
	}
	return region{variable, union([]span{s})}, true
}

// solved reports a variable alone on the left and a constant on the right.
func (c *comparison) solved(left, right *Node) (string, bound, bool) {
	if left.Op != OpVariable {
		return "", bound{}, false
	}
	at, ok := c.boundOf(right)
	return left.Name, at, ok
}

func (c *comparison) linear(left, right *Node, rel string) (string, bound, string, bool) {
	if special(left) || special(right) {
		return "", bound{}, "", false
	}
	difference := subtract(left, right)
	names := difference.Variables()
	f, err := c.newRing().normal(difference)
	if err != nil || len(names) != 1 {
		return "", bound{}, "", false
	}
	p, _, ok := f.num.univariate()
	if _, whole := f.den.constant(); !ok || !whole || len(p) != 2 {
		return "", bound{}, "", false
	}
	at := new(big.Rat).Quo(p[0], p[1])
	if p[1].Sign() < 0 {
		rel = flipped[rel]
	}
	b, ok := c.boundOf(number(at.Neg(at)))
	return names[0], b, rel, ok
}
