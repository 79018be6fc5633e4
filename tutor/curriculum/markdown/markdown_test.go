package markdown_test

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"pgregory.net/rapid"

	"maieutic/tutor/curriculum/markdown"
	"maieutic/tutor/curriculum/xmltree"
)

func parse(t testing.TB, inside string) []*xmltree.Node {
	t.Helper()
	root, err := xmltree.Parse("t", []byte("<body>"+inside+"</body>"))
	if err != nil {
		t.Fatal(err)
	}
	return root.Children
}

func TestBlocks(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"paragraphs", "<p>One\n two</p>loose<p>Three</p>", "One two\n\nloose\n\nThree"},
		{"heading", "<h1>Title</h1><h6>Low #</h6>", "## Title\n\n###### Low "},
		{"emphasis", "<p>a<em> b </em>c <strong>d</strong> <i/></p>", "a *b* c **d**"},
		{"marks", `<p>2 * 3 _x_ snake_case ~a~ $5 &lt;b&gt; back\slash</p>`, `2 \* 3 \_x\_ snake_case \~a\~ \$5 \<b> back\\slash`},
		{"starts", "<p># no</p><p>- no</p><p>1. no</p><p>&gt; no</p><p>[a]: b</p>", "\\# no\n\n\\- no\n\n1\\. no\n\n\\> no\n\n[a]\\: b"},
		{"brackets stay, a link does not arise", "<p>“[I mean]” [a](b)</p>", `“[I mean]” [a]\(b)`},
		{"nested lists", "<ul><li>a<ol><li>b</li></ol></li><li><p>c</p></li></ul>", "- a\n  1. b\n- c"},
		{"loose list", "<ol start=\"3\"><li><p>a</p><p>b</p></li><li>c</li></ol>", "3. a\n\n   b\n\n4. c"},
		{"two lists", "<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"},
		{"letters", `<ol type="a"><li>x</li><li>y</li></ol>`, "- (a) x\n- (b) y"},
		{"quote", "<blockquote><p>a</p><ul><li>b</li></ul></blockquote>", "> a\n>\n> - b"},
		{"code", "<p><code>a*b`c</code></p><pre>x\n  y ```</pre>", "``a*b`c``\n\n````\nx\n  y ```\n````"},
		{"table", "<table><caption>C</caption><tr><th>a</th><th>b|c</th></tr><tr><td colspan=\"2\">d</td></tr></table>", "C\n\n| a | b\\|c |\n| --- | --- |\n| d |  |"},
		{"two captions", "<table><caption/><caption>C</caption><tr><td>a</td></tr></table>", "C\n\n|  |\n| --- |\n| a |"},
		{"table without headings", "<table><tr><td rowspan=\"2\">a</td><td>b</td></tr><tr><td><p>c</p><p>d</p></td></tr></table>", "|  |  |\n| --- | --- |\n| a | b |\n|  | c d |"},
		{"definitions", "<dl><dt>T</dt><dd>M</dd></dl>", "**T**: M"},
		{"raised", "<p>x<sup>2</sup> H<sub>2</sub>O 1<sup>st</sup> e<sup>kt</sup></p>", "x² H₂O 1ˢᵗ e${}^{\\text{kt}}$"},
		{"formula", `<p>so <math><mi>x</mi></math>5</p>`, `so $x$ 5`},
		{"link", `<p><a href="k">t[1]</a> <a href="no">u</a></p>`, "[t(1)](to-k) u"},
		{"picture", `<p><img alt="a [b]" src="c d.png"/></p>`, "![a (b)](c%20d.png)"},
		{"line break", "<p>a<br/># b<br/></p>", "a\\\n\\# b"},
		{"entity", "<p>&amp;amp; R&amp;D</p>", `\&amp; R&D`},
		{"script", "<p>a<script>b</script></p><style>c</style>", "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := markdown.Blocks(parse(t, c.in), markdown.Options{Level: 1, Link: func(href string) string {
				if href == "no" {
					return ""
				}
				return "to-" + href
			}})
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// All that is left out or altered is told, by kind.
func TestTold(t *testing.T) {
	var lost, altered []string
	markdown.Blocks(parse(t, `<p><img src="a.png"/><video src="v"/><input type="text"/><blink>x</blink><img src="b" alt="b"/></p><ol type="i"><li>a</li></ol>
		<table><tr><td colspan="2"><ul><li>x</li></ul><table><tr><td>y</td></tr></table></td></tr></table>`), markdown.Options{
		Lose:  func(_ *xmltree.Node, kind, _ string) { lost = append(lost, kind) },
		Alter: func(_ *xmltree.Node, kind, _ string) { altered = append(altered, kind) },
	})
	if want := []string{"picture without a text in its place", "media <video>", "control <input>"}; !slices.Equal(lost, want) {
		t.Errorf("lost %q", lost)
	}
	slices.Sort(altered)
	if want := []string{"cells over several rows or columns, set in the first", "list numbered by letters, set as labels",
		"list or other block in a cell, set on one line", "picture, its text kept", "table in a table, set as text", "unknown element <blink>, its text kept"}; !slices.Equal(altered, want) {
		t.Errorf("altered %q", altered)
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// Any text is, after Markdown has read it, the same text in one paragraph.
func TestEscapeIsReadBack(t *testing.T) {
	reader := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-c12 #*_~.)(>+=<&;!|:\[\]$\\-]{1,24}`).Draw(t, "text")
		want := strings.Join(strings.Fields(s), " ")
		var b bytes.Buffer
		if err := reader.Convert([]byte(markdown.Escape(s)), &b); err != nil {
			t.Fatal(err)
		}
		if got := html.UnescapeString(strings.TrimSpace(tags.ReplaceAllString(b.String(), ""))); got != want || strings.Count(b.String(), "<") > 2 {
			t.Fatalf("%q became %q", want, b.String())
		}
	})
}

// A table of a few bytes cannot grow to any size.
func TestWideTable(t *testing.T) {
	lost := 0
	got := markdown.Blocks(parse(t, "<table><tr>"+strings.Repeat(`<td colspan="1000" rowspan="1000">x</td>`, 300)+"</tr>"+strings.Repeat("<tr><td>y</td></tr>", 50)+"</table>"),
		markdown.Options{Lose: func(*xmltree.Node, string, string) { lost++ }})
	if len(got) > 60_000 || lost != 349 {
		t.Errorf("%d bytes, %d cells lost", len(got), lost)
	}
}

func TestLetter(t *testing.T) {
	for want, c := range map[string]struct {
		number int
		kind   string
	}{"a": {1, "a"}, "AB": {28, "A"}, "xiv": {14, "i"}, "MCMXC": {1990, "I"}} {
		if got := markdown.Letter(c.number, c.kind); got != want {
			t.Errorf("%d is %q, want %q", c.number, got, want)
		}
	}
}
