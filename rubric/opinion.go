package rubric

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maieutic/prompts"
	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// Abstention is why a model has no opinion, "" when it has one.
type Abstention string

// The reasons for having no opinion.
const (
	AbstainNothing  Abstention = "nothing_in_words" // no expectation in words to judge
	AbstainDirected Abstention = "directed"         // the text speaks to the grader
	AbstainLong     Abstention = "too_long"
	AbstainShape    Abstention = "shape" // the answer did not keep to the schema, twice
	AbstainQuotes   Abstention = "quotes"
	AbstainCut      Abstention = "cut_off"
)

// Opinion is what a model makes of an answer. Findings has one element for each
// expectation of the question, in order; those without HasView are left to the
// built-in grader.
type Opinion struct {
	Abstained      Abstention
	Findings       []View
	Misconceptions []Suspicion // quoted, confidence 1
	Usage          llm.Usage
}

// View is a model's word on one expectation. Its quotes are verified.
type View struct {
	Has     bool
	Level   string  // id on the scale of CriterionFor
	Value   float64 // of that level, 0..1
	Opposed bool    // the answer says the contrary
	Quotes  []tutor.Quote
}

// Case is an answer that a model is to judge.
type Case struct {
	Question  Question
	Statement string // above the question
	Text      string
	Exemplars []prompts.Exemplar
	Nonce     string // see prompts
	For       llm.Party
}

// ModelGrader asks a language model for an opinion on answers in words. Exact
// answers are not its business. It is safe for concurrent use.
type ModelGrader struct{ model llm.Model }

// NewModelGrader returns a grader that asks m.
func NewModelGrader(m llm.Model) *ModelGrader { return &ModelGrader{model: m} }

// Name is that of the model.
func (g *ModelGrader) Name() string { return g.model.Name() }

// maxOpinion bounds what a model may say, in bytes.
const maxOpinion = 16 << 10

// scaleMeanings tell a model what the levels of a scale mean.
var scaleMeanings = map[string]string{
	"not_shown": "the idea is not there",
	"emerging":  "hinted at; a reader could not tell that the learner has it",
	"mostly":    "there, with a gap that matters little",
	"full":      "there in full",
}

// Opinion judges one answer. An answer that cannot be used is asked for once
// more; after that, and wherever a quote does not stand in the text, the model
// abstains: there is no part of an opinion. An error is one of the call, or of
// ctx.
func (g *ModelGrader) Opinion(ctx context.Context, c Case) (Opinion, error) {
	asked := inWords(c.Question.Expectations)
	switch {
	case len(asked) == 0:
		return Opinion{Abstained: AbstainNothing}, nil
	case utf8.RuneCountInString(c.Text) > prompts.MaxGraded:
		return Opinion{Abstained: AbstainLong}, nil
	case Directs(c.Text):
		return Opinion{Abstained: AbstainDirected}, nil
	}
	request := g.request(c, asked)
	var usage llm.Usage
	for attempt := 1; ; attempt++ {
		answer, finish, used, err := CollectAnswer(ctx, g.model, request, maxOpinion)
		usage.Prompt, usage.Output, usage.Cached = usage.Prompt+used.Prompt, usage.Output+used.Output, usage.Cached+used.Cached
		if err != nil {
			return Opinion{Usage: usage}, err
		}
		if finish != llm.FinishStop {
			return Opinion{Abstained: AbstainCut, Usage: usage}, nil
		}
		opinion, err := readOpinion(answer, c, asked)
		opinion.Usage = usage
		if err == nil {
			return opinion, nil
		}
		if attempt > 1 {
			return Opinion{Abstained: AbstainShape, Usage: usage}, nil
		}
		request = prompts.Repair(request, answer, err.Error())
	}
}

// inWords returns the places of the expectations that are in words.
func inWords(all []tutor.Expectation) []int {
	var places []int
	for i, e := range all {
		if e.Answer == nil {
			places = append(places, i)
		}
	}
	return places
}

func (g *ModelGrader) request(c Case, asked []int) llm.Request {
	in := prompts.GradeInput{
		Statement: c.Statement, Prompt: c.Question.Prompt, Misconceptions: c.Question.Misconceptions,
		Exemplars: c.Exemplars, Text: c.Text, Nonce: c.Nonce,
	}
	for _, i := range asked {
		in.Ideas = append(in.Ideas, c.Question.Expectations[i])
	}
	for _, l := range CriterionFor(in.Ideas[0]).Levels {
		in.Levels = append(in.Levels, prompts.GradeLevel{ID: l.ID, Meaning: scaleMeanings[l.ID]})
	}
	request := prompts.Grade(in)
	request.For = c.For
	return request
}

// written is an opinion as a model writes it. Pointers tell what is missing.
type written struct {
	AddressesGrader *bool          `json:"addresses_grader"`
	Ideas           []writtenIdea  `json:"ideas"`
	Misconceptions  []writtenWrong `json:"misconceptions"`
}

type writtenIdea struct {
	About    string         `json:"about"`
	Evidence []writtenQuote `json:"evidence"`
	Level    string         `json:"level"`
	Opposed  *bool          `json:"opposed"`
}

type writtenWrong struct {
	About    string         `json:"about"`
	Evidence []writtenQuote `json:"evidence"`
}

type writtenQuote struct {
	Start *int   `json:"start"`
	Text  string `json:"text"`
}

// readOpinion checks a model's answer against the schema and the text. The
// error says in a sentence what does not keep to the schema.
func readOpinion(answer string, c Case, asked []int) (Opinion, error) {
	var w written
	if err := DecodeAnswer(answer, &w); err != nil {
		return Opinion{}, err
	}
	if w.AddressesGrader == nil {
		return Opinion{}, errors.New("addresses_grader is missing")
	}
	if len(w.Ideas) != len(asked) {
		return Opinion{}, fmt.Errorf("there must be %d ideas, each once", len(asked))
	}
	out := Opinion{Findings: make([]View, len(c.Question.Expectations))}
	verified := true
	for _, idea := range w.Ideas {
		at := slices.IndexFunc(asked, func(i int) bool { return c.Question.Expectations[i].ID == idea.About })
		if at < 0 || out.Findings[asked[at]].Has {
			return Opinion{}, errors.New("each idea must come once, by its id")
		}
		view, ok, err := idea.view(c.Question.Expectations[asked[at]], c.Text)
		if err != nil {
			return Opinion{}, err
		}
		verified = verified && ok
		out.Findings[asked[at]] = view
	}
	for _, m := range w.Misconceptions {
		if !slices.ContainsFunc(c.Question.Misconceptions, func(k tutor.Misconception) bool { return k.ID == m.About }) {
			return Opinion{}, errors.New("a wrong idea has no such id")
		}
		quotes, ok := verify(c.Text, m.Evidence)
		verified = verified && ok && len(quotes) > 0
		out.Misconceptions = append(out.Misconceptions, Suspicion{MisconceptionID: m.About, Confidence: 1, Quotes: quotes})
	}
	switch {
	case *w.AddressesGrader:
		return Opinion{Abstained: AbstainDirected}, nil
	case !verified:
		return Opinion{Abstained: AbstainQuotes}, nil
	}
	return out, nil
}

// view checks one idea. It is not ok when its quotes are not the learner's.
func (w writtenIdea) view(e tutor.Expectation, text string) (view View, ok bool, err error) {
	value, known := CriterionFor(e).Value(w.Level)
	if !known || w.Opposed == nil {
		return View{}, false, errors.New("every idea needs a level of the scale, and opposed as true or false")
	}
	quotes, ok := verify(text, w.Evidence)
	shown := value > 0 || *w.Opposed
	return View{Has: true, Level: w.Level, Value: value, Opposed: *w.Opposed, Quotes: quotes}, ok && (!shown || len(quotes) > 0), nil
}

// verify finds each quote in the text, letter by letter, at the place nearest to
// where the model says it stands, and not in the middle of words.
func verify(text string, quotes []writtenQuote) ([]tutor.Quote, bool) {
	runes := []rune(text)
	out := make([]tutor.Quote, 0, len(quotes))
	for _, q := range quotes {
		if q.Start == nil {
			return nil, false
		}
		found, ok := locate(runes, []rune(strings.TrimSpace(q.Text)), *q.Start)
		if !ok {
			return nil, false
		}
		out = append(out, found)
	}
	return out, true
}

func locate(text, words []rune, near int) (tutor.Quote, bool) {
	if !slices.ContainsFunc(words, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return tutor.Quote{}, false
	}
	best, distance := -1, 0
	for i := 0; i+len(words) <= len(text); i++ {
		if !slices.Equal(text[i:i+len(words)], words) || i > 0 && joins(text[i-1], text[i]) ||
			i+len(words) < len(text) && joins(text[i+len(words)-1], text[i+len(words)]) {
			continue
		}
		if d := max(i-near, near-i); best < 0 || d < distance {
			best, distance = i, d
		}
	}
	if best < 0 {
		return tutor.Quote{}, false
	}
	return quote(text, best, best+len(words))
}

// joins reports whether two neighbouring characters belong to one word.
func joins(a, b rune) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	// Scripts without spaces have no borders of words to keep to.
	return letter(a) && letter(b) && !unicode.In(a, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
