package rubric

import (
	"math/big"
	"regexp"
	"strings"

	"maieutic/rubric/algebra"
)

// factors are how many of the second unit make one of the first.
var factors = []struct {
	unit   *regexp.Regexp
	factor int64
}{
	{regexp.MustCompile(`^(dozens?|docenas?)\b`), 12}, {regexp.MustCompile(`^(pairs?|couples?|pares|parejas?)\b`), 2},
	{regexp.MustCompile(`^(hours?|hrs?|horas?)\b`), 60}, {regexp.MustCompile(`^(minutes?|mins?|minutos?)\b`), 60},
	{regexp.MustCompile(`^(days?|dias?)\b`), 24}, {regexp.MustCompile(`^(weeks?|semanas?)\b`), 7}, {regexp.MustCompile(`^(years?|anos?)\b`), 12},
	{regexp.MustCompile(`^(feet|foot|pies?)\b`), 12}, {regexp.MustCompile(`^(kilometers?|kilometres?|km|kilograms?|kg|kilos?|liters?|litres?)\b`), 1000},
	{regexp.MustCompile(`^(meters?|metres?|metros?|dollars?)\b`), 100},
}

// converts reports a number that is the answer in a larger unit and that the
// problem does not hold: "an hour and a half" for 90. Only what is called the
// result counts.
func (f *finder) converts(m mention, v *big.Rat) bool {
	if m.operand || f.known(m.value) || !calls.MatchString(m.before) && !equals.MatchString(m.before) {
		return false
	}
	after := strings.TrimLeft(m.after, " ")
	for _, unit := range factors {
		if !unit.unit.MatchString(after) {
			continue
		}
		smaller := new(big.Rat).Mul(m.value, big.NewRat(unit.factor, 1))
		if smaller.Cmp(v) == 0 {
			return true
		}
	}
	return false
}

// compounds are quantities in two units, with how many of the second make one of
// the first: "an hour and fifteen minutes" for 75.
var compounds = []struct {
	pattern *regexp.Regexp
	factor  int64
}{
	{regexp.MustCompile(`(\d+|[a-z-]+) (?:hours?|hrs?|horas?)(?:,| and| y)* (\d+|[a-z-]+(?: [a-z]+)?) (?:minutes?|mins?|minutos?)\b`), 60},
	{regexp.MustCompile(`(\d+|[a-z-]+) (?:minutes?|mins?|minutos?)(?:,| and| y)* (\d+|[a-z-]+(?: [a-z]+)?) (?:seconds?|secs?|segundos?)\b`), 60},
	{regexp.MustCompile(`(\d+|[a-z-]+) (?:dollars?|euros?)(?:,| and| y)* (\d+|[a-z-]+(?: [a-z]+)?) cents?\b`), 100},
	{regexp.MustCompile(`(\d+|[a-z-]+) (?:weeks?|semanas?)(?:,| and| y)* (\d+|[a-z-]+) (?:days?|dias?)\b`), 7},
	{regexp.MustCompile(`(\d+|[a-z-]+) (?:years?|anos?)(?:,| and| y)* (\d+|[a-z-]+) (?:months?|mes|meses)\b`), 12},
	{regexp.MustCompile(`(\d+|[a-z-]+) (?:feet|foot)(?:,| and)* (\d+|[a-z-]+) (?:inch|inches)\b`), 12},
}

// compound reports a quantity in two units that comes to the number, in the
// smaller unit or in the larger. The text is folded.
func (f *finder) compound(folded string, v *big.Rat) bool {
	for _, c := range compounds {
		for _, m := range c.pattern.FindAllStringSubmatch(folded, 4) {
			large, okL := f.read(m[1])
			small, okS := f.read(m[2])
			if !okL || !okS {
				continue
			}
			all := new(big.Rat).Mul(large, big.NewRat(c.factor, 1))
			all.Add(all, small)
			if all.Cmp(v) == 0 || new(big.Rat).Quo(all, big.NewRat(c.factor, 1)).Cmp(v) == 0 {
				return true
			}
		}
	}
	return false
}

// read returns the value of a number in digits or words; "an" is one.
func (f *finder) read(word string) (*big.Rat, bool) {
	if word == "a" || word == "an" || word == "una" || word == "un" {
		return big.NewRat(1, 1), true
	}
	s, err := algebra.Parse(word, f.options)
	if err != nil || len(s.Items) != 1 || len(s.Items[0].Sides) != 1 {
		return nil, false
	}
	return algebra.Rational(s.Items[0].Sides[0])
}

const aNumber = `\$?(-?\d+(?:\.\d+)?)`

var (
	between  = regexp.MustCompile(`\b(?:between|entre)\s+` + aNumber + `\s+(?:and|y)\s+` + aNumber)
	neighbor = regexp.MustCompile(`\b(one|1|two|2|uno|dos) (more|less|fewer|above|below|mas|menos) (?:than|que) ` + aNumber)
	after    = regexp.MustCompile(`\b(right|just|immediately|number|que va|justo) (?:that comes )?(after|before|despues de|antes de) ` + aNumber)
)

// pinned reports a description that fits one number alone: "the whole number
// between 17 and 19", "one more than 17", "half of 36". The text is folded.
func pinned(folded string, v *big.Rat) bool {
	number := func(s string) *big.Rat {
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			return new(big.Rat)
		}
		return r
	}
	step := func(by int64) *big.Rat { return big.NewRat(by, 1) }
	for _, m := range between.FindAllStringSubmatch(folded, 8) {
		low, high := number(m[1]), number(m[2])
		if new(big.Rat).Sub(high, low).Cmp(step(2)) == 0 && new(big.Rat).Add(low, step(1)).Cmp(v) == 0 {
			return true
		}
	}
	for _, m := range neighbor.FindAllStringSubmatch(folded, 8) {
		by := step(1)
		if strings.ContainsAny(m[1], "2tdw") {
			by = step(2)
		}
		if m[2] == "less" || m[2] == "fewer" || m[2] == "below" || m[2] == "menos" {
			by.Neg(by)
		}
		if by.Add(by, number(m[3])).Cmp(v) == 0 {
			return true
		}
	}
	for _, m := range after.FindAllStringSubmatch(folded, 8) {
		by := step(1)
		if m[2] == "before" || m[2] == "antes de" {
			by = step(-1)
		}
		if by.Add(by, number(m[3])).Cmp(v) == 0 {
			return true
		}
	}
	return false
}

var (
	leading  = regexp.MustCompile(`\b(?:starts? with|begins? with|first digit(?: is| of)?|leading digit(?: is)?|empieza (?:con|por)|primera cifra(?: es)?)(?: an?| the| digit)* (\w+)`)
	trailing = regexp.MustCompile(`\b(?:ends? (?:in|with)|last digit(?: is| of)?|ones digit(?: is)?|units digit(?: is)?|final digit(?: is)?|acaba en|termina en|ultima cifra(?: es)?)(?: an?| the| digit)* (\w+)`)
	tens     = regexp.MustCompile(`\b(?:tens digit(?: is)?|middle digit(?: is)?|cifra de las decenas(?: es)?)(?: an?| the)* (\w+)`)
)

// spread reports a whole number whose digits are told one by one, by this reply
// and by what the tutor said before. Both texts are folded.
func spread(before, folded string, v *big.Rat) bool {
	if !v.IsInt() || v.Sign() < 0 {
		return false
	}
	digits := v.Num().String()
	if len(digits) < 2 || len(digits) > 3 {
		return false
	}
	told := map[int]bool{}
	adds := false
	look := func(text string, now bool) {
		for _, at := range []struct {
			place   int
			pattern *regexp.Regexp
		}{{0, leading}, {len(digits) - 1, trailing}, {len(digits) - 2, tens}} {
			for _, m := range at.pattern.FindAllStringSubmatch(text, 8) {
				if digitOf(m[1]) == digits[at.place:at.place+1] {
					adds = adds || now && !told[at.place]
					told[at.place] = true
				}
			}
		}
	}
	look(before, false)
	look(folded, true)
	return adds && len(told) == len(digits)
}

func digitOf(word string) string {
	if n := numberKey(word); n != "" {
		return n
	}
	return strings.TrimRight(word, ".,!")
}

// spelledOut finds a whole number told digit by digit: "1 2", "one eight".
func spelledOut(reply string, v *big.Rat) bool {
	if !v.IsInt() || v.Sign() < 0 || len(v.Num().String()) < 2 {
		return false
	}
	want := v.Num().String()
	for _, run := range digitRuns.FindAllString(foldText(reply), 8) {
		got := ""
		for _, word := range strings.FieldsFunc(run, func(r rune) bool { return r == ' ' || r == '-' }) {
			got += digitOf(word)
		}
		if got == want {
			return true
		}
	}
	return false
}

// digitRuns are digits with spaces between, or their names with spaces or
// hyphens.
var digitRuns = regexp.MustCompile(`\b\d( \d)+\b|\b(zero|one|two|three|four|five|six|seven|eight|nine)([ -](zero|one|two|three|four|five|six|seven|eight|nine))+\b`)
