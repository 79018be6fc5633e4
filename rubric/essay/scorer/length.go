package scorer

import (
	"math"

	"maieutic/rubric/essay"
)

// parabola predicts from the number of words alone, by a parabola of its
// logarithm: what any scorer has to be better than.
type parabola [3]float64

func lengthTerms(d *essay.Draft) [3]float64 {
	x := math.Log1p(float64(len(d.Words))) - 5 // near 0 for 150 words
	return [3]float64{1, x, x * x}
}

// at returns the value for a draft.
func (p parabola) at(d *essay.Draft) float64 {
	t := lengthTerms(d)
	return p[0]*t[0] + p[1]*t[1] + p[2]*t[2]
}

// fitParabola fits least squares by the normal equations, and predicts each draft
// from the others in closed form: the residual over one less its leverage.
func fitParabola(drafts []*essay.Draft, scores []float64) (p parabola, loo []float64) {
	var a [3][6]float64 // normal equations and the identity; then solution's inverse
	var y [3]float64
	for r, d := range drafts {
		t := lengthTerms(d)
		for i := range 3 {
			for j := range 3 {
				a[i][j] += t[i] * t[j]
			}
			y[i] += t[i] * scores[r]
		}
	}
	for i := range 3 {
		a[i][i] += 1e-6
		a[i][3+i] = 1
	}
	for i := range 3 { // Gauss and Jordan; the matrix is positive
		for j := 5; j >= i; j-- {
			a[i][j] /= a[i][i]
		}
		for k := range 3 {
			if k == i {
				continue
			}
			m := a[k][i]
			for j := i; j < 6; j++ {
				a[k][j] -= m * a[i][j]
			}
		}
	}
	for i := range 3 {
		for j := range 3 {
			p[i] += a[i][3+j] * y[j]
		}
	}
	loo = make([]float64, len(drafts))
	for r, d := range drafts {
		t, leverage := lengthTerms(d), 0.0
		for i := range 3 {
			for j := range 3 {
				leverage += t[i] * a[i][3+j] * t[j]
			}
		}
		loo[r] = scores[r] - (scores[r]-p.at(d))/math.Max(.05, 1-leverage)
	}
	return p, loo
}

// lengthAlone fits to the length of rows, and makes scores of it in the same way
// as the engine does.
func lengthAlone(c *corpus, rows []int, scores, scale []float64) (parabola, []float64) {
	drafts := make([]*essay.Draft, len(rows))
	for i, r := range rows {
		drafts[i] = c.drafts[r]
	}
	p, loo := fitParabola(drafts, scores)
	cuts, _ := cutPoints(loo, scores, scale)
	return p, cuts
}
