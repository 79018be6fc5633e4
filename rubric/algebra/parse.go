package algebra

import (
	"math/big"
	"unicode/utf8"
)

// Parse reads a whole text as one statement: an expression, an equation or
// inequality, a pair, or a list of those. The error is a *SyntaxError or a
// *LimitError.
func Parse(text string, o Options) (Statement, error) {
	if utf8.RuneCountInString(text) > MaxLength {
		return Statement{}, &LimitError{"text"}
	}
	tokens := lex(text, o, true)
	for len(tokens) > 0 && tokens[len(tokens)-1].kind == tokStop {
		tokens = tokens[:len(tokens)-1]
	}
	s, err := parseTokens(tokens, o)
	if err != nil {
		return Statement{}, err
	}
	return withEuler(s), nil
}

func parseTokens(tokens []token, o Options) (Statement, error) {
	p := &parser{tokens: tokens, tight: o.Juxtaposition}
	s, err := p.statement()
	if err != nil {
		return Statement{}, err
	}
	if t := p.peek(); t != nil {
		return Statement{}, &SyntaxError{t.start, "unexpected " + t.text}
	}
	return s, nil
}

// parser reads tokens by recursive descent; the first error stays.
type parser struct {
	tokens []token
	at     int
	depth  int
	bars   int // open absolute values
	angles int // open arguments of functions
	tight  bool
}

func (p *parser) peek() *token {
	if p.at < len(p.tokens) {
		return &p.tokens[p.at]
	}
	return nil
}

func (p *parser) is(kind tokenKind, texts ...string) bool {
	t := p.peek()
	if t == nil || t.kind != kind {
		return false
	}
	for _, text := range texts {
		if t.text == text {
			return true
		}
	}
	return len(texts) == 0
}

func (p *parser) fail(what string) error {
	at := 0
	if t := p.peek(); t != nil {
		at = t.start
	} else if len(p.tokens) > 0 {
		at = p.tokens[len(p.tokens)-1].end
	}
	return &SyntaxError{at, what}
}

// enter counts nesting; every recursion of the grammar goes through it.
func (p *parser) enter() error {
	p.depth++
	if p.depth > 3*MaxDepth {
		return &LimitError{"nesting"}
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) statement() (Statement, error) {
	var s Statement
	joint := ""
	for {
		items, err := p.items()
		if err != nil {
			return s, err
		}
		if items[0].Joint == "" {
			items[0].Joint = joint
		}
		s.Items = append(s.Items, items...)
		if len(s.Items) > maxItems {
			return s, &LimitError{"list"}
		}
		if !p.is(tokSeparator) {
			return s, nil
		}
		joint = p.peek().text
		for p.is(tokSeparator) {
			if p.peek().text != "," {
				joint = p.peek().text
			}
			p.at++
		}
	}
}

// items reads one item, or those of a set: {1, 2}, {x | x > 3} or {}.
func (p *parser) items() ([]Item, error) {
	rest := p.tokens[p.at:]
	braced := len(rest) > 1 && rest[0].kind == tokOpen && rest[0].text == "{"
	switch {
	case braced && rest[1].kind == tokClose:
		p.at += 2
		none := &Node{Op: OpNone, Name: "solution"}
		return []Item{{Sides: []*Node{none}, Start: rest[0].start, End: rest[1].end}}, nil
	case braced && len(rest) > 4 && rest[1].kind == tokVariable && (rest[2].kind == tokBar || rest[2].text == ":"):
		p.at += 3
		s, err := p.statement()
		if err != nil {
			return nil, err
		}
		if !p.is(tokClose, "}") {
			return nil, p.fail("a closing brace is missing")
		}
		p.at++
		return s.Items, nil
	}
	it, err := p.item()
	if err != nil {
		return nil, err
	}
	return flatten(it), nil
}

// flatten takes the elements out of a set in braces.
func flatten(it Item) []Item {
	last := it.Sides[len(it.Sides)-1]
	if last.Op != OpTuple || last.Open != "{" || len(it.Sides) > 2 {
		return []Item{it}
	}
	var items []Item
	for _, a := range last.Args {
		sides := append(append([]*Node(nil), it.Sides[:len(it.Sides)-1]...), a)
		relations := it.Relations
		if len(relations) == 1 && relations[0] == "∈" {
			relations = []string{"="}
		}
		items = append(items, Item{Sides: sides, Relations: relations, Start: it.Start, End: it.End, Joint: ","})
	}
	items[0].Joint = ""
	return items
}

func (p *parser) item() (Item, error) {
	first := p.at
	side, err := p.sum()
	if err != nil {
		return Item{}, err
	}
	it := Item{Sides: []*Node{side}}
	for p.is(tokRelation) {
		it.Relations = append(it.Relations, p.peek().text)
		p.at++
		if side, err = p.sum(); err != nil {
			return Item{}, err
		}
		it.Sides = append(it.Sides, side)
	}
	it.Start, it.End = p.tokens[first].start, p.tokens[p.at-1].end
	return it, nil
}

func (p *parser) sum() (*Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	var terms []*Node
	if p.is(tokOperator, "±") {
		p.at++
		t, err := p.product()
		if err != nil {
			return nil, err
		}
		terms = []*Node{node(OpPlusMinus, t)}
	} else {
		t, err := p.product()
		if err != nil {
			return nil, err
		}
		terms = []*Node{t}
	}
	for p.is(tokOperator, "+", "-", "±") {
		sign := p.peek().text
		p.at++
		t, err := p.product()
		if err != nil {
			return nil, err
		}
		switch sign {
		case "-":
			t = node(OpNeg, t)
		case "±":
			terms = []*Node{node(OpPlusMinus, join(OpAdd, terms), t)}
			continue
		}
		terms = append(terms, t)
	}
	return join(OpAdd, terms), nil
}

func join(op Op, args []*Node) *Node {
	if len(args) == 1 {
		return args[0]
	}
	return &Node{Op: op, Args: args}
}

// product reads factors joined by signs or by standing together. Both kinds
// bind alike, from the left: 1/2x is (1/2)x; when the options say that
// juxtaposition binds, it is 1/(2x).
func (p *parser) product() (*Node, error) {
	first, err := p.unary()
	if err != nil {
		return nil, err
	}
	factors := []*Node{first}
	for {
		switch {
		case p.is(tokOperator, "*"):
			p.at++
			f, err := p.unary()
			if err != nil {
				return nil, err
			}
			factors = append(factors, f)
		case p.is(tokOperator, "/"):
			p.at++
			f, err := p.divisor()
			if err != nil {
				return nil, err
			}
			factors = []*Node{node(OpDiv, join(OpMul, factors), f)}
		case p.startsFactor():
			f, err := p.power()
			if err != nil {
				return nil, err
			}
			factors = append(factors, f)
		default:
			return join(OpMul, factors), nil
		}
	}
}

// divisor reads what stands behind a slash: one factor, or all that stand
// together when juxtaposition binds.
func (p *parser) divisor() (*Node, error) {
	first, err := p.unary()
	if err != nil {
		return nil, err
	}
	factors := []*Node{first}
	for p.tight && p.startsFactor() {
		f, err := p.power()
		if err != nil {
			return nil, err
		}
		factors = append(factors, f)
	}
	return join(OpMul, factors), nil
}

// startsFactor reports whether the next token multiplies what stands before
// it. Two numbers side by side do not.
func (p *parser) startsFactor() bool {
	t := p.peek()
	if t == nil {
		return false
	}
	switch t.kind {
	case tokOpen:
		return t.text != "[" || !p.endsHere(p.at+1)
	case tokVariable, tokFunction:
		return true
	case tokConstant:
		return t.text != "inf"
	case tokBar:
		return p.bars == 0
	case tokNumber:
		before := p.tokens[p.at-1]
		return before.kind == tokClose
	}
	return false
}

// endsHere reports whether nothing that can stand in a bracket begins at i, so
// that a bracket before it closes an open interval as in ]2, 5[.
func (p *parser) endsHere(i int) bool {
	if i >= len(p.tokens) {
		return true
	}
	t := p.tokens[i]
	return t.kind == tokSeparator || t.kind == tokClose || t.kind == tokRelation || t.kind == tokOperator && t.text != "-" && t.text != "+"
}

func (p *parser) unary() (*Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	switch {
	case p.is(tokOperator, "-"):
		p.at++
		n, err := p.unary()
		if err != nil {
			return nil, err
		}
		return node(OpNeg, n), nil
	case p.is(tokOperator, "+"):
		p.at++
		return p.unary()
	}
	return p.power()
}

func (p *parser) power() (*Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	base, err := p.primary()
	if err != nil {
		return nil, err
	}
	for p.is(tokOperator, "%", "°") {
		switch {
		case p.is(tokOperator, "%"):
			base = node(OpPercent, base)
		case p.angles > 0: // elsewhere it is a unit
			base = node(OpDegree, base)
		}
		p.at++
	}
	if !p.is(tokOperator, "^") {
		return base, nil
	}
	p.at++
	exponent, err := p.unary()
	if err != nil {
		return nil, err
	}
	return node(OpPow, base, exponent), nil
}

func (p *parser) primary() (*Node, error) {
	t := p.peek()
	if t == nil {
		return nil, p.fail("something is missing at the end")
	}
	switch t.kind {
	case tokNumber:
		return p.number()
	case tokVariable:
		p.at++
		return &Node{Op: OpVariable, Name: t.text}, nil
	case tokConstant:
		p.at++
		op, ok := map[string]Op{"pi": OpPi, "e": OpEuler}[t.text]
		if !ok {
			op = OpInfinity
		}
		return node(op), nil
	case tokNone:
		p.at++
		return &Node{Op: OpNone, Name: t.text}, nil
	case tokFunction:
		return p.function()
	case tokOpen:
		return p.bracket()
	case tokClose:
		if t.text == "]" && p.bars == 0 {
			return p.bracket()
		}
	case tokBar:
		p.at++
		p.bars++
		n, err := p.sum()
		p.bars--
		if err != nil {
			return nil, err
		}
		if !p.is(tokBar) {
			return nil, p.fail("a bar is missing")
		}
		p.at++
		return node(OpAbs, n), nil
	}
	return nil, p.fail("unexpected " + t.text)
}

// number reads a number and, after a whole one, the fraction of a mixed
// number: 1 1/2, 1½ or 1\frac{1}{2}.
func (p *parser) number() (*Node, error) {
	t := p.tokens[p.at]
	p.at++
	whole := number(t.value)
	if !t.sole {
		return whole, nil
	}
	start := p.at
	if f := p.fraction(); f != nil {
		return node(OpMixed, whole, f), nil
	}
	p.at = start
	return whole, nil
}

// fraction reads a proper fraction of two whole numbers that follows a whole
// number, or returns nil.
func (p *parser) fraction() *Node {
	t := p.peek()
	switch {
	case t == nil:
		return nil
	case t.kind == tokNumber && !t.sole && !t.value.IsInt() && !t.spelled && vulgar[[]rune(t.text)[0]] != [2]int64{}:
		p.at++
		return number(t.value)
	case t.kind == tokNumber && t.sole && t.spaced && p.at+2 < len(p.tokens):
		slash, den := p.tokens[p.at+1], p.tokens[p.at+2]
		if slash.kind != tokOperator || slash.text != "/" || slash.spaced || !den.sole || den.spaced {
			return nil
		}
		p.at += 3
		return properFraction(t.value, den.value)
	case t.kind == tokFunction && t.text == "frac":
		f, err := p.function()
		if err != nil || f.Op != OpDiv || f.Args[0].Op != OpNumber || f.Args[1].Op != OpNumber {
			return nil
		}
		return properFraction(f.Args[0].Value, f.Args[1].Value)
	}
	return nil
}

func properFraction(top, bottom *big.Rat) *Node {
	if top.Sign() <= 0 || top.Cmp(bottom) >= 0 {
		return nil
	}
	return node(OpDiv, number(top), number(bottom))
}
