package dialogue

import (
	"slices"

	"maieutic/rubric"
	"maieutic/tutor"
)

// checkLevels is the ladder of a transfer check: it is asked once more, then
// told.
const checkLevels = 2

// Marks are the scores of one turn with the evidence they are, both complete
// but for ids, times and places in the record. Evidence[i].ScoreID holds the
// index of its score until Record fills it in.
type Marks struct {
	Scores   []tutor.Score
	Evidence []Mark
}

// Mark is one score's word on one skill.
type Mark struct {
	Score int // index into Scores
	tutor.Evidence
}

// Mark turns what was heard into scores and evidence. Only answers count: to
// the expectation that was aimed at whatever they are worth, to others what
// they cover. The same wrong answer again is scored but is no evidence, and
// neither are answers to scaffolds and repair questions.
func (p *Plan) Mark(before State, h Heard, g *Grade) Marks {
	var m Marks
	if g == nil || !h.Answer || h.Outcome == OutcomeUnread && before.Pending.Kind != PendingCheck {
		return m
	}
	if before.Pending.Kind == PendingCheck {
		p.markCheck(&m, before, g)
		return m
	}
	aimed := h.Outcome != OutcomeAhead && !before.Pending.sub() && !p.pieces(before, h)
	for _, f := range slices.Concat(g.Findings, g.Early) {
		fresh := slices.Contains(h.Covered, f.Key)
		if fresh || aimed && f.Key == h.Target && before.Coverage[f.Key] < covered {
			p.mark(&m, before, h, f)
		}
	}
	return m
}

// pieces reports an answer to a cloze that fills gaps and is not the answer to
// the question itself: nobody said it had to be.
func (p *Plan) pieces(before State, h Heard) bool {
	return before.Pending.Kind == PendingCloze && h.Outcome != OutcomeRight
}

func (p *Plan) mark(m *Marks, before State, h Heard, f Finding) {
	step, i, ok := p.find(f.Key)
	if !ok {
		return
	}
	m.Scores = append(m.Scores, scoreOf(*i.Expectation, f))
	if h.Repeat {
		return
	}
	skills := p.skillsOf(step, i.Skills)
	if held := p.misconception(h.Active); held != nil && f.Value < covered && len(held.Skills) > 0 {
		skills = held.Skills // the wrong idea says where the gap is
	}
	p.evidence(m, f, i.key, skills, before.Levels[i.key]+p.corrections(before, step), len(i.ladder))
}

func (p *Plan) markCheck(m *Marks, before State, g *Grade) {
	_, _, e, ok := p.subQuestion(before.Pending)
	check := p.steps[before.Step].Check
	if !ok || g.Sub == nil || check == nil || g.Sub.Note == rubric.NoteUnparsed {
		return
	}
	m.Scores = append(m.Scores, scoreOf(e, *g.Sub))
	p.evidence(m, *g.Sub, p.steps[before.Step].ID+"/check", p.skillsOf(before.Step, check.Skills), before.Pending.Tries, checkLevels)
}

func (p *Plan) evidence(m *Marks, f Finding, item string, skills []string, hints, levels int) {
	for _, skill := range skills {
		m.Evidence = append(m.Evidence, Mark{len(m.Scores) - 1, tutor.Evidence{
			SkillID: skill, ItemID: p.Activity.ID + "/" + item, Y: f.Value, Reliability: f.Confidence,
			Hints: min(hints, levels), HintLevels: levels, Grader: graderOf(f),
			RubricVersion: m.Scores[len(m.Scores)-1].RubricVersion,
		}})
	}
}

func scoreOf(e tutor.Expectation, f Finding) tutor.Score {
	c := rubric.CriterionFor(e)
	return tutor.Score{
		Version: 1, Criterion: c, Level: c.Nearest(f.Value), Value: f.Value, Grader: graderOf(f),
		Confidence: f.Confidence, Quotes: f.Quotes, RubricVersion: rubric.Version(c), Agreement: string(f.Agreement),
	}
}

func graderOf(f Finding) tutor.Grader {
	if f.Grader == "" {
		return tutor.GraderBuiltin
	}
	return f.Grader
}

// skillsOf returns the skills of a piece of a step: its own, else the step's,
// else the activity's.
func (p *Plan) skillsOf(step int, own []string) []string {
	switch {
	case len(own) > 0:
		return own
	case len(p.steps[step].Skills) > 0:
		return p.steps[step].Skills
	}
	return p.Activity.Skills
}

// corrections counts the corrections given in a step: each is help.
func (p *Plan) corrections(s State, step int) int {
	n := 0
	for _, m := range p.steps[step].Misconceptions {
		n += s.Held[misconceptionKey(p.steps[step].ID, m.ID)].Corrections
	}
	return n
}

// why names in a word what a piece of evidence was.
func why(e tutor.Evidence) string {
	switch {
	case e.Reliability < sure:
		return "unsure"
	case e.Y >= covered && e.Hints > 0:
		return "aided"
	case e.Y >= .9:
		return "correct"
	case e.Y >= near:
		return "partial"
	}
	return "wrong"
}
