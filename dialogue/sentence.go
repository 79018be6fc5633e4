package dialogue

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviations end in a full stop without ending a sentence.
var abbreviations = map[string]bool{
	"e.g": true, "i.e": true, "etc": true, "vs": true, "cf": true, "no": false, "fig": true, "approx": true, "mr": true, "mrs": true, "dr": true,
	"p": true, "pp": true, "ch": true, "eq": true, "ej": true, "p.ej": true, "sr": true, "sra": true, "pág": true, "aprox": true, "núm": true,
}

// Sentences splits a text into sentences; joined they are the text again. A
// sentence ends at . ! ? … ؟ or a blank line, not inside TeX, code, a number or
// an abbreviation.
func Sentences(text string) []string {
	var all []string
	var s splitter
	all = append(all, s.write(text)...)
	if rest := s.rest(); rest != "" {
		all = append(all, rest)
	}
	return all
}

// splitter cuts a stream into sentences as it comes. The zero value is ready.
type splitter struct{ held string }

// write takes a piece of the stream and returns the sentences that are whole
// for sure: the first character after each has been seen.
func (s *splitter) write(piece string) []string {
	s.held += piece
	var whole []string
	for {
		end := sentenceEnd(s.held)
		if end <= 0 {
			return whole
		}
		whole = append(whole, s.held[:end])
		s.held = s.held[end:]
	}
}

// rest returns what is left at the end of the stream.
func (s *splitter) rest() string {
	rest := s.held
	s.held = ""
	return rest
}

// sentenceEnd returns where the first sentence of a text ends, after the white
// space that follows it; 0 when the text does not show that it has ended.
func sentenceEnd(text string) int {
	fence := "" // what closes the TeX or code we are in
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next := i + size
		switch {
		case fence != "":
			if strings.HasPrefix(text[i:], fence) && (i == 0 || text[i-1] != '\\') {
				next, fence = i+len(fence), ""
			}
		case r == '$' || r == '`':
			fence = string(r)
			for strings.HasPrefix(text[next:], string(r)) {
				fence += string(r)
				next += size
			}
			if fence == "``" { // an empty code span
				fence = ""
			}
		case r == '\\' && next < len(text):
			_, escaped := utf8.DecodeRuneInString(text[next:])
			next += escaped
		case r == '\n' && strings.HasPrefix(text[next:], "\n"):
			if end := skipSpace(text, next); end < len(text) {
				return end
			}
		case terminal(r):
			if end, ok := endsHere(text, i, next); ok {
				return end
			}
		}
		i = next
	}
	return 0
}

func terminal(r rune) bool { return strings.ContainsRune(".!?…؟。", r) }

// endsHere reports whether the terminal at i ends a sentence, and where the next
// one starts.
func endsHere(text string, i, next int) (int, bool) {
	for next < len(text) { // closing marks belong to the sentence
		r, size := utf8.DecodeRuneInString(text[next:])
		if !terminal(r) && !strings.ContainsRune(`"'”’»)]*_`, r) {
			break
		}
		next += size
	}
	if next >= len(text) || !unicode.IsSpace(firstRune(text[next:])) {
		return 0, false
	}
	if text[i] == '.' {
		word := strings.ToLower(text[strings.LastIndexAny(text[:i], " \n(\t")+1 : i])
		if abbreviations[word] || listNumber(text[:i], word) {
			return 0, false
		}
	}
	end := skipSpace(text, next)
	if end >= len(text) {
		return 0, false
	}
	return end, true
}

// listNumber reports whether word is the number of a list item: alone on its
// line so far.
func listNumber(before, word string) bool {
	line := strings.TrimSpace(before[strings.LastIndex(before, "\n")+1:])
	return line == word && word != "" && len(word) <= 2 && strings.Trim(word, "0123456789") == ""
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func skipSpace(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += size
	}
	return i
}
