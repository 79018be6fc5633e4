// Package retrieval cuts lessons into passages, indexes them and finds the ones
// that answer a question. It owns its SQL, because its ranking is SQL.
package retrieval

import (
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"maieutic/tutor"
)

// longest is the length a passage aims to stay under, in bytes. A single
// paragraph is never cut, however long.
const longest = 1200

// top is the anchor of what comes before a lesson's first heading: the fragment
// of the lesson page's main element.
const top = "content"

// Chunk cuts a lesson into passages: a section of its own for each heading, cut
// further between blocks when it is long. Start and End of the citations count
// code points of the body; Anchor is the fragment that goldmark's automatic
// heading identifiers give, that of the page's content before the first heading.
// Text begins with the block, without the heading.
func Chunk(lesson tutor.Lesson) []tutor.Passage {
	source := []byte(lesson.Body)
	root := goldmark.New(goldmark.WithParserOptions(parser.WithAutoHeadingID())).Parser().Parse(text.NewReader(source))
	c := chunker{lesson: lesson, source: source, anchor: top}
	for node := root.FirstChild(); node != nil; node = node.NextSibling() {
		if heading, ok := node.(*ast.Heading); ok {
			c.flush()
			c.heading = plain(heading, source)
			c.anchor = top
			if id, ok := heading.AttributeString("id"); ok {
				c.anchor = string(id.([]byte))
			}
			continue
		}
		c.add(node)
	}
	c.flush()
	return c.passages
}

type chunker struct {
	lesson          tutor.Lesson
	source          []byte
	heading, anchor string
	start, end      int // bytes of the passage under way, end 0 for none
	passages        []tutor.Passage
}

func (c *chunker) add(node ast.Node) {
	start, end := extent(node, c.source)
	if end <= start {
		return
	}
	if c.end > 0 && end-c.start > longest {
		c.flush()
	}
	if c.end == 0 {
		c.start = start
	}
	c.end = end
}

func (c *chunker) flush() {
	if c.end == 0 {
		return
	}
	body := strings.TrimSpace(string(c.source[c.start:c.end]))
	if body != "" {
		c.passages = append(c.passages, tutor.Passage{
			Citation: tutor.Citation{
				CourseID: c.lesson.CourseID, LessonID: c.lesson.ID, Lesson: c.lesson.Title,
				Heading: c.heading, Anchor: c.anchor,
				Start: utf8.RuneCount(c.source[:c.start]),
				End:   utf8.RuneCount(c.source[:c.end]),
			},
			Text: body,
		})
	}
	c.start, c.end = 0, 0
}

// extent returns the bytes of a block, whole lines, markers of lists and quotes
// included.
func extent(node ast.Node, source []byte) (start, end int) {
	start, end = -1, -1
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() != ast.TypeBlock {
			return ast.WalkContinue, nil
		}
		lines := n.Lines()
		for i := range lines.Len() {
			line := lines.At(i)
			if start < 0 || line.Start < start {
				start = line.Start
			}
			end = max(end, line.Stop)
		}
		return ast.WalkContinue, nil
	})
	if start < 0 {
		return 0, 0
	}
	for start > 0 && source[start-1] != '\n' {
		start--
	}
	for end > start && (source[end-1] == '\n' || source[end-1] == '\r') {
		end--
	}
	return start, end
}

// plain returns the text of a heading without its markup.
func plain(node ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
