package xmltree

import (
	"encoding/xml"
	"strings"
)

// Element makes an element without a namespace.
func Element(name string, children ...*Node) *Node { return &Node{Name: name, Children: children} }

// Text makes a run of text.
func Text(s string) *Node { return &Node{Text: s} }

// With sets an attribute and returns the node.
func (n *Node) With(name, value string) *Node {
	n.Attrs = append(n.Attrs, xml.Attr{Name: xml.Name{Local: name}, Value: value})
	return n
}

// Attr returns the value of the first attribute of that name in any namespace,
// "" for none.
func (n *Node) Attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Has reports whether a class is among those in the attribute class.
func (n *Node) Has(class string) bool {
	for _, c := range strings.Fields(n.Attr("class")) {
		if c == class {
			return true
		}
	}
	return false
}

// Child returns the first child element of one of the names, or nil.
func (n *Node) Child(names ...string) *Node {
	for _, c := range n.Children {
		for _, name := range names {
			if c.Name == name && name != "" {
				return c
			}
		}
	}
	return nil
}

// Elements returns the child elements, those of the given names only when there
// are any names.
func (n *Node) Elements(names ...string) []*Node {
	var out []*Node
	for _, c := range n.Children {
		if c.Name == "" {
			continue
		}
		keep := len(names) == 0
		for _, name := range names {
			keep = keep || c.Name == name
		}
		if keep {
			out = append(out, c)
		}
	}
	return out
}

// Find returns every element below n of one of the names, in document order.
// It does not look inside those it found.
func (n *Node) Find(names ...string) []*Node {
	var out []*Node
	for _, c := range n.Elements() {
		found := false
		for _, name := range names {
			found = found || c.Name == name
		}
		if found {
			out = append(out, c)
			continue
		}
		out = append(out, c.Find(names...)...)
	}
	return out
}

// Content is all text below n, runs of white space made one space.
func (n *Node) Content() string {
	var b strings.Builder
	n.content(&b)
	return strings.Join(strings.Fields(b.String()), " ")
}

// Raw is all text below n as it stands.
func (n *Node) Raw() string {
	var b strings.Builder
	n.content(&b)
	return b.String()
}

func (n *Node) content(b *strings.Builder) {
	b.WriteString(n.Text)
	for _, c := range n.Children {
		c.content(b)
	}
}

// Blank reports whether there is neither text below n nor an element of one of
// the names, which show something without text.
func (n *Node) Blank(but ...string) bool {
	if strings.TrimSpace(n.Text) != "" {
		return false
	}
	for _, c := range n.Children {
		for _, name := range but {
			if c.Name == name && name != "" {
				return false
			}
		}
		if !c.Blank(but...) {
			return false
		}
	}
	return true
}
