package algebra

import "unicode"

// commands maps TeX commands to tokens. Commands that only set type, such as
// \left, are white space; unknown ones are words.
var commands = map[string]struct {
	kind tokenKind
	text string
}{
	"cdot": {tokOperator, "*"}, "times": {tokOperator, "*"}, "ast": {tokOperator, "*"}, "div": {tokOperator, "/"},
	"pm": {tokOperator, "±"}, "%": {tokOperator, "%"},
	"frac": {tokFunction, "frac"}, "dfrac": {tokFunction, "frac"}, "tfrac": {tokFunction, "frac"}, "cfrac": {tokFunction, "frac"},
	"sqrt": {tokFunction, "sqrt"}, "abs": {tokFunction, "abs"},
	"le": {tokRelation, "<="}, "leq": {tokRelation, "<="}, "leqslant": {tokRelation, "<="}, "lt": {tokRelation, "<"},
	"ge": {tokRelation, ">="}, "geq": {tokRelation, ">="}, "geqslant": {tokRelation, ">="}, "gt": {tokRelation, ">"},
	"ne": {tokRelation, "!="}, "neq": {tokRelation, "!="},
	"infty": {tokConstant, "inf"}, "pi": {tokConstant, "pi"},
	"{": {tokOpen, "{"}, "}": {tokClose, "}"}, "lbrace": {tokOpen, "{"}, "rbrace": {tokClose, "}"},
	"lvert": {tokBar, "|"}, "rvert": {tokBar, "|"}, "vert": {tokBar, "|"}, "mid": {tokBar, "|"}, "|": {tokBar, "|"},
	"cup": {tokSeparator, "∪"}, "varnothing": {tokNone, "solution"}, "emptyset": {tokNone, "solution"},
	"alpha": {tokVariable, "α"}, "beta": {tokVariable, "β"}, "theta": {tokVariable, "θ"},
}

// settings are the TeX commands that change nothing but the looks.
var settings = map[string]bool{
	"left": true, "right": true, "big": true, "Big": true, "bigl": true, "bigr": true, "displaystyle": true, "textstyle": true,
	"quad": true, "qquad": true, ",": true, ";": true, ":": true, "!": true, " ": true, "(": true, ")": true,
	"[": true, "]": true, "$": true, "text": true, "mathrm": true, "mathbf": true, "textbf": true, "operatorname": true,
	"limits": true, "circ": true,
}

func (l *lexer) command() {
	start := l.at
	l.at++
	if l.at == len(l.in) {
		l.spaced = true
		return
	}
	if unicode.IsLetter(l.in[l.at]) {
		for l.at < len(l.in) && l.in[l.at] < 128 && unicode.IsLetter(l.in[l.at]) {
			l.at++
		}
		if l.at == start+1 {
			l.at++
		}
	} else {
		l.at++
	}
	name := string(l.in[start+1 : l.at])
	if settings[name] {
		l.spaced = true
		return
	}
	if c, ok := commands[name]; ok {
		l.emit(c.kind, c.text, start)
		if c.text == "frac" {
			l.digits = 2
			l.skipDigitsUnlessBare()
		}
		return
	}
	l.emit(tokWord, `\`+name, start).folded = name
}

// skipDigitsUnlessBare takes back the one-digit reading of \frac when its
// arguments stand in braces.
func (l *lexer) skipDigitsUnlessBare() {
	i := l.at
	for i < len(l.in) && unicode.IsSpace(l.in[i]) {
		i++
	}
	if i >= len(l.in) || !isDigit(l.in[i]) {
		l.digits = 0
	}
}
