package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// insertReply comes first in its pipeline: claim_reply raises unless the caller
// holds the turn, and nothing after it happens then.
const insertReply = `
	insert into turns (school_id, id, session_id, seq, author, kind, text, reply_to, taken_for, move, target, target_title,
	                   reason, hint_level, citations, engine, model, prompt_version, prompt_tokens, output_tokens, prompt, words, at)
	values (@school, @turn, @session, claim_reply(@school, @session, @learner, @student, @fence), @author, @kind, @text,
	        @student, @taken_for, @move, @target, @target_title, @reason, @hint_level, @citations, @engine, @model,
	        @prompt_version, @prompt_tokens, @output_tokens, @prompt, @words, clock_timestamp())
	returning seq, at`

const finishSession = `
	update sessions set seq = seq + 1, state = @state, status = @status, updated_at = clock_timestamp(),
	                    active_turn = null, lease_until = null
	where school_id = @school and id = @session`

// FinishTurn writes everything a turn leaves behind in one transaction and one
// round trip, and returns the reply as stored. It is tutor.ErrStale when a
// skill's chain has grown or a score was overridden since the states were read:
// read them with SkillStates, fold and finish again. It is a CodeConflict when
// the turn was taken over under a higher fence or is finished.
func (s *Store) FinishTurn(ctx context.Context, out tutor.TurnOutcome) (tutor.Turn, error) {
	sc, err := checkOutcome(out)
	if err != nil {
		return tutor.Turn{}, err
	}
	scores, err := scoreRows(out.Scores)
	if err != nil {
		return tutor.Turn{}, err
	}
	evidence, err := evidenceRows(out.Evidence)
	if err != nil {
		return tutor.Turn{}, err
	}
	reply := out.Reply
	reply.SessionID, reply.Author, reply.Kind = out.SessionID, tutor.AuthorTutor, tutor.TurnSay
	session := pgx.StrictNamedArgs{"school": out.SchoolID, "session": out.SessionID}
	learner := pgx.StrictNamedArgs{"school": out.SchoolID, "learner": out.LearnerID}

	b := newBatch(sc)
	b.Queue(insertReply, with(tutorTurnArgs(out.SchoolID, reply), pgx.StrictNamedArgs{
		"learner": out.LearnerID, "student": out.StudentID, "fence": out.Fence, "taken_for": out.Contribution,
		"prompt": reply.Voice.Prompt, "words": reply.Voice.Words,
	})).QueryRow(func(row pgx.Row) error { return row.Scan(&reply.Seq, &reply.At) })
	if len(scores) > 0 {
		b.Queue(insertScores, with(session, pgx.StrictNamedArgs{"learner": out.LearnerID, "turn": out.StudentID, "rows": scores}))
	}
	if len(evidence) > 0 {
		b.Queue(insertEvidence, with(learner, pgx.StrictNamedArgs{"session": out.SessionID, "rows": evidence}))
	}
	if len(out.Skills) > 0 {
		b.Queue(upsertStates, with(learner, pgx.StrictNamedArgs{"rows": stateRows(out.Skills)}))
	}
	b.Queue(finishSession, with(session, pgx.StrictNamedArgs{"state": stateOrEmpty(out.State), "status": string(out.Status)}))
	if err := s.send(ctx, b); err != nil {
		return tutor.Turn{}, s.finishError(ctx, sc, out, err)
	}
	return reply, nil
}

func checkOutcome(out tutor.TurnOutcome) (scope, error) {
	sc, err := schoolScope(out.SchoolID)
	if err != nil {
		return "", err
	}
	for _, id := range []string{out.SessionID, out.LearnerID, out.StudentID, out.Reply.ID} {
		if !isUUID(id) {
			return "", tutor.Errorf(tutor.CodeInvalid, "the ids of a session, its learner and its turns are UUIDs")
		}
	}
	return sc, checkText("the reply", out.Reply.Text)
}

// finishError says why nothing of a turn was written.
func (s *Store) finishError(ctx context.Context, sc scope, out tutor.TurnOutcome, err error) error {
	switch state := sqlState(err); {
	case state == stateStaleFence:
		return tutor.Errorf(tutor.CodeConflict, "this turn was taken over and is answered elsewhere")
	case state == stateStaleRecord:
		return s.renewLease(ctx, sc, out)
	case state == stateUniqueViolation && constraintOf(err) == "evidence_pkey":
		return tutor.ErrStale
	case state == stateUniqueViolation:
		return tutor.Errorf(tutor.CodeConflict, "the id of the reply or of a score is taken; choose another")
	}
	return wrap(err, "finish a turn")
}

// renewLease notes that the turn is about to read the states as they are after
// the overrides made so far. An override after this makes the turn stale again.
func (s *Store) renewLease(ctx context.Context, sc scope, out tutor.TurnOutcome) error {
	_, err := s.exec(ctx, sc, `
		update sessions s set turn_overrides = a.overrides
		from accounts a
		where s.school_id = @school and s.id = @session and s.active_turn = @student and s.fence = @fence
		  and a.school_id = s.school_id and a.id = s.learner_id`,
		pgx.StrictNamedArgs{"school": out.SchoolID, "session": out.SessionID, "student": out.StudentID, "fence": out.Fence})
	if err != nil {
		return wrap(err, "renew a turn")
	}
	return tutor.ErrStale
}
