package rubric

import (
	"regexp"
	"strings"

	"maieutic/rubric/algebra"
	"maieutic/tutor"
)

// RevealCheck looks for one answer or idea in sentences. What was given is read
// once, when it is first needed. It is not safe for concurrent use.
//
// given is what the learner has already seen or said. A form of an exact answer
// that stands there may be repeated, but not be declared the answer, unless a
// given text itself gives the answer in that form. Of an idea the words of the
// given texts count little, and one that a given text states is no longer a
// secret.
type RevealCheck struct {
	expectation tutor.Expectation
	given       []string
	references  []reference
	reveals     map[string][]reveal // by language
	question    Question            // of an idea
	prepared    *prepared           // nil when the idea is known
	telling     []word              // content words of its wordings that were not given; none: every sentence may tell
	ready       bool
}

// NewRevealCheck makes a check for an expectation.
func NewRevealCheck(e tutor.Expectation, given []string) *RevealCheck {
	return &RevealCheck{expectation: e, given: given, reveals: map[string][]reveal{}}
}

// Find reports whether a sentence states an exact answer or an equivalent: as a
// number, fraction, percentage or decimal, in words or TeX, digit by digit, or
// with its sign or its terms set apart; or an idea so that the grader would
// count it as said. A sentence with a blank to fill in states only what is
// nearly whole without it.
func (c *RevealCheck) Find(sentence string) bool {
	if c.expectation.Answer == nil {
		return c.idea(sentence)
	}
	return c.exact(*c.expectation.Answer, sentence)
}

func (c *RevealCheck) exact(a tutor.Answer, sentence string) bool {
	switch a.Kind {
	case tutor.AnswerChoice, tutor.AnswerText:
		return revealsWords(sentence, a, c.given)
	}
	if len([]rune(sentence)) > algebra.MaxLength {
		return true // what cannot be checked is not let through
	}
	sentence = joinLetters(sentence)
	if strings.ContainsAny(a.Value, "0123456789") && !algebra.Numeric(sentence, languagesOf(sentence)...) {
		return false
	}
	if !c.ready {
		c.references, c.ready = references(a), true
	}
	for _, language := range languagesOf(sentence) {
		if _, ok := c.reveals[language]; !ok {
			for _, ref := range c.references {
				c.reveals[language] = append(c.reveals[language], newReveal(ref, language, c.given))
			}
		}
		for _, r := range c.reveals[language] {
			if r.states(sentence) || r.splits(sentence) {
				return true
			}
		}
	}
	return revealsDigits(sentence, a, c.given)
}

func (c *RevealCheck) idea(sentence string) bool {
	if !c.ready {
		c.prepareIdea()
	}
	if c.prepared == nil {
		return false
	}
	value := newGrading(DefaultModel(), c.prepared, c.question, sentence).finding(c.expectation).Value
	if blank.MatchString(sentence) {
		return value >= nearlyWhole
	}
	return value >= covered
}

// prepareIdea looks whether the idea is known, and makes what is given the
// question, whose words count little.
func (c *RevealCheck) prepareIdea() {
	c.ready = true
	c.question = Question{Language: languagesOf(c.expectation.Says)[0], Expectations: []tutor.Expectation{c.expectation}}
	bare := prepare(c.question)
	for _, text := range c.given {
		if newGrading(DefaultModel(), bare, c.question, text).finding(c.expectation).Value >= covered {
			return
		}
	}
	c.question.Prompt = strings.Join(c.given, "\n")
	c.prepared = prepare(c.question)
	for _, text := range wordingsOf(c.expectation) {
		before := len(c.telling)
		for _, w := range c.prepared.lex.words(text) {
			if w.content() && !c.prepared.keys[w.key] {
				c.telling = append(c.telling, w)
			}
		}
		if len(c.telling) == before { // a wording that holds given words alone
			c.telling = nil
			return
		}
	}
}

// Touches reports whether a sentence may add anything to an idea: whether it has
// a word that is related to one of the idea's own. For an exact answer it always
// does.
func (c *RevealCheck) Touches(sentence string) bool {
	if c.expectation.Answer != nil {
		return true
	}
	if !c.ready {
		c.prepareIdea()
	}
	if c.prepared == nil || len(c.telling) == 0 {
		return c.prepared != nil
	}
	for _, w := range c.prepared.lex.words(sentence) {
		if w.function {
			continue
		}
		for _, t := range c.telling {
			if c.prepared.lex.relate(w, t) != (relation{}) {
				return true
			}
		}
	}
	return false
}

// Reveals is one RevealCheck of one sentence for an exact answer.
func Reveals(sentence string, a tutor.Answer, given []string) bool {
	return NewRevealCheck(tutor.Expectation{Answer: &a}, given).Find(sentence)
}

// RevealsIdea is one RevealCheck of one sentence.
func RevealsIdea(sentence string, e tutor.Expectation, given []string) bool {
	return NewRevealCheck(e, given).Find(sentence)
}

// blank is a gap to fill in.
var blank = regexp.MustCompile(`_{2,}|\\_|…|\.\.\.`)

// nearlyWhole is the value from which a sentence with a blank gives too much.
const nearlyWhole = 0.95
