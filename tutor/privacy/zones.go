package privacy

import "strings"

// zones returns the stretches of text that are mathematics or code, in order:
// $…$, $$…$$, \(…\), \[…\] and what stands between backticks.
func zones(text string) []span {
	var out []span
	for at := 0; at < len(text); {
		next := strings.IndexAny(text[at:], "$`\\")
		if next < 0 {
			return out
		}
		at += next
		n := zone(text[at:])
		if n == 0 {
			at += run(text[at:])
			continue
		}
		out = append(out, span{at, at + n})
		at += n
	}
	return out
}

// run returns how often the first byte of text is repeated.
func run(text string) int { return len(text) - len(strings.TrimLeft(text, text[:1])) }

// zone returns the length of the formula or code that text begins with, or 0.
func zone(text string) int {
	switch text[0] {
	case '\\':
		for open, end := range map[string]string{`\(`: `\)`, `\[`: `\]`} {
			if strings.HasPrefix(text, open) {
				return through(text, 2, end)
			}
		}
	case '`':
		n := run(text)
		return through(text, n, text[:n])
	case '$':
		if strings.HasPrefix(text, "$$") {
			return through(text, 2, "$$")
		}
		return dollars(text)
	}
	return 0
}

// longestZone keeps a text of nothing but openings from costing its square.
const longestZone = 4000

// through returns the length of text through the first end after from, or 0.
func through(text string, from int, end string) int {
	i := strings.Index(text[from:min(len(text), from+longestZone)], end)
	if i < 0 {
		return 0
	}
	return from + i + len(end)
}

// dollars returns the length of a $…$ formula, or 0: as in Pandoc, no blank
// follows the first or precedes the second, and no digit follows that, so that
// "$5 and $7" are prices.
func dollars(text string) int {
	for i := 1; i < len(text) && text[i] != '\n'; i++ {
		if text[i] != '$' || text[i-1] == '\\' {
			continue
		}
		if i == 1 || text[1] == ' ' || text[i-1] == ' ' || i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9' {
			return 0
		}
		return i + 1
	}
	return 0
}
