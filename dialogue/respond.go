package dialogue

import "maieutic/tutor"

// patience is how many turns without anything to go on are met with an urge to
// try before the ladder is climbed without one.
const patience = 3

// respond answers a turn that holds neither an answer nor a question.
func (p *Plan) respond(s State, h Heard) Decision {
	d := p.base(s, h)
	switch h.Kind {
	case KindAffect:
		d.Move, d.Reason = MoveEncourage, h.Cue
		return d
	case KindMeta, KindOffTask:
		if h.Cue == "meta_wrong" && !s.Pending.sub() { // a hint says where to look
			return p.stuck(s, h, d)
		}
		d.Move, d.Reason = MoveRedirect, h.Cue
		return d
	case KindEmpty:
		if s.Idk < patience {
			d.Move, d.Reason = MoveEncourage, "empty"
			return d
		}
	}
	if s.Pending.sub() {
		return p.sub(s, h)
	}
	return p.stuck(s, h, d)
}

// stuck answers a learner who asks for help or does not know. Between two rungs
// an attempt is asked for, once.
func (p *Plan) stuck(s State, h Heard, d Decision) Decision {
	level := s.Levels[d.Target]
	switch {
	case h.Kind == KindGaming && !s.Slowed:
		d.Move, d.Reason = MovePump, "slow_down"
		return d
	case s.Attempted || s.Urged || s.Idk >= patience:
		return p.up(s, h, string(h.Kind))
	case h.Kind == KindHelp || h.Kind == KindGaming || h.Kind == KindMeta:
		d.Move, d.Reason = MovePump, "try_first"
		return d
	case level == 0:
		return p.up(s, h, string(h.Kind))
	}
	d.Move, d.Reason = MoveEncourage, "urge"
	return d
}

// judge answers an attempt at the step.
func (p *Plan) judge(s State, h Heard) Decision {
	d := p.base(s, h)
	d.Target = p.target(s)
	ask := Pending{Kind: PendingIdea, Target: d.Target}
	pump := func(reason string) Decision {
		d.Move, d.Reason = MovePump, reason
		return d
	}
	switch h.Outcome {
	case OutcomeRight:
		d.Pending = ask
		return pump("next_idea")
	case OutcomeAhead:
		return pump("ahead")
	case OutcomeUnread:
		return pump("unread")
	case OutcomeUnsure:
		if s.Last.Reason != "unsure" {
			return pump("unsure")
		}
		return p.up(s, h, "still_unsure")
	}
	if h.Kind == KindGaming && !s.Slowed {
		return pump("slow_down")
	}
	if h.Outcome == OutcomeWrong && noteworthy(h.Note) && s.Last.Reason != h.Note {
		return pump(h.Note)
	}
	if s.Pending.Kind == PendingCloze && s.Pending.Tries == 0 && p.exact(d.Target) {
		d.Move, d.Reason, d.Level, d.Feedback = MovePrompt, "pieces", s.Levels[d.Target], FeedbackNone
		d.Pending.Tries++
		return d
	}
	if s.Levels[d.Target] == 0 && s.Last.Move != MovePump {
		d.Pending = ask
		return pump(string(h.Outcome))
	}
	return p.up(s, h, string(h.Outcome))
}

func (p *Plan) exact(key string) bool {
	_, i, ok := p.find(key)
	return ok && i.Answer != nil
}

// up climbs one rung of the target's ladder. After the last rung the assertion
// is made once more; then the target is left open.
func (p *Plan) up(s State, h Heard, reason string) Decision {
	d := p.base(s, h)
	d.Target, d.Reason = p.target(s), reason
	_, i, ok := p.find(d.Target)
	if !ok {
		return p.leave(s, h, d.Target)
	}
	level := s.Levels[d.Target]
	if level >= len(i.ladder) {
		if s.Told[d.Target] >= maxAssertions {
			return p.leave(s, h, d.Target)
		}
		level = len(i.ladder) - 1
	}
	r := i.ladder[level]
	d.Move, d.Level = r.move, level+1
	d.Pending = Pending{Kind: PendingIdea, Target: d.Target}
	switch {
	case r.move == MoveAssert:
		d.Pending.Kind = PendingRestate
	case r.move == MovePrompt:
		d.Pending.Kind, d.Pending.Level = PendingCloze, d.Level
	case r.hint.Question != nil:
		d.Pending.Kind, d.Pending.Level = PendingScaffold, d.Level
	}
	return d
}

// maxAssertions is how often the same thing is told.
const maxAssertions = 2

// leave gives an expectation up and goes on with the next open one.
func (p *Plan) leave(s State, h Heard, target string) Decision {
	s = s.clone()
	s.Left[target] = true
	if next := p.target(s); next != "" {
		d := p.base(s, h)
		d.Move, d.Target, d.Reason = MoveLeave, target, "not_restated"
		d.Pending = Pending{Kind: PendingIdea, Target: next}
		return d
	}
	d := p.advance(s, h, "not_restated")
	if d.Status == tutor.SessionOpen {
		d.Move, d.Target = MoveLeave, target
	}
	return d
}

// sub goes on with the pending sub-question after an answer to it, or after a
// turn that shows the learner is stuck on it.
func (p *Plan) sub(s State, h Heard) Decision {
	d := p.base(s, h)
	if h.Sub == OutcomeRight {
		return p.backTo(s, h, d)
	}
	hints := 1 // a repair question and a check are asked once more
	if q := p.scaffold(s.Pending); q != nil {
		hints = len(q.Hints)
	}
	if s.Pending.Tries < hints {
		d.Pending.Tries++
		d.Level = d.Pending.Tries
		d.Move, d.Reason = MovePump, string(s.Pending.Kind)+"_again"
		if s.Pending.Kind == PendingScaffold {
			d.Move, d.Target = MoveHint, "scaffold:"+s.Pending.Target
		}
		return d
	}
	d.Told = true
	if s.Pending.Kind == PendingCheck {
		d = p.advance(s, h, "check_failed")
		d.Told = true
		return d
	}
	return p.backTo(s, h, d)
}

// backTo takes the step's question up again.
func (p *Plan) backTo(s State, h Heard, d Decision) Decision {
	if s.Pending.Kind == PendingCheck {
		return p.advance(s, h, "check_passed")
	}
	d.Move, d.Reason, d.Target, d.Level = MovePump, "back", p.target(s), 0
	d.Pending = p.back(s)
	return d
}

// scaffold returns the sub-question that is pending, nil when none is.
func (p *Plan) scaffold(pending Pending) *tutor.SubQuestion {
	if pending.Kind != PendingScaffold {
		return nil
	}
	_, i, ok := p.find(pending.Target)
	if !ok || pending.Level < 1 || pending.Level > len(i.ladder) || i.ladder[pending.Level-1].hint == nil {
		return nil
	}
	return i.ladder[pending.Level-1].hint.Question
}
