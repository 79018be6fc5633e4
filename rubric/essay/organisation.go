package essay

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"maieutic/tutor"
)

// organisation looks at paragraphs, at how neighbouring sentences hold together,
// and at the end.
func (a *Analysis) organisation(r *Reading) {
	if len(a.body) == 0 {
		return
	}
	r.Confidence = .5
	if a.cues == nil {
		r.Confidence = .3
	}
	paragraphs := len(a.body)
	if !a.parted() && len(a.Sentences) >= 5 {
		paragraphs = 1
	}
	hold, loose := a.cohesion()
	ends := a.ends()
	r.Value = .45*ratio(float64(paragraphs-1), min(3, max(1, float64(len(a.Words))/120))) + .35*hold + .2*share01(ends)
	// The order of a few lines is no achievement yet.
	r.Value *= .6 + .4*ratio(float64(len(a.Words)), .6*a.wanted())
	a.order(r, paragraphs)
	a.paragraphing(r, paragraphs, loose)
	if loose > 0 && hold < .75 && a.cues != nil {
		r.next(Finding{Code: "organisation.jump", Weight: .7 - .4*hold,
			Quotes: []tutor.Quote{a.quoteOf(a.Sentences[loose-1]), a.quoteOf(a.Sentences[loose])}})
	}
	if !ends && len(a.Sentences) >= 5 && a.cues != nil {
		r.next(Finding{Code: "organisation.no_ending", Weight: .5, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[len(a.Sentences)-1])}})
	}
	if len(r.Nexts) == 0 && r.Value < .85 {
		p := a.Paragraphs[a.body[len(a.body)/2]]
		r.next(Finding{Code: "organisation.order", Weight: .3, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[p.First])}})
	}
}

// order says what is good in the order of a draft.
func (a *Analysis) order(r *Reading, paragraphs int) {
	if paragraphs >= 3 {
		p := a.Paragraphs[a.body[1]]
		r.good(Finding{Code: "organisation.paragraphs", Weight: .5, Args: map[string]string{"n": strconv.Itoa(paragraphs)},
			Quotes: []tutor.Quote{a.quoteOf(a.Sentences[p.First])}})
	}
	if i := a.connected(); i >= 0 {
		r.good(Finding{Code: "organisation.linked", Weight: .45, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
	}
	if first := a.Sentences[a.Paragraphs[a.body[0]].First]; len(r.Strengths) == 0 && a.about(first) > 0 && !asks(first) {
		r.good(Finding{Code: "organisation.opens", Weight: .2, Quotes: []tutor.Quote{a.quoteOf(first)}})
	}
}

// paragraphing says where paragraphs are missing, or are none.
func (a *Analysis) paragraphing(r *Reading, paragraphs, loose int) {
	switch {
	case !a.parted() && len(a.body) >= 5:
		s := a.Sentences[a.Paragraphs[a.body[1]].First]
		r.next(Finding{Code: "organisation.lines", Weight: .8, Quotes: []tutor.Quote{a.quoteOf(s)}, Args: map[string]string{"n": strconv.Itoa(len(a.body))}})
	case paragraphs == 1 && len(a.Words) > 120 && len(a.Sentences) > 3:
		at := loose
		if at <= 1 || at >= len(a.Sentences)-1 {
			at = len(a.Sentences) / 2
		}
		r.next(Finding{Code: "organisation.one_block", Weight: .9, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[at])}})
	case a.choppy():
		q := []tutor.Quote{a.quoteOf(a.Sentences[0]), a.quoteOf(a.Sentences[1])}
		r.next(Finding{Code: "organisation.choppy", Weight: .65, Quotes: q})
	}
}

// parted reports whether paragraphs hold more than a sentence each, as a rule.
func (a *Analysis) parted() bool {
	return float64(len(a.Sentences)) >= 1.5*float64(len(a.body))
}

// choppy reports whether hardly a sentence goes beyond a few words, in a language
// where words are written apart.
func (a *Analysis) choppy() bool {
	return (a.lang == "en" || a.lang == "es") && len(a.Sentences) >= 6 && float64(len(a.Words)) <= 7*float64(len(a.Sentences))
}

// cohesion returns the share of sentences that hold on to the one before, by a
// connective, a pronoun or a word they share, and the place of the sentence that
// does so least; 0 for none.
func (a *Analysis) cohesion() (share float64, loose int) {
	pairs, held := 0, 0
	words := func(i int) int { return a.Sentences[i].Last - a.Sentences[i].First }
	for i := 1; i < len(a.Sentences); i++ {
		p := a.Sentences[i].Paragraph
		if p != a.Sentences[i-1].Paragraph || words(i) == 0 || words(i-1) == 0 {
			continue
		}
		pairs++
		if a.holds(i) {
			held++
		} else if words(i-1) >= 3 && words(i) >= 3 && (loose == 0 || min(words(i), words(i-1)) > min(words(loose), words(loose-1))) {
			loose = i
		}
	}
	if pairs == 0 {
		return .5, 0
	}
	return float64(held) / float64(pairs), loose
}

// holds reports whether a sentence holds on to what comes before it: to the
// sentence before, or to the one before that.
func (a *Analysis) holds(i int) bool {
	in, topics := a.keysOf(a.Sentences[i]), a.topics(a.Sentences[i])
	before := a.Sentences[i-1]
	if a.cues.has(cueConnect, in[:min(4, len(in))]) || a.kin(topics, a.topics(before)) ||
		a.cues.has(cueSelf, in) && a.cues.has(cueSelf, a.keysOf(before)) {
		return true
	}
	return i > 1 && a.Sentences[i-2].Paragraph == a.Sentences[i].Paragraph && shared(topics, a.topics(a.Sentences[i-2])) > 1
}

// kin reports whether two sets of stems have one in common, or two of one family:
// "prohibir" and "prohibición" have stems of their own.
func (a *Analysis) kin(x, y map[string]bool) bool {
	if shared(x, y) > 0 {
		return true
	}
	for s := range x {
		for t := range y {
			if a.lang == "ar" {
				if short := min(len(s), len(t)); short >= 6 && (strings.Contains(s, t) || strings.Contains(t, s)) { // three letters
					return true
				}
				continue
			}
			if utf8.RuneCountInString(s) >= 5 && utf8.RuneCountInString(t) >= 5 && strings.HasPrefix(t, string([]rune(s)[:5])) {
				return true
			}
		}
	}
	return false
}

// connected returns a sentence that begins with a connective of argument, -1 for
// none.
func (a *Analysis) connected() int {
	for i := 1; i < len(a.Sentences); i++ {
		in := a.keysOf(a.Sentences[i])
		for _, kind := range []string{cueAnswer, cueReason, cueExample} {
			if len(in) > 5 && a.cues.begins(kind, in) > 0 {
				return i
			}
		}
	}
	return -1
}

// ends reports whether the last paragraph closes the argument: by its words, by
// a position on the task, or by coming back to what the first one says.
func (a *Analysis) ends() bool {
	last := a.Paragraphs[a.body[len(a.body)-1]]
	for i := last.First; i < last.Last; i++ {
		if a.roles[i].conclusion || a.roles[i].thesis && len(a.body) > 1 && a.about(a.Sentences[i]) > 1 {
			return true
		}
	}
	if len(a.body) < 2 {
		return false
	}
	return shared(a.topicsOf(a.Paragraphs[a.body[0]]), a.topicsOf(last)) >= 3
}

func (a *Analysis) topicsOf(p Paragraph) map[string]bool {
	out := map[string]bool{}
	for _, stem := range a.stems[a.Sentences[p.First].First:a.Sentences[p.Last-1].Last] {
		if stem != "" {
			out[stem] = true
		}
	}
	return out
}
