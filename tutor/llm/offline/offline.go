// Package offline is the built-in embedder: it needs no network and no model
// file, gives the same vector for the same text everywhere, and knows nothing
// that is not in the text.
//
// Words are stemmed, weighted by a root of their length and hashed into a vector of signed buckets (the hashing
// trick, Weinberger et al. 2009), together with the character 4-grams of each
// word, which carry typing errors, inflections and languages without a stemmer.
// How the weights were chosen is told in retrieval/MEASURED.md.
package offline

import (
	"context"
	"hash/fnv"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball"
	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/spanish"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

const (
	dim = 1024
	// name changes with anything that changes a vector.
	name = "maieutic-hash-1024-v2"

	gramLength     = 4
	signGramLength = 2 // where a sign stands for a syllable or more
	rarityPower    = .25
	gramWeight     = 1.5 // of all grams of a word together, against 1 for its stem
)

// Embedder implements llm.Embedder. The zero value works; it is safe for
// concurrent use.
type Embedder struct{}

// Name identifies the embedding space.
func (Embedder) Name() string { return name }

// Dim is the length of the vectors.
func (Embedder) Dim() int { return dim }

// SearchWeight is what nearness counts in a search beside 1 for the words: little,
// since both see the same letters. See retrieval/MEASURED.md.
func (Embedder) SearchWeight() float64 { return .15 }

// Embed implements llm.Embedder. A text without a letter or digit gets the
// first unit vector, so that every vector has a direction. The only error is
// that of ctx.
func (Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out[i] = vector(text)
	}
	return out, nil
}

func vector(text string) []float32 {
	counts := map[string]int{}
	var distinct []string // in order: the sum of floats depends on it
	for _, word := range words(text) {
		if counts[word]++; counts[word] == 1 {
			distinct = append(distinct, word)
		}
	}
	sums := make([]float64, dim)
	for _, word := range distinct {
		addWord(sums, word, rarity(word)*(1+math.Log(float64(counts[word]))))
	}
	return unit(sums)
}

// rarity stands in for the inverse document frequency that a text alone cannot
// know: by Zipf's law of abbreviation longer words are rarer.
func rarity(word string) float64 {
	return math.Pow(math.Min(float64(utf8.RuneCountInString(word)), 10), rarityPower)
}

// addWord adds a word's stem and grams with weight w.
func addWord(sums []float64, word string, w float64) {
	add(sums, "w:"+stem(word), w)
	padded, length := []rune("^"+word+"$"), gramLength
	if unicode.In(padded[1], signs...) {
		length = signGramLength
	}
	grams := max(1, len(padded)-length+1)
	each := w * gramWeight / math.Sqrt(float64(grams))
	for i := 0; i+length <= len(padded); i++ {
		add(sums, "g:"+string(padded[i:i+length]), each)
	}
}

// add puts a feature into its bucket, with a sign from another bit of the hash
// so that collisions cancel on average.
func add(sums []float64, feature string, w float64) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(feature))
	bits := h.Sum64()
	if bits>>63 == 1 {
		w = -w
	}
	sums[bits%dim] += w
}

func unit(sums []float64) []float32 {
	var total float64
	for _, x := range sums {
		total += float64(x * x)
	}
	out := make([]float32, len(sums))
	if total == 0 {
		out[0] = 1
		return out
	}
	length := math.Sqrt(total)
	for i, x := range sums {
		out[i] = float32(x / length)
	}
	return out
}

// signs are the scripts whose letters each stand for a syllable or more.
var signs = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul}

// words returns the lower-case words of a text without the marks that writers
// leave out and without the commonest function words.
func words(text string) []string {
	folded, _, err := transform.String(transform.Chain(norm.NFKD, runes.Remove(runes.Predicate(leftOut)), norm.NFC), text)
	if err != nil {
		folded = text
	}
	all := strings.FieldsFunc(strings.ToLower(folded), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	kept := all[:0]
	for _, word := range all {
		if !stop(word) {
			kept = append(kept, word)
		}
	}
	return kept
}

// leftOut reports whether a mark is one that writers leave out: accents, the
// vowel signs of Arabic and Hebrew. Those of Indic scripts and Thai are letters.
func leftOut(r rune) bool {
	return unicode.Is(unicode.Mn, r) && (r < 0x0700 || unicode.Is(unicode.Inherited, r)) || r == 'ـ'
}

func stop(word string) bool {
	return english.IsStopWord(word) || spanish.IsStopWord(word) || french.IsStopWord(word)
}

// stem is that of English or, for a word that English leaves alone, Spanish: the
// embedder does not know the language, and needs only that the forms of one
// word meet.
func stem(word string) string {
	if s, err := snowball.Stem(word, "english", false); err == nil && s != word {
		return s
	}
	if s, err := snowball.Stem(word, "spanish", false); err == nil {
		return s
	}
	return word
}
