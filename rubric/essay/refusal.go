package essay

import (
	"strings"
	"unicode"

	"maieutic/tutor"
)

// Bounds of what is read as an essay.
const (
	copiedShare   = .7 // of five-word runs that stand in the prompt or a source
	shingle       = 5
	ownWords      = 40  // so many words of one's own are an essay beside what is copied
	sameShare     = .12 // distinct words among all, below which they are the same again and again
	mashedShare   = .4  // words that no language has
	fewWords      = 25
	fewIdeographs = 40
)

// Refuse returns why a draft is not read as an essay, "" for one that is. It is
// slow to refuse: a text full of mistakes, or in a language it does not know, is
// an essay.
func (a *Analysis) Refuse() tutor.Refusal {
	n := len(a.Words)
	switch {
	case n == 0:
		return tutor.RefusalBlank
	case a.gibberish():
		return tutor.RefusalGibberish
	case a.copied():
		return tutor.RefusalCopied
	case len(a.Sentences) == 1 && n < 3*fewWords || n < a.fewest():
		if a.ideographic() && n >= fewIdeographs && len(a.Sentences) > 1 {
			return ""
		}
		return tutor.RefusalOneSentence
	}
	return ""
}

// fewest is how many words are read as an essay: a small share of those asked for.
func (a *Analysis) fewest() int {
	return max(fewWords, min(50, a.Task.Words.Least*15/100))
}

// copied reports whether a draft is the prompt or the reading, and hardly
// anything else.
func (a *Analysis) copied() bool {
	given := map[string]bool{}
	if len(a.Words) < shingle {
		return false
	}
	addShingles(given, keysOf(a.Task.Prompt))
	for i := range a.Task.Sources {
		addShingles(given, a.reading(i).keys)
	}
	taken := make([]bool, len(a.Words))
	runs := 0
	for i := 0; i+shingle <= len(a.Words); i++ {
		if given[strings.Join(a.keys[i:i+shingle], " ")] {
			runs++
			for j := i; j < i+shingle; j++ {
				taken[j] = true
			}
		}
	}
	own := 0
	for _, t := range taken {
		if !t {
			own++
		}
	}
	return float64(runs)/float64(len(a.Words)-shingle+1) >= copiedShare && own < ownWords
}

func addShingles(to map[string]bool, words []string) {
	for i := 0; i+shingle <= len(words); i++ {
		to[strings.Join(words[i:i+shingle], " ")] = true
	}
}

// gibberish reports whether a text says nothing: the same words again and again,
// a keyboard struck at random, or filler text.
func (a *Analysis) gibberish() bool {
	n := len(a.Words)
	distinct := map[string]bool{}
	mashed := 0
	for _, w := range a.Words {
		distinct[w.Fold] = true
		if mashedWord(w.Fold) {
			mashed++
		}
	}
	if n >= 5 && float64(mashed) > mashedShare*float64(n) {
		return true
	}
	// Letters at random have vowels now and then, but no small words.
	if n >= 15 && float64(mashed) > .15*float64(n) && a.functionWords() == 0 {
		return true
	}
	// Long texts repeat their words by nature; a dozen words of them are a text.
	if n >= 12 && len(distinct) <= 3 || n >= 20 && len(distinct) < 12 && float64(len(distinct)) < sameShare*float64(n) {
		return true
	}
	if a.echoes() {
		return true
	}
	return n >= 4 && a.Words[0].Fold == "lorem" && a.Words[1].Fold == "ipsum"
}

// functionWords counts the words that are function words of a known language.
func (a *Analysis) functionWords() int {
	n := 0
	for _, key := range a.keys {
		for _, c := range cueLists() {
			if c.function(key) {
				n++
				break
			}
		}
	}
	return n
}

// echoes reports whether one sentence stands there again and again, and hardly
// any other.
func (a *Analysis) echoes() bool {
	if len(a.Sentences) < 5 {
		return false
	}
	seen := map[string]bool{}
	for _, s := range a.Sentences {
		seen[strings.ToLower(s.Text)] = true
	}
	return float64(len(seen)) <= .2*float64(len(a.Sentences))
}

// rows are what a hand finds that only wants to fill a page.
var rows = []string{
	"asdf", "sdfg", "dfgh", "fghj", "ghjk", "hjkl", "qwer", "zxcv", "xcvb", "cvbn", "jkl", "lkj", "fdsa",
	"фыва", "ывап", "олдж", "йцук", "ячсм", "ждло", "شسيب", "ضصثق", "كمنت", "ئءؤر",
}

// mashedWord reports whether no language that is written in Latin letters has a
// word like this one, or a row of keys stands in it. Words of other scripts are
// judged by the rows alone.
func mashedWord(word string) bool {
	run, same, vowels, letters := 0, 0, 0, 0
	longest := 0
	var last rune
	for _, row := range rows {
		if strings.Contains(word, row) {
			return true
		}
	}
	for _, r := range word {
		if !unicode.Is(unicode.Latin, r) {
			return false
		}
		letters++
		if strings.ContainsRune("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿāēīōūőűıœ", r) || r > 0x17f {
			vowels++
			run = 0
		} else {
			run++
			longest = max(longest, run)
		}
		if r == last {
			same++
		}
		last = r
	}
	if letters < 4 {
		return false
	}
	return vowels == 0 && letters >= 5 || longest >= 6 || same >= 3 && letters < 12
}

// ideographic reports whether most words are single ideographs.
func (a *Analysis) ideographic() bool {
	n := 0
	for _, w := range a.Words {
		if w.End-w.Start == 1 && unicode.In([]rune(w.Text)[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer) {
			n++
		}
	}
	return 2*n > len(a.Words)
}
