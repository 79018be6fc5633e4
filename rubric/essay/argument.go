package essay

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maieutic/tutor"
)

// thesis looks for a sentence that takes a position on the task: by its words,
// where it stands, and whether it speaks of what was asked.
func (a *Analysis) thesis(r *Reading) {
	if len(a.Sentences) == 0 || len(a.body) == 0 || a.cues == nil {
		r.unread()
		return
	}
	r.Confidence = .6
	first := a.Paragraphs[a.body[0]]
	best, at := 0.0, -1
	for i, s := range a.Sentences {
		if v := a.position(i, s); v > best {
			best, at = v, i
		}
	}
	r.Value = best
	if at < 0 || best < .4 {
		a.noThesis(r, first)
		return
	}
	s := a.Sentences[at]
	q := []tutor.Quote{a.quoteOf(s)}
	beside := a.misses()
	if beside {
		r.Value *= .6
	}
	if beside || a.about(s) == 0 && len(a.prompt) > 0 && a.near(s) < .5 {
		r.next(Finding{Code: "thesis.off_task", Weight: .8, Quotes: q})
		r.good(Finding{Code: "thesis.view", Weight: .3, Quotes: q})
		return
	}
	r.good(Finding{Code: "thesis.stated", Weight: .8, Quotes: q})
	switch {
	case s.Paragraph != a.body[0] && len(a.body) > 1:
		r.next(Finding{Code: "thesis.late", Weight: .6, Quotes: q})
	case !a.reasoned(s.Paragraph) && a.Sentences[a.Paragraphs[s.Paragraph].Last-1].End == s.End:
		r.next(Finding{Code: "thesis.why", Weight: .5, Quotes: q})
	case best < .9:
		r.next(Finding{Code: "thesis.sharper", Weight: .3, Quotes: q})
	}
}

// misses reports whether a draft never has the word that the task and all the
// positions it knows turn on. A draft that says it otherwise throughout is asked
// about it, which costs little.
func (a *Analysis) misses() bool {
	if len(a.theses) < 3 || a.cues == nil {
		return false
	}
	core := false
	for stem := range a.theses[0] {
		if !a.prompt[stem] || slices.ContainsFunc(a.theses, func(t map[string]bool) bool { return !t[stem] }) {
			continue
		}
		core = true
		if slices.Contains(a.stems, stem) || slices.ContainsFunc(a.keys, func(k string) bool { return strings.Contains(k, stem) }) {
			return false
		}
	}
	return core
}

// noThesis says that no position was found, and what comes nearest to one.
func (a *Analysis) noThesis(r *Reading, first Paragraph) {
	r.next(Finding{Code: "thesis.missing", Weight: 1, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[first.First])}})
	for i, s := range a.Sentences {
		if !asks(s) && a.about(s) > 0 && s.Last-s.First >= 4 && !a.roles[i].counter {
			r.good(Finding{Code: "thesis.topic", Weight: .2, Quotes: []tutor.Quote{a.quoteOf(s)}})
			return
		}
	}
}

// near is how much of one of the positions that the task knows a sentence has.
func (a *Analysis) near(s Sentence) float64 {
	topics, best := a.topics(s), 0.0
	for _, thesis := range a.theses {
		best = max(best, ratio(float64(shared(topics, thesis)), float64(len(thesis))))
	}
	return best
}

// position is how much a sentence looks like the thesis, 0..1. What it says tells
// more than the words "I think": a sentence without them that says what one of
// the known positions says is one, too.
func (a *Analysis) position(i int, s Sentence) float64 {
	role := a.roles[i]
	if asks(s) || a.Paragraphs[s.Paragraph].Heading || role.counter && !role.answer {
		return 0
	}
	topic := max(ratio(float64(a.about(s)), 2), a.near(s))
	if len(a.prompt) == 0 {
		topic = .5
	}
	if !role.thesis && a.near(s) < .6 {
		return .2 * topic
	}
	v := .35 + .25*topic
	switch s.Paragraph {
	case a.body[0]:
		v += .25
	case a.body[len(a.body)-1]:
		v += .12
	}
	if role.reason || a.reasonNear(i) {
		v += .15
	}
	return v
}

// reasoned reports whether a reason stands in a paragraph, or the next one begins
// with it.
func (a *Analysis) reasoned(p int) bool {
	for i := a.Paragraphs[p].First; i < min(len(a.roles), a.Paragraphs[p].Last+1); i++ {
		if a.roles[i].reason {
			return true
		}
	}
	return false
}

// reasonNear reports whether the next sentence of the same paragraph gives a
// reason.
func (a *Analysis) reasonNear(i int) bool {
	return i+1 < len(a.Sentences) && a.Sentences[i+1].Paragraph == a.Sentences[i].Paragraph && a.roles[i+1].reason
}

// backing is what the paragraphs of a draft have in support.
type backing struct {
	paragraphs, supported, support, shown int
	bare, bareWords                       int // the longest paragraph without any; -1 for none
	best, kinds                           int // the sentence with the most kinds of support; -1 for none
}

// evidence looks at each paragraph for a reason, an example or a source.
func (a *Analysis) evidence(r *Reading) {
	if len(a.body) == 0 || a.cues == nil {
		r.unread()
		return
	}
	r.Confidence = .55
	middle := a.body
	if len(middle) >= 3 {
		middle = middle[1 : len(middle)-1]
	}
	b := a.backing(middle)
	wanted := max(2, float64(len(a.Words))/90)
	r.Value = .4*float64(b.supported)/float64(b.paragraphs) + .4*ratio(float64(b.support), wanted) + .2*ratio(float64(b.shown), max(1, wanted/3))
	if b.best >= 0 {
		code := "evidence.reason"
		if a.roles[b.best].example || a.roles[b.best].source {
			code = "evidence.example"
		}
		r.good(Finding{Code: code, Weight: .7, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[b.best])}})
	} else if i := a.claim(); i >= 0 {
		r.good(Finding{Code: "evidence.claim", Weight: .2, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
	}
	switch {
	case b.bare >= 0:
		weight := .9
		if r.Value >= .8 { // one paragraph among others that have theirs
			weight = .45
		}
		f := Finding{Code: "evidence.bare", Weight: weight, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[a.Paragraphs[b.bare].First])}}
		if len(a.body) == 1 {
			f.Code = "evidence.none"
		}
		r.next(f)
	case b.shown == 0 && b.best >= 0 && !a.roles[b.best].example && !a.roles[b.best].source:
		r.next(Finding{Code: "evidence.no_example", Weight: .7, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[b.best])}})
	case r.Value < .85:
		r.next(Finding{Code: "evidence.more", Weight: .4, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[a.leastSupported(middle)])}})
	}
}

// backing counts the support in paragraphs.
func (a *Analysis) backing(paragraphs []int) backing {
	b := backing{paragraphs: len(paragraphs), bare: -1, best: -1}
	for _, p := range paragraphs {
		here := 0
		for i := a.Paragraphs[p].First; i < a.Paragraphs[p].Last; i++ {
			here += a.kindsOfSupport(i)
			if a.roles[i].example || a.roles[i].source || hasNumber(a.WordsOf(a.Sentences[i])) {
				b.shown++
			}
		}
		b.support += here
		if here > 0 || a.namesOther(a.Paragraphs[p]) { // the other side is the counterargument's business
			b.supported++
		} else if n := a.wordsIn(a.Paragraphs[p]); n > b.bareWords {
			b.bare, b.bareWords = p, n
		}
	}
	b.best, b.kinds = a.bestSupport(a.Paragraphs[paragraphs[0]].First, a.Paragraphs[paragraphs[len(paragraphs)-1]].Last)
	if b.best < 0 {
		b.best, b.kinds = a.bestSupport(0, len(a.Sentences))
	}
	return b
}

// bestSupport returns the sentence with the best support, and how good it is, -1
// for none. An answer to the other side is praised where the other side is
// looked for.
func (a *Analysis) bestSupport(from, to int) (at, kinds int) {
	at = -1
	_, answered := a.otherSide()
	for i := from; i < to; i++ {
		s, role := a.Sentences[i], a.roles[i]
		n := a.kindsOfSupport(i)
		if n == 0 || asks(s) || role.counter || i == answered {
			continue
		}
		if role.example || role.source { // what can be seen weighs more than a because
			n += 2
		}
		if s.Last-s.First < 6 {
			n--
		}
		if n > kinds {
			at, kinds = i, n
		}
	}
	return at, kinds
}

// claim returns a sentence that could be supported: the first of some length that
// speaks of the task; -1 for none.
func (a *Analysis) claim() int {
	for i, s := range a.Sentences {
		if s.Last-s.First >= 4 && !asks(s) && (a.about(s) > 0 || len(a.prompt) == 0) {
			return i
		}
	}
	return -1
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
		if r, _ := utf8.DecodeRuneInString(w.Text); unicode.IsDigit(r) {
			return true
		}
	}
	return false
}

// counter looks for the other side and for an answer to it.
func (a *Analysis) counter(r *Reading) {
	if len(a.body) == 0 || a.cues == nil {
		r.unread()
		return
	}
	r.Confidence = .55
	named, answered := a.otherSide()
	if named < 0 {
		r.Value = .1
		r.next(Finding{Code: "counter.missing", Weight: .8, Quotes: a.firstClaim()})
		return
	}
	q := []tutor.Quote{a.quoteOf(a.Sentences[named])}
	switch {
	case answered < 0:
		r.Value = .4
		r.good(Finding{Code: "counter.named", Weight: .5, Quotes: q})
		r.next(Finding{Code: "counter.unanswered", Weight: .8, Quotes: q})
		return
	case answered != named:
		q = append(q, a.quoteOf(a.Sentences[answered]))
	}
	r.good(Finding{Code: "counter.answered", Weight: .8, Quotes: q})
	r.Value = 1
	next, s := answered+1, a.Sentences[answered]
	goesOn := next < len(a.roles) && a.Sentences[next].Paragraph == s.Paragraph
	switch {
	case a.roles[answered].support() || goesOn && a.roles[next].support():
		return
	case goesOn || s.Last-s.First >= 12: // more than a no
		r.Value = .85
	default:
		r.Value = .75
	}
	r.next(Finding{Code: "counter.support", Weight: .4, Quotes: q[len(q)-1:]})
}

// otherSide returns the sentence that names the other side and the one that
// answers it, -1 for none.
func (a *Analysis) otherSide() (named, answered int) {
	named = -1
	for i, role := range a.roles {
		if !role.counter || asks(a.Sentences[i]) && !role.answer {
			continue
		}
		if named < 0 {
			named = i
		}
		if j := a.answerAfter(i); j >= 0 {
			return i, j
		}
	}
	return named, -1
}

// firstClaim quotes the first sentence that takes a position, nil for none.
func (a *Analysis) firstClaim() []tutor.Quote {
	for i, role := range a.roles {
		if role.thesis && !asks(a.Sentences[i]) && a.about(a.Sentences[i]) > 0 {
			return []tutor.Quote{a.quoteOf(a.Sentences[i])}
		}
	}
	return nil
}

// answerAfter returns the sentence that answers the other side named in sentence
// i: itself when it says both, or one of the next three.
func (a *Analysis) answerAfter(i int) int {
	in := a.keysOf(a.Sentences[i])
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
