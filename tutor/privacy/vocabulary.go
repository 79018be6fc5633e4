package privacy

import (
	_ "embed"
	"strings"
	"sync"
)

// The word lists are folded, separated by blanks. common.txt holds names that
// are words as well; the others the words students use most in English,
// Spanish and Arabic, first of all those near a name.
var (
	//go:embed words/en.txt
	english string
	//go:embed words/es.txt
	spanish string
	//go:embed words/ar.txt
	arabic string
	//go:embed words/common.txt
	names string
)

type lexicon struct {
	words  map[string]bool
	common map[string]bool
	near   *neighbours // words of four letters or more
}

var vocabulary = sync.OnceValue(func() *lexicon {
	l := &lexicon{words: make(map[string]bool, 5000), common: make(map[string]bool, 700)}
	var long []string
	for _, list := range []string{english, spanish, arabic} {
		for _, w := range strings.Fields(list) {
			if !l.words[w] && len(w) >= 4 {
				long = append(long, w)
			}
			l.words[w] = true
		}
	}
	for _, w := range strings.Fields(names) {
		l.common[w] = true
	}
	l.near = newNeighbours(long)
	return l
})

// ordinary reports whether a folded word is in the lexicon, or a regular form
// of a word that is.
func (l *lexicon) ordinary(w string) bool {
	if l.words[w] {
		return true
	}
	for _, ending := range regular {
		stem, ok := strings.CutSuffix(w, ending.cut)
		if !ok || len(stem) < 3 {
			continue
		}
		for _, put := range ending.put {
			if l.words[stem+put] {
				return true
			}
		}
	}
	for _, prefix := range [...]string{"وال", "بال", "فال", "كال", "ال", "لل", "و", "ف", "ب", "ل", "ك", "ي", "ت", "ن", "ا"} {
		if rest, ok := strings.CutPrefix(w, prefix); ok && len(rest) >= 6 && l.words[rest] {
			return true
		}
	}
	return false
}

// misspelt reports whether a folded word is one edit from an ordinary one.
func (l *lexicon) misspelt(w string) bool {
	var buf [8]int32
	return len(l.near.near(w, buf[:0])) > 0
}

// regular are the endings of English, Spanish and Arabic words.
var regular = []struct {
	cut string
	put []string
}{
	{"s", []string{""}},
	{"es", []string{"", "e", "o", "a"}},
	{"d", []string{"", "e"}},
	{"ed", []string{""}},
	{"ing", []string{"", "e"}},
	{"er", []string{"", "e"}},
	{"ers", []string{"", "e"}},
	{"ly", []string{"", "le"}},
	{"y", []string{"", "e"}},
	{"ies", []string{"y"}},
	{"ied", []string{"y"}},
	{"ness", []string{""}},
	{"able", []string{"", "e"}},
	{"n", []string{""}},
	{"a", []string{"o", "ar", "er", "e"}},
	{"o", []string{"a", "ar", "er", "ir"}},
	{"as", []string{"o", "a", "ar", "er"}},
	{"os", []string{"o", "a"}},
	{"amos", []string{"ar", "o", "a"}},
	{"emos", []string{"er", "e"}},
	{"an", []string{"ar", "a"}},
	{"en", []string{"er", "ir", "ar", "e"}},
	{"e", []string{"ar", "er", "ir", "a", "o"}},
	{"ando", []string{"ar", "a"}},
	{"iendo", []string{"er", "ir"}},
	{"ado", []string{"ar", "a"}},
	{"ada", []string{"ar", "a"}},
	{"ido", []string{"er", "ir"}},
	{"mente", []string{"", "o", "a"}},
	{"ito", []string{"o"}},
	{"ita", []string{"a"}},
	{"ه", []string{"", "ه"}},
	{"ها", []string{"", "ه"}},
	{"هم", []string{""}},
	{"ات", []string{"", "ه"}},
	{"ون", []string{""}},
	{"ين", []string{"", "ه"}},
	{"ان", []string{"", "ه"}},
	{"ي", []string{"", "ه"}},
	{"نا", []string{""}},
	{"ت", []string{"", "ه"}},
	{"ا", []string{""}},
}

// eponyms gave their names to laws and units.
var eponyms = set(`newton newtons newtonian ohm ohms ampere amperes volta volt volts watt watts joule joules 	hertz faraday farads farad tesla coulomb coulombs gauss gaussian euler pythagoras pythagorean pitagoras thales tales
	euclid euclides euclidean descartes cartesian fermat archimedes arquimedes galileo kepler copernicus copernico einstein
	curie becquerel mendel boyle kirchhoff kirchoff thevenin celsius fahrenheit siemens 	leibniz laplace lagrange fourier bernoulli bayes fibonacci euclidean hooke lenz snell avogadro bohr
	rutherford schrodinger heisenberg planck hawking turing lovelace boole cauchy riemann hilbert noether ramanujan
	hypatia khwarizmi plato platon aristotle aristoteles socrates confucius pasteur eratosthenes cardano vieta
	viete ruffini viviani poisson markov chebyshev wheatstone marconi
	نيوتن اوم امبير فولت واط جول كلفن باسكال هرتز فاراداي كولوم غاوس اويلر فيثاغورس طاليس اقليدس ديكارت ارخميدس غاليليو كبلر
	اينشتاين داروين كيرشوف الخوارزمي خوارزمي`)

// lesser gave theirs too, but are people's names first: they are kept only
// beside a word such as "law".
var lesser = set(`charles henry thomas young isaac albert james georg michael marie blaise leonhard carl moore murphy kelvin pascal
	weber norton maxwell cramer venn dalton franklin simpson taylor horner darwin edison cantor heron hubble
	charlie ada george gustav andre alessandro nikola carlos`)

// given are the first names that lessons put before an eponym.
var given = set(`isaac albert marie pierre charles michael james georg george simon andre alessandro nikola thomas blaise leonhard carl
	johann johannes galileo rene gottfried daniel robert niels max alan ada stephen benjamin guglielmo louis emmy gregor heinrich
	john niccolo francois leonardo srinivasa bernhard erwin werner ernest gustav james isaac اسحاق البرت جورج`)
