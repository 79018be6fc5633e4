// Package markdown writes Markdown from a tree of HTML elements, as lessons and
// problems have it: no raw HTML, formulas between dollars.
package markdown

import (
	"strings"

	"maieutic/tutor/curriculum/xmltree"
)

// Options say how a tree is written. The zero value drops links and tells
// nobody what it left out.
type Options struct {
	// Level is added to the level of every heading.
	Level int
	// Link returns the address that a link of the material leads to, "" to leave
	// only its text.
	Link func(href string) string
	// Lose is told of each element that was left out, Alter of each that is there
	// in another form. Kind is the same for the same thing.
	Lose, Alter func(n *xmltree.Node, kind, detail string)
}

// Blocks writes nodes as blocks of Markdown, empty lines between them. Elements
// of HTML are known by their name in small letters, MathML by math; of an
// unknown element the content is written and Alter is told.
func Blocks(nodes []*xmltree.Node, o Options) string {
	w := &writer{Options: o.filled()}
	return strings.Join(w.blocks(nodes), "\n\n")
}

// Inline writes nodes as one line; what would be blocks is run together.
func Inline(nodes []*xmltree.Node, o Options) string {
	w := &writer{Options: o.filled()}
	return w.line(nodes)
}

func (o Options) filled() Options {
	if o.Link == nil {
		o.Link = func(string) string { return "" }
	}
	if o.Lose == nil {
		o.Lose = func(*xmltree.Node, string, string) {}
	}
	if o.Alter == nil {
		o.Alter = func(*xmltree.Node, string, string) {}
	}
	return o
}

type writer struct {
	Options
	inTable bool
	inList  bool   // whether the block just written is a list, so that the next list needs another mark
	other   bool   // whether that list had the other mark
	mark    string // ul when that list had bullets, ol for numbers
}

// blockElements begin a block of their own.
var blockElements = set(`address article aside blockquote body center details dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6
 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul caption colgroup col head`)

// dropped elements hold nothing to read; media and controls are reported.
var (
	dropped = set(`script style link meta title base template colgroup col noscript`)
	media   = set(`video audio iframe object embed applet canvas svg map`)
	control = set(`input button select textarea`)
)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// holdsBlock reports whether an element is a block or has one in it.
func holdsBlock(n *xmltree.Node) bool {
	if blockElements[n.Name] || n.Name == "math" && n.Attr("display") == "block" {
		return true
	}
	if n.Name == "math" || dropped[n.Name] || media[n.Name] {
		return false
	}
	for _, c := range n.Elements() {
		if holdsBlock(c) {
			return true
		}
	}
	return false
}

// blocks gathers text between blocks into paragraphs.
func (w *writer) blocks(nodes []*xmltree.Node) []string {
	var out []string
	var run []*xmltree.Node
	add := func(list bool, parts ...string) {
		for _, p := range parts {
			if p != "" {
				out = append(out, p)
				w.inList = list
			}
		}
	}
	flush := func() {
		add(false, lineStarts(w.line(run)))
		run = nil
	}
	for _, n := range nodes {
		if !holdsBlock(n) {
			run = append(run, n)
			continue
		}
		flush()
		if n.Name == "ul" || n.Name == "ol" {
			add(true, w.list(n))
			continue
		}
		add(false, w.block(n)...)
	}
	flush()
	return out
}

// block writes one block element.
func (w *writer) block(n *xmltree.Node) []string {
	switch n.Name {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		return []string{w.heading(n)}
	case "p", "summary", "figcaption", "caption", "dt":
		return w.blocks(n.Children)
	case "blockquote", "figure":
		w.inList = false
		return []string{quote(strings.Join(w.blocks(n.Children), "\n\n"))}
	case "pre":
		return []string{fence(strings.Trim(n.Raw(), "\n"))}
	case "hr":
		return []string{"***"}
	case "table":
		return w.table(n)
	case "dl":
		return w.definitions(n)
	case "math":
		return []string{w.math(n)}
	case "head":
		return nil
	}
	return w.blocks(n.Children)
}

func (w *writer) heading(n *xmltree.Node) string {
	text := w.line(n.Children)
	if text == "" {
		return ""
	}
	level := min(6, max(1, int(n.Name[1]-'0')+w.Level))
	return strings.Repeat("#", level) + " " + strings.TrimRight(text, "#")
}

// definitions writes each term in bold and what it means behind it.
func (w *writer) definitions(n *xmltree.Node) []string {
	var out []string
	term := ""
	for _, c := range n.Children {
		switch c.Name {
		case "dt":
			if term != "" {
				out = append(out, term)
			}
			if term = w.line(c.Children); term != "" {
				term = mark("**", term)
			}
		case "div":
			out = append(out, w.definitions(c)...)
		default:
			inner := []*xmltree.Node{c}
			if c.Name == "dd" {
				inner = c.Children
			}
			parts := w.blocks(inner)
			if len(parts) == 0 {
				continue
			}
			if term != "" {
				parts[0], term = term+": "+parts[0], ""
			}
			out = append(out, parts...)
		}
	}
	if term != "" {
		out = append(out, term)
	}
	return out
}

func quote(s string) string {
	if s == "" {
		return ""
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("> "+l, " ")
	}
	return strings.Join(lines, "\n")
}

// fence puts a block of code between more backticks than it holds in a row.
func fence(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	ticks := "```"
	for strings.Contains(s, ticks) {
		ticks += "`"
	}
	return ticks + "\n" + s + "\n" + ticks
}
