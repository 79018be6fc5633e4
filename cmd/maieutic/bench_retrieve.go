package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/retrieval"
	"maieutic/tutor"
)

const (
	retrieveQuestions = 100
	retrieveK         = 10
	retrieveRecall    = 0.95
	retrieveAim       = 1.2 // times the same SQL through pgx
	retrievePairs     = 4   // rounds over the questions
)

// retrieveWidths are tried in turn until one reaches the recall.
var retrieveWidths = []int{100, 150, 200, 300, 400, 600, 800, 1000}

func benchRetrieveCommand() *command {
	return &command{
		name: "bench retrieve", settings: []string{"data"},
		summary: "Measure search among many passages at a recall of .95, beside the same SQL through pgx.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			asJSON := flags.Bool("json", false, "print JSON")
			n := flags.Int("passages", 100_000, "how many; they are made once and kept")
			dir := flags.String("dir", "", "`directory` to keep them in (default bench-retrieve in that of --data)")
			return func(ctx context.Context, c *call) error {
				if *n < 1000 || *n > 10_000_000 {
					return usagef("--passages is 1000 to 10000000")
				}
				if *dir == "" {
					*dir = filepath.Join(c.config.Data, "bench-retrieve")
				}
				return benchRetrieve(ctx, c, filepath.Join(*dir, fmt.Sprint(*n)), *n, *asJSON)
			}
		},
	}
}

// retrieveResult is what bench retrieve found.
type retrieveResult struct {
	Passages    int           `json:"passages"`
	LoadSeconds float64       `json:"load_seconds"` // of this run; little when the passages were there
	Bytes       int64         `json:"database_bytes"`
	Widths      []widthResult `json:"widths"`
	Width       int           `json:"ef_search"` // the first with enough recall
	Vectors     float64       `json:"recall_vectors"`
	Fused       float64       `json:"recall_fused"`
	Search      latency       `json:"search"`
	Bare        latency       `json:"bare"`
	Exact       latency       `json:"exact"` // every embedding compared, every posting read
	Ratio       verdict       `json:"ratio"`
}

type widthResult struct {
	Width  int     `json:"ef_search"`
	Recall float64 `json:"recall"`
}

type latency struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
}

func latencyOf(times []time.Duration) latency {
	ms := func(q float64) float64 { return float64(quantile(times, q)) / float64(time.Millisecond) }
	return latency{ms(.5), ms(.99)}
}

func benchRetrieve(ctx context.Context, c *call, dir string, n int, asJSON bool) (err error) {
	s, err := openScratchIn(ctx, Config{}, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	lib := newSynthetic(n)
	out := retrieveResult{Passages: n}
	begin := time.Now()
	index, err := lib.load(ctx, s, progressTo(c.env.Stderr))
	if err != nil {
		return err
	}
	out.LoadSeconds = time.Since(begin).Seconds()
	if err := s.store.Pool().QueryRow(ctx, `select pg_database_size(current_database())`).Scan(&out.Bytes); err != nil {
		return err
	}
	m := retrieveMeasurement{scratch: s, queries: lib.questions(s.school, retrieveQuestions)}
	if err := m.run(ctx, index, &out); err != nil {
		return err
	}
	if asJSON {
		return printJSON(c.env.Stdout, out)
	}
	table := newTable(c.env.Stdout)
	fmt.Fprintln(table, "milliseconds\tp50\tp99\t")
	for _, row := range []struct {
		name string
		latency
	}{{"search", out.Search}, {"the same SQL through pgx", out.Bare}, {"exact search", out.Exact}} {
		fmt.Fprintf(table, "%s\t%.2f\t%.2f\t\n", row.name, row.P50, row.P99)
	}
	_ = table.Flush()
	fmt.Fprintf(c.env.Stdout, "%d passages, ef_search %d: recall %.3f of the nearest %d, %.3f of the fused; %s\n",
		n, out.Width, out.Vectors, retrieveK, out.Fused, out.Ratio)
	return nil
}

// retrieveMeasurement is the questions and where to ask them.
type retrieveMeasurement struct {
	scratch *scratch
	queries []tutor.Query
}

func (m *retrieveMeasurement) run(ctx context.Context, index *retrieval.Index, out *retrieveResult) error {
	nearest, _, err := m.answers(ctx, index.Exact(), retrieval.ByMeaning)
	if err != nil {
		return err
	}
	best, exact, err := m.answers(ctx, index.Exact(), retrieval.Fused)
	if err != nil {
		return err
	}
	out.Exact = latencyOf(exact)
	for _, width := range retrieveWidths {
		found, _, err := m.answers(ctx, index.WithWidth(width), retrieval.ByMeaning)
		if err != nil {
			return err
		}
		out.Width, out.Vectors = width, recall(nearest, found)
		out.Widths = append(out.Widths, widthResult{width, out.Vectors})
		if out.Vectors >= retrieveRecall {
			break
		}
	}
	index = index.WithWidth(out.Width)
	found, _, err := m.answers(ctx, index, retrieval.Fused)
	if err != nil {
		return err
	}
	out.Fused = recall(best, found)
	var search, bare []time.Duration
	var ratios []float64
	for round := range retrievePairs {
		for i, q := range m.queries {
			a, b, err := m.pair(ctx, index, q, (i+round)%2 == 0)
			if err != nil {
				return err
			}
			search, bare = append(search, a), append(bare, b)
			ratios = append(ratios, float64(a)/float64(b))
		}
	}
	out.Search, out.Bare, out.Ratio = latencyOf(search), latencyOf(bare), judge(median(ratios), retrieveAim)
	return nil
}

// answers searches for every question; times are those of each search.
func (m *retrieveMeasurement) answers(ctx context.Context, index *retrieval.Index, by retrieval.Ranking) ([][]string, []time.Duration, error) {
	found, times := make([][]string, len(m.queries)), make([]time.Duration, len(m.queries))
	for i, q := range m.queries {
		begin := time.Now()
		passages, err := index.SearchBy(ctx, q, by)
		if err != nil {
			return nil, nil, err
		}
		times[i] = time.Since(begin)
		for _, p := range passages {
			found[i] = append(found[i], p.LessonID)
		}
	}
	return found, times, nil
}

// recall is the share of what should be found that was.
func recall(want, found [][]string) float64 {
	hits, total := 0, 0
	for i := range want {
		there := map[string]bool{}
		for _, id := range found[i] {
			there[id] = true
		}
		for _, id := range want[i] {
			total++
			if there[id] {
				hits++
			}
		}
	}
	return float64(hits) / float64(max(1, total))
}

// pair times one search and the SQL that it sends, one after the other.
func (m *retrieveMeasurement) pair(ctx context.Context, index *retrieval.Index, q tutor.Query, searchFirst bool) (search, bare time.Duration, err error) {
	statements, err := index.Statements(ctx, q, retrieval.Fused)
	if err != nil {
		return 0, 0, err
	}
	timed := func(f func() error) time.Duration {
		begin := time.Now()
		err = errors.Join(err, f())
		return time.Since(begin)
	}
	ours := func() error { _, err := index.Search(ctx, q); return err }
	theirs := func() error { return m.bare(ctx, statements) }
	if searchFirst {
		search, bare = timed(ours), timed(theirs)
	} else {
		bare, search = timed(theirs), timed(ours)
	}
	return search, bare, err
}

// bare sends statements and reads what comes without looking at it.
func (m *retrieveMeasurement) bare(ctx context.Context, statements []retrieval.Statement) error {
	batch := &pgx.Batch{}
	for _, s := range statements {
		batch.Queue(s.SQL, s.Args).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				_ = rows.RawValues()
			}
			return rows.Err()
		})
	}
	return m.scratch.store.Pool().SendBatch(ctx, batch).Close()
}
