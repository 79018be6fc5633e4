package algebra

import "testing"

// TestKinds holds every kind of school answer in plain typing and in TeX.
func TestKinds(t *testing.T) {
	en := Options{Language: "en"}
	tests := []struct {
		a, b string
		want bool
	}{
		// numbers
		{"-12", "$-12$", true},
		{"−12", `\text{-12}`, true},
		{"12", "١٢", true},
		{"3.5", "٣٫٥", true},
		{"1234", "۱٬۲۳۴", true},
		{"50%", "٥٠٪", true},
		{"12", "１２", true},
		{"½", `\frac{1}{2}`, true},
		{"3/4", `\tfrac34`, true},
		{"3/4", "3÷4", true},
		{"3/4", `{3 \over 4}`, true},
		{"2 3/4", `2\frac{3}{4}`, true},
		{"2 3/4", "11/4", true},
		{"-2 3/4", "-2.75", true},
		{"2¾", "2.75", true},
		{"-2 3/4", "-1.25", false},
		{"12.5%", `12.5\%`, true},
		{"12.5%", "1/8", true},
		{"4.83 x 10^4", `4.83\times{10}^4`, true},
		{"4.83x10^4", "48300", true},
		{"4.83*10**4", "4.83E4", true},
		{"4.83·10⁴", "48,300", true},
		{"4.83 x 10^-4", "0.000483", true},
		{"4.83×10⁻⁴", "0.00483", false},
		{`0.\overline{3}`, "1/3", true},
		{`1.2\overline{45}`, "137/110", true},
		{"1 000", "1000", true},
		{"1 234 567", "1234567", true},
		{"2 100/300", "7/3", true},
		{"4:3", "4/3", true},
		// roots
		{"sqrt2", `\sqrt2`, true},
		{"sqrt 2", "√2", true},
		{"2sqrt(3)", `2\sqrt{3}`, true},
		{"2sqrt3", "√12", true},
		{"2*sqrt(3)", "2√3", true},
		{"cbrt(16)", "2∛2", true},
		{"(√-25)^3", `{\sqrt{-25}}^3`, true},
		{"∛-8", "-2", true},
		{"1/√2", `\frac{\sqrt{2}}{2}`, true},
		{"√(3)/3", "1/√3", true},
		{"(8)^(2/3)", "4", true},
		{"∜16", "2", true},
		// absolute value
		{"|x-3|", `\left|3-x\right|`, true},
		{"abs(x-3)", `\lvert x-3 \rvert`, true},
		{"2|x|", "|2x|", true},
		{"|x|", "x", false},
		{"||x|-1|", `\left|\left|x\right|-1\right|`, true},
		// trigonometric and logarithmic
		{"sin(x)^2+cos(x)^2", "1", true},
		{"sin^2 x + cos^2 x", "1", true},
		{`\sin^{2}x+\cos^{2}x`, "1", true},
		{"sin²x + cos²x", "1", true},
		{"2 sin x cos x", `\sin(2x)`, true},
		{"2 sin x cos x", `\sin(x)`, false},
		{"tan x", `\frac{\sin x}{\cos x}`, true},
		{"sec(x)", "1/cos(x)", true},
		{"csc x", "1/sin x", true},
		{"cot x", "cos x/sin x", true},
		{"sin(pi/6)", "1/2", true},
		{`\sin\left(\frac{\pi}{3}\right)`, "√3/2", true},
		{"sin(30°)", "0.5", true},
		{`\cos 60^\circ`, "1/2", true},
		{"cos(π)", "-1", true},
		{"tan(π/4)", "1", true},
		{"arctan(1)", "π/4", true},
		{`\arcsin(1)`, `\frac{\pi}{2}`, true},
		{"sin^{-1}(1)", "π/2", true},
		{"cos(-x)", "cos(x)", true},
		{"sin(-x)", "sin(x)", false},
		{"sin x^2", "sin(x^2)", true},
		{"sin 2x", "sin(2x)", true},
		{"ln(x^2)", "2ln|x|", true},
		{"ln(e^3)", "3", true},
		{"ln 6", `\ln 2+\ln 3`, true},
		{"log(100)", "2", true},
		{"log_2(8)", "3", true},
		{`\log_{2} 8`, "3", true},
		{"log_2 x", `\frac{\ln x}{\ln 2}`, true},
		{"log2(8)", "3", true},
		{"log(xy)", "log(x)+log(y)", true},
		{"log(x+y)", "log(x)+log(y)", false},
		{`\log x - \log y`, `\log\frac{x}{y}`, true},
		{"e^(2x)", "(e^x)^2", true},
		{"exp(2x)", "e^{2x}", true},
		{"e^(x+1)", "e*e^x", true},
		{"e^(ln x)", "x", true},
		{"2^x", "e^(x ln 2)", true},
		{"ln x", "log x", false},
		{"lnx", "ln(x)", true},
		// intervals, inequalities, sets
		{"x > 2 and x < 5", "2 < x < 5", true},
		{"2 < x and x <= 5", `(2, 5]`, true},
		{"x<2 or x>5", `(-\infty,2)\cup(5,\infty)`, true},
		{"x<2 or x>5", `(-∞,2)∪[5,∞)`, false},
		{"(-∞,2) U (5,∞)", "x<2 or x>5", true},
		{"x ≠ 3", `(-\infty,3)\cup(3,\infty)`, true},
		{"x > 2", "(2, inf)", true},
		{"x > 2", "x in (2, ∞)", true},
		{"x > 2", `x \in (2, \infty)`, true},
		{"x >= sqrt(2)", `[\sqrt{2},\infty)`, true},
		{"x⩾2", `x \geqslant 2`, true},
		{"]2, 5[", "2<x<5", true},
		{"{1, 2, 3}", `\left\{3,2,1\right\}`, true},
		{"{1,2}", "{1,3}", false},
		{"{x | x > 3}", "x > 3", true},
		{`\{x \mid x \ge 3\}`, "[3, ∞)", true},
		{"all real numbers", `(-\infty,\infty)`, true},
		{"all real numbers", `\mathbb{R}`, true},
		{"ℝ", "(-∞,∞)", true},
		{"no solution", "∅", true},
		{"no solution", "{}", true},
		{"no solution", "all real numbers", false},
		{"x = 3 or x = -3", `x=\pm 3`, true},
		{"4 and -2", "-2, 4", true},
		{"(1, 2), (3, 4)", "(3,4) and (1,2)", true},
		{"(1,2)", `\left(1,\,2\right)`, true},
		{"(1,2,3)", "(1,2,4)", false},
		// equations
		{"y=2x+1", `y-2x=1`, true},
		{"x=2y", "y=x/2", true},
		{"2x+3y=6", "4x+6y=12", true},
		{"y = |x|", "|x| = y", true},
		{"x²+y²=25", "25=y^2+x^2", true},
		{"f(x)=2x+1", "2x+1=f(x)", true},
		{"x_1+x_2", "x_2+x_1", true},
		{"x₁+x₂", "x_2+x_1", true},
		// words
		{"one third", "1/3", true},
		{"two x", "2x", true},
	}
	for _, tt := range tests {
		got, err := Equal(mustParseSoft(t, tt.a, en), mustParseSoft(t, tt.b, en))
		if err != nil || got != tt.want {
			t.Errorf("Equal(%q, %q) = %v, %v, want %v", tt.a, tt.b, got, err, tt.want)
		}
	}
}

func mustParseSoft(t *testing.T, text string, o Options) Statement {
	t.Helper()
	s, err := Parse(text, o)
	if err != nil {
		t.Errorf("Parse(%q): %v", text, err)
		return Statement{Items: []Item{{Sides: []*Node{{Op: OpNone, Name: text}}}}}
	}
	return s
}
