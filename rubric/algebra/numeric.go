package algebra

import (
	"strings"
	"sync"
	"unicode"
)

// numberWords are the words that stand for a number, by language.
var numberWords = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	for language, v := range vocabularies {
		for phrase, e := range v.phrases {
			for _, kind := range []string{"card", "den", "const"} {
				if _, ok := e.kinds[kind]; ok && len(phrase) > 2 {
					first, _, _ := strings.Cut(phrase, " ")
					all[language] = append(all[language], first)
					break
				}
			}
		}
	}
	return all
})

// Numeric reports whether a text in one of these languages may hold a number: a
// digit of any script, or a word that begins like a number's, or holds one where
// words are written together with their particles. Without one it states nothing
// exact.
func Numeric(text string, languages ...string) bool {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsNumber(r) || r == '∞' || r == 'π' }) {
		return true
	}
	words := strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, language := range languages {
		for _, number := range numberWords()[language] {
			for _, word := range words {
				if strings.HasPrefix(word, number) || word[0] >= 0x80 && strings.Contains(word, number) {
					return true
				}
			}
		}
	}
	return false
}
