package web

import (
	"context"

	"maieutic/tutor"
)

// EssayStore is what the server needs of essays. What a viewer may not see is
// not in what it returns: a learner's scores before they are published, other
// people's unfinished work.
type EssayStore interface {
	// EssaySession returns the learner's session on an essay task, "" when there is none yet.
	EssaySession(ctx context.Context, schoolID, learnerID, activityID string) (string, error)
	// Essay returns everything of one essay that the viewer may see.
	Essay(ctx context.Context, viewer tutor.Account, sessionID string) (tutor.Essay, error)
	// EssayOf is Essay by one of its drafts.
	EssayOf(ctx context.Context, viewer tutor.Account, draftID string) (tutor.Essay, error)
	// SaveDraft keeps unfinished work of the viewer's own. It is a CodeConflict when
	// another save came after in.Base.
	SaveDraft(ctx context.Context, viewer tutor.Account, in tutor.SavedDraft) (tutor.SavedDraft, error)
	// Saves returns what the editor has saved of the viewer's own essay, newest first.
	Saves(ctx context.Context, viewer tutor.Account, sessionID string) ([]tutor.SavedDraft, error)
	// SessionProgress returns how far the feedback on each draft of a session is.
	SessionProgress(ctx context.Context, viewer tutor.Account, sessionID string) ([]tutor.FeedbackProgress, error)
}
