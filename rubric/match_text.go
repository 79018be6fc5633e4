package rubric

import (
	"regexp"
	"strings"

	"maieutic/rubric/algebra"
	"maieutic/tutor"
)

// matchFormula compares a text that states a formula, as some answers that are
// asked for letter by letter do, with one that is written otherwise: by value,
// a matrix by its entries, and what cannot be read as mathematics by its signs,
// spaces aside. ok is false when the texts have to be compared as words.
//
// A formula that can be read in two ways, "p(p-4)/2(p-9)", equals another one
// that is equal under one same reading of both.
func matchFormula(language string, a tutor.Answer, text string) (Verdict, bool) {
	length := len([]rune(text))
	if length == 0 || length > algebra.MaxLength {
		return Verdict{}, false
	}
	for _, value := range append([]string{a.Value}, a.Accept...) {
		if formulaEqual(language, value, text) {
			start := length - len([]rune(strings.TrimLeft(text, " \n\t")))
			return Verdict{Equal: true, Parsed: true, Start: start, End: len([]rune(strings.TrimRight(text, " \n\t")))}, true
		}
	}
	return Verdict{}, false
}

var (
	formulaSign = regexp.MustCompile(`[-−+*/^=(,&]|\\`)
	noneAtAll   = regexp.MustCompile(`(?i)^(none|never|nothing|ningun[oa]?|nunca)\W*$`)
)

func formulaEqual(language, value, text string) bool {
	value, text = strings.TrimSpace(value), strings.TrimSpace(text)
	if s, err := algebra.Parse(value, algebra.Options{Language: "en"}); err == nil && len(s.Items) == 1 && s.Items[0].Sides[0].Op == algebra.OpNone {
		return equalUnder(language, value, text, false) || s.Items[0].Sides[0].Name == "solution" && noneAtAll.MatchString(text)
	}
	if !formulaSign.MatchString(value) {
		return false
	}
	if m, ok := matrixOf(value); ok {
		other, ok := matrixOf(text)
		return ok && equalMatrices(language, m, other)
	}
	return equalUnder(language, value, text, false) || equalUnder(language, value, text, true) || squeeze(value) == squeeze(text)
}

// equalUnder compares two whole texts under one reading of both.
func equalUnder(language, value, text string, juxtaposition bool) bool {
	s, err := algebra.Parse(value, algebra.Options{Language: "en", Juxtaposition: juxtaposition})
	if err != nil {
		return false
	}
	for _, o := range digitReadings(language, text, nil) {
		o.Juxtaposition = juxtaposition
		other, err := algebra.Parse(text, o)
		if err != nil || len(other.Items) != len(s.Items) {
			continue
		}
		if equal, err := algebra.Equal(s, other); err == nil && equal && sameOrder(s, other) {
			return true
		}
	}
	return false
}

// sameOrder reports whether lists agree place by place: what is asked for
// letter by letter, the coordinates of a solution say, has an order.
func sameOrder(a, b algebra.Statement) bool {
	for i := range a.Items {
		if same, err := algebra.EqualItems(a.Items[i], b.Items[i]); err != nil || !same {
			return false
		}
	}
	return true
}

var (
	texMatrix  = regexp.MustCompile(`^\$*\\begin\{[bpvBV]?(?:matrix|array)\}(?:\{[lcr|]*\})?(.*)\\end\{[bpvBV]?(?:matrix|array)\}\$*$`)
	listMatrix = regexp.MustCompile(`^[\[({]\s*([\[({].*[\])}])\s*[\])}]$`)
	nextRow    = regexp.MustCompile(`[\])}]\s*[,;]?\s*[\[({]`)
)

// matrixOf reads the entries of a matrix, row by row: the environments of TeX,
// or a list of lists.
func matrixOf(s string) ([][]string, bool) {
	var rows []string
	separator := "&"
	s = strings.TrimSpace(s)
	if m := texMatrix.FindStringSubmatch(s); m != nil {
		rows = strings.Split(strings.TrimSuffix(strings.TrimSpace(m[1]), `\\`), `\\`)
	} else if m := listMatrix.FindStringSubmatch(s); m != nil {
		inner := strings.TrimSpace(m[1])
		rows, separator = nextRow.Split(inner[1:len(inner)-1], -1), ","
	} else {
		return nil, false
	}
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = strings.Split(row, separator)
	}
	return out, true
}

func equalMatrices(language string, a, b [][]string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for j := range a[i] {
			if !equalUnder(language, a[i][j], b[i][j], false) {
				return false
			}
		}
	}
	return true
}

var oneSpelling = strings.NewReplacer(" ", "", "\t", "", "\n", "", "\u00a0", "", "$", "", `\left`, "", `\right`, "",
	"−", "-", "–", "-", "**", "^", "×", "*", "·", "*", `\cdot`, "*", "²", "^2", "³", "^3", "÷", "/")

func squeeze(s string) string { return oneSpelling.Replace(s) }
