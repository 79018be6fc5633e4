package retrieval

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// writeBatch is how many passages are written at a time.
const writeBatch = 500

// Report says what a load did, in passages.
type Report struct {
	Added, Kept, Removed, Embedded int
}

// Put makes the index hold exactly the passages of a course's lessons. See Load.
func (ix *Index) Put(ctx context.Context, schoolID string, course tutor.Course) (Report, error) {
	return ix.Load(ctx, schoolID, course.ID, course.Language, func(yield func(tutor.Passage, error) bool) {
		for _, lesson := range course.Lessons {
			for _, p := range Chunk(lesson) {
				if !yield(p, nil) {
					return
				}
			}
		}
	})
}

// Load makes the index hold exactly these passages of a course, whose language
// is in BCP 47, with an embedding by the current model for each. It is
// idempotent: what is there already is neither written nor embedded again, and a
// load that was interrupted goes on where it stopped. Memory stays bounded: of
// all passages together it holds sixteen bytes each, of their words those of one
// segment. An error of the sequence leaves the course as it was, but for passages
// that nobody finds yet; after that passages come and go a segment at a time.
func (ix *Index) Load(ctx context.Context, schoolID, courseID, language string, passages iter.Seq2[tutor.Passage, error]) (Report, error) {
	var report Report
	ids, err := ix.write(ctx, schoolID, courseID, language, passages, &report)
	if err != nil {
		return report, fault(err, "the passages could not be stored; ingest them again to go on")
	}
	if err := ix.analyze(ctx, report.Added, "passages"); err != nil {
		return report, fault(err, "the passages could not be counted")
	}
	gone, err := ix.gone(ctx, schoolID, courseID, ids)
	if err != nil {
		return report, fault(err, "the passages could not be compared")
	}
	report.Removed = gone.total
	if err := ix.post(ctx, schoolID, courseID, gone); err != nil {
		return report, fault(err, "the words of the passages could not be stored; ingest them again to go on")
	}
	if err := ix.embed(ctx, schoolID, courseID, len(ids), &report); err != nil {
		return report, fault(err, "the passages could not be embedded; ingest them again to go on")
	}
	err = ix.indexVectors(ctx, schoolID)
	if err == nil {
		err = ix.analyze(ctx, report.Added+report.Removed+report.Embedded, "passage_segments, passage_terms, embeddings")
	}
	if err != nil {
		return report, fault(err, "the index of embeddings could not be made; ingest again to go on")
	}
	return report, nil
}

// passageID is the same for the same words at the same place.
func passageID(p tutor.Passage, language string) uuid.UUID {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s\x00%d\x00%d\x00%s\x00%s",
		p.CourseID, p.LessonID, p.Lesson, p.Heading, p.Anchor, p.Start, p.End, language, p.Text))
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(hex.EncodeToString(sum[:])))
}

// write inserts what is missing and returns the ids of all passages, sorted,
// each once.
func (ix *Index) write(ctx context.Context, school, course, language string, passages iter.Seq2[tutor.Passage, error], report *Report) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	var batch []tutor.Passage
	flush := func() error {
		added, err := ix.insert(ctx, school, course, language, batch)
		report.Added += added
		batch = batch[:0]
		return err
	}
	for p, err := range passages {
		if err != nil {
			return nil, err
		}
		p.CourseID = course
		ids, batch = append(ids, passageID(p, language)), append(batch, p)
		if len(batch) == writeBatch {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	slices.SortFunc(ids, compareIDs)
	ids = slices.Compact(ids)
	report.Kept = len(ids) - report.Added
	return ids, nil
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

func (ix *Index) insert(ctx context.Context, school, course, language string, batch []tutor.Passage) (added int, err error) {
	if len(batch) == 0 {
		return 0, nil
	}
	n := len(batch)
	ids, texts := make([]uuid.UUID, n), make([][]string, 5)
	starts, ends := make([]int, n), make([]int, n)
	for i, p := range batch {
		ids[i], starts[i], ends[i] = passageID(p, language), p.Start, p.End
		for k, s := range []string{p.LessonID, p.Lesson, p.Heading, p.Anchor, p.Text} {
			texts[k] = append(texts[k], s)
		}
	}
	err = ix.in(ctx, school, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			insert into passages (school_id, course_id, id, lesson_id, lesson, heading, anchor, start_at, end_at, body, language)
			select @school, @course, p.*, @language
			from unnest(@ids::uuid[], @lesson_ids::text[], @lessons::text[], @headings::text[], @anchors::text[],
			            @starts::int[], @ends::int[], @bodies::text[]) p
			on conflict do nothing`,
			pgx.StrictNamedArgs{
				"school": school, "course": course, "language": language, "ids": ids, "lesson_ids": texts[0], "lessons": texts[1],
				"headings": texts[2], "anchors": texts[3], "starts": starts, "ends": ends, "bodies": texts[4],
			})
		added = int(tag.RowsAffected())
		return err
	})
	return added, err
}

// removal is what a course no longer has.
type removal struct {
	total    int
	segments map[int][]uuid.UUID
	unposted []uuid.UUID // of loads that were interrupted
}

// gone returns the passages of a course that are not among ids, which are sorted.
func (ix *Index) gone(ctx context.Context, school, course string, ids []uuid.UUID) (removal, error) {
	out := removal{segments: map[int][]uuid.UUID{}}
	err := ix.in(ctx, school, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `select id, number from passages where school_id = @school and course_id = @course`,
			pgx.StrictNamedArgs{"school": school, "course": course})
		var id uuid.UUID
		var number *int
		_, err := pgx.ForEachRow(rows, []any{&id, &number}, func() error {
			if _, kept := slices.BinarySearchFunc(ids, id, compareIDs); kept {
				return nil
			}
			out.total++
			if number == nil {
				out.unposted = append(out.unposted, id)
			} else {
				segment := *number / ix.segmentSize
				out.segments[segment] = append(out.segments[segment], id)
			}
			return nil
		})
		return err
	})
	return out, err
}
