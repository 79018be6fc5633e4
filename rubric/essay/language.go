package essay

import (
	"math"
	"strconv"
	"unicode"

	"maieutic/tutor"
)

// vocabulary looks at range and precision: the moving-average type-token ratio
// (Covington and McFall 2010), which does not fall with length, words that stand
// there again and again, and words that say little.
func (a *Analysis) vocabulary(r *Reading) {
	if len(a.Words) < 30 {
		r.Confidence, r.Value = .2, .5
		return
	}
	r.Confidence = .4
	r.Value = clamp((a.mattr(50) - .55) / .25)
	vague, vagueIn := 0, -1
	for i, s := range a.Sentences {
		in := a.WordsOf(s)
		n := 0
		for j := range in {
			if at, _ := a.cues.find(cueVague, in[j:j+1]); at == 0 {
				n++
			}
		}
		vague += n
		if n >= 2 && vagueIn < 0 {
			vagueIn = i
		}
	}
	rate := float64(vague) / float64(len(a.Words))
	r.Value -= clamp((rate-.02)/.08) * .3
	if word, places := a.repeated(); len(places) > 0 {
		r.next(Finding{Code: "vocabulary.repeated", Weight: .5, Quotes: places, Args: map[string]string{"n": strconv.Itoa(word)}})
	}
	if vagueIn >= 0 && rate > .02 {
		r.next(Finding{Code: "vocabulary.vague", Weight: .45, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[vagueIn])}})
	}
	if i := a.precise(); i >= 0 {
		r.good(Finding{Code: "vocabulary.precise", Weight: .4, Quotes: []tutor.Quote{a.quoteOf(a.Sentences[i])}})
	}
}

// mattr is the mean share of distinct words in every window of so many words.
func (a *Analysis) mattr(window int) float64 {
	if len(a.Words) < window {
		window = len(a.Words)
	}
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
		if s != "" && !a.prompt[s] {
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

// precise returns the sentence with the most long words that nothing else has,
// -1 when none has two.
func (a *Analysis) precise() int {
	counts := map[string]int{}
	for _, s := range a.stems {
		counts[s]++
	}
	best, at := 1, -1
	for i, s := range a.Sentences {
		n := 0
		for j := s.First; j < s.Last; j++ {
			if a.stems[j] != "" && counts[a.stems[j]] == 1 && !a.prompt[a.stems[j]] && a.Words[j].End-a.Words[j].Start >= 8 {
				n++
			}
		}
		if n > best {
			best, at = n, i
		}
	}
	return at
}

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
	if len(slips) == 0 {
		r.good(Finding{Code: "conventions.clean", Weight: .5})
		return
	}
	byKind := map[string][]Slip{}
	kind := ""
	for _, s := range slips {
		byKind[s.Kind] = append(byKind[s.Kind], s)
		if n, m := len(byKind[s.Kind]), len(byKind[kind]); n > m || n == m && s.Kind < kind {
			kind = s.Kind
		}
	}
	f := Finding{Code: "conventions." + known(kind), Weight: .3 + .4*clamp(rate/6), Args: map[string]string{"n": strconv.Itoa(len(byKind[kind]))}}
	for _, s := range byKind[kind][:min(3, len(byKind[kind]))] {
		f.Quotes = append(f.Quotes, s.Quote)
	}
	r.next(f)
	if rate < 1.5 {
		r.good(Finding{Code: "conventions.mostly", Weight: .3})
	}
}

// known is the kind of a slip as far as there are words for it.
func known(kind string) string {
	switch kind {
	case "capital", "end_mark", "doubled", "long", "space", "spelling", "grammar", "punctuation":
		return kind
	}
	return "other"
}

// merge returns both lists, without what stands at the same place twice.
func merge(own, found []Slip) []Slip {
	out := own
	for _, f := range found {
		twice := false
		for _, o := range own {
			if f.Quote.Start < o.Quote.End && o.Quote.Start < f.Quote.End {
				twice = true
				break
			}
		}
		if !twice {
			out = append(out, f)
		}
	}
	return out
}

// longSentence is how many words without a pause are hard to read.
const longSentence = 45

// Slips returns the mistakes that a few safe rules find: a sentence that begins
// small in a script that has capitals, a paragraph without an end mark, a word
// that stands there twice, a space before a comma, a very long sentence.
func (a *Analysis) Slips() []Slip {
	var out []Slip
	add := func(s Span, kind string) {
		out = append(out, Slip{Quote: a.Quote(s), Kind: kind, Rule: "builtin." + kind})
	}
	for i, s := range a.Sentences {
		in := a.WordsOf(s)
		if len(in) == 0 || a.Paragraphs[s.Paragraph].Heading {
			continue
		}
		if first := a.Runes[in[0].Start]; unicode.IsLower(first) && in[0].Start == s.Start {
			add(in[0].Span, "capital")
		}
		last := a.Paragraphs[s.Paragraph].Last == i+1
		if end := a.Runes[s.End-1]; last && len(in) >= 4 && (unicode.IsLetter(end) || unicode.IsDigit(end)) {
			add(in[len(in)-1].Span, "end_mark")
		}
		pause := 0
		for j, w := range in {
			if j > 0 {
				between := a.Runes[in[j-1].End:w.Start]
				if len(between) > 0 && onlySpace(between) && in[j-1].Fold == w.Fold && w.End-w.Start > 1 && !mayDouble(w.Fold) {
					add(Span{in[j-1].Start, w.End}, "doubled")
				}
				if len(between) > 1 && unicode.IsSpace(between[0]) && (between[1] == ',' || between[1] == '.' && len(between) > 2) {
					add(Span{in[j-1].Start, in[j-1].End + 2}, "space")
				}
				if !onlySpace(between) {
					pause = j
				}
			}
			if a.lang == "en" && w.Text == "i" {
				add(w.Span, "capital")
			}
			if j-pause == longSentence {
				add(Span{in[pause].Start, w.End}, "long")
			}
		}
	}
	return out
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
	case "that", "had", "nos", "os", "se", "poco", "muy", "so", "very", "bye", "no":
		return true
	}
	return false
}
