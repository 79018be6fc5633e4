package dialogue

import (
	"context"
	"strconv"
	"strings"

	"maieutic/dialogue/coach"
	"maieutic/tutor"
)

// How feedback counts as evidence of skills. A formative band says less than a
// grade of a scorer that was fitted to graded essays, and a revision was helped
// by the feedback before it.
const (
	bandReliability = .5
	revisionHints   = 1
	revisionLevels  = 3
)

// WriteFeedback reads the draft of a job and writes the feedback on it. It may be
// called again, by several workers at once: the record takes it once. An error
// says that it should be tried again.
func (e *Engine) WriteFeedback(ctx context.Context, job tutor.FeedbackJob) error {
	if e.Essays == nil || e.Coach == nil {
		return tutor.Errorf(tutor.CodeUnavailable, "This server reads no essays.")
	}
	began := e.Now()
	work, done, err := e.Essays.FeedbackWork(ctx, job)
	if err != nil || done {
		return err
	}
	if err := e.Essays.Progress(ctx, job, tutor.StageReading, 0, len(work.Rubric.Criteria)); err != nil {
		return err
	}
	in := coach.Input{Work: work, Language: work.Session.Language}
	feedback, err := e.Coach.Read(ctx, in, func(criterion, criteria int) {
		// Whoever waits sees it a little later then; the feedback itself is not at risk.
		if err := e.Essays.Progress(ctx, job, tutor.StageCriterion, criterion, criteria); err != nil {
			e.Log.Warn("progress of feedback", "draft", job.DraftID, "code", tutor.ErrorCode(err))
		}
	})
	if err != nil {
		return err
	}
	e.complete(&feedback, work)
	out := tutor.FeedbackOutcome{Job: job, Feedback: feedback, Evidence: draftEvidence(work, feedback), Reply: e.feedbackTurn(work, feedback)}
	if err := e.Essays.FinishFeedback(ctx, out); err != nil {
		return err
	}
	e.Log.Info("feedback", "draft", job.DraftID, "words", work.Draft.Words, "refusal", feedback.Refusal, "held", feedback.Held,
		"criteria", len(feedback.Criteria), "voice", feedback.Voice.Engine, "took", e.Now().Sub(began))
	return nil
}

// complete sets what every feedback has, whoever wrote it.
func (e *Engine) complete(f *tutor.Feedback, work tutor.FeedbackWork) {
	if f.ID == "" {
		f.ID = e.NewID()
	}
	f.DraftID, f.RubricID, f.RubricVersion = work.Draft.ID, work.Rubric.ID, work.Rubric.Version
	for i := range f.Criteria {
		c := &f.Criteria[i]
		if c.Score == nil {
			continue
		}
		if c.Score.ID == "" {
			c.Score.ID = e.NewID()
		}
		c.ScoreID = c.Score.ID
		c.Score.Version, c.Score.TurnID, c.Score.RubricVersion = 1, work.Draft.ID, work.Rubric.Version
	}
}

// draftEvidence is what the scores of a draft say of the skills that their
// criteria are linked with. What is held for a person says nothing until a person
// has spoken: then the override gives it its weight.
func draftEvidence(work tutor.FeedbackWork, f tutor.Feedback) []tutor.Evidence {
	var out []tutor.Evidence
	for _, said := range f.Criteria {
		criterion, ok := work.Rubric.Criterion(said.CriterionID)
		if !ok || said.Score == nil {
			continue
		}
		e := tutor.Evidence{
			ScoreID: said.Score.ID, ItemID: work.Activity.ID + "/" + criterion.ID, Y: said.Score.Value,
			Reliability: said.Score.Confidence, Grader: said.Score.Grader, RubricVersion: work.Rubric.Version, At: work.Draft.At,
		}
		if !f.Graded {
			e.Reliability *= bandReliability
		}
		if f.Held {
			e.Reliability = 0
		}
		if work.Earlier != nil {
			e.Hints, e.HintLevels = revisionHints, revisionLevels
		}
		for _, skill := range criterion.Skills {
			e.SkillID = skill
			out = append(out, e)
		}
	}
	return out
}

// feedbackTurn is the tutor's turn that says that the feedback is there.
func (e *Engine) feedbackTurn(work tutor.FeedbackWork, f tutor.Feedback) tutor.Turn {
	language := baseLanguage(work.Session.Language)
	book := &phrasebook{catalogue: essayCatalogues[language], seed: work.Draft.ID, said: map[string]int{}}
	text := f.Overview
	if f.Refusal == "" {
		text = strings.TrimSpace(book.say("essay.ready", map[string]string{"number": strconv.Itoa(work.Draft.Number)}) + "\n\n" + text)
	}
	return tutor.Turn{
		SessionID: work.Session.ID, ID: e.NewID(), Author: tutor.AuthorTutor, Kind: tutor.TurnSay, Move: tutor.MoveFeedback,
		Target: "draft:" + strconv.Itoa(work.Draft.Number), Reason: string(f.Refusal), Text: text, Voice: f.Voice, At: e.Now(),
	}
}
