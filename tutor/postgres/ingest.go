package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// Changes is what saving a course did to one kind of thing. Ids are sorted.
type Changes struct {
	Added     []string
	Changed   []string // also what had been retired and is back
	Retired   []string
	Unchanged int
}

// SaveReport is what SaveCourse did.
type SaveReport struct {
	Skills     Changes
	Lessons    Changes
	Activities Changes
	Rubrics    Changes
}

// ingestChunk is how many activities go to the database at once.
const ingestChunk = 200

// SaveCourse makes c the current state of that course in one transaction. The
// same course again changes nothing. Skills, lessons and activities that are
// not in c any more are retired: offered no more, readable for ever; a session
// keeps the version it began with.
func (s *Store) SaveCourse(ctx context.Context, schoolID string, c tutor.Course) (SaveReport, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return SaveReport{}, err
	}
	if err := checkCourse(c); err != nil {
		return SaveReport{}, err
	}
	var report SaveReport
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		// The row of the course is locked from here on: two ingests take turns.
		if _, err := tx.Exec(ctx, saveCourse, pgx.StrictNamedArgs{"school": schoolID, "id": c.ID, "version": c.Version, "title": c.Title,
			"summary": c.Summary, "language": c.Language, "license": c.License, "source": c.Source}); err != nil {
			return err
		}
		if report.Skills, err = saveSkills(ctx, tx, schoolID, c); err != nil {
			return err
		}
		if report.Lessons, err = saveLessons(ctx, tx, schoolID, c); err != nil {
			return err
		}
		if report.Rubrics, err = saveRubrics(ctx, tx, schoolID, c); err != nil {
			return err
		}
		report.Activities, err = saveActivities(ctx, tx, schoolID, c)
		return err
	})
	if sqlState(err) == stateForeignKeyViolation {
		return SaveReport{}, notFound("school")
	}
	return report, wrap(err, "save a course")
}

// checkCourse refuses what would reach into another course: the parser knows
// every other rule.
func checkCourse(c tutor.Course) error {
	if err := checkName("the id of a course", c.ID); err != nil {
		return err
	}
	known := make(map[string]bool, len(c.Skills))
	for _, k := range c.Skills {
		if !strings.HasPrefix(k.ID, c.ID+".") {
			return tutor.Errorf(tutor.CodeInvalid, "skill %q must be named %s.<slug>", k.ID, c.ID)
		}
		known[k.ID] = true
	}
	for _, k := range c.Skills {
		for _, p := range k.Prerequisites {
			if !known[p] {
				return tutor.Errorf(tutor.CodeInvalid, "skill %q needs %q, which the course does not have", k.ID, p)
			}
		}
	}
	for _, a := range c.Activities {
		if !strings.HasPrefix(a.ID, c.ID+".") {
			return tutor.Errorf(tutor.CodeInvalid, "activity %q must be named %s.<slug>", a.ID, c.ID)
		}
		if a.Version == "" {
			return tutor.Errorf(tutor.CodeInvalid, "activity %q has no version; it is the hash of its content", a.ID)
		}
		if a.Kind == tutor.ActivityEssay && a.Essay == nil {
			return tutor.Errorf(tutor.CodeInvalid, "activity %q is an essay without a task", a.ID)
		}
		for _, k := range activitySkills(a) {
			if !known[k] {
				return tutor.Errorf(tutor.CodeInvalid, "activity %q names skill %q, which the course does not have", a.ID, k)
			}
		}
	}
	for _, r := range c.Rubrics {
		if !strings.HasPrefix(r.ID, c.ID+".") {
			return tutor.Errorf(tutor.CodeInvalid, "rubric %q must be named %s.<slug>", r.ID, c.ID)
		}
		if err := r.Validate(); err != nil {
			return tutor.Errorf(tutor.CodeInvalid, "rubric %q: %s", r.ID, tutor.ErrorMessage(err))
		}
	}
	return nil
}

const saveCourse = `
	insert into courses (school_id, id, version, title, summary, language, license, source)
	values (@school, @id, @version, @title, @summary, @language, @license, @source)
	on conflict (school_id, id) do update set
		version = excluded.version, title = excluded.title, summary = excluded.summary, language = excluded.language,
		license = excluded.license, source = excluded.source,
		updated_at = case when courses.version = excluded.version then courses.updated_at else now() end`

const saveSkillRows = `
	insert into skills as k (school_id, id, course_id, title, description, position)
	select @school, r.id, @course, r.title, r.description, r.position
	from json_to_recordset(@rows) as r(id text, title text, description text, position integer)
	on conflict (school_id, id) do update set
		title = excluded.title, description = excluded.description, position = excluded.position, retired = false
	where (k.title, k.description, k.position, k.retired)
	   is distinct from (excluded.title, excluded.description, excluded.position, false)
	returning id, xmax = 0`

const savePrerequisites = `
	with wanted as (
		select r.skill, r.prerequisite from json_to_recordset(@rows) as r(skill text, prerequisite text)),
	gone as (
		delete from skill_prerequisites p using skills k
		where p.school_id = @school and k.school_id = @school and k.id = p.skill_id and k.course_id = @course
		  and not exists (select from wanted w where w.skill = p.skill_id and w.prerequisite = p.prerequisite_id))
	insert into skill_prerequisites (school_id, skill_id, prerequisite_id)
	select @school, w.skill, w.prerequisite from wanted w on conflict do nothing`

func saveSkills(ctx context.Context, tx pgx.Tx, school string, c tutor.Course) (Changes, error) {
	type edge struct {
		Skill        string `json:"skill"`
		Prerequisite string `json:"prerequisite"`
	}
	rows, edges, ids := []map[string]any{}, []edge{}, []string{}
	for _, k := range c.Skills {
		rows = append(rows, map[string]any{"id": k.ID, "title": k.Title, "description": k.Description, "position": k.Order})
		ids = append(ids, k.ID)
		for _, p := range k.Prerequisites {
			edges = append(edges, edge{k.ID, p})
		}
	}
	changes, err := upsert(ctx, tx, saveSkillRows, pgx.StrictNamedArgs{"school": school, "course": c.ID, "rows": rows})
	if err != nil {
		return Changes{}, err
	}
	if _, err := tx.Exec(ctx, savePrerequisites, pgx.StrictNamedArgs{"school": school, "course": c.ID, "rows": edges}); err != nil {
		return Changes{}, err
	}
	return finish(ctx, tx, changes, ids, `
		update skills set retired = true
		where school_id = @school and course_id = @course and not retired and id <> all(@ids) returning id`, school, c.ID)
}

const saveLessonRows = `
	insert into lessons as l (school_id, course_id, id, version, title, body, skills, position)
	select @school, @course, r.id, r.version, r.title, r.body, r.skills, r.position
	from json_to_recordset(@rows) as r(id text, version text, title text, body text, skills text[], position integer)
	on conflict (school_id, course_id, id) do update set
		version = excluded.version, title = excluded.title, body = excluded.body, skills = excluded.skills,
		position = excluded.position, retired = false
	where (l.version, l.retired) is distinct from (excluded.version, false)
	returning id, xmax = 0`

func saveLessons(ctx context.Context, tx pgx.Tx, school string, c tutor.Course) (Changes, error) {
	rows, ids := []map[string]any{}, []string{}
	for _, l := range c.Lessons {
		raw, err := json.Marshal(l)
		if err != nil {
			return Changes{}, err
		}
		hash := sha256.Sum256(raw)
		rows = append(rows, map[string]any{"id": l.ID, "version": hex.EncodeToString(hash[:]), "title": l.Title, "body": l.Body,
			"skills": orEmpty(l.Skills), "position": l.Order})
		ids = append(ids, l.ID)
	}
	changes, err := upsert(ctx, tx, saveLessonRows, pgx.StrictNamedArgs{"school": school, "course": c.ID, "rows": rows})
	if err != nil {
		return Changes{}, err
	}
	return finish(ctx, tx, changes, ids, `
		update lessons set retired = true
		where school_id = @school and course_id = @course and not retired and id <> all(@ids) returning id`, school, c.ID)
}

const saveVersions = `
	insert into activity_versions (school_id, activity_id, version, course_id, kind, title, skills, difficulty, lesson_id, content)
	select @school, r.id, r.version, @course, r.kind, r.title, r.skills, r.difficulty, r.lesson, r.content
	from json_to_recordset(@rows) as r(id text, version text, kind text, title text, skills text[],
		difficulty double precision, lesson text, content jsonb)
	on conflict do nothing`

const saveActivityRows = `
	insert into activities as a (school_id, id, version, course_id, position)
	select @school, r.id, r.version, @course, r.position
	from json_to_recordset(@rows) as r(id text, version text, position integer)
	on conflict (school_id, id) do update set version = excluded.version, position = excluded.position, retired = false
	where (a.version, a.position, a.retired) is distinct from (excluded.version, excluded.position, false)
	returning id, xmax = 0`

func saveActivities(ctx context.Context, tx pgx.Tx, school string, c tutor.Course) (Changes, error) {
	var changes Changes
	ids := []string{}
	for chunk := range slices.Chunk(c.Activities, ingestChunk) {
		rows := []map[string]any{} // both statements take the columns they name
		for _, a := range chunk {
			rows = append(rows, map[string]any{"id": a.ID, "version": a.Version, "kind": a.Kind, "title": a.Title,
				"skills": orEmpty(activitySkills(a)), "difficulty": a.Difficulty, "lesson": a.LessonID, "content": a, "position": a.Order})
			ids = append(ids, a.ID)
		}
		args := pgx.StrictNamedArgs{"school": school, "course": c.ID, "rows": rows}
		if _, err := tx.Exec(ctx, saveVersions, args); err != nil {
			return Changes{}, err
		}
		part, err := upsert(ctx, tx, saveActivityRows, args)
		if err != nil {
			return Changes{}, err
		}
		changes.Added = append(changes.Added, part.Added...)
		changes.Changed = append(changes.Changed, part.Changed...)
	}
	return finish(ctx, tx, changes, ids, `
		update activities set retired = true
		where school_id = @school and course_id = @course and not retired and id <> all(@ids) returning id`, school, c.ID)
}

// upsert runs a statement that returns (id, added) for each row it wrote.
func upsert(ctx context.Context, tx pgx.Tx, sql string, args pgx.StrictNamedArgs) (Changes, error) {
	var changes Changes
	rows, err := tx.Query(ctx, sql, args)
	if err != nil {
		return Changes{}, err
	}
	var id string
	var added bool
	_, err = pgx.ForEachRow(rows, []any{&id, &added}, func() error {
		if added {
			changes.Added = append(changes.Added, id)
		} else {
			changes.Changed = append(changes.Changed, id)
		}
		return nil
	})
	return changes, err
}

// finish retires what is not among ids and completes the counts.
func finish(ctx context.Context, tx pgx.Tx, changes Changes, ids []string, retire, school, course string) (Changes, error) {
	rows, err := tx.Query(ctx, retire, pgx.StrictNamedArgs{"school": school, "course": course, "ids": ids})
	if err != nil {
		return Changes{}, err
	}
	changes.Retired, err = pgx.CollectRows(rows, pgx.RowTo[string])
	slices.Sort(changes.Added)
	slices.Sort(changes.Changed)
	slices.Sort(changes.Retired)
	changes.Unchanged = len(ids) - len(changes.Added) - len(changes.Changed)
	return changes, err
}

// orEmpty makes of nil an empty list, which JSON writes as [] and not as null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
