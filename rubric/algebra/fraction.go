package algebra

import (
	"errors"
	"math/big"
)

// fraction is a quotient of polynomials; den is not zero. It is not reduced
// save for constants and monomials.
type fraction struct{ num, den poly }

// normal brings an expression to a quotient of polynomials. It returns
// errIrrational for what is none, ErrUndefined for a division by zero, a
// *LimitError for what costs too much.
func (r *ring) normal(n *Node) (fraction, error) {
	switch n.Op {
	case OpNumber:
		return r.whole(constant(n.Value)), nil
	case OpVariable:
		v, err := r.variable(n.Name)
		return r.whole(v), err
	case OpAdd, OpMixed:
		return r.fold(n.Args, r.sum)
	case OpMul:
		return r.fold(n.Args, r.product)
	case OpDiv:
		return r.fold(n.Args, r.quotient)
	case OpNeg:
		a, err := r.normal(n.Args[0])
		if err != nil {
			return fraction{}, err
		}
		return r.product(a, r.whole(constant(big.NewRat(-1, 1))))
	case OpPercent:
		a, err := r.normal(n.Args[0])
		if err != nil {
			return fraction{}, err
		}
		return r.product(a, r.whole(constant(big.NewRat(1, 100))))
	case OpPow:
		return r.power(n.Args[0], n.Args[1])
	case OpRoot, OpAbs, OpFunction, OpDegree:
		return r.constantOnly(n)
	case OpPi, OpEuler:
		return fraction{}, errIrrational
	}
	return fraction{}, &SyntaxError{0, "no number"}
}

func (r *ring) whole(p poly) fraction { return fraction{p, constant(big.NewRat(1, 1))} }

func (r *ring) fold(args []*Node, combine func(a, b fraction) (fraction, error)) (fraction, error) {
	total, err := r.normal(args[0])
	if err != nil {
		return fraction{}, err
	}
	for _, arg := range args[1:] {
		next, err := r.normal(arg)
		if err != nil {
			return fraction{}, err
		}
		if total, err = combine(total, next); err != nil {
			return fraction{}, err
		}
	}
	return total, nil
}

func (r *ring) sum(a, b fraction) (fraction, error) {
	if equalPoly(a.den, b.den) {
		num, err := r.add(a.num, b.num, 1)
		return fraction{num, a.den}.tidy(), err
	}
	left, err := r.mul(a.num, b.den)
	if err != nil {
		return fraction{}, err
	}
	right, err := r.mul(b.num, a.den)
	if err != nil {
		return fraction{}, err
	}
	num, err := r.add(left, right, 1)
	if err != nil {
		return fraction{}, err
	}
	den, err := r.mul(a.den, b.den)
	return fraction{num, den}.tidy(), err
}

func (r *ring) product(a, b fraction) (fraction, error) {
	num, err := r.mul(a.num, b.num)
	if err != nil {
		return fraction{}, err
	}
	den, err := r.mul(a.den, b.den)
	return fraction{num, den}.tidy(), err
}

func (r *ring) quotient(a, b fraction) (fraction, error) {
	if len(b.num) == 0 {
		return fraction{}, ErrUndefined
	}
	return r.product(a, fraction{b.den, b.num})
}

func (r *ring) power(base, exponent *Node) (fraction, error) {
	e, err := r.normal(exponent)
	if err != nil {
		return fraction{}, err
	}
	power, ok := e.constant()
	if !ok {
		return fraction{}, errIrrational
	}
	b, err := r.normal(base)
	if err != nil {
		return fraction{}, err
	}
	if !power.IsInt() {
		return r.constantOnly(node(OpPow, base, number(power)))
	}
	if !power.Num().IsInt64() {
		return fraction{}, &LimitError{"exponent"}
	}
	n := power.Num().Int64()
	if n > maxBits || n < -maxBits {
		return fraction{}, &LimitError{"exponent"}
	}
	if n < 0 {
		if len(b.num) == 0 {
			return fraction{}, ErrUndefined
		}
		b, n = fraction{b.den, b.num}, -n
	}
	num, err := r.pow(b.num, int(n))
	if err != nil {
		return fraction{}, err
	}
	den, err := r.pow(b.den, int(n))
	return fraction{num, den}, err
}

// constantOnly evaluates a root, a fractional power or an absolute value that
// has an exact rational value.
func (r *ring) constantOnly(n *Node) (fraction, error) {
	if len(n.Variables()) > 0 {
		for _, a := range n.Args { // limits hold inside the root too
			if _, err := r.normal(a); err != nil && !errors.Is(err, errIrrational) {
				return fraction{}, err
			}
		}
		return fraction{}, errIrrational
	}
	v, err := r.evaluate(n, nil)
	if err != nil {
		return fraction{}, err
	}
	if v.exact == nil {
		return fraction{}, errIrrational
	}
	return r.whole(constant(v.exact)), nil
}

// constant returns the value of a fraction without variables.
func (f fraction) constant() (*big.Rat, bool) {
	top, ok := f.num.constant()
	bottom, ok2 := f.den.constant()
	if !ok || !ok2 {
		return nil, false
	}
	return new(big.Rat).Quo(top, bottom), true
}

// tidy makes a constant denominator one and cancels common monomials, which
// keeps sums such as 1/x + 2/x small.
func (f fraction) tidy() fraction {
	if len(f.den) == 0 || len(f.num) == 0 && f.num != nil {
		return fraction{f.num, constant(big.NewRat(1, 1))}
	}
	top, bottom := f.num.monomialContent(), f.den.monomialContent()
	for i := range top {
		top[i] = min(top[i], bottom[i])
	}
	if top != (monomial{}) {
		f.num, f.den = f.num.divideMonomial(top), f.den.divideMonomial(top)
	}
	if c, ok := f.den.constant(); ok && c.Cmp(big.NewRat(1, 1)) != 0 {
		num := make(poly, len(f.num))
		for m, v := range f.num {
			num[m] = new(big.Rat).Quo(v, c)
		}
		f = fraction{num, constant(big.NewRat(1, 1))}
	}
	return f
}

// univariate returns the coefficients of a polynomial in one variable, lowest
// first, and false for any other.
func (p poly) univariate() ([]*big.Rat, int, bool) {
	variable, degree := -1, 0
	for m := range p {
		for i, e := range m {
			if e == 0 {
				continue
			}
			if variable >= 0 && variable != i {
				return nil, 0, false
			}
			variable = i
			degree = max(degree, int(e))
		}
	}
	if variable < 0 {
		return nil, 0, false
	}
	coefficients := make([]*big.Rat, degree+1)
	for i := range coefficients {
		coefficients[i] = new(big.Rat)
	}
	for m, c := range p {
		coefficients[m[variable]] = c
	}
	return coefficients, variable, true
}

// coprime reports whether two polynomials have no common factor that holds a
// variable. It decides exactly for monomials and for polynomials in the same
// single variable of degree 40 at most; others count as coprime unless one is
// a multiple of the other.
func coprime(a, b poly) bool {
	ca, cb := a.monomialContent(), b.monomialContent()
	for i := range ca {
		if ca[i] > 0 && cb[i] > 0 {
			return false
		}
	}
	ua, va, okA := a.univariate()
	ub, vb, okB := b.univariate()
	if okA && okB && va == vb && len(ua) <= 41 && len(ub) <= 41 {
		return len(gcd(ua, ub)) <= 1
	}
	_, same := proportional(a, b)
	_, isConstant := a.constant()
	return !same || isConstant
}

// gcd is Euclid's algorithm on coefficients, lowest first.
func gcd(a, b []*big.Rat) []*big.Rat {
	for len(b) > 0 {
		a, b = b, remainder(a, b)
	}
	return a
}

func remainder(a, b []*big.Rat) []*big.Rat {
	rest := make([]*big.Rat, len(a))
	for i := range a {
		rest[i] = new(big.Rat).Set(a[i])
	}
	for len(rest) >= len(b) {
		q := new(big.Rat).Quo(rest[len(rest)-1], b[len(b)-1])
		shift := len(rest) - len(b)
		for i := range b {
			rest[shift+i].Sub(rest[shift+i], new(big.Rat).Mul(q, b[i]))
		}
		rest = rest[:len(rest)-1]
		for len(rest) > 0 && rest[len(rest)-1].Sign() == 0 {
			rest = rest[:len(rest)-1]
		}
	}
	for len(rest) > 0 && rest[len(rest)-1].Sign() == 0 {
		rest = rest[:len(rest)-1]
	}
	return rest
}
