package render

import (
	"strings"
	"testing"
	"unicode/utf8"
)

const citedLesson = "Before é all.\n\n# Ideas\n\nFirst idea.\n\n- one\n- two\n\nSecond idea with $x^2$.\n\n# More\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nLast.\n"

func TestHTMLCited(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) int { return utf8.RuneCountInString(citedLesson[:strings.Index(citedLesson, s)]) }
	tests := []struct {
		name       string
		start, end int
		holds      []string
		not        []string
	}{
		{"one paragraph", at("First"), at("- one"), []string{"First idea."}, []string{"one", "Before"}},
		{"a list and what follows", at("- one"), at("# More"), []string{"one", "two", "Second idea"}, []string{"First", "Last"}},
		{"before the first heading", 0, at("# Ideas"), []string{"Before é all."}, []string{"First"}},
		{"a table", at("| a"), at("Last"), []string{"<table>", "2"}, []string{"Last"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := string(r.HTMLCited(citedLesson, tt.start, tt.end))
			_, rest, ok := strings.Cut(out, `<div class="cited" id="cited">`)
			inside, _, closed := strings.Cut(rest, "</div>")
			if !ok || !closed {
				t.Fatalf("nothing is marked in %s", out)
			}
			for _, want := range tt.holds {
				if !strings.Contains(inside, want) {
					t.Errorf("%q is not marked: %s", want, inside)
				}
			}
			for _, wrong := range tt.not {
				if strings.Contains(inside, wrong) {
					t.Errorf("%q is marked: %s", wrong, inside)
				}
			}
		})
	}
}

func TestHTMLCitedOutsideMarksNothing(t *testing.T) {
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	plain := r.HTML(citedLesson)
	for _, at := range [][2]int{{900, 950}, {5, 5}, {9, 3}, {-4, 0}} {
		if out := r.HTMLCited(citedLesson, at[0], at[1]); out != plain {
			t.Errorf("%v changes the page: %s", at, out)
		}
	}
}
