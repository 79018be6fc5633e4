package cnxml

import (
	"fmt"
	"strings"

	"maieutic/tutor/curriculum/xmltree"
)

// element makes an element of HTML.
func element(name string, children ...*xmltree.Node) *xmltree.Node {
	return xmltree.Element(name, children...)
}

// from makes an element of HTML that stands where one of CNXML stood, so that a
// loss is reported at its place.
func from(n *xmltree.Node, name string, children ...*xmltree.Node) *xmltree.Node {
	e := xmltree.Element(name, children...)
	e.Line = n.Line
	if id := n.Attr("id"); id != "" {
		e.With("id", id)
	}
	return e
}

// bold makes a paragraph in bold, or nothing of nothing.
func bold(children ...*xmltree.Node) []*xmltree.Node {
	p := element("p", element("strong", children...))
	if p.Blank("img", "math") {
		return nil
	}
	return []*xmltree.Node{p}
}

// flow turns the children of an element of CNXML into HTML. Sections begin with
// a heading of the level. Footnotes stand below the block they belong to.
func (m *module) flow(n *xmltree.Node, level int) []*xmltree.Node {
	var out []*xmltree.Node
	for _, child := range n.Children {
		if heads(n, child) {
			continue
		}
		out = append(out, m.block(child, level)...)
		if child.Name != "section" && m.reading == 0 {
			out = append(out, m.flushNotes()...)
		}
	}
	return out
}

func (m *module) flushNotes() []*xmltree.Node {
	if len(m.footnotes) == 0 {
		return nil
	}
	out := element("blockquote", m.footnotes...)
	m.footnotes = nil
	return []*xmltree.Node{out}
}

// block turns one child of a section, note and the like into HTML.
func (m *module) block(n *xmltree.Node, level int) []*xmltree.Node {
	switch n.Name {
	case "title", "label", "caption":
		return bold(m.inlines(n)...) // of something that has none
	case "section":
		return m.section(n, level)
	case "para":
		return m.para(n)
	case "list":
		return m.list(n, level)
	case "note":
		return []*xmltree.Node{from(n, "blockquote", append(m.headed(n, ""), m.flow(n, level+1)...)...)}
	case "quote":
		return []*xmltree.Node{from(n, "blockquote", append(m.headed(n, ""), m.flow(n, level+1)...)...)}
	case "example":
		return m.example(n, level)
	case "rule", "statement", "proof", "problem", "solution", "commentary", "hint":
		return []*xmltree.Node{from(n, "div", append(m.headed(n, ""), m.flow(n, level+1)...)...)}
	case "code", "preformat":
		return m.code(n)
	case "figure", "subfigure":
		return m.figure(n)
	case "table":
		return m.table(n)
	case "equation":
		return m.equation(n)
	case "exercise":
		return m.exercise(n, level)
	case "definition":
		return []*xmltree.Node{element("dl", m.defined(n)...)}
	case "div", "abstract":
		return []*xmltree.Node{from(n, "div", m.flow(n, level)...)}
	case "math":
		return []*xmltree.Node{n}
	}
	return m.inline(n)
}

// holders are the elements that write their own titles and labels.
var holders = map[string]bool{"section": true, "para": true, "note": true, "quote": true, "example": true, "rule": true, "statement": true, "proof": true,
	"problem": true, "solution": true, "commentary": true, "hint": true, "code": true, "preformat": true, "figure": true, "subfigure": true, "table": true,
	"equation": true, "exercise": true, "list": true, "glossary": true}

// heads reports whether a child is a title or label that its holder has written.
func heads(n, child *xmltree.Node) bool {
	return (child.Name == "title" || child.Name == "label") && holders[n.Name]
}

// headed is the label and title of an element in bold, behind the words that it
// is called by.
func (m *module) headed(n *xmltree.Node, called string) []*xmltree.Node {
	var parts []*xmltree.Node
	add := func(nodes ...*xmltree.Node) {
		if len(parts) > 0 {
			parts = append(parts, xmltree.Text(": "))
		}
		parts = append(parts, nodes...)
	}
	if called != "" {
		add(xmltree.Text(called))
	}
	for _, c := range n.Elements("label", "title") {
		if c.Content() != "" || len(c.Elements()) > 0 {
			add(m.inlines(c)...)
		}
	}
	return bold(parts...)
}

// called is the name and number that references give an element.
func (m *module) called(n *xmltree.Node, kind string) string {
	if label := m.labels[m.id][n.Attr("id")]; strings.HasPrefix(label, kind+" ") {
		return label
	}
	return ""
}

func (m *module) section(n *xmltree.Node, level int) []*xmltree.Node {
	out := []*xmltree.Node{}
	for i, title := range n.Elements("title", "label") {
		heading := from(n, fmt.Sprintf("h%d", min(level, 6)), m.inlines(title)...)
		if i > 0 {
			heading.Name = "p" // one is enough
		}
		out = append(out, heading)
	}
	out = append(out, m.flushNotes()...)
	body := m.flow(n, level+1)
	if n.Has("learning-objectives") && m.skill.Description == "" {
		m.skill.Description = objectives(n)
	}
	m.report.Sections++
	if element("div", body...).Blank("img", "math") {
		return append(m.emptied(n, out), body...)
	}
	return append(out, from(n, "div", body...))
}

// emptied drops the heading of a section of which nothing was left, unless the
// heading has words.
func (m *module) emptied(n *xmltree.Node, heading []*xmltree.Node) []*xmltree.Node {
	if element("div", heading...).Blank() {
		return nil
	}
	if len(n.Elements()) > 1 {
		m.alter(n, "section of which only the heading is left", text(n, "title"))
	}
	return heading
}

// objectives joins the items of the list in a section of objectives.
func objectives(n *xmltree.Node) string {
	var out []string
	for _, item := range n.Find("item") {
		out = append(out, item.Content())
	}
	return strings.Join(out, " ")
}

// para is a paragraph; blocks inside it stand between its parts.
func (m *module) para(n *xmltree.Node) []*xmltree.Node {
	return append(m.headed(n, ""), from(n, "div", m.inlines(n)...))
}

var numberStyles = map[string]string{"lower-alpha": "a", "upper-alpha": "A", "lower-roman": "i", "upper-roman": "I"}

func (m *module) list(n *xmltree.Node, level int) []*xmltree.Node {
	if n.Attr("display") == "inline" {
		return m.inlineList(n)
	}
	list := from(n, "ul")
	if n.Attr("list-type") == "enumerated" {
		list.Name = "ol"
		if style := numberStyles[n.Attr("number-style")]; style != "" {
			list.With("type", style)
		}
		if start := n.Attr("start-value"); start != "" {
			list.With("start", start)
		}
	}
	for _, item := range n.Children {
		switch item.Name {
		case "title", "label":
		case "item":
			list.Children = append(list.Children, from(item, "li", m.item(item, level)...))
		case "":
			if strings.TrimSpace(item.Text) != "" {
				list.Children = append(list.Children, element("li", item))
			}
		default:
			list.Children = append(list.Children, element("li", m.block(item, level)...))
		}
	}
	return append(m.headed(n, ""), list)
}

// item puts the label of an item before it.
func (m *module) item(n *xmltree.Node, level int) []*xmltree.Node {
	var out []*xmltree.Node
	rest := *n
	rest.Children = nil
	for _, c := range n.Children {
		if c.Name == "label" {
			out = append(out, element("strong", m.inlines(c)...), xmltree.Text(" "))
			continue
		}
		rest.Children = append(rest.Children, c)
	}
	return append(out, m.flow(&rest, level)...)
}

func (m *module) inlineList(n *xmltree.Node) []*xmltree.Node {
	out := []*xmltree.Node{}
	for _, item := range n.Children {
		if len(out) > 0 && item.Name != "" {
			out = append(out, xmltree.Text("; "))
		}
		if item.Name == "item" {
			out = append(out, m.inlines(item)...)
			continue
		}
		out = append(out, m.inline(item)...)
	}
	return []*xmltree.Node{from(n, "span", out...)}
}

// example is reading matter with its exercises and their solutions.
func (m *module) example(n *xmltree.Node, level int) []*xmltree.Node {
	m.reading++
	body := append(m.headed(n, m.called(n, m.words.example)), m.flow(n, level+1)...)
	m.reading--
	return []*xmltree.Node{from(n, "blockquote", body...)}
}

func (m *module) code(n *xmltree.Node) []*xmltree.Node {
	if n.Name == "code" && n.Attr("display") != "block" {
		return []*xmltree.Node{from(n, "code", xmltree.Text(n.Raw()))}
	}
	if len(n.Find("math", "media")) > 0 {
		m.alter(n, "block of code with other things in it, set as text", "")
		return append(m.headed(n, ""), from(n, "div", m.inlines(n)...))
	}
	out := m.headed(n, "")
	raw := &xmltree.Node{Name: "pre", Line: n.Line}
	for _, c := range n.Children {
		if c.Name != "title" && c.Name != "label" && c.Name != "caption" {
			raw.Children = append(raw.Children, c)
		}
	}
	raw.Children = []*xmltree.Node{xmltree.Text(raw.Raw())} // names of CNXML may mean something else to the writer
	out = append(out, raw)
	for _, caption := range n.Elements("caption") {
		out = append(out, element("p", m.inlines(caption)...))
	}
	return out
}

func (m *module) equation(n *xmltree.Node) []*xmltree.Node {
	called := ""
	if label := n.Child("label"); label == nil {
		called = m.called(n, m.words.equation)
	}
	out := append(m.headed(n, ""), from(n, "p", m.inlines(n)...))
	if called != "" {
		out[len(out)-1].Children = append(out[len(out)-1].Children, xmltree.Text(" ("+called+")"))
	}
	return out
}

// glossary lists terms and what they mean.
func (m *module) glossary(n *xmltree.Node) []*xmltree.Node {
	list := from(n, "dl")
	rest := []*xmltree.Node{}
	for _, d := range n.Children {
		switch d.Name {
		case "definition":
			m.definition = append(m.definition, d)
			m.report.Terms++
			list.Children = append(list.Children, m.defined(d)...)
		case "title":
		default:
			rest = append(rest, m.block(d, 3)...)
		}
	}
	title := []*xmltree.Node{xmltree.Text(m.words.terms)}
	if t := n.Child("title"); t != nil {
		title = m.inlines(t)
	}
	return append([]*xmltree.Node{from(n, "h2", title...), list}, rest...)
}

// defined is a term and its meanings, examples and cross-references.
func (m *module) defined(n *xmltree.Node) []*xmltree.Node {
	var out []*xmltree.Node
	for _, c := range n.Children {
		switch c.Name {
		case "term":
			out = append(out, from(c, "dt", m.inlines(c)...))
		case "example":
			out = append(out, from(c, "dd", append(m.headed(c, ""), m.flow(c, 4)...)...))
		case "meaning", "seealso", "title", "label":
			out = append(out, from(c, "dd", m.inlines(c)...))
		default:
			out = append(out, from(c, "dd", m.inline(c)...))
		}
	}
	return out
}
