package dialogue

import "maieutic/tutor"

// Event is what a turn tells the page while it runs. Exactly one field is set.
//
// The order is fixed: Ack once, first; then Deltas; then, after the commit,
// Student (the student turn with its scores), Reply, Mastery and Status. A
// repeated turn yields Ack, Student, Reply and Status without deltas.
type Event struct {
	Ack     *Ack
	Delta   *Delta
	Student *tutor.Turn
	Reply   *tutor.Turn
	Mastery []tutor.SkillChange
	Status  *Status
}

// Ack says that the student turn is committed. Turn is as committed, without
// scores, so that other tabs can show it while the reply is on its way.
type Ack struct {
	ID   string // of the student turn
	Seq  int64
	Turn tutor.Turn
}

// Delta is a released piece of the reply. Text is appended to what the same
// attempt has released before; a higher attempt replaces a lower one.
type Delta struct {
	TurnID  string // of the reply
	Attempt int    // from 1
	N       int    // from 0 within the attempt
	Text    string // Markdown
}

// Status is where the session stands after a turn.
type Status struct {
	Session tutor.SessionStatus
	Step    int // of the activity, from 0
	Steps   int
	// WhyEnded is a code when Session is "ended": "turns_used", ...
	WhyEnded string
}
