package dialogue

import (
	"slices"
	"strings"

	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// The policy of a talk about an essay. The coach asks about the draft, points to
// a place in it, to a rule of the lesson, to an example about something else; it
// says what a sentence that was tried does, takes an argument seriously, and does
// not write. What it says is never evidence, and neither is the talk: what a
// learner can do shows in the drafts.

// Moves of a talk about an essay, beside those of every talk.
const (
	MoveLook      Move = "look"      // points to a place in the draft
	MovePrinciple Move = "principle" // points to what the lesson says
	MoveExample   Move = "example"   // the same on another topic
	MoveTry       Move = "try"       // says what a tried sentence does, and asks one question more
	MoveWeigh     Move = "weigh"     // takes an argument against a point seriously
	MoveDecline   Move = "decline"   // does not write, and offers a smaller step
	MoveBack      Move = "back_to_draft"
)

// talkTurns is how many turns a draft is talked about before the coach sends the
// learner back to it; after lastTurns more the talk ends until the next draft.
const (
	talkTurns = 14
	lastTurns = 3
)

// rungs is how far a point is helped with: ask, look, principle, example.
const rungs = 4

// essayScene is what the policy knows.
type essayScene struct {
	Points  []tutor.Point // next steps of the newest feedback, in the rubric's order
	Drafts  int
	Waiting bool // the newest draft is not read yet
	Text    string
	Aspects map[string]tutor.Aspect // by criterion
	Titles  map[string]string       // by criterion
	Task    essay.Task
}

// essayDecision is what the coach does next.
type essayDecision struct {
	Move   Move
	Point  *tutor.Point // what it is about, nil for none
	Level  int          // rung
	Reason string
	Does   []string // what a tried sentence does
	Hits   bool     // it does what the point asks for
	Aside  bool     // the learner's question is answered first
	Status tutor.SessionStatus
}

func (d essayDecision) target() string {
	switch {
	case d.Point != nil:
		return "point:" + d.Point.ID
	case d.Level > 0: // a step of the plan
		return d.Reason
	}
	return ""
}

// renewed is the state at the beginning of a turn: a new draft gives new room.
func (s State) renewed(drafts int) State {
	s = s.clone()
	if drafts != s.Drafts {
		s.Drafts, s.Talked, s.Idk, s.Focus = drafts, 0, 0, ""
		s.Levels = map[string]int{}
		s.Last = Last{}
	}
	return s
}

// decideEssay chooses the next move. It is pure: the same scene, state and turn
// give the same decision.
func decideEssay(sc essayScene, s State, c Contribution, cue string) essayDecision {
	d := essayDecision{Status: tutor.SessionOpen}
	s.Talked++
	switch {
	case c.Cue == "distress":
		d.Move, d.Reason = MoveEncourage, "distress"
		return d
	case c.Cue == "stop":
		d.Move, d.Reason, d.Status = MoveClose, "stopped", tutor.SessionEnded
		return d
	case s.Talked > talkTurns+lastTurns:
		d.Move, d.Reason, d.Status = MoveClose, "turns_used", tutor.SessionEnded
		return d
	}
	d.Point = sc.focus(s)
	switch {
	case cue == "write":
		d.Move, d.Reason = MoveDecline, "write"
	case s.Talked > talkTurns:
		d.Move, d.Reason = MoveBack, "time"
	case c.Question && cue != "argue":
		d.Move, d.Reason, d.Aside = MoveAnswer, "question", true
	case c.Kind == KindOffTask, c.Kind == KindGaming, c.Cue == "affect_hostile":
		d.Move, d.Reason = MoveRedirect, string(c.Kind)
	case c.Kind == KindAffect:
		d.Move, d.Reason = MoveEncourage, c.Cue
	case c.Kind == KindMeta && c.Cue != "meta_ack" && cue != "argue":
		d.Move, d.Reason = MoveRedirect, c.Cue
	case d.Point == nil:
		d = sc.plan(s, c, d)
	case cue == "argue":
		d.Move, d.Reason = MoveWeigh, "argue"
	case c.Kind == KindAssertion || c.Kind == KindUncertainty && len(strings.Fields(sc.Text)) > 6:
		d = sc.tried(d)
	default: // help, idk, empty, an acknowledgement
		d = sc.help(s, d)
	}
	return sc.unrepeated(s, d)
}

// focus is the point that is talked about: the one the learner names, else the
// one before, else the first that has not been talked through.
func (sc essayScene) focus(s State) *tutor.Point {
	said := fold(sc.Text)
	for i, p := range sc.Points {
		if title := fold(sc.Titles[p.CriterionID]); title != "" && strings.Contains(said, title) {
			return &sc.Points[i]
		}
	}
	for i, p := range sc.Points {
		if p.ID == s.Focus && s.Levels[p.ID] < rungs {
			return &sc.Points[i]
		}
	}
	for i, p := range sc.Points {
		if s.Levels[p.ID] < rungs {
			return &sc.Points[i]
		}
	}
	if len(sc.Points) > 0 {
		return &sc.Points[len(sc.Points)-1]
	}
	return nil
}

// plan is the talk where there is no point to talk about: before the first draft,
// while one is read, and when nothing is left to improve.
func (sc essayScene) plan(s State, c Contribution, d essayDecision) essayDecision {
	d.Move = MoveAsk
	switch {
	case sc.Waiting:
		d.Reason = "waiting"
	case sc.Drafts > 0:
		d.Reason = "complete"
	case s.Levels["plan"] >= len(planSteps):
		d.Move, d.Reason = MoveBack, "plan"
	default:
		d.Reason, d.Level = planSteps[s.Levels["plan"]], s.Levels["plan"]+1
	}
	return d
}

// planSteps are what is asked before the first draft.
var planSteps = []string{"plan.position", "plan.reason", "plan.other", "plan.order"}

// tried says what a sentence does that the learner tries.
func (sc essayScene) tried(d essayDecision) essayDecision {
	d.Move, d.Reason = MoveTry, "try"
	d.Does = essay.Analyze(sc.Text, sc.Task).Does()
	wanted := essay.Wanted(sc.Aspects[d.Point.CriterionID])
	d.Hits = slices.ContainsFunc(d.Does, func(x string) bool { return slices.Contains(wanted, x) })
	if len(wanted) == 0 {
		d.Hits = len(strings.Fields(sc.Text)) >= 6
	}
	return d
}

// help gives the next rung for the point.
func (sc essayScene) help(s State, d essayDecision) essayDecision {
	d.Level = min(s.Levels[d.Point.ID], rungs) + 1
	switch d.Level {
	case 1:
		d.Move, d.Reason = MoveAsk, "point"
	case 2:
		d.Move, d.Reason = MoveLook, "look"
		if len(d.Point.Quotes) == 0 {
			d.Move, d.Reason = MovePrinciple, "principle"
		}
	case 3:
		d.Move, d.Reason = MovePrinciple, "principle"
	case 4:
		d.Move, d.Reason = MoveExample, "example"
	default:
		d.Move, d.Reason = MoveBack, "helped"
	}
	return d
}

// unrepeated keeps the coach from doing the same more than twice running.
func (sc essayScene) unrepeated(s State, d essayDecision) essayDecision {
	if s.Last.Move != d.Move || s.Last.Target != d.target() || s.Last.Running < 2 {
		return d
	}
	if d.Reason == "time" { // said twice, and there is nothing to add
		return essayDecision{Move: MoveClose, Reason: "turns_used", Status: tutor.SessionEnded}
	}
	other := essayDecision{Point: d.Point, Status: d.Status, Aside: d.Aside, Does: d.Does, Hits: d.Hits}
	for _, m := range []Move{MoveBack, MoveAsk} {
		if m != d.Move {
			other.Move, other.Reason = m, "turn"
			return other
		}
	}
	return d
}

// didEssay returns the state after a decision has been spoken.
func didEssay(s State, d essayDecision) State {
	s = s.clone()
	s.Turns++
	s.Talked++
	if s.Last.Move == d.Move && s.Last.Target == d.target() {
		s.Last.Running++
	} else {
		s.Last = Last{Move: d.Move, Target: d.target(), Level: d.Level, Running: 1}
	}
	s.Last.Reason = d.Reason
	switch {
	case d.Point != nil:
		s.Focus = d.Point.ID
		if d.Level > 0 {
			s.Levels[d.Point.ID] = max(s.Levels[d.Point.ID], d.Level)
		}
		if d.Move == MoveTry && d.Hits {
			s.Levels[d.Point.ID] = rungs
		}
	case d.Level > 0:
		s.Levels["plan"] = max(s.Levels["plan"], d.Level)
	}
	return s
}
