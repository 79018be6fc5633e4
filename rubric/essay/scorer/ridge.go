package scorer

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"maieutic/rubric/essay"
)

// corpus is a set of texts as the fit sees it.
type corpus struct {
	drafts []*essay.Draft
	bits   [][]uint32
	kernel [][]float32 // of wording
}

// represent takes texts apart. What is computed here belongs to the texts alone,
// and not to their scores: the folds of a validation share it.
func represent(texts []string) *corpus {
	c := &corpus{drafts: make([]*essay.Draft, len(texts)), bits: make([][]uint32, len(texts))}
	for i, t := range texts {
		c.drafts[i], c.bits[i] = essay.Parse(t), wordingOf(t)
	}
	c.kernel = gram(c.bits)
	return c
}

// Grids that the leave-one-out error chooses from.
var (
	mixes  = []float64{0, .4, .65, .85, 1}
	ridges = []float64{.003, .01, .03, .1, .3, 1}
)

// searched bounds how many essays the search looks at: its cost grows with the
// cube.
const searched = 500

// fitted is a fit to some rows of a corpus.
type fitted struct {
	rows   []int
	scale  []float64
	mix    float64
	ridge  float64
	mean   float64
	alpha  []float64 // dual weights, by row
	loo    []float64 // leave-one-out predictions, by row
	norms  norms
	words  lexicon
	bent   [][]float64
	shapes [][]float32 // kernel of bent among the rows
	scores []float64
	cuts   []float64
	line   line
}

// fitRows fits to rows of a corpus.
func fitRows(c *corpus, rows []int, examples []Example, scale []float64) *fitted {
	f := &fitted{rows: rows, scale: scale, scores: make([]float64, len(rows))}
	drafts := make([]*essay.Draft, len(rows))
	for i, r := range rows {
		f.scores[i], drafts[i] = examples[r].Score, c.drafts[r]
		f.mean += f.scores[i] / float64(len(rows))
	}
	f.words = newLexicon(drafts)
	shapes := make([]shape, len(rows))
	for i, d := range drafts {
		shapes[i] = shapeOf(d, f.words)
	}
	f.norms = newNorms(shapes)
	for _, s := range shapes {
		f.bent = append(f.bent, f.norms.bend(s))
	}
	f.shapes = make([][]float32, len(rows))
	for i := range rows {
		f.shapes[i] = make([]float32, len(rows))
		for j := 0; j <= i; j++ {
			k := float32(dot(f.bent[i], f.bent[j]))
			f.shapes[i][j], f.shapes[j][i] = k, k
		}
	}
	f.search(c)
	f.alpha, f.loo = f.solve(c, every(len(rows), 1), f.mix, f.ridge)
	f.cuts, f.line = cutPoints(f.loo, f.scores, scale)
	return f
}

// every returns the indexes 0, step, 2 step ... below n.
func every(n, step int) []int {
	var out []int
	for i := 0; i < n; i += step {
		out = append(out, i)
	}
	return out
}

// search chooses mix and ridge by the leave-one-out error on a sample.
func (f *fitted) search(c *corpus) {
	sample := every(len(f.rows), (len(f.rows)+searched-1)/searched)
	best := math.Inf(1)
	for _, mix := range mixes {
		for _, ridge := range ridges {
			_, loo := f.solve(c, sample, mix, ridge)
			sum := 0.0
			for i, s := range sample {
				sum += (loo[i] - f.scores[s]) * (loo[i] - f.scores[s])
			}
			if sum < best {
				best, f.mix, f.ridge = sum, mix, ridge
			}
		}
	}
}

// kernelAt is the kernel of two rows.
func (f *fitted) kernelAt(c *corpus, i, j int, mix float64) float64 {
	k := 0.0
	if mix > 0 {
		k += mix * float64(c.kernel[f.rows[i]][f.rows[j]])
	}
	if mix < 1 {
		k += (1 - mix) * float64(f.shapes[i][j])
	}
	return k
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
func (f *fitted) solve(c *corpus, sample []int, mix, ridge float64) (alpha, loo []float64) {
	n := len(sample)
	k := mat.NewSymDense(n, nil)
	mean := 0.0
	for _, s := range sample {
		mean += f.scores[s] / float64(n)
	}
	for i := range n {
		for j := i; j < n; j++ {
			v := f.kernelAt(c, sample[i], sample[j], mix)
			if i == j {
				v += ridge
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

// predict returns the raw prediction for another row of the corpus.
func (f *fitted) predict(c *corpus, row int) float64 {
	bent := f.norms.bend(shapeOf(c.drafts[row], f.words))
	sum := f.mean
	for i, r := range f.rows {
		k := 0.0
		if f.mix > 0 {
			k += f.mix * float64(c.kernel[row][r])
		}
		if f.mix < 1 {
			k += (1 - f.mix) * dot(bent, f.bent[i])
		}
		sum += f.alpha[i] * k
	}
	return sum
}

// model turns dual weights into weights of features, so that no essay needs to be
// kept.
func (f *fitted) model(c *corpus) *Model {
	m := &Model{Essays: len(f.rows), scale: f.scale, cuts: f.cuts, stretch: f.line, mean: f.mean, mix: f.mix,
		norms: f.norms, words: f.words, shape: make([]float64, waves+features), wording: make([]float32, buckets)}
	var square float64
	for i := range f.rows {
		e := f.line.at(f.loo[i]) - f.scores[i]
		square += e * e
	}
	m.spread = math.Sqrt(square / float64(len(f.rows)))
	df := documentFrequencies(c.bits)
	for i, r := range f.rows {
		size := 0
		for _, b := range c.bits[r] {
			if df[b] >= 3 {
				size++
			}
		}
		weight := float32(f.mix * f.alpha[i] / math.Sqrt(math.Max(1, float64(size))))
		for _, b := range c.bits[r] {
			if df[b] >= 3 {
				m.wording[b] += weight
			}
		}
		for k, x := range f.bent[i] {
			m.shape[k] += (1 - f.mix) * f.alpha[i] * x
		}
	}
	m.known(df)
	return m
}

// raw is the prediction for a text before it is brought to the scale.
func (m *Model) raw(text string) float64 {
	sum, size := 0.0, 0
	for _, b := range wordingOf(text) {
		if !math.IsNaN(float64(m.wording[b])) {
			size++
			sum += float64(m.wording[b])
		}
	}
	out := m.mean
	if size > 0 {
		out += sum / math.Sqrt(float64(size))
	}
	return out + dot(m.norms.bend(shapeOf(essay.Parse(text), m.words)), m.shape)
}

// known marks the buckets that fewer than three essays had: a bit there is not
// counted in the size of a text either.
func (m *Model) known(df []uint16) {
	for b, n := range df {
		if n < 3 {
			m.wording[b] = float32(math.NaN())
		}
	}
}
