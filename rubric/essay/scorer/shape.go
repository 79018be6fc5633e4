package scorer

import (
	"math"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"maieutic/rubric/essay"
)

// features are how many numbers a shape has.
const features = 42

// shape is what a text looks like beside its wording.
type shape [features]float64

// lexicon says how common words and pairs of neighbouring words are among the
// essays of a task: by hash, how many essays have them.
type lexicon struct {
	df     map[uint32]uint16
	essays int
}

func newLexicon(drafts []*essay.Draft) lexicon {
	l := lexicon{df: map[uint32]uint16{}, essays: len(drafts)}
	for _, d := range drafts {
		seen := map[uint32]bool{}
		count := func(h uint32) {
			if !seen[h] && l.df[h] < math.MaxUint16 {
				seen[h] = true
				l.df[h]++
			}
		}
		for i, w := range d.Words {
			count(wordHash(w.Fold))
			if i > 0 {
				count(pairHash(d.Words[i-1].Fold, w.Fold))
			}
		}
	}
	// Words of one or two essays are as good as unknown, and might tell on somebody.
	for h, n := range l.df {
		if n < shared {
			delete(l.df, h)
		}
	}
	return l
}

// others looks words up for an essay. One that the lexicon was made of does not
// count itself: its words must be as strange to it as those of a new essay.
type others struct {
	lexicon
	self uint16 // 1 for an essay of the lexicon
}

// share returns the share of the other essays that have a word or pair, 0 when too
// few have it.
func (o others) share(h uint32) float64 {
	n := o.df[h]
	if n < shared+o.self {
		return 0
	}
	return float64(n-o.self) / math.Max(1, float64(o.essays-int(o.self)))
}

func wordHash(word string) uint32 { return hashed(2166136261, word) }

func pairHash(first, second string) uint32 { return hashed(hashed(3166136261, first)*31, second) }

// hashed is FNV-1a.
func hashed(h uint32, word string) uint32 {
	for i := range len(word) {
		h = (h ^ uint32(word[i])) * 16777619
	}
	return h
}

// shapeOf measures a text against the words of its task. Counts enter as
// logarithms and roots: between 100 and 200 words lies more than between 600 and
// 700.
func shapeOf(d *essay.Draft, words others) shape {
	var s shape
	n := float64(len(d.Words))
	sentences, paragraphs := float64(len(d.Sentences)), float64(len(d.Paragraphs))
	s[0], s[1], s[2] = math.Log1p(n), math.Pow(n, .25), math.Sqrt(n)
	s[3], s[4] = math.Log1p(sentences), math.Log1p(paragraphs)
	s[5] = math.Log1p(float64(utf8.RuneCountInString(d.Text)))
	lexical(&s, d, words)
	phrasing(&s, d, words)
	syntactic(&s, d)
	punctuation(&s, d.Text, n)
	cohesive(&s, d)
	return s
}

// lexical measures the words.
func lexical(s *shape, d *essay.Draft, words others) {
	n := math.Max(1, float64(len(d.Words)))
	types := map[string]int{}
	var length, square, long, longer, idf, unknown, rare, known float64
	for _, w := range d.Words {
		types[w.Fold]++
		l := float64(w.End - w.Start)
		length += l
		square += l * l
		if l >= 7 {
			long++
		}
		if l >= 10 {
			longer++
		}
		share := words.share(wordHash(w.Fold))
		switch {
		case share == 0:
			unknown++
		case share < .02:
			rare++
		}
		if share > 0 {
			known++
			idf += -math.Log(share)
		}
	}
	once := 0.0
	for _, c := range types {
		if c == 1 {
			once++
		}
	}
	t := float64(len(types))
	s[6], s[7] = length/n, math.Sqrt(math.Max(0, square/n-(length/n)*(length/n)))
	s[8], s[9] = long/n, longer/n
	s[10], s[11], s[12] = t/math.Sqrt(n), math.Log1p(t), once/math.Max(1, t)
	s[13], s[14], s[15] = unknown/n, rare/n, idf/math.Max(1, known)
	s[16], s[17] = math.Log1p(unknown), math.Log1p(rare)
	s[18] = movingRatio(d, 50)
	s[34], s[35] = math.Log1p(long), math.Log1p(longer)
}

// phrasing measures how usual the pairs of neighbouring words are, which sees
// broken grammar as well as a copied phrase.
func phrasing(s *shape, d *essay.Draft, words others) {
	pairs, known, idf := 0.0, 0.0, 0.0
	for i := 1; i < len(d.Words); i++ {
		pairs++
		if share := words.share(pairHash(d.Words[i-1].Fold, d.Words[i].Fold)); share > 0 {
			known++
			idf += -math.Log(share)
		}
	}
	s[36], s[37], s[38] = known/math.Max(1, pairs), idf/math.Max(1, known), math.Log1p(known)
}

// movingRatio is the moving-average type-token ratio (Covington and McFall 2010).
func movingRatio(d *essay.Draft, window int) float64 {
	window = min(window, len(d.Words))
	if window == 0 {
		return 0
	}
	counts := map[string]int{}
	sum, windows := 0.0, 0.0
	for i, w := range d.Words {
		counts[w.Fold]++
		if i >= window {
			old := d.Words[i-window].Fold
			if counts[old]--; counts[old] == 0 {
				delete(counts, old)
			}
		}
		if i >= window-1 {
			sum += float64(len(counts)) / float64(window)
			windows++
		}
	}
	return sum / windows
}

// syntactic measures sentences.
func syntactic(s *shape, d *essay.Draft) {
	n := math.Max(1, float64(len(d.Sentences)))
	var sum, square, longest, short, capital float64
	for _, sentence := range d.Sentences {
		l := float64(sentence.Last - sentence.First)
		sum += l
		square += l * l
		longest = math.Max(longest, l)
		if l <= 5 {
			short++
		}
		if first, _ := utf8.DecodeRuneInString(sentence.Text); unicode.IsUpper(first) {
			capital++
		}
	}
	mean := sum / n
	s[19], s[20] = math.Log1p(mean), math.Log1p(math.Sqrt(math.Max(0, square/n-mean*mean)))
	s[21], s[22], s[23] = math.Log1p(longest), short/n, capital/n
}

// punctuation counts signs by hundred words.
func punctuation(s *shape, text string, words float64) {
	words = math.Max(1, words)
	for i, signs := range []string{",", ";:", "?", "!", "\"“”«»", "'’", "()-–—"} {
		n := 0
		for _, r := range text {
			if strings.ContainsRune(signs, r) {
				n++
			}
		}
		s[24+i] = math.Log1p(100 * float64(n) / words)
	}
	// Texts whose line ends were lost often keep wide gaps in their place.
	gaps, commas := 0, strings.Count(text, ",")
	wide := 0
	for _, r := range text {
		if unicode.IsSpace(r) {
			if wide++; wide == 3 {
				gaps++
			}
			continue
		}
		wide = 0
	}
	s[39], s[40] = math.Log1p(float64(gaps)), math.Log1p(float64(commas))
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	s[31] = math.Log1p(100 * float64(digits) / words)
}

// cohesive measures how sentences hold together: words that neighbours share, and
// sentences that begin alike.
func cohesive(s *shape, d *essay.Draft) {
	overlap, pairs := 0.0, 0.0
	first := map[string]int{}
	for i, sentence := range d.Sentences {
		words := d.WordsOf(sentence)
		if len(words) > 0 {
			first[words[0].Fold]++
		}
		if i == 0 || len(words) == 0 {
			continue
		}
		before := map[string]bool{}
		for _, w := range d.WordsOf(d.Sentences[i-1]) {
			before[w.Fold] = true
		}
		shared := 0.0
		for _, w := range words {
			if before[w.Fold] && w.End-w.Start > 3 {
				shared++
			}
		}
		overlap += shared / float64(len(words))
		pairs++
	}
	s[32] = overlap / math.Max(1, pairs)
	s[41] = math.Log1p(float64(len(first)))
	s[33] = float64(len(first)) / math.Max(1, float64(len(d.Sentences)))
}

// leastDeviation keeps a feature that never changes from being divided by nothing.
const leastDeviation = 1e-6

// norms bring features to mean 0 and deviation 1.
type norms struct{ mean, deviation shape }

func newNorms(shapes []shape) norms {
	var n norms
	count := math.Max(1, float64(len(shapes)))
	for k := range features {
		var sum, square float64
		for _, s := range shapes {
			sum += s[k]
		}
		n.mean[k] = sum / count
		for _, s := range shapes {
			square += (s[k] - n.mean[k]) * (s[k] - n.mean[k])
		}
		n.deviation[k] = math.Max(leastDeviation, math.Sqrt(square/count))
	}
	return n
}

// The random features stand for Gaussian kernels of three widths beside the
// plain features, which keep the straight part of the relation.
const waves = 192

var widths = [...]float64{.05, .1, .2}

// table holds the random directions, the same for every model.
var table = func() (t [waves]struct {
	direction shape
	phase     float64
}) {
	random := rand.New(rand.NewPCG(20240219, 7))
	for i := range t {
		width := widths[i%len(widths)]
		for k := range features {
			t[i].direction[k] = random.NormFloat64() * width
		}
		t[i].phase = 2 * math.Pi * random.Float64()
	}
	return t
}()

// lengthWeight is the share in the kernel of the logarithm of the number of words,
// beside 1 for all of the shape: few essays do not suffice to find out that length
// matters, and where it does not many unlearn it.
const lengthWeight = .3

// bend returns the random features of a shape, and the plain ones, of length 1
// on average.
func (n norms) bend(s shape) []float64 {
	var z shape
	for k := range features {
		z[k] = math.Max(-4, math.Min(4, (s[k]-n.mean[k])/n.deviation[k]))
	}
	out := make([]float64, waves+features)
	for i := range table {
		sum := table[i].phase
		for k := range features {
			sum += table[i].direction[k] * z[k]
		}
		out[i] = math.Cos(sum) * math.Sqrt(1/float64(waves))
	}
	for k := range features {
		out[waves+k] = z[k] * math.Sqrt(.5/float64(features))
	}
	out[waves] = z[0] * math.Sqrt(lengthWeight)
	return out
}
