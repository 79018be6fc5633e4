package tutor

import (
	"math"
	"slices"
	"time"
)

// Mastery thresholds. MasteredAt is what a teacher reads as "can do it";
// ReadyAt is what the skills that build on it ask for.
const (
	MasteredAt = .95
	ReadyAt    = .85
	// enoughEvidence is how many effective observations a mastery needs before
	// it is shown without the words "not enough evidence".
	enoughEvidence = 3
)

// HintModel says how help weakens evidence.
type HintModel string

// The hint models (Wang & Heffernan 2013). HintDiscount scales a right answer
// down by the share of the ladder that was used. HintGuess keeps the answer and
// raises the probability of a guess instead, so that help makes a right answer
// say less but never turns it into a wrong one.
const (
	HintDiscount HintModel = "discount"
	HintGuess    HintModel = "guess"
)

// Params are everything the learner model is parametrised by. They are frozen
// and versioned: nothing is learned online, or a replay would not be a replay.
// A Params is safe for concurrent use as long as nobody changes it.
type Params struct {
	Version string
	Default BKTParams
	Skills  map[string]BKTParams // fitted ones, by skill
	Items   map[string]float64   // difficulty by item in logits, 0 when absent
	Hints   HintModel
}

// DefaultParams are the priors, for a school that has fitted nothing yet.
func DefaultParams() *Params {
	return &Params{Version: "prior-1", Default: DefaultBKT(), Hints: HintDiscount}
}

// Validate reports the first parameter that is out of bounds, as CodeInvalid.
func (p *Params) Validate() error {
	if p.Version == "" {
		return Errorf(CodeInvalid, "parameters need a version")
	}
	if p.Hints != HintDiscount && p.Hints != HintGuess {
		return Errorf(CodeInvalid, "the hint model must be %q or %q", HintDiscount, HintGuess)
	}
	if err := p.Default.Validate(); err != nil {
		return err
	}
	for _, skill := range sortedKeys(p.Skills) {
		if err := p.Skills[skill].Validate(); err != nil {
			return Errorf(CodeInvalid, "skill %s: %s", skill, ErrorMessage(err))
		}
	}
	return nil
}

// For returns the BKT parameters of a skill.
func (p *Params) For(skill string) BKTParams {
	if fitted, ok := p.Skills[skill]; ok {
		return fitted
	}
	return p.Default
}

// Evidence is what one score says of one skill: an entry of the learner's log.
// Each (learner, skill) has a chain of its own, numbered by Seq from 1.
type Evidence struct {
	Seq           int64
	ScoreID       string
	SessionID     string
	TurnSeq       int64
	SkillID       string
	ItemID        string  // "activity/step/expectation"
	Y             float64 // value of the score, 0..1
	Reliability   float64 // of the grader, 0..1; a person's is 1
	Hints         int     // rungs of the ladder used
	HintLevels    int     // rungs it has
	Grader        Grader
	RubricVersion string
	At            time.Time
}

// Validate reports a value out of range, as CodeInvalid.
func (e Evidence) Validate() error {
	if !(e.Y >= 0 && e.Y <= 1) || !(e.Reliability >= 0 && e.Reliability <= 1) {
		return Errorf(CodeInvalid, "evidence and reliability must lie between 0 and 1")
	}
	if e.Hints < 0 || e.HintLevels < 0 || e.Hints > e.HintLevels {
		return Errorf(CodeInvalid, "%d hints of %d levels cannot have been used", e.Hints, e.HintLevels)
	}
	return nil
}

// Effective returns y after hints and then reliability: y(1 - h/(H+1)), drawn
// towards .5, which says nothing, by what the grader may have got wrong. More
// hints never raise it.
func (e Evidence) Effective() float64 {
	y := float64(e.Y * (1 - float64(e.Hints)/float64(e.HintLevels+1)))
	return .5 + float64(e.Reliability*(y-.5))
}

// unaided is Effective without the discount for hints.
func (e Evidence) unaided() float64 { return .5 + float64(e.Reliability*(e.Y-.5)) }

// SkillState is what is known of one learner and one skill. It is a pure
// function of the chain of evidence and the parameters.
type SkillState struct {
	SkillID       string
	Mastery       float64   // probability that the skill is known
	Low, High     float64   // mastery if the next answer is wrong, and if it is right
	Count         int       // pieces of evidence
	Effective     float64   // how many full observations they are worth
	Stability     float64   // FSRS, days; 0 before the first review
	Difficulty    float64   // FSRS, 1..10; 0 before the first review
	Due           time.Time // next review; zero before the first
	LastAt        time.Time // latest evidence; zero for none
	Seq           int64     // of the latest evidence, 0 for none
	ParamsVersion string
}

// NewState returns the state of a skill without any evidence.
func (p *Params) NewState(skill string) SkillState {
	params := p.For(skill)
	s := SkillState{SkillID: skill, Mastery: params.Prior, ParamsVersion: p.Version}
	s.Low, s.High = params.update(s.Mastery, 0), params.update(s.Mastery, 1)
	return s
}

// Enough says whether the mastery rests on three effective observations at
// least. Below that a page says "not enough evidence".
func (s SkillState) Enough() bool { return s.Effective >= enoughEvidence-1e-9 }

// Update returns the state after one more piece of evidence. It is pure, does
// not allocate and is safe for concurrent use. Evidence that is out of range
// (see Evidence.Validate) is clamped, so that no state is ever NaN.
func (p *Params) Update(s SkillState, e Evidence) SkillState {
	params := p.For(s.SkillID)
	// The record keeps microseconds: a replay of it must fold to the same bits.
	e.At = e.At.UTC().Truncate(time.Microsecond)
	y := clamp(e.Effective())
	if p.Hints == HintGuess {
		// With all rungs used a right answer is as good as guessed: a guess of .5
		// is the most that the bounds allow.
		used := float64(e.Hints) / float64(e.HintLevels+1)
		params.Guess += float64((.5 - params.Guess) * used)
		y = clamp(e.unaided())
	}
	s.Mastery = params.update(s.Mastery, y)
	next := p.For(s.SkillID)
	s.Low, s.High = next.update(s.Mastery, 0), next.update(s.Mastery, 1)
	s.Count++
	s.Effective += math.Abs(float64(2*y) - 1)
	s = review(s, y, e.At)
	s.LastAt, s.Seq, s.ParamsVersion = e.At, e.Seq, p.Version
	return s
}

func clamp(y float64) float64 {
	if !(y >= 0) { // NaN too
		return 0
	}
	return math.Min(y, 1)
}

// Fold returns the state of a skill after its whole chain, in Seq order.
func (p *Params) Fold(skill string, chain []Evidence) SkillState {
	s := p.NewState(skill)
	for _, e := range chain {
		s = p.Update(s, e)
	}
	return s
}

// TrailStep is one piece of evidence with the mastery before and after it.
type TrailStep struct {
	Evidence Evidence
	Before   float64
	After    float64
}

// Trail folds a chain and keeps every step.
func (p *Params) Trail(skill string, chain []Evidence) []TrailStep {
	steps := make([]TrailStep, 0, len(chain))
	s := p.NewState(skill)
	for _, e := range chain {
		before := s.Mastery
		s = p.Update(s, e)
		steps = append(steps, TrailStep{Evidence: e, Before: before, After: s.Mastery})
	}
	return steps
}

// Override is a teacher's word on the score behind some evidence. Undo takes
// back whatever was said of that score before.
type Override struct {
	ScoreID string
	Y       float64
	Undo    bool
}

// ApplyOverrides returns the chain as it would have been, had each overruled
// score been given that way by the teacher in the first place: the entry keeps
// its place, its time and its hints. Later overrides win. The chain itself is
// not changed.
func ApplyOverrides(chain []Evidence, overrides []Override) []Evidence {
	said := map[string]Override{}
	for _, o := range overrides {
		said[o.ScoreID] = o
	}
	out := slices.Clone(chain)
	for i, e := range out {
		if o, ok := said[e.ScoreID]; ok && !o.Undo {
			out[i].Y, out[i].Reliability, out[i].Grader = o.Y, 1, GraderTeacher
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
