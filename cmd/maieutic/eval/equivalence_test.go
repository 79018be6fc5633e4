package eval

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maieutic/tutor"
)

// course writes a folder in OATutor's layout with one step for each answer.
func course(t *testing.T, steps []map[string]any) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name string, content any) {
		data, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("coursePlans.json", []any{map[string]any{"courseName": "Little Course", "language": "en", "lessons": []any{
		map[string]any{"id": "L1", "name": "Lesson 1.1", "topics": "Sums", "learningObjectives": map[string]any{"add": 0.85}},
	}}})
	skills := map[string][]string{}
	for i, step := range steps {
		problem := fmt.Sprintf("p%d", i)
		id := problem + "a"
		skills[id] = []string{"add"}
		put(filepath.Join("content-pool", problem, problem+".json"), map[string]any{"id": problem, "title": "A task", "lessonId": "L1", "courseName": "Little Course"})
		step["id"], step["stepTitle"] = id, "What is it?"
		put(filepath.Join("content-pool", problem, "steps", id, id+".json"), step)
	}
	put("skillModel.json", skills)
	return dir
}

func box(answer string) map[string]any {
	return map[string]any{"stepAnswer": []string{answer}, "problemType": "TextBox", "answerType": "arithmetic"}
}

func metric(t *testing.T, metrics []Metric, name string) float64 {
	t.Helper()
	i := slices.IndexFunc(metrics, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		t.Fatalf("no %s in %+v", name, metrics)
	}
	return metrics[i].Value
}

func TestEquivalenceOnACourse(t *testing.T) {
	steps := []map[string]any{
		{"stepAnswer": []string{"$$x<3$$"}, "problemType": "MultipleChoice", "answerType": "string", "choices": []string{"$$x<3$$", "$$x>3$$", "No solution"}},
	}
	for _, answer := range []string{
		"-17", "$$\\frac{-3}{8}$$", "$$\\frac{17}{5}$$", "0.125", "12,400", "$$3.1\\times{10}^{-4}$$", "$$-3x+12$$", "$$\\left(x-2\\right) \\left(x+7\\right)$$",
		"$$\\frac{x+1}{x^2-4}$$", "$$4\\sqrt{3}$$", "$$x^{\\frac{2}{3}}$$", "$$y=\\frac{4}{x}$$", "$$x=-2, x=5$$", "(2,-3)", "$$(-\\infty,4]$$", "7t9c",
		"$$\\frac{-1}{2}\\pm \\frac{\\sqrt{5}}{2}$$", "$$2.5a b^2$$",
	} {
		steps = append(steps, box(answer))
	}
	report, err := Equivalence(t.Context(), Options{Data: course(t, steps), Format: "oatutor", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if report.N != len(steps) || len(report.Listed) > 0 {
		t.Errorf("%d items, listed: %s", report.N, strings.Join(report.Listed, "\n"))
	}
	for _, name := range []string{"accepted", "refused", "steps_with_five", "parsed"} {
		if v := metric(t, report.Metrics, name); v != 1 {
			t.Errorf("%s is %v", name, v)
		}
	}
}

// The pairs of testdata/equivalence.jsonl were written and labelled by hand,
// every kind of answer in typing and TeX.
func TestEquivalenceOnPairsByHand(t *testing.T) {
	report, err := Equivalence(t.Context(), Options{Data: "testdata/equivalence.jsonl", Format: "jsonl", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Listed) > 0 {
		t.Error(strings.Join(report.Listed, "\n"))
	}
}

// TestEquivalenceOnPairs has two labels that are wrong on purpose: the
// measurement has to say so.
func TestEquivalenceOnPairs(t *testing.T) {
	data := write(t, "pairs.jsonl", `{"answer":"2x+6","given":"2(x+3)","equal":true}
{"answer":"2x+6","given":"2(x+3)","equal":"no"}

{"answer":12,"given":13,"equal":0,"id":"ignored"}
{"answer":"3/4","given":"6/8","equal":false,"form":"simplified"}
{"answer":"1.5","given":"150 cm","unit":"m","equal":1}
{"answer":"x = 4","given":"5","equal":true,"kind":"number","variable":"x"}
`)
	report, err := Equivalence(t.Context(), Options{Data: data, Format: "jsonl", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if report.N != 6 || len(report.Listed) != 2 {
		t.Fatalf("%d items, listed %q", report.N, report.Listed)
	}
	if a, r := metric(t, report.Metrics, "accepted"), metric(t, report.Metrics, "refused"); a != 2.0/3 || r != 2.0/3 {
		t.Errorf("accepted %v, refused %v", a, r)
	}
}

func TestPairsThatCannotBeRead(t *testing.T) {
	for _, line := range []string{"", "{", `{"answer":"1","given":"1"}`, `{"given":"1","equal":true}`, `{"answer":"1","given":[1],"equal":true}`, `{"answer":"1","given":"1","equal":"perhaps"}`} {
		_, err := Equivalence(t.Context(), Options{Data: write(t, "pairs.jsonl", line), Format: "jsonl"})
		if tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// TestRenderings looks at what the generator writes, without the code that is
// measured.
func TestRenderings(t *testing.T) {
	tests := []struct {
		answer string
		kind   tutor.AnswerKind
		want   []string
	}{
		{`\frac{-3}{4}`, tutor.AnswerNumber, []string{"(-3)/4", "-0.75", "-.75", "-75%", "minus three quarters", "-9/12", "3/-4", "$\\frac{-3}{4}$"}},
		{`\frac{7}{2}`, tutor.AnswerNumber, []string{"3 1/2", `3\frac{1}{2}`, "3.5", "3.5*10^0", "7 ÷ 2"}},
		{"1500", tutor.AnswerNumber, []string{"1,500", "1.5*10^3", "1.5E3", "1500.0"}},
		{"2(x+3)", tutor.AnswerExpression, []string{"2x+6", "(3 + x) * 2", `2 \left(x+3\right)`, "two (x plus three)"}},
		{"2\\sqrt{3}", tutor.AnswerExpression, []string{"2sqrt(3)", "sqrt(12)", "2√(3)", "2(3)^(1/2)"}},
		{"y=2x", tutor.AnswerEquation, []string{"2x=y", "y-2x=0", "3*y=3*(2*x)"}},
		{"x \\le 8", tutor.AnswerEquation, []string{"8>=x", "(-∞, 8]", "-x>=-8"}},
		{"(2,5]", tutor.AnswerExpression, []string{"2<x<=5"}},
		{"x=1, x=2", tutor.AnswerEquation, []string{"x=2, x=1", "x=1 or x=2", "{1, 2}", "x = 1 or 2"}},
	}
	for _, tt := range tests {
		it := itemOf("step", tutor.Answer{Kind: tt.kind, Value: tt.answer}, nil)
		var texts []string
		for _, r := range it.right {
			texts = append(texts, r.text)
		}
		for _, want := range tt.want {
			if !slices.Contains(texts, want) {
				t.Errorf("%s is not written as %s: %q", tt.answer, want, texts)
			}
		}
	}
}

func TestMissesDiffer(t *testing.T) {
	all, err := readClaims("2x-6", false)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, m := range misses(all, "2x-6") {
		texts = append(texts, m.text)
	}
	for _, want := range []string{"-(2x-6)", "3x-6", "2x", "-6", "2x+6", "2x-7", "x-6"} {
		if !slices.Contains(texts, want) {
			t.Errorf("%s is no near-miss: %q", want, texts)
		}
	}
	// The same solutions are no near-miss: both signs turned, a list turned.
	for _, pair := range [][2]string{{"x=2y", "-x=-2y"}, {"x=1, x=2", "x=2, x=1"}, {"|x-1|", "|1-x|"}} {
		a, errA := readClaims(pair[0], false)
		b, errB := readClaims(pair[1], false)
		if errA != nil || errB != nil || differ(a, b) {
			t.Errorf("%q and %q differ: %v %v", pair[0], pair[1], errA, errB)
		}
	}
}
