package retrieval

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	gramMark   = "~" // begins the terms that are runs of letters
	gramLength = 4
	maxWord    = 64 // code points; what is longer is no word anybody asks for
)

// word is a word of a text as it is looked up: Text is what a stemmer gets,
// grams are the terms that carry its parts, for inflections that a stemmer does
// not know, compounds and slips of the pen.
type word struct {
	text   string
	grams  []string
	factor float64 // of the grams' weight
}

// signFactor is that of runs of signs which each stand for a syllable or more.
const signFactor = 2

// analyse returns the words of a text in their order. Where a script does not
// part words by spaces, each run of two letters (Chinese and Japanese) or four
// (Thai, Lao, Khmer, Burmese) counts as one. Digits of every script become those
// of ASCII.
func analyse(text, language string) []word {
	var words []word
	previous := "" // of a syllabic language, folded
	for _, run := range runsOf(lower(text, language)) {
		switch run.script {
		case dense:
			words = appendRuns(words, run.text, 2, 1, signFactor)
		case unspaced:
			words = appendRuns(words, run.text, gramLength, gramLength-1, 1)
		case syllables:
			words = append(words, word{run.text, slide(nil, []rune(run.text), 2), signFactor})
		default:
			folded := fold(run.text)
			w := word{text: run.text, factor: 1}
			if syllabic(language) {
				if previous != "" {
					w.grams = []string{gramMark + previous + " " + folded}
				}
				previous = folded
			} else {
				w.grams = slide(nil, []rune("^"+folded+"$"), gramLength)
			}
			words = append(words, w)
		}
	}
	return words
}

// appendRuns adds the runs of n letters of a text without spaces as words, each
// with the shorter runs in it as grams.
func appendRuns(words []word, text string, n, shorter int, factor float64) []word {
	runes := []rune(text)
	if len(runes) <= n {
		return append(words, word{text, slide(nil, runes, shorter), factor})
	}
	for i := 0; i+n <= len(runes); i++ {
		part := runes[i : i+shorter]
		if i+n == len(runes) {
			part = runes[i:] // the last run brings the shorter one at its end, too
		}
		words = append(words, word{string(runes[i : i+n]), slide(nil, part, shorter), factor})
	}
	return words
}

// slide appends every run of n letters as a term, none when there are fewer.
func slide(terms []string, runes []rune, n int) []string {
	for i := 0; i+n <= len(runes); i++ {
		terms = append(terms, gramMark+string(runes[i:i+n]))
	}
	return terms
}

// lower returns the text in lower case, composed. Turkish and Azeri have an i of
// their own.
func lower(text, language string) string {
	text = norm.NFC.String(text)
	if p := primarySubtag(language); p == "tr" || p == "az" {
		return strings.ToLowerSpecial(unicode.TurkishCase, text)
	}
	return strings.ToLower(text)
}

type script int

const (
	spaced    script = iota
	syllables        // Hangul: words with particles, of syllables that carry much
	dense            // Han and kana
	unspaced         // Thai, Lao, Khmer, Burmese
)

func scriptOf(r rune) script {
	switch {
	case r < 0x0E00:
		return spaced
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return dense
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return unspaced
	case unicode.Is(unicode.Hangul, r):
		return syllables
	}
	return spaced
}

type run struct {
	text   string
	script script
}

// runsOf returns the runs of letters, digits and their marks, parted where the
// way of writing changes.
func runsOf(text string) []run {
	var runs []run
	var b strings.Builder
	current, length := spaced, 0
	flush := func() {
		if b.Len() > 0 {
			runs = append(runs, run{b.String(), current})
		}
		b.Reset()
		length = 0
	}
	for _, r := range text {
		switch {
		case unicode.IsMark(r) || r == 'ー':
			if b.Len() > 0 {
				b.WriteRune(r)
				length++
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if s := scriptOf(r); s != current {
				flush()
				current = s
			}
			if length < maxWord || current == dense || current == unspaced {
				b.WriteRune(asciiDigit(r))
				length++
			}
		case r == '\u200c' || r == '\u200d': // joiners stand inside words
		default:
			flush()
		}
	}
	flush()
	return runs
}

// asciiDigit returns the digit of ASCII with the same value as r, or r.
func asciiDigit(r rune) rune {
	if r < utf8.RuneSelf || !unicode.IsDigit(r) {
		return r
	}
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return '0' + (r-rune(block.Lo))%10
		}
	}
	return r
}

// letters that differ in writing, not in meaning; the same as in maieutic_term.
var sameLetter = map[rune]rune{
	'ø': 'o', 'ł': 'l', 'đ': 'd', 'ı': 'i', 'ς': 'σ',
	'ى': 'ي', 'ة': 'ه', 'ک': 'ك', 'ی': 'ي', 'ٱ': 'ا',
}

// fold returns a word without the accents, vowel signs and lengthenings that
// writers leave out.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	if ascii {
		return s
	}
	folded := strings.Map(func(r rune) rune {
		if same, ok := sameLetter[r]; ok {
			return same
		}
		if leftOut(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return norm.NFC.String(folded)
}

func leftOut(r rune) bool {
	for _, span := range [][2]rune{{0x0300, 0x036f}, {0x0483, 0x0487}, {0x0591, 0x05c7}, {0x0640, 0x0640},
		{0x064b, 0x065f}, {0x0670, 0x0670}, {0x06d6, 0x06ed}, {0x093c, 0x093c}} {
		if span[0] <= r && r <= span[1] {
			return true
		}
	}
	return false
}
