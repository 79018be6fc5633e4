package main

import (
	"math"
	"testing"

	"maieutic/tutor"
)

func TestAgree(t *testing.T) {
	levels := []float64{0, .5, 1}
	var pairs []tutor.RatedPair
	for i := range 60 {
		// A machine that is a level too generous two times of three.
		p := tutor.RatedPair{ActivityID: "a", Activity: "A", CriterionID: "thesis", Criterion: "Thesis", Structure: "s", Levels: levels, Person: levels[i%2]}
		p.Machine = p.Person
		if i%3 > 0 {
			p.Machine, p.Overridden = levels[i%2+1], true
		}
		pairs = append(pairs, p)
	}
	pairs = append(pairs, tutor.RatedPair{ActivityID: "a", CriterionID: "other", Structure: "s", Levels: levels, Person: 1, Machine: 1, Blind: true})
	rows := agree(pairs)
	if len(rows) != 2 || rows[0].N != 60 || rows[0].Overrides != 40 || rows[1].Blind != 1 {
		t.Fatalf("%+v", rows)
	}
	thesis := rows[0]
	if math.Abs(thesis.Bias-1./3) > 1e-9 || thesis.Low <= 0 || math.Abs(thesis.Exact-1./3) > 1e-9 {
		t.Errorf("%+v", thesis)
	}
	if thesis.Offered == nil || thesis.Offered.After < thesis.Offered.Before+.02 || thesis.Offered.Shift >= 0 && thesis.Offered.Slope >= 1 {
		t.Errorf("offered %+v", thesis.Offered)
	}
	if rows[1].Offered != nil {
		t.Error("one score is enough for an offer")
	}
	few := agree(pairs[:30])
	if few[0].Offered != nil {
		t.Errorf("%d overrides are enough for an offer", few[0].Overrides)
	}
}
