package algebra

import (
	"math/big"
	"strings"
	"unicode"
)

// plainDigits replaces the digits, signs and separators of other scripts and
// of full width by those of ASCII, one code point for one.
func plainDigits(in []rune, o Options) []rune {
	point, group := '.', ','
	if o.DecimalComma {
		point, group = ',', '.'
	}
	for i, r := range in {
		switch {
		case r < 0x80:
		case r >= 0x660 && r <= 0x669, r >= 0x6f0 && r <= 0x6f9: // Arabic-Indic, Persian
			in[i] = '0' + r&0xf
		case r >= 0x966 && r <= 0x96f: // Devanagari
			in[i] = '0' + r - 0x966
		case r >= 0xff01 && r <= 0xff5e: // full width
			in[i] = r - 0xff01 + '!'
		case r == '٫':
			in[i] = point
		case r == '٬':
			in[i] = group
		case r == '٪':
			in[i] = '%'
		}
	}
	return in
}

// functionNames are the functions that are written as words, by the name they
// go by in Node.
var functionNames = map[string]string{
	"sqrt": "sqrt", "cbrt": "cbrt", "abs": "abs",
	"sin": "sin", "sen": "sin", "cos": "cos", "tan": "tan", "tg": "tan", "cot": "cot", "ctg": "cot", "sec": "sec", "csc": "csc", "cosec": "csc",
	"arcsin": "arcsin", "asin": "arcsin", "arcsen": "arcsin", "arccos": "arccos", "acos": "arccos", "arctan": "arctan", "atan": "arctan", "arctg": "arctan",
	"sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
	"log": "log", "lg": "log", "ln": "ln", "exp": "exp",
}

// function reads a run of letters that names a function, or a function and its
// argument of one letter, as in "lnx". In running text "sin" may be Spanish
// for "without" and "tan" for "so", so that a bracket or more is asked for.
func (l *lexer) function(run, folded string, start int) bool {
	if name, ok := functionNames[folded]; ok {
		if !l.strict && isSpanish(l.opts) && (folded == "sin" || folded == "tan") && l.peek(0) != '(' && l.peek(0) != '^' {
			return false
		}
		l.emit(tokFunction, name, start)
		return true
	}
	letters := []rune(run)
	if l.factorsAndFunction(letters, start) {
		return true
	}
	name, ok := functionNames[fold(string(letters[:len(letters)-1]))]
	last := string(letters[len(letters)-1])
	if !ok || len(letters) < 3 || !l.strict && !l.opts.knows(last) || l.vocabulary().starts[folded] {
		return false
	}
	l.at--
	l.emit(tokFunction, name, start)
	l.at++
	l.out = append(l.out, token{kind: tokVariable, text: l.variable(letters[len(letters)-1]), start: l.at - 1, end: l.at})
	return true
}

// factorsAndFunction reads variables and a function that stand together, as in
// "xsin(x)".
func (l *lexer) factorsAndFunction(letters []rune, start int) bool {
	if l.peek(0) != '(' {
		return false
	}
	for i := 1; i <= 3 && i < len(letters)-1; i++ {
		name, ok := functionNames[fold(string(letters[i:]))]
		known := true
		for _, r := range letters[:i] {
			known = known && (l.strict && len(l.opts.Variables) == 0 || l.opts.knows(variableName(string(r), l.opts)))
		}
		if !ok || !known {
			continue
		}
		for k, r := range letters[:i] {
			l.out = append(l.out, token{kind: tokVariable, text: l.variable(r), start: start + k, end: start + k + 1, spaced: l.spaced && k == 0})
		}
		l.spaced = false
		l.emit(tokFunction, name, start+i)
		return true
	}
	return false
}

func isSpanish(o Options) bool { return strings.HasPrefix(strings.ToLower(o.Language), "es") }

func (l *lexer) vocabulary() *vocabulary { return vocabularyFor(l.opts.Language) }

var subscripts = map[rune]rune{
	'₀': '0', '₁': '1', '₂': '2', '₃': '3', '₄': '4', '₅': '5', '₆': '6', '₇': '7', '₈': '8', '₉': '9', 'ₙ': 'n', 'ₓ': 'x',
}

// index reads what stands below a letter, x_1 or x_{max} or x₁, into its name.
func (l *lexer) index(t *token) {
	name := ""
	at := l.at
	switch {
	case subscripts[l.peek(0)] != 0:
		for ; at < len(l.in) && subscripts[l.in[at]] != 0; at++ {
			name += string(subscripts[l.in[at]])
		}
	case l.peek(0) == '_' && l.peek(1) == '{':
		for at += 2; at < len(l.in) && l.in[at] != '}' && len(name) < 16; at++ {
			if !unicode.IsLetter(l.in[at]) && !isDigit(l.in[at]) {
				return
			}
			name += string(l.in[at])
		}
		at++
		if at > len(l.in) || l.in[at-1] != '}' {
			return
		}
	case l.peek(0) == '_' && (unicode.IsLetter(l.peek(1)) || isDigit(l.peek(1))):
		name = string(l.peek(1))
		at += 2
	}
	if name == "" {
		return
	}
	t.kind, t.text, t.end = tokVariable, l.variable([]rune(t.text)[0])+"_"+name, at
	l.at = at
}

// repeating reads the rest of a repeating decimal, 0.1\overline{6}, behind the
// digits that do not repeat.
func (l *lexer) repeating(text string, start int) bool {
	rest := string(l.in[l.at:min(l.at+40, len(l.in))])
	skip := 0
	if !strings.Contains(text, ".") {
		if l.peek(0) != '.' {
			return false
		}
		skip = 1
	}
	body, ok := strings.CutPrefix(rest[skip:], `\overline{`)
	digits, _, closed := strings.Cut(body, "}")
	if !ok || !closed || digits == "" || len(digits) > 20 || digitRun([]rune(digits)) != len(digits) {
		return false
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return false
	}
	places := 0
	if _, decimals, found := strings.Cut(text, "."); found {
		places = len(decimals)
	}
	nines := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(digits))), nil)
	nines.Sub(nines, big.NewInt(1)).Mul(nines, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))
	period, _ := new(big.Int).SetString(digits, 10)
	l.at += skip + len(`\overline{}`) + len(digits)
	l.emit(tokNumber, text+"("+digits+")", start).value = value.Add(value, new(big.Rat).SetFrac(period, nines))
	return true
}

// timesSign reports whether the token is the letter x in the place of a times
// sign: between two numbers ("4.8 x 10^4"), or set off by spaces between two
// operands where x is no variable of the task.
func timesSign(tokens []token, i int, o Options) bool {
	t := tokens[i]
	if t.kind != tokWord || t.text != "x" && t.text != "X" || i == 0 || i+1 == len(tokens) {
		return false
	}
	before, after := tokens[i-1], tokens[i+1]
	operand := before.kind == tokNumber || before.kind == tokVariable || before.kind == tokClose
	switch {
	case !operand || t.spaced != after.spaced:
		return false
	case after.kind == tokNumber:
		return before.kind != tokVariable || len(o.Variables) > 0 && !o.knows("x")
	}
	starts := after.kind == tokOpen || after.kind == tokVariable || after.kind == tokFunction ||
		after.kind == tokWord && o.knows(variableName(after.text, o))
	return t.spaced && starts && len(o.Variables) > 0 && !o.knows("x") && !o.knows("X")
}

// resolveLetters turns words of one letter into variables where they stand as
// one: known, glued to mathematics, or beside an operator. "a", "I" and the
// Spanish "y" are words otherwise.
func resolveLetters(tokens []token, o Options, strict bool) []token {
	for i := range tokens {
		t := &tokens[i]
		if t.folded == "in" && i > 0 && i+1 < len(tokens) && tokens[i-1].kind == tokVariable && tokens[i+1].kind == tokOpen {
			*t = token{kind: tokRelation, text: "∈", start: t.start, end: t.end, spaced: t.spaced}
			continue
		}
		if unionSign(tokens, i) {
			*t = token{kind: tokSeparator, text: "∪", start: t.start, end: t.end, spaced: t.spaced}
			continue
		}
		if timesSign(tokens, i, o) {
			*t = token{kind: tokOperator, text: "*", start: t.start, end: t.end, spaced: t.spaced}
			continue
		}
		single := t.kind == tokWord && len([]rune(t.text)) == 1 && unicode.IsLetter([]rune(t.text)[0])
		connective := t.kind == tokSeparator && t.spelled && t.end-t.start == 1
		if !single && !connective {
			continue
		}
		name := t.text
		if connective {
			name = t.folded
			if !besideOperator(tokens, i, false) || !o.knows(name) && !spanishY(tokens, i) {
				continue
			}
		}
		article := len(name) == 1 && strings.Contains(articles(o), name) && !(o.knows(name) && factorAt(tokens, i, o))
		folded := variableName(name, o)
		switch {
		case strict, o.knows(folded) && !article, besideOperator(tokens, i, !article || o.knows(folded)):
			*t = token{kind: tokVariable, text: folded, start: t.start, end: t.end, spaced: t.spaced}
		default:
			t.letter = true
		}
	}
	return tokens
}

// unionSign reports whether the token is the letter U between two intervals.
func unionSign(tokens []token, i int) bool {
	if tokens[i].text != "U" && tokens[i].text != "u" || i == 0 || i+1 == len(tokens) {
		return false
	}
	before, after := tokens[i-1], tokens[i+1]
	return before.kind == tokClose && before.text != "}" && after.kind == tokOpen && after.text != "{"
}

// spanishY reports whether a "y" that may be "and" is a variable nobody knows
// of: it has something equal to it, or a sign before it.
func spanishY(tokens []token, i int) bool {
	if tokens[i].folded != "y" {
		return false
	}
	return i+1 < len(tokens) && tokens[i+1].kind == tokRelation ||
		i > 0 && (tokens[i-1].kind == tokRelation || tokens[i-1].kind == tokOperator)
}

// articles are the letters that are words by themselves.
func articles(o Options) string {
	if o.Language == "" || strings.HasPrefix(strings.ToLower(o.Language), "en") {
		return "aAI"
	}
	return "aAIiyYoOeEuU"
}

// factorAt reports whether the known letter at i, which may be a word, is set
// among mathematics: behind a closing brace of TeX, behind a number or factor
// with no word after it, or before another known letter.
func factorAt(tokens []token, i int, o Options) bool {
	letter := func(j int) bool {
		return tokens[j].kind == tokVariable || tokens[j].kind == tokWord && tokens[j].end-tokens[j].start == 1 && o.knows(variableName(tokens[j].text, o))
	}
	last := i+1 == len(tokens)
	if i > 0 {
		before := tokens[i-1]
		if before.kind == tokClose && before.text == "}" {
			return true
		}
		factor := before.kind == tokNumber || before.kind == tokVariable || before.kind == tokClose
		if factor && (last || tokens[i+1].kind != tokWord) {
			return true
		}
	}
	return !last && letter(i+1)
}

// besideOperator reports whether the letter at i is glued to a number or
// bracket, stands in braces or after a root, or next to an operator or
// relation; spelled-out ones count when loose.
func besideOperator(tokens []token, i int, loose bool) bool {
	counts := func(t token) bool {
		sign := t.kind == tokOperator && t.text != "°" || t.kind == tokRelation
		return sign && (loose || !t.spelled)
	}
	if i > 0 {
		before := tokens[i-1]
		glued := !tokens[i].spaced && (before.kind == tokNumber || before.kind == tokVariable || before.kind == tokClose)
		braced := before.kind == tokOpen && (before.text == "{" || loose && !tokens[i].spaced) || before.kind == tokFunction
		if glued || braced || counts(before) {
			return true
		}
	}
	if i+1 < len(tokens) {
		after := tokens[i+1]
		glued := !after.spaced && (after.kind == tokOpen && after.text == "(" || after.kind == tokVariable)
		braced := after.kind == tokClose && (after.text == "}" || loose && !after.spaced)
		return glued || braced || counts(after)
	}
	return false
}
