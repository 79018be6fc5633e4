package revision

import (
	"cmp"
	"slices"
)

// link pairs a place of the earlier draft with one of the later.
type link struct {
	i, j   int
	weight float64 // above 0
}

// chain returns the links of the greatest weight together that go forward in both
// drafts, no place of either in two of them: the heaviest increasing subsequence
// (Jacobson and Vo 1992), in time n log n.
func chain(links []link, places int) []link {
	// Of links from one place the later come first, so that none follows another.
	slices.SortFunc(links, func(x, y link) int {
		return cmp.Or(cmp.Compare(x.i, y.i), cmp.Compare(y.j, x.j), cmp.Compare(y.weight, x.weight))
	})
	sum, before := make([]float64, len(links)), filled(len(links))
	tree := filled(places + 1) // Fenwick 1994: by place, the link that ends the heaviest chain up to it
	best := -1
	for n, l := range links {
		for at := l.j; at > 0; at -= at & -at { // places before l.j
			if t := tree[at]; t >= 0 && (before[n] < 0 || sum[t] > sum[before[n]]) {
				before[n] = t
			}
		}
		sum[n] = l.weight
		if before[n] >= 0 {
			sum[n] += sum[before[n]]
		}
		for at := l.j + 1; at <= places; at += at & -at {
			if t := tree[at]; t < 0 || sum[n] > sum[t] {
				tree[at] = n
			}
		}
		if best < 0 || sum[n] > sum[best] {
			best = n
		}
	}
	var out []link
	for ; best >= 0; best = before[best] {
		out = append(out, links[best])
	}
	slices.Reverse(out)
	return out
}
