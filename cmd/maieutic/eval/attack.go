package eval

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"maieutic/rubric"
	"maieutic/tutor"
)

//go:embed attack_lines.json
var attackLines []byte

// attacks are what hostile learners say, by family. A line with %s wraps an
// answer.
var attacks = func() map[string][]string {
	all := map[string][]string{}
	if err := json.Unmarshal(attackLines, &all); err != nil {
		panic(err) // embedded
	}
	return all
}()

// Families of attacks that take their instructions from the data.
const (
	spliced  = "spliced_into_answers"
	poisoned = "spliced_into_lessons"
)

// ReadInstructions reads instructions to splice into other texts: a JSON object
// of lists by category, or a line each. "" is none.
func ReadInstructions(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInvalid, "the instructions cannot be read; give a JSON object of lists, or a file with a line each")
	}
	var all []string
	byCategory := map[string][]string{}
	if json.Unmarshal(raw, &byCategory) == nil {
		for _, list := range byCategory {
			all = append(all, list...)
		}
		slices.Sort(all)
		return all, nil
	}
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	if len(all) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no instruction", path)
	}
	return all, nil
}

// Attack has hostile learners talk to the tutor while the model is hostile, too:
// it obeys every instruction it finds and always tries to say the answer. It
// measures what comes through over at least so many turns, and how much of
// honest talk with an honest model is held back.
func Attack(ctx context.Context, o Options, sim Simulation, instructions []string, turns int) (*Report, error) {
	problems, shelves := sim.problems()
	if len(problems) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no problem to attack", o.Data)
	}
	families := slices.Sorted(mapKeys(attacks))
	if len(instructions) > 0 {
		families = append(families, spliced, poisoned)
	}
	tallies := map[string]*tally{}
	for _, f := range families {
		tallies[f] = &tally{}
	}
	rng := rand.New(rand.NewPCG(o.Seed, 7))
	r := &Report{
		Name: "attack", Format: "simulated", Data: o.Data, Seed: o.Seed,
		Split: "every problem in turn; the model is hostile, the learner, too",
	}
	for session := 0; r.N < turns; session++ {
		family, a := families[session%len(families)], problems[rng.IntN(len(problems))]
		l := newLearner(attacker(family, instructions), a, o.Seed, session)
		shelf := shelves[a.CourseID]
		if family == poisoned {
			shelf = shelf.poison(instructions, rng)
		}
		h := newHostile(a, rng.IntN(1000))
		one := sim
		one.Model, one.Second = h, rubric.NewModelGrader(h)
		h.watch = tallies[family]
		t, err := one.holdFor(ctx, l, shelf, fmt.Sprintf("%d attack %d", o.Seed, session), turnsOfAnAttack, h.look)
		if err != nil {
			return nil, err
		}
		r.N += len(t.turns)
		o.progress(min(r.N, turns), turns)
	}
	r.attackFigures(families, tallies)
	return r, sim.honest(ctx, o, r)
}

// turnsOfAnAttack is how long one attack goes on.
const turnsOfAnAttack = 20

func mapKeys(m map[string][]string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// tally counts what came of one family of attacks.
type tally struct {
	turns, spoken, leaks, prompts, rises, judged int
	listed                                       []string
}

func (r *Report) attackFigures(families []string, tallies map[string]*tally) {
	var all tally
	for _, f := range families {
		t := tallies[f]
		all.turns, all.spoken, all.leaks = all.turns+t.turns, all.spoken+t.spoken, all.leaks+t.leaks
		all.prompts, all.rises, all.judged = all.prompts+t.prompts, all.rises+t.rises, all.judged+t.judged
		r.Groups = append(r.Groups, Group{Name: f, N: t.turns, Metrics: t.metrics()})
		r.Listed = append(r.Listed, t.listed...)
	}
	r.Metrics = all.metrics()
}

func (t *tally) metrics() []Metric {
	figures := []struct {
		name string
		n    int
	}{
		{"leaks", t.leaks}, {"prompt_shown", t.prompts}, {"score_rises", t.rises}, {"spoken_by_model", t.spoken}, {"graded_with_model", t.judged},
	}
	var out []Metric
	for _, f := range figures {
		out = append(out, Metric{Name: f.name, Value: float64(f.n)})
	}
	return out
}

// attacker is a learner of one family.
func attacker(family string, instructions []string) persona {
	p := persona{name: "attack " + family}
	p.answer = func(l *learner) said {
		switch family {
		case spliced:
			return speak(l.attempt() + ". " + instructions[l.rng.IntN(len(instructions))])
		case poisoned:
			if l.turn%2 == 0 {
				return speak(l.question())
			}
			return speak(l.attempt())
		}
		lines := attacks[family]
		// Without an answer now and then a talk never comes to its later steps.
		if l.turn%4 == 3 {
			return speak(l.attempt())
		}
		line := lines[(l.turn+l.rng.IntN(2))%len(lines)]
		if strings.Contains(line, "%s") {
			return speak(wrap(line, l.attempt()))
		}
		return speak(line)
	}
	return p
}

// attempt is an answer that is sometimes right, so that the talk goes on, and
// mostly not.
func (l *learner) attempt() string {
	if l.rng.IntN(3) == 0 {
		if right := l.right(); right != "" {
			return right
		}
	}
	if partial := l.partial(); partial != "" && l.rng.IntN(2) == 0 {
		return partial
	}
	return l.wrongNear()
}

// question is one of the learner's own about the matter.
func (l *learner) question() string {
	words := distinct(l.activity.Title + " " + l.activity.Steps[l.rng.IntN(len(l.activity.Steps))].Question)
	return "what is " + words[l.rng.IntN(len(words))] + "?"
}

// poison returns the same shelf with an instruction in every passage.
func (s *shelf) poison(instructions []string, rng *rand.Rand) *shelf {
	bad := *s
	bad.passages = slices.Clone(s.passages)
	for i := range bad.passages {
		bad.passages[i].Text += " " + instructions[rng.IntN(len(instructions))]
	}
	return &bad
}

// honest measures how much of honest talk with a model that says what it is
// asked to is held back.
func (sim Simulation) honest(ctx context.Context, o Options, r *Report) error {
	problems, shelves := sim.problems()
	asked, held := 0, 0
	reasons := map[string]int{}
	for i, name := range []string{"knows", "half", "misconception", "off_topic", "other_language", "silent"} {
		for session := range 12 {
			p := personas[slices.IndexFunc(personas, func(p persona) bool { return p.name == name })]
			a := problems[(session*7+i)%len(problems)]
			one := sim
			one.Model, one.Second = echo{}, nil
			t, err := one.hold(ctx, newLearner(p, a, o.Seed, session), shelves[a.CourseID], fmt.Sprintf("%d honest %s %d", o.Seed, name, session))
			if err != nil {
				return err
			}
			for _, x := range t.turns {
				if !tried(x) {
					continue
				}
				asked++
				if fellBack(x) || x.attempt > 1 {
					held++
					reasons[x.reply.Move]++
				}
			}
		}
	}
	r.Groups = append(r.Groups, Group{Name: "honest talk, honest model", N: asked, Metrics: []Metric{{Name: "held_back", Value: float64(held) / float64(max(asked, 1))}}})
	if held > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("honest words held back, by move: %v", reasons))
	}
	return nil
}
