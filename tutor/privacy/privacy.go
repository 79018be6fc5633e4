// Package privacy replaces what tells who somebody is before a text leaves the
// school, and puts it back in what comes home.
//
// A [Redactor] knows the school's own roster and is built once. A
// [Replacement] serves one conversation with a model: it hands out
// placeholders such as [P417] or [EMAIL203], keeps in memory what each stands
// for, and restores them in the answer. Nothing is written or sent from here.
//
// It finds names of the roster, with inflections, spelling variants and one
// slip of the keyboard, and contact details and numbers by their pattern. It
// does not know people outside the roster: a name nobody entered stays.
package privacy

import (
	"slices"
	"strings"
)

// Person is one student or teacher of the school. Name is the full name in any
// script; Also lists nicknames and other spellings. Empty fields are passed over.
type Person struct {
	Name, Email string
	Also        []string
}

// Redactor finds personal details. It is immutable and safe for concurrent
// use; the cost of a text does not grow with the roster.
type Redactor struct {
	index *index
	keep  *kept
}

// New indexes a roster. own holds the names of the school and of its classes,
// which are replaced where they stand as whole phrases; own names of a single
// ordinary word, or of three letters or fewer, only next to a word such as
// "class" or "school".
func New(people []Person, own ...string) *Redactor {
	b := newBuilder(len(people))
	for i := range people {
		b.person(&people[i])
	}
	for _, name := range own {
		b.phrase(name)
	}
	return &Redactor{index: b.done(), keep: &kept{}}
}

// Keep returns a redactor that also leaves curriculum words alone: titles of
// lessons, terms of a glossary. A kept phrase is untouched, and a kept word is
// taken for a name only as part of a full name of the roster or straight after
// "my name is". The index is shared, so a redactor for each course is cheap.
func (r *Redactor) Keep(words []string) *Redactor {
	k := &kept{words: make(map[string]bool), phrases: make(map[string][][]string)}
	for w := range r.keep.words {
		k.words[w] = true
	}
	for first, phrases := range r.keep.phrases {
		k.phrases[first] = slices.Clone(phrases)
	}
	for _, w := range words {
		k.add(w)
	}
	return &Redactor{index: r.index, keep: k}
}

// kept is what the curriculum talks about.
type kept struct {
	words   map[string]bool
	phrases map[string][][]string // by first word, two words or more
}

func (k *kept) add(phrase string) {
	parts := folded(phrase)
	switch len(parts) {
	case 0:
	case 1:
		k.words[parts[0]] = true
	default:
		k.phrases[parts[0]] = append(k.phrases[parts[0]], parts)
	}
}

// at returns how many words of ws from i on make up the longest kept phrase.
func (k *kept) at(ws []word, i int) int { return longest(k.phrases[ws[i].fold], ws[i:]) }

// longest returns the length of the longest phrase that ws begins with.
func longest(phrases [][]string, ws []word) int {
	best := 0
	for _, phrase := range phrases {
		if len(phrase) <= best || len(phrase) > len(ws) {
			continue
		}
		same := true
		for j, part := range phrase {
			if ws[j].fold != part {
				same = false
				break
			}
		}
		if same {
			best = len(phrase)
		}
	}
	return best
}

// folded returns the words of a phrase as they are compared. Numbers count as
// words, for classes such as "Physics 2".
func folded(phrase string) []string {
	var parts []string
	for _, w := range scan(phrase) {
		parts = append(parts, strings.Clone(w.fold))
	}
	return parts
}
