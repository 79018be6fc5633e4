package dialogue

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/llm"
	"maieutic/tutor/llm/faulty"
	"maieutic/tutor/llm/leash"
	"maieutic/tutor/llm/openai"
)

// generous admits everything.
type generous struct{}

func (generous) Admit(context.Context, tutor.ModelCall) error                     { return nil }
func (generous) Settle(context.Context, tutor.ModelCall, tutor.ModelResult) error { return nil }

// open hides nothing.
type open struct{}

func (open) Hide(text string) string  { return text }
func (open) Show(piece string) string { return piece }
func (open) Rest() string             { return "" }

// TestEveryFaultOfAModel: with the voice and the second grader on a server that
// goes wrong, a hundred times each, the built-in engine answers within the
// deadline, the scores are those of the built-in grader, and nothing of the
// fault is seen. The breaker is on for half of the talks.
func TestEveryFaultOfAModel(t *testing.T) {
	alone := newTalk(t, builtin(), expand())
	toWords(alone)
	want := alone.say(unsureText)
	for _, f := range faulty.All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			server := faulty.New(t, f)
			client, err := openai.New(openai.Config{BaseURL: server.URL, ChatModel: "m", Timeout: 100 * time.Millisecond, Idle: 100 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			tie := func(trip int) llm.Model {
				return leash.New(leash.Config{
					Host: "localhost", Ledger: generous{}, Trip: trip, Concurrent: 100, Pause: 10 * time.Millisecond,
					Curtain: func(context.Context, llm.Party) (leash.Curtain, error) { return open{}, nil },
				}).Model(client.Chat())
			}
			tied := []llm.Model{tie(5), tie(1 << 30)}
			var wg sync.WaitGroup
			slots := make(chan struct{}, 50)
			for n := range 100 {
				slots <- struct{}{}
				wg.Go(func() {
					defer func() { <-slots }()
					config := builtin()
					config.TurnDeadline, config.ModelTimeout, config.GradeTimeout = 20*time.Second, 300*time.Millisecond, 200*time.Millisecond
					k := newTalk(t, config, expand())
					toWords(k)
					k.engine.Model, k.engine.Second = tied[n%2], rubric.NewModelGrader(tied[n%2])
					got := k.run(k.input(unsureText))
					if got.err != nil || got.reply.Move != want.reply.Move || got.reply.Text == "" {
						t.Errorf("%v: %+v", got.err, got.reply)
					}
					if got.reply.Voice.Engine != "authored" {
						t.Errorf("spoken by the model: %q", got.reply.Text)
					}
					if a, b := scoresOf(got), scoresOf(want); !slices.Equal(a, b) {
						t.Errorf("scores %v, want %v", a, b)
					}
				})
			}
			wg.Wait()
		})
	}
}

func scoresOf(a answered) []string {
	var all []string
	for _, s := range a.student.Scores {
		all = append(all, fmt.Sprint(s.Criterion.ID, s.Level.ID, s.Value, s.Confidence, s.Grader, s.Agreement))
	}
	return all
}

// TestHealthyServerSpeaks: the same arrangement with a server that answers, so
// that the test above is about the faults.
func TestHealthyServerSpeaks(t *testing.T) {
	for _, f := range faulty.Healthy() {
		server := faulty.New(t, f)
		server.Words = []string{"I see ", "what you ", "mean. ", "Which numbers ", "meet there?"}
		client, err := openai.New(openai.Config{BaseURL: server.URL, ChatModel: "m"})
		if err != nil {
			t.Fatal(err)
		}
		k := newTalk(t, builtin(), expand())
		toWords(k)
		k.engine.Model = client.Chat()
		if got := k.say(unsureText); got.reply.Voice.Engine != "model" {
			t.Errorf("%s: %+v", f.Name, got.reply)
		}
		client.Close()
	}
}
