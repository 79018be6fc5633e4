package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"maieutic/tutor"
)

const maxDepth = 32

type kind byte

const (
	object kind = iota
	array
	text
	number
	other // true, false and null
)

// node is JSON that keeps the order of its keys and its numbers as written.
type node struct {
	kind  kind
	keys  []string // of an object
	items []*node  // of an object, beside keys, or an array
	text  string   // of a string, decoded
	raw   string   // of a scalar, as written
}

// get returns a member of an object, nil when there is none.
func (n *node) get(key string) *node {
	if n == nil || n.kind != object {
		return nil
	}
	for i, k := range n.keys {
		if k == key {
			return n.items[i]
		}
	}
	return nil
}

// str returns the string under key, "" for none and for null.
func (n *node) str(key string) (string, error) {
	v := n.get(key)
	switch {
	case v == nil, v.raw == "null":
		return "", nil
	case v.kind != text:
		return "", tutor.Errorf(tutor.CodeInvalid, "%q must be a string", key)
	}
	return v.text, nil
}

// num returns the number under key and whether there is one.
func (n *node) num(key string) (float64, bool, error) {
	v := n.get(key)
	switch {
	case v == nil, v.raw == "null":
		return 0, false, nil
	case v.kind != number:
		return 0, false, tutor.Errorf(tutor.CodeInvalid, "%q must be a number", key)
	}
	f, err := json.Number(v.raw).Float64()
	if err != nil {
		return 0, false, tutor.Errorf(tutor.CodeInvalid, "%q must be a number up to 1000000", key)
	}
	return f, true, nil
}

// list returns the objects under key, none when it is missing.
func (n *node) list(key string) ([]*node, error) {
	v := n.get(key)
	if v == nil || v.raw == "null" {
		return nil, nil
	}
	return v.objects(key)
}

func (n *node) objects(what string) ([]*node, error) {
	if n.kind != array {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%q must be a list", what)
	}
	for _, item := range n.items {
		if item.kind != object {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%q must be a list of objects", what)
		}
	}
	return n.items, nil
}

// json writes a node, compact.
func (n *node) json() string {
	switch n.kind {
	case text:
		return quote(n.text)
	case number, other:
		return n.raw
	}
	parts := make([]string, len(n.items))
	for i, item := range n.items {
		parts[i] = item.json()
		if n.kind == object {
			parts[i] = quote(n.keys[i]) + ":" + parts[i]
		}
	}
	if n.kind == array {
		return "[" + strings.Join(parts, ",") + "]"
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// quote is s as a JSON string.
func quote(s string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

func indent(compact string) []byte {
	var b bytes.Buffer
	_ = json.Indent(&b, []byte(compact), "", "  ") // it was put together here
	b.WriteByte('\n')
	return b.Bytes()
}

// parse reads JSON. A key that stands twice, a string that is not Unicode and
// nesting beyond maxDepth are refused: each would be read one way here and
// another elsewhere.
func parse(data []byte) (*node, error) {
	p := &parser{data: data, decoder: json.NewDecoder(bytes.NewReader(data))}
	p.decoder.UseNumber()
	root, err := p.value(0)
	if err != nil {
		return nil, p.invalid(err)
	}
	if _, err := p.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the file holds more than one JSON value")
	}
	return root, nil
}

type parser struct {
	data    []byte
	decoder *json.Decoder
}

// invalid says in which line the JSON is wrong.
func (p *parser) invalid(err error) error {
	if tutor.ErrorCode(err) == tutor.CodeInvalid {
		return err
	}
	at := min(int(p.decoder.InputOffset()), len(p.data))
	return tutor.Errorf(tutor.CodeInvalid, "the file is not JSON: something is wrong near line %d", 1+bytes.Count(p.data[:at], []byte("\n")))
}

func (p *parser) value(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the JSON is nested more than %d deep", maxDepth)
	}
	from := p.decoder.InputOffset()
	token, err := p.decoder.Token()
	if err != nil {
		return nil, err
	}
	raw := string(bytes.TrimLeft(p.data[from:p.decoder.InputOffset()], " \t\r\n,:"))
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return p.object(depth)
		}
		return p.array(depth)
	case string:
		return &node{kind: text, text: v, raw: raw}, whole(v, raw)
	case json.Number:
		return &node{kind: number, raw: raw}, nil
	}
	return &node{kind: other, raw: raw}, nil
}

// whole refuses what a database does not hold, and half of a character.
func whole(decoded, raw string) error {
	if strings.ContainsRune(decoded, 0) {
		return tutor.Errorf(tutor.CodeInvalid, `a string holds \u0000; take it out`)
	}
	if n := strings.Count(decoded, "\uFFFD"); n > strings.Count(raw, "\uFFFD")+strings.Count(strings.ToLower(raw), `\ufffd`) {
		return tutor.Errorf(tutor.CodeInvalid, "a string holds half of a surrogate pair; take it out")
	}
	return nil
}

func (p *parser) object(depth int) (*node, error) {
	n := &node{kind: object}
	seen := map[string]bool{}
	for p.decoder.More() {
		key, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if seen[key.text] {
			return nil, tutor.Errorf(tutor.CodeInvalid, "the key %q stands twice in one object", clip(key.text))
		}
		seen[key.text] = true
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.keys, n.items = append(n.keys, key.text), append(n.items, item)
	}
	_, err := p.decoder.Token()
	return n, err
}

func (p *parser) array(depth int) (*node, error) {
	n := &node{kind: array}
	for p.decoder.More() {
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	_, err := p.decoder.Token()
	return n, err
}
