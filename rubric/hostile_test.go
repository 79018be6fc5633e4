package rubric

import (
	"strings"
	"testing"
	"time"

	"maieutic/tutor"
)

var hostileTexts = map[string]string{
	"brackets":    strings.Repeat("(", 10_000) + "1" + strings.Repeat(")", 10_000),
	"tower":       "it is 9^9^9^9",
	"exponent":    "1e999999",
	"long":        strings.Repeat("x+1 ", 25_000),
	"product":     "(x+1)^9999",
	"sum":         "(a+b+c+d+e)^50",
	"factors":     strings.Repeat("(x+1)(x+2)", 190),
	"pieces":      strings.Repeat("(x+y+z)^9 because ", 110),
	"offers":      strings.Repeat("(x+y+z)^9 or maybe ", 100),
	"numbers":     strings.Repeat("1,234.5 or ", 180),
	"slashes":     strings.Repeat("1/2x+", 390) + "1",
	"units":       strings.Repeat("5 m/s^2 per km ", 130),
	"deep TeX":    strings.Repeat(`\frac{1}{1+`, 150) + "x" + strings.Repeat("}", 150),
	"functions":   strings.Repeat("sin(x)+cos(y)+", 140) + "1",
	"function or": strings.Repeat("sin(x^2)cos(y) or ", 110),
	"markers":     strings.Repeat("the answer is (x+1)^20. ", 80),
}

// TestHostileText asks that hostile text is never right and always answered.
func TestHostileText(t *testing.T) {
	for name, text := range hostileTexts {
		for _, a := range []tutor.Answer{expand, quarters, line, range8, roots, inWord} {
			if v := Match(a, nil, text); v.Equal {
				t.Errorf("%s is equal to %q", name, a.Value)
			}
		}
	}
}

// BenchmarkHostileText shows what a refusal costs a learner's turn; each
// should stay under 10 ms.
func BenchmarkHostileText(b *testing.B) {
	for name, text := range hostileTexts {
		b.Run(name, func(b *testing.B) {
			worst := time.Duration(0)
			for b.Loop() {
				start := time.Now()
				Match(expand, nil, text)
				worst = max(worst, time.Since(start))
			}
			b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
		})
	}
}
