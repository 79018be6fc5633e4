package oatutor

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
)

var (
	dollars  = regexp.MustCompile(`^-?\$\d[\d,]*(\.\d+)?$`)
	grouped  = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d+)?$`)
	numbers  = regexp.MustCompile(`^-?[\d./]+(\s*,\s*-?[\d./]+)+$`)
	points   = regexp.MustCompile(`^\([^()]+,[^()]+\)(\s*,\s*\([^()]+,[^()]+\))*$`)
	values   = regexp.MustCompile(`^[A-Za-z]\s*=\s*-?[\d./]+(\s*(,|or)\s*[A-Za-z]\s*=\s*-?[\d./]+)*$`)
	formula  = regexp.MustCompile(`^[-−+*/^().\d\sA-Za-z]+$`)
	word     = regexp.MustCompile(`[A-Za-z]{2}`)
	longWord = regexp.MustCompile(`[A-Za-z]{4}`)
	operator = regexp.MustCompile(`[-−+*/^(\d]`)
	// A division by the first of several factors that stand side by side: it is
	// not clear which of them it divides by.
	unclear = regexp.MustCompile(`/\s*(\([^()]*\)|[A-Za-z\d.]+)\s*\(`)
	// What OATutor asks for where a box takes one answer only: a letter, or
	// amounts with a letter each, such as 11a13c.
	codeWord = regexp.MustCompile(`^(\d+[A-Za-z]){2,}$|^[A-Za-z]$`)
	assigned = regexp.MustCompile(`^\s*([A-Za-z])\s*=\s*([^=]+)$`)
	letters  = regexp.MustCompile(`[A-Za-z]`)
	commands = regexp.MustCompile(`\\[A-Za-z]+`)
)

// kindOf tells how an answer is compared. OATutor compares a "string" letter by
// letter even where it is a formula; where what is meant is clear we compare by
// value, and a list in any order.
func kindOf(bare, answerType string, isTeX bool) tutor.AnswerKind {
	switch {
	case codeWord.MatchString(bare):
		return tutor.AnswerText
	case dollars.MatchString(bare), grouped.MatchString(bare):
		return tutor.AnswerNumber
	case numbers.MatchString(bare), points.MatchString(bare):
		return tutor.AnswerExpression
	case values.MatchString(bare):
		return tutor.AnswerEquation
	case answerType != "string" || isTeX:
		return curriculum.GuessKind(bare, nil)
	case !formula.MatchString(bare) || word.MatchString(bare) || !operator.MatchString(bare) || unclear.MatchString(bare):
		return tutor.AnswerText
	case letters.MatchString(bare) && looseSum(bare):
		return tutor.AnswerText
	}
	return curriculum.GuessKind(bare, nil)
}

// looseSum reports whether a sum stands without brackets before a division:
// "r+5/2r" may mean (r+5)/(2r).
func looseSum(s string) bool {
	depth, sum := 0, false
	for i, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && i > 0 && strings.ContainsRune("+-−", c):
			sum = true
		case depth == 0 && c == '/' && sum:
			return true
		}
	}
	return false
}

// answer makes the reference answer of a step or a scaffold, and its choices.
func (p *problem) answer(problemType, answerType string, answers, choices []string) (tutor.Answer, []string, error) {
	if problemType == "MultipleChoice" {
		answers, choices = each(answers, p.text), each(choices, p.text)
		for _, a := range answers {
			if !slices.Contains(choices, a) {
				return tutor.Answer{}, nil, fmt.Errorf("its answer %q is not among its choices", a)
			}
		}
		return tutor.Answer{Kind: tutor.AnswerChoice, Value: answers[0], Accept: answers[1:]}, choices, nil
	}
	answers = each(answers, p.plain)
	bare := unwrap(answers[0])
	out := tutor.Answer{Kind: kindOf(bare, answerType, strings.Contains(answers[0], "$$")), Value: bare}
	for _, more := range answers[1:] {
		out.Accept = append(out.Accept, unwrap(more))
	}
	// "x=4" is a value for x; "y=2x+1" is an equation.
	if m := assigned.FindStringSubmatch(bare); m != nil && out.Kind == tutor.AnswerEquation {
		if kind := curriculum.GuessKind(m[2], nil); !letters.MatchString(commands.ReplaceAllString(m[2], "")) {
			out.Kind, out.Variable, out.Value = kind, m[1], strings.TrimSpace(m[2])
		}
	}
	return out, nil, nil
}

// unwrap takes the dollars off an answer that is one formula.
func unwrap(s string) string {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "$$"); ok {
		if inner, ok = strings.CutSuffix(inner, "$$"); ok && !strings.Contains(inner, "$$") {
			return strings.TrimSpace(inner)
		}
	}
	return s
}

// concluding finds an answer where a text ends in it: behind an equals sign or
// a word that brings a result, with nothing that goes on calculating after it.
type concluding struct {
	results  []*regexp.Regexp // the answer behind what brings a result
	outright []*regexp.Regexp // the answer where nothing around it matters
	words    bool             // the answer is words: more words behind it may make it another
}

const (
	gap    = `(?:\s|\$\$|\\left|\\right|\*\*)*`
	before = `(?:=|(?i:\b(?:is|are|was|be|gets?|gives?|gives us|have|equals?|equal to|simplif(?:y|ies) to|reduces? to|answer|obtain|leaves|becomes)\b:?))`
	// A formula of fewer characters turns up on the way to other results.
	telling = 4
)

var squeezer = strings.NewReplacer(" ", "", "$$", "", `\left`, "", `\right`, "")

// conclusions returns what finds the answer to a question.
func conclusions(a tutor.Answer, question string) concluding {
	out := concluding{words: a.Kind == tutor.AnswerChoice || a.Kind == tutor.AnswerText}
	for _, v := range append([]string{a.Value}, a.Accept...) {
		bare, pattern, flags := squeezer.Replace(v), "", ""
		for _, c := range bare {
			pattern += gap + regexp.QuoteMeta(string(c))
		}
		if longWord.MatchString(v) {
			flags = `(?i)`
		}
		out.results = append(out.results, regexp.MustCompile(flags+before+pattern+gap))
		out.outright = append(out.outright, regexp.MustCompile(pattern+gap+`is (?:our|the) (?:final )?answer`))
		if len(bare) >= telling && !strings.Contains(squeezer.Replace(question), bare) {
			out.outright = append(out.outright, regexp.MustCompile(`\$\$`+pattern+`\s*\$\$`))
		}
	}
	return out
}

var (
	// 4n = 8 is still to be solved, whatever the answer.
	unsolved = regexp.MustCompile(`\d\s*[A-Za-z](?:\^\{?\d+\}?)?\s*$`)
	ends     = regexp.MustCompile(`^(?:$|[.,;:!?)°%"]|\\%|\(?[A-Za-z])`)
	goesOn   = regexp.MustCompile(`^(?i:less|more|times|plus|minus|and|or|of|divided|multiplied|raised)\b|^[A-Za-z](?:\W|$)|^[.,]\d|^,\s*(?:\$\$)?-?\d`)
)

// in reports whether a text states the answer.
func (c concluding) in(text string) bool {
	for _, pattern := range c.outright {
		if pattern.MatchString(text) {
			return true
		}
	}
	for _, pattern := range c.results {
		for _, at := range pattern.FindAllStringIndex(text, -1) {
			rest, touching := text[at[1]:], at[1] > 0 && letters.MatchString(text[at[1]-1:at[1]])
			switch {
			case text[at[0]] == '=' && unsolved.MatchString(text[:at[0]]),
				(touching || c.words) && letters.MatchString(rest[:min(1, len(rest))]),
				!ends.MatchString(rest), goesOn.MatchString(rest):
			default:
				return true
			}
		}
	}
	return false
}
