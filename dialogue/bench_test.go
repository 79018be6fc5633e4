package dialogue

import (
	"testing"

	"maieutic/tutor"
)

// BenchmarkTurn measures a turn of the built-in engine without a database:
// classify, grade, decide, speak.
func BenchmarkTurn(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"exact", "I think it is -3x - 7"},
		{"words", "it goes to all the terms in the brackets"},
		{"question", "what is a factor?"},
	} {
		b.Run(c.name, func(b *testing.B) {
			k := newTalk(b, builtin(), expand())
			if c.name == "words" {
				k.say("-3x + 12")
			}
			s := k.memory.sessions[k.session.ID]
			before := *s
			b.ReportAllocs()
			for b.Loop() {
				k.say(c.text)
				k.memory.mu.Lock() // the same turn of the same session, again and again
				n := len(before.turns)
				s.turns, s.State, s.Seq, s.Status = s.turns[:n:n], before.State, before.Seq, tutor.SessionOpen
				k.memory.chains, k.memory.states = map[string][]tutor.Evidence{}, map[string]tutor.SkillState{}
				k.memory.mu.Unlock()
			}
		})
	}
}

// BenchmarkGate measures the guard on one sentence of a model, in a turn of each
// kind of step.
func BenchmarkGate(b *testing.B) {
	const sentence = "Let us look at it once more and go through it step by step, with the number in front of the bracket. "
	for _, c := range []struct {
		name string
		says []string
	}{{"exact", nil}, {"words", []string{"-3x + 12"}}} {
		b.Run(c.name, func(b *testing.B) {
			k := newTalk(b, builtin(), expand())
			for _, text := range c.says {
				k.say(text)
			}
			start, err := k.memory.BeginTurn(b.Context(), k.input("the sign is different because of the number"))
			if err != nil {
				b.Fatal(err)
			}
			t := &turn{Engine: k.engine, start: start}
			if t.plan, err = k.engine.plan(b.Context(), "school", expand().ID, ""); err != nil {
				b.Fatal(err)
			}
			if err := t.understand(b.Context()); err != nil {
				b.Fatal(err)
			}
			r := t.rules(t.words())
			r.limit = 1 << 40
			g := newGate(r)
			for b.Loop() {
				if _, err := g.write(sentence); err != nil {
					b.Fatal(err)
				}
				g.passed = g.passed[:min(len(g.passed), span)]
			}
		})
	}
}
