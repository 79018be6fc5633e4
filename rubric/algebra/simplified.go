package algebra

import "math/big"

// simplified checks every node of the tree, then what only shows beside the
// reference. An expression that is its own reference is judged by itself.
func (c *comparison) simplified(n, reference *Node) bool {
	if n == reference {
		return c.simple(n)
	}
	if !c.simple(reference) {
		return n.size() <= reference.size()
	}
	switch {
	case !c.simple(n),
		n.has(OpFunction) && !reference.has(OpFunction),
		n.holds(negativePower) && !reference.holds(negativePower),
		n.holds(rootBelow) && !reference.holds(rootBelow):
		return false
	}
	multipliedOut := expanded(reference) && len(addends(reference)) > 1
	return !multipliedOut || expanded(n) || n.has(OpDiv)
}

func (c *comparison) simple(n *Node) bool {
	ok := true
	n.walk(func(m *Node) { ok = ok && c.simpleNode(m) })
	return ok
}

func (n *Node) size() int {
	parts := 0
	n.walk(func(*Node) { parts++ })
	return parts
}

func (n *Node) holds(property func(*Node) bool) bool {
	found := false
	n.walk(func(m *Node) { found = found || property(m) })
	return found
}

// negativePower reports x^-3, which is 1/x^3 when simplified. Powers of ten
// are scientific notation.
func negativePower(n *Node) bool {
	if n.Op != OpPow || n.Args[0].Op == OpNumber {
		return false
	}
	e := n.Args[1]
	return e.Op == OpNeg || e.Op == OpDiv && e.Args[0].Op == OpNeg
}

// rootBelow reports a root in a denominator.
func rootBelow(n *Node) bool { return n.Op == OpDiv && n.Args[1].has(OpRoot) }

func (c *comparison) simpleNode(n *Node) bool {
	switch n.Op {
	case OpAdd:
		return c.noLikeTerms(addends(n)) && c.noSharedMonomials(addends(n))
	case OpMul:
		return c.simpleProduct(n)
	case OpDiv:
		return c.lowestTerms(n.Args[0], n.Args[1])
	case OpNeg:
		return n.Args[0].Op != OpNeg
	case OpPow:
		return c.simplePower(n.Args[0], n.Args[1])
	case OpRoot:
		return c.simpleRoot(n)
	case OpAbs:
		return len(n.Variables()) > 0
	}
	return true
}

// noSharedMonomials reports whether terms that are polynomials stay apart when
// multiplied out, as 3(x+2) and 4x do not.
func (c *comparison) noSharedMonomials(terms []*Node) bool {
	r := c.newRing()
	seen := map[monomial]bool{}
	for _, t := range terms {
		f, err := r.normal(t)
		if err != nil {
			continue
		}
		if _, whole := f.den.constant(); !whole {
			continue
		}
		for m := range f.num {
			if seen[m] {
				return false
			}
			seen[m] = true
		}
	}
	return true
}

// noLikeTerms reports whether no two terms differ by a number alone.
func (c *comparison) noLikeTerms(terms []*Node) bool {
	r := c.newRing()
	normals := make([]fraction, len(terms))
	for i, t := range terms {
		f, err := r.normal(t)
		if err != nil {
			f = fraction{}
		} else if len(f.num) == 0 {
			return false
		}
		normals[i] = f
	}
	for i := range terms {
		for j := range i {
			a, b := normals[i], normals[j]
			if a.num == nil || b.num == nil {
				if len(terms) > 8 {
					continue
				}
				if k, like, err := c.ratioAt(terms[i], terms[j]); err == nil && like && rationalFloat(k) {
					return false
				}
				continue
			}
			_, like := proportional(a.num, b.num)
			_, same := proportional(a.den, b.den)
			if like && same {
				return false
			}
		}
	}
	return true
}

// rationalFloat tells a ratio such as 3/2 from one such as √2: whether a small
// denominator makes it whole.
func rationalFloat(k *big.Float) bool {
	for d := int64(1); d <= 1000; d++ {
		scaled := new(big.Float).SetPrec(precision).Mul(k, new(big.Float).SetInt64(d))
		nearest, _ := new(big.Float).Add(scaled, new(big.Float).SetFloat64(0.5*float64(scaled.Sign()))).Int(nil)
		if agree(scaled, new(big.Float).SetPrec(precision).SetInt(nearest)) {
			return true
		}
	}
	return false
}

func (c *comparison) simpleProduct(n *Node) bool {
	numbers, seen := 0, map[string]bool{}
	roots := map[string]bool{}
	for _, f := range factors(n) {
		if f.Op == OpNeg {
			f = f.Args[0]
		}
		if f.Op == OpRoot {
			index := f.Args[1].Write()
			if roots[index] {
				return false
			}
			roots[index] = true
		}
		base := f
		if f.Op == OpPow {
			base = f.Args[0]
		}
		switch {
		case base.Op == OpVariable && seen[base.Name]:
			return false
		case base.Op == OpVariable:
			seen[base.Name] = true
		case f.Literal():
			numbers++
			if v, ok := c.rational(f); ok && (v.Sign() == 0 || f.Op == OpNumber && v.Cmp(big.NewRat(1, 1)) == 0) {
				return false
			}
		}
	}
	return numbers <= 1 && c.reducedProduct(factors(n))
}

// reducedProduct reports whether a quotient among the factors cannot be
// reduced by the others, as in 4(x/2).
func (c *comparison) reducedProduct(all []*Node) bool {
	var top []*Node
	var bottom *Node
	for _, f := range all {
		switch {
		case f.Op == OpDiv && bottom != nil:
			return false
		case f.Op == OpDiv:
			bottom = f.Args[1]
			top = append(top, f.Args[0])
		default:
			top = append(top, f)
		}
	}
	return bottom == nil || len(top) == 1 || c.lowestTerms(join(OpMul, top), bottom)
}

// lowestTerms reports whether a quotient cannot be reduced.
func (c *comparison) lowestTerms(top, bottom *Node) bool {
	if top.has(OpDiv) || bottom.has(OpDiv) {
		return false
	}
	r := c.newRing()
	a, errA := r.normal(top)
	b, errB := r.normal(bottom)
	if errA != nil || errB != nil {
		return true
	}
	if !integral(a.num) || !integral(b.num) {
		return false
	}
	if c, ok := b.num.constant(); ok && c.Cmp(big.NewRat(1, 1)) == 0 {
		return false
	}
	ca, cb := a.num.integerContent().Num(), b.num.integerContent().Num()
	if new(big.Int).GCD(nil, nil, ca, cb).Cmp(big.NewInt(1)) != 0 {
		return false
	}
	_, constantTop := a.num.constant()
	_, constantBottom := b.num.constant()
	return constantTop || constantBottom || coprime(a.num, b.num)
}

func (c *comparison) simplePower(base, exponent *Node) bool {
	if base.Op == OpPow {
		return false
	}
	if grouped := base.Op == OpMul || base.Op == OpDiv || base.Op == OpNeg; grouped && exponent.Op == OpNumber && exponent.Value.IsInt() {
		return false
	}
	e, ok := c.rational(exponent)
	if !ok {
		return true
	}
	if e.IsInt() && e.Num().IsInt64() && (e.Num().Int64() == 0 || e.Num().Int64() == 1) {
		return false
	}
	if len(base.Variables()) > 0 {
		return true
	}
	v, ok := c.rational(node(OpPow, base, exponent))
	return !ok || v.Num().CmpAbs(big.NewInt(1000)) > 0
}

// simpleRoot reports whether no factor can be taken out of a root of a number.
func (c *comparison) simpleRoot(n *Node) bool {
	v, ok := c.rational(n.Args[0])
	k, ok2 := c.rational(n.Args[1])
	if !ok || !ok2 || !k.IsInt() {
		return true
	}
	if !v.IsInt() {
		return false
	}
	if !v.Num().IsInt64() || !k.Num().IsInt64() {
		return true
	}
	abs, index := new(big.Int).Abs(v.Num()).Int64(), k.Num().Int64()
	if abs <= 1 {
		return false
	}
	for d := int64(2); d <= 1000; d++ {
		p, err := powRat(big.NewRat(d, 1), int(index))
		if err != nil || !p.Num().IsInt64() || p.Num().Int64() > abs {
			break
		}
		if abs%p.Num().Int64() == 0 {
			return false
		}
	}
	return true
}
