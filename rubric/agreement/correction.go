package agreement

import (
	"math"
	"math/rand/v2"
)

// Linear is a map from a machine's values to those of people: slope*x + shift,
// cut to 0..1.
type Linear struct{ Slope, Shift float64 }

// At maps a value.
func (l Linear) At(x float64) float64 { return math.Max(0, math.Min(1, l.Slope*x+l.Shift)) }

// Gain is what a correction is worth: agreement of held-out values without and
// with it.
type Gain struct{ Before, After float64 }

// pull draws a fitted slope towards 1 and a shift towards 0, in items: with few
// of them a correction should correct little.
const pull = 10

// Correction fits a map from given values, 0..1, to the true ones by least
// squares, drawn towards leaving them as they are, and says what it is worth by
// quadratic weighted kappa over the levels of a scale, ten times parted in five at
// random: each part is corrected by what the other four say. Levels are the values
// of the scale, ascending.
func Correction(truth, given, levels []float64, seed uint64) (Linear, Gain) {
	same(len(truth), len(given))
	n := len(truth)
	const folds, rounds = 5, 10
	random := rand.New(rand.NewPCG(seed, 8))
	var gain Gain
	place := make([]int, n)
	for i, x := range given {
		place[i] = nearestLevel(levels, x)
	}
	real := make([]int, n)
	for i, x := range truth {
		real[i] = nearestLevel(levels, x)
	}
	gain.Before = NewConfusion(len(levels), real, place).QuadraticKappa()
	for range rounds {
		fold := random.Perm(n)
		corrected := make([]int, n)
		for f := range folds {
			var x, y []float64
			for i := range n {
				if fold[i]%folds != f {
					x, y = append(x, given[i]), append(y, truth[i])
				}
			}
			l := fitLinear(x, y)
			for i := range n {
				if fold[i]%folds == f {
					corrected[i] = nearestLevel(levels, l.At(given[i]))
				}
			}
		}
		gain.After += NewConfusion(len(levels), real, corrected).QuadraticKappa() / rounds
	}
	return fitLinear(given, truth), gain
}

// fitLinear is ridge regression towards the identity.
func fitLinear(x, y []float64) Linear {
	n := float64(len(x))
	if n == 0 {
		return Linear{1, 0}
	}
	mx, my := mean(x), mean(y)
	var sxx, sxr float64
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxr += (x[i] - mx) * (y[i] - x[i] - (my - mx))
	}
	slope := 1 + sxr/(sxx+pull*.05) // .05: the variance of values spread over a scale
	shift := (my - slope*mx) * n / (n + pull)
	return Linear{slope, shift}
}

func nearestLevel(levels []float64, x float64) int {
	best := 0
	for i, l := range levels {
		if math.Abs(l-x) < math.Abs(levels[best]-x)-1e-9 {
			best = i
		}
	}
	return best
}

// Bias is the mean of given less true values with its 95 % interval: above 0 the
// machine is too generous.
func Bias(truth, given []float64, seed uint64) (float64, Interval) {
	same(len(truth), len(given))
	stat := func(items []int) float64 {
		sum := 0.0
		for _, i := range items {
			sum += (given[i] - truth[i]) / float64(len(items))
		}
		return sum
	}
	all := make([]int, len(truth))
	for i := range all {
		all[i] = i
	}
	return stat(all), Bootstrap(len(truth), seed, stat)
}
