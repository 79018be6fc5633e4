package loss

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Compare counts the words and formulas of a document's XML and finds them
// again in the Markdown that was made of it. It reads the XML by itself, so that
// what the import overlooked is missing here.
//
// A word is a run of letters, marks and digits, after compatibility
// normalization (a raised st is st). Words are compared as a bag; formulas are
// only counted. The elements of skip are passed over with all that is in them.
func (r *Report) Compare(raw []byte, markdown string, skip map[string]bool) {
	text, formulas, alts := source(raw, skip)
	r.CompareText(text+" "+alts, formulas, markdown)
}

// CompareText is Compare for a document whose text and number of formulas are
// known.
func (r *Report) CompareText(text string, formulas int, markdown string) {
	out, formulasOut := bag(Plain(markdown)), countFormulas(markdown)
	r.Formulas.In += formulas
	r.Formulas.Out += min(formulas, formulasOut)
	for word, n := range bag(text) {
		found := min(n, out[word])
		r.Words.In += n
		r.Words.Out += found
		if found < n {
			if r.missing == nil {
				r.missing = map[string]int{}
			}
			r.missing[word] += n - found
		}
	}
}

// inline are the elements that do not end a word.
var inline = map[string]bool{"emphasis": true, "term": true, "sup": true, "sub": true, "link": true, "foreign": true, "span": true, "cite": true, "cite-title": true,
	"b": true, "i": true, "em": true, "strong": true, "a": true, "u": true, "small": true, "code": true, "font": true, "abbr": true, "tt": true}

// source returns the text of a document, the number of formulas, and the texts
// in place of pictures. It stops where the XML breaks.
func source(raw []byte, skip map[string]bool) (text string, formulas int, alts string) {
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	decoder.Entity = xml.HTMLEntity
	var words, other strings.Builder
	for {
		token, err := decoder.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return words.String(), formulas, other.String()
			}
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "math" {
				formulas++
			}
			if t.Name.Local == "math" || skip[t.Name.Local] {
				if decoder.Skip() != nil {
					return words.String(), formulas, other.String()
				}
				words.WriteByte(' ')
				continue
			}
			if !inline[t.Name.Local] {
				words.WriteByte(' ')
			}
			for _, a := range t.Attr {
				if a.Name.Local == "alt" {
					other.WriteString(a.Value + " ")
				}
			}
		case xml.EndElement:
			if !inline[t.Name.Local] {
				words.WriteByte(' ')
			}
		case xml.CharData:
			words.Write(t)
		}
	}
	return words.String(), formulas, other.String()
}

var (
	escaped = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
	target  = regexp.MustCompile(`\]\([^()\s]*\)`)
	formula = regexp.MustCompile(`(^|[^\\$])(\$\$[^$]+\$\$|\$[^$]+\$)`)
	raised  = regexp.MustCompile(`\$\{\}[\^_]\{\\text\{([^{}]*)\}\}\$`) // words set as a formula
	entity  = regexp.MustCompile(`&#\d+;`)
)

// Plain is the text of Markdown as the importers write it: without formulas,
// the addresses of links and pictures, and the marks of emphasis.
func Plain(markdown string) string {
	s := raised.ReplaceAllString(markdown, "$1")
	s = formula.ReplaceAllString(formula.ReplaceAllString(s, "$1 "), "$1 ") // two, for formulas side by side
	s = target.ReplaceAllString(s, "]")
	s = entity.ReplaceAllString(s, " ")
	s = escaped.ReplaceAllString(s, "\x00$1")
	s = strings.NewReplacer("\x00*", "*", "\x00_", "_", "*", "", "`", "").Replace(s)
	return strings.ReplaceAll(s, "\x00", "")
}

func countFormulas(markdown string) int {
	count := 0
	for _, s := range strings.Split(raised.ReplaceAllString(markdown, ""), "\n") {
		for {
			at := formula.FindStringIndex(s)
			if at == nil {
				break
			}
			count++
			s = " " + s[at[1]:]
		}
	}
	return count
}

func bag(text string) map[string]int {
	words := map[string]int{}
	for _, w := range strings.FieldsFunc(norm.NFKC.String(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}) {
		words[strings.ToLower(w)]++
	}
	return words
}
