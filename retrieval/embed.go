package retrieval

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"
)

// embedBatch is how many passages are embedded and written at a time: memory
// stays bounded however large a course is.
const embedBatch = 64

// embed writes the embeddings that are missing, a bounded batch in each
// transaction.
func (ix *Index) embed(ctx context.Context, school, course string, total int, report *Report) error {
	var after uuid.UUID // passages are taken in the order of their ids
	for {
		ids, texts, err := ix.missing(ctx, school, course, after)
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
		after = ids[len(ids)-1]
		report.Embedded += len(ids)
		ix.tell("embeddings", min(report.Embedded, total), total)
	}
}

// missing returns the next passages without an embedding by the current model.
func (ix *Index) missing(ctx context.Context, school, course string, after uuid.UUID) (ids []uuid.UUID, texts []string, err error) {
	err = ix.in(ctx, school, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `
			select p.id, p.lesson || '. ' || p.heading || '. ' || p.body
			from passages p
			where p.school_id = @school and p.course_id = @course and p.id > @after and not exists (
				select from embeddings e
				where e.school_id = p.school_id and e.course_id = p.course_id and e.passage_id = p.id and e.model = @model)
			order by p.id limit @limit`,
			pgx.StrictNamedArgs{"school": school, "course": course, "after": after, "model": ix.embedder.Name(), "limit": embedBatch})
		var id uuid.UUID
		var text string
		_, err := pgx.ForEachRow(rows, []any{&id, &text}, func() error {
			ids, texts = append(ids, id), append(texts, text)
			return nil
		})
		return err
	})
	return ids, texts, err
}

// Complete posts the words of passages that an earlier version stored without,
// and returns how many there were. A server calls it once before it searches.
func (ix *Index) Complete(ctx context.Context) (int, error) {
	type course struct {
		School, Course string
		Waiting        int
	}
	var waiting []course
	err := ix.in(ctx, everySchool, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `select school_id::text, course_id, count(*) from passages where number is null group by 1, 2`)
		var err error
		waiting, err = pgx.CollectRows(rows, pgx.RowToStructByPos[course])
		return err
	})
	total := 0
	for _, c := range waiting {
		if err == nil {
			err = ix.post(ctx, c.School, c.Course, removal{})
			total += c.Waiting
		}
	}
	if err != nil {
		return total, fault(err, "the words of the passages could not be stored")
	}
	return total, nil
}
