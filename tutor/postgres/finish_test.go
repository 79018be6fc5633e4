package postgres

import (
	"errors"
	"testing"
	"time"

	"maieutic/tutor"
)

func TestGradedTurnIsKept(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	in := say(session, "It is")
	start := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))
	if len(start.Skills) != 0 {
		t.Fatalf("states before any evidence: %v", start.Skills)
	}
	out := graded(start, time.Now(), "some", "all")
	must[tutor.Turn](t)(s.FinishTurn(t.Context(), out))

	again := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))
	if len(again.Turn.Scores) != 2 || again.Turn.Scores[0].ID != out.Scores[0].ID || again.Turn.Scores[0].Value != out.Scores[0].Value ||
		again.Turn.Scores[0].Quotes[0] != out.Scores[0].Quotes[0] || len(again.History) != 1 {
		t.Fatalf("again %+v", again)
	}
	next := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), say(session, "more")))
	for _, want := range out.Skills {
		want.Due = want.Due.Truncate(time.Microsecond)
		if got := next.Skills[want.SkillID]; got != want {
			t.Errorf("state\n%+v\nwant\n%+v", got, want)
		}
	}
	if len(next.History) != 3 || next.History[1].Contribution != "assertion" || next.History[2].Move != "pump" {
		t.Errorf("history %+v", next.History)
	}
}

// Two sessions of one learner move the same skill: the second to finish must
// not write over what the first has found out.
func TestTwoSessionsOfOneLearner(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	first := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), say(openSession(t, s, sc, sc.ann, 0), "a")))
	second := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), say(openSession(t, s, sc, sc.ann, 1), "b")))
	must[tutor.Turn](t)(s.FinishTurn(t.Context(), graded(first, time.Now(), "all")))
	if _, err := s.FinishTurn(t.Context(), graded(second, time.Now(), "all")); !errors.Is(err, tutor.ErrStale) {
		t.Fatalf("got %v, want ErrStale", err)
	}
	finishAfresh(t, s, second)
	states := must[map[string]tutor.SkillState](t)(s.SkillStates(t.Context(), sc.id, sc.ann.ID, []string{"algebra.expand", "algebra.none"}))
	if len(states) != 1 || states["algebra.expand"].Count != 2 {
		t.Errorf("states %+v", states)
	}
}

// An override while a turn is being answered: the turn's states miss it.
func TestOverrideDuringATurn(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	score := play(t, s, session, [][]string{{"none"}})[0]
	start := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), say(session, "again")))
	must[tutor.ScoreChange](t)(s.OverrideScore(t.Context(), sc.teacher, tutor.ScoreOverride{ScoreID: score.ID, Version: 1, LevelID: "all", Reason: tutor.ReasonMisread}))
	if _, err := s.FinishTurn(t.Context(), graded(start, time.Now(), "some")); !errors.Is(err, tutor.ErrStale) {
		t.Fatalf("got %v, want ErrStale", err)
	}
	finishAfresh(t, s, start)
	trail := must[[]tutor.TrailEntry](t)(s.Trail(t.Context(), sc.ann, sc.ann.ID, "algebra.signs"))
	states := must[map[string]tutor.SkillState](t)(s.SkillStates(t.Context(), sc.id, sc.ann.ID, []string{"algebra.signs"}))
	if len(trail) != 2 || states["algebra.signs"].Mastery != trail[1].After {
		t.Errorf("the state %v is not the fold of the record %v", states["algebra.signs"].Mastery, trail[len(trail)-1].After)
	}
}

// finishAfresh does what a caller does on ErrStale.
func finishAfresh(t *testing.T, s *Store, start tutor.TurnStart) {
	t.Helper()
	start.Skills = must[map[string]tutor.SkillState](t)(s.SkillStates(t.Context(), start.Session.SchoolID, start.Session.LearnerID,
		[]string{"algebra.expand", "algebra.signs"}))
	must[tutor.Turn](t)(s.FinishTurn(t.Context(), graded(start, time.Now(), "some")))
}

func TestNothingOfARefusedOutcome(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	start := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), say(session, "It is")))
	before := count(t, s, systemScope, `select count(*) from turns`)
	for name, c := range map[string]struct {
		spoil func(*tutor.TurnOutcome)
		code  tutor.Code
	}{
		"old fence":        {func(o *tutor.TurnOutcome) { o.Fence-- }, tutor.CodeConflict},
		"other learner":    {func(o *tutor.TurnOutcome) { o.LearnerID = sc.ben.ID }, tutor.CodeConflict},
		"reply id taken":   {func(o *tutor.TurnOutcome) { o.Reply.ID = start.Turn.ID }, tutor.CodeConflict},
		"evidence range":   {func(o *tutor.TurnOutcome) { o.Evidence[1].Y = 2 }, tutor.CodeInvalid},
		"unknown level":    {func(o *tutor.TurnOutcome) { o.Scores[0].Level.ID = "x" }, tutor.CodeInvalid},
		"score id":         {func(o *tutor.TurnOutcome) { o.Scores[0].ID = "1" }, tutor.CodeInvalid},
		"NUL in the reply": {func(o *tutor.TurnOutcome) { o.Reply.Text = "\x00" }, tutor.CodeInvalid},
		"NUL in a title":   {func(o *tutor.TurnOutcome) { o.Reply.TargetTitle = "\x00" }, tutor.CodeInvalid},
		"NUL in a quote":   {func(o *tutor.TurnOutcome) { o.Scores[0].Quotes[0].Text = "\x00" }, tutor.CodeInvalid},
		"unknown skill":    {func(o *tutor.TurnOutcome) { o.Evidence[0].SkillID = "algebra.none" }, tutor.CodeInternal},
		"status":           {func(o *tutor.TurnOutcome) { o.Status = "lost" }, tutor.CodeInternal},
	} {
		out := graded(start, time.Now(), "some")
		c.spoil(&out)
		if _, err := s.FinishTurn(t.Context(), out); tutor.ErrorCode(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
	for _, table := range []string{"scores", "evidence", "skill_states"} {
		if n := count(t, s, systemScope, `select count(*) from `+table); n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
	if n := count(t, s, systemScope, `select count(*) from turns`); n != before {
		t.Errorf("%d turns, want %d", n, before)
	}
	must[tutor.Turn](t)(s.FinishTurn(t.Context(), graded(start, time.Now(), "some")))
}
