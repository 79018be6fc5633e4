// Package agreement says how far two raters agree: two people, a grader and a
// person, or a grader and a set of labelled answers.
//
// Every function is pure. Inputs of different lengths are a programming error
// and panic; a figure that is not defined, as the correlation with a constant,
// is NaN.
package agreement

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Confusion counts labels: Confusion[a][b] is how often the first rater said a
// and the second said b. Categories run from 0.
type Confusion [][]int

// NewConfusion counts the labels of two raters, each in 0..categories-1.
func NewConfusion(categories int, truth, given []int) Confusion {
	same(len(truth), len(given))
	c := make(Confusion, categories)
	for i := range c {
		c[i] = make([]int, categories)
	}
	for i := range truth {
		c[truth[i]][given[i]]++
	}
	return c
}

// N is the number of items.
func (c Confusion) N() int {
	n := 0
	for _, row := range c {
		for _, v := range row {
			n += v
		}
	}
	return n
}

// Support is how often the first rater used category k, Given the second.
func (c Confusion) Support(k int) int {
	n := 0
	for _, v := range c[k] {
		n += v
	}
	return n
}

// Given is how often the second rater used category k.
func (c Confusion) Given(k int) int {
	n := 0
	for _, row := range c {
		n += row[k]
	}
	return n
}

// Accuracy is the share of items on which both raters agree.
func (c Confusion) Accuracy() float64 {
	right := 0
	for k := range c {
		right += c[k][k]
	}
	return ratio(right, c.N())
}

// Precision of category k: of what the second rater called k, the share the
// first did, too. 0 when the second never used it.
func (c Confusion) Precision(k int) float64 {
	if c.Given(k) == 0 {
		return 0
	}
	return ratio(c[k][k], c.Given(k))
}

// Recall of category k: of what the first rater called k, the share the second
// did, too. 0 when the first never used it.
func (c Confusion) Recall(k int) float64 {
	if c.Support(k) == 0 {
		return 0
	}
	return ratio(c[k][k], c.Support(k))
}

// F1 of category k is the harmonic mean of precision and recall, 0..1.
func (c Confusion) F1(k int) float64 {
	both := c.Support(k) + c.Given(k)
	if both == 0 {
		return 0
	}
	return 2 * float64(c[k][k]) / float64(both)
}

// MacroF1 is the mean of F1 over the categories that either rater used.
func (c Confusion) MacroF1() float64 {
	sum, used := 0.0, 0
	for k := range c {
		if c.Support(k)+c.Given(k) > 0 {
			sum += c.F1(k)
			used++
		}
	}
	return sum / float64(used)
}

// WeightedF1 is the mean of F1 weighted by the first rater's use of each
// category.
func (c Confusion) WeightedF1() float64 {
	sum := 0.0
	for k := range c {
		sum += float64(c.Support(k)) * c.F1(k)
	}
	return sum / float64(c.N())
}

// Kappa is Cohen's kappa (1960): agreement beyond chance, at most 1.
func (c Confusion) Kappa() float64 {
	return c.weighted(func(a, b int) float64 {
		if a == b {
			return 0
		}
		return 1
	})
}

// QuadraticKappa is Cohen's weighted kappa (1968) with quadratic weights, for
// categories that are in order.
func (c Confusion) QuadraticKappa() float64 {
	return c.weighted(func(a, b int) float64 { return float64((a - b) * (a - b)) })
}

func (c Confusion) weighted(weight func(a, b int) float64) float64 {
	n := float64(c.N())
	seen, chance := 0.0, 0.0
	for a := range c {
		for b := range c {
			seen += weight(a, b) * float64(c[a][b]) / n
			chance += weight(a, b) * float64(c.Support(a)) * float64(c.Given(b)) / (n * n)
		}
	}
	if chance == 0 {
		return math.NaN() // both used one and the same category: there is nothing to agree on
	}
	return 1 - seen/chance
}

// Pearson is the correlation of two series, -1..1.
func Pearson(x, y []float64) float64 {
	same(len(x), len(y))
	mx, my := mean(x), mean(y)
	var xy, xx, yy float64
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		xy += dx * dy
		xx += dx * dx
		yy += dy * dy
	}
	if xx == 0 || yy == 0 {
		return math.NaN()
	}
	return xy / math.Sqrt(xx*yy)
}

// RMSE is the root of the mean squared difference, in the unit of the series.
func RMSE(x, y []float64) float64 {
	same(len(x), len(y))
	sum := 0.0
	for i := range x {
		sum += (x[i] - y[i]) * (x[i] - y[i])
	}
	return math.Sqrt(sum / float64(len(x)))
}

// Interval is a 95 % confidence interval.
type Interval struct{ Low, High float64 }

// resamples of a bootstrap: enough for two digits.
const resamples = 1000

// Bootstrap returns the percentile interval (Efron 1979) of a figure of n
// items. stat gets the items of one resample by index and must not keep the
// slice. The same seed gives the same interval.
func Bootstrap(n int, seed uint64, stat func(items []int) float64) Interval {
	if n == 0 {
		return Interval{math.NaN(), math.NaN()}
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	items := make([]int, n)
	values := make([]float64, 0, resamples)
	for range resamples {
		for i := range items {
			items[i] = rng.IntN(n)
		}
		if v := stat(items); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return Interval{math.NaN(), math.NaN()}
	}
	slices.Sort(values)
	at := func(q float64) float64 { return values[int(q*float64(len(values)-1)+0.5)] }
	return Interval{Low: at(0.025), High: at(0.975)}
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func ratio(a, b int) float64 { return float64(a) / float64(b) }

func same(a, b int) {
	if a != b {
		panic(fmt.Sprintf("agreement: %d items by one rater, %d by the other", a, b))
	}
}

// CalibrationError is the expected calibration error of probabilities over ten
// bins of equal width (Naeini et al. 2015): how far, on average, the share that
// came true lies from the probability that was given. 0..1.
func CalibrationError(p []float64, came []bool) float64 {
	same(len(p), len(came))
	var given, true10, count [10]float64
	for i, v := range p {
		bin := min(9, int(v*10))
		given[bin] += v
		count[bin]++
		if came[i] {
			true10[bin]++
		}
	}
	sum := 0.0
	for b := range count {
		sum += math.Abs(given[b]-true10[b]) / float64(max(1, len(p)))
	}
	return sum
}
