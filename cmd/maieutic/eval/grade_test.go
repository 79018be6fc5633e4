package eval

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadSemEval(t *testing.T) {
	answers, err := ReadSemEval("testdata/semeval")
	if err != nil {
		t.Fatal(err)
	}
	if len(answers) != 5 || len(answers[0].References) != 2 || answers[0].Module != "circuits" || answers[0].Corpus != "semeval" {
		t.Fatalf("%+v", answers)
	}
	for i, want := range []string{"correct", "correct", "contradictory", "incorrect", "incorrect"} {
		if answers[i].Label != want {
			t.Errorf("answer %d is %s, want %s", i, answers[i].Label, want)
		}
	}
}

func TestGradeLabels(t *testing.T) {
	report, err := Grade(t.Context(), Options{Data: "testdata/semeval", Format: "semeval2013", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		N         int                   `json:"n"`
		MacroF1   *float64              `json:"macro_f1"`
		TwoWay    *float64              `json:"two_way_macro_f1"`
		Intervals map[string][2]float64 `json:"intervals"`
		Groups    map[string]struct {
			N int `json:"n"`
		} `json:"groups"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.N != 5 || got.MacroF1 == nil || got.TwoWay == nil || *got.TwoWay != 1 {
		t.Errorf("%s", out.String())
	}
	if in := got.Intervals["macro_f1"]; in[0] > *got.MacroF1 || in[1] < *got.MacroF1 {
		t.Errorf("the interval %v does not hold %v", in, *got.MacroF1)
	}
	if got.Groups["contradictory"].N != 1 || got.Groups["negated"].N != 3 {
		t.Errorf("groups %+v", got.Groups)
	}
}

func TestGradePoints(t *testing.T) {
	report, err := Grade(t.Context(), Options{Format: "csv", Seed: 1, Data: write(t, "points.csv", `question,reference,answer,score,max
Why does the lamp go out?,The open switch leaves a gap in the path so no charge can flow.,There is a gap in the path and no charge can flow.,5,5
Why does the lamp go out?,The open switch leaves a gap in the path so no charge can flow.,The path has a gap.,3,5
Why does the lamp go out?,The open switch leaves a gap in the path so no charge can flow.,It was late.,0,5
`)})
	if err != nil {
		t.Fatal(err)
	}
	if report.N != 3 || report.Metrics[0].Name != "pearson" || report.Metrics[0].Value < 0.8 {
		t.Errorf("%+v", report)
	}
}

// Tabs for commas, a byte order mark, line breaks of web forms and another
// encoding are read as what they mean.
func TestReadsWhatExportsLeave(t *testing.T) {
	rows, err := readPoints(write(t, "p.csv", "\ufeffquestion\treference\tanswer\tscore\nq\tr | s\tone<br>two\t3\nq\tr\tx\t5\n"))
	if err != nil || len(rows) != 2 || rows[0].Text != "one two" || len(rows[0].References) != 2 || rows[1].most != 5 {
		t.Errorf("%+v, %v", rows, err)
	}
	latin := "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><question><referenceAnswers><referenceAnswer>caf\xe9</referenceAnswer></referenceAnswers>" +
		"<studentAnswers><studentAnswer accuracy=\"correct\">caf\xe9</studentAnswer></studentAnswers></question>"
	answers, err := ReadSemEval(filepath.Dir(write(t, "q.xml", latin)))
	if err != nil || len(answers) != 1 || answers[0].Text != "café" {
		t.Errorf("%+v, %v", answers, err)
	}
}

func TestBadData(t *testing.T) {
	tests := []struct{ name, format, data, says string }{
		{"no folder", "semeval2013", t.TempDir(), "no labelled answers"},
		{"no xml", "semeval2013", filepath.Dir(write(t, "q.xml", "<question")), "q.xml"},
		{"strange label", "semeval2013", filepath.Dir(write(t, "q.xml", `<question><referenceAnswers><referenceAnswer>x</referenceAnswer></referenceAnswers>
			<studentAnswers><studentAnswer accuracy="fine">y</studentAnswer></studentAnswers></question>`)), `"fine"`},
		{"no reference", "semeval2013", filepath.Dir(write(t, "q.xml", "<question></question>")), "no reference"},
		{"missing columns", "csv", write(t, "p.csv", "question,answer\na,b\n"), "reference, score"},
		{"a score in words", "csv", write(t, "p.csv", "question,reference,answer,score\na,b,c,four\n"), "line 2"},
		{"empty", "csv", write(t, "p.csv", ""), "header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Grade(t.Context(), Options{Format: tt.format, Data: tt.data})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want one that says %q", err, tt.says)
			}
		})
	}
}

// write puts a file into a folder of its own.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
