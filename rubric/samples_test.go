package rubric_test

import (
	"testing"

	"maieutic/rubric"
	"maieutic/tutor/curriculum"
)

// TestRightWordingsAreNoMisconceptions: what the sample courses accept as right
// is, but for one wording in a hundred, not taken for a wrong idea as well.
func TestRightWordingsAreNoMisconceptions(t *testing.T) {
	folders, err := curriculum.Samples()
	if err != nil {
		t.Fatal(err)
	}
	b := rubric.NewBuiltin()
	wordings, taken := 0, 0
	for _, folder := range folders {
		course, err := curriculum.Load(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range course.Activities {
			for _, s := range a.Steps {
				q := rubric.Question{Language: a.Language, Prompt: s.Question, Choices: s.Choices, Expectations: s.Expectations, Misconceptions: s.Misconceptions}
				for _, e := range s.Expectations {
					if e.Answer != nil {
						continue
					}
					for _, w := range append([]string{e.Says}, e.Accept...) {
						got, err := b.Grade(t.Context(), q, w)
						if err != nil {
							t.Fatal(err)
						}
						if wordings++; len(got.Misconceptions) > 0 && got.Misconceptions[0].Confidence >= .6 {
							taken++
						}
					}
				}
			}
		}
	}
	if wordings < 400 || taken > wordings/100 {
		t.Errorf("%d of %d right wordings are taken for a wrong idea", taken, wordings)
	}
}
