package rubric

import (
	"math/big"
	"regexp"
	"strings"

	"maieutic/rubric/algebra"
	"maieutic/tutor"
)

// Utterance is something said in a dialogue.
type Utterance struct {
	Learner bool // else the tutor
	Text    string
}

// Secret is an answer that is the learner's to find, and all that was said.
type Secret struct {
	Language string // BCP 47 of the dialogue, "" for a guess
	Problem  string
	Answer   tutor.Expectation
	Dialogue []Utterance // the oldest first
}

// Leak is the way in which a reply gives the answer away, "" for one that does
// not.
type Leak string

// The ways in which a reply gives the answer away.
const (
	LeakStated     Leak = "stated"     // the answer stands there, in some form
	LeakDeclared   Leak = "declared"   // a number known from elsewhere is called the answer
	LeakCalculated Leak = "calculated" // as the result of a calculation that is written out
	LeakConverted  Leak = "converted"  // in another unit
	LeakPinned     Leak = "pinned"     // described so closely that one number is left
	LeakSpread     Leak = "spread"     // told in parts, by this reply and earlier ones
	LeakIdea       Leak = "idea"       // in other words
	LeakUnchecked  Leak = "unchecked"  // too long or too deep to check, so not let through
)

// LeakCheck looks for one secret in the replies of a tutor. What was said before
// is read once for each language. It is not safe for concurrent use.
type LeakCheck struct {
	secret  Secret
	values  []*big.Rat // of an answer that is a number
	finders map[string]*finder
}

// NewLeakCheck makes a check for a secret.
func NewLeakCheck(s Secret) *LeakCheck {
	c := &LeakCheck{secret: s, finders: map[string]*finder{}}
	if s.Answer.Answer != nil {
		c.values = numbersOf(*s.Answer.Answer)
	}
	return c
}

// FindLeak is one check of one reply.
func FindLeak(s Secret, reply string) Leak { return NewLeakCheck(s).Find(reply) }

// Find reports whether a tutor's reply gives the answer away to a learner who
// has heard and said what the secret's dialogue holds.
//
// A number is given away when it stands in the reply for the first time, in any
// form; when it is known from elsewhere, only where the reply calls it the
// result. Operands, list numbers and words that only count ("two of them") give
// nothing away, nor does what the learner has offered as the answer already. A
// calculation without its result is a hint, not a leak.
func (c *LeakCheck) Find(reply string) Leak {
	s := c.secret
	a := s.Answer.Answer
	if a == nil {
		return s.idea(reply)
	}
	if len([]rune(reply)) > longestReply {
		return LeakUnchecked
	}
	if len(c.values) == 0 {
		return s.expression(*a, reply)
	}
	languages := s.languages(reply)
	if !algebra.Numeric(joinLetters(reply), languages...) {
		return ""
	}
	for _, language := range languages {
		f := c.finders[language]
		if f == nil {
			f = newFinder(s, language)
			c.finders[language] = f
		}
		for _, v := range c.values {
			if leak := f.find(v, reply); leak != "" {
				return leak
			}
		}
	}
	return ""
}

func (s Secret) languages(reply string) []string {
	if s.Language != "" {
		return []string{s.Language}
	}
	return languagesOf(reply)
}

// idea checks an answer in words.
func (s Secret) idea(reply string) Leak {
	given := []string{s.Problem}
	said := ""
	for _, u := range s.Dialogue {
		if u.Learner {
			given = append(given, u.Text)
		} else {
			said += u.Text + "\n"
		}
	}
	switch {
	case RevealsIdea(reply, s.Answer, given):
		return LeakIdea
	case said != "" && !RevealsIdea(said, s.Answer, given) && RevealsIdea(said+reply, s.Answer, given):
		return LeakSpread
	}
	return ""
}

// expression checks any other exact answer.
func (s Secret) expression(a tutor.Answer, reply string) Leak {
	given := []string{s.Problem}
	recent := ""
	for _, u := range s.Dialogue {
		given = append(given, u.Text)
		if !u.Learner {
			recent += u.Text + "\n"
		}
	}
	switch {
	case Reveals(reply, a, given):
		return LeakStated
	case recent != "" && !Reveals(recent, a, given[:1]) && Reveals(recent+reply, a, given[:1]):
		return LeakSpread
	}
	return ""
}

// numbersOf returns the values of an answer that is one number, none for any
// other.
func numbersOf(a tutor.Answer) []*big.Rat {
	if a.Kind != tutor.AnswerNumber {
		return nil
	}
	var out []*big.Rat
	for _, ref := range references(a) {
		if len(ref.statement.Items) != 1 {
			return nil
		}
		sides := ref.statement.Items[0].Sides
		v, ok := algebra.Rational(sides[len(sides)-1])
		if !ok {
			return nil
		}
		out = append(out, v)
	}
	return out
}

// mention is a number in running text.
type mention struct {
	value   *big.Rat
	before  string // folded text of its sentence before that piece
	after   string // and after it
	result  bool   // of a calculation that is written out
	operand bool   // of a calculation
	spelled bool   // a lone number word
	listed  bool   // it stands where the number of a list does
}

// longestReply is how much of a tutor's reply is checked, in code points: some
// five times what a tutor should say.
const longestReply = 5 * algebra.MaxLength

// numbersIn finds the numbers of a text; false when a part of it is too much to
// read.
func numbersIn(text string, o algebra.Options) ([]mention, bool) {
	var out []mention
	whole := true
	for _, piece := range pieces([]rune(joinLetters(plainNumbers(text)))) {
		found, err := algebra.Scan(string(piece), o)
		whole = whole && err == nil
		for _, f := range found {
			at := mention{spelled: f.Spelled, listed: opensLine(piece, f.Start, f.End)}
			at.before, at.after = around(piece, f.Start, f.End)
			for _, it := range f.Statement.Items {
				out = appendItem(out, at, it)
			}
		}
	}
	return out, whole
}

// pieces cuts a text after sentences into parts that the scanner takes. What has
// no sentence in it stays whole.
func pieces(text []rune) [][]rune {
	var out [][]rune
	for len(text) > algebra.MaxLength {
		cut := algebra.MaxLength
		for cut > 0 && !endsSentence(text, cut-1) {
			cut--
		}
		if cut == 0 {
			break
		}
		out, text = append(out, text[:cut]), text[cut:]
	}
	return append(out, text)
}

func appendItem(out []mention, at mention, it algebra.Item) []mention {
	holds := len(it.Sides) > 1
	for _, relation := range it.Relations {
		holds = holds && relation == "="
	}
	for _, side := range it.Sides {
		m := at
		if v, ok := algebra.Rational(side); ok && !calculation(side) && !division(side) {
			m.value, m.result = v, holds
			out = append(out, m)
			continue
		}
		side.Walk(func(n *algebra.Node) {
			if v, ok := algebra.Rational(n); ok && n.Literal() {
				m.value, m.operand = v, true
				out = append(out, m)
			}
		})
	}
	return out
}

var (
	money    = regexp.MustCompile(`\\?[$€£¥%]|\bUSD\b`)
	aHundred = regexp.MustCompile(`(?i)\ba (hundred|thousand|million)\b`)
)

// plainNumbers leaves currency and percent signs out, for "$18" and "18 %" are
// eighteen to someone who looks for an answer, and writes numbers as the scanner
// reads them.
func plainNumbers(text string) string {
	text = strings.ReplaceAll(text, "{,}", ",")
	text = money.ReplaceAllString(text, " ")
	return aHundred.ReplaceAllString(text, "one $1")
}

// around returns the folded text of the sentence before and after a place.
func around(runes []rune, start, end int) (before, after string) {
	from, to := start, end
	for from > 0 && !endsSentence(runes, from-1) {
		from--
	}
	for to < len(runes) && !endsSentence(runes, to) {
		to++
	}
	return foldText(string(runes[from:start])), foldText(string(runes[end:min(len(runes), to+1)]))
}

func endsSentence(runes []rune, i int) bool {
	switch runes[i] {
	case '!', '?', '\n', '؟', '。':
		return true
	case '.':
		return !inNumber(runes, i) && (i+1 >= len(runes) || runes[i+1] == ' ' || runes[i+1] == '\n')
	}
	return false
}

// division reports a fraction that is a whole number: "84 / 12" is a task.
func division(n *algebra.Node) bool {
	v, ok := algebra.Rational(n)
	return ok && n.Op == algebra.OpDiv && v.IsInt()
}

// opensLine reports what may number a list: a stop or bracket and more text
// follow it, and nothing or a sentence stands before.
func opensLine(runes []rune, start, end int) bool {
	if end+2 >= len(runes) || !strings.ContainsRune(".):", runes[end]) || !isSpace(runes[end+1]) || isSpace(runes[end+2]) {
		return false
	}
	for start > 0 && strings.ContainsRune(" *#(-", runes[start-1]) {
		start--
	}
	return start == 0 || strings.ContainsRune("\n.:;!?", runes[start-1])
}
