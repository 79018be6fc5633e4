package loss_test

import (
	"strings"
	"testing"

	"maieutic/tutor/curriculum/loss"
)

const source = `<d><metadata>not counted</metadata><p>One <emphasis>t</emphasis>wo two, 1<sup>st</sup> don't</p><p>snake_case <math><mi>gone</mi></math></p><img alt="a picture"/></d>`

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name, markdown string
		out            int
		formulas       int
	}{
		{"all there", "One *t*wo two, 1ˢᵗ don't snake_case $x$ and more ![a picture](gone.png)", 10, 1},
		{"one of two", "One two 1ˢᵗ don't snake\\_case $x$ a picture", 9, 1},
		{"in a formula or an address it does not count", "$One$ [two](picture) two 1ˢᵗ don't snake_case a", 8, 1},
		{"nothing", "", 0, 0},
	} {
		var r loss.Report
		r.Compare([]byte(source), c.markdown, map[string]bool{"metadata": true})
		if r.Words.In != 10 || r.Words.Out != c.out || r.Formulas.In != 1 || r.Formulas.Out != c.formulas {
			t.Errorf("%s: words %+v, formulas %+v, missing %v", c.name, r.Words, r.Formulas, r.Missing(20))
		}
		missing := 0
		for _, m := range r.Missing(20) {
			missing += m.N
		}
		if missing != r.Words.In-r.Words.Out {
			t.Errorf("%s: %d words are named, %d missing", c.name, missing, r.Words.In-r.Words.Out)
		}
	}
}

func TestReport(t *testing.T) {
	var r loss.Report
	if r.Words.Share() != 1 {
		t.Error("nothing of nothing is not all")
	}
	r.Lose(loss.Loss{Kind: "b", File: "f"})
	r.Lose(loss.Loss{Kind: "a", File: "f", Line: 3, Place: "id", Detail: "why"})
	r.Lose(loss.Loss{Kind: "b", File: "g"})
	counts := loss.Counts(r.Lost)
	if len(counts) != 2 || counts[0] != (loss.Count{Kind: "b", N: 2}) {
		t.Errorf("counts %v", counts)
	}
	if got := r.Lost[1].String(); got != "a: f:3 (id): why" {
		t.Errorf("%q", got)
	}
	if got := loss.Plain(`a \*b\* **c** ${}^{\text{kt}}$ [d](e) $f$ $5`); strings.Join(strings.Fields(got), " ") != "a *b* c kt [d] $5" {
		t.Errorf("plain %q", got)
	}
}
