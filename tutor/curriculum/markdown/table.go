package markdown

import (
	"strconv"
	"strings"

	"maieutic/tutor/curriculum/xmltree"
)

// widest is how many columns a table and a span may have. All rows are filled up
// to the width of the widest, so it bounds what a hostile table grows to.
const widest = 100

// table writes a table: its captions before it, a row of headings (empty when
// there is none), and for each cell that spans several the empty ones beside it.
func (w *writer) table(n *xmltree.Node) []string {
	var out []string
	for _, child := range n.Children {
		if child.Name == "caption" { // one is allowed, and nobody checks
			out = append(out, w.blocks(child.Children)...)
		}
	}
	w.inTable = true
	defer func() { w.inTable = false }()
	rows, head := w.grid(n)
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	if width == 0 {
		return out
	}
	if !head {
		rows = append([][]string{nil}, rows...)
	}
	lines := make([]string, 0, len(rows)+1)
	for i, row := range rows {
		for len(row) < width {
			row = append(row, "")
		}
		lines = append(lines, "| "+strings.Join(row, " | ")+" |")
		if i == 0 {
			lines = append(lines, strings.Repeat("| --- ", width)+"|")
		}
	}
	return append(out, strings.Join(lines, "\n"))
}

func rowsOf(n *xmltree.Node) []*xmltree.Node {
	var rows []*xmltree.Node
	for _, c := range n.Elements("thead", "tbody", "tfoot", "tr") {
		if c.Name == "tr" {
			rows = append(rows, c)
			continue
		}
		rows = append(rows, c.Elements("tr")...)
	}
	return rows
}

// grid returns the cells and whether the first row is of headings.
func (w *writer) grid(n *xmltree.Node) (rows [][]string, head bool) {
	below := map[int]int{} // by column: rows that a cell above still covers
	spans := false
	for i, tr := range rowsOf(n) {
		var row []string
		headings := true
		covered := func() {
			for below[len(row)] > 0 {
				below[len(row)]--
				row = append(row, "")
			}
		}
		for _, cell := range tr.Elements("td", "th") {
			covered()
			if len(row) >= widest {
				w.Lose(cell, "cell beyond the last column that a table may have", cell.Content())
				continue
			}
			headings = headings && cell.Name == "th"
			across, down := span(cell, "colspan"), span(cell, "rowspan")
			spans = spans || across > 1 || down > 1
			text := w.cell(cell)
			for range min(across, widest-len(row)) {
				below[len(row)] = down - 1
				row = append(row, text)
				text = ""
			}
		}
		covered()
		if i == 0 && len(row) > 0 {
			thead := n.Child("thead")
			head = headings || thead != nil && len(thead.Elements("tr")) > 0
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	if spans {
		w.Alter(n, "cells over several rows or columns, set in the first", "")
	}
	return rows, head
}

func span(n *xmltree.Node, name string) int {
	count, err := strconv.Atoi(n.Attr(name))
	if err != nil || count < 1 {
		return 1
	}
	return min(count, widest)
}

// cell is one line; the parts of a list or of several paragraphs stand behind
// one another.
func (w *writer) cell(n *xmltree.Node) string {
	if len(n.Find("table")) > 0 {
		w.Alter(n, "table in a table, set as text", "")
	}
	if len(n.Find("ul", "ol", "pre", "blockquote")) > 0 {
		w.Alter(n, "list or other block in a cell, set on one line", "")
	}
	return w.line(n.Children)
}
