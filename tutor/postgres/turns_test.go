package postgres

import (
	"context"
	"sync"
	"testing"
	"time"

	"maieutic/tutor"
)

func TestTurn(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	if session.Seq != 1 || session.LearnerName != "ann" || session.ActivityTitle != "Expand 0" || session.CourseID != "algebra" || session.Epoch == "" {
		t.Fatalf("session %+v", session)
	}
	in := say(session, "-3x - 12 \u2212 \U0001F600")
	start := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))
	if start.Turn.Seq != 2 || start.Turn.Text != in.Text || start.Session.Seq != 2 || start.Fence != 1 || start.Busy || start.Reply != nil {
		t.Fatalf("start %+v", start)
	}
	if len(start.History) != 1 || start.History[0].Seq != 1 || start.History[0].Author != tutor.AuthorTutor {
		t.Fatalf("history %+v", start.History)
	}
	if string(start.Session.State) != `{"turns": 0}` {
		t.Fatalf("state %s", start.Session.State)
	}
	out := outcome(start)
	reply := must[tutor.Turn](t)(s.FinishTurn(t.Context(), out))
	if reply.Seq != 3 || reply.Author != tutor.AuthorTutor || reply.At.IsZero() || reply.Text != out.Reply.Text {
		t.Fatalf("reply %+v", reply)
	}
	turns := must[[]tutor.Turn](t)(s.Turns(t.Context(), sc.ann, session.ID, 1))
	if len(turns) != 2 || turns[0].Contribution != "assertion" || turns[1].Move != "pump" || turns[1].Voice.Model != "m" {
		t.Fatalf("turns %+v", turns)
	}
	if len(turns[1].Citations) != 1 || turns[1].Citations[0] != out.Reply.Citations[0] {
		t.Fatalf("citations %+v", turns[1].Citations)
	}
	if !turns[1].At.Equal(reply.At) {
		t.Fatalf("reply at %v, stored at %v", reply.At, turns[1].At)
	}
	after := must[tutor.Session](t)(s.Session(t.Context(), sc.ann, session.ID))
	if after.Seq != 3 || string(after.State) != `{"turns": 1}` || !after.UpdatedAt.After(session.UpdatedAt) {
		t.Fatalf("session after %+v", after)
	}
}

func TestTurnAgain(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	in := say(session, "12")
	start := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))

	again := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))
	if !again.Busy || again.Reply != nil || again.Turn.Seq != start.Turn.Seq {
		t.Fatalf("while active: %+v", again)
	}
	other := in
	other.Text = "13"
	_, err := s.BeginTurn(t.Context(), other)
	wantCode(t, err, tutor.CodeConflict)
	other = in
	other.Kind = tutor.TurnHint
	_, err = s.BeginTurn(t.Context(), other)
	wantCode(t, err, tutor.CodeConflict)
	_, err = s.BeginTurn(t.Context(), say(session, "12"))
	wantCode(t, err, tutor.CodeConflict)

	out := outcome(start)
	out.Status = tutor.SessionMastered
	reply := must[tutor.Turn](t)(s.FinishTurn(t.Context(), out))
	again = must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))
	if again.Reply == nil || again.Reply.ID != reply.ID || again.Session.Status != tutor.SessionMastered || again.Turn.Contribution != "assertion" {
		t.Fatalf("when answered: %+v", again)
	}
	_, err = s.FinishTurn(t.Context(), out)
	wantCode(t, err, tutor.CodeConflict)
	_, err = s.BeginTurn(t.Context(), say(session, "more"))
	wantCode(t, err, tutor.CodeRefused)
	if n := count(t, s, systemScope, `select count(*) from turns`); n != 3 {
		t.Fatalf("%d turns, want 3", n)
	}
}

func TestTurnOfAnother(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	mine, theirs := openSession(t, s, sc, sc.ann, 0), openSession(t, s, sc, sc.ben, 0)
	in := say(mine, "12")
	must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))

	stolen := say(theirs, "12")
	stolen.ID = in.ID
	got, err := s.BeginTurn(t.Context(), stolen)
	wantCode(t, err, tutor.CodeConflict)
	if got.Turn.Text != "" || got.Session.ID != "" {
		t.Fatalf("a refused turn shows %+v", got)
	}
	stranger := say(mine, "12")
	stranger.LearnerID = sc.ben.ID
	_, err = s.BeginTurn(t.Context(), stranger)
	wantCode(t, err, tutor.CodeNotFound)
	unknown := say(mine, "12")
	unknown.SessionID = newUUID()
	_, err = s.BeginTurn(t.Context(), unknown)
	wantCode(t, err, tutor.CodeNotFound)
	unknown.SessionID = "x' or true --"
	_, err = s.BeginTurn(t.Context(), unknown)
	wantCode(t, err, tutor.CodeNotFound)
}

func TestBadTurn(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	for name, spoil := range map[string]func(*tutor.TurnInput){
		"NUL":           func(in *tutor.TurnInput) { in.Text = "a\x00b" },
		"invalid UTF-8": func(in *tutor.TurnInput) { in.Text = "a\xffb" },
		"id":            func(in *tutor.TurnInput) { in.ID = "7" },
		"kind":          func(in *tutor.TurnInput) { in.Kind = "shout" },
		"lease":         func(in *tutor.TurnInput) { in.Lease = 0 },
		"history":       func(in *tutor.TurnInput) { in.History = 10000 },
		"school":        func(in *tutor.TurnInput) { in.SchoolID = "*" },
	} {
		in := say(session, "12")
		spoil(&in)
		if _, err := s.BeginTurn(t.Context(), in); tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// expire lets the lease of a session's active turn run out now.
func expire(t *testing.T, s *Store, session tutor.Session) {
	t.Helper()
	must[int64](t)(s.exec(t.Context(), systemScope, `update sessions set lease_until = clock_timestamp() - interval '1 second' where id = @id`,
		map[string]any{"id": session.ID}))
}

func TestTakeOver(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	in := say(session, "12")
	crashed := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))
	if left := must[[]tutor.TurnInput](t)(s.Unfinished(t.Context(), 10)); len(left) != 0 {
		t.Fatalf("unfinished under a live lease: %+v", left)
	}
	expire(t, s, session)
	_, err := s.BeginTurn(t.Context(), say(session, "next"))
	wantCode(t, err, tutor.CodeUnavailable)

	left := must[[]tutor.TurnInput](t)(s.Unfinished(t.Context(), 10))
	if len(left) != 1 || left[0].ID != in.ID || left[0].Text != in.Text || left[0].LearnerID != sc.ann.ID || left[0].SchoolID != sc.id {
		t.Fatalf("unfinished %+v", left)
	}
	left[0].Lease, left[0].History = time.Minute, 5
	taken := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), left[0]))
	if taken.Fence <= crashed.Fence || taken.Turn.Seq != crashed.Turn.Seq || taken.Busy || taken.Reply != nil || taken.Session.Seq != 2 {
		t.Fatalf("taken over: %+v", taken)
	}
	_, err = s.FinishTurn(t.Context(), outcome(crashed))
	wantCode(t, err, tutor.CodeConflict)
	must[tutor.Turn](t)(s.FinishTurn(t.Context(), outcome(taken)))
	if turns := must[[]tutor.Turn](t)(s.Turns(t.Context(), sc.ann, session.ID, 0)); len(turns) != 3 {
		t.Fatalf("%d turns, want 3", len(turns))
	}
}

// together runs n calls at the same moment and returns what they returned.
func together(n int, call func(i int) (tutor.TurnStart, error)) ([]tutor.TurnStart, []error) {
	starts, errs := make([]tutor.TurnStart, n), make([]error, n)
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-gate
			starts[i], errs[i] = call(i)
		})
	}
	close(gate)
	wg.Wait()
	return starts, errs
}

func TestSameTurnAtOnce(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	in := say(session, "12")
	starts, errs := together(16, func(int) (tutor.TurnStart, error) { return s.BeginTurn(context.Background(), in) })
	var leased int
	for i := range starts {
		ok(t, errs[i])
		if !starts[i].Busy {
			leased++
		}
		if starts[i].Turn.Seq != 2 {
			t.Errorf("seq %d", starts[i].Turn.Seq)
		}
	}
	if leased != 1 {
		t.Errorf("%d callers hold the turn, want 1", leased)
	}
	if n := count(t, s, systemScope, `select count(*) from turns where author = 'student'`); n != 1 {
		t.Errorf("%d turns, want 1", n)
	}
}

func TestDifferentTurnsAtOnce(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	starts, errs := together(16, func(int) (tutor.TurnStart, error) { return s.BeginTurn(context.Background(), say(session, "12")) })
	var active int
	for i := range starts {
		if errs[i] == nil {
			active++
			continue
		}
		wantCode(t, errs[i], tutor.CodeConflict)
	}
	if active != 1 {
		t.Errorf("%d turns are active, want 1", active)
	}
}

func TestOneIDInTwoSessionsAtOnce(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	sessions := []tutor.Session{openSession(t, s, sc, sc.ann, 0), openSession(t, s, sc, sc.ann, 1)}
	id := newUUID()
	_, errs := together(16, func(i int) (tutor.TurnStart, error) {
		in := say(sessions[i%2], "12")
		in.ID = id
		return s.BeginTurn(context.Background(), in)
	})
	var failed int
	for _, err := range errs {
		if err != nil {
			wantCode(t, err, tutor.CodeConflict)
			failed++
		}
	}
	if failed != 8 {
		t.Errorf("%d refused, want the 8 of one session", failed)
	}
}
