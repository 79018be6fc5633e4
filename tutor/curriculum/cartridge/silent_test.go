package cartridge_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// elements nest in any way in the pages that are drawn, sensible or not.
var elements = strings.Fields(`p div span h1 h2 ul ol li dl dt dd table tr td th tbody thead caption blockquote pre code em strong a sup sub figure figcaption
	section article details summary button label form iframe video novelty address center font main hr q s math`)

// Whatever stands in whatever, a word of a page that does not come through has a
// loss that says so.
func TestNoSilentLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := 0
		var nodes func(depth int) string
		nodes = func(depth int) string {
			var b strings.Builder
			for range rapid.IntRange(1, 3).Draw(t, "children") {
				if depth == 0 || rapid.IntRange(0, 2).Draw(t, "text") == 0 {
					words++
					fmt.Fprintf(&b, " word%dx ", words)
					continue
				}
				name := rapid.SampledFrom(elements).Draw(t, "element")
				fmt.Fprintf(&b, "<%s>%s</%s>", name, nodes(depth-1), name)
			}
			return b.String()
		}
		page := "<body>first " + nodes(5) + "</body>"
		result, err := run(t, map[string]string{"imsmanifest.xml": manifest, "wiki/two.html": page})
		if err != nil {
			t.Fatal(err)
		}
		silent := true
		for _, l := range result.Report.Lost {
			silent = silent && l.File != "wiki/two.html"
		}
		if w := result.Report.Words; w.Out != w.In && silent {
			t.Fatalf("%d of %d words, missing %v, and no loss is reported:\n%s\n%s", w.Out, w.In, result.Report.Missing(9), page, result.Course.Lessons[0].Body)
		}
	})
}
