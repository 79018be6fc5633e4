package mathml_test

import (
	"slices"
	"strings"
	"testing"

	"maieutic/tutor/curriculum/mathml"
	"maieutic/tutor/curriculum/xmltree"
)

func TestTeX(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"quadratic formula", `<mi>x</mi><mo>=</mo><mfrac><mrow><mo>−</mo><mi>b</mi><mo>±</mo><msqrt><msup><mi>b</mi><mn>2</mn></msup><mo>−</mo><mn>4</mn><mi>a</mi><mi>c</mi></msqrt></mrow><mrow><mn>2</mn><mi>a</mi></mrow></mfrac>`,
			`x=\frac{-b\pm \sqrt{b^{2}-4ac}}{2a}`},
		{"root", `<mroot><mn>8</mn><mn>3</mn></mroot>`, `\sqrt[3]{8}`},
		{"scripts", `<msubsup><mi>x</mi><mn>1</mn><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msubsup>`, `x_{1}^{n+1}`},
		{"power of a bracket", `<msup><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow><mn>2</mn></msup>`, `{(a)}^{2}`},
		{"sum", `<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>`, `\sum_{i=1}^{n}i`},
		{"limit", `<munder><mo>lim</mo><mrow><mi>x</mi><mo>→</mo><mn>0</mn></mrow></munder><mi>f</mi>`, `\lim_{x\to 0}f`},
		{"accents", `<mover><mi>v</mi><mo>→</mo></mover><mover><mrow><mi>A</mi><mi>B</mi></mrow><mo>¯</mo></mover>`, `\vec{v}\overline{AB}`},
		{"fences", `<mfenced open="[" close=")" separators=";"><mn>1</mn><mi>∞</mi></mfenced>`, `\left[ 1; \infty \right)`},
		{"a bar does not end a table cell", `<mo>|</mo><mi>x</mi><mo>|</mo>`, `\vert x\vert`},
		{"matrix", `<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mn>1</mn></mtd></mtr></mtable>`,
			`\begin{matrix} 1 & 0 \\ 0 & 1 \end{matrix}`},
		{"aligned", `<mtable columnalign="right left"><mtr><mtd><mi>x</mi></mtd><mtd><mo>=</mo><mn>1</mn></mtd></mtr></mtable>`, `\begin{array}{rl} x & =1 \end{array}`},
		{"words", `<mtext>if </mtext><mi>x</mi><mo>&gt;</mo><mn>0</mn>`, `\text{if}\ x>0`},
		{"a dollar in words", `<mtext>costs $5 &amp; {tax}</mtext>`, `\text{costs \textdollar 5 \& \{tax\}}`},
		{"names", `<mi>sin</mi><mi>θ</mi><mo>+</mo><mi>rate</mi>`, `\sin \theta +\mathrm{rate}`},
		{"a letter behind a command", `<mo>×</mo><mi>y</mi>`, `\times y`},
		{"prime", `<msup><mi>f</mi><mo>′</mo></msup>`, `f'`},
		{"binomial", `<mfenced><mfrac linethickness="0"><mi>n</mi><mi>k</mi></mfrac></mfenced>`, `\left( \genfrac{}{}{0pt}{}{n}{k} \right)`},
		{"tensor", `<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>`, `{}_{6}^{14}C`},
		{"semantics", `<semantics><mi>x</mi><annotation encoding="application/x-tex">\evil</annotation></semantics>`, `x`},
		{"struck out", `<menclose notation="updiagonalstrike"><mn>3</mn></menclose>`, `\cancel{3}`},
		{"blackboard", `<mi mathvariant="double-struck">R</mi>`, `\mathbb{R}`},
		{"content", `<apply><eq/><ci>y</ci><apply><power/><ci>x</ci><cn>2</cn></apply></apply>`, `y={x}^{2}`},
		{"percent and hash", `<mn>5</mn><mo>%</mo><mo>#</mo>`, `5\%\#`},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := xmltree.Parse("t", []byte(`<math xmlns="http://www.w3.org/1998/Math/MathML">`+c.in+`</math>`))
			if err != nil {
				t.Fatal(err)
			}
			got, lost := mathml.TeX(n)
			if got != c.want || len(lost) > 0 {
				t.Errorf("%q, lost %v; want %q", got, lost, c.want)
			}
		})
	}
}

// What cannot be written is named, and its text is there all the same.
func TestLost(t *testing.T) {
	n, err := xmltree.Parse("t", []byte(`<math><mstack><mn>12</mn></mstack><mstack><mn>3</mn></mstack></math>`))
	if err != nil {
		t.Fatal(err)
	}
	got, lost := mathml.TeX(n)
	if !slices.Equal(lost, []string{"mstack"}) || !strings.Contains(got, "12") || !strings.Contains(got, "3") {
		t.Errorf("%q, lost %v", got, lost)
	}
}
