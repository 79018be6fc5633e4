package postgres

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

func callOf(sc school, learner tutor.Account, reserved int) tutor.ModelCall {
	return tutor.ModelCall{
		ID: newUUID(), SchoolID: sc.id, LearnerID: learner.ID, Purpose: "voice", Host: "llm.example.org", Model: "m", External: true,
		Hash: [32]byte{1, 2, 3}, Reserved: reserved,
	}
}

// TestExternalModelIsOffUntilTurnedOn, and a server of the school's own is not.
func TestExternalModelIsOffUntilTurnedOn(t *testing.T) {
	s := newStore(t)
	sc, other := newSchool(t, s, "north"), newSchool(t, s, "south")
	ctx := t.Context()
	call := callOf(sc, sc.ann, 100)
	wantCode(t, s.Admit(ctx, call), tutor.CodeForbidden)
	local := callOf(sc, sc.ann, 100)
	local.External = false
	ok(t, s.Admit(ctx, local))
	for _, who := range []tutor.Account{sc.ann, sc.teacher} {
		wantCode(t, s.SetModelUse(ctx, who, tutor.ModelUse{External: true}), tutor.CodeForbidden)
	}
	ok(t, s.SetModelUse(ctx, sc.admin, tutor.ModelUse{External: true}))
	ok(t, s.Admit(ctx, call))
	wantCode(t, s.Admit(ctx, callOf(other, other.ann, 1)), tutor.CodeForbidden)
	ok(t, s.SetModelUse(ctx, sc.admin, tutor.ModelUse{}))
	wantCode(t, s.Admit(ctx, callOf(sc, sc.ann, 1)), tutor.CodeForbidden)
	log := must[[]tutor.AuditEntry](t)(s.Audit(ctx, sc.admin, time.Time{}, 10))
	if len(log) != 2 || log[0].Action != "model.use" || log[0].Detail["external"] != "off" || log[1].Detail["external"] != "on" {
		t.Errorf("audit %+v", log)
	}
}

// TestModelCaps bounds what a learner, a class and a school spend in a day, and
// gives back what a call did not cost.
func TestModelCaps(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ctx := t.Context()
	try := func(learner tutor.Account, reserved int, want tutor.Code, scope string) tutor.ModelCall {
		t.Helper()
		c := callOf(sc, learner, reserved)
		err := s.Admit(ctx, c)
		wantCode(t, err, want)
		if want != "" && !strings.Contains(err.Error(), scope) {
			t.Errorf("the message %q does not name the %s", err, scope)
		}
		return c
	}
	ok(t, s.SetModelUse(ctx, sc.admin, tutor.ModelUse{External: true, LearnerCap: 1000, ClassCap: 1500, SchoolCap: 1800}))
	first := try(sc.ann, 900, "", "")
	try(sc.ann, 200, tutor.CodeRateLimited, "learner")
	ok(t, s.Settle(ctx, first, tutor.ModelResult{Outcome: "ok", PromptTokens: 300, CachedTokens: 100, OutputTokens: 50, Micros: 7, Took: time.Second}))
	try(sc.ann, 600, "", "") // 350 were spent
	try(sc.ben, 700, tutor.CodeRateLimited, "class")
	try(sc.eve, 900, tutor.CodeRateLimited, "school") // of another class
	try(sc.eve, 800, "", "")
	entries, day, err := s.ModelCalls(ctx, sc.admin, 10)
	ok(t, err)
	if len(entries) != 3 || day.Calls != 3 || day.Failed != 0 || day.Refused != 3 || day.Tokens != 350 || day.Micros != 7 {
		t.Errorf("%d entries, %+v", len(entries), day)
	}
	last := entries[len(entries)-1]
	if last.ID != first.ID || last.Hash != first.Hash || last.Result == nil || last.Result.CachedTokens != 100 || last.Result.Took != time.Second || entries[0].Result != nil {
		t.Errorf("%+v", last)
	}
	wantCode(t, s.SetModelUse(ctx, sc.admin, tutor.ModelUse{LearnerCap: -1}), tutor.CodeInvalid)
	_, _, err = s.ModelCalls(ctx, sc.teacher, 10)
	wantCode(t, err, tutor.CodeForbidden)
	if got := must[tutor.ModelUse](t)(s.ModelUse(ctx, sc.admin)); got.SchoolCap != 1800 || !got.External {
		t.Errorf("%+v", got)
	}
}

// TestSettledOnTheNextDay: what a call did not cost goes back to the day of the
// call, not to the budget of the day on which it ends.
func TestSettledOnTheNextDay(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ctx := t.Context()
	c := callOf(sc, sc.ann, 900)
	must[int64](t)(s.exec(ctx, scope(sc.id), `
		insert into model_calls (school_id, id, at, purpose, host, model, external, hash, reserved)
		values (@school, @call, now() - interval '1 day', 'voice', 'h', 'm', true, @hash, 900)`,
		pgx.StrictNamedArgs{"school": sc.id, "call": c.ID, "hash": c.Hash[:]}))
	must[int64](t)(s.exec(ctx, scope(sc.id), `select spend_tokens(@school, @learner, 900, (now() at time zone 'utc')::date - 1)`,
		pgx.StrictNamedArgs{"school": sc.id, "learner": sc.ann.ID}))
	ok(t, s.Settle(ctx, c, tutor.ModelResult{Outcome: "ok", PromptTokens: 300}))
	if n := count(t, s, scope(sc.id), `select count(*) from model_spend where day = (now() at time zone 'utc')::date - 1 and tokens = 300`); n != 3 {
		t.Errorf("%d of learner, class and school have spent 300 on the day of the call", n)
	}
	if n := count(t, s, scope(sc.id), `select count(*) from model_spend where day >= (now() at time zone 'utc')::date`); n != 0 {
		t.Errorf("%d budgets of the day after were touched", n)
	}
}

// TestModelCapsTogether never spends more than the cap, however many ask at once.
func TestModelCapsTogether(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ok(t, s.SetModelUse(t.Context(), sc.admin, tutor.ModelUse{External: true, LearnerCap: 1000}))
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() { _ = s.Admit(t.Context(), callOf(sc, sc.ann, 100)) })
	}
	wg.Wait()
	if n := count(t, s, scope(sc.id), `select count(*) from model_calls`); n != 10 {
		t.Errorf("%d calls of 100 tokens fit into 1000", n)
	}
}

// TestLedgerHoldsNobody: nothing of the ledger names a learner.
func TestLedgerHoldsNobody(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ok(t, s.SetModelUse(t.Context(), sc.admin, tutor.ModelUse{External: true}))
	c := callOf(sc, sc.ann, 5)
	ok(t, s.Admit(t.Context(), c))
	ok(t, s.Settle(t.Context(), c, tutor.ModelResult{Outcome: "ok"}))
	for _, table := range []string{"model_calls", "model_results"} {
		rows := must[[]string](t)(all(t.Context(), s, scope(sc.id), `select x::text from `+table+` x`, nil, pgx.RowTo[string]))
		if len(rows) != 1 || strings.Contains(rows[0], sc.ann.ID) || strings.Contains(rows[0], "ann") {
			t.Errorf("%s: %v", table, rows)
		}
		if _, err := s.exec(t.Context(), scope(sc.id), `delete from `+table, nil); err == nil {
			t.Errorf("%s can be emptied", table)
		}
	}
}

// TestTeach: a turn knows how its class is spoken to.
func TestTeach(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ctx := t.Context()
	want := tutor.Teaching{ReadingLevel: tutor.ReadingSimple, Instructions: "Say negative four, not minus four."}
	for _, who := range []tutor.Account{sc.ann, sc.stranger} {
		if err := s.Teach(ctx, who, sc.class, "algebra", want); err == nil {
			t.Errorf("%s sets the instructions of the class", who.Name)
		}
	}
	wantCode(t, s.Teach(ctx, sc.teacher, sc.class, "nothing", want), tutor.CodeNotFound)
	wantCode(t, s.Teach(ctx, sc.teacher, sc.class, "algebra", tutor.Teaching{ReadingLevel: "x"}), tutor.CodeInvalid)
	wantCode(t, s.Teach(ctx, sc.teacher, sc.class, "algebra", tutor.Teaching{Instructions: strings.Repeat("é", 1001)}), tutor.CodeInvalid)
	ok(t, s.Teach(ctx, sc.teacher, sc.class, "algebra", want))
	session := openSession(t, s, sc, sc.ann, 0)
	if start := must[tutor.TurnStart](t)(s.BeginTurn(ctx, say(session, "-3x"))); start.Teaching != want {
		t.Errorf("the turn knows %+v", start.Teaching)
	}
	ok(t, s.GiveCourse(ctx, sc.id, must[string](t)(s.CreateClass(ctx, sc.id, "7b")), "algebra"))
	if start := must[tutor.TurnStart](t)(s.BeginTurn(ctx, say(openSession(t, s, sc, sc.eve, 0), "-3x"))); start.Teaching != (tutor.Teaching{}) {
		t.Errorf("a turn of another class knows %+v", start.Teaching)
	}
	if got := must[map[string]tutor.Teaching](t)(s.Teachings(ctx, sc.teacher, sc.class)); got["algebra"] != want {
		t.Errorf("%+v", got)
	}
	if got := must[map[string]tutor.Teaching](t)(s.Teachings(ctx, sc.stranger, sc.class)); len(got) != 0 {
		t.Errorf("a stranger reads %+v", got)
	}
}

// TestPromptIsKept: what a model was asked comes back with the next turn, and is
// nothing that readers of a session get.
func TestPromptIsKept(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	start := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), say(session, "-3x")))
	out := graded(start, farAway, "some")
	out.Reply.Voice = tutor.Voice{Engine: "model", Prompt: "the prompt", Words: "the words"}
	out.Scores[0].Agreement, out.Scores[0].PromptVersion = "decided", "grade-1"
	must[tutor.Turn](t)(s.FinishTurn(t.Context(), out))
	next := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), say(session, "-4x")))
	if v := next.History[len(next.History)-1].Voice; v.Prompt != "the prompt" || v.Words != "the words" {
		t.Errorf("%+v", v)
	}
	turns := must[[]tutor.Turn](t)(s.Turns(t.Context(), sc.ann, session.ID, 0))
	if text := fmt.Sprintf("%+v", turns); strings.Contains(text, "the prompt") {
		t.Error("a reader of the session gets the prompt")
	}
	if score := turns[1].Scores[0]; score.Agreement != "decided" || score.PromptVersion != "grade-1" {
		t.Errorf("%+v", score)
	}
}

// TestPrecedents finds what teachers have set, and not what they took back.
func TestPrecedents(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ctx := t.Context()
	scores := play(t, s, openSession(t, s, sc, sc.ann, 0), [][]string{{"none"}, {"some"}, {"all"}})
	activity, criterion := sc.course.Activities[0].ID, scores[0].Criterion.ID
	find := func() []tutor.Precedent {
		t.Helper()
		return must[[]tutor.Precedent](t)(s.Precedents(ctx, sc.id, activity, []string{criterion}, 10))
	}
	if got := find(); len(got) != 0 {
		t.Fatalf("machine scores are precedents: %+v", got)
	}
	set := tutor.ScoreOverride{ScoreID: scores[1].ID, Version: 1, LevelID: "all", Reason: tutor.ReasonTooStrict, Note: "said in other words"}
	must[tutor.ScoreChange](t)(s.OverrideScore(ctx, sc.teacher, set))
	if got := find(); len(got) != 1 || got[0].Level != "all" || got[0].Value != 1 || got[0].Note != set.Note || got[0].Text != "answer 1" || got[0].Criterion != criterion {
		t.Fatalf("%+v", got)
	}
	must[tutor.ScoreChange](t)(s.UndoOverride(ctx, sc.teacher, scores[1].ID, 2))
	if got := find(); len(got) != 0 {
		t.Errorf("taken back: %+v", got)
	}
}
