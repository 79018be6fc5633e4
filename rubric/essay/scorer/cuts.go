package scorer

import (
	"math"
	"slices"

	"maieutic/rubric/agreement"
)

// fewScores is how many different scores a scale may have for each cut to be
// placed by itself. Wider ones are too thin between two scores.
const fewScores = 13

// cutPoints returns how raw predictions become scores: cuts that are best for
// quadratic kappa on the predictions given, or, on a wide scale, a stretch that
// gives predictions the spread of the scores, since regression draws them to the
// middle.
func cutPoints(raw, scores, scale []float64) (cuts []float64, stretch line) {
	stretch = spreadLine(raw, scores)
	if len(scale) > fewScores {
		return nil, stretch
	}
	truth := places(scores, scale)
	cuts = quantileCuts(raw, truth, len(scale))
	best := kappaOf(raw, truth, cuts)
	// Coordinate ascent over candidates between predictions: from the whole range
	// to the neighbourhood of each cut.
	sorted := slices.Clone(raw)
	slices.Sort(sorted)
	for range 6 {
		before := best
		for k := range cuts {
			low, high := bounds(cuts, k, sorted)
			keep := cuts[k]
			for step := 1; step < 24; step++ {
				cuts[k] = low + (high-low)*float64(step)/24
				// A cut moves for a gain that is more than noise.
				if v := kappaOf(raw, truth, cuts); v > best+1e-4 {
					best, keep = v, cuts[k]
				}
			}
			cuts[k] = keep
		}
		if best <= before {
			break
		}
	}
	return cuts, stretch
}

// bounds are the neighbours of a cut.
func bounds(cuts []float64, k int, sorted []float64) (low, high float64) {
	low, high = sorted[0], sorted[len(sorted)-1]
	if k > 0 {
		low = cuts[k-1]
	}
	if k+1 < len(cuts) {
		high = cuts[k+1]
	}
	return low, high
}

// spreadLine gives predictions the mean and deviation of the scores, half way: the
// whole way would add as much noise as it takes away bias.
func spreadLine(raw, scores []float64) line {
	mr, dr := moments(raw)
	ms, ds := moments(scores)
	slope := 1.0
	if dr > 1e-9 {
		slope = math.Min(1.5, math.Max(1, (1+ds/dr)/2))
	}
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

func kappaOf(raw []float64, truth []int, cuts []float64) float64 {
	given := make([]int, len(raw))
	for i, r := range raw {
		given[i], _ = slices.BinarySearch(cuts, r)
	}
	return agreement.NewConfusion(len(cuts)+1, truth, given).QuadraticKappa()
}
