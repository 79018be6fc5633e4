package rubric

import (
	"math/big"
	"regexp"
	"strings"

	"maieutic/rubric/algebra"
	"maieutic/tutor"
)

// languagesOf guesses the language of a text from its small words: one when
// they tell, every listed one when they do not.
func languagesOf(text string) []string {
	counts := map[string]int{}
	for _, field := range strings.Fields(foldText(text)) {
		field = strings.Trim(field, ".,;:!?¿¡()$")
		for _, language := range []string{"en", "es"} {
			l := lexicons[language]
			if l.function[field] || l.negation[field] {
				counts[language]++
			}
		}
	}
	switch {
	case counts["en"] > counts["es"]:
		return []string{"en"}
	case counts["es"] > counts["en"]:
		return []string{"es"}
	}
	return []string{"en", "es"}
}

// reveal checks sentences against one reference.
type reveal struct {
	reference
	options  algebra.Options
	standing map[string]bool // forms in the given texts
	answered map[string]bool // forms in which a given text answers
}

func newReveal(ref reference, language string, given []string) reveal {
	r := reveal{
		reference: ref, standing: map[string]bool{}, answered: map[string]bool{},
		options: algebra.Options{Language: language, DecimalComma: decimalComma(language), Variables: ref.variables},
	}
	for _, text := range given {
		found, err := algebra.Scan(text, r.options)
		if err != nil {
			continue
		}
		for _, f := range found {
			for _, it := range f.Statement.Items {
				r.standing[writeItem(it)] = true
				for _, side := range it.Sides {
					side.Walk(func(n *algebra.Node) { r.standing[n.Write()] = true })
				}
			}
		}
		chosen, several := ref.choose(text, found)
		if chosen == nil || several || !offered(text, chosen) {
			continue
		}
		if equal, _, err := ref.judge(chosen.Statement); err == nil && equal {
			last := chosen.Statement.Items[len(chosen.Statement.Items)-1]
			r.answered[writeItem(last)] = true
			for _, side := range last.Sides {
				r.answered[side.Write()] = true
			}
		}
	}
	return r
}

// offered tells "I think it's 12" from a task that holds a 12: the piece is
// announced, an equation, or all there is.
func offered(text string, f *algebra.Found) bool {
	runes := []rune(text)
	last := f.Statement.Items[len(f.Statement.Items)-1]
	return len(last.Sides) > 1 || f.End-f.Start >= len(runes)-4 || markers.MatchString(foldText(string(runes[:f.Start])))
}

func writeItem(it algebra.Item) string {
	parts := make([]string, 0, 2*len(it.Sides))
	for i, side := range it.Sides {
		if i > 0 {
			parts = append(parts, it.Relations[i-1])
		}
		parts = append(parts, side.Write())
	}
	return strings.Join(parts, " ")
}

// declares announces that what follows is the answer.
var declares = regexp.MustCompile(
	`\b(answer|solution|result|respuesta|solucion|resultado)\b[^.!?]{0,20}\b(is|be|was|es|sera|=)\W*$|\b(you|we|it) (get|gets|have|obtain)\W*$|\b(gives|giving|da|obtienes|queda)\W*$|=\s*$`)

// states reports whether some piece of mathematics in the sentence is the
// answer.
func (r reveal) states(sentence string) bool {
	masked, _ := maskUnit(sentence, r.answer.Unit)
	found, err := algebra.Scan(masked, r.options)
	if err != nil {
		return true // what cannot be checked is not let through
	}
	runes := []rune(masked)
	last := 0
	for _, f := range found {
		gap := foldText(string(runes[last:f.Start]))
		after := foldText(string(runes[f.End:]))
		last = f.End
		declared := declares.MatchString(gap)
		if f.Spelled && !declared && !markers.MatchString(gap) && determiner(f, after) {
			continue
		}
		if r.stated(f.Statement, declared) {
			return true
		}
	}
	return false
}

// determiner reports a number word that only counts or points: "two terms",
// "which one".
func determiner(f algebra.Found, after string) bool {
	v, ok := algebra.Rational(f.Statement.Items[0].Sides[0])
	if !ok || !v.IsInt() || v.Cmp(big.NewRat(12, 1)) > 0 {
		return false
	}
	after = strings.TrimLeft(after, " ")
	return v.Cmp(big.NewRat(1, 1)) == 0 || after != "" && isLetter([]rune(after)[0])
}

func (r reveal) stated(s algebra.Statement, declared bool) bool {
	want := r.statement.Items
	if len(want) > 1 {
		equal, err := algebra.Equal(algebra.Statement{Items: r.bare(s.Items)}, algebra.Statement{Items: r.bare(want)})
		return err == nil && equal && !r.standing[writeItem(s.Items[len(s.Items)-1])]
	}
	for _, it := range s.Items {
		if r.statedItem(it, want[0], declared) {
			return true
		}
	}
	return false
}

func (r reveal) statedItem(it, want algebra.Item, declared bool) bool {
	if len(want.Sides) > 1 && len(it.Sides) > 1 {
		if same, err := algebra.EqualItems(it, want); err == nil && same && !r.excused(writeItem(it), true) {
			return true
		}
	}
	if len(want.Sides) > 1 && want.Relations[0] != "=" {
		return false
	}
	if len(want.Sides) > 1 && (len(want.Variables()) > 1 || want.Sides[0].Op != algebra.OpVariable) {
		return false // an equation that is not solved is stated as a whole
	}
	target := want.Sides[len(want.Sides)-1]
	unknown := r.unknown()
	named := false
	for _, side := range it.Sides {
		named = named || isVariable(side, unknown)
		if unknown != "" && len(it.Sides) > 1 && side.Op == algebra.OpVariable && side.Name != unknown && !mentions(target, side.Name) {
			return false // another item's unknown
		}
	}
	// In "2x - 4 = 8" the 8 is part of a task; in "3 + 5 = 8" it is a result.
	result := len(it.Sides) > 1 && algebra.Identity(it)
	if len(it.Sides) > 1 && !named && !result && len(it.Variables()) > 0 {
		return false
	}
	for _, side := range it.Sides {
		if r.is(side, target) && !r.excused(side.Write(), declared || named || result) {
			return true
		}
	}
	return false
}

// excused reports a form that may be repeated.
func (r reveal) excused(form string, declared bool) bool {
	if r.answered[form] {
		return true
	}
	return !declared && r.standing[form]
}

// is reports whether an expression, as it is written, is the answer. For a
// number that is a number, not a calculation that leads to it.
func (r reveal) is(n, target *algebra.Node) bool {
	if len(target.Variables()) == 0 && calculation(n) && !calculation(target) {
		return false
	}
	if !algebra.HasForm(n, r.answer.Form, target) {
		return false // 6/8 is not yet the 3/4 that is asked for
	}
	equal, err := algebra.EqualNodes(n, target)
	if err == nil && equal {
		return true
	}
	if r.answer.Tolerance == 0 {
		return false
	}
	a, okA := algebra.Float(n)
	b, okB := algebra.Float(target)
	return okA && okB && a-b <= r.answer.Tolerance && b-a <= r.answer.Tolerance
}

var (
	signWords     = regexp.MustCompile(`\b(negative|minus|below zero|negativo|negativa|menos|bajo cero)\b`)
	fractionWords = regexp.MustCompile(`\b(numerator|denominator|over|out of|fraction|top|bottom|numerador|denominador|fraccion|entre|sobre|arriba|abajo)\b`)
)

// splits reports an answer told in parts: the size and the sign, the numerator
// and the denominator, or all terms of a sum.
func (r reveal) splits(sentence string) bool {
	if len(r.statement.Items) != 1 {
		return false
	}
	sides := r.statement.Items[0].Sides
	target := sides[len(sides)-1]
	said := r.literals(sentence)
	folded := foldText(sentence)
	if v, ok := algebra.Rational(target); ok && len(target.Variables()) == 0 {
		return r.splitsNumber(v, said, folded)
	}
	terms := target.Addends()
	if len(terms) < 2 || len(sides) > 1 {
		return false
	}
	news := 0
	for _, t := range terms {
		hit := ""
		for form, n := range said {
			if same, err := algebra.EqualNodes(n, t); err == nil && same {
				hit = form
			}
		}
		if hit == "" {
			return false
		}
		if !r.standing[hit] {
			news++
		}
	}
	return news > 0
}

func (r reveal) splitsNumber(v *big.Rat, said map[string]*algebra.Node, folded string) bool {
	holds := func(x *big.Rat) (bool, bool) {
		form := x.RatString()
		_, ok := said[form]
		return ok, r.standing[form]
	}
	if v.Sign() < 0 {
		size := new(big.Rat).Neg(v)
		there, standing := holds(size)
		if there && signWords.MatchString(folded) && (!standing || adjacent(folded, size.RatString())) {
			return true
		}
	}
	if v.IsInt() || !fractionWords.MatchString(folded) {
		return false
	}
	top, topStands := holds(new(big.Rat).SetInt(new(big.Int).Abs(v.Num())))
	bottom, bottomStands := holds(new(big.Rat).SetInt(v.Denom()))
	return top && bottom && !(topStands && bottomStands)
}

// adjacent reports a sign word within a few words of a number.
func adjacent(folded, number string) bool {
	pattern := `\b` + regexp.QuoteMeta(number) + `\W+(\w+\W+){0,2}(negative|negativo|negativa|minus sign|below zero)\b`
	ok, err := regexp.MatchString(pattern, folded)
	return err != nil || ok
}

// literals returns the sides of all pieces of a sentence that leave
// nothing to work out, by form.
func (r reveal) literals(sentence string) map[string]*algebra.Node {
	out := map[string]*algebra.Node{}
	found, err := algebra.Scan(sentence, r.options)
	if err != nil {
		return out
	}
	for _, f := range found {
		for _, it := range f.Statement.Items {
			for _, side := range it.Sides {
				if !calculation(side) && algebra.HasForm(side, algebra.FormSimplified, side) {
					out[side.Write()] = side
				}
			}
		}
	}
	return out
}

var (
	spacedLetters = regexp.MustCompile(`\b[A-Za-z](?:[ .\-][A-Za-z]){2,}\b`)
	spacedDigits  = regexp.MustCompile(`\b\d(?:[ .\-]\d)+\b`)
	notLetters    = regexp.MustCompile(`[^A-Za-z]`)
	notDigits     = regexp.MustCompile(`\D`)
)

// joinLetters puts "f-o-u-r" together, at the end so that nothing is lost.
func joinLetters(sentence string) string {
	for _, run := range spacedLetters.FindAllString(sentence, 8) {
		sentence += " . " + notLetters.ReplaceAllString(run, "")
	}
	return sentence
}

// revealsDigits finds a whole number told digit by digit: "1 2" or "1-2".
func revealsDigits(sentence string, a tutor.Answer, given []string) bool {
	for _, run := range spacedDigits.FindAllString(sentence, 8) {
		digits := notDigits.ReplaceAllString(run, "")
		if equal, _ := Equal(a, digits); !equal {
			continue
		}
		stands := false
		for _, g := range given {
			stands = stands || strings.Contains(g, run)
		}
		if !stands {
			return true
		}
	}
	return false
}

// revealsWords finds an answer in words, or the choice it is.
func revealsWords(sentence string, a tutor.Answer, given []string) bool {
	padded := " " + choiceWords(sentence) + " "
	for _, value := range append([]string{a.Value}, a.Accept...) {
		words := choiceWords(value)
		if words == "" {
			continue
		}
		at := strings.Index(padded, " "+words+" ")
		if at < 0 {
			continue
		}
		if declares.MatchString(padded[:at+1]) || !standsIn(words, given) {
			return true
		}
	}
	return false
}

func standsIn(words string, given []string) bool {
	for _, g := range given {
		if strings.Contains(" "+choiceWords(g)+" ", " "+words+" ") {
			return true
		}
	}
	return false
}
