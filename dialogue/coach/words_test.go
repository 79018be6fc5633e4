package coach

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// codesOf are the codes of findings that the engine has, from its source: those of
// strengths, and those of next steps.
func codesOf(t *testing.T) (strengths, nexts []string) {
	t.Helper()
	files, err := filepath.Glob("../../rubric/essay/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`r\.(good|next)\(Finding\{Code: "([a-z_.]+)"`)
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range code.FindAllStringSubmatch(string(raw), -1) {
			if m[1] == "good" {
				strengths = append(strengths, m[2])
			} else {
				nexts = append(nexts, m[2])
			}
		}
	}
	for _, kind := range []string{"capital", "end_mark", "doubled", "long", "space", "spelling", "grammar", "punctuation", "other"} {
		nexts = append(nexts, "conventions."+kind)
	}
	for _, a := range tutor.Aspects {
		if a != tutor.AspectOverall && a != tutor.AspectConventions && a != tutor.AspectDevelopment {
			nexts = append(nexts, string(a)+".unread")
		}
	}
	return append(strengths, "evidence.reason", "evidence.example", "conventions.clean", "conventions.no_slip"), append(nexts, "evidence.bare", "evidence.none", "sources.more")
}

func questions(text string) int {
	return strings.Count(text, "?") + strings.Count(text, "؟")
}

// TestEveryFindingHasWords: in every language, a strength asks nothing and a next
// step asks one question, at its end.
func TestEveryFindingHasWords(t *testing.T) {
	strengths, nexts := codesOf(t)
	if len(strengths) < 20 || len(nexts) < 30 {
		t.Fatalf("%d strengths and %d next steps", len(strengths), len(nexts))
	}
	for _, language := range Languages {
		for _, code := range strengths {
			for _, phrase := range catalogues[language][code] {
				if questions(phrase) != 0 {
					t.Errorf("%s %s asks: %q", language, code, phrase)
				}
			}
		}
		for _, code := range nexts {
			for _, phrase := range catalogues[language][code] {
				if questions(phrase) != 1 || !strings.HasSuffix(phrase, "?") && !strings.HasSuffix(phrase, "؟") {
					t.Errorf("%s %s does not ask one question: %q", language, code, phrase)
				}
			}
		}
		for _, code := range append(strengths, nexts...) {
			if len(catalogues[language][code]) == 0 {
				t.Errorf("%s has no words for %s", language, code)
			}
		}
	}
}

// TestLanguagesSayTheSame: each language has each code, with the same places to
// fill.
func TestLanguagesSayTheSame(t *testing.T) {
	hole := regexp.MustCompile(`\{[a-z0-9]+\}`)
	for code, phrases := range catalogues["en"] {
		filled := map[string]bool{}
		for _, p := range phrases {
			for _, h := range hole.FindAllString(p, -1) {
				filled[h] = true
			}
		}
		for _, language := range Languages {
			if len(catalogues[language][code]) == 0 {
				t.Errorf("%s has no %s", language, code)
			}
			for _, p := range catalogues[language][code] {
				for _, h := range hole.FindAllString(p, -1) {
					if !filled[h] {
						t.Errorf("%s %s: %s is not in the English", language, code, h)
					}
				}
			}
		}
	}
	for _, language := range Languages {
		if n := len(catalogues[language]); n != len(catalogues["en"]) {
			t.Errorf("%s has %d codes, English %d", language, n, len(catalogues["en"]))
		}
	}
}

func TestVariantsAreChosenByDraft(t *testing.T) {
	f := essay.Finding{Code: "thesis.missing", Quotes: []tutor.Quote{{End: 3, Text: "abc"}}}
	seen := map[string]bool{}
	for i := range 40 {
		w := newWords("en", fmt.Sprint(i))
		if w.finding(f) != newWords("en", fmt.Sprint(i)).finding(f) {
			t.Fatal("the same draft reads differently")
		}
		seen[w.finding(f)] = true
	}
	if len(seen) != len(catalogues["en"]["thesis.missing"]) {
		t.Errorf("%d of %d variants come up", len(seen), len(catalogues["en"]["thesis.missing"]))
	}
}

func TestQuotedIsHarmless(t *testing.T) {
	w := newWords("en", "")
	got := w.quoted("<b>*x*</b> [a](b) {quote} " + strings.Repeat("long ", 40))
	if strings.Contains(got, "<b>") && !strings.Contains(got, `\<b`) || strings.Contains(got, " *x") || !strings.Contains(got, "…") {
		t.Errorf("%q", got)
	}
	if out, ok := fill("Look at {quote}.", map[string]string{"quote": "{n}"}); !ok || out != "Look at {n}." {
		t.Errorf("%q", out)
	}
}
