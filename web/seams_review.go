package web

import (
	"context"

	"maieutic/tutor"
)

// ReviewStore is what the server needs of teachers' word on essays and of what
// students ask about it.
type ReviewStore interface {
	// ReviewQueue returns drafts of a teacher's learners, who needs a person first at the head.
	ReviewQueue(ctx context.Context, viewer tutor.Account, f tutor.ReviewFilter) ([]tutor.ReviewItem, error)
	// ScoreHistory returns every version of the scores of a turn, or of the one score with this id.
	ScoreHistory(ctx context.Context, viewer tutor.Account, id string) ([]tutor.ScoreVersion, error)
	// Publish makes the scores of drafts final for their learners, all or none.
	Publish(ctx context.Context, viewer tutor.Account, draftIDs []string) (tutor.Publishing, error)
	SetPublishPolicy(ctx context.Context, viewer tutor.Account, classID, courseID string, atOnce bool) error
	// PublishPolicies tells which courses with essays of a class publish scores at once.
	PublishPolicies(ctx context.Context, viewer tutor.Account, classID string) (map[string]bool, error)

	OpenAppeal(ctx context.Context, viewer tutor.Account, draftID, scoreID, text string) (tutor.Appeal, error)
	// AnswerAppeal is a CodeConflict when the request has more steps than were seen.
	AnswerAppeal(ctx context.Context, viewer tutor.Account, appealID, text string, seen int) (tutor.Appeal, error)
	CloseAppeal(ctx context.Context, viewer tutor.Account, appealID, text string) (tutor.Appeal, error)
}
