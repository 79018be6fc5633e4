package postgres

import (
	"context"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// EssaySession returns the learner's latest session on an essay task, "" when
// there is none yet. All drafts of a task belong to one session.
func (s *Store) EssaySession(ctx context.Context, schoolID, learnerID, activityID string) (string, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return "", err
	}
	if !isUUID(learnerID) {
		return "", notFound("learner")
	}
	ids, err := all(ctx, s, sc, `
		select s.id::text from sessions s
		where s.school_id = @school and s.learner_id = @learner and s.activity_id = @activity
		order by s.started_at desc, s.id limit 1`,
		pgx.StrictNamedArgs{"school": schoolID, "learner": learnerID, "activity": activityID}, pgx.RowTo[string])
	if err != nil || len(ids) == 0 {
		return "", wrap(err, "find an essay")
	}
	return ids[0], nil
}

const draftColumns = `
	d.id, d.school_id, d.session_id, d.learner_id, d.activity_id, d.number, d.text, d.words, d.rubric_id, d.rubric_version, d.at`

func scanDraft(row pgx.CollectableRow) (tutor.Draft, error) {
	var d tutor.Draft
	err := row.Scan(&d.ID, &d.SchoolID, &d.SessionID, &d.LearnerID, &d.ActivityID, &d.Number, &d.Text, &d.Words, &d.RubricID, &d.RubricVersion, &d.At)
	return d, err
}

const draftByID = `select ` + draftColumns + ` from drafts d where d.school_id = @school and d.id = @draft`

// HandIn commits a draft as a turn of its session together with the job that
// writes the feedback, and returns it as stored. ID, SchoolID, SessionID,
// LearnerID, Text, Words and RubricID are given; the rubric's current version is
// pinned here. The same id and text again is the same draft and makes no second
// job; the same id with another text is a CodeConflict.
func (s *Store) HandIn(ctx context.Context, d tutor.Draft) (tutor.Draft, error) {
	sc, err := schoolScope(d.SchoolID)
	if err != nil {
		return tutor.Draft{}, err
	}
	if !isUUID(d.ID) || !isUUID(d.SessionID) || !isUUID(d.LearnerID) {
		return tutor.Draft{}, tutor.Errorf(tutor.CodeInvalid, "the ids of a draft, its session and its learner are UUIDs")
	}
	if err := checkDraft(d.Text); err != nil {
		return tutor.Draft{}, err
	}
	var out tutor.Draft
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		args := pgx.StrictNamedArgs{"school": d.SchoolID, "rubric": d.RubricID}
		var version string
		row := tx.QueryRow(ctx, `select version from rubrics where school_id = @school and id = @rubric`, args)
		if err := row.Scan(&version); err != nil {
			return missing(err, "rubric", "find the rubric of a task")
		}
		args = pgx.StrictNamedArgs{"school": d.SchoolID, "session": d.SessionID, "learner": d.LearnerID, "draft": d.ID,
			"text": d.Text, "words": d.Words, "rubric": d.RubricID, "version": version}
		var verdict string
		row = tx.QueryRow(ctx, `select hand_in(@school, @session, @learner, @draft, @text, @words, @rubric, @version)`, args)
		if err := row.Scan(&verdict); err != nil {
			return err
		}
		switch verdict {
		case "not_found":
			return notFound("session")
		case "id_taken":
			return tutor.Errorf(tutor.CodeConflict, "the id belongs to something else; hand the draft in under a new one")
		case "new":
			job := tutor.FeedbackJob{SchoolID: d.SchoolID, DraftID: d.ID, RubricVersion: version}
			if err := s.enqueueFeedback(ctx, tx, job, 1); err != nil {
				return err
			}
		}
		rows, err := tx.Query(ctx, draftByID, pgx.StrictNamedArgs{"school": d.SchoolID, "draft": d.ID})
		if err != nil {
			return err
		}
		out, err = pgx.CollectExactlyOneRow(rows, scanDraft)
		return err
	})
	if sqlState(err) == stateUniqueViolation {
		return tutor.Draft{}, tutor.Errorf(tutor.CodeConflict, "the id belongs to something else; hand the draft in under a new one")
	}
	return out, wrap(err, "hand a draft in")
}

// checkDraft refuses a text that cannot be a draft.
func checkDraft(text string) error {
	if err := checkText("the draft", text); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(text); n > tutor.MaxDraftRunes {
		return tutor.Errorf(tutor.CodeInvalid, "the draft has %d characters, and one can have at most %d; please shorten it", n, tutor.MaxDraftRunes)
	}
	return nil
}

// How many saves of a session are kept: the newest ones, and one an hour of the
// older.
const savesKept = 30

// SaveDraft keeps what the learner has written so far and returns the save with
// its revision. It is a CodeConflict when another save came after in.Base, unless
// it is of the same text: then nothing is lost by taking either.
func (s *Store) SaveDraft(ctx context.Context, viewer tutor.Account, in tutor.SavedDraft) (tutor.SavedDraft, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.SavedDraft{}, err
	}
	if !isUUID(in.SessionID) {
		return tutor.SavedDraft{}, notFound("essay")
	}
	if err := checkDraft(in.Text); err != nil {
		return tutor.SavedDraft{}, err
	}
	out := in
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "session": in.SessionID}
		var found bool
		row := tx.QueryRow(ctx, `select true from sessions where school_id = @school and id = @session and learner_id = @learner for no key update`,
			with(args, pgx.StrictNamedArgs{"learner": viewer.ID}))
		if err := row.Scan(&found); err != nil {
			return missing(err, "essay", "find an essay")
		}
		last, err := lastSave(ctx, tx, args)
		if err != nil {
			return err
		}
		switch {
		case last.Revision > 0 && last.Text == in.Text:
			out = last
			return nil
		case last.Revision != in.Base:
			return tutor.Errorf(tutor.CodeConflict, "this essay was changed elsewhere meanwhile; look at both texts and keep the one you want")
		}
		row = tx.QueryRow(ctx, `
			insert into draft_saves (school_id, session_id, revision, text) values (@school, @session, @revision, @text) returning revision, at`,
			with(args, pgx.StrictNamedArgs{"revision": last.Revision + 1, "text": in.Text}))
		if err := row.Scan(&out.Revision, &out.At); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, thinSaves, with(args, pgx.StrictNamedArgs{"kept": savesKept}))
		return err
	})
	return out, wrap(err, "save a draft")
}

const thinSaves = `
	delete from draft_saves d using (
		select x.revision, row_number() over (order by x.revision desc) as age,
		       row_number() over (partition by date_trunc('hour', x.at) order by x.revision desc) as in_hour
		from draft_saves x where x.school_id = @school and x.session_id = @session) old
	where d.school_id = @school and d.session_id = @session and d.revision = old.revision and old.age > @kept and old.in_hour > 1`

const saveColumns = `v.session_id, v.text, v.revision, v.at`

func scanSave(row pgx.CollectableRow) (tutor.SavedDraft, error) {
	var v tutor.SavedDraft
	err := row.Scan(&v.SessionID, &v.Text, &v.Revision, &v.At)
	v.Base = v.Revision
	return v, err
}

// lastSave returns the newest save, with revision 0 when there is none.
func lastSave(ctx context.Context, tx pgx.Tx, session pgx.StrictNamedArgs) (tutor.SavedDraft, error) {
	rows, err := tx.Query(ctx, `select `+saveColumns+` from draft_saves v
		where v.school_id = @school and v.session_id = @session order by v.revision desc limit 1`, session)
	if err != nil {
		return tutor.SavedDraft{}, err
	}
	saves, err := pgx.CollectRows(rows, scanSave)
	if err != nil || len(saves) == 0 {
		return tutor.SavedDraft{}, err
	}
	return saves[0], nil
}

// Saves returns what the editor has saved of the viewer's own essay, newest first.
func (s *Store) Saves(ctx context.Context, viewer tutor.Account, sessionID string) ([]tutor.SavedDraft, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if !isUUID(sessionID) {
		return nil, notFound("essay")
	}
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "session": sessionID, "viewer": viewer.ID}
	const own = `exists (select from sessions s where s.school_id = @school and s.id = @session and s.learner_id = @viewer)`
	var mine bool
	var saves []tutor.SavedDraft
	b := newBatch(sc)
	collectOne(b.Queue(`select `+own, args), &mine, pgx.RowTo[bool])
	collect(b.Queue(`select `+saveColumns+` from draft_saves v
		where v.school_id = @school and v.session_id = @session and `+own+` order by v.revision desc limit 200`, args), &saves, scanSave)
	if err := s.send(ctx, b); err != nil {
		return nil, wrap(err, "read the saved drafts")
	}
	if !mine {
		return nil, notFound("essay")
	}
	return saves, nil
}

// Progress notes how far the feedback of a job is. What is ready stays so.
func (s *Store) Progress(ctx context.Context, job tutor.FeedbackJob, stage tutor.FeedbackStage, criterion, criteria int) error {
	sc, err := schoolScope(job.SchoolID)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, sc, `
		update feedback_progress set stage = @stage, criterion = @criterion, criteria = @criteria, alive_at = clock_timestamp()
		where school_id = @school and draft_id = @draft and rubric_version = @version and stage <> 'ready'`,
		with(jobArgs(job), pgx.StrictNamedArgs{"stage": string(stage), "criterion": criterion, "criteria": criteria}))
	return wrap(err, "note the progress of feedback")
}

// SessionProgress returns how far the feedback on each draft of a session is, in
// the order of the drafts.
func (s *Store) SessionProgress(ctx context.Context, viewer tutor.Account, sessionID string) ([]tutor.FeedbackProgress, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if !isUUID(sessionID) {
		return nil, notFound("session")
	}
	progress, err := all(ctx, s, sc, `
		select distinct on (d.number) d.id::text, d.number, p.stage, p.criterion, p.criteria
		from drafts d join feedback_progress p on p.school_id = d.school_id and p.draft_id = d.id
		where d.school_id = @school and d.session_id = @session and `+visibleSession+`
		order by d.number, p.alive_at desc limit 1000`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "session": sessionID}, pgx.RowToStructByPos[tutor.FeedbackProgress])
	return progress, wrap(err, "read the progress of feedback")
}

// FeedbackCounts returns how many drafts of all schools are read, and how many
// wait for it.
func (s *Store) FeedbackCounts(ctx context.Context) (ready, waiting int, err error) {
	type counts struct{ Ready, Waiting int }
	c, err := one(ctx, s, systemScope, `
		select count(*) filter (where stage = 'ready'), count(*) filter (where stage in ('queued', 'reading', 'criterion'))
		from feedback_progress`, nil, pgx.RowToStructByPos[counts])
	return c.Ready, c.Waiting, wrap(err, "count the feedback")
}
