package rubric

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"maieutic/tutor"
)

func TestModelKeepsItsCoefficients(t *testing.T) {
	m := Model{Version: "v", Provenance: "p", AloneFrom: 0.4, SeveralFrom: 0.5}
	for i := range NumFeatures {
		m.Alone.Weights[i], m.Several.Weights[i] = float64(i+1), -float64(i+1)
	}
	m.Alone.Bias, m.Several.Bias = 7, 8
	data, err := json.Marshal(&m)
	if err != nil {
		t.Fatal(err)
	}
	var back Model
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if back != m {
		t.Errorf("%+v came back as %+v", m, back)
	}
	wrong := strings.Replace(string(data), `"coverage"`, `"shoe_size"`, 1)
	if err := json.Unmarshal([]byte(wrong), &back); err == nil {
		t.Error("a coefficient of an unknown feature was read")
	}
}

// The data file must be one that fit wrote: every coefficient of the sign that
// its feature allows, and right_from a probability.
func TestDefaultModelIsSane(t *testing.T) {
	m := DefaultModel()
	if m.Provenance == "" || m.Version == "" {
		t.Error("the model does not say where it comes from")
	}
	for name, l := range map[string]Logistic{"alone": m.Alone, "several": m.Several} {
		for i, w := range l.Weights {
			if w*float64(Sign(i)) < 0 {
				t.Errorf("%s: %s has the coefficient %v", name, FeatureNames[i], w)
			}
		}
	}
	if m.RightFrom(1) < 0.3 || m.RightFrom(1) > 0.7 || m.RightFrom(2) < 0.3 || m.RightFrom(2) > 0.7 {
		t.Errorf("right from %v and %v", m.RightFrom(1), m.RightFrom(2))
	}
}

// More of a wording must never be worth less.
func TestSayingMoreIsWorthMore(t *testing.T) {
	q := Question{Language: "en", Prompt: "Why does the lamp go out?", Expectations: []tutor.Expectation{
		{ID: "gap", Says: "The gap in the wire breaks the path, so no charge can flow to the lamp."},
	}}
	answers := []string{
		"It is broken somehow.", "The wire is broken.", "The wire has a gap.", "The gap in the wire breaks the path.",
		"The gap in the wire breaks the path, so no charge can flow.",
	}
	last := -1.0
	for _, text := range answers {
		f := grade(t, q, text).Findings[0]
		if f.Value < last {
			t.Errorf("%q is worth %.3f, less than %.3f of the shorter one before", text, f.Value, last)
		}
		last = f.Value
	}
	if last < 0.8 {
		t.Errorf("a full answer is worth %.3f", last)
	}
}

func TestUnsureIsAnAnswer(t *testing.T) {
	q := Question{Language: "en", Prompt: "Why does the lamp go out?", Expectations: []tutor.Expectation{
		{ID: "gap", Says: "The gap in the wire breaks the path, so no charge can flow to the lamp."},
	}}
	f := grade(t, q, "Because charge does not arrive at it through the wire.").Findings[0]
	if f.Confidence >= 0.4 {
		t.Errorf("a paraphrase by half is judged with confidence %.2f, value %.2f", f.Confidence, f.Value)
	}
}

// BenchmarkGradeInWords is one answer against one expectation: aim, 2 ms. The
// metric compares it with cutting the same texts into words, which any grader
// has to do.
func BenchmarkGradeInWords(b *testing.B) {
	for _, wordings := range []int{1, 5, 10} {
		q := Question{Language: "en", Prompt: "Explain why the lamp goes out when the switch is opened."}
		e := tutor.Expectation{ID: "gap", Says: "An open switch leaves a gap in the path, so no charge can flow through the lamp."}
		for i := 1; i < wordings; i++ {
			e.Accept = append(e.Accept, fmt.Sprintf("The circuit is not complete any more, variant %d, and the current stops everywhere at once.", i))
		}
		q.Expectations = []tutor.Expectation{e}
		text := "I think the lamp goes out because when you open the switch there is a gap, and then the electricity cannot go round any more."
		b.Run(fmt.Sprintf("wordings=%d", wordings), func(b *testing.B) {
			g := NewBuiltin()
			for b.Loop() {
				if _, err := g.Grade(b.Context(), q, text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("wordings=%d/words-only", wordings), func(b *testing.B) {
			l := lexiconFor("en")
			for b.Loop() {
				for _, s := range append(wordingsOf(e), q.Prompt, text) {
					l.words(s)
				}
			}
		})
	}
}
