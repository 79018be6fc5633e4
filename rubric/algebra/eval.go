package algebra

import (
	"math"
	"math/big"
	"strings"
)

// precision of inexact values, in bits.
const precision = 192

// value is a real number: exact when it is known to be rational, else
// approximate to about precision bits.
type value struct {
	exact  *big.Rat
	approx *big.Float
}

func exactly(r *big.Rat) value { return value{exact: r} }

func (v value) float() *big.Float {
	if v.exact != nil {
		return new(big.Float).SetPrec(precision).SetRat(v.exact)
	}
	return v.approx
}

func (v value) sign() int {
	if v.exact != nil {
		return v.exact.Sign()
	}
	return v.approx.Sign()
}

var piValue = rounded(piWorking).approx

// cost of one operation in units of the budget, as measured.
func cost(n *Node) int {
	switch {
	case n.Op == OpFunction && strings.HasPrefix(n.Name, "arc"):
		return 700
	case n.Op == OpFunction:
		return 250
	case n.Op == OpRoot && n.Args[1].Op == OpNumber && n.Args[1].Value.Cmp(two) == 0:
		return 60
	case n.Op == OpRoot:
		return 250
	case n.Op == OpPow:
		return 10
	}
	return 2
}

var two = big.NewRat(2, 1)

// evaluate computes an expression at a point. It returns ErrUndefined where
// there is no real value and a *LimitError where the value is too large or the
// budget runs out.
func (m *comparison) evaluate(n *Node, at map[string]*big.Rat) (value, error) {
	switch n.Op {
	case OpNumber:
		return exactly(n.Value), nil
	case OpVariable:
		if v, ok := at[n.Name]; ok {
			return exactly(v), nil
		}
		return value{}, ErrUndecided
	case OpPi:
		return value{approx: piValue}, nil
	case OpEuler:
		return exponential(floatOf(1))
	case OpInfinity, OpNone, OpTuple, OpPlusMinus:
		return value{}, ErrUndefined
	}
	if err := m.spend(cost(n)); err != nil {
		return value{}, err
	}
	args := make([]value, len(n.Args))
	for i, a := range n.Args {
		v, err := m.evaluate(a, at)
		if err != nil {
			return value{}, err
		}
		args[i] = v
	}
	if n.Op == OpFunction {
		var base *value
		if len(args) > 1 {
			base = &args[1]
		}
		return callFunction(n.Name, args[0], base)
	}
	if n.Op == OpPow && args[1].exact != nil && !args[1].exact.IsInt() {
		if err := m.spend(250); err != nil {
			return value{}, err
		}
	}
	v, err := apply(n.Op, args)
	if err == nil && n.Op == OpPow && v.exact != nil {
		err = m.spend(sizeCost(v.exact, v.exact))
	}
	return v, err
}

func apply(op Op, args []value) (value, error) {
	switch op {
	case OpNeg:
		return times(args[0], exactly(big.NewRat(-1, 1)))
	case OpPercent:
		return times(args[0], exactly(big.NewRat(1, 100)))
	case OpDegree:
		v, err := times(args[0], value{approx: piValue})
		if err != nil {
			return value{}, err
		}
		return times(v, exactly(big.NewRat(1, 180)))
	case OpAbs:
		if args[0].sign() < 0 {
			return times(args[0], exactly(big.NewRat(-1, 1)))
		}
		return args[0], nil
	case OpDiv:
		return divide(args[0], args[1])
	case OpPow:
		return power(args[0], args[1])
	case OpRoot:
		return root(args[0], args[1])
	}
	total := args[0]
	for _, a := range args[1:] {
		var err error
		if op == OpMul {
			total, err = times(total, a)
		} else {
			total, err = plus(total, a)
		}
		if err != nil {
			return value{}, err
		}
	}
	return total, nil
}

func plus(a, b value) (value, error) {
	if a.exact != nil && b.exact != nil {
		return bounded(new(big.Rat).Add(a.exact, b.exact))
	}
	return value{approx: new(big.Float).SetPrec(precision).Add(a.float(), b.float())}, nil
}

func times(a, b value) (value, error) {
	if a.exact != nil && b.exact != nil {
		return bounded(new(big.Rat).Mul(a.exact, b.exact))
	}
	return value{approx: new(big.Float).SetPrec(precision).Mul(a.float(), b.float())}, nil
}

func divide(a, b value) (value, error) {
	if b.sign() == 0 || negligible(b) {
		return value{}, ErrUndefined
	}
	if a.exact != nil && b.exact != nil {
		return bounded(new(big.Rat).Quo(a.exact, b.exact))
	}
	return value{approx: new(big.Float).SetPrec(precision).Quo(a.float(), b.float())}, nil
}

// negligible reports whether an inexact value may well be an exact zero.
func negligible(v value) bool {
	return v.exact == nil && v.approx.MantExp(nil) < -precision/2
}

// bounded keeps a rational exact as long as it is short.
func bounded(r *big.Rat) (value, error) {
	if max(r.Num().BitLen(), r.Denom().BitLen()) > 4*precision {
		return value{approx: exactly(r).float()}, nil
	}
	return exactly(r), nil
}

// power raises to a rational exponent, where a denominator means a root, and a
// positive number to any real one.
func power(base, exponent value) (value, error) {
	if exponent.exact == nil {
		if base.sign() <= 0 {
			return value{}, ErrUndefined
		}
		return exponential(newFloat().Mul(lnFloat(newFloat().Set(base.float())), exponent.float()))
	}
	if !exponent.exact.Num().IsInt64() || !exponent.exact.Denom().IsInt64() {
		return value{}, &LimitError{"exponent"}
	}
	n, d := exponent.exact.Num().Int64(), exponent.exact.Denom().Int64()
	if n > maxBits || n < -maxBits || d > 64 {
		return value{}, &LimitError{"exponent"}
	}
	if d > 1 {
		r, err := root(base, exactly(new(big.Rat).SetInt64(d)))
		if err != nil {
			return value{}, err
		}
		base = r
	}
	if base.exact != nil {
		r, err := powRat(base.exact, int(n))
		if err != nil {
			return value{}, err
		}
		return exactly(r), nil
	}
	return powFloat(base, int(n))
}

func powFloat(base value, n int) (value, error) {
	result := value{approx: new(big.Float).SetPrec(precision).SetInt64(1)}
	inverse := n < 0
	if inverse {
		n = -n
	}
	if n > maxExponentOfFloat {
		return value{}, &LimitError{"exponent"}
	}
	square := base
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result, _ = times(result, square) // inexact products have no error
		}
		square, _ = times(square, square)
	}
	if inverse {
		return divide(exactly(big.NewRat(1, 1)), result)
	}
	return result, nil
}

const maxExponentOfFloat = 1024

// root takes the real root of index 2..64; even roots of negative numbers are
// undefined.
func root(v, index value) (value, error) {
	if index.exact == nil || !index.exact.IsInt() {
		return value{}, ErrUndefined
	}
	k := index.exact.Num().Int64()
	if k < 2 || k > 64 {
		return value{}, &LimitError{"root"}
	}
	if v.sign() < 0 {
		if k%2 == 0 {
			return value{}, ErrUndefined
		}
		positive, _ := times(v, exactly(big.NewRat(-1, 1)))
		r, err := root(positive, index)
		if err != nil {
			return value{}, err
		}
		return times(r, exactly(big.NewRat(-1, 1)))
	}
	if v.sign() == 0 {
		return v, nil
	}
	if v.exact != nil {
		top, okTop := exactRoot(v.exact.Num(), int(k))
		bottom, okBottom := exactRoot(v.exact.Denom(), int(k))
		if okTop && okBottom {
			return exactly(new(big.Rat).SetFrac(top, bottom)), nil
		}
	}
	return value{approx: rootFloat(v.float(), int(k))}, nil
}

// rootFloat is Newton's iteration for r^k = v, v positive, from a start right
// to double precision.
func rootFloat(v *big.Float, k int) *big.Float {
	if k == 2 {
		return new(big.Float).SetPrec(precision).Sqrt(v)
	}
	mantissa := new(big.Float)
	exponent := v.MantExp(mantissa)
	m, _ := mantissa.Float64()
	shift := exponent / k
	start := math.Pow(m*math.Pow(2, float64(exponent-shift*k)), 1/float64(k))
	r := new(big.Float).SetPrec(precision).SetFloat64(start)
	r.SetMantExp(r, shift)
	for range 4 { // 53 bits double to more than 192 in two steps; two to spare
		pow, _ := powFloat(value{approx: r}, k-1)
		q := new(big.Float).SetPrec(precision).Quo(v, pow.approx)
		q.Sub(q, r).Quo(q, new(big.Float).SetInt64(int64(k)))
		r = new(big.Float).SetPrec(precision).Add(r, q)
	}
	return r
}

// exactRoot returns the integer k-th root of n if there is one.
func exactRoot(n *big.Int, k int) (*big.Int, bool) {
	if n.Sign() == 0 || n.IsInt64() && n.Int64() == 1 {
		return n, true
	}
	if k == 2 {
		r := new(big.Int).Sqrt(n)
		return r, new(big.Int).Mul(r, r).Cmp(n) == 0
	}
	if n.BitLen()/k > precision-16 {
		return nil, false
	}
	float := rootFloat(new(big.Float).SetPrec(precision).SetInt(n), k)
	r, _ := float.Add(float, big.NewFloat(0.5)).Int(nil)
	return r, new(big.Int).Exp(r, big.NewInt(int64(k)), nil).Cmp(n) == 0
}
