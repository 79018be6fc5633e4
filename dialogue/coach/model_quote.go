package coach

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"maieutic/tutor"
)

// longestQuote is how much of a draft may be quoted as evidence of one thing, in
// code points.
const longestQuote = 700

// places finds quotes in a draft, letter by letter. Models put a space for a line
// end and straight quotation marks for round ones: these are taken for the same,
// and what is returned is what stands in the draft.
type places struct {
	runes []rune
	text  string // with runs of white space as one space
	at    []int  // index in runes of each code point of text
}

func newPlaces(text string) *places {
	p := &places{runes: []rune(text)}
	var b strings.Builder
	space := true
	for i, r := range p.runes {
		if unicode.IsSpace(r) {
			if !space {
				b.WriteByte(' ')
				p.at = append(p.at, i)
			}
			space = true
			continue
		}
		space = false
		b.WriteRune(straight(r))
		p.at = append(p.at, i)
	}
	p.text = b.String()
	return p
}

func straight(r rune) rune {
	switch r {
	case '’', '‘', 'ʼ':
		return '\''
	case '“', '”', '„':
		return '"'
	}
	return r
}

// plainly is a quote as places are searched.
func plainly(words string) string {
	return strings.Map(straight, strings.Join(strings.Fields(words), " "))
}

// find returns the first place where the words stand as whole words. Words that
// hold no letter or digit, or more than anybody quotes, stand nowhere.
func (p *places) find(words string) (tutor.Quote, bool) {
	want := plainly(words)
	if utf8.RuneCountInString(want) > longestQuote || !strings.ContainsFunc(want, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return tutor.Quote{}, false
	}
	for from := 0; ; {
		i := strings.Index(p.text[from:], want)
		if i < 0 {
			return tutor.Quote{}, false
		}
		i += from
		if p.whole(i, i+len(want)) {
			first := utf8.RuneCountInString(p.text[:i])
			start, end := p.at[first], p.at[first+utf8.RuneCountInString(want)-1]+1
			return tutor.Quote{Start: start, End: end, Text: string(p.runes[start:end])}, true
		}
		_, size := utf8.DecodeRuneInString(p.text[i:])
		from = i + size
	}
}

// whole reports whether a piece of the text neither begins nor ends within a word.
func (p *places) whole(start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(p.text[:start])
	first, _ := utf8.DecodeRuneInString(p.text[start:])
	last, _ := utf8.DecodeLastRuneInString(p.text[:end])
	after, _ := utf8.DecodeRuneInString(p.text[end:])
	return !(start > 0 && joined(before, first)) && !(end < len(p.text) && joined(last, after))
}

// joined reports whether two neighbours belong to one word. Scripts without spaces
// have no borders of words to keep to.
func joined(a, b rune) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	return letter(a) && letter(b) && !unicode.In(a, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// all finds each of some quotes, once each; it is not ok when one stands nowhere.
func (p *places) all(words []string) (quotes []tutor.Quote, ok bool) {
	seen := map[tutor.Quote]bool{}
	for _, w := range words {
		q, ok := p.find(w)
		if !ok {
			return nil, false
		}
		if !seen[q] {
			seen[q] = true
			quotes = append(quotes, q)
		}
	}
	return quotes, true
}
