package openai

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strings"

	api "github.com/sashabaranov/go-openai"

	"maieutic/tutor"
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
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ctx, h := hinted(ctx)
		stream, err := m.client.api.CreateChatCompletionStream(ctx, m.request(req))
		if err != nil {
			yield(llm.Chunk{}, fault(ctx, err, h))
			return
		}
		finished := relay(ctx, stream, h, yield)
		if !finished {
			cancel() // nobody wants the rest: Close must not wait for it
		}
		_ = stream.Close()
	}
}

// relay yields chunks until the stream ends and reports whether it was read to
// its end.
func relay(ctx context.Context, stream *api.ChatCompletionStream, h *hint, yield func(llm.Chunk, error) bool) bool {
	var last llm.Chunk // holds Finish back until usage has had its chance to follow
	for {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			if last.Finish == "" {
				yield(llm.Chunk{}, tutor.Errorf(tutor.CodeUnavailable, "the model's answer was cut off"))
				return true
			}
			yield(last, nil)
			return true
		}
		if err != nil {
			yield(llm.Chunk{}, fault(ctx, err, h))
			return false
		}
		if u := answer.Usage; u != nil {
			last.Usage = &llm.Usage{Prompt: u.PromptTokens, Output: u.CompletionTokens}
			if d := u.PromptTokensDetails; d != nil {
				last.Usage.Cached = d.CachedTokens
			}
		}
		if len(answer.Choices) == 0 {
			continue
		}
		choice := answer.Choices[0]
		if choice.FinishReason != "" {
			last.Finish = finish(choice.FinishReason)
		}
		if strings.ContainsRune(choice.Delta.Content, 0) {
			yield(llm.Chunk{}, tutor.Errorf(tutor.CodeUnavailable, "the model's answer holds characters that are no text"))
			return false
		}
		if choice.Delta.Content != "" && !yield(llm.Chunk{Text: choice.Delta.Content}, nil) {
			return false
		}
	}
}

// coldest stands for a temperature of 0, which the client library leaves out: a
// server would then take its own, .8 or 1. It is far above the smallest number
// there is, which the library proposes and on which the sampler of llama.cpp and
// Ollama fails an assertion.
const coldest = 1e-4

func (m *Chat) request(req llm.Request) api.ChatCompletionRequest {
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
	if reasoning(out.Model) {
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

func reasoning(model string) bool {
	for _, family := range []string{"o1", "o3", "o4", "gpt-5"} {
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
