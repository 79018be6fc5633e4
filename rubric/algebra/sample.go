package algebra

import (
	"errors"
	"math/big"
	"math/rand/v2"
)

// Points of evaluation for expressions that are no rational functions.
const (
	samplePoints = 40 // tried
	sampleNeeded = 6  // where both sides must have a value
	sampleBits   = 128
	sampleRange  = 1 << 15
)

// ratioAt compares two expressions at seeded points. It returns the constant k
// with a = k·b wherever both have a value, and false when there is none.
//
// Coordinates are n/1024 with n drawn from 1..2^15, every fourth n/2^15, half
// of the odd ones with random signs; a variable that stands in an exponent
// takes 1..8 or n/16 up to 8. Values must agree to 128 bits, relative, at six
// points at least and at every one of up to twelve.
//
// Error: equal expressions are never told apart save by a rounding error of
// more than 64 bits. Expressions that differ are taken for equal when their
// difference vanishes, to 128 bits, at all the points. An algebraic difference
// of degree D vanishes at one point with probability at most D/2^15
// (Schwartz-Zippel), at six independent ones at most (D/2^15)^6, which is below
// 1e-12 for D up to 300. A difference that is analytic in each variable, as
// with trigonometric and logarithmic functions, with Z zeros on the range of a
// variable gives (Z/2^15)^6 likewise. In exponents there are 128 points instead
// of 2^15. Functions that differ only on a region that none of the points
// meets (an absolute value with its corner beyond 32, say) are not told apart.
func (c *comparison) ratioAt(a, b *Node) (*big.Float, bool, error) {
	names := node(OpTuple, a, b).Variables()
	if len(names) > MaxVariables {
		return nil, false, &LimitError{"variables"}
	}
	inExponent := exponentVariables(a, b)
	random := rand.New(rand.NewPCG(0x6d616965, 0x75746963))
	var k *big.Float
	zeros, agreed := 0, 0
	for i := 0; i < samplePoints && agreed < 2*sampleNeeded; i++ {
		va, vb, err := c.both(a, b, point(names, inExponent, i, random))
		if err != nil {
			var limit *LimitError
			if errors.As(err, &limit) {
				if agreed >= sampleNeeded && limit.What == outOfBudget {
					break // enough points, though no further ones
				}
				return nil, false, err
			}
			if len(names) == 0 {
				return nil, false, ErrUndecided
			}
			continue
		}
		za, zb := va.sign() == 0 || negligible(va), vb.sign() == 0 || negligible(vb)
		if za != zb {
			return nil, false, nil
		}
		agreed++
		if za {
			zeros++
			continue
		}
		ratio := new(big.Float).SetPrec(precision).Quo(va.float(), vb.float())
		if k == nil {
			k = ratio
		} else if !agree(k, ratio) {
			return nil, false, nil
		}
		if len(names) == 0 {
			return k, true, nil
		}
	}
	switch {
	case len(names) == 0 && zeros > 0:
		return big.NewFloat(1), true, nil
	case agreed < sampleNeeded:
		return nil, false, ErrUndecided
	case k == nil:
		return big.NewFloat(1), true, nil
	}
	return k, true, nil
}

func (m *comparison) both(a, b *Node, at map[string]*big.Rat) (value, value, error) {
	va, err := m.evaluate(a, at)
	if err != nil {
		return va, va, err
	}
	vb, err := m.evaluate(b, at)
	return va, vb, err
}

func point(names []string, inExponent map[string]bool, i int, random *rand.Rand) map[string]*big.Rat {
	at := make(map[string]*big.Rat, len(names))
	for _, name := range names {
		if inExponent[name] {
			at[name] = big.NewRat(1+random.Int64N(8), 1)
			if i%3 == 1 {
				at[name] = big.NewRat(1+random.Int64N(128), 16)
			}
			continue
		}
		n := 1 + random.Int64N(sampleRange)
		if i%4 == 3 { // arc functions live between -1 and 1
			at[name] = big.NewRat(n, sampleRange)
			continue
		}
		if i%2 == 1 && random.Int64N(2) == 0 {
			n = -n
		}
		at[name] = big.NewRat(n, 1024)
	}
	return at
}

func exponentVariables(nodes ...*Node) map[string]bool {
	found := map[string]bool{}
	for _, n := range nodes {
		n.walk(func(m *Node) {
			if m.Op != OpPow {
				return
			}
			for _, name := range m.Args[1].Variables() {
				found[name] = true
			}
		})
	}
	return found
}

// agree reports agreement to sampleBits, relative.
func agree(a, b *big.Float) bool {
	d := new(big.Float).SetPrec(precision).Sub(a, b)
	if d.Sign() == 0 {
		return true
	}
	return d.MantExp(nil) <= a.MantExp(nil)-sampleBits
}
