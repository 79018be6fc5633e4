// Package curriculum reads courses as authors write them: folders of Markdown
// with YAML front matter. FORMAT.md beside this file is the author's guide.
package curriculum

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

const maxFile = 1 << 20

// Problem is one mistake in a course, with its place and what to do about it.
type Problem struct {
	File    string
	Line    int // from 1, 0 when the whole file is meant
	Message string
	Remedy  string
	Hint    bool // worth a look; the course can be taught as it is
}

// String is "file:line: message. Remedy", with "hint: " before the message of a hint.
func (p Problem) String() string {
	place := p.File
	if p.Line > 0 {
		place = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Hint {
		place += ": hint"
	}
	if p.Remedy == "" {
		return place + ": " + p.Message
	}
	return place + ": " + p.Message + ". " + p.Remedy
}

// source is one file with its YAML, and knows the line of everything in it.
type source struct {
	name   string
	front  []byte // YAML
	offset int    // lines before the YAML
	body   string // Markdown behind the front matter
	tree   *ast.File
}

// report collects problems.
type report struct{ problems []Problem }

func (r *report) add(file string, line int, message, remedy string) {
	r.problems = append(r.problems, Problem{File: file, Line: line, Message: message, Remedy: remedy})
}

func (r *report) hint(file string, line int, message, remedy string) {
	r.problems = append(r.problems, Problem{File: file, Line: line, Message: message, Remedy: remedy, Hint: true})
}

// mistakes are the problems that keep a course from being taught.
func (r *report) mistakes() []Problem {
	return slices.DeleteFunc(slices.Clone(r.problems), func(p Problem) bool { return p.Hint })
}

// read reads a file whole. A problem is reported, and nil returned, for one that
// is too large, is not text, or leaves the folder.
func (r *report) read(fsys fs.FS, name string) []byte {
	file, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		r.add(name, 0, "the file is missing", "Add it; FORMAT.md shows what belongs in it")
		return nil
	}
	if err != nil {
		r.add(name, 0, "the file cannot be read", "Check its permissions, and that it is no link out of the folder")
		return nil
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case err != nil:
		r.add(name, 0, "the file cannot be read", "Check its permissions, and that it is no link out of the folder")
		return nil
	case len(raw) > maxFile:
		r.add(name, 0, "the file is larger than 1 MiB", "Split it")
		return nil
	case !utf8.Valid(raw):
		r.add(name, 1+bytes.Count(raw[:invalidAt(raw)], []byte("\n")), "the file is not valid UTF-8", "Save it as UTF-8")
		return nil
	}
	if at := bytes.IndexByte(raw, 0); at >= 0 {
		r.add(name, 1+bytes.Count(raw[:at], []byte("\n")), "the file holds a NUL character", "Remove it; the file may not be text")
		return nil
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	return bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
}

func invalidAt(raw []byte) int {
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return 0
}

// yamlFile reads a file that is YAML as a whole.
func (r *report) yamlFile(fsys fs.FS, name string) *source {
	raw := r.read(fsys, name)
	if raw == nil {
		return nil
	}
	return r.parse(&source{name: name, front: raw})
}

// markdownFile reads a file of front matter and Markdown.
func (r *report) markdownFile(fsys fs.FS, name string) *source {
	raw := r.read(fsys, name)
	if raw == nil {
		return nil
	}
	text := string(raw)
	if !strings.HasPrefix(text, "---\n") {
		r.add(name, 1, "there is no front matter", "Begin the file with a line of three dashes, the settings, and another line of three dashes")
		return nil
	}
	front, body, closed := strings.Cut(text[4:], "\n---\n")
	if !closed {
		if front, closed = strings.CutSuffix(strings.TrimRight(text[4:], "\n"), "\n---"); !closed {
			r.add(name, 1, "the front matter does not end", "Close it with a line of three dashes")
			return nil
		}
	}
	return r.parse(&source{name: name, front: []byte(front + "\n"), offset: 1, body: strings.TrimSpace(body)})
}

func (r *report) parse(s *source) *source {
	tree, err := parser.ParseBytes(s.front, 0)
	if err != nil {
		r.yamlError(s, err)
		return nil
	}
	s.tree = tree
	aliases := aliasFinder{}
	for _, doc := range tree.Docs {
		if doc.Body != nil {
			ast.Walk(&aliases, doc.Body)
		}
	}
	if aliases.line > 0 {
		// A few lines of aliases of aliases unfold to more than any memory holds.
		r.add(s.name, aliases.line+s.offset, "YAML anchors and aliases are not allowed", "Write the text out")
		return nil
	}
	return s
}

type aliasFinder struct{ line int }

// Visit implements ast.Visitor.
func (f *aliasFinder) Visit(node ast.Node) ast.Visitor {
	if node.Type() == ast.AliasType && f.line == 0 {
		f.line = node.GetToken().Position.Line
	}
	return f
}

// decode fills a value from the YAML; a key that nobody knows is a problem.
func (r *report) decode(s *source, into any) bool {
	if err := yaml.UnmarshalWithOptions(s.front, into, yaml.Strict()); err != nil {
		r.yamlError(s, err)
		return false
	}
	return true
}

func (r *report) yamlError(s *source, err error) {
	line, message := 0, err.Error()
	var located yaml.Error
	if errors.As(err, &located) {
		message = located.GetMessage()
		if token := located.GetToken(); token != nil && token.Position != nil {
			line = token.Position.Line + s.offset
		}
	}
	remedy := "Mend the YAML there; a text with a colon, a dollar sign or a quote in it is safest in single quotes"
	switch {
	case strings.Contains(message, "unknown field"):
		remedy = "Check the spelling; FORMAT.md lists the keys"
	case strings.Contains(message, "duplicate"), strings.Contains(message, "already defined"):
		remedy = "Keep one of them"
	case strings.Contains(message, "cannot unmarshal"):
		remedy = "Check the shape of the value against FORMAT.md"
	}
	r.add(s.name, line, firstLine(message), remedy)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// line returns where the node at a YAML path begins ("$.steps[0].question"), or
// the nearest thing above it that exists.
func (s *source) line(path string) int {
	for path != "" {
		if p, err := yaml.PathString(path); err == nil {
			if node, err := p.FilterFile(s.tree); err == nil && node != nil {
				if token := node.GetToken(); token != nil && token.Position != nil {
					return token.Position.Line + s.offset
				}
			}
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut <= 1 {
			break
		}
		path = path[:cut]
	}
	return 1 + s.offset
}
