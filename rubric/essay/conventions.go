package essay

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"maieutic/tutor"
)

// conventions looks at spelling, grammar and punctuation, and at nothing else:
// whoever writes in a second language loses here and not elsewhere.
func (a *Analysis) conventions(r *Reading, found []Slip) {
	if len(a.Words) == 0 {
		return
	}
	r.Confidence = .35
	slips := a.Slips()
	if found != nil {
		r.Confidence = .6
		slips = merge(slips, found)
	}
	rate := 100 * float64(len(slips)) / float64(len(a.Words))
	r.Value = math.Exp(-rate / 4)
	if a.cues == nil && found == nil { // hardly a rule says anything of this language
		r.Confidence, r.Value = .15, min(r.Value, .7)
	}
	if len(slips) == 0 {
		code := "conventions.clean"
		if found == nil { // a few rules have found nothing, which is not much
			code = "conventions.no_slip"
		}
		r.good(Finding{Code: code, Weight: .5})
		return
	}
	r.next(a.worst(slips, rate))
	if rate < 1.5 {
		r.good(Finding{Code: "conventions.mostly", Weight: .3})
	} else if found != nil { // a few rules cannot say that a sentence is right
		if i := a.clean(slips); i >= 0 {
			r.good(Finding{Code: "conventions.sentence", Weight: .2, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
		}
	}
}

// worst is the kind of slip that comes most often, with up to three of its places.
func (a *Analysis) worst(slips []Slip, rate float64) Finding {
	byKind := map[string][]Slip{}
	kind := ""
	for _, s := range slips {
		k := known(s.Kind)
		byKind[k] = append(byKind[k], s)
	}
	for k, of := range byKind {
		if n, m := len(of), len(byKind[kind]); n > m || n == m && k < kind {
			kind = k
		}
	}
	f := Finding{Code: "conventions." + kind, Weight: .3 + .4*clamp(rate/6), Args: map[string]string{"n": strconv.Itoa(len(byKind[kind]))}}
	for _, s := range byKind[kind][:min(3, len(byKind[kind]))] {
		f.Quotes = append(f.Quotes, s.Quote)
	}
	return f
}

// clean returns the longest sentence without a slip, -1 for none.
func (a *Analysis) clean(slips []Slip) int {
	most, at := 5, -1
	for i, s := range a.Sentences {
		touched := slices.ContainsFunc(slips[:min(len(slips), 400)], func(x Slip) bool { return x.Quote.Start < s.End && s.Start < x.Quote.End })
		if n := s.Last - s.First; n > most && !touched {
			most, at = n, i
		}
		if i > 400 {
			break
		}
	}
	return at
}

// known is the kind of a slip as far as there are words for it.
func known(kind string) string {
	switch kind {
	case "capital", "end_mark", "doubled", "long", "space", "spelling", "grammar", "punctuation":
		return kind
	}
	return "other"
}

// merge returns both lists in the order of the text; of slips that overlap, the
// first.
func merge(own, found []Slip) []Slip { return apart(slices.Concat(own, found)) }

// longSentence is how many words without a pause are hard to read.
const longSentence = 45

// Slips returns the mistakes that a few safe rules find, in the order of the text:
// a sentence that begins small in a script that has capitals, a paragraph without
// an end mark, a word that stands there twice, a space in the wrong place, a very
// long sentence, a word that is plainly misspelt. It would rather miss one than
// find one that is none. At most 500.
func (a *Analysis) Slips() []Slip {
	var out []Slip
	for i, s := range a.Sentences {
		p := a.Paragraphs[s.Paragraph]
		if s.Last == s.First || p.Heading {
			continue
		}
		if !p.Item {
			out = append(out, a.edges(s, p.Last == i+1)...)
		}
		out = append(out, a.inside(s)...)
	}
	out = append(out, a.misspelt()...)
	out = append(out, a.ungrammatical()...)
	return apart(out)
}

func (a *Analysis) slip(s Span, kind string) Slip {
	return Slip{Quote: a.Quote(s), Kind: kind, Rule: "builtin." + kind}
}

// edges looks at how a sentence begins, and at how the last of a paragraph ends.
func (a *Analysis) edges(s Sentence, last bool) (out []Slip) {
	in := a.WordsOf(s)
	if first := a.Runes[in[0].Start]; unicode.IsLower(first) && in[0].Start == s.Start && in[0].End-in[0].Start < 25 {
		out = append(out, a.slip(in[0].Span, "capital"))
	}
	if end := a.Runes[s.End-1]; last && len(in) >= 4 && (unicode.IsLetter(end) || unicode.IsDigit(end)) {
		if w := in[len(in)-1].Span; len(out) == 0 || w != in[0].Span {
			out = append(out, a.slip(w, "end_mark"))
		}
	}
	return out
}

// inside looks at the words of a sentence and at what stands between them.
func (a *Analysis) inside(s Sentence) (out []Slip) {
	in := a.WordsOf(s)
	pause := 0
	for j, w := range in {
		if a.lang == "en" && w.Text == "i" && (w.End >= len(a.Runes) || a.Runes[w.End] != '.') { // not "i.e."
			out = append(out, a.slip(w.Span, "capital"))
		}
		if j == 0 {
			continue
		}
		before := in[j-1]
		between := a.Runes[before.End:w.Start]
		switch {
		case len(between) > 0 && onlySpace(between) && before.Text == w.Text && w.End-w.Start > 1 && !mayDouble(w.Fold) && unicode.IsLetter(a.Runes[w.Start]) && !capitalised(a.Runes[w.Start:w.End]):
			out = append(out, a.slip(Span{before.Start, w.End}, "doubled"))
		case len(between) > 1 && unicode.IsSpace(between[0]) && (between[1] == ',' || between[1] == '.' && len(between) > 2 && between[2] == ' '),
			len(between) == 1 && (between[0] == ',' || between[0] == ';') && unicode.IsLetter(a.Runes[before.End-1]) && unicode.In(a.Runes[w.Start], unicode.Latin, unicode.Arabic):
			out = append(out, a.slip(Span{before.Start, w.End}, "space"))
		}
		if !onlySpace(between) {
			pause = j
		}
		if j-pause == longSentence && alphabetic(w.Text) {
			out = append(out, a.slip(Span{in[j-4].Start, w.End}, "long"))
		}
	}
	return out
}

// ungrammatical returns words that do not go together, from a short list of what
// learners of a language often write.
func (a *Analysis) ungrammatical() (out []Slip) {
	for i := range a.Words {
		if n := a.cues.begins(cueGrammar, a.keys[i:]); n > 0 {
			if last := a.Words[i+n-1]; onlyWords(a.Runes[a.Words[i].Start:last.End]) {
				out = append(out, a.slip(Span{a.Words[i].Start, last.End}, "grammar"))
			}
		}
	}
	return out
}

// onlyWords reports whether no sign parts the words of a stretch.
func onlyWords(r []rune) bool {
	return !strings.ContainsAny(string(r), ".,;:!?()\"“”«»\n")
}

func onlySpace(between []rune) bool {
	for _, r := range between {
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// mayDouble are words that stand twice by right in some sentences.
func mayDouble(word string) bool {
	switch word {
	case "that", "had", "nos", "os", "se", "poco", "muy", "so", "very", "bye", "no", "more", "never", "long", "many", "sie", "die", "der", "vous", "nous":
		return true
	}
	return false
}
