package openai

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"strings"

	api "github.com/sashabaranov/go-openai"

	"maieutic/tutor/llm"
)

// Chat is the chat model of a Client. It implements llm.Model.
type Chat struct{ client *Client }

// Chat returns the configured chat model.
func (c *Client) Chat() *Chat { return &Chat{client: c} }

// Name returns the model's name at the server.
func (m *Chat) Name() string { return m.client.config.ChatModel }

// Generate implements llm.Model. Reasoning fields and tool calls are ignored:
// only content is text for a student.
func (m *Chat) Generate(ctx context.Context, req llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		asking, cancel := context.WithCancel(ctx)
		defer cancel()
		asking, h := hinted(asking)
		stream, err := m.open(asking, req)
		if err != nil {
			yield(llm.Chunk{}, fault(ctx, err, h))
			return
		}
		r := &relay{stream: stream, yield: yield, cancel: cancel}
		finished := r.run(ctx, h)
		if !finished {
			cancel() // nobody wants the rest: Close must not wait for it
		}
		_ = stream.Close()
	}
}

// open starts a stream. A server that refuses the parameters that reasoning
// models do not know is asked once more without, and from then on: the name of a
// model, or of a deployment on Azure, need not tell.
func (m *Chat) open(ctx context.Context, req llm.Request) (*api.ChatCompletionStream, error) {
	reasons := m.client.reasons.Load()
	stream, err := m.client.api.CreateChatCompletionStream(ctx, m.request(req, reasons))
	var refused *api.APIError
	if reasons || !errors.As(err, &refused) || refused.HTTPStatusCode != http.StatusBadRequest || refused.Param == nil ||
		*refused.Param != "max_tokens" && *refused.Param != "temperature" {
		return stream, err
	}
	m.client.reasons.Store(true)
	return m.client.api.CreateChatCompletionStream(ctx, m.request(req, true))
}

// coldest stands for a temperature of 0, which the client library leaves out: a
// server would then take its own, .8 or 1. It is far above the smallest number
// there is, which the library proposes and on which the sampler of llama.cpp and
// Ollama fails an assertion.
const coldest = 1e-4

func (m *Chat) request(req llm.Request, reasons bool) api.ChatCompletionRequest {
	out := api.ChatCompletionRequest{
		Model:         m.client.config.ChatModel,
		Temperature:   max(req.Temperature, coldest),
		StreamOptions: &api.StreamOptions{IncludeUsage: true},
	}
	for _, msg := range req.Messages {
		out.Messages = append(out.Messages, api.ChatCompletionMessage{Role: string(msg.Role), Content: msg.Content})
	}
	out.ResponseFormat = m.format(req.Schema)
	// OpenAI's reasoning models refuse max_tokens and a temperature; every other
	// server knows max_tokens.
	if reasons {
		out.MaxCompletionTokens, out.Temperature = req.MaxTokens, 0
	} else {
		//lint:ignore SA1019 Local servers know only max_tokens; OpenAI's deprecation does not concern them.
		out.MaxTokens = req.MaxTokens
	}
	return out
}

// format asks for an answer of a shape in the way the server knows.
func (m *Chat) format(s *llm.Schema) *api.ChatCompletionResponseFormat {
	switch {
	case s == nil || m.client.config.Structured == ByPrompt:
		return nil
	case m.client.config.Structured == ByObject:
		return &api.ChatCompletionResponseFormat{Type: api.ChatCompletionResponseFormatTypeJSONObject}
	}
	return &api.ChatCompletionResponseFormat{
		Type:       api.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &api.ChatCompletionResponseFormatJSONSchema{Name: s.Name, Schema: json.RawMessage(s.JSON), Strict: true},
	}
}

// reasoning guesses by its name whether a model is one of OpenAI's that reason.
func reasoning(model string) bool {
	for _, family := range []string{"o1", "o3", "o4", "gpt-5", "gpt-6"} {
		if strings.HasPrefix(model, family) {
			return true
		}
	}
	return false
}

func finish(reason api.FinishReason) llm.Finish {
	switch reason {
	case api.FinishReasonStop:
		return llm.FinishStop
	case api.FinishReasonLength:
		return llm.FinishLength
	case api.FinishReasonContentFilter:
		return llm.FinishFilter
	default:
		return llm.FinishUnknown
	}
}
