package postgres

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// FeedbackWork returns all that the feedback of a job needs. Done is true when it
// was written before: there is nothing left to do.
func (s *Store) FeedbackWork(ctx context.Context, job tutor.FeedbackJob) (work tutor.FeedbackWork, done bool, err error) {
	sc, err := schoolScope(job.SchoolID)
	if err != nil {
		return tutor.FeedbackWork{}, false, err
	}
	if !isUUID(job.DraftID) {
		return tutor.FeedbackWork{}, false, notFound("draft")
	}
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		var err error
		if done, err = exists(ctx, tx, `select exists (select from feedback
			where school_id = @school and draft_id = @draft and rubric_version = @version)`, jobArgs(job)); err != nil || done {
			return err
		}
		work, err = readWork(ctx, tx, job)
		return err
	})
	return work, done, wrap(err, "read a draft")
}

func exists(ctx context.Context, tx pgx.Tx, sql string, args pgx.StrictNamedArgs) (bool, error) {
	var found bool
	err := tx.QueryRow(ctx, sql, args).Scan(&found)
	return found, err
}

// readWork reads what a job needs, in one transaction so that it fits together.
func readWork(ctx context.Context, tx pgx.Tx, job tutor.FeedbackJob) (tutor.FeedbackWork, error) {
	var w tutor.FeedbackWork
	rows, err := tx.Query(ctx, draftByID, pgx.StrictNamedArgs{"school": job.SchoolID, "draft": job.DraftID})
	if err != nil {
		return w, err
	}
	if w.Draft, err = pgx.CollectExactlyOneRow(rows, scanDraft); err != nil {
		return w, missing(err, "draft", "find a draft")
	}
	learner := tutor.Account{ID: w.Draft.LearnerID, SchoolID: job.SchoolID}
	essay, err := readEssay(ctx, tx, learner, w.Draft.SessionID)
	if err != nil {
		return w, err
	}
	w.Session, w.Activity = essay.Session, essay.Activity
	for i, d := range essay.Drafts {
		if d.Draft.Number < w.Draft.Number && d.Feedback != nil {
			w.Earlier = &essay.Drafts[i]
		}
	}
	if w.Rubric, err = readRubric(ctx, tx, job.SchoolID, w.Draft.RubricID, job.RubricVersion); err != nil {
		return w, err
	}
	if w.Activity.Essay != nil {
		if w.Sources, err = readLessons(ctx, tx, job.SchoolID, w.Activity.CourseID, w.Activity.Essay.Sources); err != nil {
			return w, err
		}
	}
	if w.Scorers, err = readScorers(ctx, tx, job.SchoolID, w.Activity.ID, w.Rubric.Structure); err != nil {
		return w, err
	}
	if w.Corrections, err = readCorrections(ctx, tx, job.SchoolID, w.Activity.ID, w.Rubric.Structure); err != nil {
		return w, err
	}
	w.Teaching, err = readTeaching(ctx, tx, essay.Session)
	return w, err
}

func readRubric(ctx context.Context, tx pgx.Tx, school, id, version string) (tutor.Rubric, error) {
	rows, err := tx.Query(ctx, `select `+rubricColumns+` from rubric_versions r
		where r.school_id = @school and r.rubric_id = @rubric and r.version = @version`,
		pgx.StrictNamedArgs{"school": school, "rubric": id, "version": version})
	if err != nil {
		return tutor.Rubric{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRubric)
	return r, missing(err, "rubric", "read a rubric")
}

const rubricColumns = `r.content, r.version, r.structure, r.course_id`

func scanRubric(row pgx.CollectableRow) (tutor.Rubric, error) {
	var r tutor.Rubric
	var content []byte
	var version, structure, course string
	if err := row.Scan(&content, &version, &structure, &course); err != nil {
		return r, err
	}
	err := json.Unmarshal(content, &r)
	r.Version, r.Structure, r.CourseID = version, structure, course
	return r, err
}

// readLessons returns lessons of a course in the order of ids; ones that are not
// there are left out.
func readLessons(ctx context.Context, tx pgx.Tx, school, course string, ids []string) ([]tutor.Lesson, error) {
	rows, err := tx.Query(ctx, `
		select l.id, l.course_id, l.title, l.body, l.skills from lessons l
		where l.school_id = @school and l.course_id = @course and l.id = any (@ids)
		order by array_position(@ids, l.id)`, pgx.StrictNamedArgs{"school": school, "course": course, "ids": ids})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (tutor.Lesson, error) {
		var l tutor.Lesson
		err := row.Scan(&l.ID, &l.CourseID, &l.Title, &l.Body, &l.Skills)
		return l, err
	})
}

// readScorers returns the newest scorer of each criterion of a task that fits the
// structure of the rubric.
func readScorers(ctx context.Context, tx pgx.Tx, school, activity, structure string) ([]tutor.EssayScorer, error) {
	rows, err := tx.Query(ctx, `
		select distinct on (c.criterion_id) c.id::text, c.activity_id, c.criterion_id, c.structure, c.model, c.essays, c.qwk, c.low, c.high, c.at
		from essay_scorers c
		where c.school_id = @school and c.activity_id = @activity and c.structure = @structure
		order by c.criterion_id, c.at desc`, pgx.StrictNamedArgs{"school": school, "activity": activity, "structure": structure})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[tutor.EssayScorer])
}

const correctionColumns = `
	k.id::text, k.activity_id, k.criterion_id, k.structure, k.slope, k.shift, k.overrides, k.before, k.after, a.name, k.at`

// readCorrections returns the corrections that hold, by criterion.
func readCorrections(ctx context.Context, tx pgx.Tx, school, activity, structure string) (map[string]tutor.Correction, error) {
	rows, err := tx.Query(ctx, `select `+correctionColumns+`
		from corrections k join accounts a on a.school_id = k.school_id and a.id = k.by
		where k.school_id = @school and k.activity_id = @activity and k.structure = @structure and k.withdrawn_at is null`,
		pgx.StrictNamedArgs{"school": school, "activity": activity, "structure": structure})
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[tutor.Correction])
	byCriterion := make(map[string]tutor.Correction, len(found))
	for _, c := range found {
		byCriterion[c.CriterionID] = c
	}
	return byCriterion, err
}

func readTeaching(ctx context.Context, tx pgx.Tx, s tutor.Session) (tutor.Teaching, error) {
	var t tutor.Teaching
	err := tx.QueryRow(ctx, `
		select c.reading_level, k.instructions
		from enrolments e
		join class_courses k on k.school_id = e.school_id and k.class_id = e.class_id and k.course_id = @course
		join classes c on c.school_id = e.school_id and c.id = e.class_id
		where e.school_id = @school and e.learner_id = @learner and (c.reading_level <> '' or k.instructions <> '')
		order by c.name limit 1`,
		pgx.StrictNamedArgs{"school": s.SchoolID, "course": s.CourseID, "learner": s.LearnerID}).Scan(&t.ReadingLevel, &t.Instructions)
	if errors.Is(err, pgx.ErrNoRows) {
		return tutor.Teaching{}, nil
	}
	return t, err
}
