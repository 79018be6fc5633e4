package scorer

import (
	"math"
	"slices"
)

// worth is how much more quadratic kappa a choice must bring on the predictions it
// is made on to be more than luck.
const worth = .005

// cutPoints returns the cuts between the scores of a scale and the line that
// brings raw predictions to it. Regression draws predictions to the middle, and
// quadratic kappa is highest when they are spread as the scores are: for
// predictions of correlation r with the scores it is then r, and 2r²/(1+r²) as
// they come. There are two ways to spread them: by the line, which is steady on a
// wide scale, and by giving each score as many predictions as it has essays, which
// follows a crooked one. Cuts stand half way between the two, unless one of them
// alone is clearly better. Cuts that are searched for one by one do worse on essays
// not seen.
func cutPoints(raw, scores, scale []float64) (cuts []float64, stretch line) {
	stretch = spreadLine(raw, scores)
	byCount := quantileCuts(raw, places(scores, scale), len(scale))
	byLine, between := make([]float64, len(byCount)), make([]float64, len(byCount))
	for k := range byCount {
		byLine[k] = ((scale[k]+scale[k+1])/2 - stretch.shift) / stretch.slope
		between[k] = (byCount[k] + byLine[k]) / 2
	}
	cuts = between
	best := cutKappa(raw, scores, scale, between) + worth
	for _, other := range [][]float64{byCount, byLine} {
		if k := cutKappa(raw, scores, scale, other); k > best {
			best, cuts = k, other
		}
	}
	return cuts, stretch
}

// cutKappa is the quadratic kappa of predictions that are made scores by cuts.
func cutKappa(raw, scores, scale, cuts []float64) float64 {
	given := make([]float64, len(raw))
	for i, x := range raw {
		given[i] = scale[cutAt(x, cuts)]
	}
	return Kappa(scores, given)
}

// steepest bounds how far predictions are spread that say next to nothing.
const steepest = 3

// spreadLine gives predictions the mean and deviation of the scores.
func spreadLine(raw, scores []float64) line {
	mr, dr := moments(raw)
	ms, ds := moments(scores)
	slope := ds / math.Max(dr, ds/steepest)
	return line{slope, ms - slope*mr}
}

func moments(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, math.Sqrt(deviation)
}

// places are the scores as places on the scale.
func places(scores, scale []float64) []int {
	out := make([]int, len(scores))
	for i, s := range scores {
		out[i] = nearest(scale, s)
	}
	return out
}

// quantileCuts give each score as many predictions as it has essays.
func quantileCuts(raw []float64, truth []int, levels int) []float64 {
	sorted := slices.Clone(raw)
	slices.Sort(sorted)
	counts := make([]int, levels)
	for _, t := range truth {
		counts[t]++
	}
	cuts := make([]float64, levels-1)
	seen := 0
	for k := range cuts {
		seen += counts[k]
		at := min(max(seen, 1), len(sorted)-1)
		cuts[k] = (sorted[at-1] + sorted[at]) / 2
	}
	return cuts
}
