package eval

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"maieutic/tutor"
)

// rendering is another way to write an answer, and the rule that made it.
type rendering struct{ rule, text string }

// rendered collects renderings that differ from the reference and each other.
type rendered struct {
	seen map[string]bool
	all  []rendering
}

func newRendered(reference ...string) *rendered {
	r := &rendered{seen: map[string]bool{}}
	for _, text := range reference {
		r.seen[text] = true
	}
	return r
}

func (r *rendered) add(rule, text string) {
	if text != "" && !r.seen[text] {
		r.seen[text] = true
		r.all = append(r.all, rendering{rule, text})
	}
}

// scripts are the ways to write any expression.
var scripts = []struct {
	rule string
	script
}{
	{"typed", script{}},
	{"TeX", script{tex: true}},
	{"spaces", script{spaced: true}},
	{"Unicode signs", script{unicode: true, spaced: true}},
	{"all signs", script{stars: true, power: "**"}},
	{"opposite order", script{backward: true, spaced: true}},
	{"opposite order in TeX", script{backward: true, tex: true}},
	{"decimals", script{decimals: true}},
	{"roots as powers", script{powers: true}},
	{"TeX without braces", script{tex: true, bare1: true}},
	{"loose spaces", script{spaced: true, loose: true}},
	{"spoken", script{spoken: true, spaced: true}},
}

// render writes an exact answer in other ways: in every script, then by rules
// that keep its meaning.
func render(a tutor.Answer, all []claim) []rendering {
	r := newRendered(a.Value)
	joints := []string{", "}
	if len(all) > 1 {
		joints = []string{", ", ",", " and ", " or "}
	}
	for _, s := range scripts {
		for _, joint := range joints {
			r.add(s.rule, s.claims(all, joint))
		}
	}
	plain := scripts[0].claims(all, ", ")
	r.add("dollars", "$"+scripts[1].claims(all, ", ")+"$")
	r.add("a sentence", "I think it is "+plain)
	r.add("a full stop", "the answer is "+plain+".")
	if len(all) > 1 {
		r.list(a, all)
		return r.all
	}
	c := all[0]
	switch {
	case len(c.sides) > 1:
		r.relations(c)
	case c.sides[0].op == termTuple:
		r.tuple(c.sides[0])
	default:
		r.expression(a, c.sides[0])
	}
	return r.all
}

func (r *rendered) expression(a tutor.Answer, t *term) {
	if v, ok := t.rational(); ok {
		r.number(a, v)
	} else {
		r.polynomial(t)
	}
	if a.Variable != "" {
		r.add("named", a.Variable+" = "+script{}.bare(t))
		r.add("named on the right", script{}.bare(t)+" = "+a.Variable)
		return
	}
	if name := freeLetter(t); len(t.variables()) > 0 {
		r.add("named", name+" = "+script{}.bare(t))
	}
}

// list writes several answers in another order, as a set, and with the unknown
// named once.
func (r *rendered) list(a tutor.Answer, all []claim) {
	backward := slices.Clone(all)
	slices.Reverse(backward)
	r.add("list in the opposite order", script{}.claims(backward, ", "))
	r.add("semicolons", script{}.claims(all, "; "))
	var values []claim
	name := a.Variable
	for _, c := range all {
		if len(c.sides) == 2 && c.relations[0] == "=" && c.sides[0].op == termVariable && (name == "" || name == c.sides[0].name) {
			name = c.sides[0].name
			c = claim{sides: c.sides[1:]}
		}
		values = append(values, c)
	}
	if slices.ContainsFunc(values, func(c claim) bool { return len(c.sides) > 1 || c.sides[0].op == termTuple }) {
		return
	}
	r.add("a set", "{"+script{}.claims(values, ", ")+"}")
	r.add("a set in TeX", `\left\{`+script{tex: true}.claims(values, ",")+`\right\}`)
	if name != "" {
		r.add("named once", name+" = "+script{}.claims(values, ", "))
		r.add("named once with or", name+" = "+script{}.claims(values, " or "))
	}
}

// freeLetter is a letter that is not in an expression.
func freeLetter(t *term) string {
	used := t.variables()
	for _, name := range []string{"P", "A", "S", "V"} {
		if !used[name] && !used[strings.ToLower(name)] {
			return name
		}
	}
	return "Q"
}

// number writes a rational number in other ways. Reduced fractions are also
// written unreduced where no form is asked for.
func (r *rendered) number(a tutor.Answer, v *big.Rat) {
	if words, ok := spellFraction(v); ok {
		r.add("words", words)
	}
	if words, ok := spellNumber(v); ok {
		r.add("words", words)
		r.add("words in a sentence", "I think it's "+words)
	}
	if text, ok := decimalText(v); ok {
		r.add("decimal", text)
		if rest, ok := strings.CutPrefix(strings.TrimPrefix(text, "-"), "0."); ok {
			r.add("decimal without a zero", either(v.Sign() < 0, "-.", ".")+rest)
		}
		r.add("decimal with a zero more", strings.TrimSuffix(text+either(v.IsInt(), ".0", "0"), "."))
		percent := new(big.Rat).Mul(v, big.NewRat(100, 1))
		if text, ok := decimalText(percent); ok && !v.IsInt() {
			r.add("percent", text+"%")
		}
		if text, ok := scientific(v, "%s*10^%d"); ok {
			r.add("scientific", text)
		}
		if text, ok := scientific(v, `%s\times10^{%d}`); ok {
			r.add("scientific in TeX", text)
		}
		if text, ok := scientific(v, "%sE%d"); ok {
			r.add("scientific with E", text)
		}
	}
	if v.IsInt() {
		if new(big.Int).Abs(v.Num()).Cmp(big.NewInt(1000)) >= 0 {
			r.add("thousands", groupThousands(v.Num()))
		}
		return
	}
	r.fraction(a, v)
}

// fraction writes a number that is not whole with its sign in every place, not
// reduced, and mixed.
func (r *rendered) fraction(a tutor.Answer, v *big.Rat) {
	top, bottom := new(big.Int).Abs(v.Num()), v.Denom()
	sign := either(v.Sign() < 0, "-", "")
	r.add("sign before the fraction", fmt.Sprintf("%s(%s/%s)", sign, top, bottom))
	r.add("sign before the fraction in TeX", fmt.Sprintf(`%s\frac{%s}{%s}`, sign, top, bottom))
	if v.Sign() < 0 {
		r.add("sign in the denominator", fmt.Sprintf("%s/-%s", top, bottom))
	}
	if a.Form == "" {
		three := big.NewInt(3)
		r.add("unreduced", fmt.Sprintf("%s%s/%s", sign, new(big.Int).Mul(top, three), new(big.Int).Mul(bottom, three)))
	}
	if whole, rest := new(big.Int).QuoRem(top, bottom, new(big.Int)); whole.Sign() > 0 {
		r.add("mixed", fmt.Sprintf("%s%s %s/%s", sign, whole, rest, bottom))
		r.add("mixed in TeX", fmt.Sprintf(`%s%s\frac{%s}{%s}`, sign, whole, rest, bottom))
	}
}

func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// polynomial multiplies out what can be, and multiplies quotients through.
func (r *rendered) polynomial(t *term) {
	if p, ok := expandTerm(t); ok {
		r.add("multiplied out", script{}.bare(p.term(nil)))
		r.add("multiplied out in TeX", script{tex: true}.bare(p.term(nil)))
		r.add("twice the half", script{}.bare(makeTerm(termQuotient, p.term(big.NewRat(2, 1)), wholeTerm(2))))
		r.add("a factor taken out", script{}.bare(makeTerm(termProduct, wholeTerm(2), p.term(big.NewRat(1, 2)))))
		r.add("minus the opposite", script{}.bare(makeTerm(termNegative, p.term(big.NewRat(-1, 1)))))
		return
	}
	r.radicals(t)
	if t.op == termQuotient {
		r.add("a negative power", script{}.bare(makeTerm(termProduct, t.args[0], makeTerm(termPower, t.args[1], wholeTerm(-1)))))
		r.add("split at the sum", script{}.bare(splitQuotient(t)))
		top, ok := expandTerm(t.args[0])
		bottom, ok2 := expandTerm(t.args[1])
		if ok && ok2 {
			for _, k := range []int64{2, -1} {
				q := makeTerm(termQuotient, top.term(big.NewRat(k, 1)), bottom.term(big.NewRat(k, 1)))
				r.add(fmt.Sprintf("multiplied through by %d", k), script{}.bare(q))
				r.add(fmt.Sprintf("multiplied through by %d in TeX", k), script{tex: true}.bare(q))
			}
			return
		}
	}
	doubled := makeTerm(termQuotient, makeTerm(termProduct, wholeTerm(2), t), wholeTerm(2))
	r.add("twice the half", script{stars: true}.bare(doubled))
	r.add("twice the half in TeX", script{tex: true, stars: true}.bare(doubled))
}

// splitQuotient divides every term of a sum by itself.
func splitQuotient(t *term) *term {
	if t.args[0].op != termSum {
		return t
	}
	parts := make([]*term, len(t.args[0].args))
	for i, a := range t.args[0].args {
		parts[i] = makeTerm(termQuotient, a, t.args[1])
		if a.op == termNegative {
			parts[i] = makeTerm(termNegative, makeTerm(termQuotient, a.args[0], t.args[1]))
		}
	}
	return makeTerm(termSum, parts...)
}

// radicals takes whole factors under their square root.
func (r *rendered) radicals(t *term) {
	inside(t, func(u *term, put func(*term) *term) {
		if u.op != termProduct || u.args[0].op != termNumber || !u.args[0].rat.IsInt() || u.args[0].rat.Sign() <= 0 {
			return
		}
		last := u.args[len(u.args)-1]
		if last.op != termRoot || len(u.args) != 2 || last.args[1].rat.Cmp(big.NewRat(2, 1)) != 0 {
			return
		}
		square := new(big.Rat).Mul(u.args[0].rat, u.args[0].rat)
		whole := makeTerm(termProduct, numberTerm(square), last.args[0])
		if n := last.args[0]; n.op == termNumber {
			whole = numberTerm(square.Mul(square, n.rat))
		}
		under := put(makeTerm(termRoot, whole, wholeTerm(2)))
		r.add("under one root", script{}.bare(under))
		r.add("under one root in TeX", script{tex: true}.bare(under))
	})
}

func (r *rendered) tuple(t *term) {
	s := script{}
	switch {
	case t.name == "()" && !t.infinite() && len(t.args) == 2:
		r.add("coordinates", "x = "+s.bare(t.args[0])+", y = "+s.bare(t.args[1]))
		r.add("coordinates with and", "x="+s.bare(t.args[0])+" and y="+s.bare(t.args[1]))
	case len(t.args) == 2 && t.name[0] != '{':
		r.add("inequality", boundsText(t, "<=", "<"))
		r.add("inequality with Unicode signs", boundsText(t, "≤", "<"))
		r.add("inequality in TeX", boundsText(t, `\le `, "<"))
	}
}

func (t *term) infinite() bool {
	found := false
	t.visit(func(u *term) { found = found || u.op == termInfinity })
	return found
}

// boundsText writes an interval as an inequality for x.
func boundsText(t *term, closed, open string) string {
	s := script{}
	low, high := t.args[0], t.args[1]
	left := either(t.name[0] == '[', closed, open)
	right := either(t.name[1] == ']', closed, open)
	switch {
	case low.infinite() && high.infinite():
		return "all real numbers"
	case low.infinite():
		return "x " + right + " " + s.bare(high)
	case high.infinite():
		return s.bare(low) + " " + left + " x"
	}
	return s.bare(low) + left + "x" + right + s.bare(high)
}

var opposite = map[string]string{"=": "=", "<": ">", ">": "<", "≤": "≥", "≥": "≤", "≠": "≠"}

// relations swaps the sides of an equation or inequality, brings it to one
// side, multiplies it through, and writes a bound as an interval.
func (r *rendered) relations(c claim) {
	backward := claim{sides: slices.Clone(c.sides), relations: slices.Clone(c.relations)}
	slices.Reverse(backward.sides)
	slices.Reverse(backward.relations)
	for i, rel := range backward.relations {
		backward.relations[i] = opposite[rel]
	}
	r.add("sides swapped", script{}.claim(backward))
	r.add("sides swapped in TeX", script{tex: true}.claim(backward))
	if len(c.sides) != 2 {
		return
	}
	left, right := c.sides[0], c.sides[1]
	zero := claim{[]*term{makeTerm(termSum, left, makeTerm(termNegative, right)), wholeTerm(0)}, c.relations}
	r.add("brought to one side", script{}.claim(zero))
	tripled := claim{[]*term{times(3, left), times(3, right)}, c.relations}
	r.add("multiplied through by 3", script{stars: true}.claim(tripled))
	flipped := claim{[]*term{times(-1, left), times(-1, right)}, []string{opposite[c.relations[0]]}}
	r.add("multiplied through by -1", script{stars: true}.claim(flipped))
	if left.op == termVariable && len(right.variables()) == 0 {
		r.add("interval", intervalText(right, c.relations[0]))
	}
}

func times(k int64, t *term) *term {
	if k == -1 {
		return makeTerm(termNegative, t)
	}
	return makeTerm(termProduct, wholeTerm(k), t)
}

func intervalText(bound *term, rel string) string {
	at := script{}.bare(bound)
	switch rel {
	case "<":
		return "(-∞, " + at + ")"
	case "≤":
		return "(-∞, " + at + "]"
	case ">":
		return "(" + at + ", ∞)"
	case "≥":
		return "[" + at + ", ∞)"
	}
	return ""
}
