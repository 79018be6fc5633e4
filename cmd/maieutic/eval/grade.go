package eval

import (
	"context"
	"slices"

	"maieutic/dialogue"
	"maieutic/rubric"
	"maieutic/rubric/agreement"
	"maieutic/tutor"
)

// graded is a labelled answer with what the grader made of it.
type graded struct {
	Labelled
	value, confidence float64
	right             bool // where every answer has to be called right or wrong
	contradicted      bool
	negated           bool // the text holds a negation
}

// Grade measures the built-in grader of answers in words: on "semeval2013" as a
// classifier, on "csv" against points.
func Grade(ctx context.Context, o Options) (*Report, error) {
	switch o.Format {
	case "semeval2013":
		answers, err := ReadSemEval(o.Data)
		if err != nil {
			return nil, err
		}
		return gradeLabels(ctx, o, answers)
	case "csv":
		return gradePoints(ctx, o)
	}
	return nil, tutor.Errorf(tutor.CodeInvalid, "grade does not read the format %q", o.Format)
}

func gradeLabels(ctx context.Context, o Options, answers []Labelled) (*Report, error) {
	all := make([]graded, len(answers))
	for i, a := range answers {
		var err error
		if all[i], err = gradeOne(ctx, a); err != nil {
			return nil, err
		}
		o.progress(i+1, len(answers))
	}
	threeWay := slices.ContainsFunc(answers, func(a Labelled) bool { return a.Label == labelContradictory })
	r := &Report{Name: "grade", Format: o.Format, Data: o.Data, Split: "every answer in the folder; nothing is fitted", Seed: o.Seed, N: len(all)}
	r.labels(all, threeWay)
	r.calibration(all)
	if threeWay {
		r.Notes = append(r.Notes, "3-way labels: correct, incorrect, contradictory; two_way_macro_f1 is correct against the rest")
	} else {
		r.Notes = append(r.Notes, "2-way labels: correct, incorrect")
	}
	r.part(all, "contradictory", threeWay, func(g graded) bool { return g.Label == labelContradictory })
	r.part(all, "negated", threeWay, func(g graded) bool { return g.negated })
	var corpora []string
	for _, g := range all {
		if !slices.Contains(corpora, g.Corpus) {
			corpora = append(corpora, g.Corpus)
		}
	}
	if len(corpora) > 1 {
		for _, name := range corpora {
			r.part(all, name, threeWay, func(g graded) bool { return g.Corpus == name })
		}
	}
	return r, nil
}

func gradeOne(ctx context.Context, a Labelled) (graded, error) {
	q := a.ToQuestion()
	assessment, err := rubric.NewBuiltin().Grade(ctx, q, a.Text)
	if err != nil {
		return graded{}, err
	}
	f := assessment.Findings[0]
	return graded{
		Labelled: a, value: f.Value, confidence: f.Confidence, right: rubric.CallsRight(q.Expectations[0], f),
		contradicted: f.Contradicted, negated: rubric.Negated(q.Language, a.Text),
	}, nil
}

// labels adds the classifier's figures.
func (r *Report) labels(all []graded, threeWay bool) {
	figures := []struct {
		name string
		of   func(agreement.Confusion) float64
	}{
		{"macro_f1", agreement.Confusion.MacroF1}, {"weighted_f1", agreement.Confusion.WeightedF1}, {"accuracy", agreement.Confusion.Accuracy},
	}
	for _, figure := range figures {
		r.Estimate(figure.name, func(items []int) float64 { return figure.of(confusion(all, items, threeWay)) })
	}
	if threeWay {
		r.Estimate("two_way_macro_f1", func(items []int) float64 { return confusion(all, items, false).MacroF1() })
	}
}

// Categories of a confusion.
const (
	saidIncorrect = iota
	saidCorrect
	saidContradictory
)

func confusion(all []graded, items []int, threeWay bool) agreement.Confusion {
	truth, given := make([]int, len(items)), make([]int, len(items))
	for i, at := range items {
		g := all[at]
		switch {
		case g.Label == labelCorrect:
			truth[i] = saidCorrect
		case g.Label == labelContradictory && threeWay:
			truth[i] = saidContradictory
		}
		switch {
		case g.right:
			given[i] = saidCorrect
		case g.contradicted && threeWay:
			given[i] = saidContradictory
		}
	}
	if threeWay {
		return agreement.NewConfusion(3, truth, given)
	}
	return agreement.NewConfusion(2, truth, given)
}

// calibration adds how honest the probabilities are, and what happens when the
// grader may say "unsure".
func (r *Report) calibration(all []graded) {
	p, came := make([]float64, len(all)), make([]bool, len(all))
	brier := 0.0
	sure, right := 0, 0
	for i, g := range all {
		p[i], came[i] = g.value, g.Correct()
		y := 0.0
		if came[i] {
			y = 1
		}
		brier += (p[i] - y) * (p[i] - y) / float64(len(all))
		outcome := dialogue.Finding{Value: g.value, Confidence: g.confidence, Contradicted: g.contradicted}.Outcome()
		if outcome != dialogue.OutcomeUnsure {
			sure++
			if (outcome == dialogue.OutcomeRight) == came[i] {
				right++
			}
		}
	}
	r.Add("brier", brier)
	r.Add("calibration_error", agreement.CalibrationError(p, came))
	r.Add("sure", float64(sure)/float64(len(all)))
	r.Add("accuracy_when_sure", float64(right)/float64(sure))
	r.Notes = append(r.Notes, "sure is the share of answers that the tutor takes for right or wrong; of the others a student is asked to say more")
}

// part reports some of the answers on their own.
func (r *Report) part(all []graded, name string, threeWay bool, in func(graded) bool) {
	var items []int
	refused, wrong := 0, 0
	for i, g := range all {
		if in(g) {
			items = append(items, i)
			if !g.Correct() {
				wrong++
				if !g.right {
					refused++
				}
			}
		}
	}
	if len(items) == 0 {
		return
	}
	c := confusion(all, items, threeWay)
	group := Group{Name: name, N: len(items), Metrics: []Metric{
		{Name: "macro_f1", Value: c.MacroF1()}, {Name: "weighted_f1", Value: c.WeightedF1()}, {Name: "accuracy", Value: c.Accuracy()},
	}}
	if wrong > 0 {
		group.Metrics = append(group.Metrics, Metric{Name: "wrong_refused", Value: float64(refused) / float64(wrong)})
	}
	r.Groups = append(r.Groups, group)
}
