package essay

import (
	"slices"
	"strings"
	"unicode"
)

// Bounds of what counts as a slip of another word.
const (
	swapLeast = 6 // letters of a word with two neighbours changed round, or one doubled
	dropLeast = 8 // letters of a word with a vowel too many or too few
	meantMost = 5000
)

// misspelt returns words that are plainly misspelt: those on a short list of
// frequent misspellings, and those that differ by a slip of the hand from a word
// of the task, of the reading, or one that the draft itself spells otherwise
// several times. There is no dictionary, so most misspellings are not found; what
// is found is one.
func (a *Analysis) misspelt() []Slip {
	if a.cues == nil {
		return nil
	}
	counts := map[string]int{}
	for _, w := range a.Words {
		counts[w.Fold]++
	}
	meant := a.spelt(counts)
	var out []Slip
	for i, w := range a.Words {
		if n := a.cues.begins(cueMisspelt, a.keys[i:]); n > 0 {
			out = append(out, a.slip(Span{w.Start, a.Words[i+n-1].End}, "spelling"))
			continue
		}
		if a.lang != "ar" && counts[w.Fold] == 1 && !capitalised(a.Runes[w.Start:w.End]) && meant.slipped(w.Fold) {
			out = append(out, a.slip(w.Span, "spelling"))
		}
	}
	return out
}

// lexis holds words that are spelt as meant, by their first letter and their last
// two: forms of a word differ there, slips of the hand are looked for between.
type lexis map[[3]rune][][]rune

func ends(r []rune) [3]rune { return [3]rune{r[0], r[len(r)-2], r[len(r)-1]} }

// spelt are the words that a writer of this draft means to spell as they stand
// there: long ones of the task and the reading, and of the draft when it has them
// three times.
func (a *Analysis) spelt(counts map[string]int) lexis {
	seen, meant := map[string]bool{}, lexis{}
	add := func(word string) {
		if r := []rune(word); len(r) >= swapLeast && len(seen) < meantMost && !seen[word] {
			seen[word] = true
			meant[ends(r)] = append(meant[ends(r)], r)
		}
	}
	for _, word := range keysOf(a.Task.Prompt) {
		add(word)
	}
	for i := range a.Task.Sources {
		for _, word := range a.reading(i).keys {
			add(word)
		}
	}
	for _, w := range a.Words { // in the order of the text, so that the bound cuts the same
		if counts[w.Fold] >= 3 {
			add(w.Fold)
		}
	}
	return meant
}

func capitalised(word []rune) bool { return unicode.ToLower(word[0]) != word[0] }

// vowels of the languages with cues that are written in Latin letters.
const vowels = "aeiouáéíóúü"

// slipped reports whether one slip makes a word of a meant one.
func (l lexis) slipped(word string) bool {
	r := []rune(word)
	if len(r) < swapLeast {
		return false
	}
	found := false
	for _, meant := range l[ends(r)] {
		if slices.Equal(meant, r) {
			return false
		}
		found = found || isSlip(meant, r)
	}
	return found
}

// isSlip reports whether two neighbouring letters of a meant word are changed
// round in a written one, a letter is double in one of them and single in the
// other, or one has a vowel more.
func isSlip(meant, word []rune) bool {
	at := 0
	for at < min(len(meant), len(word)) && meant[at] == word[at] {
		at++
	}
	long, short := meant, word
	if len(long) < len(short) {
		long, short = short, long
	}
	switch {
	case at == 0 || at >= len(short)-1:
		return false
	case len(long) == len(short):
		return long[at] == short[at+1] && long[at+1] == short[at] && slices.Equal(long[at+2:], short[at+2:])
	case len(long) == len(short)+1 && slices.Equal(long[at+1:], short[at:]):
		return long[at] == long[at-1] || len(long) >= dropLeast && strings.ContainsRune(vowels, long[at])
	}
	return false
}
