package essay

import (
	"strconv"

	"maieutic/tutor"
)

// vocabulary looks at range and precision: the moving-average type-token ratio
// (Covington and McFall 2010), which does not fall with length, words that stand
// there again and again, and words that say little. Long words earn nothing:
// plain words can be the most precise.
func (a *Analysis) vocabulary(r *Reading) {
	if len(a.Words) < 30 {
		r.unread()
		return
	}
	r.Confidence = .4
	if a.cues == nil {
		r.Confidence = .15
	}
	spread := a.mattr(50)
	r.Value = clamp((spread - .55) / .25)
	if len(a.Words) < 50 { // few words hardly repeat themselves
		r.Confidence, r.Value = r.Confidence/2, min(r.Value, .5)
	}
	rate, vagueIn := a.vagueness()
	r.Value -= clamp((rate-.02)/.08) * .3
	if n, places := a.repeated(); len(places) > 0 {
		r.next(Finding{Code: "vocabulary.repeated", Weight: .5, Quotes: places, Args: map[string]string{"n": strconv.Itoa(n)}})
	}
	if vagueIn >= 0 && rate > .02 {
		r.next(Finding{Code: "vocabulary.vague", Weight: .45, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[vagueIn])}})
	}
	if i := a.dense(); i >= 0 {
		r.next(Finding{Code: "vocabulary.dense", Weight: .4, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
	}
	if i := a.precise(); i >= 0 && spread >= .72 {
		r.good(Finding{Code: "vocabulary.precise", Weight: .4, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
	}
	if spread >= .8 && len(a.Words) >= 80 || len(r.Strengths) == 0 && r.Value >= .8 {
		r.good(Finding{Code: "vocabulary.varied", Weight: .35})
	}
	if len(r.Nexts) == 0 && r.Value < .85 && a.cues != nil {
		if i := a.plainest(); i >= 0 {
			r.next(Finding{Code: "vocabulary.exact", Weight: .25, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
		}
	}
}

// vagueness is the share of words that say little, and the first sentence with
// two of them; -1 for none.
func (a *Analysis) vagueness() (rate float64, at int) {
	vague := 0
	at = -1
	for i, s := range a.Sentences {
		in, n := a.keysOf(s), 0
		for j := range in {
			if a.cues.begins(cueVague, in[j:]) > 0 {
				n++
			}
		}
		vague += n
		if n >= 2 && at < 0 {
			at = i
		}
	}
	return float64(vague) / float64(max(1, len(a.Words))), at
}

// mattr is the mean share of distinct words in every window of so many words.
func (a *Analysis) mattr(window int) float64 {
	window = min(window, len(a.Words))
	if window == 0 {
		return 0
	}
	counts := map[string]int{}
	sum, windows := 0.0, 0
	for i, w := range a.Words {
		counts[w.Fold]++
		if i >= window {
			old := a.Words[i-window].Fold
			if counts[old]--; counts[old] == 0 {
				delete(counts, old)
			}
		}
		if i >= window-1 {
			sum += float64(len(counts)) / float64(window)
			windows++
		}
	}
	return sum / float64(windows)
}

// repeated returns how often the word stands there that comes most often without
// being a word of the task, and two or three of its places.
func (a *Analysis) repeated() (int, []tutor.Quote) {
	if a.cues == nil { // function words of an unknown language are frequent by right
		return 0, nil
	}
	places := map[string][]int{}
	for i, s := range a.stems {
		if s != "" && !a.prompt[s] && !a.inTheses(s) {
			places[s] = append(places[s], i)
		}
	}
	best := ""
	for s, p := range places {
		if len(p) > len(places[best]) || len(p) == len(places[best]) && s < best {
			best = s
		}
	}
	n := len(places[best])
	if n < 6 || float64(n) < .025*float64(len(a.Words)) {
		return 0, nil
	}
	var quotes []tutor.Quote
	for _, i := range places[best][:3] {
		quotes = append(quotes, a.Quote(a.Words[i].Span))
	}
	return n, quotes
}

func (a *Analysis) inTheses(stem string) bool {
	for _, t := range a.theses {
		if t[stem] {
			return true
		}
	}
	return false
}

// precise returns the sentence with the most words that are found nowhere else in
// the draft or the task and are no short ones, -1 when none has three.
func (a *Analysis) precise() int {
	if a.cues == nil {
		return -1
	}
	long := 7
	if a.lang == "ar" {
		long = 5
	}
	counts := map[string]int{}
	for _, s := range a.stems {
		counts[s]++
	}
	best, at := 2, -1
	for i, s := range a.Sentences {
		n := 0
		for j := s.First; j < s.Last; j++ {
			if a.stems[j] != "" && counts[a.stems[j]] == 1 && !a.prompt[a.stems[j]] && a.Words[j].End-a.Words[j].Start >= long {
				n++
			}
		}
		if n > best && !a.roles[i].source {
			best, at = n, i
		}
	}
	return at
}

// plainest returns the sentence of some length with the fewest words of its own,
// -1 for none.
func (a *Analysis) plainest() int {
	least, at := 2.0, -1
	for i, s := range a.Sentences {
		n := s.Last - s.First
		if n < 6 || asks(s) {
			continue
		}
		if share := float64(len(a.topics(s))) / float64(n); share < least {
			least, at = share, i
		}
	}
	return at
}
