package cnxml

import (
	"fmt"
	"iter"
	"maps"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// longestSlug keeps ids readable.
const longestSlug = 60

// slugOf makes an id of the first of the names that has letters or digits of
// English in it, accents aside.
func slugOf(names ...string) string {
	for _, name := range names {
		bare := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return unicode.ToLower(r)
		}, norm.NFD.String(name))
		slug := strings.Trim(notSlug.ReplaceAllString(strings.NewReplacer("'", "", "’", "").Replace(bare), "-"), "-")
		if len(slug) > longestSlug {
			slug = slug[:longestSlug]
			if at := strings.LastIndexByte(slug, '-'); at > longestSlug/2 {
				slug = slug[:at]
			}
		}
		if slug = strings.Trim(slug, "-"); slug != "" {
			return slug
		}
	}
	return "unnamed"
}

// unique adds a number to a slug that is taken, and takes it.
func (c *course) unique(slug string, taken map[string]bool) string {
	out := slug
	for i := 2; taken[out]; i++ {
		out = fmt.Sprintf("%s-%d", slug, i)
	}
	taken[out] = true
	return out
}

func mapsKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// vocabulary is the words that the import adds itself.
type vocabulary struct{ figure, table, example, equation, exercise, solution, terms, note, meaning string }

var vocabularies = map[string]vocabulary{
	"en": {"Figure", "Table", "Example", "Equation", "Exercise", "Solution", "Key terms", "Note", "What does **%s** mean? Explain it in your own words."},
	"es": {"Figura", "Tabla", "Ejemplo", "Ecuación", "Ejercicio", "Solución", "Términos clave", "Nota", "¿Qué significa **%s**? Explíquelo con sus propias palabras."},
	"pt": {"Figura", "Tabela", "Exemplo", "Equação", "Exercício", "Solução", "Termos-chave", "Nota", "O que significa **%s**? Explique com as suas próprias palavras."},
	"fr": {"Figure", "Tableau", "Exemple", "Équation", "Exercice", "Solution", "Termes clés", "Remarque", "Que signifie **%s** ? Expliquez-le avec vos propres mots."},
	"de": {"Abbildung", "Tabelle", "Beispiel", "Gleichung", "Aufgabe", "Lösung", "Begriffe", "Hinweis", "Was bedeutet **%s**? Erklären Sie es mit eigenen Worten."},
	"pl": {"Rysunek", "Tabela", "Przykład", "Równanie", "Zadanie", "Rozwiązanie", "Kluczowe pojęcia", "Uwaga", "Co oznacza **%s**? Wyjaśnij własnymi słowami."},
}

// wordsFor returns the words of a language by its BCP 47 tag, English for one
// that is not known.
func wordsFor(language string) vocabulary {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if v, ok := vocabularies[primary]; ok {
		return v
	}
	return vocabularies["en"]
}
