// Package coach reads a draft of an essay against a rubric and says, criterion by
// criterion, what is good in it and what to work on next: always with the
// learner's own words as evidence, always as a question, never with a sentence
// written for them.
//
// What is found and which level it earns is decided by deterministic code in
// rubric/essay. A language model may read beside it and find the words; whatever
// it quotes is looked up in the draft, and what does not stand there is dropped.
package coach

import (
	"context"
	"log/slog"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"maieutic/rubric"
	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// Input is one draft with all that is needed to read it.
type Input struct {
	Work     tutor.FeedbackWork
	Language string // BCP 47 of the feedback's words; the learner's
}

// Reading is what was found in a draft for one criterion.
type Reading struct {
	Criterion  tutor.RubricCriterion
	Value      float64 // 0..1 on the criterion's scale
	Confidence float64 // 0..1
	Graded     bool    // Value comes from a scorer fitted to graded essays
	Grader     tutor.Grader
	Agreement  rubric.Agreement // of built-in engine and model, "" where one alone has read
	Strength   *essay.Finding
	Next       *essay.Finding // nil when there is nothing to improve
	// Quotes are the evidence of the level; those of Strength and Next when empty.
	Quotes []tutor.Quote
	// Words that a model has found for the two, "" for authored ones.
	StrengthText, NextText string
}

// Grammar finds slips of grammar and spelling in a text. *essay.LanguageTool is
// one. Implementations are safe for concurrent use.
type Grammar interface {
	Check(ctx context.Context, text, language string) ([]essay.Slip, error)
}

// Reader is the model that reads beside the built-in engine. It returns the
// readings as they stand after both, in the same order, and what a teacher should
// look at. An error leaves the built-in readings as they are. Implementations are
// safe for concurrent use.
type Reader interface {
	Read(ctx context.Context, in Input, builtin []Reading) (ModelReading, error)
}

// ModelReading is what a model has added to the built-in readings.
type ModelReading struct {
	Readings []Reading
	Flags    []tutor.Flag
	Voice    tutor.Voice
}

// Scorer is a fitted scorer of essays.
type Scorer interface {
	// Score returns the value of a text on the scale 0..1, and how sure that is.
	Score(text string) (value, confidence float64)
}

// Config is what a coach works with. All of it may be absent.
type Config struct {
	Reader  Reader                             // nil: the built-in engine alone
	Grammar Grammar                            // nil: a few rules of our own
	Decode  func(model []byte) (Scorer, error) // reads a stored scorer; nil: none is used
	Log     *slog.Logger
	NewID   func() string // UUIDs
	// Timeout is how long Grammar and Reader may take, each.
	Timeout time.Duration
}

// Coach reads drafts. It is safe for concurrent use.
type Coach struct{ Config }

// New returns a coach.
func New(c Config) *Coach {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	return &Coach{c}
}

// Read returns the feedback on a draft, with the scores in its criteria. It calls
// progress before each criterion, counted from 1. The same draft and rubric give
// the same feedback, ids and a model's words aside. The only error is that of ctx.
func (c *Coach) Read(ctx context.Context, in Input, progress func(criterion, criteria int)) (tutor.Feedback, error) {
	task := taskOf(in.Work)
	analysis := essay.Analyze(in.Work.Draft.Text, task)
	f := tutor.Feedback{
		DraftID: in.Work.Draft.ID, RubricID: in.Work.Rubric.ID, RubricVersion: in.Work.Rubric.Version,
		Language: speaks(in.Language), Voice: tutor.Voice{Engine: "authored"},
	}
	if refusal := analysis.Refuse(); refusal != "" {
		f.Refusal = refusal
		f.Overview = newWords(f.Language, in.Work.Draft.ID).refusal(refusal, analysis)
		return f, ctx.Err()
	}
	f.Flags = c.flags(analysis)
	if f.Held = held(f.Flags); f.Held {
		// What speaks to the grader is no part of the essay, and earns nothing.
		analysis = essay.Analyze(masked(analysis.Runes, f.Flags), task)
	}
	readings := c.builtin(ctx, in, analysis, progress)
	recut(readings, []rune(in.Work.Draft.Text))
	if c.Reader != nil && !f.Held {
		readings = c.beside(ctx, in, readings, &f)
	}
	f.Outcomes = outcomes(in, readings)
	c.write(&f, in, readings)
	return f, ctx.Err()
}

// beside lets the model read. When it cannot, or comes too late, the built-in
// engine has read the draft already.
func (c *Coach) beside(ctx context.Context, in Input, readings []Reading, f *tutor.Feedback) []Reading {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	model, err := c.Reader.Read(ctx, in, readings)
	if err != nil {
		c.Log.Info("a model did not read a draft", "draft", in.Work.Draft.ID, "code", tutor.ErrorCode(err))
		return readings
	}
	f.Flags = append(f.Flags, model.Flags...)
	f.Held = held(f.Flags)
	f.Voice = model.Voice
	return model.Readings
}

// held says whether a person has to look first: at a draft that speaks to whoever
// scores it.
func held(flags []tutor.Flag) bool {
	for _, f := range flags {
		if f.Code == tutor.FlagInjection {
			return true
		}
	}
	return false
}

// flags are what a teacher should look at, model or not.
func (c *Coach) flags(a *essay.Analysis) []tutor.Flag {
	var flags []tutor.Flag
	if quotes := orders(a); len(quotes) > 0 {
		flags = append(flags, tutor.Flag{Code: tutor.FlagInjection, Quotes: quotes})
	}
	if quotes := a.Misquotes(); len(quotes) > 0 {
		flags = append(flags, tutor.Flag{Code: tutor.FlagQuotation, Quotes: quotes})
	}
	if a.Foreign() {
		flags = append(flags, tutor.Flag{Code: tutor.FlagLanguage})
	} else if a.OffTopic() {
		flags = append(flags, tutor.Flag{Code: tutor.FlagOffTopic})
	}
	return flags
}

// orders are the sentences of a draft that speak to whoever scores it. What two
// neighbours say only together is found, too.
func orders(a *essay.Analysis) []tutor.Quote {
	if !rubric.Addresses(a.Text) { // most drafts, in one look
		return nil
	}
	var quotes []tutor.Quote
	before := false // the sentence before does so by itself
	for i, s := range a.Sentences {
		alone := rubric.Addresses(s.Text)
		switch {
		case alone:
			quotes = append(quotes, a.Quote(s.Span))
		case i > 0 && !before && rubric.Addresses(a.Sentences[i-1].Text+" "+s.Text):
			quotes = append(quotes, a.Quote(essay.Span{Start: a.Sentences[i-1].Start, End: s.End}))
		}
		before = alone
	}
	if len(quotes) == 0 {
		quotes = append(quotes, a.Quote(essay.Span{End: min(len(a.Runes), 300)}))
	}
	return quotes[:min(len(quotes), 20)]
}

// recut takes the words of quotes from the draft as it was handed in: what was
// blanked out for reading stands there again.
func recut(readings []Reading, draft []rune) {
	for _, r := range readings {
		for _, f := range []*essay.Finding{r.Strength, r.Next} {
			if f == nil {
				continue
			}
			f.Quotes = slices.Clone(f.Quotes)
			for i, q := range f.Quotes {
				f.Quotes[i].Text = string(draft[q.Start:q.End])
			}
		}
	}
}

// masked is a text with what speaks to the grader blanked out, place for place.
func masked(text []rune, flags []tutor.Flag) string {
	out := slices.Clone(text)
	for _, f := range flags {
		if f.Code != tutor.FlagInjection {
			continue
		}
		for _, q := range f.Quotes {
			for i := q.Start; i < q.End; i++ {
				out[i] = ' '
			}
		}
	}
	return string(out)
}

// builtin reads every criterion by its aspect.
func (c *Coach) builtin(ctx context.Context, in Input, a *essay.Analysis, progress func(int, int)) []Reading {
	slips := c.slips(ctx, a)
	scored := c.scored(in)
	criteria := in.Work.Rubric.Criteria
	found, times := map[tutor.Aspect]essay.Reading{}, map[tutor.Aspect]int{}
	readings := make([]Reading, len(criteria))
	for i, criterion := range criteria {
		progress(i+1, len(criteria))
		aspect := essay.AspectOf(criterion)
		r, ok := found[aspect]
		if !ok {
			r = a.Read(aspect, slips)
			found[aspect] = r
		}
		readings[i] = Reading{Criterion: criterion, Value: r.Value, Confidence: r.Confidence, Grader: tutor.GraderBuiltin,
			Strength: pick(r.Strengths, times[aspect]), Next: pick(r.Nexts, times[aspect])}
		times[aspect]++ // two criteria of one aspect do not say the same
		scored.into(&readings[i])
		if k, ok := in.Work.Corrections[criterion.ID]; ok {
			readings[i].Value = max(0, min(1, k.Slope*readings[i].Value+k.Shift))
		}
		if top(readings[i]) && readings[i].Next != nil && readings[i].Next.Weight < .5 {
			readings[i].Next = nil
		}
	}
	return readings
}

// pick returns the n-th finding, the last one again when there are fewer.
func pick(findings []essay.Finding, n int) *essay.Finding {
	if len(findings) == 0 {
		return nil
	}
	f := findings[min(n, len(findings)-1)]
	return &f
}

// top reports whether a reading earns the highest level.
func top(r Reading) bool {
	return nearest(r) == r.Criterion.Levels[len(r.Criterion.Levels)-1].ID
}

func nearest(r Reading) string { return r.Criterion.Scale().Nearest(r.Value).ID }

func (c *Coach) slips(ctx context.Context, a *essay.Analysis) []essay.Slip {
	if c.Grammar == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	slips, err := c.Grammar.Check(ctx, a.Text, a.Task.Language)
	if err != nil {
		c.Log.Info("grammar was not checked", "code", tutor.ErrorCode(err))
		return nil
	}
	return slips
}

// scores are the values of fitted scorers by criterion, "" for the whole.
type scores map[string]struct{ value, confidence float64 }

func (c *Coach) scored(in Input) scores {
	out := scores{}
	if c.Decode == nil {
		return out
	}
	for _, stored := range in.Work.Scorers {
		scorer, err := c.Decode(stored.Model)
		if err != nil {
			c.Log.Warn("a fitted scorer cannot be read", "scorer", stored.ID, "code", tutor.ErrorCode(err))
			continue
		}
		value, confidence := scorer.Score(in.Work.Draft.Text)
		out[stored.CriterionID] = struct{ value, confidence float64 }{value, confidence}
	}
	return out
}

// into puts the value of a fitted scorer in the place of the band: that of the
// criterion, or, for a criterion that looks at all of it, that of the whole.
func (s scores) into(r *Reading) {
	got, ok := s[r.Criterion.ID]
	if !ok && essay.AspectOf(r.Criterion) == tutor.AspectOverall {
		got, ok = s[""]
	}
	if ok {
		r.Value, r.Confidence, r.Graded = got.value, got.confidence, true
	}
}

// taskOf is what a draft is held against.
func taskOf(w tutor.FeedbackWork) essay.Task {
	task := essay.Task{Prompt: plain(w.Activity.Statement), Language: w.Activity.Language, Rubric: w.Rubric}
	if w.Activity.Essay != nil {
		task.Words, task.Theses = w.Activity.Essay.Words, w.Activity.Essay.Theses
	}
	for _, l := range w.Sources {
		task.Sources = append(task.Sources, essay.Source{Text: unmarked(l.Body), Citation: tutor.Citation{
			CourseID: l.CourseID, LessonID: l.ID, Lesson: l.Title, End: utf8.RuneCountInString(l.Body)}})
	}
	return task
}
