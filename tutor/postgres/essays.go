package postgres

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// Essay returns everything of one essay that the viewer may see. What a learner
// has not handed in yet is for them alone; scores are for them once they are
// published, and nothing that is held is.
func (s *Store) Essay(ctx context.Context, viewer tutor.Account, sessionID string) (tutor.Essay, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.Essay{}, err
	}
	if !isUUID(sessionID) {
		return tutor.Essay{}, notFound("essay")
	}
	var essay tutor.Essay
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		if essay, err = readEssay(ctx, tx, viewer, sessionID); err != nil {
			return err
		}
		if essay.Session.LearnerID != viewer.ID {
			return nil
		}
		saved, err := lastSave(ctx, tx, pgx.StrictNamedArgs{"school": viewer.SchoolID, "session": sessionID})
		if saved.Revision > 0 {
			essay.Saved = &saved
		}
		return err
	})
	if err != nil {
		return tutor.Essay{}, wrap(err, "read an essay")
	}
	if essay.Session.LearnerID == viewer.ID {
		withhold(&essay)
	}
	return essay, nil
}

// EssayOf is Essay by one of its drafts.
func (s *Store) EssayOf(ctx context.Context, viewer tutor.Account, draftID string) (tutor.Essay, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.Essay{}, err
	}
	if !isUUID(draftID) {
		return tutor.Essay{}, notFound("draft")
	}
	session, err := one(ctx, s, sc, `select session_id::text from drafts where school_id = @school and id = @draft`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "draft": draftID}, pgx.RowTo[string])
	if err != nil {
		return tutor.Essay{}, missing(err, "draft", "find a draft")
	}
	essay, err := s.Essay(ctx, viewer, session)
	if tutor.ErrorCode(err) == tutor.CodeNotFound {
		return tutor.Essay{}, notFound("draft")
	}
	return essay, err
}

// EssayTalk returns an essay for the tutor itself: with every score, and nothing
// of what is not handed in.
func (s *Store) EssayTalk(ctx context.Context, schoolID, sessionID string) (tutor.Essay, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return tutor.Essay{}, err
	}
	if !isUUID(sessionID) {
		return tutor.Essay{}, notFound("essay")
	}
	var essay tutor.Essay
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		var learner tutor.Account
		row := tx.QueryRow(ctx, `select learner_id::text from sessions where school_id = @school and id = @session`,
			pgx.StrictNamedArgs{"school": schoolID, "session": sessionID})
		if err := row.Scan(&learner.ID); err != nil {
			return missing(err, "essay", "find an essay")
		}
		learner.SchoolID = schoolID
		essay, err = readEssay(ctx, tx, learner, sessionID)
		return err
	})
	return essay, wrap(err, "read an essay")
}

// withhold takes out of an essay what its learner may not see yet: scores that
// nobody has published, and what a person has to look at first. That the built-in
// engine and a model differ is between the machine and the teacher.
func withhold(e *tutor.Essay) {
	for i := range e.Drafts {
		d := &e.Drafts[i]
		if d.Feedback == nil {
			continue
		}
		shown := *d.Feedback
		shown.Flags = slices.DeleteFunc(slices.Clone(shown.Flags), func(f tutor.Flag) bool { return f.Code == tutor.FlagDivergence })
		shown.Criteria = slices.Clone(shown.Criteria)
		for j := range shown.Criteria {
			if d.Published == nil {
				shown.Criteria[j].Score = nil
			}
		}
		d.Feedback = &shown
	}
}

// readEssay reads an essay of a learner the viewer may see, without the saves.
func readEssay(ctx context.Context, tx pgx.Tx, viewer tutor.Account, sessionID string) (tutor.Essay, error) {
	var e tutor.Essay
	rows, err := tx.Query(ctx, sessionByID, pgx.StrictNamedArgs{"school": viewer.SchoolID, "id": sessionID, "viewer": viewer.ID})
	if err != nil {
		return e, err
	}
	if e.Session, err = pgx.CollectExactlyOneRow(rows, scanSession); err != nil {
		return e, missing(err, "essay", "find an essay")
	}
	var raw []byte
	row := tx.QueryRow(ctx, activityThen, pgx.StrictNamedArgs{"school": viewer.SchoolID, "activity": e.Session.ActivityID, "version": e.Session.ActivityVersion})
	if err := row.Scan(&raw); err != nil {
		return e, err
	}
	if err := json.Unmarshal(raw, &e.Activity); err != nil {
		return e, err
	}
	if e.Activity.Essay == nil {
		return e, notFound("essay")
	}
	rows, err = tx.Query(ctx, `select `+rubricColumns+` from rubrics c
		join rubric_versions r on r.school_id = c.school_id and r.rubric_id = c.id and r.version = c.version
		where c.school_id = @school and c.id = @rubric`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "rubric": e.Activity.Essay.RubricID})
	if err != nil {
		return e, err
	}
	if e.Rubric, err = pgx.CollectExactlyOneRow(rows, scanRubric); err != nil {
		return e, missing(err, "rubric", "read a rubric")
	}
	e.Drafts, err = readDrafts(ctx, tx, e.Session)
	return e, err
}

// readDrafts returns the drafts of a session with what came of them. The newest
// feedback on a draft counts.
func readDrafts(ctx context.Context, tx pgx.Tx, session tutor.Session) ([]tutor.EssayDraft, error) {
	args := pgx.StrictNamedArgs{"school": session.SchoolID, "session": session.ID}
	var (
		drafts    []tutor.Draft
		progress  []tutor.FeedbackProgress
		feedback  []tutor.Feedback
		rubrics   []tutor.Rubric
		scores    []tutor.Score
		published []tutor.Publication
		steps     []appealRow
	)
	b := &pgx.Batch{}
	collect(b.Queue(`select `+draftColumns+` from drafts d where d.school_id = @school and d.session_id = @session order by d.number`, args), &drafts, scanDraft)
	collect(b.Queue(`
		select distinct on (d.number) d.id::text, d.number, p.stage, p.criterion, p.criteria
		from drafts d join feedback_progress p on p.school_id = d.school_id and p.draft_id = d.id
		where d.school_id = @school and d.session_id = @session order by d.number, p.alive_at desc`, args), &progress, pgx.RowToStructByPos[tutor.FeedbackProgress])
	collect(b.Queue(`
		select distinct on (d.number) f.content, f.at from drafts d join feedback f on f.school_id = d.school_id and f.draft_id = d.id
		where d.school_id = @school and d.session_id = @session order by d.number, f.at desc`, args), &feedback, scanFeedback)
	collect(b.Queue(`select `+rubricColumns+` from rubric_versions r
		where r.school_id = @school and (r.rubric_id, r.version) in (
			select d.rubric_id, d.rubric_version from drafts d where d.school_id = @school and d.session_id = @session
			union select f.rubric_id, f.rubric_version from drafts d join feedback f on f.school_id = d.school_id and f.draft_id = d.id
			where d.school_id = @school and d.session_id = @session)`, args), &rubrics, scanRubric)
	collect(b.Queue(`select `+scoreColumns+scoreFrom+` where c.school_id = @school and c.turn_id in (
		select d.id from drafts d where d.school_id = @school and d.session_id = @session)`, args), &scores, scanScore)
	collect(b.Queue(`
		select p.draft_id::text, coalesce(a.name, ''), p.at from publications p
		left join accounts a on a.school_id = p.school_id and a.id = p.by
		where p.school_id = @school and p.draft_id in (select d.id from drafts d where d.school_id = @school and d.session_id = @session)`, args),
		&published, pgx.RowToStructByPos[tutor.Publication])
	collect(b.Queue(`
		select l.id::text, l.draft_id::text, l.score_id::text, l.criterion_id, a.name, t.by::text, t.status, t.text, t.at
		from appeals l
		join appeal_steps t on t.school_id = l.school_id and t.appeal_id = l.id
		join accounts a on a.school_id = t.school_id and a.id = t.by
		where l.school_id = @school and l.draft_id in (select d.id from drafts d where d.school_id = @school and d.session_id = @session)
		order by l.id, t.seq`, args), &steps, pgx.RowToStructByPos[appealRow])
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return nil, err
	}
	out := make([]tutor.EssayDraft, len(drafts))
	for i, d := range drafts {
		out[i] = tutor.EssayDraft{Draft: d, Progress: tutor.FeedbackProgress{DraftID: d.ID, Number: d.Number, Stage: tutor.StageQueued}}
		version := d.RubricVersion
		for _, p := range progress {
			if p.DraftID == d.ID {
				out[i].Progress = p
			}
		}
		for _, f := range feedback {
			if f.DraftID == d.ID {
				out[i].Feedback, version = withScores(f, scores), f.RubricVersion
			}
		}
		for _, r := range rubrics {
			if r.ID == d.RubricID && r.Version == version {
				out[i].Rubric = r
			}
		}
		for _, p := range published {
			if p.DraftID == d.ID {
				out[i].Published = &p
			}
		}
		out[i].Appeals = appealsOf(d.ID, steps)
	}
	return out, nil
}

func scanFeedback(row pgx.CollectableRow) (tutor.Feedback, error) {
	var content []byte
	var f tutor.Feedback
	if err := row.Scan(&content, &f.Created); err != nil {
		return f, err
	}
	at := f.Created
	err := json.Unmarshal(content, &f)
	f.Created = at
	return f, err
}

// withScores puts the scores that hold back into a feedback.
func withScores(f tutor.Feedback, scores []tutor.Score) *tutor.Feedback {
	for i := range f.Criteria {
		for _, s := range scores {
			if f.Criteria[i].ScoreID != "" && s.ID == f.Criteria[i].ScoreID {
				f.Criteria[i].Score = &s
			}
		}
	}
	return &f
}

// appealRow is one step of an appeal with the appeal it belongs to.
type appealRow struct {
	ID, DraftID, ScoreID, CriterionID string
	tutor.AppealStep
}

func appealsOf(draft string, rows []appealRow) []tutor.Appeal {
	var out []tutor.Appeal
	for _, r := range rows {
		if r.DraftID != draft {
			continue
		}
		if n := len(out); n == 0 || out[n-1].ID != r.ID {
			out = append(out, tutor.Appeal{ID: r.ID, DraftID: r.DraftID, ScoreID: r.ScoreID, CriterionID: r.CriterionID})
		}
		last := &out[len(out)-1]
		last.Steps = append(last.Steps, r.AppealStep)
		last.Status = r.Status
	}
	slices.SortStableFunc(out, func(a, b tutor.Appeal) int { return a.Steps[0].At.Compare(b.Steps[0].At) })
	return out
}
