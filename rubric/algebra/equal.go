package algebra

import (
	"errors"
	"math/big"
)

// Equal reports whether two statements mean the same: the same value, the same
// equation or inequality up to a factor, the same set in any order. The error
// is a *LimitError, ErrUndefined or ErrUndecided, and then nothing is known.
func Equal(a, b Statement) (bool, error) { return new(comparison).equal(a, b) }

func (c *comparison) equal(a, b Statement) (bool, error) {
	if showsEuler(a) != showsEuler(b) {
		a, b = euler(a), euler(b)
	}
	if equal, ok := c.equalSets(a, b); ok {
		return equal, nil
	}
	left, right := expand(a), expand(b)
	left, err := c.distinct(left)
	if err != nil {
		return false, err
	}
	if right, err = c.distinct(right); err != nil {
		return false, err
	}
	if len(left) != len(right) {
		return false, nil
	}
	used := make([]bool, len(right))
	for _, l := range left {
		found := false
		for i, r := range right {
			if used[i] {
				continue
			}
			same, err := c.equalItems(l, r)
			if err != nil {
				return false, err
			}
			if same {
				used[i], found = true, true
				break
			}
		}
		if !found {
			return false, nil
		}
	}
	return true, nil
}

// distinct drops items that mean the same as an earlier one. Comparing lists
// is quadratic, so their length is limited.
func (c *comparison) distinct(items []Item) ([]Item, error) {
	if len(items) > 24 {
		return nil, &LimitError{"list"}
	}
	var out []Item
	for _, it := range items {
		seen := false
		for _, o := range out {
			same, err := c.equalItems(it, o)
			if err != nil {
				return nil, err
			}
			seen = seen || same
		}
		if !seen {
			out = append(out, it)
		}
	}
	return out, nil
}

// expand writes ± out as two items and splits chains of inequalities.
func expand(s Statement) []Item {
	var out []Item
	for _, it := range s.Items {
		whole := node(OpTuple, it.Sides...)
		if whole.has(OpPlusMinus) {
			for _, sign := range []bool{true, false} {
				signed := it
				signed.Sides = make([]*Node, len(it.Sides))
				for i, side := range it.Sides {
					signed.Sides[i] = choose(side, sign)
				}
				out = append(out, signed)
			}
			continue
		}
		out = append(out, it)
	}
	return out
}

// choose replaces every ± by plus or by minus.
func choose(n *Node, plus bool) *Node {
	if len(n.Args) == 0 {
		return n
	}
	c := *n
	c.Args = make([]*Node, len(n.Args))
	for i, a := range n.Args {
		c.Args[i] = choose(a, plus)
	}
	if c.Op != OpPlusMinus {
		return &c
	}
	last := c.Args[len(c.Args)-1]
	if !plus {
		last = node(OpNeg, last)
	}
	if len(c.Args) == 1 {
		return last
	}
	return node(OpAdd, c.Args[0], last)
}

// EqualItems compares two statements of one item each.
func EqualItems(a, b Item) (bool, error) { return new(comparison).equalItems(a, b) }

func (c *comparison) equalItems(a, b Item) (bool, error) {
	if equal, ok := c.equalSets(Statement{[]Item{a}}, Statement{[]Item{b}}); ok {
		return equal, nil
	}
	switch {
	case len(a.Sides) == 1 && len(b.Sides) == 1:
		return c.equalNodes(a.Sides[0], b.Sides[0])
	case len(a.Sides) != len(b.Sides):
		return false, nil
	case len(a.Sides) == 2:
		return c.equalRelations(a.Sides, b.Sides, a.Relations[0], b.Relations[0])
	}
	for i := range a.Relations {
		same, err := c.equalRelations(a.Sides[i:i+2], b.Sides[i:i+2], a.Relations[i], b.Relations[i])
		if err != nil || !same {
			return same, err
		}
	}
	return true, nil
}

// EqualNodes compares two expressions: by value, pairs by their elements.
func EqualNodes(a, b *Node) (bool, error) { return new(comparison).equalNodes(a, b) }

func (c *comparison) equalNodes(a, b *Node) (bool, error) {
	if a.Op == OpTuple || b.Op == OpTuple {
		return c.equalTuples(a, b)
	}
	if special(a) || special(b) {
		if special(a) && !plainSpecial(a) || special(b) && !plainSpecial(b) {
			return false, ErrUndefined
		}
		return sameSpecial(a, b), nil
	}
	r := c.newRing()
	na, errA := r.normal(a)
	nb, errB := r.normal(b)
	if err := worse(errA, errB); err != nil {
		if errors.Is(err, ErrUndefined) && a.has(OpRoot) && a.Write() == b.Write() {
			return true, nil // the same expression without a real value, (√-25)^3
		}
		if !errors.Is(err, errIrrational) {
			return false, err
		}
		k, ok, err := c.ratioAt(a, b)
		return ok && agree(k, big.NewFloat(1)), err
	}
	left, err := r.mul(na.num, nb.den)
	if err != nil {
		return false, err
	}
	right, err := r.mul(nb.num, na.den)
	return err == nil && equalPoly(left, right), err
}

// worse returns the error that decides: any other than errIrrational first.
func worse(a, b error) error {
	if a != nil && !errors.Is(a, errIrrational) {
		return a
	}
	if b != nil {
		return b
	}
	return a
}

func (c *comparison) equalTuples(a, b *Node) (bool, error) {
	if a.Op != b.Op || a.Open != b.Open || a.Close != b.Close || len(a.Args) != len(b.Args) {
		return false, nil
	}
	for i := range a.Args {
		same, err := c.equalNodes(a.Args[i], b.Args[i])
		if err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

// special reports whether an expression has no number for a value.
func special(n *Node) bool { return n.has(OpInfinity) || n.has(OpNone) || n.has(OpTuple) }

// plainSpecial reports whether an expression is infinity with or without a
// sign, or no value; there is no arithmetic on those, nor on pairs.
func plainSpecial(n *Node) bool {
	if n.Op == OpNeg {
		return n.Args[0].Op == OpInfinity
	}
	return n.Op == OpInfinity || n.Op == OpNone
}

func sameSpecial(a, b *Node) bool {
	if a.Op == OpNeg && b.Op == OpNeg {
		return sameSpecial(a.Args[0], b.Args[0])
	}
	return plainSpecial(a) && a.Op == b.Op && a.Name == b.Name
}

var flipped = map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}

// equalRelations compares l1 rel l2 with r1 rel r2: everything brought to one
// side must agree up to a factor, which for inequalities tells the direction.
func (c *comparison) equalRelations(a, b []*Node, relA, relB string) (bool, error) {
	if special(a[0]) || special(a[1]) || special(b[0]) || special(b[1]) {
		left, err := c.equalNodes(a[0], b[0])
		if err != nil || !left || relA != relB {
			return false, err
		}
		return c.equalNodes(a[1], b[1])
	}
	sign, err := c.proportion(subtract(a[0], a[1]), subtract(b[0], b[1]), relA != "=" && relA != "!=")
	if err != nil || sign == 0 {
		return false, err
	}
	if sign < 0 {
		relB = flipped[relB]
	}
	return relA == relB, nil
}

// proportion returns the sign of k when a = k·b as far as their zeros go, 0
// when there is no such k. For equations it is enough that the numerators
// agree; ordered relations ask for the same denominators too, for those decide
// the sign.
func (c *comparison) proportion(a, b *Node, ordered bool) (int, error) {
	r := c.newRing()
	na, errA := r.normal(a)
	nb, errB := r.normal(b)
	if err := worse(errA, errB); err != nil {
		if !errors.Is(err, errIrrational) {
			return 0, err
		}
		k, ok, err := c.ratioAt(a, b)
		if err != nil || !ok {
			return 0, err
		}
		return k.Sign(), nil
	}
	if len(na.num) == 0 && len(nb.num) == 0 {
		return 1, nil
	}
	k, ok := proportional(na.num, nb.num)
	if !ok {
		return 0, nil
	}
	if ordered {
		d, ok := proportional(na.den, nb.den)
		if !ok {
			return 0, nil
		}
		return k.Sign() * d.Sign(), nil
	}
	return k.Sign(), nil
}

// Identity reports whether every side of a chain of equalities has the same
// value, as in "3 + 4 = 7".
func Identity(it Item) bool {
	if len(it.Sides) < 2 {
		return false
	}
	for i, rel := range it.Relations {
		if same, err := new(comparison).equalNodes(it.Sides[i], it.Sides[i+1]); rel != "=" || err != nil || !same {
			return false
		}
	}
	return true
}

// Rational returns the exact value of a constant expression.
func Rational(n *Node) (*big.Rat, bool) { return new(comparison).rational(n) }

func (c *comparison) rational(n *Node) (*big.Rat, bool) {
	f, err := c.newRing().normal(n)
	if err != nil {
		return nil, false
	}
	return f.constant()
}

// Float returns the value of a constant expression, irrational ones included.
func Float(n *Node) (float64, bool) { return new(comparison).float(n) }

func (c *comparison) float(n *Node) (float64, bool) {
	v, err := c.evaluate(n, nil)
	if err != nil {
		return 0, false
	}
	f, _ := v.float().Float64()
	return f, true
}
