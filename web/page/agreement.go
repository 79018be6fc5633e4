package page

import (
	"math"
	"strconv"

	"maieutic/tutor"
)

// Agreement is the page "agreement" of teachers.
type Agreement struct {
	Rows    []tutor.Agreement
	Samples []tutor.MarkingSample // for the viewer to mark
	Tasks   []tutor.ActivityOutline
	Done    string // key of what was done just now
	Drawn   int
}

// Figure writes a figure with two digits, a dash for one that is not defined.
func (Agreement) Figure(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// Waiting are the samples that are not marked yet.
func (a Agreement) Waiting() (out []tutor.MarkingSample) {
	for _, s := range a.Samples {
		if !s.Marked {
			out = append(out, s)
		}
	}
	return out
}

// OfferAfter is how many overrides it takes for an offer.
func (Agreement) OfferAfter() int { return tutor.OfferAfter }

// Marking is the page "marking": a draft to mark blind.
type Marking struct{ Sample tutor.MarkingSample }
