package eval

import (
	"strings"

	"maieutic/tutor"
)

// asking is the kind of question a simulated learner takes a tutor turn for.
type asking int

const (
	asksStep     asking = iota // the step's own question, or one of its ideas
	asksRepair                 // the repair question of a misconception
	asksScaffold               // a smaller question
	asksCheck                  // the same idea on another item
	asksCloze                  // a sentence with a gap
	asksRestate                // to say again what was told
)

// asked is what a simulated learner believes to be asked. It is read off the
// tutor's words with the activity at hand, never off the engine's state.
type asked struct {
	kind  asking
	step  int
	idea  int                  // of the step's expectations, -1 for the whole step
	wrong *tutor.Misconception // of a repair question
	small *tutor.SubQuestion   // of a scaffold
}

// sign is a text of the activity that shows what is asked where it stands.
type sign struct {
	text string
	weak bool // a mere mention, which counts only where nothing else stands
	asked
}

// question reports whether the text itself puts a question of the course.
func (s sign) question() bool {
	return s.kind == asksStep && s.idea < 0 || s.kind == asksRepair || s.kind == asksCheck || s.kind == asksScaffold
}

// signsOf lists every text of an activity by which a learner knows a question.
func signsOf(a tutor.Activity) []sign {
	var all []sign
	add := func(text string, weak bool, q asked) {
		if text = strings.TrimSpace(text); text != "" {
			all = append(all, sign{text, weak, q})
		}
	}
	for i := range a.Steps {
		step := &a.Steps[i]
		add(step.Question, false, asked{kind: asksStep, step: i, idea: -1})
		for j := range step.Misconceptions {
			add(step.Misconceptions[j].Question, false, asked{kind: asksRepair, step: i, idea: -1, wrong: &step.Misconceptions[j]})
		}
		if step.Check != nil {
			add(step.Check.Question, false, asked{kind: asksCheck, step: i, idea: -1})
		}
		for j := range step.Expectations {
			e := &step.Expectations[j]
			add(e.Tell, false, asked{kind: asksRestate, step: i, idea: j})
			add(e.Concise, true, asked{kind: asksStep, step: i, idea: j})
			for k := range e.Hints {
				h := &e.Hints[k]
				switch {
				case h.Question != nil:
					add(h.Question.Prompt, false, asked{kind: asksScaffold, step: i, idea: j, small: h.Question})
				case h.Kind == tutor.HintCloze:
					add(h.Text, false, asked{kind: asksCloze, step: i, idea: j})
				case h.Kind != tutor.HintTell:
					add(h.Text, false, asked{kind: asksStep, step: i, idea: j})
				}
			}
		}
	}
	return all
}

// understand says what a tutor turn asks: what stands last in it, of this step
// or the nearest later one. A turn without any known text goes on with what was
// asked before; a smaller question that it does not repeat is over.
func understand(signs []sign, text string, before asked) asked {
	for _, weak := range []bool{false, true} {
		best, bestEnd := asked{}, -1
		for _, s := range signs {
			at := strings.LastIndex(text, s.text)
			if s.weak != weak || at < 0 || s.step < before.step {
				continue
			}
			if end := at + len(s.text); end > bestEnd { // on a tie the earlier step is meant
				best, bestEnd = s.asked, end
			}
		}
		if bestEnd >= 0 {
			return best
		}
	}
	if before.kind == asksRestate || before.kind == asksCloze {
		before.kind = asksStep
	}
	return before
}

// reference returns what answers the question, with its choices.
func (q asked) reference(a tutor.Activity) (choices []string, want []tutor.Expectation) {
	step := a.Steps[q.step]
	switch q.kind {
	case asksRepair:
		return nil, []tutor.Expectation{reference(q.wrong.Repair, q.wrong.RepairSays)}
	case asksScaffold:
		return q.small.Choices, []tutor.Expectation{reference(&q.small.Answer, nil)}
	case asksCheck:
		return step.Check.Choices, []tutor.Expectation{reference(step.Check.Answer, step.Check.Says)}
	}
	if q.idea >= 0 {
		return step.Choices, step.Expectations[q.idea : q.idea+1]
	}
	return step.Choices, step.Expectations
}

// reference makes an expectation of the answer to a smaller question.
func reference(a *tutor.Answer, says []string) tutor.Expectation {
	e := tutor.Expectation{ID: "answer", Answer: a}
	if a == nil && len(says) > 0 {
		e.Says, e.Accept = says[0], says[1:]
	}
	return e
}
