package scorer

import (
	"cmp"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"unicode"
)

// Wording is seen through runs of characters. A run that stands in a text at
// least so many times sets one bit, named by a key, for each of the steps it
// reaches; the sum of the weights of the bits that two texts share is then the
// intersection of their histograms, with counts rounded down to the steps.
const longest = 10 // characters of a run

// steps are the counts that a bit stands for, with the class of its weight: the
// logarithm to base 2 of the width of the step.
var steps = [...]struct {
	least int
	class uint32
}{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {6, 1}, {8, 1}, {12, 2}, {16, 2}, {24, 3}, {32, 3}, {48, 4}, {64, 4}, {96, 5}, {128, 5}, {192, 6}, {256, 6}}

// A key is a hash with the class of its weight in the lowest bits.
const (
	classBits = 3
	classes   = 7
)

// width is the weight of the bit of a key in the intersection of counts.
func width(key uint32) int { return 1 << (key & (1<<classBits - 1)) }

// wordingOf returns the keys of a text, ascending, each once. White space is one
// space; runs count code points.
func wordingOf(text string) []uint32 {
	runes := spaced(text)
	runs := make([]uint64, 0, len(runes)*longest)
	for i := range runes {
		h := uint64(14695981039346656037)
		for n := 0; n < longest && i+n < len(runes); n++ {
			h = (h ^ uint64(runes[i+n])) * 1099511628211
			runs = append(runs, h+uint64(n))
		}
	}
	slices.Sort(runs)
	out := make([]uint32, 0, len(runs))
	for i := 0; i < len(runs); {
		j := i + 1
		for j < len(runs) && runs[j] == runs[i] {
			j++
		}
		for s, step := range steps {
			if j-i < step.least {
				break
			}
			out = append(out, mixed(runs[i], uint64(s))&^(1<<classBits-1)|step.class)
		}
		i = j
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mixed hashes a run and a step (the finaliser of SplitMix64, Steele et al. 2014).
func mixed(h, step uint64) uint32 {
	h += step * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return uint32(h ^ h>>31)
}

func spaced(text string) []rune {
	out := make([]rune, 1, len(text)+2)
	out[0] = ' '
	for _, r := range text {
		if unicode.IsSpace(r) {
			r = ' '
			if out[len(out)-1] == ' ' {
				continue
			}
		}
		out = append(out, r)
	}
	if out[len(out)-1] != ' ' {
		out = append(out, ' ')
	}
	return out
}

// shared is how many texts must have a key for it to count. From what fewer have
// little can be learned, and it might tell on somebody.
const shared = 3

// wordings are the texts of a corpus by the keys that they share.
type wordings struct {
	keys  []uint32  // ascending
	df    []int32   // by place in keys: the texts that have it
	texts [][]int32 // by text: places in keys, ascending
}

// newWordings keeps of the keys of each text those that enough texts have.
func newWordings(texts [][]uint32) *wordings {
	w := &wordings{texts: make([][]int32, len(texts))}
	// A part of the keys at a time, so that not all need to be sorted at once.
	const parts = 64
	type part struct {
		keys []uint32
		df   []int32
	}
	found := make([]part, parts)
	concurrently(parts, func(p int) {
		var all []uint32
		low, high := uint64(p)<<32/parts, uint64(p+1)<<32/parts
		for _, keys := range texts {
			from, _ := slices.BinarySearchFunc(keys, low, func(k uint32, at uint64) int { return cmp.Compare(uint64(k), at) })
			to, _ := slices.BinarySearchFunc(keys, high, func(k uint32, at uint64) int { return cmp.Compare(uint64(k), at) })
			all = append(all, keys[from:to]...)
		}
		slices.Sort(all)
		for i := 0; i < len(all); {
			j := i + 1
			for j < len(all) && all[j] == all[i] {
				j++
			}
			if j-i >= shared {
				found[p].keys, found[p].df = append(found[p].keys, all[i]), append(found[p].df, int32(j-i))
			}
			i = j
		}
	})
	for _, p := range found {
		w.keys, w.df = append(w.keys, p.keys...), append(w.df, p.df...)
	}
	concurrently(len(texts), func(i int) { w.texts[i] = placesOf(texts[i], w.keys) })
	return w
}

// placesOf returns where among known keys those of a text stand; both ascend, and
// so do the places. Keys that are not known are left out.
func placesOf(keys, known []uint32) []int32 {
	var out []int32
	at := 0
	for _, k := range keys {
		// Gallop: texts have few of many keys.
		step := 1
		for at+step < len(known) && known[at+step] < k {
			step *= 2
		}
		found, ok := slices.BinarySearch(known[min(at+step/2, len(known)):min(at+step+1, len(known))], k)
		at = min(at+step/2, len(known)) + found
		if ok {
			out = append(out, int32(at))
		}
	}
	return out
}

// concurrently does n pieces of work on all processors and waits.
func concurrently(n int, work func(i int)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}

// square is a symmetric matrix by rows.
type square [][]float32

func newSquare(n int) square {
	s := make(square, n)
	for i := range s {
		s[i] = make([]float32, n)
	}
	return s
}

// grams returns two kernels of wording among texts: flat, bits in common; and
// counted, the sum of their widths, which is the intersection of histograms. Both
// are divided by the geometric mean of what the two texts have, so that the
// diagonal is 1.
func (w *wordings) grams() (flat, counted square) {
	n := len(w.texts)
	flat, counted = newSquare(n), newSquare(n)
	w.common(flat, counted)
	w.rare(flat, counted)
	for _, k := range []square{flat, counted} {
		diagonal := make([]float64, n)
		for i := range k {
			diagonal[i] = math.Max(1, float64(k[i][i]))
		}
		concurrently(n, func(i int) {
			for j := range i + 1 {
				k[i][j] /= float32(math.Sqrt(diagonal[i] * diagonal[j]))
			}
		})
		for i := range n {
			for j := range i {
				k[j][i] = k[i][j]
			}
		}
	}
	return flat, counted
}

// isCommon reports whether a key is kept as a column of a matrix of bits: from
// that share of the texts on, counting a word of 64 columns costs less than going
// through the pairs of texts that have the key.
func (w *wordings) isCommon(at int32) bool { return int(w.df[at])*16 >= len(w.texts) }

// common adds what the frequent keys have, below the diagonal.
func (w *wordings) common(flat, counted square) {
	// Columns of one class stand together, from a whole word on.
	var size, begin [classes + 1]int
	for at := range w.keys {
		if w.isCommon(int32(at)) {
			size[w.keys[at]&(1<<classBits-1)]++
		}
	}
	for c := range classes {
		begin[c+1] = begin[c] + (size[c]+63)/64
	}
	column := make([]int32, len(w.keys))
	next := begin
	for c := range next {
		next[c] *= 64
	}
	for at := range w.keys {
		if c := w.keys[at] & (1<<classBits - 1); w.isCommon(int32(at)) {
			column[at] = int32(next[c])
			next[c]++
		}
	}
	rows := make([][]uint64, len(w.texts))
	for i, text := range w.texts {
		rows[i] = make([]uint64, begin[classes])
		for _, at := range text {
			if w.isCommon(at) {
				rows[i][column[at]/64] |= 1 << (column[at] % 64)
			}
		}
	}
	concurrently(len(rows), func(i int) {
		for j := range i + 1 {
			shares, weights := 0, 0
			for c := range classes {
				n := overlap(rows[i][begin[c]:begin[c+1]], rows[j][begin[c]:begin[c+1]])
				shares += n
				weights += n << c
			}
			flat[i][j], counted[i][j] = float32(shares), float32(weights)
		}
	})
}

// rare adds what the other keys have, below the diagonal.
func (w *wordings) rare(flat, counted square) {
	postings := make([][]int32, len(w.keys))
	for i, text := range w.texts {
		for _, at := range text {
			if !w.isCommon(at) {
				if postings[at] == nil {
					postings[at] = make([]int32, 0, w.df[at])
				}
				postings[at] = append(postings[at], int32(i))
			}
		}
	}
	workers := runtime.GOMAXPROCS(0)
	concurrently(workers, func(worker int) {
		for at, posting := range postings {
			weight := float32(width(w.keys[at]))
			for a, i := range posting {
				if int(i)%workers != worker {
					continue
				}
				for _, j := range posting[:a+1] {
					flat[i][j]++
					counted[i][j] += weight
				}
			}
		}
	})
}

// overlap counts the bits that two rows of one length have in common.
func overlap(a, b []uint64) int {
	n := 0
	b = b[:len(a)]
	for i, x := range a {
		n += bits.OnesCount64(x & b[i])
	}
	return n
}
