package essay

import (
	"strings"

	"maieutic/tutor"
)

// sources looks at how the assigned reading is used: taken up in one's own
// words, named, and quoted as it stands.
func (a *Analysis) sources(r *Reading) {
	if len(a.Task.Sources) == 0 {
		r.Value, r.Confidence = .5, 0
		return
	}
	r.Confidence = .5
	use := a.use()
	named := -1
	for i, role := range a.roles {
		if role.source {
			named = i
			break
		}
	}
	right, wrong := a.quotations()
	r.Value = .5*ratio(float64(len(use)), 3) + .3*share01(named >= 0) + .2*share01(len(right) > 0)
	if len(wrong) > 0 {
		r.Value -= .25
		w := wrong[0]
		r.next(Finding{Code: "sources.misquote", Weight: 1, Quotes: []tutor.Quote{w.quote}, Citation: &a.Task.Sources[w.source].Citation})
	}
	switch {
	case len(right) > 0:
		r.good(Finding{Code: "sources.quoted", Weight: .8, Quotes: []tutor.Quote{right[0].quote}, Citation: &a.Task.Sources[right[0].source].Citation})
	case len(use) > 0:
		r.good(Finding{Code: "sources.used", Weight: .5, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[use[0].sentence])},
			Citation: &a.Task.Sources[use[0].source].Citation})
	}
	switch {
	case len(use) == 0 && named < 0:
		r.next(Finding{Code: "sources.unused", Weight: .8, Citation: &a.Task.Sources[0].Citation})
	case named < 0 && len(use) > 0:
		r.next(Finding{Code: "sources.unnamed", Weight: .6, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[use[0].sentence])},
			Citation: &a.Task.Sources[use[0].source].Citation})
	case len(use) < 3:
		unused := a.unusedSource(use)
		f := Finding{Code: "sources.more", Weight: .4, Citation: &a.Task.Sources[unused].Citation}
		if named >= 0 {
			f.Quotes = []tutor.Quote{a.quoteOf(a.Sentences[named])}
		}
		r.next(f)
	}
}

func share01(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// taken is a sentence that takes up a source.
type taken struct{ sentence, source int }

// use returns the sentences that share at least two telling words with a source:
// words that the prompt does not have, so that answering the prompt is not yet
// using the reading.
func (a *Analysis) use() []taken {
	known := make([]map[string]bool, len(a.Task.Sources))
	for i, s := range a.Task.Sources {
		known[i] = map[string]bool{}
		for _, w := range foldedWords(s.Text) {
			if stem := a.stem(w); stem != "" && !a.prompt[stem] && len([]rune(stem)) > 3 {
				known[i][stem] = true
			}
		}
	}
	var out []taken
	for i, s := range a.Sentences {
		topics := a.topics(s)
		best, at := 1, -1
		for j := range known {
			if n := shared(topics, known[j]); n > best {
				best, at = n, j
			}
		}
		if at >= 0 && 3*best >= len(topics) {
			out = append(out, taken{i, at})
		}
	}
	return out
}

func (a *Analysis) unusedSource(use []taken) int {
	seen := map[int]bool{}
	for _, u := range use {
		seen[u.source] = true
	}
	for i := range a.Task.Sources {
		if !seen[i] {
			return i
		}
	}
	return 0
}

// quotation is text in quotation marks, with the source it is from.
type quotation struct {
	quote  tutor.Quote
	source int
}

// marks are pairs of quotation marks.
var marks = map[rune]rune{'"': '"', '“': '”', '„': '“', '«': '»', '‹': '›', '「': '」', '『': '』'}

// Bounds of a quotation that is looked up.
const (
	quoteLeast = 4   // words; less may be a term or irony
	quoteMost  = 400 // code points between the marks
	nearShare  = .5  // of a quotation's runs of two words that a source has, for it to be meant
)

// quotations returns the quotations of the reading: those that stand there word
// for word, and those that are near to it and do not. Others, of people or of
// other texts, are left alone.
func (a *Analysis) quotations() (right, wrong []quotation) {
	texts := make([]string, len(a.Task.Sources))
	pairs := make([]map[string]bool, len(a.Task.Sources))
	for i, s := range a.Task.Sources {
		w := foldedWords(s.Text)
		texts[i] = " " + strings.Join(w, " ") + " "
		pairs[i] = map[string]bool{}
		for j := 0; j+1 < len(w); j++ {
			pairs[i][w[j]+" "+w[j+1]] = true
		}
	}
	for _, span := range a.quoted() {
		words := foldedWords(string(a.Runes[span.Start:span.End]))
		if len(words) < quoteLeast {
			continue
		}
		q := quotation{quote: a.Quote(span), source: -1}
		for i := range texts {
			if stands(texts[i], string(a.Runes[span.Start:span.End])) {
				q.source = i
			}
		}
		if q.source >= 0 {
			right = append(right, q)
			continue
		}
		for i := range pairs {
			n := 0
			for j := 0; j+1 < len(words); j++ {
				if pairs[i][words[j]+" "+words[j+1]] {
					n++
				}
			}
			if float64(n) >= nearShare*float64(len(words)-1) {
				q.source = i
				wrong = append(wrong, q)
				break
			}
		}
	}
	return right, wrong
}

// stands reports whether the parts of a quotation stand in a source in order:
// what an ellipsis leaves out may be anything, case and punctuation do not count.
func stands(source, quote string) bool {
	quote = strings.NewReplacer("[…]", "\x00", "[...]", "\x00", "…", "\x00", "...", "\x00").Replace(quote)
	for part := range strings.SplitSeq(quote, "\x00") {
		words := foldedWords(part)
		if len(words) == 0 {
			continue
		}
		_, after, ok := strings.Cut(source, " "+strings.Join(words, " ")+" ")
		if !ok {
			return false
		}
		source = " " + after
	}
	return true
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
				out = append(out, Span{i + 1, j})
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
	_, wrong := a.quotations()
	var out []tutor.Quote
	for _, w := range wrong {
		out = append(out, w.quote)
	}
	return out
}
