package agreement_test

import (
	"math"
	"testing"

	"maieutic/rubric/agreement"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s is %.12f, want %.12f", what, got, want)
	}
}

// A two by two table worked by hand: 20 and 15 agreements, 5 and 10 others.
func TestConfusion(t *testing.T) {
	var truth, given []int
	for _, cell := range []struct{ a, b, n int }{{1, 1, 20}, {1, 0, 5}, {0, 1, 10}, {0, 0, 15}} {
		for range cell.n {
			truth, given = append(truth, cell.a), append(given, cell.b)
		}
	}
	c := agreement.NewConfusion(2, truth, given)
	near(t, "accuracy", c.Accuracy(), 0.7)
	near(t, "kappa", c.Kappa(), 0.4)
	near(t, "precision", c.Precision(1), 20.0/30)
	near(t, "recall", c.Recall(1), 0.8)
	f1, f0 := 2*20.0/55, 2*15.0/45
	near(t, "F1", c.F1(1), f1)
	near(t, "macro F1", c.MacroF1(), (f1+f0)/2)
	near(t, "weighted F1", c.WeightedF1(), (25*f1+25*f0)/50)
}

func TestQuadraticKappa(t *testing.T) {
	same := agreement.NewConfusion(4, []int{0, 1, 2, 3}, []int{0, 1, 2, 3})
	near(t, "of equals", same.QuadraticKappa(), 1)
	turned := agreement.NewConfusion(4, []int{0, 1, 2, 3}, []int{3, 2, 1, 0})
	near(t, "of opposites", turned.QuadraticKappa(), -1)
	// One step off in one of four: 1 - (1/4) / (sum of chance): worked by hand.
	off := agreement.NewConfusion(3, []int{0, 1, 2, 2}, []int{0, 1, 1, 2})
	near(t, "one step off", off.QuadraticKappa(), 1-(1.0/4)/((1*(0+2*1+1*4)+1*(1+0+1)+2*(4+2*1+0))/16.0))
	constant := agreement.NewConfusion(2, []int{1, 1}, []int{1, 1})
	if v := constant.Kappa(); !math.IsNaN(v) {
		t.Errorf("kappa of one category is %v, want NaN", v)
	}
}

func TestSeries(t *testing.T) {
	near(t, "correlation", agreement.Pearson([]float64{1, 2, 3}, []float64{2, 4, 6}), 1)
	near(t, "correlation", agreement.Pearson([]float64{1, 2, 3}, []float64{1, 3, 2}), 0.5)
	near(t, "rmse", agreement.RMSE([]float64{0, 0}, []float64{3, 4}), math.Sqrt(12.5))
	if v := agreement.Pearson([]float64{1, 1}, []float64{1, 2}); !math.IsNaN(v) {
		t.Errorf("correlation with a constant is %v, want NaN", v)
	}
}

func TestBootstrap(t *testing.T) {
	x := make([]float64, 400)
	for i := range x {
		x[i] = float64(i % 2)
	}
	share := func(items []int) float64 {
		sum := 0.0
		for _, i := range items {
			sum += x[i]
		}
		return sum / float64(len(items))
	}
	got := agreement.Bootstrap(len(x), 7, share)
	// Half, give or take 1.96 standard errors of .025.
	if math.Abs(got.Low-0.451) > 0.012 || math.Abs(got.High-0.549) > 0.012 {
		t.Errorf("interval %v, want about .451 to .549", got)
	}
	if again := agreement.Bootstrap(len(x), 7, share); again != got {
		t.Errorf("the same seed gave %v and %v", got, again)
	}
}
