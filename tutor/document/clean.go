package document

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean makes a text what Document promises. Joiners that scripts need and marks
// of direction stay.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(text)
	text = norm.NFC.String(strings.Map(visible, text))
	var out strings.Builder
	out.Grow(len(text))
	empty, begun := 0, false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \u00a0")
		if strings.TrimSpace(line) == "" {
			empty++
			continue
		}
		if begun {
			out.WriteString(strings.Repeat("\n", 1+min(empty, 1)))
		}
		out.WriteString(line)
		empty, begun = 0, true
	}
	return out.String()
}

// visible drops what is not part of a text: control characters, the hyphen that
// is only seen at a line's end, byte order marks and what is no character.
func visible(r rune) rune {
	switch {
	case r == '\n':
		return r
	case unicode.IsControl(r), r == '\u00ad', r == '\ufeff', r == '\u200b', unicode.Is(unicode.Noncharacter_Code_Point, r):
		return -1
	}
	return r
}

// prose collects paragraphs and lines.
type prose struct{ strings.Builder }

// paragraph adds a block with an empty line before it.
func (p *prose) paragraph(text string) { p.add("\n\n", text) }

// line adds a block on the next line.
func (p *prose) line(text string) { p.add("\n", text) }

func (p *prose) add(before, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	if p.Len() > 0 {
		p.WriteString(before)
	}
	p.WriteString(text)
}
