package dialogue

import (
	"maieutic/rubric"
	"maieutic/tutor"
)

// Decide chooses the target and the move for a turn that Hear has folded into
// the state. It is pure: the same state and turn give the same decision. The
// order is: stop, completion, the end of the turns, distress, the learner's own
// question, turns without an answer, the strongest misconception, the pending
// sub-question, and last the answer itself.
func (p *Plan) Decide(s State, h Heard) Decision {
	d := p.choose(s, h)
	if d.Status != tutor.SessionOpen {
		return d
	}
	if s.Turns >= p.MaxTurns() {
		end := p.end(s, h, "turns_used")
		end.Done = d.Done
		return end
	}
	if s.Last.Running >= 2 && d.same(s.Last) {
		return p.vary(s, h, d)
	}
	return d
}

func (p *Plan) choose(s State, h Heard) Decision {
	if h.Cue == "stop" {
		return p.end(s, h, "stopped")
	}
	if h.Cue == "distress" {
		d := p.base(s, h)
		d.Move, d.Target, d.Reason = MoveEncourage, "distress", "distress"
		return d
	}
	if p.settled(s, s.Step) && (h.Answer || s.Pending.Kind != PendingCheck) {
		if d, ok := p.complete(s, h); ok {
			return d
		}
	}
	switch {
	case h.Question && h.Outcome != OutcomeRight:
		return p.answer(s, h)
	case !h.Answer:
		return p.respond(s, h)
	case p.corrects(s, h) != "":
		return p.correct(s, h)
	case s.Pending.sub() && h.Outcome != OutcomeRight && h.Outcome != OutcomeAhead:
		return p.sub(s, h)
	}
	return p.judge(s, h)
}

// base is a decision that keeps everything as it stands.
func (p *Plan) base(s State, h Heard) Decision {
	target := p.target(s)
	if target == "" || s.Pending.sub() {
		target = s.Pending.Target
	}
	return Decision{
		Target: target, Done: -1, Next: s.Step, Pending: s.Pending, Status: tutor.SessionOpen,
		Feedback: p.feedback(s, h), Note: h.Note, Aside: h.Question && h.Answer,
	}
}

func (p *Plan) feedback(s State, h Heard) Feedback {
	if !h.Answer {
		return FeedbackNone
	}
	switch h.Outcome {
	case OutcomeRight:
		if p.settled(s, s.Step) {
			return FeedbackRight
		}
		return FeedbackPart
	case OutcomeAhead:
		return FeedbackAhead
	}
	switch {
	case h.Sub == OutcomeRight && s.Pending.Kind == PendingRepair:
		return FeedbackRepaired
	case h.Sub == OutcomeRight:
		return FeedbackSubRight
	case h.Sub != OutcomeNone:
		return FeedbackSubWrong
	}
	switch h.Outcome {
	case OutcomePartly:
		return FeedbackPartly
	case OutcomeUnsure:
		return FeedbackUnsure
	case OutcomeUnread:
		return FeedbackNote
	case OutcomeWrong:
		if h.Repeat {
			return FeedbackRepeat
		}
		if noteworthy(h.Note) {
			return FeedbackNote
		}
		return FeedbackNotYet
	}
	return FeedbackNone
}

// noteworthy reports whether there are words for a grader's note.
func noteworthy(note string) bool {
	switch note {
	case rubric.NoteWrongForm, rubric.NoteNotEvaluated, rubric.NoteWrongUnit, rubric.NoteWrongVariable, rubric.NoteNotSolved,
		rubric.NoteSeveral, rubric.NoteSign, rubric.NoteTooLong, rubric.NoteCopied, rubric.NoteContradictory, rubric.NoteUnparsed:
		return true
	}
	return false
}

// complete goes on from a step whose expectations are covered. After an
// assertion the transfer check comes first. It is not ok when the check's
// answer has to be looked at.
func (p *Plan) complete(s State, h Heard) (Decision, bool) {
	step := p.steps[s.Step]
	if step.Check == nil || s.Checked[step.ID] || !p.told(s) {
		return p.advance(s, h, "complete"), true
	}
	if s.Pending.Kind != PendingCheck {
		d := p.base(s, h)
		d.Move, d.Target, d.Reason = MoveCheck, checkKey(step.ID), "told"
		d.Pending = Pending{Kind: PendingCheck, Target: d.Target}
		return d, true
	}
	if h.Sub == OutcomeRight {
		return p.advance(s, h, "check_passed"), true
	}
	return Decision{}, false
}

// told reports whether the tutor had to assert anything of the current step.
func (p *Plan) told(s State) bool {
	for i := range p.steps[s.Step].ideas {
		if s.Told[p.steps[s.Step].ideas[i].key] > 0 {
			return true
		}
	}
	return false
}

// advance goes to the next step that is not covered yet, or ends the session.
func (p *Plan) advance(s State, h Heard, reason string) Decision {
	d := p.base(s, h)
	d.Done, d.Reason, d.Level = s.Step, reason, 0
	for next := s.Step + 1; next < len(p.steps); next++ {
		if p.covers(s, next) {
			continue
		}
		id := p.steps[next].ID
		d.Move, d.Target, d.Next = MoveConfirm, id, next
		d.Pending = Pending{Kind: PendingStep, Target: id}
		return d
	}
	if !p.mastered(s) {
		end := p.end(s, h, "left_open")
		end.Done = s.Step
		return end
	}
	d.Move, d.Target, d.Status = MoveSummary, p.steps[s.Step].ID, tutor.SessionMastered
	d.Pending = Pending{}
	return d
}

// end closes a session without mastery.
func (p *Plan) end(s State, h Heard, why string) Decision {
	d := p.base(s, h)
	d.Move, d.Target, d.Reason, d.WhyEnded = MoveClose, p.steps[s.Step].ID, why, why
	d.Status, d.Pending, d.Aside = tutor.SessionEnded, Pending{}, h.Question
	return d
}

// answer takes up the learner's own question and keeps the pending one.
func (p *Plan) answer(s State, h Heard) Decision {
	d := p.base(s, h)
	d.Move, d.Target, d.Reason, d.Aside = MoveAnswer, "question:"+h.Topic, "own_question", true
	return d
}

// corrects returns the misconception that is to be taken up now: the strongest
// one the turn shows, or an active one that had to wait; "" for none.
func (p *Plan) corrects(s State, h Heard) string {
	if p.settled(s, s.Step) {
		return ""
	}
	if h.Active != "" {
		if p.correctable(s, h.Active) {
			return h.Active
		}
		return ""
	}
	best, strength := "", 0.0
	for _, m := range p.steps[s.Step].Misconceptions {
		key := misconceptionKey(p.steps[s.Step].ID, m.ID)
		held := s.Held[key]
		if held.Standing == StandingActive && held.Corrections == 0 && held.Strength > strength && p.correctable(s, key) {
			best, strength = key, held.Strength
		}
	}
	if h.Outcome == OutcomeRight || h.Outcome == OutcomeAhead || h.Sub == OutcomeRight {
		return ""
	}
	return best
}

func (p *Plan) correctable(s State, key string) bool {
	if s.Pending.Kind == PendingRepair && s.Pending.Target == key {
		return false
	}
	return s.Held[key].Corrections < maxCorrections
}

// maxCorrections is how often one misconception is corrected before the ladder
// takes over.
const maxCorrections = 2

func (p *Plan) correct(s State, h Heard) Decision {
	d := p.base(s, h)
	key := p.corrects(s, h)
	d.Move, d.Target, d.Reason = MoveCorrect, key, "misconception"
	if d.Feedback != FeedbackPart {
		d.Feedback = FeedbackNone
	}
	d.Pending = Pending{Kind: PendingRepair, Target: key}
	if p.misconception(key).Question == "" {
		d.Pending = p.back(s)
	}
	return d
}

// back is the pending question after a sub-question is done with.
func (p *Plan) back(s State) Pending {
	target := p.target(s)
	if len(p.steps[s.Step].ideas) == 1 || target == "" {
		return Pending{Kind: PendingStep, Target: p.steps[s.Step].ID}
	}
	return Pending{Kind: PendingIdea, Target: target}
}

// vary replaces a decision that would be made a third time running. A learner
// who asks the same again keeps the pending question; anything else moves on.
func (p *Plan) vary(s State, h Heard, d Decision) Decision {
	switch {
	case d.Move == MoveAnswer:
		d.Move, d.Reason = MoveRedirect, "asked_before"
		return d
	case d.Target == "distress":
		d.Move = MoveRedirect
		if s.Last.Move == MoveRedirect {
			d.Move = MoveEncourage
		}
		return d
	case s.Pending.sub():
		return p.sub(s, h)
	}
	return p.up(s, h, "no_progress")
}
