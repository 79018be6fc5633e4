package retrieval

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"maieutic/tutor/llm"
)

// embedBatch is how many passages are embedded and written at a time: memory
// stays bounded however large a course is.
const embedBatch = 128

// embed writes the embeddings that are missing, a bounded batch in each
// transaction.
func (ix *Index) embed(ctx context.Context, school, course string, total int, report *Report) error {
	var after uuid.UUID // passages are taken in the order of their ids
	for {
		ids, texts, err := ix.missing(ctx, school, course, after)
		if err != nil || len(ids) == 0 {
			return err
		}
		vectors, err := ix.embedder.Embed(llm.For(ctx, llm.Party{SchoolID: school}), texts) // outside any transaction: it may take long
		if err != nil {
			return err
		}
		err = ix.store(ctx, school, course, ids, vectors)
		if err != nil {
			return err
		}
		after = ids[len(ids)-1]
		report.Embedded += len(ids)
		ix.tell("embeddings", min(report.Embedded, total), total)
	}
}

// store writes the embeddings of passages that are still there.
func (ix *Index) store(ctx context.Context, school, course string, ids []uuid.UUID, vectors [][]float32) error {
	texts := make([]string, len(vectors))
	for i, v := range vectors {
		texts[i] = pgvector.NewVector(v).String()
	}
	return ix.in(ctx, school, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into embeddings (school_id, course_id, model, passage_id, vector)
			select p.school_id, p.course_id, @model, p.id, n.vector::halfvec
			from unnest(@ids::uuid[], @vectors::text[]) n(id, vector) cross join lateral (
				select p.school_id, p.course_id, p.id from passages p
				where p.school_id = @school and p.course_id = @course and p.id = n.id offset 0) p
			on conflict do nothing`,
			pgx.StrictNamedArgs{"school": school, "course": course, "model": ix.embedder.Name(), "ids": ids, "vectors": texts})
		return err
	})
}

// missing returns the next passages without an embedding by the current model.
func (ix *Index) missing(ctx context.Context, school, course string, after uuid.UUID) (ids []uuid.UUID, texts []string, err error) {
	err = ix.in(ctx, school, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `
			select p.id, p.lesson || '. ' || p.heading || '. ' || p.body
			from passages p left join lateral (
				select true as there from embeddings e
				where e.school_id = @school and e.course_id = @course and e.passage_id = p.id and e.model = @model offset 0) e on true
			where p.school_id = @school and p.course_id = @course and p.id > @after and e.there is null
			order by p.school_id, p.course_id, p.id limit @limit`,
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
