package leash

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// books is a Ledger in memory.
type books struct {
	mu      sync.Mutex
	refuse  error
	calls   []tutor.ModelCall
	results []tutor.ModelResult
}

func (b *books) Admit(_ context.Context, c tutor.ModelCall) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return b.refuse
	}
	b.calls = append(b.calls, c)
	return nil
}

func (b *books) Settle(_ context.Context, _ tutor.ModelCall, r tutor.ModelResult) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.results = append(b.results, r)
	return nil
}

// ana hides one name.
type ana struct{}

func (ana) Hide(text string) string  { return strings.ReplaceAll(text, "Ana", "[P1]") }
func (ana) Show(piece string) string { return strings.ReplaceAll(piece, "[P1]", "Ana") }
func (ana) Rest() string             { return "" }

func tied(b *books, m llm.Model, change func(*Config)) (llm.Model, *Leash) {
	c := Config{
		Host: "llm.example.org", External: true, Ledger: b, Price: Price{Prompt: 2_000_000, Output: 10_000_000},
		Curtain: func(context.Context, llm.Party) (Curtain, error) { return ana{}, nil },
	}
	if change != nil {
		change(&c)
	}
	l := New(c)
	return l.Model(m), l
}

func ask(ctx context.Context, m llm.Model) (string, error) {
	var b strings.Builder
	for chunk, err := range m.Generate(ctx, llm.Request{
		Messages: []llm.Message{{Role: llm.RoleUser, Content: "Ana says hello"}}, MaxTokens: 10, Purpose: llm.PurposeVoice,
		For: llm.Party{SchoolID: "s", LearnerID: "l"},
	}) {
		if err != nil {
			return b.String(), err
		}
		b.WriteString(chunk.Text)
	}
	return b.String(), nil
}

func TestLeash(t *testing.T) {
	b, under := &books{}, llm.NewScripted(llm.Answer{Chunks: []string{"<thi", "nk>hm [P1]", "</think>\n", "Hello [P1]."}, Finish: llm.FinishStop})
	m, _ := tied(b, under, nil)
	text, err := ask(t.Context(), m)
	if err != nil || text != "Hello Ana." {
		t.Errorf("%q, %v", text, err)
	}
	if sent := under.Requests()[0].Messages[0].Content; sent != "[P1] says hello" {
		t.Errorf("sent %q", sent)
	}
	c, r := b.calls[0], b.results[0]
	if c.Purpose != "voice" || c.Host != "llm.example.org" || !c.External || c.Reserved < 10 || c.Hash == [32]byte{} || c.LearnerID != "l" || c.ID == "" {
		t.Errorf("noted %+v", c)
	}
	if r.Outcome != "ok" || r.PromptTokens == 0 || r.OutputTokens == 0 || r.Micros != int64(2*r.PromptTokens+10*r.OutputTokens) {
		t.Errorf("settled %+v", r)
	}
}

// TestNothingLeavesWithoutLeave: no leave, no ledger or no curtain, no call.
func TestNothingLeavesWithoutLeave(t *testing.T) {
	under := llm.NewScripted(llm.Say("x"))
	off := tutor.Errorf(tutor.CodeForbidden, "off")
	m, l := tied(&books{refuse: off}, under, nil)
	if _, err := ask(t.Context(), m); !errors.Is(err, off) || len(under.Requests()) > 0 {
		t.Errorf("refused: %v after %d requests", err, len(under.Requests()))
	}
	if _, err := l.Embedder(vectors{}).Embed(t.Context(), []string{"x"}); !errors.Is(err, off) {
		t.Errorf("embedding: %v", err)
	}
	blind := errors.New("no roster")
	m, _ = tied(&books{}, under, func(c *Config) {
		c.Curtain = func(context.Context, llm.Party) (Curtain, error) { return nil, blind }
	})
	if _, err := ask(t.Context(), m); !errors.Is(err, blind) || len(under.Requests()) > 0 {
		t.Errorf("without a roster: %v after %d requests", err, len(under.Requests()))
	}
}

func passing(after time.Duration) error {
	return tutor.WrapError(&llm.Failure{Temporary: true, After: after, Err: errors.New("busy")}, tutor.CodeRateLimited, "busy")
}

// TestTries tries again after what passes, before the first word alone, and not
// when there is no time.
func TestTries(t *testing.T) {
	lasting := tutor.Errorf(tutor.CodeUnavailable, "refused the key")
	for _, c := range []struct {
		name     string
		answers  []llm.Answer
		deadline time.Duration
		asked    int
		ok       bool
		took     time.Duration // at least
	}{
		{"passes", []llm.Answer{{Err: passing(0)}, llm.Say("x")}, time.Minute, 2, true, 100 * time.Millisecond},
		{"asked to wait", []llm.Answer{{Err: passing(3 * time.Second)}, llm.Say("x")}, time.Minute, 2, true, 3 * time.Second},
		{"no time to wait", []llm.Answer{{Err: passing(3 * time.Second)}, llm.Say("x")}, time.Second, 1, false, 0},
		{"lasts", []llm.Answer{{Err: lasting}, llm.Say("x")}, time.Minute, 1, false, 0},
		{"twice", []llm.Answer{{Err: passing(0)}, {Err: passing(0)}, llm.Say("x")}, time.Minute, 2, false, 0},
		{"after the first word", []llm.Answer{{Chunks: []string{"a"}, Err: passing(0)}, llm.Say("x")}, time.Minute, 1, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, under := &books{}, llm.NewScripted(c.answers...)
				m, _ := tied(b, under, nil)
				ctx, cancel := context.WithTimeout(t.Context(), c.deadline)
				defer cancel()
				began := time.Now()
				_, err := ask(ctx, m)
				if (err == nil) != c.ok || len(under.Requests()) != c.asked || time.Since(began) < c.took || len(b.results) != 1 {
					t.Errorf("%v after %d requests and %v", err, len(under.Requests()), time.Since(began))
				}
			})
		})
	}
}

// TestBreaker leaves a server alone that fails again and again, looks again
// after a while, and does not blame it for callers who leave.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answers []llm.Answer
		for range 3 {
			answers = append(answers, llm.Answer{Err: errors.New("down")})
		}
		under := llm.NewScripted(append(answers, llm.Say("x"), llm.Say("y"))...)
		b := &books{}
		m, _ := tied(b, under, func(c *Config) { c.Trip, c.Rest = 3, 10*time.Second })
		for range 6 {
			if _, err := ask(t.Context(), m); err == nil {
				t.Error("a failed call went well")
			}
		}
		if len(under.Requests()) != 3 || len(b.calls) != 3 {
			t.Errorf("%d requests to a server that is down, %d noted", len(under.Requests()), len(b.calls))
		}
		time.Sleep(11 * time.Second)
		for range 2 {
			if _, err := ask(t.Context(), m); err != nil {
				t.Errorf("after the rest: %v", err)
			}
		}
	})
	refused := make([]llm.Answer, 10)
	for i := range refused {
		refused[i] = llm.Answer{Err: tutor.Errorf(tutor.CodeInvalid, "too long")}
	}
	tooLong := &books{}
	m, _ := tied(tooLong, llm.NewScripted(refused...), func(c *Config) { c.Trip = 2 })
	for range 10 {
		if _, err := ask(t.Context(), m); tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("a request that is refused: %v", err)
		}
	}
	if len(tooLong.results) != 10 || tooLong.results[9].Outcome != "invalid" {
		t.Errorf("%d calls, the last %+v", len(tooLong.results), tooLong.results[len(tooLong.results)-1])
	}
	many := make([]llm.Answer, 10)
	for i := range many {
		many[i] = llm.Answer{Chunks: []string{"a", "b"}, Finish: llm.FinishStop}
	}
	b := &books{}
	m, _ = tied(b, llm.NewScripted(many...), func(c *Config) { c.Trip = 2 })
	for range 10 {
		for range m.Generate(t.Context(), llm.Request{Purpose: llm.PurposeVoice}) {
			break
		}
	}
	if b.results[9].Outcome != "given_up" {
		t.Errorf("the tenth call that was broken off: %+v", b.results[9])
	}
}

// TestConcurrent bounds how many calls run at once.
func TestConcurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := make([]llm.Answer, 20)
		for i := range answers {
			answers[i] = llm.Answer{Chunks: []string{"x"}, Delay: time.Second, Finish: llm.FinishStop}
		}
		m, _ := tied(&books{}, llm.NewScripted(answers...), func(c *Config) { c.Concurrent, c.Wait = 4, 2500*time.Millisecond })
		var wg sync.WaitGroup
		var mu sync.Mutex
		busy := 0
		for range 20 {
			wg.Go(func() {
				_, err := ask(t.Context(), m)
				mu.Lock()
				defer mu.Unlock()
				if tutor.ErrorCode(err) == tutor.CodeUnavailable {
					busy++
				}
			})
		}
		wg.Wait()
		if busy != 8 { // four each at 0, 1 and 2 seconds
			t.Errorf("%d of 20 found no room, want 8", busy)
		}
	})
}

func TestThoughts(t *testing.T) {
	for in, want := range map[string]string{
		"<think>a</think>b": "b", " \n<think>a < b</think>\n\nb <think>c": "b <think>c", "b": "b", "<thin": "<thin", "<b>": "<b>",
		"<think>never ends": "", "": "", "  x": "  x",
	} {
		for size := 1; size <= len(in)+1; size++ {
			var s thoughts
			got := ""
			for at := 0; at < len(in); at += size {
				got += s.pass(in[at:min(at+size, len(in))])
			}
			if got += s.rest(); got != want {
				t.Errorf("%q in pieces of %d: %q, want %q", in, size, got, want)
			}
		}
	}
}

// vectors is an Embedder that knows what it was given.
type vectors struct{ got *[]string }

func (vectors) Name() string { return "v" }
func (vectors) Dim() int     { return 1 }
func (v vectors) Embed(_ context.Context, texts []string) ([][]float32, error) {
	if v.got != nil {
		*v.got = texts
	}
	return make([][]float32, len(texts)), nil
}

func TestEmbedder(t *testing.T) {
	b := &books{}
	var got []string
	_, l := tied(b, llm.NewScripted(), nil)
	ctx := llm.For(t.Context(), llm.Party{SchoolID: "s"})
	if _, err := l.Embedder(vectors{&got}).Embed(ctx, []string{"Ana", "b"}); err != nil || fmt.Sprint(got) != "[[P1] b]" {
		t.Errorf("%q, %v", got, err)
	}
	if b.calls[0].SchoolID != "s" || b.calls[0].Purpose != "embed" || b.results[0].Outcome != "ok" {
		t.Errorf("%+v %+v", b.calls, b.results)
	}
}

// TestLogHoldsNoWords keeps what is sent and said out of the log.
func TestLogHoldsNoWords(t *testing.T) {
	var log strings.Builder
	under := llm.NewScripted(llm.Answer{Chunks: []string{"hello"}, Err: errors.New("down")}, llm.Answer{Err: errors.New("down")})
	m, _ := tied(&books{}, under, func(c *Config) { c.Log, c.Trip = slog.New(slog.NewTextHandler(&log, nil)), 1 })
	_, _ = ask(t.Context(), m)
	if text := log.String(); text == "" || strings.Contains(text, "hello") || strings.Contains(text, "Ana") {
		t.Errorf("log: %q", text)
	}
}

// TestPanicGivesTheSlotBack: a caller's loop that panics costs no slot.
func TestPanicGivesTheSlotBack(t *testing.T) {
	b, under := &books{}, llm.NewScripted(llm.Say("x"), llm.Say("y"))
	m, _ := tied(b, under, func(c *Config) { c.Concurrent = 1 })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was lost")
			}
		}()
		for range m.Generate(t.Context(), llm.Request{Purpose: llm.PurposeVoice}) {
			panic("in the loop")
		}
	}()
	if len(b.results) != 1 || b.results[0].Outcome != "given_up" {
		t.Errorf("settled %+v", b.results)
	}
	if text, err := ask(t.Context(), m); err != nil || text != "y" {
		t.Errorf("the next call: %q, %v", text, err)
	}
}

// TestFailedCallsCostNothing unless something of an answer came, or it was given
// up when the server may have been at work.
func TestFailedCallsCostNothing(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer llm.Answer
		within time.Duration
		costs  bool
	}{
		{"down", llm.Answer{Err: errors.New("down")}, time.Minute, false},
		{"after the first word", llm.Answer{Chunks: []string{"Hello"}, Err: errors.New("down")}, time.Minute, true},
		{"too slow", llm.Answer{Chunks: []string{"Hello"}, Delay: time.Hour, Finish: llm.FinishStop}, time.Second, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &books{}
				m, _ := tied(b, llm.NewScripted(c.answer), nil)
				ctx, cancel := context.WithTimeout(t.Context(), c.within)
				defer cancel()
				if _, err := ask(ctx, m); err == nil {
					t.Error("a failed call went well")
				}
				if r := b.results[0]; r.PromptTokens > 0 != c.costs || r.Micros > 0 != c.costs {
					t.Errorf("settled %+v", r)
				}
			})
		})
	}
}

// miscounting is a model whose server counts nonsense.
type miscounting struct{}

func (miscounting) Name() string { return "m" }
func (miscounting) Generate(context.Context, llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		usage := &llm.Usage{Prompt: math.MaxInt, Output: -5, Cached: math.MaxInt}
		yield(llm.Chunk{Text: "x", Finish: llm.FinishStop, Usage: usage}, nil)
	}
}

// TestCountsOfAFaultyServer are bounded.
func TestCountsOfAFaultyServer(t *testing.T) {
	b := &books{}
	m, _ := tied(b, miscounting{}, nil)
	if _, err := ask(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if r := b.results[0]; r.PromptTokens != maxCounted || r.OutputTokens != 0 || r.CachedTokens != maxCounted || r.Micros != 2*maxCounted {
		t.Errorf("settled %+v", r)
	}
}

// refusing is an Embedder whose server refuses every request.
type refusing struct{ vectors }

func (refusing) Embed(context.Context, []string) ([][]float32, error) {
	return nil, tutor.Errorf(tutor.CodeInvalid, "too long")
}

// TestRefusedTextsDoNotOpenTheBreaker: a text too long to embed does not keep the
// others, or the chat model, from being asked.
func TestRefusedTextsDoNotOpenTheBreaker(t *testing.T) {
	b := &books{}
	m, l := tied(b, llm.NewScripted(llm.Say("x")), func(c *Config) { c.Trip = 1 })
	for range 2 { // the second would not get through an open breaker
		if _, err := l.Embedder(refusing{}).Embed(t.Context(), []string{"long"}); tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("embedding: %v", err)
		}
	}
	if b.results[1].Outcome != string(tutor.CodeInvalid) {
		t.Errorf("settled %+v", b.results[1])
	}
	if text, err := ask(t.Context(), m); err != nil || text != "x" {
		t.Errorf("the chat model afterwards: %q, %v", text, err)
	}
}

// TestBreakersAreApart: a second opinion that is always too late is not asked
// for any more, and the words of the turns are.
func TestBreakersAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answers []llm.Answer
		for range 2 {
			answers = append(answers, llm.Answer{Hang: true})
		}
		under := llm.NewScripted(append(answers, llm.Say("x"))...)
		m, _ := tied(&books{}, under, func(c *Config) { c.Trip = 2 })
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			for range m.Generate(ctx, llm.Request{Purpose: llm.PurposeGrade}) {
			}
			cancel()
		}
		if n := len(under.Requests()); n != 2 {
			t.Errorf("asked %d times for an opinion", n)
		}
		if text, err := ask(t.Context(), m); err != nil || text != "x" {
			t.Errorf("the words of a turn: %q, %v", text, err)
		}
	})
	m, _ := tied(&books{}, llm.NewScripted(llm.Say("x")), nil)
	for _, err := range m.Generate(t.Context(), llm.Request{}) {
		if tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("a call without a purpose: %v", err)
		}
	}
}
