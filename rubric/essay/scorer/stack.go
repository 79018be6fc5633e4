package scorer

import "math"

// sights are the ways in which a text is looked at, each with a fit of its own.
const sights = 4

// guess is how much the sights count before anything is known of the task, and prior
// how many essays' worth of evidence it takes to go half way from it.
var guess = [sights]float64{.6, .2, .2, 0}

const prior = 10

// stack returns how much each of the predictions counts so that their sum is
// nearest to the scores (stacking, Wolpert 1992; with weights that are not
// negative, Breiman 1996). The predictions are of essays that the fits have not
// seen, less the mean score.
func stack(predictions [sights][]float64, scores []float64) [sights]float64 {
	mean, deviation := moments(scores)
	var a [sights][sights]float64
	var y [sights]float64
	for i, s := range scores {
		for k := range sights {
			for l := range sights {
				a[k][l] += (predictions[k][i] - mean) * (predictions[l][i] - mean)
			}
			y[k] += (predictions[k][i] - mean) * (s - mean)
		}
	}
	w := guess
	for k := range sights {
		held := prior * math.Max(1e-12, deviation*deviation)
		a[k][k] += held
		y[k] += held * w[k]
	}
	for range 500 { // coordinate descent; the problem is convex
		moved := 0.0
		for k := range sights {
			rest := y[k]
			for l := range sights {
				if l != k {
					rest -= a[k][l] * w[l]
				}
			}
			to := math.Max(0, rest/a[k][k])
			moved = math.Max(moved, math.Abs(to-w[k]))
			w[k] = to
		}
		if moved < 1e-9 {
			break
		}
	}
	return w
}
