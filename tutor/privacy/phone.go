package privacy

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// phoneForm is a run of digits in groups. What it matches is a telephone number
// only if [phone] says so: sums, thousands and dates have the same letters.
var (
	phoneForm = regexp.MustCompile(`[+＋]?\(?\p{Nd}{1,}\)?(?:[ \x{a0}./-]{1,2}\(?\p{Nd}{1,}\)?){0,6}`)
	phoneCue  = regexp.MustCompile(`(?i)(?:\b(?:phone|cell|mobile|tel|telephone|whats\s?app|call|text|sms|fax|reach me|my number|ring|tel[eé]fono|m[oó]vil|celular|ll[aá]ma(?:me|nos)?|mi n[uú]mero|handy|nummer)\b|هاتف|جوال|موبايل|واتس|رقمي|اتصل|تلفون)[^\n.!?=+*\x1a]{0,24}$`)
	groups    = regexp.MustCompile(`\p{Nd}+`)
)

// phones returns the telephone numbers of a text.
func phones(text string) []finding {
	var found []finding
	for i := 0; i < len(text); {
		n := dialled(text[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		if digitsIn(text[i:i+n], 7) {
			for _, at := range phoneForm.FindAllStringIndex(text[i:i+n], -1) {
				if start, end := i+at[0], i+at[1]; phone(text, start, end) {
					found = append(found, finding{start: start, end: end, kind: "PHONE"})
				}
			}
		}
		i += n
	}
	return found
}

// dialled returns the length of the digits, and what may stand between them,
// that text begins with.
func dialled(text string) int {
	for i, r := range text {
		if r < utf8.RuneSelf && strings.IndexByte("0123456789+() ./-", byte(r)) >= 0 || r == '＋' || r == '\u00a0' || r >= utf8.RuneSelf && unicode.IsDigit(r) {
			continue
		}
		return i
	}
	return len(text)
}

// digitsIn reports whether text has n digits of any script.
func digitsIn(text string, n int) bool {
	for _, r := range text {
		if r >= '0' && r <= '9' || r >= '٠' && r <= '٩' || r >= '۰' && r <= '۹' {
			if n--; n == 0 {
				return true
			}
		}
	}
	return false
}

// phone decides on a run of digits by its groups and what is beside it.
func phone(text string, start, end int) bool {
	form := text[start:end]
	sizes, total := []int{}, 0
	for _, g := range groups.FindAllString(form, -1) {
		n := utf8.RuneCountInString(g)
		sizes, total = append(sizes, n), total+n
	}
	if total < 7 || total > 15 || operated(text, start, end) {
		return false
	}
	if strings.ContainsRune("+＋", firstRune(form)) {
		return total >= 9 && !letterBefore(text, start)
	}
	cue := phoneCue.MatchString(text[max(0, start-60):start])
	zero := strings.HasPrefix(strings.TrimLeft(form, "("), "0") || strings.HasPrefix(form, "٠")
	switch {
	case dateLike(sizes):
		return false
	case cue:
		return true
	case strings.Contains(form, "("):
		return total >= 9 && strings.HasPrefix(form, "(") && len(sizes) >= 3 && sizes[0] >= 2
	case len(sizes) == 1:
		return zero && total >= 10 && total <= 11
	case zero:
		return total >= 9 && total <= 12 && sizes[0] >= 2 && !strings.Contains(form, ".")
	case len(sizes) == 3 && sizes[0] == 3 && sizes[1] == 3 && sizes[2] == 4:
		return true
	case len(sizes) == 4 && sizes[0] == 1 && sizes[1] == 3 && sizes[2] == 3 && sizes[3] == 4:
		return true
	}
	// Spain: 612 34 56 78.
	return len(sizes) == 4 && sizes[0] == 3 && sizes[1] == 2 && sizes[2] == 2 && sizes[3] == 2 && strings.ContainsRune("6789", firstRune(form))
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// operated reports whether a run of digits is part of a calculation, a word or
// a longer number.
func operated(text string, start, end int) bool {
	before := strings.TrimRight(text[:start], " ")
	after := strings.TrimLeft(text[end:], " ")
	r, _ := utf8.DecodeLastRuneInString(before)
	if before != "" && strings.ContainsRune("=+-−*×·/÷^<>≤≥≈_$€£.\\{", r) && !strings.HasSuffix(before, " -") {
		return true
	}
	if after != "" && strings.ContainsRune("=+*×·÷^<>≤≥≈_%€}", firstRune(after)) {
		return true
	}
	return letterBefore(text, start) || letterAfter(text, end) ||
		len(text) > end+1 && strings.IndexByte(".,", text[end]) >= 0 && text[end+1] >= '0' && text[end+1] <= '9'
}

// dateLike reports whether groups have the sizes of a date.
func dateLike(sizes []int) bool {
	return len(sizes) == 3 && (sizes[0] == 4 && sizes[1] <= 2 && sizes[2] <= 2 || sizes[0] <= 2 && sizes[1] <= 2 && sizes[2] == 4)
}
