package essay

import (
	"unicode"

	"github.com/clipperhouse/uax29/v2/words"
)

// CountWords counts words as Unicode Annex 29 parts them: what has a letter or a
// digit in it. In scripts without spaces each ideograph counts.
func CountWords(text string) int {
	n := 0
	for tokens := words.FromString(text); tokens.Next(); {
		if isWord(tokens.Value()) {
			n++
		}
	}
	return n
}

func isWord(token string) bool {
	for _, r := range token {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
	}
	return false
}
