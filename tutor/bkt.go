package tutor

import (
	"math"
)

// BKTParams are the five probabilities of Bayesian Knowledge Tracing for one
// skill (Corbett & Anderson 1995; forgetting after Khajah, Lindsey & Mozer 2016).
type BKTParams struct {
	Prior  float64 // known before the first observation
	Learn  float64 // becomes known at an opportunity
	Forget float64 // is lost between two opportunities
	Guess  float64 // right although not known, at most .5
	Slip   float64 // wrong although known, at most .4
}

// DefaultBKT is the prior that stands until a skill has answers enough to be
// fitted.
func DefaultBKT() BKTParams {
	return BKTParams{Prior: .3, Learn: .15, Forget: 0, Guess: .2, Slip: .1}
}

// Validate reports a parameter that is not a probability or lies beyond its
// bound, as CodeInvalid. Bounds on guess and slip keep "known" meaning known.
func (p BKTParams) Validate() error {
	for _, v := range []struct {
		name        string
		value, high float64
	}{{"prior", p.Prior, 1}, {"learn", p.Learn, 1}, {"forget", p.Forget, 1}, {"guess", p.Guess, .5}, {"slip", p.Slip, .4}} {
		if !(v.value >= 0 && v.value <= v.high) { // NaN fails too
			return Errorf(CodeInvalid, "the parameter %s must lie between 0 and %v, not %v", v.name, v.high, v.value)
		}
	}
	if p.Guess+p.Slip >= 1 || p.Prior <= 0 || p.Prior >= 1 {
		return Errorf(CodeInvalid, "prior must lie inside (0, 1), and guess and slip must leave room for knowledge")
	}
	return nil
}

// Predict returns the probability of a right answer at the given mastery.
func (p BKTParams) Predict(mastery float64) float64 {
	return float64(mastery*(1-p.Slip)) + float64((1-mastery)*p.Guess)
}

// update moves mastery by evidence y in 0..1. With y of 0 or 1 it is classic
// BKT; y = .5 leaves the posterior where it was, and it never falls as y rises.
//
// Every product is wrapped in float64: the compiler may otherwise fuse it with
// the addition on some architectures, and a replay there would not give the
// same bytes.
func (p BKTParams) update(mastery, y float64) float64 {
	known := float64(y*(1-p.Slip)) + float64((1-y)*p.Slip)
	unknown := float64(y*p.Guess) + float64((1-y)*(1-p.Guess))
	with := float64(mastery * known)
	without := float64((1 - mastery) * unknown)
	posterior := mastery
	if total := with + without; total > 0 {
		posterior = with / total
	}
	if y == .5 {
		posterior = mastery // exactly, whatever the rounding
	}
	next := float64(posterior*(1-p.Forget)) + float64((1-posterior)*p.Learn)
	return math.Min(math.Max(next, 0), 1)
}
