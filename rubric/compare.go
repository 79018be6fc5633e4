package rubric

// The sizes of character n-grams. They carry over inflection, compounds and
// slips of the pen in any language.
const (
	shortestGram = 2
	longestGram  = 4
	letterGram   = 3
)

// prompted is the factor for n-grams that the question holds already.
const prompted = 0.3

// passage is a run of words prepared for comparison: a reference wording, a
// question, or a learner's text.
type passage struct {
	words   []word
	grams   grams           // n-grams of the content words
	letters map[string]bool // trigrams of the running text
	odd     bool            // an odd number of negations
}

func newPassage(words []word) passage {
	p := passage{words: words, grams: grams{weight: map[string]float64{}}, letters: map[string]bool{}}
	for _, w := range words {
		if w.content() {
			p.grams.add(w.text)
		}
		if w.negator {
			p.odd = !p.odd
		}
	}
	running := []rune{' '}
	for _, w := range words {
		running = append(append(running, []rune(w.text)...), ' ')
	}
	for i := 0; i+letterGram <= len(running); i++ {
		p.letters[string(running[i:i+letterGram])] = true
	}
	return p
}

// grams weighs n-grams by how much they tell. Order is that of the text: a sum
// over a map would not give the same bits twice.
type grams struct {
	order  []string
	weight map[string]float64
}

// add gives each n-gram of a word its share of what the word tells, and keeps
// the largest where words share one. Long words tell more: they are rarer.
func (g *grams) add(text string) {
	runes := []rune("^" + text + "$")
	telling := min(1, 0.14+0.08*float64(len(runes)))
	for n := shortestGram; n <= longestGram; n++ {
		places := max(1, len(runes)-n+1)
		for i := 0; i+n <= len(runes); i++ {
			gram := string(runes[i : i+n])
			if _, known := g.weight[gram]; !known {
				g.order = append(g.order, gram)
			}
			g.weight[gram] = max(g.weight[gram], telling/float64(places))
		}
	}
}

// shareIn is the weighted share of the grams that another text has.
func (g grams) shareIn(other, asked grams) float64 {
	had, all := 0.0, 0.0
	for _, gram := range g.order {
		weight := g.weight[gram]
		if asked.weight[gram] > 0 {
			weight *= prompted
		}
		all += weight
		if other.weight[gram] > 0 {
			had += weight
		}
	}
	if all == 0 {
		return 0
	}
	return had / all
}

// comparison says how a learner's text stands to one wording. Shares lie in
// 0..1.
type comparison struct {
	grams     float64 // share of the wording's n-grams that the text has
	gramsBack float64 // share of the text's n-grams that the wording has
	letters   float64 // share of the wording's trigrams that the text has
	function  float64 // share of the wording's function words that the text has
	negation  bool    // one is negated, the other not
}

// compare covers the wording with the learner's text, both ways.
func (g *grading) compare(ref, text passage) comparison {
	return comparison{
		grams:     ref.grams.shareIn(text.grams, g.asked.grams),
		gramsBack: text.grams.shareIn(ref.grams, g.asked.grams),
		letters:   letterShare(ref.letters, text.letters),
		function:  functionShare(ref, text),
		negation:  ref.odd != text.odd,
	}
}

func letterShare(ref, text map[string]bool) float64 {
	common := 0
	for gram := range ref {
		if text[gram] {
			common++
		}
	}
	return float64(common) / float64(max(1, len(ref)))
}

func functionShare(ref, text passage) float64 {
	has := map[string]bool{}
	for _, w := range text.words {
		has[w.text] = true
	}
	found, all := 0, 0
	for _, w := range ref.words {
		if !w.content() {
			all++
			if has[w.text] {
				found++
			}
		}
	}
	return float64(found) / float64(max(1, all))
}
