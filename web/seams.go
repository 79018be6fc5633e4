package web

import (
	"context"
	"iter"
	"time"

	"maieutic/dialogue"
	"maieutic/tutor"
)

// Store is what the server needs of the record. The viewer decides what exists:
// whatever a viewer may not see is a CodeNotFound, in one place, for every
// method. Errors are *tutor.Error. Implementations are safe for concurrent use.
type Store interface {
	EssayStore
	AgreementStore
	ReviewStore
	RubricStore

	// AccountByEmail returns an account with its password hash, over all schools.
	AccountByEmail(ctx context.Context, email string) (tutor.Account, string, error)
	// Login records a sign-in under the SHA-256 of its token.
	Login(ctx context.Context, account tutor.Account, tokenHash []byte, expires time.Time) error
	// AccountByToken returns whose token (cookie or bearer) this is, CodeUnauthorized when it is unknown or expired.
	AccountByToken(ctx context.Context, tokenHash []byte) (tutor.Account, error)
	Logout(ctx context.Context, tokenHash []byte) error
	SetLanguage(ctx context.Context, viewer tutor.Account, language string) error

	Courses(ctx context.Context, viewer tutor.Account) ([]tutor.CourseOutline, error)
	Lesson(ctx context.Context, viewer tutor.Account, courseID, lessonID string) (tutor.Lesson, error)

	Sessions(ctx context.Context, viewer tutor.Account, f tutor.SessionFilter) ([]tutor.Session, error)
	Session(ctx context.Context, viewer tutor.Account, id string) (tutor.Session, error)
	// Turns returns the turns after seq, oldest first, with scores and citations.
	Turns(ctx context.Context, viewer tutor.Account, sessionID string, after int64) ([]tutor.Turn, error)

	// Learner returns a student whom the viewer may see.
	Learner(ctx context.Context, viewer tutor.Account, learnerID string) (tutor.Account, error)
	// Skills returns a learner's state on every skill of their courses, in course order, untouched ones too.
	Skills(ctx context.Context, viewer tutor.Account, learnerID string) ([]tutor.LearnerSkill, error)
	// Trail returns the evidence behind one skill, oldest first.
	Trail(ctx context.Context, viewer tutor.Account, learnerID, skillID string) ([]tutor.TrailEntry, error)

	OverrideScore(ctx context.Context, viewer tutor.Account, o tutor.ScoreOverride) (tutor.ScoreChange, error)
	UndoOverride(ctx context.Context, viewer tutor.Account, scoreID string, version int) (tutor.ScoreChange, error)

	Classes(ctx context.Context, viewer tutor.Account) ([]tutor.Class, error)
	// Roster returns each student of a class with what a teacher looks at first.
	Roster(ctx context.Context, viewer tutor.Account, classID string) (tutor.Class, []tutor.RosterEntry, error)
	Assign(ctx context.Context, viewer tutor.Account, a tutor.Assignment) error
	// Teachings returns how a class is spoken to, by course.
	Teachings(ctx context.Context, viewer tutor.Account, classID string) (map[string]tutor.Teaching, error)
	Teach(ctx context.Context, viewer tutor.Account, classID, courseID string, t tutor.Teaching) error

	// ModelUse, SetModelUse and ModelCalls are an administrator's.
	ModelUse(ctx context.Context, viewer tutor.Account) (tutor.ModelUse, error)
	SetModelUse(ctx context.Context, viewer tutor.Account, use tutor.ModelUse) error
	// ModelCalls returns the newest lines of the ledger and what today's calls came to.
	ModelCalls(ctx context.Context, viewer tutor.Account, limit int) ([]tutor.ModelEntry, tutor.ModelDay, error)
}

// Tutor runs sessions. dialogue.Engine is the one implementation; tests put a
// scripted one in its place to hold a turn in mid-air.
type Tutor interface {
	Start(ctx context.Context, learner tutor.Account, activityID string) (tutor.Session, tutor.Choice, error)
	Turn(ctx context.Context, in tutor.TurnInput) iter.Seq2[dialogue.Event, error]
	// Submit hands in a draft of an essay. The same id and text again is the same draft.
	Submit(ctx context.Context, learner tutor.Account, activityID, draftID, text string) (tutor.Draft, error)
}
