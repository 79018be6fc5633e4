package openai_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"maieutic/tutor"
	"maieutic/tutor/llm"
	"maieutic/tutor/llm/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func event(content, finish string) string {
	reason := "null"
	if finish != "" {
		reason = `"` + finish + `"`
	}
	return fmt.Sprintf(`data: {"id":"x","choices":[{"index":0,"delta":{"content":%q},"finish_reason":%s}]}`+"\n\n", content, reason)
}

const (
	usage = `data: {"id":"x","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}` + "\n\n"
	done  = "data: [DONE]\n\n"
)

// serve starts a server that answers every request with h, and a client for it.
func serve(t *testing.T, h http.HandlerFunc, change ...func(*openai.Config)) *openai.Client {
	t.Helper()
	server := httptest.NewServer(h)
	config := openai.Config{
		BaseURL: server.URL + "/v1", Key: "k", ChatModel: "m", EmbeddingModel: "e", EmbeddingDim: 2, Timeout: 2 * time.Second,
	}
	for _, f := range change {
		f(&config)
	}
	client, err := openai.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client
}

func stream(w http.ResponseWriter, events ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, e := range events {
		_, _ = io.WriteString(w, e)
		w.(http.Flusher).Flush()
	}
}

// generate collects an answer.
func generate(ctx context.Context, m llm.Model) (text string, last llm.Chunk, err error) {
	for chunk, e := range m.Generate(ctx, llm.Request{Messages: []llm.Message{{Role: llm.RoleUser, Content: "hi"}}, MaxTokens: 9}) {
		if e != nil {
			return text, last, e
		}
		text += chunk.Text
		last = chunk
	}
	return text, last, nil
}

func TestStream(t *testing.T) {
	var body map[string]any
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer k" {
			http.Error(w, "wrong", http.StatusTeapot)
			return
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		stream(w, event("What ", ""), event("next?", ""), event("", "stop"), usage, done)
	})
	text, last, err := generate(t.Context(), client.Chat())
	if err != nil || text != "What next?" {
		t.Fatalf("got %q, %v", text, err)
	}
	if last.Finish != llm.FinishStop || last.Usage == nil || *last.Usage != (llm.Usage{Prompt: 7, Output: 2}) {
		t.Errorf("last chunk %+v", last)
	}
	if body["model"] != "m" || body["stream"] != true || body["max_tokens"] != 9.0 {
		t.Errorf("request %v", body)
	}
	// A temperature of 0 must be said; left out, the server takes its own.
	if cold, said := body["temperature"].(float64); !said || cold <= 0 || cold > 1e-3 {
		t.Errorf("temperature %v", body["temperature"])
	}
}

func TestFaults(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = io.WriteString(w, `{"error":{"message":"you said SECRET PROMPT"}}`)
		}
	}
	cases := map[string]struct {
		handler http.HandlerFunc
		code    tutor.Code
	}{
		"cut off":      {func(w http.ResponseWriter, _ *http.Request) { stream(w, event("What ", "")) }, tutor.CodeUnavailable},
		"malformed":    {func(w http.ResponseWriter, _ *http.Request) { stream(w, "data: {\"choices\":[{\n\n") }, tutor.CodeUnavailable},
		"not a stream": {func(w http.ResponseWriter, _ *http.Request) { stream(w, "<html>SECRET PROMPT</html>") }, tutor.CodeUnavailable},
		"empty":        {func(w http.ResponseWriter, _ *http.Request) { stream(w) }, tutor.CodeUnavailable},
		"error in stream": {func(w http.ResponseWriter, _ *http.Request) {
			stream(w, "data: {\"error\":{\"message\":\"SECRET PROMPT\"}}\n\n")
		}, tutor.CodeUnavailable},
		"rate limit": {status(http.StatusTooManyRequests), tutor.CodeUnavailable},
		"wrong key":  {status(http.StatusUnauthorized), tutor.CodeUnavailable},
		"no model":   {status(http.StatusNotFound), tutor.CodeUnavailable},
		"broken":     {status(http.StatusInternalServerError), tutor.CodeUnavailable},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		}, tutor.CodeUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := generate(t.Context(), serve(t, c.handler).Chat())
			if tutor.ErrorCode(err) != c.code {
				t.Fatalf("got %v, want code %s", err, c.code)
			}
			if strings.Contains(err.Error(), "SECRET") {
				t.Errorf("the error repeats what the server said: %v", err)
			}
		})
	}
}

func TestEndlessAnswerStops(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		line := strings.Repeat("x", 64<<10)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, line); err != nil { // no line ever ends
				return
			}
		}
	})
	_, _, err := generate(t.Context(), client.Chat())
	if tutor.ErrorCode(err) != tutor.CodeUnavailable {
		t.Fatalf("got %v", err)
	}
}

func TestSilentServerEndsByContext(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		stream(w, event("What ", ""))
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	text, failed := "", error(nil)
	for chunk, err := range client.Chat().Generate(ctx, llm.Request{}) {
		text, failed = text+chunk.Text, err
		cancel()
	}
	if text != "What " || tutor.ErrorCode(failed) != tutor.CodeUnavailable {
		t.Fatalf("got %q, %v", text, failed)
	}
}

// The end of the body comes apart from [DONE], as it does from real servers; a
// client that closes at [DONE] would open a connection for every request.
func TestConnectionIsReused(t *testing.T) {
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stream(w, event("Why?", "stop"), done)
		time.Sleep(5 * time.Millisecond) // the fault under test: the last chunk is late
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client, err := openai.New(openai.Config{BaseURL: server.URL, ChatModel: "m"})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 20 {
		if _, _, err := generate(t.Context(), client.Chat()); err != nil {
			t.Fatal(err)
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("20 requests opened %d connections, want 1", n)
	}
}

// TestKeptConnectionMayBeClosed is for llama.cpp's server, which promises to keep
// a connection and closes it after each stream.
func TestKeptConnectionMayBeClosed(t *testing.T) {
	var mu sync.Mutex
	served, closed := map[string]bool{}, 0
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if len(r.Header["Idempotency-Key"]) != 0 {
			t.Error("the mark of a repeatable call was sent")
		}
		if !served[r.RemoteAddr] {
			served[r.RemoteAddr] = true
			stream(w, event("hi", "stop"), usage, done)
			return
		}
		closed++
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.Close()
	})
	for range 5 {
		if text, _, err := generate(t.Context(), client.Chat()); err != nil || text != "hi" {
			t.Fatal(text, err)
		}
	}
	if closed == 0 {
		t.Fatal("no connection was closed on a call")
	}
}

func TestBreakingOutReleases(t *testing.T) {
	gone := make(chan struct{})
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		stream(w, event("a", ""), event("b", ""))
		<-r.Context().Done()
		close(gone)
	})
	for range client.Chat().Generate(t.Context(), llm.Request{}) {
		break
	}
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Fatal("the server still thinks that somebody listens")
	}
}

func TestEmbed(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var req struct{ Input []string }
		_ = json.NewDecoder(r.Body).Decode(&req)
		type item struct {
			Index     int       `json:"index"`
			Embedding []float64 `json:"embedding"`
		}
		var data []item
		for i := range req.Input { // answered in reverse: the index decides
			j := len(req.Input) - 1 - i
			data = append(data, item{j, []float64{float64(len(req.Input[j])), 0}})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	})
	texts := make([]string, 300)
	for i := range texts {
		texts[i] = strings.Repeat("a", i+1)
	}
	vectors, err := client.Embedder().Embed(t.Context(), texts)
	if err != nil || len(vectors) != 300 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	for i, v := range vectors {
		if v[0] != 1 || v[1] != 0 {
			t.Fatalf("vector %d is %v, want unit length", i, v)
		}
	}
}

func TestEmbedFaults(t *testing.T) {
	for name, answer := range map[string]string{
		"too few":      `{"data":[]}`,
		"wrong length": `{"data":[{"index":0,"embedding":[1,0,0]}]}`,
		"zero":         `{"data":[{"index":0,"embedding":[0,0]}]}`,
		"wrong index":  `{"data":[{"index":7,"embedding":[1,0]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) })
			if _, err := client.Embedder().Embed(t.Context(), []string{"a"}); tutor.ErrorCode(err) != tutor.CodeUnavailable {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestConfig(t *testing.T) {
	for _, base := range []string{"", "localhost:8080", "ftp://x/v1", "http://user:pass@x/v1"} {
		if _, err := openai.New(openai.Config{BaseURL: base}); tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("base %q: got %v, want invalid", base, err)
		}
	}
}
