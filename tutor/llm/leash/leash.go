// Package leash holds a model server to what the school allows: it asks for
// leave before anything is sent, hides who is meant, bounds how much runs at
// once, tries again where that is safe, and stops asking a server that is down.
package leash

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/sony/gobreaker/v2"
	"golang.org/x/sync/semaphore"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// Ledger gives leave and keeps the books. Implementations are safe for
// concurrent use.
type Ledger interface {
	// Admit notes a call before it leaves. It is CodeForbidden when the school has
	// not turned the model on, and CodeRateLimited when a budget is spent; then,
	// and when it fails, nothing leaves.
	Admit(ctx context.Context, c tutor.ModelCall) error
	// Settle notes how an admitted call went and gives back what it did not cost.
	Settle(ctx context.Context, c tutor.ModelCall, r tutor.ModelResult) error
}

// Curtain stands between one request and the model: it hides who is meant in
// what is sent and shows it again in what comes back.
type Curtain interface {
	Hide(text string) string
	// Show restores a piece of a stream; what may be half a stand-in is kept back.
	Show(piece string) string
	// Rest ends the stream.
	Rest() string
}

// Price is what a million tokens cost, in millionths of a currency.
type Price struct{ Prompt, Output int64 }

func (p Price) of(u llm.Usage) int64 {
	return (p.Prompt*int64(u.Prompt) + p.Output*int64(u.Output)) / 1_000_000
}

// Config is how short a leash is.
type Config struct {
	Host     string // of the server, for the ledger
	External bool
	Price    Price // for the ledger
	Ledger   Ledger
	// Curtain returns a fresh curtain for one request.
	Curtain func(ctx context.Context, p llm.Party) (Curtain, error)
	Legend  string // tells a model what stands for people; put behind the instructions
	Log     *slog.Logger

	Concurrent int           // calls at once; more wait
	Wait       time.Duration // how long at most
	Tries      int           // of a call that fails before its first word
	Pause      time.Duration // before the second try, doubled for each further one
	Trip       int           // failures in a row of one purpose after which the server is left alone for it
	Rest       time.Duration // for so long
}

// Leash is a shared budget of patience with one server. It is safe for
// concurrent use.
type Leash struct {
	Config
	slots    *semaphore.Weighted
	breakers map[llm.Purpose]*gobreaker.TwoStepCircuitBreaker[struct{}]
}

// settleWithin bounds the bookkeeping after a call.
const settleWithin = 5 * time.Second

// New returns a leash. It panics without a ledger or curtains.
func New(c Config) *Leash {
	if c.Ledger == nil || c.Curtain == nil {
		panic("leash: a ledger and curtains are needed")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Concurrent, c.Wait = positive(c.Concurrent, 32), positive(c.Wait, 3*time.Second)
	c.Tries, c.Pause = positive(c.Tries, 2), positive(c.Pause, 200*time.Millisecond)
	c.Trip, c.Rest = positive(c.Trip, 5), positive(c.Rest, 15*time.Second)
	l := &Leash{
		Config: c, slots: semaphore.NewWeighted(int64(c.Concurrent)),
		breakers: map[llm.Purpose]*gobreaker.TwoStepCircuitBreaker[struct{}]{},
	}
	for _, purpose := range []llm.Purpose{llm.PurposeVoice, llm.PurposeGrade, llm.PurposeEssay, llm.PurposeEmbed, llm.PurposeProbe} {
		l.breakers[purpose] = c.breaker(purpose)
	}
	return l
}

// breaker returns the breaker of one purpose. Each has its own: an opinion that
// comes later than it is waited for, or an embedding model that is not loaded,
// says nothing of the words of a turn.
func (c Config) breaker(purpose llm.Purpose) *gobreaker.TwoStepCircuitBreaker[struct{}] {
	return gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name: c.Host, MaxRequests: 1, Timeout: c.Rest,
		ReadyToTrip: func(n gobreaker.Counts) bool { return int(n.ConsecutiveFailures) >= c.Trip },
		IsExcluded:  func(err error) bool { return errors.Is(err, errNotItsFault) },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			c.Log.Warn("model server", "host", c.Host, "purpose", purpose, "from", from.String(), "to", to.String())
		},
	})
}

func positive[T int | time.Duration](value, fallback T) T {
	if value <= 0 {
		return fallback
	}
	return value
}

// errNotItsFault marks a call that ended for a reason of ours.
var errNotItsFault = errors.New("given up by the caller")

// Model returns m on the leash.
func (l *Leash) Model(m llm.Model) llm.Model { return &model{Leash: l, under: m} }

// Embedder returns e on the leash. Whom a call is for comes with its context,
// see llm.For. SearchWeight is handed on where e has one.
func (l *Leash) Embedder(e llm.Embedder) llm.Embedder { return &embedder{Leash: l, Embedder: e} }

// begin asks for leave to make one call. The returned function must be called
// once, with how it went.
func (l *Leash) begin(ctx context.Context, c tutor.ModelCall) (end func(llm.Usage, error), err error) {
	breaker := l.breakers[llm.Purpose(c.Purpose)]
	if breaker == nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "a call to the model needs a purpose that the ledger knows, not %q", c.Purpose)
	}
	waiting, cancel := context.WithTimeout(ctx, l.Wait)
	defer cancel()
	if err := l.slots.Acquire(waiting, 1); err != nil {
		return nil, tutor.WrapError(err, tutor.CodeUnavailable, "too many calls to the model are under way")
	}
	report, err := breaker.Allow()
	if err != nil {
		l.slots.Release(1)
		return nil, tutor.WrapError(err, tutor.CodeUnavailable, "the model's server has failed and is left alone for a while")
	}
	if err := l.Ledger.Admit(ctx, c); err != nil {
		report(errNotItsFault)
		l.slots.Release(1)
		return nil, err
	}
	began := time.Now()
	return func(u llm.Usage, err error) {
		r := tutor.ModelResult{
			Outcome: outcome(err), PromptTokens: u.Prompt, CachedTokens: u.Cached, OutputTokens: u.Output,
			Micros: l.Price.of(u), Took: time.Since(began),
		}
		settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
		defer cancel()
		if failed := l.Ledger.Settle(settling, c, r); failed != nil {
			l.Log.Error("the ledger of model calls", "call", c.ID, "code", tutor.ErrorCode(failed), "cause", failed)
		}
		report(err)
		l.slots.Release(1)
	}, nil
}

func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, errNotItsFault) && tutor.ErrorCode(err) == tutor.CodeInternal: // no other cause
		return "given_up"
	}
	return string(tutor.ErrorCode(err))
}

// again waits before another try and reports whether there is to be one: after
// a failure that passes, and only as long as nothing of the answer was used.
func (l *Leash) again(ctx context.Context, try int, err error) bool {
	var failure *llm.Failure
	if try >= l.Tries || !errors.As(err, &failure) || !failure.Temporary {
		return false
	}
	pause := l.Pause << (try - 1)
	pause = max(failure.After, pause/2+rand.N(pause)) // spread, so that a class does not come back as one
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// model is a llm.Model on a leash.
type model struct {
	*Leash
	under llm.Model
}

func (m *model) Name() string { return m.under.Name() }

// Generate implements llm.Model. Names are hidden in what is sent and shown in
// what comes; what a model thinks aloud before it answers is left out.
func (m *model) Generate(ctx context.Context, req llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		curtain, err := m.Curtain(ctx, req.For)
		if err != nil {
			yield(llm.Chunk{}, err)
			return
		}
		req.Messages = hidden(curtain, req.Messages, m.Legend)
		end, err := m.begin(ctx, m.call(m.under.Name(), req.Purpose, req.For, digest(req.Messages), reserve(req)))
		if err != nil {
			yield(llm.Chunk{}, err)
			return
		}
		s := &stream{model: m, curtain: curtain, yield: yield, left: true}
		// Whatever happens in the caller's loop, the slot is given back.
		defer func() { end(s.spent(ctx, req), s.verdict(ctx)) }()
		s.left = !s.run(ctx, req)
	}
}

func hidden(c Curtain, messages []llm.Message, legend string) []llm.Message {
	out := make([]llm.Message, len(messages))
	for i, msg := range messages {
		out[i] = llm.Message{Role: msg.Role, Content: c.Hide(msg.Content)}
	}
	if len(out) > 0 && out[0].Role == llm.RoleSystem && legend != "" {
		out[0].Content += "\n\n" + legend
	}
	return out
}

func (l *Leash) call(name string, purpose llm.Purpose, p llm.Party, hash [32]byte, reserved int) tutor.ModelCall {
	return tutor.ModelCall{
		ID: uuid.NewString(), SchoolID: p.SchoolID, LearnerID: p.LearnerID, Purpose: string(purpose),
		Host: l.Host, Model: name, External: l.External, Hash: hash, Reserved: reserved,
	}
}

func digest(v any) [32]byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings alone
	}
	return sha256.Sum256(raw)
}

// reserve is what a request may cost: three bytes to a token, and the whole of
// the answer that it allows.
func reserve(req llm.Request) int {
	bytes := 0
	for _, msg := range req.Messages {
		bytes += len(msg.Content)
	}
	return bytes/3 + req.MaxTokens
}

// stream relays one answer.
type stream struct {
	*model
	curtain Curtain
	yield   func(llm.Chunk, error) bool
	thought thoughts
	usage   *llm.Usage
	out     int   // bytes that came
	left    bool  // the caller has broken off, or never came back
	err     error // of the last try
}

// run makes the tries of one call, and reports whether the caller stayed to its
// end.
func (s *stream) run(ctx context.Context, req llm.Request) bool {
	for try := 1; ; try++ {
		started := false
		s.err = nil
		for chunk, err := range s.under.Generate(ctx, req) {
			if err != nil {
				s.err = err
				break
			}
			started = started || chunk.Text != ""
			if !s.pass(chunk) {
				return false
			}
		}
		if s.err == nil {
			return true
		}
		if started || !s.again(ctx, try, s.err) {
			s.yield(llm.Chunk{}, s.err)
			return true
		}
	}
}

// pass hands a chunk on, and reports whether the caller wants more.
func (s *stream) pass(chunk llm.Chunk) bool {
	s.out += len(chunk.Text)
	if chunk.Usage != nil {
		s.usage = chunk.Usage
	}
	chunk.Text = s.curtain.Show(s.thought.pass(chunk.Text))
	if chunk.Finish != "" {
		chunk.Text += s.curtain.Show(s.thought.rest()) + s.curtain.Rest()
	}
	if chunk.Text == "" && chunk.Finish == "" && chunk.Usage == nil {
		return true
	}
	return s.yield(chunk, nil)
}

// spent is what the server said the call cost, or what it cost as far as one can
// tell: nothing when the server refused it, could not be reached or failed before
// the first word.
func (s *stream) spent(ctx context.Context, req llm.Request) llm.Usage {
	switch {
	case s.usage != nil && s.usage.Prompt > 0:
		return llm.Usage{Prompt: counted(s.usage.Prompt), Output: counted(s.usage.Output), Cached: counted(s.usage.Cached)}
	case s.err != nil && s.out == 0 && ctx.Err() == nil:
		return llm.Usage{}
	}
	return llm.Usage{Prompt: reserve(req) - req.MaxTokens, Output: s.out / 3}
}

// maxCounted bounds the tokens of one call: what a faulty server counts beyond
// them must not spend a school's budget, nor overflow a sum.
const maxCounted = 10_000_000

func counted(tokens int) int { return min(max(tokens, 0), maxCounted) }

// verdict is what the breaker is told.
func (s *stream) verdict(ctx context.Context) error {
	if s.left {
		return errNotItsFault
	}
	return blame(ctx, s.err)
}

// blame returns err as the breaker is told of it: only the server's own failures
// count.
func blame(ctx context.Context, err error) error {
	switch {
	case err != nil && errors.Is(ctx.Err(), context.Canceled):
		return errNotItsFault
	case tutor.ErrorCode(err) == tutor.CodeInvalid: // one request too long says nothing of the next
		return fmt.Errorf("%w: %w", errNotItsFault, err)
	}
	return err
}

// embedder is a llm.Embedder on a leash.
type embedder struct {
	*Leash
	llm.Embedder
}

// SearchWeight is that of the embedder under it, 1 where it has none.
func (e *embedder) SearchWeight() float64 {
	if weighted, ok := e.Embedder.(interface{ SearchWeight() float64 }); ok {
		return weighted.SearchWeight()
	}
	return 1
}

// Embed implements llm.Embedder.
func (e *embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	party := llm.PartyOf(ctx)
	curtain, err := e.Curtain(ctx, party)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(texts))
	size := 0
	for i, text := range texts {
		out[i] = curtain.Hide(text)
		size += len(out[i])
	}
	end, err := e.begin(ctx, e.call(e.Name(), llm.PurposeEmbed, party, digest(out), size/3))
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		vectors, err := e.Embedder.Embed(ctx, out)
		if err == nil || !e.again(ctx, try, err) {
			end(llm.Usage{Prompt: size / 3}, blame(ctx, err))
			return vectors, err
		}
	}
}
