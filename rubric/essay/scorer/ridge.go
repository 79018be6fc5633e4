package scorer

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Grids that the leave-one-out error chooses from.
var (
	mixes  = []float64{0, .25, .5, .75, .9}
	ridges = []float64{.003, .01, .03, .1, .3, 1, 3, 10}
)

// searched bounds how many essays the search looks at: its cost grows with the
// cube.
const searched = 500

// choice is what the search chooses.
type choice struct {
	counted bool    // wording by intersection of counts, not by bits in common
	mix     float64 // share of wording in the kernel, the rest is shape
	ridge   float64
}

// ridgeFit is kernel ridge regression on some rows of a corpus (Saunders et al. 1998).
type ridgeFit struct {
	choice
	byBits, byCounts square // kernels of wording, by rows of the corpus
	rows             []int
	shapes           square // kernel of shapes, by place in rows
	scores           []float64
	alpha            []float64 // dual weights
	loo              []float64 // leave-one-out predictions
}

// fitWording fits to wording alone, fitMixed to wording, seen as in the choice
// given, and shape.
func (f *ridgeFit) fitWording() {
	try := f.search()
	for _, counted := range []bool{false, true} {
		for _, r := range ridges {
			try(choice{counted, 1, r})
		}
	}
	f.alpha, f.loo = f.solve(every(len(f.rows), 1), f.choice)
}

func (f *ridgeFit) fitMixed(counted bool) {
	try := f.search()
	for _, r := range ridges {
		try(choice{counted, .5, r})
	}
	// One axis at a time, until nothing is better.
	for range 3 {
		before := f.choice
		for _, m := range mixes {
			try(choice{counted, m, f.ridge})
		}
		for _, r := range ridges {
			try(choice{counted, f.mix, r})
		}
		if f.choice == before {
			break
		}
	}
	f.alpha, f.loo = f.solve(every(len(f.rows), 1), f.choice)
}

// every returns the indexes 0, step, 2 step ... below n.
func every(n, step int) []int {
	var out []int
	for i := 0; i < n; i += step {
		out = append(out, i)
	}
	return out
}

// search returns what tries a choice and keeps it when it is the best so far by
// the leave-one-out error on a sample. The best ridge does not depend on the
// number of essays: it is the ratio of noise to signal.
func (f *ridgeFit) search() (try func(choice)) {
	sample := every(len(f.rows), (len(f.rows)+searched-1)/searched)
	best := math.Inf(1)
	tried := map[choice]bool{}
	return func(c choice) {
		if tried[c] {
			return
		}
		tried[c] = true
		_, loo := f.solve(sample, c)
		sum := 0.0
		for i, s := range sample {
			sum += (loo[i] - f.scores[s]) * (loo[i] - f.scores[s])
		}
		if sum < best {
			best, f.choice = sum, c
		}
	}
}

// at is the kernel of two of the rows.
func (f *ridgeFit) at(i, j int, c choice) float64 {
	return c.mixed(f.wording(f.rows[i], f.rows[j], c), float64(f.shapes[i][j]))
}

func (f *ridgeFit) wording(row, other int, c choice) float64 {
	if c.counted {
		return float64(f.byCounts[row][other])
	}
	return float64(f.byBits[row][other])
}

func (c choice) mixed(wording, shape float64) float64 {
	return c.mix*wording + (1-c.mix)*shape
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// solve returns the dual weights of a sample of rows and its leave-one-out
// predictions: y_i - a_i / [(K+rI)^-1]_ii (Cawley and Talbot 2004).
func (f *ridgeFit) solve(sample []int, c choice) (alpha, loo []float64) {
	n := len(sample)
	k := mat.NewSymDense(n, nil)
	mean := 0.0
	for _, s := range sample {
		mean += f.scores[s] / float64(n)
	}
	for i := range n {
		for j := i; j < n; j++ {
			v := f.at(sample[i], sample[j], c)
			if i == j {
				v += c.ridge
			}
			k.SetSym(i, j, v)
		}
	}
	y := mat.NewVecDense(n, nil)
	for i, s := range sample {
		y.SetVec(i, f.scores[s]-mean)
	}
	var chol mat.Cholesky
	if !chol.Factorize(k) { // a kernel is positive; rounding alone could do this
		return make([]float64, n), constant(n, mean)
	}
	var a mat.VecDense
	var inverse mat.SymDense
	if chol.SolveVecTo(&a, y) != nil || chol.InverseTo(&inverse) != nil {
		return make([]float64, n), constant(n, mean)
	}
	alpha, loo = make([]float64, n), make([]float64, n)
	for i, s := range sample {
		alpha[i] = a.AtVec(i)
		loo[i] = f.scores[s] - alpha[i]/inverse.At(i, i)
	}
	return alpha, loo
}

func constant(n int, v float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}
