package revision

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"maieutic/rubric/essay"
	"maieutic/tutor"
)

func kinds(a Alignment) string {
	var out []string
	for _, r := range a.Rows {
		out = append(out, string(r.Kind))
	}
	return strings.Join(out, " ")
}

func TestAlign(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"same":      {"One fine day. Two dogs ran.", "One fine day. Two dogs ran.", "kept kept"},
		"changed":   {"Dogs are good pets for children. Cats sleep.", "Dogs are very good pets for small children. Cats sleep.", "changed kept"},
		"added":     {"Dogs bark loudly. Cats sleep.", "Dogs bark loudly. Because they are afraid. Cats sleep.", "kept added kept"},
		"removed":   {"Dogs bark loudly. Birds sing songs. Cats sleep.", "Dogs bark loudly. Cats sleep.", "kept removed kept"},
		"moved":     {"The first thought is about dogs. Then come cats and mice. At last we speak of birds.", "Then come cats and mice. At last we speak of birds. The first thought is about dogs.", "kept kept moved"},
		"rewritten": {"Dogs bark.", "The moon shines over the sea.", "added removed"},
		"spanish":   {"Los perros son buenos amigos. Los gatos duermen.", "Los perros son muy buenos amigos. Los gatos duermen.", "changed kept"},
		"arabic":    {"الكلب صديق وفي للإنسان. القطط تنام.", "الكلب صديق وفي جدا للإنسان. القطط تنام.", "changed kept"},
		"spaces":    {"One fine day.  Two dogs ran.", "One fine day. Two dogs ran.", "kept kept"},
		"empty":     {"", "Something new.", "added"},
	} {
		if got := kinds(Align(c.before, c.after)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestMovedParagraph(t *testing.T) {
	p := []string{"School should begin later in the day. It is better for us all.", "Sleep matters a great deal at our age. Without it nobody learns.",
		"Buses could run later as well. The town would have to pay."}
	a := Align(strings.Join(p, "\n\n"), p[2]+"\n\n"+p[0]+"\n\n"+p[1])
	if fmt.Sprint(a.Moves) != "[{2 0}]" {
		t.Errorf("moves %v", a.Moves)
	}
	if strings.Count(kinds(a), "moved") != 2 || strings.Count(kinds(a), "kept") != 4 {
		t.Errorf("%s", kinds(a))
	}
}

// TestEverySentenceOnce: whatever the drafts, every sentence of either stands in
// one row, at its place, and pieces join to what they are of.
func TestEverySentenceOnce(t *testing.T) {
	sentences := []string{"Dogs bark at night.", "Cats sleep all day.", "Dogs bark at noon.", "Why is that?", "Birds sing in the old tree.", "No.", "Birds sing in the new tree."}
	draft := rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			b.WriteString(rapid.SampledFrom(sentences).Draw(t, "s") + rapid.SampledFrom([]string{" ", "\n\n"}).Draw(t, "gap"))
		}
		return b.String()
	})
	rapid.Check(t, func(t *rapid.T) {
		before, after := draft.Draw(t, "before"), draft.Draw(t, "after")
		a := Align(before, after)
		old, now := essay.Parse(before), essay.Parse(after)
		seenOld, seenNew := map[essay.Span]int{}, map[essay.Span]int{}
		for _, r := range a.Rows {
			if r.Kind != Added {
				seenOld[r.Before]++
			}
			if r.Kind != Removed {
				seenNew[r.After]++
			}
			var x, y strings.Builder
			for _, p := range r.Pieces {
				if p.Before {
					x.WriteString(p.Text)
				}
				if p.After {
					y.WriteString(p.Text)
				}
			}
			if len(r.Pieces) > 0 && (x.String() != r.Old || y.String() != r.New) {
				t.Fatalf("%+v", r)
			}
		}
		for _, s := range old.Sentences {
			if seenOld[s.Span] != 1 {
				t.Fatalf("%q stands in %d rows", s.Text, seenOld[s.Span])
			}
		}
		for _, s := range now.Sentences {
			if seenNew[s.Span] != 1 {
				t.Fatalf("%q stands in %d rows", s.Text, seenNew[s.Span])
			}
		}
		if len(seenOld) != len(old.Sentences) || len(seenNew) != len(now.Sentences) {
			t.Fatalf("%d and %d rows", len(seenOld), len(seenNew))
		}
		if before == after {
			for _, r := range a.Rows {
				if r.Kind != Kept {
					t.Fatalf("the same draft has %+v", r)
				}
			}
		}
	})
}

// TestLongDrafts: two drafts that have nothing in common are the worst case.
func TestLongDrafts(t *testing.T) {
	long := func(seed int) string {
		var b strings.Builder
		for i := range 1500 {
			fmt.Fprintf(&b, "Sentence number %d of draft %d says thing %d about topic %d. ", i, seed, i*7+seed, i*13+seed*3)
		}
		return b.String()
	}
	done := make(chan Alignment)
	go func() { done <- Align(long(1), long(2)) }()
	select {
	case a := <-done:
		if len(a.Rows) < 1500 {
			t.Errorf("%d rows", len(a.Rows))
		}
	case <-time.After(time.Minute):
		t.Fatal("it takes longer than a minute")
	}
}

func TestOutcomes(t *testing.T) {
	before := "Phones are useful. They ring in lessons. School is short."
	quote := func(text, part string) tutor.Quote {
		at := len([]rune(text[:strings.Index(text, part)]))
		return tutor.Quote{Start: at, End: at + len([]rune(part)), Text: part}
	}
	point := tutor.Point{ID: "p", CriterionID: "evidence", Kind: tutor.PointNext, Finding: "evidence.bare", Quotes: []tutor.Quote{quote(before, "They ring in lessons.")}}
	for name, c := range map[string]struct {
		after string
		now   Standing
		want  tutor.Fate
	}{
		"addressed": {"Phones are useful. They ring in lessons. For example, mine rang last week. School is short.", Standing{Value: .7}, tutor.FateAddressed},
		"partly": {"Phones are useful. They often ring loudly in lessons. School is short.",
			Standing{Finding: "evidence.bare", Value: .35, Quotes: []tutor.Quote{{Start: 19, End: 40}}}, tutor.FatePartly},
		"untouched": {before + " The end is near.", Standing{Finding: "evidence.bare", Value: .3, Quotes: []tutor.Quote{quote(before, "They ring in lessons.")}}, tutor.FateUntouched},
		"worse":     {"Phones are useful. School is short.", Standing{Finding: "evidence.bare", Value: 0}, tutor.FateWorse},
	} {
		got := Outcomes([]tutor.Point{point}, Align(before, c.after), map[string]Standing{"evidence": {Finding: "evidence.bare", Value: .3}},
			map[string]Standing{"evidence": c.now})
		if len(got) != 1 || got[0].Fate != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
