package rubric

import "math/big"

// baseUnit is a unit of school tasks: its dimension, what one of it is in the
// first unit of that dimension, and the ways to write it, folded. A unit with
// the dimension "" converts into nothing.
type baseUnit struct {
	dimension string
	num, den  int64
	names     []string
}

func (u baseUnit) factor() *big.Rat { return big.NewRat(u.num, u.den) }

var baseUnits = []baseUnit{
	{"", 1, 1, []string{"%", "percent", "per cent", "por ciento", "بالمئة", "بالمائة"}},
	{"length", 1, 1, []string{"m", "metre", "metres", "meter", "meters", "metro", "metros", "متر"}},
	{"length", 1, 1000, []string{"mm", "millimetre", "millimetres", "millimeter", "millimeters", "milimetro", "milimetros", "مم"}},
	{"length", 1, 100, []string{"cm", "centimetre", "centimetres", "centimeter", "centimeters", "centimetro", "centimetros", "سم"}},
	{"length", 1, 10, []string{"dm", "decimetre", "decimetres", "decimeter", "decimeters", "decimetro", "decimetros"}},
	{"length", 1000, 1, []string{"km", "kilometre", "kilometres", "kilometer", "kilometers", "kilometro", "kilometros", "كم"}},
	{"length", 254, 10000, []string{"in", "inch", "inches", "pulgada", "pulgadas"}},
	{"length", 3048, 10000, []string{"ft", "foot", "feet", "pie", "pies"}},
	{"length", 9144, 10000, []string{"yd", "yard", "yards", "yarda", "yardas"}},
	{"length", 1609344, 1000, []string{"mi", "mile", "miles", "milla", "millas"}},
	{"mass", 1, 1, []string{"g", "gram", "grams", "gramo", "gramos", "غرام"}},
	{"mass", 1, 1000, []string{"mg", "milligram", "milligrams", "miligramo", "miligramos"}},
	{"mass", 1000, 1, []string{"kg", "kilogram", "kilograms", "kilo", "kilos", "kilogramo", "kilogramos", "كجم", "كغ"}},
	{"mass", 1000000, 1, []string{"t", "tonne", "tonnes", "metric ton", "metric tons", "tonelada", "toneladas"}},
	{"mass", 45359237, 100000, []string{"lb", "lbs", "pound", "pounds", "libra", "libras"}},
	{"mass", 45359237, 1600000, []string{"oz", "ounce", "ounces", "onza", "onzas"}},
	{"time", 1, 1, []string{"s", "sec", "secs", "second", "seconds", "segundo", "segundos", "ثانية"}},
	{"time", 1, 1000, []string{"ms", "millisecond", "milliseconds", "milisegundos"}},
	{"time", 60, 1, []string{"min", "mins", "minute", "minutes", "minuto", "minutos", "دقيقة"}},
	{"time", 3600, 1, []string{"h", "hr", "hrs", "hour", "hours", "hora", "horas", "ساعة"}},
	{"time", 86400, 1, []string{"day", "days", "dia", "dias", "يوم"}},
	{"time", 604800, 1, []string{"week", "weeks", "semana", "semanas"}},
	{"years", 1, 1, []string{"year", "years", "yr", "yrs", "ano", "anos", "سنة"}},
	{"years", 1, 12, []string{"month", "months", "mes", "meses"}},
	{"potential", 1, 1, []string{"v", "volt", "volts", "voltio", "voltios"}},
	{"potential", 1, 1000, []string{"mv", "millivolt", "millivolts"}},
	{"current", 1, 1, []string{"a", "amp", "amps", "ampere", "amperes", "amperio", "amperios"}},
	{"current", 1, 1000, []string{"ma", "milliamp", "milliamps", "milliampere", "milliamperes"}},
	{"resistance", 1, 1, []string{"ω", "ohm", "ohms", "ohmio", "ohmios"}},
	{"resistance", 1000, 1, []string{"kω", "kohm", "kilohm", "kilohms"}},
	{"power", 1, 1, []string{"w", "watt", "watts", "vatio", "vatios"}},
	{"power", 1000, 1, []string{"kw", "kilowatt", "kilowatts", "kilovatio", "kilovatios"}},
	{"energy", 1, 1, []string{"j", "joule", "joules", "julio", "julios"}},
	{"energy", 1000, 1, []string{"kj", "kilojoule", "kilojoules"}},
	{"force", 1, 1, []string{"n", "newton", "newtons"}},
	{"volume", 1, 1, []string{"l", "litre", "litres", "liter", "liters", "litro", "litros", "لتر"}},
	{"volume", 1, 1000, []string{"ml", "millilitre", "millilitres", "milliliter", "milliliters", "mililitro", "mililitros"}},
	{"gallons", 1, 1, []string{"gal", "gallon", "gallons", "galon", "galones"}},
	{"gallons", 1, 4, []string{"qt", "quart", "quarts"}},
	{"gallons", 1, 8, []string{"pt", "pint", "pints"}},
	{"dollars", 1, 1, []string{"$", "dollar", "dollars", "usd", "dolar", "dolares", "دولار"}},
	{"dollars", 1, 100, []string{"¢", "cent", "cents", "centavo", "centavos"}},
	{"euros", 1, 1, []string{"€", "euro", "euros", "eur"}},
	{"pounds", 1, 1, []string{"£", "gbp"}},
	{"angle", 1, 1, []string{"°", "deg", "degree", "degrees", "grado", "grados", "درجة"}},
	{"", 1, 1, []string{"°c", "c", "degrees celsius", "grados celsius", "celsius"}},
	{"", 1, 1, []string{"°f", "f", "degrees fahrenheit", "grados fahrenheit", "fahrenheit"}},
}

// compoundNames are spelled-out or shortened quotients.
var compoundNames = map[string]string{
	"mph": "mi/h", "kmh": "km/h", "kph": "km/h", "fps": "ft/s",
}

// unitByName finds a base unit by any way to write it, folded.
var unitByName = func() map[string]int {
	index := map[string]int{}
	for i, u := range baseUnits {
		for _, name := range u.names {
			index[name] = i
		}
	}
	return index
}()

// longestUnit is the length of the longest name, in code points.
var longestUnit = func() int {
	n := 0
	for name := range unitByName {
		n = max(n, len([]rune(name)))
	}
	return n
}()
