package dialogue

import (
	"context"

	"maieutic/dialogue/coach"
	"maieutic/prompts"
	"maieutic/rubric"
	"maieutic/tutor"
)

// Store is what the engine needs of the record. Errors are *tutor.Error.
// Implementations are safe for concurrent use.
type Store interface {
	// Activity returns one version of an activity; version "" is the current one.
	Activity(ctx context.Context, schoolID, activityID, version string) (tutor.Activity, error)
	// Choices returns what the next-activity choice looks at for a learner.
	Choices(ctx context.Context, learner tutor.Account) (tutor.ChoiceInput, error)
	// CreateSession opens a session with its opening turn, seq 1.
	CreateSession(ctx context.Context, in tutor.NewSession) (tutor.Session, error)
	// BeginTurn commits a student turn and leases it to the caller, in one round
	// trip. The same id and text again returns the same turn (see TurnStart.Reply
	// and Busy; an expired lease is taken over with a higher fence); the same id
	// with another text, and a second turn while one is active, is a CodeConflict.
	// A session that is not open is CodeRefused.
	BeginTurn(ctx context.Context, in tutor.TurnInput) (tutor.TurnStart, error)
	// FinishTurn writes everything a turn leaves behind in one transaction and
	// returns the reply as stored. It is ErrStale when a skill's chain has grown
	// since BeginTurn, and a CodeConflict when the fence is an old one.
	FinishTurn(ctx context.Context, out tutor.TurnOutcome) (tutor.Turn, error)
	// SkillStates returns the states of the named skills; skills never seen are absent.
	SkillStates(ctx context.Context, schoolID, learnerID string, skills []string) (map[string]tutor.SkillState, error)
	// Unfinished returns student turns without a reply whose lease has expired, oldest first.
	Unfinished(ctx context.Context, limit int) ([]tutor.TurnInput, error)
}

// Retriever finds passages of the curriculum. Implementations are safe for
// concurrent use.
type Retriever interface {
	Search(ctx context.Context, q tutor.Query) ([]tutor.Passage, error)
}

// Second gives a second opinion on an answer. *rubric.ModelGrader is one.
// Implementations are safe for concurrent use.
type Second interface {
	Opinion(ctx context.Context, c rubric.Case) (rubric.Opinion, error)
}

// Precedents finds how teachers scored answers to the same question that are
// like this one, the most telling first. Implementations are safe for
// concurrent use.
type Precedents interface {
	Similar(ctx context.Context, q tutor.PrecedentQuery) ([]prompts.Exemplar, error)
}

// Essays is what the engine needs of the record of essays. Errors are
// *tutor.Error. Implementations are safe for concurrent use.
type Essays interface {
	// EssaySession returns the learner's session on an essay task, "" when there is none yet.
	EssaySession(ctx context.Context, schoolID, learnerID, activityID string) (string, error)
	// HandIn commits a draft as a turn of its session, with the job that writes the
	// feedback. The same id and text again is the same draft; the same id with
	// another text is a CodeConflict.
	HandIn(ctx context.Context, d tutor.Draft) (tutor.Draft, error)
	// EssayTalk returns an essay with its drafts and every score, for the tutor.
	EssayTalk(ctx context.Context, schoolID, sessionID string) (tutor.Essay, error)
	// FeedbackWork returns all that the feedback of a job needs; done when it was written before.
	FeedbackWork(ctx context.Context, job tutor.FeedbackJob) (work tutor.FeedbackWork, done bool, err error)
	// Progress notes how far the feedback of a job is.
	Progress(ctx context.Context, job tutor.FeedbackJob, stage tutor.FeedbackStage, criterion, criteria int) error
	// FinishFeedback writes what feedback leaves behind, once, in one transaction.
	FinishFeedback(ctx context.Context, out tutor.FeedbackOutcome) error
}

// Coach reads drafts. *coach.Coach is one. Implementations are safe for
// concurrent use.
type Coach interface {
	// Read returns the feedback on a draft, with the scores in its criteria. It
	// calls progress before each criterion, counted from 1.
	Read(ctx context.Context, in coach.Input, progress func(criterion, criteria int)) (tutor.Feedback, error)
}
