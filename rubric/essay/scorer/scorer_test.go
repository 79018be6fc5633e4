package scorer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"maieutic/tutor"
)

var (
	openings = []string{"the river", "our school", "a good friend", "the old teacher", "my sister", "every student", "the town council", "a long walk", "the library", "that morning"}
	doings   = []string{"shows that", "explains why", "makes clear that", "proves", "reminds us that", "changes how", "suggests that"}
	plain    = []string{"people need time", "things are good", "we like it", "it is nice", "books are big", "games are fun"}
	rich     = []string{"patience outlasts enthusiasm", "evidence persuades everyone", "solitude strengthens judgement",
		"attention precedes responsibility", "memory reconstructs everything", "generosity disarms resentment"}
)

// graded makes essays whose score rises with quality: richer words, fewer slips,
// paragraphs. With even set, all are of one length.
func graded(n int, seed uint64, even bool) []Example {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]Example, n)
	for i := range out {
		quality := r.Float64()
		sentences := 14
		if !even {
			sentences = 5 + int(18*quality) + r.IntN(5)
		}
		var b strings.Builder
		for k := range sentences {
			end := plain[r.IntN(len(plain))]
			if r.Float64() < quality {
				end = rich[r.IntN(len(rich))]
			}
			s := openings[r.IntN(len(openings))] + " " + doings[r.IntN(len(doings))] + " " + end
			if r.Float64() < .5*(1-quality) {
				s = strings.Replace(s, "e", "", 1)
			}
			if r.Float64() < quality {
				s = strings.ToUpper(s[:1]) + s[1:]
			}
			b.WriteString(s + ". ")
			if k%5 == 4 && quality > .4 {
				b.WriteString("\n\n")
			}
		}
		out[i] = Example{b.String(), math.Round(math.Max(0, math.Min(5, 5*quality+.5*r.NormFloat64())))}
	}
	return out
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		n     int
		even  bool
		least float64
	}{{300, false, .85}, {300, true, .8}, {40, false, .6}} {
		r, err := Validate(graded(c.n, 7, c.even), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d essays, of one length %v: QWK %.3f (%.3f to %.3f), length alone %.3f, bias %.2f",
			c.n, c.even, r.QWK, r.Interval.Low, r.Interval.High, r.Length, r.Bias)
		if r.QWK < c.least || r.Interval.Low > r.QWK || r.Interval.High < r.QWK {
			t.Errorf("%d essays: %+v", c.n, r)
		}
		if c.even && r.QWK < r.Length+.3 {
			t.Errorf("where length says nothing, the engine has %.3f and length %.3f", r.QWK, r.Length)
		}
	}
}

func TestFitPredictsAndIsKept(t *testing.T) {
	examples := graded(200, 3, false)
	m, err := Fit(examples)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Unmarshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	var truth, given []float64
	for _, e := range graded(100, 99, false) {
		exact, score := m.Predict(e.Text)
		again, sameScore := back.Predict(e.Text)
		if exact != again || score != sameScore {
			t.Fatalf("kept it predicts %v, %v; before %v, %v", again, sameScore, exact, score)
		}
		value, confidence := m.Score(e.Text)
		if value < 0 || value > 1 || confidence <= 0 || confidence >= 1 {
			t.Errorf("value %v, confidence %v", value, confidence)
		}
		truth, given = append(truth, e.Score), append(given, score)
	}
	if k := Kappa(truth, given); k < .8 {
		t.Errorf("QWK on new essays is %.3f", k)
	}
	for _, e := range examples[:20] {
		for w := range strings.FieldsSeq(e.Text) {
			if len(w) > 6 && strings.Contains(string(stored), w) {
				t.Fatalf("the stored model holds the word %q", w)
			}
		}
	}
	if m.raw("") != m.raw("") || math.IsNaN(m.raw("")) {
		t.Error("an empty text has no prediction")
	}
}

// TestPrimalIsDual: the weights of features predict what the fit itself would.
func TestPrimalIsDual(t *testing.T) {
	examples := graded(80, 5, false)
	c := represent(texts(examples))
	rows := every(len(examples), 1)
	f := fitRows(c, rows, examples, scaleOf(examples))
	m := f.model(c)
	for i, e := range examples {
		if dual, primal := f.predict(c, i), m.raw(e.Text); math.Abs(dual-primal) > 1e-3 {
			t.Fatalf("essay %d: dual %v, primal %v", i, dual, primal)
		}
	}
}

// TestLeaveOneOut: the closed form is what fitting without the essay gives.
func TestLeaveOneOut(t *testing.T) {
	examples := graded(40, 6, false)
	c := represent(texts(examples))
	f := fitRows(c, every(40, 1), examples, scaleOf(examples))
	_, loo := f.solve(c, every(40, 1), .5, .1)
	mean := 0.0
	for _, s := range f.scores {
		mean += s / 40
	}
	// The closed form keeps the mean of all, so the check does, too.
	alpha, _ := f.solve(c, every(40, 1), .5, .1)
	sum := mean
	for j := range 40 {
		sum += alpha[j] * f.kernelAt(c, 0, j, .5)
	}
	if residual := f.scores[0] - sum; math.Abs(residual-.1*alpha[0]) > 1e-6 {
		t.Errorf("residual %v, ridge times weight %v", residual, .1*alpha[0])
	}
	if math.Abs(loo[0]-f.scores[0]) < math.Abs(sum-f.scores[0]) {
		t.Error("left out an essay is predicted better than kept in")
	}
}

func TestTooFew(t *testing.T) {
	if _, err := Fit(graded(29, 1, false)); tutor.ErrorCode(err) != tutor.CodeInvalid {
		t.Errorf("29 essays: %v", err)
	}
	same := graded(40, 1, false)
	for i := range same {
		same[i].Score = 3
	}
	if _, err := Fit(same); tutor.ErrorCode(err) != tutor.CodeInvalid {
		t.Errorf("one score: %v", err)
	}
	if _, err := Validate(graded(40, 1, false), make([]Fold, 40)); tutor.ErrorCode(err) != tutor.CodeInvalid {
		t.Errorf("one fold: %v", err)
	}
}

func TestKappa(t *testing.T) {
	// By hand: truth 1 2 3, given 1 2 2: observed 1/3, expected var+var+bias.
	want := 1 - (1.0/3)/(2.0/3+2.0/9+1.0/9)
	if k := Kappa([]float64{1, 2, 3}, []float64{1, 2, 2}); math.Abs(k-want) > 1e-12 {
		t.Errorf("got %v, want %v", k, want)
	}
	if k := Kappa([]float64{1, 5, 9}, []float64{1, 5, 9}); k != 1 {
		t.Errorf("full agreement is %v", k)
	}
}

func FuzzUnmarshal(f *testing.F) {
	m, err := Fit(graded(40, 2, false))
	if err != nil {
		f.Fatal(err)
	}
	stored, err := m.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add(stored[:100])
	f.Fuzz(func(t *testing.T, stored []byte) {
		if m, err := Unmarshal(stored); err == nil {
			m.Predict("Some words.")
		}
	})
}

// BenchmarkGram prints how many times faster bits are than maps.
func BenchmarkGram(b *testing.B) {
	var bits [][]uint32
	for _, e := range graded(120, 1, false) {
		bits = append(bits, wordingOf(e.Text))
	}
	b.Run("bits", func(b *testing.B) {
		for b.Loop() {
			gram(bits)
		}
	})
	b.Run("maps", func(b *testing.B) {
		for b.Loop() {
			sets := make([]map[uint32]bool, len(bits))
			for i, t := range bits {
				sets[i] = map[uint32]bool{}
				for _, x := range t {
					sets[i][x] = true
				}
			}
			sum := 0
			for i := range sets {
				for j := 0; j <= i; j++ {
					for x := range sets[i] {
						if sets[j][x] {
							sum++
						}
					}
				}
			}
			if sum == 0 {
				b.Fatal(fmt.Sprint(sum))
			}
		}
	})
}
