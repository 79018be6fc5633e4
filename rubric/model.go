package rubric

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"sync"
)

// The features of an answer in words, in the order of FeatureNames. Shares lie
// in 0..1, flags are 0 or 1.
const (
	featCoverage  = iota // of the wording, by the window that says it best
	featOpposed          // that window stands against the wording
	featGrams            // share of the wording's n-grams that the text has, the mean over wordings
	featGramsBack        // share of the text's n-grams that the nearest wording has
	featLetters          // share of the nearest wording's trigrams, small words and all
	featFunction         // share of its function words
	featNegation         // it is negated and the text is not, or the other way round
	featSentences        // logarithm of 1 + its sentences: of a long reference fewer is said
	NumFeatures
)

// FeatureNames names the features as they stand in a model's file.
var FeatureNames = [NumFeatures]string{
	"coverage", "opposed", "grams", "grams_back", "letters", "function", "negation", "sentences",
}

// signs are what a coefficient may be: an answer never gets better for having
// less of the wording, or worse for having more. Data of one school or subject
// would say otherwise of some, and mislead in the next.
var signs = [NumFeatures]int{
	featCoverage: 1, featOpposed: -1, featGrams: 1, featGramsBack: 1, featLetters: 1, featFunction: 1, featNegation: -1, featSentences: -1,
}

// Sign is 1 for a feature whose coefficient may not be below 0, -1 for one whose
// coefficient may not be above.
func Sign(feature int) int { return signs[feature] }

// Features describe how a text stands to the wordings of an expectation.
type Features [NumFeatures]float64

// Logistic is a logistic regression over Features.
type Logistic struct {
	Bias    float64
	Weights Features
}

// Probability returns σ(bias + weights · f).
func (l Logistic) Probability(f Features) float64 {
	z := l.Bias
	for i, w := range l.Weights {
		z += float64(w * f[i]) // no fused multiply-add: the same bits on every architecture
	}
	return 1 / (1 + math.Exp(-z))
}

// Model gives the probability that an answer in words is right. The best of
// several wordings is found by chance more easily than one alone, so that each
// case has coefficients of its own.
type Model struct {
	Version    string
	Provenance string   // the data it was fitted on, their licence, and how
	Alone      Logistic // one wording of the expectation
	Several    Logistic // the best of several

	// AloneFrom and SeveralFrom are the probabilities from which a marker who has
	// to call each answer right or wrong agrees best with people.
	AloneFrom, SeveralFrom float64
}

// Probability returns the calibrated probability that a text with these
// features, compared with so many wordings, is right.
func (m *Model) Probability(f Features, wordings int) float64 {
	if wordings > 1 {
		return m.Several.Probability(f)
	}
	return m.Alone.Probability(f)
}

// RightFrom is the probability from which an answer is called right when there
// is no room for "unsure".
func (m *Model) RightFrom(wordings int) float64 {
	if wordings > 1 {
		return m.SeveralFrom
	}
	return m.AloneFrom
}

type logisticJSON struct {
	From    float64            `json:"right_from"`
	Bias    float64            `json:"bias"`
	Weights map[string]float64 `json:"weights"`
}

type modelJSON struct {
	Version    string       `json:"version"`
	Provenance string       `json:"provenance"`
	Alone      logisticJSON `json:"alone"`
	Several    logisticJSON `json:"several"`
}

// MarshalJSON names every coefficient.
func (m *Model) MarshalJSON() ([]byte, error) {
	named := func(l Logistic, from float64) logisticJSON {
		out := logisticJSON{From: from, Bias: l.Bias, Weights: map[string]float64{}}
		for i, w := range l.Weights {
			if w != 0 {
				out.Weights[FeatureNames[i]] = w
			}
		}
		return out
	}
	return json.Marshal(modelJSON{m.Version, m.Provenance, named(m.Alone, m.AloneFrom), named(m.Several, m.SeveralFrom)})
}

// UnmarshalJSON reads a model. A coefficient of an unknown feature is an error.
func (m *Model) UnmarshalJSON(data []byte) error {
	var in modelJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*m = Model{Version: in.Version, Provenance: in.Provenance, AloneFrom: in.Alone.From, SeveralFrom: in.Several.From}
	for _, side := range []struct {
		from logisticJSON
		to   *Logistic
	}{{in.Alone, &m.Alone}, {in.Several, &m.Several}} {
		side.to.Bias = side.from.Bias
		left := len(side.from.Weights)
		for i, name := range FeatureNames {
			if w, ok := side.from.Weights[name]; ok {
				side.to.Weights[i] = w
				left--
			}
		}
		if left > 0 {
			return fmt.Errorf("rubric: the model has %d coefficients of unknown features", left)
		}
	}
	return nil
}

//go:embed grader.json
var graderJSON []byte

// DefaultModel returns the model that the program carries, made by
// "maieutic fit grader".
var DefaultModel = sync.OnceValue(func() *Model {
	var m Model
	if err := json.Unmarshal(graderJSON, &m); err != nil {
		panic(err) // the file is part of the program
	}
	return &m
})

// plausible is how probable it is that a window says a wording, with weights
// set by hand: six tenths of it found are an even chance, an opposed match is
// none at all. It chooses the window to look at and to quote, and judges
// misconceptions, of which there are too few labelled ones to fit.
func (a alignment) plausible() float64 {
	z := -4.6 + float64(8*a.coverage) + float64(0.3*a.precision)
	if a.opposed {
		z -= 6
	}
	if a.salad() {
		z -= 6
	}
	return 1 / (1 + math.Exp(-z))
}
