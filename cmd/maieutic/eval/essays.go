package eval

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"maieutic/rubric/essay/scorer"
	"maieutic/tutor"
)

// Essay is an essay that a person has scored.
type Essay struct {
	ID, Task, Fold string
	Text           string
	Score          float64
}

// Essays measures the built-in scorer of essays: for each task it fits to all
// folds but one and predicts that one.
func Essays(o Options) (*Report, error) {
	essays, notes, err := ReadEssays(o.Data)
	if err != nil {
		return nil, err
	}
	byTask := map[string][]Essay{}
	var tasks []string
	for _, e := range essays {
		if byTask[e.Task] == nil {
			tasks = append(tasks, e.Task)
		}
		byTask[e.Task] = append(byTask[e.Task], e)
	}
	slices.SortFunc(tasks, byNumber)
	r := &Report{Name: "essays", Format: o.Format, Data: o.Data, Split: "each fold is predicted from the other folds of its task", Seed: o.Seed,
		N: len(essays), Listed: notes}
	var sum, length, worst float64
	worst = math.Inf(1)
	above, done := 0, 0
	for _, task := range tasks {
		report, err := scorer.Validate(Examples(byTask[task]), foldsOf(byTask[task]))
		if err != nil {
			return nil, tutor.Errorf(tutor.ErrorCode(err), "task %s: %s", task, tutor.ErrorMessage(err))
		}
		r.Groups = append(r.Groups, Group{Name: "task " + task, N: report.Essays, Metrics: essayMetrics(report)})
		sum += report.QWK / float64(len(tasks))
		length += report.Length / float64(len(tasks))
		worst = math.Min(worst, report.QWK)
		if report.QWK > report.Length {
			above++
		}
		done += report.Essays
		o.progress(done, len(essays))
	}
	r.Add("mean_qwk", sum)
	r.Add("mean_qwk_length_alone", length)
	r.Add("worst_qwk", worst)
	r.Add("tasks", float64(len(tasks)))
	r.Add("tasks_above_length", float64(above))
	r.Notes = append(r.Notes, "length alone: least squares on the number of words, made scores of in the same way",
		"length_bias: correlation of the error with the logarithm of the length; above 0 long essays are scored too high")
	return r, nil
}

func essayMetrics(r scorer.Report) []Metric {
	return []Metric{
		{Name: "qwk", Value: r.QWK, Interval: &r.Interval}, {Name: "qwk_length_alone", Value: r.Length},
		{Name: "exact", Value: r.Exact}, {Name: "mae", Value: r.MAE}, {Name: "length_bias", Value: r.Bias},
		{Name: "lowest_score", Value: r.Low}, {Name: "highest_score", Value: r.High},
	}
}

// Examples are essays as the scorer takes them.
func Examples(essays []Essay) []scorer.Example {
	out := make([]scorer.Example, len(essays))
	for i, e := range essays {
		out[i] = scorer.Example{Text: e.Text, Score: e.Score}
	}
	return out
}

// foldsOf are the folds of essays, nil when the file names none.
func foldsOf(essays []Essay) []scorer.Fold {
	out := make([]scorer.Fold, len(essays))
	named := false
	for i, e := range essays {
		out[i] = e.Fold
		named = named || e.Fold != essays[0].Fold
	}
	if !named {
		return nil
	}
	return out
}

// byNumber orders names that are numbers as numbers.
func byNumber(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

// Describe is a line about a validation, for people.
func Describe(r scorer.Report) string {
	return fmt.Sprintf("%d essays, scores %g to %g: QWK %.3f (%.3f to %.3f), length alone %.3f, exact %.0f %%",
		r.Essays, r.Low, r.High, r.QWK, r.Interval.Low, r.Interval.High, r.Length, 100*r.Exact)
}
