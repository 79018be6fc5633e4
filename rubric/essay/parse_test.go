package essay

import (
	"runtime"
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
		"numbers":    {"1. Dogs bark. 2. Cats do not.", []string{"1. Dogs bark.", "2. Cats do not."}, 1},
		"list":       {"- Dogs bark.\n- Cats do not.", []string{"- Dogs bark.", "- Cats do not."}, 2},
		"ellipsis":   {"I was... well, late. Then… nothing.", []string{"I was... well, late.", "Then… nothing."}, 1},
		"initials":   {"J. R. Tolkien wrote it in the U.S. Army? No.", []string{"J. R. Tolkien wrote it in the U.S. Army?", "No."}, 1},
		"and I":      {"It was I. She knew.", []string{"It was I.", "She knew."}, 1},
		"mixed":      {"He said 你好。Then كتب هذا. Fin.", []string{"He said 你好。", "Then كتب هذا.", "Fin."}, 1},
		"thai":       {"ฉันชอบหมา", []string{"ฉันชอบหมา"}, 1},
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

// TestParseIsLinear: text that makes a reader of texts look back again and again
// takes at most a small multiple more when it is eight times as long. What is
// counted is memory, which does not depend on what else the machine does.
func TestParseIsLinear(t *testing.T) {
	for _, unit := range []string{"A. ", "a\n", "x. a ", "\"a b c ", "1. ", "What? \" ", "a.b.", "this line goes on and on without any end of it in sight for a long time\n"} {
		grown := allocated(strings.Repeat(unit, 8000)) / allocated(strings.Repeat(unit, 1000))
		if grown > 16 {
			t.Errorf("%q: 8 times the text takes %.0f times the memory", unit, grown)
		}
	}
}

func allocated(text string) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Parse(text)
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}
