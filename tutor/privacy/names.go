package privacy

import (
	"cmp"
	"slices"
	"strings"
)

// how a word of a text was recognised, surest first.
type how uint8

const (
	exactly how = iota
	inflection
	slip // one edit away
)

// hit is a word that may be part of a name.
type hit struct {
	ids  [4]int32 // tokens it may be
	n    int
	how  how
	skip int // bytes of Arabic particles in front

	whole bool // both tokens are the word: annaschmidt
}

// finding is a stretch of a text to be replaced.
type finding struct {
	start, end int
	kind       string
	tokens     []int32 // of a name, otherwise nil
}

// seeker finds the names in one text.
type seeker struct {
	around
	hits  []hit
	zones []span
}

// span is a stretch of bytes.
type span struct{ start, end int }

// people appends what is found of the roster's names to found, in order.
func (s *seeker) people(found []finding) []finding {
	s.hits = make([]hit, len(s.ws))
	for i := range s.ws {
		s.hits[i] = s.hit(i)
	}
	for i := 0; i < len(s.ws); {
		end, tokens := s.run(i)
		if tokens != nil {
			found = append(found, finding{s.ws[i].start + s.hits[i].skip, s.ws[end-1].end, "P", tokens})
			i = end
			continue
		}
		if n := s.r.keep.at(s.ws, i); n > 0 {
			i += n
			continue
		}
		if s.hits[i].n > 0 && s.accept(i) {
			found = append(found, finding{s.ws[i].start + s.hits[i].skip, s.ws[i].end, "P", []int32{s.hits[i].ids[0]}})
		}
		i++
	}
	return found
}

// hit looks word i up.
func (s *seeker) hit(i int) hit {
	w, ix := &s.ws[i], s.r.index
	if w.letters < 2 {
		return hit{}
	}
	if id, ok := ix.ids[w.fold]; ok {
		return hit{ids: [4]int32{id}, n: 1}
	}
	if id, letters, ok := ix.prefixed(w.fold); ok {
		return hit{ids: [4]int32{id}, n: 1, how: s.prefixHow(w), skip: skip(s.text[w.start:w.end], letters)}
	}
	if w.letters < 4 || vocabulary().words[w.fold] {
		return hit{}
	}
	if both, ok := ix.joined[hash(w.fold)]; ok {
		return hit{ids: [4]int32{both[0], both[1]}, n: 2, whole: true}
	}
	if id, ok := ix.stretched(w.fold); ok {
		return hit{ids: [4]int32{id}, n: 1, how: inflection}
	}
	if id, ok := ix.inflected(w.fold); ok {
		return hit{ids: [4]int32{id}, n: 1, how: inflection}
	}
	if w.letters > 24 {
		return hit{}
	}
	h := hit{how: slip}
	var buf [8]int32
	for _, id := range ix.typos.near(w.fold, buf[:0]) {
		if h.n < len(h.ids) {
			h.ids[h.n] = id
			h.n++
		}
	}
	return h
}

// prefixHow is exact for a word with particles, unless the whole is a word of
// its own.
func (s *seeker) prefixHow(w *word) how {
	if vocabulary().ordinary(w.fold) {
		return slip
	}
	return exactly
}

// run returns the end of the longest full name that begins at word i, as the
// roster has it: two or more parts of one person, in any order, with particles
// and initials between them.
func (s *seeker) run(i int) (end int, tokens []int32) {
	if s.hits[i].n == 0 {
		return 0, nil
	}
	if h := s.hits[i]; h.whole {
		return i + 1, slices.Clone(h.ids[:h.n])
	}
	sure := s.hits[i].how == exactly
	last := i
	for j := i + 1; j < len(s.ws) && j <= last+4; j++ {
		if !s.connects(j - 1) {
			break
		}
		if s.hits[j].n > 0 && !s.hits[j].whole {
			a, b, ok := s.relation(last, j, tokens)
			if ok {
				if tokens == nil {
					tokens = []int32{a}
				}
				tokens = append(tokens, b)
				sure = sure || s.hits[j].how == exactly
				last, end = j, j+1
				continue
			}
		}
		if !particles[s.ws[j].fold] && s.ws[j].letters != 1 {
			break
		}
	}
	if !sure && tokens != nil && !s.ws[i].cap && !s.ws[last].cap {
		if s.ordinary(i) || s.ordinary(last) {
			return 0, nil
		}
	}
	return end, tokens
}

func (s *seeker) ordinary(i int) bool { return vocabulary().ordinary(s.ws[i].fold) }

// relation finds tokens of words i and j that belong to one person.
func (s *seeker) relation(i, j int, tokens []int32) (a, b int32, ok bool) {
	ix := s.r.index
	left, right := s.hits[i], s.hits[j]
	if strings.Contains(s.gap(j-1), ",") {
		// Only "Schmidt, Anna" is one person.
		t := ix.tokens[left.ids[0]]
		if !t.last || t.first || t.class != plain && !s.ws[i].cap {
			return 0, 0, false
		}
	}
	for _, a := range left.ids[:left.n] {
		if tokens != nil && a != tokens[len(tokens)-1] {
			continue
		}
		for _, b := range right.ids[:right.n] {
			if ix.related(a, b) && !slices.Contains(tokens, b) {
				return a, b, true
			}
		}
	}
	return 0, 0, false
}

// connects reports whether a name may run on from word i to the next.
func (s *seeker) connects(i int) bool {
	switch gap := s.gap(i); gap {
	case " ", "-", "\u00a0", "  ", "_", ", ", ",", "'", "’", "", "‐", "\t", "\n", ".":
		return true
	case ". ":
		return s.ws[i].letters == 1
	default:
		return false
	}
}

// accept decides whether word i, a hit that stands alone, is a name.
func (s *seeker) accept(i int) bool {
	w, h := s.ws[i], s.hits[i]
	t := s.r.index.tokens[h.ids[0]]
	if s.zoned(w.start) {
		return h.how == exactly && t.class == plain && w.cap && !s.applied(i) && !s.r.keep.words[w.fold]
	}
	cls := t.class
	if cls == plain && s.r.keep.words[t.text] || s.r.keep.words[w.fold] {
		cls = famous
	}
	if (eponyms[w.fold] || cls == famous) && !s.introduced(i) {
		return false
	}
	if lesser[t.text] && s.lawful(i) || given[t.text] && s.beforeEponym(i) {
		return false
	}
	if s.applied(i) && !w.cap {
		return false
	}
	switch h.how {
	case exactly:
		return cls == plain || s.cued(i) || s.proper(i)
	case inflection:
		if cls == common || vocabulary().ordinary(w.fold) || vocabulary().common[w.fold] {
			return s.proper(i) || s.cued(i) && w.cap
		}
		return true
	}
	return s.acceptSlip(i, cls)
}

// acceptSlip decides on a word one edit from a name. A word of the lexicon, or
// one edit from such a word, needs the context to say that it is a name.
func (s *seeker) acceptSlip(i int, cls class) bool {
	w, v := s.ws[i], vocabulary()
	if v.ordinary(w.fold) || v.common[w.fold] {
		return s.hits[i].skip > 0 && s.cued(i)
	}
	if s.proper(i) || s.cued(i) {
		return true
	}
	return cls == plain && !v.misspelt(w.fold)
}

// beforeEponym reports whether the next word, initials apart, is an eponym:
// "Isaac Newton".
func (s *seeker) beforeEponym(i int) bool {
	for j := i + 1; j < len(s.ws) && j < i+4; j++ {
		if eponyms[s.ws[j].fold] {
			return true
		}
		if s.ws[j].letters > 1 && !given[s.ws[j].fold] {
			return false
		}
	}
	return false
}

// zoned reports whether a byte lies in mathematics or code.
func (s *seeker) zoned(at int) bool {
	i, _ := slices.BinarySearchFunc(s.zones, at, func(z span, at int) int { return cmp.Compare(z.end, at+1) })
	return i < len(s.zones) && at >= s.zones[i].start
}
