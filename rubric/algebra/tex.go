package algebra

import (
	"strings"
	"unicode"
)

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
	"cup": {tokSeparator, "∪"}, "lor": {tokSeparator, "or"}, "land": {tokSeparator, "and"}, "cap": {tokSeparator, "and"},
	"in": {tokRelation, "∈"}, "over": {tokOperator, "over"}, "degree": {tokOperator, "°"}, "varnothing": {tokNone, "solution"}, "emptyset": {tokNone, "solution"},
	"alpha": {tokVariable, "α"}, "beta": {tokVariable, "β"}, "theta": {tokVariable, "θ"}, "lambda": {tokVariable, "λ"},
	"gamma": {tokVariable, "γ"}, "omega": {tokVariable, "ω"}, "phi": {tokVariable, "φ"}, "mu": {tokVariable, "μ"},
}

// settings are the TeX commands that change nothing but the looks.
var settings = map[string]bool{
	"left": true, "right": true, "big": true, "Big": true, "bigl": true, "bigr": true, "displaystyle": true, "textstyle": true,
	"quad": true, "qquad": true, ",": true, ";": true, ":": true, "!": true, " ": true, "(": true, ")": true,
	"[": true, "]": true, "$": true, "text": true, "mathrm": true, "mathbf": true, "textbf": true, "operatorname": true,
	"limits": true, "mathit": true, "mbox": true, "textrm": true, "Bigl": true, "Bigr": true, "bigg": true, "Bigg": true,
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
		l.unwrapWords()
		return
	}
	if f, ok := functionNames[name]; ok && name != "sqrt" {
		l.emit(tokFunction, f, start)
		return
	}
	if name == "mathbb" && strings.HasPrefix(string(l.in[l.at:min(l.at+3, len(l.in))]), "{R}") {
		l.at += 3
		l.emit(tokNone, "real", start)
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

// unwrapWords takes the braces off \text{ or }: words are set in them, and no
// group of mathematics.
func (l *lexer) unwrapWords() {
	if l.peek(0) != '{' {
		return
	}
	end, letters := l.at+1, 0
	for ; end < len(l.in) && l.in[end] != '}'; end++ {
		switch {
		case unicode.IsLetter(l.in[end]):
			letters++
		case !unicode.IsSpace(l.in[end]):
			return
		}
	}
	if end < len(l.in) && letters > 1 {
		l.in[l.at], l.in[end] = ' ', ' '
	}
}
