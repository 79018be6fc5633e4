package web

import (
	"strings"
	"unicode"

	"maieutic/tutor"
)

// quoted looks up what somebody has typed or pasted of a text, one passage a line,
// and returns the passages as they stand there, with the lines that do not. Case,
// spacing and the shape of quotation marks and dashes do not count; marks and dots
// around a passage are passed over where it is not found with them. Of several
// places the first is taken.
func quoted(text, typed string) (found []tutor.Quote, unknown []string) {
	runes := []rune(text)
	hay := fold(runes)
	for line := range strings.Lines(typed) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		at, end, ok := hay.find(fold([]rune(line)).runes)
		if !ok {
			bare := strings.TrimFunc(line, func(r rune) bool {
				return unicode.Is(unicode.Quotation_Mark, r) || r == '…' || r == '.' || unicode.IsSpace(r)
			})
			at, end, ok = hay.find(fold([]rune(bare)).runes)
		}
		if !ok {
			unknown = append(unknown, line)
			continue
		}
		found = append(found, tutor.Quote{Start: at, End: end, Text: string(runes[at:end])})
	}
	return found, unknown
}

// folded is a text as it is compared: lower case, runs of white space made one.
type folded struct {
	runes []rune
	at    []int // of each rune, where it stands in the text
}

func fold(text []rune) folded {
	var f folded
	for i, r := range text {
		if unicode.IsSpace(r) {
			if n := len(f.runes); n == 0 || f.runes[n-1] == ' ' {
				continue
			}
			r = ' '
		}
		f.runes, f.at = append(f.runes, alike(r)), append(f.at, i)
	}
	return f
}

// alike maps the shapes of one sign to one of them.
func alike(r rune) rune {
	switch r {
	case '‘', '’', 'ʼ', '′', '`':
		return '\''
	case '“', '”', '„', '«', '»', '″':
		return '"'
	case '–', '—', '−', '‐', '‑':
		return '-'
	}
	return unicode.ToLower(r)
}

// find returns where the needle stands in the text, half open.
func (f folded) find(needle []rune) (start, end int, ok bool) {
	if len(needle) == 0 {
		return 0, 0, false
	}
	// Comparing as strings lets the library search fast; code points are counted
	// up to the hit.
	i := strings.Index(string(f.runes), string(needle))
	if i < 0 {
		return 0, 0, false
	}
	n := len([]rune(string(f.runes)[:i]))
	return f.at[n], f.at[n+len(needle)-1] + 1, true
}
