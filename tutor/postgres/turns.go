package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"maieutic/tutor"
)

// The most earlier turns a turn may load, and the most turns one call of
// Unfinished returns.
const (
	maxHistory    = 200
	maxUnfinished = 1000
)

const beginTurn = `select begin_turn(@school, @session, @learner, @turn, @kind, @text, @lease)`

// beginSession also tells how the learner's class is spoken to in the course: of
// several classes the first by name that says anything.
const beginSession = `select ` + sessionColumns + `, s.fence, coalesce(h.reading_level, ''), coalesce(h.instructions, '')` + sessionFrom + `
	left join lateral (
		select c.reading_level, k.instructions
		from enrolments e
		join class_courses k on k.school_id = e.school_id and k.class_id = e.class_id and k.course_id = s.course_id
		join classes c on c.school_id = e.school_id and c.id = e.class_id
		where e.school_id = s.school_id and e.learner_id = s.learner_id and (c.reading_level <> '' or k.instructions <> '')
		order by c.name limit 1) h on true
	where s.school_id = @school and s.id = @session and s.learner_id = @learner`

// beginHistory returns the last turns of the session, newest first: the student
// turn, unless it has long been answered, and what came before it.
const beginHistory = `select ` + turnColumns + `, t.prompt, t.words from turns t
	where t.school_id = @school and t.session_id = @session
	order by t.seq desc limit @history + 1`

const beginSkills = `select ` + stateColumns + ` from skill_states k
	where k.school_id = @school and k.learner_id = @learner and k.skill_id in (
		select unnest(s.skills) from sessions s where s.school_id = @school and s.id = @session)`

// BeginTurn commits a student turn and leases it to the caller, in one round
// trip. The same id and text again is the same turn: Reply is set when it is
// answered (this costs a second round trip), Busy when another works on it, and
// an expired lease is taken over with a higher fence. The same id with another
// text, and a turn while another is active, is a CodeConflict. While an active
// turn's lease has expired and nobody has taken it over (see Unfinished) other
// turns are CodeUnavailable. A session that is not open is CodeRefused, one
// that is not the learner's CodeNotFound.
func (s *Store) BeginTurn(ctx context.Context, in tutor.TurnInput) (tutor.TurnStart, error) {
	sc, err := checkTurn(in)
	if err != nil {
		return tutor.TurnStart{}, err
	}
	session := pgx.StrictNamedArgs{"school": in.SchoolID, "session": in.SessionID, "learner": in.LearnerID}
	turn := pgx.StrictNamedArgs{"turn": in.ID, "kind": string(in.Kind), "text": in.Text, "lease": in.Lease}
	var (
		verdict  string
		sessions []leasedSession
		turns    []storedTurn
		states   []tutor.SkillState
	)
	b := newBatch(sc)
	collectOne(b.Queue(beginTurn, with(session, turn)), &verdict, pgx.RowTo[string])
	collect(b.Queue(beginSession, session), &sessions, scanLeased)
	collect(b.Queue(beginHistory, pgx.StrictNamedArgs{"school": in.SchoolID, "session": in.SessionID, "history": in.History}), &turns, scanPrompted)
	collect(b.Queue(beginSkills, session), &states, scanState)
	if err := s.send(ctx, b); err != nil {
		if sqlState(err) == stateUniqueViolation { // the same id at the same moment in another session
			return tutor.TurnStart{}, errIDTaken
		}
		return tutor.TurnStart{}, wrap(err, "begin a turn")
	}
	if err := verdictError(verdict); err != nil {
		return tutor.TurnStart{}, err
	}
	if len(sessions) != 1 {
		return tutor.TurnStart{}, wrap(errors.New("the session of the turn is missing"), "begin a turn")
	}
	start := tutor.TurnStart{Session: sessions[0].Session, Fence: sessions[0].fence, Teaching: sessions[0].teaching, Skills: statesByID(states), Busy: verdict == "busy"}
	if verdict == "answered" {
		return s.answered(ctx, sc, in, start)
	}
	slices.Reverse(turns)
	start.History = contributions(turns)
	last := len(turns) - 1 // at least the student turn is there
	start.Turn, start.History = start.History[last], start.History[:last]
	return start, nil
}

func checkTurn(in tutor.TurnInput) (scope, error) {
	sc, err := schoolScope(in.SchoolID)
	if err != nil {
		return "", err
	}
	switch {
	case !isUUID(in.SessionID) || !isUUID(in.LearnerID):
		return "", notFound("session")
	case !isUUID(in.ID):
		return "", tutor.Errorf(tutor.CodeInvalid, "the id of a turn is a UUID that you choose, a new one for each turn")
	case in.Kind != tutor.TurnSay && in.Kind != tutor.TurnHint:
		return "", tutor.Errorf(tutor.CodeInvalid, "a turn is of kind say or hint")
	case in.Lease <= 0:
		return "", tutor.Errorf(tutor.CodeInvalid, "a turn is leased for a positive time")
	case in.History < 0 || in.History > maxHistory:
		return "", tutor.Errorf(tutor.CodeInvalid, "a turn loads 0 to %d earlier turns", maxHistory)
	}
	return sc, checkText("the text", in.Text)
}

var errIDTaken = tutor.Errorf(tutor.CodeConflict, "this id belongs to another turn; choose a new id for each turn")

// verdictError turns what begin_turn says into an error, nil for a turn that
// the caller may go on with.
func verdictError(verdict string) error {
	switch verdict {
	case "new", "taken", "busy", "answered":
		return nil
	case "id_taken":
		return errIDTaken
	case "other":
		return tutor.Errorf(tutor.CodeConflict, "the tutor is still answering your last message; send this one when the answer is there")
	case "unfinished":
		return tutor.Errorf(tutor.CodeUnavailable, "the answer to your last message was interrupted and is being finished; send this one again in a moment")
	case "closed":
		return tutor.Errorf(tutor.CodeRefused, "this session is over; start a new one to go on")
	case "not_found":
		return notFound("session")
	}
	return wrap(errors.New("unknown verdict "+verdict), "begin a turn")
}

type leasedSession struct {
	tutor.Session
	fence    int64
	teaching tutor.Teaching
}

func scanLeased(row pgx.CollectableRow) (leasedSession, error) {
	var l leasedSession
	s := &l.Session
	err := row.Scan(&s.SchoolID, &s.ID, &s.LearnerID, &s.LearnerName, &s.ActivityID, &s.ActivityVersion, &s.ActivityTitle, &s.Kind, &s.CourseID,
		&s.Language, &s.Epoch, &s.Seq, &s.Status, &s.Why, (*[]byte)(&s.State), &s.StartedAt, &s.UpdatedAt, &l.fence, &l.teaching.ReadingLevel, &l.teaching.Instructions)
	return l, err
}

// answeredTurns returns the student turn, its reply and the turns before, newest
// first.
const answeredTurns = `select ` + turnColumns + ` from turns t
	where t.school_id = @school and t.session_id = @session
	  and t.seq <= (select r.seq from turns r where r.school_id = @school and r.reply_to = @turn)
	order by t.seq desc limit @history + 2`

// answered completes start with a turn that is answered, its scores and its
// reply.
func (s *Store) answered(ctx context.Context, sc scope, in tutor.TurnInput, start tutor.TurnStart) (tutor.TurnStart, error) {
	turn := pgx.StrictNamedArgs{"school": in.SchoolID, "turn": in.ID}
	var turns []storedTurn
	var scores []tutor.Score
	b := newBatch(sc)
	collect(b.Queue(answeredTurns, with(turn, pgx.StrictNamedArgs{"session": in.SessionID, "history": in.History})), &turns, scanTurn)
	collect(b.Queue(`select `+scoreColumns+scoreFrom+` where c.school_id = @school and c.turn_id = @turn order by c.position`, turn), &scores, scanScore)
	if err := s.send(ctx, b); err != nil {
		return tutor.TurnStart{}, wrap(err, "read the answer of a turn")
	}
	if len(turns) < 2 {
		return tutor.TurnStart{}, wrap(errors.New("the turn or its reply is missing"), "read the answer of a turn")
	}
	slices.Reverse(turns)
	all, n := contributions(turns), len(turns)
	start.History, start.Turn, start.Reply = all[:n-2], all[n-2], &all[n-1]
	start.Turn.Scores = scores
	return start, nil
}

const unfinishedTurns = `
	select t.school_id, t.session_id, s.learner_id, t.id, t.kind, t.text
	from sessions s
	join turns t on t.school_id = s.school_id and t.id = s.active_turn
	where s.active_turn is not null and s.lease_until < clock_timestamp()
	order by s.lease_until limit @limit`

// Unfinished returns student turns of all schools that have no reply and whose
// lease has expired, oldest first, without Lease and History. Giving one to
// BeginTurn takes it over.
func (s *Store) Unfinished(ctx context.Context, limit int) ([]tutor.TurnInput, error) {
	if limit < 1 || limit > maxUnfinished {
		return nil, tutor.Errorf(tutor.CodeInvalid, "ask for 1 to %d turns", maxUnfinished)
	}
	turns, err := all(ctx, s, systemScope, unfinishedTurns, pgx.StrictNamedArgs{"limit": limit},
		func(row pgx.CollectableRow) (tutor.TurnInput, error) {
			var in tutor.TurnInput
			err := row.Scan(&in.SchoolID, &in.SessionID, &in.LearnerID, &in.ID, &in.Kind, &in.Text)
			return in, err
		})
	return turns, wrap(err, "look for unfinished turns")
}

// constraintOf returns the name of the constraint that err violates, "" for none.
func constraintOf(err error) string {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return pgErr.ConstraintName
	}
	return ""
}
