package dialogue

import (
	"slices"
	"strings"
	"testing"
)

// TestSymbolsIn finds every letter that stands alone, also where two share what
// is between them.
func TestSymbolsIn(t *testing.T) {
	for text, want := range map[string]string{
		"a+b=c": "a b c", "x = v t": "x v t", "2x3y": "x y", "m n": "m n", "area": "", "What's a": "s a", "فِي س": "س", "'q'": "q", "": "",
	} {
		var got []string
		for _, s := range symbolsIn(text) {
			got = append(got, s.letter)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestForeignSymbol: a variable of the exercise may be named, another one not.
func TestForeignSymbol(t *testing.T) {
	k := newKnown("", "Solve d = v*t, where m n is an area.")
	for text, foreign := range map[string]bool{
		"What does v stand for": false, "Multiply n by t": false, "That's where it's d": false, "Look at 2v": false,
		"What does q stand for": true, "It is 'q' here": true, "p+q": true, "Look at 2y": true,
	} {
		if k.foreignSymbol(text) != foreign {
			t.Errorf("%q: foreign %v, want %v", text, !foreign, foreign)
		}
	}
}

// TestSpelledNumbers: what a draft says in words may be said in digits.
func TestSpelledNumbers(t *testing.T) {
	for text, number := range map[string]string{
		"three terms": "3", "cero": "0", "uno de los términos": "1", "ثلاثة حدود": "3", "خمس خطوات": "5", "الحد واحد": "1", "عشرة": "10",
	} {
		if !slices.Contains(numbersIn(text), number) {
			t.Errorf("%q holds %q", text, numbersIn(text))
		}
		if newKnown(text).foreignNumber(number + ".") {
			t.Errorf("%s is foreign to %q", number, text)
		}
	}
}

// TestShortPairsAreNoLoop: three times "of the" is a long sentence, not a loop.
func TestShortPairsAreNoLoop(t *testing.T) {
	for text, want := range map[string]bool{
		"Compare the length of the first side of the triangle with that of the second.":     false,
		"Mira el signo de la suma, el de la resta y el de la multiplicación.":               false,
		"Look of the of the of the of the term.":                                            true,
		"The term and the term or the sign, and the term again.":                            true,
		"It is it is it is it is so.":                                                       true,
		"Parallel circuits have parallel circuits that have parallel circuits inside them.": true,
	} {
		if garbled(text, true) != want {
			t.Errorf("%q: garbled %v", text, !want)
		}
	}
}

// TestBeginsAmid: a sentence may begin with a variable, not with half a word.
func TestBeginsAmid(t *testing.T) {
	for text, want := range map[string]bool{
		"x stands for a number.": false, "¿Qué falta?": false, "3 terms are left.": false, "ما الناتج؟": false, "": false, "…": false,
		"and then it goes.": true, "«y entonces?": true, "stops there.": true,
	} {
		if beginsAmid(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// TestDashesOfProse are no signs that hide something; others are.
func TestDashesOfProse(t *testing.T) {
	k := newKnown("")
	for text, want := range map[string]bool{
		"Good -- you noticed the bracket.": false, "Good--you noticed.": false, "Use a two- or three-step plan.": false,
		"It is 3--4.": true, "It begins with -. Then it goes on.": true, "Keep x- in mind.": true,
	} {
		if k.hides(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
