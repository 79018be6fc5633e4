package dialogue

import (
	"context"
	"errors"
	"fmt"
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
// authored speech; its question is said as it stands.
func (v *ModelVoice) speak(ctx context.Context, in prompts.TutorInput, speech Speech, r rules, out release) spoken {
	ctx, cancel := context.WithTimeout(ctx, v.Timeout)
	defer cancel()
	var usage llm.Usage
	for attempt := 1; attempt <= modelAttempts && ctx.Err() == nil; attempt++ {
		lead, used, err := v.attempt(ctx, in, r, func(text string) { out(attempt, text) })
		usage.Prompt, usage.Output = usage.Prompt+used.Prompt, usage.Output+used.Output
		if err == nil {
			text := strings.TrimSpace(lead)
			if speech.Question != "" {
				out(attempt, "\n\n"+speech.Question)
				text += "\n\n" + speech.Question
			}
			return spoken{text, v.voice("model", usage)}
		}
		v.Log.Warn("model voice held back", "attempt", attempt, "reason", reasonOf(err))
	}
	final := speakAuthored(speech, modelAttempts+1, out)
	final.voice = v.voice("authored", usage)
	return final
}

func (v *ModelVoice) voice(engine string, usage llm.Usage) tutor.Voice {
	return tutor.Voice{
		Engine: engine, Model: v.Model.Name(), PromptVersion: prompts.TutorVersion,
		PromptTokens: usage.Prompt, OutputTokens: usage.Output,
	}
}

// attempt streams one answer through the gate.
func (v *ModelVoice) attempt(ctx context.Context, in prompts.TutorInput, r rules, out func(string)) (string, llm.Usage, error) {
	var text strings.Builder
	var usage llm.Usage
	pass := func(released string, err error) error {
		if released != "" && err == nil {
			text.WriteString(released)
			out(released)
		}
		return err
	}
	g := newGate(r)
	request := llm.Request{Messages: prompts.Tutor(in), MaxTokens: leadLimit / 3, Temperature: 0.4}
	finish := llm.Finish("")
	for chunk, err := range v.Model.Generate(ctx, request) {
		if err != nil {
			return "", usage, fmt.Errorf("model: %w", err)
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

var errCut = errors.New("cut off")

// reasonOf is what the log may hold of why a model's words were not taken.
func reasonOf(err error) string {
	for _, known := range []error{errLeak, errQuestion, errMove, errLanguage, errUnsafe, errLength, errEmpty, errCut} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	return "error"
}
