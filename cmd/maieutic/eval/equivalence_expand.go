package eval

import (
	"math/big"
	"slices"
	"sort"
)

// expansion is a polynomial by monomial, each written as its sorted letters.
type expansion map[string]*big.Rat

// maxExpansion bounds degree and terms.
const maxExpansion = 40

// expandTerm multiplies an expression out; ok is false for what is no
// polynomial of a modest size.
func expandTerm(t *term) (expansion, bool) {
	switch t.op {
	case termNumber:
		return expansion{"": t.rat}, true
	case termVariable:
		return expansion{t.name: big.NewRat(1, 1)}, true
	case termNegative:
		p, ok := expandTerm(t.args[0])
		return p.scale(big.NewRat(-1, 1)), ok
	case termQuotient:
		v, constant := t.args[1].rational()
		if !constant || v.Sign() == 0 {
			return nil, false
		}
		p, ok := expandTerm(t.args[0])
		return p.scale(new(big.Rat).Inv(v)), ok
	case termPower:
		n, ok := t.args[1].rational()
		if !ok || !n.IsInt() || n.Sign() < 0 || n.Cmp(big.NewRat(maxExpansion, 1)) > 0 {
			return nil, false
		}
		factors := make([]*term, n.Num().Int64())
		for i := range factors {
			factors[i] = t.args[0]
		}
		return expandProduct(factors)
	case termProduct:
		return expandProduct(t.args)
	case termSum:
		sum := expansion{}
		for _, a := range t.args {
			p, ok := expandTerm(a)
			if !ok {
				return nil, false
			}
			for m, c := range p {
				sum.add(m, c)
			}
		}
		return sum, true
	}
	return nil, false
}

func expandProduct(factors []*term) (expansion, bool) {
	product := expansion{"": big.NewRat(1, 1)}
	for _, f := range factors {
		p, ok := expandTerm(f)
		if !ok || len(p)*len(product) > maxExpansion*maxExpansion {
			return nil, false
		}
		next := expansion{}
		for m, c := range product {
			for n, d := range p {
				letters := []rune(m + n)
				slices.Sort(letters)
				if len(letters) > maxExpansion {
					return nil, false
				}
				next.add(string(letters), new(big.Rat).Mul(c, d))
			}
		}
		product = next
	}
	return product, true
}

func (p expansion) add(m string, c *big.Rat) {
	if have, ok := p[m]; ok {
		c = new(big.Rat).Add(have, c)
	}
	if p[m] = c; c.Sign() == 0 {
		delete(p, m)
	}
}

func (p expansion) scale(k *big.Rat) expansion {
	out := expansion{}
	for m, c := range p {
		out[m] = new(big.Rat).Mul(c, k)
	}
	return out
}

// term writes the polynomial, times k unless nil, as a sum by falling degree.
func (p expansion) term(k *big.Rat) *term {
	if k != nil {
		p = p.scale(k)
	}
	monomials := make([]string, 0, len(p))
	for m := range p {
		monomials = append(monomials, m)
	}
	sort.Slice(monomials, func(i, j int) bool {
		a, b := monomials[i], monomials[j]
		return len(a) > len(b) || len(a) == len(b) && a < b
	})
	if len(monomials) == 0 {
		return wholeTerm(0)
	}
	sum := make([]*term, len(monomials))
	for i, m := range monomials {
		sum[i] = monomialTerm(m, p[m])
	}
	return joinTerms(termSum, sum)
}

func monomialTerm(m string, c *big.Rat) *term {
	size := new(big.Rat).Abs(c)
	var factors []*term
	if size.Cmp(big.NewRat(1, 1)) != 0 || m == "" {
		factors = append(factors, fractionTerm(size))
	}
	letters := []rune(m)
	for i := 0; i < len(letters); {
		j := i
		for j < len(letters) && letters[j] == letters[i] {
			j++
		}
		f := &term{op: termVariable, name: string(letters[i])}
		if j-i > 1 {
			f = makeTerm(termPower, f, wholeTerm(int64(j-i)))
		}
		factors = append(factors, f)
		i = j
	}
	t := joinTerms(termProduct, factors)
	if c.Sign() < 0 {
		return makeTerm(termNegative, t)
	}
	return t
}

func fractionTerm(r *big.Rat) *term {
	if r.IsInt() {
		return numberTerm(r)
	}
	return makeTerm(termQuotient, numberTerm(new(big.Rat).SetInt(r.Num())), numberTerm(new(big.Rat).SetInt(r.Denom())))
}
