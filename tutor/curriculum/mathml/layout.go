package mathml

import (
	"strings"

	"maieutic/tutor/curriculum/xmltree"
)

// table writes rows; a label of a labelled row goes to the end of its row.
func (c *converter) table(n *xmltree.Node) string {
	var rows []string
	for _, r := range n.Elements() {
		var cells []string
		tag := ""
		for i, d := range r.Elements() {
			cell := c.node(d)
			if r.Name == "mlabeledtr" && i == 0 {
				tag = `\qquad ` + cell
				continue
			}
			cells = append(cells, strings.TrimSpace(cell))
		}
		if r.Name != "mtr" && r.Name != "mlabeledtr" {
			cells = []string{c.node(r)} // a row that the table implies
		}
		rows = append(rows, strings.Join(cells, " & ")+tag)
	}
	if n.Attr("columnalign") == "" {
		return `\begin{matrix} ` + strings.Join(rows, ` \\ `) + ` \end{matrix}`
	}
	return `\begin{array}{` + columns(n) + "} " + strings.Join(rows, ` \\ `) + ` \end{array}`
}

// columns is the alignment of each column; the last one named holds on.
func columns(n *xmltree.Node) string {
	width := 1
	for _, r := range n.Elements("mtr", "mlabeledtr") {
		width = max(width, len(r.Elements()))
	}
	width = min(width, 64)
	letters, named := "", strings.Fields(n.Attr("columnalign"))
	for i := range width {
		letter := "c"
		if len(named) > 0 {
			switch named[min(i, len(named)-1)] {
			case "left":
				letter = "l"
			case "right":
				letter = "r"
			}
		}
		letters += letter
	}
	return letters
}

// fenced writes mfenced, whose fences and separators are attributes.
func (c *converter) fenced(n *xmltree.Node) string {
	opening, closing, separators := "(", ")", ","
	for _, a := range n.Attrs {
		switch a.Name.Local {
		case "open":
			opening = a.Value
		case "close":
			closing = a.Value
		case "separators":
			separators = strings.Join(strings.Fields(a.Value), "")
		}
	}
	marks := []rune(separators)
	var b strings.Builder
	for i, child := range n.Elements() {
		if i > 0 && len(marks) > 0 {
			b.WriteString(symbols(string(marks[min(i-1, len(marks)-1)])) + " ")
		}
		b.WriteString(c.node(child))
	}
	return `\left` + fence(opening) + " " + b.String() + ` \right` + fence(closing)
}

// fence is a delimiter as \left takes it; a dot for none.
func fence(s string) string {
	switch s = strings.TrimSpace(s); s {
	case "":
		return "."
	case "{", "}":
		return `\` + s
	case "(", ")", "[", "]", "/":
		return s
	case "|":
		return `\vert`
	}
	if mapped := strings.TrimSpace(symbols(s)); strings.HasPrefix(mapped, `\`) {
		return mapped
	}
	return "."
}

func (c *converter) enclosed(n *xmltree.Node) string {
	inner := c.children(n)
	for _, notation := range strings.Fields(n.Attr("notation")) {
		switch notation {
		case "radical":
			inner = `\sqrt{` + inner + "}"
		case "box", "roundedbox", "circle":
			inner = `\boxed{` + inner + "}"
		case "updiagonalstrike":
			inner = `\cancel{` + inner + "}"
		case "downdiagonalstrike":
			inner = `\bcancel{` + inner + "}"
		case "horizontalstrike":
			inner = `\sout{` + inner + "}"
		case "top", "actuarial":
			inner = `\overline{` + inner + "}"
		case "bottom":
			inner = `\underline{` + inner + "}"
		default:
			if notation == "longdiv" {
				inner = `\overline{\smash{)}` + inner + "}"
				continue
			}
			c.lose("menclose " + notation)
		}
	}
	return inner
}

// multiscripts writes tensor indices; those before the base hang on an empty one.
func (c *converter) multiscripts(n *xmltree.Node) string {
	all := n.Elements()
	if len(all) == 0 {
		return ""
	}
	var before, after string
	into := &after
	for i := 1; i < len(all); {
		if all[i].Name == "mprescripts" {
			into = &before
			i++
			continue
		}
		sub, sup := c.index(all[i]), ""
		if i+1 < len(all) && all[i+1].Name != "mprescripts" {
			sup = c.index(all[i+1])
			i++
		}
		i++
		*into += "{}"
		if sub != "" {
			*into += "_{" + sub + "}"
		}
		if sup != "" {
			*into += "^{" + sup + "}"
		}
	}
	return before + base(c.node(all[0])) + strings.TrimPrefix(after, "{}")
}

func (c *converter) index(n *xmltree.Node) string {
	if n.Name == "none" || n.Name == "mprescripts" {
		return ""
	}
	return c.node(n)
}

var infix = map[string]string{
	"plus": "+", "minus": "-", "times": `\cdot `, "eq": "=", "neq": `\ne `, "lt": "<", "gt": ">", "leq": `\le `, "geq": `\ge `, "in": `\in `,
	"and": `\land `, "or": `\lor `, "union": `\cup `, "intersect": `\cap `, "implies": `\Rightarrow `, "equivalent": `\equiv `, "approx": `\approx `,
}

// content writes the part of content MathML that schoolbooks use.
func (c *converter) content(n *xmltree.Node) string {
	if n.Name != "apply" {
		return c.children(n)
	}
	all := n.Elements()
	if len(all) == 0 {
		return ""
	}
	args := make([]string, len(all)-1)
	for i, a := range all[1:] {
		args[i] = c.node(a)
		if a.Name == "apply" && len(a.Elements()) > 2 && (all[0].Name == "times" || all[0].Name == "power" || all[0].Name == "minus") {
			args[i] = `\left(` + args[i] + `\right)`
		}
	}
	op := all[0].Name
	switch {
	case op == "minus" && len(args) == 1:
		return "-" + args[0]
	case infix[op] != "":
		return strings.Join(args, infix[op])
	case op == "divide" && len(args) == 2:
		return `\frac{` + args[0] + "}{" + args[1] + "}"
	case op == "power" && len(args) == 2:
		return "{" + args[0] + "}^{" + args[1] + "}"
	case op == "root" && len(args) == 1:
		return `\sqrt{` + args[0] + "}"
	case op == "abs" && len(args) == 1:
		return `\left\vert ` + args[0] + `\right\vert `
	case functions[op]:
		return `\` + op + `\left(` + strings.Join(args, ",") + `\right)`
	case op == "ci" || op == "csymbol":
		return c.node(all[0]) + `\left(` + strings.Join(args, ",") + `\right)`
	}
	c.lose("apply " + op)
	return op + `\left(` + strings.Join(args, ",") + `\right)`
}
