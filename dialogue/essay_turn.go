package dialogue

import (
	"context"
	"errors"

	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// talkEssay answers a turn of a talk about an essay. The coach speaks authored
// words; the talk leaves neither scores nor evidence, since a sentence that was
// tried in a talk with help shows less than the draft it goes into.
func (t *turn) talkEssay(ctx context.Context, out *outlet) error {
	if t.Essays == nil {
		return tutor.Errorf(tutor.CodeUnavailable, "This server takes no essays.")
	}
	record, err := t.Essays.EssayTalk(ctx, t.start.Session.SchoolID, t.in.SessionID)
	if err != nil {
		return err
	}
	if t.before, err = ParseState(t.start.Session.State); err != nil {
		return err
	}
	text := t.start.Turn.Text
	scene := sceneOf(record, text)
	before := t.before.renewed(scene.Drafts)
	t.contribution = Classify(t.start.Turn.Kind, text, t.start.Session.Language)
	d := decideEssay(scene, before, t.contribution, essayCue(text, t.start.Session.Language))
	words := t.essayWords(ctx, scene, before, d)
	after := didEssay(before, d)
	after.Said = words.said

	session := t.start.Session
	t.reply = tutor.Turn{
		SessionID: session.ID, ID: t.NewID(), Author: tutor.AuthorTutor, Kind: tutor.TurnSay, Move: string(d.Move), Target: d.target(),
		Reason: d.Reason, HintLevel: d.Level, Text: words.text, Citations: words.citations, Voice: tutor.Voice{Engine: "authored"}, At: t.Now(),
	}
	if d.Point != nil {
		t.reply.TargetTitle = scene.Titles[d.Point.CriterionID]
	}
	out.send(Event{Delta: &Delta{TurnID: t.reply.ID, Attempt: 1, Text: t.reply.Text}})
	student := t.start.Turn
	student.Contribution = string(t.contribution.Kind)
	outcome := tutor.TurnOutcome{
		SchoolID: session.SchoolID, SessionID: t.in.SessionID, LearnerID: t.in.LearnerID, StudentID: student.ID,
		Fence: t.start.Fence, Contribution: student.Contribution, Reply: t.reply, State: after.JSON(), Status: d.Status,
	}
	for try := 1; ; try++ {
		reply, err := t.Store.FinishTurn(ctx, outcome)
		if err == nil {
			t.reply = reply
			break
		}
		// An override of a score does not touch a turn without evidence.
		if !errors.Is(err, tutor.ErrStale) || try == finishTries {
			return err
		}
	}
	out.send(Event{Student: &student})
	out.send(Event{Reply: &t.reply})
	status := &Status{Session: d.Status}
	if d.Status == tutor.SessionEnded {
		status.WhyEnded = d.Reason
	}
	out.send(Event{Status: status})
	t.Log.Info("turn", "session", t.in.SessionID, "turn", t.in.ID, "contribution", t.contribution.Kind, "move", d.Move,
		"voice", t.reply.Voice.Engine, "took", t.Now().Sub(t.began))
	return nil
}

// essayCue tells what of an essay a learner wants that the classifier does not
// know: "write" for somebody else to write it, "argue" against what was said, ""
// for neither.
func essayCue(text, language string) string {
	said := fold(text)
	for _, l := range languageOrder(language) {
		switch {
		case contains(said, cueLists[l]["essay_write"]):
			return "write"
		case contains(said, cueLists[l]["essay_argue"]):
			return "argue"
		}
	}
	return ""
}

// sceneOf is what the policy sees of an essay: the newest feedback there is, and
// whether a newer draft waits to be read.
func sceneOf(e tutor.Essay, text string) essayScene {
	sc := essayScene{Drafts: len(e.Drafts), Text: text, Aspects: map[string]tutor.Aspect{}, Titles: map[string]string{},
		Task: essay.Task{Prompt: e.Activity.Statement, Language: e.Activity.Language}}
	if n := len(e.Drafts); n > 0 {
		last := e.Drafts[n-1]
		sc.Waiting = last.Feedback == nil && last.Progress.Stage != tutor.StageFailed
		if last.Feedback != nil {
			for _, c := range last.Feedback.Criteria {
				criterion, ok := last.Rubric.Criterion(c.CriterionID)
				if !ok {
					continue
				}
				sc.Aspects[c.CriterionID], sc.Titles[c.CriterionID] = essay.AspectOf(criterion), criterion.Title
				if c.Next != nil {
					sc.Points = append(sc.Points, *c.Next)
				}
			}
			if last.Feedback.Refusal != "" { // there is no essay to talk about yet
				sc.Drafts = 0
			}
		}
	}
	return sc
}
