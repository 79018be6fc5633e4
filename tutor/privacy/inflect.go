package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Endings a name takes on. Only names of four letters or more are inflected.
// The first list follows a whole name; the second stands in place of a final
// vowel or of Latin -us.
var (
	endings = byLength(`s es z ns ens
		ito ita itos itas cito cita citos citas illo illa ote
		a u e i o y om em am ou ovi ove ova ov owi owie iem im ie
		n in an en un ssa lla lle lta sta ssta ltä lla a ä han hen kin
		nin nun na ne da de ta te dan den tan ten yi yu i la le yla yle ya ye lar ler im ca
		um ae ibus orum us is
		а у ом е ы и ой ою ю я ем ей ям ами ах ов ев ин ина ину ові ем єм
		ς ν υ α ο`)
	replacing = byLength(`i o um e y ou ie u ę ą a ie in ina inu ka ke ku
		ito ita itos itas illo illa
		ы и у е ой ою ю ей и ина ину ы
		υ ο η α ας ης`)
)

// byLength folds a list of endings and sorts it into a set.
func byLength(list string) map[string]bool {
	m := make(map[string]bool)
	for _, ending := range strings.Fields(list) {
		m[fold(ending, false)] = true
	}
	return m
}

const longestEnding = 5 // letters

// stemOf returns what is left of a name when its changing end is dropped, at
// least three letters, or "".
func stemOf(name string) string {
	if stem, ok := strings.CutSuffix(name, "us"); ok && utf8.RuneCountInString(stem) >= 3 {
		return stem
	}
	if stem, ok := strings.CutSuffix(name, "os"); ok && utf8.RuneCountInString(stem) >= 4 {
		return stem // Carlos, Carlitos
	}
	r, size := utf8.DecodeLastRuneInString(name)
	if !strings.ContainsRune("aoeаоеяιας", r) || utf8.RuneCountInString(name) < 4 {
		return ""
	}
	return name[:len(name)-size]
}

// inflected returns the token that folded is a form of.
func (ix *index) inflected(folded string) (int32, bool) {
	at := len(folded)
	for range longestEnding {
		_, size := utf8.DecodeLastRuneInString(folded[:at])
		at -= size
		if at < 3 {
			break
		}
		stem, ending := folded[:at], folded[at:]
		if endings[ending] {
			if id, ok := ix.ids[stem]; ok && utf8.RuneCountInString(stem) >= 4 {
				return id, true
			}
		}
		if replacing[ending] {
			if id, ok := ix.stems[stem]; ok {
				return id, true
			}
		}
	}
	return 0, false
}

// stretched returns the token that folded is with a letter held down: annnna,
// annaaa.
func (ix *index) stretched(folded string) (int32, bool) {
	for _, keep := range [...]int{2, 1} {
		short := shorten(folded, keep)
		if short == folded {
			return 0, false
		}
		if id, ok := ix.ids[short]; ok {
			return id, true
		}
	}
	return 0, false
}

// shorten cuts each run of three or more of a letter to keep of them.
func shorten(w string, keep int) string {
	var b strings.Builder
	for w != "" {
		r, size := utf8.DecodeRuneInString(w)
		rest := strings.TrimLeft(w, string(r))
		n := max(1, (len(w)-len(rest))/size)
		if n >= 3 {
			b.WriteString(strings.Repeat(w[:size], keep))
			w = rest
			continue
		}
		b.WriteString(w[:n*size])
		w = w[n*size:]
	}
	return b.String()
}

// prefixed returns the token that folded is with Arabic particles written to
// its front, and how many letters of the front they are.
func (ix *index) prefixed(folded string) (id int32, letters int, ok bool) {
	if r, _ := utf8.DecodeRuneInString(folded); !unicode.Is(unicode.Arabic, r) {
		return 0, 0, false
	}
	rest := folded
	for letters < 3 {
		_, size := utf8.DecodeRuneInString(rest)
		if size == 0 || !strings.Contains("وفبلكا", rest[:size]) {
			break
		}
		if rest[:size] == "ا" && !strings.HasPrefix(rest, "ال") {
			break
		}
		rest = rest[size:]
		letters++
		if utf8.RuneCountInString(rest) < 3 {
			break
		}
		if id, ok := ix.ids[rest]; ok {
			return id, letters, true
		}
		// The alif of the article is dropped after lam: للمصري.
		if strings.HasPrefix(rest, "ل") {
			if id, ok := ix.ids["ا"+rest]; ok {
				return id, letters, true
			}
		}
	}
	return 0, 0, false
}

// skip returns the byte of text after its first n letters and their marks.
func skip(text string, n int) int {
	for i, r := range text {
		if unicode.IsMark(r) || r == 'ـ' {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}
