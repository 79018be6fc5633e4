package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

const saveRubricVersion = `
	insert into rubric_versions (school_id, rubric_id, version, structure, course_id, title, content, by)
	values (@school, @id, @version, @structure, @course, @title, @content, @by)
	on conflict do nothing`

// saveRubricNow makes the folder's version current when the folder has changed
// since it was read last: what a teacher saved on a page in between holds until
// then.
const saveRubricNow = `
	insert into rubrics as r (school_id, id, version, course_id, authored)
	values (@school, @id, @version, @course, @version)
	on conflict (school_id, id) do update set
		version = case when r.authored = excluded.authored then r.version else excluded.version end,
		authored = excluded.authored, retired = false
	where (r.authored, r.retired) is distinct from (excluded.authored, false)
	returning xmax = 0`

const retireRubrics = `
	update rubrics set retired = true
	where school_id = @school and course_id = @course and authored <> '' and not retired and not id = any (@ids)
	returning id`

// saveRubrics makes the rubrics of a course's folder known.
func saveRubrics(ctx context.Context, tx pgx.Tx, school string, c tutor.Course) (Changes, error) {
	var changes Changes
	ids := make([]string, 0, len(c.Rubrics))
	for _, r := range c.Rubrics {
		r = r.Hashed()
		ids = append(ids, r.ID)
		args := pgx.StrictNamedArgs{"school": school, "id": r.ID, "version": r.Version, "course": c.ID}
		if _, err := tx.Exec(ctx, saveRubricVersion, with(args, pgx.StrictNamedArgs{"structure": r.Structure, "title": r.Title, "content": r, "by": nil})); err != nil {
			return changes, err
		}
		rows, err := tx.Query(ctx, saveRubricNow, args)
		if err != nil {
			return changes, err
		}
		added, err := pgx.CollectRows(rows, pgx.RowTo[bool])
		if err != nil {
			return changes, err
		}
		switch {
		case len(added) == 0:
			changes.Unchanged++
		case added[0]:
			changes.Added = append(changes.Added, r.ID)
		default:
			changes.Changed = append(changes.Changed, r.ID)
		}
	}
	rows, err := tx.Query(ctx, retireRubrics, pgx.StrictNamedArgs{"school": school, "course": c.ID, "ids": ids})
	if err != nil {
		return changes, err
	}
	changes.Retired, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return changes, err
}
