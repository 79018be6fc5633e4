package privacy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// class says how easily a name is taken for something else.
type class uint8

const (
	plain  class = iota // a name wherever it stands
	common              // also an ordinary word: a name only where the context says so
	famous              // also a man of science or a unit: a name only in full
)

// token is one word of the names of a roster.
type token struct {
	text  string
	class class
	first bool // begins somebody's name
	last  bool // ends somebody's name
}

// index finds the names of a roster by their words. All lookups are by hash or
// binary search, so they cost the same for ten people and for twenty thousand.
type index struct {
	tokens  []token
	ids     map[string]int32      // folded spelling to token
	stems   map[string]int32      // names less a final vowel, or Latin -us, to token
	joined  map[uint64][2]int32   // "annaschmidt", "josegarcialopez" to its first and last token
	pairs   []uint64              // tokens of one person, see pair; sorted
	aliases []uint64              // a nickname and a name of one person; sorted
	typos   *neighbours           // tokens of five letters or more
	phrases map[string][][]string // names of school and classes, by first word
	logins  map[string][][]string // what stands before the @ of an address, by first word

	unspaced bool // some name is in a script without blanks
}

// builder gathers an index.
type builder struct {
	index
}

func newBuilder(people int) *builder {
	return &builder{index{
		ids:     make(map[string]int32, people),
		stems:   make(map[string]int32, people/2),
		joined:  make(map[uint64][2]int32, people),
		pairs:   make([]uint64, 0, 2*people),
		phrases: make(map[string][][]string),
		logins:  make(map[string][][]string),
	}}
}

// particles stand between the parts of a name and are no name by themselves.
var particles = set(`de la del las los da dos das do van von der den ter ten di du le lo el al bin ibn ben bint
	y e und st san santa mac mc o d l zu بن ابن بنت ال jr sr ii iii`)

func (b *builder) person(p *Person) {
	name := b.name(p.Name)
	for _, also := range p.Also {
		alias := b.name(also)
		for _, a := range alias {
			for _, n := range name {
				if a != n {
					b.aliases = append(b.aliases, pair(a, n))
				}
			}
		}
		name = append(name, alias...)
	}
	b.login(p.Email)
	for i, t := range name {
		for _, u := range name[:i] {
			if t != u {
				b.pairs = append(b.pairs, pair(t, u))
			}
		}
	}
}

// name indexes the words of one name and returns their tokens.
func (b *builder) name(name string) []int32 {
	var ids []int32
	for _, w := range scan(name) {
		if w.letters < 2 || particles[w.fold] {
			continue
		}
		ids = append(ids, b.token(w.fold, name[w.start:w.end]))
	}
	if len(ids) == 0 {
		return nil
	}
	first, last := ids[0], ids[len(ids)-1]
	b.tokens[first].first = true
	if len(ids) > 1 {
		b.tokens[last].last = true
		whole := b.tokens[first].text + b.tokens[last].text
		if utf8.RuneCountInString(whole) >= 6 {
			b.joined[hash(whole)] = [2]int32{first, last}
		}
		whole = ""
		for _, id := range ids {
			whole += b.tokens[id].text
		}
		if len(ids) > 2 && utf8.RuneCountInString(whole) >= 6 {
			b.joined[hash(whole)] = [2]int32{first, last}
		}
	}
	return ids
}

func (b *builder) token(folded, as string) int32 {
	if id, ok := b.ids[folded]; ok {
		return id
	}
	folded = strings.Clone(folded)
	id := int32(len(b.tokens))
	b.tokens = append(b.tokens, token{text: folded, class: classOf(folded)})
	b.ids[folded] = id
	if r, _ := utf8.DecodeRuneInString(folded); unicode.In(r, unspaced...) {
		b.unspaced = true
	}
	if other := broad(as); other != "" {
		if _, taken := b.ids[other]; !taken {
			b.ids[other] = id
		}
	}
	if stem := stemOf(folded); stem != "" {
		if _, taken := b.stems[stem]; !taken {
			b.stems[stem] = id
		}
	}
	return id
}

func classOf(folded string) class {
	switch {
	case eponyms[folded]:
		return famous
	case utf8.RuneCountInString(folded) < 3 || vocabulary().common[folded] || vocabulary().words[folded]:
		return common
	}
	return plain
}

func (b *builder) phrase(name string) {
	if parts := folded(name); len(parts) > 0 {
		b.phrases[parts[0]] = append(b.phrases[parts[0]], parts)
	}
}

// login indexes the part of an address before its @, of five letters and digits
// or more, unless it is an ordinary word or nothing but one name.
func (b *builder) login(email string) {
	local, _, ok := strings.Cut(email, "@")
	parts := folded(local)
	if !ok || len(strings.Join(parts, "")) < 5 {
		return
	}
	if _, name := b.ids[parts[0]]; len(parts) == 1 && (name || vocabulary().ordinary(parts[0])) {
		return
	}
	b.logins[parts[0]] = append(b.logins[parts[0]], parts)
}

func (b *builder) done() *index {
	b.pairs = sorted(b.pairs)
	b.aliases = sorted(b.aliases)
	long := make([]string, len(b.tokens))
	for i, t := range b.tokens {
		if utf8.RuneCountInString(t.text) >= 5 {
			long[i] = t.text
		}
	}
	b.typos = newNeighbours(long)
	ix := b.index
	return &ix
}

func sorted(s []uint64) []uint64 {
	slices.Sort(s)
	return slices.Clip(slices.Compact(s))
}

// pair is the key of two tokens, in either order.
func pair(a, b int32) uint64 { return uint64(min(a, b))<<32 | uint64(uint32(max(a, b))) }

// related reports whether one person's name has both tokens.
func (ix *index) related(a, b int32) bool {
	_, ok := slices.BinarySearch(ix.pairs, pair(a, b))
	return ok
}

// alias reports whether one token is a nickname of somebody with the other.
func (ix *index) alias(a, b int32) bool {
	_, ok := slices.BinarySearch(ix.aliases, pair(a, b))
	return ok
}

// hash is FNV-1a of 64 bits.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
