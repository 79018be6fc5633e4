package markdown

import (
	"fmt"
	"strconv"
	"strings"

	"maieutic/tutor/curriculum/xmltree"
)

// list writes ul and ol. A list right behind another gets another mark, else
// the two would be read as one. Numbering by letters becomes a label.
func (w *writer) list(n *xmltree.Node) string {
	mark := n.Name
	if lettered(n) {
		mark = "ul"
	}
	other := w.inList && w.mark == mark && !w.other
	var items [][]string
	var labels []string
	number := 1
	if start, err := strconv.Atoi(n.Attr("start")); err == nil && start >= 0 && start < 1e8 {
		number = start
	}
	tight := true
	for _, c := range n.Children {
		if c.Name == "" && strings.TrimSpace(c.Text) == "" {
			continue
		}
		inner := c.Children
		if c.Name != "li" {
			inner = []*xmltree.Node{c} // an item without its element
		}
		w.inList = false
		blocks := w.blocks(inner)
		if len(blocks) == 0 {
			number++
			continue
		}
		if len(blocks) > 2 || len(blocks) == 2 && c.Child("ul", "ol") == nil {
			tight = false
		}
		items = append(items, blocks)
		labels = append(labels, label(n, number, other))
		number++
	}
	w.other, w.mark = other, mark
	if lettered(n) {
		w.Alter(n, "list numbered by letters, set as labels", "")
	}
	return stack(items, labels, tight)
}

func stack(items [][]string, labels []string, tight bool) string {
	gap := "\n\n"
	if tight {
		gap = "\n"
	}
	out := make([]string, len(items))
	for i, blocks := range items {
		body := strings.Join(blocks, gap)
		indent := strings.Repeat(" ", len(labels[i]))
		if at := strings.Index(labels[i], "- ("); at == 0 {
			indent = "  "
		} else if strings.HasPrefix(labels[i], "* (") {
			indent = "  "
		}
		out[i] = labels[i] + indented(body, indent)
	}
	return strings.Join(out, gap)
}

// indented puts the indent before every line but the first and empty ones.
func indented(s, indent string) string {
	lines := strings.Split(s, "\n")
	for i := 1; i < len(lines); i++ {
		if lines[i] != "" {
			lines[i] = indent + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

func lettered(n *xmltree.Node) bool {
	switch n.Attr("type") {
	case "a", "A", "i", "I":
		return n.Name == "ol"
	}
	return false
}

func label(n *xmltree.Node, number int, other bool) string {
	bullet, dot := "- ", ". "
	if other {
		bullet, dot = "* ", ") "
	}
	switch {
	case n.Name == "ul":
		return bullet
	case lettered(n):
		return bullet + "(" + Letter(number, n.Attr("type")) + ") "
	}
	return fmt.Sprintf("%d%s", number, dot)
}

// Letter is the label of a number from 1 in a list of HTML's type a, A, i or I.
func Letter(number int, kind string) string {
	s := ""
	switch kind {
	case "a", "A":
		for ; number > 0; number = (number - 1) / 26 {
			s = string(rune('a'+(number-1)%26)) + s
		}
	default:
		s = roman(number)
	}
	if kind == "A" || kind == "I" {
		s = strings.ToUpper(s)
	}
	return s
}

func roman(number int) string {
	if number > 3999 {
		return strconv.Itoa(number)
	}
	s := ""
	for _, d := range []struct {
		value  int
		letter string
	}{{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}} {
		for ; number >= d.value; number -= d.value {
			s += d.letter
		}
	}
	return s
}
