package scorer

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"maieutic/rubric/agreement"
	"maieutic/tutor"
)

// Report says how well a scorer does on essays that it was not fitted to.
type Report struct {
	Essays    int
	Low, High float64            // of the scores
	QWK       float64            // quadratic weighted kappa of held-out predictions with the people's scores
	Interval  agreement.Interval // of QWK, 95 %, over essays
	Length    float64            // QWK of the same fit to nothing but the number of words
	Exact     float64            // share of essays with just the person's score
	MAE       float64            // mean absolute error, in scores
	// Bias is the correlation of the error with the logarithm of the length: above
	// 0 long essays are scored too high. Spreading predictions as people's scores are
	// spread brings some of it.
	Bias float64
	// ByLength and PeopleByLength are the correlations of the predicted scores and of
	// the people's with the logarithm of the length: a scorer that goes with length
	// more than people do rewards it beyond quality.
	ByLength, PeopleByLength float64
}

// Fold tells the parts of a validation apart. Essays of one fold are held out
// together.
type Fold = string

// Validate fits to all folds but one and predicts that one, for each fold in
// turn. Nothing of the fold that is held out is looked at before. Folds and
// examples go by index; with nil the examples are parted in five at random, the
// same way each time.
func Validate(examples []Example, folds []Fold) (Report, error) {
	if folds == nil {
		folds = parted(len(examples), 5)
	}
	if _, err := checked(examples); err != nil {
		return Report{}, err
	}
	all := represent(texts(examples))
	given, byLength := make([]float64, len(examples)), make([]float64, len(examples))
	names := slices.Compact(slices.Sorted(slices.Values(folds)))
	if len(names) < 2 {
		return Report{}, tutor.Errorf(tutor.CodeInvalid, "a validation needs two folds at least; there is one, %q", names[0])
	}
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	errs := make([]error, len(names))
	for k, name := range names {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[k] = hold(all, examples, folds, name, given, byLength)
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return Report{}, err
		}
	}
	return reportOf(all, examples, given, byLength), nil
}

// parted deals n items out to folds at random.
func parted(n, folds int) []Fold {
	out := make([]Fold, n)
	for i, at := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		out[at] = foldName(i % folds)
	}
	return out
}

func foldName(k int) Fold { return string(rune('a' + k)) }

// hold predicts one fold from the others.
func hold(all *corpus, examples []Example, folds []Fold, name Fold, given, byLength []float64) error {
	var rows, held []int
	for i, f := range folds {
		if f == name {
			held = append(held, i)
		} else {
			rows = append(rows, i)
		}
	}
	train := make([]Example, len(rows))
	for i, r := range rows {
		train[i] = examples[r]
	}
	scale := scaleOf(train)
	if len(rows) < 10 || len(scale) < 2 {
		return tutor.Errorf(tutor.CodeInvalid, "without fold %q there are too few essays, or one score alone, to fit to", name)
	}
	f := fitRows(all, rows, examples, scale)
	l, cuts := lengthAlone(all, rows, f.scores, scale)
	for _, r := range held {
		given[r] = scale[cutAt(f.predict(all, r), f.cuts)]
		byLength[r] = scale[cutAt(l.at(all.drafts[r]), cuts)]
	}
	return nil
}

func reportOf(c *corpus, examples []Example, given, byLength []float64) Report {
	scale := scaleOf(examples)
	truth := make([]float64, len(examples))
	words, errors := make([]float64, len(examples)), make([]float64, len(examples))
	r := Report{Essays: len(examples), Low: scale[0], High: scale[len(scale)-1]}
	for i, e := range examples {
		truth[i] = e.Score
		words[i], errors[i] = math.Log1p(float64(len(c.drafts[i].Words))), given[i]-e.Score
		r.MAE += math.Abs(errors[i]) / float64(len(examples))
		if given[i] == e.Score {
			r.Exact += 1 / float64(len(examples))
		}
	}
	r.QWK, r.Length, r.Bias = Kappa(truth, given), Kappa(truth, byLength), agreement.Pearson(errors, words)
	r.ByLength, r.PeopleByLength = agreement.Pearson(given, words), agreement.Pearson(truth, words)
	r.Interval = agreement.Bootstrap(len(examples), 1, func(items []int) float64 {
		t, g := make([]float64, len(items)), make([]float64, len(items))
		for i, at := range items {
			t[i], g[i] = truth[at], given[at]
		}
		return Kappa(t, g)
	})
	return r
}

// Kappa is the quadratic weighted kappa of two series of scores, with their
// distances as they are: whole numbers need not be without gaps.
func Kappa(truth, given []float64) float64 {
	n := float64(len(truth))
	if n == 0 {
		return math.NaN()
	}
	var observed, mt, mg, st, sg float64
	for i := range truth {
		observed += (truth[i] - given[i]) * (truth[i] - given[i]) / n
		mt += truth[i] / n
		mg += given[i] / n
	}
	for i := range truth {
		st += (truth[i] - mt) * (truth[i] - mt) / n
		sg += (given[i] - mg) * (given[i] - mg) / n
	}
	// The expected squared difference of two independent draws.
	expected := st + sg + (mt-mg)*(mt-mg)
	if expected == 0 {
		return math.NaN()
	}
	return 1 - observed/expected
}
