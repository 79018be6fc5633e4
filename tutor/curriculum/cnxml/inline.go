package cnxml

import (
	"strconv"
	"strings"

	"maieutic/tutor/curriculum/markdown"
	"maieutic/tutor/curriculum/xmltree"
)

// inlines turns the children of an element into HTML; its title and label are
// written by whoever holds them.
func (m *module) inlines(n *xmltree.Node) []*xmltree.Node {
	var out []*xmltree.Node
	for _, c := range n.Children {
		if heads(n, c) {
			continue
		}
		out = append(out, m.inline(c)...)
	}
	return out
}

// plain are the elements that have one of HTML for them.
var plain = map[string]string{"foreign": "em", "cite-title": "em", "sup": "sup", "sub": "sub", "u": "u", "span": "span", "text": "span", "caption": "span",
	"item": "span", "meaning": "span", "p": "span", "entry": "span", "title": "span", "label": "span", "seealso": "span"}

// inline turns one element inside a paragraph into HTML. Blocks may stand there
// as well.
func (m *module) inline(n *xmltree.Node) []*xmltree.Node {
	one := func(name string) []*xmltree.Node { return []*xmltree.Node{from(n, name, m.inlines(n)...)} }
	if name := plain[n.Name]; name != "" {
		return one(name)
	}
	switch n.Name {
	case "":
		return []*xmltree.Node{n}
	case "emphasis":
		return m.emphasis(n)
	case "term":
		return m.term(n)
	case "cite":
		if n.Attr("url") != "" || n.Attr("document") != "" || n.Attr("target-id") != "" {
			return m.link(n)
		}
		return one("span")
	case "link":
		return m.link(n)
	case "code":
		return m.code(n)
	case "footnote":
		return m.footnote(n)
	case "newline":
		return []*xmltree.Node{element("br")}
	case "space":
		return []*xmltree.Node{xmltree.Text(" ")}
	case "quote":
		if n.Attr("display") == "inline" {
			inside := *n
			inside.Name = "span" // which has no title of its own to write elsewhere
			return []*xmltree.Node{from(n, "q", m.inlines(&inside)...)}
		}
	case "media":
		return m.media(n)
	case "image":
		return []*xmltree.Node{m.image(n, n.Attr("alt"))}
	case "audio", "video", "flash", "java-applet", "labview", "download", "object", "iframe":
		return m.player(n)
	}
	if blocks[n.Name] {
		return m.block(n, 4)
	}
	m.alter(n, "unknown element <"+n.Name+">, its text kept", "")
	return one("span")
}

// blocks are the elements that block knows.
var blocks = map[string]bool{"section": true, "para": true, "list": true, "note": true, "quote": true, "example": true, "rule": true, "statement": true,
	"proof": true, "problem": true, "solution": true, "commentary": true, "hint": true, "preformat": true, "figure": true, "subfigure": true, "table": true, "equation": true,
	"exercise": true, "definition": true, "div": true, "math": true}

func (m *module) emphasis(n *xmltree.Node) []*xmltree.Node {
	name := "strong" // what CNXML means by emphasis without an effect
	switch n.Attr("effect") {
	case "italics", "italic":
		name = "em"
	case "underline", "smallcaps", "normal":
		name = "span"
		m.alter(n, "emphasis by "+n.Attr("effect")+", set plain", "")
	}
	if n.Attr("effect") == "" && n.Attr("class") != "" {
		name = "span" // a layout of the printed book
	}
	return []*xmltree.Node{from(n, name, m.inlines(n)...)}
}

func (m *module) term(n *xmltree.Node) []*xmltree.Node {
	name := "strong"
	if n.Has("no-emphasis") {
		name = "span"
	}
	inner := m.inlines(n)
	if n.Attr("url") != "" || n.Attr("document") != "" {
		inner = m.link(n)
	}
	return []*xmltree.Node{from(n, name, inner...)}
}

// link is a link on the web, to a lesson of this course, or only its text. One
// without a text gets the name of what it leads to.
func (m *module) link(n *xmltree.Node) []*xmltree.Node {
	if n.Has("os-embed") || strings.HasPrefix(n.Attr("url"), "#exercise/") || strings.HasPrefix(n.Attr("url"), "#ost/") {
		m.lose(n, "exercise kept elsewhere", n.Attr("url"))
		return m.inlines(n)
	}
	inner := m.inlines(n)
	document, target := n.Attr("document"), n.Attr("target-id")
	if element("span", inner...).Blank("img", "math") {
		name := m.nameOf(document, target)
		if name == "" {
			name = n.Attr("url")
		}
		if name == "" {
			m.lose(n, "reference without a text", strings.Trim(document+"#"+target, "#"))
			return nil
		}
		inner = []*xmltree.Node{xmltree.Text(name)}
	}
	to := markdown.WebLink(n.Attr("url"))
	switch {
	case to != "":
	case document != "" && document != m.id && m.lessons[document] != "":
		to = m.lessons[document]
	case document != "" && document != m.id:
		m.alter(n, "link to a module that is absent, its text kept", document)
	case n.Attr("url") != "" || n.Attr("resource") != "":
		m.alter(n, "link to a file or a place that is not imported, its text kept", n.Attr("url")+n.Attr("resource"))
	}
	if to == "" {
		return []*xmltree.Node{from(n, "span", inner...)}
	}
	return []*xmltree.Node{from(n, "a", inner...).With("href", to)}
}

// nameOf is what a reference without a text is called.
func (m *module) nameOf(document, target string) string {
	if document == "" {
		document = m.id
	}
	name := m.labels[document][target]
	if title := m.importer.titles[document]; document != m.id && title != "" {
		if name == "" {
			return title
		}
		return name + " (" + title + ")"
	}
	return name
}

func (m *module) footnote(n *xmltree.Node) []*xmltree.Node {
	m.notes++
	number := "(" + strconv.Itoa(m.notes) + ")" // bare, it would look like a power
	note := append([]*xmltree.Node{element("sup", xmltree.Text(number)), xmltree.Text(" ")}, m.inlines(n)...)
	m.footnotes = append(m.footnotes, from(n, "div", note...))
	return []*xmltree.Node{element("sup", xmltree.Text(number))}
}
