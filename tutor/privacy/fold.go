package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is a run of letters, or of digits, of a text.
type word struct {
	start, end int    // bytes of the text
	fold       string // as compared: see fold
	letters    int    // letters of fold; 0 for a number
	cap        bool   // the first letter is a capital
	upper      bool   // all letters are capitals, two or more
	opens      bool   // a sentence or a line begins here
}

// scan splits text into words. What is opaque counts as a capitalised word. "Abd", "Abdul", "Abu" and their like are joined
// with the word they belong to.
func scan(text string) []word {
	ws := make([]word, 0, len(text)/5+1)
	opens := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			w := read(text, i, unicode.IsDigit(r))
			w.opens = opens
			opens = false
			ws = appendWord(ws, w, text)
			i = w.end
			continue
		case r == opaque:
			w := word{start: i, end: i + len(text[i:]) - len(strings.TrimLeft(text[i:], string(opaque))), fold: string(opaque), cap: true, opens: opens}
			ws, opens, i = append(ws, w), false, w.end
			continue
		case r == '\n' || strings.ContainsRune(".?!:;¿¡؟؛\"“”", r):
			opens = true
		}
		i += size
	}
	return ws
}

// read returns the word that begins at i.
func read(text string, i int, digits bool) word {
	w := word{start: i, end: i}
	ascii, lower := true, false
	for w.end < len(text) {
		r, size := utf8.DecodeRuneInString(text[w.end:])
		if digits != unicode.IsDigit(r) || !digits && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unseen(text[:w.end], r, text[w.end+size:]) {
			break
		}
		if unicode.IsUpper(r) {
			w.cap = w.cap || w.end == i
		} else {
			lower = true
		}
		if r >= utf8.RuneSelf {
			ascii = false
		}
		w.end += size
	}
	w.fold = fold(text[i:w.end], ascii)
	if !digits {
		w.letters = utf8.RuneCountInString(w.fold)
	}
	w.upper = w.cap && !lower && w.letters > 1
	return w
}

// unseen reports a character of no width between two letters, such as a soft
// hyphen or a zero width space: whoever reads sees one word. A non-joiner parts
// Arabic letters so that one sees it.
func unseen(before string, r rune, after string) bool {
	if !unicode.Is(unicode.Cf, r) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	return (unicode.IsLetter(next) || unicode.Is(unicode.Cf, next)) && (r != '\u200c' || !unicode.Is(unicode.Arabic, last))
}

// joining are words that make one name with the next.
var joining = set(`abd abdul abdel abdal abu عبد ابو ابي`)

// joins reports whether a folded word, Arabic particles in front apart, makes
// one name with the next.
func joins(w string) bool {
	for range 3 {
		if joining[w] {
			return true
		}
		_, size := utf8.DecodeRuneInString(w)
		if size == 0 || !strings.Contains("وفبلك", w[:size]) {
			return false
		}
		w = w[size:]
	}
	return false
}

func appendWord(ws []word, w word, text string) []word {
	if len(ws) == 0 || w.letters == 0 {
		return append(ws, w)
	}
	last := &ws[len(ws)-1]
	if !joins(last.fold) || !spaceOrHyphen(text[last.end:w.start]) {
		return append(ws, w)
	}
	last.end, last.fold, last.letters = w.end, last.fold+w.fold, last.letters+w.letters
	return ws
}

func spaceOrHyphen(gap string) bool { return gap == " " || gap == "-" || gap == "_" || gap == "\u00a0" }

// fold returns a word without case, accents, vowel marks and letter variants,
// and without what has no width: Latin letters with strokes and ligatures are spelled out, hamza seats become
// alif, alif maqsura becomes ya, ta marbuta becomes ha and the tatweel goes.
func fold(s string, ascii bool) string {
	if ascii {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if unicode.In(r, unicode.Mn, unicode.Cf) || r == 'ـ' {
			continue
		}
		r = unicode.ToLower(r)
		if plain, ok := spelled[r]; ok {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

var spelled = map[rune]string{
	'ß': "ss", 'ø': "o", 'æ': "ae", 'œ': "oe", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h",
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ئ': "ي", 'ؤ': "و", 'ة': "ه", 'ی': "ي", 'ک': "ك", 'ё': "е", 'ς': "σ",
}

// broad spells umlauts as two letters, the way they are typed where the
// keyboard has none; it returns "" where that changes nothing.
func broad(s string) string {
	out := umlauts.Replace(strings.ToLower(norm.NFC.String(s)))
	if out == strings.ToLower(norm.NFC.String(s)) {
		return ""
	}
	return fold(out, false)
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa")

// set makes a set of space-separated words.
func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
