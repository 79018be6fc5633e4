package scorer

import (
	"math"
	"math/rand/v2"
	"slices"
)

// forest is a sum of small regression trees, each fitted to what those before it
// leave over (gradient boosting with squared error, Friedman 2001).
type forest struct {
	Mean  float64
	Trees []tree
}

// tree asks the questions of a full binary tree of depth levels: node k goes on to
// 2k+1 when the feature is at most the cut, else to 2k+2. The values of the leaves
// carry the learning rate.
type tree struct {
	Feature [inner]uint8
	Cut     [inner]float64
	Leaf    [inner + 1]float64
}

const (
	depth   = 3
	inner   = 1<<depth - 1
	mostBin = 32
	rounds  = 240
	rate    = .04
)

func (t *tree) at(s *shape) float64 {
	k := 0
	for k < inner {
		if s[t.Feature[k]] <= t.Cut[k] {
			k = 2*k + 1
		} else {
			k = 2*k + 2
		}
	}
	return t.Leaf[k-inner]
}

// at returns the value for a shape.
func (f *forest) at(s *shape) float64 {
	sum := f.Mean
	for i := range f.Trees {
		sum += f.Trees[i].at(s)
	}
	return sum
}

// binned are shapes with each feature cut in bins of about as many essays.
type binned struct {
	shapes []shape
	edges  [features][]float64 // bin b holds values up to edges[b]; the last has no edge
	bins   [][features]uint8
}

func newBinned(shapes []shape) *binned {
	b := &binned{shapes: shapes, bins: make([][features]uint8, len(shapes))}
	values := make([]float64, len(shapes))
	for k := range features {
		for i := range shapes {
			values[i] = shapes[i][k]
		}
		slices.Sort(values)
		for q := 1; q < mostBin; q++ {
			at := q * len(values) / mostBin
			if at > 0 && values[at-1] < values[at] {
				b.edges[k] = append(b.edges[k], (values[at-1]+values[at])/2)
			}
		}
		for i := range shapes {
			at, _ := slices.BinarySearch(b.edges[k], shapes[i][k])
			b.bins[i][k] = uint8(at)
		}
	}
	return b
}

// grow fits a forest to rows of shapes. After each round watch, unless it is nil,
// is given the tree.
func (b *binned) grow(rows []int, scores []float64, rounds int, watch func(round int, t *tree)) *forest {
	f := &forest{}
	for _, r := range rows {
		f.Mean += scores[r] / float64(len(rows))
	}
	left := make([]float64, len(scores))
	for _, r := range rows {
		left[r] = scores[r] - f.Mean
	}
	random := rand.New(rand.NewPCG(31, 7))
	for round := range rounds {
		var drawn []int
		for _, r := range rows {
			if random.Float64() < .7 {
				drawn = append(drawn, r)
			}
		}
		t := b.tree(drawn, left, random)
		for _, r := range rows {
			left[r] -= t.at(&b.shapes[r])
		}
		f.Trees = append(f.Trees, *t)
		if watch != nil {
			watch(round, t)
		}
	}
	return f
}

// tree fits one tree to what is left over at the rows drawn.
func (b *binned) tree(rows []int, left []float64, random *rand.Rand) *tree {
	t := &tree{}
	var allowed []int
	for k := range features {
		if random.Float64() < .4 {
			allowed = append(allowed, k)
		}
	}
	nodes := make([][]int, 2*inner+1)
	nodes[0] = rows
	for k := range inner {
		s := b.split(nodes[k], allowed, left)
		t.Feature[k], t.Cut[k] = uint8(s.feature), s.cut
		for _, r := range nodes[k] {
			side := 2*k + 2
			if b.shapes[r][s.feature] <= s.cut {
				side = 2*k + 1
			}
			nodes[side] = append(nodes[side], r)
		}
	}
	for l := range t.Leaf {
		rows, sum := nodes[inner+l], 0.0
		for _, r := range rows {
			sum += left[r]
		}
		// A leaf of few essays is held back.
		t.Leaf[l] = rate * sum / (float64(len(rows)) + 5)
	}
	return t
}

// split is the question of one node.
type split struct {
	feature int
	cut     float64
	gain    float64
}

// split finds the question that leaves the least squared error. Without one that
// helps, all go left.
func (b *binned) split(rows, allowed []int, left []float64) split {
	best := split{cut: math.MaxFloat64}
	least := max(4, min(20, len(b.shapes)/30))
	if len(rows) < 2*least {
		return best
	}
	total := 0.0
	for _, r := range rows {
		total += left[r]
	}
	base := total * total / float64(len(rows))
	for _, k := range allowed {
		var sum [mostBin]float64
		var count [mostBin]int
		for _, r := range rows {
			sum[b.bins[r][k]] += left[r]
			count[b.bins[r][k]]++
		}
		below, n := 0.0, 0
		for q, edge := range b.edges[k] {
			below += sum[q]
			n += count[q]
			if n < least || len(rows)-n < least {
				continue
			}
			over := total - below
			gain := below*below/float64(n) + over*over/float64(len(rows)-n) - base
			if gain > best.gain+1e-12 {
				best = split{k, edge, gain}
			}
		}
	}
	return best
}

// outOf returns predictions of forests for rows that they were not fitted to, in
// parts dealt at random, and after how many rounds these are best.
func (b *binned) outOf(scores []float64, parts int) (predictions []float64, best int) {
	n := len(scores)
	dealt := parted(n, parts)
	after := make([][]float64, rounds) // by round, then row
	for i := range after {
		after[i] = make([]float64, n)
	}
	concurrently(parts, func(p int) {
		name := foldName(p)
		var rows, held []int
		for i, f := range dealt {
			if f == name {
				held = append(held, i)
			} else {
				rows = append(rows, i)
			}
		}
		sum := make([]float64, n)
		mean := 0.0
		for _, r := range rows {
			mean += scores[r] / float64(len(rows))
		}
		b.grow(rows, scores, rounds, func(round int, t *tree) {
			for _, r := range held {
				sum[r] += t.at(&b.shapes[r])
				after[round][r] = mean + sum[r]
			}
		})
	})
	least := math.Inf(1)
	for round, given := range after {
		sum := 0.0
		for i, g := range given {
			sum += (g - scores[i]) * (g - scores[i])
		}
		if sum < least {
			least, best = sum, round+1
		}
	}
	return after[best-1], best
}
