package essay

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
	"github.com/clipperhouse/uax29/v2/words"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"maieutic/tutor"
)

// Span is a stretch of a text in code points, half open.
type Span struct{ Start, End int }

// Word is one word of a draft.
type Word struct {
	Span
	Text string // as written
	Fold string // case folded
}

// Sentence is one sentence of a draft, without the white space around it.
type Sentence struct {
	Span
	Text      string
	Paragraph int // index in Draft.Paragraphs
	First     int // index of its first word in Draft.Words
	Last      int // index after its last word
}

// Paragraph is a block of text between line ends.
type Paragraph struct {
	Span
	First, Last int  // its sentences: indexes in Draft.Sentences, half open
	Heading     bool // a short line without an end mark, before other text
	Item        bool // of a list
}

// Draft is a text taken apart. Sentences and words are in the order of the text;
// every word stands in one sentence, every sentence in one paragraph.
type Draft struct {
	Text       string
	Runes      []rune
	Paragraphs []Paragraph
	Sentences  []Sentence
	Words      []Word
}

// Parse takes a text apart, after Unicode Annex 29. It is linear in the length
// of the text and knows no language: in scripts without spaces each ideograph is
// a word. A line end begins a new paragraph, unless the line before goes on in
// the middle of a sentence.
func Parse(text string) *Draft {
	d := &Draft{Text: text, Runes: []rune(text)}
	at := 0 // code points before rest
	for _, block := range blocks(text) {
		d.paragraph(block, at)
		at += utf8.RuneCountInString(block)
	}
	if n := len(d.Paragraphs); n > 0 {
		d.Paragraphs[n-1].Heading = false // of nothing
	}
	return d
}

// Quote returns the stretch as a quote, byte for byte what stands there.
func (d *Draft) Quote(s Span) tutor.Quote {
	return tutor.Quote{Start: s.Start, End: s.End, Text: string(d.Runes[s.Start:s.End])}
}

// WordsOf returns the words of a sentence.
func (d *Draft) WordsOf(s Sentence) []Word { return d.Words[s.First:s.Last] }

// SentencesOf returns the sentences of a paragraph.
func (d *Draft) SentencesOf(p Paragraph) []Sentence { return d.Sentences[p.First:p.Last] }

// blocks cuts a text into paragraphs with the line ends that follow them; joined
// they are the text again.
func blocks(text string) []string {
	var out []string
	start := 0
	for i := 0; i < len(text); i++ {
		if text[i] != '\n' {
			continue
		}
		end := i + 1
		for end < len(text) && (text[end] == '\n' || text[end] == ' ' || text[end] == '\t') {
			end++
		}
		if wrapped(text[start:i], text[i:end], text[end:]) {
			i = end - 1
			continue
		}
		out = append(out, text[start:end])
		start, i = end, end-1
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}

// wrapped reports whether a line end only breaks a line, as in text that was
// pasted from a page: the line before is long and unfinished, and the next begins
// in lower case.
func wrapped(before, gap, after string) bool {
	if strings.Count(gap, "\n") > 1 {
		return false
	}
	line := before[strings.LastIndexByte(before, '\n')+1:]
	next, _ := utf8.DecodeRuneInString(after)
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(line, " \t"))
	return utf8.RuneCountInString(line) > 45 && unicode.IsLower(next) && (unicode.IsLetter(last) || last == ',' || last == ';')
}

// paragraph adds a block that begins after at code points.
func (d *Draft) paragraph(block string, at int) {
	p := Paragraph{First: len(d.Sentences), Item: item(block)}
	// Line ends inside a block do not end sentences; one for one byte, so that
	// places stay.
	soft := strings.ReplaceAll(block, "\n", " ")
	start, done := 0, 0 // of the sentence, of what has been read of it
	for tokens := sentences.FromString(soft); tokens.Next(); {
		done += len(tokens.Value())
		if goesOn(block[start:done]) {
			continue
		}
		d.split(block[start:done], at)
		at += utf8.RuneCountInString(block[start:done])
		start = done
	}
	if start < done {
		d.split(block[start:done], at)
	}
	p.Last = len(d.Sentences)
	if p.Last == p.First {
		return
	}
	p.Span = Span{d.Sentences[p.First].Start, d.Sentences[p.Last-1].End}
	p.Heading = !p.Item && p.Last == p.First+1 && heading(d.Sentences[p.First])
	for i := p.First; i < p.Last; i++ {
		d.Sentences[i].Paragraph = len(d.Paragraphs)
	}
	d.Paragraphs = append(d.Paragraphs, p)
}

// item reports whether a line begins as one of a list: with a dash, a dot or a
// number.
func item(line string) bool {
	first, rest, ok := strings.Cut(strings.TrimLeft(line, " \t"), " ")
	if !ok || strings.TrimSpace(rest) == "" {
		return false
	}
	switch first {
	case "-", "–", "—", "*", "•", "·", "+":
		return true
	}
	number := strings.TrimRight(first, ".)")
	return number != first && number != "" && len(number) <= 2 && strings.Trim(number, "0123456789") == ""
}

// shortened are words that end in a full stop without ending a sentence.
var shortened = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "dr": true, "prof": true, "st": true, "vs": true, "cf": true, "fig": true, "approx": true, "e.g": true, "i.e": true,
	"u.s": true, "u.k": true, "u.n": true, "d.c": true, "jr": true, "gen": true, "gov": true, "capt": true,
	"sr": true, "sra": true, "srta": true, "ej": true, "p.ej": true, "pág": true, "núm": true, "ud": true, "uds": true, "ee.uu": true, "dra": true,
	"د": true, "أ": true, "ا.د": true, "أ.د": true,
}

// goesOn reports whether a piece that Annex 29 ends here ends in an abbreviation,
// an initial or the number of a list, so that the sentence goes on.
func goesOn(piece string) bool {
	trimmed := strings.TrimRight(piece, " \u00a0\t\n")
	word, ok := strings.CutSuffix(trimmed, ".")
	if !ok || len(trimmed) == len(piece) {
		return trimmed == ""
	}
	word = lastWord(word)
	if number := strings.Trim(word, "0123456789"); number == "" && len(word) <= 2 && len(strings.TrimSpace(trimmed)) == len(word)+1 {
		return true
	}
	first, size := utf8.DecodeRuneInString(word)
	if size == len(word) && unicode.IsUpper(first) && first != 'I' {
		return true
	}
	return shortened[strings.ToLower(word)]
}

// lastWord is what stands after the last space or opening mark, as far back as an
// abbreviation reaches.
func lastWord(s string) string {
	s = s[max(0, len(s)-24):]
	if at := strings.LastIndexAny(s, " \u00a0\t\n(\"'“‘«¿¡"); at >= 0 {
		_, size := utf8.DecodeRuneInString(s[at:])
		s = s[at+size:]
	}
	return s
}

// split adds the sentences of a piece that Annex 29 takes for one: it does not end
// a sentence before a small letter, and many who are learning to write begin so.
func (d *Draft) split(text string, at int) {
	start := 0
	for i := 0; i+2 < len(text); i++ {
		if text[i] != '.' && text[i] != '!' && text[i] != '?' || text[i+1] != ' ' {
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[i+2:])
		if !unicode.IsLower(next) || text[i] != '.' && strings.ContainsAny(text[i+1:min(len(text), i+200)], "”»\"") ||
			text[i] == '.' && i > 0 && text[i-1] == '.' || goesOn(text[start:i+2]) {
			continue
		}
		d.sentence(text[start:i+2], at)
		at += utf8.RuneCountInString(text[start : i+2])
		start = i + 2
	}
	d.sentence(text[start:], at)
}

// sentence adds a sentence with its words. What holds neither word nor sign is
// left out.
func (d *Draft) sentence(text string, at int) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return
	}
	lead := utf8.RuneCountInString(text[:strings.Index(text, trimmed)])
	s := Sentence{Span: Span{at + lead, at + lead + utf8.RuneCountInString(trimmed)}, Text: trimmed, First: len(d.Words)}
	pos := s.Start
	for tokens := words.FromString(trimmed); tokens.Next(); {
		token := tokens.Value()
		n := utf8.RuneCountInString(token)
		if isWord(token) {
			d.Words = append(d.Words, Word{Span: Span{pos, pos + n}, Text: token, Fold: folded(token)})
		}
		pos += n
	}
	s.Last = len(d.Words)
	d.Sentences = append(d.Sentences, s)
}

// folded is a word without case (Unicode, chapter 3.13).
func folded(word string) string {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return cases.Fold().String(word)
		}
	}
	return strings.ToLower(word)
}

// heading reports whether a line of its own is a title rather than a sentence.
func heading(s Sentence) bool {
	r, _ := utf8.DecodeLastRuneInString(s.Text)
	return s.Last-s.First <= 12 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == ':' || strings.HasPrefix(s.Text, "#"))
}

// base is the language of a tag without its region, "" for none.
func base(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	b, confidence := t.Base()
	if confidence == language.No {
		return ""
	}
	return b.String()
}
