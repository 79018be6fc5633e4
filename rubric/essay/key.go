package essay

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/spanish"
)

// keyOf is a folded word as cues know it: with a straight apostrophe, and Arabic
// without vowel signs and in one form of its letters.
func keyOf(fold string) string {
	plain := true
	for _, r := range fold {
		if r == '’' || r >= 0x600 && r < 0x700 {
			plain = false
			break
		}
	}
	if plain {
		return fold
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '’':
			return '\''
		case r == 'أ' || r == 'إ' || r == 'آ' || r == 'ٱ':
			return 'ا'
		case r == 'ى':
			return 'ي'
		case r == 'ة':
			return 'ه'
		case r == 'ـ' || r < 0x700 && r >= 0x600 && unicode.Is(unicode.Mn, r):
			return -1
		}
		return r
	}, fold)
}

// bare is an Arabic key without the "and" or "so" that is written onto it, "" when
// there is none.
func bare(key string) string {
	rest, ok := strings.CutPrefix(key, "و")
	if !ok {
		rest, ok = strings.CutPrefix(key, "ف")
	}
	if !ok || utf8.RuneCountInString(rest) < 2 {
		return ""
	}
	return rest
}

// stemOf is the stem of a key in a language; for one without a stemmer the key.
func stemOf(lang, key string) string {
	switch lang {
	case "en":
		return english.Stem(strings.TrimSuffix(key, "'s"), false)
	case "es":
		return spanish.Stem(key, false)
	case "ar":
		return arabicStem(key)
	}
	return key
}

// Affixes of light stemming (light10 of Larkey, Ballesteros and Connell 2002).
var (
	arabicPrefixes = []string{"وال", "بال", "كال", "فال", "لل", "ال"}
	arabicSuffixes = []string{"ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"}
)

// arabicStem takes the article and what is written onto it off an Arabic key, and
// the endings of number and possession, as long as enough is left.
func arabicStem(key string) string {
	n := utf8.RuneCountInString(key)
	if rest, ok := strings.CutPrefix(key, "و"); ok && n > 4 {
		key, n = rest, n-1
	}
	for _, p := range arabicPrefixes {
		if rest, ok := strings.CutPrefix(key, p); ok && n-utf8.RuneCountInString(p) >= 2 {
			key, n = rest, n-utf8.RuneCountInString(p)
			break
		}
	}
	for _, s := range arabicSuffixes {
		if rest, ok := strings.CutSuffix(key, s); ok && n-utf8.RuneCountInString(s) >= 2 {
			key, n = rest, n-utf8.RuneCountInString(s)
		}
	}
	return key
}

// Shares of function words that tell a language. Running text in a language has
// well over a quarter of them, in another one hardly any; a beginner's, full of
// misspellings, lies between.
const (
	tellsLanguage = .2
	deniesIt      = .1
	tellable      = 20 // words
)

// languageOf returns which of the languages with cues a draft is written in, by
// its function words: the task's own unless the words are plainly of another.
// "" means one without cues.
func languageOf(keys []string, task string) string {
	share := func(lang string) float64 {
		c, n := cueLists()[lang], 0
		for _, k := range keys {
			if c.function(k) || c.function(bare(k)) {
				n++
			}
		}
		return float64(n) / float64(max(1, len(keys)))
	}
	_, known := cueLists()[task]
	least := deniesIt
	if task == "ar" { // writes many of them onto other words
		least = deniesIt / 2
	}
	if len(keys) < tellable || known && share(task) >= least {
		return task
	}
	best, most := "", tellsLanguage
	for _, lang := range []string{"ar", "en", "es"} {
		if s := share(lang); s > most {
			best, most = lang, s
		}
	}
	if best == "" && !known {
		return task
	}
	return best
}

// Foreign reports whether the draft is written in another language than the task
// asks for, as far as the words of a language that is known tell.
func (a *Analysis) Foreign() bool {
	task := base(a.Task.Language)
	_, known := cueLists()[task]
	_, reads := cueLists()[a.lang]
	return task != "" && a.lang != task && (known || reads)
}

// Known reports whether the draft's language is one whose ways of arguing are
// known; of others only form can be read.
func (a *Analysis) Known() bool { return a.cues != nil }
