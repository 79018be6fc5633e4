package retrieval

import "strings"

// dictionaries are the stemmers that Postgres 15 brings along, by primary
// language subtag. A stemmer knows its language's stop words, if there is a list
// of them.
var dictionaries = map[string]string{
	"ar": "arabic_stem", "ca": "catalan_stem", "da": "danish_stem", "de": "german_stem", "el": "greek_stem", "en": "english_stem",
	"es": "spanish_stem", "eu": "basque_stem", "fi": "finnish_stem", "fr": "french_stem", "ga": "irish_stem", "hi": "hindi_stem",
	"hu": "hungarian_stem", "hy": "armenian_stem", "id": "indonesian_stem", "it": "italian_stem", "lt": "lithuanian_stem",
	"nb": "norwegian_stem", "ne": "nepali_stem", "nl": "dutch_stem", "nn": "norwegian_stem", "no": "norwegian_stem",
	"pt": "portuguese_stem", "ro": "romanian_stem", "ru": "russian_stem", "sr": "serbian_stem", "sv": "swedish_stem",
	"ta": "tamil_stem", "tr": "turkish_stem", "yi": "yiddish_stem",
}

// exactWords marks a language whose words differ by their accents alone.
const exactWords = "exact"

// dictionary returns what maieutic_term needs to know of a language (BCP 47).
func dictionary(language string) string {
	primary := primarySubtag(language)
	if primary == "vi" {
		return exactWords
	}
	if stemmer, ok := dictionaries[primary]; ok {
		return "pg_catalog." + stemmer
	}
	return ""
}

func primarySubtag(language string) string {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	return primary
}

// syllabic reports whether a language writes its words as separate syllables, so
// that pairs of neighbours are its words.
func syllabic(language string) bool { return primarySubtag(language) == "vi" }
