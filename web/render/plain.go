package render

import (
	"cmp"
	"html"
	"html/template"
	"slices"
	"strings"

	"maieutic/tutor"
)

// Plain renders what a person typed: every character as it is, lines kept, and
// TeX as mathematics.
func (r *Renderer) Plain(typed string) template.HTML { return r.Marked(typed, nil) }

// Marked is Plain with the quotes in <mark>. A formula that a quote touches is
// marked as a whole; what lies outside the text is passed over.
func (r *Renderer) Marked(typed string, quotes []tutor.Quote) template.HTML {
	var b strings.Builder
	spans := spansOf(typed, quotes)
	for at := 0; at < len(typed); {
		start, formula, length, display := nextFormula(typed[at:])
		markText(&b, typed, span{at, at + start}, spans)
		if length == 0 {
			break
		}
		at += start
		if touched(span{at, at + length}, spans) {
			b.WriteString("<mark>" + r.tex.render(formula, display) + "</mark>")
		} else {
			b.WriteString(r.tex.render(formula, display))
		}
		at += length
	}
	return template.HTML(b.String())
}

// span is a stretch of a text in bytes, half open.
type span struct{ start, end int }

// spansOf turns quotes, which count code points, into spans in order, those that
// overlap or touch made one.
func spansOf(typed string, quotes []tutor.Quote) []span {
	if len(quotes) == 0 {
		return nil
	}
	var offsets []int // of each code point
	for i := range typed {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(typed))
	last := len(offsets) - 1
	var spans []span
	for _, q := range quotes {
		start, end := min(max(q.Start, 0), last), min(max(q.End, 0), last)
		if start < end {
			spans = append(spans, span{offsets[start], offsets[end]})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	merged := spans[:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && s.start <= merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, s.end)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

func touched(piece span, spans []span) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return s.start < piece.end && piece.start < s.end })
}

// markText writes a piece of text without formulas.
func markText(b *strings.Builder, typed string, piece span, spans []span) {
	at := piece.start
	for _, s := range spans {
		start, end := max(s.start, at), min(s.end, piece.end)
		if start >= end {
			continue
		}
		b.WriteString(escapeLines(typed[at:start]))
		b.WriteString("<mark>" + escapeLines(typed[start:end]) + "</mark>")
		at = end
	}
	b.WriteString(escapeLines(typed[at:piece.end]))
}

func escapeLines(s string) string {
	return strings.ReplaceAll(html.EscapeString(strings.ReplaceAll(s, "\r\n", "\n")), "\n", "<br>\n")
}

// nextFormula finds the first formula of s; length 0 means that there is none
// and start is the end of s.
func nextFormula(s string) (start int, formula string, length int, display bool) {
	for i := 0; i < len(s); i++ {
		if s[i] != '$' && s[i] != '\\' {
			continue
		}
		if formula, length, display := formulaAt(s[i:], preceding(s, i)); length > 0 {
			return i, formula, length, display
		}
	}
	return len(s), "", 0, false
}

func preceding(s string, i int) byte {
	if i == 0 {
		return ' '
	}
	return s[i-1]
}
