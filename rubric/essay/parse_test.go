package essay

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func sentencesOf(d *Draft) []string {
	var out []string
	for _, s := range d.Sentences {
		out = append(out, s.Text)
	}
	return out
}

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		text       string
		sentences  []string
		paragraphs int
	}{
		"plain":      {"Dogs bark. Cats do not!\n\nWhy?", []string{"Dogs bark.", "Cats do not!", "Why?"}, 2},
		"titles":     {"Dr. Smith met Mr. A. Jones. They talked.", []string{"Dr. Smith met Mr. A. Jones.", "They talked."}, 1},
		"spanish":    {"¿Por qué? Porque sí. ¡Claro!", []string{"¿Por qué?", "Porque sí.", "¡Claro!"}, 1},
		"arabic":     {"هل هذا صحيح؟ نعم. هو صحيح.", []string{"هل هذا صحيح؟", "نعم.", "هو صحيح."}, 1},
		"chinese":    {"我喜欢狗。你呢？", []string{"我喜欢狗。", "你呢？"}, 1},
		"wrapped":    {"This line was pasted from a page that is narrow\nand goes on here.", []string{"This line was pasted from a page that is narrow\nand goes on here."}, 1},
		"heading":    {"My essay\nIt begins here.", []string{"My essay", "It begins here."}, 2},
		"blank":      {" \n\n \t\n", nil, 0},
		"lower case": {"i think so. because it is", []string{"i think so.", "because it is"}, 1},
	} {
		d := Parse(c.text)
		got := sentencesOf(d)
		if strings.Join(got, "|") != strings.Join(c.sentences, "|") || len(d.Paragraphs) != c.paragraphs {
			t.Errorf("%s: %q in %d paragraphs", name, got, len(d.Paragraphs))
		}
	}
	if d := Parse("My essay\nIt begins here."); !d.Paragraphs[0].Heading || d.Paragraphs[1].Heading {
		t.Errorf("%+v", d.Paragraphs)
	}
}

// TestParseKeepsPlaces: whatever the text, every span holds what it says, in
// order and without overlap.
func TestParseKeepsPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("aA é.?!؟。\n\t ,“\"'-1中ب😀\u0301")), 0, 200, -1).Draw(t, "text")
		if !utf8.ValidString(text) {
			return
		}
		d := Parse(text)
		end, word := 0, 0
		for _, s := range d.Sentences {
			if s.Start < end || d.Quote(s.Span).Text != s.Text || s.First != word {
				t.Fatalf("%+v in %q", s, text)
			}
			end, word = s.End, s.Last
			for _, w := range d.WordsOf(s) {
				if w.Start < s.Start || w.End > s.End || d.Quote(w.Span).Text != w.Text {
					t.Fatalf("%+v in %q", w, text)
				}
			}
		}
		if word != len(d.Words) {
			t.Fatalf("%d words of %d stand in sentences", word, len(d.Words))
		}
	})
}
