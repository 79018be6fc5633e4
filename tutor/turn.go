package tutor

import (
	"encoding/json"
	"time"
)

// TurnInput is what a student did, before anything is known of it.
type TurnInput struct {
	SchoolID  string
	SessionID string
	LearnerID string // must own the session
	ID        string // UUID chosen by the client, unique forever
	Kind      TurnKind
	Text      string
	Lease     time.Duration // how long the caller may take before another may take the turn over
	History   int           // how many earlier turns to load, newest last
}

// TurnStart is the committed beginning of a turn with all that is needed to
// finish it.
type TurnStart struct {
	Session Session // with State
	Turn    Turn    // the student turn as committed
	History []Turn  // earlier turns, oldest first, without scores
	Skills  map[string]SkillState
	// Teaching is that of the learner's class with the course; with several, that
	// of the first by name that says anything.
	Teaching Teaching
	Fence    int64 // token of this lease; FinishTurn refuses an older one
	// Reply is set when the same turn was given before and is answered: there is
	// nothing left to do. Turn then carries its scores.
	Reply *Turn
	// Busy is true when the same turn is being worked on under a live lease.
	Busy bool
}

// TurnOutcome is everything a turn leaves behind. It is written in one
// transaction or not at all.
type TurnOutcome struct {
	SchoolID     string
	SessionID    string
	LearnerID    string
	StudentID    string // id of the student turn
	Fence        int64
	Contribution string
	Scores       []Score
	Evidence     []Evidence   // Seq continues each skill's chain
	Skills       []SkillState // after folding Evidence
	Reply        Turn
	State        json.RawMessage
	Status       SessionStatus
}

// PrecedentQuery asks for answers that teachers have scored.
type PrecedentQuery struct {
	SchoolID   string
	ActivityID string
	Criteria   []string // ids of expectations of the current step
	Text       string   // the answer to compare with
	Limit      int
}

// Precedent is an answer that a teacher has scored.
type Precedent struct {
	Criterion string // id
	Level     string // id of the level the teacher gave
	Value     float64
	Note      string
	Text      string // the learner's words
}

// ErrStale reports that a skill's chain of evidence has grown since it was
// read. Read the states again, fold again and retry.
var ErrStale = &Error{Code: CodeConflict, Message: "the learner's record has changed meanwhile; try again"}
