package essay

import "maieutic/tutor"

// thesis looks for a sentence that takes a position on the task: by its words,
// where it stands, and whether it speaks of what was asked.
func (a *Analysis) thesis(r *Reading) {
	if len(a.Sentences) == 0 || len(a.body) == 0 {
		return
	}
	r.Confidence = .6
	if a.cues == nil {
		r.Confidence = .2
	}
	first, last := a.Paragraphs[a.body[0]], a.Paragraphs[a.body[len(a.body)-1]]
	best, bestAt := 0.0, -1
	for i, s := range a.Sentences {
		if v := a.position(i, s, first, last); v > best {
			best, bestAt = v, i
		}
	}
	r.Value = best
	switch {
	case bestAt < 0 || best < .4:
		q := a.Sentences[first.First]
		r.next(Finding{Code: "thesis.missing", Weight: 1, Quotes: []tutor.Quote{a.quoteOf(q)}})
	case a.about(a.Sentences[bestAt]) == 0 && len(a.prompt) > 0:
		r.next(Finding{Code: "thesis.off_task", Weight: .8, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[bestAt])}})
		r.good(Finding{Code: "thesis.stated", Weight: .4, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[bestAt])}})
	default:
		s := a.Sentences[bestAt]
		q := []tutor.Quote{a.quoteOf(s)}
		r.good(Finding{Code: "thesis.stated", Weight: .8, Quotes: q})
		switch early := s.Paragraph == a.body[0]; {
		case !early && len(a.body) > 1:
			r.next(Finding{Code: "thesis.late", Weight: .6, Quotes: q})
		case !a.roles[bestAt].reason && !a.reasonNear(bestAt):
			r.next(Finding{Code: "thesis.why", Weight: .5, Quotes: q})
		case best < .9:
			r.next(Finding{Code: "thesis.sharper", Weight: .3, Quotes: q})
		}
	}
}

// position is how much a sentence looks like the thesis, 0..1.
func (a *Analysis) position(i int, s Sentence, first, last Paragraph) float64 {
	role := a.roles[i]
	if asks(s) || a.Paragraphs[s.Paragraph].Heading || role.counter && !role.answer {
		return 0
	}
	v := .25 * ratio(float64(a.about(s)), 2)
	if a.cues == nil { // only place and topic can be told
		if s.Paragraph != a.body[0] {
			return 0
		}
		return .3 + v
	}
	if !role.thesis {
		return v * .8
	}
	v += .35
	switch {
	case s.Start >= first.Start && s.End <= first.End:
		v += .25
	case s.Start >= last.Start && s.End <= last.End:
		v += .12
	}
	if role.reason || a.reasonNear(i) {
		v += .15
	}
	return v
}

// reasonNear reports whether the next sentence of the same paragraph gives a
// reason.
func (a *Analysis) reasonNear(i int) bool {
	return i+1 < len(a.Sentences) && a.Sentences[i+1].Paragraph == a.Sentences[i].Paragraph && a.roles[i+1].reason
}

// evidence looks at each paragraph for a reason, an example or a source.
func (a *Analysis) evidence(r *Reading) {
	if len(a.body) == 0 {
		return
	}
	r.Confidence = .55
	if a.cues == nil {
		r.Confidence = 0
		r.Value = .5
		return
	}
	middle := a.body
	if len(middle) >= 3 {
		middle = middle[1 : len(middle)-1]
	}
	supported, support, examples := 0, 0, 0
	bare, bareWords := -1, 0
	bestSentence, bestKinds := -1, 0
	for _, p := range middle {
		here := 0
		for i := a.Paragraphs[p].First; i < a.Paragraphs[p].Last; i++ {
			kinds := a.kindsOfSupport(i)
			here += kinds
			if a.roles[i].example || a.roles[i].source || hasNumber(a.WordsOf(a.Sentences[i])) {
				examples++
			}
		}
		support += here
		if here > 0 || a.namesOther(a.Paragraphs[p]) { // the other side is the counterargument's business
			supported++
		} else if n := a.wordsIn(a.Paragraphs[p]); n > bareWords {
			bare, bareWords = p, n
		}
	}
	for i := range a.Sentences {
		if kinds := a.kindsOfSupport(i); kinds > bestKinds && !asks(a.Sentences[i]) {
			bestSentence, bestKinds = i, kinds
		}
	}
	wanted := max(2, float64(len(a.Words))/90)
	r.Value = .4*float64(supported)/float64(len(middle)) + .4*ratio(float64(support), wanted) + .2*ratio(float64(examples), max(1, wanted/3))
	if bestSentence >= 0 {
		code := "evidence.reason"
		if a.roles[bestSentence].example || a.roles[bestSentence].source {
			code = "evidence.example"
		}
		r.good(Finding{Code: code, Weight: .7, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[bestSentence])}})
	}
	switch {
	case bare >= 0:
		r.next(Finding{Code: "evidence.bare", Weight: .9, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[a.Paragraphs[bare].First])}})
	case examples == 0 && bestSentence >= 0:
		r.next(Finding{Code: "evidence.no_example", Weight: .7, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[bestSentence])}})
	case r.Value < .85 && bestSentence >= 0:
		i := a.leastSupported(middle)
		r.next(Finding{Code: "evidence.more", Weight: .4, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
	}
}

// namesOther reports whether a paragraph is about the other side.
func (a *Analysis) namesOther(p Paragraph) bool {
	for i := p.First; i < p.Last; i++ {
		if a.roles[i].counter {
			return true
		}
	}
	return false
}

func (a *Analysis) kindsOfSupport(i int) int {
	n := 0
	for _, is := range []bool{a.roles[i].reason, a.roles[i].example, a.roles[i].source} {
		if is {
			n++
		}
	}
	return n
}

// leastSupported returns the first sentence of the paragraph with the least
// support for its length.
func (a *Analysis) leastSupported(paragraphs []int) int {
	worst, at := 2.0, a.Paragraphs[paragraphs[0]].First
	for _, p := range paragraphs {
		n := 0
		for i := a.Paragraphs[p].First; i < a.Paragraphs[p].Last; i++ {
			n += a.kindsOfSupport(i)
		}
		if share := float64(n) / float64(a.Paragraphs[p].Last-a.Paragraphs[p].First); share < worst {
			worst, at = share, a.Paragraphs[p].First
		}
	}
	return at
}

func (a *Analysis) wordsIn(p Paragraph) int {
	return a.Sentences[p.Last-1].Last - a.Sentences[p.First].First
}

func hasNumber(in []Word) bool {
	for _, w := range in {
		if w.Text[0] >= '0' && w.Text[0] <= '9' {
			return true
		}
	}
	return false
}

// counter looks for the other side and for an answer to it.
func (a *Analysis) counter(r *Reading) {
	r.Confidence = .55
	if a.cues == nil {
		r.Confidence, r.Value = 0, .5
		return
	}
	named, answered := -1, -1
	for i, role := range a.roles {
		if !role.counter || asks(a.Sentences[i]) && !role.answer {
			continue
		}
		if named < 0 {
			named = i
		}
		if j := a.answerAfter(i); j >= 0 && answered < 0 {
			named, answered = i, j
		}
	}
	switch {
	case named < 0:
		r.Value = .1
		var quotes []tutor.Quote
		for i, role := range a.roles {
			if role.thesis {
				quotes = []tutor.Quote{a.quoteOf(a.Sentences[i])}
				break
			}
		}
		r.next(Finding{Code: "counter.missing", Weight: .8, Quotes: quotes})
	case answered < 0:
		r.Value = .5
		q := []tutor.Quote{a.quoteOf(a.Sentences[named])}
		r.good(Finding{Code: "counter.named", Weight: .5, Quotes: q})
		r.next(Finding{Code: "counter.unanswered", Weight: .8, Quotes: q})
	default:
		r.Value = .8
		q := []tutor.Quote{a.quoteOf(a.Sentences[named]), a.quoteOf(a.Sentences[answered])}
		if answered == named {
			q = q[:1]
		}
		r.good(Finding{Code: "counter.answered", Weight: .8, Quotes: q})
		if a.roles[answered].support() || answered+1 < len(a.roles) && a.roles[answered+1].support() {
			r.Value = 1
		} else {
			r.next(Finding{Code: "counter.support", Weight: .4, Quotes: q[len(q)-1:]})
		}
	}
}

// answerAfter returns the sentence that answers the other side named in sentence
// i: itself when it says both, or one of the next three.
func (a *Analysis) answerAfter(i int) int {
	in := a.WordsOf(a.Sentences[i])
	at, n := a.cues.find(cueCounter, in)
	if at >= 0 {
		if j, _ := a.cues.find(cueAnswer, in[at+n:]); j > 0 {
			return i
		}
	}
	for j := i + 1; j < min(len(a.roles), i+4); j++ {
		if a.roles[j].answer {
			return j
		}
	}
	return -1
}
