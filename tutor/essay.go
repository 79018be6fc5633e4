package tutor

import "time"

// An essay is a session on an activity of kind ActivityEssay. Handing a draft in
// is a student turn of kind TurnDraft, so that drafts, talk, scores and overrides
// stand in one log; the draft's id is the turn's, its words stand in Draft.

// EssayTask is what an activity of kind ActivityEssay asks for, beside its
// Statement, which is the prompt.
type EssayTask struct {
	RubricID string    // of the rubric in use
	Words    WordRange // how long a draft should be; advice, never a refusal
	Sources  []string  // lessons of the course that the essay is to use
	Theses   []string  // positions one may take, plain sentences; help for the coach, never shown
}

// WordRange is how many words are asked for. 0 is no bound.
type WordRange struct{ Least, Most int }

// MoveFeedback is the move of the turn that says that feedback is there.
const MoveFeedback = "feedback"

// MaxDraftRunes is how long a draft may be, in code points.
const MaxDraftRunes = 200_000

// Draft is one version of an essay as it was handed in. It never changes.
type Draft struct {
	ID            string // UUID, chosen by the client, unique forever; also the id of its turn
	SchoolID      string
	SessionID     string
	LearnerID     string
	ActivityID    string
	Number        int    // from 1 within the session
	Text          string // plain text, lines end in \n
	Words         int    // by Unicode word boundaries
	RubricID      string
	RubricVersion string // the one current when it was handed in
	At            time.Time
}

// FeedbackStage is how far the feedback on a draft is.
type FeedbackStage string

// The stages of feedback, in order. StageFailed is final too: every try failed,
// and a person has to look.
const (
	StageQueued    FeedbackStage = "queued"
	StageReading   FeedbackStage = "reading"
	StageCriterion FeedbackStage = "criterion"
	StageReady     FeedbackStage = "ready"
	StageFailed    FeedbackStage = "failed"
)

// FeedbackProgress is how far the feedback on a draft is.
type FeedbackProgress struct {
	DraftID   string        `json:"draft_id"`
	Number    int           `json:"number"` // of the draft
	Stage     FeedbackStage `json:"stage"`
	Criterion int           `json:"criterion,omitempty"` // from 1, in StageCriterion
	Criteria  int           `json:"criteria,omitempty"`
}

// Refusal is why a draft is not scored as an essay.
type Refusal string

// The refusals.
const (
	RefusalBlank       Refusal = "blank"
	RefusalCopied      Refusal = "copied"       // the prompt or a source, and hardly anything else
	RefusalGibberish   Refusal = "gibberish"    // no words of a language, or the same ones again and again
	RefusalOneSentence Refusal = "one_sentence" // not enough to be an essay
)

// Feedback is what the coach says of one draft by one version of a rubric. There
// is exactly one for each pair. It never changes.
type Feedback struct {
	ID            string // UUID
	DraftID       string
	RubricID      string
	RubricVersion string
	Language      string
	Refusal       Refusal // "" for a draft that is scored; with one there are no criteria
	Overview      string  // Markdown: what stands out in two or three sentences, or the kind word of a refusal
	Complete      bool    // nothing to improve is left
	Graded        bool    // levels come from a scorer fitted to graded essays; else they are formative bands
	Held          bool    // a person has to look before the learner sees anything of the scores
	Flags         []Flag
	Criteria      []CriterionFeedback // in the rubric's order
	Outcomes      []PointOutcome      // what became of the points of the draft before; empty for a first draft
	Voice         Voice
	Created       time.Time
}

// Flag is something a teacher should look at.
type Flag struct {
	Code        string  `json:"code"`                   // FlagInjection, ...
	CriterionID string  `json:"criterion_id,omitempty"` // "" for the draft as a whole
	Quotes      []Quote `json:"quotes,omitempty"`
	Detail      string  `json:"detail,omitempty"` // numbers and codes, never words of the learner
}

// The flags.
const (
	FlagInjection  = "injection"  // the draft speaks to the grader
	FlagDivergence = "divergence" // built-in and model are more than a level apart
	FlagOffTopic   = "off_topic"
	FlagLanguage   = "language"  // another language than the task's
	FlagQuotation  = "quotation" // quotes the reading with words that do not stand there
)

// CriterionFeedback is what is said of one criterion.
type CriterionFeedback struct {
	CriterionID string `json:"criterion_id"`
	ScoreID     string `json:"score_id,omitempty"` // UUID; set by the coach, kept by the store where the criterion has a score already
	// Score is the criterion's score of the draft, in the version that holds. Its
	// Quotes are the evidence. Nil where it is withheld from the viewer. It is kept
	// with the scores, not with the feedback.
	Score    *Score `json:"-"`
	Strength *Point `json:"strength,omitempty"`
	Next     *Point `json:"next,omitempty"` // nil when there is nothing to improve
}

// PointKind tells what is good from what to work on.
type PointKind string

// The kinds of point.
const (
	PointStrength PointKind = "strength"
	PointNext     PointKind = "next"
)

// Point is one remark on a draft. A next step is a question.
type Point struct {
	ID          string    `json:"id"` // UUID
	CriterionID string    `json:"criterion_id"`
	Kind        PointKind `json:"kind"`
	Finding     string    `json:"finding"` // code of what was found, "thesis.missing"
	Text        string    `json:"text"`    // Markdown; no sentence of the learner rewritten
	Quotes      []Quote   `json:"quotes"`  // in code points of the draft; may be empty when something is missing
	Citation    *Citation `json:"citation,omitempty"`
}

// Fate is what became of a point in the next draft.
type Fate string

// The fates.
const (
	FateAddressed Fate = "addressed"
	FatePartly    Fate = "partly"
	FateUntouched Fate = "untouched"
	FateWorse     Fate = "worse"
)

// PointOutcome is what became of one point of the feedback on the draft before.
type PointOutcome struct {
	PointID     string  `json:"point_id"`
	CriterionID string  `json:"criterion_id"`
	Fate        Fate    `json:"fate"`
	Before      []Quote `json:"before,omitempty"` // in the earlier draft
	After       []Quote `json:"after,omitempty"`  // aligned, in the later draft
}

// SavedDraft is work that is not handed in yet, as the editor saves it.
type SavedDraft struct {
	SessionID string
	Text      string
	Revision  int64 // counts the saves of the session from 1
	Base      int64 // the revision that the editor began with; another one since is a CodeConflict
	At        time.Time
}

// Essay is everything of one essay that a viewer may see.
type Essay struct {
	Session  Session
	Activity Activity
	Rubric   Rubric       // current version
	Saved    *SavedDraft  // newest; nil for other viewers than the learner
	Drafts   []EssayDraft // oldest first
}

// EssayDraft is a draft with what came of it.
type EssayDraft struct {
	Draft     Draft
	Rubric    Rubric // of the feedback, or of the draft before there is any
	Progress  FeedbackProgress
	Feedback  *Feedback // nil until ready; without scores that are withheld from the viewer
	Published *Publication
	Appeals   []Appeal
}

// Publication makes the scores of a draft final for the learner.
type Publication struct {
	DraftID string
	By      string // name; "" for a class policy
	At      time.Time
}

// AppealStatus is where a request for review stands.
type AppealStatus string

// The states of an appeal.
const (
	AppealOpen     AppealStatus = "open"
	AppealAnswered AppealStatus = "answered"
	AppealClosed   AppealStatus = "closed"
)

// Appeal is a student's request that a person looks at one criterion again.
type Appeal struct {
	ID          string // UUID
	DraftID     string
	ScoreID     string
	CriterionID string
	Status      AppealStatus
	Steps       []AppealStep // oldest first
}

// AppealStep is one entry of an appeal. The log is appended, never edited.
type AppealStep struct {
	By     string // name
	ByID   string
	Status AppealStatus // after this step
	Text   string       // up to 2,000 characters
	At     time.Time
}

// FeedbackJob asks for feedback on a draft by a version of a rubric.
type FeedbackJob struct {
	SchoolID      string `json:"school_id"`
	DraftID       string `json:"draft_id"`
	RubricVersion string `json:"rubric_version"`
}

// FeedbackWork is all that a job needs.
type FeedbackWork struct {
	Draft    Draft
	Session  Session
	Activity Activity
	Rubric   Rubric
	Sources  []Lesson // that the task assigns, in its order
	Earlier  *EssayDraft
	Scorers  []EssayScorer // fitted, current, of this task and this rubric's structure
	Teaching Teaching
	// Corrections that a teacher accepted, by criterion.
	Corrections map[string]Correction
}

// EssayScorer is a fitted scorer as it is stored.
type EssayScorer struct {
	ID          string // UUID
	ActivityID  string
	CriterionID string // "" for one score of the whole essay
	Structure   string // of the rubric whose levels it predicts
	Model       []byte // opaque outside rubric/essay
	Essays      int    // that it was fitted to
	QWK         float64
	Low, High   float64 // interval of QWK, 95 %
	At          time.Time
}

// Correction maps a machine's value for a criterion to what teachers gave,
// linear: Slope*value + Shift, cut to 0..1.
type Correction struct {
	ID          string
	ActivityID  string
	CriterionID string
	Structure   string
	Slope       float64
	Shift       float64
	Overrides   int     // that it rests on
	Before      float64 // QWK without it, cross-validated
	After       float64 // QWK with it, cross-validated
	AcceptedBy  string  // name; "" while it is only offered
	At          time.Time
}

// FeedbackOutcome is everything that feedback leaves behind, written in one
// transaction or not at all. The scores stand in Feedback.Criteria.
type FeedbackOutcome struct {
	Job      FeedbackJob
	Feedback Feedback
	Evidence []Evidence // without Seq, which the store gives
	Reply    Turn       // the tutor's turn that says the feedback is there
}
