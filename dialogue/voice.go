package dialogue

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"maieutic/prompts"
	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// modelAttempts is how often a model is asked for the words of one turn before
// the authored ones are taken.
const modelAttempts = 2

// leadLimit bounds what a model may say, in bytes: some room beyond the draft.
const leadLimit = 1200

// ModelVoice finds words with a language model. Whatever goes wrong - an error,
// a timeout, a stream that is cut off, a sentence that the guard holds back -
// the authored words of the same decision are spoken instead.
type ModelVoice struct {
	Model   llm.Model
	Timeout time.Duration // for all attempts of one turn together
	Log     *slog.Logger
	Hold    func() bool // called before the first release; false gives the words up
}

// release hands a piece of a tutor turn on to the learner.
type release func(attempt int, text string)

// spoken is a tutor turn in its final words.
type spoken struct {
	text  string
	voice tutor.Voice
}

// speakAuthored releases authored words sentence by sentence.
func speakAuthored(speech Speech, attempt int, out release) spoken {
	for _, sentence := range Sentences(speech.Text) {
		out(attempt, sentence)
	}
	return spoken{speech.Text, tutor.Voice{Engine: "authored"}}
}

// speak releases the words of a turn. The prompt's draft is the lead of the
// authored speech; its question is said as it stands. It is not ok when the
// authored words are to be spoken: then the result has no text, and its voice
// tells what the attempts cost. Later prompts repeat this one either way.
func (v *ModelVoice) speak(ctx context.Context, in prompts.TutorInput, speech Speech, r rules, out release) (words spoken, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, v.Timeout)
	defer cancel()
	messages := prompts.Tutor(in)
	voice := tutor.Voice{
		Engine: "model", Model: v.Model.Name(), PromptVersion: prompts.TutorVersion, Prompt: messages[len(messages)-1].Content,
	}
	held := false
	for attempt := 1; attempt <= modelAttempts && ctx.Err() == nil; attempt++ {
		show := func(text string) error {
			if !held && v.Hold != nil && !v.Hold() {
				return errOvertaken
			}
			held = true
			out(attempt, text)
			return nil
		}
		lead, used, err := v.attempt(ctx, llm.Request{
			Messages: messages, MaxTokens: leadLimit / 3, Temperature: 0.4, Purpose: llm.PurposeVoice, For: in.For,
		}, r, show)
		voice.PromptTokens, voice.OutputTokens = voice.PromptTokens+used.Prompt, voice.OutputTokens+used.Output
		if err == nil {
			voice.Words = strings.TrimSpace(lead)
			text := voice.Words
			if speech.Question != "" {
				out(attempt, "\n\n"+speech.Question)
				text += "\n\n" + speech.Question
			}
			return spoken{text, voice}, true
		}
		if errors.Is(err, errOvertaken) || final(err) || errors.Is(ctx.Err(), context.Canceled) {
			break
		}
		v.Log.Warn("model voice held back", "attempt", attempt, "reason", reasonOf(err))
		messages = prompts.Again(messages, reasonOf(err))
	}
	voice.Engine, voice.Words = "authored", speech.Lead
	return spoken{voice: voice}, false
}

// final reports an error that another try would meet again: the model may not
// be used, the budget is spent, or the server refuses the request.
func final(err error) bool {
	switch tutor.ErrorCode(err) {
	case tutor.CodeForbidden, tutor.CodeRateLimited, tutor.CodeRefused, tutor.CodeInvalid:
		return true
	}
	return false
}

// attempt streams one answer through the gate.
func (v *ModelVoice) attempt(ctx context.Context, request llm.Request, r rules, out func(string) error) (string, llm.Usage, error) {
	var text strings.Builder
	var usage llm.Usage
	pass := func(released string, err error) error {
		if released == "" || err != nil {
			return err
		}
		text.WriteString(released)
		return out(released)
	}
	g := newGate(r)
	finish := llm.Finish("")
	for chunk, err := range v.Model.Generate(ctx, request) {
		if err != nil {
			return "", usage, err
		}
		if chunk.Usage != nil {
			usage = *chunk.Usage
		}
		if chunk.Finish != "" {
			finish = chunk.Finish
		}
		if err := pass(g.write(chunk.Text)); err != nil {
			return "", usage, err
		}
	}
	if finish != llm.FinishStop {
		return "", usage, errCut
	}
	if err := pass(g.finish()); err != nil {
		return "", usage, err
	}
	return text.String(), usage, nil
}

var (
	errCut       = errors.New("cut off")
	errOvertaken = errors.New("the decision has changed")
)

// reasonOf is what the log may hold of why a model's words were not taken.
func reasonOf(err error) string {
	for _, known := range []error{errLeak, errQuestion, errMove, errLanguage, errUnsafe, errHidden, errGarbled, errLength, errEmpty, errCut} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	return "error"
}
