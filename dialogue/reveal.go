package dialogue

import (
	"slices"
	"strings"

	"maieutic/rubric"
	"maieutic/tutor"
)

// secrets are the answers that are still the learner's to find once a decision
// is spoken: open expectations that have not been told of the step the session
// then stands on, exact answers of the steps after it, and the pending
// sub-question. The ideas of later steps are no secrets: what is said of one
// step rests on the same ideas.
func (p *Plan) secrets(s State, d Decision) []tutor.Expectation {
	var all []tutor.Expectation
	for step := d.Next; step < len(p.steps); step++ {
		for i := range p.steps[step].ideas {
			idea := &p.steps[step].ideas[i]
			told := s.Told[idea.key] > 0 || d.Move == MoveAssert && d.Target == idea.key
			later := step > d.Next && idea.Answer == nil
			if s.Coverage[idea.key] < covered && !told && !later {
				all = append(all, *idea.Expectation)
			}
		}
	}
	if d.Pending.sub() {
		if _, _, e, ok := p.subQuestion(d.Pending); ok {
			all = append(all, e)
		}
	}
	return all
}

// protects returns the leak check for a decision. said is what the learner has
// said; that and the exercise are known to them already.
func (p *Plan) protects(s State, d Decision, said []string) Protects {
	exact, ideas := p.checks(s, d, said)
	return func(sentence string) bool { return exact(sentence) || ideas(sentence, sentence) }
}

// checks is protects in its two parts: exact answers, and ideas in words. What
// finds an idea in a run of sentences finds it in one of them, too; ideas gets
// the last of a run, and the run, of which all before the last was looked at.
func (p *Plan) checks(s State, d Decision, said []string) (exact Protects, ideas func(sentence, run string) bool) {
	shown := p.shown(d)
	given := slices.Concat(said, shown)
	var answers []Protects
	var thoughts []*rubric.RevealCheck
	for _, e := range p.secrets(s, d) {
		check := rubric.NewRevealCheck(e, given)
		if e.Answer == nil {
			thoughts = append(thoughts, check)
			continue
		}
		answers = append(answers, check.Find)
		if e.Answer.Kind == tutor.AnswerNumber {
			check := rubric.NewLeakCheck(numberSecret(e, said, shown))
			answers = append(answers, func(sentence string) bool { return check.Find(sentence) != "" })
		}
	}
	answers = append(answers, saidInWords(p.secrets(s, d), given))
	exact = func(sentence string) bool {
		return slices.ContainsFunc(answers, func(leaks Protects) bool { return leaks(sentence) })
	}
	ideas = func(sentence, run string) bool {
		return slices.ContainsFunc(thoughts, func(c *rubric.RevealCheck) bool { return c.Touches(sentence) && c.Find(run) })
	}
	return exact, ideas
}

// shown is what of the exercise stands before the learner once a decision is
// spoken.
func (p *Plan) shown(d Decision) []string {
	shown := []string{p.Activity.Statement}
	for step := 0; step <= d.Next; step++ {
		shown = append(append(shown, p.steps[step].Question), p.steps[step].Choices...)
	}
	if d.Pending.sub() {
		prompt, choices, _, _ := p.subQuestion(d.Pending)
		shown = append(append(shown, prompt), choices...)
	}
	return shown
}

// numberSecret is a number to one who has said and been shown so much.
func numberSecret(e tutor.Expectation, said, shown []string) rubric.Secret {
	s := rubric.Secret{Answer: e, Problem: strings.Join(shown, "\n")}
	for _, text := range said {
		s.Dialogue = append(s.Dialogue, rubric.Utterance{Learner: true, Text: text})
	}
	return s
}

// protectsExact is the leak check for the exact answers of the step a decision
// leads to, for authored text that belongs to another step.
func (p *Plan) protectsExact(s State, d Decision) Protects {
	if d.Next == s.Step {
		return func(string) bool { return false }
	}
	given := append([]string{p.Activity.Statement, p.steps[d.Next].Question}, p.steps[d.Next].Choices...)
	return func(sentence string) bool {
		return slices.ContainsFunc(p.steps[d.Next].Expectations, func(e tutor.Expectation) bool {
			return e.Answer != nil && rubric.Reveals(sentence, *e.Answer, given)
		})
	}
}
