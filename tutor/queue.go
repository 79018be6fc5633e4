package tutor

import "time"

// ReviewFilter selects drafts for a teacher. Empty fields do not filter.
type ReviewFilter struct {
	ClassID    string
	ActivityID string
	Done       bool // those that are done with too: published, and nobody asks
}

// ReviewWhy is why a draft stands where it stands in a teacher's queue, a code.
type ReviewWhy string

// The reasons, in the order of the queue. A draft stands under the first that
// holds.
const (
	WhyAppeal     ReviewWhy = "appeal"      // the student asks for a review
	WhyHeld       ReviewWhy = "held"        // a person has to look before anything is shown
	WhyFailed     ReviewWhy = "failed"      // there is no feedback, every try failed
	WhyFlagged    ReviewWhy = "flagged"     // something is odd about it
	WhyUnsure     ReviewWhy = "unsure"      // the grader was not sure of a score
	WhyReady      ReviewWhy = "ready"       // scored, waits to be published
	WhyRefused    ReviewWhy = "refused"     // not scored as an essay
	WhySuperseded ReviewWhy = "superseded"  // a later draft is there
	WhyReading    ReviewWhy = "in_progress" // the feedback is not written yet
	WhyDone       ReviewWhy = "done"        // published, nothing is asked
)

// ReviewWhys lists the reasons in the order of the queue.
var ReviewWhys = []ReviewWhy{WhyAppeal, WhyHeld, WhyFailed, WhyFlagged, WhyUnsure, WhyReady, WhyRefused, WhySuperseded, WhyReading, WhyDone}

// UnsureBelow is the confidence of a score under which a person should look. The
// built-in reader has .35 and more where it found what a criterion asks about.
const UnsureBelow = .3

// ReviewItem is one draft in a teacher's queue.
type ReviewItem struct {
	DraftID, SessionID   string
	LearnerID, Learner   string // id and name
	ActivityID, Activity string // id and title
	Number, Words        int    // of the draft
	Latest               bool   // no later draft of the essay is there
	Stage                FeedbackStage
	Refusal              Refusal
	Held                 bool
	Graded               bool
	Flags                []string // codes, each once
	Scores, Overridden   int      // how many scores it has, and how many of them a teacher gave
	Confidence           float64  // the lowest of its machine's scores, 1 without one
	Appeals              int      // open ones
	PublishedAt          time.Time
	PublishedBy          string // name, "" for the policy of a class
	At                   time.Time
}

// Published reports whether the scores are the learner's to see.
func (i ReviewItem) Published() bool { return !i.PublishedAt.IsZero() }

// Publishable reports whether a teacher may publish the draft together with
// others: it is scored, and nothing of it has to be looked at by itself.
func (i ReviewItem) Publishable() bool { return i.Scores > 0 && !i.Held && !i.Published() }

// Why tells why the draft stands where it stands.
func (i ReviewItem) Why() ReviewWhy {
	switch {
	case i.Appeals > 0:
		return WhyAppeal
	case i.Published():
		return WhyDone
	case i.Held:
		return WhyHeld
	case i.Stage == StageFailed:
		return WhyFailed
	case i.Stage != StageReady:
		return WhyReading
	case !i.Latest:
		return WhySuperseded
	case i.Refusal != "":
		return WhyRefused
	case len(i.Flags) > 0:
		return WhyFlagged
	case i.Confidence < UnsureBelow:
		return WhyUnsure
	}
	return WhyReady
}

// Publishing is what came of publishing drafts.
type Publishing struct {
	Published []Publication // each draft that is published now, whoever did it and when
	LeftOut   []LeftOut
}

// LeftOut is a draft that was not published, and why.
type LeftOut struct {
	DraftID string
	Why     ReviewWhy // WhyHeld, WhyReading, WhyFailed or WhyRefused
}

// ScoreVersion is one version of a score as it once held.
type ScoreVersion struct {
	Score
	By string    // name of whoever gave this version or took an override back; "" for a machine
	At time.Time // when it was given
}

// Undone reports whether this version takes an override back.
func (v ScoreVersion) Undone() bool { return v.By != "" && !v.Overridden }
