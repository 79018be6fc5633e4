package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEvalDialogue(t *testing.T) {
	dir := t.TempDir()
	out := mustMain(t, "", "eval", "dialogue", "--persona", "knows", "--sessions", "2", "--json", "-", "--transcripts", dir)
	var report struct {
		N        int     `json:"n"`
		Mastered float64 `json:"mastered"`
		Turns    float64 `json:"turns"`
		Groups   map[string]struct {
			N int `json:"n"`
		} `json:"groups"`
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if report.N != 2 || report.Groups["knows"].N != 2 || report.Mastered != 1 || report.Turns < 1 {
		t.Errorf("%+v", report)
	}
	text, err := os.ReadFile(filepath.Join(dir, "knows-002.md"))
	if err != nil || !strings.Contains(string(text), "mastered") || !strings.Contains(string(text), "**Learner, turn 1**") {
		t.Errorf("%v\n%s", err, text)
	}
	for says, args := range map[string][]string{
		"MAIEUTIC_LLM_MODEL":    {"--engine", "model"},
		"builtin or model":      {"--engine", "oracle"},
		"at least 1":            {"--sessions", "0"},
		"no persona":            {"--persona", "angel"},
		"nothing to do with":    {"extra"},
		"/nowhere is no folder": {"--data", "/nowhere"},
	} {
		code, _, errs := runMain(t, "", append([]string{"eval", "dialogue"}, args...)...)
		if code == exitOK || !strings.Contains(errs, says) {
			t.Errorf("%q: code %d, %s", args, code, errs)
		}
	}
}
