package retrieval

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor/llm"
)

const (
	// exactUpTo is how many passages are compared one by one: forty megabytes of
	// embeddings, some twenty milliseconds.
	exactUpTo    = 20_000
	defaultWidth = 200
)

// vectorIndex names the index of nearest neighbours of an embedder's space.
func vectorIndex(e llm.Embedder) string {
	return fmt.Sprintf("embeddings_near_%x", sha256.Sum256(fmt.Appendf(nil, "%s %d", e.Name(), e.Dim())))[:40]
}

// literal quotes a string for SQL.
func literal(s string) string {
	quoted := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return " E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

// indexVectors makes the HNSW index of the embedder's space once a school is too
// large to be searched exactly. It covers every school; searches filter while
// they walk it. Servers go on reading and writing meanwhile. It needs pgvector
// 0.8, which can go on walking when a filter leaves too little; with an older one
// every search stays exact.
func (ix *Index) indexVectors(ctx context.Context, school string) error {
	var wanted, walks bool
	name := vectorIndex(ix.embedder)
	err := ix.in(ctx, school, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select (select coalesce(sum(passages), 0) >= @from from passage_segments where school_id = @school)
			       and not exists (select from pg_index where indexrelid = to_regclass(@name) and indisvalid),
			       `+vectorIterates,
			pgx.StrictNamedArgs{"school": school, "from": ix.indexFrom, "name": name}).Scan(&wanted, &walks)
	})
	if err != nil || !wanted || !walks {
		return err
	}
	// Several workers share memory of the operating system, of which containers
	// often have little; one worker needs none.
	err = ix.createVectorIndex(ctx, name, 2)
	if err != nil && ctx.Err() == nil {
		err = ix.createVectorIndex(ctx, name, 0)
	}
	return err
}

// createVectorIndex works outside of a transaction, so that others write
// meanwhile. An index that was interrupted is left invalid, and begun again. When
// another server is at it, it leaves the index to that one.
func (ix *Index) createVectorIndex(ctx context.Context, name string, workers int) (err error) {
	conn, err := ix.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var alone bool
	const lock = `(hashtextextended($1, 0))`
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock`+lock, name).Scan(&alone); err != nil || !alone {
		return err
	}
	defer func() {
		_, unlock := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock`+lock, name)
		err = errors.Join(err, unlock)
	}()
	defer func() {
		_, reset := conn.Exec(context.WithoutCancel(ctx),
			`reset statement_timeout; reset maintenance_work_mem; reset max_parallel_maintenance_workers`)
		err = errors.Join(err, reset)
	}()
	for _, statement := range []string{
		`set statement_timeout = 0`, `set maintenance_work_mem = '512MB'`,
		fmt.Sprintf(`set max_parallel_maintenance_workers = %d`, workers),
		`drop index if exists ` + name,
		fmt.Sprintf(`create index concurrently %s on embeddings using hnsw ((vector::halfvec(%d)) halfvec_cosine_ops) where model = %s`,
			name, ix.embedder.Dim(), literal(ix.embedder.Name())),
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// analyzeFrom is how many changed passages are worth new statistics of the
// planner at once; of fewer Postgres takes note by itself.
const analyzeFrom = 1000

func (ix *Index) analyze(ctx context.Context, changed int, tables string) error {
	if changed < analyzeFrom {
		return nil
	}
	_, err := ix.pool.Exec(ctx, `analyze `+tables)
	return err
}

// vectorIterates is whether the installed pgvector can walk its index on until a
// filter has let enough through.
const vectorIterates = `exists (
	select from pg_extension
	where extname = 'vector' and (string_to_array(extversion, '.')::int[])[1:2] >= '{0,8}')`
