package rubric

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"maieutic/tutor"
)

func isLetter(r rune) bool { return unicode.IsLetter(r) }

func stripAccents(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			var b strings.Builder
			for _, r := range norm.NFD.String(s) {
				if !unicode.Is(unicode.Mn, r) {
					b.WriteRune(r)
				}
			}
			return b.String()
		}
	}
	return s
}

// leadIns may stand before an answer in words.
var leadIns = []string{
	"the answer is", "answer is", "it is", "it's", "its", "i think it is", "i think it's", "i think", "that is", "is", "a", "an", "the",
	"la respuesta es", "creo que es", "creo que", "es", "un", "una", "el", "la",
}

// normalWords is the text in small letters without accents, punctuation,
// surplus space and lead-in.
func normalWords(s string) string {
	fields := strings.FieldsFunc(foldText(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("'<>=+-/%", r)
	})
	s = strings.Join(fields, " ")
	for changed := true; changed; {
		changed = false
		for _, lead := range leadIns {
			if rest, ok := strings.CutPrefix(s, lead+" "); ok {
				s, changed = rest, true
			}
		}
	}
	return s
}

// matchText compares words: case, accents, punctuation and a lead-in aside.
func matchText(_ string, a tutor.Answer, text string) Verdict {
	got := normalWords(text)
	v := Verdict{Parsed: got != ""}
	if !v.Parsed {
		v.Note = NoteUnparsed
		return v
	}
	runes := []rune(text)
	if q, ok := quote(runes, 0, len(runes)); ok {
		v.Start, v.End = q.Start, q.End
	}
	for _, value := range append([]string{a.Value}, a.Accept...) {
		v.Equal = v.Equal || normalWords(value) == got
	}
	return v
}
