package essay

import (
	"math"
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

// Sizes of a paragraph, in words: one that carries its idea, and one that may
// stand with two sentences.
const (
	fullParagraph = 60
	fairParagraph = 25
)

// development looks at how far ideas are carried: the words that were asked for,
// and paragraphs that go beyond their first sentence. Words beyond those asked
// for earn nothing.
func (a *Analysis) development(r *Reading) {
	if len(a.body) == 0 {
		return
	}
	r.Confidence = .5
	full, thin, fullest := a.carried()
	length := ratio(float64(len(a.Words)), a.wanted())
	r.Value = .55*length + .3*float64(full)/float64(len(a.body)) + .15*ratio(float64(a.distinctTopics()), a.wanted()/4)
	if fullest >= 0 {
		r.good(Finding{Code: "development.carried", Weight: .5, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[a.Paragraphs[fullest].First])}})
	} else if i := a.richest(); i >= 0 {
		r.good(Finding{Code: "development.idea", Weight: .2, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
	}
	middle := a.Sentences[a.Paragraphs[a.body[len(a.body)/2]].First]
	switch {
	case length < .7:
		r.next(Finding{Code: "development.short", Weight: .8, Quotes: []tutor.Quote{a.quoteOf(middle)},
			Args: map[string]string{"words": strconv.Itoa(len(a.Words)), "wanted": strconv.Itoa(int(a.wanted()))}})
	case thin >= 0:
		r.next(Finding{Code: "development.thin", Weight: .6, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[a.Paragraphs[thin].First])}})
	case r.Value < .85:
		r.next(Finding{Code: "development.deeper", Weight: .3, Quotes: []tutor.Quote{a.quoteOf(middle)}})
	}
}

// carried counts the paragraphs that carry an idea, and returns the thinnest of
// the others and the one that goes furthest with one thought; -1 for none.
func (a *Analysis) carried() (full, thin, fullest int) {
	thin, fullest = -1, -1
	least, most := math.MaxInt, 0
	for i, p := range a.body {
		par := a.Paragraphs[p]
		sentences, words := par.Last-par.First, a.wordsIn(par)
		edge := len(a.body) > 2 && (i == 0 || i == len(a.body)-1) // a beginning and an end may be short
		switch {
		case sentences >= 2 && words >= fairParagraph || words >= fullParagraph || edge:
			full++
		case words < least:
			thin, least = p, words
		}
		if sentences >= 3 && words >= 45 && words > most && a.heldIn(par) >= .5 {
			fullest, most = p, words
		}
	}
	return full, thin, fullest
}

// heldIn is the share of a paragraph's sentences that hold on to the one before.
func (a *Analysis) heldIn(p Paragraph) float64 {
	n := 0
	for i := p.First + 1; i < p.Last; i++ {
		if a.holds(i) {
			n++
		}
	}
	return ratio(float64(n), float64(p.Last-p.First-1))
}

// richest returns the sentence with the most to say of its own, -1 for none.
func (a *Analysis) richest() int {
	most, at := 3, -1
	for i, s := range a.Sentences {
		n := 0
		for t := range a.topics(s) {
			if !a.prompt[t] {
				n++
			}
		}
		if n > most && !asks(s) {
			most, at = n, i
		}
	}
	return at
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
