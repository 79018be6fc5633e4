package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

const rubricsOfCourse = `
	select ` + rubricColumns + `, c.authored <> '', c.retired,
		array(select v.content->>'Title' from activities a
			join activity_versions v on v.school_id = a.school_id and v.activity_id = a.id and v.version = a.version
			where a.school_id = c.school_id and a.course_id = c.course_id and not a.retired and v.content->'Essay'->>'RubricID' = c.id order by 1),
		(select count(*) from drafts d where d.school_id = c.school_id and d.rubric_id = c.id)
	from rubrics c
	join rubric_versions r on r.school_id = c.school_id and r.rubric_id = c.id and r.version = c.version
	where c.school_id = @school and c.course_id in (select course_id from visible_courses(@school, @viewer))`

func scanRubricEntry(row pgx.CollectableRow) (tutor.RubricEntry, error) {
	var e tutor.RubricEntry
	var content []byte
	var version, structure, course string
	if err := row.Scan(&content, &version, &structure, &course, &e.Authored, &e.Retired, &e.Tasks, &e.Drafts); err != nil {
		return e, err
	}
	err := json.Unmarshal(content, &e.Rubric)
	e.Rubric.Version, e.Rubric.Structure, e.Rubric.CourseID = version, structure, course
	return e, err
}

// Rubrics returns the rubrics of a course that the viewer may see by title, those
// that have left the course's folder last.
func (s *Store) Rubrics(ctx context.Context, viewer tutor.Account, courseID string) ([]tutor.RubricEntry, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if checkText("", courseID) != nil {
		return nil, notFound("course")
	}
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "course": courseID}
	if _, err := one(ctx, s, sc, `select course_id from visible_courses(@school, @viewer) where course_id = @course`, args, pgx.RowTo[string]); err != nil {
		return nil, missing(err, "course", "find a course")
	}
	entries, err := all(ctx, s, sc, rubricsOfCourse+` and c.course_id = @course order by c.retired, r.title, c.id`, args, scanRubricEntry)
	return entries, wrap(err, "list rubrics")
}

// RubricEntry returns a rubric as it stands in the list.
func (s *Store) RubricEntry(ctx context.Context, viewer tutor.Account, id string) (tutor.RubricEntry, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.RubricEntry{}, err
	}
	if checkText("", id) != nil {
		return tutor.RubricEntry{}, notFound("rubric")
	}
	e, err := one(ctx, s, sc, rubricsOfCourse+` and c.id = @rubric`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "rubric": id}, scanRubricEntry)
	return e, missing(err, "rubric", "read a rubric")
}

const rubricHistory = `
	select ` + rubricColumns + `, coalesce(a.name, ''), r.created_at, r.version = c.version
	from rubrics c
	join rubric_versions r on r.school_id = c.school_id and r.rubric_id = c.id
	left join accounts a on a.school_id = r.school_id and a.id = r.by
	where c.school_id = @school and c.id = @rubric and c.course_id in (select course_id from visible_courses(@school, @viewer))`

func scanRubricVersion(row pgx.CollectableRow) (tutor.RubricVersion, error) {
	var v tutor.RubricVersion
	var content []byte
	var version, structure, course string
	if err := row.Scan(&content, &version, &structure, &course, &v.By, &v.At, &v.Current); err != nil {
		return v, err
	}
	err := json.Unmarshal(content, &v.Rubric)
	v.Rubric.Version, v.Rubric.Structure, v.Rubric.CourseID = version, structure, course
	return v, err
}

// Rubric returns a version of a rubric of a course that the viewer may see;
// version "" is the current one.
func (s *Store) Rubric(ctx context.Context, viewer tutor.Account, id, version string) (tutor.RubricVersion, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.RubricVersion{}, err
	}
	if checkText("", id) != nil || checkText("", version) != nil {
		return tutor.RubricVersion{}, notFound("rubric")
	}
	v, err := one(ctx, s, sc, rubricHistory+` and r.version = case when @version = '' then c.version else @version end`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "rubric": id, "version": version}, scanRubricVersion)
	return v, missing(err, "rubric", "read a rubric")
}

// RubricVersions returns the versions of a rubric, newest first. Only staff may
// read them.
func (s *Store) RubricVersions(ctx context.Context, viewer tutor.Account, id string) ([]tutor.RubricVersion, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if viewer.Role == tutor.RoleStudent {
		return nil, tutor.Errorf(tutor.CodeForbidden, "only teachers and administrators see how a rubric has changed")
	}
	if checkText("", id) != nil {
		return nil, notFound("rubric")
	}
	versions, err := all(ctx, s, sc, rubricHistory+` order by r.created_at desc, r.version`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "rubric": id}, scanRubricVersion)
	if err == nil && len(versions) == 0 {
		return nil, notFound("rubric")
	}
	return versions, wrap(err, "read a rubric's versions")
}

// mayEdit is whether the viewer teaches a class with a course, or administers
// the school.
const mayEdit = `
	select exists (
		select from accounts v where v.school_id = @school and v.id = @viewer and (v.role = 'admin' or v.role = 'teacher' and exists (
			select from class_teachers t join class_courses k on k.school_id = t.school_id and k.class_id = t.class_id
			where t.school_id = @school and t.teacher_id = @viewer and k.course_id = @course)))`

// editor checks that the viewer may change rubrics of a course. One that they do
// not see is not there.
func editor(ctx context.Context, tx pgx.Tx, viewer tutor.Account, course string) error {
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "course": course}
	sees, err := exists(ctx, tx, `select exists (select from visible_courses(@school, @viewer) where course_id = @course)`, args)
	if err != nil {
		return err
	}
	if !sees {
		return notFound("course")
	}
	may, err := exists(ctx, tx, mayEdit, args)
	if err == nil && (!may || viewer.Role == tutor.RoleStudent) {
		err = tutor.Errorf(tutor.CodeForbidden, "only administrators and teachers of a class with this course change its rubrics")
	}
	return err
}

// checkRubric refuses what cannot be stored. A skill must be one of the course, or
// one that the rubric was linked with before.
func checkRubric(ctx context.Context, tx pgx.Tx, school string, before, r tutor.Rubric) error {
	if err := r.Validate(); err != nil {
		return err
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return tutor.Errorf(tutor.CodeInvalid, "what is kept of other systems is not JSON")
	}
	if err := checkText("the rubric", jsonText(raw)); err != nil {
		return err
	}
	if len(raw) > maxRubricBytes {
		return tutor.Errorf(tutor.CodeInvalid, "the rubric has more than %d bytes with all that is kept of other systems", maxRubricBytes)
	}
	for _, c := range r.Criteria {
		was, _ := before.Criterion(c.ID)
		var unknown []string
		err := tx.QueryRow(ctx, `select coalesce(array_agg(x.id), '{}') from unnest(@skills::text[]) x(id)
			where not x.id = any (@before) and not exists (select from skills k where k.school_id = @school and k.id = x.id and k.course_id = @course)`,
			pgx.StrictNamedArgs{"school": school, "course": r.CourseID, "skills": append([]string{}, c.Skills...), "before": append([]string{}, was.Skills...)}).Scan(&unknown)
		if err != nil {
			return err
		}
		if len(unknown) > 0 {
			return tutor.Errorf(tutor.CodeInvalid, "criterion %q: the course has no skill %q", c.Title, unknown[0])
		}
	}
	return nil
}

// maxRubricBytes is what a rubric may weigh as JSON.
const maxRubricBytes = 4 << 20

// jsonText shows a NUL that JSON hides in an escape.
func jsonText(raw []byte) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return "\x00"
	}
	return fmt.Sprint(v)
}

// SaveRubric keeps a new version of a rubric and makes it the current one, with
// all that this means for drafts (see ApplyRubric). Base is the version that the
// editor began with; it is a CodeConflict when that is not the current one any
// more. With base "" the rubric is a new one of its course, and gets an id.
func (s *Store) SaveRubric(ctx context.Context, viewer tutor.Account, r tutor.Rubric, base string) (tutor.Rubric, error) {
	if base != "" {
		if _, err := s.ApplyRubric(ctx, viewer, r.ID, r, base); err != nil {
			return tutor.Rubric{}, err
		}
		now, err := s.Rubric(ctx, viewer, r.ID, "")
		return now.Rubric, err
	}
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.Rubric{}, err
	}
	if checkText("", r.CourseID) != nil {
		return tutor.Rubric{}, notFound("course")
	}
	r.ID = newUUID()
	r = r.Hashed()
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		if err := editor(ctx, tx, viewer, r.CourseID); err != nil {
			return err
		}
		if err := checkRubric(ctx, tx, viewer.SchoolID, tutor.Rubric{}, r); err != nil {
			return err
		}
		if err := insertRubricVersion(ctx, tx, viewer, r); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into rubrics (school_id, id, version, course_id) values (@school, @id, @version, @course)`,
			pgx.StrictNamedArgs{"school": viewer.SchoolID, "id": r.ID, "version": r.Version, "course": r.CourseID})
		if err != nil {
			return err
		}
		return audit(ctx, tx, viewer, "rubric.create", r.ID, map[string]string{"version": r.Version})
	})
	return r, wrap(err, "save a rubric")
}

func insertRubricVersion(ctx context.Context, tx pgx.Tx, viewer tutor.Account, r tutor.Rubric) error {
	_, err := tx.Exec(ctx, saveRubricVersion, pgx.StrictNamedArgs{"school": viewer.SchoolID, "id": r.ID, "version": r.Version,
		"structure": r.Structure, "course": r.CourseID, "title": r.Title, "content": r, "by": viewer.ID})
	return err
}
