package tutor

import (
	"encoding/json"
	"time"
)

// SessionStatus says whether a session takes turns.
type SessionStatus string

// The states of a session. Running out of turns is "ended", never "mastered".
const (
	SessionOpen     SessionStatus = "open"
	SessionMastered SessionStatus = "mastered"
	SessionEnded    SessionStatus = "ended"
)

// Session is one learner in one activity.
type Session struct {
	ID              string // UUID
	SchoolID        string
	LearnerID       string
	LearnerName     string
	ActivityID      string
	ActivityVersion string
	ActivityTitle   string
	Kind            ActivityKind // of the activity
	CourseID        string
	Language        string // of the tutor's words
	Epoch           string // changes when the record a client may hold is no longer ours
	Seq             int64  // of the latest turn
	Status          SessionStatus
	Why             string          // code of the reason it was chosen, see Choice; "" when the learner chose
	State           json.RawMessage // dialogue state after the latest finished turn; opaque outside dialogue
	StartedAt       time.Time
	UpdatedAt       time.Time
}

// NewSession is what it takes to open a session: the opening tutor turn and the
// dialogue state go in with it.
type NewSession struct {
	Session Session
	Opening Turn
}

// SessionFilter selects sessions. Empty fields do not filter.
type SessionFilter struct {
	LearnerID  string
	ClassID    string
	ActivityID string
	Status     SessionStatus
	Before     time.Time // UpdatedAt strictly before; zero for the newest
	BeforeID   string    // id of the session with UpdatedAt Before; with it the page goes on after that session, so that none of the same instant is missed
	Limit      int       // 1..100, 0 for 20
}

// Author says who made a turn.
type Author string

// The authors of turns.
const (
	AuthorStudent Author = "student"
	AuthorTutor   Author = "tutor"
	AuthorTeacher Author = "teacher"
)

// TurnKind says what a student did.
type TurnKind string

// A student says something, asks for a hint, or hands in a draft of an essay,
// whose words stand with the draft and not in the turn. Tutor and teacher turns
// always say.
const (
	TurnSay   TurnKind = "say"
	TurnHint  TurnKind = "hint"
	TurnDraft TurnKind = "draft"
)

// Turn is one utterance. Turns are appended and never edited; only the scores
// attached to one change, by further rows.
type Turn struct {
	SessionID    string
	Seq          int64
	ID           string // UUID, unique forever
	Author       Author
	Kind         TurnKind
	Text         string // Markdown by the tutor, plain text by a student
	Contribution string // what a student turn was taken for: "assertion", "question", ...
	Move         string // what a tutor turn does: "pump", "hint", ...
	Target       string // what it is about: "step/expectation", "misconception:step/id", ...
	TargetTitle  string // the same in words, for the teacher
	Reason       string // why the policy chose the move, a code
	HintLevel    int    // rung of the ladder a tutor turn stood on
	Scores       []Score
	Citations    []Citation
	Voice        Voice
	At           time.Time
}

// Voice says who found the words of a tutor turn.
type Voice struct {
	Engine        string // "authored" or "model"
	Model         string // name at the provider
	PromptVersion string
	PromptTokens  int
	OutputTokens  int
	// Prompt is the last message a model was given and Words what was said, without
	// a question put after them: the next prompt of the session repeats both. ""
	// where no model was asked.
	Prompt, Words string
}

// Level is one rung of a criterion's scale.
type Level struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Points float64 `json:"points"`
}

// Criterion is what a score is about. Levels run from lowest to highest.
type Criterion struct {
	ID     string
	Title  string
	Levels []Level
}

// Value returns the share of the criterion's points that a level earns, 0..1,
// and false when the criterion has no such level.
func (c Criterion) Value(levelID string) (float64, bool) {
	if len(c.Levels) == 0 {
		return 0, false
	}
	low, high := c.Levels[0].Points, c.Levels[len(c.Levels)-1].Points
	for _, l := range c.Levels {
		if l.ID == levelID && high > low {
			return (l.Points - low) / (high - low), true
		}
	}
	return 0, false
}

// Nearest returns the level whose value is closest to v, the lower one on a tie.
func (c Criterion) Nearest(v float64) Level {
	best, bestDistance := Level{}, 2.0
	for _, l := range c.Levels {
		value, _ := c.Value(l.ID)
		distance := value - v
		if distance < 0 {
			distance = -distance
		}
		if distance < bestDistance {
			best, bestDistance = l, distance
		}
	}
	return best
}

// Grader says who gave a score.
type Grader string

// The graders. A teacher's score is never overwritten by a machine's.
const (
	GraderBuiltin Grader = "builtin"
	GraderModel   Grader = "model"
	GraderTeacher Grader = "teacher"
)

// Quote is evidence in the learner's own words. Start and End count code points
// of the turn's text, half open, and Text is exactly what stands there.
type Quote struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Score is a criterion's level for one turn. ID stays the same over overrides,
// Version counts them from 1.
type Score struct {
	ID            string // UUID
	Version       int
	TurnID        string
	Criterion     Criterion
	Level         Level
	Value         float64 // 0..1
	Grader        Grader
	Confidence    float64 // 0..1, calibrated as far as the grader can
	Quotes        []Quote
	Overridden    bool
	OverriddenBy  string // name of the teacher, "" when not overridden
	Reason        OverrideReason
	Note          string
	RubricVersion string
	Agreement     string // of two graders: "", "agreed", "decided" or "disagreed", see rubric.Agreement
	PromptVersion string // of what the model was asked, "" where none had a say
}

// OverrideReason is why a teacher overruled a score.
type OverrideReason string

// The reasons a teacher may give.
const (
	ReasonMisread        OverrideReason = "misread"
	ReasonTooStrict      OverrideReason = "too_strict"
	ReasonTooLenient     OverrideReason = "too_lenient"
	ReasonEvidenceMissed OverrideReason = "evidence_missed"
	ReasonRubric         OverrideReason = "rubric"
	ReasonOther          OverrideReason = "other"
)

// OverrideReasons lists the reasons in the order a form shows them.
var OverrideReasons = []OverrideReason{
	ReasonMisread, ReasonTooStrict, ReasonTooLenient, ReasonEvidenceMissed, ReasonRubric, ReasonOther,
}

// ScoreOverride is a teacher's word on a score. Version is the one the teacher
// looked at; a newer one is a CodeConflict.
type ScoreOverride struct {
	ScoreID string
	Version int
	LevelID string
	Reason  OverrideReason
	Note    string  // up to 2,000 characters
	Quotes  []Quote // what it rests on instead of the machine's quotes; nil keeps those
}

// ScoreChange is what an override or its undo did.
type ScoreChange struct {
	Score  Score
	Skills []SkillChange
}

// SkillChange is the mastery of one skill before and after something happened.
type SkillChange struct {
	SkillID string
	Title   string
	Before  float64
	After   SkillState
	Why     string // code: "correct", "partial", "wrong", "aided", "override", ...
}
