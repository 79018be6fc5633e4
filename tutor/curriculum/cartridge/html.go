package cartridge

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/xmltree"
)

// document is a page of HTML.
type document struct {
	title    string
	body     []*xmltree.Node
	text     string // of the source, read on its own for the comparison of words
	formulas int
}

// parse reads HTML of any encoding that browsers know.
func parse(name string, raw []byte) (document, error) {
	if len(raw) > xmltree.MaxBytes {
		return document{}, tutor.Errorf(tutor.CodeInvalid, "%s is larger than %d MiB; split it", name, xmltree.MaxBytes>>20)
	}
	encoding, _, _ := charset.DetermineEncoding(raw, "text/html")
	decoded, err := encoding.NewDecoder().Bytes(raw)
	if err != nil {
		return document{}, tutor.Errorf(tutor.CodeInvalid, "%s cannot be decoded; save it as UTF-8", name)
	}
	root, err := html.Parse(bytes.NewReader(decoded))
	if err != nil {
		return document{}, tutor.Errorf(tutor.CodeInvalid, "%s cannot be read as HTML (%v)", name, err)
	}
	c := converter{}
	d := document{}
	for _, n := range c.children(root, 0) {
		for _, title := range n.Find("title") {
			if n.Name == "html" && d.title == "" {
				d.title = title.Content()
			}
		}
		if body := n.Child("body"); body != nil {
			d.body = body.Children
		}
	}
	if c.nodes > xmltree.MaxNodes {
		return document{}, tutor.Errorf(tutor.CodeInvalid, "%s holds more than %d elements and texts; split it", name, xmltree.MaxNodes)
	}
	if c.tooDeep {
		return document{}, tutor.Errorf(tutor.CodeInvalid, "%s nests elements more than %d deep; flatten them", name, xmltree.MaxDepth)
	}
	d.text, d.formulas = source(decoded)
	return d, nil
}

type converter struct {
	nodes   int
	tooDeep bool
}

func (c *converter) children(n *html.Node, depth int) []*xmltree.Node {
	var out []*xmltree.Node
	if depth > xmltree.MaxDepth {
		c.tooDeep = true
		return nil
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if c.nodes++; c.nodes > xmltree.MaxNodes {
			return out
		}
		switch child.Type {
		case html.TextNode:
			out = append(out, formulas(child.Data, n.Data)...)
		case html.ElementNode:
			out = append(out, c.element(child, depth))
		}
	}
	return out
}

func (c *converter) element(n *html.Node, depth int) *xmltree.Node {
	e := xmltree.Element(n.Data)
	for _, a := range n.Attr {
		e.Attrs = append(e.Attrs, xml.Attr{Name: xml.Name{Local: a.Key}, Value: a.Val})
	}
	// The picture of a formula carries the formula.
	if tex := e.Attr("data-equation-content"); n.Data == "img" && tex != "" {
		return xmltree.Element("tex", xmltree.Text(tex))
	}
	e.Children = c.children(n, depth+1)
	return e
}

// delimited is TeX as pages with a script for formulas have it.
var delimited = regexp.MustCompile(`(?s)\\\((.+?)\\\)|\\\[(.+?)\\\]`)

// formulas cuts a text where formulas stand in it.
func formulas(text, parent string) []*xmltree.Node {
	if parent == "pre" || parent == "code" || !strings.Contains(text, `\`) {
		return []*xmltree.Node{xmltree.Text(text)}
	}
	var out []*xmltree.Node
	for {
		at := delimited.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		inner := text[max(at[2], at[4]):max(at[3], at[5])]
		out = append(out, xmltree.Text(text[:at[0]]), xmltree.Element("tex", xmltree.Text(inner)))
		text = text[at[1]:]
	}
	return append(out, xmltree.Text(text))
}

// unread are the elements whose text nobody reads.
var unread = map[string]bool{"script": true, "style": true, "title": true, "math": true, "noscript": true, "template": true}

// within are the elements that do not end a word.
var within = map[string]bool{"a": true, "b": true, "i": true, "em": true, "strong": true, "span": true, "u": true, "sup": true, "sub": true, "small": true, "font": true, "code": true, "mark": true, "abbr": true}

// source reads the text of a page token by token, apart from the tree that the
// lesson is made of.
func source(raw []byte) (text string, count int) {
	var b strings.Builder
	tokens := html.NewTokenizer(bytes.NewReader(raw))
	skip, depth := "", 0
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			if !errors.Is(tokens.Err(), io.EOF) {
				b.WriteByte(' ')
			}
			break
		}
		t := tokens.Token()
		switch {
		case skip != "":
			if t.Data == skip && kind == html.StartTagToken {
				depth++
			} else if t.Data == skip && kind == html.EndTagToken {
				if depth--; depth == 0 {
					skip = ""
				}
			}
		case kind == html.TextToken:
			b.WriteString(t.Data)
		case kind == html.StartTagToken && unread[t.Data]:
			skip, depth = t.Data, 1
			if t.Data == "math" {
				count++
			}
			b.WriteByte(' ')
		case kind == html.StartTagToken, kind == html.SelfClosingTagToken, kind == html.EndTagToken:
			if !within[t.Data] {
				b.WriteByte(' ')
			}
			alt, isFormula := imageOf(t)
			b.WriteString(alt)
			if isFormula {
				count++
			}
		}
	}
	text = b.String()
	count += len(delimited.FindAllString(text, -1))
	return delimited.ReplaceAllString(text, " "), count
}

// imageOf is the text in place of a picture, and whether it is one of a formula.
func imageOf(t html.Token) (alt string, isFormula bool) {
	if t.Data != "img" {
		return "", false
	}
	for _, a := range t.Attr {
		switch a.Key {
		case "alt":
			alt = " " + a.Val + " "
		case "data-equation-content":
			if a.Val != "" {
				return "", true
			}
		}
	}
	return alt, false
}
