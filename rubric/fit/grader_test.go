package fit

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"maieutic/rubric"
)

// sample draws labelled answers from a known model.
func sample(truth rubric.Logistic, n, wordings int, rng *rand.Rand) []Example {
	out := make([]Example, n)
	for i := range out {
		var f rubric.Features
		for k := range f {
			f[k] = rng.Float64()
		}
		out[i] = Example{
			Features: f, Wordings: wordings, Question: fmt.Sprintf("q%d-%d", wordings, i%40), Module: fmt.Sprintf("m%d", i%8),
			Right: rng.Float64() < truth.Probability(f),
		}
	}
	return out
}

func TestGraderFindsTheCoefficients(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	truth := rubric.Logistic{Bias: -2}
	for i := range truth.Weights {
		truth.Weights[i] = 2 * float64(rubric.Sign(i))
	}
	examples := append(sample(truth, 6000, 1, rng), sample(truth, 6000, 3, rng)...)
	model, validations, err := Grader(examples, Options{Ridge: 1, Folds: 5, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range model.Alone.Weights {
		if math.Abs(w-truth.Weights[i]) > 0.4 {
			t.Errorf("%s is %.2f, want %.2f", rubric.FeatureNames[i], w, truth.Weights[i])
		}
	}
	if len(validations) != 4 {
		t.Fatalf("%d validations, want both heads by question and by module", len(validations))
	}
	for _, v := range validations {
		if v.Error > 0.05 || v.N != 6000 {
			t.Errorf("%+v: a model of the right form must come out calibrated", v)
		}
	}
}

func TestGraderRefusesWrongSigns(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	truth := rubric.Logistic{}
	truth.Weights[0] = -3 * float64(rubric.Sign(0)) // data in which saying more is worse
	truth.Weights[2] = 3 * float64(rubric.Sign(2))
	l, err := logistic(sample(truth, 2000, 1, rng), 1)
	if err != nil {
		t.Fatal(err)
	}
	if l.Weights[0] != 0 || math.Abs(l.Weights[2]-truth.Weights[2]) > 0.6 {
		t.Errorf("coefficients %v: the first must be 0, the third %v", l.Weights, truth.Weights[2])
	}
}

func TestGraderNeedsAnswers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	if _, _, err := Grader(sample(rubric.Logistic{}, 100, 1, rng), Options{Ridge: 1, Folds: 5}); err == nil || !strings.Contains(err.Error(), "too few") {
		t.Errorf("fitted to 100 answers: %v", err)
	}
}

func TestWriteFeatures(t *testing.T) {
	var out bytes.Buffer
	e := Example{Question: "q", Module: "m", Wordings: 2, Right: true}
	e.Features[1] = 0.25
	if err := WriteFeatures(&out, []Example{e}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "question,module,wordings,right,coverage") || !strings.HasPrefix(lines[1], "q,m,2,true,0,0.25,0") {
		t.Errorf("%q", lines)
	}
}
