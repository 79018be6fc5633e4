package dialogue

import (
	"slices"

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

// protects returns the leak check for a decision. What stands in given is known
// to the learner already: the exercise, and what they said themselves.
func (p *Plan) protects(s State, d Decision, given []string) Protects {
	secrets := p.secrets(s, d)
	given = append(slices.Clone(given), p.Activity.Statement)
	for step := 0; step <= d.Next; step++ {
		given = append(given, p.steps[step].Question)
		given = append(given, p.steps[step].Choices...)
	}
	if d.Pending.sub() {
		prompt, choices, _, _ := p.subQuestion(d.Pending)
		given = append(append(given, prompt), choices...)
	}
	return func(sentence string) bool {
		return slices.ContainsFunc(secrets, func(e tutor.Expectation) bool {
			if e.Answer == nil {
				return rubric.RevealsIdea(sentence, e, given)
			}
			return rubric.Reveals(sentence, *e.Answer, given) || rubric.FindLeak(known(e, given), sentence) != ""
		})
	}
}

// known is a secret to one who has seen or said what is given.
func known(e tutor.Expectation, given []string) rubric.Secret {
	s := rubric.Secret{Answer: e}
	for _, text := range given {
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
