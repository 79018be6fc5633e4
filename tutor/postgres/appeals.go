package postgres

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// maxAppeal is how long a step of an appeal may be, in characters.
const maxAppeal = 2000

const appealSteps = `
	select l.id::text, l.draft_id::text, l.score_id::text, l.criterion_id, a.name, t.by::text, t.status, t.text, t.at
	from appeals l
	join appeal_steps t on t.school_id = l.school_id and t.appeal_id = l.id
	join accounts a on a.school_id = t.school_id and a.id = t.by
	where l.school_id = @school and l.id = @appeal
	order by t.seq`

// shownScore finds a score of the viewer's own draft once it is published, and
// serialises what is asked about that learner's work.
const shownScore = `
	select c.criterion->>'ID', lock_learner(@school, c.learner_id)::text
	from scores c
	join publications b on b.school_id = c.school_id and b.draft_id = c.turn_id
	where c.school_id = @school and c.id = @score and c.version = 1 and c.turn_id = @draft and c.learner_id = @viewer`

// OpenAppeal asks that a person looks again at one score of the viewer's own
// draft, in 1 to 2,000 characters. The score has to be published, and no other
// request on it may stand; the same words again are the same request.
func (s *Store) OpenAppeal(ctx context.Context, viewer tutor.Account, draftID, scoreID, text string) (tutor.Appeal, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.Appeal{}, err
	}
	if viewer.Role != tutor.RoleStudent {
		return tutor.Appeal{}, tutor.Errorf(tutor.CodeForbidden, "only students ask for a review; a teacher overrides the score")
	}
	if !isUUID(draftID) || !isUUID(scoreID) {
		return tutor.Appeal{}, notFound("score")
	}
	if text, err = stepText(text, true); err != nil {
		return tutor.Appeal{}, err
	}
	var out tutor.Appeal
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "draft": draftID, "score": scoreID}
		var criterion string
		if err := tx.QueryRow(ctx, shownScore, args).Scan(&criterion, nil); err != nil {
			return missing(err, "score", "find a score")
		}
		standing, err := standingAppeal(ctx, tx, viewer, scoreID)
		if err != nil {
			return err
		}
		if standing.ID != "" {
			if standing.Status == tutor.AppealOpen && standing.Steps[0].Text == text {
				out = standing
				return nil
			}
			return tutor.Errorf(tutor.CodeConflict, "you have asked for a review of this already; close that request before you make another")
		}
		out, err = openAppeal(ctx, tx, viewer, tutor.Appeal{ID: newUUID(), DraftID: draftID, ScoreID: scoreID, CriterionID: criterion}, text)
		return err
	})
	return out, wrap(err, "ask for a review")
}

// standingAppeal returns the request on a score that is not closed, the zero
// appeal when there is none.
func standingAppeal(ctx context.Context, tx pgx.Tx, viewer tutor.Account, scoreID string) (tutor.Appeal, error) {
	rows, err := tx.Query(ctx, `select x.id::text from appeals x
		where x.school_id = @school and x.score_id = @score and `+appealStands+` <> 'closed' limit 1`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "score": scoreID})
	if err != nil {
		return tutor.Appeal{}, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(ids) == 0 {
		return tutor.Appeal{}, err
	}
	return readAppeal(ctx, tx, viewer.SchoolID, ids[0])
}

func openAppeal(ctx context.Context, tx pgx.Tx, viewer tutor.Account, a tutor.Appeal, text string) (tutor.Appeal, error) {
	_, err := tx.Exec(ctx, `
		insert into appeals (school_id, id, draft_id, score_id, criterion_id, learner_id)
		values (@school, @appeal, @draft, @score, @criterion, @viewer)`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "appeal": a.ID, "draft": a.DraftID, "score": a.ScoreID,
			"criterion": a.CriterionID, "viewer": viewer.ID})
	if err != nil {
		return tutor.Appeal{}, err
	}
	return appendStep(ctx, tx, viewer, a, tutor.AppealOpen, text)
}

// appendStep takes an appeal one step on, for the log too.
func appendStep(ctx context.Context, tx pgx.Tx, viewer tutor.Account, a tutor.Appeal, status tutor.AppealStatus, text string) (tutor.Appeal, error) {
	_, err := tx.Exec(ctx, `
		insert into appeal_steps (school_id, appeal_id, seq, by, status, text)
		values (@school, @appeal, @seq, @viewer, @status, @text)`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "appeal": a.ID, "seq": len(a.Steps) + 1, "viewer": viewer.ID,
			"status": string(status), "text": text})
	if err != nil {
		return tutor.Appeal{}, err
	}
	action := map[tutor.AppealStatus]string{
		tutor.AppealOpen: "appeal.open", tutor.AppealAnswered: "appeal.answer", tutor.AppealClosed: "appeal.close"}[status]
	if err := audit(ctx, tx, viewer, action, a.ID,
		map[string]string{"draft": a.DraftID, "score": a.ScoreID, "criterion": a.CriterionID}); err != nil {
		return tutor.Appeal{}, err
	}
	return readAppeal(ctx, tx, viewer.SchoolID, a.ID)
}

func readAppeal(ctx context.Context, tx pgx.Tx, school, id string) (tutor.Appeal, error) {
	rows, err := tx.Query(ctx, appealSteps, pgx.StrictNamedArgs{"school": school, "appeal": id})
	if err != nil {
		return tutor.Appeal{}, err
	}
	steps, err := pgx.CollectRows(rows, pgx.RowToStructByPos[appealRow])
	if err != nil {
		return tutor.Appeal{}, err
	}
	if len(steps) == 0 {
		return tutor.Appeal{}, notFound("request")
	}
	return appealsOf(steps[0].DraftID, steps)[0], nil
}

// AnswerAppeal answers a student's request, in 1 to 2,000 characters; an override
// of the score is a step of its own, before. Seen is how many steps of it the
// viewer has looked at: with another one since, such as a colleague's answer, it
// is a CodeConflict, and so is a request that is closed. The same answer again is
// the same answer. Only the learner's teachers and administrators may.
func (s *Store) AnswerAppeal(ctx context.Context, viewer tutor.Account, appealID, text string, seen int) (tutor.Appeal, error) {
	if _, err := reviewer(viewer); err != nil {
		return tutor.Appeal{}, err
	}
	text, err := stepText(text, true)
	if err != nil {
		return tutor.Appeal{}, err
	}
	return s.stepAppeal(ctx, viewer, appealID, func(tx pgx.Tx, now tutor.Appeal) (tutor.Appeal, error) {
		last := now.Steps[len(now.Steps)-1]
		switch {
		case now.Status == tutor.AppealAnswered && last.ByID == viewer.ID && last.Text == text:
			return now, nil
		case now.Status == tutor.AppealClosed:
			return now, tutor.Errorf(tutor.CodeConflict, "this request is closed; nothing can be added to it")
		case len(now.Steps) != seen:
			return now, tutor.Errorf(tutor.CodeConflict, "somebody has answered this request meanwhile; look at it again")
		}
		return appendStep(ctx, tx, viewer, now, tutor.AppealAnswered, text)
	})
}

// CloseAppeal ends a request, with a word or without one. The learner who made it
// may, and so may their teachers and administrators. A closed one is a
// CodeConflict.
func (s *Store) CloseAppeal(ctx context.Context, viewer tutor.Account, appealID, text string) (tutor.Appeal, error) {
	text, err := stepText(text, false)
	if err != nil {
		return tutor.Appeal{}, err
	}
	return s.stepAppeal(ctx, viewer, appealID, func(tx pgx.Tx, now tutor.Appeal) (tutor.Appeal, error) {
		if now.Status == tutor.AppealClosed {
			return now, tutor.Errorf(tutor.CodeConflict, "this request is closed already")
		}
		return appendStep(ctx, tx, viewer, now, tutor.AppealClosed, text)
	})
}

// stepAppeal runs step on an appeal that the viewer may see, one at a time.
func (s *Store) stepAppeal(ctx context.Context, viewer tutor.Account, appealID string,
	step func(tx pgx.Tx, now tutor.Appeal) (tutor.Appeal, error)) (tutor.Appeal, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.Appeal{}, err
	}
	if !isUUID(appealID) {
		return tutor.Appeal{}, notFound("request")
	}
	var out tutor.Appeal
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		row := tx.QueryRow(ctx, `
			select lock_learner(@school, l.learner_id)::text from appeals l
			where l.school_id = @school and l.id = @appeal
			  and l.learner_id in (select learner_id from visible_learners(@school, @viewer))`,
			pgx.StrictNamedArgs{"school": viewer.SchoolID, "appeal": appealID, "viewer": viewer.ID})
		if err := row.Scan(nil); err != nil {
			return missing(err, "request", "find a request for review")
		}
		now, err := readAppeal(ctx, tx, viewer.SchoolID, appealID)
		if err != nil {
			return err
		}
		out, err = step(tx, now)
		return err
	})
	if err != nil {
		return tutor.Appeal{}, wrap(err, "go on with a request for review")
	}
	return out, nil
}

// stepText returns what is kept of the words of a step.
func stepText(text string, needed bool) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case needed && text == "":
		return "", tutor.Errorf(tutor.CodeInvalid, "say in a few words what it is about")
	case utf8.RuneCountInString(text) > maxAppeal:
		return "", tutor.Errorf(tutor.CodeInvalid, "this has at most %d characters; make it shorter", maxAppeal)
	}
	return text, checkText("the text", text)
}
