package algebra

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var hostile = map[string]string{
	"brackets":      strings.Repeat("(", 10_000) + "1" + strings.Repeat(")", 10_000),
	"900 brackets":  strings.Repeat("(", 900) + "1" + strings.Repeat(")", 900),
	"signs":         strings.Repeat("-", 1500) + "1",
	"tower":         "9^9^9^9",
	"big power":     "9^9^5",
	"sum":           "(a+b+c+d)^500",
	"smaller sum":   "(a+b+c+d)^40",
	"sums":          strings.Repeat("(a+b+c+d+e+f+g+h+1)", 60),
	"many letters":  "a+b+c+d+f+g+h+k+l+m",
	"roots":         strings.Repeat("√", 1000) + "2",
	"root sum":      "√((a+b+c+d)^500)",
	"fractions":     strings.Repeat("1/(x+", 70) + "1" + strings.Repeat(")", 70),
	"power of root": "(√2)^9^9",
	"list":          strings.Repeat("1,", 900) + "1",
	"negative":      "(1/9)^-9^9^9",
	"exponent":      "1e999999",
	"big factors":   strings.Repeat("9^2000*", 200) + "9",
	"digits":        strings.Repeat("9", 100_000),
	"long text":     strings.Repeat("x+1)^9 ", 15_000),
	"big product":   "(x+1)^9999",
	"powers":        "((((((x+1)^9)^9)^9)^9)^9)^9",
	"many terms":    "(a+b+c+d+e)^50",
	"long numbers":  "(x/7^900+1/3^1500)^120",
	"deep TeX":      strings.Repeat(`\frac{1}{1+`, 150) + "x" + strings.Repeat("}", 150),
	"factorials":    "1" + strings.Repeat("*(x+1)*(y+2)*(z+3)", 100),
	"list of sums":  strings.Repeat("(a+b+c+d)^9,", 20) + "1",
	"functions":     strings.Repeat("sin(x)+cos(y)+", 130) + "1",
	"nested exp":    strings.Repeat("exp(", 150) + "x" + strings.Repeat(")", 150),
	"logarithms":    strings.Repeat("ln(", 62) + "x" + strings.Repeat(")", 62) + strings.Repeat("+ln(x+y)", 200),
	"superscripts":  "9⁹⁹⁹⁹⁹⁹",
	"period":        `0.\overline{` + strings.Repeat("7", 1900) + "}",
	"sets":          strings.Repeat("√(a+b+c)<", 200) + "1",
	"unions":        strings.Repeat("x>(√2+√3+√5)^99 or ", 90) + "x<1",
}

func refuse(text string) error {
	s, err := Parse(text, Options{NoThousands: true})
	if err == nil {
		_, err = Equal(s, s)
	}
	return err
}

func TestHostileInputIsRefused(t *testing.T) {
	for name, text := range hostile {
		err := refuse(text)
		var limit *LimitError
		var syntax *SyntaxError
		if !errors.As(err, &limit) && !errors.As(err, &syntax) {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
}

// TestHostileInputIsBounded counts the work: whatever the input, a comparison
// and a form end within their budgets, and soon after those are used up.
func TestHostileInputIsBounded(t *testing.T) {
	const soon = 40 // pieces of work asked for after the first refusal
	for name, text := range hostile {
		s, err := Parse(text, Options{NoThousands: true})
		if err != nil {
			continue
		}
		var c, form comparison
		if _, err := c.equal(s, s); err == nil {
			t.Errorf("%s was compared", name)
		}
		if c.spent > maxSpent || c.refused > soon {
			t.Errorf("%s: %d units of work and %d refused, at most %d and %d are allowed", name, c.spent, c.refused, maxSpent, soon)
		}
		n := s.Items[0].Sides[0]
		if n.size() <= maxParts {
			form.simplified(n, n)
		}
		if form.spent > maxSpent || form.refused > 4*maxParts {
			t.Errorf("%s: %d units of work and %d refused for its form", name, form.spent, form.refused)
		}
	}
}

// TestScanIsBounded counts the tokens read in texts that parse nowhere.
func TestScanIsBounded(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("1^,", 660), strings.Repeat("(1 ", 660), strings.Repeat("2=", 990), strings.Repeat("x)(", 660), strings.Repeat("|", 1990),
	} {
		s := scanner{options: Options{}}
		_, err := s.readRun(lex(text, Options{}, false))
		var limit *LimitError
		if s.spent > maxTokens+2*MaxLength || err != nil && !errors.As(err, &limit) {
			t.Errorf("%.9q...: %d tokens, %v", text, s.spent, err)
		}
	}
}

// BenchmarkHostile shows what a refusal costs; each should stay under 10 ms.
func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile {
		b.Run(name, func(b *testing.B) {
			worst := time.Duration(0)
			for b.Loop() {
				start := time.Now()
				_ = refuse(text)
				worst = max(worst, time.Since(start))
			}
			b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
		})
	}
}
