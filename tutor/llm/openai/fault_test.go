package openai_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maieutic/tutor"
	"maieutic/tutor/llm"
	"maieutic/tutor/llm/faulty"
	"maieutic/tutor/llm/openai"
)

func clientOf(t *testing.T, s *faulty.Server, change ...func(*openai.Config)) *openai.Client {
	t.Helper()
	config := openai.Config{BaseURL: s.URL, ChatModel: "m", EmbeddingModel: "e", EmbeddingDim: 4, Timeout: 100 * time.Millisecond, Idle: 100 * time.Millisecond}
	for _, f := range change {
		f(&config)
	}
	c, err := openai.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// harmless are faults of content, which this client hands on as a whole answer
// and others look into.
var harmless = []string{"duplicate keys", "another schema", "levels out of range", "empty", "blank", "HTML", "reasoning alone"}

// TestEveryFault: each fault a hundred times, no half answer taken for whole, no
// call past its deadline, nothing of the prompt in an error. TestMain finds
// goroutines that are left.
func TestEveryFault(t *testing.T) {
	const secret = "SECRET PROMPT"
	for _, f := range faulty.All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			within := 300 * time.Millisecond
			if slices.Contains(harmless, f.Name) {
				within = 30 * time.Second // nothing to wait for but a busy machine
			}
			c := clientOf(t, faulty.New(t, f), func(c *openai.Config) { c.Timeout, c.Idle = within/3, within/3 })
			var wg sync.WaitGroup
			slots := make(chan struct{}, 25)
			for range 100 {
				slots <- struct{}{}
				wg.Go(func() {
					defer func() { <-slots }()
					ctx, cancel := context.WithTimeout(t.Context(), within)
					defer cancel()
					var last llm.Chunk
					var failed error
					for chunk, err := range c.Chat().Generate(ctx, llm.Request{Messages: []llm.Message{{Role: llm.RoleUser, Content: secret}}}) {
						last, failed = chunk, err
					}
					if whole := failed == nil && last.Finish == llm.FinishStop; whole != slices.Contains(harmless, f.Name) {
						t.Errorf("ended with %+v, %v", last, failed)
					}
					if failed != nil && (strings.Contains(failed.Error(), secret) || tutor.ErrorCode(failed) != tutor.CodeUnavailable) {
						t.Errorf("error %v", failed)
					}
				})
			}
			wg.Wait()
		})
	}
}

// TestOdditiesAreRead: what real servers do beside the book.
func TestOdditiesAreRead(t *testing.T) {
	for _, f := range faulty.Healthy() {
		t.Run(f.Name, func(t *testing.T) {
			c := clientOf(t, faulty.New(t, f))
			text, last, err := generate(t.Context(), c.Chat())
			if err != nil || text != "Look at it once more." || last.Finish != llm.FinishStop {
				t.Errorf("%q, %+v, %v", text, last, err)
			}
		})
	}
}

// TestWhatPasses tells failures that may be over in a moment from others, and
// keeps what the server asks for.
func TestWhatPasses(t *testing.T) {
	for name, want := range map[string]llm.Failure{
		"429": {Temporary: true}, "429 with Retry-After": {Temporary: true, After: time.Second}, "500": {Temporary: true}, "503": {Temporary: true},
		"wrong content type": {}, "content filter": {}, "malformed": {},
	} {
		all := faulty.All()
		c := clientOf(t, faulty.New(t, all[slices.IndexFunc(all, func(f faulty.Fault) bool { return f.Name == name })]))
		_, _, err := generate(t.Context(), c.Chat())
		var got llm.Failure
		if f := (*llm.Failure)(nil); errors.As(err, &f) {
			got = *f
		}
		if got.Temporary != want.Temporary || got.After != want.After {
			t.Errorf("%s: %+v from %v, want %+v", name, got, err, want)
		}
	}
}

// TestEmbeddingFaults: a vector that is none is an error.
func TestEmbeddingFaults(t *testing.T) {
	for _, f := range faulty.BadEmbeddings() {
		t.Run(f.Name, func(t *testing.T) {
			c := clientOf(t, faulty.New(t, f))
			if vectors, err := c.Embedder().Embed(t.Context(), []string{"a", "b"}); tutor.ErrorCode(err) != tutor.CodeUnavailable {
				t.Errorf("%v, %v", vectors, err)
			}
		})
	}
}

// TestSchema asks for an answer of a shape in each of the three ways.
func TestSchema(t *testing.T) {
	for _, structured := range []openai.Structured{openai.BySchema, openai.ByObject, openai.ByPrompt} {
		s := faulty.New(t, faulty.Fault{})
		c := clientOf(t, s, func(c *openai.Config) { c.Structured = structured })
		var text string
		for chunk, err := range c.Chat().Generate(t.Context(), llm.Request{
			Messages: []llm.Message{{Role: llm.RoleUser, Content: "x"}}, Schema: &llm.Schema{Name: "n", JSON: []byte(`{"type":"object"}`)},
		}) {
			if err != nil {
				t.Fatal(err)
			}
			text += chunk.Text
			if chunk.Usage != nil && chunk.Usage.Cached != 4 {
				t.Errorf("usage %+v", chunk.Usage)
			}
		}
		if json := text == s.JSON; json != (structured != openai.ByPrompt) {
			t.Errorf("%s: %q", structured, text)
		}
	}
	if _, err := openai.New(openai.Config{BaseURL: "http://localhost/v1", Structured: "magic"}); tutor.ErrorCode(err) != tutor.CodeInvalid {
		t.Errorf("an unknown way: %v", err)
	}
}

// TestConnectionsAreKept, however the end of a stream is flushed.
func TestConnectionsAreKept(t *testing.T) {
	for _, f := range faulty.Healthy() {
		s := faulty.New(t, f)
		c := clientOf(t, s)
		for range 100 {
			if _, _, err := generate(t.Context(), c.Chat()); err != nil {
				t.Fatal(err)
			}
		}
		if n := s.Connections.Load(); n > 5 {
			t.Errorf("%s: %d connections for 100 answers", f.Name, n)
		}
	}
}
