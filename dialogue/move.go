package dialogue

import "maieutic/tutor"

// Move is what a tutor turn does.
type Move string

// The moves. The ladder runs pump, hint, prompt, assertion; an assertion asks
// the learner to restate, and a check follows it.
const (
	MoveAsk       Move = "ask"        // a step's question, opening the session
	MovePump      Move = "pump"       // asks for more without giving anything
	MoveHint      Move = "hint"       // a rung of the ladder that points, names the rule or works an example
	MovePrompt    Move = "prompt"     // a sentence with a gap to fill
	MoveAssert    Move = "assertion"  // tells, and asks the learner to restate
	MoveCheck     Move = "check"      // the same idea on another item, after an assertion
	MoveCorrect   Move = "correction" // leads out of a misconception, with a repair question
	MoveAnswer    Move = "answer"     // answers the learner's own question, then returns to the pending one
	MoveRedirect  Move = "redirect"   // brings the talk back
	MoveEncourage Move = "encourage"  // answers a feeling or a silence, then returns to the pending question
	MoveConfirm   Move = "confirm"    // a step is complete; asks the next one
	MoveLeave     Move = "move_on"    // leaves a target open and goes on
	MoveSummary   Move = "summary"    // the activity is mastered
	MoveClose     Move = "close"      // the session ends without mastery
)

// Feedback is what a tutor turn first says of the learner's contribution.
type Feedback string

// The kinds of feedback.
const (
	FeedbackNone     Feedback = ""
	FeedbackRight    Feedback = "right"      // the step is complete
	FeedbackPart     Feedback = "part_right" // an idea is covered, more is to come
	FeedbackPartly   Feedback = "partly"     // near to it
	FeedbackUnsure   Feedback = "unsure"     // the grader cannot tell
	FeedbackNotYet   Feedback = "not_yet"
	FeedbackRepeat   Feedback = "repeated" // the same wrong answer again
	FeedbackNote     Feedback = "note"     // not yet, for the reason in Decision.Note
	FeedbackAhead    Feedback = "ahead"    // right, for a later step
	FeedbackRepaired Feedback = "repaired"
	FeedbackSubRight Feedback = "sub_right" // the sub-question is answered
	FeedbackSubWrong Feedback = "sub_wrong"
)

// PendingKind says what kind of question waits for an answer.
type PendingKind string

// The kinds of pending question. Answers to scaffolds and repair questions are
// never coverage and never evidence.
const (
	PendingStep     PendingKind = "step"        // the step's own question
	PendingIdea     PendingKind = "expectation" // after a pump or a hint
	PendingCloze    PendingKind = "cloze"
	PendingRestate  PendingKind = "restatement" // after an assertion
	PendingRepair   PendingKind = "repair"
	PendingScaffold PendingKind = "scaffold"
	PendingCheck    PendingKind = "check"
)

// Pending is the question that waits for an answer. A question of the learner's
// own never consumes it.
type Pending struct {
	Kind   PendingKind `json:"kind"`
	Target string      `json:"target"`          // see Decision.Target
	Level  int         `json:"level,omitempty"` // rung of a scaffold or cloze
	Tries  int         `json:"tries,omitempty"` // answers to it that did not do
}

// sub reports whether the pending question has an answer of its own, other than
// the step's.
func (p Pending) sub() bool {
	return p.Kind == PendingRepair || p.Kind == PendingScaffold || p.Kind == PendingCheck
}

// Decision is what the policy chose. The voice finds the words for it and may
// change nothing of it.
//
// Target is "step/expectation", "misconception:step/id", "check:step",
// "question:hash" for a question of the learner's own, or a step's id.
type Decision struct {
	Move     Move
	Target   string
	Reason   string // a code
	Level    int    // rung of the target's ladder, 0 for none
	Feedback Feedback
	Note     string // of the grader, with FeedbackNote
	Aside    bool   // a question of the learner's own is answered on the way
	Told     bool   // the answer to a sub-question is told first
	Done     int    // the step that has just been completed or left, -1 for none
	Next     int    // the step the session stands on afterwards
	Pending  Pending
	Status   tutor.SessionStatus
	WhyEnded string
}

// same reports whether two decisions would make the same turn: a rung further
// up the ladder is another one.
func (d Decision) same(last Last) bool {
	return d.Move == last.Move && d.Target == last.Target && d.Level == last.Level
}
