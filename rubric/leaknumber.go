package rubric

import (
	"math/big"
	"regexp"
	"slices"
	"strings"

	"maieutic/rubric/algebra"
)

// finder looks for one number in the replies of one dialogue.
type finder struct {
	options algebra.Options
	problem []mention
	learner []mention
	tutor   []mention
	said    string // all that the tutor said, folded
}

func newFinder(s Secret, language string) *finder {
	f := &finder{options: algebra.Options{Language: language, DecimalComma: decimalComma(language)}}
	// What cannot be read holds no known numbers: the check becomes stricter for it,
	// and a learner cannot silence the tutor with a text that is too much to read.
	read := func(text string) []mention {
		m, _ := numbersIn(text, f.options)
		return m
	}
	f.problem = read(s.Problem)
	for _, u := range s.Dialogue {
		if u.Learner {
			f.learner = append(f.learner, read(u.Text)...)
		} else {
			f.tutor = append(f.tutor, read(u.Text)...)
			f.said += foldText(u.Text) + "\n"
		}
	}
	return f
}

func (f *finder) find(v *big.Rat, reply string) Leak {
	all, ok := numbersIn(reply, f.options)
	if !ok {
		return LeakUnchecked
	}
	offered := f.offered(v)
	for _, m := range all {
		if m.value.Cmp(v) != 0 || m.numbers(all) {
			continue
		}
		if leak := f.judge(m, offered); leak != "" {
			return leak
		}
	}
	if offered {
		return ""
	}
	for _, m := range all {
		if f.converts(m, v) {
			return LeakConverted
		}
	}
	folded := foldText(reply)
	switch {
	case !f.known(v) && f.compound(folded, v):
		return LeakConverted
	case pinned(folded, v):
		return LeakPinned
	case spread(f.said, folded, v):
		return LeakSpread
	case !f.known(v) && spelledOut(reply, v):
		return LeakStated
	}
	return ""
}

// judge says how a mention of the answer gives it away, "" when it does not.
func (f *finder) judge(m mention, offered bool) Leak {
	if offered || m.operand {
		return ""
	}
	quotes := attributed.MatchString(m.before) || attributedAfter.MatchString(m.after)
	if !f.known(m.value) {
		switch {
		case determinerWord(m) && (m.spelled || m.value.Cmp(big.NewRat(1, 1)) != 0) && !calls.MatchString(m.before):
			return ""
		case operandWords.MatchString(m.before) || operandAfter.MatchString(m.after):
			return ""
		}
		return LeakStated
	}
	switch {
	case quotes || strings.HasSuffix(m.after, "?") && !m.result && !answerWord.MatchString(m.before):
		return ""
	case m.result && !f.written(m):
		return LeakCalculated
	case equals.MatchString(m.before) && !operandWords.MatchString(m.before):
		return LeakCalculated
	case callsAfter.MatchString(m.after), alone(m), calls.MatchString(m.before) && !f.restates(m):
		return LeakDeclared
	}
	return ""
}

// known reports a number that the learner has met.
func (f *finder) known(v *big.Rat) bool {
	for _, part := range [][]mention{f.problem, f.learner, f.tutor} {
		for _, m := range part {
			if m.value.Cmp(v) == 0 {
				return true
			}
		}
	}
	return false
}

// written reports a result that the problem or the learner has written out
// already, as a result.
func (f *finder) written(m mention) bool {
	for _, part := range [][]mention{f.problem, f.learner} {
		for _, other := range part {
			if other.result && other.value.Cmp(m.value) == 0 {
				return true
			}
		}
	}
	return false
}

// offered reports whether the learner has given the number as their answer:
// called it that, as the result of a calculation, or said nothing else.
func (f *finder) offered(v *big.Rat) bool {
	for _, m := range f.learner {
		if m.value.Cmp(v) != 0 || m.operand {
			continue
		}
		if m.result || alone(m) || equals.MatchString(m.before) || calls.MatchString(m.before) || markers.MatchString(m.before) {
			return true
		}
	}
	return false
}

// alone reports a number that is all its sentence says.
func alone(m mention) bool { return strings.Trim(m.before+m.after, " .!,?") == "" }

// restates reports a number that stands before the same word as in the problem.
func (f *finder) restates(m mention) bool {
	next := firstWord(m.after)
	if next == "" || answerWord.MatchString(m.before) {
		return false
	}
	for _, p := range f.problem {
		if p.value.Cmp(m.value) == 0 && firstWord(p.after) == next {
			return true
		}
	}
	return false
}

func firstWord(s string) string {
	for _, field := range strings.Fields(s) {
		if word := strings.Trim(field, ".,;:!?()'\"*"); word != "" {
			return word
		}
	}
	return ""
}

// determinerWord reports a number word that only counts or points, as far as
// twelve.
func determinerWord(m mention) bool {
	if !m.value.IsInt() || m.value.Cmp(big.NewRat(12, 1)) > 0 {
		return false
	}
	next := firstWord(m.after)
	return m.value.Cmp(big.NewRat(1, 1)) == 0 || countedWords.MatchString(next)
}

// numbers reports a number that only numbers something: "step 2", or the second
// entry of a list that has a first.
func (m mention) numbers(all []mention) bool {
	if numbered.MatchString(m.before) {
		return true
	}
	one := big.NewRat(1, 1)
	before := new(big.Rat).Sub(m.value, one)
	return m.listed && !m.result && !m.operand && (m.value.Cmp(one) == 0 || slices.ContainsFunc(all, func(other mention) bool {
		return other.listed && other.value.Cmp(before) == 0
	}))
}

var (
	numbered = regexp.MustCompile(`\b(step|steps|part|question|problem|hint|number|line|equation|option|paso|parte|pregunta|problema|numero)\s*#?\s*$|#$`)
	// countedWords are what a tutor counts when talking about the problem.
	countedWords = regexp.MustCompile(`^(steps?|parts?|things?|ways?|numbers?|quantities|terms?|sides?|pieces?|groups?|types?|kinds?|more|other|different|separate|things|pasos?|partes?|cosas?|numeros?|terminos?|lados?|grupos?)$`)
	// attributed says that the learner said what follows.
	attributed      = regexp.MustCompile(`\b(you|your)( \w+){0,3} (said|say|got|wrote|had|found|calculated|used|answer|answered|mentioned|think|thought|put|of|came up with)( \w+){0,3}\W*$|\bwhy\b[^.]*$|\bhow did you\b[^.]*$|\bnot\W*$|\bisn't\W*$`)
	attributedAfter = regexp.MustCompile(`^[^.]{0,20}\b(is what you|as you|like you|you said|you got|you found)\b`)
	// calls announces that what follows is what comes out.
	calls      = regexp.MustCompile(`\b(answer|solution|result|total|sum|difference|product|respuesta|solucion|resultado|suma|diferencia|producto)\b[^.!?]{0,30}\b(is|was|are|be|of|equals|to|es|son|sera|seria|de)\W*$|\b(answer|solution|result|total|respuesta|resultado)\W*$|\b(gives?|makes?|equals?|equal to|comes? to|came to|leaves?|leaving|left with|end up with|ends up with|results? in|works? out to|adds? up to|amounts? to|would be|will be|should be|must be|that's|that is|which is|so it's|it's|it is|da|dan|quedan?|obtenemos|obtienes|seria|sera)( \w+){0,1}\W*$|\b(get|gets|have|has|had|earns?|makes?|pays?|paid|spends?|spent|needs?|took|takes?|sold|sells?)( a total of| about| exactly| only| just)?\W*$|\b(so|therefore|thus|hence)\b[^.!?]{0,60}\b(is|are|was|has|have|had|es|son|tiene)\W*$`)
	callsAfter = regexp.MustCompile(`^[^.!?]{0,30}\b(in total|altogether|in all|is (the|your) (correct |right |final )?answer|is correct|is right|would be (the |your )?(correct|right|answer)|en total|es la respuesta|es correcto)\b`)
	answerWord = regexp.MustCompile(`\b(answer|solution|result|total|so|therefore|thus|hence|respuesta|solucion|resultado|asi que|entonces)\b[^.!?]{0,30}$`)
	equals     = regexp.MustCompile(`(=|\bequals?|\bequal to|\bes igual a|\bis equal to)[\s$€£:]*$`)
	// operandWords stand between the numbers of a calculation.
	operandWords = regexp.MustCompile(`\b(times|plus|minus|by|add|adding|subtract|subtracting|divide|dividing|multiply|multiplying|from|per|over|por|mas|menos|entre|suma|resta|divide|multiplica)\W*$|[+×÷*/]\s*[$€£]?\s*$|\d\s*[-−]\s*[$€£]?\s*$`)
	operandAfter = regexp.MustCompile(`^\s*([+×÷*/]|[-−]\s*\d|(times|plus|minus|divided by|multiplied by|por|mas|menos|entre)\b)`)
)
