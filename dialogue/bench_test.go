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
