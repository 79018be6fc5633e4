package algebra

func (p *parser) function() (*Node, error) {
	name := p.peek().text
	p.at++
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	index := integer(2)
	switch {
	case name == "frac":
		top, err := p.primary()
		if err != nil {
			return nil, err
		}
		bottom, err := p.primary()
		if err != nil {
			return nil, err
		}
		return node(OpDiv, top, bottom), nil
	case name == "cbrt":
		index = integer(3)
	case name == "qdrt":
		index = integer(4)
	case name != "sqrt" && name != "abs":
		return p.named(name)
	case name == "sqrt" && p.is(tokOpen, "["):
		n, err := p.bracket()
		if err != nil {
			return nil, err
		}
		index = n
	}
	arg, err := p.argument()
	if err != nil {
		return nil, err
	}
	if name == "abs" {
		return node(OpAbs, arg), nil
	}
	return node(OpRoot, arg, index), nil
}

// argument reads what a root or abs without brackets takes: one factor with
// its power, so that √2x is (√2)x and √x^2 is √(x^2).
func (p *parser) argument() (*Node, error) {
	if p.is(tokOpen) {
		return p.primary()
	}
	return p.unary() // with its sign, as in ∛-8
}

// named reads a function written as a word: its power or the sign of the
// inverse, the base of a logarithm, its argument.
func (p *parser) named(name string) (*Node, error) {
	p.angles++
	defer func() { p.angles-- }()
	var exponent, base *Node
	var err error
	switch {
	case p.is(tokSubscript):
		p.at++
		if base, err = p.primary(); err != nil {
			return nil, err
		}
	case name == "log" && p.gluedBase():
		base = number(p.peek().value)
		p.at++
	}
	if p.is(tokOperator, "^") {
		p.at++
		if exponent, err = p.exponent(); err != nil {
			return nil, err
		}
	}
	arg, err := p.operand()
	if err != nil {
		return nil, err
	}
	n := &Node{Op: OpFunction, Name: name, Args: []*Node{arg}}
	if base != nil {
		n.Args = append(n.Args, base)
	}
	switch {
	case exponent == nil:
		return n, nil
	case negativeOne(exponent) && inverses[name] != "":
		n.Name = inverses[name]
		return n, nil
	}
	return node(OpPow, n, exponent), nil
}

var inverses = map[string]string{"sin": "arcsin", "cos": "arccos", "tan": "arctan"}

// exponent reads the power of a function name, one factor with its sign.
func (p *parser) exponent() (*Node, error) {
	if p.is(tokOperator, "-") {
		p.at++
		n, err := p.primary()
		if err != nil {
			return nil, err
		}
		return node(OpNeg, n), nil
	}
	return p.primary()
}

func negativeOne(n *Node) bool {
	return n.Op == OpNeg && n.Args[0].Op == OpNumber && n.Args[0].Value.Cmp(one) == 0
}

// gluedBase reports the base of "log2(8)".
func (p *parser) gluedBase() bool {
	t := p.peek()
	return t != nil && t.kind == tokNumber && t.sole && !t.spaced && p.at+1 < len(p.tokens) &&
		p.tokens[p.at+1].kind == tokOpen && p.tokens[p.at+1].text == "("
}

// operand reads the argument of a function: a bracket, or factors that stand
// together up to the next function, so that sin 2x cos x is sin(2x) cos x.
func (p *parser) operand() (*Node, error) {
	if p.is(tokOpen) || p.is(tokBar) || p.is(tokFunction) {
		return p.power1()
	}
	if p.is(tokOperator, "-") {
		p.at++
		n, err := p.operand()
		if err != nil {
			return nil, err
		}
		return node(OpNeg, n), nil
	}
	first, err := p.power()
	if err != nil {
		return nil, err
	}
	factors := []*Node{first}
	for p.is(tokVariable) || p.is(tokConstant, "pi", "e") {
		f, err := p.power()
		if err != nil {
			return nil, err
		}
		factors = append(factors, f)
	}
	return join(OpMul, factors), nil
}

// power1 reads the argument in brackets of a function: a power behind it is
// the function's, sin(x)^2 being (sin x)^2; a root takes its own.
func (p *parser) power1() (*Node, error) {
	if p.is(tokOpen) || p.is(tokBar) {
		return p.primary()
	}
	return p.power()
}

// withEuler reads the letter e as Euler's number in a statement that shows by
// a natural logarithm, exp, or a power of e with a variable in its exponent
// that it means it.
func withEuler(s Statement) Statement {
	if !showsEuler(s) {
		return s
	}
	return euler(s)
}

func showsEuler(s Statement) bool {
	found := false
	for _, it := range s.Items {
		for _, side := range it.Sides {
			side.walk(func(n *Node) {
				natural := n.Op == OpFunction && (n.Name == "ln" || n.Name == "exp")
				power := n.Op == OpPow && n.Args[0].Op == OpVariable && n.Args[0].Name == "e" && len(n.Args[1].Variables()) > 0
				found = found || natural || power || n.Op == OpEuler
			})
		}
	}
	return found
}

func euler(s Statement) Statement {
	out := Statement{Items: make([]Item, len(s.Items))}
	for i, it := range s.Items {
		out.Items[i] = it
		out.Items[i].Sides = make([]*Node, len(it.Sides))
		for j, side := range it.Sides {
			out.Items[i].Sides[j] = side.replace(func(n *Node) *Node {
				if n.Op == OpVariable && n.Name == "e" {
					return node(OpEuler)
				}
				return nil
			})
		}
	}
	return out
}

// replace rebuilds an expression; what swap returns stands for a part, nil
// keeps it.
func (n *Node) replace(swap func(*Node) *Node) *Node {
	if m := swap(n); m != nil {
		return m
	}
	if len(n.Args) == 0 {
		return n
	}
	c := *n
	c.Args = make([]*Node, len(n.Args))
	for i, a := range n.Args {
		c.Args[i] = a.replace(swap)
	}
	return &c
}

var (
	frenchOpen  = map[string]string{"]": "(", "[": "[", "(": "("}
	frenchClose = map[string]string{"[": ")", "]": "]", ")": ")"}
)

// bracket reads a group, a pair or interval, or a set in braces.
func (p *parser) bracket() (*Node, error) {
	open := p.peek().text
	p.at++
	bars := p.bars
	p.bars = 0
	defer func() { p.bars = bars }()
	var args []*Node
	for {
		n, err := p.sum()
		if err != nil {
			return nil, err
		}
		args = append(args, n)
		if len(args) > maxItems {
			return nil, &LimitError{"list"}
		}
		if !p.is(tokSeparator) {
			break
		}
		p.at++
	}
	if err := p.over(args); err != nil {
		return nil, err
	}
	if !p.is(tokClose) && !p.is(tokOpen, "[") {
		return nil, p.fail("a closing bracket is missing")
	}
	closing := p.peek().text
	p.at++
	if open == "]" || closing == "[" { // the French way to write an open interval
		if len(args) != 2 {
			return nil, p.fail("brackets do not match")
		}
		open, closing = frenchOpen[open], frenchClose[closing]
	}
	if len(args) == 1 {
		if !matching(open, closing) {
			return nil, p.fail("brackets do not match")
		}
		return args[0], nil
	}
	if (open == "{") != (closing == "}") {
		return nil, p.fail("brackets do not match")
	}
	return &Node{Op: OpTuple, Args: args, Open: open, Close: closing}, nil
}

// over reads TeX's {a \over b}, all of the group above and below the line.
func (p *parser) over(args []*Node) error {
	if !p.is(tokOperator, "over") || len(args) != 1 {
		return nil
	}
	p.at++
	bottom, err := p.sum()
	if err == nil {
		args[0] = node(OpDiv, args[0], bottom)
	}
	return err
}

func matching(open, closing string) bool {
	return open+closing == "()" || open+closing == "[]" || open+closing == "{}"
}
