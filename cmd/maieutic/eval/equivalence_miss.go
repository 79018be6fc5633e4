package eval

import (
	"math"
	"math/big"
	"slices"
)

// misses writes answers that are wrong by one slip. A slip counts only when
// the generator's own arithmetic finds another value.
func misses(all []claim, reference string) []rendering {
	r := newRendered(reference)
	for i, c := range all {
		for j, side := range c.sides {
			for _, m := range slips(side) {
				changed := slices.Clone(all)
				changed[i] = claim{slices.Clone(c.sides), c.relations}
				changed[i].sides[j] = m.term
				if differ(all, changed) {
					r.wrong(m.rule, changed)
				}
			}
		}
		for j, rel := range c.relations {
			if rel == "=" {
				continue
			}
			for _, other := range []string{"<", "≤", ">", "≥"} {
				changed := slices.Clone(all)
				changed[i] = claim{c.sides, slices.Clone(c.relations)}
				changed[i].relations[j] = other
				if other != rel {
					r.wrong("another relation", changed)
				}
			}
		}
	}
	if len(all) > 1 {
		r.wrong("one of the list dropped", all[1:])
		r.wrong("one of the list dropped", all[:len(all)-1])
	} else if v, ok := all[0].sides[0].rational(); ok && len(all[0].sides) == 1 {
		other := numberTerm(new(big.Rat).Add(v, big.NewRat(2, 1)))
		r.wrong("two values offered", []claim{all[0], {sides: []*term{other}}})
		r.add("two values offered", script{}.claims([]claim{all[0], {sides: []*term{other}}}, " or "))
		r.rounded(v)
	}
	return r.all
}

// rounded writes a number that has no finite decimal with two places.
func (r *rendered) rounded(v *big.Rat) {
	if text := v.FloatString(2); text != "0.00" {
		if back, ok := new(big.Rat).SetString(text); ok && back.Cmp(v) != 0 {
			r.add("rounded", text)
		}
	}
}

func (r *rendered) wrong(rule string, all []claim) {
	r.add(rule, script{}.claims(all, ", "))
	r.add(rule+" in TeX", script{tex: true}.claims(all, ", "))
}

type slip struct {
	rule string
	term *term
}

// slips changes an expression at one place each.
func slips(t *term) []slip {
	out := []slip{{"sign", negated(t)}}
	if t.op == termTuple {
		out = nil
		if len(t.args) == 2 && !t.infinite() {
			out = append(out, slip{"coordinates swapped", &term{op: termTuple, name: t.name, args: []*term{t.args[1], t.args[0]}}})
		}
		if t.infinite() {
			out = append(out, bracketSlips(t)...)
		}
	}
	inside(t, func(u *term, put func(*term) *term) {
		switch u.op {
		case termNumber:
			one := big.NewRat(1, 1)
			out = append(out, slip{"off by one", put(numberTerm(new(big.Rat).Add(u.rat, one)))})
			out = append(out, slip{"decimal point moved", put(numberTerm(new(big.Rat).Mul(u.rat, big.NewRat(10, 1))))})
			if turned, ok := turnedDigits(u.rat); ok {
				out = append(out, slip{"digits turned", put(numberTerm(turned))})
			}
			if less := new(big.Rat).Sub(u.rat, one); less.Sign() > 0 {
				out = append(out, slip{"off by one", put(numberTerm(less))})
			}
		case termSum:
			for i := range u.args {
				rest := slices.Delete(slices.Clone(u.args), i, i+1)
				out = append(out, slip{"term dropped", put(joinTerms(termSum, rest))})
				turned := slices.Clone(u.args)
				turned[i] = negated(turned[i])
				out = append(out, slip{"sign of a term", put(makeTerm(termSum, turned...))})
			}
		case termQuotient:
			out = append(out, slip{"numerator and denominator swapped", put(makeTerm(termQuotient, u.args[1], u.args[0]))})
		case termProduct:
			for i := range u.args {
				rest := slices.Delete(slices.Clone(u.args), i, i+1)
				out = append(out, slip{"factor dropped", put(joinTerms(termProduct, rest))})
			}
		case termPower:
			out = append(out, slip{"exponent dropped", put(u.args[0])})
		case termRoot:
			out = append(out, slip{"root dropped", put(u.args[0])})
		}
	})
	return out
}

// turnedDigits swaps the last two digits of a whole number.
func turnedDigits(r *big.Rat) (*big.Rat, bool) {
	text := []byte(r.Num().String())
	n := len(text)
	if !r.IsInt() || n < 2 || text[n-2] == '-' || text[n-1] == text[n-2] {
		return nil, false
	}
	text[n-1], text[n-2] = text[n-2], text[n-1]
	return new(big.Rat).SetString(string(text))
}

// bracketSlips closes the open end of an interval, or opens the closed one.
func bracketSlips(t *term) []slip {
	var out []slip
	names := []rune(t.name)
	for i, a := range t.args {
		if a.infinite() {
			continue
		}
		other := slices.Clone(names)
		other[i] = map[rune]rune{'(': '[', '[': '(', ')': ']', ']': ')'}[names[i]]
		out = append(out, slip{"the other bracket", &term{op: termTuple, name: string(other), args: t.args}})
	}
	return out
}

func negated(t *term) *term {
	if t.op == termNegative {
		return t.args[0]
	}
	return makeTerm(termNegative, t)
}

// inside visits every part of an expression with a function that returns the
// expression with that part replaced.
func inside(t *term, visit func(u *term, put func(*term) *term)) {
	walkInside(t, func(n *term) *term { return n }, visit)
}

func walkInside(t *term, put func(*term) *term, visit func(u *term, put func(*term) *term)) {
	visit(t, put)
	for i, a := range t.args {
		walkInside(a, func(n *term) *term {
			c := *t
			c.args = slices.Clone(t.args)
			c.args[i] = n
			return put(&c)
		}, visit)
	}
}

// differ reports that two answers of the same shape have another meaning: some
// value differs, and for an equation the zeros of the difference of its sides.
func differ(a, b []claim) bool {
	return !sameList(a, b) || !sameList(b, a)
}

// sameList reports that every item of a has its like among those of b.
func sameList(a, b []claim) bool {
	for _, c := range a {
		if !slices.ContainsFunc(b, func(d claim) bool { return sameClaim(c, d) }) {
			return false
		}
	}
	return true
}

func sameClaim(a, b claim) bool {
	switch {
	case len(a.sides) != len(b.sides):
		return false
	case len(a.sides) == 1:
		return sameTerm(a.sides[0], b.sides[0])
	case len(a.sides) > 2:
		return slices.EqualFunc(a.sides, b.sides, sameTerm)
	}
	var ratio float64
	for k := range points {
		x, y := a.sides[0].at(k)-a.sides[1].at(k), b.sides[0].at(k)-b.sides[1].at(k)
		if math.IsNaN(x) || math.IsNaN(y) {
			return true // cannot tell: no near-miss
		}
		if k > 0 && !near(x/y, ratio) {
			return false
		}
		ratio = x / y
	}
	return true
}

// sameTerm errs on the side of "same", for then no near-miss is made.
func sameTerm(a, b *term) bool {
	if a.op == termTuple || b.op == termTuple {
		return a.op == b.op && a.name == b.name && slices.EqualFunc(a.args, b.args, sameTerm)
	}
	if a.op == termEither && b.op == termEither {
		return sameTerm(a.args[0], b.args[0]) && (sameTerm(a.args[1], b.args[1]) || sameTerm(a.args[1], negated(b.args[1])))
	}
	for k := range points {
		x, y := a.at(k), b.at(k)
		switch {
		case math.IsInf(x, 0) || math.IsInf(y, 0):
			if x != y {
				return false
			}
		case math.IsNaN(x) != math.IsNaN(y):
			return false
		case !math.IsNaN(x) && !near(x, y):
			return false
		}
	}
	return true
}

func near(x, y float64) bool { return math.Abs(x-y) <= 1e-7*(math.Abs(x)+math.Abs(y)) }
