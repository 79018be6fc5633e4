package tutor

import "strconv"

// RubricChangeKind is what an edit of a rubric does to scores that were given
// before it.
type RubricChangeKind string

// The kinds of change, from the weakest to the strongest. Changed points and a
// removed criterion are equally strong: both are done by rule.
const (
	RubricSame             RubricChangeKind = "identical"
	RubricText             RubricChangeKind = "text"           // words, order, links to skills: scores stay as they are
	RubricLevelAdded       RubricChangeKind = "level_added"    // levels that were given stay
	RubricPoints           RubricChangeKind = "points_changed" // levels stay, their values are worked out again
	RubricCriterionRemoved RubricChangeKind = "criterion_removed"
	RubricLevelRemoved     RubricChangeKind = "level_removed"   // a draft that had the level is read again
	RubricCriterionAdded   RubricChangeKind = "criterion_added" // every draft is read again for it
)

// strength orders the kinds.
var strength = map[RubricChangeKind]int{RubricSame: 0, RubricText: 1, RubricLevelAdded: 2, RubricPoints: 3, RubricCriterionRemoved: 3,
	RubricLevelRemoved: 4, RubricCriterionAdded: 5}

// RubricDetail is one thing that an edit did.
type RubricDetail struct {
	Kind        RubricChangeKind
	CriterionID string // "" for the rubric as a whole
	Criterion   string // title, the newer one
	LevelID     string // "" for the criterion as a whole
	Level       string // title, the newer one
	Before      string // points or weight, "" where there is nothing to compare
	After       string
}

// RubricChange is what an edit did.
type RubricChange struct {
	Kind    RubricChangeKind // the strongest; the first of two that are equally strong
	Details []RubricDetail   // in the order of the rubric, what was removed last
}

// CompareRubrics says what became of a rubric. Criteria and levels are told apart
// by their ids.
func CompareRubrics(before, after Rubric) RubricChange {
	var c RubricChange
	if before.Title != after.Title || before.Description != after.Description || before.Language != after.Language ||
		before.Source != after.Source || before.License != after.License || moved(before.Criteria, after.Criteria) {
		c.note(RubricDetail{Kind: RubricText})
	}
	for _, now := range after.Criteria {
		was, ok := before.Criterion(now.ID)
		if !ok {
			c.note(RubricDetail{Kind: RubricCriterionAdded, CriterionID: now.ID, Criterion: now.Title})
			continue
		}
		c.compareCriterion(was, now)
	}
	for _, was := range before.Criteria {
		if _, ok := after.Criterion(was.ID); !ok {
			c.note(RubricDetail{Kind: RubricCriterionRemoved, CriterionID: was.ID, Criterion: was.Title})
		}
	}
	if before.Hashed().Version != after.Hashed().Version {
		c.raise(RubricText) // of what is kept for other systems alone
	}
	c.raise(RubricSame)
	return c
}

// moved says whether criteria that are in both stand in another order.
func moved(before, after []RubricCriterion) bool {
	at := map[string]int{}
	for i, c := range before {
		at[c.ID] = i + 1
	}
	last := 0
	for _, c := range after {
		if at[c.ID] == 0 {
			continue
		}
		if at[c.ID] < last {
			return true
		}
		last = at[c.ID]
	}
	return false
}

func (c *RubricChange) note(d RubricDetail) {
	c.Details = append(c.Details, d)
	c.raise(d.Kind)
}

func (c *RubricChange) raise(kind RubricChangeKind) {
	if c.Kind == "" || strength[kind] > strength[c.Kind] {
		c.Kind = kind
	}
}

func (c *RubricChange) compareCriterion(was, now RubricCriterion) {
	d := RubricDetail{CriterionID: now.ID, Criterion: now.Title}
	if was.Title != now.Title || was.Description != now.Description || was.Aspect != now.Aspect || !sameStrings(was.Skills, now.Skills) {
		d.Kind = RubricText
		c.note(d)
	}
	if was.Weight != now.Weight {
		d.Kind, d.Before, d.After = RubricPoints, number(was.Weight), number(now.Weight)
		c.note(d)
	}
	for _, l := range now.Levels {
		d := RubricDetail{CriterionID: now.ID, Criterion: now.Title, LevelID: l.ID, Level: l.Title}
		old, ok := was.Level(l.ID)
		if !ok {
			d.Kind = RubricLevelAdded
			c.note(d)
			continue
		}
		if old.Title != l.Title || old.Description != l.Description {
			d.Kind = RubricText
			c.note(d)
		}
		if old.Points != l.Points {
			d.Kind, d.Before, d.After = RubricPoints, number(old.Points), number(l.Points)
			c.note(d)
		}
	}
	for _, l := range was.Levels {
		if _, ok := now.Level(l.ID); !ok {
			c.note(RubricDetail{Kind: RubricLevelRemoved, CriterionID: now.ID, Criterion: now.Title, LevelID: l.ID, Level: l.Title})
		}
	}
}

// Level returns a level by its id.
func (c RubricCriterion) Level(id string) (RubricLevel, bool) {
	for _, l := range c.Levels {
		if l.ID == id {
			return l, true
		}
	}
	return RubricLevel{}, false
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func sameStrings(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// RescoreOutcome is what becomes of a score, or of a draft, under another version
// of its rubric.
type RescoreOutcome string

// The outcomes, from the least to the most. What becomes of a draft is the most
// of its scores, save RescoreKept, which is told beside it.
const (
	RescoreUnchanged  RescoreOutcome = "unchanged"  // same level, same value
	RescoreDropped    RescoreOutcome = "dropped"    // its criterion is gone
	RescoreRecomputed RescoreOutcome = "recomputed" // same level, another value
	RescoreReread     RescoreOutcome = "reread"     // no rule gives it: the draft is read again
	RescoreKept       RescoreOutcome = "kept"       // a person gave it; it is theirs to look at
)

// RescoreOutcomes lists the outcomes in the order a page shows them.
var RescoreOutcomes = []RescoreOutcome{RescoreReread, RescoreRecomputed, RescoreDropped, RescoreUnchanged, RescoreKept}

// Rescore returns a score as it stands under a version of its rubric, and what
// became of it. One that a person gave is never changed, nor is one that is
// dropped or has to be read again. The other way round Rescore is by rule: the
// level stays, its value is the new scale's.
func Rescore(after Rubric, s Score) (Score, RescoreOutcome) {
	criterion, exists := after.Criterion(s.Criterion.ID)
	scale := criterion.Scale()
	value, has := scale.Value(s.Level.ID)
	level, _ := criterion.Level(s.Level.ID)
	switch {
	case s.Grader == GraderTeacher || s.Overridden:
		if exists && has && value == s.Value {
			return s, RescoreUnchanged
		}
		return s, RescoreKept
	case !exists:
		return s, RescoreDropped
	case !has:
		return s, RescoreReread
	}
	outcome := RescoreUnchanged
	if value != s.Value {
		outcome = RescoreRecomputed
	}
	s.Criterion, s.Level, s.Value, s.RubricVersion = scale, Level{ID: level.ID, Title: level.Title, Points: level.Points}, value, after.Version
	return s, outcome
}
