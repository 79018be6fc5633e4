package coach

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// foreign reports whether words are clearly in another language than the writer is
// to be spoken to: by script, and between languages of one script by their most
// common words.
func (w *wording) foreign(own string) bool {
	arabic, latin := 0, 0
	for _, r := range own {
		switch {
		case !unicode.IsLetter(r):
		case unicode.Is(unicode.Arabic, r):
			arabic++
		case unicode.Is(unicode.Latin, r):
			latin++
		default:
			return true // or letters that only look like ours
		}
	}
	if (w.language == "ar") != (arabic > latin) {
		return true
	}
	mine, other := 0, 0
	for _, word := range foldedWords(own) {
		if small[w.language][word] {
			mine++
		}
		for language, words := range small {
			if language != w.language && words[word] && !small[w.language][word] {
				other++
			}
		}
	}
	return other > mine || mine == 0
}

// invents reports a name or a number that stands in none of the texts, and words
// after a colon that are nobody's yet.
func (w *wording) invents(own string) bool {
	if m := afterColon.FindStringSubmatch(own); m != nil {
		if words := foldedWords(m[1]); len(words) >= leastRun && !asks(words) {
			return true
		}
	}
	begins := true
	for _, token := range strings.Fields(own) {
		word := strings.TrimFunc(token, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		first, _ := utf8.DecodeRuneInString(word)
		known := true
		for _, part := range foldedWords(word) {
			known = known && w.words[part]
		}
		number := strings.ContainsFunc(word, unicode.IsDigit)
		name := !begins && unicode.IsUpper(first) && word != "I" && !strings.HasPrefix(word, "I'") && !strings.HasPrefix(word, "I’")
		if (number || name) && !known {
			return true
		}
		begins = strings.ContainsAny(token, ".!?؟:…¿")
	}
	return false
}

// corrects reports a word that stands nowhere in the texts and is one that does
// stand there with other letters inside, as a word is beside its misspelling.
// Other endings are other forms of a word.
func (w *wording) corrects(own string) bool {
	for _, word := range foldedWords(own) {
		if utf8.RuneCountInString(word) < leastCorrected || w.words[word] || small[w.language][word] {
			continue
		}
		for known := range w.words {
			if differsInside(word, known) {
				return true
			}
		}
	}
	return false
}

// leastCorrected is how many letters a word has that is told from its misspelling:
// short words are like others by chance.
const leastCorrected = 6

// differsInside reports whether two words begin and end alike and are otherwise
// one or two letters apart.
func differsInside(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if max(len(x)-len(y), len(y)-len(x)) > 1 {
		return false
	}
	start, end := shared(x, y)
	return start >= 2 && end >= 1 && max(len(x), len(y))-start-end <= 2
}

// asks reports whether words begin as an open question does.
func asks(words []string) bool {
	for _, phrase := range phrases["asks"] {
		if strings.HasPrefix(" "+strings.Join(words, " ")+" ", phrase) {
			return true
		}
	}
	return false
}

// leastRun is how many words in a row can be a sentence in other words.
const leastRun = 3

// rewrites reports whether words say a sentence of the draft, or a run of words of
// one, in nearly the same words: as it stands it is a quotation, with changes it
// does the writer's work.
func (w *wording) rewrites(text string) bool {
	words := foldedWords(text)
	if len(words) < leastRun {
		return false
	}
	has := map[string]bool{}
	for _, word := range words {
		has[word] = true
	}
	for _, run := range w.windows {
		shared := 0
		for _, word := range run {
			if has[word] {
				shared++
			}
		}
		if 2*shared >= len(run) && w.nearly(words, run) {
			return true
		}
	}
	return false
}

// nearly reports whether some stretch of words is a run of the draft with changes:
// at least three quarters of the run in its order, at least two of them more than
// small words, and not all in one piece.
func (w *wording) nearly(words, run []string) bool {
	length := len(run) + len(run)/3 + 1
	for i := 0; i == 0 || i+length <= len(words); i++ {
		stretch := words[i:min(len(words), i+length)]
		common, full := w.common(stretch, run)
		if common >= leastRun && 4*common >= 3*len(run) && full >= 2 && verbatim(stretch, run) < common {
			return true
		}
	}
	return false
}

// common is the length of the longest common subsequence of two runs of words,
// where forms of one word count as the same, and how many of it are more than
// small words.
func (w *wording) common(a, b []string) (length, full int) {
	type cell struct{ length, full int }
	row := make([]cell, len(b)+1)
	for _, x := range a {
		diagonal := cell{}
		for j, y := range b {
			best := row[j+1]
			if row[j].length > best.length || row[j].length == best.length && row[j].full > best.full {
				best = row[j]
			}
			if kin(x, y) {
				c := cell{diagonal.length + 1, diagonal.full}
				if !small["en"][y] && !small["es"][y] && !small["ar"][y] {
					c.full++
				}
				if c.length > best.length || c.length == best.length && c.full > best.full {
					best = c
				}
			}
			diagonal, row[j+1] = row[j+1], best
		}
	}
	return row[len(b)].length, row[len(b)].full
}

// kin reports whether two words are the same, or one with another ending or a slip
// in it: they begin alike for most of their length.
func kin(a, b string) bool {
	if a == b {
		return true
	}
	x, y := []rune(a), []rune(b)
	longest := max(len(x), len(y))
	if min(len(x), len(y)) < 4 {
		return false
	}
	start, end := shared(x, y)
	return 10*(start+end) >= 7*longest
}

// shared is how many letters two words have in common from the front, and of the
// rest from the end.
func shared(x, y []rune) (start, end int) {
	for start < min(len(x), len(y)) && x[start] == y[start] {
		start++
	}
	for end < min(len(x), len(y))-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	return start, end
}

// verbatim is the length of the longest piece that stands in both as it is.
func verbatim(a, b []string) int {
	best := 0
	row := make([]int, len(b)+1)
	for _, x := range a {
		for j := len(b) - 1; j >= 0; j-- {
			row[j+1] = 0
			if x == b[j] {
				row[j+1] = row[j] + 1
				best = max(best, row[j+1])
			}
		}
	}
	return best
}
