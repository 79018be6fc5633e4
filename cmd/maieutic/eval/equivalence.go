package eval

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/curriculum/oatutor"
)

// Equivalence measures whether right answers are accepted however they are
// written and wrong ones refused. The format "oatutor" takes the reference
// answers of a course in OATutor's layout and makes both by rule; "jsonl"
// takes pairs that someone has labelled.
func Equivalence(ctx context.Context, o Options) (*Report, error) {
	items, split, err := equivalenceItems(o)
	if err != nil {
		return nil, err
	}
	r := &Report{Name: "equivalence", Format: o.Format, Data: o.Data, Split: split, Seed: o.Seed, N: len(items)}
	outcomes := make([]outcome, len(items))
	for i, it := range items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		outcomes[i] = it.measure()
		o.progress(i+1, len(items))
	}
	r.equivalence(items, outcomes, o.Format == "oatutor")
	return r, nil
}

func equivalenceItems(o Options) ([]equivalenceItem, string, error) {
	if o.Format == "jsonl" {
		items, err := readPairs(o.Data)
		return items, "all pairs", err
	}
	result, err := oatutor.Import(os.DirFS(o.Data))
	if err != nil {
		return nil, "", err
	}
	var items []equivalenceItem
	for _, course := range result.Courses {
		for _, a := range course.Activities {
			for _, s := range a.Steps {
				for _, e := range s.Expectations {
					if e.Answer != nil {
						items = append(items, itemOf(a.ID+"/"+s.ID, *e.Answer, s.Choices))
					}
				}
			}
		}
	}
	if len(items) == 0 {
		return nil, "", tutor.Errorf(tutor.CodeInvalid, "%s holds no step with an exact answer", o.Data)
	}
	return items, "all steps, renderings and near-misses by rule", nil
}

// equivalenceItem is a reference answer with texts that state it and texts
// that do not.
type equivalenceItem struct {
	id           string
	language     string
	answer       tutor.Answer
	choices      []string
	right, wrong []rendering
	unread       bool // by the generator: renderings of the text alone
}

func itemOf(id string, a tutor.Answer, choices []string) equivalenceItem {
	it := equivalenceItem{id: id, language: "en", answer: a, choices: choices}
	switch a.Kind {
	case tutor.AnswerChoice:
		it.right, it.wrong = renderChoice(a, choices), missChoice(a, choices)
	case tutor.AnswerText:
		it.right, it.wrong = renderText(a), missText(a)
	default:
		all, err := readClaims(a.Value, a.Kind == tutor.AnswerNumber)
		if err != nil {
			it.unread = true
			it.right, it.wrong = renderText(a), missText(a)
			break
		}
		it.right, it.wrong = render(a, all), misses(all, a.Value)
	}
	return it
}

// outcome is what became of one item.
type outcome struct {
	parsed            bool // the reference is its own equal, word for word
	accepted, refused int
	failed            []string // what was not accepted or not refused
	crashes           int
	times             []time.Duration
}

func (it equivalenceItem) measure() outcome {
	var out outcome
	v, _ := it.match(it.answer.Value, &out)
	out.parsed = v.Equal && v.Parsed
	for _, r := range it.right {
		v, crashed := it.match(r.text, &out)
		if v.Equal && !crashed {
			out.accepted++
		} else {
			out.failed = append(out.failed, fmt.Sprintf("%s: %q is not accepted as %q (%s)", it.id, r.text, it.answer.Value, r.rule))
		}
	}
	for _, r := range it.wrong {
		v, crashed := it.match(r.text, &out)
		if !v.Equal && !crashed {
			out.refused++
		} else {
			out.failed = append(out.failed, fmt.Sprintf("%s: %q is accepted as %q (%s)", it.id, r.text, it.answer.Value, r.rule))
		}
	}
	return out
}

// match compares a text with the answer and counts a panic instead of passing
// it on.
func (it equivalenceItem) match(text string, out *outcome) (v rubric.Verdict, crashed bool) {
	start := time.Now()
	defer func() {
		out.times = append(out.times, time.Since(start))
		if e := recover(); e != nil {
			crashed = true
			out.crashes++
		}
	}()
	return rubric.MatchIn(it.language, it.answer, it.choices, text), false
}

// steadyFive is how many other renderings of an answer have to be accepted,
// with none refused, for the step to count.
const steadyFive = 5

func (r *Report) equivalence(items []equivalenceItem, outcomes []outcome, byRule bool) {
	all := make([]int, len(items))
	for i := range all {
		all[i] = i
	}
	share := func(part, whole func(i int) int) func([]int) float64 {
		return func(of []int) float64 {
			a, b := 0, 0
			for _, i := range of {
				a, b = a+part(i), b+whole(i)
			}
			return float64(a) / float64(b)
		}
	}
	one := func(int) int { return 1 }
	accepted := share(func(i int) int { return outcomes[i].accepted }, func(i int) int { return len(items[i].right) })
	refused := share(func(i int) int { return outcomes[i].refused }, func(i int) int { return len(items[i].wrong) })
	parsed := share(func(i int) int { return flag(outcomes[i].parsed) }, one)
	five := share(func(i int) int {
		return flag(outcomes[i].accepted >= steadyFive && outcomes[i].accepted == len(items[i].right))
	}, one)
	r.Estimate("accepted", accepted)
	r.Estimate("refused", refused)
	if byRule {
		r.Estimate("steps_with_five", five)
	}
	r.Estimate("parsed", parsed)
	crashes := 0
	for _, o := range outcomes {
		crashes += o.crashes
	}
	r.Add("crashes", float64(crashes))
	for _, kind := range []tutor.AnswerKind{
		tutor.AnswerNumber, tutor.AnswerExpression, tutor.AnswerEquation, tutor.AnswerChoice, tutor.AnswerText,
	} {
		of := slices.DeleteFunc(slices.Clone(all), func(i int) bool { return items[i].answer.Kind != kind })
		if len(of) == 0 {
			continue
		}
		g := Group{Name: string(kind), N: len(of), Metrics: []Metric{
			{Name: "accepted", Value: accepted(of)}, {Name: "refused", Value: refused(of)}, {Name: "parsed", Value: parsed(of)},
		}}
		if byRule {
			g.Metrics = append(g.Metrics, Metric{Name: "steps_with_five", Value: five(of)})
		}
		r.Groups = append(r.Groups, g)
	}
	r.equivalenceNotes(items, outcomes, byRule)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (r *Report) equivalenceNotes(items []equivalenceItem, outcomes []outcome, byRule bool) {
	right, wrong := 0, 0
	var times []time.Duration
	for i, it := range items {
		right, wrong = right+len(it.right), wrong+len(it.wrong)
		times = append(times, outcomes[i].times...)
		if !outcomes[i].parsed {
			r.Listed = append(r.Listed, fmt.Sprintf("%s: the reference %q cannot be parsed", it.id, it.answer.Value))
		}
		if it.unread {
			r.Listed = append(r.Listed, fmt.Sprintf("%s: the generator cannot read %q; renderings of its text alone", it.id, it.answer.Value))
		}
		r.Listed = append(r.Listed, outcomes[i].failed...)
	}
	slices.Sort(times)
	r.Notes = append(r.Notes, fmt.Sprintf("%d right and %d wrong texts", right, wrong))
	if byRule {
		r.Notes = append(r.Notes,
			"the generator has a reader, a writer and an arithmetic of its own; that a near-miss has another value is its own finding",
			"steps_with_five: five renderings at least besides the reference, and all of them accepted")
	}
	if n := len(times); n > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("a comparison took %v in the middle, %v in 99 of 100, %v at most",
			times[n/2].Round(time.Microsecond), times[n*99/100].Round(time.Microsecond), times[n-1].Round(time.Microsecond)))
	}
}
