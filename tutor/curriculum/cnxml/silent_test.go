package cnxml_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"maieutic/tutor/curriculum/cnxml"
)

// elements nest in any way in the documents that are drawn, sensible or not.
var elements = []string{"section", "para", "list", "item", "title", "label", "note", "quote", "emphasis", "term", "link", "link url='https://example.org'", "footnote", "code",
	"code display='block'", "preformat", "example", "exercise", "problem", "solution", "commentary", "figure", "subfigure", "caption", "media", "table", "tgroup", "tbody", "thead",
	"row", "entry", "entrytbl", "equation", "rule", "statement", "proof", "definition", "meaning", "seealso", "sup", "sub", "foreign", "cite", "span", "div", "novelty",
	"list display='inline'", "list list-type='enumerated' number-style='lower-alpha'", "quote display='inline'"}

// drawn is a random document in which every word is another one.
type drawn struct {
	t     *rapid.T
	words int
}

func (d *drawn) nodes(depth int) string {
	var b strings.Builder
	for range rapid.IntRange(1, 3).Draw(d.t, "children") {
		if depth == 0 || rapid.IntRange(0, 2).Draw(d.t, "text") == 0 {
			d.words++
			fmt.Fprintf(&b, " word%dx ", d.words)
			continue
		}
		tag := rapid.SampledFrom(elements).Draw(d.t, "element")
		name, _, _ := strings.Cut(tag, " ")
		fmt.Fprintf(&b, "<%s>%s</%s>", tag, d.nodes(depth-1), name)
	}
	return b.String()
}

// Whatever stands in whatever, a word that does not come through has a loss that
// says so.
func TestNoSilentLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &drawn{t: t}
		content := "<content>" + d.nodes(6) + "</content>"
		result, err := run(t, map[string]string{"m1/index.cnxml": document("Title", content)}, cnxml.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if w := result.Report.Words; w.Out != w.In && len(result.Report.Lost) == 0 {
			t.Fatalf("%d of %d words, missing %v, and no loss is reported:\n%s\n%+v", w.Out, w.In, result.Report.Missing(9), content, result.Courses[0])
		}
	})
}
