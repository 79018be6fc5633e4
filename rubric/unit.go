package rubric

import "strings"

type unitState int

const (
	unitNone    unitState = iota // none asked for
	unitPresent                  // the right one
	unitMissing
	unitWrong
)

// unitNames lists ways to write the units of school tasks. A unit that is not
// here is known by the author's spelling and its plural.
var unitNames = [][]string{
	{"%", "percent", "per cent", "por ciento"},
	{"mm", "millimetre", "millimetres", "millimeter", "millimeters", "milimetros"},
	{"cm", "centimetre", "centimetres", "centimeter", "centimeters", "centimetro", "centimetros"},
	{"m", "metre", "metres", "meter", "meters", "metro", "metros"},
	{"km", "kilometre", "kilometres", "kilometer", "kilometers", "kilometro", "kilometros"},
	{"in", "inch", "inches", "pulgadas"}, {"ft", "foot", "feet", "pies"}, {"mi", "mile", "miles", "millas"},
	{"g", "gram", "grams", "gramo", "gramos"}, {"kg", "kilogram", "kilograms", "kilo", "kilos", "kilogramos"},
	{"s", "sec", "second", "seconds", "segundo", "segundos"}, {"min", "minute", "minutes", "minuto", "minutos"},
	{"h", "hr", "hour", "hours", "hora", "horas"}, {"day", "days", "dia", "dias"}, {"year", "years", "ano", "anos"},
	{"v", "volt", "volts", "voltio", "voltios"}, {"a", "amp", "amps", "ampere", "amperes", "amperio", "amperios"},
	{"ω", "ohm", "ohms", "ohmio", "ohmios"}, {"w", "watt", "watts", "vatio", "vatios"}, {"j", "joule", "joules", "julios"},
	{"l", "litre", "litres", "liter", "liters", "litro", "litros"}, {"ml", "millilitre", "millilitres", "milliliter", "milliliters"},
	{"$", "dollar", "dollars", "dolar", "dolares"}, {"€", "euro", "euros"}, {"cent", "cents", "centavo", "centavos"},
	{"°", "degree", "degrees", "grado", "grados"}, {"°c", "degrees celsius", "grados celsius"},
	{"mph", "miles per hour"}, {"km/h", "kmh", "kilometres per hour", "kilometers per hour"}, {"m/s", "metres per second", "meters per second"},
}

// spellings returns every way to write a unit, folded.
func spellings(unit string) []string {
	unit = foldText(unit)
	for _, names := range unitNames {
		for _, n := range names {
			if n == unit {
				return names
			}
		}
	}
	return []string{unit, unit + "s", strings.TrimSuffix(unit, "s")}
}

// maskUnit blanks the unit where it follows or precedes a number, so that "5 m"
// is not five times m. Offsets in code points stay as they were.
func maskUnit(text, unit string) (string, unitState) {
	if unit == "" {
		return text, unitNone
	}
	runes := []rune(text)
	own := spellings(unit)
	state := unitMissing
	for i := 0; i < len(runes); i++ {
		n := unitAt(runes, i, own)
		if n > 0 {
			for j := i; j < i+n; j++ {
				runes[j] = ' '
			}
			state = unitPresent
			continue
		}
		if state == unitMissing && otherUnit(runes, i, own) {
			state = unitWrong
		}
	}
	return string(runes), state
}

// unitAt returns the length of a unit's name that stands at i beside a number,
// 0 for none.
func unitAt(runes []rune, i int, names []string) int {
	best := 0
	for _, name := range names {
		n := len([]rune(name))
		if n == 0 || i+n > len(runes) || n <= best || foldText(string(runes[i:i+n])) != name {
			continue
		}
		letter := isLetter(runes[i])
		if letter && (i+n < len(runes) && isLetter(runes[i+n]) || i > 0 && isLetter(runes[i-1])) {
			continue
		}
		if besideNumber(runes, i, i+n) {
			best = n
		}
	}
	return best
}

// besideNumber reports a digit before start, or after end for a currency sign,
// with nothing but spaces between. Words of three letters and more may follow
// a spelled-out number, so they need none.
func besideNumber(runes []rune, start, end int) bool {
	if end-start >= 3 {
		return true
	}
	i := start - 1
	for i >= 0 && (isSpace(runes[i]) || runes[i] == '$' || runes[i] == '\\') {
		i--
	}
	if i >= 0 && (runes[i] >= '0' && runes[i] <= '9' || runes[i] == '}' || runes[i] == ')') {
		return true
	}
	j := end
	for j < len(runes) && isSpace(runes[j]) {
		j++
	}
	return !isLetter(runes[start]) && j < len(runes) && runes[j] >= '0' && runes[j] <= '9'
}

// otherUnit reports a different unit of the table right after a number.
func otherUnit(runes []rune, i int, own []string) bool {
	if i == 0 || !isLetter(runes[i]) || isLetter(runes[i-1]) {
		return false
	}
	k := i - 1
	for k >= 0 && isSpace(runes[k]) {
		k--
	}
	if k < 0 || runes[k] < '0' || runes[k] > '9' {
		return false
	}
	for _, names := range unitNames {
		if names[0] != own[0] && unitAt(runes, i, names) > 1 {
			return true
		}
	}
	return false
}
