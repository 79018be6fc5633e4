package dialogue

import (
	"time"

	"maieutic/rubric"
	"maieutic/tutor"
)

// Kind is what a learner's turn is taken for. It is stored with the turn.
type Kind string

// The kinds of contribution.
const (
	KindAssertion   Kind = "assertion"
	KindQuestion    Kind = "question"
	KindIdk         Kind = "idk"
	KindHelp        Kind = "help_request"
	KindUncertainty Kind = "uncertainty"
	KindAffect      Kind = "affect"
	KindMeta        Kind = "meta"
	KindOffTask     Kind = "off_task"
	KindEmpty       Kind = "empty"
	KindGaming      Kind = "gaming"
)

// Contribution is what the classifier makes of a learner's turn before it is
// graded. Answer and Question may both hold: the answer is graded, the question
// answered.
type Contribution struct {
	Kind      Kind
	Cue       string // which list of cues it matched: "stop", "distress", "meta_who", ...
	Answer    bool   // holds something to grade
	Tentative bool   // may be an answer: grading counts only in the learner's favour
	Question  bool   // holds a question of the learner's own
	Topic     string // fingerprint of that question
}

// Finding is what grading says of one expectation.
type Finding struct {
	Key          string  // "step/expectation"
	Value        float64 // 0..1
	Confidence   float64 // 0..1
	Contradicted bool
	Note         string // of an exact answer: "wrong_form", "sign", "unparsed", ...
	Quotes       []tutor.Quote
	Grader       tutor.Grader     // whose word it is, "" for the built-in grader's
	Agreement    rubric.Agreement // with a second grader
	Accepted     bool             // said well enough to go on, on a second grader's word
}

// sure is the confidence from which a learner is told that an answer is not
// right: at a chance of three tenths that it is. Between that and covered the
// grader is unsure, and asks.
const sure = 0.4

// likely is the confidence from which an idea counts as said: at a chance of six
// tenths, for to ask again for what was said costs more than to go on.
const likely = 0.2

// near is the value from which an answer counts as partly right.
const near = 0.5

func (f Finding) covers() bool {
	return f.Accepted || f.Value >= covered && f.Confidence >= likely && !f.Contradicted
}

// Grade is what grading says of a whole turn.
type Grade struct {
	Findings []Finding          // of the current step, in authored order
	Early    []Finding          // of later steps, only those that cover
	Suspects map[string]float64 // confidence by misconception target
	Sub      *Finding           // of the pending sub-question, nil without one
	Attempt  bool               // the turn can be read as an answer
	Print    string             // fingerprint of the answer, to know it again
}

// Input is all that the policy learns of a turn.
type Input struct {
	Contribution Contribution
	Grade        *Grade        // nil when nothing was graded
	Elapsed      time.Duration // since the tutor's last turn
	Words        int           // in that turn
}

// Outcome is how an answer did.
type Outcome string

// The outcomes. OutcomeRight means that the answer covered something new.
const (
	OutcomeNone   Outcome = ""
	OutcomeRight  Outcome = "right"
	OutcomePartly Outcome = "partly"
	OutcomeUnsure Outcome = "unsure"
	OutcomeWrong  Outcome = "wrong"
	OutcomeUnread Outcome = "unread" // not readable as the answer that was asked for
	OutcomeAhead  Outcome = "ahead"  // right for a later step
)

// Heard is a turn as the policy understood it.
type Heard struct {
	Contribution
	Outcome Outcome
	Sub     Outcome  // of the pending sub-question: none, right, unsure or wrong
	Covered []string // expectations covered by this turn, of any step
	Target  string   // the expectation the turn was measured against
	Note    string
	Opposed bool   // the turn says the opposite of its target
	Active  string // strongest misconception shown, a target
	Repeat  bool   // the same wrong answer again
}
