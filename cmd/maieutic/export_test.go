package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"maieutic/tutor"
	"maieutic/tutor/postgres"
	"maieutic/tutor/postgres/cluster"
)

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// judgedEssay is a school in which ann has handed two drafts in; the first was
// overruled, published, appealed, overruled again and answered.
func judgedEssay(t *testing.T, store *postgres.Store) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	school := must[string](t)(store.CreateSchool(ctx, "School"))
	class := must[string](t)(store.CreateClass(ctx, school, "One"))
	person := func(name string, role tutor.Role) tutor.Account {
		a := must[tutor.Account](t)(store.CreateAccount(ctx, tutor.Account{SchoolID: school, Email: name + "@school.example", Name: name, Role: role}, ""))
		check(store.Enrol(ctx, a, class))
		return a
	}
	ann, teacher := person("ann", tutor.RoleStudent), person("teacher", tutor.RoleTeacher)
	levels := []tutor.RubricLevel{{ID: "low", Title: "Beginning"}, {ID: "high", Title: "Secure", Points: 1}}
	rubric := tutor.Rubric{ID: "demo.essay", CourseID: "demo", Title: "Essay", Criteria: []tutor.RubricCriterion{
		{ID: "thesis", Title: "Thesis", Weight: 1, Levels: levels}}}.Hashed()
	task := tutor.Activity{ID: "demo.why", CourseID: "demo", Version: "e1", Kind: tutor.ActivityEssay, Title: "Why?", Language: "en",
		Statement: "Why?", Essay: &tutor.EssayTask{RubricID: rubric.ID}}
	must[postgres.SaveReport](t)(store.SaveCourse(ctx, school, tutor.Course{ID: "demo", Title: "Demo", Language: "en", Version: "c1",
		Rubrics: []tutor.Rubric{rubric}, Activities: []tutor.Activity{task}}))
	check(store.GiveCourse(ctx, school, class, "demo"))
	session := must[tutor.Session](t)(store.CreateSession(ctx, tutor.NewSession{
		Session: tutor.Session{SchoolID: school, LearnerID: ann.ID, ActivityID: task.ID, ActivityVersion: task.Version, Language: "en"},
		Opening: tutor.Turn{Text: "What do you think?"}}))
	draft := func(text string) (string, string) {
		d := must[tutor.Draft](t)(store.HandIn(ctx, tutor.Draft{ID: uuid.NewString(), SchoolID: school, SessionID: session.ID, LearnerID: ann.ID,
			Text: text, Words: 3, RubricID: rubric.ID}))
		scale := rubric.Criteria[0].Scale()
		score := tutor.Score{ID: uuid.NewString(), Version: 1, TurnID: d.ID, Criterion: scale, Level: scale.Levels[0], Grader: tutor.GraderBuiltin, RubricVersion: rubric.Version}
		check(store.FinishFeedback(ctx, tutor.FeedbackOutcome{
			Job: tutor.FeedbackJob{SchoolID: school, DraftID: d.ID, RubricVersion: rubric.Version},
			Feedback: tutor.Feedback{ID: uuid.NewString(), DraftID: d.ID, RubricID: rubric.ID, RubricVersion: rubric.Version, Overview: "Go on.",
				Criteria: []tutor.CriterionFeedback{{CriterionID: "thesis", Score: &score}}},
			Reply: tutor.Turn{ID: uuid.NewString(), Text: "I have read it.", Move: tutor.MoveFeedback}}))
		return d.ID, score.ID
	}
	override := func(score string, version int, level, note string) {
		must[tutor.ScoreChange](t)(store.OverrideScore(ctx, teacher, tutor.ScoreOverride{ScoreID: score, Version: version, LevelID: level, Reason: tutor.ReasonTooStrict, Note: note}))
	}
	first, score := draft("Because we count.")
	_, secret := draft("Because we like to count.")
	override(score, 1, "high", "She says so.")
	must[tutor.Publishing](t)(store.Publish(ctx, teacher, []string{first}))
	a := must[tutor.Appeal](t)(store.OpenAppeal(ctx, ann, first, score, "Please look again."))
	override(score, 2, "low", "On second thoughts.")
	must[tutor.Appeal](t)(store.AnswerAppeal(ctx, teacher, a.ID, "I have.", 1))
	override(secret, 1, "high", "Nobody knows of this yet.")
}

// TestExportEssay: an export holds every step of an essay, and of scores that are
// not published nothing.
func TestExportEssay(t *testing.T) {
	c := must[*cluster.Cluster](t)(cluster.Start(t.Context(), cluster.Config{Dir: dataDir(t), Log: slog.New(slog.DiscardHandler)}))
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := postgres.Migrate(t.Context(), c.DSN()); err != nil {
		t.Fatal(err)
	}
	store := must[*postgres.Store](t)(postgres.Open(t.Context(), c.DSN(), tutor.DefaultParams()))
	t.Cleanup(store.Close)
	judgedEssay(t, store)
	var out bytes.Buffer
	if err := export(t.Context(), store, "ann@school.example", "", &out); err != nil {
		t.Fatal(err)
	}
	var got exported
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "Nobody knows") {
		t.Error("a provisional score is exported")
	}
	drafts := got.Sessions[0].Essay.Drafts
	if len(drafts) != 2 || drafts[0].Text != "Because we count." || drafts[0].Feedback.Overview != "Go on." || drafts[0].Publication.By != "teacher" ||
		drafts[1].Publication != nil || drafts[1].Scores != nil || drafts[1].Feedback == nil {
		t.Fatalf("drafts %+v", drafts)
	}
	var versions []string
	for _, v := range drafts[0].Scores {
		versions = append(versions, v.By+":"+v.Level.ID+":"+v.Note)
	}
	if want := []string{":low:", "teacher:high:She says so.", "teacher:low:On second thoughts."}; !slices.Equal(versions, want) {
		t.Errorf("versions %q", versions)
	}
	appeal := drafts[0].Appeals[0]
	if appeal.Status != tutor.AppealAnswered || len(appeal.Steps) != 2 || appeal.Steps[1].Text != "I have." {
		t.Errorf("appeal %+v", appeal)
	}
}
