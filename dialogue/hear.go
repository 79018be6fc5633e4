package dialogue

import (
	"slices"
	"time"

	"maieutic/rubric"
	"maieutic/tutor"
)

// shown is the confidence from which a misconception is acted on.
const shown = 0.6

// keptWrong bounds how many wrong answers to a step are remembered.
const keptWrong = 20

// Skimming, a reader takes in at most about six words a second: a request or a
// guess that comes faster than the tutor's turn can be read is rapid, and two
// in a row are taken for gaming.
const (
	skimWords  = 6
	rapidLimit = 2
)

// Hear folds a learner's turn into the state. Coverage rises by what the
// learner said, never by what the tutor did, and never falls.
func (p *Plan) Hear(s State, in Input) (State, Heard) {
	s = s.clone()
	s.Turns++
	h := Heard{Contribution: in.Contribution}
	if in.Grade != nil {
		p.hearAnswer(&s, &h, in.Grade)
	}
	hearPace(&s, &h, in, len(p.steps[s.Step].Choices) > 0)
	switch {
	case h.Answer:
		s.Idk = 0
	case h.Kind == KindIdk || h.Kind == KindEmpty:
		s.Idk++
	}
	return s, h
}

func (p *Plan) hearAnswer(s *State, h *Heard, g *Grade) {
	if !h.Answer {
		if !h.Tentative || !g.favourable() {
			return
		}
		h.Answer, h.Question, h.Kind = true, false, KindAssertion
	}
	h.Target = p.target(*s)
	if g.Sub != nil && s.Pending.sub() {
		h.Sub = g.Sub.Outcome()
		if h.Sub == OutcomeRight { // an answer to a sub-question is no coverage
			s.Attempted = true
			if held, ok := s.Held[s.Pending.Target]; ok && s.Pending.Kind == PendingRepair {
				held.Standing = StandingRepaired
				s.Held[s.Pending.Target] = held
			}
			return
		}
		if s.Pending.Kind == PendingCheck { // the step itself is covered
			return
		}
	}
	s.Heard = map[string]float64{}
	for _, f := range g.Findings {
		if f.Value > 0 {
			s.Heard[f.Key] = f.Value
		}
	}
	p.cover(s, h, g)
	h.Outcome = p.outcome(*s, h, g)
	if h.Outcome != OutcomeUnread {
		s.Attempted = true
	}
	p.suspect(s, h, g)
	if h.Outcome == OutcomeWrong && g.Print != "" {
		h.Repeat = slices.Contains(s.Wrong, g.Print)
		if !h.Repeat && len(s.Wrong) < keptWrong {
			s.Wrong = append(s.Wrong, g.Print)
		}
	}
}

// favourable reports whether anything in the grade speaks for the learner.
func (g *Grade) favourable() bool {
	return len(g.Early) > 0 || g.Sub != nil && g.Sub.covers() || slices.ContainsFunc(g.Findings, Finding.covers)
}

// Outcome is what the policy makes of a finding by itself: right, wrong, or
// unsure, when it asks for more.
func (f Finding) Outcome() Outcome {
	switch {
	case f.covers():
		return OutcomeRight
	case f.Confidence < sure:
		return OutcomeUnsure
	}
	return OutcomeWrong
}

// cover raises coverage by what was found and notes what is new.
func (p *Plan) cover(s *State, h *Heard, g *Grade) {
	raise := func(f Finding) {
		before := s.Coverage[f.Key]
		value := f.Value
		if f.Accepted {
			value = max(value, covered)
		}
		if !f.covers() {
			value = min(value, covered/2)
		}
		if f.Contradicted && !f.Accepted || value <= before {
			return
		}
		s.Coverage[f.Key] = value
		if value >= covered && before < covered {
			h.Covered = append(h.Covered, f.Key)
		}
	}
	for _, f := range g.Findings {
		raise(f)
	}
	for _, f := range g.Early {
		if f.covers() {
			raise(f)
		}
	}
}

// outcome judges the turn against the step: what it newly covers first, then a
// later step, then how near it came to its target.
func (p *Plan) outcome(s State, h *Heard, g *Grade) Outcome {
	for _, key := range h.Covered {
		if step, _, ok := p.find(key); ok && step == s.Step {
			return OutcomeRight
		}
	}
	if len(h.Covered) > 0 {
		return OutcomeAhead
	}
	if !g.Attempt {
		h.Note = rubric.NoteUnparsed
		return OutcomeUnread
	}
	best, known := Finding{}, false
	for _, f := range g.Findings {
		if s.Coverage[f.Key] >= covered {
			known = known || f.covers()
			continue
		}
		if f.Key == h.Target || best.Key == "" || best.Key != h.Target && f.Value > best.Value {
			best = f
		}
	}
	h.Note = best.Note
	switch {
	case best.Note == rubric.NoteUnparsed || best.Note == rubric.NoteTooLong || best.Note == rubric.NoteCopied:
		return OutcomeUnread
	case best.Contradicted && best.Confidence >= sure:
		h.Opposed = true
		return OutcomeWrong
	case best.Value >= near || known:
		return OutcomePartly
	case best.Confidence < sure:
		return OutcomeUnsure
	}
	return OutcomeWrong
}

// suspect notes the strongest misconception of the turn, unless the turn
// completed the step; a completed step repairs what was active in it.
func (p *Plan) suspect(s *State, h *Heard, g *Grade) {
	step := p.steps[s.Step]
	if p.covers(*s, s.Step) {
		for _, m := range step.Misconceptions {
			key := misconceptionKey(step.ID, m.ID)
			if held, ok := s.Held[key]; ok {
				held.Standing = StandingRepaired
				s.Held[key] = held
			}
		}
		return
	}
	best := 0.0
	for _, m := range step.Misconceptions { // authored order breaks ties
		key := misconceptionKey(step.ID, m.ID)
		confidence := g.Suspects[key]
		if confidence < shown {
			continue
		}
		held := s.Held[key]
		held.Standing, held.Strength = StandingActive, confidence
		s.Held[key] = held
		if confidence > best {
			best, h.Active = confidence, key
		}
	}
	if h.Active != "" && h.Outcome == OutcomeUnsure {
		h.Outcome = OutcomeWrong
	}
}

// hearPace counts requests and guesses that came faster than the tutor's last
// turn can be read.
func hearPace(s *State, h *Heard, in Input, choices bool) {
	guess := choices && h.Outcome == OutcomeWrong
	if h.Kind != KindHelp && !guess {
		if h.Answer {
			s.Rapid = 0
		}
		return
	}
	reading := time.Duration(in.Words) * time.Second / skimWords
	if in.Elapsed <= 0 || in.Elapsed >= reading {
		s.Rapid = 0
		return
	}
	s.Rapid++
	if s.Rapid >= rapidLimit {
		h.Kind = KindGaming
	}
}

// target returns the expectation the step is working on: what waits to be
// restated or filled in, else the focus, for at most focusTurns turns, else the
// one of highest priority. It is "" when nothing in the step is open.
func (p *Plan) target(s State) string {
	if key := s.Pending.Target; s.Pending.Kind == PendingRestate || s.Pending.Kind == PendingCloze {
		if s.Coverage[key] < covered && !s.Left[key] {
			return key
		}
	}
	return p.byPriority(s)
}

// focusTurns is how long the tutor stays with one expectation while another is
// open.
const focusTurns = 6

func (p *Plan) byPriority(s State) string {
	open := func(i *idea) bool { return s.Coverage[i.key] < covered && !s.Left[i.key] }
	others := 0
	focus := ""
	for j := range p.steps[s.Step].ideas {
		i := &p.steps[s.Step].ideas[j]
		switch {
		case !open(i):
		case i.key == s.Focus:
			focus = i.key
		default:
			others++
		}
	}
	if focus != "" && (s.FocusTurns <= focusTurns || others == 0) {
		return focus
	}
	best, bestScore := "", -1.0
	for j := range p.steps[s.Step].ideas {
		i := &p.steps[s.Step].ideas[j]
		if !open(i) || i.key == focus {
			continue
		}
		if score := priority(s, i); score > bestScore {
			best, bestScore = i.key, score
		}
	}
	return best
}

// priority weighs an open expectation: half how near it is to being covered,
// .3 how much the last turn spoke of it, .2 how central it is. After AutoTutor
// (Graesser et al. 2004): frontier, coherence, centrality.
func priority(s State, i *idea) float64 {
	return .5*s.Coverage[i.key]/covered + .3*s.Heard[i.key] + .2*i.central
}

// readingWords counts the words of a text for the pace of a turn.
func readingWords(t tutor.Turn) int { return len(splitWords(t.Text)) }
