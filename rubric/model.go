package rubric

import "math"

// The features of a match, in the order of a Model's weights. All lie in 0..1.
const (
	FeatureCoverage  = iota // weighted share of the wording's words found with the right polarity
	FeatureUnsigned         // the same whatever the polarity
	FeaturePrecision        // share of the learner's content words that were used
	FeatureOrder            // share of finds in the wording's order
	FeatureOpposed          // 1 when an antonym or a lone negation stands against the wording
	FeatureSalad            // 1 for keywords strung together
	FeatureShort            // 1 for wordings of one or two content words
	NumFeatures
)

// Features describe how a text matches one wording.
type Features [NumFeatures]float64

// Model is a logistic regression over Features: the probability that a text
// that matches so is right. Version names where the weights come from.
type Model struct {
	Version string
	Bias    float64
	Weights Features
}

// DefaultModel has weights set by hand: six tenths of a wording found are
// an even chance, an opposed match is none at all.
var DefaultModel = Model{
	Version: "hand-1",
	Bias:    -4.6,
	Weights: Features{FeatureCoverage: 8, FeaturePrecision: 0.3, FeatureOpposed: -6, FeatureSalad: -6},
}

// Probability returns σ(bias + weights · f).
func (m Model) Probability(f Features) float64 {
	z := m.Bias
	for i, w := range m.Weights {
		z += float64(w * f[i]) // no fused multiply-add: the same bits on every architecture
	}
	return 1 / (1 + math.Exp(-z))
}

func (a alignment) features() Features {
	f := Features{
		FeatureCoverage: a.coverage, FeatureUnsigned: a.unsigned, FeaturePrecision: a.precision, FeatureOrder: a.order,
	}
	if a.opposed {
		f[FeatureOpposed] = 1
	}
	if a.salad() {
		f[FeatureSalad] = 1
	}
	if a.size <= 2 {
		f[FeatureShort] = 1
	}
	return f
}
