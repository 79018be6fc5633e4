package algebra

import (
	"math/big"
	"strings"
	"unicode"
)

type tokenKind uint8

const (
	tokNumber    tokenKind = iota // value
	tokVariable                   // text
	tokOperator                   // + - * / ^ % ±
	tokRelation                   // = < > <= >= !=
	tokOpen                       // ( [ {
	tokClose                      // ) ] }
	tokBar                        // |
	tokSeparator                  // "," ";" "∪" "and" "or"
	tokFunction                   // sqrt cbrt qdrt frac abs, and the names of functionNames
	tokSubscript                  // _ before the base of a logarithm
	tokConstant                   // pi e inf
	tokNone                       // no value
	tokWord                       // anything that is not mathematics
	tokStop                       // end of a sentence
)

// token is a piece of the input. start and end count code points.
type token struct {
	kind       tokenKind
	text       string
	folded     string // words only
	value      *big.Rat
	start, end int
	spaced     bool // white space before it
	spelled    bool // written in words
	sole       bool // digits only, no fraction part: may begin a mixed number
	letter     bool // a word of one letter that was not taken for a variable
}

// lexer cuts a text into tokens. It never fails: what it does not know is a
// word.
type lexer struct {
	in     []rune
	at     int
	opts   Options
	strict bool // the whole text is meant to be mathematics
	out    []token
	spaced bool
	digits int // how many digit arguments \frac still takes one by one
}

func lex(text string, o Options, strict bool) []token {
	l := &lexer{in: plainDigits([]rune(text), o), opts: o, strict: strict}
	for l.at < len(l.in) {
		l.next()
	}
	return resolveLetters(vocabularyFor(o.Language).merge(l.out), o, strict)
}

func (l *lexer) peek(offset int) rune {
	if l.at+offset < len(l.in) && l.at+offset >= 0 {
		return l.in[l.at+offset]
	}
	return 0
}

func (l *lexer) emit(kind tokenKind, text string, start int) *token {
	l.out = append(l.out, token{kind: kind, text: text, start: start, end: l.at, spaced: l.spaced})
	l.spaced = false
	return &l.out[len(l.out)-1]
}

func (l *lexer) next() {
	r := l.in[l.at]
	switch {
	case r == '\n' && !l.strict:
		l.at++
		l.emit(tokStop, "\n", l.at-1)
	case unicode.IsSpace(r) || r == '$' || r == '`' || r == '\u2061' || r == '€' || r == '£':
		l.at++
		l.spaced = true
	case r == '\\':
		l.command()
	case isDigit(r) || r == '.' && isDigit(l.peek(1)):
		l.number()
	case superscripts[r] != 0:
		l.superscript()
	case vulgar[r] != [2]int64{}:
		l.at++
		t := l.emit(tokNumber, string(r), l.at-1)
		t.value = big.NewRat(vulgar[r][0], vulgar[r][1])
	case unicode.IsLetter(r):
		l.word()
	case r == '^' && l.degree():
	case r == ':' && isDigit(l.peek(-1)) && isDigit(l.peek(1)): // a ratio, 4:3
		l.at++
		l.emit(tokOperator, "/", l.at-1)
	default:
		l.symbol(r)
	}
}

// degree reads the degree sign of TeX, ^\circ or ^{\circ}.
func (l *lexer) degree() bool {
	rest := string(l.in[l.at+1 : min(l.at+10, len(l.in))])
	trimmed := strings.TrimLeft(rest, " {")
	after, ok := strings.CutPrefix(trimmed, `\circ`)
	if !ok {
		return false
	}
	length := 1 + len([]rune(rest)) - len([]rune(after))
	if strings.Contains(rest[:len(rest)-len(trimmed)], "{") && strings.HasPrefix(after, "}") {
		length++
	}
	start := l.at
	l.at += length
	l.emit(tokOperator, "°", start)
	return true
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

var superscripts = map[rune]rune{
	'⁰': '0', '¹': '1', '²': '2', '³': '3', '⁴': '4', '⁵': '5', '⁶': '6', '⁷': '7', '⁸': '8', '⁹': '9', '⁻': '-',
}

var vulgar = map[rune][2]int64{
	'½': {1, 2}, '⅓': {1, 3}, '⅔': {2, 3}, '¼': {1, 4}, '¾': {3, 4}, '⅕': {1, 5}, '⅖': {2, 5}, '⅗': {3, 5},
	'⅘': {4, 5}, '⅙': {1, 6}, '⅚': {5, 6}, '⅛': {1, 8}, '⅜': {3, 8}, '⅝': {5, 8}, '⅞': {7, 8},
	'⅐': {1, 7}, '⅑': {1, 9}, '⅒': {1, 10},
}

// symbols maps single characters to what they mean.
var symbols = map[rune]struct {
	kind tokenKind
	text string
}{
	'+': {tokOperator, "+"}, '-': {tokOperator, "-"}, '−': {tokOperator, "-"}, '–': {tokOperator, "-"}, '—': {tokOperator, "-"},
	'*': {tokOperator, "*"}, '×': {tokOperator, "*"}, '·': {tokOperator, "*"}, '⋅': {tokOperator, "*"}, '∙': {tokOperator, "*"},
	'/': {tokOperator, "/"}, '÷': {tokOperator, "/"}, '⁄': {tokOperator, "/"}, '∕': {tokOperator, "/"},
	'^': {tokOperator, "^"}, '%': {tokOperator, "%"}, '±': {tokOperator, "±"}, '°': {tokOperator, "°"}, 'º': {tokOperator, "°"},
	'=': {tokRelation, "="}, '<': {tokRelation, "<"}, '>': {tokRelation, ">"},
	'≤': {tokRelation, "<="}, '≥': {tokRelation, ">="}, '≠': {tokRelation, "!="}, '∈': {tokRelation, "∈"},
	'⩽': {tokRelation, "<="}, '⩾': {tokRelation, ">="}, '≦': {tokRelation, "<="}, '≧': {tokRelation, ">="},
	'(': {tokOpen, "("}, '[': {tokOpen, "["}, '{': {tokOpen, "{"},
	')': {tokClose, ")"}, ']': {tokClose, "]"}, '}': {tokClose, "}"},
	'|': {tokBar, "|"}, ',': {tokSeparator, ","}, ';': {tokSeparator, ";"}, '∪': {tokSeparator, "∪"},
	'√': {tokFunction, "sqrt"}, '∛': {tokFunction, "cbrt"}, '∜': {tokFunction, "qdrt"},
	'∞': {tokConstant, "inf"}, 'π': {tokConstant, "pi"}, '𝜋': {tokConstant, "pi"},
	'∅': {tokNone, "solution"}, '⌀': {tokNone, "solution"}, 'ℝ': {tokNone, "real"}, '،': {tokSeparator, ","}, '؛': {tokSeparator, ";"},
	'∧': {tokSeparator, "and"}, '∨': {tokSeparator, "or"}, '∩': {tokSeparator, "and"}, '_': {tokSubscript, "_"},
	'.': {tokStop, "."}, '?': {tokStop, "?"}, '!': {tokStop, "!"}, ':': {tokStop, ":"},
}

func (l *lexer) symbol(r rune) {
	start := l.at
	l.at++
	pair := string(r) + string(l.peek(0))
	switch pair {
	case "**":
		l.at++
		l.emit(tokOperator, "^", start)
		return
	case "<=", "=<", ">=", "=>", "!=", "==":
		l.at++
		text := map[string]string{"=<": "<=", "=>": ">=", "==": "="}[pair]
		if text == "" {
			text = pair
		}
		l.emit(tokRelation, text, start)
		return
	case "->":
		l.at++
		l.emit(tokStop, pair, start)
		return
	}
	if s, ok := symbols[r]; ok {
		l.emit(s.kind, s.text, start)
		if r == '{' {
			l.digits = 0 // braces hold a whole argument
		}
		if n := digitRun(l.in[l.at:]); s.kind == tokSubscript && n > 1 && (l.at+n == len(l.in) || !strings.ContainsRune(` ({\`, l.in[l.at+n])) {
			l.digits = 1 // TeX takes one digit where nothing tells the base from the argument
		}
		return
	}
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
		return // joiners and marks change nothing
	}
	l.emit(tokWord, string(r), start)
}

// number reads digits with their separators. After \frac and without braces
// TeX takes one digit at a time.
func (l *lexer) number() {
	start := l.at
	if l.digits > 0 && isDigit(l.peek(0)) {
		l.digits--
		l.at++
		l.emitNumber(string(l.in[start:l.at]), start)
		return
	}
	end, text := scanNumber(l.in[start:], l.opts)
	l.at += end
	if l.repeating(text, start) {
		return
	}
	if e, exponent := scanExponent(l.in[l.at:]); e > 0 && !l.opts.knows("e") {
		l.at += e
		text += exponent
	}
	l.emitNumber(text, start)
}

func (l *lexer) emitNumber(text string, start int) {
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		l.emit(tokWord, text, start)
		return
	}
	t := l.emit(tokNumber, text, start)
	t.value = value
	t.sole = strings.IndexFunc(text, func(r rune) bool { return !isDigit(r) }) < 0
}

// scanExponent reads the "e-3" of 5.2e-3, three digits at most.
func scanExponent(in []rune) (int, string) {
	if len(in) < 2 || in[0] != 'e' && in[0] != 'E' {
		return 0, ""
	}
	i := 1
	if in[i] == '-' || in[i] == '+' {
		i++
	}
	first := i
	for i < len(in) && isDigit(in[i]) {
		i++
	}
	if i == first || i-first > 3 || i < len(in) && unicode.IsLetter(in[i]) {
		return 0, ""
	}
	return i, string(in[:i])
}

// scanNumber returns how many code points the number at the start of in takes
// and its text with separators removed and a decimal point.
func scanNumber(in []rune, o Options) (int, string) {
	point, group := '.', ','
	if o.DecimalComma {
		point, group = ',', '.'
	}
	i := digitRun(in)
	text := string(in[:i])
	if i > 0 && i <= 3 && in[0] != '0' && !o.NoThousands {
		for _, g := range []rune{group, '\u00a0', '\u202f', '\u2009', '\'', ' '} {
			n, grouped := scanGroups(in[i:], g)
			if g == ' ' && i+n < len(in) && (in[i+n] == '/' || in[i+n] == ' ' && i+n+1 < len(in) && isDigit(in[i+n+1])) {
				continue // a mixed number, or a list
			}
			if n > 0 {
				i += n
				text += grouped
				break
			}
		}
	}
	// In a language with a decimal comma the point is a decimal point too,
	// unless it separated thousands.
	marks := []rune{point}
	if o.DecimalComma && !strings.ContainsRune(string(in[:i]), '.') {
		marks = append(marks, '.')
	}
	for _, mark := range marks {
		if i < len(in) && in[i] == mark {
			if n := digitRun(in[i+1:]); n > 0 {
				return i + 1 + n, text + "." + string(in[i+1:i+1+n])
			}
		}
	}
	return i, text
}

func digitRun(in []rune) int {
	i := 0
	for i < len(in) && isDigit(in[i]) {
		i++
	}
	return i
}

// scanGroups reads one or more groups of exactly three digits.
func scanGroups(in []rune, mark rune) (int, string) {
	i, text := 0, ""
	for i < len(in) && in[i] == mark && digitRun(in[i+1:]) == 3 {
		text += string(in[i+1 : i+4])
		i += 4
	}
	return i, text
}

func (l *lexer) superscript() {
	start := l.at
	text := ""
	for l.at < len(l.in) && superscripts[l.in[l.at]] != 0 {
		text += string(superscripts[l.in[l.at]])
		l.at++
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		l.emit(tokWord, text, start)
		return
	}
	l.emit(tokOperator, "^", start)
	if value.Sign() < 0 {
		l.emit(tokOperator, "-", start)
	}
	t := l.emit(tokNumber, text, start)
	t.value = value.Abs(value)
}

// word reads a run of letters, apostrophes included. Letters that are to be a
// product are cut apart here; single letters are decided by their neighbours
// in resolveLetters.
func (l *lexer) word() {
	start := l.at
	for l.at < len(l.in) && (unicode.IsLetter(l.in[l.at]) || unicode.Is(unicode.Mn, l.in[l.at]) || l.apostrophe()) {
		_, symbol := symbols[l.in[l.at]]
		if symbol && l.at > start {
			break
		}
		l.at++
		if symbol {
			break
		}
	}
	run := string(l.in[start:l.at])
	if s, ok := symbols[l.in[start]]; ok && l.at == start+1 {
		l.emit(s.kind, s.text, start)
		return
	}
	folded := fold(run)
	if l.function(run, folded, start) {
		return
	}
	if folded != "in" && l.product(run, folded) {
		for i, r := range []rune(run) {
			l.out = append(l.out, token{
				kind: tokVariable, text: l.variable(r), start: start + i, end: start + i + 1, spaced: l.spaced && i == 0,
			})
		}
		l.spaced = false
		l.index(&l.out[len(l.out)-1])
		return
	}
	t := l.emit(tokWord, run, start)
	t.folded = folded
	if len([]rune(run)) == 1 {
		l.index(t)
	}
}

func (l *lexer) apostrophe() bool {
	r := l.in[l.at]
	return (r == '\'' || r == '’') && unicode.IsLetter(l.peek(1)) && unicode.IsLetter(l.peek(-1))
}

// product reports whether a run of two or more letters is a product of
// variables.
func (l *lexer) product(run, folded string) bool {
	letters := []rune(run)
	if len(letters) < 2 || len(letters) > MaxVariables {
		return false
	}
	if vocabularyFor(l.opts.Language).starts[folded] {
		return false
	}
	known := len(l.opts.Variables) > 0
	for _, r := range letters {
		known = known && (l.opts.knows(string(r)) || l.opts.knows(string(unicode.ToLower(r))))
	}
	return known || l.strict && len(l.opts.Variables) == 0 && len(letters) <= 3
}

// variable folds an upper-case letter when only its lower case is known.
func (l *lexer) variable(r rune) string { return variableName(string(r), l.opts) }

func variableName(name string, o Options) string {
	lower := strings.ToLower(name)
	if !o.knows(name) && o.knows(lower) {
		return lower
	}
	return name
}
