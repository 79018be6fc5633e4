package rubric

import (
	"strings"
	"unicode"
)

// word is a word of a text as the matcher sees it.
type word struct {
	text       string // folded
	key        string // stem, or head of its synonyms
	start, end int    // code points
	function   bool
	negator    bool
	negated    bool
	clause     int
}

func (w word) content() bool { return !w.function && !w.negator }

// words cuts a text into words and marks clauses and the reach of negations.
func (l *lexicon) words(text string) []word {
	runes := []rune(text)
	var out []word
	clause, inClause := 0, 0
	breakClause := func() {
		if inClause > 0 {
			clause++
			inClause = 0
		}
	}
	for i := 0; i < len(runes); {
		if !isWordRune(runes, i) {
			if strings.ContainsRune(".;!?\n,:()", runes[i]) && !inNumber(runes, i) {
				breakClause()
			}
			i++
			continue
		}
		start := i
		for i < len(runes) && isWordRune(runes, i) {
			i++
		}
		folded := foldText(string(runes[start:i]))
		if l.joint[folded] {
			breakClause()
		}
		w := word{text: folded, start: start, end: i, clause: clause}
		w.negator = l.negation[folded]
		w.function = !w.negator && (l.function[folded] || l.joint[folded])
		w.key = numberKey(folded)
		if w.key == "" {
			w.key = l.key(folded)
		}
		inClause++
		out = append(out, w)
	}
	l.markNegation(out)
	return out
}

// isWordRune reports letters, digits, marks, and apostrophes or decimal points
// inside a word.
func isWordRune(runes []rune, i int) bool {
	r := runes[i]
	if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
		return true
	}
	if i == 0 || i+1 >= len(runes) {
		return false
	}
	if r == '\'' || r == '’' {
		return unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1])
	}
	return r == '.' && inNumber(runes, i)
}

func inNumber(runes []rune, i int) bool {
	return i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1])
}

// numberKey makes "two" and "2" the same.
func numberKey(w string) string { return smallNumbers[w] }

var smallNumbers = map[string]string{
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"ten": "10", "cero": "0", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8",
	"nueve": "9", "diez": "10",
}

// negationReach is how many content words a negation turns, to the end of its
// clause at most.
const negationReach = 5

// markNegation marks the words that stand under an odd number of negations.
// "Not only ... but" negates nothing.
func (l *lexicon) markNegation(words []word) {
	for i, n := range words {
		if !n.negator || l.notOnly(words, i) {
			continue
		}
		reach := negationReach
		for j := i + 1; j < len(words) && words[j].clause == n.clause && reach > 0; j++ {
			words[j].negated = !words[j].negated
			if words[j].content() {
				reach--
			}
		}
	}
}

func (l *lexicon) notOnly(words []word, i int) bool {
	if i+1 >= len(words) || !l.restrict[words[i+1].text] {
		return false
	}
	for j := i + 2; j < len(words) && j < i+14; j++ {
		if l.contrast[words[j].text] {
			return true
		}
	}
	return false
}

// nearlySame reports whether two words differ by at most one edit: a letter
// added, dropped, changed, or two neighbours swapped (Damerau-Levenshtein 1).
func nearlySame(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) == len(y) {
		if i == len(x) || string(x[i+1:]) == string(y[i+1:]) {
			return true
		}
		return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:])
	}
	return string(x[i:]) == string(y[i+1:])
}

// dice is the share of character trigrams two words have in common, for
// languages without a stemmer.
func dice(a, b string) float64 {
	return diceOf(trigrams(a), trigrams(b))
}

func diceOf(x, y map[string]bool) float64 {
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	common := 0
	for g := range x {
		if y[g] {
			common++
		}
	}
	return 2 * float64(common) / float64(len(x)+len(y))
}

func trigrams(s string) map[string]bool {
	r := []rune("^" + s + "$")
	out := map[string]bool{}
	for i := 0; i+3 <= len(r); i++ {
		out[string(r[i:i+3])] = true
	}
	return out
}
