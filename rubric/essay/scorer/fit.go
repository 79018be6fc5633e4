package scorer

import (
	"math"

	"maieutic/rubric/essay"
)

// corpus is a set of texts as the fit sees it.
type corpus struct {
	drafts        []*essay.Draft
	words         *wordings
	flat, counted square
}

// represent takes texts apart. What is computed here belongs to the texts alone,
// and not to their scores: the folds of a validation share it.
func represent(texts []string) *corpus {
	c := &corpus{drafts: make([]*essay.Draft, len(texts))}
	keys := make([][]uint32, len(texts))
	concurrently(len(texts), func(i int) { c.drafts[i], keys[i] = essay.Parse(texts[i]), wordingOf(texts[i]) })
	c.words = newWordings(keys)
	c.flat, c.counted = c.words.grams()
	return c
}

// fitted is a fit to some rows of a corpus. It takes four sights of a text and
// weighs them: kernel ridge regression on wording and shape together and on wording
// alone, boosted trees on shape, and a parabola of the length.
type fitted struct {
	rows    []int
	scale   []float64
	scores  []float64
	mean    float64
	words   lexicon
	norms   norms
	bent    [][]float64
	ridge   *ridgeFit // on wording and shape
	wording *ridgeFit // on wording alone
	forest  *forest
	length  parabola
	weights [sights]float64
	unseen  []float64 // predictions for the rows by fits that have not seen them
	cuts    []float64
	line    line
}

// fitRows fits to rows of a corpus.
func fitRows(c *corpus, rows []int, examples []Example, scale []float64) *fitted {
	f := &fitted{rows: rows, scale: scale, scores: make([]float64, len(rows))}
	drafts, shapes := make([]*essay.Draft, len(rows)), make([]shape, len(rows))
	for i, r := range rows {
		f.scores[i], drafts[i] = examples[r].Score, c.drafts[r]
	}
	f.mean, _ = moments(f.scores)
	f.words = newLexicon(drafts)
	for i, d := range drafts {
		shapes[i] = shapeOf(d, others{f.words, 1})
	}
	f.norms = newNorms(shapes)
	f.wording = &ridgeFit{byBits: c.flat, byCounts: c.counted, rows: rows, scores: f.scores, shapes: f.shapeKernel(shapes)}
	f.ridge = &ridgeFit{byBits: c.flat, byCounts: c.counted, rows: rows, scores: f.scores, shapes: f.wording.shapes}
	f.wording.fitWording()
	f.ridge.fitMixed(f.wording.counted)
	b := newBinned(shapes)
	fromTrees, best := b.outOf(f.scores, 5)
	f.forest = b.grow(every(len(rows), 1), f.scores, best, nil)
	var fromLength []float64
	f.length, fromLength = fitParabola(drafts, f.scores)
	predictions := [sights][]float64{f.ridge.loo, f.wording.loo, fromTrees, fromLength}
	f.weights = stack(predictions, f.scores)
	f.unseen = make([]float64, len(rows))
	for i := range rows {
		f.unseen[i] = f.weigh([sights]float64{predictions[0][i], predictions[1][i], predictions[2][i], predictions[3][i]})
	}
	f.cuts, f.line = cutPoints(f.unseen, f.scores, scale)
	return f
}

func (f *fitted) shapeKernel(shapes []shape) square {
	for _, s := range shapes {
		f.bent = append(f.bent, f.norms.bend(s))
	}
	k := newSquare(len(shapes))
	for i := range shapes {
		for j := range i + 1 {
			v := float32(dot(f.bent[i], f.bent[j]))
			k[i][j], k[j][i] = v, v
		}
	}
	return k
}

// weigh puts predictions together.
func (f *fitted) weigh(predictions [sights]float64) float64 {
	sum := f.mean
	for k, p := range predictions {
		sum += f.weights[k] * (p - f.mean)
	}
	return sum
}

// predict returns the raw prediction for another row of the corpus.
func (f *fitted) predict(c *corpus, row int) float64 {
	s := shapeOf(c.drafts[row], others{f.words, 0})
	bent := f.norms.bend(s)
	mixed, alone := f.mean, f.mean
	for i, r := range f.rows {
		k := f.wording.wording(row, r, f.wording.choice)
		mixed += f.ridge.alpha[i] * f.ridge.mixed(k, dot(bent, f.bent[i]))
		alone += f.wording.alpha[i] * k
	}
	return f.weigh([sights]float64{mixed, alone, f.forest.at(&s), f.length.at(c.drafts[row])})
}

// model turns dual weights into weights of features, so that no essay needs to be
// kept.
func (f *fitted) model(c *corpus) *Model {
	m := &Model{Essays: len(f.rows), scale: f.scale, cuts: f.cuts, stretch: f.line, mean: f.mean, trees: f.weights[2], lengths: f.weights[3], counted: f.ridge.counted,
		norms: f.norms, words: f.words, forest: *f.forest, length: f.length, shape: make([]float64, waves+features),
		keys: c.words.keys}
	var square float64
	for i := range f.rows {
		e := f.line.at(f.unseen[i]) - f.scores[i]
		square += e * e
	}
	m.spread = math.Sqrt(square / float64(len(f.rows)))
	weights := make([]float64, len(m.keys))
	for i, r := range f.rows {
		size := 0.0
		for _, at := range c.words.texts[r] {
			size += m.widthAt(at)
		}
		weight := (f.weights[0]*f.ridge.mix*f.ridge.alpha[i] + f.weights[1]*f.wording.alpha[i]) / math.Sqrt(math.Max(1, size))
		for _, at := range c.words.texts[r] {
			weights[at] += weight * m.widthAt(at)
		}
		for k, x := range f.bent[i] {
			m.shape[k] += f.weights[0] * (1 - f.ridge.mix) * f.ridge.alpha[i] * x
		}
	}
	m.wording, m.unit = rounded(weights)
	return m
}

// rounded brings weights to 16 bits.
func rounded(weights []float64) (out []int16, unit float64) {
	for _, w := range weights {
		unit = math.Max(unit, math.Abs(w)/math.MaxInt16)
	}
	out = make([]int16, len(weights))
	for i, w := range weights {
		if unit > 0 {
			out[i] = int16(math.Round(w / unit))
		}
	}
	return out, unit
}

// widthAt is the weight of a key in the kernel.
func (m *Model) widthAt(at int32) float64 {
	if m.counted {
		return float64(width(m.keys[at]))
	}
	return 1
}

// raw is the prediction for a text before it is brought to the scale.
func (m *Model) raw(text string) float64 {
	sum, size := 0.0, 0.0
	for _, at := range placesOf(wordingOf(text), m.keys) {
		sum += m.unit * float64(m.wording[at])
		size += m.widthAt(at)
	}
	d := essay.Parse(text)
	s := shapeOf(d, others{m.words, 0})
	return m.mean + sum/math.Sqrt(math.Max(1, size)) + dot(m.norms.bend(s), m.shape) +
		m.trees*(m.forest.at(&s)-m.mean) + m.lengths*(m.length.at(d)-m.mean)
}
