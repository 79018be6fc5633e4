package rubric

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"maieutic/tutor"
)

// Builtin grades without a network or a language model, in milliseconds. It is
// deterministic and safe for concurrent use.
type Builtin struct {
	model *Model
	shelf shelf
}

// NewBuiltin returns a grader with the model that the program carries.
func NewBuiltin() *Builtin { return &Builtin{model: DefaultModel()} }

// NewBuiltinWith returns a grader with another model. It keeps m.
func NewBuiltinWith(m *Model) *Builtin { return &Builtin{model: m} }

// Thresholds of the text grader.
const (
	covered     = 0.6  // of a window, from which it says a wording
	suspected   = 0.6  // value from which a misconception counts as shown
	opposedFrom = 0.45 // unsigned coverage from which an opposed match is a contradiction
	deniedFrom  = 0.7  // the same, from which it is a wrong answer when nothing else is said
	verbatim    = 0.97 // of a window, from which it gives a wording back as it stands
	windowSize  = 3    // clauses that are read together
	maxWords    = 1200 // of a learner's text; what follows is not read
)

// Grade assesses a text against a question. It fails only when ctx has ended.
//
// Exact expectations are 0 or 1. Those in words take the best match over their
// wordings and over runs of up to three clauses, so that neither a long text
// nor the order of its parts matters. Their value is the probability, calibrated
// on labelled answers, that a person would call the text right, and confidence
// how much better than an even chance that is: the answer may be "unsure".
func (b *Builtin) Grade(ctx context.Context, q Question, text string) (Assessment, error) {
	if err := ctx.Err(); err != nil {
		return Assessment{}, err
	}
	g := newGrading(b.model, b.shelf.get(q), q, text)
	var out Assessment
	best := 0.0
	for _, e := range q.Expectations {
		f := g.finding(e)
		best = max(best, f.Value)
		out.Findings = append(out.Findings, f)
	}
	if err := ctx.Err(); err != nil {
		return Assessment{}, err
	}
	out.Misconceptions = g.suspicions(best)
	out.Attempt = g.attempt(out)
	return out, nil
}

// grading is the state of one call of Grade.
type grading struct {
	*prepared
	model  *Model
	q      Question
	text   string
	runes  []rune
	words  []word
	rel    relations
	copied bool
	idk    bool
	window float64 // best match of an idea so far, as misconceptions are matched
}

func newGrading(m *Model, p *prepared, q Question, text string) *grading {
	g := &grading{prepared: p, model: m, q: q, text: text, runes: []rune(text)}
	g.words = g.lex.words(text)
	if len(g.words) > maxWords {
		g.words = g.words[:maxWords]
	}
	g.rel = relations{lexicon: g.lex, known: map[[2]string]relation{}}
	g.copied = copied(g.words, p.prompt)
	g.idk = g.lex.isIdk(text)
	return g
}

func (g *grading) finding(e tutor.Expectation) Finding {
	f := Finding{ExpectationID: e.ID}
	if e.Answer != nil {
		return g.exact(f, *e.Answer)
	}
	return g.inWords(f, wordingsOf(e))
}

// exact grades by equivalence.
func (g *grading) exact(f Finding, a tutor.Answer) Finding {
	v := MatchIn(g.q.Language, a, g.q.Choices, g.text)
	f.Note = v.Note
	switch {
	case v.Equal:
		f.Value, f.Confidence = 1, 0.99
	case v.Parsed:
		f.Confidence = 0.97
	case g.idk || len(g.words) == 0:
		f.Confidence = 0.95
	default:
		f.Confidence = 0.3
	}
	if q, ok := quote(g.runes, v.Start, v.End); ok && v.Parsed {
		f.Quotes = []tutor.Quote{q}
	}
	return f
}

// inWords grades by meaning.
func (g *grading) inWords(f Finding, wordings []string) Finding {
	switch {
	case g.idk || len(g.words) == 0:
		f.Confidence = 0.95
		return f
	case g.copied:
		f.Confidence, f.Note = 0.9, NoteCopied
		return f
	}
	m := g.best(wordings)
	g.window = max(g.window, m.value)
	f.Value, f.Confidence = g.judge(wordings, m)
	if m.opposed {
		f.Contradicted = true
		if m.value >= covered {
			f.Note = NoteContradictory
			f.Value, f.Confidence = f.Value/2, 0.3
		}
	}
	if f.Value >= 0.3 || f.Contradicted {
		f.Quotes = g.quotes(m.at)
	}
	return f
}

// judge returns the fitted probability that the text is right and how sure that
// is: of the whole text, or of the part that is nearest to a wording when that
// is better, so that what else a learner says costs nothing. Rules know better
// what stands against a wording and what is no sentence; both were too rare in
// the data to fit.
func (g *grading) judge(wordings []string, m match) (value, sure float64) {
	if m.opposed && m.value < covered {
		return m.value, m.confidence
	}
	p := g.model.Probability(g.features(g.words, wordings, m), len(wordings))
	if part := g.words[m.at.start:m.at.end]; len(part) > 0 && len(part) < len(g.words) {
		p = max(p, g.model.Probability(g.features(part, wordings, m), len(wordings)))
	}
	if m.at.salad() {
		p = min(p, 0.2)
	} else if m.value >= verbatim {
		p = max(p, m.value)
	}
	return p, confidence(p)
}

// match is the best a text does on a set of wordings.
type match struct {
	value      float64
	confidence float64
	opposed    bool      // some wording is clearly denied
	at         alignment // the window to quote
}

// best takes the best window over all wordings. The text is opposed to them
// when it denies one: more of it than it says, or in another place.
func (g *grading) best(wordings []string) match {
	m := match{value: -1}
	var denials []alignment
	for _, text := range wordings {
		ref := g.wordingOf(text).wording
		a, p, against := g.bestWindow(ref)
		if p > m.value {
			m.value, m.at = p, a
		}
		denials = append(denials, against...)
	}
	m.value = max(m.value, 0)
	m.confidence = confidence(m.value)
	said := m.at
	for _, d := range denials {
		switch {
		case d.unsigned < opposedFrom || d.content < 2:
		case m.value < covered:
			if !m.opposed || d.unsigned > m.at.unsigned {
				m.at = d
			}
			m.opposed = true
		// A denial elsewhere in the text counts when one sentence is about all of the
		// wording: "The resistance goes down. The others keep their current." does not
		// take back "the current goes up".
		case d.unsigned > said.unsigned+0.05,
			d.unsigned >= 0.7*said.unsigned && apart(d, said) && d.content >= d.size && g.oneSentence(d):
			m.opposed = true
		}
	}
	if m.opposed && m.value < covered {
		m.doubt()
	}
	return m
}

// doubt settles what a denial without a claim is worth. Where it stands against
// most of a wording it is a wrong answer; with less, "there is one wire, so it
// cannot get back" may be the idea in other words, and the learner is asked to
// say more.
func (m *match) doubt() {
	if m.at.unsigned >= deniedFrom {
		m.value, m.confidence = min(m.value, 0.1), 0.8
		return
	}
	m.value, m.confidence, m.opposed = min(m.value, 0.4), 0.35, false
}

// oneSentence reports a window that no full stop divides.
func (g *grading) oneSentence(a alignment) bool {
	if a.end <= a.start {
		return true
	}
	between := string(g.runes[g.words[a.start].start:g.words[a.end-1].end])
	return !strings.ContainsAny(between, ".!?\n؟")
}

// apart reports windows that share no word.
func apart(a, b alignment) bool { return a.end <= b.start || b.end <= a.start }

// confidence says how much better than an even chance a probability is, 0..1.
func confidence(p float64) float64 { return math.Abs(2*p - 1) }

// bestWindow slides over runs of clauses. It returns the most probable window
// with its probability, and the opposed ones.
func (g *grading) bestWindow(ref wording) (top alignment, best float64, against []alignment) {
	best = -1
	bounds := clauseBounds(g.words)
	for i := range len(bounds) - 1 {
		for n := 1; n <= windowSize && i+n < len(bounds); n++ {
			a := align(g.words, bounds[i], bounds[i+n], ref, g.rel)
			p := a.plausible() - 0.01*float64(n-1)
			if p > best {
				best, top = p, a
			}
			if a.opposed {
				against = append(against, a)
			}
		}
	}
	return top, best, against
}

// clauseBounds returns where clauses begin, and the number of words.
func clauseBounds(words []word) []int {
	bounds := []int{0}
	for i := 1; i < len(words); i++ {
		if words[i].clause != words[i-1].clause {
			bounds = append(bounds, i)
		}
	}
	return append(bounds, len(words))
}

// quotes cuts out the window, without the words that only join it to what
// stands before.
func (g *grading) quotes(a alignment) []tutor.Quote {
	start, end := a.start, a.end
	for start < end-1 && g.lex.joint[g.words[start].text] {
		start++
	}
	if end <= start {
		return nil
	}
	q, ok := quote(g.runes, g.words[start].start, g.words[end-1].end)
	if !ok {
		return nil
	}
	return []tutor.Quote{q}
}

// suspicions names the misconceptions that the text shows more clearly than
// any expectation.
func (g *grading) suspicions(best float64) []Suspicion {
	var out []Suspicion
	for _, m := range g.q.Misconceptions {
		if s, ok := g.suspicion(m, best); ok {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Suspicion) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return out
}

func (g *grading) suspicion(m tutor.Misconception, best float64) (Suspicion, bool) {
	s := Suspicion{MisconceptionID: m.ID}
	exactRight := best == 1 && g.hasExact()
	for _, a := range m.Answers {
		v := MatchIn(g.q.Language, a, g.q.Choices, g.text)
		if !v.Equal || exactRight {
			continue
		}
		s.Confidence = 0.95
		if q, ok := quote(g.runes, v.Start, v.End); ok {
			s.Quotes = []tutor.Quote{q}
		}
		return s, true
	}
	if len(m.Says) == 0 || g.copied || g.idk || len(g.words) == 0 {
		return s, false
	}
	hit := g.best(m.Says)
	if hit.opposed || hit.value < suspected || hit.value <= max(best, g.window) && !exactRight {
		return s, false
	}
	s.Confidence, s.Quotes = hit.value, g.quotes(hit.at)
	return s, true
}

func (g *grading) hasExact() bool {
	return slices.ContainsFunc(g.q.Expectations, func(e tutor.Expectation) bool { return e.Answer != nil })
}

// attempt reports whether the text tries to answer: it matches something, or
// it says something of its own and does not ask.
func (g *grading) attempt(a Assessment) bool {
	if g.idk || g.copied || len(g.runes) == 0 {
		return false
	}
	for i, f := range a.Findings {
		parsed := g.q.Expectations[i].Answer != nil && f.Note != NoteUnparsed && f.Note != NoteTooLong
		if f.Value > 0.3 || f.Contradicted || parsed {
			return true
		}
	}
	if len(a.Misconceptions) > 0 {
		return true
	}
	if len(g.words) == 0 || g.lex.asks[g.words[0].text] {
		return false
	}
	content := 0
	for _, w := range g.words {
		if w.content() {
			content++
		}
	}
	return content >= 2
}

// CallsRight turns a finding into right or wrong, for comparison with people who
// had no third choice. The tutor itself has one: it asks when it is unsure.
func CallsRight(e tutor.Expectation, f Finding) bool {
	if e.Answer != nil {
		return f.Value == 1
	}
	return f.Value >= DefaultModel().RightFrom(len(wordingsOf(e)))
}

// Negated reports whether a text holds a negation of its language.
func Negated(language, text string) bool {
	return slices.ContainsFunc(lexiconFor(language).words(text), func(w word) bool { return w.negator })
}
