package rubric

import (
	"embed"
	"slices"
	"strings"

	"github.com/kljensen/snowball"
)

// The word lists of the text matcher, one file for each language; the format
// stands in en.txt. A further language is a further file.
//
//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// lexicon is what the matcher knows of one language. It is immutable.
type lexicon struct {
	stemmer  string // of snowball, "" for none
	function map[string]bool
	negation map[string]bool
	joint    map[string]bool
	asks     map[string]bool
	restrict map[string]bool
	contrast map[string]bool
	idk      []string            // longest first
	class    map[string]string   // stem to the first stem of its line
	opposite map[string][]string // class to classes that exclude it
	known    map[string]bool     // every listed word and stem: never a misspelling
}

var lexicons = loadLexicons()

// stemmers are the languages with a Snowball stemmer.
var stemmers = map[string]string{
	"en": "english", "es": "spanish", "fr": "french", "ru": "russian", "sv": "swedish", "nb": "norwegian", "nn": "norwegian",
	"no": "norwegian", "hu": "hungarian",
}

func loadLexicons() map[string]*lexicon {
	all := map[string]*lexicon{}
	for language, stemmer := range stemmers {
		all[language] = newLexicon(stemmer)
	}
	files, err := lexiconFiles.ReadDir("lexicon")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		data, err := lexiconFiles.ReadFile("lexicon/" + f.Name())
		if err != nil {
			panic(err)
		}
		language := strings.TrimSuffix(f.Name(), ".txt")
		l := newLexicon(stemmers[language])
		l.read(string(data))
		all[language] = l
	}
	return all
}

func newLexicon(stemmer string) *lexicon {
	return &lexicon{
		stemmer: stemmer, function: map[string]bool{}, negation: map[string]bool{}, joint: map[string]bool{}, asks: map[string]bool{},
		restrict: map[string]bool{}, contrast: map[string]bool{}, class: map[string]string{}, opposite: map[string][]string{},
		known: map[string]bool{},
	}
}

// lexiconFor returns the word lists of a language. One without lists still
// matches words by their letters.
func lexiconFor(language string) *lexicon {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if primary == "" {
		primary = "en"
	}
	if l, ok := lexicons[primary]; ok {
		return l
	}
	return plainLexicon
}

var plainLexicon = newLexicon("")

func (l *lexicon) read(data string) {
	sets := map[string]map[string]bool{
		"function": l.function, "negation": l.negation, "joint": l.joint, "asks": l.asks, "restrict": l.restrict, "contrast": l.contrast,
	}
	for line := range strings.Lines(data) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		kind, words := fields[0], fields[1:]
		switch kind {
		case "idk":
			l.idk = append(l.idk, strings.Join(words, " "))
			continue
		case "same":
			l.group(words)
		case "against":
			l.exclude(words)
		default:
			for _, w := range words {
				sets[kind][w] = true
			}
		}
		for _, w := range words {
			l.known[w], l.known[l.stem(w)] = true, true
		}
	}
	slices.SortFunc(l.idk, func(a, b string) int { return len(b) - len(a) })
}

// group makes words synonyms. A word already in a group stays there: the lists
// put the more telling group first.
func (l *lexicon) group(words []string) {
	head := l.key(words[0])
	for _, w := range words {
		s := l.stem(w)
		if _, ok := l.class[s]; !ok {
			l.class[s] = head
		}
	}
}

// exclude makes every word before the colon an antonym of every one after it.
func (l *lexicon) exclude(words []string) {
	at := slices.Index(words, ":")
	for _, a := range words[:at] {
		for _, b := range words[at+1:] {
			ka, kb := l.key(a), l.key(b)
			l.opposite[ka] = append(l.opposite[ka], kb)
			l.opposite[kb] = append(l.opposite[kb], ka)
		}
	}
}

func (l *lexicon) stem(word string) string {
	if l.stemmer == "" || len(word) < 3 {
		return word
	}
	s, err := snowball.Stem(word, l.stemmer, false)
	if err != nil || s == "" {
		return word
	}
	return s
}

// key is what two words must share to count as the same.
func (l *lexicon) key(word string) string {
	s := l.stem(word)
	if head, ok := l.class[s]; ok {
		return head
	}
	return s
}

func (l *lexicon) excludes(a, b string) bool { return slices.Contains(l.opposite[a], b) }
