package dialogue

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold brings a text to the form that cues are written in: lower case, accents
// and Arabic vowel signs off, letters that are written in several ways made
// one, apostrophes gone, everything else that is no letter or digit a space.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := true
	for _, r := range norm.NFKD.String(s) {
		r = foldRune(unicode.ToLower(r))
		switch {
		case r == -1:
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
			space = false
		case !space:
			b.WriteByte(' ')
			space = true
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

// foldRune maps a letter to the one it is compared as, -1 to drop it.
func foldRune(r rune) rune {
	switch {
	case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '‘', r == '`', r == 'ـ':
		return -1
	case r == 'أ', r == 'إ', r == 'آ', r == 'ٱ':
		return 'ا'
	case r == 'ى':
		return 'ى'
	case r == 'ة':
		return 'ه'
	}
	return r
}

// splitWords splits a text at white space.
func splitWords(s string) []string { return strings.Fields(s) }

// fingerprint is a short hash under which an answer or a question is known
// again. Letters, digits, signs of operation and relation count.
func fingerprint(s string) string {
	hash := fnv.New64a()
	for _, r := range strings.ToLower(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("+-−*/^=<>.,", r) {
			hash.Write([]byte(string(r))) // a hash never fails to write
		}
	}
	return strconv.FormatUint(hash.Sum64()&0xffffffff, 36)
}
