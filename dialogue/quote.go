package dialogue

import (
	"regexp"
	"strings"
	"unicode"
)

// maxQuote is how many code points of a learner's words the tutor repeats.
const maxQuote = 90

// plainMaths matches what can be set as a formula just as it was typed.
var (
	plainMaths = regexp.MustCompile(`^[0-9A-Za-z+\-−*·/^=<>().,\s]+$`)
	longWord   = regexp.MustCompile(`[A-Za-z]{2,}`)
	exponent   = regexp.MustCompile(`\^(-?[0-9A-Za-z]+)`)
)

// quoted repeats a learner's words in the tutor's Markdown: as a formula when
// that is what they are, else between quotation marks and with every mark of
// Markdown escaped. It is "" for nothing worth repeating.
func quoted(text, language string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.TrimRight(text, ".!?؟,;: ")
	if inner, ok := strings.CutPrefix(text, "$"); ok {
		if inner, ok = strings.CutSuffix(inner, "$"); ok && !strings.Contains(inner, "$") {
			text = strings.TrimSpace(inner)
		}
	}
	if text == "" || strings.ContainsAny(text, "?؟¿") {
		return ""
	}
	if len([]rune(text)) <= maxQuote/2 && plainMaths.MatchString(text) && !longWord.MatchString(text) && hasMaths(text) {
		text = exponent.ReplaceAllString(text, "^{$1}")
		return "$" + strings.ReplaceAll(text, "*", `\cdot `) + "$"
	}
	text = escapeMarkdown(shorten(text, maxQuote))
	switch language {
	case "es", "ar":
		return "«" + text + "»"
	}
	return "“" + text + "”"
}

// shorten cuts at a word.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	cut := limit
	for i := limit; i > limit/2; i-- {
		if unicode.IsSpace(runes[i]) {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(runes[:cut]), " ,;:") + "…"
}

func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]<>#|$~&!", r) {
			b.WriteByte('\\')
		}
		if unicode.IsControl(r) {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
