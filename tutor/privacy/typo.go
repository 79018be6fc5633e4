package privacy

import (
	"slices"
	"unicode/utf8"
)

// neighbours finds words one edit away: a letter too many, too few, another
// letter, or two swapped. It stores every word with each one of its letters
// left out (Garbe, Symmetric Delete, 2012) as 32 bits of hash beside the word's
// number, sorted, behind a bit set that answers most misses.
type neighbours struct {
	words   []string
	entries []uint64 // hash<<32 | word
	seen    []uint64 // bit set over the upper bits of the hash
	shift   uint
}

// newNeighbours indexes words; empty ones are passed over.
func newNeighbours(words []string) *neighbours {
	n := &neighbours{words: words}
	var buf []byte
	for id, w := range words {
		if w == "" {
			continue
		}
		n.entries = append(n.entries, uint64(hash32(w))<<32|uint64(id))
		buf = lessOne(w, buf, func(d []byte) {
			n.entries = append(n.entries, uint64(hash32(d))<<32|uint64(id))
		})
	}
	slices.Sort(n.entries)
	n.entries = slices.Clip(slices.Compact(n.entries))
	bits := uint(12)
	for 1<<bits < 8*len(n.entries) {
		bits++
	}
	n.shift = 32 - min(bits, 32)
	n.seen = make([]uint64, 1<<(32-n.shift)/64)
	for _, e := range n.entries {
		bit := uint32(e>>32) >> n.shift
		n.seen[bit/64] |= 1 << (bit % 64)
	}
	return n
}

// near appends the numbers of the words exactly one edit from w, in rising
// order, each once.
func (n *neighbours) near(w string, ids []int32) []int32 {
	ids = n.collect(hash32(w), w, ids)
	var buf [64]byte
	lessOne(w, buf[:0], func(d []byte) { ids = n.collect(hash32(d), w, ids) })
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (n *neighbours) collect(h uint32, w string, ids []int32) []int32 {
	bit := h >> n.shift
	if n.seen[bit/64]&(1<<(bit%64)) == 0 {
		return ids
	}
	at, _ := slices.BinarySearch(n.entries, uint64(h)<<32)
	for ; at < len(n.entries) && uint32(n.entries[at]>>32) == h; at++ {
		id := int32(uint32(n.entries[at]))
		if oneEdit(w, n.words[id]) {
			ids = append(ids, id)
		}
	}
	return ids
}

// lessOne calls yield with w less each of its letters in turn.
func lessOne(w string, buf []byte, yield func([]byte)) []byte {
	for i := 0; i < len(w); {
		_, size := utf8.DecodeRuneInString(w[i:])
		buf = append(append(buf[:0], w[:i]...), w[i+size:]...)
		yield(buf)
		i += size
	}
	return buf
}

func hash32[T string | []byte](s T) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h ^ h>>15
}

// oneEdit reports whether a and b differ by exactly one edit.
func oneEdit(a, b string) bool {
	if a == b {
		return false
	}
	for a != "" && b != "" {
		r, n := utf8.DecodeRuneInString(a)
		s, m := utf8.DecodeRuneInString(b)
		if r == s {
			a, b = a[n:], b[m:]
			continue
		}
		restA, restB := a[n:], b[m:]
		if restA == restB || restA == b || a == restB {
			return true
		}
		r2, n2 := utf8.DecodeRuneInString(restA)
		s2, m2 := utf8.DecodeRuneInString(restB)
		return r == s2 && r2 == s && restA[n2:] == restB[m2:]
	}
	rest := a + b
	_, size := utf8.DecodeRuneInString(rest)
	return size == len(rest)
}
