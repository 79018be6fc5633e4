package eval

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strings"
	"unicode"
)

// The measurement of equivalence has a reader, a writer and an arithmetic of
// its own. Nothing of what it writes, and none of its judgements that two
// values differ, goes through the code it measures.

// term is an expression as the generator of renderings sees it.
type term struct {
	op   termOp
	rat  *big.Rat // of a number
	name string   // of a variable; the brackets of a tuple
	args []*term
}

type termOp byte

const (
	termNumber   termOp = 'n'
	termVariable termOp = 'v'
	termSum      termOp = '+'
	termNegative termOp = '-'
	termProduct  termOp = '*'
	termQuotient termOp = '/'
	termPower    termOp = '^'
	termRoot     termOp = 'r' // args[0] under a root of index args[1]
	termAbs      termOp = '|'
	termEither   termOp = 'e' // args[0] ± args[1]
	termTuple    termOp = 't'
	termInfinity termOp = 'i'
	termPi       termOp = 'p'
)

func makeTerm(op termOp, args ...*term) *term { return &term{op: op, args: args} }
func wholeTerm(n int64) *term                 { return &term{op: termNumber, rat: big.NewRat(n, 1)} }
func numberTerm(r *big.Rat) *term             { return &term{op: termNumber, rat: r} }

// claim is one item of an answer: an expression, or several with relations
// between them.
type claim struct {
	sides     []*term
	relations []string
}

// termReader reads the reference answers of a course.
type termReader struct {
	in []rune
	at int
}

var termSpelling = strings.NewReplacer(
	`\left`, "", `\right`, "", `\times`, "*", `\cdot`, "*", "**", "^", "−", "-", "–", "-", "·", "*", "×", "*", "÷", "/",
	`\leq`, "≤", `\le`, "≤", `\geq`, "≥", `\ge`, "≥", "<=", "≤", ">=", "≥", `\infty`, "∞", `\pm`, "±", `\pi`, "π", `\neq`, "≠", `\ne`, "≠",
	`\dfrac`, "Ⓕ", `\frac`, "Ⓕ", `\sqrt`, "√", `\lt`, "<", `\gt`, ">", `\>`, ">", `\ `, " ", `\,`, " ", "$", "", `\lvert`, "|", `\rvert`, "|",
)

var groupedNumber = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d+)?$`)

// readClaims reads an answer; number says that a comma may stand between
// thousands.
func readClaims(text string, number bool) ([]claim, error) {
	text = strings.TrimSpace(termSpelling.Replace(text))
	if number && groupedNumber.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	r := &termReader{in: []rune(text)}
	var all []claim
	for {
		c, err := r.claim()
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		r.space()
		if r.at == len(r.in) {
			return all, nil
		}
		if !r.take(",") && !r.take("or") && !r.take("and") {
			return nil, r.fail()
		}
	}
}

func (r *termReader) fail() error { return fmt.Errorf("not read at %d of %q", r.at, string(r.in)) }

func (r *termReader) space() {
	for r.at < len(r.in) && unicode.IsSpace(r.in[r.at]) {
		r.at++
	}
}

func (r *termReader) peek() rune {
	r.space()
	if r.at < len(r.in) {
		return r.in[r.at]
	}
	return 0
}

func (r *termReader) take(s string) bool {
	r.space()
	if !strings.HasPrefix(string(r.in[r.at:]), s) {
		return false
	}
	r.at += len([]rune(s))
	return true
}

func (r *termReader) claim() (claim, error) {
	var c claim
	for {
		t, err := r.sum()
		if err != nil {
			return c, err
		}
		c.sides = append(c.sides, t)
		if !strings.ContainsRune("=<>≤≥≠", r.peek()) || r.at == len(r.in) {
			return c, nil
		}
		c.relations = append(c.relations, string(r.in[r.at]))
		r.at++
	}
}

func (r *termReader) sum() (*term, error) {
	first, err := r.product()
	if err != nil {
		return nil, err
	}
	all := []*term{first}
	for {
		sign := r.peek()
		if sign != '+' && sign != '-' && sign != '±' {
			return joinTerms(termSum, all), nil
		}
		r.at++
		t, err := r.product()
		if err != nil {
			return nil, err
		}
		switch sign {
		case '-':
			t = makeTerm(termNegative, t)
		case '±':
			all = []*term{makeTerm(termEither, joinTerms(termSum, all), t)}
			continue
		}
		all = append(all, t)
	}
}

func joinTerms(op termOp, all []*term) *term {
	if len(all) == 1 {
		return all[0]
	}
	return makeTerm(op, all...)
}

func (r *termReader) product() (*term, error) {
	if r.take("-") {
		t, err := r.product()
		if err != nil {
			return nil, err
		}
		return makeTerm(termNegative, t), nil
	}
	first, err := r.power()
	if err != nil {
		return nil, err
	}
	all := []*term{first}
	for {
		switch c := r.peek(); {
		case c == '*' || c == '/':
			r.at++
			negative := r.take("-")
			t, err := r.power()
			if err != nil {
				return nil, err
			}
			if negative {
				t = makeTerm(termNegative, t)
			}
			if c == '/' {
				all = []*term{makeTerm(termQuotient, joinTerms(termProduct, all), t)}
				continue
			}
			all = append(all, t)
		case c == '(' || c == '{' || c == '√' || c == 'Ⓕ' || c == 'π' || unicode.IsLetter(c) && !r.word():
			t, err := r.power()
			if err != nil {
				return nil, err
			}
			all = append(all, t)
		default:
			return joinTerms(termProduct, all), nil
		}
	}
}

// word reports "or" and "and", which are no products of variables.
func (r *termReader) word() bool {
	rest := string(r.in[r.at:])
	return strings.HasPrefix(rest, "or ") || strings.HasPrefix(rest, "and ")
}

func (r *termReader) power() (*term, error) {
	base, err := r.atom()
	if err != nil || !r.take("^") {
		return base, err
	}
	negative := r.take("-")
	exponent, err := r.atom()
	if err != nil {
		return nil, err
	}
	if negative {
		exponent = makeTerm(termNegative, exponent)
	}
	return makeTerm(termPower, base, exponent), nil
}

func (r *termReader) atom() (*term, error) {
	c := r.peek()
	switch {
	case c >= '0' && c <= '9' || c == '.':
		return r.number()
	case c == '∞':
		r.at++
		return makeTerm(termInfinity), nil
	case c == 'π':
		r.at++
		return makeTerm(termPi), nil
	case c == '|':
		return r.bars()
	case c == '√':
		r.at++
		return r.root()
	case c == 'Ⓕ':
		r.at++
		top, err := r.atom()
		if err != nil {
			return nil, err
		}
		bottom, err := r.atom()
		return makeTerm(termQuotient, top, bottom), err
	case c == '(' || c == '{' || c == '[':
		return r.bracket()
	case unicode.IsLetter(c):
		r.at++
		if r.at < len(r.in) && unicode.IsLetter(r.in[r.at]) && r.at+1 < len(r.in) && unicode.IsLetter(r.in[r.at+1]) {
			return nil, r.fail() // a word
		}
		return &term{op: termVariable, name: string(c)}, nil
	}
	return nil, r.fail()
}

func (r *termReader) number() (*term, error) {
	start := r.at
	for r.at < len(r.in) && (unicode.IsDigit(r.in[r.at]) || r.in[r.at] == '.') {
		r.at++
	}
	value, ok := new(big.Rat).SetString(string(r.in[start:r.at]))
	if !ok {
		return nil, r.fail()
	}
	return numberTerm(value), nil
}

func (r *termReader) bars() (*term, error) {
	r.at++
	t, err := r.sum()
	if err != nil || !r.take("|") {
		return nil, r.fail()
	}
	return makeTerm(termAbs, t), nil
}

func (r *termReader) root() (*term, error) {
	index := wholeTerm(2)
	if r.peek() == '[' {
		t, err := r.bracket()
		if err != nil {
			return nil, err
		}
		index = t
	}
	t, err := r.atom()
	return makeTerm(termRoot, t, index), err
}

func (r *termReader) bracket() (*term, error) {
	open := r.in[r.at]
	r.at++
	var all []*term
	for {
		t, err := r.sum()
		if err != nil {
			return nil, err
		}
		all = append(all, t)
		if !r.take(",") {
			break
		}
	}
	shut := r.peek()
	if shut != ')' && shut != ']' && shut != '}' {
		return nil, r.fail()
	}
	r.at++
	if len(all) == 1 {
		return all[0], nil
	}
	return &term{op: termTuple, name: string(open) + string(shut), args: all}, nil
}

// points are where two expressions are told apart.
var points = []float64{1.37, 2.113, 0.731, 3.307, 5.039}

// at evaluates an expression; NaN where it has no value. Variables get
// different values at each of the points.
func (t *term) at(k int) float64 {
	v := make([]float64, len(t.args))
	for i, a := range t.args {
		v[i] = a.at(k)
	}
	switch t.op {
	case termNumber:
		f, _ := t.rat.Float64()
		return f
	case termVariable:
		return points[k] + 0.17*float64(t.name[0]%29)
	case termSum:
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		return sum
	case termProduct:
		product := 1.0
		for _, x := range v {
			product *= x
		}
		return product
	case termNegative:
		return -v[0]
	case termQuotient:
		return v[0] / v[1]
	case termPower:
		return math.Pow(v[0], v[1])
	case termRoot:
		return math.Pow(v[0], 1/v[1])
	case termAbs:
		return math.Abs(v[0])
	case termPi:
		return math.Pi
	case termInfinity:
		return math.Inf(1)
	}
	return math.NaN()
}

func (t *term) variables() map[string]bool {
	found := map[string]bool{}
	t.visit(func(u *term) {
		if u.op == termVariable {
			found[u.name] = true
		}
	})
	return found
}

func (t *term) visit(f func(*term)) {
	f(t)
	for _, a := range t.args {
		a.visit(f)
	}
}

// rational returns the exact value of an expression of rational numbers.
func (t *term) rational() (*big.Rat, bool) {
	switch t.op {
	case termNumber:
		return t.rat, true
	case termNegative:
		v, ok := t.args[0].rational()
		if !ok {
			return nil, false
		}
		return new(big.Rat).Neg(v), true
	case termQuotient:
		a, okA := t.args[0].rational()
		b, okB := t.args[1].rational()
		if !okA || !okB || b.Sign() == 0 {
			return nil, false
		}
		return new(big.Rat).Quo(a, b), true
	}
	return nil, false
}
