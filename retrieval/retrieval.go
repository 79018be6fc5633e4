// Package retrieval cuts lessons into passages, indexes them and finds the ones
// that answer a question. It owns its SQL, because its ranking is SQL.
//
// Words rank by BM25 over stems and, at a lower weight, runs of four letters,
// out of postings that Postgres keeps; meanings by the nearness of embeddings.
// One statement ranks both and fuses their scores. MEASURED.md has the figures.
//
// Tried without help: reciprocal rank fusion (four to nine points of R@1 behind fused
// scores), pairs of neighbouring words (under half a point, for rows that are nearly all of
// one passage), sparsevec (three times slower compared, inexact and slow to build with HNSW).
package retrieval

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// Index holds the passages of every school. It is safe for concurrent use.
type Index struct {
	pool     *pgxpool.Pool
	embedder llm.Embedder
	progress Progress
	search   string // the statement of a search, for this embedder

	segmentSize int  // passages whose postings share their rows, the most that one change rewrites
	indexFrom   int  // passages of a school that are worth an index of nearest neighbours
	exactUpTo   int  // passages searched without one
	width       int  // candidates that the walk of the index keeps
	iterate     bool // the walk goes on until the filters have let enough through
	postings    int  // read by a search at most
}

// Progress is told how far a load is: a step is "words" or "embeddings", done
// and total are passages. It is called by one goroutine at a time.
type Progress func(step string, done, total int)

// New makes an index over a migrated database.
func New(pool *pgxpool.Pool, embedder llm.Embedder) *Index {
	return &Index{
		pool: pool, embedder: embedder, search: searchStatement(embedder), segmentSize: segmentSize,
		indexFrom: exactUpTo, exactUpTo: exactUpTo, width: defaultWidth, iterate: true, postings: maxPostings,
	}
}

// Exact returns the same index, which compares every embedding and reads every
// posting, however long that takes.
func (ix *Index) Exact() *Index {
	exact := *ix
	exact.exactUpTo, exact.postings = math.MaxInt32, math.MaxInt32
	return &exact
}

// WithWidth returns the same index, which keeps this many candidates, 1 to 1000,
// while it walks the index of nearest neighbours: more find more and take longer.
func (ix *Index) WithWidth(width int) *Index {
	wide := *ix
	wide.width = width
	return &wide
}

// Watched returns the same index, whose Load and Put tell how far they are.
func (ix *Index) Watched(progress Progress) *Index {
	watched := *ix
	watched.progress = progress
	return &watched
}

func (ix *Index) tell(step string, done, total int) {
	if ix.progress != nil {
		ix.progress(step, done, total)
	}
}

// everySchool is the scope that row-level security lets look over all schools.
const everySchool = "*"

// in runs f in a transaction that row-level security binds to the school.
func (ix *Index) in(ctx context.Context, school string, f func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, ix.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config('maieutic.school', $1, true)`, school); err != nil {
			return err
		}
		return f(tx)
	})
}

func fault(err error, message string) error {
	return tutor.WrapError(err, tutor.CodeUnavailable, message)
}
