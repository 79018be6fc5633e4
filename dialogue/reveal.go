package dialogue

import (
	"slices"

	"maieutic/rubric"
	"maieutic/tutor"
)

// secret is something that a sentence may give away.
type secret struct {
	choices int // how many choices an exact answer is one of
	tutor.Expectation
}

// secrets are the answers that are still the learner's to find once a decision
// is spoken: open expectations that have not been told, of the step the session
// then stands on and of those after it, and the pending sub-question.
func (p *Plan) secrets(s State, d Decision) []secret {
	var all []secret
	for step := d.Next; step < len(p.steps); step++ {
		for i := range p.steps[step].ideas {
			idea := &p.steps[step].ideas[i]
			told := s.Told[idea.key] > 0 || d.Move == MoveAssert && d.Target == idea.key
			if s.Coverage[idea.key] < covered && !told {
				all = append(all, secret{len(p.steps[step].Choices), *idea.Expectation})
			}
		}
	}
	if d.Pending.sub() {
		if _, choices, e, ok := p.subQuestion(d.Pending); ok {
			all = append(all, secret{len(choices), e})
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
	}
	if d.Pending.sub() {
		prompt, _, _, _ := p.subQuestion(d.Pending)
		given = append(given, prompt)
	}
	return func(sentence string) bool {
		return slices.ContainsFunc(secrets, func(x secret) bool {
			if x.Answer == nil {
				return rubric.RevealsIdea(sentence, x.Expectation, given)
			}
			return rubric.Reveals(sentence, *x.Answer, given)
		})
	}
}
