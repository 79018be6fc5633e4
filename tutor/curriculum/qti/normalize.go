package qti

import (
	"strings"

	"maieutic/tutor/curriculum/xmltree"
)

// normalize gives the elements and attributes of QTI 3 the names that QTI 2 has
// for them: qti-simple-choice becomes simpleChoice, max-choices maxChoices.
func normalize(n *xmltree.Node) {
	bare, isQTI := strings.CutPrefix(n.Name, "qti-")
	if isQTI {
		n.Name = camel(bare)
		for i, a := range n.Attrs {
			if !strings.HasPrefix(a.Name.Local, "data-") && !strings.HasPrefix(a.Name.Local, "aria-") {
				n.Attrs[i].Name.Local = camel(a.Name.Local)
			}
		}
	}
	for _, c := range n.Children {
		normalize(c)
	}
}

func camel(s string) string {
	parts := strings.Split(s, "-")
	for i, p := range parts {
		if i > 0 && p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}

// clone copies a tree, replacing what swap returns something for; what it
// returns true and nothing for is left out.
func clone(n *xmltree.Node, swap func(*xmltree.Node) ([]*xmltree.Node, bool)) *xmltree.Node {
	out := *n
	out.Children = nil
	for _, c := range n.Children {
		if with, ok := swap(c); ok {
			out.Children = append(out.Children, with...)
			continue
		}
		out.Children = append(out.Children, clone(c, swap))
	}
	return &out
}
