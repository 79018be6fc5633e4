package rubric

import (
	_ "embed"
	"regexp"
	"strings"
	"unicode"
)

//go:embed directives.txt
var directiveFile string

// directives are the phrases of directives.txt by their first word.
var directives = loadDirectives()

type directive struct {
	words []string
	plain bool
}

func loadDirectives() []directive {
	var all []directive
	for line := range strings.Lines(directiveFile) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		all = append(all, directive{words: fields[1:], plain: fields[0] == "plain"})
	}
	return all
}

var (
	// speaker is a line that pretends to be somebody else's.
	speaker = regexp.MustCompile(`(?im)^\W*(?:system|assistant|admin(?:istrator)?|developer|teacher|grader|tutor|user|human|ai)\W{0,3}[:>\]]`)
	// shaped is an opinion or an order in the shape of data.
	shaped = regexp.MustCompile(`(?i)["'{<\[]\s*/?(?:about|ideas|evidence|level|opposed|score|grade|role|content|system|addresses_grader|misconceptions)\s*["'}>\]]`)
	// coded is a run that nobody writes as an answer: base64, hexadecimal, escapes.
	coded = regexp.MustCompile(`[A-Za-z0-9+/]{28,}={0,2}|(?:[0-9a-fA-F]{2}[ :]?){12,}|(?:\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]+;){4,}|(?:[01]{8} ?){4,}|(?:[.-]{1,5}[ /]+){8,}`)
)

// leet reads digits and signs that stand for letters.
var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// lookalikes reads letters of other alphabets as the Latin ones they look like.
var lookalikes = strings.NewReplacer(
	"а", "a", "в", "b", "с", "c", "ԁ", "d", "е", "e", "һ", "h", "і", "i", "ј", "j", "к", "k", "м", "m", "н", "h", "о", "o", "р", "p", "ѕ", "s",
	"т", "t", "у", "y", "х", "x", "ѵ", "v", "ԝ", "w", "α", "a", "β", "b", "ε", "e", "ι", "i", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t",
	"υ", "u", "χ", "x", "ı", "i", "ɡ", "g",
)

// maxDirected bounds how many words are looked at.
const maxDirected = 2000

// Directs reports whether a text speaks to a grader or a model rather than
// answering: orders, claims of authority, talk of marks and prompts, data in
// the shape of a verdict, text in a code. It errs on the side of saying so:
// such a text is then graded by the built-in grader alone, which obeys nobody.
func Directs(text string) bool {
	if speaker.MatchString(text) || shaped.MatchString(text) || coded.MatchString(text) || strings.ContainsFunc(text, invisible) {
		return true
	}
	folded := foldText(text)
	for _, reading := range []string{folded, lookalikes.Replace(folded), leet.Replace(folded), spelled(folded), reversed(folded), rot13(folded)} {
		if directed(directiveWords(reading)) {
			return true
		}
	}
	return false
}

// invisible reports characters that carry text nobody sees.
func invisible(r rune) bool {
	return r == '\u00ad' || r == '\u200b' || r == '\u2060' || r == '\ufeff' || r >= 0xE0000 && r <= 0xE007F ||
		r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

func directiveWords(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return words[:min(len(words), maxDirected)]
}

// directed looks for one plain phrase, or for two hints.
func directed(words []string) bool {
	hints := map[int]bool{}
	for at := range words {
		for i, d := range directives {
			if hints[i] || !d.at(words[at:]) {
				continue
			}
			if d.plain {
				return true
			}
			if hints[i] = true; len(hints) > 1 {
				return true
			}
		}
	}
	return false
}

// wildGap is how many words a lone * may stand for.
const wildGap = 4

// at reports whether the phrase begins here.
func (d directive) at(words []string) bool {
	for i, want := range d.words {
		if want == "*" {
			rest := directive{words: d.words[i+1:]}
			if len(rest.words) == 0 {
				return len(words) > 0
			}
			for skip := 0; skip <= wildGap && skip < len(words); skip++ {
				if rest.at(words[skip:]) {
					return true
				}
			}
			return false
		}
		if len(words) == 0 || !wordIs(words[0], want) {
			return false
		}
		words = words[1:]
	}
	return true
}

func wordIs(word, want string) bool {
	if stem, open := strings.CutSuffix(want, "*"); open {
		return strings.HasPrefix(word, stem)
	}
	return word == want
}

// spelled puts "i g n o r e" together.
func spelled(text string) string {
	return spacedLetters.ReplaceAllStringFunc(text, func(run string) string { return notLetters.ReplaceAllString(run, "") })
}

func reversed(text string) string {
	runes := []rune(text)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

func rot13(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return 'a' + (r-'a'+13)%26
		}
		return r
	}, text)
}
