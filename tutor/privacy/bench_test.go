package privacy_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"maieutic/tutor/privacy"
)

// crowd makes n people with names of random syllables, some first names common
// to many, as in a large school.
func crowd(n int) []privacy.Person {
	rng := rand.New(rand.NewPCG(3, 4))
	syllables := strings.Fields("an be ca do el fi ga hu is jo ka lu ma ni or pe ra sa ti vi wen xan yo zu bar den fer gon kov lin mar ros sen ther ville")
	name := func(parts int) string {
		var b strings.Builder
		for range parts {
			b.WriteString(syllables[rng.IntN(len(syllables))])
		}
		return strings.ToUpper(b.String()[:1]) + b.String()[1:]
	}
	firsts := make([]string, n/10+1)
	for i := range firsts {
		firsts[i] = name(2 + rng.IntN(2))
	}
	people := make([]privacy.Person, n)
	for i := range people {
		first, last := firsts[rng.IntN(len(firsts))], name(3+rng.IntN(2))
		people[i] = privacy.Person{Name: first + " " + last, Email: fmt.Sprintf("%s.%s@school.example", first, last)}
	}
	return people
}

// essay is a text of about 2,000 bytes in which a few people are named.
func essay(people []privacy.Person) string {
	var b strings.Builder
	for i := 0; b.Len() < 2000; i++ {
		fmt.Fprintf(&b, "First I subtracted 4 from both sides of 2x + 4 = 18, which gives 2x = 14, and then %s and I divided by 2. ", people[i*7].Name)
		b.WriteString("The bulb gets dimmer because the resistance in series is larger and the current is smaller. I checked it with $V = IR$. ")
	}
	return b.String()
}

func BenchmarkRedact(b *testing.B) {
	for _, n := range []int{100, 20000} {
		people := crowd(n)
		r := privacy.New(people)
		text := essay(people)
		b.Run(fmt.Sprintf("people=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r.Session("seed").Redact(text)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	people := crowd(20000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := privacy.New(people)
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		r = privacy.New(people)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-held")
	runtime.KeepAlive(r)
}

func BenchmarkRestore(b *testing.B) {
	people := crowd(1000)
	p := privacy.New(people).Session("seed")
	text := p.Redact(essay(people))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		p.Restore(text)
	}
}
