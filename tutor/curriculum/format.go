package curriculum

import (
	"errors"
	"regexp"
	"strings"

	"maieutic/tutor"
)

// The shapes of the files, as FORMAT.md describes them.

type courseFile struct {
	ID       string `yaml:"id"`
	Title    string `yaml:"title"`
	Summary  string `yaml:"summary"`
	Language string `yaml:"language"`
	License  string `yaml:"license"`
	Source   string `yaml:"source"`
}

type skillEntry struct {
	ID            string   `yaml:"id"`
	Title         string   `yaml:"title"`
	Description   string   `yaml:"description"`
	Prerequisites []string `yaml:"prerequisites"`
}

type lessonFile struct {
	Title  string   `yaml:"title"`
	Skills []string `yaml:"skills"`
}

type problemFile struct {
	ID         string      `yaml:"id"`
	Title      string      `yaml:"title"`
	Skills     []string    `yaml:"skills"`
	Difficulty *float64    `yaml:"difficulty"`
	Lesson     string      `yaml:"lesson"`
	Summary    string      `yaml:"summary"`
	Source     string      `yaml:"source"`
	License    string      `yaml:"license"`
	Steps      []stepEntry `yaml:"steps"`
}

type stepEntry struct {
	ID             string               `yaml:"id"`
	Question       string               `yaml:"question"`
	Skills         []string             `yaml:"skills"`
	Choices        []string             `yaml:"choices"`
	Answer         *answerEntry         `yaml:"answer"`
	Title          string               `yaml:"title"`
	Concise        string               `yaml:"concise"`
	Hints          []hintEntry          `yaml:"hints"`
	Expectations   []expectationEntry   `yaml:"expectations"`
	Misconceptions []misconceptionEntry `yaml:"misconceptions"`
	Explanation    string               `yaml:"explanation"`
	Check          *checkEntry          `yaml:"check"`
}

type expectationEntry struct {
	ID      string      `yaml:"id"`
	Title   string      `yaml:"title"`
	Says    string      `yaml:"says"`
	Accept  []string    `yaml:"accept"`
	Skills  []string    `yaml:"skills"`
	Concise string      `yaml:"concise"`
	Hints   []hintEntry `yaml:"hints"`
}

type misconceptionEntry struct {
	ID         string        `yaml:"id"`
	Title      string        `yaml:"title"`
	Answers    []answerEntry `yaml:"answers"`
	Says       []string      `yaml:"says"`
	Correction string        `yaml:"correction"`
	Question   string        `yaml:"question"`
	Repair     *answerEntry  `yaml:"repair"`
	RepairSays []string      `yaml:"repair_says"`
	Skills     []string      `yaml:"skills"`
}

type checkEntry struct {
	Question string       `yaml:"question"`
	Choices  []string     `yaml:"choices"`
	Answer   *answerEntry `yaml:"answer"`
	Says     []string     `yaml:"says"`
	Skills   []string     `yaml:"skills"`
}

// answerEntry is a mapping, or just the value.
type answerEntry struct {
	Kind      tutor.AnswerKind `yaml:"kind"`
	Value     string           `yaml:"value"`
	Accept    []string         `yaml:"accept"`
	Variable  string           `yaml:"variable"`
	Tolerance float64          `yaml:"tolerance"`
	Unit      string           `yaml:"unit"`
	Form      string           `yaml:"form"`
}

// UnmarshalYAML takes a scalar for the value alone.
func (a *answerEntry) UnmarshalYAML(decode func(any) error) error {
	var scalar string
	if decode(&scalar) == nil {
		a.Value = scalar
		return nil
	}
	type plain answerEntry
	return decode((*plain)(a))
}

// hintEntry is a mapping of one rung to its text, or to a question.
type hintEntry struct {
	Kind     tutor.HintKind
	Text     string
	Question *questionEntry
}

type questionEntry struct {
	Ask     string      `yaml:"ask"`
	Choices []string    `yaml:"choices"`
	Answer  answerEntry `yaml:"answer"`
	Hints   []string    `yaml:"hints"`
	Tell    string      `yaml:"tell"`
}

// rungs is the order of the ladder.
var rungs = []tutor.HintKind{tutor.HintPoint, tutor.HintPrinciple, tutor.HintExample, tutor.HintCloze, tutor.HintTell}

var errHint = errors.New("a hint is one rung with its text: point, principle, example, cloze or tell")

// UnmarshalYAML reads "rung: text" or "rung: {ask: …}".
func (h *hintEntry) UnmarshalYAML(decode func(any) error) error {
	var texts map[string]string
	if decode(&texts) == nil {
		if len(texts) != 1 {
			return errHint
		}
		for kind, text := range texts {
			h.Kind, h.Text = tutor.HintKind(kind), text
		}
		return nil
	}
	var questions map[string]questionEntry
	if err := decode(&questions); err != nil {
		return err
	}
	if len(questions) != 1 {
		return errHint
	}
	for kind, q := range questions {
		h.Kind, h.Question = tutor.HintKind(kind), &q
	}
	return nil
}

var (
	numberShape = regexp.MustCompile(`^[-−+]?\s*(\d[\d,. ]*|\d+\s*/\s*\d+|\d+\s+\d+\s*/\s*\d+)\s*%?$`)
	wordShape   = regexp.MustCompile(`\p{L}{4,}`)
	functions   = regexp.MustCompile(`\\[A-Za-z]+|sqrt|sin|cos|tan|log|ln|frac`)
)

// GuessKind tells the kind of an answer from its shape, for an author who does
// not say.
func GuessKind(value string, choices []string) tutor.AnswerKind {
	bare := strings.Trim(strings.TrimSpace(value), "$ ")
	switch {
	case len(choices) > 0:
		return tutor.AnswerChoice
	case numberShape.MatchString(bare):
		return tutor.AnswerNumber
	case wordShape.MatchString(functions.ReplaceAllString(bare, "")):
		return tutor.AnswerText
	case strings.ContainsAny(bare, "=<>≤≥"):
		return tutor.AnswerEquation
	}
	return tutor.AnswerExpression
}

// answer makes the domain's answer. What the author leaves out is taken from
// the answer it belongs to: a wrong answer has the unit of the right one.
func (a answerEntry) answer(choices []string, like *tutor.Answer) tutor.Answer {
	out := tutor.Answer{
		Kind: a.Kind, Value: strings.TrimSpace(a.Value), Accept: a.Accept, Variable: a.Variable,
		Tolerance: a.Tolerance, Unit: a.Unit, Form: a.Form,
	}
	if out.Kind == "" {
		out.Kind = GuessKind(out.Value, choices)
		if like != nil && like.Kind != tutor.AnswerNumber {
			out.Kind = like.Kind
		}
	}
	if like != nil {
		if out.Variable == "" {
			out.Variable = like.Variable
		}
		if out.Unit == "" {
			out.Unit = like.Unit
		}
	}
	return out
}
