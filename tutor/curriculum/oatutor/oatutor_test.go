package oatutor_test

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/oatutor"
)

// pool is a small folder in OATutor's layout, written for these tests.
var pool = map[string]string{
	"coursePlans.json": `[{"courseName": "Little Course", "language": "en", "courseOER": "https://example.org <Example>", "courseLicense": "https://example.org/by <CC BY 4.0>",
		"lessons": [{"id": "L1", "name": "Lesson 1.1", "topics": "Sums", "learningObjectives": {"add_numbers": 0.85}},
		            {"id": "L2", "name": "Lesson 1.2", "topics": ["Shares", "Parts"], "learningObjectives": {"share_evenly": 0.85}}]}]`,
	"skillModel.json": `{"sum1a": ["add_numbers"], "sum1b": ["add_numbers"], "share10a": ["share_evenly"], "share2a": ["share_evenly"]}`,

	"content-pool/sum1/sum1.json":              `{"id": "sum1", "title": "A sum", "body": "Look: ##figure1.png##", "variabilization": {"n": [2, 3]}, "oer": "https://example.org <Example>", "license": "CC BY 4.0", "lessonId": "L1", "courseName": "Little Course"}`,
	"content-pool/sum1/steps/sum1a/sum1a.json": `{"id": "sum1a", "stepAnswer": ["$$x=4$$"], "problemType": "TextBox", "stepTitle": "Solve $$x+@{n}=4+@{n}$$.", "stepBody": "", "answerType": "arithmetic", "variabilization": {}}`,
	"content-pool/sum1/steps/sum1a/tutoring/sum1aDefaultPathway.json": `[
		{"id": "h3", "type": "hint", "dependencies": ["h2"], "title": "Answer", "text": "So $$x=4$$ and the value is 4."},
		{"id": "h1", "type": "hint", "dependencies": [], "title": "Look", "text": "Look at both sides."},
		{"id": "h2", "type": "scaffold", "dependencies": ["h1"], "title": "A part", "text": "What is $$1+1$$?", "problemType": "TextBox", "answerType": "arithmetic", "hintAnswer": ["$$2$$"],
		 "subHints": [{"id": "h2-s1", "type": "hint", "dependencies": [], "title": "Count", "text": "One, two."}]}]`,
	"content-pool/sum1/steps/sum1b/sum1b.json": `{"id": "sum1b", "stepAnswer": ["Yes"], "answerLatex": ["Yes"], "problemType": "MultipleChoice", "stepTitle": "Is it true?", "stepBody": "", "answerType": "string", "choices": ["Yes", "No"]}`,

	"content-pool/share10/share10.json":                 `{"id": "share10", "title": "Tenth", "body": "", "lessonId": "L2", "courseName": "Little Course"}`,
	"content-pool/share10/steps/share10a/share10a.json": `{"id": "share10a", "stepAnswer": ["11a13c"], "answerLatex": "11a13c", "problemType": "TextBox", "stepTitle": "How many?", "answerType": "arithmetic"}`,
	"content-pool/share2/share2.json":                   `{"id": "share2", "title": "Second", "body": "", "lessonId": "L2", "courseName": "Little Course"}`,
	"content-pool/share2/steps/share2a/share2a.json":    `{"id": "share2a", "stepAnswer": ["$$\\frac{1}{2}$$"], "problemType": "TextBox", "stepTitle": "Half of one\\nin a fraction", "answerType": "arithmetic"}`,
}

func folder(change map[string]string) fstest.MapFS {
	files := maps.Clone(pool)
	maps.Copy(files, change)
	fsys := fstest.MapFS{}
	for name, content := range files {
		if content != "" {
			fsys[name] = &fstest.MapFile{Data: []byte(content)}
		}
	}
	return fsys
}

func importPool(t *testing.T, change map[string]string) oatutor.Result {
	t.Helper()
	result, err := oatutor.Import(folder(change))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestImport(t *testing.T) {
	result := importPool(t, nil)
	c := result.Courses[0]
	if c.ID != "little-course" || len(c.Skills) != 2 || c.Skills[0].Title != "Add numbers" || len(c.Lessons) != 2 || c.Lessons[1].Title != "1.2 Shares, Parts" {
		t.Fatalf("course %+v", c)
	}
	var titles []string
	for _, a := range c.Activities {
		titles = append(titles, a.Title)
	}
	if strings.Join(titles, ",") != "A sum,Second,Tenth" { // 2 comes before 10
		t.Errorf("order %v", titles)
	}
	a := c.Activities[0]
	if a.ID != "little-course.sum1" || a.Statement != "Look:" || a.LessonID != "1-1-sums" || a.License != "CC BY 4.0" || a.Source != "Example, https://example.org" {
		t.Errorf("activity %+v", a)
	}
	e := a.Steps[0].Expectations[0]
	if q := a.Steps[0].Question; q != "Solve $$x+2=4+2$$." && q != "Solve $$x+3=4+3$$." {
		t.Errorf("variables in %q", q)
	}
	if e.Answer.Kind != tutor.AnswerNumber || e.Answer.Value != "4" || e.Answer.Variable != "x" {
		t.Errorf("answer %+v", e.Answer)
	}
	if len(e.Hints) != 2 || e.Hints[0].Text != "**Look**\n\nLook at both sides." || e.Hints[1].Question == nil {
		t.Fatalf("ladder %+v", e.Hints)
	}
	q := e.Hints[1].Question
	if q.Answer.Value != "2" || len(q.Hints) != 1 || !strings.Contains(q.Tell, "$$2$$") {
		t.Errorf("scaffold %+v", q)
	}
	if !strings.Contains(e.Tell, "the value is 4") || !strings.HasSuffix(e.Tell, "The answer is $$x=4$$.") {
		t.Errorf("tell %q", e.Tell)
	}
	if b := a.Steps[1]; b.Expectations[0].Answer.Kind != tutor.AnswerChoice || len(b.Choices) != 2 {
		t.Errorf("choice %+v", b)
	}
	if k := c.Activities[2].Steps[0].Expectations[0].Answer.Kind; k != tutor.AnswerText {
		t.Errorf("11a13c is a %s", k)
	}
	if q := c.Activities[1].Steps[0].Question; q != "Half of one\nin a fraction" {
		t.Errorf("line break in %q", q)
	}
	r := result.Report
	if r.Problems != 3 || r.Steps != 4 || r.Hints != 3 || r.Scaffolds != 1 || r.Choices != 1 || r.Variabilized != 1 || len(r.Left) != 0 || len(r.Notes) != 1 {
		t.Errorf("report %+v", r)
	}
}

func TestImportIsDeterministic(t *testing.T) {
	if a, b := importPool(t, nil).Courses[0], importPool(t, nil).Courses[0]; a.Version == "" || a.Version != b.Version {
		t.Errorf("versions %q and %q", a.Version, b.Version)
	}
}

// A problem with a fault is left whole, with the reason; the others come in.
func TestFaults(t *testing.T) {
	const step = "content-pool/sum1/steps/sum1a/sum1a.json"
	const hints = "content-pool/sum1/steps/sum1a/tutoring/sum1aDefaultPathway.json"
	cases := map[string]struct {
		change map[string]string
		why    string
	}{
		"broken JSON":       {map[string]string{step: `{"id": `}, "broken JSON"},
		"missing file":      {map[string]string{step: ""}, "missing"},
		"no answer":         {map[string]string{step: strings.Replace(pool[step], `["$$x=4$$"]`, `[]`, 1)}, "no stepAnswer"},
		"no skill":          {map[string]string{"skillModel.json": strings.Replace(pool["skillModel.json"], "sum1a", "other", 1)}, "no skill"},
		"other id":          {map[string]string{step: strings.Replace(pool[step], `"id": "sum1a"`, `"id": "x"`, 1)}, "calls itself"},
		"circle":            {map[string]string{hints: `[{"id": "a", "type": "hint", "text": "x", "dependencies": ["b"]}, {"id": "b", "type": "hint", "text": "y", "dependencies": ["a"]}]`}, "circle"},
		"unknown hint":      {map[string]string{hints: `[{"id": "a", "type": "dance", "text": "x"}]`}, "unknown type"},
		"scaffold unsolved": {map[string]string{hints: `[{"id": "a", "type": "scaffold", "text": "x"}]`}, "no hintAnswer"},
		"broken hints":      {map[string]string{hints: `[`}, "broken JSON"},
		"choice":            {map[string]string{"content-pool/sum1/steps/sum1b/sum1b.json": strings.Replace(pool["content-pool/sum1/steps/sum1b/sum1b.json"], `["Yes", "No"]`, `["No"]`, 1)}, "not among its choices"},
		"no course":         {map[string]string{"content-pool/sum1/sum1.json": strings.Replace(pool["content-pool/sum1/sum1.json"], "Little Course", "Another", 1)}, "not in coursePlans.json"},
		"not UTF-8":         {map[string]string{step: "{\"id\": \"\xff\"}"}, "UTF-8"},
		"huge":              {map[string]string{step: strings.Repeat(" ", 5<<20)}, "larger"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			result := importPool(t, c.change)
			left := result.Report.Left
			if len(left) != 1 || left[0].Problem != "sum1" || !strings.Contains(left[0].Why, c.why) {
				t.Errorf("left %+v, want %q", left, c.why)
			}
			if n := len(result.Courses[0].Activities); n != 2 {
				t.Errorf("%d of the other 2 problems came in", n)
			}
		})
	}
}

func TestNotAFolderOfOATutor(t *testing.T) {
	for _, missing := range []string{"coursePlans.json", "skillModel.json"} {
		if _, err := oatutor.Import(folder(map[string]string{missing: ""})); tutor.ErrorCode(err) != tutor.CodeInvalid || !strings.Contains(err.Error(), missing) {
			t.Errorf("without %s: %v", missing, err)
		}
	}
}

// A hint that depends on one that is not there is taken as it stands, and said.
func TestUnknownDependency(t *testing.T) {
	result := importPool(t, map[string]string{
		"content-pool/sum1/steps/sum1a/tutoring/sum1aDefaultPathway.json": `[{"id": "a", "type": "hint", "text": "x", "dependencies": ["gone"]}]`,
	})
	if len(result.Report.Left) != 0 || !strings.Contains(strings.Join(result.Report.Notes, "\n"), `"gone"`) {
		t.Errorf("report %+v", result.Report)
	}
}

// Two hints of one name are both given.
func TestHintTwice(t *testing.T) {
	result := importPool(t, map[string]string{
		"content-pool/sum1/steps/sum1a/tutoring/sum1aDefaultPathway.json": `[{"id": "a", "type": "hint", "text": "x"}, {"id": "a", "type": "hint", "text": "y"}]`,
	})
	hints := result.Courses[0].Activities[0].Steps[0].Expectations[0].Hints
	if len(hints) != 2 || hints[1].Text != "y" || !strings.Contains(strings.Join(result.Report.Notes, "\n"), "two hints") {
		t.Errorf("hints %+v, notes %v", hints, result.Report.Notes)
	}
}

func FuzzProblem(f *testing.F) {
	f.Add(pool["content-pool/sum1/sum1.json"], pool["content-pool/sum1/steps/sum1a/sum1a.json"], pool["content-pool/sum1/steps/sum1a/tutoring/sum1aDefaultPathway.json"])
	f.Fuzz(func(t *testing.T, problem, step, hints string) {
		_, _ = oatutor.Import(folder(map[string]string{
			"content-pool/sum1/sum1.json": problem, "content-pool/sum1/steps/sum1a/sum1a.json": step,
			"content-pool/sum1/steps/sum1a/tutoring/sum1aDefaultPathway.json": hints,
		}))
	})
}
