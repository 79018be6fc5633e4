package essay

import (
	"strings"
	"unicode"
)

// Readability is how easily a draft reads.
type Readability struct {
	// LIX is the words of a sentence plus the percentage of words with more than six
	// letters (Björnsson 1968): below 30 easy, above 60 very hard. It is meant for
	// European languages, 0 for others.
	LIX float64
	// Ease is Flesch's (1948) for English, Fernández Huerta's (1959) for Spanish:
	// 100 easy, 0 very hard; HasEase is false for other languages.
	Ease    float64
	HasEase bool
}

// Readability measures the draft. It is zero for a draft without words.
func (a *Analysis) Readability() Readability {
	words, sentences := float64(len(a.Words)), float64(len(a.Sentences))
	if words == 0 || sentences == 0 || !alphabetic(a.Words[0].Text) {
		return Readability{}
	}
	long, syllables := 0.0, 0.0
	for _, w := range a.Words {
		if w.End-w.Start > 6 {
			long++
		}
		syllables += float64(syllablesOf(a.lang, w.Fold))
	}
	r := Readability{LIX: words/sentences + 100*long/words}
	switch a.lang {
	case "en":
		r.Ease, r.HasEase = 206.835-1.015*words/sentences-84.6*syllables/words, true
	case "es":
		r.Ease, r.HasEase = 206.84-1.02*words/sentences-60*syllables/words, true
	}
	return r
}

// alphabetic reports whether a word is in a script that LIX was made for.
func alphabetic(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek) })
}

// syllablesOf counts groups of vowels, without the mute e at the end of an English
// word; at least 1.
func syllablesOf(lang, word string) int {
	if lang == "en" && len(word) > 3 && strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "le") {
		word = word[:len(word)-1]
	}
	n, in := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouyáéíóúü", r)
		if vowel && !in {
			n++
		}
		in = vowel
	}
	return max(1, n)
}

// dense returns the longest sentence of a draft that reads very hard, -1 when it
// does not.
func (a *Analysis) dense() int {
	r := a.Readability()
	if !r.HasEase || r.LIX < 62 && r.Ease > 15 {
		return -1
	}
	most, at := 34, -1
	for i, s := range a.Sentences {
		if n := s.Last - s.First; n > most {
			most, at = n, i
		}
	}
	return at
}
