package dialogue

import (
	"strings"

	"maieutic/tutor"
)

// Plan is an activity prepared for the policy: keys, ladders and how central
// each expectation is. It is immutable and safe for concurrent use.
type Plan struct {
	Activity tutor.Activity
	steps    []stepPlan
}

type stepPlan struct {
	*tutor.Step
	ideas []idea
}

// idea is one expectation of a step.
type idea struct {
	*tutor.Expectation
	key     string
	ladder  []rung
	central float64 // 0..1, how much of the step's other ideas it shares
}

// rung is one level of a ladder. The last one has no hint: it is the assertion.
type rung struct {
	move Move
	hint *tutor.Hint
}

// NewPlan prepares an activity. An activity without steps, or a step without
// expectations, is CodeInvalid.
func NewPlan(a tutor.Activity) (*Plan, error) {
	if len(a.Steps) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "The activity %q has no questions to talk about.", a.ID)
	}
	p := &Plan{Activity: a, steps: make([]stepPlan, len(a.Steps))}
	for i := range a.Steps {
		step := &a.Steps[i]
		if len(step.Expectations) == 0 {
			return nil, tutor.Errorf(tutor.CodeInvalid, "The step %q of activity %q expects no answer.", step.ID, a.ID)
		}
		ideas := make([]idea, len(step.Expectations))
		for j := range step.Expectations {
			e := &step.Expectations[j]
			ideas[j] = idea{Expectation: e, key: step.ID + "/" + e.ID, ladder: ladder(e)}
		}
		centrality(ideas)
		p.steps[i] = stepPlan{Step: step, ideas: ideas}
	}
	return p, nil
}

func ladder(e *tutor.Expectation) []rung {
	rungs := make([]rung, 0, len(e.Hints)+1)
	for i := range e.Hints {
		h := &e.Hints[i]
		switch {
		case h.Kind == tutor.HintTell:
			continue // the assertion stands in Tell
		case h.Kind == tutor.HintCloze && h.Question == nil:
			rungs = append(rungs, rung{MovePrompt, h})
		default:
			rungs = append(rungs, rung{MoveHint, h})
		}
	}
	return append(rungs, rung{move: MoveAssert})
}

// centrality gives each idea the mean share of its words that it has in common
// with the step's other ideas.
func centrality(ideas []idea) {
	words := make([]map[string]bool, len(ideas))
	for i := range ideas {
		words[i] = wordSet(ideas[i].Says)
	}
	for i := range ideas {
		total := 0.0
		for j := range ideas {
			if i != j {
				total += overlap(words[i], words[j])
			}
		}
		if len(ideas) > 1 {
			ideas[i].central = total / float64(len(ideas)-1)
		}
	}
}

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(fold(s)) {
		if len([]rune(w)) > 3 {
			set[w] = true
		}
	}
	return set
}

func overlap(a, b map[string]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// MaxTurns is how many student turns a session may take before it ends: enough
// to climb every ladder with an attempt between the rungs, within reason.
func (p *Plan) MaxTurns() int {
	turns := 12
	for _, s := range p.steps {
		turns += 10 * len(s.ideas)
	}
	return min(turns, maxTurns)
}

// maxTurns is where any session ends.
const maxTurns = 80

// find returns the idea with this key and its step, or false.
func (p *Plan) find(key string) (step int, i *idea, ok bool) {
	for s := range p.steps {
		for j := range p.steps[s].ideas {
			if p.steps[s].ideas[j].key == key {
				return s, &p.steps[s].ideas[j], true
			}
		}
	}
	return 0, nil, false
}

// misconception returns the misconception of a "misconception:step/id" target.
func (p *Plan) misconception(target string) *tutor.Misconception {
	for s := range p.steps {
		for j := range p.steps[s].Misconceptions {
			m := &p.steps[s].Misconceptions[j]
			if misconceptionKey(p.steps[s].ID, m.ID) == target {
				return m
			}
		}
	}
	return nil
}

func misconceptionKey(step, id string) string { return "misconception:" + step + "/" + id }
func checkKey(step string) string             { return "check:" + step }

// covers reports whether every expectation of a step is covered.
func (p *Plan) covers(s State, step int) bool {
	for i := range p.steps[step].ideas {
		if s.Coverage[p.steps[step].ideas[i].key] < covered {
			return false
		}
	}
	return true
}

// settled reports whether every expectation of a step is covered or given up.
func (p *Plan) settled(s State, step int) bool {
	for i := range p.steps[step].ideas {
		if key := p.steps[step].ideas[i].key; s.Coverage[key] < covered && !s.Left[key] {
			return false
		}
	}
	return true
}

// mastered reports whether every expectation of every step is covered.
func (p *Plan) mastered(s State) bool {
	for i := range p.steps {
		if !p.covers(s, i) {
			return false
		}
	}
	return true
}

// title names a target for the teacher's page.
func (p *Plan) title(target string) string {
	target = strings.TrimPrefix(target, "scaffold:")
	if _, i, ok := p.find(target); ok {
		return i.Title
	}
	if m := p.misconception(target); m != nil {
		return m.Title
	}
	for i := range p.steps {
		if p.steps[i].ID == target || checkKey(p.steps[i].ID) == target {
			return firstLine(p.steps[i].Question)
		}
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
