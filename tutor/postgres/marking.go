package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// maxSample is how many drafts a teacher is asked to mark at once.
const maxSample = 50

// drawSample takes drafts at random that were scored and that the marker has not
// been asked for.
const drawSample = `
	insert into marking_samples (school_id, id, activity_id, draft_id, marker, by)
	select @school, gen_random_uuid(), d.activity_id, d.id, @marker, @viewer
	from (select d.activity_id, d.id from drafts d
	      where d.school_id = @school and d.activity_id = @activity and d.learner_id <> @marker
	        and d.learner_id in (select learner_id from visible_learners(@school, @viewer))
	        and exists (select from feedback f where f.school_id = d.school_id and f.draft_id = d.id and f.refusal = '')
	        and not exists (select from marking_samples s where s.school_id = d.school_id and s.draft_id = d.id and s.marker = @marker)
	      order by random() limit @n) d
	returning id`

// DrawSample asks a teacher of the school, by e-mail address, to mark drafts of a
// task blind: drafts of the viewer's learners, at random. It returns how many.
func (s *Store) DrawSample(ctx context.Context, viewer tutor.Account, activityID, marker string, n int) (int, error) {
	sc, err := staffScope(viewer)
	if err != nil {
		return 0, err
	}
	if n < 1 || n > maxSample {
		return 0, tutor.Errorf(tutor.CodeInvalid, "a sample has 1 to %d drafts", maxSample)
	}
	if err := checkText("the address", marker); err != nil {
		return 0, err
	}
	drawn := 0
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		var id string
		row := tx.QueryRow(ctx, `select id::text from accounts where school_id = @school and email = lower(@email) and role in ('teacher', 'admin')`,
			pgx.StrictNamedArgs{"school": viewer.SchoolID, "email": marker})
		if err := row.Scan(&id); err != nil {
			return missing(err, "teacher", "find a teacher")
		}
		rows, err := tx.Query(ctx, drawSample, pgx.StrictNamedArgs{"school": viewer.SchoolID, "activity": activityID, "marker": id, "viewer": viewer.ID, "n": n})
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		drawn = len(ids)
		for _, sample := range ids {
			if err := audit(ctx, tx, viewer, "marking.ask", sample, map[string]string{"marker": id}); err != nil {
				return err
			}
		}
		return nil
	})
	return drawn, wrap(err, "draw a sample")
}

const sampleColumns = `
	s.id::text, s.activity_id, v.title, s.draft_id::text,
	exists (select from markings k where k.school_id = s.school_id and k.sample_id = s.id), s.at`

const sampleFrom = `
	from marking_samples s
	join activities a on a.school_id = s.school_id and a.id = s.activity_id
	join activity_versions v on v.school_id = a.school_id and v.activity_id = a.id and v.version = a.version`

func scanSample(row pgx.CollectableRow) (tutor.MarkingSample, error) {
	var m tutor.MarkingSample
	err := row.Scan(&m.ID, &m.ActivityID, &m.Activity, &m.DraftID, &m.Marked, &m.At)
	return m, err
}

// Samples returns the drafts that the viewer was asked to mark, unmarked first.
func (s *Store) Samples(ctx context.Context, viewer tutor.Account) ([]tutor.MarkingSample, error) {
	sc, err := staffScope(viewer)
	if err != nil {
		return nil, err
	}
	samples, err := all(ctx, s, sc, `select `+sampleColumns+sampleFrom+`
		where s.school_id = @school and s.marker = @viewer order by 5, s.at desc limit 500`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID}, scanSample)
	return samples, wrap(err, "read the samples")
}

// Sample returns a draft to mark, with its rubric and without its writer's name or
// anybody's marks. It is there for the marker alone.
func (s *Store) Sample(ctx context.Context, viewer tutor.Account, id string) (tutor.MarkingSample, error) {
	sc, err := staffScope(viewer)
	if err != nil {
		return tutor.MarkingSample{}, err
	}
	if !isUUID(id) {
		return tutor.MarkingSample{}, notFound("sample")
	}
	m, err := one(ctx, s, sc, `select `+sampleColumns+`, d.text, r.content, r.version, r.structure, r.course_id`+sampleFrom+`
		join drafts d on d.school_id = s.school_id and d.id = s.draft_id
		join rubric_versions r on r.school_id = d.school_id and r.rubric_id = d.rubric_id and r.version = d.rubric_version
		where s.school_id = @school and s.id = @id and s.marker = @viewer`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "id": id, "viewer": viewer.ID},
		func(row pgx.CollectableRow) (tutor.MarkingSample, error) {
			var m tutor.MarkingSample
			var content []byte
			r := &m.Rubric
			var version, structure, course string
			if err := row.Scan(&m.ID, &m.ActivityID, &m.Activity, &m.DraftID, &m.Marked, &m.At, &m.Text, &content, &version, &structure, &course); err != nil {
				return m, err
			}
			err := json.Unmarshal(content, r)
			r.Version, r.Structure, r.CourseID = version, structure, course
			return m, err
		})
	return m, missing(err, "sample", "read a sample")
}

// Mark keeps the levels that a marker gives, one for each criterion. A draft is
// marked once: a second time is a CodeConflict.
func (s *Store) Mark(ctx context.Context, viewer tutor.Account, sampleID string, levels map[string]string) error {
	sample, err := s.Sample(ctx, viewer, sampleID)
	if err != nil {
		return err
	}
	if sample.Marked {
		return tutor.Errorf(tutor.CodeConflict, "you have marked this draft already; a blind marking is not changed")
	}
	err = s.tx(ctx, scope(viewer.SchoolID), func(tx pgx.Tx) error {
		for _, c := range sample.Rubric.Criteria {
			value, ok := c.Scale().Value(levels[c.ID])
			if !ok {
				return tutor.Errorf(tutor.CodeInvalid, "choose a level for %q", c.Title)
			}
			if _, err := tx.Exec(ctx, `
				insert into markings (school_id, sample_id, criterion_id, rubric_version, level, value)
				values (@school, @sample, @criterion, @version, @level, @value)`,
				pgx.StrictNamedArgs{"school": viewer.SchoolID, "sample": sample.ID, "criterion": c.ID, "version": sample.Rubric.Version,
					"level": levels[c.ID], "value": value}); err != nil {
				return err
			}
		}
		return audit(ctx, tx, viewer, "marking.mark", sample.ID, nil)
	})
	if sqlState(err) == stateUniqueViolation {
		return tutor.Errorf(tutor.CodeConflict, "you have marked this draft already; a blind marking is not changed")
	}
	return wrap(err, "mark a draft")
}
