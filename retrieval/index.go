package retrieval

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pgvector/pgvector-go"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// embedBatch is how many passages are embedded and written at a time: memory
// stays bounded however large a course is.
const embedBatch = 64

// Index holds the passages of every school. It is safe for concurrent use.
type Index struct {
	pool     *pgxpool.Pool
	embedder llm.Embedder
}

// New makes an index over a migrated database.
func New(pool *pgxpool.Pool, embedder llm.Embedder) *Index {
	return &Index{pool: pool, embedder: embedder}
}

// Report says what Put did, in passages.
type Report struct {
	Added, Kept, Removed, Embedded int
}

// Put makes the index hold exactly the passages of a course's lessons, with an
// embedding by the current model for each. It is idempotent: what is there
// already is neither written nor embedded again, and a Put that was interrupted
// goes on where it stopped.
func (ix *Index) Put(ctx context.Context, schoolID string, course tutor.Course) (Report, error) {
	var report Report
	passages := map[string]tutor.Passage{}
	var ids []string
	for _, lesson := range course.Lessons {
		for _, p := range Chunk(lesson) {
			p.CourseID = course.ID
			id := passageID(p)
			if _, twice := passages[id]; !twice {
				ids = append(ids, id)
			}
			passages[id] = p
		}
	}
	if err := ix.write(ctx, schoolID, course, ids, passages, &report); err != nil {
		return report, fault(err, "the passages could not be stored")
	}
	if err := ix.embed(ctx, schoolID, course.ID, &report); err != nil {
		return report, fault(err, "the passages could not be embedded; run ingest again to go on")
	}
	return report, nil
}

// passageID is the same for the same words at the same place.
func passageID(p tutor.Passage) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s\x00%d\x00%d\x00%s",
		p.CourseID, p.LessonID, p.Lesson, p.Heading, p.Anchor, p.Start, p.End, p.Text))
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(hex.EncodeToString(sum[:]))).String()
}

func (ix *Index) write(ctx context.Context, school string, course tutor.Course, ids []string, passages map[string]tutor.Passage, report *Report) error {
	return ix.in(ctx, school, func(tx pgx.Tx) error {
		removed, err := tx.Exec(ctx, `
			delete from passages
			where school_id = @school and course_id = @course and not (id = any(@ids::uuid[]))`,
			pgx.StrictNamedArgs{"school": school, "course": course.ID, "ids": ids})
		if err != nil {
			return err
		}
		report.Removed = int(removed.RowsAffected())
		batch := &pgx.Batch{}
		for _, id := range ids {
			p := passages[id]
			batch.Queue(`
				insert into passages (school_id, course_id, id, lesson_id, lesson, heading, anchor, start_at, end_at, body, language, words)
				values (@school, @course, @id, @lesson_id, @lesson, @heading, @anchor, @start, @end, @body, @language,
				        setweight(to_tsvector(@config::regconfig, @title), 'A') || to_tsvector(@config::regconfig, @body))
				on conflict do nothing`,
				pgx.StrictNamedArgs{
					"school": school, "course": course.ID, "id": id, "lesson_id": p.LessonID, "lesson": p.Lesson,
					"heading": p.Heading, "anchor": p.Anchor, "start": p.Start, "end": p.End, "body": p.Text,
					"title": p.Lesson + " " + p.Heading, "language": course.Language, "config": searchConfig(course.Language),
				}).Exec(func(tag pgconn.CommandTag) error {
				report.Added += int(tag.RowsAffected())
				return nil
			})
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
		report.Kept = len(ids) - report.Added
		return nil
	})
}

// embed writes the embeddings that are missing, a bounded batch in each
// transaction.
func (ix *Index) embed(ctx context.Context, school, course string, report *Report) error {
	for {
		ids, texts, err := ix.missing(ctx, school, course)
		if err != nil || len(ids) == 0 {
			return err
		}
		vectors, err := ix.embedder.Embed(ctx, texts) // outside any transaction: it may take long
		if err != nil {
			return err
		}
		err = ix.in(ctx, school, func(tx pgx.Tx) error {
			batch := &pgx.Batch{}
			for i, id := range ids {
				batch.Queue(`
					insert into embeddings (school_id, course_id, model, passage_id, vector)
					select school_id, course_id, @model, id, @vector
					from passages where school_id = @school and course_id = @course and id = @id
					on conflict do nothing`,
					pgx.StrictNamedArgs{
						"school": school, "course": course, "model": ix.embedder.Name(), "id": id,
						"vector": pgvector.NewHalfVector(vectors[i]),
					})
			}
			return tx.SendBatch(ctx, batch).Close()
		})
		if err != nil {
			return err
		}
		report.Embedded += len(ids)
	}
}

func (ix *Index) missing(ctx context.Context, school, course string) (ids, texts []string, err error) {
	err = ix.in(ctx, school, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `
			select p.id::text, p.lesson || '. ' || p.heading || '. ' || p.body
			from passages p
			left join embeddings e
			  on e.school_id = p.school_id and e.course_id = p.course_id and e.passage_id = p.id and e.model = @model
			where p.school_id = @school and p.course_id = @course and e.passage_id is null
			order by p.id limit @limit`,
			pgx.StrictNamedArgs{"school": school, "course": course, "model": ix.embedder.Name(), "limit": embedBatch})
		var id, body string
		_, err := pgx.ForEachRow(rows, []any{&id, &body}, func() error {
			ids, texts = append(ids, id), append(texts, body)
			return nil
		})
		return err
	})
	return ids, texts, err
}

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
