package scorer

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"maieutic/rubric/agreement"
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

// TestLeaveOneOut: the closed form is what a solution without the essay gives.
func TestLeaveOneOut(t *testing.T) {
	examples := graded(40, 6, false)
	c := represent(texts(examples))
	f := fitRows(c, every(40, 1), examples, scaleOf(examples)).ridge
	by := choice{counted: true, mix: .5, ridge: .1}
	_, loo := f.solve(every(40, 1), by)
	mean, _ := moments(f.scores)
	for _, out := range []int{0, 17, 39} {
		k, y := mat.NewDense(39, 39, nil), mat.NewVecDense(39, nil)
		rest := slices.DeleteFunc(every(40, 1), func(i int) bool { return i == out })
		for a, i := range rest {
			for b, j := range rest {
				k.Set(a, b, f.at(i, j, by))
			}
			k.Set(a, a, k.At(a, a)+by.ridge)
			y.SetVec(a, f.scores[i]-mean)
		}
		var alpha mat.VecDense
		if err := alpha.SolveVec(k, y); err != nil {
			t.Fatal(err)
		}
		want := mean
		for a, i := range rest {
			want += alpha.AtVec(a) * f.at(i, out, by)
		}
		if math.Abs(want-loo[out]) > 1e-6 {
			t.Errorf("essay %d left out: %v, by the closed form %v", out, want, loo[out])
		}
	}
}

// TestStack: a sight that knows is heard, one that knows nothing is not, and none
// counts against itself.
func TestStack(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	scores := make([]float64, 400)
	var given [sights][]float64
	for i := range scores {
		scores[i] = 3 + r.NormFloat64()
		given[0] = append(given[0], 3+.5*(scores[i]-3)+.5*r.NormFloat64())
		given[1] = append(given[1], 3+r.NormFloat64())
		given[2] = append(given[2], 3+.5*(scores[i]-3)+.5*r.NormFloat64())
		given[3] = append(given[3], 6-scores[i])
	}
	w := stack(given, scores)
	if w[0] < .4 || w[2] < .4 || w[1] > .1 || w[3] != 0 {
		t.Errorf("weights %v", w)
	}
}

// TestCutPoints: scores come out as often as people give them, also on a crooked
// scale, and cuts ascend when predictions say nothing.
func TestCutPoints(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	raw, scores := make([]float64, 600), make([]float64, 600)
	for i := range raw {
		q := r.NormFloat64()
		raw[i], scores[i] = 5+.3*q, []float64{0, 1, 2, 10}[min(3, max(0, int(q+2)))]
	}
	scale := []float64{0, 1, 2, 10}
	cuts, _ := cutPoints(raw, scores, scale)
	given := make([]float64, len(raw))
	for i, x := range raw {
		given[i] = scale[cutAt(x, cuts)]
	}
	if k := Kappa(scores, given); k < .85 {
		t.Errorf("QWK %.3f with cuts %v", k, cuts)
	}
	flat, _ := cutPoints(make([]float64, 600), scores, scale)
	if !slices.IsSorted(flat) {
		t.Errorf("cuts %v", flat)
	}
}

// TestForest: trees find what is not straight, and stop when there is nothing.
func TestForest(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	shapes := make([]shape, 500)
	scores, noise := make([]float64, 500), make([]float64, 500)
	for i := range shapes {
		for k := range features {
			shapes[i][k] = r.NormFloat64()
		}
		if shapes[i][3] > 0 == (shapes[i][7] > .5) {
			scores[i] = 4
		}
		noise[i] = r.NormFloat64()
	}
	b := newBinned(shapes)
	given, _ := b.outOf(scores, 5)
	if k := agreement.Pearson(scores, given); k < .5 {
		t.Errorf("correlation %.3f", k)
	}
	if _, best := b.outOf(noise, 5); best > rounds/4 {
		t.Errorf("%d rounds of noise", best)
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

// FuzzUnmarshal changes what is inside the compression, which a change of the
// compressed bytes would hardly reach, and the compressed bytes themselves.
func FuzzUnmarshal(f *testing.F) {
	m, err := Fit(graded(40, 2, false))
	if err != nil {
		f.Fatal(err)
	}
	stored, err := m.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		f.Fatal(err)
	}
	raw, err := io.ReadAll(zip)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, true)
	f.Add(stored[:100], true)
	f.Add(raw, false)
	f.Add(raw[:len(raw)-1], false)
	f.Add(append(slices.Clone(raw), 0), false)
	f.Add(bytes.Replace(raw, []byte(`"Feature":[`), []byte(`"Feature":[9`), 1), false)
	f.Add(bytes.Replace(raw, []byte(`"keys":`), []byte(`"keys":9`), 1), false)
	f.Fuzz(func(t *testing.T, stored []byte, packed bool) {
		if !packed {
			var out bytes.Buffer
			zip := gzip.NewWriter(&out)
			if _, err := zip.Write(stored); err != nil || zip.Close() != nil {
				t.Fatal("not compressed")
			}
			stored = out.Bytes()
		}
		m, err := Unmarshal(stored)
		if err != nil {
			if m != nil || tutor.ErrorCode(err) != tutor.CodeInvalid {
				t.Errorf("code %q, and a model: %v", tutor.ErrorCode(err), m != nil)
			}
			return
		}
		if value, confidence := m.Score("Some words."); !(value >= 0 && value <= 1 && confidence > 0 && confidence < 1) {
			t.Errorf("value %v, confidence %v", value, confidence)
		}
	})
}

// histogram counts runs of characters in a map, as one would without bits.
func histogram(text string) map[string]int {
	counts := map[string]int{}
	runes := spaced(text)
	for i := range runes {
		for n := 1; n <= longest && i+n <= len(runes); n++ {
			counts[string(runes[i:i+n])]++
		}
	}
	return counts
}

// intersection is the sum of the smaller counts, rounded down to the steps.
func intersection(a, b map[string]int) int {
	sum := 0
	for run, n := range a {
		n = min(n, b[run])
		for s := len(steps) - 1; s >= 0; s-- {
			if steps[s].least <= n {
				sum += steps[s].least
				break
			}
		}
	}
	return sum
}

// TestGramsAreIntersections holds the bits against maps.
func TestGramsAreIntersections(t *testing.T) {
	var keys [][]uint32
	var maps []map[string]int
	// Thrice each, so that three texts have every key: nothing is left out.
	for _, text := range []string{"abc abd abe", "abd abf  abc abc", "xbc xbd abe", "abc\nxbd", ""} {
		for range 3 {
			keys, maps = append(keys, wordingOf(text)), append(maps, histogram(text))
		}
	}
	_, counted := newWordings(keys).grams()
	for i := range maps {
		for j := range maps {
			size := float64(intersection(maps[i], maps[i])) * float64(intersection(maps[j], maps[j]))
			want := float64(intersection(maps[i], maps[j])) / math.Sqrt(size)
			if math.Abs(want-float64(counted[i][j])) > 1e-6 {
				t.Errorf("texts %d and %d: %v, by maps %v", i, j, counted[i][j], want)
			}
		}
	}
}

// BenchmarkGram prints how many times faster bits are than maps.
func BenchmarkGram(b *testing.B) {
	var keys [][]uint32
	var maps []map[string]int
	for _, e := range graded(120, 1, false) {
		keys, maps = append(keys, wordingOf(e.Text)), append(maps, histogram(e.Text))
	}
	w := newWordings(keys)
	var bits, mapped time.Duration
	for b.Loop() {
		start := time.Now()
		w.grams()
		bits += time.Since(start)
		start = time.Now()
		for i := range maps {
			for j := range i + 1 {
				intersection(maps[i], maps[j])
			}
		}
		mapped += time.Since(start)
	}
	b.ReportMetric(float64(mapped)/float64(bits), "times-faster")
}
