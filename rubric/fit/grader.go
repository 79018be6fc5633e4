// Package fit fits the built-in grader to labelled answers. The server does not
// use it.
package fit

import (
	"math"
	"math/rand/v2"
	"slices"

	"maieutic/rubric"
	"maieutic/rubric/agreement"
	"maieutic/tutor"
)

// Example is a labelled answer.
type Example struct {
	Features rubric.Features
	Wordings int    // how many reference wordings it was compared with
	Question string // answers to one question are never split by a fold
	Module   string // nor those of a module, where modules are held out
	Right    bool
}

// Options of a fit.
type Options struct {
	Ridge float64 // penalty on the coefficients of standardised features
	Folds int     // of the cross-validation
	Seed  uint64  // of the folds
}

// Validation is how a fit did on answers that it was not fitted on.
type Validation struct {
	Head     string // "alone" or "several", as in rubric.Model
	Held     string // "question" or "module"
	N        int
	MacroF1  float64 // at the model's threshold
	Accuracy float64
	Brier    float64 // mean squared error of the probability
	Error    float64 // expected calibration error over ten bins
}

// Grader fits the coefficients of both heads of a model and validates each, by
// whole questions and by whole modules.
func Grader(examples []Example, o Options) (*rubric.Model, []Validation, error) {
	model := &rubric.Model{}
	var reports []Validation
	for _, head := range []struct {
		name string
		to   *rubric.Logistic
		cut  *float64
		mine func(Example) bool
	}{
		{"alone", &model.Alone, &model.AloneFrom, func(e Example) bool { return e.Wordings == 1 }},
		{"several", &model.Several, &model.SeveralFrom, func(e Example) bool { return e.Wordings > 1 }},
	} {
		var mine []Example
		for _, e := range examples {
			if head.mine(e) {
				mine = append(mine, e)
			}
		}
		if len(mine) < 200 {
			return nil, nil, tutor.Errorf(tutor.CodeInvalid, "%d labelled answers with %s reference wordings are too few to fit; 200 are needed", len(mine), head.name)
		}
		var err error
		if *head.to, err = logistic(mine, o.Ridge); err != nil {
			return nil, nil, err
		}
		for _, held := range []struct {
			name string
			by   func(Example) string
		}{{"question", func(e Example) string { return e.Question }}, {"module", func(e Example) string { return e.Module }}} {
			p, err := validate(mine, held.by, o)
			if err != nil {
				return nil, nil, err
			}
			if held.name == "question" {
				*head.cut = bestCut(mine, p)
			}
			reports = append(reports, report(mine, p, *head.cut, head.name, held.name))
		}
	}
	return model, reports, nil
}

// validate returns the probability of each example by a fit without its group.
func validate(examples []Example, by func(Example) string, o Options) ([]float64, error) {
	groups := map[string]int{}
	var names []string
	for _, e := range examples {
		if _, ok := groups[by(e)]; !ok {
			groups[by(e)] = 0
			names = append(names, by(e))
		}
	}
	slices.Sort(names)
	rand.New(rand.NewPCG(o.Seed, 1)).Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	folds := min(o.Folds, len(names))
	if folds < 2 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the answers belong to %d groups; cross-validation needs two", len(names))
	}
	for i, name := range names {
		groups[name] = i % folds
	}
	out := make([]float64, len(examples))
	for fold := range folds {
		var rest []Example
		for _, e := range examples {
			if groups[by(e)] != fold {
				rest = append(rest, e)
			}
		}
		l, err := logistic(rest, o.Ridge)
		if err != nil {
			return nil, err
		}
		for i, e := range examples {
			if groups[by(e)] == fold {
				out[i] = l.Probability(e.Features)
			}
		}
	}
	return out, nil
}

// bestCut is the probability from which calling an answer right gives the best
// macro F1, in hundredths, no further than .15 from an even chance.
func bestCut(examples []Example, p []float64) float64 {
	best, at := -1.0, 0.5
	for cut := 0.35; cut <= 0.65; cut += 0.01 {
		// The mean over neighbours, for the peak of a ragged curve is luck.
		f := 0.0
		for _, d := range []float64{-0.02, 0, 0.02} {
			f += confusion(examples, p, cut+d).MacroF1()
		}
		if f > best {
			best, at = f, cut
		}
	}
	return math.Round(at*100) / 100
}

func confusion(examples []Example, p []float64, cut float64) agreement.Confusion {
	truth, given := make([]int, len(p)), make([]int, len(p))
	for i, e := range examples {
		if e.Right {
			truth[i] = 1
		}
		if p[i] >= cut {
			given[i] = 1
		}
	}
	return agreement.NewConfusion(2, truth, given)
}

func report(examples []Example, p []float64, cut float64, head, held string) Validation {
	c := confusion(examples, p, cut)
	v := Validation{Head: head, Held: held, N: len(p), MacroF1: c.MacroF1(), Accuracy: c.Accuracy()}
	right := make([]bool, len(p))
	for i, e := range examples {
		right[i] = e.Right
		y := 0.0
		if e.Right {
			y = 1
		}
		v.Brier += (p[i] - y) * (p[i] - y) / float64(len(p))
	}
	v.Error = agreement.CalibrationError(p, right)
	return v
}
