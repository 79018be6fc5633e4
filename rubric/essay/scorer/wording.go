package scorer

import (
	"math"
	"math/bits"
	"slices"
	"unicode"
)

// Wording is seen through hashed features, one bit each: a run of characters that
// stands in the text at least so many times. Two texts have as many bits in
// common as their histograms intersect, with counts rounded down to the steps.
const (
	longest = 8       // characters of a run
	buckets = 1 << 21 // of the hash
)

// steps are the counts that a bit stands for.
var steps = [...]int{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256}

// wordingOf returns the bits of a text, sorted, each once. Letters are folded,
// white space is one space; runs that begin or end inside a surrogate are none,
// since runs count code points.
func wordingOf(text string) []uint32 {
	runes := folded(text)
	counts := make(map[uint64]int32, len(runes)*4)
	for i := range runes {
		h := uint64(14695981039346656037)
		for n := 0; n < longest && i+n < len(runes); n++ {
			h = (h ^ uint64(runes[i+n])) * 1099511628211
			counts[h^uint64(n+1)<<56]++
		}
	}
	out := make([]uint32, 0, len(counts)+len(counts)/4)
	for h, n := range counts {
		for s, least := range steps {
			if int(n) < least {
				break
			}
			out = append(out, bucket(h, uint64(s)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// bucket mixes a run and a step (the finaliser of SplitMix64, Steele et al. 2014).
func bucket(h, step uint64) uint32 {
	h += step * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return uint32((h ^ h>>31) & (buckets - 1))
}

func folded(text string) []rune {
	out := make([]rune, 1, len(text)+2)
	out[0] = ' '
	for _, r := range text {
		if unicode.IsSpace(r) {
			r = ' '
			if out[len(out)-1] == ' ' {
				continue
			}
		}
		out = append(out, unicode.ToLower(r))
	}
	if out[len(out)-1] != ' ' {
		out = append(out, ' ')
	}
	return out
}

// gram returns the kernel of wording among texts: bits in common over the
// geometric mean of their numbers, so that the diagonal is 1. Only bits that at
// least three texts have count: of the others nothing can be learned.
func gram(texts [][]uint32) [][]float32 {
	n := len(texts)
	k := make([][]float32, n)
	for i := range k {
		k[i] = make([]float32, n)
	}
	common, rare, sizes := divide(texts)
	for i := range n {
		for j := 0; j <= i; j++ {
			c := 0
			for w, x := range common[i] {
				c += bits.OnesCount64(x & common[j][w])
			}
			k[i][j] = float32(c)
		}
	}
	for _, posting := range rare {
		for a, i := range posting {
			for _, j := range posting[:a+1] {
				k[i][j]++
			}
		}
	}
	for i := range n {
		for j := 0; j <= i; j++ {
			if sizes[i] > 0 && sizes[j] > 0 {
				k[i][j] /= float32(math.Sqrt(float64(sizes[i]) * float64(sizes[j])))
			}
			k[j][i] = k[i][j]
		}
	}
	return k
}

// shareOfCommon is the share of texts from which on a bit is kept as a column of
// a matrix of bits: counting a word of 64 of them costs as much as one pair of a
// posting.
const shareOfCommon = 16

// divide parts the bits of texts into frequent ones, as rows of bits, and rarer
// ones, as the texts that have them, ascending.
func divide(texts [][]uint32) (common [][]uint64, rare [][]int32, sizes []int) {
	df := documentFrequencies(texts)
	column := map[uint32]int{}
	place := map[uint32]int{}
	sizes = make([]int, len(texts))
	common = make([][]uint64, len(texts))
	for _, text := range texts {
		for _, b := range text {
			if int(df[b]) >= max(3, len(texts)/shareOfCommon) {
				if _, ok := column[b]; !ok {
					column[b] = len(column)
				}
			}
		}
	}
	for i, text := range texts {
		common[i] = make([]uint64, (len(column)+63)/64)
		for _, b := range text {
			if df[b] < 3 {
				continue
			}
			sizes[i]++
			if c, ok := column[b]; ok {
				common[i][c/64] |= 1 << (c % 64)
				continue
			}
			p, ok := place[b]
			if !ok {
				p = len(rare)
				place[b] = p
				rare = append(rare, nil)
			}
			rare[p] = append(rare[p], int32(i))
		}
	}
	return common, rare, sizes
}

// documentFrequencies counts, by bucket, the texts that have a bit.
func documentFrequencies(texts [][]uint32) []uint16 {
	df := make([]uint16, buckets)
	for _, text := range texts {
		for _, b := range text {
			if df[b] < math.MaxUint16 {
				df[b]++
			}
		}
	}
	return df
}
