package cnxml

import "strings"

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
