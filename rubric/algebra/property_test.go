package algebra

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// tree is an expression of the tests' own, evaluated by the tests' own float
// arithmetic: nothing of it goes through the package.
type tree struct {
	op   byte // 'n' number, 'v' variable, '+', '-', '*', '/', '^', '~' negation
	n    int
	name string
	a, b *tree
}

func genTree(depth int) *rapid.Generator[*tree] {
	return rapid.Custom(func(t *rapid.T) *tree {
		if depth == 0 || rapid.IntRange(0, 4).Draw(t, "leaf") == 0 {
			if rapid.Bool().Draw(t, "number") {
				return &tree{op: 'n', n: rapid.IntRange(0, 12).Draw(t, "n")}
			}
			return &tree{op: 'v', name: rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "v")}
		}
		op := rapid.SampledFrom([]byte("++--**/^~")).Draw(t, "op")
		out := &tree{op: op, a: genTree(depth-1).Draw(t, "a")}
		switch op {
		case '^':
			out.b = &tree{op: 'n', n: rapid.IntRange(1, 3).Draw(t, "exponent")}
		case '~':
		default:
			out.b = genTree(depth-1).Draw(t, "b")
		}
		return out
	})
}

func (e *tree) eval(at map[string]float64) float64 {
	switch e.op {
	case 'n':
		return float64(e.n)
	case 'v':
		return at[e.name]
	case '~':
		return -e.a.eval(at)
	}
	a, b := e.a.eval(at), e.b.eval(at)
	switch e.op {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	case '/':
		return a / b
	}
	return math.Pow(a, b)
}

// style is one way to write an expression.
type style struct {
	commute, tex, implicit, unicode, spaces bool
}

func (e *tree) render(s style) string {
	space := ""
	if s.spaces {
		space = " "
	}
	group := func(x *tree) string {
		if x.op == 'n' || x.op == 'v' {
			return x.render(s)
		}
		if s.tex {
			return `\left(` + x.render(s) + `\right)`
		}
		return "(" + x.render(s) + ")"
	}
	minus := "-"
	if s.unicode {
		minus = "−"
	}
	a, b := e.a, e.b
	if s.commute && (e.op == '+' || e.op == '*') {
		a, b = b, a
	}
	switch e.op {
	case 'n':
		return fmt.Sprint(e.n)
	case 'v':
		return e.name
	case '~':
		return minus + group(a)
	case '+':
		return group(a) + space + "+" + space + group(b)
	case '-':
		return group(a) + space + minus + space + group(b)
	case '*':
		switch {
		case s.implicit && b.op != 'n':
			return group(a) + group(b)
		case s.tex:
			return group(a) + ` \cdot ` + group(b)
		case s.unicode:
			return group(a) + "×" + group(b)
		}
		return group(a) + "*" + group(b)
	case '/':
		if s.tex {
			return `\frac{` + a.render(s) + `}{` + b.render(s) + `}`
		}
		return group(a) + "/" + group(b)
	}
	switch {
	case s.tex:
		return group(a) + "^{" + b.render(s) + "}"
	case s.unicode:
		return group(a) + string([]rune("⁰¹²³")[b.n])
	}
	return group(a) + "**" + b.render(s)
}

func genStyle() *rapid.Generator[style] {
	return rapid.Custom(func(t *rapid.T) style {
		b := rapid.Bool()
		return style{b.Draw(t, "commute"), b.Draw(t, "tex"), b.Draw(t, "implicit"), b.Draw(t, "unicode"), b.Draw(t, "spaces")}
	})
}

// compare returns false for decided when the package rightly declines: a
// division by zero or a limit.
func compare(t *rapid.T, a, b string) (equal, decided bool) {
	left, err := Parse(a, Options{Variables: []string{"x", "y", "z"}})
	if err != nil {
		t.Fatalf("Parse(%q): %v", a, err)
	}
	right, err := Parse(b, Options{Variables: []string{"x", "y", "z"}})
	if err != nil {
		t.Fatalf("Parse(%q): %v", b, err)
	}
	equal, err = Equal(left, right)
	var limit *LimitError
	if errors.Is(err, ErrUndefined) || errors.As(err, &limit) {
		return false, false
	}
	if err != nil {
		t.Fatalf("Equal(%q, %q): %v", a, b, err)
	}
	return equal, true
}

func TestRenderingsAreEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := genTree(4).Draw(t, "e")
		a := e.render(genStyle().Draw(t, "one"))
		b := e.render(genStyle().Draw(t, "other"))
		if equal, decided := compare(t, a, b); decided && !equal {
			t.Fatalf("%q and %q should be equal", a, b)
		}
	})
}

// TestMutationsDiffer changes one number and lets float arithmetic at three
// points say whether the value changed.
func TestMutationsDiffer(t *testing.T) {
	points := []map[string]float64{{"x": 1.37, "y": -0.71, "z": 2.19}, {"x": -2.3, "y": 0.13, "z": 0.77}, {"x": 0.41, "y": 3.9, "z": -1.6}}
	rapid.Check(t, func(t *rapid.T) {
		e := genTree(4).Draw(t, "e")
		before := e.render(style{})
		values := make([]float64, len(points))
		for i, p := range points {
			values[i] = e.eval(p)
		}
		leaf := e.numbers()
		if len(leaf) == 0 {
			return
		}
		leaf[rapid.IntRange(0, len(leaf)-1).Draw(t, "which")].n += rapid.IntRange(1, 3).Draw(t, "by")
		differs, defined := false, true
		for i, p := range points {
			v := e.eval(p)
			defined = defined && !math.IsNaN(v+values[i]) && !math.IsInf(v, 0) && !math.IsInf(values[i], 0) && math.Abs(v) < 1e9
			differs = differs || math.Abs(v-values[i]) > 1e-6*(1+math.Abs(v))
		}
		if !defined || !differs {
			return
		}
		after := e.render(genStyle().Draw(t, "style"))
		if equal, decided := compare(t, before, after); decided && equal {
			t.Fatalf("%q and %q should differ", before, after)
		}
	})
}

// numbers returns the number leaves that are no exponents.
func (e *tree) numbers() []*tree {
	switch {
	case e == nil:
		return nil
	case e.op == 'n':
		return []*tree{e}
	case e.op == '^':
		return e.a.numbers()
	}
	return append(e.a.numbers(), e.b.numbers()...)
}

func TestEquationsUpToAFactor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := genTree(3).Draw(t, "left").render(style{}), genTree(3).Draw(t, "right").render(style{})
		k := rapid.SampledFrom([]string{"2", "-3", "(1/7)", "-0.5"}).Draw(t, "k")
		a := left + " = " + right
		b := fmt.Sprintf("%s*(%s) - %s*(%s) = 0", k, left, k, right)
		if equal, decided := compare(t, a, b); decided && !equal {
			t.Fatalf("%q and %q should be equal", a, b)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range hostile {
		f.Add(text[:min(len(text), 60)]) // the fuzzer spends its time on shrinking long ones
	}
	for _, s := range []string{"-3x+12", `\frac{1}{2}`, "x = ±√2", "(1,2) or three quarters", "treinta y uno", "2^", "|x|1|", "1e999", "√[0]{2}", "0^0", "1/(x-x)", "x(1,2)", "2∞+x",
		"sin^2 x + ln(e^x)", "log_2(8)", "]2, 5[", "{x | x > 3}", "x<2 or x>5", "٣٫٥ x 10^4", `0.1\overline{6}`, "all real numbers", "x_1 ∈ ℝ", "30° - x₂"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range []Options{{Language: "en"}, {Language: "es", DecimalComma: true, Variables: []string{"x", "y"}}, {Language: "ar", Juxtaposition: true}} {
			s, err := Parse(text, o)
			if err == nil {
				equal, err := Equal(s, s)
				if err == nil && !equal {
					t.Fatalf("%q differs from itself", text)
				}
				for _, it := range s.Items {
					for _, n := range it.Sides {
						for _, form := range []string{FormExpanded, FormFactored, FormSimplified, FormExact} {
							HasForm(n, form, n)
						}
					}
				}
			}
			length := len([]rune(text))
			found, _ := Scan(text, o)
			last := 0
			for _, x := range found {
				if x.Start < last || x.End <= x.Start || x.End > length {
					t.Fatalf("%q: bad span %d..%d", text, x.Start, x.End)
				}
				last = x.End
			}
		}
	})
}

func TestLongInput(t *testing.T) {
	if _, err := Parse(strings.Repeat("1+", MaxLength/2)+"1", Options{}); err == nil {
		t.Fatal("a text over the limit was read")
	}
}
