// Package xmltree reads XML from strangers into a tree, within limits and
// without a document type of its own.
package xmltree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"maieutic/tutor"
)

// What one document may hold. A node is an element or a run of text.
const (
	MaxBytes      = 16 << 20
	MaxDepth      = 200
	MaxNodes      = 500_000
	MaxAttributes = 200 // of one element
)

// Node is an element, or a run of text when Name is "".
type Node struct {
	Name     string // without a prefix
	Space    string // URI of the namespace, "" for none
	Attrs    []xml.Attr
	Children []*Node
	Text     string // of a run of text
	Line     int    // where it begins, from 1; 0 for a node that was made
}

// Parse reads a document and returns its root. The error is CodeInvalid and
// names the file and what to do.
//
// A document type with declarations of its own is refused, since it can define
// entities; one that only names an external definition is passed over, and
// nothing is ever fetched. Beside the five entities of XML the named characters
// of HTML are known, each of which stands for one character.
func Parse(name string, raw []byte) (*Node, error) {
	if len(raw) > MaxBytes {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s is larger than %d MiB; split it", name, MaxBytes>>20)
	}
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s is UTF-16; save it as UTF-8", name)
	}
	p := &parser{name: name, decoder: xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))}
	p.decoder.Strict = true
	p.decoder.Entity = xml.HTMLEntity
	p.decoder.CharsetReader = charset
	return p.parse()
}

// charset knows the two single-byte encodings that old exports are in.
func charset(label string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "us-ascii", "ascii":
		return input, nil
	case "iso-8859-1", "latin1":
		return charmap.ISO8859_1.NewDecoder().Reader(input), nil
	case "windows-1252":
		return charmap.Windows1252.NewDecoder().Reader(input), nil
	}
	return nil, fmt.Errorf("the encoding %q is not known; save the file as UTF-8", label)
}

type parser struct {
	name    string
	decoder *xml.Decoder
	root    *Node
	open    []*Node
	nodes   int
}

func (p *parser) parse() (*Node, error) {
	for {
		line, _ := p.decoder.InputPos()
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, p.fail(line, "is broken XML (%v); mend it there", err)
		}
		if err := p.take(token, line); err != nil {
			return nil, err
		}
	}
	if p.root == nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no XML element", p.name)
	}
	return p.root, nil
}

func (p *parser) fail(line int, format string, args ...any) error {
	return tutor.Errorf(tutor.CodeInvalid, "%s:%d: "+format, append([]any{p.name, line}, args...)...)
}

func (p *parser) take(token xml.Token, line int) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t, line)
	case xml.EndElement:
		p.open = p.open[:len(p.open)-1]
	case xml.CharData:
		return p.text(string(t), line)
	case xml.Directive:
		if bytes.ContainsRune(t, '[') || !bytes.HasPrefix(bytes.ToUpper(t), []byte("DOCTYPE")) {
			return p.fail(line, "declares a document type of its own, which could define entities; remove the declarations between < ! DOCTYPE and >")
		}
	}
	return nil
}

func (p *parser) start(t xml.StartElement, line int) error {
	n := &Node{Name: t.Name.Local, Space: t.Name.Space, Attrs: append([]xml.Attr(nil), t.Attr...), Line: line}
	switch {
	case len(p.open) >= MaxDepth:
		return p.fail(line, "nests elements more than %d deep; flatten them", MaxDepth)
	case len(t.Attr) > MaxAttributes:
		return p.fail(line, "has an element with more than %d attributes", MaxAttributes)
	case len(p.open) == 0 && p.root != nil:
		return p.fail(line, "holds a second root element; keep one")
	case len(p.open) == 0:
		p.root = n
	}
	p.open = append(p.open, n)
	if len(p.open) > 1 {
		return p.add(n, line)
	}
	return nil
}

// add puts a node into the innermost open element but the node itself.
func (p *parser) add(n *Node, line int) error {
	if p.nodes++; p.nodes > MaxNodes {
		return p.fail(line, "holds more than %d elements and texts; split it", MaxNodes)
	}
	parent := p.open[len(p.open)-1]
	if parent == n {
		parent = p.open[len(p.open)-2]
	}
	parent.Children = append(parent.Children, n)
	return nil
}

func (p *parser) text(s string, line int) error {
	if len(p.open) == 0 {
		if strings.TrimSpace(s) != "" {
			return p.fail(line, "has text outside its root element")
		}
		return nil
	}
	parent := p.open[len(p.open)-1]
	if last := len(parent.Children) - 1; last >= 0 && parent.Children[last].Name == "" {
		// A comment or a section of CDATA cuts one text in several tokens.
		parent.Children[last].Text += s
		return nil
	}
	return p.add(&Node{Text: s, Line: line}, line)
}
