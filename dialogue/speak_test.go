package dialogue

import (
	"slices"
	"strings"
	"testing"

	"maieutic/tutor"
)

// TestCatalogues: every language has the same situations, each with at least
// two ways to put it and the same placeholders at hand.
func TestCatalogues(t *testing.T) {
	for _, language := range Languages {
		c := catalogues[language]
		for key, phrases := range catalogues["en"] {
			if len(c[key]) < 2 {
				t.Errorf("%s has %d phrases for %s", language, len(c[key]), key)
			}
			known := strings.Join(phrases, " ")
			for _, phrase := range c[key] {
				for _, name := range placeholders(phrase) {
					if !strings.Contains(known, "{"+name+"}") {
						t.Errorf("%s %s: {%s} has no value", language, key, name)
					}
				}
			}
		}
		for key := range c {
			if len(catalogues["en"][key]) == 0 {
				t.Errorf("%s has phrases for %s, English has none", language, key)
			}
		}
	}
}

// TestPhrasesDoNotRepeat: the same phrase never comes twice running while there
// is another.
func TestPhrasesDoNotRepeat(t *testing.T) {
	for _, seed := range []string{"a", "b", "c"} {
		b := &phrasebook{catalogue: catalogues["en"], seed: seed, said: map[string]int{}}
		for key := range b.catalogue {
			last := ""
			for n := range 12 {
				values := map[string]string{"quote": "q", "answer": "a", "lesson": "l", "step": "1", "steps": "2", "name": "n"}
				if n%3 > 0 { // with and without, so that the usable phrases vary
					values["concise"] = "c"
				}
				got := b.say(key, values)
				if got != "" && got == last {
					t.Errorf("%s: %q twice running", key, got)
				}
				last = got
			}
		}
	}
}

// TestSpeakIsPure: the same scene gives the same words, another session others.
func TestSpeakIsPure(t *testing.T) {
	plan, err := NewPlan(expand())
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]bool{}
	for _, seed := range []string{"a", "b", "c", "d", "e", "f"} {
		s, d := plan.Open()
		scene := Scene{State: s, Decision: d, Language: "en", Seed: seed, Name: "Ana"}
		first := plan.Speak(scene)
		if again := plan.Speak(scene); again.Text != first.Text {
			t.Errorf("%q and %q", first.Text, again.Text)
		}
		if !strings.HasSuffix(first.Text, "Expand $-3(x - 4)$.") || !strings.Contains(first.Text, "A bracket stands behind") {
			t.Errorf("the opening lacks the statement or the question: %q", first.Text)
		}
		texts[first.Text] = true
	}
	if len(texts) < 3 {
		t.Errorf("six sessions open in %d ways", len(texts))
	}
}

func TestQuoted(t *testing.T) {
	for _, c := range []struct{ text, language, want string }{
		{"-3x+12", "en", "$-3x+12$"},
		{" x = 4. ", "en", "$x = 4$"},
		{"$x^10$", "en", "$x^{10}$"},
		{"2*x", "en", `$2\cdot x$`},
		{"it goes to both terms.", "en", "“it goes to both terms”"},
		{"va a los dos", "es", "«va a los dos»"},
		{"**bold** <b>x</b> [a](b)", "en", `“\*\*bold\*\* \<b\>x\</b\> \[a\](b)”`},
		{"12 degrees", "en", "“12 degrees”"},
		{"is it 12?", "en", "“is it 12”"},
		{"why? because", "en", ""},
		{"", "en", ""},
		{strings.Repeat("word ", 60), "en", "“" + strings.TrimSpace(strings.Repeat("word ", 18)) + "…”"},
	} {
		if got := quoted(c.text, c.language); got != c.want {
			t.Errorf("%q is repeated as %s, want %s", c.text, got, c.want)
		}
	}
}

func TestAnswerFrom(t *testing.T) {
	factors := tutor.Passage{
		Citation: tutor.Citation{LessonID: "factors", Lesson: "Factors", Heading: "What a factor is"},
		Text: "# Factors\n\nMaths is fun. A **factor** is what something is multiplied by. In $3x$ the factor is $3$. Can you see it?\n\n" +
			"- A coefficient is the number in front of a letter.\n",
	}
	never := func(string) bool { return false }
	for _, c := range []struct {
		question string
		protects Protects
		has, not string
		leak     bool
	}{
		{"what is a factor?", never, "multiplied by", "Maths is fun", false},
		{"what does coefficient mean", never, "number in front of a letter", "factor", false},
		{"what is a black hole?", never, "", "", false},
		{"what is a factor?", func(s string) bool { return strings.Contains(s, "factor") }, "", "", true},
	} {
		got := AnswerFrom(c.question, []tutor.Passage{factors}, "en", c.protects)
		switch {
		case got.Leak != c.leak || (got.Text == "") != (c.has == ""):
			t.Errorf("%q is answered %+v", c.question, got)
		case c.has != "" && (!strings.Contains(got.Text, c.has) || strings.Contains(got.Text, c.not) || asks(got.Text)):
			t.Errorf("%q is answered %q", c.question, got.Text)
		case c.has != "" && !slices.Equal(got.Citations, []tutor.Citation{factors.Citation}):
			t.Errorf("%q is cited %+v", c.question, got.Citations)
		}
	}
}
