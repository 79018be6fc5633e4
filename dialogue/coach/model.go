package coach

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"

	"maieutic/prompts"
	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// ModelReader reads drafts with a language model, beside the built-in engine. It
// is safe for concurrent use.
//
// The model quotes before it judges. A criterion of which a quote does not stand
// in the draft is left to the built-in engine as a whole. Its level is held
// against the built-in one, see join; its words are taken where they keep to what
// a coach may say, see wording, and the authored ones where they do not.
type ModelReader struct {
	model   llm.Model
	context int
	log     *slog.Logger
	secret  []byte
}

// NewModelReader returns a reader that asks m, which can take so many tokens; 0
// is prompts.DefaultContext.
func NewModelReader(m llm.Model, context int, log *slog.Logger) *ModelReader {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	r := &ModelReader{model: m, context: context, log: log, secret: make([]byte, 32)}
	_, _ = rand.Read(r.secret) // never fails
	return r
}

// mostRead bounds what a model may say of a draft, in bytes.
const mostRead = 64 << 10

// repeated is how much of an answer that cannot be used is shown to the model
// again, in bytes.
const repeated = 1200

// Read asks the model once, and once more when the answer is not of the shape
// asked for. The error is CodeUnavailable when it cannot be used even then, or
// that of the call; the built-in readings then stand as they are.
func (r *ModelReader) Read(ctx context.Context, in Input, builtin []Reading) (ModelReading, error) {
	request, asked, ok := prompts.Essay(r.prompt(in, builtin))
	if !ok {
		return ModelReading{}, tutor.Errorf(tutor.CodeInvalid, "the rubric and the task leave a draft no room in the model's context; give a larger MAIEUTIC_LLM_CONTEXT")
	}
	voice := tutor.Voice{Engine: "authored", Model: r.model.Name(), PromptVersion: prompts.EssayVersion}
	var said written
	for attempt := 1; ; attempt++ {
		answer, finish, usage, err := rubric.CollectAnswer(ctx, r.model, request, mostRead)
		voice.PromptTokens, voice.OutputTokens = voice.PromptTokens+usage.Prompt, voice.OutputTokens+usage.Output
		if err != nil {
			return ModelReading{}, err
		}
		if finish != llm.FinishStop {
			return ModelReading{}, tutor.Errorf(tutor.CodeUnavailable, "the model broke off in the middle of a reading")
		}
		said, err = parseReading(answer, asked.Criteria)
		if err == nil || attempt > 1 && len(said.Criteria) > 0 {
			break // what is whole in a second answer is taken
		}
		if attempt > 1 {
			return ModelReading{}, tutor.Errorf(tutor.CodeUnavailable, "the model's reading is not of the shape asked for")
		}
		request = prompts.Repair(request, answer[:min(len(answer), repeated)], err.Error())
	}
	return r.weigh(in, builtin, said, asked.LeftOut, voice)
}

// weigh holds what the model says against the draft and the built-in readings.
func (r *ModelReader) weigh(in Input, builtin []Reading, said written, leftOut int, voice tutor.Voice) (ModelReading, error) {
	draft := newPlaces(in.Work.Draft.Text)
	if len(said.Addresses) > 0 {
		quotes, ok := draft.all(said.Addresses)
		if !ok {
			return ModelReading{}, tutor.Errorf(tutor.CodeUnavailable, "the model quotes what does not stand in the draft")
		}
		// Whoever talks a model round may have talked it into the rest as well.
		return ModelReading{Readings: builtin, Voice: voice, Flags: []tutor.Flag{{Code: tutor.FlagInjection, Quotes: quotes[:min(len(quotes), 20)]}}}, nil
	}
	out := ModelReading{Readings: make([]Reading, len(builtin)), Voice: voice}
	j := joiner{draft: draft, wording: newWording(in, r.nonce(in)), leftOut: leftOut}
	for i, b := range builtin {
		out.Readings[i] = b
		opinion, ok := said.Criteria[b.Criterion.ID]
		if !ok {
			continue
		}
		joined, flag := j.join(b, opinion)
		if flag != nil {
			out.Flags = append(out.Flags, *flag)
		}
		if joined.StrengthText != "" || joined.NextText != "" {
			out.Voice.Engine = "model"
		}
		out.Readings[i] = joined
	}
	r.log.Info("a model has read a draft", "draft", in.Work.Draft.ID, "model", voice.Model, "criteria", len(said.Criteria),
		"void", j.void, "divergent", len(out.Flags), "held_back", j.heldBack, "left_out", leftOut)
	return out, nil
}

// nonce marks other people's words in the prompts of a task: the same for every
// draft of it, so that the beginning of the prompts stays the same.
func (r *ModelReader) nonce(in Input) string {
	mac := hmac.New(sha256.New, r.secret)
	for _, part := range []string{in.Work.Draft.SchoolID, in.Work.Activity.ID, in.Work.Rubric.ID, in.Work.Rubric.Version} {
		mac.Write([]byte(part + "\x00")) // a hash never fails to write
	}
	return hex.EncodeToString(mac.Sum(nil))[:16]
}

// prompt is what the model is told.
func (r *ModelReader) prompt(in Input, builtin []Reading) prompts.EssayInput {
	w := in.Work
	p := prompts.EssayInput{
		Language: speaks(in.Language), ReadingLevel: w.Teaching.ReadingLevel, Instructions: w.Teaching.Instructions,
		Statement: plain(w.Activity.Statement), Text: w.Draft.Text, Nonce: r.nonce(in), Context: r.context,
		For: llm.Party{SchoolID: w.Draft.SchoolID, LearnerID: w.Draft.LearnerID},
	}
	for _, lesson := range w.Sources {
		p.Sources = append(p.Sources, prompts.EssaySource{Title: lesson.Title, Text: plain(lesson.Body)})
	}
	words := newWords(in.Language, w.Draft.ID)
	for _, b := range builtin {
		p.Criteria = append(p.Criteria, b.Criterion)
		if b.Next != nil {
			p.Found = append(p.Found, prompts.EssayFound{Criterion: b.Criterion.ID, Words: words.finding(*b.Next)})
		}
	}
	return p
}
