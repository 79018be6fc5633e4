package algebra

import (
	"math"
	"math/big"
)

// working is the precision of intermediate results, in bits. Results are right
// to more than precision bits, relative, away from zeros of the function.
const working = precision + 96

// largestExponent bounds the argument of exp: beyond it values are of no use
// to a comparison.
const largestExponent = 4096

var (
	one       = big.NewRat(1, 1)
	ln2       = lnOne(big.NewFloat(2).SetPrec(working))
	ln10      = lnFloat(big.NewFloat(10).SetPrec(working))
	piWorking = parseFloat("3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679")
)

func parseFloat(s string) *big.Float {
	f, _, err := big.ParseFloat(s, 10, working, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return f
}

func newFloat() *big.Float { return new(big.Float).SetPrec(working) }

func floatOf(v float64) *big.Float { return newFloat().SetFloat64(v) }

// below reports |a| < 2^exponent.
func below(a *big.Float, exponent int) bool { return a.Sign() == 0 || a.MantExp(nil) <= exponent }

// expFloat is e^x by the Taylor series of x/2^k, squared k times; x is at most
// largestExponent in size.
func expFloat(x *big.Float) *big.Float {
	k := max(0, x.MantExp(nil)+12)
	r := newFloat().Set(x)
	r.SetMantExp(r, -k)
	sum, term := floatOf(1), floatOf(1)
	for i := 1; !below(term, -working-16); i++ {
		term.Mul(term, r).Quo(term, floatOf(float64(i)))
		sum.Add(sum, term)
	}
	for range k {
		sum.Mul(sum, sum)
	}
	return sum
}

// lnFloat is the natural logarithm of x > 0.
func lnFloat(x *big.Float) *big.Float {
	mantissa := newFloat()
	exponent := x.MantExp(mantissa)
	if m, _ := mantissa.Float64(); m < math.Sqrt2/2 { // near 1 the logarithm stays relative to its own size
		mantissa.SetMantExp(mantissa, 1)
		exponent--
	}
	sum := newFloat().Mul(floatOf(float64(exponent)), ln2)
	return sum.Add(sum, lnOne(mantissa))
}

// lnOne is the logarithm of x between 1/2 and 2 by Halley's iteration on exp,
// which triples the digits of its start.
func lnOne(x *big.Float) *big.Float {
	start, _ := x.Float64()
	y := floatOf(math.Log(start))
	for range 2 {
		e := expFloat(y)
		d := newFloat().Sub(x, e)
		d.Quo(d, newFloat().Add(x, e))
		y.Add(y, d.Mul(d, floatOf(2)))
	}
	return y
}

// sinCos are the sine and cosine of x by Taylor series after taking multiples
// of 2π off.
func sinCos(x *big.Float) (sin, cos *big.Float) {
	turn := newFloat().Mul(piWorking, floatOf(2))
	turns, _ := newFloat().Quo(x, turn).Float64()
	r := newFloat().Sub(x, newFloat().Mul(turn, floatOf(math.Round(turns))))
	square := newFloat().Mul(r, r)
	sin, cos = newFloat().Set(r), floatOf(1)
	sinTerm, cosTerm := newFloat().Set(r), floatOf(1)
	for i := 1.0; !below(cosTerm, -working) || !below(sinTerm, -working); i++ {
		cosTerm.Mul(cosTerm, square).Quo(cosTerm, floatOf(-(2*i-1)*2*i))
		sinTerm.Mul(sinTerm, square).Quo(sinTerm, floatOf(-2*i*(2*i+1)))
		cos.Add(cos, cosTerm)
		sin.Add(sin, sinTerm)
	}
	return sin, cos
}

// arctanFloat improves the arc tangent of double precision by that of the
// difference, of which two terms of the series are enough.
func arctanFloat(x *big.Float) *big.Float {
	start, _ := x.Float64()
	y := floatOf(math.Atan(start))
	for range 2 {
		sin, cos := sinCos(y)
		z := newFloat().Sub(newFloat().Mul(x, cos), sin)
		z.Quo(z, newFloat().Add(cos, newFloat().Mul(x, sin)))
		cube := newFloat().Mul(z, z)
		cube.Mul(cube, z).Quo(cube, floatOf(3))
		y.Add(y, z.Sub(z, cube))
	}
	return y
}

// callFunction applies a function of functionNames; base is that of a
// logarithm or nil.
func callFunction(name string, arg value, base *value) (value, error) {
	x := newFloat().Set(arg.float())
	if arg.exact != nil {
		x.SetRat(arg.exact)
	}
	switch name {
	case "ln", "log":
		return logarithm(name, x, base)
	case "exp":
		return exponential(x)
	case "sinh", "cosh", "tanh":
		return hyperbolic(name, x)
	case "arcsin", "arccos", "arctan":
		return arcFunction(name, x)
	}
	return trigonometric(name, x)
}

func logarithm(name string, x *big.Float, base *value) (value, error) {
	if x.Sign() <= 0 {
		return value{}, ErrUndefined
	}
	y := lnFloat(x)
	switch {
	case base != nil:
		b := base.float()
		if b.Sign() <= 0 {
			return value{}, ErrUndefined
		}
		return divide(value{approx: y}, value{approx: lnFloat(newFloat().Set(b))})
	case name == "log":
		y.Quo(y, ln10)
	}
	return rounded(y), nil
}

func exponential(x *big.Float) (value, error) {
	if newFloat().Abs(x).Cmp(floatOf(largestExponent)) > 0 {
		return value{}, ErrUndefined
	}
	return rounded(expFloat(x)), nil
}

func hyperbolic(name string, x *big.Float) (value, error) {
	up, err := exponential(x)
	if err != nil {
		return value{}, err
	}
	down := newFloat().Quo(floatOf(1), up.approx)
	sinh, cosh := newFloat().Sub(up.approx, down), newFloat().Add(up.approx, down)
	switch name {
	case "sinh":
		return rounded(sinh.Quo(sinh, floatOf(2))), nil
	case "cosh":
		return rounded(cosh.Quo(cosh, floatOf(2))), nil
	}
	return rounded(sinh.Quo(sinh, cosh)), nil
}

func arcFunction(name string, x *big.Float) (value, error) {
	half := newFloat().Quo(piWorking, floatOf(2))
	if name == "arctan" {
		return rounded(arctanFloat(x)), nil
	}
	rest := newFloat().Sub(floatOf(1), newFloat().Mul(x, x))
	if rest.Sign() < 0 {
		return value{}, ErrUndefined
	}
	angle := newFloat()
	if rest.Sign() == 0 {
		angle.Mul(half, floatOf(float64(x.Sign())))
	} else {
		angle = arctanFloat(newFloat().Quo(x, newFloat().Sqrt(rest)))
	}
	if name == "arccos" {
		angle.Sub(half, angle)
	}
	return rounded(angle), nil
}

// trigonometric refuses arguments so large that taking turns off would cost
// the digits.
func trigonometric(name string, x *big.Float) (value, error) {
	if !below(x, 40) {
		return value{}, ErrUndefined
	}
	sin, cos := sinCos(x)
	s, c := rounded(sin), rounded(cos)
	switch name {
	case "sin":
		return s, nil
	case "cos":
		return c, nil
	case "tan":
		return divide(s, c)
	case "cot":
		return divide(c, s)
	case "sec":
		return divide(exactly(one), c)
	case "csc":
		return divide(exactly(one), s)
	}
	return value{}, ErrUndefined
}

func rounded(f *big.Float) value { return value{approx: new(big.Float).SetPrec(precision).Set(f)} }
