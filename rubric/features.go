package rubric

import (
	"math"
	"strings"

	"maieutic/tutor"
)

// FeaturesOf describes a text as an answer to the first expectation in words of
// a question, and says how many wordings that has. It is what a Model is fitted
// on.
func FeaturesOf(q Question, text string) (f Features, wordings int) {
	g := newGrading(DefaultModel(), prepare(q), q, text)
	for _, e := range q.Expectations {
		if e.Answer == nil {
			all := wordingsOf(e)
			return g.features(g.words, all, g.best(all)), len(all)
		}
	}
	return f, 0
}

func wordingsOf(e tutor.Expectation) []string { return append([]string{e.Says}, e.Accept...) }

// features compares words of the text with every wording. m is the best match of
// the whole text.
func (g *grading) features(words []word, wordings []string, m match) Features {
	text := newPassage(words)
	f := Features{featCoverage: m.at.coverage, featOpposed: flag(m.at.opposed)}
	best := -1.0
	for _, wording := range wordings {
		ref := g.wordingOf(wording)
		c := g.compare(ref.passage, text)
		f[featGrams] += c.grams / float64(len(wordings))
		if score := c.grams + 0.3*c.letters; score > best {
			best = score
			f[featGramsBack], f[featLetters], f[featFunction], f[featNegation] = c.gramsBack, c.letters, c.function, flag(c.negation)
			f[featSentences] = math.Log1p(float64(ref.sentences))
		}
	}
	return f
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// sentences counts the sentences of a text that hold a letter, at least 1.
func sentences(text string) int {
	n := 0
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".;!?。؟", r) }) {
		if strings.ContainsFunc(part, isLetter) {
			n++
		}
	}
	return max(1, n)
}
