package algebra

import (
	"math/big"
)

// monomial holds the exponent of each variable of the ring.
type monomial [MaxVariables]uint8

func (m monomial) degree() int {
	d := 0
	for _, e := range m {
		d += int(e)
	}
	return d
}

// poly is a polynomial with rational coefficients; no coefficient is zero.
// Polynomials are immutable.
type poly map[monomial]*big.Rat

// ring names the variables of polynomials and counts the work done on them.
type ring struct {
	*comparison
	index map[string]int
}

func (c *comparison) newRing() *ring { return &ring{comparison: c, index: map[string]int{}} }

func constant(r *big.Rat) poly {
	if r.Sign() == 0 {
		return poly{}
	}
	return poly{monomial{}: r}
}

func (r *ring) variable(name string) (poly, error) {
	i, ok := r.index[name]
	if !ok {
		if i = len(r.index); i == MaxVariables {
			return nil, &LimitError{"variables"}
		}
		r.index[name] = i
	}
	var m monomial
	m[i] = 1
	return poly{m: big.NewRat(1, 1)}, nil
}

// constant returns the value of a polynomial without variables.
func (p poly) constant() (*big.Rat, bool) {
	switch len(p) {
	case 0:
		return new(big.Rat), true
	case 1:
		if c, ok := p[monomial{}]; ok {
			return c, true
		}
	}
	return nil, false
}

func (r *ring) add(a, b poly, sign int64) (poly, error) {
	if err := r.spend(len(a) + len(b)); err != nil {
		return nil, err
	}
	sum := make(poly, len(a)+len(b))
	for m, c := range a {
		sum[m] = c
	}
	factor := big.NewRat(sign, 1)
	for m, c := range b {
		c = new(big.Rat).Mul(c, factor)
		if have, ok := sum[m]; ok {
			c.Add(c, have)
		}
		if c.Sign() == 0 {
			delete(sum, m)
		} else {
			sum[m] = c
		}
	}
	if len(sum) > maxTerms {
		return nil, &LimitError{"terms"}
	}
	return sum, nil
}

func (r *ring) mul(a, b poly) (poly, error) {
	product := make(poly, len(a)+len(b))
	for ma, ca := range a {
		for mb, cb := range b {
			if err := r.spend(5 + sizeCost(ca, cb)); err != nil {
				return nil, err
			}
			var m monomial
			if ma.degree()+mb.degree() > MaxExponent {
				return nil, &LimitError{"degree"}
			}
			for i := range m {
				m[i] = ma[i] + mb[i]
			}
			c := new(big.Rat).Mul(ca, cb)
			if have, ok := product[m]; ok {
				c.Add(c, have)
			}
			if c.Num().BitLen() > maxBits || c.Denom().BitLen() > maxBits {
				return nil, &LimitError{"number"}
			}
			if c.Sign() == 0 {
				delete(product, m)
			} else {
				product[m] = c
			}
		}
		if len(product) > maxTerms {
			return nil, &LimitError{"terms"}
		}
	}
	return product, nil
}

// pow raises to a power of at most MaxExponent for polynomials; constants are
// limited by their size instead.
func (r *ring) pow(a poly, n int) (poly, error) {
	if c, ok := a.constant(); ok {
		v, err := powRat(c, n)
		if err != nil {
			return nil, err
		}
		return constant(v), nil
	}
	if n > MaxExponent {
		return nil, &LimitError{"exponent"}
	}
	result := constant(big.NewRat(1, 1))
	var err error
	for ; n > 0; n-- {
		if result, err = r.mul(result, a); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// powRat raises a number to an integer power.
func powRat(base *big.Rat, n int) (*big.Rat, error) {
	size := max(base.Num().BitLen(), base.Denom().BitLen())
	inverse := n < 0
	if inverse {
		n = -n
	}
	if inverse && base.Sign() == 0 || n == 0 && base.Sign() == 0 {
		return nil, ErrUndefined
	}
	if base.IsInt() && base.Num().IsInt64() && (base.Num().Int64() == 1 || base.Sign() == 0) {
		return base, nil
	}
	if n > maxBits || size*n > maxBits {
		return nil, &LimitError{"number"}
	}
	e := big.NewInt(int64(n))
	top, bottom := new(big.Int).Exp(base.Num(), e, nil), new(big.Int).Exp(base.Denom(), e, nil)
	if inverse {
		top, bottom = bottom, top
	}
	return new(big.Rat).SetFrac(top, bottom), nil
}

// proportional returns k with a = k·b, or false.
func proportional(a, b poly) (*big.Rat, bool) {
	if len(a) != len(b) || len(a) == 0 {
		return nil, false
	}
	var k *big.Rat
	for m, ca := range a {
		cb, ok := b[m]
		if !ok {
			return nil, false
		}
		ratio := new(big.Rat).Quo(ca, cb)
		if k == nil {
			k = ratio
		} else if k.Cmp(ratio) != 0 {
			return nil, false
		}
	}
	return k, true
}

func equalPoly(a, b poly) bool {
	if len(a) != len(b) {
		return false
	}
	for m, ca := range a {
		if cb, ok := b[m]; !ok || ca.Cmp(cb) != 0 {
			return false
		}
	}
	return true
}

// monomialContent returns the largest monomial that divides every term.
func (p poly) monomialContent() monomial {
	var content monomial
	first := true
	for m := range p {
		for i := range m {
			if first || m[i] < content[i] {
				content[i] = m[i]
			}
		}
		first = false
	}
	return content
}

func (p poly) divideMonomial(by monomial) poly {
	q := make(poly, len(p))
	for m, c := range p {
		for i := range m {
			m[i] -= by[i]
		}
		q[m] = c
	}
	return q
}

// integerContent returns the greatest common divisor of the coefficients, as a
// positive rational: p divided by it has integer coefficients without a common
// factor.
func (p poly) integerContent() *big.Rat {
	top, bottom := new(big.Int), big.NewInt(1)
	for _, c := range p {
		top.GCD(nil, nil, top, new(big.Int).Abs(c.Num()))
		g := new(big.Int).GCD(nil, nil, bottom, c.Denom())
		bottom.Mul(bottom, new(big.Int).Quo(c.Denom(), g))
	}
	if top.Sign() == 0 {
		return big.NewRat(1, 1)
	}
	return new(big.Rat).SetFrac(top, bottom)
}
