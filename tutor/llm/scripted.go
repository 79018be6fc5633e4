package llm

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"
)

// Scripted is a Model for tests: it plays answers in order and keeps the
// requests it was given. It is safe for concurrent use.
type Scripted struct {
	mu       sync.Mutex
	answers  []Answer
	requests []Request
}

// Answer is one scripted answer.
type Answer struct {
	Chunks []string
	Delay  time.Duration // before each chunk
	Finish Finish        // "" cuts the stream off
	Err    error         // yielded after the chunks
	Hang   bool          // after the chunks, wait for the context to end
}

// Say scripts a whole answer in one chunk.
func Say(text string) Answer { return Answer{Chunks: []string{text}, Finish: FinishStop} }

// NewScripted makes a model that plays these answers, then fails.
func NewScripted(answers ...Answer) *Scripted { return &Scripted{answers: answers} }

// Name returns "scripted".
func (s *Scripted) Name() string { return "scripted" }

// Requests returns the requests so far.
func (s *Scripted) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Scripted) next(req Request) (Answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, req)
	if len(s.answers) == 0 {
		return Answer{}, false
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	return answer, true
}

// Generate implements Model.
func (s *Scripted) Generate(ctx context.Context, req Request) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		answer, ok := s.next(req)
		if !ok {
			yield(Chunk{}, errors.New("scripted: no answer left"))
			return
		}
		output := 0
		for _, text := range answer.Chunks {
			if err := wait(ctx, answer.Delay); err != nil {
				yield(Chunk{}, err)
				return
			}
			output++
			if !yield(Chunk{Text: text}, nil) {
				return
			}
		}
		switch {
		case answer.Hang:
			<-ctx.Done()
			yield(Chunk{}, ctx.Err())
		case answer.Err != nil:
			yield(Chunk{}, answer.Err)
		case answer.Finish == "":
			yield(Chunk{}, errors.New("scripted: cut off"))
		default:
			yield(Chunk{Finish: answer.Finish, Usage: &Usage{Prompt: len(req.Messages), Output: output}}, nil)
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
