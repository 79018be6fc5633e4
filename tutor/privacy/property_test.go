package privacy_test

import (
	"strings"
	"sync"
	"testing"

	"maieutic/tutor/privacy"

	"pgregory.net/rapid"
)

// texts draws a text of names, contact details, look-alikes of placeholders
// and noise.
func texts() *rapid.Generator[string] {
	pieces := rapid.OneOf(
		rapid.SampledFrom([]string{
			"Anna", "anna", "Schmidt", "Anna Schmidt", "ANNA SCHMIDT", "Annas", "Anan", "a n n a", "Pepe", "josé", "Will", "May",
			"Mark Young", "Марты", "ولأحمد", "نور", "أحمد حسن", "李小龙", "Müller", "Mueller", "Kate O'Brien", "عبد الرحمن",
			"anna.schmidt@school.example", "anna at school dot org", "+49 151 2345 6789", "555-123-4567", "192.168.1.20", "@handle",
			"12 Main Street", "born on 12/05/2011", "my id is 48213", "https://x.com/anna", "class 7B", "GB82 WEST 1234 5698 7654 32",
			"[P1]", "[P100]", "(p417)", "[ P203 ]", `\[P333\]`, "[EMAIL512]", "[P417.2]", "[P", "[", "]", "(", "【P7】", "[P12",
			"ask", "my name is", "said", "'s", " ", "\n", ". ", ", ", "-", "_", "$", "`", "2x + 3 = 7", "\\frac{1}{2}", "the", "and",
			"\xff", "\xe3\x80", "\x1a", "é", "م",
		}),
		rapid.StringN(0, 6, 12),
	)
	return rapid.Custom(func(t *rapid.T) string {
		sep := rapid.SampledFrom([]string{"", " "}).Draw(t, "separator")
		return strings.Join(rapid.SliceOfN(pieces, 0, 14).Draw(t, "pieces"), sep)
	})
}

func TestRestoreUndoesRedact(t *testing.T) {
	r := school()
	rapid.Check(t, func(t *rapid.T) {
		p := r.Session(rapid.StringN(0, 4, 8).Draw(t, "seed"))
		for _, text := range rapid.SliceOfN(texts(), 1, 3).Draw(t, "texts") {
			if lookalike(p, text) {
				continue // written with a number already given out: needs the seed
			}
			redacted := p.Redact(text)
			if got := p.Restore(redacted); got != text {
				t.Fatalf("Restore(%q) = %q, want %q", redacted, got, text)
			}
		}
	})
}

// lookalike reports whether text, as written, has a placeholder of p.
func lookalike(p *privacy.Replacement, text string) bool { return p.Restore(text) != text }

func TestRedactIsIdempotent(t *testing.T) {
	r := school()
	rapid.Check(t, func(t *rapid.T) {
		p := r.Session("seed")
		once := p.Redact(texts().Draw(t, "text"))
		if twice := p.Redact(once); twice != once {
			t.Fatalf("Redact(%q) = %q, want no change", once, twice)
		}
	})
}

func TestRedactIsDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := rapid.SliceOfN(texts(), 1, 3).Draw(t, "history")
		p, q := school().Session("seed"), school().Session("seed")
		for _, text := range history {
			if a, b := p.Redact(text), q.Redact(text); a != b {
				t.Fatalf("Redact(%q) = %q and %q", text, a, b)
			}
		}
	})
}

func TestStreamedRestoreEqualsWhole(t *testing.T) {
	r := school()
	rapid.Check(t, func(t *rapid.T) {
		p := r.Session("seed")
		text := p.Redact(texts().Draw(t, "text")) + p.Redact("Anna Schmidt 【") + texts().Draw(t, "more")
		want := p.Restore(text)
		stream := p.Restorer()
		var got strings.Builder
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "bytes")
			got.WriteString(stream.Write(rest[:n]))
			rest = rest[n:]
		}
		got.WriteString(stream.Close())
		if got.String() != want {
			t.Fatalf("streamed %q, whole %q", got.String(), want)
		}
	})
}

// TestNothingOfTheRosterSurvives writes full names and addresses of the roster
// in many ways into any surroundings.
func TestNothingOfTheRosterSurvives(t *testing.T) {
	r := school()
	secrets := []string{"Anna Schmidt", "José García López", "Nicholas Petrov", "Kate O'Brien", "Will Turner", "Mark Young", "أحمد حسن", "Марта Иванова"}
	ways := []func(string) string{
		strings.ToLower, strings.ToUpper,
		func(s string) string { return s },
		func(s string) string { return strings.ReplaceAll(s, " ", "_") },
		func(s string) string { return strings.ReplaceAll(s, " ", "-") },
		func(s string) string { return s + "'s" },
		func(s string) string { return "anna.schmidt@school.example" },
	}
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SampledFrom(ways).Draw(t, "way")(rapid.SampledFrom(secrets).Draw(t, "name"))
		others := texts().Filter(func(s string) bool { return !strings.Contains(s, strings.TrimSuffix(secret, "'s")) })
		text := others.Draw(t, "before") + " " + secret + " " + others.Draw(t, "after")
		got := r.Session("seed").Redact(text)
		if strings.Contains(got, strings.TrimSuffix(secret, "'s")) {
			t.Fatalf("Redact(%q) = %q, which still has %q", text, got, secret)
		}
	})
}

func TestRestoreTakesWhatModelsWrite(t *testing.T) {
	p := school().Session("seed")
	tag := p.Redact("Anna Schmidt")
	name := strings.Trim(tag, "[]")
	for _, form := range []string{
		tag, "[" + strings.ToLower(name) + "]", "[ " + name + " ]", "(" + name + ")", "{" + name + "}", "<" + name + ">",
		"【" + name + "】", "［" + name + "］", "«" + name + "»", `\[` + name + `\]`, "[" + strings.Replace(name, "P", "P ", 1) + "]", "[" + name + ".9]",
	} {
		if got := p.Restore("Well done, " + form + "'s right."); got != "Well done, Anna Schmidt's right." {
			t.Errorf("Restore with %q = %q", form, got)
		}
	}
	for _, text := range []string{"[P1000000]", name, "[" + name, "[X1]", "[EMAIL" + name[1:] + "]"} {
		if got := p.Restore(text); got != text {
			t.Errorf("Restore(%q) = %q, want no change", text, got)
		}
	}
}

func TestStreamHoldsBackOnlyPlaceholders(t *testing.T) {
	p := school().Session("seed")
	tag := p.Redact("Anna Schmidt")
	stream := p.Restorer()
	for _, step := range []struct{ chunk, want string }{
		{"Hello ", "Hello "}, {tag[:1], ""}, {tag[1:2], ""}, {tag[2:4], ""}, {tag[4:], "Anna Schmidt"}, {"[x", "[x"}, {"] [Pa", "] [Pa"}, {"(", ""}, {"a)", "(a)"},
		{"\xe3", ""}, {"\x81\x82", "あ"},
	} {
		if got := stream.Write(step.chunk); got != step.want {
			t.Errorf("Write(%q) = %q, want %q", step.chunk, got, step.want)
		}
	}
	if got := stream.Close(); got != "" {
		t.Errorf("Close() = %q, want nothing", got)
	}
}

func TestOnePersonKeepsOneNumber(t *testing.T) {
	p := school().Session("seed")
	number := func(text string) string {
		tag, _, _ := strings.Cut(strings.Trim(p.Redact(text), "[]"), ".")
		return tag
	}
	want := number("Nicholas Petrov")
	for _, text := range []string{"nicholas", "Petrov", "Nico", "Nicholas Petrov", "Nichollas"} {
		if got := number(text); got != want {
			t.Errorf("%q has %s, want %s", text, got, want)
		}
	}
	if got := number("Anna"); got == want {
		t.Errorf("Anna has the number of Nicholas, %s", got)
	}
}

func TestKeptWordsStay(t *testing.T) {
	r := privacy.New([]privacy.Person{{Name: "Sierpinski Kovac"}, {Name: "Zelda Baptiste"}}).
		Keep([]string{"Sierpinski", "The Baptiste Method"})
	for text, want := range map[string]string{
		"the Sierpinski triangle":     "the Sierpinski triangle",
		"the Baptiste method, zelda":  "the Baptiste method, [P]",
		"my name is Sierpinski":       "my name is [P]",
		"Sierpinski Kovac and kovacs": "[P] and [P]",
	} {
		if got := shape(r.Session("seed").Redact(text)); got != want {
			t.Errorf("Redact(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	r := school()
	p := r.Session("seed")
	tag := p.Redact("Anna Schmidt")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 50 {
				if got := p.Redact("Anna Schmidt"); got != tag {
					t.Errorf("Redact gave %q, want %q", got, tag)
				}
				if got := p.Restore(tag); got != "Anna Schmidt" {
					t.Errorf("Restore gave %q", got)
				}
			}
		})
	}
	wait.Wait()
}

func FuzzRedact(f *testing.F) {
	f.Add("Anna Schmidt asked Will: 2x + 3 = 7, +49 151 2345 6789")
	f.Add("[P417] \\[P1\\] 【EMAIL2】 a n n a")
	f.Add("ولأحمد \xff $x$ `code` anna at school dot org")
	r := school()
	f.Fuzz(func(t *testing.T, text string) {
		p := r.Session("seed")
		once := p.Redact(text)
		if got := p.Restore(once); got != text {
			t.Errorf("Restore(%q) = %q, want %q", once, got, text)
		}
		if got := p.Redact(once); got != once {
			t.Errorf("Redact(%q) = %q, want no change", once, got)
		}
	})
}
