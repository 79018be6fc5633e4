package rubric

import (
	"strings"
)

// Weights of words in a reference.
const (
	weightContent  = 1.0
	weightFunction = 0.08
	weightPrompt   = 0.35 // factor for words that the question already holds
	weightTelling  = 1.3  // factor for words that have an antonym: they carry the claim
	weightRepeat   = 0.6  // factor for the second time a wording uses a word
	weightNegation = 0.8  // of the negation itself, once for a wording
)

// wording is one reference sentence, compiled. It is immutable.
type wording struct {
	words   []weighed
	total   float64
	size    int            // content words
	keys    map[string]int // place of each key in words
	negated bool           // some content word stands under a negation
}

// asked reports whether the question holds a word or its antonym, so that
// saying it is no evidence.
func (l *lexicon) asked(key string, prompt map[string]bool) bool {
	if prompt[key] {
		return true
	}
	for _, o := range l.opposite[key] {
		if prompt[o] {
			return true
		}
	}
	return false
}

// weighed is a word of a wording, at most twice the same.
type weighed struct {
	word
	weight   float64
	asked    bool // the question holds it or its antonym
	repeat   bool // the second time the wording uses it
	repeated bool // a second time follows
}

// compile weighs the words of a reference. shared tells in how many of the
// question's expectations a key occurs.
func (l *lexicon) compile(text string, prompt map[string]bool, shared map[string]int) wording {
	var w wording
	seen := map[string]int{}
	w.keys = seen
	for _, t := range l.words(text) {
		if t.negator {
			continue
		}
		repeat := false
		if at, ok := seen[t.key]; ok {
			w.words[at].negated = w.words[at].negated || t.negated
			if w.words[at].repeated || !t.content() {
				continue
			}
			repeat, w.words[at].repeated = true, true // "minus times minus" asks for two
		}
		weight := weightFunction
		if t.content() {
			w.negated = w.negated || t.negated
			weight = weightContent
			if !repeat {
				w.size++
			}
			if len(l.opposite[t.key]) > 0 {
				weight *= weightTelling
			}
			if n := shared[t.key]; n > 1 {
				weight /= 1 + 0.3*float64(n-1)
			}
		}
		if l.asked(t.key, prompt) {
			weight *= weightPrompt
		}
		if repeat {
			weight *= weightRepeat
		} else {
			seen[t.key] = len(w.words)
		}
		w.words = append(w.words, weighed{word: t, weight: weight, asked: l.asked(t.key, prompt), repeat: repeat})
		w.total += weight
	}
	if w.negated {
		w.total += weightNegation
	}
	return w
}

// relation says how a learner's word stands to a reference word.
type relation struct {
	score    float64 // 0..1
	opposite bool
}

// relate compares two words: the same stem or synonym, one slip of the pen,
// a shared beginning, or antonyms.
func (l *lexicon) relate(student, ref word) relation {
	switch {
	case student.key == ref.key:
		return relation{score: 1}
	case l.excludes(student.key, ref.key):
		return relation{score: 1, opposite: true}
	case student.function || ref.function:
		return relation{}
	}
	if len(student.text) >= 5 && len(ref.text) >= 5 && !l.known[student.text] && nearlySame(student.text, ref.text) {
		return relation{score: 0.9}
	}
	if prefix := commonPrefix(student.text, ref.text); prefix >= 5 && 4*prefix >= 3*min(len(student.text), len(ref.text)) {
		return relation{score: 0.8}
	}
	if l.stemmer == "" {
		if d := dice(student.text, ref.text); d >= 0.5 {
			return relation{score: d}
		}
	}
	return relation{}
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// relations remembers comparisons: the same pair of words meets in many
// windows and wordings.
type relations struct {
	lexicon *lexicon
	known   map[[2]string]relation
}

func (r relations) of(student, ref word) relation {
	pair := [2]string{student.text, ref.text}
	if known, ok := r.known[pair]; ok {
		return known
	}
	v := r.lexicon.relate(student, ref)
	r.known[pair] = v
	return v
}

// alignment is how a window of a learner's words covers a wording.
type alignment struct {
	coverage   float64 // weighted share of the reference words found with the right polarity
	unsigned   float64 // the same, whatever the polarity
	content    int     // reference content words found
	size       int     // content words of the wording
	order      float64 // share of neighbouring finds that keep the wording's order
	precision  float64 // share of the window's content words that were used
	function   float64 // share of function words in the window
	opposed    bool    // an antonym, or a negation on one side alone
	start, end int     // window, in words
}

// align covers the wording with the words of a window.
func align(words []word, start, end int, ref wording, rel relations) alignment {
	a := alignment{start: start, end: end, size: ref.size}
	if ref.total == 0 || end <= start {
		return a
	}
	used := map[int]bool{}
	last := map[string]int{} // where the learner's word for a key was found
	agreeNegated, mismatch := false, false
	var places []int
	for _, r := range ref.words {
		best, at, against := bestMatch(words, start, end, r, ref, rel, last)
		if at < 0 {
			continue
		}
		last[r.key] = at
		student := words[at]
		differs := student.negated != r.negated && r.content()
		a.unsigned += r.weight * best
		switch {
		case against && differs: // "not open" for "closed"
			agreeNegated = agreeNegated || !r.asked
			a.coverage += 0.9 * r.weight * best
		case against:
			a.opposed = true
		default:
			mismatch = mismatch || differs
			agreeNegated = agreeNegated || student.negated && r.negated
			a.coverage += r.weight * best
		}
		if r.content() {
			if !r.repeat { // size counts a word once, too
				a.content++
			}
			used[at] = true
			places = append(places, at)
		}
	}
	if ref.negated && agreeNegated {
		a.coverage += weightNegation
		a.unsigned += weightNegation
	}
	a.opposed = a.opposed || mismatch && !agreeNegated
	a.coverage /= ref.total
	a.unsigned /= ref.total
	a.order = orderOf(places)
	a.precision, a.function = shares(words[start:end], len(used))
	return a
}

// bestMatch finds the window's best word for a reference word. Direct matches
// of the right polarity go before others, direct ones before antonyms.
func bestMatch(words []word, start, end int, r weighed, ref wording, rel relations, last map[string]int) (score float64, at int, opposite bool) {
	at = -1
	rank := 0.0
	for i := start; i < end; i++ {
		if words[i].negator {
			continue
		}
		if before, ok := last[r.key]; ok && r.repeat && before == i {
			continue
		}
		m := rel.of(words[i], r.word)
		if m.score == 0 {
			continue
		}
		value := m.score
		if _, own := ref.keys[words[i].key]; own && m.opposite {
			continue // the wording holds both: "outside" and "inside"
		}
		if m.opposite {
			value -= 0.5
		} else if words[i].negated != r.negated {
			value -= 0.05
		}
		if value > rank {
			rank, score, at, opposite = value, m.score, i, m.opposite
		}
	}
	return score, at, opposite
}

// orderOf is the share of neighbouring places that ascend, 1 for fewer than
// two.
func orderOf(places []int) float64 {
	if len(places) < 2 {
		return 1
	}
	ascending := 0
	for i := 1; i < len(places); i++ {
		if places[i] > places[i-1] {
			ascending++
		}
	}
	return float64(ascending) / float64(len(places)-1)
}

func shares(window []word, used int) (precision, function float64) {
	content, light := 0, 0
	for _, w := range window {
		if w.content() {
			content++
		} else {
			light++
		}
	}
	if content > 0 {
		precision = float64(used) / float64(content)
	}
	return precision, float64(light) / float64(len(window))
}

// salad reports keywords strung together: several found, hardly a function
// word among them, and not in the wording's order. A learner's telegram style
// in the right order passes, and so does salad that happens to be in order:
// without a parser the two cannot be told apart.
func (a alignment) salad() bool {
	return a.content >= 3 && a.function < 0.15 && a.order < 0.6
}

// copied reports whether a text only gives the question back: nothing of its
// own, and its content words follow one another as they do there.
func copied(words, prompt []word) bool {
	asked, pairs := contentKeys(prompt), map[[2]string]bool{}
	for i := 1; i < len(asked); i++ {
		pairs[[2]string{asked[i-1], asked[i]}] = true
	}
	known := map[string]bool{}
	for _, key := range asked {
		known[key] = true
	}
	own := contentKeys(words)
	kept := 0
	for i, key := range own {
		if !known[key] {
			return false
		}
		if i > 0 && pairs[[2]string{own[i-1], key}] {
			kept++
		}
	}
	return len(own) >= 3 && 3*len(own) >= min(len(asked), 12) && 10*kept >= 9*(len(own)-1)
}

func contentKeys(words []word) []string {
	var keys []string
	for _, w := range words {
		if w.content() {
			keys = append(keys, w.key)
		}
	}
	return keys
}

// isIdk reports a text that says no more than that its author does not know,
// wants help, or greets.
func (l *lexicon) isIdk(text string) bool {
	rest := " " + strings.Join(strings.FieldsFunc(foldText(text), func(r rune) bool {
		return !isLetter(r) && r != '\'' && (r < '0' || r > '9')
	}), " ") + " "
	hit := false
	for _, phrase := range l.idk {
		for strings.Contains(rest, " "+phrase+" ") {
			rest = strings.Replace(rest, " "+phrase+" ", " ", 1)
			hit = true
		}
	}
	if strings.TrimSpace(rest) == "" {
		return true
	}
	left := 0
	for _, w := range l.words(rest) {
		if w.content() {
			left++
		}
	}
	return hit && left == 0
}
