package coach

import (
	"strconv"
	"strings"

	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// refusal says why a draft is not read as an essay and what to do next, building
// on what there is.
func (w *speech) refusal(r tutor.Refusal, a *essay.Analysis) string {
	values := map[string]string{"words": strconv.Itoa(len(a.Words))}
	longest := essay.Sentence{}
	for _, s := range a.Sentences {
		if s.Last-s.First > longest.Last-longest.First {
			longest = s
		}
	}
	if longest.Text != "" {
		values["quote"] = w.quoted(longest.Text)
	}
	code := "refusal." + string(r)
	if r == tutor.RefusalOneSentence {
		switch {
		case len(a.Sentences) > 1:
			code = "refusal.few"
		case a.Reasons(longest):
			code += "_reason"
		}
	}
	return w.say(code, values)
}

// overview says in two or three sentences what stands out, what became of the
// last remarks, and what to do first.
func (w *speech) overview(f tutor.Feedback, in Input, next *Reading) string {
	var said []string
	add := func(code string, values map[string]string) {
		if s := w.say(code, values); s != "" {
			said = append(said, s)
		}
	}
	switch {
	case f.Held:
		add("overview.held", nil)
	case flagged(f, tutor.FlagLanguage):
		add("overview.foreign", nil)
	case flagged(f, tutor.FlagOffTopic):
		add("overview.off_task", nil)
	case unsure(f):
		add("overview.unsure", nil)
	}
	if code, values := changed(f.Outcomes); code != "" {
		add(code, values)
	}
	if values := w.risen(f, in); values != nil {
		add("overview.risen", values)
	}
	if f.Complete {
		add("overview.complete", nil)
		return strings.Join(said, " ")
	}
	best, title := strongest(f, in.Work.Rubric)
	switch {
	case unsure(f): // what little can be told is no best
	case title != "":
		values := map[string]string{"strength": bold(title)}
		code := "overview.strength"
		if len(best.Quotes) > 0 && len(said) == 0 {
			code, values["quote"] = "overview.strength_quote", w.quoted(best.Quotes[0].Text)
		}
		add(code, values)
	case best != nil && len(best.Quotes) > 0:
		add("overview.begun", map[string]string{"quote": w.quoted(best.Quotes[0].Text)})
	}
	if next != nil {
		add("overview.first", map[string]string{"next": bold(next.Criterion.Title)})
	}
	return strings.Join(said, " ")
}

func bold(title string) string { return "**" + escape(title) + "**" }

func flagged(f tutor.Feedback, code string) bool {
	for _, flag := range f.Flags {
		if flag.Code == code {
			return true
		}
	}
	return false
}

// unsure reports whether half of the criteria could not be read at all.
func unsure(f tutor.Feedback) bool {
	n := 0
	for _, c := range f.Criteria {
		if c.Score.Confidence == 0 {
			n++
		}
	}
	return 2*n >= len(f.Criteria) && n > 0
}

// changed is what became of the points of last time, "" when there were none.
func changed(outcomes []tutor.PointOutcome) (string, map[string]string) {
	fates := map[tutor.Fate]int{}
	for _, o := range outcomes {
		fates[o.Fate]++
	}
	addressed, all := fates[tutor.FateAddressed], len(outcomes)
	values := map[string]string{"n": strconv.Itoa(addressed), "of": strconv.Itoa(all)}
	switch {
	case all == 0:
		return "", nil
	case addressed == all:
		return "overview.addressed_all", values
	case addressed == 1:
		return "overview.addressed_one", values
	case addressed > 1:
		return "overview.addressed", values
	case fates[tutor.FateWorse] > 0:
		return "overview.worse", values
	case fates[tutor.FatePartly] == 0:
		return "overview.open", values
	}
	return "", nil
}

// risen names the criterion that has grown most since the draft before, with its
// levels then and now, nil for none.
func (w *speech) risen(f tutor.Feedback, in Input) map[string]string {
	earlier := in.Work.Earlier
	if earlier == nil || earlier.Feedback == nil || earlier.Feedback.RubricVersion != f.RubricVersion {
		return nil
	}
	before := map[string]*tutor.Score{}
	for _, c := range earlier.Feedback.Criteria {
		before[c.CriterionID] = c.Score
	}
	var values map[string]string
	most := 0.0
	for _, c := range f.Criteria {
		was := before[c.CriterionID]
		criterion, known := in.Work.Rubric.Criterion(c.CriterionID)
		if was == nil || !known || c.Score.Value-was.Value <= most {
			continue
		}
		most = c.Score.Value - was.Value
		values = map[string]string{"risen": bold(criterion.Title), "from": escape(was.Level.Title), "to": escape(c.Score.Level.Title)}
	}
	return values
}

// strongest is the criterion with the highest score that has something good to
// point at, with that point. What is said comes before how it is spelt. Where
// nothing reaches the middle of its scale there is a point to build on at most,
// and no title.
func strongest(f tutor.Feedback, r tutor.Rubric) (*tutor.Point, string) {
	best, title := 0.0, ""
	var point *tutor.Point
	for _, c := range f.Criteria {
		if c.Strength == nil || c.Score.Confidence == 0 {
			continue
		}
		value := c.Score.Value
		if strings.HasPrefix(c.Strength.Finding, "conventions.") || strings.HasPrefix(c.Strength.Finding, "vocabulary.") {
			value = min(value, .45)
		}
		if criterion, ok := r.Criterion(c.CriterionID); ok && (point == nil || value > best) {
			best, title, point = value, criterion.Title, c.Strength
		}
	}
	if best < .5 {
		title = ""
	}
	return point, title
}
