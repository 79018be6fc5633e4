package eval

import (
	"strings"
	"unicode"
)

// languageScripts tell a language by its letters alone, or the commonest that is written
// with them. Kana come before Han, since Japanese has both.
var languageScripts = []struct {
	language string
	table    *unicode.RangeTable
}{
	{"ja", unicode.Hiragana}, {"ja", unicode.Katakana}, {"zh", unicode.Han}, {"ko", unicode.Hangul}, {"th", unicode.Thai},
	{"lo", unicode.Lao}, {"km", unicode.Khmer}, {"my", unicode.Myanmar}, {"hi", unicode.Devanagari}, {"ta", unicode.Tamil},
	{"ar", unicode.Arabic}, {"he", unicode.Hebrew}, {"ru", unicode.Cyrillic}, {"el", unicode.Greek}, {"hy", unicode.Armenian},
}

// functionWords of languages in Latin letters, those that few others share.
var functionWords = map[string]string{
	"en": "the of and to in is was for that with by as are which",
	"es": "el la de los las que y en un una por con del es",
	"de": "der die und das ist von den mit ein eine für nicht auf dem",
	"fr": "le la les des et est dans une un que pour du qui par",
	"it": "il di che la e è per una del della con sono gli nel",
	"pt": "o a de que e do da em um uma para não com os",
	"nl": "de het een van en is dat op te zijn voor niet met aan",
	"ro": "și de în la cu care pe un o este din nu mai au",
	"tr": "ve bir bu için ile olarak da de olan çok daha en gibi sonra",
	"vi": "và của là các một trong được có cho không với những người đã",
	"sv": "och att det i en som är på av för med den till inte",
	"da": "og at det i en som er på af for med den til ikke",
	"no": "og å det i en som er på av for med den til ikke",
	"fi": "ja on ei se että oli joka hän mutta ovat kun myös tai",
	"hu": "a az és hogy nem egy is volt ez meg van csak de már",
	"pl": "i w na z się do nie jest to że o przez jako od",
	"id": "yang dan di dari untuk dengan pada ini itu adalah dalam tidak oleh",
	"ca": "el la de i que els les en un una per amb del és",
}

// guessLanguage tells the language of texts by their script and function words.
// It returns "" for none it knows.
func guessLanguage(texts []string) string {
	letters, latin := map[string]int{}, 0
	words := map[string]int{}
	for _, text := range texts[:min(len(texts), sampleTexts)] {
		for _, r := range text {
			if unicode.Is(unicode.Latin, r) {
				latin++
			} else if unicode.IsLetter(r) {
				letters[scriptLanguage(r)]++
			}
		}
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
			words[word]++
		}
	}
	best, most := "", latin/2 // names and formulas are in Latin letters everywhere
	for _, s := range languageScripts {
		n := letters[s.language]
		if s.language == "ja" && n*10 > letters["zh"] {
			n += letters["zh"]
		}
		if n > most {
			best, most = s.language, n
		}
	}
	if best != "" {
		return best
	}
	return byFunctionWords(words)
}

func scriptLanguage(r rune) string {
	for _, s := range languageScripts {
		if unicode.Is(s.table, r) {
			return s.language
		}
	}
	return ""
}

func byFunctionWords(words map[string]int) string {
	best, most := "", 0
	for language, list := range functionWords {
		n := 0
		for _, word := range strings.Fields(list) {
			n += words[word]
		}
		if n > most || n == most && n > 0 && language < best {
			best, most = language, n
		}
	}
	return best
}
