package openai

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	api "github.com/sashabaranov/go-openai"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// lingers is how long a server that has said why it stopped may take to count
// the tokens and close its answer.
const lingers = 2 * time.Second

// relay hands one stream on.
type relay struct {
	stream *api.ChatCompletionStream
	yield  func(llm.Chunk, error) bool
	cancel context.CancelFunc // ends the call

	linger   *time.Timer // runs from the finish on
	last     llm.Chunk   // holds Finish back until usage has had its chance to follow
	declined bool        // in a field of its own, for which there is no finish
	left     bool        // the caller has broken off
}

// run yields chunks until the stream ends and reports whether it was read to its
// end. An answer that said why it stopped is whole, however the server then lets
// go of the connection.
func (r *relay) run(ctx context.Context, h *hint) bool {
	defer func() {
		if r.linger != nil {
			r.linger.Stop()
		}
	}()
	for {
		raw, err := r.stream.RecvRaw()
		ended := errors.Is(err, io.EOF)
		switch {
		case err != nil && r.last.Finish != "" && ctx.Err() == nil:
			if r.declined && r.last.Finish == llm.FinishStop {
				r.last.Finish = llm.FinishFilter
			}
			r.yield(r.last, nil)
			return ended
		case ended && ctx.Err() == nil:
			r.yield(llm.Chunk{}, tutor.Errorf(tutor.CodeUnavailable, "the model's answer was cut off"))
			return true
		case err == nil:
			err = r.take(raw)
		}
		if err != nil {
			r.yield(llm.Chunk{}, fault(ctx, err, h))
			return false
		}
		if r.left {
			return false
		}
	}
}

var errNotText = errors.New("not text")

// take reads one event and yields its text.
func (r *relay) take(raw []byte) error {
	var answer api.ChatCompletionStreamResponse
	if !utf8.Valid(raw) { // encoding/json would put a sign of its own for it
		return tutor.WrapError(errNotText, tutor.CodeUnavailable, "the model's answer holds bytes that are no text")
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	if u := answer.Usage; u != nil {
		r.last.Usage = &llm.Usage{Prompt: u.PromptTokens, Output: u.CompletionTokens}
		if d := u.PromptTokensDetails; d != nil {
			r.last.Usage.Cached = d.CachedTokens
		}
	}
	if len(answer.Choices) == 0 {
		return nil
	}
	choice := answer.Choices[0]
	r.declined = r.declined || choice.Delta.Refusal != ""
	if text := choice.Delta.Content; text != "" {
		if strings.ContainsRune(text, 0) {
			return tutor.WrapError(errNotText, tutor.CodeUnavailable, "the model's answer holds characters that are no text")
		}
		if r.last.Finish != "" {
			return tutor.WrapError(errNotText, tutor.CodeUnavailable, "the model's answer goes on after its end")
		}
		if r.left = !r.yield(llm.Chunk{Text: text}, nil); r.left {
			return nil
		}
	}
	if choice.FinishReason != "" {
		r.finish(finish(choice.FinishReason))
	}
	return nil
}

// finish notes why the model stopped. What two finishes say that differ is not
// known.
func (r *relay) finish(reason llm.Finish) {
	switch r.last.Finish {
	case "":
		r.linger = time.AfterFunc(lingers, r.cancel)
		r.last.Finish = reason
	case reason:
	default:
		r.last.Finish = llm.FinishUnknown
	}
}
