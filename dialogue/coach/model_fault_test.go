package coach

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"maieutic/tutor"
	"maieutic/tutor/llm"
	"maieutic/tutor/llm/faulty"
	"maieutic/tutor/llm/leash"
	"maieutic/tutor/llm/openai"
)

// books are a ledger that admits everything, or nothing with a reason.
type books struct {
	mu     sync.Mutex
	refuse error
	calls  []tutor.ModelCall
}

func (b *books) Admit(_ context.Context, c tutor.ModelCall) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls = append(b.calls, c)
	return b.refuse
}

func (*books) Settle(context.Context, tutor.ModelCall, tutor.ModelResult) error { return nil }

// glass hides nothing.
type glass struct{}

func (glass) Hide(text string) string  { return text }
func (glass) Show(piece string) string { return piece }
func (glass) Rest() string             { return "" }

func tied(t *testing.T, s *faulty.Server, ledger leash.Ledger) llm.Model {
	t.Helper()
	client, err := openai.New(openai.Config{BaseURL: s.URL, ChatModel: "m", Timeout: 100 * time.Millisecond, Idle: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return leash.New(leash.Config{
		Host: "localhost", Ledger: ledger, Trip: 1 << 30, Pause: 10 * time.Millisecond,
		Curtain: func(context.Context, llm.Party) (leash.Curtain, error) { return glass{}, nil },
	}).Model(client.Chat())
}

// told is what a feedback says, without ids.
func told(f tutor.Feedback) string {
	out := fmt.Sprint(f.Overview, f.Complete, f.Graded, f.Held, f.Flags, f.Voice.Engine)
	for _, c := range f.Criteria {
		out += fmt.Sprint("\n", c.CriterionID, c.Score.Level.ID, c.Score.Value, c.Score.Confidence, c.Score.Grader, c.Score.Agreement, c.Score.Quotes)
		for _, p := range []*tutor.Point{c.Strength, c.Next} {
			if p != nil {
				out += fmt.Sprint("\n", p.Kind, p.Finding, p.Text, p.Quotes)
			}
		}
	}
	return out
}

// TestEveryFaultOfAModel: with the reader on a server that goes wrong the feedback
// is whole, in time, and the one of the built-in engine.
func TestEveryFaultOfAModel(t *testing.T) {
	in := inputOf(medium)
	want := told(feedbackOn(t, in))
	for _, fault := range faulty.All() {
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			c := New(Config{Reader: NewModelReader(tied(t, faulty.New(t, fault), &books{}), 0, nil), Timeout: time.Second})
			for range 3 {
				f, err := c.Read(t.Context(), in, func(int, int) {})
				if err != nil {
					t.Fatal(err)
				}
				if got := told(f); got != want {
					t.Errorf("told\n%s\nwant\n%s", got, want)
				}
			}
		})
	}
}

// TestOddServersAreRead: what a whole answer comes with does not matter.
func TestOddServersAreRead(t *testing.T) {
	in := inputOf(medium)
	level := of(feedbackOn(t, in), "evidence").Score.Level.ID
	for _, fault := range append(faulty.Healthy(), faulty.Lost()...) {
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			s, ledger := faulty.New(t, fault), &books{}
			s.JSON = answer(in.Work.Rubric, reads(level, shown, place, asked), nil)
			if f := readBy(t, tied(t, s, ledger), in); of(f, "evidence").Next.Text != asked || f.Voice.Model != "m" {
				t.Errorf("%+v", f.Voice)
			}
			if len(ledger.calls) != 1 || ledger.calls[0].Purpose != string(llm.PurposeEssay) || ledger.calls[0].Reserved < 2000 {
				t.Errorf("the ledger has %+v", ledger.calls)
			}
		})
	}
}

// TestWithoutLeave: a school that has not turned the model on, and one whose
// budget is spent, get the built-in feedback, and nothing leaves.
func TestWithoutLeave(t *testing.T) {
	in := inputOf(medium)
	want := told(feedbackOn(t, in))
	for _, code := range []tutor.Code{tutor.CodeForbidden, tutor.CodeRateLimited, tutor.CodeInternal} {
		s := faulty.New(t, faulty.Fault{})
		f := readBy(t, tied(t, s, &books{refuse: tutor.Errorf(code, "no")}), in)
		if told(f) != want || s.Requests.Load() > 0 {
			t.Errorf("%s: %d requests, told %s", code, s.Requests.Load(), told(f))
		}
	}
}

// TestCancelled: when the worker is stopped there is no feedback to keep.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := NewModelReader(llm.NewScripted(llm.Answer{Hang: true}), 0, nil)
	_, err := New(Config{Reader: m}).Read(ctx, inputOf(medium), func(criterion, criteria int) {
		if criterion == criteria {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestALongDraftIsReadInPart: what the model has not seen it does not judge.
func TestALongDraftIsReadInPart(t *testing.T) {
	in := inputOf(medium)
	for i := range 60 {
		in.Work.Draft.Text += fmt.Sprintf("\n\nIn the year %d another thing happened that nobody had thought of before, and it changed what we do at school.", 1900+i)
	}
	criteria := object{}
	for _, c := range in.Work.Rubric.Criteria {
		criteria[c.ID] = reads("4", shown, "", asked)
	}
	m := llm.NewScripted(llm.Say(answer(in.Work.Rubric, nil, criteria)))
	f, err := New(Config{Reader: NewModelReader(m, 5000, nil)}).Read(t.Context(), in, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Requests()) != 1 {
		t.Fatal("the model was not asked")
	}
	for _, c := range f.Criteria {
		if c.Score.Agreement != "" || c.Next != nil && c.Next.Text == asked {
			t.Errorf("%s: %q, %q", c.CriterionID, c.Score.Agreement, c.Next.Text)
		}
	}
	for _, flag := range f.Flags {
		if flag.Code == tutor.FlagDivergence {
			t.Errorf("%+v", flag)
		}
	}
}
