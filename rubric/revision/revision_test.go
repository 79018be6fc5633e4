package revision

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

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

// TestLongDrafts: the longest drafts there may be, with nothing or nearly nothing
// in common, take memory in proportion to their length.
func TestLongDrafts(t *testing.T) {
	write := func(format string, seed, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i*7+seed, i*13+seed*3)
		}
		return b.String()
	}
	for name, format := range map[string]string{
		"short sentences": "N%d m%d. ", "paragraphs": "N%d m%d.\n\n", "one word": "%d%d! ", "same words": "So it is said by all that thing %d is %d. ",
		"one sentence": "n%d m%d, ",
	} {
		before, after := write(format, 1, 11_000), write(format, 500_000, 11_000)
		for _, other := range []string{after, before + after, after + before} {
			var start, end runtime.MemStats
			runtime.ReadMemStats(&start)
			a := Align(before, other)
			runtime.ReadMemStats(&end)
			if used := end.TotalAlloc - start.TotalAlloc; used > 1<<30 {
				t.Errorf("%s: %d MB for %d rows", name, used>>20, len(a.Rows))
			}
			old, now := len(essay.Parse(before).Sentences), len(essay.Parse(other).Sentences)
			count := map[Kind]int{}
			for _, r := range a.Rows {
				count[r.Kind]++
			}
			if len(a.Rows)+count[Kept]+count[Changed]+count[Moved] != old+now {
				t.Errorf("%s: %v of %d and %d sentences", name, count, old, now)
			}
		}
	}
}

// TestChain holds the heaviest chain against all that there are.
func TestChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		links := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) link {
			return link{rapid.IntRange(0, 5).Draw(t, "i"), rapid.IntRange(0, 5).Draw(t, "j"), float64(rapid.IntRange(1, 9).Draw(t, "weight"))}
		}), 0, 9).Draw(t, "links")
		weight := func(chain []link) (sum float64) {
			for _, l := range chain {
				sum += l.weight
			}
			return sum
		}
		got := chain(slices.Clone(links), 6)
		for n := 1; n < len(got); n++ {
			if got[n].i <= got[n-1].i || got[n].j <= got[n-1].j {
				t.Fatalf("%v goes back", got)
			}
		}
		var best func(i, j int) float64
		best = func(i, j int) (most float64) {
			for _, l := range links {
				if l.i >= i && l.j >= j {
					most = max(most, l.weight+best(l.i+1, l.j+1))
				}
			}
			return most
		}
		if want := best(0, 0); weight(got) != want {
			t.Fatalf("%v weighs %v, there is one of %v", got, weight(got), want)
		}
	})
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

func TestALostStrengthIsWorse(t *testing.T) {
	before := "Phones are useful. They ring in lessons. School is short."
	point := tutor.Point{ID: "p", CriterionID: "evidence", Kind: tutor.PointStrength, Finding: "evidence.reason",
		Quotes: []tutor.Quote{{Start: 19, End: 40, Text: "They ring in lessons."}}}
	for name, c := range map[string]struct {
		after string
		value float64
		want  []tutor.Fate
	}{
		"lost":       {"Phones are useful. School is short.", 0, []tutor.Fate{tutor.FateWorse}},
		"only moved": {"Phones are useful. School is short. They ring in lessons.", 0, nil},
		"kept":       {before, 0, nil},
		"better":     {"Phones are useful. They all ring loudly in lessons. School is short.", 1, nil},
	} {
		var got []tutor.Fate
		for _, o := range Outcomes([]tutor.Point{point}, Align(before, c.after), map[string]Standing{"evidence": {Value: .5}}, map[string]Standing{"evidence": {Value: c.value}}) {
			got = append(got, o.Fate)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestOutcomesFollowTheText: aligned quotes stand in the later draft, nothing is
// addressed in a draft that has not changed, and a criterion that falls is never
// called better.
func TestOutcomesFollowTheText(t *testing.T) {
	sentences := []string{"Dogs bark at night.", "Los gatos duermen mucho.", "القطط تنام كثيرا.", "Dogs bark at noon.", "Why is that?"}
	draft := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(sentences), 1, 8).Draw(t, "sentences"), " ")
	})
	standing := rapid.Custom(func(t *rapid.T) Standing {
		return Standing{Finding: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "finding"), Value: float64(rapid.IntRange(0, 3).Draw(t, "level")) / 3}
	})
	rapid.Check(t, func(t *rapid.T) {
		before, after := draft.Draw(t, "before"), draft.Draw(t, "after")
		s := rapid.SampledFrom(essay.Parse(before).Sentences).Draw(t, "sentence")
		p := tutor.Point{ID: "p", CriterionID: "c", Kind: tutor.PointNext, Finding: "a", Quotes: []tutor.Quote{{Start: s.Start, End: s.End, Text: s.Text}}}
		was, is := standing.Draw(t, "was"), standing.Draw(t, "is")
		was.Finding, was.Quotes = "a", p.Quotes
		got := Outcomes([]tutor.Point{p}, Align(before, after), map[string]Standing{"c": was}, map[string]Standing{"c": is})
		if len(got) != 1 {
			t.Fatalf("%d outcomes of a next step", len(got))
		}
		for _, q := range got[0].After {
			if string([]rune(after)[q.Start:q.End]) != q.Text {
				t.Fatalf("%+v does not stand in the later draft", q)
			}
		}
		if is.Value < was.Value && got[0].Fate != tutor.FateWorse {
			t.Fatalf("from %v to %v is %s", was.Value, is.Value, got[0].Fate)
		}
		same := Outcomes([]tutor.Point{p}, Align(before, before), map[string]Standing{"c": was}, map[string]Standing{"c": was})
		if same[0].Fate != tutor.FateUntouched {
			t.Fatalf("nothing has changed and it is %s", same[0].Fate)
		}
	})
}
