package eval

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// script is one way to write an expression down.
type script struct {
	tex      bool   // TeX rather than typing
	unicode  bool   // − × ÷ √ ² ½ ≤
	spaced   bool   // spaces around signs
	stars    bool   // a sign between all factors
	backward bool   // addends and factors in the opposite order
	decimals bool   // fractions as decimals where that is exact
	powers   bool   // roots as powers
	bare1    bool   // TeX arguments of one digit or letter without braces
	loose    bool   // spaces inside brackets and between factors, too
	spoken   bool   // "two x squared minus y"
	power    string // "^" or "**"
}

var superscriptDigits = []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")

func (s script) minus() string {
	if s.spoken {
		return "minus "
	}
	if s.unicode {
		return "−"
	}
	return "-"
}

func (s script) pad(sign string) string {
	if s.spoken {
		sign = spokenSigns.Replace(sign)
	}
	if s.spaced {
		return " " + sign + " "
	}
	return sign
}

var spokenSigns = strings.NewReplacer("+", "plus", "minus ", "minus", "/", "over", "=", "is equal to", "<=", "is at most", ">=", "is at least")

// argument is what TeX takes in braces.
func (s script) argument(t *term) string {
	text := s.bare(t)
	if s.bare1 && len(text) == 1 {
		return text
	}
	return "{" + text + "}"
}

func (s script) group(text string) string {
	switch {
	case s.tex && s.bare1:
		return "(" + text + ")"
	case s.tex:
		return `\left(` + text + `\right)`
	case s.loose:
		return "( " + text + " )"
	}
	return "(" + text + ")"
}

// Ranks of binding, loosest first.
const (
	rankSum = iota
	rankProduct
	rankPower
	rankAtom
)

func (t *term) rank() int {
	switch t.op {
	case termSum, termNegative, termEither:
		return rankSum
	case termProduct, termQuotient:
		return rankProduct
	case termPower:
		return rankPower
	case termNumber:
		if t.rat.Sign() < 0 {
			return rankSum
		}
	}
	return rankAtom
}

// write writes an expression, in brackets when it binds more loosely than rank.
func (s script) write(t *term, rank int) string {
	text := s.bare(t)
	if t.rank() < rank && !(s.tex && t.op == termQuotient && rank <= rankProduct) {
		return s.group(text)
	}
	return text
}

func (s script) bare(t *term) string {
	switch t.op {
	case termNumber:
		return s.number(t.rat)
	case termVariable:
		return t.name
	case termPi:
		return s.choose(`\pi`, "π", "pi")
	case termInfinity:
		return s.choose(`\infty`, "∞", "infinity")
	case termNegative:
		return s.minus() + s.write(t.args[0], rankProduct)
	case termSum:
		return s.sum(t)
	case termEither:
		return s.write(t.args[0], rankProduct) + s.pad(s.choose(`\pm `, "±", "±")) + s.write(t.args[1], rankProduct)
	case termProduct:
		return s.product(t)
	case termQuotient:
		return s.quotient(t)
	case termPower:
		return s.powerOf(t.args[0], t.args[1])
	case termRoot:
		return s.root(t)
	case termAbs:
		return s.choose(`\left|`, "|", "|") + s.bare(t.args[0]) + s.choose(`\right|`, "|", "|")
	}
	parts := make([]string, len(t.args))
	for i, a := range t.args {
		parts[i] = s.bare(a)
	}
	brackets := []rune(t.name)
	open, shut := string(brackets[0]), string(brackets[1])
	if s.tex {
		open, shut = `\left`+open, `\right`+shut
	}
	return open + strings.Join(parts, s.pick(s.spaced, ", ", ",")) + shut
}

func (s script) pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func (s script) choose(tex, unicode, typed string) string {
	switch {
	case s.tex:
		return tex
	case s.unicode:
		return unicode
	}
	return typed
}

func (s script) number(r *big.Rat) string {
	if r.Sign() < 0 {
		return s.minus() + s.number(new(big.Rat).Neg(r))
	}
	if words, ok := spellNumber(r); ok && s.spoken {
		return words
	}
	if r.IsInt() {
		return r.Num().String()
	}
	if text, ok := decimalText(r); ok {
		return text
	}
	return s.quotient(makeTerm(termQuotient, numberTerm(new(big.Rat).SetInt(r.Num())), numberTerm(new(big.Rat).SetInt(r.Denom()))))
}

// decimalText writes a number that has a finite decimal of at most eight
// places.
func decimalText(r *big.Rat) (string, bool) {
	for places := range 9 {
		text := r.FloatString(places)
		if back, ok := new(big.Rat).SetString(text); ok && back.Cmp(r) == 0 {
			return text, true
		}
	}
	return "", false
}

func (s script) sum(t *term) string {
	args := slices.Clone(t.args)
	if s.backward {
		slices.Reverse(args)
	}
	var b strings.Builder
	for i, a := range args {
		switch {
		case a.op == termNegative && i == 0:
			b.WriteString(s.bare(a))
		case a.op == termNegative:
			b.WriteString(s.pad(s.minus()) + s.write(a.args[0], rankProduct))
		case i > 0:
			b.WriteString(s.pad("+") + s.write(a, rankProduct))
		default:
			b.WriteString(s.write(a, rankProduct))
		}
	}
	return b.String()
}

func (s script) product(t *term) string {
	args := slices.Clone(t.args)
	if s.backward {
		slices.Reverse(args)
	}
	sign := s.choose(` \cdot `, "×", "*")
	if s.spaced && !s.tex {
		sign = " " + sign + " "
	}
	var b strings.Builder
	for i, a := range args {
		text := s.write(a, rankPower)
		if a.op == termNegative || a.op == termQuotient && !s.tex {
			text = s.group(s.bare(a))
		}
		touching := i > 0 && (text[0] >= '0' && text[0] <= '9' || args[i-1].op == termNumber && a.op == termPower && a.args[0].op == termNumber)
		if s.spoken {
			touching, sign = touching || i > 0 && a.op == termNumber, " times "
		}
		if i > 0 && (s.stars || s.backward || touching) {
			b.WriteString(sign)
		} else if i > 0 && (s.tex || s.loose || s.spoken) {
			b.WriteString(" ")
		}
		b.WriteString(text)
	}
	return b.String()
}

func (s script) quotient(t *term) string {
	if s.decimals {
		if v, ok := t.rational(); ok {
			if text, ok := decimalText(new(big.Rat).Abs(v)); ok {
				return s.pick(v.Sign() < 0, s.minus(), "") + text
			}
		}
	}
	if s.tex {
		return texFraction(s.argument(t.args[0]), s.argument(t.args[1]))
	}
	top, bottom := s.write(t.args[0], rankPower), s.write(t.args[1], rankAtom)
	if t.args[1].op == termRoot && !s.unicode || t.args[1].op == termPower {
		bottom = s.group(s.bare(t.args[1]))
	}
	return top + s.pad(s.choose("", "÷", "/")) + bottom
}

// texFraction keeps a space between the command and a letter.
func texFraction(top, bottom string) string {
	if top[0] >= 'A' && top[0] <= 'z' && top[0] != '{' && top[0] != '\\' {
		top = " " + top
	}
	return `\frac` + top + bottom
}

func (s script) powerOf(base, exponent *term) string {
	text := s.write(base, rankAtom)
	if base.op == termRoot || base.op == termQuotient {
		text = s.group(s.bare(base))
	}
	if s.tex {
		return text + "^" + s.argument(exponent)
	}
	if n := exponent; s.spoken && n.op == termNumber && n.rat.IsInt() {
		switch n.rat.Num().Int64() {
		case 2:
			return text + " squared"
		case 3:
			return text + " cubed"
		}
	}
	if n := exponent; s.unicode && n.op == termNumber && n.rat.IsInt() && n.rat.Sign() >= 0 {
		var b strings.Builder
		for _, d := range n.rat.Num().String() {
			b.WriteRune(superscriptDigits[d-'0'])
		}
		return text + b.String()
	}
	power := s.power
	if power == "" {
		power = "^"
	}
	return text + power + s.write(exponent, rankAtom)
}

func (s script) root(t *term) string {
	index := t.args[1]
	square := index.op == termNumber && index.rat.Cmp(big.NewRat(2, 1)) == 0
	inner := s.bare(t.args[0])
	switch {
	case s.tex && square:
		return `\sqrt{` + inner + `}`
	case s.tex:
		return `\sqrt[` + s.bare(index) + `]{` + inner + `}`
	case s.powers || !square && !s.unicode:
		return "(" + s.write(t.args[0], rankAtom) + ")^(1/" + s.write(index, rankAtom) + ")"
	case square && s.unicode:
		return "√(" + inner + ")"
	case square:
		return "sqrt(" + inner + ")"
	case index.op == termNumber && index.rat.Cmp(big.NewRat(3, 1)) == 0:
		return "∛(" + inner + ")"
	}
	return "(" + inner + ")^(1/" + s.write(index, rankAtom) + ")"
}

// claims writes a whole answer.
func (s script) claims(all []claim, joint string) string {
	parts := make([]string, len(all))
	for i, c := range all {
		parts[i] = s.claim(c)
	}
	return strings.Join(parts, joint)
}

func (s script) claim(c claim) string {
	text := s.bare(c.sides[0])
	for i, rel := range c.relations {
		text += s.pad(s.relation(rel)) + s.bare(c.sides[i+1])
	}
	return text
}

func (s script) relation(rel string) string {
	names := map[string][3]string{
		"≤": {` \le `, "≤", "<="}, "≥": {` \ge `, "≥", ">="}, "≠": {` \ne `, "≠", "!="},
	}
	if n, ok := names[rel]; ok {
		return s.choose(n[0], n[1], n[2])
	}
	return rel
}

var smallWords = []string{
	"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
	"fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
}

var tensWords = []string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}

// spellNumber writes a whole number below 100 in size in English words.
func spellNumber(r *big.Rat) (string, bool) {
	if !r.IsInt() || !r.Num().IsInt64() {
		return "", false
	}
	n := r.Num().Int64()
	sign := ""
	if n < 0 {
		sign, n = "minus ", -n
	}
	switch {
	case n < 20:
		return sign + smallWords[n], true
	case n < 100 && n%10 == 0:
		return sign + tensWords[n/10], true
	case n < 100:
		return sign + tensWords[n/10] + "-" + smallWords[n%10], true
	}
	return "", false
}

var partWords = map[int64]string{2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth"}

// spellFraction writes a proper fraction with a denominator up to ten.
func spellFraction(r *big.Rat) (string, bool) {
	size := new(big.Rat).Abs(r)
	if r.IsInt() || !r.Denom().IsInt64() || size.Cmp(big.NewRat(1, 1)) > 0 {
		return "", false
	}
	part, ok := partWords[r.Denom().Int64()]
	n := size.Num().Int64()
	text := smallWords[n%20] + " " + part
	if n > 1 {
		text += "s"
	}
	return either(r.Sign() < 0, "minus ", "") + text, ok && n < 20
}

// groupThousands writes a whole number with commas.
func groupThousands(n *big.Int) string {
	text := new(big.Int).Abs(n).String()
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if n.Sign() < 0 {
		text = "-" + text
	}
	return text
}

// scientific writes a number other than zero as m × 10^e with one digit before
// the point.
func scientific(r *big.Rat, format string) (string, bool) {
	ten := big.NewRat(10, 1)
	m, e := new(big.Rat).Abs(r), 0
	if m.Sign() == 0 {
		return "", false
	}
	for ; m.Cmp(ten) >= 0 && e < 30; e++ {
		m.Quo(m, ten)
	}
	for ; m.Cmp(big.NewRat(1, 1)) < 0 && e > -30; e-- {
		m.Mul(m, ten)
	}
	text, ok := decimalText(m)
	if r.Sign() < 0 {
		text = "-" + text
	}
	return fmt.Sprintf(format, text, e), ok
}
