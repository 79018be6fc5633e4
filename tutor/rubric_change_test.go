package tutor

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func changeRubric() Rubric {
	levels := func() []RubricLevel {
		return []RubricLevel{{ID: "low", Title: "Low"}, {ID: "mid", Title: "Mid", Points: 1}, {ID: "high", Title: "High", Points: 4}}
	}
	return Rubric{ID: "c.r", Title: "R", Criteria: []RubricCriterion{
		{ID: "thesis", Title: "Thesis", Weight: 1, Levels: levels()}, {ID: "evidence", Title: "Evidence", Weight: 1, Levels: levels()}}}
}

// edits are the things that one can do to a rubric, each with its kind.
var edits = map[string]struct {
	kind RubricChangeKind
	edit func(*Rubric)
}{
	"nothing":             {RubricSame, func(*Rubric) {}},
	"the title":           {RubricText, func(r *Rubric) { r.Title = "Q" }},
	"a criterion's words": {RubricText, func(r *Rubric) { r.Criteria[0].Description = "why" }},
	"a level's words":     {RubricText, func(r *Rubric) { r.Criteria[0].Levels[0].Description = "why" }},
	"the order":           {RubricText, func(r *Rubric) { slices.Reverse(r.Criteria) }},
	"an aspect":           {RubricText, func(r *Rubric) { r.Criteria[0].Aspect = AspectThesis }},
	"skills":              {RubricText, func(r *Rubric) { r.Criteria[0].Skills = []string{"s"} }},
	"what others know":    {RubricText, func(r *Rubric) { r.Foreign = map[string]json.RawMessage{"ora": json.RawMessage(`"x"`)} }},
	"a level more": {RubricLevelAdded, func(r *Rubric) {
		r.Criteria[0].Levels = append(r.Criteria[0].Levels, RubricLevel{ID: "top", Title: "Top", Points: 9})
	}},
	"points":               {RubricPoints, func(r *Rubric) { r.Criteria[0].Levels[1].Points = 2 }},
	"a weight":             {RubricPoints, func(r *Rubric) { r.Criteria[0].Weight = 2 }},
	"a criterion less":     {RubricCriterionRemoved, func(r *Rubric) { r.Criteria = r.Criteria[:1] }},
	"a level less":         {RubricLevelRemoved, func(r *Rubric) { r.Criteria[0].Levels = r.Criteria[0].Levels[:2] }},
	"a criterion more":     {RubricCriterionAdded, func(r *Rubric) { c := r.Criteria[0]; c.ID = "new"; r.Criteria = append(r.Criteria, c) }},
	"a criterion's own id": {RubricCriterionAdded, func(r *Rubric) { r.Criteria[0].ID = "other" }},
	"points and a level":   {RubricLevelRemoved, func(r *Rubric) { r.Criteria[1].Levels[0].Points = -1; r.Criteria[0].Levels = r.Criteria[0].Levels[1:] }},
	"words and points":     {RubricPoints, func(r *Rubric) { r.Title = "Q"; r.Criteria[1].Levels[0].Points = -1 }},
}

func TestCompareRubrics(t *testing.T) {
	for name, e := range edits {
		after := changeRubric()
		e.edit(&after)
		got := CompareRubrics(changeRubric(), after)
		if got.Kind != e.kind {
			t.Errorf("%s: %s, want %s", name, got.Kind, e.kind)
		}
		if e.kind != RubricSame && name != "what others know" && !slices.ContainsFunc(got.Details, func(d RubricDetail) bool { return d.Kind == e.kind }) {
			t.Errorf("%s: %+v does not say so", name, got.Details)
		}
	}
	points := changeRubric()
	points.Criteria[0].Levels[1].Points = 2.5
	if d := CompareRubrics(changeRubric(), points).Details; len(d) != 1 || d[0] != (RubricDetail{Kind: RubricPoints, CriterionID: "thesis", Criterion: "Thesis", LevelID: "mid", Level: "Mid", Before: "1", After: "2.5"}) {
		t.Errorf("%+v", d)
	}
}

func scoreOf(r Rubric, criterion int, level int, grader Grader) Score {
	scale := r.Criteria[criterion].Scale()
	value, _ := scale.Value(scale.Levels[level].ID)
	return Score{ID: "s", Version: 1, Criterion: scale, Level: scale.Levels[level], Value: value, Grader: grader, RubricVersion: "old"}
}

func TestRescore(t *testing.T) {
	for name, c := range map[string]struct {
		edit    string
		level   int
		grader  Grader
		outcome RescoreOutcome
		value   float64
	}{
		"words":                           {"the title", 1, GraderBuiltin, RescoreUnchanged, .25},
		"a higher top":                    {"a level more", 1, GraderModel, RescoreRecomputed, 1.0 / 9},
		"the lowest stays the lowest":     {"a level more", 0, GraderModel, RescoreUnchanged, 0},
		"points":                          {"points", 1, GraderBuiltin, RescoreRecomputed, .5},
		"points of another level":         {"points", 2, GraderBuiltin, RescoreUnchanged, 1},
		"its criterion is gone":           {"a criterion's own id", 1, GraderBuiltin, RescoreDropped, .25},
		"its level is gone":               {"a level less", 2, GraderBuiltin, RescoreReread, 1},
		"another level is gone":           {"a level less", 1, GraderBuiltin, RescoreRecomputed, 1},
		"a person's, points":              {"points", 1, GraderTeacher, RescoreKept, .25},
		"a person's, its level is gone":   {"a level less", 2, GraderTeacher, RescoreKept, 1},
		"a person's, its criterion is":    {"a criterion's own id", 2, GraderTeacher, RescoreKept, 1},
		"a person's, nothing concerns it": {"points", 2, GraderTeacher, RescoreUnchanged, 1},
	} {
		after := changeRubric()
		edits[c.edit].edit(&after)
		after = after.Hashed()
		before := scoreOf(changeRubric(), 0, c.level, c.grader)
		got, outcome := Rescore(after, before)
		if outcome != c.outcome || got.Value != c.value || got.Level.ID != before.Level.ID {
			t.Errorf("%s: %s, %s %v", name, outcome, got.Level.ID, got.Value)
		}
		if rule := outcome == RescoreRecomputed || outcome == RescoreUnchanged && c.grader != GraderTeacher; rule != (got.RubricVersion == after.Version) {
			t.Errorf("%s: it is of version %q", name, got.RubricVersion)
		}
	}
}

// Whatever is done to a rubric, a person's score stays as it is, and a machine's
// keeps its level.
func TestNoEditChangesAPersonsScore(t *testing.T) {
	names := make([]string, 0, len(edits))
	for name := range edits {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		r := changeRubric()
		grader := rapid.SampledFrom([]Grader{GraderTeacher, GraderBuiltin, GraderModel}).Draw(t, "grader")
		score := scoreOf(r, rapid.IntRange(0, 1).Draw(t, "criterion"), rapid.IntRange(0, 2).Draw(t, "level"), grader)
		first := fmt.Sprintf("%+v", score)
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			before := len(r.Criteria)
			edits[rapid.SampledFrom(names).Draw(t, "edit")].edit(&r)
			if len(r.Criteria) < min(before, 2) || r.Validate() != nil {
				return
			}
			level := score.Level.ID
			score, _ = Rescore(r.Hashed(), score)
			if grader == GraderTeacher && fmt.Sprintf("%+v", score) != first {
				t.Fatalf("%+v\nwas\n%s", score, first)
			}
			if score.Level.ID != level {
				t.Fatalf("the level is %s, was %s", score.Level.ID, level)
			}
		}
	})
}

func TestNextVersion(t *testing.T) {
	of := changeRubric()
	of.Language, of.Foreign = "en", map[string]json.RawMessage{"canvas": json.RawMessage(`"x"`), "ora": json.RawMessage(`"old"`)}
	of.Criteria[0].Skills, of.Criteria[0].Aspect, of.Criteria[0].Weight = []string{"s"}, AspectThesis, 3
	file := Rubric{ID: "x", Title: "From a file", Foreign: map[string]json.RawMessage{"ora": json.RawMessage(`"new"`)}, Criteria: []RubricCriterion{
		{ID: "evidence", Title: "New", Weight: 1}, // a slug that another title has
		{ID: "thesis-and-claim", Title: "Thesis", Weight: 1, Levels: []RubricLevel{{ID: "l", Title: "Low"}, {ID: "high", Title: "Best", Points: 4}}}}}
	got, err := RubricImport{Rubrics: []Rubric{file}}.NextVersion(of)
	if err != nil {
		t.Fatal(err)
	}
	c := got.Criteria[1]
	if got.ID != "c.r" || got.Language != "en" || c.ID != "thesis" || c.Levels[0].ID != "low" || c.Levels[1].ID != "high" || c.Aspect != AspectThesis ||
		len(c.Skills) != 1 || c.Weight != 3 || got.Criteria[0].ID != "evidence" || string(got.Foreign["canvas"]) != `"x"` || string(got.Foreign["ora"]) != `"new"` {
		t.Errorf("%+v", got)
	}
	if file.Criteria[1].ID != "thesis-and-claim" || file.Criteria[1].Levels[0].ID != "l" || string(of.Foreign["ora"]) != `"old"` {
		t.Error("what was given is changed")
	}
	if got, _ := (RubricImport{Rubrics: []Rubric{file}, Full: true}).NextVersion(of); got.Criteria[1].Weight != 1 {
		t.Errorf("the file's own weight is %v", got.Criteria[1].Weight)
	}
	if _, err := (RubricImport{Rubrics: []Rubric{file, file}}).NextVersion(of); ErrorCode(err) != CodeInvalid {
		t.Errorf("two rubrics: %v", err)
	}
}
