package document

import (
	"strconv"
	"strings"

	"maieutic/tutor/curriculum/xmltree"
)

// wordText writes the body of a Word file as paragraphs.
type wordText struct {
	prose
	document *Document
	held     strings.Builder // the paragraph under way
	listed   bool            // it is an item of a list
	wasItem  bool            // the one before was
	boxes    []*xmltree.Node // text boxes anchored in it
	cited    map[string][]string
	order    int // notes that were cited
	marks    map[string]int
}

// blocks writes paragraphs and tables, within whatever holds them.
func (w *wordText) blocks(n *xmltree.Node) {
	if n == nil {
		return
	}
	for _, c := range n.Children {
		switch c.Name {
		case "p":
			w.paragraphOf(c)
		case "tbl":
			w.flush()
			w.table(c)
		case "del", "moveFrom":
			w.document.note(NoteTracked)
		case "sectPr", "":
		default: // content controls, insertions, custom XML
			w.blocks(c)
		}
	}
}

// paragraphOf adds a paragraph. One whose mark was deleted runs on into the next.
func (w *wordText) paragraphOf(p *xmltree.Node) {
	properties := find(p, "pPr")
	if w.held.Len() == 0 {
		w.listed = isItem(properties)
	}
	w.runs(p)
	if find(find(properties, "rPr"), "del") != nil {
		w.document.note(NoteTracked)
		return
	}
	w.flush()
}

// isItem reports that a paragraph is an item of a list and no numbered heading.
func isItem(properties *xmltree.Node) bool {
	number := find(find(properties, "numPr"), "numId")
	if number == nil || attribute(number, "val") == "0" {
		return false
	}
	style := find(properties, "pStyle")
	return style == nil || !strings.HasPrefix(strings.ToLower(attribute(style, "val")), "heading")
}

// flush ends the paragraph under way, and lets the text boxes in it follow.
func (w *wordText) flush() {
	text := strings.TrimSpace(w.held.String())
	w.held.Reset()
	switch {
	case text == "":
	case w.listed && w.wasItem:
		w.line("- " + text)
	case w.listed:
		w.paragraph("- " + text)
	default:
		w.paragraph(text)
	}
	if text != "" {
		w.wasItem = w.listed
	}
	boxes := w.boxes
	w.boxes = nil
	for _, b := range boxes {
		w.blocks(b)
		w.flush()
	}
}

// runs adds the text in a paragraph or in anything within it.
func (w *wordText) runs(n *xmltree.Node) {
	for _, c := range n.Children {
		switch c.Name {
		case "", "pPr", "rPr", "instrText", "delText", "delInstrText", "rt", "annotationRef", "commentReference":
		case "del", "moveFrom":
			w.document.note(NoteTracked)
		case "ins", "moveTo":
			w.document.note(NoteTracked)
			w.runs(c)
		case "r":
			w.run(c)
		case "t":
			w.held.WriteString(textOf(c))
		case "tab", "ptab":
			w.held.WriteByte(' ')
		case "br", "cr":
			w.breakLine(c)
		case "noBreakHyphen":
			w.held.WriteRune('\u2011')
		case "footnoteReference", "endnoteReference":
			w.cite(strings.TrimSuffix(c.Name, "Reference"), attribute(c, "id"))
		case "AlternateContent":
			w.alternative(c)
		case "pict", "object", "drawing":
			w.picture(c)
		default: // links, fields, content controls, ruby, formulas
			w.runs(c)
		}
	}
}

func (w *wordText) run(r *xmltree.Node) {
	if isOn(find(r, "rPr"), "vanish") {
		w.document.note(NoteHidden)
		return
	}
	w.runs(r)
}

func (w *wordText) breakLine(n *xmltree.Node) {
	switch attribute(n, "type") {
	case "page", "column":
		w.held.WriteByte(' ')
	default:
		w.held.WriteByte('\n')
	}
}

func textOf(n *xmltree.Node) string {
	var out strings.Builder
	for _, c := range n.Children {
		out.WriteString(c.Text)
	}
	return out.String()
}

// alternative takes the first of several forms of the same thing.
func (w *wordText) alternative(n *xmltree.Node) {
	for _, name := range []string{"Choice", "Fallback"} {
		if c := find(n, name); c != nil {
			w.runs(c)
			return
		}
	}
}

// picture keeps the text boxes in a drawing for the end of the paragraph.
func (w *wordText) picture(n *xmltree.Node) {
	found := len(w.boxes)
	w.boxesIn(n)
	if len(w.boxes) == found {
		w.document.note(NotePictures)
	}
}

func (w *wordText) boxesIn(n *xmltree.Node) {
	for _, c := range n.Children {
		switch c.Name {
		case "txbxContent":
			w.boxes = append(w.boxes, c)
		case "Fallback":
		default:
			w.boxesIn(c)
		}
	}
}

// cite puts the mark of a footnote into the text.
func (w *wordText) cite(kind, id string) {
	if w.cited == nil {
		w.cited, w.marks = map[string][]string{}, map[string]int{}
	}
	if w.marks[kind+id] == 0 {
		w.order++
		w.marks[kind+id] = w.order
		w.cited[kind] = append(w.cited[kind], id)
	}
	w.held.WriteString("[" + strconv.Itoa(w.marks[kind+id]) + "]")
}

// footnotes writes the notes that the text cites, in its order.
func (w *wordText) footnotes(root *xmltree.Node, kind string) {
	byID := map[string]*xmltree.Node{}
	for _, n := range root.Children {
		if n.Name == kind {
			byID[attribute(n, "id")] = n
		}
	}
	for _, id := range w.cited[kind] {
		if n := byID[id]; n != nil {
			w.document.note(NoteFootnotes)
			w.paragraph("[" + strconv.Itoa(w.marks[kind+id]) + "] " + w.cell(n))
		}
	}
}

// table writes one line for each row.
func (w *wordText) table(t *xmltree.Node) {
	first := true
	w.rows(t, func(row string) {
		if first {
			w.paragraph(row)
		} else {
			w.line(row)
		}
		first = false
	})
	w.wasItem = false
}

func (w *wordText) rows(n *xmltree.Node, write func(string)) {
	for _, c := range n.Children {
		switch c.Name {
		case "tr":
			if find(find(c, "trPr"), "del") != nil {
				w.document.note(NoteTracked)
				continue
			}
			var cells []string
			w.cells(c, &cells)
			write(strings.Join(cells, " | "))
		case "sdt", "sdtContent", "customXml", "ins", "moveTo":
			w.rows(c, write)
		}
	}
}

func (w *wordText) cells(n *xmltree.Node, out *[]string) {
	for _, c := range n.Children {
		switch c.Name {
		case "tc":
			*out = append(*out, w.cell(c))
		case "sdt", "sdtContent", "customXml":
			w.cells(c, out)
		}
	}
}

// cell is the text of what stands in a cell or a footnote, on one line.
func (w *wordText) cell(n *xmltree.Node) string {
	inner := &wordText{document: w.document, cited: w.cited, marks: w.marks, order: w.order}
	inner.blocks(n)
	inner.flush()
	w.cited, w.marks, w.order = inner.cited, inner.marks, inner.order
	return strings.Join(strings.Fields(inner.String()), " ")
}
