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
// folds but one and predicts that one. A task that cannot be measured is listed and
// left out of the means; when there is no other, it is a CodeInvalid.
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
		Listed: notes}
	var sum, length, worst float64
	worst = math.Inf(1)
	above, done, measured := 0, 0, 0
	for _, task := range tasks {
		report, err := scorer.Validate(Examples(byTask[task]), foldsOf(byTask[task]))
		if err != nil {
			r.Listed = append(r.Listed, fmt.Sprintf("task %s: %s", task, tutor.ErrorMessage(err)))
			continue
		}
		measured++
		r.Groups = append(r.Groups, Group{Name: "task " + task, N: report.Essays, Metrics: essayMetrics(report)})
		sum += report.QWK
		length += report.Length
		worst = math.Min(worst, report.QWK)
		if report.QWK > report.Length {
			above++
		}
		done += report.Essays
		o.progress(done, len(essays))
	}
	if measured == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "no task can be measured; %s", r.Listed[len(r.Listed)-1])
	}
	r.Add("mean_qwk", sum/float64(measured))
	r.Add("mean_qwk_length_alone", length/float64(measured))
	r.N = done
	r.Add("worst_qwk", worst)
	r.Add("tasks", float64(measured))
	r.Add("tasks_above_length", float64(above))
	r.Notes = append(r.Notes, "length alone: least squares on the number of words, made scores of in the same way",
		"length_bias: correlation of the error with the logarithm of the length; above 0 long essays are scored too high",
		"score_by_length, people_by_length: correlation of the engine's and of the people's scores with the logarithm of the length")
	return r, nil
}

func essayMetrics(r scorer.Report) []Metric {
	return []Metric{
		{Name: "qwk", Value: r.QWK, Interval: &r.Interval}, {Name: "qwk_length_alone", Value: r.Length},
		{Name: "exact", Value: r.Exact}, {Name: "mae", Value: r.MAE}, {Name: "length_bias", Value: r.Bias},
		{Name: "score_by_length", Value: r.ByLength}, {Name: "people_by_length", Value: r.PeopleByLength},
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

// Describe is what a validation says, for people: how well scores agree, and what
// they owe to length.
func Describe(r scorer.Report) string {
	return fmt.Sprintf("%d essays, scores %g to %g: QWK %.3f (%.3f to %.3f), length alone %.3f, exact %.0f %%\n"+
		"Correlation with the length: the engine's scores %.2f, the people's %.2f", r.Essays, r.Low, r.High, r.QWK, r.Interval.Low, r.Interval.High, r.Length,
		100*r.Exact, r.ByLength, r.PeopleByLength)
}
