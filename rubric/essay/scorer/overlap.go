package scorer

import "math/bits"

// overlap counts the bits that two rows of one length have in common.
func overlap(a, b []uint64) int {
	n := 0
	b = b[:len(a)]
	for i, x := range a {
		n += bits.OnesCount64(x & b[i])
	}
	return n
}
