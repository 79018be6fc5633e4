package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// The most a page of sessions and one reading of turns hold.
const (
	maxSessions     = 100
	defaultSessions = 20
	maxTurns        = 1000
)

const sessionColumns = `
	s.school_id, s.id, s.learner_id, a.name, s.activity_id, s.activity_version, v.title, v.kind, s.course_id,
	s.language, s.epoch, s.seq, s.status, s.why, s.state, s.started_at, s.updated_at`

// sessionFrom joins what sessionColumns names.
const sessionFrom = `
	from sessions s
	join accounts a on a.school_id = s.school_id and a.id = s.learner_id
	join activity_versions v on v.school_id = s.school_id and v.activity_id = s.activity_id and v.version = s.activity_version`

func scanSession(row pgx.CollectableRow) (tutor.Session, error) {
	var s tutor.Session
	err := row.Scan(&s.SchoolID, &s.ID, &s.LearnerID, &s.LearnerName, &s.ActivityID, &s.ActivityVersion, &s.ActivityTitle, &s.Kind, &s.CourseID,
		&s.Language, &s.Epoch, &s.Seq, &s.Status, &s.Why, (*[]byte)(&s.State), &s.StartedAt, &s.UpdatedAt)
	return s, err
}

const createSession = `
	insert into sessions (school_id, id, learner_id, activity_id, activity_version, skills, course_id, language, epoch, seq,
	                      status, why, state, started_at, updated_at)
	select @school, @id, @learner, v.activity_id, v.version, v.skills, v.course_id, @language, @epoch, 1,
	       'open', @why, @state, now(), now()
	from activity_versions v
	where v.school_id = @school and v.activity_id = @activity and v.version = @version
	  and v.course_id in (select course_id from visible_courses(@school, @learner))
	returning id`

// CreateSession opens a session with its opening turn, seq 1. Empty ids and an
// empty epoch are chosen here. An activity that is not in one of the learner's
// courses is a CodeNotFound.
func (s *Store) CreateSession(ctx context.Context, in tutor.NewSession) (tutor.Session, error) {
	sc, err := schoolScope(in.Session.SchoolID)
	if err != nil {
		return tutor.Session{}, err
	}
	session, opening := in.Session, in.Opening
	for _, id := range []*string{&session.ID, &session.Epoch, &opening.ID} {
		if *id == "" {
			*id = newUUID()
		}
	}
	if !isUUID(session.ID) || !isUUID(opening.ID) || !isUUID(session.LearnerID) {
		return tutor.Session{}, tutor.Errorf(tutor.CodeInvalid, "the ids of a session, its learner and its turns are UUIDs")
	}
	opening.SessionID, opening.Author, opening.Kind = session.ID, tutor.AuthorTutor, tutor.TurnSay
	args := pgx.StrictNamedArgs{"school": session.SchoolID, "id": session.ID, "learner": session.LearnerID,
		"activity": session.ActivityID, "version": session.ActivityVersion, "language": session.Language, "epoch": session.Epoch,
		"why": session.Why, "state": stateOrEmpty(session.State)}
	turn := tutorTurnArgs(session.SchoolID, opening)

	var out tutor.Session
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, createSession, args)
		if err != nil {
			return err
		}
		made, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if len(made) == 0 {
			return notFound("activity")
		}
		b := &pgx.Batch{}
		b.Queue(insertOpening, turn)
		collectOne(b.Queue(sessionByID, pgx.StrictNamedArgs{"school": session.SchoolID, "id": session.ID, "viewer": session.LearnerID}), &out, scanSession)
		return tx.SendBatch(ctx, b).Close()
	})
	if sqlState(err) == stateUniqueViolation {
		return tutor.Session{}, tutor.Errorf(tutor.CodeConflict, "the id of the session or of its opening turn is taken; choose another")
	}
	return out, wrap(err, "open a session")
}

// stateOrEmpty makes of no state the empty object, since the column holds JSON.
func stateOrEmpty(state json.RawMessage) json.RawMessage {
	if len(state) == 0 {
		return json.RawMessage("{}")
	}
	return state
}

const sessionByID = `select ` + sessionColumns + sessionFrom + `
	where s.school_id = @school and s.id = @id
	  and s.learner_id in (select learner_id from visible_learners(@school, @viewer))`

// Session returns a session of a learner the viewer may see.
func (s *Store) Session(ctx context.Context, viewer tutor.Account, id string) (tutor.Session, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.Session{}, err
	}
	if !isUUID(id) {
		return tutor.Session{}, notFound("session")
	}
	session, err := one(ctx, s, sc, sessionByID, pgx.StrictNamedArgs{"school": viewer.SchoolID, "id": id, "viewer": viewer.ID}, scanSession)
	return session, missing(err, "session", "read a session")
}

// Sessions returns a page of the sessions the viewer may see, newest first.
// Sessions of the same instant are ordered by id: with BeforeID set, the page
// goes on after that one.
func (s *Store) Sessions(ctx context.Context, viewer tutor.Account, f tutor.SessionFilter) ([]tutor.Session, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if f.Limit == 0 {
		f.Limit = defaultSessions
	}
	if f.Limit < 1 || f.Limit > maxSessions {
		return nil, tutor.Errorf(tutor.CodeInvalid, "ask for 1 to %d sessions at a time", maxSessions)
	}
	for _, id := range []string{f.LearnerID, f.ClassID, f.BeforeID} {
		if id != "" && !isUUID(id) {
			return nil, tutor.Errorf(tutor.CodeInvalid, "learner_id, class_id and the place in the list are UUIDs")
		}
	}
	if err := checkText("the activity", f.ActivityID); err != nil {
		return nil, err
	}
	sql, args := sessionPage(viewer, f)
	sessions, err := all(ctx, s, sc, sql, args, scanSession)
	return sessions, wrap(err, "list the sessions")
}

// sessionPage builds the statement of a page: only the filters that are set
// stand in it, so that each has its own plan.
func sessionPage(viewer tutor.Account, f tutor.SessionFilter) (string, pgx.StrictNamedArgs) {
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "limit": f.Limit}
	sql := `select ` + sessionColumns + sessionFrom + `
	where s.school_id = @school
	  and s.learner_id in (select learner_id from visible_learners(@school, @viewer))`
	if f.LearnerID != "" {
		sql += ` and s.learner_id = @learner`
		args["learner"] = f.LearnerID
	}
	if f.ClassID != "" {
		sql += ` and s.learner_id in (
			select e.learner_id from enrolments e
			where e.school_id = @school and e.class_id = @class
			  and e.class_id in (select class_id from visible_classes(@school, @viewer)))`
		args["class"] = f.ClassID
	}
	if f.ActivityID != "" {
		sql += ` and s.activity_id = @activity`
		args["activity"] = f.ActivityID
	}
	if f.Status != "" {
		sql += ` and s.status = @status`
		args["status"] = string(f.Status)
	}
	switch {
	case !f.Before.IsZero() && f.BeforeID != "":
		sql += ` and (s.updated_at, s.id) < (@before, @before_id)`
		args["before"], args["before_id"] = f.Before, f.BeforeID
	case !f.Before.IsZero():
		sql += ` and s.updated_at < @before`
		args["before"] = f.Before
	}
	return sql + ` order by s.updated_at desc, s.id desc limit @limit`, args
}

// visibleSession is the condition that the session @session is one the viewer
// may see.
const visibleSession = `exists (
	select from sessions s where s.school_id = @school and s.id = @session
	  and s.learner_id in (select learner_id from visible_learners(@school, @viewer)))`

const turnColumns = `
	t.session_id, t.seq, t.id, t.author, t.kind, t.text, t.move, t.target, t.target_title, t.reason, t.hint_level,
	t.citations, t.engine, t.model, t.prompt_version, t.prompt_tokens, t.output_tokens, t.at,
	coalesce(t.reply_to::text, ''), t.taken_for`

// storedTurn is a turn as its row has it: what a student turn was taken for
// stands with the reply, since turns are never changed.
type storedTurn struct {
	tutor.Turn
	replyTo  string
	takenFor string // contribution of the turn replyTo
}

func scanTurn(row pgx.CollectableRow) (storedTurn, error) { return scanTurnAnd(row) }

// scanPrompted reads what a model was asked with, too.
func scanPrompted(row pgx.CollectableRow) (storedTurn, error) {
	var voice tutor.Voice
	t, err := scanTurnAnd(row, &voice.Prompt, &voice.Words)
	t.Voice.Prompt, t.Voice.Words = voice.Prompt, voice.Words
	return t, err
}

// scanTurnAnd reads turnColumns and what follows them.
func scanTurnAnd(row pgx.CollectableRow, more ...any) (storedTurn, error) {
	var t storedTurn
	columns := []any{&t.SessionID, &t.Seq, &t.ID, &t.Author, &t.Kind, &t.Text, &t.Move, &t.Target, &t.TargetTitle, &t.Reason, &t.HintLevel,
		&t.Citations, &t.Voice.Engine, &t.Voice.Model, &t.Voice.PromptVersion, &t.Voice.PromptTokens, &t.Voice.OutputTokens, &t.At,
		&t.replyTo, &t.takenFor}
	err := row.Scan(append(columns, more...)...)
	if len(t.Citations) == 0 {
		t.Citations = nil
	}
	return t, err
}

// contributions gives each student turn its contribution from the reply among
// turns, oldest first.
func contributions(stored []storedTurn) []tutor.Turn {
	turns := make([]tutor.Turn, len(stored))
	place := make(map[string]*tutor.Turn, len(stored))
	for i, t := range stored {
		turns[i] = t.Turn
		place[t.ID] = &turns[i]
		if asked, ok := place[t.replyTo]; ok {
			asked.Contribution = t.takenFor
		}
	}
	return turns
}

// Turns returns the turns after seq, oldest first, with scores and citations,
// at most a thousand.
func (s *Store) Turns(ctx context.Context, viewer tutor.Account, sessionID string, after int64) ([]tutor.Turn, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if !isUUID(sessionID) {
		return nil, notFound("session")
	}
	session := pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "session": sessionID}
	args := with(session, pgx.StrictNamedArgs{"after": after, "limit": maxTurns})
	var visible bool
	var stored []storedTurn
	var scores []tutor.Score
	b := newBatch(sc)
	collectOne(b.Queue(`select `+visibleSession, session), &visible, pgx.RowTo[bool])
	collect(b.Queue(`select `+turnColumns+` from turns t
		where t.school_id = @school and t.session_id = @session and t.seq > @after and `+visibleSession+`
		order by t.seq limit @limit`, args), &stored, scanTurn)
	collect(b.Queue(`select `+scoreColumns+scoreFrom+`
		where c.school_id = @school and c.turn_id in (
			select t.id from turns t
			where t.school_id = @school and t.session_id = @session and t.seq > @after and `+visibleSession+`
			order by t.seq limit @limit)
		order by c.turn_id, c.position`, args), &scores, scanScore)
	if err := s.send(ctx, b); err != nil {
		return nil, wrap(err, "read the turns")
	}
	if !visible {
		return nil, notFound("session")
	}
	turns := contributions(stored)
	attachScores(turns, scores)
	if viewer.Role == tutor.RoleStudent {
		withholdScores(turns)
	}
	return turns, nil
}

// withholdScores takes the scores of drafts out of what a student reads: they
// stand with the feedback, once they are published.
func withholdScores(turns []tutor.Turn) {
	for i := range turns {
		if turns[i].Kind == tutor.TurnDraft {
			turns[i].Scores = nil
		}
	}
}

func attachScores(turns []tutor.Turn, scores []tutor.Score) {
	byTurn := make(map[string][]tutor.Score, len(turns))
	for _, score := range scores {
		byTurn[score.TurnID] = append(byTurn[score.TurnID], score)
	}
	for i := range turns {
		turns[i].Scores = byTurn[turns[i].ID]
	}
}

// tutorTurnArgs are the values of a tutor turn but its seq and what it replies to.
func tutorTurnArgs(school string, t tutor.Turn) pgx.StrictNamedArgs {
	citations := t.Citations
	if citations == nil {
		citations = []tutor.Citation{}
	}
	return pgx.StrictNamedArgs{"school": school, "session": t.SessionID, "turn": t.ID, "author": string(t.Author), "kind": string(t.Kind),
		"text": t.Text, "move": t.Move, "target": t.Target, "target_title": t.TargetTitle, "reason": t.Reason, "hint_level": t.HintLevel,
		"citations": citations, "engine": t.Voice.Engine, "model": t.Voice.Model, "prompt_version": t.Voice.PromptVersion,
		"prompt_tokens": t.Voice.PromptTokens, "output_tokens": t.Voice.OutputTokens}
}

const insertOpening = `
	insert into turns (school_id, id, session_id, seq, author, kind, text, move, target, target_title, reason, hint_level,
	                   citations, engine, model, prompt_version, prompt_tokens, output_tokens, at)
	values (@school, @turn, @session, 1, @author, @kind, @text, @move, @target, @target_title, @reason, @hint_level,
	        @citations, @engine, @model, @prompt_version, @prompt_tokens, @output_tokens, now())`
