package fit

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"maieutic/rubric"
	"maieutic/tutor"
)

// logistic fits a logistic regression with a ridge penalty by iteratively
// reweighted least squares. The penalty is on coefficients of standardised
// features, the bias is free. Every question counts the same, however many
// answers it has. A coefficient that comes out with the wrong sign is set to
// zero and the others are fitted again, until all have the right one: an active
// set that only grows, and as good here as the exact constrained optimum.
func logistic(examples []Example, ridge float64) (rubric.Logistic, error) {
	use := make([]int, rubric.NumFeatures)
	for i := range use {
		use[i] = i
	}
	for {
		l, err := unconstrained(examples, ridge, use)
		if err != nil {
			return l, err
		}
		var kept []int
		for _, k := range use {
			if l.Weights[k]*float64(rubric.Sign(k)) >= 0 {
				kept = append(kept, k)
			}
		}
		if len(kept) == len(use) {
			return l, nil
		}
		use = kept
	}
}

func unconstrained(examples []Example, ridge float64, use []int) (rubric.Logistic, error) {
	weights := byQuestion(examples)
	scale := newScale(examples, weights, use)
	n := len(use) + 1
	x := mat.NewDense(len(examples), n, nil)
	for i, e := range examples {
		scale.row(e.Features, x.RawRowView(i))
	}
	beta := mat.NewVecDense(n, nil)
	for range 50 {
		step, err := newton(x, examples, weights, beta, ridge)
		if err != nil {
			return rubric.Logistic{}, err
		}
		beta.AddVec(beta, step)
		if mat.Norm(step, math.Inf(1)) < 1e-8 {
			break
		}
	}
	return scale.undo(beta), nil
}

// byQuestion gives every question the same weight in all. The weights have
// mean 1.
func byQuestion(examples []Example) []float64 {
	count := map[string]float64{}
	for _, e := range examples {
		count[e.Question]++
	}
	weights := make([]float64, len(examples))
	for i, e := range examples {
		weights[i] = float64(len(examples)) / (float64(len(count)) * count[e.Question])
	}
	return weights
}

// newton is one step of Newton's method on the penalised log-likelihood.
func newton(x *mat.Dense, examples []Example, weights []float64, beta *mat.VecDense, ridge float64) (*mat.VecDense, error) {
	rows, n := x.Dims()
	gradient := mat.NewVecDense(n, nil)
	hessian := mat.NewSymDense(n, nil)
	for i := range rows {
		row := x.RowView(i)
		p := 1 / (1 + math.Exp(-mat.Dot(row, beta)))
		y := 0.0
		if examples[i].Right {
			y = 1
		}
		gradient.AddScaledVec(gradient, weights[i]*(y-p), row)
		hessian.SymRankOne(hessian, weights[i]*p*(1-p), row)
	}
	for j := 1; j < n; j++ { // not the bias
		gradient.SetVec(j, gradient.AtVec(j)-ridge*beta.AtVec(j))
		hessian.SetSym(j, j, hessian.At(j, j)+ridge)
	}
	hessian.SetSym(0, 0, hessian.At(0, 0)+1e-9)
	var factor mat.Cholesky
	if !factor.Factorize(hessian) {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the labelled answers do not determine the coefficients; give more of them or a larger ridge")
	}
	step := mat.NewVecDense(n, nil)
	if err := factor.SolveVecTo(step, gradient); err != nil {
		return nil, err
	}
	return step, nil
}

// scale standardises features to weighted mean 0 and deviation 1.
type scale struct {
	use       []int
	mean, dev []float64
}

func newScale(examples []Example, weights []float64, use []int) scale {
	s := scale{use: use, mean: make([]float64, len(use)), dev: make([]float64, len(use))}
	n := float64(len(examples))
	for j, k := range use {
		for i, e := range examples {
			s.mean[j] += weights[i] * e.Features[k] / n
		}
		for i, e := range examples {
			d := e.Features[k] - s.mean[j]
			s.dev[j] += weights[i] * d * d / n
		}
		s.dev[j] = math.Sqrt(s.dev[j])
		if s.dev[j] < 1e-9 {
			s.dev[j] = math.Inf(1) // a constant says nothing: its coefficient becomes 0
		}
	}
	return s
}

func (s scale) row(f rubric.Features, out []float64) {
	out[0] = 1
	for j, k := range s.use {
		out[j+1] = (f[k] - s.mean[j]) / s.dev[j]
	}
}

// undo turns coefficients of standardised features into those of plain ones.
func (s scale) undo(beta *mat.VecDense) rubric.Logistic {
	l := rubric.Logistic{Bias: beta.AtVec(0)}
	for j, k := range s.use {
		l.Weights[k] = beta.AtVec(j+1) / s.dev[j]
		l.Bias -= l.Weights[k] * s.mean[j]
	}
	return l
}
