package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// The second run finds the passages of the first.
func TestBenchRetrieve(t *testing.T) {
	dir := dataDir(t)
	var first, second retrieveResult
	for _, r := range []*retrieveResult{&first, &second} {
		if err := json.Unmarshal([]byte(mustMain(t, "", "bench", "retrieve", "--passages", "1000", "--dir", dir, "--json")), r); err != nil {
			t.Fatal(err)
		}
		if r.Passages != 1000 || r.Vectors < retrieveRecall || r.Fused < retrieveRecall || r.Search.P50 <= 0 || r.Search.P99 < r.Search.P50 || r.Ratio.Ratio <= 0 {
			t.Errorf("%+v", r)
		}
	}
	if second.Width != first.Width || second.Vectors != first.Vectors || second.Fused != first.Fused {
		t.Errorf("the same library gave %+v, then %+v", first, second)
	}
}

func TestSyntheticLibraryIsTheSame(t *testing.T) {
	a, b := newSynthetic(2000), newSynthetic(2000)
	if a.passage(7) != b.passage(7) || a.passage(7) == a.passage(8) {
		t.Error("passages differ between two libraries, or not within one")
	}
	if qa, qb := a.questions("s", 3), b.questions("s", 3); qa[2] != qb[2] || qa[1].Text == qa[2].Text {
		t.Error("questions differ between two libraries, or not within one")
	}
	if _, err := (syntheticEmbedder{a}).Embed(t.Context(), []string{"something else"}); err == nil {
		t.Error("a text that is not the library's was embedded")
	}
}

func TestEvalRetrieve(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tiny.en.json")
	if err := os.WriteFile(file, []byte(`{"data": [{"paragraphs": [
		{"context": "A battery pushes charges.", "qas": [{"question": "What pushes charges?"}]},
		{"context": "A leaf takes in light.", "qas": [{"question": "What takes in light?"}]}]}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var report map[string]any
	if err := json.Unmarshal([]byte(mustMain(t, "", "eval", "retrieve", "--data", file, "--language", "de", "--json", "-")), &report); err != nil {
		t.Fatal(err)
	}
	if report["n"] != 2.0 || report["r_at_1"] != 1.0 || report["mrr"] != 1.0 {
		t.Errorf("%v", report)
	}
	if notes := report["notes"].([]any); notes[0] != `tiny.en.json: 2 passages, 2 questions, language "de"` {
		t.Errorf("%v", notes)
	}
}
