package scorer

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestOddTexts: whatever stands in the texts, a fit is made, keeps, and predicts
// numbers on the scale.
func TestOddTexts(t *testing.T) {
	for name, text := range map[string]func(i int) string{
		"empty":          func(int) string { return "" },
		"all the same":   func(int) string { return "The same essay, word for word." },
		"one word":       func(i int) string { return fmt.Sprint("word", i%4) },
		"no letters":     func(i int) string { return strings.Repeat("?! ", i) },
		"bytes":          func(i int) string { return strings.Repeat("\xff\x00\xc3(", i+1) },
		"no spaces":      func(i int) string { return strings.Repeat("ab", 2000+i) },
		"another script": func(i int) string { return strings.Repeat("人之初性本善。", 3+i%5) },
		"one long":       func(i int) string { return strings.Repeat("so it goes on. ", 1+i/39*8000) },
	} {
		examples := make([]Example, 40)
		for i := range examples {
			examples[i] = Example{text(i), []float64{.25, .5, 40}[i%3]}
		}
		r, err := Validate(examples, nil)
		if err != nil || math.IsNaN(r.QWK) || math.IsNaN(r.MAE) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		m, err := Fit(examples)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		stored, err := m.MarshalBinary()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if m, err = Unmarshal(stored); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, e := range append(examples[:5:5], Example{Text: "Something else altogether."}, Example{}) {
			value, confidence := m.Score(e.Text)
			if !(value >= 0 && value <= 1 && confidence > 0 && confidence < 1) {
				t.Errorf("%s: value %v, confidence %v", name, value, confidence)
			}
		}
	}
}

// TestSameEachTime: a fit does not depend on how its work was shared out.
func TestSameEachTime(t *testing.T) {
	examples := graded(90, 12, false)
	first, err := Validate(examples, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if again, _ := Validate(examples, nil); again != first {
			t.Fatalf("%+v, then %+v", first, again)
		}
	}
}
