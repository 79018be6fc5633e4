// Package mathml turns presentation MathML into TeX.
package mathml

import (
	"strings"

	"maieutic/tutor/curriculum/xmltree"
)

// TeX returns the TeX of a math element, or of anything inside one, on one line
// and without the dollars around it. The lost are the elements that have no
// rendering in TeX, by name, each once; the text inside them is kept.
//
// Where both a presentation and other annotations stand in semantics, the
// presentation counts. Content MathML (apply, ci, …) is known for arithmetic,
// powers, relations and functions of one letter or name.
func TeX(n *xmltree.Node) (tex string, lost []string) {
	c := &converter{}
	tex = strings.TrimSpace(c.node(n))
	return tidy(tex), c.lost
}

type converter struct{ lost []string }

func (c *converter) lose(name string) {
	for _, l := range c.lost {
		if l == name {
			return
		}
	}
	c.lost = append(c.lost, name)
}

// tidy takes out the spaces that stand between braces and doubled ones.
func tidy(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for _, r := range [][2]string{{"{ ", "{"}, {" }", "}"}, {" ^", "^"}, {" _", "_"}, {" ,", ","}} {
		// A backslash before the space makes it a space of TeX's.
		s = strings.ReplaceAll(strings.ReplaceAll(s, `\`+r[0], "\x00"), r[0], r[1])
		s = strings.ReplaceAll(s, "\x00", `\`+r[0])
	}
	return s
}

func (c *converter) children(n *xmltree.Node) string {
	var b strings.Builder
	for _, child := range n.Children {
		part := c.node(child)
		if part != "" && b.Len() > 0 && endsInCommand(b.String()) && isLetter(part[0]) {
			b.WriteByte(' ')
		}
		b.WriteString(part)
	}
	return b.String()
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// endsInCommand reports whether a letter behind s would become part of a
// command's name.
func endsInCommand(s string) bool {
	i := len(s)
	for i > 0 && isLetter(s[i-1]) {
		i--
	}
	return i > 0 && i < len(s) && s[i-1] == '\\'
}

func (c *converter) node(n *xmltree.Node) string {
	if n.Name == "" {
		return symbols(strings.Join(strings.Fields(n.Text), " "))
	}
	if token, ok := c.token(n); ok {
		return token
	}
	switch n.Name {
	case "math", "mrow", "mstyle", "mpadded", "mtd", "merror":
		return c.children(n)
	case "semantics", "maction":
		return c.first(n)
	case "annotation", "annotation-xml":
		return ""
	case "mphantom":
		return `\phantom{` + c.children(n) + "}"
	case "mtable":
		return c.table(n)
	case "mfenced":
		return c.fenced(n)
	case "menclose":
		return c.enclosed(n)
	case "mmultiscripts":
		return c.multiscripts(n)
	case "msqrt":
		return `\sqrt{` + c.children(n) + "}"
	case "apply", "ci", "cn", "csymbol":
		return c.content(n)
	}
	if out, ok := c.script(n); ok {
		return out
	}
	c.lose(n.Name)
	return c.children(n)
}

func (c *converter) first(n *xmltree.Node) string {
	if all := n.Elements(); len(all) > 0 {
		return c.node(all[0])
	}
	return ""
}

// args returns the TeX of the first count child elements, "" for missing ones.
func (c *converter) args(n *xmltree.Node, count int) []string {
	out := make([]string, count)
	for i, child := range n.Elements() {
		if i == count {
			c.lose(n.Name + " with further arguments")
			break
		}
		out[i] = c.node(child)
	}
	return out
}

// script writes the elements of two or three arguments.
func (c *converter) script(n *xmltree.Node) (string, bool) {
	switch n.Name {
	case "mfrac":
		a := c.args(n, 2)
		switch {
		case n.Attr("linethickness") == "0" || n.Attr("linethickness") == "0pt":
			return `\genfrac{}{}{0pt}{}{` + a[0] + "}{" + a[1] + "}", true
		case n.Attr("bevelled") == "true":
			return "{" + a[0] + "}/{" + a[1] + "}", true
		}
		return `\frac{` + a[0] + "}{" + a[1] + "}", true
	case "mroot":
		a := c.args(n, 2)
		return `\sqrt[` + a[1] + "]{" + a[0] + "}", true
	case "msup":
		a := c.args(n, 2)
		if primes := strings.Count(a[1], `\prime`); primes > 0 && strings.TrimSpace(strings.ReplaceAll(a[1], `\prime`, "")) == "" {
			return base(a[0]) + strings.Repeat("'", primes), true
		}
		return base(a[0]) + "^{" + a[1] + "}", true
	case "msub":
		a := c.args(n, 2)
		return base(a[0]) + "_{" + a[1] + "}", true
	case "msubsup":
		a := c.args(n, 3)
		return base(a[0]) + "_{" + a[1] + "}^{" + a[2] + "}", true
	case "munder":
		a := c.args(n, 2)
		return under(a[0], a[1]), true
	case "mover":
		a := c.args(n, 2)
		return over(a[0], a[1]), true
	case "munderover":
		a := c.args(n, 3)
		if takesLimits(a[0]) {
			return strings.TrimSpace(a[0]) + "_{" + a[1] + "}^{" + a[2] + "}", true
		}
		return over(under(a[0], a[1]), a[2]), true
	}
	return "", false
}

// base puts braces around what a script stands at, unless it is one letter,
// digit or command.
func base(s string) string {
	t := strings.TrimSpace(s)
	if len(t) == 1 && t != "^" && t != "_" || strings.HasPrefix(t, `\`) && endsInCommand(t) && strings.Count(t, `\`) == 1 {
		return t
	}
	return "{" + s + "}"
}

var limits = map[string]bool{`\sum`: true, `\prod`: true, `\coprod`: true, `\lim`: true, `\max`: true, `\min`: true, `\sup`: true, `\inf`: true,
	`\bigcup`: true, `\bigcap`: true, `\int`: true, `\iint`: true, `\iiint`: true, `\oint`: true, `\bigvee`: true, `\bigwedge`: true, `\bigoplus`: true}

func takesLimits(s string) bool { return limits[strings.TrimSpace(s)] }

func under(a, b string) string {
	switch mark := strings.TrimSpace(b); {
	case takesLimits(a):
		return strings.TrimSpace(a) + "_{" + b + "}"
	case mark == "_" || mark == `\_` || mark == `\underline{}` || mark == "¯":
		return `\underline{` + a + "}"
	case mark == `\underbrace`:
		return `\underbrace{` + a + "}"
	case strings.HasPrefix(strings.TrimSpace(a), `\underbrace{`):
		return a + "_{" + b + "}"
	}
	return `\underset{` + b + "}{" + a + "}"
}

// accents are the marks that stand over a letter or over more.
var accents = map[string][2]string{
	"¯": {`\bar`, `\overline`}, "‾": {`\bar`, `\overline`}, `\_`: {`\bar`, `\overline`}, "-": {`\bar`, `\overline`}, "ˉ": {`\bar`, `\overline`},
	`\to`: {`\vec`, `\overrightarrow`}, `\leftarrow`: {`\overleftarrow`, `\overleftarrow`}, `\leftrightarrow`: {`\overleftrightarrow`, `\overleftrightarrow`},
	`\hat{}`: {`\hat`, `\widehat`}, "ˆ": {`\hat`, `\widehat`}, `\sim`: {`\tilde`, `\widetilde`}, "˜": {`\tilde`, `\widetilde`}, `\tilde{}`: {`\tilde`, `\widetilde`},
	"˙": {`\dot`, `\dot`}, ".": {`\dot`, `\dot`}, "¨": {`\ddot`, `\ddot`}, "ˇ": {`\check`, `\check`}, "˘": {`\breve`, `\breve`},
	`\overbrace`: {`\overbrace`, `\overbrace`}, `\frown`: {`\overset{\frown}`, `\overset{\frown}`},
}

func over(a, b string) string {
	if takesLimits(a) {
		return strings.TrimSpace(a) + "^{" + b + "}"
	}
	if accent, ok := accents[strings.TrimSpace(b)]; ok {
		if len([]rune(strings.TrimSpace(a))) == 1 {
			return accent[0] + "{" + a + "}"
		}
		return accent[1] + "{" + a + "}"
	}
	if strings.HasPrefix(strings.TrimSpace(a), `\overbrace{`) {
		return a + "^{" + b + "}"
	}
	return `\overset{` + b + "}{" + a + "}"
}
