package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// FinishFeedback writes everything that feedback leaves behind: the feedback, the
// scores, what they say of skills, and the tutor's turn, in one transaction. It
// does so once for each draft and version of the rubric; called again it changes
// nothing and reports no error. The scores of a draft that was scored before, by
// another version of the rubric, become further versions of the same scores, save
// those that a person has given, which stay.
func (s *Store) FinishFeedback(ctx context.Context, out tutor.FeedbackOutcome) error {
	sc, err := schoolScope(out.Job.SchoolID)
	if err != nil {
		return err
	}
	if !isUUID(out.Job.DraftID) || !isUUID(out.Feedback.ID) || !isUUID(out.Reply.ID) {
		return tutor.Errorf(tutor.CodeInvalid, "the ids of a draft, its feedback and the reply are UUIDs")
	}
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		f := &finishing{Store: s, tx: tx, out: out, args: jobArgs(out.Job)}
		return f.run(ctx)
	})
	return wrap(err, "write feedback")
}

// finishing is one feedback on its way into the record.
type finishing struct {
	*Store
	tx    pgx.Tx
	out   tutor.FeedbackOutcome
	args  pgx.StrictNamedArgs
	draft tutor.Draft
	turn  int64                  // seq of the draft's turn
	last  int64                  // seq of the session's latest turn
	given map[string]tutor.Score // by criterion, of an earlier version of the rubric
}

func (f *finishing) run(ctx context.Context) error {
	done, err := f.lock(ctx)
	if err != nil || done {
		return err
	}
	if err := f.scores(ctx); err != nil {
		return err
	}
	if err := f.evidence(ctx); err != nil {
		return err
	}
	if err := f.feedback(ctx); err != nil {
		return err
	}
	return f.reply(ctx)
}

// lock takes the learner's record and the session, and reports whether the
// feedback is there already.
func (f *finishing) lock(ctx context.Context) (bool, error) {
	rows, err := f.tx.Query(ctx, draftByID, pgx.StrictNamedArgs{"school": f.out.Job.SchoolID, "draft": f.out.Job.DraftID})
	if err != nil {
		return false, err
	}
	if f.draft, err = pgx.CollectExactlyOneRow(rows, scanDraft); err != nil {
		return false, missing(err, "draft", "find a draft")
	}
	session := pgx.StrictNamedArgs{"school": f.draft.SchoolID, "session": f.draft.SessionID}
	if _, err := f.tx.Exec(ctx, `select lock_learner(@school, @learner)`,
		pgx.StrictNamedArgs{"school": f.draft.SchoolID, "learner": f.draft.LearnerID}); err != nil {
		return false, err
	}
	done, err := exists(ctx, f.tx, `select exists (select from feedback
		where school_id = @school and draft_id = @draft and rubric_version = @version)`, f.args)
	if err != nil || done {
		return done, err
	}
	if done, err := f.superseded(ctx); err != nil || done {
		return done, err
	}
	if err := f.tx.QueryRow(ctx, `select seq from sessions where school_id = @school and id = @session for no key update`, session).Scan(&f.last); err != nil {
		return false, err
	}
	if err := f.tx.QueryRow(ctx, `select seq from turns where school_id = @school and id = @draft`,
		pgx.StrictNamedArgs{"school": f.draft.SchoolID, "draft": f.draft.ID}).Scan(&f.turn); err != nil {
		return false, err
	}
	rows, err = f.tx.Query(ctx, `select `+scoreColumns+scoreFrom+` where c.school_id = @school and c.turn_id = @draft`,
		pgx.StrictNamedArgs{"school": f.draft.SchoolID, "draft": f.draft.ID})
	if err != nil {
		return false, err
	}
	scores, err := pgx.CollectRows(rows, scanScore)
	f.given = make(map[string]tutor.Score, len(scores))
	for _, score := range scores {
		f.given[score.Criterion.ID] = score
	}
	return false, err
}

// superseded reports whether the draft has been read, or is being read, by a newer
// version of the rubric. What this one says is of no use then, and its scores
// must not go over the newer ones.
func (f *finishing) superseded(ctx context.Context) (bool, error) {
	newer, err := exists(ctx, f.tx, `
		select exists (
			select from feedback_progress p
			join rubric_versions n on n.school_id = p.school_id and n.rubric_id = @rubric and n.version = p.rubric_version
			join rubric_versions o on o.school_id = p.school_id and o.rubric_id = @rubric and o.version = @version
			where p.school_id = @school and p.draft_id = @draft and n.created_at > o.created_at)`,
		with(f.args, pgx.StrictNamedArgs{"rubric": f.draft.RubricID}))
	if err != nil || !newer {
		return false, err
	}
	_, err = f.tx.Exec(ctx, `delete from feedback_progress where school_id = @school and draft_id = @draft and rubric_version = @version`, f.args)
	return true, err
}

// rescore appends a machine's version to a score that another version of the
// rubric gave.
const rescore = `
	insert into scores (school_id, id, version, session_id, learner_id, turn_id, position, criterion, level, value,
	                    grader, confidence, quotes, rubric_version, agreement, prompt_version, reason)
	select @school, @id, @version, @session, @learner, @draft, @position, @criterion, @level, @value,
	       @grader, @confidence, @quotes, @rubric_version, @agreement, @prompt_version, 'rubric'`

func (f *finishing) scores(ctx context.Context) error {
	var fresh []tutor.Score
	var rescored []string
	for i := range f.out.Feedback.Criteria {
		c := &f.out.Feedback.Criteria[i]
		if c.Score == nil {
			continue
		}
		c.ScoreID = c.Score.ID
		before, scored := f.given[c.CriterionID]
		if !scored {
			fresh = append(fresh, *c.Score)
			continue
		}
		c.ScoreID = before.ID
		if before.Grader == tutor.GraderTeacher || before.RubricVersion == f.out.Job.RubricVersion {
			continue // a person gave it, or a rule has brought it to this version
		}
		rows, err := scoreRows([]tutor.Score{*c.Score})
		if err != nil {
			return err
		}
		r := rows[0]
		if _, err := f.tx.Exec(ctx, rescore, pgx.StrictNamedArgs{"school": f.draft.SchoolID, "id": before.ID, "version": before.Version + 1,
			"session": f.draft.SessionID, "learner": f.draft.LearnerID, "draft": f.draft.ID, "position": i, "criterion": r.Criterion,
			"level": r.Level, "value": r.Value, "grader": string(r.Grader), "confidence": r.Confidence, "quotes": r.Quotes,
			"rubric_version": r.RubricVersion, "agreement": r.Agreement, "prompt_version": r.PromptVersion}); err != nil {
			return err
		}
		rescored = append(rescored, before.ID)
	}
	if len(rescored) > 0 {
		if err := f.refoldScores(ctx, f.tx, f.draft.SchoolID, f.draft.LearnerID, rescored); err != nil {
			return err
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	rows, err := scoreRows(fresh)
	if err != nil {
		return err
	}
	_, err = f.tx.Exec(ctx, insertScores, pgx.StrictNamedArgs{"school": f.draft.SchoolID, "session": f.draft.SessionID,
		"learner": f.draft.LearnerID, "turn": f.draft.ID, "rows": rows})
	return err
}

// evidence appends what the scores say of skills and folds it. A score that the
// draft had before is evidence already. So is one whose skill has left the course.
func (f *finishing) evidence(ctx context.Context) error {
	learner := pgx.StrictNamedArgs{"school": f.draft.SchoolID, "learner": f.draft.LearnerID}
	var skills []string
	for _, e := range f.out.Evidence {
		skills = append(skills, e.SkillID)
	}
	rows, err := f.tx.Query(ctx, `select k.id from skills k where k.school_id = @school and k.id = any (@skills)`,
		pgx.StrictNamedArgs{"school": f.draft.SchoolID, "skills": skills})
	if err != nil {
		return err
	}
	known, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	rows, err = f.tx.Query(ctx, `select `+stateColumns+` from skill_states k
		where k.school_id = @school and k.learner_id = @learner and k.skill_id = any (@skills)`, with(learner, pgx.StrictNamedArgs{"skills": skills}))
	if err != nil {
		return err
	}
	read, err := pgx.CollectRows(rows, scanState)
	if err != nil {
		return err
	}
	kept, states := f.fold(known, statesByID(read))
	if len(kept) == 0 {
		return nil
	}
	evidence, err := evidenceRows(kept)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	b.Queue(insertEvidence, with(learner, pgx.StrictNamedArgs{"session": f.draft.SessionID, "rows": evidence}))
	b.Queue(upsertStates, with(learner, pgx.StrictNamedArgs{"rows": stateRows(states)}))
	return f.tx.SendBatch(ctx, b).Close()
}

func (f *finishing) fold(known []string, states map[string]tutor.SkillState) ([]tutor.Evidence, []tutor.SkillState) {
	rescored := map[string]bool{}
	for _, c := range f.out.Feedback.Criteria {
		if c.Score != nil && c.ScoreID != c.Score.ID {
			rescored[c.Score.ID] = true
		}
	}
	var kept []tutor.Evidence
	var changed []string
	for _, e := range f.out.Evidence {
		if !slices.Contains(known, e.SkillID) || rescored[e.ScoreID] {
			continue
		}
		state, ok := states[e.SkillID]
		if !ok {
			state = f.params.NewState(e.SkillID)
		}
		e.Seq, e.SessionID, e.TurnSeq, e.At = state.Seq+1, f.draft.SessionID, f.turn, f.draft.At
		if e.At.Before(state.LastAt) { // a talk went on while the draft was read
			e.At = state.LastAt
		}
		e.At = e.At.Truncate(time.Microsecond)
		kept, changed = append(kept, e), append(changed, e.SkillID)
		states[e.SkillID] = f.params.Update(state, e)
	}
	out := make([]tutor.SkillState, 0, len(changed))
	written := map[string]bool{}
	for _, skill := range changed {
		if !written[skill] {
			written[skill] = true
			out = append(out, states[skill])
		}
	}
	return kept, out
}

func (f *finishing) feedback(ctx context.Context) error {
	b := f.out.Feedback
	batch := &pgx.Batch{}
	batch.Queue(`
		insert into feedback (school_id, id, draft_id, rubric_id, rubric_version, learner_id, refusal, held, content)
		values (@school, @id, @draft, @rubric, @version, @learner, @refusal, @held, @content)`,
		with(f.args, pgx.StrictNamedArgs{"id": b.ID, "rubric": f.draft.RubricID, "learner": f.draft.LearnerID,
			"refusal": string(b.Refusal), "held": b.Held, "content": b}))
	batch.Queue(`
		update feedback_progress set stage = 'ready', alive_at = clock_timestamp()
		where school_id = @school and draft_id = @draft and rubric_version = @version`, f.args)
	if !b.Held && !b.Graded && b.Refusal == "" { // the policy is about formative bands; grades wait for a teacher
		batch.Queue(`
			insert into publications (school_id, draft_id)
			select @school, @draft where exists (
				select from sessions s
				join enrolments e on e.school_id = s.school_id and e.learner_id = s.learner_id
				join class_courses k on k.school_id = e.school_id and k.class_id = e.class_id and k.course_id = s.course_id
				where s.school_id = @school and s.id = @session and k.publish_bands)
			on conflict do nothing`, pgx.StrictNamedArgs{"school": f.draft.SchoolID, "draft": f.draft.ID, "session": f.draft.SessionID})
	}
	return f.tx.SendBatch(ctx, batch).Close()
}

const insertFeedbackTurn = `
	insert into turns (school_id, id, session_id, seq, author, kind, text, reply_to, move, target, target_title, reason, hint_level,
	                   citations, engine, model, prompt_version, prompt_tokens, output_tokens, at)
	select @school, @turn, @session, @seq, @author, @kind, @text,
	       case when not exists (select from turns r where r.school_id = @school and r.reply_to = @draft) then @draft::uuid end,
	       @move, @target, @target_title, @reason, @hint_level, @citations, @engine, @model, @prompt_version, @prompt_tokens, @output_tokens,
	       clock_timestamp()`

func (f *finishing) reply(ctx context.Context) error {
	reply := f.out.Reply
	reply.SessionID, reply.Author, reply.Kind = f.draft.SessionID, tutor.AuthorTutor, tutor.TurnSay
	b := &pgx.Batch{}
	b.Queue(insertFeedbackTurn, with(tutorTurnArgs(f.draft.SchoolID, reply), pgx.StrictNamedArgs{"seq": f.last + 1, "draft": f.draft.ID}))
	b.Queue(`update sessions set seq = @seq, updated_at = clock_timestamp() where school_id = @school and id = @session`,
		pgx.StrictNamedArgs{"school": f.draft.SchoolID, "session": f.draft.SessionID, "seq": f.last + 1})
	return f.tx.SendBatch(ctx, b).Close()
}
