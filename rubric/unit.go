package rubric

import (
	"maps"
	"math/big"
	"regexp"
	"strings"
	"unicode"
)

type unitState int

const (
	unitNone    unitState = iota // none asked for
	unitPresent                  // the right one, or one of the same dimension
	unitMissing
	unitWrong
)

// unit is a product of powers of base units. Two units of the same dimensions
// convert by the ratio of their factors, exactly.
type unit struct {
	dimensions map[string]int
	factor     *big.Rat
}

func (u unit) same(v unit) bool { return maps.Equal(u.dimensions, v.dimensions) }

func (u unit) times(v unit, power int) unit {
	out := unit{maps.Clone(u.dimensions), new(big.Rat).Set(u.factor)}
	for name, e := range v.dimensions {
		if out.dimensions[name] += e * power; out.dimensions[name] == 0 {
			delete(out.dimensions, name)
		}
	}
	f := v.factor
	if power < 0 {
		f, power = new(big.Rat).Inv(f), -power
	}
	for range power {
		out.factor.Mul(out.factor, f)
	}
	return out
}

func noUnit() unit { return unit{map[string]int{}, big.NewRat(1, 1)} }

// readUnit reads a unit at the start of folded text, "km/h", "square feet",
// "m s^-2", and returns how many code points it takes, 0 for none.
func readUnit(in []rune) (unit, int) {
	total, end, sign := noUnit(), 0, 1
	for i := 0; ; {
		u, n := readFactor(in[i:])
		if n == 0 {
			return total, end
		}
		total = total.times(u, sign)
		i += n
		end = i
		joint, n := readJoint(in[i:])
		if n == 0 {
			return total, end
		}
		if joint == '/' {
			sign = -1
		}
		i += n
	}
}

// readJoint reads what stands between two factors of a unit.
func readJoint(in []rune) (rune, int) {
	i := spaces(in)
	switch {
	case i < len(in) && (in[i] == '/' || in[i] == '·' || in[i] == '⋅' || in[i] == '*'):
		return in[i], i + 1 + spaces(in[i+1:])
	case i > 0 && (hasPrefix(in[i:], "per ") || hasPrefix(in[i:], "por ")):
		return '/', i + 4
	}
	return 0, 0
}

func spaces(in []rune) int {
	i := 0
	for i < len(in) && isSpace(in[i]) {
		i++
	}
	return i
}

func hasPrefix(in []rune, s string) bool {
	p := []rune(s)
	return len(in) >= len(p) && string(in[:len(p)]) == s
}

var powerWords = map[string]int{"square ": 2, "sq ": 2, "sq. ": 2, "cubic ": 3, "cu ": 3}

// readFactor reads one base unit with its power.
func readFactor(in []rune) (unit, int) {
	start, power := 0, 1
	for word, p := range powerWords {
		if hasPrefix(in, word) {
			start, power = len(word), p
		}
	}
	n := longestName(in[start:])
	if n == 0 {
		return unit{}, 0
	}
	name := string(in[start : start+n])
	var u unit
	if compound, ok := compoundNames[name]; ok {
		u, _ = readUnit([]rune(compound))
	} else {
		base := baseUnits[unitByName[name]]
		dimension := base.dimension
		if dimension == "" { // stands for itself alone
			dimension = base.names[0]
		}
		u = unit{map[string]int{dimension: 1}, base.factor()}
	}
	end := start + n
	if p, n := readPower(in[end:]); n > 0 {
		power, end = p, end+n
	}
	return noUnit().times(u, power), end
}

// longestName returns the length of the longest name of a unit that ends where
// a word may.
func longestName(in []rune) int {
	for n := min(len(in), longestUnit); n > 0; n-- {
		if isLetter(in[n-1]) && n < len(in) && isLetter(in[n]) {
			continue
		}
		name := string(in[:n])
		if _, ok := unitByName[name]; ok {
			return n
		}
		if _, ok := compoundNames[name]; ok {
			return n
		}
	}
	return 0
}

var unitPower = regexp.MustCompile(`^ *(?:(²|³)|\^ *\{? *(-?[1-9]) *\}?|( squared| cubed| cuadrados?| cubicos?))`)

func readPower(in []rune) (int, int) {
	text := string(in[:min(len(in), 24)])
	m := unitPower.FindStringSubmatch(text)
	if m == nil {
		return 0, 0
	}
	n := len([]rune(m[0]))
	switch {
	case m[1] == "²", strings.HasPrefix(m[3], " squared"), strings.HasPrefix(m[3], " cuad"):
		return 2, n
	case m[1] == "³", m[3] != "":
		return 3, n
	case m[2][0] == '-':
		return -int(m[2][1] - '0'), n
	}
	return int(m[2][0] - '0'), n
}

// authored reads a whole unit as an author writes it.
func authored(name string) (unit, bool) {
	in := foldRunes([]rune(strings.TrimSpace(strings.TrimPrefix(name, `\`))))
	u, n := readUnit(in)
	return u, n > 0 && n == len(in)
}

// foldRunes folds code point by code point, so that places stay.
func foldRunes(in []rune) []rune {
	out := make([]rune, len(in))
	for i, r := range in {
		out[i] = r
		if folded := []rune(foldText(string(r))); len(folded) == 1 {
			out[i] = folded[0]
		}
	}
	return out
}

var setUnit = regexp.MustCompile(`\\(?:text|mathrm|textrm|mbox|operatorname|rm)\{([^{}]*)\}`)

// plainUnits takes the commands of TeX off that set a unit upright, keeping
// the places of everything else.
func plainUnits(text string) string {
	return setUnit.ReplaceAllStringFunc(text, func(s string) string {
		open := strings.IndexByte(s, '{')
		return strings.Repeat(" ", open+1) + s[open+1:len(s)-1] + " "
	})
}

// maskUnit is measure without the ratio.
func maskUnit(text, name string) (string, unitState) {
	masked, state, _ := measure(text, name)
	return masked, state
}

// measure blanks the unit where it follows or precedes a number, so that "5 m"
// is not five times m. Places in code points stay as they were. The ratio is
// what a number in the text is to be multiplied by to be in the asked unit.
func measure(text, name string) (string, unitState, *big.Rat) {
	ratio := big.NewRat(1, 1)
	if name == "" {
		return text, unitNone, ratio
	}
	runes := []rune(plainUnits(text))
	folded := foldRunes(runes)
	own, known := authored(name)
	state := unitMissing
	for i := 0; i < len(runes); i++ {
		length, u := unitAt(folded, i, name, known)
		if length == 0 {
			continue
		}
		if known && u.same(own) {
			ratio = new(big.Rat).Quo(u.factor, own.factor)
		} else if u.factor != nil {
			if state == unitMissing && afterDigit(folded, i) && (length > 1 || !isLetter(runes[i])) {
				state = unitWrong
			}
			continue
		}
		for j := i; j < i+length; j++ {
			runes[j] = ' '
		}
		state = unitPresent
	}
	return string(runes), state, ratio
}

// unitAt returns the length of a unit that stands at i beside a number, 0 for
// none: a unit of the table, or the author's own word, which has no factor.
func unitAt(folded []rune, i int, name string, known bool) (int, unit) {
	if !known {
		if n := namedAt(folded, i, plurals(name)); n > 0 {
			return n, unit{}
		}
	}
	if i > 0 && isLetter(folded[i]) && isLetter(folded[i-1]) {
		return 0, unit{}
	}
	u, n := readUnit(folded[i:])
	if n == 0 || !besideNumber(folded, i, i+n) {
		return 0, unit{}
	}
	return n, u
}

func afterDigit(runes []rune, i int) bool {
	for i--; i >= 0 && isSpace(runes[i]); i-- {
	}
	return i >= 0 && unicode.IsNumber(runes[i])
}

// plurals are the ways to write a unit that is in no table.
func plurals(name string) []string {
	name = foldText(name)
	return []string{name, name + "s", strings.TrimSuffix(name, "s")}
}

// namedAt returns the length of a name that stands at i beside a number, 0 for
// none.
func namedAt(folded []rune, i int, names []string) int {
	best := 0
	for _, name := range names {
		n := len([]rune(name))
		if n <= best || !hasPrefix(folded[i:], name) {
			continue
		}
		inWord := i+n < len(folded) && isLetter(folded[i+n]) || i > 0 && isLetter(folded[i-1])
		if isLetter(folded[i]) && inWord || !besideNumber(folded, i, i+n) {
			continue
		}
		best = n
	}
	return best
}

// besideNumber reports a number before start, or after end for a currency
// sign, with nothing but spaces between. Words of three letters and more may
// follow a spelled-out number, so they need none.
func besideNumber(runes []rune, start, end int) bool {
	if end-start >= 3 && isLetter(runes[start]) && isLetter(runes[start+1]) {
		return true
	}
	i := start - 1
	for i >= 0 && (isSpace(runes[i]) || runes[i] == '$' || runes[i] == '\\' || runes[i] == ',' && i > 0 && runes[i-1] == '\\') {
		i--
	}
	if i >= 0 && (unicode.IsNumber(runes[i]) || runes[i] == '}' || runes[i] == ')' || runes[i] == 'π') {
		return true
	}
	j := end
	for j < len(runes) && isSpace(runes[j]) {
		j++
	}
	return !isLetter(runes[start]) && j < len(runes) && (unicode.IsDigit(runes[j]) || runes[j] == '.')
}
