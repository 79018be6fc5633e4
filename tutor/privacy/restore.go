package privacy

import (
	"iter"
	"slices"
	"strings"
)

// Restorer puts the originals back into an answer that arrives in pieces. It
// is for one answer and one goroutine.
type Restorer struct {
	p    *Replacement
	held string
}

// Restorer starts restoring one answer.
func (p *Replacement) Restorer() *Restorer { return &Restorer{p: p} }

// Restore returns text with each placeholder given out so far replaced by what
// it stands for. It takes [p1], [ P1 ], (P1), \[P1\] and other brackets for
// [P1]; unknown placeholders stay.
func (p *Replacement) Restore(text string) string {
	r := p.Restorer()
	return r.Write(text) + r.Close()
}

// Write takes the next piece and returns all that can be said now: everything
// up to what may still become a placeholder, which is less than 40 bytes.
func (r *Restorer) Write(chunk string) string {
	r.held += chunk
	return r.advance(false)
}

// Close returns what was held back.
func (r *Restorer) Close() string { return r.advance(true) }

func (r *Restorer) advance(end bool) string {
	var b strings.Builder
	text := r.held
	for text != "" {
		at := strings.IndexAny(text, firstBytes)
		if i := cutRune(text); !end && i >= 0 && (at < 0 || i < at) {
			at = i
		}
		if at < 0 {
			break
		}
		b.WriteString(text[:at])
		text = text[at:]
		ref, n, more := parse(text)
		if more && !end {
			r.held = text
			return b.String()
		}
		original, ok := "", false
		if n > 0 {
			original, ok = r.p.original(ref)
		}
		if !ok {
			original, n = text[:1], 1
		}
		b.WriteString(original)
		text = text[n:]
	}
	b.WriteString(text)
	r.held = ""
	return b.String()
}

// cutRune returns where the text ends in the first bytes of a bracket of
// several bytes, or -1.
func cutRune(text string) int {
	for n := min(2, len(text)); n > 0; n-- {
		tail := text[len(text)-n:]
		if slices.ContainsFunc(opening, func(o string) bool { return len(o) > n && o[:n] == tail }) {
			return len(text) - n
		}
	}
	return -1
}

// reference is a placeholder as it stands in a text.
type reference struct {
	kind         string
	number, form int
	start, end   int
}

var (
	opening = []string{`\[`, `\(`, `\{`, "[", "(", "{", "<", "【", "［", "（", "«", "‹", "「", "〔", "⟨"}
	closing = []string{`\]`, `\)`, `\}`, "]", ")", "}", ">", "】", "］", "）", "»", "›", "」", "〕", "⟩"}
)

// escaped is the number of brackets with a backslash, as Markdown has them;
// they come first, and both of a pair have it.
const escaped = 3

// firstBytes are the characters an opening bracket may begin with.
const firstBytes = `\[({<【［（«‹「〔⟨`

// references yields what looks like a placeholder in text.
func references(text string) iter.Seq[reference] {
	return func(yield func(reference) bool) {
		for at := 0; at < len(text); {
			next := strings.IndexAny(text[at:], firstBytes)
			if next < 0 {
				return
			}
			at += next
			ref, n, _ := parse(text[at:])
			if n == 0 {
				at++
				continue
			}
			ref.start, ref.end = at, at+n
			if !yield(ref) {
				return
			}
			at += n
		}
	}
}

// parse reads a placeholder at the start of text and returns its length, 0 if
// there is none. more reports that text is the beginning of one.
func parse(text string) (ref reference, n int, more bool) {
	n, more = bracket(text, opening)
	if n == 0 {
		return ref, 0, more
	}
	ends := closing[escaped:]
	if text[0] == '\\' {
		ends = closing[:escaped]
	}
	n += blanks(text[n:])
	kind, size := letters(text[n:])
	rest := text[n+size:]
	if rest == "" {
		return ref, 0, slices.ContainsFunc(kinds, func(k string) bool { return strings.HasPrefix(k, kind) })
	}
	if !slices.Contains(kinds, kind) {
		return ref, 0, false
	}
	ref.kind = kind
	n += size
	n += blanks(text[n:])
	if ref.number, size, more = digits(text[n:]); size == 0 || more {
		return ref, 0, more
	}
	n += size
	if text[n] == '.' {
		if ref.form, size, more = digits(text[n+1:]); size == 0 || more {
			return ref, 0, more
		}
		n += 1 + size
	}
	n += blanks(text[n:])
	size, more = bracket(text[n:], ends)
	if size == 0 {
		return ref, 0, more
	}
	return ref, n + size, false
}

// bracket returns the length of the bracket text begins with; more reports that
// text is the beginning of one.
func bracket(text string, of []string) (n int, more bool) {
	for _, b := range of {
		if strings.HasPrefix(text, b) {
			return len(b), false
		}
		more = more || strings.HasPrefix(b, text)
	}
	return 0, more
}

// blanks returns the number of spaces, at most two, that text begins with.
func blanks(text string) int {
	n := 0
	for n < 2 && n < len(text) && text[n] == ' ' {
		n++
	}
	return n
}

// letters returns the letters text begins with as capitals, at most eight.
func letters(text string) (string, int) {
	n := 0
	for n < 8 && n < len(text) && (text[n]|0x20) >= 'a' && (text[n]|0x20) <= 'z' {
		n++
	}
	return strings.ToUpper(text[:n]), n
}

// digits reads a number of at most six digits; more reports that text ends in
// or before it.
func digits(text string) (value, n int, more bool) {
	for n < 6 && n < len(text) && text[n] >= '0' && text[n] <= '9' {
		value = value*10 + int(text[n]-'0')
		n++
	}
	return value, n, n == len(text)
}
