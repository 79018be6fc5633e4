package rubric

import (
	"fmt"
	"testing"

	"maieutic/tutor"
)

func TestTelling(t *testing.T) {
	scored := []tutor.Precedent{
		{Criterion: "a", Level: "full", Value: 1, Text: "near and there"},
		{Criterion: "a", Level: "full", Value: 1, Text: "near and there, too"},
		{Criterion: "a", Level: "not_shown", Value: 0, Text: "far and not there"},
		{Criterion: "a", Level: "full", Value: 1, Text: "near and there"},
		{Criterion: "b", Level: "emerging", Value: 1. / 3, Text: "nearest", Note: "n"},
	}
	near := []float64{.9, .8, .1, .85, .95}
	got := Telling(scored, near, 3)
	var texts []string
	for _, e := range got {
		texts = append(texts, e.Text)
	}
	if want := "[nearest near and there far and not there]"; fmt.Sprint(texts) != want || got[0].Note != "n" || got[0].Level != "emerging" || got[0].Idea != "b" {
		t.Errorf("%v, want %v", got, want)
	}
	if all := Telling(scored, near, 9); len(all) != 4 {
		t.Errorf("%d of 4 different answers", len(all))
	}
	if Telling(nil, nil, 3) != nil {
		t.Error("something out of nothing")
	}
}
