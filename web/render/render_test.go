package render

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"maieutic/tutor"
)

var shared = sync.OnceValues(New)

func theRenderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestHTML(t *testing.T) {
	cases := []struct{ name, in, want, not string }{
		{"inline maths", "Expand $-3(x-4)$ now.", "<math", "$"},
		{"two dollars", "We get $$a+c=1$$.", "<math", "$"},
		{"brackets", `Then \(x^2\) and \[y\]`, "<msup>", `\(`},
		{"money", "It costs $12 and $7 more.", "$12 and $7", "<math"},
		{"money and maths", "Pay $5 for $x$ cakes", "$5", "$x$"},
		{"spaces inside", "from $ 5 to 6 $ and on", "$ 5 to 6 $", "<math"},
		{"raw html", "<script>alert(1)</script> <b onclick=x>hi</b>", "alert(1)", "<script"},
		{"script link", "[a](javascript:alert(1))", "a", "javascript"},
		{"data link", "[a](data:text/html,x)", "a", "data:"},
		{"protocol-relative link", "[a](//evil.example/x)", "a", "evil"},
		{"hidden protocol-relative link", "[a](/&#47;evil.example/x)", "a", "evil"},
		{"hidden script link", "[a](javascript&#58;alert(1))", "a", "javascript"},
		{"good link", "[a](https://example.org/x)", `rel="noopener nofollow"`, ""},
		{"image", "![alt](https://evil.example/x.png)", "alt", "<img"},
		{"heading id", "## What it is", `id="what-it-is"`, ""},
		{"emphasis", "**both** terms", "<strong>both</strong>", ""},
		{"broken TeX", `$\frac{1$`, `<code>\frac{1</code>`, "<math"},
		{"link in TeX", `$\href{https://evil.example}{x}$`, "", "<a"},
		{"style in TeX", `$\style{color:red}{x}$`, "", "style="},
		{"markup in TeX", `$\text{<img src=x onerror=alert(1)>}$`, "&lt;img", "<img"},
		{"class in TeX", `$\class{evil}{x}$`, "", `class="evil"`},
		{"Arabic", "الجواب $x=4$ هو", "<math", "$"},
		{"fraction", `$\frac{3}{4}$`, "<mfrac>", ""},
		{"table", "| x | y |\n|---|---|\n| 1 | 2 |", "<table>", ""},
	}
	for _, c := range cases {
		got := string(theRenderer(t).HTML(c.in))
		if !strings.Contains(got, c.want) || c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s: %q gave %q", c.name, c.in, got)
		}
	}
}

func TestPlain(t *testing.T) {
	cases := []struct{ name, in, want, not string }{
		{"markdown stays", "# not a *heading*", "# not a *heading*", "<h1"},
		{"lines", "one\ntwo", "one<br>\ntwo", ""},
		{"markup", "<img src=x onerror=alert(1)>", "&lt;img", "<img"},
		{"maths", "I got $-3x+12$ there", "<math", "$"},
		{"money", "$12 and $7", "$12 and $7", "<math"},
		{"one dollar", "costs 5$", "costs 5$", "<math"},
		{"link", "[a](https://example.org)", "[a](https://example.org)", "<a"},
		{"ends in TeX", "$x$", "<math", "$"},
		{"a gap to fill", "$5 + __ = 7$", "<math", "<code>"},
	}
	for _, c := range cases {
		got := string(theRenderer(t).Plain(c.in))
		if !strings.Contains(got, c.want) || c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s: %q gave %q", c.name, c.in, got)
		}
	}
}

func TestMarked(t *testing.T) {
	const typed = "é 12, so $-3x$\nbecause <b>"
	cases := []struct {
		name   string
		quotes []tutor.Quote
		want   string
	}{
		{"none", nil, "é 12, so FORMULA<br>\nbecause &lt;b&gt;"},
		{"code points", []tutor.Quote{{Start: 2, End: 4}}, "é <mark>12</mark>, so FORMULA<br>\nbecause &lt;b&gt;"},
		{"part of a formula", []tutor.Quote{{Start: 10, End: 12}}, "é 12, so <mark>FORMULA</mark><br>\nbecause &lt;b&gt;"},
		{"over a formula", []tutor.Quote{{Start: 6, End: 16}}, "é 12, <mark>so </mark><mark>FORMULA</mark><mark><br>\nb</mark>ecause &lt;b&gt;"},
		{"markup", []tutor.Quote{{Start: 23, End: 26}}, "é 12, so FORMULA<br>\nbecause <mark>&lt;b&gt;</mark>"},
		{"overlapping, out of order", []tutor.Quote{{Start: 3, End: 5}, {Start: 2, End: 4}}, "é <mark>12,</mark> so FORMULA<br>\nbecause &lt;b&gt;"},
		{"outside", []tutor.Quote{{Start: -4, End: 1}, {Start: 90, End: 99}, {Start: 5, End: 5}}, "<mark>é</mark> 12, so FORMULA<br>\nbecause &lt;b&gt;"},
	}
	formula := string(theRenderer(t).Plain("$-3x$"))
	for _, c := range cases {
		got := strings.ReplaceAll(string(theRenderer(t).Marked(typed, c.quotes)), formula, "FORMULA")
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzMarked(f *testing.F) {
	f.Add("I got $-3x+12$, and $5 left", 3, 9, 5, 40)
	f.Add("\xff\n<b>", -1, 2, 1, 1)
	f.Fuzz(func(t *testing.T, typed string, a, b, c, d int) {
		marked := string(theRenderer(t).Marked(typed, []tutor.Quote{{Start: a, End: b}, {Start: c, End: d}}))
		bare := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(marked)
		if want := string(theRenderer(t).Plain(typed)); bare != want && !strings.Contains(typed, "\r\n") {
			t.Fatalf("marks changed %q to %q", want, bare)
		}
	})
}

// Hostile formulas end in time and as text.
func TestHostileFormulas(t *testing.T) {
	for name, formula := range map[string]string{
		"deep":      strings.Repeat("{", 10_000) + "x" + strings.Repeat("}", 10_000),
		"less deep": strings.Repeat(`\frac{`, 200) + "x" + strings.Repeat("}{2}", 200),
		"long":      strings.Repeat("x+", 5_000) + "x",
		"macro":     `\def\a{\a\a}\a`,
		"macros":    `\def\a{xxxxxxxxxx}\def\b{\a\a\a\a\a\a\a\a\a\a}\def\c{\b\b\b\b\b\b\b\b\b\b}\def\d{\c\c\c\c\c\c\c\c\c\c}\d\d\d`,
		"nul":       "x\x00y",
		"huge rule": `\rule{1000000em}{1000000em}`,
	} {
		got := string(theRenderer(t).HTML("a $" + formula + "$ b"))
		if len(got) > longestMathML+30_000 || strings.Contains(got, "000000em\"") {
			t.Errorf("%s gave %d bytes", name, len(got))
		}
	}
	if got := string(theRenderer(t).HTML("$x^2$")); !strings.Contains(got, "<msup>") {
		t.Errorf("afterwards a good formula gave %q", got)
	}
}

func TestConcurrent(t *testing.T) {
	r := theRenderer(t)
	want := string(r.HTML(`$\frac{a}{b}$`))
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 20 {
				r.HTML("$" + strings.Repeat("x", i+1) + "^{" + strings.Repeat("2", j+1) + "}$")
				if got := string(r.HTML(`$\frac{a}{b}$`)); got != want {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	wait.Wait()
}

func FuzzPlain(f *testing.F) {
	f.Add("I got $-3x+12$, and $5 left")
	f.Add(`\(x\) <b>`)
	f.Fuzz(func(t *testing.T, s string) {
		if got := string(theRenderer(t).Plain(s)); scripted.MatchString(got) {
			t.Fatalf("%q gave %q", s, got)
		}
	})
}

var scripted = regexp.MustCompile(`(?i)<(script|img|iframe|object|style)|href="\s*(javascript|data|vbscript):|\son\w+\s*=\s*"`)

func FuzzHTML(f *testing.F) {
	f.Add("## a\n[b](javascript:c) $x$ <script>")
	f.Fuzz(func(t *testing.T, s string) {
		if got := string(theRenderer(t).HTML(s)); scripted.MatchString(got) {
			t.Fatalf("%q gave %q", s, got)
		}
	})
}

func BenchmarkFormulaCold(b *testing.B) {
	r := theRenderer(b)
	for b.Loop() {
		if _, err := r.tex.convert(`\frac{-3(x-4)}{2} = 6`, false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormulaCached(b *testing.B) {
	r := theRenderer(b)
	for b.Loop() {
		r.HTML(`Expand $-3(x-4)$.`)
	}
}

func BenchmarkInterpreter(b *testing.B) {
	r := theRenderer(b)
	for b.Loop() {
		if _, err := r.tex.interpreter(); err != nil {
			b.Fatal(err)
		}
	}
}
