package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// Capabilities are what a server was seen to do with the configured models.
type Capabilities struct {
	Streams    bool // an answer came in a stream and ended well
	Usage      bool // and said how many tokens it took
	Structured Structured
	Dim        int // length of the embeddings, 0 without an embedding model
	Context    int // tokens that the chat model can take, 0 when the server does not say
}

// Bounds of a probe.
const (
	probeEach   = 20 * time.Second
	probeTokens = 256
	probeBytes  = 1 << 20
)

// Probe tries what the configured models can do. It sends fixed texts alone. The
// error is that of the first thing that the server cannot do without; then the
// capabilities hold what was seen before.
func (c *Client) Probe(ctx context.Context) (Capabilities, error) {
	var seen Capabilities
	if c.config.ChatModel != "" {
		text, usage, err := c.try(ctx, c.config.Structured, nil)
		if err != nil {
			return seen, err
		}
		seen.Streams, seen.Usage = text != "", usage
		if text == "" {
			return seen, tutor.Errorf(tutor.CodeUnavailable, "the chat model answers with nothing; is it one for chats?")
		}
		seen.Structured = c.probeShape(ctx)
		seen.Context = c.probeContext(ctx)
	}
	if c.config.EmbeddingModel != "" {
		dim, err := c.probeDim(ctx)
		if err != nil {
			return seen, err
		}
		seen.Dim = dim
	}
	return seen, nil
}

// try asks for one short answer and returns it with whether its cost came along.
func (c *Client) try(ctx context.Context, way Structured, schema *llm.Schema) (text string, usage bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, probeEach)
	defer cancel()
	asking := &Client{api: c.api, config: c.config, transport: c.transport, http: c.http, reasons: c.reasons}
	asking.config.Structured = way
	ask := "Say the word ready."
	if schema != nil {
		ask = "Which colour is grass, and how many days has a week? Say it in a few words." // JSON comes only from who was made to
	}
	finished := llm.Finish("")
	for chunk, err := range asking.Chat().Generate(ctx, llm.Request{
		Messages: []llm.Message{{Role: llm.RoleUser, Content: ask}}, MaxTokens: probeTokens, Schema: schema, Purpose: llm.PurposeProbe,
	}) {
		if err != nil {
			return "", false, err
		}
		text += chunk.Text
		usage = usage || chunk.Usage != nil && chunk.Usage.Prompt > 0
		finished = chunk.Finish
	}
	if finished != llm.FinishStop && schema != nil {
		return "", usage, nil
	}
	return text, usage, nil
}

// probeSchema is a shape that nobody keeps to by chance.
var probeSchema = &llm.Schema{Name: "probe", JSON: []byte(`{"type":"object","additionalProperties":false,"required":["colour","number"],` +
	`"properties":{"colour":{"type":"string","enum":["green","blue"]},"number":{"type":"integer"}}}`)}

// probeShape returns the strictest way of asking for JSON after which JSON came.
func (c *Client) probeShape(ctx context.Context) Structured {
	for _, way := range []Structured{BySchema, ByObject} {
		text, _, err := c.try(ctx, way, probeSchema)
		if err != nil {
			continue
		}
		var kept struct {
			Colour string `json:"colour"`
			Number *int   `json:"number"`
		}
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		strict := d.Decode(&kept) == nil && (kept.Colour == "green" || kept.Colour == "blue") && kept.Number != nil
		var object map[string]any
		if strict || way == ByObject && json.Unmarshal([]byte(text), &object) == nil {
			return way
		}
	}
	return ByPrompt
}

// probeDim embeds a word without minding what length is configured.
func (c *Client) probeDim(ctx context.Context) (int, error) {
	var answer struct {
		Data []struct {
			Embedding []float64 `json:"embedding"`
		} `json:"data"`
	}
	body := map[string]any{"model": c.config.EmbeddingModel, "input": []string{"a complete path"}}
	if err := c.fetch(ctx, http.MethodPost, c.base()+"/embeddings", body, &answer); err != nil {
		return 0, err
	}
	if len(answer.Data) != 1 || len(answer.Data[0].Embedding) == 0 {
		return 0, tutor.Errorf(tutor.CodeUnavailable, "the server gives no embeddings with the model %s", c.config.EmbeddingModel)
	}
	return len(answer.Data[0].Embedding), nil
}

func (c *Client) base() string { return strings.TrimRight(c.config.BaseURL, "/") }

// probeContext asks in the ways that servers tell a context length: vLLM and
// llama.cpp in the list of models, llama.cpp also of its slots, Ollama of the
// models that are loaded, which the chat model is by now. What fails says
// nothing.
func (c *Client) probeContext(ctx context.Context) int {
	var models struct {
		Data []struct {
			ID       string `json:"id"`
			MaxModel int    `json:"max_model_len"`
			Context  int    `json:"context_length"`
			Window   int    `json:"context_window"`
			Meta     struct {
				Slot int `json:"n_ctx"`
			} `json:"meta"`
		} `json:"data"`
	}
	if c.fetch(ctx, http.MethodGet, c.base()+"/models", nil, &models) == nil {
		for _, m := range models.Data {
			if n := max(m.MaxModel, m.Context, m.Window, m.Meta.Slot); m.ID == c.config.ChatModel && n > 0 {
				return n
			}
		}
	}
	root := strings.TrimSuffix(c.base(), "/v1")
	var props struct {
		Generation struct {
			Context int `json:"n_ctx"`
		} `json:"default_generation_settings"`
	}
	if c.fetch(ctx, http.MethodGet, root+"/props", nil, &props) == nil && props.Generation.Context > 0 {
		return props.Generation.Context
	}
	return c.ollamaContext(ctx, root)
}

// ollamaContext is the length that the loaded model runs with, else the one it
// was set to. The length that a model was trained with is none: Ollama gives a
// model less, and cuts what is longer without a word.
func (c *Client) ollamaContext(ctx context.Context, root string) int {
	var loaded struct {
		Models []struct {
			Name    string `json:"name"`
			Context int    `json:"context_length"`
		} `json:"models"`
	}
	if c.fetch(ctx, http.MethodGet, root+"/api/ps", nil, &loaded) == nil {
		for _, m := range loaded.Models {
			if m.Context > 0 && (m.Name == c.config.ChatModel || m.Name == c.config.ChatModel+":latest") {
				return m.Context
			}
		}
	}
	var shown struct {
		Parameters string `json:"parameters"`
	}
	if c.fetch(ctx, http.MethodPost, root+"/api/show", map[string]any{"model": c.config.ChatModel}, &shown) != nil {
		return 0
	}
	for line := range strings.Lines(shown.Parameters) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "num_ctx" {
			n, _ := strconv.Atoi(fields[1])
			return n
		}
	}
	return 0
}

// fetch sends and reads a little JSON.
func (c *Client) fetch(ctx context.Context, method, url string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, probeEach)
	defer cancel()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, url, reader)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if c.config.Key != "" {
		request.Header.Set("Authorization", "Bearer "+c.config.Key)
	}
	client := &http.Client{
		Transport:     c.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(repeatable(request))
	if err != nil {
		return fault(ctx, err, &hint{})
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, probeBytes))
	if err != nil {
		return fault(ctx, err, &hint{})
	}
	if answer.StatusCode != http.StatusOK {
		return tutor.Errorf(tutor.CodeUnavailable, "the model's server failed (HTTP %d)", answer.StatusCode)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return tutor.WrapError(fmt.Errorf("answer: %T", err), tutor.CodeUnavailable, "the model's server sent something else than JSON")
	}
	return nil
}
