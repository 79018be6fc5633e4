package curriculum_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
)

const (
	essayFile  = "essays/01-apples.md"
	rubricFile = "rubrics/argument.yaml"
)

// written is a course with an essay that uses every part of the format.
var written = map[string]string{
	rubricFile: `title: Arguing
description: How well a position is argued.
criteria:
  - id: thesis
    title: Position
    description: Says what the writer thinks.
    weight: 2
    aspect: thesis
    skills: [add]
    levels:
      - {id: missing, title: Missing, points: 0}
      - {id: clear, title: Clear, description: 'One sentence says it.', points: 2.5}
  - id: evidence
    title: Evidence
    skills: [multiply]
    levels:
      - id: some
        title: Some
        points: -1
      - {id: much, title: Much, points: 1}
`,
	essayFile: `---
title: Apples or pears
skills: [multiply]
rubric: argument
words: {least: 150, most: 400}
sources: [adding]
theses:
  - Apples are better.
  - Pears are better.
difficulty: 0.6
lesson: adding
summary: Well argued.
---
Which is better? Use the lesson.
`,
}

// essayCourse is the good course with an essay, one piece of it changed.
func essayCourse(t *testing.T, file, from, to string) fstest.MapFS {
	t.Helper()
	files := maps.Clone(written)
	if from != "" && !strings.Contains(files[file], from) {
		t.Fatalf("%s does not hold %q", file, from)
	}
	if from != "" {
		files[file] = strings.Replace(files[file], from, to, 1)
	}
	return course(files)
}

func TestEssay(t *testing.T) {
	fsys := essayCourse(t, "", "", "")
	if problems := curriculum.Lint(fsys, options()); len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	c, err := curriculum.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Activities) != 2 || len(c.Rubrics) != 1 {
		t.Fatalf("%d activities, %d rubrics", len(c.Activities), len(c.Rubrics))
	}
	a, r := c.Activities[1], c.Rubrics[0]
	switch {
	case a.ID != "demo.apples" || a.Kind != tutor.ActivityEssay || a.Order != 1 || a.Difficulty != .6 || a.LessonID != "adding" || a.Language != "en":
		t.Errorf("activity %+v", a)
	case a.Statement != "Which is better? Use the lesson." || a.Summary != "Well argued." || a.Version == "":
		t.Errorf("activity %+v", a)
	case !slices.Equal(a.Skills, []string{"demo.multiply", "demo.add"}):
		t.Errorf("skills %v", a.Skills)
	case a.Essay.RubricID != r.ID || a.Essay.Words != tutor.WordRange{Least: 150, Most: 400} || !slices.Equal(a.Essay.Sources, []string{"adding"}) || len(a.Essay.Theses) != 2:
		t.Errorf("task %+v", a.Essay)
	case r.ID != "demo.argument" || r.CourseID != "demo" || r.Language != "en" || r.Version == "" || r.Version != r.Hashed().Version:
		t.Errorf("rubric %+v", r)
	case r.Criteria[0].Weight != 2 || r.Criteria[1].Weight != 1 || r.Criteria[0].Aspect != tutor.AspectThesis || r.Criteria[0].Skills[0] != "demo.add":
		t.Errorf("criteria %+v", r.Criteria)
	}
	want := []tutor.RubricLevel{{ID: "missing", Title: "Missing"}, {ID: "clear", Title: "Clear", Description: "One sentence says it.", Points: 2.5}}
	if !reflect.DeepEqual(r.Criteria[0].Levels, want) || r.Criteria[1].Levels[0].Points != -1 {
		t.Errorf("levels %+v", r.Criteria)
	}
}

// TestEveryEssayMistake names each mistake in an essay or a rubric with its
// line and what to do.
func TestEveryEssayMistake(t *testing.T) {
	for _, c := range []struct {
		name, file, from, to string
		line                 int
		message, remedy      string
	}{
		{"no prompt", essayFile, "Which is better? Use the lesson.", "", 2, "no prompt", "below the front matter"},
		{"no title", essayFile, "title: Apples or pears\n", "", 2, "no title", "Add title"},
		{"no rubric", essayFile, "rubric: argument\n", "", 2, "no rubric", "Add rubric"},
		{"unknown rubric", essayFile, "rubric: argument", "rubric: other", 4, `"other"`, "file in rubrics"},
		{"unknown skill", essayFile, "[multiply]", "[divide]", 3, `"divide"`, "skills.yaml"},
		{"words", essayFile, "most: 400", "most: 100", 5, "150, is above the most, 100", "Exchange"},
		{"words below 0", essayFile, "least: 150", "least: -1", 5, "below 0", "no bound"},
		{"unknown source", essayFile, "sources: [adding]", "sources: [adding, taking]", 6, `"taking"`, "file in lessons"},
		{"source twice", essayFile, "sources: [adding]", "sources: [adding, adding]", 6, "twice", "Keep one"},
		{"empty thesis", essayFile, "- Pears are better.", "- ''", 9, "thesis is empty", "one sentence"},
		{"difficulty", essayFile, "0.6", "6", 10, "outside 0 to 1", "0 for easy"},
		{"unknown lesson", essayFile, "lesson: adding", "lesson: no", 11, `"no"`, "file in lessons"},
		{"unknown key", essayFile, "theses:", "thesis:", 7, "unknown field", "FORMAT.md"},
		{"id of a problem", essayFile, "title: Apples", "id: first\ntitle: Apples", 0, "twice", "another name"},
		{"rubric without title", rubricFile, "title: Arguing\n", "", 1, "no title", "Add title"},
		{"rubric without criteria", rubricFile, written[rubricFile][strings.Index(written[rubricFile], "criteria:"):], "criteria: []\n", 0, "no criteria", "Add criteria"},
		{"criterion without id", rubricFile, "id: evidence\n    title", "title", 13, "no id", "Add id"},
		{"criterion id", rubricFile, "id: evidence", "id: Evi dence", 13, "cannot be an id", "small letters"},
		{"criterion twice", rubricFile, "id: evidence", "id: thesis", 13, "twice", "another id"},
		{"criterion without title", rubricFile, "    title: Evidence\n", "", 13, "no title", "Add title"},
		{"aspect", rubricFile, "aspect: thesis", "aspect: beauty", 8, `"beauty"`, "Use thesis, evidence,"},
		{"skill of a criterion", rubricFile, "skills: [add]", "skills: [no]", 9, `"no"`, "skills.yaml"},
		{"weight", rubricFile, "weight: 2", "weight: 0", 7, "weight", "Leave it out"},
		{"one level", rubricFile, "      - {id: much, title: Much, points: 1}\n", "", 13, "fewer than two levels", "Add levels"},
		{"levels that do not rise", rubricFile, "points: -1", "points: 1", 20, "no more points", "lowest to the highest"},
		{"level twice", rubricFile, "id: much", "id: some", 20, "twice", "another id"},
		{"level without title", rubricFile, "title: Much, ", "", 20, "no title", "Add title"},
		{"level without points", rubricFile, ", points: 1}", "}", 20, "no points", "Add points"},
		{"points", rubricFile, "points: 1}", "points: .nan}", 20, "no number", "Write a number"},
		{"unknown key in a level", rubricFile, "points: 1}", "point: 1}", 20, "unknown field", "FORMAT.md"},
		{"too long", rubricFile, "How well", strings.Repeat("How well ", 600), 1, "at most 5000", "FORMAT.md"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := essayCourse(t, c.file, c.from, c.to)
			problems := curriculum.Lint(fsys, options())
			if !slices.ContainsFunc(problems, func(p curriculum.Problem) bool {
				return p.File == c.file && (c.line == 0 || p.Line == c.line) && strings.Contains(p.Message, c.message) && strings.Contains(p.Remedy, c.remedy) && !p.Hint
			}) {
				t.Errorf("want %s:%d %q %q, got %v", c.file, c.line, c.message, c.remedy, problems)
			}
			if _, err := curriculum.Load(fsys); tutor.ErrorCode(err) != tutor.CodeInvalid {
				t.Errorf("Load took it: %v", err)
			}
		})
	}
}

// A rubric that no essay uses is pointed at, and the course loads.
func TestUnusedRubric(t *testing.T) {
	files := maps.Clone(written)
	files["rubrics/other.yaml"] = files[rubricFile]
	problems := curriculum.Lint(course(files), options())
	if len(problems) != 1 || !problems[0].Hint || problems[0].String() != "rubrics/other.yaml: hint: no essay uses this rubric. Name it in an essay, or take it out" {
		t.Errorf("%v", problems)
	}
	if c, err := curriculum.Load(course(files)); err != nil || len(c.Rubrics) != 2 {
		t.Errorf("%d rubrics, %v", len(c.Rubrics), err)
	}
}

// A course may have essays alone.
func TestEssaysWithoutProblems(t *testing.T) {
	files := maps.Clone(written)
	files["problems/01-first.md"] = ""
	if c, err := curriculum.Load(course(files)); err != nil || len(c.Activities) != 1 {
		t.Errorf("%d activities, %v", len(c.Activities), err)
	}
}

// The course's version follows its rubrics, the essay's version the task alone.
func TestEssayVersions(t *testing.T) {
	load := func(file, from, to string) (course, essay, rubric string) {
		c, err := curriculum.Load(essayCourse(t, file, from, to))
		if err != nil {
			t.Fatal(err)
		}
		return c.Version, c.Activities[1].Version, c.Rubrics[0].Version
	}
	c, e, r := load("", "", "")
	c1, e1, r1 := load(rubricFile, "title: Clear", "title: Very clear")
	if c1 == c || e1 != e || r1 == r {
		t.Errorf("another word in the rubric: course %t, essay %t, rubric %t changed", c1 != c, e1 != e, r1 != r)
	}
	c2, e2, r2 := load(essayFile, "- Pears are better.", "- Pears are best.")
	if c2 == c || e2 == e || r2 != r {
		t.Errorf("another thesis: course %t, essay %t, rubric %t changed", c2 != c, e2 != e, r2 != r)
	}
}

func FuzzEssayAndRubric(f *testing.F) {
	f.Add(written[essayFile], written[rubricFile])
	f.Add("---\nwords: 3\n---\n", "criteria: [{levels: [{points: x}]}]\n")
	f.Fuzz(func(t *testing.T, essay, rubric string) {
		fsys := course(map[string]string{essayFile: essay, rubricFile: rubric})
		_, err := curriculum.Load(fsys)
		problems := slices.DeleteFunc(curriculum.Lint(fsys, curriculum.Options{}), func(p curriculum.Problem) bool { return p.Hint })
		if (err == nil) != (len(problems) == 0) {
			t.Fatalf("Load says %v, Lint %v", err, problems)
		}
	})
}
