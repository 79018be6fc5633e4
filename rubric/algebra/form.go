package algebra

import (
	"math/big"
)

// The forms an answer may have to have.
const (
	FormExpanded   = "expanded"
	FormFactored   = "factored"
	FormSimplified = "simplified"
)

// HasForm reports whether an expression is written in a form; reference is a
// right answer in that form. An unknown form, "" included, is always had.
//
// Expanded: a sum of single terms, no bracket left to multiply out. Factored:
// a product whose sums hold no common number or variable, have no rational
// root left to split off, and that has as many factors as the reference.
// Simplified: like terms collected, fractions in lowest terms, no arithmetic
// or root left to do.
//
// An expression of more than a few hundred parts has no form.
func HasForm(n *Node, form string, reference *Node) bool {
	parts := 0
	n.walk(func(*Node) { parts++ })
	if form != "" && parts > 300 {
		return false
	}
	switch form {
	case FormExpanded:
		return expanded(n)
	case FormFactored:
		return factored(n, reference)
	case FormSimplified:
		return simplified(n)
	}
	return true
}

// addends returns the terms of a sum with the signs taken off.
func addends(n *Node) []*Node {
	if n.Op != OpAdd {
		return []*Node{n}
	}
	var out []*Node
	for _, a := range n.Args {
		out = append(out, addends(a)...)
	}
	return out
}

func expanded(n *Node) bool {
	for _, t := range addends(n) {
		if !singleTerm(t) {
			return false
		}
	}
	return true
}

// singleTerm reports whether a term is a number times powers of distinct
// variables, perhaps over such a term.
func singleTerm(t *Node) bool {
	if t.Op == OpNeg {
		t = t.Args[0]
	}
	numbers, seen := 0, map[string]bool{}
	for _, f := range factors(t) {
		base := f
		if f.Op == OpPow {
			base = f.Args[0]
		}
		switch {
		case base.Op == OpVariable:
			if seen[base.Name] {
				return false
			}
			seen[base.Name] = true
		case f.Op == OpDiv && !f.Literal():
			if !singleTerm(f.Args[0]) || !singleTerm(f.Args[1]) {
				return false
			}
		case len(f.Variables()) == 0 && !f.has(OpAdd):
			numbers++
		default:
			return false
		}
	}
	return numbers <= 1
}

// factors returns the factors of a product.
func factors(n *Node) []*Node {
	if n.Op != OpMul {
		return []*Node{n}
	}
	var out []*Node
	for _, a := range n.Args {
		out = append(out, factors(a)...)
	}
	return out
}

func factored(n, reference *Node) bool {
	count, ok := countFactors(n)
	if !ok {
		return false
	}
	want, _ := countFactors(reference)
	return count >= want
}

// countFactors counts the factors that hold a variable, with multiplicity, and
// reports whether each of them is fully factored.
func countFactors(n *Node) (int, bool) {
	total, ok := 0, true
	for _, f := range factors(n) {
		switch {
		case f.Op == OpNeg:
			c, good := countFactors(f.Args[0])
			total, ok = total+c, ok && good
		case f.Op == OpDiv:
			c, good := countFactors(f.Args[0])
			total, ok = total+c, ok && good
		case f.Op == OpPow && f.Args[1].Op == OpNumber && f.Args[1].Value.IsInt() && f.Args[1].Value.Num().IsInt64():
			c, good := countFactors(f.Args[0])
			total, ok = total+c*int(f.Args[1].Value.Num().Int64()), ok && good
		case f.Op == OpAdd:
			total++
			ok = ok && irreducible(f)
		case len(f.Variables()) > 0:
			total++
		}
	}
	return total, ok
}

// irreducible reports whether nothing obvious can be taken out of a sum.
func irreducible(n *Node) bool {
	r := newRing()
	f, err := r.normal(n)
	if err != nil {
		return true
	}
	one := big.NewRat(1, 1)
	if f.num.monomialContent() != (monomial{}) || integral(f.num) && f.num.integerContent().Cmp(one) != 0 {
		return false
	}
	c, _, ok := f.num.univariate()
	return !ok || len(c) <= 2 || !rationalRoot(c)
}

func integral(p poly) bool {
	for _, c := range p {
		if !c.IsInt() {
			return false
		}
	}
	return true
}

// rationalRoot looks for a root p/q among the divisors of the outer
// coefficients, up to 10,000 in size.
func rationalRoot(c []*big.Rat) bool {
	first, last := c[0], c[len(c)-1]
	limit := big.NewInt(10_000)
	if !first.IsInt() || !last.IsInt() || first.Num().CmpAbs(limit) > 0 || last.Num().CmpAbs(limit) > 0 || len(c) > 12 {
		return false
	}
	for _, p := range divisors(first.Num()) {
		for _, q := range divisors(last.Num()) {
			for _, sign := range []int64{1, -1} {
				if evaluateAt(c, big.NewRat(sign*p, q)).Sign() == 0 {
					return true
				}
			}
		}
	}
	return false
}

func divisors(n *big.Int) []int64 {
	v := new(big.Int).Abs(n).Int64()
	var out []int64
	for d := int64(1); d*d <= v; d++ {
		if v%d == 0 {
			out = append(out, d)
			if d*d != v {
				out = append(out, v/d)
			}
		}
	}
	return out
}

func evaluateAt(c []*big.Rat, x *big.Rat) *big.Rat {
	sum := new(big.Rat)
	for i := len(c) - 1; i >= 0; i-- {
		sum.Mul(sum, x)
		sum.Add(sum, c[i])
	}
	return sum
}

// simplified checks every node of the tree.
func simplified(n *Node) bool {
	ok := true
	n.walk(func(m *Node) { ok = ok && simpleNode(m) })
	return ok
}

func simpleNode(n *Node) bool {
	switch n.Op {
	case OpAdd:
		return noLikeTerms(addends(n))
	case OpMul:
		return simpleProduct(n)
	case OpDiv:
		return lowestTerms(n.Args[0], n.Args[1])
	case OpNeg:
		return n.Args[0].Op != OpNeg
	case OpPow:
		return simplePower(n.Args[0], n.Args[1])
	case OpRoot:
		return simpleRoot(n)
	case OpAbs:
		return len(n.Variables()) > 0
	}
	return true
}

// noLikeTerms reports whether no two terms differ by a number alone.
func noLikeTerms(terms []*Node) bool {
	r := newRing()
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
				if k, like, err := ratioAt(terms[i], terms[j]); err == nil && like && rationalFloat(k) {
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

func simpleProduct(n *Node) bool {
	numbers, seen := 0, map[string]bool{}
	for _, f := range factors(n) {
		if f.Op == OpNeg {
			f = f.Args[0]
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
			if v, ok := Rational(f); ok && (v.Sign() == 0 || f.Op == OpNumber && v.Cmp(big.NewRat(1, 1)) == 0) {
				return false
			}
		}
	}
	return numbers <= 1
}

// lowestTerms reports whether a quotient cannot be reduced.
func lowestTerms(top, bottom *Node) bool {
	if top.has(OpDiv) || bottom.has(OpDiv) {
		return false
	}
	r := newRing()
	a, errA := r.normal(top)
	b, errB := r.normal(bottom)
	if errA != nil || errB != nil {
		return true
	}
	if !integral(a.num) || !integral(b.num) {
		return true
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

func simplePower(base, exponent *Node) bool {
	if base.Op == OpPow {
		return false
	}
	e, ok := Rational(exponent)
	if !ok {
		return true
	}
	if e.IsInt() && e.Num().IsInt64() && (e.Num().Int64() == 0 || e.Num().Int64() == 1) {
		return false
	}
	if len(base.Variables()) > 0 {
		return true
	}
	v, ok := Rational(node(OpPow, base, exponent))
	return !ok || v.Num().CmpAbs(big.NewInt(1000)) > 0
}

// simpleRoot reports whether no factor can be taken out of a root of a number.
func simpleRoot(n *Node) bool {
	v, ok := Rational(n.Args[0])
	k, ok2 := Rational(n.Args[1])
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
