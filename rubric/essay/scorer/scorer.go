// Package scorer learns to score the essays of one task from essays that people
// have scored. It looks at a text in two ways:
//
//   - Its wording: which runs of one to ten characters it has, and how often, as
//     the histogram intersection kernel sees it (Ionescu et al. 2014; for essays
//     Cozma, Butnaru and Ionescu 2018). It needs no tokeniser, no tagger and no
//     language.
//   - Its shape: length, sentences, paragraphs, range and rarity of words, how
//     usual their sequence is, cohesion, punctuation. What is rare or unusual is
//     said by the other essays of the task.
//
// Four fits use them: kernel ridge regression on both together, with the shape seen
// through random Fourier features (Rahimi and Recht 2007); the same on wording
// alone; boosted trees on the shape; and a parabola of the length. What each counts
// is found on predictions for essays that it has not seen: left out one by one,
// which ridge regression gives in closed form, or in five parts. On the same
// predictions cut points are placed that make scores of them.
//
// Everything is deterministic. A fitted Model holds numbers alone, weights of
// hashed runs and words that at least three essays share: no text of a learner
// can be read out of it, nor what one essay alone has.
//
// Length goes with quality in most tasks, and a scorer learns that. A Report says
// how well length alone does and how the error goes with length, so that whoever
// puts a scorer to use can see what it rewards.
package scorer

import (
	"cmp"
	"slices"

	"maieutic/tutor"
)

// Least is how many graded essays it takes to fit a scorer, Most how many it can
// use: its memory grows with their square, its work with their cube.
const (
	Least = 30
	Most  = 5000
)

// Example is an essay that a person has scored.
type Example struct {
	Text  string
	Score float64
}

// Model is a fitted scorer of one task. It is safe for concurrent use.
type Model struct {
	Essays int // that it was fitted to

	low, high float64   // of the scale that values are taken on
	scale     []float64 // scores there are, ascending
	cuts      []float64 // between them; len(scale)-1, ascending; nil: the nearest score
	stretch   line      // from raw predictions to the scale of scores
	mean      float64   // of the scores
	spread    float64   // root mean squared leave-one-out error, in scores

	trees   float64  // weight of the forest
	lengths float64  // weight of the length
	counted bool     // wording is taken with its counts
	keys    []uint32 // of wording, ascending
	wording []int16  // weights by key, in units
	unit    float64
	shape   []float64 // weights of the random features
	norms   norms
	words   lexicon
	forest  forest
	length  parabola
}

// line is a linear map.
type line struct{ slope, shift float64 }

func (l line) at(x float64) float64 { return l.slope*x + l.shift }

// Fit learns from examples. Their lowest and highest scores are the ends of the
// scale. It is a CodeInvalid when there are fewer than Least or all have one score.
func Fit(examples []Example) (*Model, error) {
	if scale := scaleOf(examples); len(scale) > 1 {
		return FitOn(examples, scale[0], scale[len(scale)-1])
	}
	return FitOn(examples, 0, 1)
}

// FitOn is Fit for scores on a scale from low to high, which the examples need
// not reach.
func FitOn(examples []Example, low, high float64) (*Model, error) {
	scale, err := checked(examples)
	if err != nil {
		return nil, err
	}
	if high <= low {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the scale ends at %g, where it begins; give its lowest and its highest score", low)
	}
	all := represent(texts(examples))
	rows := make([]int, len(examples))
	for i := range rows {
		rows[i] = i
	}
	m := fitRows(all, rows, examples, scale).model(all)
	m.low, m.high = low, high
	return m, nil
}

// checked returns the scale of examples that a scorer can be fitted to.
func checked(examples []Example) (scale []float64, err error) {
	scale = scaleOf(examples)
	switch {
	case len(examples) < Least:
		return nil, tutor.Errorf(tutor.CodeInvalid, "%d graded essays are too few to fit a scorer; grade %d at least", len(examples), Least)
	case len(examples) > Most:
		return nil, tutor.Errorf(tutor.CodeInvalid, "%d graded essays of one task are more than a scorer can use; give %d at most", len(examples), Most)
	case len(scale) < 2:
		return nil, tutor.Errorf(tutor.CodeInvalid, "all essays have the same score, so there is nothing to learn from; grade some that differ")
	}
	return scale, nil
}

// scaleOf returns the scores that examples have, ascending.
func scaleOf(examples []Example) []float64 {
	scale := make([]float64, 0, len(examples))
	for _, e := range examples {
		scale = append(scale, e.Score)
	}
	slices.Sort(scale)
	return slices.Compact(scale)
}

func texts(examples []Example) []string {
	out := make([]string, len(examples))
	for i, e := range examples {
		out[i] = e.Text
	}
	return out
}

// Scale returns the scores that the model gives, ascending.
func (m *Model) Scale() []float64 { return slices.Clone(m.scale) }

// Predict returns the score of a text on the scale of the examples: as computed,
// and as one of the scores that people gave.
func (m *Model) Predict(text string) (exact, score float64) {
	raw := m.raw(text)
	return m.stretch.at(raw), m.scale[cutAt(raw, m.cuts)]
}

// Score returns the score of a text as a value 0..1 from the lowest score to the
// highest, and how sure that is, 0..1: one less twice the usual error, as a share
// of the scale.
func (m *Model) Score(text string) (value, confidence float64) {
	_, score := m.Predict(text)
	width := m.high - m.low
	return max(0, min(1, (score-m.low)/width)), max(.05, min(.95, 1-2*m.spread/width))
}

// cutAt returns the place on the scale of a raw prediction.
func cutAt(raw float64, cuts []float64) int {
	at, _ := slices.BinarySearch(cuts, raw)
	return at
}

// nearest returns the place of the score nearest to x, the lower on a tie.
func nearest(scale []float64, x float64) int {
	at, _ := slices.BinarySearchFunc(scale, x, cmp.Compare[float64])
	switch {
	case at == 0:
		return 0
	case at == len(scale):
		return len(scale) - 1
	case x-scale[at-1] <= scale[at]-x:
		return at - 1
	}
	return at
}
