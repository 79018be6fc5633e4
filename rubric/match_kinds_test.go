package rubric

import (
	"testing"

	"maieutic/tutor"
)

// TestMatchKinds holds kinds of answer in typing, TeX and words.
func TestMatchKinds(t *testing.T) {
	num := func(v string) tutor.Answer { return tutor.Answer{Kind: tutor.AnswerNumber, Value: v} }
	exp := func(v string) tutor.Answer { return tutor.Answer{Kind: tutor.AnswerExpression, Value: v} }
	eq := func(v string) tutor.Answer { return tutor.Answer{Kind: tutor.AnswerEquation, Value: v} }
	form := func(v, f string) tutor.Answer { return tutor.Answer{Kind: tutor.AnswerExpression, Value: v, Form: f} }
	unit := func(v, u string) tutor.Answer { return tutor.Answer{Kind: tutor.AnswerNumber, Value: v, Unit: u} }
	tests := []struct {
		language string
		a        tutor.Answer
		text     string
		equal    bool
	}{
		{"en", num("8"), "h(4)=8", true},
		{"en", num("8"), "h(4) = 9", false},
		{"en", exp("2x+1"), "f(x)=2x+1", true},
		{"en", exp("2x+1"), "g(x) = 1+2x", true},
		{"en", eq("f(x)=2x+1"), "2x+1", true},
		{"en", eq("f(x)=2x+1"), "f(x)=1+2x", true},
		{"en", eq("f(x)=2x+1"), "f(x)=2x-1", false},
		{"en", exp("4w+10"), "P = 4w+10", true},
		{"en", exp("4w+10"), "P = 4w-10", false},
		{"en", exp("9p+4"), "9 x p + 4", true},
		{"en", exp("x/2"), "1/2x", true},
		{"en", exp("1/(2x)"), "1/2x", true},
		{"en", exp("2/x"), "1/2x", false},
		{"en", exp(`\frac{1}{7} y`), `\frac{1}{7} y`, true},
		{"en", exp(`\frac{1}{7} y`), "y/7", true},
		{"en", exp(`\frac{1}{7} y`), "1/7y", true},
		{"en", num("12"), "١٢", true},
		{"fa", num("12.5"), "۱۲٫۵", true},
		{"ar", num("1234"), "١٬٢٣٤", true},
		{"ar", num("3"), "ثلاثة", true},
		{"ar", num("3/4"), "ثلاثة أرباع", true},
		{"ar", exp("4, -2"), "4 و -2", true},
		{"en", exp("4, -2"), "4 and -2", true},
		{"en", exp("4, -2"), "4, 2", false},
		{"en", eq("x=3, x=-3"), "x = 3 or x = -3", true},
		{"en", eq("x=3, x=-3"), "±3", true},
		{"en", eq("x=3, x=-3"), `x=\pm3`, true},
		{"es", eq("x=3, x=-3"), "x = 3 o x = -3", true},
		{"en", exp(`\varnothing`), "no solution", true},
		{"en", exp(`\varnothing`), "there is no solution", true},
		{"es", exp("no solution"), "no hay solución", true},
		{"ar", exp("no solution"), "لا يوجد حل", true},
		{"ar", exp(`(-\infty,\infty)`), "جميع الأعداد الحقيقية", true},
		{"en", exp(`(-\infty,\infty)`), "all real numbers", true},
		{"es", exp(`(-\infty,\infty)`), "todos los números reales", true},
		{"en", exp(`(-\infty,\infty)`), "no solution", false},
		{"en", exp(`\sqrt{2}`), "sqrt2", true},
		{"en", exp(`2\sqrt{3}`), "2sqrt(3)", true},
		{"en", exp(`2\sqrt{3}`), "2√3", true},
		{"en", num("0.5"), "½", true},
		{"en", exp(`6\pi`), "6π", true},
		{"en", exp("x^2/4"), "x²÷4", true},
		{"en", exp("x^2-4"), "x²−4", true},
		{"en", exp(`2<x<5`), "x > 2 and x < 5", true},
		{"en", exp(`x<2 or x>5`), "(-∞,2)∪(5,∞)", true},
		{"en", exp(`x<2 or x>5`), "x<2 or x>=5", false},
		{"en", exp(`(2,5]`), "2 < x ≤ 5", true},
		{"en", num("48300"), "4.83 x 10^4", true},
		{"en", exp(`\sin(2x)`), "2 sin x cos x", true},
		{"en", exp(`\ln(x^3)`), "3 ln x", true},
		{"en", exp(`e^{2x}`), "exp(2x)", true},
		// forms
		{"en", form("7x+6", "simplified"), "3(x+2)+4x", false},
		{"en", form("7x+6", "simplified"), "7x+6", true},
		{"en", form("8x^3", "simplified"), "(2x)^3", false},
		{"en", form("x+1", "simplified"), "(x^2-1)/(x-1)", false},
		{"en", form("x/y", "simplified"), "xy^-1*1", false},
		{"en", form("1/x^3", "simplified"), "x^-3", false},
		{"en", form(`\frac{\sqrt{2}}{2}`, "simplified"), "1/√2", false},
		{"en", form("√6", "simplified"), "√2*√3", false},
		{"en", form("2", "simplified"), "log(100)", false},
		{"en", form("3", "simplified"), "12/4", false},
		{"en", form("3/4", "simplified"), "6/8", false},
		{"en", form("3/4", "simplified"), "1.5/2", false},
		{"en", form("7/4", "simplified"), "1 6/8", false},
		{"en", form("7/4", "simplified"), "1 3/4", true},
		{"en", form("-1/2", "simplified"), "-(1/2)", true},
		{"en", form("-1/2", "simplified"), "1/-2", true},
		{"en", form("1/3", "exact"), "0.3333", false},
		{"en", form("1/3", "exact"), "2/6", true},
		{"en", form("√2", "exact"), "1.41421356", false},
		{"en", tutor.Answer{Kind: tutor.AnswerNumber, Value: "√2", Form: "exact", Tolerance: 0.01}, "1.414", false},
		{"en", tutor.Answer{Kind: tutor.AnswerNumber, Value: "√2", Tolerance: 0.01}, "1.414", true},
		{"en", tutor.Answer{Kind: tutor.AnswerNumber, Value: "√2", Tolerance: 0.01}, "1.44", false},
		{"en", form("(x-1)(x+1)", "factored"), "x^2-1", false},
		{"en", form("(x-1)(x+1)", "factored"), "(x+1)(x-1)", true},
		// units
		{"en", unit("1.5", "m"), "150 cm", true},
		{"en", unit("1.5", "m"), "1.5 cm", false},
		{"en", unit("1.5", "m"), `1.5\text{ m}`, true},
		{"en", unit("1.5", "m"), `1.5\,\mathrm{m}`, true},
		{"en", unit("1.5", "m"), "1.5 meters", true},
		{"en", unit("90", "min"), "1.5 hours", true},
		{"en", unit("12", "cm^2"), "12 cm²", true},
		{"en", unit("12", "cm^2"), "12 square centimeters", true},
		{"en", unit("12", "cm^2"), "12 cm", false},
		{"en", unit("20", "m/s"), "72 km/h", true},
		{"en", unit("20", "m/s"), "20 meters per second", true},
		{"en", unit("9.8", "m/s^2"), "9.8 m/s²", true},
		{"en", unit("0.39", "$"), "39 cents", true},
		{"en", unit("0.39", "$"), "$0.39", true},
		{"en", unit("30", "°"), "30 degrees", true},
		{"en", unit("30", "°"), "30°", true},
		{"en", num("30"), "30°", true},
		{"en", unit("25", "%"), "25%", true},
		{"en", unit("25", "%"), "0.25", false},
	}
	for _, tt := range tests {
		if v := MatchIn(tt.language, tt.a, nil, tt.text); v.Equal != tt.equal {
			t.Errorf("MatchIn(%s, %q %s %s, %q) = %+v, want %v", tt.language, tt.a.Value, tt.a.Form, tt.a.Unit, tt.text, v, tt.equal)
		}
	}
}
