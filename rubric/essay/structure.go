package essay

import (
	"strconv"

	"maieutic/tutor"
)

// wantedWords is how long an essay is taken to be when its task does not say.
const wantedWords = 250

func (a *Analysis) wanted() float64 {
	if a.Task.Words.Least > 0 {
		return float64(a.Task.Words.Least)
	}
	return wantedWords
}

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
	if !a.parted() && len(a.Sentences) >= 5 { // lists and dialogues aside
		paragraphs = 1
	}
	hold, loose := a.cohesion()
	ends := a.ends()
	r.Value = .45*ratio(float64(paragraphs-1), min(3, max(1, float64(len(a.Words))/120))) + .35*hold + .2*share01(ends)
	if paragraphs == 1 && len(a.Words) > 120 {
		at := loose
		if at <= 0 {
			at = len(a.Sentences) / 2
		}
		r.next(Finding{Code: "organisation.one_block", Weight: .9, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[at])}})
	} else if paragraphs >= 3 {
		p := a.Paragraphs[a.body[1]]
		r.good(Finding{Code: "organisation.paragraphs", Weight: .5, Args: map[string]string{"n": strconv.Itoa(paragraphs)},
			Quotes: []tutor.Quote{a.quoteOf(a.Sentences[p.First])}})
	}
	if i := a.connected(); i >= 0 {
		r.good(Finding{Code: "organisation.linked", Weight: .45, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
	}
	if loose > 0 && hold < .75 {
		r.next(Finding{Code: "organisation.jump", Weight: .6,
			Quotes: []tutor.Quote{a.quoteOf(a.Sentences[loose-1]), a.quoteOf(a.Sentences[loose])}})
	}
	if !ends && len(a.Sentences) >= 5 {
		r.next(Finding{Code: "organisation.no_ending", Weight: .5, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[len(a.Sentences)-1])}})
	}
}

// parted reports whether paragraphs hold more than a sentence each, as a rule.
func (a *Analysis) parted() bool {
	return float64(len(a.Sentences)) >= 1.5*float64(len(a.body))
}

// cohesion returns the share of sentences that hold on to the one before, by a
// connective, a pronoun or a word they share, and the place of the sentence that
// does so least; 0 for none.
func (a *Analysis) cohesion() (share float64, loose int) {
	pairs, held := 0, 0
	for i := 1; i < len(a.Sentences); i++ {
		if a.Sentences[i].Paragraph != a.Sentences[i-1].Paragraph {
			continue
		}
		pairs++
		if a.holds(i) {
			held++
		} else if loose == 0 || a.Sentences[i].Last-a.Sentences[i].First > a.Sentences[loose].Last-a.Sentences[loose].First {
			loose = i
		}
	}
	if pairs == 0 {
		return .5, 0
	}
	return float64(held) / float64(pairs), loose
}

// holds reports whether a sentence holds on to the one before it.
func (a *Analysis) holds(i int) bool {
	in := a.WordsOf(a.Sentences[i])
	return a.cues.has(cueConnect, in[:min(4, len(in))]) || shared(a.topics(a.Sentences[i]), a.topics(a.Sentences[i-1])) > 0
}

// connected returns a sentence that begins with a connective of argument, -1 for
// none.
func (a *Analysis) connected() int {
	for i := 1; i < len(a.Sentences); i++ {
		in := a.WordsOf(a.Sentences[i])
		if at, n := a.cues.find(cueAnswer, in[:min(3, len(in))]); at == 0 && n > 0 {
			return i
		}
		if at, n := a.cues.find(cueReason, in[:min(4, len(in))]); at == 0 && n > 0 {
			return i
		}
	}
	return -1
}

// ends reports whether the last paragraph closes the argument: by its words, or
// by coming back to what the first one says.
func (a *Analysis) ends() bool {
	last := a.Paragraphs[a.body[len(a.body)-1]]
	for i := last.First; i < last.Last; i++ {
		if a.roles[i].conclusion {
			return true
		}
	}
	if len(a.body) < 2 {
		return false
	}
	first := a.Paragraphs[a.body[0]]
	return shared(a.topicsOf(first), a.topicsOf(last)) >= 3
}

func (a *Analysis) topicsOf(p Paragraph) map[string]bool {
	out := map[string]bool{}
	for i := p.First; i < p.Last; i++ {
		for t := range a.topics(a.Sentences[i]) {
			out[t] = true
		}
	}
	return out
}

// development looks at how far ideas are carried: the words that were asked for,
// and paragraphs that go beyond their first sentence. Words beyond those asked
// for earn nothing.
func (a *Analysis) development(r *Reading) {
	if len(a.body) == 0 {
		return
	}
	r.Confidence = .5
	full := 0
	thin, thinWords := -1, int(^uint(0)>>1)
	fullest, fullestSentences := -1, 2
	for i, p := range a.body {
		par := a.Paragraphs[p]
		n := par.Last - par.First
		edge := len(a.body) > 2 && (i == 0 || i == len(a.body)-1) // a beginning and an end may be short
		if n >= 3 || a.wordsIn(par) >= 60 || edge {
			full++
		} else if w := a.wordsIn(par); w < thinWords {
			thin, thinWords = p, w
		}
		if n > fullestSentences {
			fullest, fullestSentences = p, n
		}
	}
	length := ratio(float64(len(a.Words)), a.wanted())
	r.Value = .55*length + .3*float64(full)/float64(len(a.body)) + .15*ratio(float64(a.distinctTopics()), a.wanted()/4)
	if fullest >= 0 {
		r.good(Finding{Code: "development.carried", Weight: .5, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[a.Paragraphs[fullest].First])}})
	}
	switch {
	case length < .7:
		q := a.Sentences[a.Paragraphs[a.body[len(a.body)/2]].First]
		r.next(Finding{Code: "development.short", Weight: .8, Quotes: []tutor.Quote{a.quoteOf(q)},
			Args: map[string]string{"words": strconv.Itoa(len(a.Words)), "wanted": strconv.Itoa(int(a.wanted()))}})
	case thin >= 0:
		r.next(Finding{Code: "development.thin", Weight: .6, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[a.Paragraphs[thin].First])}})
	}
}

func (a *Analysis) distinctTopics() int {
	seen := map[string]bool{}
	for _, s := range a.stems {
		if s != "" {
			seen[s] = true
		}
	}
	return len(seen)
}
