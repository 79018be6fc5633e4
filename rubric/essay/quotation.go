package essay

import (
	"slices"
	"strings"

	"maieutic/tutor"
)

// quotation is text in quotation marks, with the source that it is from, or means
// to be from.
type quotation struct {
	quote  tutor.Quote
	source int
	place  Span // in the source; empty when it cannot be told
}

// quotations are those of the reading: as it stands there, or not quite.
type quotations struct{ right, wrong []quotation }

// marks are pairs of quotation marks.
var marks = map[rune]rune{'"': '"', '“': '”', '„': '“', '«': '»', '‹': '›', '「': '」', '『': '』', '”': '”'}

// Bounds of a quotation that is looked up.
const (
	quoteLeast  = 4   // words; less may be a term or irony
	quoteMost   = 600 // code points between the marks
	quotesMost  = 100 // of one draft
	nearShare   = .5  // of a quotation's runs of two words that a source has, for it to be meant
	claimsWords = 6   // of a quotation that says it is from the reading and is not near anything in it
)

// quotations returns the quotations of the reading: those that stand there word
// for word, and those that do not although they are near to it or say that they
// are from it. Others, of people or of other texts, are left alone.
func (a *Analysis) quotations() quotations {
	if a.quotes != nil {
		return *a.quotes
	}
	var out quotations
	for _, span := range a.quoted() {
		text := string(a.Runes[span.Start:span.End])
		keys := keysOf(text)
		if len(keys) < quoteLeast {
			continue
		}
		q := quotation{quote: a.Quote(span), source: -1}
		if a.exact(&q, text) {
			out.right = append(out.right, q)
		} else if a.meant(&q, keys) {
			out.wrong = append(out.wrong, q)
		}
		if len(out.right)+len(out.wrong) >= quotesMost {
			break
		}
	}
	a.quotes = &out
	return out
}

// exact looks a quotation up and notes where it stands.
func (a *Analysis) exact(q *quotation, text string) bool {
	for i := range a.Task.Sources {
		r := a.reading(i)
		if from, to, ok := stands(r.joined, text); ok {
			first, _ := slices.BinarySearch(r.starts, from)
			last, _ := slices.BinarySearch(r.starts, to)
			q.source, q.place = i, Span{r.Words[first].Start, r.Words[last-1].End}
			return true
		}
	}
	return false
}

// meant finds what a quotation means that does not stand in the reading: the
// source that half of it is in, or the only one when the sentence says that it
// quotes the reading.
func (a *Analysis) meant(q *quotation, keys []string) bool {
	for i := range a.Task.Sources {
		r, n := a.reading(i), 0
		for j := 0; j+1 < len(keys); j++ {
			if r.pairs[keys[j]+" "+keys[j+1]] {
				n++
			}
		}
		if float64(n) >= nearShare*float64(len(keys)-1) {
			topics := map[string]bool{}
			for _, key := range keys {
				topics[a.stem(key)] = true
			}
			q.source, q.place = i, a.nearest(i, topics)
			return true
		}
	}
	if len(a.Task.Sources) == 1 && len(keys) >= claimsWords && a.claimsReading(q.quote) {
		q.source = 0
		return true
	}
	return false
}

// claimsReading reports whether the words around a quotation say that it is of the
// reading.
func (a *Analysis) claimsReading(q tutor.Quote) bool {
	for _, s := range a.Sentences {
		if s.Start <= q.Start && q.Start < s.End {
			around := slices.DeleteFunc(slices.Clone(a.WordsOf(s)), func(w Word) bool { return w.Start >= q.Start && w.End <= q.End })
			keys := make([]string, len(around))
			for i, w := range around {
				keys[i] = keyOf(w.Fold)
			}
			return a.cues.has(cueReading, keys)
		}
	}
	return false
}

// stands reports whether the parts of a quotation stand in a source in order, and
// from where to where: what an ellipsis leaves out may be anything; case and
// punctuation do not count.
func stands(source, quote string) (from, to int, ok bool) {
	quote = strings.NewReplacer("[…]", "\x00", "[...]", "\x00", "…", "\x00", "...", "\x00").Replace(quote)
	from, to = -1, 0
	for part := range strings.SplitSeq(quote, "\x00") {
		keys := keysOf(part)
		if len(keys) == 0 {
			continue
		}
		wanted := " " + strings.Join(keys, " ") + " "
		at := strings.Index(source[max(0, to-1):], wanted)
		if at < 0 {
			return 0, 0, false
		}
		at += max(0, to-1)
		if from < 0 {
			from = at + 1
		}
		to = at + len(wanted)
	}
	return from, to, from >= 0
}

// quoted returns what stands between quotation marks, in one paragraph.
func (a *Analysis) quoted() []Span {
	var out []Span
	for i := 0; i < len(a.Runes); i++ {
		end, ok := marks[a.Runes[i]]
		if !ok {
			continue
		}
		for j := i + 1; j < min(len(a.Runes), i+quoteMost); j++ {
			if a.Runes[j] == '\n' {
				break
			}
			if a.Runes[j] == end {
				if j > i+1 {
					out = append(out, Span{i + 1, j})
				}
				i = j
				break
			}
		}
	}
	return out
}

// Misquotes returns what a draft quotes of the reading with words that do not
// stand there.
func (a *Analysis) Misquotes() []tutor.Quote {
	var out []tutor.Quote
	for _, w := range a.quotations().wrong {
		out = append(out, w.quote)
	}
	return out
}
