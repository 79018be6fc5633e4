package cnxml

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"maieutic/tutor/curriculum/xmltree"
)

// figure is a quotation block of its number and title, the texts in place of
// its pictures, and its caption.
func (m *module) figure(n *xmltree.Node) []*xmltree.Node {
	name := "blockquote"
	if n.Name == "subfigure" {
		name = "div"
	} else {
		m.report.Figures++
	}
	body := m.headed(n, m.called(n, m.words.figure))
	for _, c := range n.Children {
		switch c.Name {
		case "title", "label":
		case "caption":
			body = append(body, from(c, "p", m.inlines(c)...))
		case "media", "image":
			body = append(body, from(c, "p", m.inline(c)...))
		default:
			body = append(body, m.block(c, 4)...)
		}
	}
	return []*xmltree.Node{from(n, name, body...)}
}

// media is one thing in several formats: the text in place of it is written
// once.
func (m *module) media(n *xmltree.Node) []*xmltree.Node {
	alt := n.Attr("alt")
	var out []*xmltree.Node
	for _, c := range n.Children {
		switch c.Name {
		case "image":
			if c.Attr("for") == "pdf" && len(n.Elements("image")) > 1 {
				continue // the same picture for print
			}
			out = append(out, m.image(c, cmp.Or(c.Attr("alt"), alt)))
			alt = ""
		case "text", "longdesc":
			out = append(out, from(c, "span", m.inlines(c)...))
		default:
			out = append(out, m.inline(c)...)
		}
	}
	if alt != "" && len(n.Elements("image")) == 0 {
		out = append(out, xmltree.Text(" "+alt+" "))
	}
	return []*xmltree.Node{from(n, "span", out...)}
}

func (m *module) image(n *xmltree.Node, alt string) *xmltree.Node {
	return from(n, "img").With("alt", alt).With("src", strings.TrimLeft(n.Attr("src"), "./"))
}

// player is a thing that plays; what else is in it is kept.
func (m *module) player(n *xmltree.Node) []*xmltree.Node {
	m.lose(n, "media <"+n.Name+">", cmp.Or(n.Attr("src"), n.Attr("url")))
	var out []*xmltree.Node
	for _, c := range n.Children {
		if c.Name != "param" {
			out = append(out, m.inline(c)...)
		}
	}
	return []*xmltree.Node{from(n, "span", out...)}
}

// table makes a table of HTML of the CALS model that CNXML has.
func (m *module) table(n *xmltree.Node) []*xmltree.Node {
	m.report.Tables++
	out := m.headed(n, m.called(n, m.words.table))
	for _, group := range n.Children {
		switch group.Name {
		case "tgroup":
			out = append(out, m.tableGroup(n, group))
		case "caption":
			out = append(out, from(group, "p", m.inlines(group)...))
		case "title", "label":
		default:
			out = append(out, m.block(group, 4)...)
		}
	}
	return out
}

func (m *module) tableGroup(n, group *xmltree.Node) *xmltree.Node {
	columns := map[string]int{} // by name
	for i, c := range group.Elements("colspec") {
		number, err := strconv.Atoi(c.Attr("colnum"))
		if err != nil {
			number = i + 1
		}
		columns[c.Attr("colname")] = number
	}
	spans := map[string]*xmltree.Node{}
	for _, s := range group.Elements("spanspec") {
		spans[s.Attr("spanname")] = s
	}
	table := from(n, "table")
	parts := append(group.Elements("thead", "tbody"), group.Elements("tfoot")...) // CALS has the foot before the body
	m.misplaced(group, "thead", "tbody", "tfoot", "colspec", "spanspec")
	for _, part := range parts {
		m.misplaced(part, "row", "colspec")
		section := from(part, part.Name)
		for _, row := range part.Elements("row") {
			m.misplaced(row, "entry", "entrytbl")
			tr := from(row, "tr")
			for _, entry := range row.Elements("entry", "entrytbl") {
				tr.Children = append(tr.Children, m.entry(entry, part.Name, columns, spans))
			}
			section.Children = append(section.Children, tr)
		}
		table.Children = append(table.Children, section)
	}
	return table
}

// misplaced reports what is in a part of a table and does not belong there.
func (m *module) misplaced(n *xmltree.Node, names ...string) {
	for _, c := range n.Children {
		if text := c.Content(); text != "" && !slices.Contains(names, c.Name) {
			m.lose(n, "text out of place in a table", text)
		}
	}
}

func (m *module) entry(n *xmltree.Node, part string, columns map[string]int, spans map[string]*xmltree.Node) *xmltree.Node {
	name := "td"
	if part == "thead" {
		name = "th"
	}
	var cell *xmltree.Node
	if n.Name == "entrytbl" {
		cell = from(n, name, m.tableGroup(n, n))
	} else {
		cell = from(n, name, m.inlines(n)...)
	}
	ends := n
	if s := spans[n.Attr("spanname")]; s != nil {
		ends = s
	}
	first, last := columns[ends.Attr("namest")], columns[ends.Attr("nameend")]
	if first > 0 && last > first {
		cell.With("colspan", strconv.Itoa(last-first+1))
	}
	if more, err := strconv.Atoi(n.Attr("morerows")); err == nil && more > 0 {
		cell.With("rowspan", strconv.Itoa(more+1))
	}
	return cell
}
