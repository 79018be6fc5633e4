package main

import (
	"encoding/json"
	"testing"

	"maieutic/rubric/essay"
)

func TestBenchEssays(t *testing.T) {
	t.Setenv(beMain, "1") // for the processes it starts
	var r essaysResult
	if err := json.Unmarshal([]byte(mustMain(t, "", "bench", "essays", "--pairs", "1", "--drafts", "4", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Lengths) != len(essayLengths) {
		t.Fatalf("%+v", r)
	}
	for i, l := range r.Lengths {
		if l.Words != essayLengths[i] || l.PerMinute <= 0 || l.Parting <= l.PerMinute || len(l.Pairs) != 1 {
			t.Errorf("%+v", l)
		}
	}
	if r.Memory[0].Allocated <= 0 || r.Memory[1].Allocated <= r.Memory[0].Allocated || r.Memory[1].Words != essayLongWords {
		t.Errorf("%+v", r)
	}
}

// TestBenchEssayDrafts: the drafts have the length they are meant to have, and
// differ.
func TestBenchEssayDrafts(t *testing.T) {
	_, prose, err := benchEssayTask()
	if err != nil {
		t.Fatal(err)
	}
	a, b := prose.draft(600, 1), prose.draft(600, 2)
	if n := essay.CountWords(a); n < 570 || n > 640 || a == b || a != prose.draft(600, 1) {
		t.Errorf("%d words", n)
	}
}
