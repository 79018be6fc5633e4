package rubric

import (
	"regexp"
	"strings"

	"maieutic/rubric/algebra"
	"maieutic/tutor"
)

// Verdict is what a comparison with an exact answer found. Start and End are
// the code points of the part of the text that was taken for the answer, both
// 0 when none was.
type Verdict struct {
	Equal      bool
	Parsed     bool // an answer was found and could be compared
	Note       string
	Start, End int
}

// Match looks for an answer in an English text and compares it with a. See
// MatchIn.
func Match(a tutor.Answer, choices []string, text string) Verdict {
	return MatchIn("en", a, choices, text)
}

// Equal reports whether a text states the answer, and whether it could be read
// as one at all.
func Equal(a tutor.Answer, text string) (equal, parsed bool) {
	v := Match(a, nil, text)
	return v.Equal, v.Parsed
}

// MatchIn looks for the answer in a text, a bare answer or a sentence around
// one, and compares it with a by value. The language decides how numbers are
// spelled and whether a comma is a decimal comma; authored answers always use
// a decimal point. A text that offers several answers is not equal to one of
// them, one that corrects itself counts by its last word.
func MatchIn(language string, a tutor.Answer, choices []string, text string) Verdict {
	switch a.Kind {
	case tutor.AnswerChoice:
		return matchChoice(language, a, choices, text)
	case tutor.AnswerText:
		if implied, _, ok := impliedUnit(a); ok {
			if v := bestReading(language, implied, text); v.Equal && v.Note != NoteMissingUnit {
				return v
			}
		}
		if v, ok := matchFormula(language, a, text); ok {
			return v
		}
		return matchText(language, a, text)
	}
	best := bestReading(language, a, text)
	if implied, long, ok := impliedUnit(a); ok && !best.Equal {
		v := bestReading(language, implied, text)
		if v.Equal && (long || v.Note != NoteMissingUnit) {
			return v
		}
	}
	return best
}

// bestReading returns the verdict of the first reading that is right, else of
// the first that says most.
func bestReading(language string, a tutor.Answer, text string) Verdict {
	var first Verdict
	for i, v := range matchReadings(language, a, text) {
		if v.Equal {
			return v
		}
		if i == 0 || !first.Parsed && v.Parsed || first.Note == "" && v.Parsed {
			first = v
		}
	}
	return first
}

// matchReadings judges the text under every way to read its digits and against
// every authored answer, the most natural reading first.
func matchReadings(language string, a tutor.Answer, text string) []Verdict {
	var all []Verdict
	masked, unit, ratio := measure(text, a.Unit)
	for _, ref := range references(a) {
		ref = ref.scaled(ratio)
		ref.costly = new(bool)
		for _, o := range readings(language, masked, ref.variables) {
			v := ref.match(masked, o)
			if v.Equal && unit == unitMissing {
				v.Note = NoteMissingUnit
			}
			if unit == unitWrong {
				v.Equal, v.Note = false, NoteWrongUnit
			}
			all = append(all, v)
			if v.Note == NoteTooLong || *ref.costly {
				return all // other readings cost no less
			}
		}
	}
	if len(all) == 0 {
		all = append(all, Verdict{Note: NoteUnparsed})
	}
	return all
}

// readings returns the ways to read a text. Where a comma or point stands
// between digits there is more than one, and where factors stand together
// behind a slash: "1/2x" is x/2 by the order of operations and 1/(2x) by the
// way it looks. A learner is given the benefit of either; an author's answer
// is read by the order of operations.
func readings(language, text string, variables []string) []algebra.Options {
	out := digitReadings(language, text, variables)
	if slash.MatchString(text) {
		tight := out[0]
		tight.Juxtaposition = true
		out = append(out, tight)
	}
	return out
}

// slash finds a division by factors that may stand together.
var slash = regexp.MustCompile(`[/÷∕⁄].*[\pL(√]`)

// digitReadings returns the ways to read the digits of a text.
func digitReadings(language, text string, variables []string) []algebra.Options {
	base := algebra.Options{Language: language, Variables: variables}
	comma := decimalComma(language)
	base.DecimalComma = comma
	out := []algebra.Options{base}
	if !ambiguous(text) {
		return out
	}
	list := base
	list.NoThousands, list.DecimalComma = true, false
	out = append(out, list)
	if comma {
		plain := base
		plain.NoThousands = true
		english := base
		english.DecimalComma = false
		out = append(out, plain, english)
	}
	return out
}

// ambiguous reports a comma or point between digits.
func ambiguous(text string) bool {
	for i := 1; i+1 < len(text); i++ {
		if (text[i] == ',' || text[i] == '.') && isDigit(text[i-1]) && isDigit(text[i+1]) {
			return true
		}
	}
	return false
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// decimalComma lists the languages that write three and a half as 3,5. Mexico
// and most of Central America write 3.5, which is read too.
func decimalComma(language string) bool {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	switch primary {
	case "es", "fr", "de", "it", "pt", "nl", "ru", "uk", "pl", "cs", "sk", "hu", "ro", "bg", "sr", "hr", "sl",
		"sv", "nb", "nn", "no", "da", "fi", "el", "tr", "id", "vi", "ca", "eu", "gl", "lt", "lv", "et":
		return true
	}
	return false
}

// match finds the answer in the text and judges it.
func (ref reference) match(text string, o algebra.Options) Verdict {
	found, err := algebra.Scan(text, o)
	if err != nil {
		return Verdict{Note: NoteTooLong}
	}
	chosen, several := ref.choose(text, found)
	if chosen == nil {
		return Verdict{Note: NoteUnparsed}
	}
	v := Verdict{Start: chosen.Start, End: chosen.End}
	if several {
		v.Parsed, v.Note = true, NoteSeveral
		return v
	}
	if equal, ok := algebra.EqualSets(chosen.Statement, ref.statement); ok && equal {
		v.Equal, v.Parsed = true, true
		return v
	}
	v.Equal, v.Note, err = ref.judge(ref.coordinates(chosen.Statement))
	if err != nil {
		return Verdict{Note: NoteTooLong}
	}
	v.Parsed = true
	return v
}
