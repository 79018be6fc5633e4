package eval

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"maieutic/retrieval"
	"maieutic/tutor"
)

// depth is how many passages are asked for: the reciprocal rank of what comes
// later counts as 0.
const (
	depth       = 50
	searchers   = 4 // at a time
	ndcgCut     = 10
	sampleTexts = 200 // that a language is guessed from
)

// Library is what Retrieve measures: an empty school, and an index of it.
type Library struct {
	Index  *retrieval.Index
	School string
	// Language of the data (BCP 47), "" to tell by the file's name or the text.
	Language string
}

// collection is one searched set with its judged questions. The identifiers of
// passages are in LessonID.
type collection struct {
	name      string
	language  string
	size      int
	passages  iter.Seq2[tutor.Passage, error]
	questions []judged
}

// judged is a question with the passages that answer it and how well, above 0.
type judged struct {
	text     string
	relevant map[string]float64
}

// ranked is the outcome of one question under one ranking.
type ranked struct {
	rank int // of the first relevant passage, 0 when it is not among the first 50
	ndcg float64
}

var rankings = []struct {
	by   retrieval.Ranking
	name string
}{{retrieval.Fused, ""}, {retrieval.ByWords, "words alone"}, {retrieval.ByMeaning, "vectors alone"}}

// Retrieve measures how well questions find the passages that answer them. Each
// file or corpus becomes a course of its own and is searched by itself.
func Retrieve(ctx context.Context, o Options, lib Library) (*Report, error) {
	var collections []collection
	var err error
	if o.Format == "beir" {
		collections, err = readBEIR(o.Data, lib.Language)
	} else {
		collections, err = readSQuAD(o.Data, lib.Language)
	}
	if err != nil {
		return nil, err
	}
	w := retrievalWork{options: o, library: lib}
	for _, c := range collections {
		w.total += 2*c.size + len(rankings)*len(c.questions)
	}
	outcomes := make([][][]ranked, len(rankings)) // by ranking, collection and question
	for i, c := range collections {
		if err := w.load(ctx, c, i); err != nil {
			return nil, err
		}
		for r := range rankings {
			found, err := w.ask(ctx, c, i, r)
			if err != nil {
				return nil, err
			}
			outcomes[r] = append(outcomes[r], found)
		}
	}
	return retrievalReport(o, collections, outcomes), nil
}

// work counts what is done of a measurement.
type retrievalWork struct {
	options     Options
	library     Library
	mu          sync.Mutex
	done, total int
}

func (w *retrievalWork) advance(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done += n
	w.options.progress(w.done, w.total)
}

func courseID(i int) string { return fmt.Sprintf("set-%d", i) }

func (w *retrievalWork) load(ctx context.Context, c collection, i int) error {
	before := map[string]int{}
	index := w.library.Index.Watched(func(step string, done, _ int) {
		w.advance(done - before[step])
		before[step] = done
	})
	_, err := index.Load(ctx, w.library.School, courseID(i), c.language, c.passages)
	return err
}

// ask searches for every question and returns the outcomes in their order.
func (w *retrievalWork) ask(ctx context.Context, c collection, i, ranking int) ([]ranked, error) {
	out := make([]ranked, len(c.questions))
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range searchers {
		group.Go(func() error {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(c.questions) {
					return nil
				}
				q := c.questions[n]
				found, err := w.library.Index.SearchBy(ctx, tutor.Query{
					SchoolID: w.library.School, CourseID: courseID(i), Language: c.language, Text: q.text, K: depth,
				}, rankings[ranking].by)
				if err != nil {
					return err
				}
				out[n] = judgeFound(q, found)
				w.advance(1)
			}
		})
	}
	return out, group.Wait()
}

func judgeFound(q judged, found []tutor.Passage) ranked {
	var o ranked
	var gains []float64
	for i, p := range found {
		grade := q.relevant[p.LessonID]
		if grade > 0 && o.rank == 0 {
			o.rank = i + 1
		}
		if i < ndcgCut {
			gains = append(gains, grade)
		}
	}
	var best []float64
	for _, grade := range q.relevant {
		best = append(best, grade)
	}
	slices.SortFunc(best, func(a, b float64) int { return int(math.Copysign(1, b-a)) })
	o.ndcg = discounted(gains) / discounted(best[:min(len(best), ndcgCut)])
	return o
}

// discounted is the discounted cumulative gain (Järvelin and Kekäläinen 2002)
// with the grades themselves as gains, as trec_eval has it.
func discounted(gains []float64) (sum float64) {
	for i, g := range gains {
		sum += g / math.Log2(float64(i)+2)
	}
	return sum
}

func retrievalReport(o Options, collections []collection, outcomes [][][]ranked) *Report {
	report := &Report{Name: "retrieve", Format: o.Format, Data: o.Data, Split: "every judged question", Seed: o.Seed}
	whole := slices.Concat(outcomes[0]...)
	report.N = len(whole)
	for _, m := range retrievalMeasures(o.Format) {
		report.Estimate(m.name, func(items []int) float64 { return meanOutcome(whole, items, m.of) })
	}
	for r, ranking := range rankings {
		if r > 0 {
			report.Groups = append(report.Groups, outcomeGroup(ranking.name, o.Format, slices.Concat(outcomes[r]...)))
		}
	}
	for i, c := range collections {
		for r, ranking := range rankings {
			if len(collections) == 1 {
				break
			}
			name := c.name
			if r > 0 {
				name += ", " + ranking.name
			}
			report.Groups = append(report.Groups, outcomeGroup(name, o.Format, outcomes[r][i]))
		}
		report.Notes = append(report.Notes, fmt.Sprintf("%s: %d passages, %d questions, language %q", c.name, c.size, len(c.questions), c.language))
	}
	report.Notes = append(report.Notes, fmt.Sprintf(
		"r_at_k is the share of questions with a relevant passage among the first k; mrr looks at the first %d", depth))
	return report
}

type retrievalMeasure struct {
	name string
	of   func(ranked) float64
}

// measures of a format: graded judgements have a gain, too.
func retrievalMeasures(format string) []retrievalMeasure {
	within := func(k int) func(ranked) float64 {
		return func(o ranked) float64 {
			if o.rank > 0 && o.rank <= k {
				return 1
			}
			return 0
		}
	}
	all := []retrievalMeasure{{"r_at_1", within(1)}, {"r_at_5", within(5)}, {"mrr", func(o ranked) float64 {
		if o.rank == 0 {
			return 0
		}
		return 1 / float64(o.rank)
	}}}
	if format == "beir" {
		all = append([]retrievalMeasure{{"ndcg_at_10", func(o ranked) float64 { return o.ndcg }}}, all...)
	}
	return all
}

func meanOutcome(all []ranked, items []int, of func(ranked) float64) float64 {
	sum := 0.0
	for _, i := range items {
		sum += of(all[i])
	}
	return sum / float64(len(items))
}

func outcomeGroup(name, format string, outcomes []ranked) Group {
	r := Report{N: len(outcomes)}
	items := make([]int, len(outcomes))
	for i := range items {
		items[i] = i
	}
	for _, m := range retrievalMeasures(format) {
		r.Add(m.name, meanOutcome(outcomes, items, m.of))
	}
	return Group{Name: name, N: r.N, Metrics: r.Metrics}
}
