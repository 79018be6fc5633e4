package dialogue

import (
	"cmp"
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// Submit hands in a draft of an essay, opening its session when there is none
// yet. ID is a UUID chosen by the client: the same one with the same text again
// is the same draft. The feedback is written later, see the store's jobs.
func (e *Engine) Submit(ctx context.Context, learner tutor.Account, activityID, id, text string) (tutor.Draft, error) {
	if e.Essays == nil {
		return tutor.Draft{}, tutor.Errorf(tutor.CodeUnavailable, "This server takes no essays.")
	}
	text = tidy(text)
	a, err := e.Store.Activity(ctx, learner.SchoolID, activityID, "")
	if err != nil {
		return tutor.Draft{}, err
	}
	if a.Kind != tutor.ActivityEssay || a.Essay == nil {
		return tutor.Draft{}, tutor.Errorf(tutor.CodeInvalid, "This activity is not an essay; start a talk on it instead.")
	}
	session, err := e.Essays.EssaySession(ctx, learner.SchoolID, learner.ID, activityID)
	if err != nil {
		return tutor.Draft{}, err
	}
	if session == "" {
		opened, _, err := e.Start(ctx, learner, activityID)
		if err != nil {
			return tutor.Draft{}, err
		}
		session = opened.ID
	}
	return e.Essays.HandIn(ctx, tutor.Draft{
		ID: id, SchoolID: learner.SchoolID, SessionID: session, LearnerID: learner.ID, ActivityID: activityID,
		Text: text, Words: essay.CountWords(text), RubricID: a.Essay.RubricID,
	})
}

// startEssay opens the session of an essay, or returns the one there is: all
// drafts of a task belong together, and so does the talk about them.
func (e *Engine) startEssay(ctx context.Context, a tutor.Activity, learner tutor.Account, choice tutor.Choice) (tutor.Session, error) {
	if e.Essays == nil {
		return tutor.Session{}, tutor.Errorf(tutor.CodeUnavailable, "This server takes no essays.")
	}
	id, err := e.Essays.EssaySession(ctx, learner.SchoolID, learner.ID, a.ID)
	if err != nil {
		return tutor.Session{}, err
	}
	if id != "" {
		essay, err := e.Essays.EssayTalk(ctx, learner.SchoolID, id)
		return essay.Session, err
	}
	language, now := cmp.Or(learner.Language, a.Language), e.Now()
	session := tutor.Session{
		ID: e.NewID(), SchoolID: learner.SchoolID, LearnerID: learner.ID, LearnerName: learner.Name,
		ActivityID: a.ID, ActivityVersion: a.Version, ActivityTitle: a.Title, Kind: a.Kind, CourseID: a.CourseID,
		Language: language, Epoch: e.NewID(), Seq: 1, Status: tutor.SessionOpen, Why: string(choice.Reason), StartedAt: now, UpdatedAt: now,
	}
	state := State{Said: map[string]int{}, Nonce: e.nonce(session.ID)}
	book := &phrasebook{catalogue: essayCatalogues[baseLanguage(language)], seed: session.ID, said: state.Said}
	opening := tutor.Turn{
		SessionID: session.ID, ID: e.NewID(), Seq: 1, Author: tutor.AuthorTutor, Kind: tutor.TurnSay, Move: string(MoveAsk), Reason: "opening",
		Text: book.say("essay.open", map[string]string{"name": firstName(learner.Name)}), Voice: tutor.Voice{Engine: "authored"}, At: now,
	}
	session.State = state.JSON()
	return e.Store.CreateSession(ctx, tutor.NewSession{Session: session, Opening: opening})
}

// tidy gives a draft one form, so that positions in it mean the same to
// everybody: lines end in \n, characters are composed.
func tidy(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.TrimRight(norm.NFC.String(text), " \n\t")
}
