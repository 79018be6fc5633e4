package openai_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
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
	config := openai.Config{BaseURL: s.URL, ChatModel: "m", EmbeddingModel: "e", EmbeddingDim: 4, Timeout: time.Minute, Idle: time.Minute}
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

// TestAnswerIsWholeOnceFinished: however the server then lets go, and long
// before it would count as silent.
func TestAnswerIsWholeOnceFinished(t *testing.T) {
	for _, f := range faulty.Lost() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			c := clientOf(t, faulty.New(t, f))
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			text, last, err := generate(ctx, c.Chat())
			if err != nil || text != "Look at it once more." || last.Finish != llm.FinishStop {
				t.Errorf("%q, %+v, %v", text, last, err)
			}
		})
	}
}

// TestReasoningModelUnderAnyName: a deployment's name does not say that its
// model reasons; the server does, once.
func TestReasoningModelUnderAnyName(t *testing.T) {
	var refused, answered int
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var sent map[string]any
		_ = json.NewDecoder(r.Body).Decode(&sent)
		if sent["max_tokens"] != nil || sent["temperature"] != nil {
			refused++
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"message":"x","type":"invalid_request_error","code":"unsupported_parameter","param":"max_tokens"}}`)
			return
		}
		if sent["max_completion_tokens"] == 9.0 {
			answered++
		}
		stream(w, event("Why?", "stop"), done)
	})
	for range 3 {
		if text, _, err := generate(t.Context(), client.Chat()); err != nil || text != "Why?" {
			t.Fatalf("%q, %v", text, err)
		}
	}
	if refused != 1 || answered != 3 {
		t.Errorf("refused %d times and answered %d, want 1 and 3", refused, answered)
	}
}

// TestLargeVectors: a full batch of the longest vectors that are in use fits.
func TestLargeVectors(t *testing.T) {
	const dim = 4096
	number := "," + strings.Repeat(" ", 8) + "0.012345678901234567" // indented JSON
	numbers := strings.Repeat(number, dim)[1:]
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Input []string }
		_ = json.NewDecoder(r.Body).Decode(&asked)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"data":[`)
		for i := range asked.Input {
			_, _ = fmt.Fprintf(w, `%s{"index":%d,"embedding":[%s]}`, strings.Repeat(",", min(i, 1)), i, numbers)
		}
		_, _ = io.WriteString(w, `]}`)
	}, func(c *openai.Config) { c.EmbeddingDim, c.Idle, c.Timeout = dim, time.Minute, time.Minute })
	vectors, err := client.Embedder().Embed(t.Context(), make([]string, 128))
	if err != nil || len(vectors) != 128 || len(vectors[0]) != dim {
		t.Errorf("%d vectors, %v", len(vectors), err)
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
			c := clientOf(t, faulty.New(t, f), func(c *openai.Config) { c.Timeout, c.Idle = 200*time.Millisecond, 200*time.Millisecond })
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
