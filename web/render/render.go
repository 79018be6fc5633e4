// Package render turns what tutors, lessons and people write into HTML that is
// safe to show: Markdown by goldmark with raw HTML off, TeX as MathML.
package render

import (
	"bytes"
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Renderer is safe for concurrent use.
type Renderer struct {
	markdown goldmark.Markdown
	tex      *texEngine
}

// New makes a renderer. It fails when the binary was built without its pages.
func New() (*Renderer, error) {
	engine, err := newTexEngine()
	if err != nil {
		return nil, err
	}
	r := &Renderer{tex: engine}
	r.markdown = goldmark.New(
		goldmark.WithParser(markdownParser()),
		goldmark.WithExtensions(extension.Table, extension.Strikethrough),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(&mathRenderer{engine}, 90), util.Prioritized(citedRenderer{}, 91))),
	)
	return r, nil
}

// markdownParser is goldmark's own without its two parsers of HTML: to us a
// tag is text like any other, shown as it was written.
func markdownParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(mathParser{}, 90),
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithASTTransformers(util.Prioritized(linkGuard{}, 900)),
		parser.WithAutoHeadingID(), // citations point at these
	)
}

// HTML renders Markdown by the tutor or of a lesson.
func (r *Renderer) HTML(markdown string) template.HTML {
	var b bytes.Buffer
	if err := r.markdown.Convert([]byte(markdown), &b); err != nil {
		return template.HTML(html.EscapeString(markdown))
	}
	return template.HTML(b.String())
}

// formulaAt reads a formula at the beginning of s: $$…$$, $…$, \(…\) or \[…\].
// A single dollar counts by Pandoc's rule, so that "$12 and $7" stays money: no
// space just inside, and no digit behind the closing one.
func formulaAt(s string, before byte) (formula string, length int, display bool) {
	for _, d := range []struct {
		open, close string
		display     bool
	}{{"$$", "$$", false}, {`\(`, `\)`, false}, {`\[`, `\]`, true}} {
		if strings.HasPrefix(s, d.open) {
			end := strings.Index(s[len(d.open):], d.close)
			if end <= 0 {
				return "", 0, false
			}
			return strings.TrimSpace(s[len(d.open) : len(d.open)+end]), len(d.open) + end + len(d.close), d.display
		}
	}
	if s[0] != '$' || before == '\\' || len(s) < 3 || isSpace(s[1]) {
		return "", 0, false
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '\n' && i+1 < len(s) && s[i+1] == '\n':
			return "", 0, false
		case s[i] == '$':
			if isSpace(s[i-1]) || i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
				return "", 0, false
			}
			return s[1:i], i + 1, false
		}
	}
	return "", 0, false
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// mathNode is a formula in a Markdown tree.
type mathNode struct {
	ast.BaseInline
	formula string
	display bool
}

var kindMath = ast.NewNodeKind("Math")

func (n *mathNode) Kind() ast.NodeKind            { return kindMath }
func (n *mathNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

type mathParser struct{}

func (mathParser) Trigger() []byte { return []byte{'$', '\\'} }

func (mathParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	before := byte(' ')
	if segment.Start > 0 {
		before = block.Source()[segment.Start-1]
	}
	formula, length, display := formulaAt(string(line), before)
	if length == 0 {
		return nil
	}
	block.Advance(length)
	return &mathNode{formula: formula, display: display}
}

type mathRenderer struct{ tex *texEngine }

func (r *mathRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindMath, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			math := n.(*mathNode)
			_, _ = w.WriteString(r.tex.render(math.formula, math.display))
		}
		return ast.WalkContinue, nil
	})
}

// linkGuard leaves links to the web and within the site, and drops the rest
// with every image: a page of a school loads nothing from elsewhere.
type linkGuard struct{}

// resolved is a destination as it will be written, its escapes and references
// replaced, so that none of them hides where a link goes.
func resolved(destination []byte) []byte {
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(destination)))
}

var safeLink = regexp.MustCompile(`^(https?://|/[^/\\]|#|\./|[A-Za-z0-9_-]+(/|$))`)

func (linkGuard) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var unwanted []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			if !safeLink.Match(resolved(n.Destination)) {
				unwanted = append(unwanted, n)
			} else {
				n.SetAttributeString("rel", []byte("noopener nofollow"))
			}
		case *ast.AutoLink:
			if !safeLink.Match(n.URL(reader.Source())) {
				unwanted = append(unwanted, n)
			}
		case *ast.Image:
			unwanted = append(unwanted, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range unwanted {
		parent := n.Parent()
		for child := n.FirstChild(); child != nil; {
			next := child.NextSibling()
			parent.InsertBefore(parent, n, child)
			child = next
		}
		parent.RemoveChild(parent, n)
	}
}
