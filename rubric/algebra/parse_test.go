package algebra

import (
	"errors"
	"strings"
	"testing"
)

func mustParse(t testing.TB, text string, o Options) Statement {
	t.Helper()
	s, err := Parse(text, o)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return s
}

func TestEqual(t *testing.T) {
	es := Options{Language: "es", DecimalComma: true}
	en := Options{Language: "en"}
	tests := []struct {
		a, b string
		o    Options
		want bool
	}{
		{"2(x+3)", "2x+6", en, true},
		{"6+2x", "2(x+3)", en, true},
		{"2(x+3)", "2x+3", en, false},
		{"-3x + 12", "-3(x - 4)", en, true},
		{"-3x − 12", "-3(x - 4)", en, false},
		{"(x+1)(x-1)", "x^2-1", en, true},
		{"x**2 - 1", "x²−1", en, true},
		{"3xy", "3*y*x", en, true},
		{"x(x+1)", "x^2+x", en, true},
		{`\frac{1}{2}`, "0.5", en, true},
		{`\dfrac12`, "50%", en, true},
		{`$\frac{x+1}{2}$`, "(x+1)/2", en, true},
		{`5.2\times{10}^{\left(-3\right)}`, "0.0052", en, true},
		{"5.2e-3", "0.0052", en, true},
		{"1 1/2", "3/2", en, true},
		{"-1 1/2", "-1.5", en, true},
		{"2½", "2.5", en, true},
		{`1\frac{3}{4}`, "7/4", en, true},
		{"1,363", "1363", en, true},
		{"1.363", "1363", es, true},
		{"3,5", "7/2", es, true},
		{"3.5", "7/2", es, true},
		{"minus four", "-4", en, true},
		{"negative four", "-4", en, true},
		{"three quarters", "0.75", en, true},
		{"one half", "1/2", en, true},
		{"a half", "1/2", en, true},
		{"twenty-one", "21", en, true},
		{"minus three-quarters", "-3/4", en, true},
		{"twenty one", "21", en, true},
		{"two and a half", "5/2", en, true},
		{"one hundred and five", "105", en, true},
		{"two thousand three hundred", "2300", en, true},
		{"three point one four", "3.14", en, true},
		{"two x plus six", "2x+6", en, true},
		{"x squared minus one", "x^2-1", en, true},
		{"menos cuatro", "-4", es, true},
		{"tres cuartos", "3/4", es, true},
		{"treinta y uno", "31", es, true},
		{"dos x más seis", "2x+6", es, true},
		{"--4", "4", en, true},
		{"-(-4)", "4", en, true},
		{"-2^2", "-4", en, true},
		{"(-2)^2", "4", en, true},
		{"2^3^2", "512", en, true},
		{"1/2x", "x/2", en, true},
		{"√12", "2√3", en, true},
		{"√12", "3√2", en, false},
		{`\sqrt[3]{16x^3}`, `2x\sqrt[3]{2}`, en, true},
		{"√(x^2)", "|x|", en, true},
		{"√(x^2)", "x", en, false},
		{"|x-1|", "|1-x|", en, true},
		{"|-5|", "5", en, true},
		{"2|x|+1", "1+|2x|", en, true},
		{"x^(1/2)", "√x", en, true},
		{"x^{7/3}", `\sqrt[3]{x^7}`, en, true},
		{"2^x*2^x", "4^x", en, true},
		{"2^x", "x^2", en, false},
		{"2π", "6.283185307", en, false},
		{"2pi", `2\pi`, en, true},
		{"(x^2-1)/(x-1)", "x+1", en, true},
		{"1/x+1/y", "(x+y)/(xy)", en, true},
		{"0.333", "1/3", en, false},
		{"y=2x+1", "2x - y + 1 = 0", en, true},
		{"y=2x+1", "2y = 4x + 2", en, true},
		{"y=2x+1", "y=2x-1", en, false},
		{"x=4", "4=x", en, true},
		{"x=4", "y=4", en, false},
		{"p=360/q", "pq=360", en, true},
		{"x>4", "4<x", en, true},
		{"-x>4", "x<-4", en, true},
		{"x>4", "x>=4", en, false},
		{"x>4", "x<4", en, false},
		{"x <= 8", `(-\infty, 8]`, en, true},
		{"-3 < x < 5", "5 > x > -3", en, true},
		{"-3 < x < 5", "-3 < x <= 5", en, false},
		{"x > 1/y", "xy > 1", en, false},
		{"(1,2)", "( 1 , 4/2 )", en, true},
		{"(1,2)", "(2,1)", en, false},
		{"(1;2)", "(1,2)", en, true},
		{"x=-2, x=-1", "x=-1 or x=-2", en, true},
		{"{1,2}", "2,1", en, true},
		{"x=±3", "x=3, x=-3", en, true},
		{"1±√2", "1-√2, 1+√2", en, true},
		{"4 or 5", "4", en, false},
		{"no solution", `\varnothing`, en, true},
		{"undefined", "no solution", en, false},
		{"X", "x", Options{Variables: []string{"x"}}, true},
		{"XY", "yx", Options{Variables: []string{"x", "y"}}, true},
	}
	for _, tt := range tests {
		got, err := Equal(mustParse(t, tt.a, tt.o), mustParse(t, tt.b, tt.o))
		if err != nil || got != tt.want {
			t.Errorf("Equal(%q, %q) = %v, %v, want %v", tt.a, tt.b, got, err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "   ", "hello there", "2+", "(2", "2)", "2x=", "=4", "|x", "2: 3", "()", "\\frac{1}", "√", "^2", "1 2", "x $ @ y", "(1,2", "{1,2)", "[3)",
		"\\begin{bmatrix} 1 & 2 \\end{bmatrix}", "Senior=27",
	} {
		if s, err := Parse(text, Options{}); err == nil {
			t.Errorf("Parse(%q) = %+v, want an error", text, s)
		} else if syntax := new(SyntaxError); !errors.As(err, &syntax) {
			t.Errorf("Parse(%q): %T, want *SyntaxError", text, err)
		}
	}
}

func TestScan(t *testing.T) {
	xy := Options{Language: "en", Variables: []string{"x"}}
	tests := []struct {
		text string
		want []string
	}{
		{"I think it's 2x+6 because you share the 2", []string{"2x+6", "2"}},
		{"the answer is -4", []string{"-4"}},
		{"x is minus four", []string{"x is minus four"}},
		{"twenty-one apples", []string{"twenty-one"}},
		{"A circuit has a battery and I like it", nil},
		{"it's 4 or 5 or 6", []string{"4 or 5 or 6"}},
		{"y = -4 I guess.", []string{"y = -4"}},
		{"first 2x = 8. then x=4!", []string{"2x = 8", "x=4"}},
		{"$x = \\frac{1}{2}$, done", []string{"x = \\frac{1}{2}"}},
		{"(see above) 3", []string{"3"}},
		{"it is a 4", []string{"4"}},
		{`$\frac{x}{y}$ and $\sqrt{a}$`, []string{`\frac{x}{y}$ and $\sqrt{a}`}},
		{"7a - 12 + 11/a", []string{"7a - 12 + 11/a"}},
		{"3 + = 4", []string{"3", "4"}},
	}
	for _, tt := range tests {
		found, err := Scan(tt.text, xy)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, string([]rune(tt.text)[f.Start:f.End]))
		}
		if strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("Scan(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestForms(t *testing.T) {
	tests := []struct {
		text, form, reference string
		want                  bool
	}{
		{"2x+6", FormExpanded, "2x+6", true},
		{"6+2x", FormExpanded, "2x+6", true},
		{"2(x+3)", FormExpanded, "2x+6", false},
		{"2*x+2*3", FormExpanded, "2x+6", false},
		{"-3x - (-12)", FormExpanded, "-3x+12", true},
		{"x*x+1", FormExpanded, "x^2+1", false},
		{"-(x+3)", FormExpanded, "-x-3", false},
		{"(x+1)^2", FormExpanded, "x^2+2x+1", false},
		{"x/2 + 3/4", FormExpanded, "x/2+3/4", true},
		{"2(x+3)", FormFactored, "2(x+3)", true},
		{"(x+3)*2", FormFactored, "2(x+3)", true},
		{"2x+6", FormFactored, "2(x+3)", false},
		{"2(2x+6)", FormFactored, "4(x+3)", false},
		{"(x+1)(x-1)", FormFactored, "(x-1)(x+1)", true},
		{"x^2-1", FormFactored, "(x-1)(x+1)", false},
		{"3(x^2-1)", FormFactored, "3(x-1)(x+1)", false},
		{"(x+2)^2", FormFactored, "(x+2)(x+2)", true},
		{"x(x+1)", FormFactored, "x(x+1)", true},
		{"x^2+x", FormFactored, "x(x+1)", false},
		{"5x", FormSimplified, "5x", true},
		{"2x+3x", FormSimplified, "5x", false},
		{"3/4", FormSimplified, "3/4", true},
		{"6/8", FormSimplified, "3/4", false},
		{"2+3", FormSimplified, "5", false},
		{"2*3x", FormSimplified, "6x", false},
		{"2x+6", FormSimplified, "2x+6", true},
		{"2x+6+1", FormSimplified, "2x+7", false},
		{"(x^2-1)/(x-1)", FormSimplified, "x+1", false},
		{"(x+2)/(x-1)", FormSimplified, "(x+2)/(x-1)", true},
		{"(2x+4)/6", FormSimplified, "(x+2)/3", false},
		{"√12", FormSimplified, "2√3", false},
		{"2√3", FormSimplified, "2√3", true},
		{"√3+√3", FormSimplified, "2√3", false},
		{"√2+√3", FormSimplified, "√2+√3", true},
		{"x^1", FormSimplified, "x", false},
		{"2^3", FormSimplified, "8", false},
		{"1x", FormSimplified, "x", false},
		{"--4", FormSimplified, "4", false},
		{"2(x+3)", "", "2x+6", true},
	}
	for _, tt := range tests {
		n := mustParse(t, tt.text, Options{}).Items[0].Sides[0]
		ref := mustParse(t, tt.reference, Options{}).Items[0].Sides[0]
		if got := HasForm(n, tt.form, ref); got != tt.want {
			t.Errorf("HasForm(%q, %s) = %v, want %v", tt.text, tt.form, got, tt.want)
		}
	}
}
