package dialogue

import (
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

// tidy gives a draft one form, so that positions in it mean the same to
// everybody: lines end in \n, characters are composed.
func tidy(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.TrimRight(norm.NFC.String(text), " \n\t")
}
