package tutor

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// ChoiceInput is everything the choice of the next activity looks at.
type ChoiceInput struct {
	Now        time.Time
	Candidates []Candidate
	Skills     []Skill // every skill that a candidate or a prerequisite names
	States     map[string]SkillState
	Params     *Params
}

// Candidate is an activity that a learner may be given.
type Candidate struct {
	ActivityID string
	Skills     []string
	Difficulty float64 // 0..1
	Order      int
	Begun      int // sessions on it so far
	Mastered   bool
	LastAt     time.Time // latest session, zero for none
	Assigned   bool      // by a teacher, and not ended yet
}

// ChoiceReason says in a word why an activity was chosen.
type ChoiceReason string

// The reasons, in the order in which they are considered.
const (
	ChoseAssigned   ChoiceReason = "assigned"   // a teacher's word overrides
	ChoseReview     ChoiceReason = "review"     // known once, and about to be forgotten
	ChoseFrontier   ChoiceReason = "frontier"   // not known yet, and all it builds on is
	ChoseEnrichment ChoiceReason = "enrichment" // everything else is known
	ChosePractice   ChoiceReason = "practice"   // nothing passes the gates; the least demanding
)

// Choice is the next activity and why. P is the predicted probability of a
// right answer and selects; mastery is another number and is what teachers see.
type Choice struct {
	ActivityID string
	SkillID    string // the skill that counted most
	Reason     ChoiceReason
	P          float64
	Gain       float64
	Why        []Contribution // they sum to Gain
}

// Contribution is one addend of a gain.
type Contribution struct {
	SkillID string
	Kind    string // "learning", "information", "review"
	Value   float64
}

// Weights of the gain's addends, and the zone in which a learner grows: a
// predicted success of .70 to .80 (Pelánek 2016).
const (
	informationWeight = .1
	reviewWeight      = 1
	zoneCentre        = .75
	zoneHalf          = .05
	zoneFall          = .15
	difficultySpread  = 2 // logits between an easy and a hard activity
)

// Choose picks the next activity. It is deterministic: equal gains go by course
// order, then by id. Without candidates it is CodeNotFound.
func Choose(in ChoiceInput) (Choice, error) {
	if len(in.Candidates) == 0 {
		return Choice{}, Errorf(CodeNotFound, "there is no activity to choose from; ask your teacher to give your class a course")
	}
	c := chooser{ChoiceInput: in, skills: map[string]Skill{}}
	for _, s := range in.Skills {
		c.skills[s.ID] = s
	}
	options := make([]considered, 0, len(in.Candidates))
	for _, candidate := range in.Candidates {
		options = append(options, c.consider(candidate))
	}
	return slices.MinFunc(options, compareConsidered).Choice, nil
}

type chooser struct {
	ChoiceInput
	skills map[string]Skill
}

// considered is a choice with what it is ranked by.
type considered struct {
	Choice
	rank  int
	begun int
	order int
}

var reasonRank = map[ChoiceReason]int{
	ChoseAssigned: 0, ChoseReview: 1, ChoseFrontier: 2, ChoseEnrichment: 3, ChosePractice: 4,
}

func compareConsidered(a, b considered) int {
	return cmp.Or(
		cmp.Compare(a.rank, b.rank),
		cmp.Compare(a.begun, b.begun),
		-cmp.Compare(a.Gain, b.Gain),
		cmp.Compare(a.order, b.order),
		cmp.Compare(a.ActivityID, b.ActivityID),
	)
}

func (c chooser) state(skill string) SkillState {
	if s, ok := c.States[skill]; ok {
		return s
	}
	return c.Params.NewState(skill)
}

func (c chooser) consider(candidate Candidate) considered {
	out := considered{Choice: Choice{ActivityID: candidate.ActivityID, P: c.predict(candidate)}, order: candidate.Order}
	out.Why = c.gain(candidate, out.P)
	best := 0.0
	for _, w := range out.Why {
		out.Gain += w.Value
		if out.SkillID == "" || w.Value > best {
			out.SkillID, best = w.SkillID, w.Value
		}
	}
	out.Reason = c.reason(candidate)
	out.rank = reasonRank[out.Reason]
	if out.Reason != ChoseAssigned {
		out.begun = candidate.Begun // what is new comes before what is not
	}
	return out
}

// predict averages over the skills, as several of them compensate for one
// another, and shifts by the activity's difficulty.
func (c chooser) predict(candidate Candidate) float64 {
	if len(candidate.Skills) == 0 {
		return .5
	}
	var sum float64
	for _, skill := range candidate.Skills {
		sum += c.Params.For(skill).Predict(c.state(skill).Mastery)
	}
	p := math.Min(math.Max(sum/float64(len(candidate.Skills)), .01), .99)
	shift := difficultySpread*(candidate.Difficulty-.5) + c.Params.Items[candidate.ActivityID]
	return 1 / (1 + math.Exp(-(math.Log(p/(1-p)) - shift)))
}

// zone is 1 for a predicted success of .70 to .80 and falls off on both sides.
func zone(p float64) float64 {
	off := math.Max(0, math.Abs(p-zoneCentre)-zoneHalf) / zoneFall
	return math.Exp(-off * off / 2)
}

func (c chooser) gain(candidate Candidate, p float64) []Contribution {
	var out []Contribution
	skills := slices.Clone(candidate.Skills)
	slices.Sort(skills)
	share := 1 / float64(max(len(skills), 1))
	for _, skill := range skills {
		s, params := c.state(skill), c.Params.For(skill)
		out = append(out,
			Contribution{skill, "learning", share * (1 - s.Mastery) * params.Learn * zone(p)},
			Contribution{skill, "information", informationWeight * share * (s.High - s.Low)})
		if short := wantedRetention - s.Retrievability(c.Now); short > 0 {
			out = append(out, Contribution{skill, "review", reviewWeight * share * short})
		}
	}
	return out
}

// reason decides by the gates: assignment, prerequisites, review, mastery.
func (c chooser) reason(candidate Candidate) ChoiceReason {
	if candidate.Assigned {
		return ChoseAssigned
	}
	known, due, ready := true, false, true
	for _, skill := range candidate.Skills {
		s := c.state(skill)
		known = known && s.Mastery >= MasteredAt
		due = due || s.Count > 0 && s.Mastery >= ReadyAt && s.Retrievability(c.Now) < wantedRetention
		for _, before := range c.skills[skill].Prerequisites {
			if !slices.Contains(candidate.Skills, before) && c.state(before).Mastery < ReadyAt {
				ready = false
			}
		}
	}
	switch {
	case due && ready:
		return ChoseReview
	case known:
		return ChoseEnrichment
	case ready:
		return ChoseFrontier
	}
	return ChosePractice
}
