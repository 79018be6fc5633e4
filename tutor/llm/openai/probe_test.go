package openai_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"maieutic/tutor"
	"maieutic/tutor/llm/openai"
)

// TestProbe sees what servers of each kind can do, and assumes nothing.
func TestProbe(t *testing.T) {
	const shaped, loose = `{"colour":"green","number":7}`, `{"answer":"yes"}`
	chat := func(schema, object string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			text := "ready"
			switch body := string(raw); {
			case strings.Contains(body, `"json_schema"`) && schema == "refuse":
				http.Error(w, `{"error":{"message":"unknown field"}}`, http.StatusBadRequest)
				return
			case strings.Contains(body, `"json_schema"`):
				text = schema
			case strings.Contains(body, `"json_object"`):
				text = object
			}
			stream(w, event(text, ""), event("", "stop"), usage, done)
		}
	}
	page := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, body)
		}
	}
	for _, c := range []struct {
		name  string
		paths map[string]http.HandlerFunc
		want  openai.Capabilities
	}{
		{"vLLM", map[string]http.HandlerFunc{
			"/v1/chat/completions": chat(shaped, loose), "/v1/models": page(`{"data":[{"id":"other","max_model_len":5},{"id":"m","max_model_len":32768}]}`),
		}, openai.Capabilities{Streams: true, Usage: true, Structured: openai.BySchema, Context: 32768}},
		{"llama.cpp", map[string]http.HandlerFunc{
			"/v1/chat/completions": chat(shaped, loose), "/v1/models": page(`{"data":[{"id":"m"}]}`), "/props": page(`{"default_generation_settings":{"n_ctx":4096}}`),
		}, openai.Capabilities{Streams: true, Usage: true, Structured: openai.BySchema, Context: 4096}},
		{"llama.cpp with several models", map[string]http.HandlerFunc{
			"/v1/chat/completions": chat(shaped, loose), "/v1/models": page(`{"data":[{"id":"e","meta":{"n_ctx":512}},{"id":"m","meta":{"n_ctx":8192,"n_ctx_train":32768}}]}`),
			"/props": page(`{"role":"router","default_generation_settings":{"params":null,"n_ctx":0}}`),
		}, openai.Capabilities{Streams: true, Usage: true, Structured: openai.BySchema, Context: 8192}},
		{"Ollama", map[string]http.HandlerFunc{
			"/v1/chat/completions": chat(shaped, loose), "/api/ps": page(`{"models":[{"name":"e:latest","context_length":512},{"name":"m:latest","context_length":4096}]}`),
			"/api/show": page(`{"parameters":"num_ctx 8192","model_info":{"llama.context_length":131072}}`),
		}, openai.Capabilities{Streams: true, Usage: true, Structured: openai.BySchema, Context: 4096}},
		{"an older Ollama", map[string]http.HandlerFunc{
			"/v1/chat/completions": chat("refuse", loose), "/api/ps": page(`{"models":[{"name":"m:latest"}]}`),
			"/api/show": page(`{"parameters":"stop x\nnum_ctx 8192","model_info":{"llama.context_length":131072}}`),
		}, openai.Capabilities{Streams: true, Usage: true, Structured: openai.ByObject, Context: 8192}},
		{"an older Ollama as it comes", map[string]http.HandlerFunc{
			"/v1/chat/completions": chat("refuse", "no"), "/api/show": page(`{"model_info":{"llama.context_length":131072}}`),
		}, openai.Capabilities{Streams: true, Usage: true, Structured: openai.ByPrompt}},
		{"says yes and does not", map[string]http.HandlerFunc{"/v1/chat/completions": chat(`{"colour":"red","number":7}`, "ready")},
			openai.Capabilities{Streams: true, Usage: true, Structured: openai.ByPrompt}},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if h := c.paths[r.URL.Path]; h != nil {
					h(w, r)
					return
				}
				http.NotFound(w, r)
			}, func(c *openai.Config) { c.EmbeddingModel, c.EmbeddingDim = "", 0 })
			if got, err := client.Probe(t.Context()); err != nil || got != c.want {
				t.Errorf("%+v, %v, want %+v", got, err, c.want)
			}
		})
	}
	embedder := serve(t, page(`{"data":[{"index":0,"embedding":[1,2,3]}]}`), func(c *openai.Config) { c.ChatModel = "" })
	if got, err := embedder.Probe(t.Context()); err != nil || got.Dim != 3 {
		t.Errorf("embeddings: %+v, %v", got, err)
	}
	down := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		func(c *openai.Config) { c.Timeout = time.Second })
	if got, err := down.Probe(t.Context()); tutor.ErrorCode(err) != tutor.CodeUnavailable || got.Streams {
		t.Errorf("down: %+v, %v", got, err)
	}
}
