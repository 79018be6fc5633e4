package postgres

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

const (
	maxNote   = 2000 // characters
	maxQuotes = 20   // that one score rests on
)

// lockScore finds a score of a learner that the viewer teaches and serialises
// what changes that learner's record.
const lockScore = `
	select c.learner_id, lock_learner(@school, c.learner_id)::text from scores c
	where c.school_id = @school and c.id = @score and c.version = 1 and c.learner_id <> @viewer
	  and c.learner_id in (select learner_id from visible_learners(@school, @viewer))`

// insertOverride appends the teacher's version of a score: everything but the
// level, and the evidence where the teacher names other words, stays as the
// machine had it.
const insertOverride = `
	insert into scores (school_id, id, version, session_id, learner_id, turn_id, position, criterion, level, value,
	                    grader, confidence, quotes, rubric_version, agreement, prompt_version, overrides, by, reason, note)
	select c.school_id, c.id, c.version + 1, c.session_id, c.learner_id, c.turn_id, c.position, c.criterion, @level, @value,
	       'teacher', 1, coalesce(@quotes::jsonb, c.quotes), c.rubric_version, c.agreement, c.prompt_version, true, @viewer, @reason, @note
	from current_scores c where c.school_id = @school and c.id = @score`

// insertUndo appends a copy of the version before any override.
const insertUndo = `
	insert into scores (school_id, id, version, session_id, learner_id, turn_id, position, criterion, level, value,
	                    grader, confidence, quotes, rubric_version, agreement, prompt_version, by, reason)
	select c.school_id, c.id, @version + 1, c.session_id, c.learner_id, c.turn_id, c.position, c.criterion, c.level, c.value,
	       c.grader, c.confidence, c.quotes, c.rubric_version, c.agreement, c.prompt_version, @viewer, c.reason
	from scores c
	where c.school_id = @school and c.id = @score and not c.overrides
	order by c.version desc limit 1`

// OverrideScore appends a teacher's level for a score and folds the learner's
// skills again as if it had been given that way at first. Only a teacher of the
// learner and an administrator may; a score they cannot see is a CodeNotFound.
// A newer version than o.Version is a CodeConflict, a quote that does not stand in
// the learner's words a CodeInvalid.
func (s *Store) OverrideScore(ctx context.Context, viewer tutor.Account, o tutor.ScoreOverride) (tutor.ScoreChange, error) {
	switch {
	case !slices.Contains(tutor.OverrideReasons, o.Reason):
		return tutor.ScoreChange{}, tutor.Errorf(tutor.CodeInvalid, "give a reason, one of %s", joinReasons())
	case utf8.RuneCountInString(o.Note) > maxNote:
		return tutor.ScoreChange{}, tutor.Errorf(tutor.CodeInvalid, "a note has at most %d characters", maxNote)
	}
	if err := checkText("the note", o.Note); err != nil {
		return tutor.ScoreChange{}, err
	}
	return s.changeScore(ctx, viewer, o.ScoreID, o.Version, "override", func(tx pgx.Tx, now tutor.Score) error {
		value, ok := now.Criterion.Value(o.LevelID)
		if !ok {
			return tutor.Errorf(tutor.CodeInvalid, "the levels of %q are %s", now.Criterion.Title, joinLevels(now.Criterion))
		}
		detail := map[string]string{"from": now.Level.ID, "to": o.LevelID, "reason": string(o.Reason)}
		args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "score": o.ScoreID, "viewer": viewer.ID,
			"level": o.LevelID, "value": value, "reason": string(o.Reason), "note": o.Note, "quotes": nil}
		if o.Quotes != nil {
			if err := checkQuotes(ctx, tx, viewer.SchoolID, now.TurnID, o.Quotes); err != nil {
				return err
			}
			args["quotes"], detail["quotes"] = o.Quotes, strconv.Itoa(len(o.Quotes))
		}
		if _, err := tx.Exec(ctx, insertOverride, args); err != nil {
			return err
		}
		return audit(ctx, tx, viewer, "score.override", o.ScoreID, detail)
	})
}

// checkQuotes makes sure that each quote stands in what the learner wrote, to the
// code point.
func checkQuotes(ctx context.Context, tx pgx.Tx, school, turnID string, quotes []tutor.Quote) error {
	if len(quotes) > maxQuotes {
		return tutor.Errorf(tutor.CodeInvalid, "a score rests on at most %d quotes", maxQuotes)
	}
	var text string
	err := tx.QueryRow(ctx, `
		select coalesce(d.text, t.text) from turns t left join drafts d on d.school_id = t.school_id and d.id = t.id
		where t.school_id = @school and t.id = @turn`, pgx.StrictNamedArgs{"school": school, "turn": turnID}).Scan(&text)
	if err != nil {
		return err
	}
	runes := []rune(text)
	for i, q := range quotes {
		if q.Start < 0 || q.End <= q.Start || q.End > len(runes) || string(runes[q.Start:q.End]) != q.Text {
			return tutor.Errorf(tutor.CodeInvalid,
				"quote %d is not what the student wrote; start and end count code points, half open, and text is what stands there", i+1)
		}
	}
	return nil
}

// UndoOverride appends the score as it was before it was overridden and folds
// the learner's skills again. A score that is not overridden, and a newer
// version, is a CodeConflict.
func (s *Store) UndoOverride(ctx context.Context, viewer tutor.Account, scoreID string, version int) (tutor.ScoreChange, error) {
	return s.changeScore(ctx, viewer, scoreID, version, "undo", func(tx pgx.Tx, now tutor.Score) error {
		if !now.Overridden {
			return tutor.Errorf(tutor.CodeConflict, "this score is not overridden, so there is nothing to undo")
		}
		_, err := tx.Exec(ctx, insertUndo, pgx.StrictNamedArgs{"school": viewer.SchoolID, "score": scoreID, "viewer": viewer.ID, "version": version})
		if err != nil {
			return err
		}
		if err := rescoreUndone(ctx, tx, viewer, scoreID); err != nil {
			return err
		}
		return audit(ctx, tx, viewer, "score.undo", scoreID, map[string]string{"from": now.Level.ID})
	})
}

func joinReasons() string {
	reasons := make([]string, len(tutor.OverrideReasons))
	for i, r := range tutor.OverrideReasons {
		reasons[i] = string(r)
	}
	return strings.Join(reasons, ", ")
}

func joinLevels(c tutor.Criterion) string {
	levels := make([]string, len(c.Levels))
	for i, l := range c.Levels {
		levels[i] = l.ID
	}
	return strings.Join(levels, ", ")
}

// changeScore runs change on the version of a score that the viewer looked at,
// with the learner's record locked, and folds what rests on it again. Why is
// the code of the change.
func (s *Store) changeScore(ctx context.Context, viewer tutor.Account, scoreID string, version int, why string,
	change func(tx pgx.Tx, now tutor.Score) error) (tutor.ScoreChange, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.ScoreChange{}, err
	}
	if viewer.Role != tutor.RoleTeacher && viewer.Role != tutor.RoleAdmin {
		return tutor.ScoreChange{}, tutor.Errorf(tutor.CodeForbidden, "only teachers change scores")
	}
	if !isUUID(scoreID) {
		return tutor.ScoreChange{}, notFound("score")
	}
	var out tutor.ScoreChange
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "score": scoreID}
		var learner string
		row := tx.QueryRow(ctx, lockScore, with(args, pgx.StrictNamedArgs{"viewer": viewer.ID}))
		if err := row.Scan(&learner, nil); err != nil {
			return missing(err, "score", "find a score")
		}
		now, err := readScore(ctx, tx, args)
		if err != nil {
			return err
		}
		if now.Version != version {
			return tutor.Errorf(tutor.CodeConflict, "somebody has changed this score meanwhile; look at it again")
		}
		if err := change(tx, now); err != nil {
			return err
		}
		if out.Score, err = readScore(ctx, tx, args); err != nil {
			return err
		}
		out.Skills, err = s.refold(ctx, tx, viewer.SchoolID, learner, scoreID, why)
		return err
	})
	if err != nil {
		return tutor.ScoreChange{}, wrap(err, "change a score")
	}
	return out, nil
}

func readScore(ctx context.Context, tx pgx.Tx, args pgx.StrictNamedArgs) (tutor.Score, error) {
	rows, err := tx.Query(ctx, `select `+scoreColumns+scoreFrom+` where c.school_id = @school and c.id = @score`, args)
	if err != nil {
		return tutor.Score{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scanScore)
}

// chainsOfScore reads the whole chains of the skills that a score is evidence
// for, by skill and seq.
const chainsOfScore = `
	select ` + evidenceColumns + `
	from evidence e
	join current_scores c on c.school_id = e.school_id and c.id = e.score_id
	where e.school_id = @school and e.learner_id = @learner
	  and e.skill_id in (select x.skill_id from evidence x where x.school_id = @school and x.score_id = @score)
	order by e.skill_id, e.seq`

const skillsOfScore = `
	select k.id, k.title, s.mastery
	from evidence x
	join skills k on k.school_id = x.school_id and k.id = x.skill_id
	join skill_states s on s.school_id = x.school_id and s.learner_id = x.learner_id and s.skill_id = x.skill_id
	where x.school_id = @school and x.score_id = @score
	order by k.id`

// refold folds the chains that rest on a score again and stores the states. The
// turns that have read the old ones are stale from then on.
func (s *Store) refold(ctx context.Context, tx pgx.Tx, school, learner, scoreID, why string) ([]tutor.SkillChange, error) {
	args := pgx.StrictNamedArgs{"school": school, "score": scoreID}
	var chains []overruled
	var changes []tutor.SkillChange
	b := &pgx.Batch{}
	collect(b.Queue(chainsOfScore, with(args, pgx.StrictNamedArgs{"learner": learner})), &chains, scanOverruled)
	collect(b.Queue(skillsOfScore, args), &changes, func(row pgx.CollectableRow) (tutor.SkillChange, error) {
		c := tutor.SkillChange{Why: why}
		err := row.Scan(&c.SkillID, &c.Title, &c.Before)
		return c, err
	})
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return nil, err
	}
	states := make([]tutor.SkillState, len(changes))
	for i := range changes {
		var chain []overruled
		for _, o := range chains {
			if o.SkillID == changes[i].SkillID {
				chain = append(chain, o)
			}
		}
		if len(chain) == 0 {
			return nil, errors.New("a score without the chain of its evidence")
		}
		states[i] = s.params.Fold(changes[i].SkillID, effective(chain))
		changes[i].After = states[i]
	}
	b = &pgx.Batch{}
	person := pgx.StrictNamedArgs{"school": school, "learner": learner}
	b.Queue(upsertStates, with(person, pgx.StrictNamedArgs{"rows": stateRows(states)}))
	b.Queue(`update accounts set overrides = overrides + 1 where school_id = @school and id = @learner`, person)
	return changes, tx.SendBatch(ctx, b).Close()
}
