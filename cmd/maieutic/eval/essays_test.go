package eval

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maieutic/tutor"
)

func essayFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "essays.tsv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadEssays(t *testing.T) {
	path := essayFile(t, "\ufeffscore\tid\ttask\tfold\ttext\textra\r\n"+
		"3\t1\tA\t0\tHe said \"no\" and left.\tx\r\n"+
		"2\t2\tA\t1\t\"\"\"Quoted\"\" from the start,\nover two lines.\"\tx\r\n"+
		"1.5\t3\tB\t0\t\"Never\" is a long time.\\nNew line.\tx\r\n"+
		"\t4\tB\t0\tno score\tx\r\n"+
		"4\t5\tB\t1\tcaf\xe9 and \x93marks\x94\tx\n"+
		"4\t6\n")
	essays, notes, err := ReadEssays(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []Essay{
		{"1", "A", "0", `He said "no" and left.`, 3},
		{"2", "A", "1", "\"Quoted\" from the start,\nover two lines.", 2},
		{"3", "B", "0", "\"Never\" is a long time.\nNew line.", 1.5},
		{"5", "B", "1", "café and “marks”", 4},
	}
	if fmt.Sprint(essays) != fmt.Sprint(want) || len(notes) != 2 {
		t.Errorf("got %+v, notes %q", essays, notes)
	}
	for name, content := range map[string]string{"empty": "", "no header": "1\t2\n3\t4\n", "no scores": "id\ttask\ttext\tscore\n1\tA\tx\tnone\n"} {
		if _, _, err := ReadEssays(essayFile(t, content)); tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadUnquoted: a text that only begins with a quotation mark does not swallow
// the essays up to the next mark.
func TestReadUnquoted(t *testing.T) {
	path := essayFile(t, "id\ttask\tfold\ttext\tscore\n"+
		"1\tA\t0\t\"Dear editor, I write\t3\n"+
		"2\tA\t1\tHe said \"no\"\t2\n"+
		"3\tA\t1\tplain\t1\n"+
		"4\tA\t0\t\"open again\t3\n"+
		"5\tA\t0\t\"whole\"\t4\n"+
		"6\tA\t0\t\"two\nlines\tand a tab\"\t4\n"+
		"7\tA\t0\t\"\t5\n")
	essays, notes, err := ReadEssays(path)
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	want := []Essay{{"1", "A", "0", `"Dear editor, I write`, 3}, {"2", "A", "1", `He said "no"`, 2}, {"3", "A", "1", "plain", 1}, {"4", "A", "0", `"open again`, 3},
		{"5", "A", "0", "whole", 4}, {"6", "A", "0", "two\nlines\tand a tab", 4}, {"7", "A", "0", `"`, 5}}
	if fmt.Sprint(essays) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", essays, want)
	}
}

func TestEssays(t *testing.T) {
	var b strings.Builder
	b.WriteString("id\ttask\tfold\ttext\tscore\n")
	for i := range 120 {
		good := i % 4
		text := strings.Repeat("It is so. ", 12-3*good) + strings.Repeat("Evidence persuades where volume cannot, because readers weigh reasons. ", 1+good)
		fmt.Fprintf(&b, "%d\t%d\t%d\t%s\t%d\n", i, 1+i/60, i%5, text, good)
	}
	b.WriteString("few\t3\t0\tOne essay does not make a task.\t2\n")
	r, err := Essays(Options{Data: essayFile(t, b.String()), Format: "tsv", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Listed) != 1 || !strings.Contains(r.Listed[0], "task 3") {
		t.Errorf("listed %q", r.Listed)
	}
	few := essayFile(t, "id\ttask\tfold\ttext\tscore\n1\tA\t0\tOne essay.\t2\n")
	if _, err := Essays(Options{Data: few, Format: "tsv"}); tutor.ErrorCode(err) != tutor.CodeInvalid {
		t.Errorf("one essay in all: %v", err)
	}
	if len(r.Groups) != 2 || r.Metrics[0].Name != "mean_qwk" || r.Metrics[0].Value < .9 || r.N != 120 {
		t.Errorf("%+v", r)
	}
}
