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
	if a.ID != "little-course.sum1" || a.Statement != "Look: (A figure that belongs here is missing.)" || a.LessonID != "1-1-sums" || a.License != "CC BY 4.0" || a.Source != "Example, https://example.org" {
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
	if q := c.Activities[1].Steps[0].Question; q != "Half of one\n\nin a fraction" {
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
		"variable unset":    {map[string]string{step: strings.Replace(pool[step], "@{n}", "@{m}", 1)}, `variable "m" has no values`},
		"variable odd":      {map[string]string{"content-pool/sum1/sum1.json": strings.Replace(pool["content-pool/sum1/sum1.json"], "[2, 3]", "[{}]", 1)}, "number or a text"},
		"circle inside":     {map[string]string{hints: `[{"id": "a", "type": "scaffold", "text": "x", "hintAnswer": ["1"], "subHints": [{"id": "s", "text": "y", "dependencies": ["s"]}]}]`}, "circle"},
		"empty inside":      {map[string]string{hints: `[{"id": "a", "type": "scaffold", "text": "x", "hintAnswer": ["1"], "subHints": [{"id": "s"}]}]`}, "says nothing"},
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

// changed imports the pool with the first problem's step, or its hints, replaced.
func changed(t *testing.T, step, hints string) (tutor.Step, oatutor.Report) {
	t.Helper()
	change := map[string]string{}
	if step != "" {
		change["content-pool/sum1/steps/sum1a/sum1a.json"] = step
	}
	if hints != "" {
		change["content-pool/sum1/steps/sum1a/tutoring/sum1aDefaultPathway.json"] = hints
	}
	result := importPool(t, change)
	if len(result.Report.Left) > 0 {
		t.Fatalf("left %v", result.Report.Left)
	}
	return result.Courses[0].Activities[0].Steps[0], result.Report
}

// What means nothing special in OATutor means nothing special in Markdown.
func TestTexts(t *testing.T) {
	const missing = "(A figure that belongs here is missing.)"
	cases := map[string]string{
		`Is $$a \\neq b$$?`:                      `Is $$a \neq b$$?`,
		`Is a \\neq b?`:                          `Is a ≠ b?`,
		`5*q**2 and 3*q_1`:                       `5\*q\*\*2 and 3\*q\_1`,
		`$$x_1*x_2$$`:                            `$$x_1*x_2$$`,
		`One.\\nTwo.\\n- 3 + 4\\n1. Five`:        "One.\n\nTwo.\n\n\\- 3 + 4\n\n1\\. Five",
		`Sums:\\n$$a$$ - 1`:                      "Sums:\n\n$$a$$ - 1",
		`Look. ##figure1.gif##`:                  `Look. ` + missing,
		`Look.\\n##figure1.gif`:                  "Look.\n\n" + missing,
		`##a.png## ##b.png##`:                    missing,
		`It costs $6 and they cost $7 each.`:     `It costs $6 and they cost $7 each.`,
		`For $5, what is the most (in dollars$)`: `For \$5, what is the most (in dollars$)`,
		`Never closed $$x+1`:                     `Never closed \$\$x+1`,
		`# One`:                                  `\# One`,
	}
	for from, want := range cases {
		step, _ := changed(t, `{"id": "sum1a", "stepAnswer": ["4"], "problemType": "TextBox", "stepTitle": "`+from+`", "answerType": "arithmetic"}`, "")
		if step.Question != want {
			t.Errorf("%s became %q, want %q", from, step.Question, want)
		}
	}
}

// The kind of an answer follows from what it is, not from how OATutor compares.
func TestAnswerKinds(t *testing.T) {
	cases := []struct {
		answer, answerType string
		kind               tutor.AnswerKind
		value              string
	}{
		{"$$-7$$", "arithmetic", tutor.AnswerNumber, "-7"},
		{"$$\\\\frac{2x}{3}$$", "arithmetic", tutor.AnswerExpression, `\frac{2x}{3}`},
		{"$$y=2x+1$$", "arithmetic", tutor.AnswerEquation, "y=2x+1"},
		{"$$x=4$$", "arithmetic", tutor.AnswerNumber, "4"},
		{"$1.79", "string", tutor.AnswerNumber, "$1.79"},
		{"8,13", "string", tutor.AnswerExpression, "8,13"},
		{"(0,6), (-6,0)", "string", tutor.AnswerExpression, "(0,6), (-6,0)"},
		{"a=5, a=-3", "string", tutor.AnswerEquation, "a=5, a=-3"},
		{"x**3", "string", tutor.AnswerExpression, "x**3"},
		{"(n-7)/(2(n+1))", "string", tutor.AnswerExpression, "(n-7)/(2(n+1))"},
		{"p(p-4)/2(p-9)", "string", tutor.AnswerText, "p(p-4)/2(p-9)"}, // over 2, or over all of 2(p-9)?
		{"r+5/2r", "string", tutor.AnswerText, "r+5/2r"},
		{"521a842c", "arithmetic", tutor.AnswerText, "521a842c"},
		{"True", "string", tutor.AnswerText, "True"},
		{"DNE", "string", tutor.AnswerText, "DNE"},
	}
	for _, c := range cases {
		step, _ := changed(t, `{"id": "sum1a", "stepAnswer": ["`+c.answer+`"], "problemType": "TextBox", "stepTitle": "Q", "answerType": "`+c.answerType+`"}`, "")
		if a := step.Expectations[0].Answer; a.Kind != c.kind || a.Value != c.value {
			t.Errorf("%s is the %s %q, want the %s %q", c.answer, a.Kind, a.Value, c.kind, c.value)
		}
	}
}

// Several right answers are all right, and a choice that stands there twice is one.
func TestSeveralAnswers(t *testing.T) {
	step, _ := changed(t, `{"id": "sum1a", "stepAnswer": ["$$4$$", "$$\\frac{8}{2}$$"], "problemType": "TextBox", "stepTitle": "Q", "answerType": "arithmetic"}`, "")
	if a := step.Expectations[0].Answer; a.Value != "4" || len(a.Accept) != 1 || a.Accept[0] != `\frac{8}{2}` {
		t.Errorf("answer %+v", a)
	}
	step, _ = changed(t, `{"id": "sum1a", "stepAnswer": ["5**2"], "problemType": "MultipleChoice", "stepTitle": "Q", "answerType": "string", "choices": ["5**2", "1", "1"]}`, "")
	if a := step.Expectations[0].Answer; len(step.Choices) != 2 || a.Value != step.Choices[0] {
		t.Errorf("answer %+v of %v", a, step.Choices)
	}
}

// The ladder ends where the answer is stated, and not where it merely turns up.
func TestWhereTheTellingBegins(t *testing.T) {
	for last, stated := range map[string]bool{
		"So $$x=4$$.": true, "The answer is $$4$$ metres.": true, "$$4$$ is our final answer.": true, "$$2+2=4$$": true,
		"Multiply by $$4$$.": false, "$$3x=4$$ is left.": false, "It is 4 less than before.": false, "It is $$40$$.": false, "It is 4.5 now.": false,
		"The multiples are 4, 8 and 12.": false,
	} {
		step, _ := changed(t, "", `[{"id": "a", "type": "hint", "text": "Look."}, {"id": "b", "type": "hint", "text": "`+last+`"}]`)
		e := step.Expectations[0]
		if got := len(e.Hints) == 1 && strings.HasPrefix(e.Tell, last); got != stated {
			t.Errorf("%q: told %v, want %v; hints %+v", last, got, stated, e.Hints)
		}
	}
	step, report := changed(t, "", `[{"id": "a", "type": "hint", "text": "So $$x=4$$."}, {"id": "b", "type": "scaffold", "text": "Is it?", "hintAnswer": ["4"], "dependencies": ["a"]}]`)
	if len(step.Expectations[0].Hints) != 2 || !strings.Contains(strings.Join(report.Notes, "\n"), "hint 1 of sum1a states the answer") {
		t.Errorf("hints %+v, notes %v", step.Expectations[0].Hints, report.Notes)
	}
}

// The hints of a scaffold come in the order that they depend on one another.
func TestHintsOfAScaffold(t *testing.T) {
	step, report := changed(t, "", `[{"id": "a", "type": "scaffold", "text": "Half of $$@{n}$$?", "variabilization": {"n": [1000000]}, "hintAnswer": ["$$500000$$"], "subHints": [
		{"id": "s2", "type": "scaffold", "text": "What is it then?", "dependencies": ["s1"], "hintAnswer": ["$$500000$$"]},
		{"id": "s1", "type": "hint", "text": "Divide by two.", "dependencies": ["a"]}]}]`)
	q := step.Expectations[0].Hints[0].Question
	if len(q.Hints) != 2 || q.Hints[0] != "Divide by two." || q.Hints[1] != "What is it then? $$500000$$" || q.Prompt != "Half of $$1000000$$?" {
		t.Errorf("scaffold %+v", q)
	}
	if report.SubHints != 2 || report.Scaffolds != 1 {
		t.Errorf("report %+v", report)
	}
	if step.Question != "Solve $$x+2=4+2$$." && step.Question != "Solve $$x+3=4+3$$." {
		t.Errorf("the hint's variable reached %q", step.Question)
	}
}

// Problems of one title are numbered, and whoever wrote the hints is named.
func TestTitlesAndCredits(t *testing.T) {
	result := importPool(t, map[string]string{
		"content-pool/share10/share10.json":                               strings.Replace(pool["content-pool/share10/share10.json"], "Tenth", "Second", 1),
		"content-pool/sum1/steps/sum1a/tutoring/sum1aDefaultPathway.json": `[{"id": "a", "type": "hint", "text": "x", "oer": "https://hints.example <Hints>"}]`,
		"bkt-params/defaultBKTParams.json":                                `{}`,
	})
	all := result.Courses[0].Activities
	if all[0].Title != "A sum" || all[1].Title != "Second (1)" || all[2].Title != "Second (2)" {
		t.Errorf("titles %q, %q, %q", all[0].Title, all[1].Title, all[2].Title)
	}
	if want := "Example, https://example.org; hints: Hints, https://hints.example"; all[0].Source != want {
		t.Errorf("source %q, want %q", all[0].Source, want)
	}
	if notes := strings.Join(result.Report.Notes, "\n"); !strings.Contains(notes, "bkt-params") {
		t.Errorf("notes %s", notes)
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
