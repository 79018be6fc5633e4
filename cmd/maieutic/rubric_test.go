package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const edxRubric = `{"title":"A summary","criteria":[{"name":"short","label":"Short","options":[{"name":"no","label":"No","points":0},{"name":"yes","label":"Yes","points":2}]}]}`

func TestRubricCommands(t *testing.T) {
	data := dataDir(t)
	mustMain(t, "", "ingest", "../../tutor/curriculum/courses/arguing", "--school", "Hill School", "--class", "Writing", "--data", data)
	file := filepath.Join(t.TempDir(), "rubric.json")
	if err := os.WriteFile(file, []byte(edxRubric), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := runMain(t, "", "rubric", "import", file, "--course", "arguing", "--data", data); code != exitUsage || !strings.Contains(errs, "--as") {
		t.Errorf("with nobody to act for: %d %s", code, errs)
	}
	mustMain(t, "", "user", "add", "head@hill.example", "--name", "Head", "--role", "admin", "--data", data)
	out := mustMain(t, "", "rubric", "import", file, "--course", "arguing", "--data", data)
	id, _, _ := strings.Cut(out, " ")
	if list := mustMain(t, "", "rubric", "list", "--data", data); !strings.Contains(list, id) || !strings.Contains(list, "arguing.") || !strings.Contains(list, "A summary") {
		t.Errorf("list: %s", list)
	}
	canvas := filepath.Join(t.TempDir(), "rubric.csv")
	mustMain(t, "", "rubric", "export", id, "--format", "canvas", "--out", canvas, "--data", data)
	csv, err := os.ReadFile(canvas)
	if err != nil || !strings.Contains(string(csv), "A summary,Short,,false,Yes,,2,No,,0") {
		t.Fatalf("%s %v", csv, err)
	}
	if err := os.WriteFile(canvas, []byte(strings.Replace(string(csv), "Yes,,2", "Yes,,3", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		args := []string{"rubric", "import", canvas, "--into", id, "--data", data}
		if dry {
			args = append(args, "--dry-run")
		}
		if out := mustMain(t, "", args...); !strings.Contains(out, "points_changed") {
			t.Errorf("dry %v: %s", dry, out)
		}
	}
	if out := mustMain(t, "", "rubric", "export", id, "--format", "ora", "--data", data); !strings.Contains(out, `"points": 3`) || !strings.Contains(out, `"name": "yes"`) {
		t.Errorf("after it: %s", out)
	}
	for why, args := range map[string][]string{
		"--format": {"rubric", "export", id}, "--course": {"rubric", "import", file}, "canvas, ora or case": {"rubric", "import", file, "--course", "arguing", "--format", "pdf"},
	} {
		if code, _, errs := runMain(t, "", append(args, "--data", data)...); code == exitOK || !strings.Contains(errs, why) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
}
