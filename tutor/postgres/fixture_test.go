package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
	"maieutic/tutor/postgres/cluster"
	"maieutic/tutor/postgres/pgtest"
)

// school is a school with one class, its people and a course of two skills.
type school struct {
	id, class                string
	teacher, stranger, admin tutor.Account // stranger teaches another class
	ann, ben                 tutor.Account // of the class
	eve                      tutor.Account // of the stranger's class
	course                   tutor.Course
}

func newStore(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), pgtest.NewDB(t), testParams())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// newDurableStore is newStore on a cluster with the settings of a server's own,
// which pgtest's has not.
func newDurableStore(t testing.TB) *Store {
	t.Helper()
	dir, err := os.MkdirTemp("", "maieutic-durable-")
	ok(t, err)
	c, err := cluster.Start(t.Context(), cluster.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	t.Cleanup(func() {
		ok(t, c.Stop(context.Background()))
		ok(t, os.RemoveAll(dir))
	})
	ok(t, Migrate(t.Context(), c.DSN()))
	s, err := Open(t.Context(), c.DSN(), testParams())
	ok(t, err)
	t.Cleanup(s.Close)
	return s
}

// must returns v and fails the test on an error.
func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, err error, code tutor.Code) {
	t.Helper()
	if tutor.ErrorCode(err) != code {
		t.Fatalf("got error %v (code %q), want code %q", err, tutor.ErrorCode(err), code)
	}
	var coded *tutor.Error
	if code != "" && !errors.As(err, &coded) {
		t.Fatalf("%T is not a *tutor.Error", err)
	}
}

func newSchool(t testing.TB, s *Store, name string) school {
	t.Helper()
	ctx := t.Context()
	sc := school{id: must[string](t)(s.CreateSchool(ctx, name))}
	account := func(who string, role tutor.Role) tutor.Account {
		t.Helper()
		return must[tutor.Account](t)(s.CreateAccount(ctx, tutor.Account{
			SchoolID: sc.id, Email: who + "@" + name + ".example", Name: who, Role: role}, "hash of "+who))
	}
	sc.class = must[string](t)(s.CreateClass(ctx, sc.id, "7a"))
	other := must[string](t)(s.CreateClass(ctx, sc.id, "7b"))
	sc.teacher, sc.stranger, sc.admin = account("teacher", tutor.RoleTeacher), account("stranger", tutor.RoleTeacher), account("admin", tutor.RoleAdmin)
	sc.ann, sc.ben, sc.eve = account("ann", tutor.RoleStudent), account("ben", tutor.RoleStudent), account("eve", tutor.RoleStudent)
	for _, a := range []tutor.Account{sc.teacher, sc.ann, sc.ben} {
		ok(t, s.Enrol(ctx, a, sc.class))
	}
	for _, a := range []tutor.Account{sc.stranger, sc.eve} {
		ok(t, s.Enrol(ctx, a, other))
	}
	sc.course = testCourse()
	must[SaveReport](t)(s.SaveCourse(ctx, sc.id, sc.course))
	ok(t, s.GiveCourse(ctx, sc.id, sc.class, sc.course.ID))
	return sc
}

func testCourse() tutor.Course {
	activity := func(n int) tutor.Activity {
		return tutor.Activity{
			ID: fmt.Sprintf("algebra.expand-%d", n), CourseID: "algebra", Version: fmt.Sprintf("v1-%d", n), Kind: tutor.ActivityProblem,
			Title: fmt.Sprintf("Expand %d", n), Language: "en", Skills: []string{"algebra.expand"}, Difficulty: 0.1 + 0.7, LessonID: "brackets", Order: n,
			Steps: []tutor.Step{{ID: "a", Question: "Expand $-3(x-4)$.", Skills: []string{"algebra.signs"}, Expectations: []tutor.Expectation{{
				ID: "a", Title: "both terms", Answer: &tutor.Answer{Kind: tutor.AnswerExpression, Value: "-3x+12"}, Tell: "It is -3x+12."}}}},
		}
	}
	return tutor.Course{
		ID: "algebra", Title: "Algebra", Summary: "Letters.", Language: "en", License: "CC0", Version: "c1",
		Skills: []tutor.Skill{
			{ID: "algebra.signs", CourseID: "algebra", Title: "Signs", Order: 0},
			{ID: "algebra.expand", CourseID: "algebra", Title: "Expand", Prerequisites: []string{"algebra.signs"}, Order: 1},
		},
		Lessons:    []tutor.Lesson{{ID: "brackets", CourseID: "algebra", Title: "Brackets", Body: "## Why\nBecause.", Skills: []string{"algebra.expand"}}},
		Activities: []tutor.Activity{activity(0), activity(1)},
	}
}

func openSession(t testing.TB, s *Store, sc school, learner tutor.Account, activity int) tutor.Session {
	t.Helper()
	a := sc.course.Activities[activity]
	return must[tutor.Session](t)(s.CreateSession(t.Context(), tutor.NewSession{
		Session: tutor.Session{SchoolID: sc.id, LearnerID: learner.ID, ActivityID: a.ID, ActivityVersion: a.Version, Language: "en",
			State: json.RawMessage(`{"turns": 0}`)},
		Opening: tutor.Turn{Text: "Expand it.", Move: "open", Voice: tutor.Voice{Engine: "authored"}},
	}))
}

func say(session tutor.Session, text string) tutor.TurnInput {
	return tutor.TurnInput{SchoolID: session.SchoolID, SessionID: session.ID, LearnerID: session.LearnerID, ID: newUUID(),
		Kind: tutor.TurnSay, Text: text, Lease: time.Minute, History: 10}
}

// outcome is what a turn leaves when nothing of it was scored.
func outcome(start tutor.TurnStart) tutor.TurnOutcome {
	return tutor.TurnOutcome{
		SchoolID: start.Session.SchoolID, SessionID: start.Session.ID, LearnerID: start.Session.LearnerID, StudentID: start.Turn.ID, Fence: start.Fence,
		Contribution: "assertion", State: json.RawMessage(`{"turns": 1}`), Status: tutor.SessionOpen,
		Reply: tutor.Turn{ID: newUUID(), Text: "Go on.", Move: "pump", Target: "a/a", TargetTitle: "both terms", Reason: "frontier",
			Citations: []tutor.Citation{{CourseID: "algebra", LessonID: "brackets", Lesson: "Brackets", Heading: "Why", Anchor: "why", Start: 7, End: 15}},
			Voice:     tutor.Voice{Engine: "model", Model: "m", PromptVersion: "p1", PromptTokens: 10, OutputTokens: 3}},
	}
}

func testParams() *tutor.Params { return tutor.DefaultParams() }

var testCriterion = tutor.Criterion{ID: "a/a", Title: "both terms", Levels: []tutor.Level{
	{ID: "none", Title: "Not yet"}, {ID: "some", Title: "Partly", Points: 1}, {ID: "all", Title: "Fully", Points: 3}}}

// graded is what a turn leaves that was given a level for each criterion: each
// score is evidence for both skills, folded on what BeginTurn has read.
func graded(start tutor.TurnStart, at time.Time, levels ...string) tutor.TurnOutcome {
	out := outcome(start)
	params := testParams()
	states := maps.Clone(start.Skills)
	for i, id := range levels {
		value, _ := testCriterion.Value(id)
		level, _ := levelOf(testCriterion, id)
		score := tutor.Score{ID: newUUID(), Version: 1, TurnID: start.Turn.ID, Criterion: testCriterion, Level: level, Value: value, Grader: tutor.GraderBuiltin,
			Confidence: 0.1 + 0.2, Quotes: []tutor.Quote{{Start: 0, End: 2, Text: "It"}}, RubricVersion: "r1"}
		out.Scores = append(out.Scores, score)
		for _, skill := range []string{"algebra.expand", "algebra.signs"} {
			state, ok := states[skill]
			if !ok {
				state = params.NewState(skill)
			}
			e := tutor.Evidence{Seq: state.Seq + 1, ScoreID: score.ID, SessionID: out.SessionID, TurnSeq: start.Turn.Seq, SkillID: skill, ItemID: "algebra.expand-0/a/a",
				Y: value, Reliability: 0.7, Hints: i % 3, HintLevels: 4, Grader: tutor.GraderBuiltin, RubricVersion: "r1", At: at.Add(time.Duration(i) * time.Hour)}
			out.Evidence = append(out.Evidence, e)
			states[skill] = params.Update(state, e)
		}
	}
	if len(levels) > 0 {
		out.Skills = []tutor.SkillState{states["algebra.expand"], states["algebra.signs"]}
	}
	return out
}

func count(t testing.TB, s *Store, sc scope, sql string) int {
	t.Helper()
	return must[int](t)(one(context.Background(), s, sc, sql, nil, scanInt))
}

func scanInt(row pgx.CollectableRow) (int, error) { return pgx.RowTo[int](row) }
