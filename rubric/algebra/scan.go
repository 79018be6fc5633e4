package algebra

import "unicode/utf8"

// Found is a piece of mathematics in running text.
type Found struct {
	Start, End int // code points
	Statement  Statement
	Spelled    bool     // a lone number word, which may be an article or a pronoun
	Form       []string // what was written, token by token: the same for "minus four" and "-4"
}

// Scan finds the mathematics in running text, in order and without overlap.
// Pieces that do not parse are left out. A text that is too long is refused
// with a *LimitError.
func Scan(text string, o Options) ([]Found, error) {
	if utf8.RuneCountInString(text) > MaxLength {
		return nil, &LimitError{"text"}
	}
	tokens := lex(text, o, false)
	s := scanner{options: o}
	var out []Found
	for i := 0; i < len(tokens); {
		j := i
		for j < len(tokens) && mathematical(tokens[j]) {
			j++
		}
		if j == i {
			i++
			continue
		}
		found, err := s.readRun(tokens[i:j])
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		i = j
	}
	return out, nil
}

func mathematical(t token) bool { return t.kind != tokWord && t.kind != tokStop }

// scanner reads the runs of one text. What does not parse is parsed again in
// parts, so that the tokens read are counted.
type scanner struct {
	options Options
	spent   int
}

// maxTokens bounds the tokens read in one text, all attempts included.
const maxTokens = 50_000

// readRun parses a run of mathematical tokens. Dangling signs and separators
// are trimmed; a run that still does not parse is split at its separators and
// relations, so that one bad part does not hide a good one.
func (c *scanner) readRun(run []token) ([]Found, error) {
	if c.spent += len(run); c.spent > maxTokens {
		return nil, &LimitError{"text"}
	}
	run = trimRun(run)
	if len(run) == 0 || !hasOperand(run) {
		return nil, nil
	}
	s, err := parseTokens(run, c.options)
	if err == nil {
		return []Found{{
			Start: run[0].start, End: run[len(run)-1].end, Statement: withEuler(s), Spelled: loneWord(run), Form: form(run),
		}}, nil
	}
	if _, limit := err.(*LimitError); limit {
		return nil, err
	}
	at := splitPoint(run)
	if at < 0 {
		return nil, nil
	}
	left, err := c.readRun(run[:at])
	if err != nil {
		return nil, err
	}
	right, err := c.readRun(run[at+1:])
	return append(left, right...), err
}

// trimRun drops tokens at the ends that cannot begin or end mathematics.
func trimRun(run []token) []token {
	for len(run) > 0 {
		t := run[0]
		sign := t.kind == tokOperator && t.text != "-" && t.text != "+" && t.text != "±"
		if t.kind != tokSeparator && t.kind != tokRelation && !sign && t.kind != tokClose && t.kind != tokSubscript {
			break
		}
		run = run[1:]
	}
	for len(run) > 0 {
		t := run[len(run)-1]
		dangling := t.kind == tokOperator && t.text != "%" && t.text != "°" || t.kind == tokRelation || t.kind == tokSeparator ||
			t.kind == tokOpen || t.kind == tokFunction || t.kind == tokSubscript
		if !dangling {
			break
		}
		run = run[:len(run)-1]
	}
	return run
}

func hasOperand(run []token) bool {
	for _, t := range run {
		switch t.kind {
		case tokNumber, tokVariable, tokConstant, tokNone:
			return true
		}
	}
	return false
}

func loneWord(run []token) bool {
	return len(run) == 1 && run[0].spelled && run[0].kind == tokNumber
}

// splitPoint picks where to cut a run that does not parse: the last separator
// outside brackets, else the last spelled-out relation or operator, else where
// two operands stand side by side, else the last unbalanced bracket.
func splitPoint(run []token) int {
	for _, pick := range []func(i int) bool{
		func(i int) bool { return run[i].kind == tokSeparator },
		func(i int) bool { return run[i].kind == tokRelation && run[i].spelled },
		func(i int) bool { return run[i].kind == tokOperator && run[i].spelled },
		func(i int) bool { return run[i].kind == tokRelation },
		func(i int) bool { return run[i].kind == tokOpen || run[i].kind == tokClose || run[i].kind == tokBar },
	} {
		for i := len(run) - 1; i >= 0; i-- {
			if pick(i) {
				return i
			}
		}
	}
	return -1
}

// form writes tokens in one spelling; multiplication signs are left out, for
// "2*x" and "2x" are the same to a reader.
func form(run []token) []string {
	var out []string
	for _, t := range run {
		switch {
		case t.kind == tokNumber:
			out = append(out, t.value.RatString())
		case t.kind == tokOperator && t.text == "*":
		default:
			out = append(out, t.text)
		}
	}
	return out
}
