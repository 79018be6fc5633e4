package curriculum_test

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
)

// good is the smallest course that uses every part of the format.
var good = map[string]string{
	"course.yaml":          "id: demo\ntitle: Demo\nlanguage: en\nsummary: A course\n",
	"skills.yaml":          "- id: add\n  title: Adding\n- id: multiply\n  title: Multiplying\n  prerequisites: [add]\n",
	"lessons/01-adding.md": "---\ntitle: Adding\nskills: [add]\n---\n## What it is\n\nPutting together.\n",
	"problems/01-first.md": `---
title: First
skills: [add]
difficulty: 0.2
lesson: adding
summary: Well worked out.
steps:
  - id: sum
    question: 'What is $2 + 3$?'
    answer: 5
    concise: the sum
    hints:
      - point: 'Count on from the first number.'
      - principle: {ask: 'What comes after 2?', answer: 3, hints: ['Count.'], tell: 'It is 3.'}
      - tell: 'It is $5$.'
    misconceptions:
      - id: times
        title: Multiplies
        answers: [6]
        correction: 'Take two apples and three more.'
        question: 'What is $1 + 1$?'
        repair: 2
    explanation: 'Two and three are $5$.'
    check: {question: 'What is $4 + 4$?', answer: 8}
  - question: 'Why?'
    skills: [multiply]
    expectations:
      - id: together
        title: Puts together
        says: Adding puts two numbers together.
        accept: ['you put them together']
        hints:
          - point: 'What does the sign mean?'
          - tell: 'Adding puts numbers together.'
---
Apples.
`,
}

func course(change map[string]string) fstest.MapFS {
	files := maps.Clone(good)
	maps.Copy(files, change)
	fsys := fstest.MapFS{}
	for name, content := range files {
		if content != "" {
			fsys[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
		}
	}
	return fsys
}

// edit changes one piece of the good problem.
func edit(t *testing.T, from, to string) map[string]string {
	t.Helper()
	const file = "problems/01-first.md"
	if !strings.Contains(good[file], from) {
		t.Fatalf("the good problem does not hold %q", from)
	}
	return map[string]string{file: strings.Replace(good[file], from, to, 1)}
}

func TestGoodCourse(t *testing.T) {
	if problems := curriculum.Lint(course(nil), options()); len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	c, err := curriculum.Load(course(nil))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Activities[0]
	first, second := a.Steps[0], a.Steps[1]
	switch {
	case c.ID != "demo" || len(c.Skills) != 2 || c.Skills[1].Prerequisites[0] != "demo.add":
		t.Errorf("course %+v", c)
	case a.ID != "demo.first" || a.Statement != "Apples." || a.LessonID != "adding" || len(a.Skills) != 2:
		t.Errorf("activity %+v", a)
	case first.ID != "sum" || first.Expectations[0].Answer.Kind != tutor.AnswerNumber || first.Expectations[0].Tell != "It is $5$.":
		t.Errorf("first step %+v", first)
	case len(first.Expectations[0].Hints) != 2 || first.Expectations[0].Hints[1].Question.Answer.Value != "3":
		t.Errorf("ladder %+v", first.Expectations[0].Hints)
	case second.ID != "b" || second.Expectations[0].Skills[0] != "demo.multiply":
		t.Errorf("second step %+v", second)
	}
}

// TestEveryMistake is a folder for each mistake that an author makes: the
// message names the file and the line, and says what to do.
func TestEveryMistake(t *testing.T) {
	const problem = "problems/01-first.md"
	cases := []struct {
		name    string
		change  map[string]string
		file    string
		line    int
		message string
		remedy  string
	}{
		{"no course file", map[string]string{"course.yaml": ""}, "course.yaml", 0, "missing", "Add it"},
		{"course without title", map[string]string{"course.yaml": "id: demo\nlanguage: en\n"}, "course.yaml", 1, "no title", "Add title"},
		{"course id", map[string]string{"course.yaml": "id: My Course\ntitle: a\nlanguage: en\n"}, "course.yaml", 1, "cannot be an id", "small letters"},
		{"unknown key", edit(t, "difficulty: 0.2", "dificulty: 0.2"), problem, 4, "unknown field", "FORMAT.md"},
		{"broken YAML", edit(t, "title: First", "title: 'First"), problem, 0, "", "Mend the YAML"},
		{"wrong shape", edit(t, "skills: [add]", "skills: {add: 1}"), problem, 3, "", ""},
		{"no front matter", map[string]string{problem: "Just text"}, problem, 1, "no front matter", "three dashes"},
		{"front matter without end", map[string]string{problem: "---\ntitle: x\n"}, problem, 1, "does not end", "Close it"},
		{"not UTF-8", map[string]string{problem: "---\ntitle: \xff\n---\n"}, problem, 2, "UTF-8", "Save it"},
		{"NUL", map[string]string{problem: "---\ntitle: a\x00\n---\n"}, problem, 2, "NUL", "Remove"},
		{"too large", map[string]string{problem: "---\ntitle: a\n---\n" + strings.Repeat("x", 1<<20)}, problem, 0, "1 MiB", "Split"},
		{"alias bomb", map[string]string{"skills.yaml": "- &a\n  id: add\n  title: x\n- *a\n"}, "skills.yaml", 4, "aliases", "Write the text out"},
		{"no skills", map[string]string{"skills.yaml": "[]\n"}, "skills.yaml", 1, "no skills", "List at least one"},
		{"skill twice", map[string]string{"skills.yaml": "- id: add\n  title: a\n- id: add\n  title: b\n- id: multiply\n  title: c\n"}, "skills.yaml", 3, "twice", "another id"},
		{"unknown prerequisite", map[string]string{"skills.yaml": "- id: add\n  title: a\n- id: multiply\n  title: b\n  prerequisites: [divide]\n"}, "skills.yaml", 5, `"divide"`, "id of a skill"},
		{"circle", map[string]string{"skills.yaml": "- id: add\n  title: a\n  prerequisites: [multiply]\n- id: multiply\n  title: b\n  prerequisites: [add]\n"}, "skills.yaml", 3, "add needs multiply needs add", "Take one"},
		{"unknown skill", edit(t, "skills: [add]", "skills: [subtract]"), problem, 3, `"subtract"`, "skills.yaml"},
		{"unknown lesson", edit(t, "lesson: adding", "lesson: missing"), problem, 5, `"missing"`, "lessons"},
		{"difficulty", edit(t, "0.2", "7"), problem, 4, "outside 0 to 1", "0 for easy"},
		{"no steps", map[string]string{problem: "---\ntitle: a\nskills: [add]\n---\n"}, problem, 0, "no steps", "Add steps"},
		{"no question", edit(t, "question: 'What is $2 + 3$?'", "question: ''"), problem, 9, "no question", "Add question"},
		{"no answer", edit(t, "    answer: 5\n", ""), problem, 0, "no answer", "Add answer"},
		{"hints out of order", edit(t, "point: 'Count on", "cloze: 'Count on"), problem, 0, "too late", "Order the hints"},
		{"unknown rung", edit(t, "point: 'Count on", "nudge: 'Count on"), problem, 0, "no rung", "Use point"},
		{"no tell", edit(t, "      - tell: 'It is $5$.'\n", ""), problem, 0, "does not end", "tell"},
		{"answer in a misconception", edit(t, "answers: [6]", "answers: [5]"), problem, 19, "is right", "the mistake leads to"},
		{"misconception without sign", edit(t, "        answers: [6]\n", ""), problem, 0, "nothing shows", "Add answers"},
		{"misconception without repair", edit(t, "        repair: 2\n", ""), problem, 0, "repaired", "Add repair"},
		{"choice", edit(t, "    answer: 5", "    choices: [four, six]\n    answer: five"), problem, 0, "not among the choices", "Repeat one"},
		{"kind", edit(t, "answer: 5", "answer: {kind: magic, value: 5}"), problem, 10, "no kind", "Use number"},
		{"form", edit(t, "answer: 5", "answer: {value: 5, form: pretty}"), problem, 10, "no form", "expanded"},
		{"answer that is no mathematics", edit(t, "answer: 5", "answer: {kind: expression, value: '2 +* ('}"), problem, 10, "cannot be read", "kind: text"},
		{"one wording", edit(t, "        accept: ['you put them together']\n", ""), problem, 0, "one wording", "Add accept"},
		{"check without answer", edit(t, ", answer: 8", ""), problem, 0, "no answer", "Add answer"},
		{"two problems with one id", map[string]string{"problems/02-first.md": good[problem]}, "problems/02-first.md", 0, "twice", "another name"},
		{"no problems", map[string]string{problem: ""}, "problems", 0, "no problems", "Add at least one"},
		{"empty lesson", map[string]string{"lessons/01-adding.md": "---\ntitle: a\n---\n"}, "lessons/01-adding.md", 0, "empty", "Write it"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			problems := curriculum.Lint(course(c.change), options())
			for _, p := range problems {
				if p.File == c.file && (c.line == 0 || p.Line == c.line) && strings.Contains(p.Message, c.message) && strings.Contains(p.Remedy, c.remedy) {
					if _, err := curriculum.Load(course(c.change)); c.name[0] != 'a' && tutor.ErrorCode(err) != tutor.CodeInvalid {
						t.Errorf("Load took it: %v", err)
					}
					return
				}
			}
			t.Errorf("want %s:%d %q %q, got %v", c.file, c.line, c.message, c.remedy, problems)
		})
	}
}

// A version follows the content and nothing else.
func TestVersionFollowsTheContent(t *testing.T) {
	version := func(change map[string]string) string {
		c, err := curriculum.Load(course(change))
		if err != nil {
			t.Fatal(err)
		}
		return c.Activities[0].Version
	}
	base := version(nil)
	if version(edit(t, "difficulty: 0.2\nlesson: adding\n", "lesson: adding\n\ndifficulty: 0.20\n")) != base {
		t.Error("another layout is another version")
	}
	for name, change := range map[string]map[string]string{
		"question": edit(t, "2 + 3", "3 + 2"), "hint": edit(t, "Count on", "Go on"), "statement": edit(t, "Apples.", "Pears."),
	} {
		if version(change) == base {
			t.Errorf("another %s is the same version", name)
		}
	}
}

func FuzzProblemFile(f *testing.F) {
	f.Add(good["problems/01-first.md"])
	f.Add("---\nsteps: [{answer: {value: [1]}}]\n---\n")
	f.Add("---\nsteps:\n- hints: [{point: {ask: 1}}, {a: b, c: d}]\n---\n")
	f.Fuzz(func(t *testing.T, content string) {
		if content == "" {
			return
		}
		fsys := course(map[string]string{"problems/01-first.md": content})
		_, err := curriculum.Load(fsys)
		problems := curriculum.Lint(fsys, curriculum.Options{})
		if err == nil && len(problems) > 0 {
			t.Fatalf("Load took what Lint refuses: %v", problems)
		}
	})
}
