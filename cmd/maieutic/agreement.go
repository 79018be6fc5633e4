package main

import (
	"math"

	"maieutic/rubric/agreement"
	"maieutic/tutor"
)

// leastGain is how much a correction has to better the agreement, on scores it was
// not made from, to be worth a teacher's while.
const leastGain = .02

// agree measures how well machine and people agree, by task and criterion of one
// structure, and offers a correction where enough scores were overruled and it
// would help.
func agree(pairs []tutor.RatedPair) []tutor.Agreement {
	type key struct{ activity, criterion, structure string }
	groups := map[key][]tutor.RatedPair{}
	var order []key
	for _, p := range pairs {
		k := key{p.ActivityID, p.CriterionID, p.Structure}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], p)
	}
	var out []tutor.Agreement
	for _, k := range order {
		out = append(out, agreementOf(groups[k]))
	}
	return out
}

func agreementOf(pairs []tutor.RatedPair) tutor.Agreement {
	first := pairs[0]
	a := tutor.Agreement{ActivityID: first.ActivityID, Activity: first.Activity, CriterionID: first.CriterionID, Criterion: first.Criterion,
		Structure: first.Structure, N: len(pairs)}
	truth, given := make([]float64, len(pairs)), make([]float64, len(pairs))
	x, y := make([]int, len(pairs)), make([]int, len(pairs))
	for i, p := range pairs {
		truth[i], given[i] = p.Person, p.Machine
		x[i], y[i] = levelOf(first.Levels, p.Person), levelOf(first.Levels, p.Machine)
		if p.Overridden {
			a.Overrides++
		}
		if p.Blind {
			a.Blind++
		}
	}
	confusion := agreement.NewConfusion(len(first.Levels), x, y)
	a.QWK, a.Exact = confusion.QuadraticKappa(), confusion.Accuracy()
	bias, interval := agreement.Bias(truth, given, 1)
	a.Bias, a.Low, a.High = bias, interval.Low, interval.High
	if a.Overrides >= tutor.OfferAfter {
		l, gain := agreement.Correction(truth, given, first.Levels, 1)
		if gain.After >= gain.Before+leastGain {
			a.Offered = &tutor.Correction{ActivityID: a.ActivityID, CriterionID: a.CriterionID, Structure: a.Structure, Slope: l.Slope, Shift: l.Shift,
				Overrides: a.Overrides, Before: gain.Before, After: gain.After}
		}
	}
	return a
}

// levelOf is the place of the level nearest to a value.
func levelOf(levels []float64, v float64) int {
	best := 0
	for i, l := range levels {
		if math.Abs(l-v) < math.Abs(levels[best]-v) {
			best = i
		}
	}
	return best
}
