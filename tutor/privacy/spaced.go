package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// spaced finds names with their letters pulled apart: a n n a, A.n.n.a.
func (s *seeker) spaced() []finding {
	var found []finding
	for i := 0; i < len(s.ws); i++ {
		if s.ws[i].letters != 1 {
			continue
		}
		if n, id := s.spelt(i); n > 0 {
			found = append(found, finding{s.ws[i].start, s.ws[i+n-1].end, "P", []int32{id}})
			i += n - 1
		}
	}
	return found
}

func apart(gap string) bool {
	switch gap {
	case " ", "-", ".", "_", "*", ". ", " - ", "  ", ",", ", ", "/":
		return true
	}
	return false
}

// spelt returns the number of words from i on, all of one letter, that spell a
// name of four letters or more, the most there are.
func (s *seeker) spelt(i int) (n int, id int32) {
	var b strings.Builder
	for j := i; j < len(s.ws) && j < i+20 && s.ws[j].letters == 1 && (j == i || apart(s.gap(j-1))); j++ {
		b.WriteString(s.ws[j].fold)
		if utf8.RuneCountInString(b.String()) < 4 {
			continue
		}
		if t, ok := s.r.index.ids[b.String()]; ok {
			n, id = j-i+1, t
		} else if both, ok := s.r.index.joined[hash(b.String())]; ok {
			n, id = j-i+1, both[0]
		}
	}
	return n, id
}

// unspaced are the scripts that put no blanks between words, or write particles
// to a name.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Thai}

// unspaced finds names in scripts that put no blanks between words.
func (s *seeker) unspaced() []finding {
	if !s.r.index.unspaced {
		return nil
	}
	var found []finding
	for i, w := range s.ws {
		first, _ := utf8.DecodeRuneInString(w.fold)
		if s.hits[i].n > 0 || !unicode.In(first, unspaced...) {
			continue
		}
		text := s.text[w.start:w.end]
		for at := 0; at < len(text); {
			n, id := s.within(text[at:])
			if n > 0 {
				found = append(found, finding{w.start + at, w.start + at + n, "P", []int32{id}})
				at += n
				continue
			}
			_, size := utf8.DecodeRuneInString(text[at:])
			at += size
		}
	}
	return found
}

// within returns the length of the longest name that text begins with, of two
// to eight letters.
func (s *seeker) within(text string) (n int, id int32) {
	letters := 0
	for i, r := range text {
		end := i + utf8.RuneLen(r)
		if letters++; letters > 8 || r == utf8.RuneError {
			break
		}
		if letters < 2 {
			continue
		}
		if t, ok := s.r.index.ids[fold(text[:end], false)]; ok {
			n, id = end, t
		}
	}
	return n, id
}

// places finds the names of the school and its classes.
func (s *seeker) places() []finding {
	var found []finding
	for i := 0; i < len(s.ws); i++ {
		n := longest(s.r.index.phrases[s.ws[i].fold], s.ws[i:])
		if n == 0 || letterAfter(s.text, s.ws[i+n-1].end) || s.r.keep.at(s.ws, i) >= n || s.slight(i, n) && !s.place(i, n) {
			continue
		}
		found = append(found, finding{s.ws[i].start, s.ws[i+n-1].end, "PLACE", nil})
		i += n - 1
	}
	return found
}

var placeCues = set(`class grade group school room section clase grupo curso colegio escuela instituto aula klasse schule
	classe الصف صف الفصل فصل مدرسه المدرسه`)

// logins finds what stands before the @ of the school's addresses.
func (s *seeker) logins() []finding {
	var found []finding
	for i := 0; i < len(s.ws); i++ {
		n := longest(s.r.index.logins[s.ws[i].fold], s.ws[i:])
		for j := i; j < i+n-1; j++ {
			if gap := s.gap(j); gap != "" && gap != "." && gap != "_" && gap != "-" {
				n = 0
			}
		}
		if n > 0 {
			found = append(found, finding{s.ws[i].start, s.ws[i+n-1].end, "ID", nil})
			i += n - 1
		}
	}
	return found
}

// slight reports whether n words from i on say too little to be the name of a
// place wherever they stand: one word, or a few letters such as 7B.
func (s *seeker) slight(i, n int) bool {
	return n == 1 || s.ws[i+n-1].end-s.ws[i].start <= 4
}

// place reports whether n words from i on, which are the name of a class or
// school, are meant as such.
func (s *seeker) place(i, n int) bool {
	w := s.ws[i]
	if n == 1 && w.letters > 3 && !vocabulary().ordinary(w.fold) && !s.r.keep.words[w.fold] {
		return true
	}
	return placeCues[s.fold(i-1)] || placeCues[s.fold(i-2)] || placeCues[s.fold(i+n)]
}
