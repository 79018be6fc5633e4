package algebra

import (
	"math/big"
)

// The forms an answer may have to have.
const (
	FormExpanded   = "expanded"
	FormFactored   = "factored"
	FormSimplified = "simplified"
	FormExact      = "exact"
)

// maxParts bounds the expressions whose form is judged.
const maxParts = 300

// HasForm reports whether an expression is written in a form; reference is a
// right answer in that form. An unknown form, "" included, is always had.
//
// Expanded: a sum of single terms, no bracket left to multiply out. Factored:
// a product whose sums hold no common number or variable, have no rational
// root left to split off, and that has as many factors as the reference.
// Simplified: like terms collected, fractions in lowest terms, no arithmetic
// or root left to do.
//
// An expression of more than maxParts parts has no form.
func HasForm(n *Node, form string, reference *Node) bool {
	var c comparison
	if form != "" && n.size() > maxParts {
		return false
	}
	switch form {
	case FormExpanded:
		return expanded(n)
	case FormFactored:
		return c.factored(n, reference)
	case FormSimplified:
		return c.simplified(n, reference)
	case FormExact:
		equal, err := c.equalNodes(n, reference)
		return err == nil && equal
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

func (c *comparison) factored(n, reference *Node) bool {
	count, ok := c.countFactors(n)
	if !ok {
		return false
	}
	want, _ := c.countFactors(reference)
	return count >= want
}

// countFactors counts the factors that hold a variable, with multiplicity, and
// reports whether each of them is fully factored.
func (c *comparison) countFactors(n *Node) (int, bool) {
	total, ok := 0, true
	for _, f := range factors(n) {
		switch {
		case f.Op == OpNeg:
			n, good := c.countFactors(f.Args[0])
			total, ok = total+n, ok && good
		case f.Op == OpDiv:
			n, good := c.countFactors(f.Args[0])
			total, ok = total+n, ok && good
		case f.Op == OpPow && f.Args[1].Op == OpNumber && f.Args[1].Value.IsInt() && f.Args[1].Value.Num().IsInt64():
			n, good := c.countFactors(f.Args[0])
			total, ok = total+n*int(f.Args[1].Value.Num().Int64()), ok && good
		case f.Op == OpAdd:
			total++
			ok = ok && c.irreducible(f)
		case len(f.Variables()) > 0:
			total++
		}
	}
	return total, ok
}

// irreducible reports whether nothing obvious can be taken out of a sum.
func (c *comparison) irreducible(n *Node) bool {
	r := c.newRing()
	f, err := r.normal(n)
	if err != nil {
		return true
	}
	one := big.NewRat(1, 1)
	if f.num.monomialContent() != (monomial{}) || integral(f.num) && f.num.integerContent().Cmp(one) != 0 {
		return false
	}
	all, _, ok := f.num.univariate()
	return !ok || len(all) <= 2 || !rationalRoot(all)
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
