package render

import (
	"container/list"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"

	"maieutic/tutor"
	"maieutic/web/static"
)

const (
	longestFormula = 2_000 // bytes
	deepestFormula = 60    // nested groups
	formulaTime    = time.Second
	longestMathML  = 200 << 10
	cachedFormulas = 4_000
	enginesAtOnce  = 2
)

// texEngine renders TeX to MathML with temml in a JavaScript interpreter. An
// interpreter serves one call at a time, so there are a few of them, made when
// they are needed. It is safe for concurrent use.
type texEngine struct {
	program *goja.Program
	slots   chan *goja.Runtime // nil: a place without an interpreter yet

	mu    sync.Mutex
	cache map[formulaKey]*list.Element
	order *list.List // most recently used first
}

type formulaKey struct {
	formula string
	display bool
}

type cached struct {
	key  formulaKey
	html string
}

func newTexEngine() (*texEngine, error) {
	source, err := static.File("temml.js")
	if err != nil {
		return nil, err
	}
	program, err := goja.Compile("temml.js", string(source), true)
	if err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInternal, "the TeX renderer does not compile")
	}
	e := &texEngine{program: program, slots: make(chan *goja.Runtime, enginesAtOnce), cache: map[formulaKey]*list.Element{}, order: list.New()}
	for range enginesAtOnce {
		e.slots <- nil
	}
	return e, nil
}

// render returns MathML, or the formula's source in <code> when it is not TeX.
func (e *texEngine) render(formula string, display bool) string {
	key := formulaKey{formula, display}
	if out, ok := e.lookup(key); ok {
		return out
	}
	out, err := e.convert(formula, display)
	if err != nil {
		out = "<code>" + html.EscapeString(formula) + "</code>"
	}
	e.keep(key, out)
	return out
}

func (e *texEngine) lookup(key formulaKey) (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	element, ok := e.cache[key]
	if !ok {
		return "", false
	}
	e.order.MoveToFront(element)
	return element.Value.(*cached).html, true
}

func (e *texEngine) keep(key formulaKey, out string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.cache[key]; ok {
		return
	}
	e.cache[key] = e.order.PushFront(&cached{key, out})
	if e.order.Len() > cachedFormulas {
		oldest := e.order.Remove(e.order.Back()).(*cached)
		delete(e.cache, oldest.key)
	}
}

var errFormula = errors.New("not a formula")

func (e *texEngine) convert(formula string, display bool) (out string, err error) {
	if len(formula) > longestFormula || depth(formula) > deepestFormula {
		return "", errFormula
	}
	vm := <-e.slots
	defer func() { e.slots <- vm }()
	if vm == nil {
		if vm, err = e.interpreter(); err != nil {
			return "", err
		}
	}
	timer := time.AfterFunc(formulaTime, func() { vm.Interrupt("too slow") })
	defer timer.Stop()
	render, ok := goja.AssertFunction(vm.Get("toMathML"))
	if !ok {
		return "", errFormula
	}
	value, err := render(goja.Undefined(), vm.ToValue(blanks(formula)), vm.ToValue(display))
	if err != nil {
		vm.ClearInterrupt()
		var interrupted *goja.InterruptedError
		if errors.As(err, &interrupted) {
			vm = nil // its state is anybody's guess
		}
		return "", err
	}
	return sanitise(value.String())
}

// interpreter loads temml. Trust is off, so that no formula makes a link or
// sets a style; the budget on macros keeps expansion finite.
func (e *texEngine) interpreter() (*goja.Runtime, error) {
	vm := goja.New()
	vm.SetMaxCallStackSize(2_000)
	if _, err := vm.RunProgram(e.program); err != nil {
		return nil, err
	}
	_, err := vm.RunString(`function toMathML(tex, display) {
		return temml.renderToString(tex, {displayMode: display, throwOnError: true, trust: false, strict: false, maxExpand: 500, maxSize: [20, 20], annotate: false});
	}`)
	return vm, err
}

// gap is a blank to fill in, written as a line. TeX would read subscripts.
var gap = regexp.MustCompile(`_{2,}`)

func blanks(formula string) string {
	return gap.ReplaceAllStringFunc(formula, func(line string) string { return strings.Repeat(`\_`, len(line)) })
}

func depth(formula string) (deepest int) {
	level := 0
	for i := range len(formula) {
		switch formula[i] {
		case '{', '(', '[':
			level++
			deepest = max(deepest, level)
		case '}', ')', ']':
			level--
		}
	}
	return deepest
}

// What MathML may hold on our pages. Attributes that could load, link, run or
// style anything are not among them.
var (
	elements = []string{
		"math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "merror", "mpadded",
		"mphantom", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none",
		"mtable", "mtr", "mtd", "menclose",
	}
	attributes = []string{
		"display", "mathvariant", "stretchy", "fence", "separator", "lspace", "rspace", "minsize", "maxsize", "symmetric",
		"largeop", "movablelimits", "accent", "accentunder", "linethickness", "width", "height", "depth", "voffset",
		"columnalign", "rowspacing", "columnspacing", "columnlines", "rowlines", "displaystyle", "scriptlevel", "form",
		"notation", "columnspan", "rowspan", "dir",
	}
)

// sanitise reads MathML and writes it anew with nothing but what is allowed.
func sanitise(mathML string) (string, error) {
	if len(mathML) > longestMathML {
		return "", errFormula
	}
	var b strings.Builder
	decoder := xml.NewDecoder(strings.NewReader(mathML))
	decoder.Strict, decoder.Entity = false, xml.HTMLEntity
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if !slices.Contains(elements, t.Name.Local) {
				return "", errFormula
			}
			b.WriteString("<" + t.Name.Local)
			for _, a := range t.Attr {
				if slices.Contains(attributes, a.Name.Local) {
					b.WriteString(" " + a.Name.Local + `="` + html.EscapeString(a.Value) + `"`)
				}
			}
			b.WriteString(">")
		case xml.EndElement:
			b.WriteString("</" + t.Name.Local + ">")
		case xml.CharData:
			b.WriteString(html.EscapeString(string(t)))
		}
	}
}
