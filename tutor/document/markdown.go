package document

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// plainMarkdown is the text of a Markdown file without its marks: one paragraph
// for each block, a line for each item of a list and each row of a table. Raw
// HTML, pictures and settings at the top are left out.
func plainMarkdown(source string) string {
	source = withoutSettings(strings.ReplaceAll(source, "\r\n", "\n"))
	raw := []byte(source)
	parser := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser()
	m := &markdownText{source: raw}
	m.blocks(parser.Parse(text.NewReader(raw)), "")
	return m.String()
}

// withoutSettings takes off the YAML that many programs keep between dashes.
func withoutSettings(source string) string {
	rest, found := strings.CutPrefix(source, "---\n")
	if !found {
		return source
	}
	settings, body, closed := strings.Cut(rest, "\n---\n")
	if !closed || strings.TrimSpace(settings) == "" || !strings.Contains(settings, ":") {
		return source
	}
	return body
}

type markdownText struct {
	prose
	source []byte
	tight  bool // the next block stands on the next line
}

// blocks writes the blocks in n. Mark stands before the first of them.
func (m *markdownText) blocks(n ast.Node, mark string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.List:
			m.list(c)
		case *tables.Table:
			for row := c.FirstChild(); row != nil; row = row.NextSibling() {
				var cells []string
				for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
					cells = append(cells, m.inline(cell))
				}
				m.put(strings.Join(cells, " | "))
				m.tight = true
			}
			m.tight = false
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			m.put(mark + string(c.Lines().Value(m.source)))
		case *ast.HTMLBlock, *ast.ThematicBreak:
		case *ast.Blockquote:
			m.blocks(c, mark)
		default:
			m.put(mark + m.inline(c))
		}
		mark = ""
	}
}

func (m *markdownText) put(block string) {
	if m.tight {
		m.line(block)
	} else {
		m.paragraph(block)
	}
	m.tight = false
}

func (m *markdownText) list(l *ast.List) {
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if l.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		m.tight = m.tight || item != l.FirstChild() || l.Parent().Kind() == ast.KindListItem
		m.blocks(item, mark)
	}
}

// inline is the text of an inline tree, or of a block of it.
func (m *markdownText) inline(n ast.Node) string {
	var out strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			out.WriteString(unescape(n.Value(m.source), n.IsRaw()))
			switch {
			case n.HardLineBreak():
				out.WriteByte('\n')
			case n.SoftLineBreak():
				out.WriteByte(' ')
			}
		case *ast.String:
			out.Write(n.Value)
		case *ast.AutoLink:
			out.Write(n.Label(m.source))
		case *ast.RawHTML, *ast.Image:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}

// unescape resolves backslashes and entities, which the tree keeps as written.
func unescape(raw []byte, verbatim bool) string {
	if verbatim {
		return string(raw)
	}
	return string(util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(raw))))
}
