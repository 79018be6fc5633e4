package essay

import (
	"slices"
	"strings"
	"unicode/utf8"

	"maieutic/tutor"
)

// sources looks at how the assigned reading is used: taken up in one's own
// words, named, and quoted as it stands.
func (a *Analysis) sources(r *Reading) {
	if len(a.body) == 0 {
		return
	}
	if a.Foreign() {
		r.unread()
		return
	}
	named := a.naming()
	if len(a.Task.Sources) == 0 {
		a.ownSources(r, named)
		return
	}
	r.Confidence = .5
	use, quoted := a.use(), a.quotations()
	exact := len(quoted.right) > 0
	r.Value = .55*ratio(float64(len(use)), 3) + .3*share01(len(named) > 0) + .15*share01(exact || len(named) > 1)
	a.usedWell(r, use, quoted)
	if len(quoted.wrong) > 0 {
		r.Value -= .25
		w := quoted.wrong[0]
		r.next(Finding{Code: "sources.misquote", Weight: 1, Quotes: []tutor.Quote{w.quote}, Citation: a.cite(w.source, w.place)})
	}
	if run, source := a.lifted(); source >= 0 {
		r.Value -= .2
		r.next(Finding{Code: "sources.lifted", Weight: .9, Quotes: []tutor.Quote{a.Quote(run)}, Citation: a.cite(source, Span{})})
	}
	switch {
	case len(use) == 0 && len(named) == 0 && !exact:
		r.next(Finding{Code: "sources.unused", Weight: .8, Citation: a.cite(0, Span{})})
	case len(named) == 0 && len(use) > 0:
		u := a.clearest(use)
		r.next(Finding{Code: "sources.unnamed", Weight: .6, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[u.sentence])}, Citation: a.cite(u.source, u.place)})
	case len(use) < 3 && r.Value < .95:
		f := Finding{Code: "sources.more", Weight: .4, Citation: a.cite(a.unusedSource(use), Span{})}
		if len(named) > 0 {
			f.Quotes = []tutor.Quote{a.quoteOf(a.Sentences[named[0]])}
		}
		r.next(f)
	}
}

// usedWell says what is good in the use of the reading.
func (a *Analysis) usedWell(r *Reading, use []taken, quoted quotations) {
	if len(quoted.right) > 0 {
		q := quoted.right[0]
		r.good(Finding{Code: "sources.quoted", Weight: .8, Quotes: []tutor.Quote{q.quote}, Citation: a.cite(q.source, q.place)})
	}
	if len(use) > 0 {
		u := a.clearest(use)
		r.good(Finding{Code: "sources.used", Weight: .5, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[u.sentence])}, Citation: a.cite(u.source, u.place)})
	}
}

// ownSources reads a draft whose task assigns nothing to read: all that can be
// told is whether it says where its facts are from.
func (a *Analysis) ownSources(r *Reading, named []int) {
	if a.cues == nil {
		r.unread()
		return
	}
	r.Confidence, r.Value = .2, .35+.25*ratio(float64(len(named)), 2)
	if len(named) > 0 {
		r.good(Finding{Code: "sources.named", Weight: .4, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[named[0]])}})
	}
	if i := a.claim(); i >= 0 && len(named) < 2 {
		r.next(Finding{Code: "sources.check", Weight: .4, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
	}
}

func share01(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// naming returns the sentences that name where something is from: by a cue, or by
// the title of the reading.
func (a *Analysis) naming() []int {
	var out []int
	for i, s := range a.Sentences {
		named := a.roles[i].source
		for j := range a.Task.Sources {
			named = named || a.reading(j).titled(a.keysOf(s))
		}
		if named {
			out = append(out, i)
		}
	}
	return out
}

// cite cites a place of a source, all of it for an empty one.
func (a *Analysis) cite(source int, place Span) *tutor.Citation {
	c := a.Task.Sources[source].Citation
	if place.End > place.Start {
		c.Start, c.End = c.Start+place.Start, c.Start+place.End
	}
	return &c
}

// reading is a source taken apart.
type reading struct {
	*Draft
	keys   []string
	stems  []string // "" for a word without a topic
	title  []string
	joined string          // keys between spaces
	starts []int           // of each key in joined
	pairs  map[string]bool // neighbouring keys
	runs   map[string]bool // liftedRun keys in a row
	known  map[string]bool // stems that the prompt does not have
}

// reading takes a source apart when it is needed first.
func (a *Analysis) reading(i int) *reading {
	if a.readings == nil {
		a.readings = make([]*reading, len(a.Task.Sources))
	}
	if a.readings[i] != nil {
		return a.readings[i]
	}
	r := &reading{Draft: Parse(a.Task.Sources[i].Text), title: keysOf(a.Task.Sources[i].Citation.Lesson),
		pairs: map[string]bool{}, runs: map[string]bool{}, known: map[string]bool{}}
	var b strings.Builder
	b.WriteByte(' ')
	for j, w := range r.Words {
		key := keyOf(w.Fold)
		if j > 0 {
			r.pairs[r.keys[j-1]+" "+key] = true
		}
		r.keys, r.starts = append(r.keys, key), append(r.starts, b.Len())
		b.WriteString(key + " ")
		stem := a.stem(key)
		r.stems = append(r.stems, stem)
		if stem != "" && !a.prompt[stem] && utf8.RuneCountInString(stem) > 3 {
			r.known[stem] = true
		}
	}
	r.joined = b.String()
	for j := 0; j+liftedRun <= len(r.keys); j++ {
		r.runs[strings.Join(r.keys[j:j+liftedRun], " ")] = true
	}
	a.readings[i] = r
	return r
}

// titled reports whether keys name the title, of two words or more.
func (r *reading) titled(in []string) bool {
	if len(r.title) < 2 {
		return false
	}
	for i := 0; i+len(r.title) <= len(in); i++ {
		if slices.Equal(in[i:i+len(r.title)], r.title) {
			return true
		}
	}
	return false
}

// taken is a sentence that takes up a source, and the sentence of the source that
// it is nearest to.
type taken struct {
	sentence, source int
	place            Span
}

// use returns the sentences that share at least three telling words with a source,
// two when they say that it is from somewhere: words that the prompt does not
// have, so that answering the prompt is not yet using the reading.
func (a *Analysis) use() []taken {
	var out []taken
	for i, s := range a.Sentences {
		topics := a.topics(s)
		best, at := 2, -1
		if a.roles[i].source {
			best = 1
		}
		for j := range a.Task.Sources {
			if n := shared(topics, a.reading(j).known); n > best {
				best, at = n, j
			}
		}
		if at >= 0 && 3*best >= len(topics) {
			out = append(out, taken{i, at, Span{}})
		}
	}
	return out
}

// clearest is the use that says whose it is, else the one with the most of the
// source, with its place there.
func (a *Analysis) clearest(use []taken) taken {
	best, most := use[0], -1
	for _, u := range use {
		n := shared(a.topics(a.Sentences[u.sentence]), a.reading(u.source).known)
		if a.roles[u.sentence].source {
			n += 100
		}
		if n > most {
			best, most = u, n
		}
	}
	best.place = a.nearest(best.source, a.topics(a.Sentences[best.sentence]))
	return best
}

// nearest returns the sentence of a source that shares the most with a set of
// stems, an empty span for none.
func (a *Analysis) nearest(source int, topics map[string]bool) Span {
	r := a.reading(source)
	most, place := 0, Span{}
	for _, s := range r.Sentences {
		n, seen := 0, map[string]bool{}
		for _, stem := range r.stems[s.First:s.Last] {
			if stem != "" && topics[stem] && !seen[stem] {
				seen[stem] = true
				n++
			}
		}
		if n > most {
			most, place = n, s.Span
		}
	}
	return place
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

// liftedRun is how many words in a row nobody finds twice by chance.
const liftedRun = 9

// lifted returns the longest stretch that stands in a source word for word without
// quotation marks around it, and the source; -1 for none.
func (a *Analysis) lifted() (Span, int) {
	best, source := Span{}, -1
	prompt := " " + strings.Join(keysOf(a.Task.Prompt), " ") + " "
	marked := a.quoted()
	for j := range a.Task.Sources {
		runs := a.reading(j).runs
		for i := 0; i+liftedRun <= len(a.keys); i++ {
			run := strings.Join(a.keys[i:i+liftedRun], " ")
			if !runs[run] || strings.Contains(prompt, " "+run+" ") {
				continue
			}
			first := i
			for i+1+liftedRun <= len(a.keys) && runs[strings.Join(a.keys[i+1:i+1+liftedRun], " ")] {
				i++
			}
			s := Span{a.Words[first].Start, a.Words[i+liftedRun-1].End}
			if s.End-s.Start > best.End-best.Start && !slices.ContainsFunc(marked, func(m Span) bool { return m.Start < s.End && s.Start < m.End }) {
				best, source = s, j
			}
		}
	}
	if best.End-best.Start > 300 {
		best.End = a.wordEnd(best.Start + 300)
	}
	return best, source
}

// wordEnd returns the end of the last word that ends by a place.
func (a *Analysis) wordEnd(at int) int {
	i, found := slices.BinarySearchFunc(a.Words, at, func(w Word, at int) int { return w.End - at })
	if !found {
		i--
	}
	return a.Words[max(0, i)].End
}
