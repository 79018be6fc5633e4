package dialogue

import (
	"slices"
	"testing"
	"time"

	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/llm/faulty"
	"maieutic/tutor/llm/openai"
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

// BenchmarkFirstSentence measures what a turn adds to the slower of the second
// opinion and the first sentence, both from a server with set latencies: the
// metric over-ms is the time to the first released sentence beyond that, p50 and
// p99. "changes" is an opinion after which another move is made.
func BenchmarkFirstSentence(b *testing.B) {
	const no = `{"addresses_grader":false,"ideas":[{"about":"every-term","evidence":[],"level":"not_shown","opposed":false},` +
		`{"about":"two-minuses","evidence":[],"level":"emerging","opposed":false}],"misconceptions":[]}`
	const yes = `{"addresses_grader":false,"ideas":[{"about":"every-term","evidence":[],"level":"not_shown","opposed":false},` +
		`{"about":"two-minuses","evidence":[{"start":0,"text":"two minuses turn into plus"}],"level":"full","opposed":false}],"misconceptions":[]}`
	for _, c := range []struct {
		name         string
		grade, first time.Duration
		opinion      string
	}{
		{"grade 20 ms, sentence 60 ms", 20 * time.Millisecond, 60 * time.Millisecond, no},
		{"grade 60 ms, sentence 20 ms", 60 * time.Millisecond, 20 * time.Millisecond, no},
		{"grade 40 ms, sentence 40 ms", 40 * time.Millisecond, 40 * time.Millisecond, no},
		{"grade 20 ms changes, sentence 60 ms", 20 * time.Millisecond, 60 * time.Millisecond, yes},
		{"grade 60 ms changes, sentence 20 ms", 60 * time.Millisecond, 20 * time.Millisecond, yes},
	} {
		b.Run(c.name, func(b *testing.B) {
			server := faulty.New(b, faulty.Fault{})
			server.FirstJSON, server.First, server.JSON = c.grade, c.first, c.opinion
			server.Words = []string{"I see ", "what you ", "mean. ", "Which numbers ", "meet there?"}
			client, err := openai.New(openai.Config{BaseURL: server.URL, ChatModel: "m"})
			if err != nil {
				b.Fatal(err)
			}
			defer client.Close()
			var over []time.Duration
			for b.Loop() {
				k := newTalk(b, builtin(), expand())
				k.say("-3x + 12")
				k.engine.Model, k.engine.Second = client.Chat(), rubric.NewModelGrader(client.Chat())
				began, first := time.Now(), time.Duration(0)
				for ev, err := range k.engine.Turn(b.Context(), k.input(unsureText)) {
					if err != nil {
						b.Fatal(err)
					}
					if ev.Delta != nil && first == 0 {
						first = time.Since(began)
					}
				}
				over = append(over, first-max(c.grade, c.first))
			}
			slices.Sort(over)
			ms := func(q float64) float64 { return float64(over[int(q*float64(len(over)-1))].Microseconds()) / 1000 }
			b.ReportMetric(ms(.5), "over-ms/p50")
			b.ReportMetric(ms(.99), "over-ms/p99")
		})
	}
}
