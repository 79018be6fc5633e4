package render

import (
	"bytes"
	"html"
	"html/template"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Cited is the fragment of the passage that HTMLCited marks.
const Cited = "cited"

// HTMLCited renders a lesson and marks the blocks that the passage from start to
// end touches, in code points of the Markdown, with the id Cited. A range that
// touches none marks none.
func (r *Renderer) HTMLCited(markdown string, start, end int) template.HTML {
	source := []byte(markdown)
	from, to := byteOffset(markdown, start), byteOffset(markdown, end)
	root := r.markdown.Parser().Parse(text.NewReader(source))
	if from < to {
		mark(root, from, to)
	}
	var b bytes.Buffer
	if err := r.markdown.Renderer().Render(&b, source, root); err != nil {
		return template.HTML(html.EscapeString(markdown))
	}
	return template.HTML(b.String())
}

// mark puts the blocks that lie in a range of bytes into a box.
func mark(root ast.Node, from, to int) {
	var inside []ast.Node
	for block := root.FirstChild(); block != nil; block = block.NextSibling() {
		if _, heading := block.(*ast.Heading); heading {
			continue // a passage is what stands under its heading
		}
		if first, last, ok := extent(block); ok && first < to && from < last {
			inside = append(inside, block)
		}
	}
	if len(inside) == 0 {
		return
	}
	box := &citedBlock{}
	root.InsertBefore(root, inside[0], box)
	for _, block := range inside {
		box.AppendChild(box, block)
	}
}

// extent is the range of bytes that a block's lines take up.
func extent(block ast.Node) (first, last int, ok bool) {
	first = -1
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker returns no error
		if !entering || n.Type() == ast.TypeInline {
			return ast.WalkContinue, nil
		}
		lines := n.Lines()
		for i := range lines.Len() {
			line := lines.At(i)
			if first < 0 || line.Start < first {
				first = line.Start
			}
			last = max(last, line.Stop)
		}
		return ast.WalkContinue, nil
	})
	return first, last, first >= 0
}

// byteOffset turns code points into bytes, clipped to the text.
func byteOffset(s string, codePoints int) int {
	for i := range s {
		if codePoints <= 0 {
			return i
		}
		codePoints--
	}
	return len(s)
}

// citedBlock is a box around the cited blocks.
type citedBlock struct{ ast.BaseBlock }

var kindCited = ast.NewNodeKind("Cited")

func (n *citedBlock) Kind() ast.NodeKind            { return kindCited }
func (n *citedBlock) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

type citedRenderer struct{}

func (citedRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindCited, func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(`<div class="cited" id="` + Cited + `">` + "\n") // errors come out of Flush
		} else {
			_, _ = w.WriteString("</div>\n")
		}
		return ast.WalkContinue, nil
	})
}
