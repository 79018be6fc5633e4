package page_test

import (
	"reflect"
	"strings"
	"testing"

	"maieutic/tutor"
	"maieutic/web/page"
)

func TestPieces(t *testing.T) {
	text := "Letters stand for «أعداد», always."
	quote := func(words string) tutor.Quote {
		start := len([]rune(text[:strings.Index(text, words)]))
		return tutor.Quote{Start: start, End: start + len([]rune(words)), Text: words}
	}
	criterion := func(n int, quotes ...tutor.Quote) page.ReviewCriterion {
		return page.ReviewCriterion{RubricCriterion: tutor.RubricCriterion{ID: "c", Title: "C"}, Number: n, Score: &tutor.Score{Quotes: quotes}}
	}
	got := page.Pieces(text, []page.ReviewCriterion{
		criterion(1, quote("Letters stand for")), criterion(2, quote("stand for «أعداد»"), tutor.Quote{Start: 30, End: 90}, tutor.Quote{Start: 4, End: 4}),
		{Number: 3},
	}, []tutor.Flag{{Code: tutor.FlagInjection, Quotes: []tutor.Quote{quote("always"), {Start: -1, End: 2}}}})
	want := []page.Piece{
		{Text: "Letters ", Starts: []int{1}, Marks: []int{1}},
		{Text: "stand for", Starts: []int{2}, Marks: []int{1, 2}, Ends: []page.End{{Number: 1, Criterion: "c", Title: "C"}}},
		{Text: " «أعداد»", Marks: []int{2}, Ends: []page.End{{Number: 2, Criterion: "c", Title: "C"}}},
		{Text: ", "}, {Text: "always", Flag: true}, {Text: "."},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := page.Pieces("", nil, nil); len(got) != 0 {
		t.Errorf("of nothing: %+v", got)
	}
}

// FuzzPieces: whatever is quoted, the pieces together are the text.
func FuzzPieces(f *testing.F) {
	f.Add("Letters stand for numbers.", 0, 7, 5, 12)
	f.Add("«أعداد»", 0, 3, -4, 90)
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int) {
		text = strings.ToValidUTF8(text, "?")
		one := []page.ReviewCriterion{{Number: 1, Score: &tutor.Score{Quotes: []tutor.Quote{{Start: a, End: b}, {Start: c, End: d}}}}}
		whole := ""
		for _, p := range page.Pieces(text, one, []tutor.Flag{{Quotes: []tutor.Quote{{Start: b, End: d}}}}) {
			whole += p.Text
		}
		if whole != text {
			t.Fatalf("%q became %q", text, whole)
		}
	})
}
