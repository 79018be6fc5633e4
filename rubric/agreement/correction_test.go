package agreement

import (
	"math"
	"math/rand/v2"
	"testing"
)

var scale = []float64{0, 1. / 3, 2. / 3, 1}

func TestCorrectionOfALeniantMachine(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var truth, given []float64
	for range 60 {
		level := r.IntN(3)
		truth = append(truth, scale[level])
		given = append(given, scale[level+1]) // always a level too high
	}
	l, gain := Correction(truth, given, scale, 1)
	if gain.After < gain.Before+.2 || gain.After < .9 {
		t.Errorf("%+v by %+v", gain, l)
	}
	bias, interval := Bias(truth, given, 1)
	if math.Abs(bias-1./3) > 1e-9 || interval.Low <= 0 {
		t.Errorf("bias %v, %+v", bias, interval)
	}
}

// TestCorrectionOfNoise: what cannot be corrected is left nearly as it is.
func TestCorrectionOfNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var truth, given []float64
	for range 200 {
		level := r.IntN(4)
		truth = append(truth, scale[level])
		given = append(given, scale[max(0, min(3, level+r.IntN(3)-1))])
	}
	l, gain := Correction(truth, given, scale, 1)
	if math.Abs(l.Shift) > .15 || l.Slope < .6 || l.Slope > 1.2 || gain.After > gain.Before+.1 {
		t.Errorf("%+v, %+v", l, gain)
	}
	if bias, interval := Bias(truth, given, 1); interval.Low > 0 || interval.High < 0 {
		t.Errorf("bias %v, %+v", bias, interval)
	}
	if again, _ := Correction(truth, given, scale, 1); again != l {
		t.Error("the same data gives another correction")
	}
}

func TestCorrectionStaysInRange(t *testing.T) {
	l := Linear{3, -1}
	if l.At(-5) != 0 || l.At(5) != 1 {
		t.Error("a corrected value leaves the scale")
	}
	if l := fitLinear(nil, nil); l != (Linear{1, 0}) {
		t.Errorf("nothing to learn from gives %+v", l)
	}
}
