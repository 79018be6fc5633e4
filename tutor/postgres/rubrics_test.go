package postgres

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"maieutic/tutor"
)

// current returns the current version of the rubric of the essay.
func current(t testing.TB, s *Store, sc school) tutor.Rubric {
	t.Helper()
	return must[tutor.RubricVersion](t)(s.Rubric(t.Context(), sc.teacher, "algebra.essay", "")).Rubric
}

// draftRead hands a draft of a learner in and reads it.
func draftRead(t testing.TB, s *Store, sc school, learner tutor.Account, a tutor.Activity) (tutor.Draft, tutor.FeedbackOutcome) {
	t.Helper()
	d := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(openEssay(t, s, sc, learner, a), "Letters stand for numbers.")))
	return d, read(t, s, jobOf(d))
}

func scoresOf(t testing.TB, s *Store, sc school, draft tutor.Draft) map[string]tutor.Score {
	t.Helper()
	scores := must[[]tutor.Score](t)(all(t.Context(), s, scope(sc.id), `select `+scoreColumns+scoreFrom+` where c.turn_id = @draft`,
		pgx.StrictNamedArgs{"draft": draft.ID}, scanScore))
	out := map[string]tutor.Score{}
	for _, score := range scores {
		out[score.Criterion.ID] = score
	}
	return out
}

// openToAll gives the course to the other class too.
func openToAll(t testing.TB, s *Store, sc school) {
	t.Helper()
	other := must[string](t)(s.CreateClass(t.Context(), sc.id, "7b"))
	ok(t, s.GiveCourse(t.Context(), sc.id, other, sc.course.ID))
}

func TestRubricVersions(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	giveEssay(t, s, sc)
	list := must[[]tutor.RubricEntry](t)(s.Rubrics(t.Context(), sc.teacher, "algebra"))
	if len(list) != 1 || list[0].Rubric.Version != essayRubric().Version || !list[0].Authored || !slices.Equal(list[0].Tasks, []string{"Why letters?"}) {
		t.Fatalf("%+v", list)
	}
	r := current(t, s, sc)
	base := r.Version
	r.Title = "Essay, second try"
	saved := must[tutor.Rubric](t)(s.SaveRubric(t.Context(), sc.teacher, r, base))
	if saved.Title != r.Title || saved.Version == base || saved.Structure != r.Structure || saved.CourseID != "algebra" {
		t.Errorf("%+v", saved)
	}
	r.Title = "A third"
	_, err := s.SaveRubric(t.Context(), sc.admin, r, base)
	wantCode(t, err, tutor.CodeConflict)
	history := must[[]tutor.RubricVersion](t)(s.RubricVersions(t.Context(), sc.teacher, r.ID))
	if len(history) != 2 || !history[0].Current || history[0].By != "teacher" || history[1].Current || history[1].By != "" || history[1].Rubric.Title != "Essay" {
		t.Errorf("%+v", history)
	}
	old := must[tutor.RubricVersion](t)(s.Rubric(t.Context(), sc.ann, r.ID, base))
	if old.Rubric.Title != "Essay" || old.Current {
		t.Errorf("%+v", old)
	}
	// What an earlier version said is a version of its own when it comes back.
	again := must[tutor.Rubric](t)(s.SaveRubric(t.Context(), sc.teacher, old.Rubric, saved.Version))
	if again.Title != "Essay" || again.Version == base || again.Structure != old.Rubric.Structure {
		t.Errorf("%+v", again)
	}
	same := must[tutor.Rubric](t)(s.SaveRubric(t.Context(), sc.teacher, again, again.Version))
	if same.Version != again.Version || len(must[[]tutor.RubricVersion](t)(s.RubricVersions(t.Context(), sc.teacher, r.ID))) != 3 {
		t.Error("an edit that changes nothing makes a version")
	}
}

func TestNewRubric(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	r := essayRubric()
	r.Criteria[1].Skills = []string{"algebra.expand"}
	saved := must[tutor.Rubric](t)(s.SaveRubric(t.Context(), sc.teacher, r, ""))
	if !isUUID(saved.ID) || saved.Version == r.Version {
		t.Errorf("%+v", saved)
	}
	entry := must[tutor.RubricEntry](t)(s.RubricEntry(t.Context(), sc.teacher, saved.ID))
	if entry.Authored || len(entry.Tasks) != 0 || !reflect.DeepEqual(entry.Rubric.Hashed(), saved) {
		t.Errorf("%+v", entry)
	}
	// A course that is read again leaves it alone.
	must[SaveReport](t)(s.SaveCourse(t.Context(), sc.id, tutor.Course{ID: "algebra", Title: "Algebra", Version: "c9", Language: "en"}))
	if now := must[tutor.RubricEntry](t)(s.RubricEntry(t.Context(), sc.teacher, saved.ID)); now.Retired {
		t.Error("it is retired")
	}
}

func TestWhoChangesRubrics(t *testing.T) {
	s := newStore(t)
	north, south := newSchool(t, s, "north"), newSchool(t, s, "south")
	giveEssay(t, s, north)
	r := current(t, s, north)
	for name, c := range map[string]struct {
		who        tutor.Account
		code, read tutor.Code
		spoil      func(*tutor.Rubric)
	}{
		"a learner":             {north.ann, tutor.CodeForbidden, "", nil},
		"a stranger":            {north.stranger, tutor.CodeForbidden, "", nil}, // whose class has not the course
		"another school":        {south.admin, tutor.CodeNotFound, tutor.CodeNotFound, nil},
		"a pretender":           {tutor.Account{SchoolID: north.id, ID: north.ann.ID, Role: tutor.RoleAdmin}, tutor.CodeForbidden, "", nil},
		"no criteria":           {north.teacher, tutor.CodeInvalid, "", func(r *tutor.Rubric) { r.Criteria = nil }},
		"a skill of nowhere":    {north.teacher, tutor.CodeInvalid, "", func(r *tutor.Rubric) { r.Criteria[0].Skills = []string{"x.y"} }},
		"a NUL":                 {north.teacher, tutor.CodeInvalid, "", func(r *tutor.Rubric) { r.Criteria[0].Description = "\x00" }},
		"no such rubric":        {north.teacher, tutor.CodeNotFound, "", func(r *tutor.Rubric) { r.ID = "algebra.nothing" }},
		"the teacher, in peace": {north.teacher, "", "", nil},
	} {
		edited := current(t, s, north)
		edited.Criteria = slices.Clone(edited.Criteria)
		edited.Criteria[0].Title = "Thesis of " + name
		if c.spoil != nil {
			c.spoil(&edited)
		}
		if _, err := s.DryRunRubric(t.Context(), c.who, edited.ID, edited); tutor.ErrorCode(err) != c.code {
			t.Errorf("%s: dry run: %v", name, err)
		}
		if _, err := s.ApplyRubric(t.Context(), c.who, edited.ID, edited, r.Version); tutor.ErrorCode(err) != c.code {
			t.Errorf("%s: apply: %v", name, err)
		}
		if _, err := s.Rubric(t.Context(), c.who, r.ID, ""); tutor.ErrorCode(err) != c.read {
			t.Errorf("%s: read: %v", name, err)
		}
		r = current(t, s, north)
	}
	_, err := s.SaveRubric(t.Context(), north.ann, r, "")
	wantCode(t, err, tutor.CodeForbidden)
	_, err = s.RubricVersions(t.Context(), north.ann, r.ID)
	wantCode(t, err, tutor.CodeForbidden)
	_, err = s.Rubrics(t.Context(), north.eve, "algebra")
	wantCode(t, err, tutor.CodeNotFound)
}

// Points change: values are worked out again, and the learner knows what they
// would had the score been given so at first.
func TestPointsAreRescored(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	a := giveEssay(t, s, sc)
	annDraft, _ := draftRead(t, s, sc, sc.ann, a)
	benDraft, ben := draftRead(t, s, sc, sc.ben, a)
	openToAll(t, s, sc)
	eveDraft, _ := draftRead(t, s, sc, sc.eve, a) // of another teacher's class
	before := scoresOf(t, s, sc, annDraft)
	over := must[tutor.ScoreChange](t)(s.OverrideScore(t.Context(), sc.teacher, tutor.ScoreOverride{
		ScoreID: ben.Feedback.Criteria[0].ScoreID, Version: 1, LevelID: "mid", Reason: tutor.ReasonOther}))
	r := current(t, s, sc)
	r.Criteria[0].Levels[1].Points = 1.5
	plan := must[tutor.RubricDryRun](t)(s.DryRunRubric(t.Context(), sc.teacher, r.ID, r))
	if plan.Change.Kind != tutor.RubricPoints || plan.Drafts[tutor.RescoreRecomputed] != 2 || plan.Drafts[tutor.RescoreUnchanged] != 1 || plan.Learners != 2 ||
		plan.Scores[tutor.RescoreRecomputed] != 2 || plan.Scores[tutor.RescoreKept] != 1 || plan.Scores[tutor.RescoreUnchanged] != 3 {
		t.Errorf("%+v", plan)
	}
	if len(plan.Affected) != 2 || plan.Affected[0].Learner != "ann" || plan.Affected[1].Learner != "ben" || plan.Affected[1].Kept != 1 || plan.Affected[0].Title != "Why letters?" {
		t.Errorf("%+v", plan.Affected)
	}
	if now := scoresOf(t, s, sc, annDraft); !reflect.DeepEqual(now, before) {
		t.Error("a dry run has changed scores")
	}
	done := must[tutor.RubricDryRun](t)(s.ApplyRubric(t.Context(), sc.teacher, r.ID, r, r.Version))
	if !reflect.DeepEqual(done, plan) {
		t.Errorf("done %+v\nplan %+v", done, plan)
	}
	now := current(t, s, sc)
	for _, d := range []tutor.Draft{annDraft, eveDraft} {
		score := scoresOf(t, s, sc, d)["thesis"]
		if score.Value != .75 || score.Level.ID != "mid" || score.Version != 2 || score.Grader != tutor.GraderBuiltin || score.Overridden || score.RubricVersion != now.Version || score.Level.Points != 1.5 {
			t.Errorf("%+v", score)
		}
	}
	if kept := scoresOf(t, s, sc, benDraft)["thesis"]; !reflect.DeepEqual(kept, over.Score) {
		t.Errorf("the teacher's score is\n%+v\nwas\n%+v", kept, over.Score)
	}
	state := must[map[string]tutor.SkillState](t)(s.SkillStates(t.Context(), sc.id, sc.ann.ID, []string{"algebra.signs"}))["algebra.signs"]
	want := testParams().Update(testParams().NewState("algebra.signs"), tutor.Evidence{Seq: 1, SkillID: "algebra.signs", ItemID: "algebra.why/thesis", Y: .75,
		Reliability: .8, Grader: tutor.GraderBuiltin, At: annDraft.At.Truncate(time.Microsecond)})
	if state.Mastery != want.Mastery {
		t.Errorf("mastery %v, want %v", state.Mastery, want.Mastery)
	}
	essay := must[tutor.Essay](t)(s.EssayOf(t.Context(), sc.teacher, annDraft.ID))
	if d := essay.Drafts[0]; d.Feedback == nil || d.Feedback.RubricVersion != now.Version || d.Rubric.Version != now.Version || d.Progress.Stage != tutor.StageReady ||
		len(d.Feedback.Criteria) != 2 || d.Feedback.Criteria[0].Score.Value != .75 {
		t.Errorf("%+v", d)
	}
	if n := count(t, s, systemScope, `select count(*) from river.river_job`); n != 3 {
		t.Errorf("%d jobs, want those of the three drafts", n)
	}
	log := must[[]tutor.AuditEntry](t)(s.Audit(t.Context(), sc.admin, time.Time{}, 10))
	if len(log) != 4 || log[0].Action != "draft.rescore" || log[2].Action != "rubric.change" || log[2].Detail["kind"] != "points_changed" {
		t.Errorf("%+v", log)
	}
	// The override undone, the score is the machine's of before, by the new points.
	undone := must[tutor.ScoreChange](t)(s.UndoOverride(t.Context(), sc.teacher, over.Score.ID, over.Score.Version))
	if undone.Score.Value != .75 || undone.Score.Grader != tutor.GraderBuiltin {
		t.Errorf("%+v", undone.Score)
	}
	if len(undone.Skills) != 1 || undone.Skills[0].After.Mastery != want.Mastery {
		t.Errorf("%+v, want mastery %v", undone.Skills, want.Mastery)
	}
}

func TestCriterionRemoved(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	d, _ := draftRead(t, s, sc, sc.ann, giveEssay(t, s, sc))
	before := scoresOf(t, s, sc, d)
	r := current(t, s, sc)
	base := r.Version
	r.Criteria = r.Criteria[1:]
	run := must[tutor.RubricDryRun](t)(s.ApplyRubric(t.Context(), sc.teacher, r.ID, r, base))
	if run.Change.Kind != tutor.RubricCriterionRemoved || run.Drafts[tutor.RescoreDropped] != 1 || run.Scores[tutor.RescoreDropped] != 1 {
		t.Errorf("%+v", run)
	}
	essay := must[tutor.Essay](t)(s.EssayOf(t.Context(), sc.teacher, d.ID))
	if f := essay.Drafts[0].Feedback; len(f.Criteria) != 1 || f.Criteria[0].CriterionID != "evidence" || f.Criteria[0].Score == nil {
		t.Errorf("%+v", f)
	}
	if now := scoresOf(t, s, sc, d)["thesis"]; !reflect.DeepEqual(now, before["thesis"]) {
		t.Errorf("what was said once is %+v", now)
	}
}

// A criterion more: the draft is read again, and only the new criterion is scored.
func TestCriterionAdded(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	d, _ := draftRead(t, s, sc, sc.ann, giveEssay(t, s, sc))
	r := current(t, s, sc)
	base := r.Version
	fresh := r.Criteria[0]
	fresh.ID, fresh.Title, fresh.Skills = "style", "Style", nil
	r.Criteria = append(r.Criteria, fresh)
	run := must[tutor.RubricDryRun](t)(s.ApplyRubric(t.Context(), sc.teacher, r.ID, r, base))
	if run.Change.Kind != tutor.RubricCriterionAdded || run.Drafts[tutor.RescoreReread] != 1 {
		t.Errorf("%+v", run)
	}
	now := current(t, s, sc)
	ruled := scoresOf(t, s, sc, d)
	job := tutor.FeedbackJob{SchoolID: sc.id, DraftID: d.ID, RubricVersion: now.Version}
	work, done, err := s.FeedbackWork(t.Context(), job)
	if err != nil || done {
		t.Fatalf("done %v, %v", done, err)
	}
	out := feedbackOn(work)
	for i := range out.Feedback.Criteria { // the machine has changed its mind on all of them
		c := &out.Feedback.Criteria[i]
		c.Score.Level, c.Score.Value = c.Score.Criterion.Levels[2], 1
	}
	ok(t, s.FinishFeedback(t.Context(), out))
	scores := scoresOf(t, s, sc, d)
	if len(scores) != 3 || scores["style"].Value != 1 || !reflect.DeepEqual(scores["thesis"], ruled["thesis"]) {
		t.Errorf("%+v", scores)
	}
	if n := count(t, s, systemScope, `select count(*) from feedback`); n != 2 {
		t.Errorf("%d feedbacks for a draft and two versions", n)
	}
}

// A level less: drafts that had it are read again, the others are done by rule.
func TestLevelRemoved(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	a := giveEssay(t, s, sc)
	annDraft, _ := draftRead(t, s, sc, sc.ann, a)
	d := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(openEssay(t, s, sc, sc.ben, a), "Letters stand for numbers.")))
	work, _, err := s.FeedbackWork(t.Context(), jobOf(d))
	ok(t, err)
	out := feedbackOn(work)
	top := out.Feedback.Criteria[0].Score
	top.Level, top.Value = top.Criterion.Levels[2], 1
	ok(t, s.FinishFeedback(t.Context(), out))
	openToAll(t, s, sc)
	waiting := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(openEssay(t, s, sc, sc.eve, a), "Not read yet.")))

	r := current(t, s, sc)
	base := r.Version
	r.Criteria[0].Levels = r.Criteria[0].Levels[:2]
	run := must[tutor.RubricDryRun](t)(s.ApplyRubric(t.Context(), sc.teacher, r.ID, r, base))
	if run.Change.Kind != tutor.RubricLevelRemoved || run.Drafts[tutor.RescoreReread] != 1 || run.Drafts[tutor.RescoreRecomputed] != 1 || run.Waiting != 1 {
		t.Errorf("%+v", run)
	}
	if score := scoresOf(t, s, sc, annDraft)["thesis"]; score.Value != 1 || score.Level.ID != "mid" {
		t.Errorf("%+v", score)
	}
	if score := scoresOf(t, s, sc, d)["thesis"]; score.Level.ID != "high" || score.Version != 1 {
		t.Errorf("before it is read again it is %+v", score)
	}
	now := current(t, s, sc)
	read(t, s, tutor.FeedbackJob{SchoolID: sc.id, DraftID: d.ID, RubricVersion: now.Version})
	if score := scoresOf(t, s, sc, d)["thesis"]; score.Level.ID != "mid" || score.Version != 2 || score.RubricVersion != now.Version {
		t.Errorf("%+v", score)
	}
	state := must[map[string]tutor.SkillState](t)(s.SkillStates(t.Context(), sc.id, sc.ben.ID, []string{"algebra.signs"}))["algebra.signs"]
	want := testParams().Update(testParams().NewState("algebra.signs"), tutor.Evidence{Seq: 1, SkillID: "algebra.signs", ItemID: "algebra.why/thesis", Y: .5,
		Reliability: .8, Grader: tutor.GraderBuiltin, At: d.At})
	if state.Mastery != want.Mastery {
		t.Errorf("mastery %v, want %v", state.Mastery, want.Mastery)
	}
	// The job of the older version comes late: it says nothing any more.
	work, done, err := s.FeedbackWork(t.Context(), jobOf(waiting))
	if err != nil || done {
		t.Fatalf("done %v, %v", done, err)
	}
	ok(t, s.FinishFeedback(t.Context(), feedbackOn(work)))
	if len(scoresOf(t, s, sc, waiting)) != 0 {
		t.Error("the older version has scored the draft")
	}
	read(t, s, tutor.FeedbackJob{SchoolID: sc.id, DraftID: waiting.ID, RubricVersion: now.Version})
	if score := scoresOf(t, s, sc, waiting)["thesis"]; score.RubricVersion != now.Version {
		t.Errorf("%+v", score)
	}
}

// Two teachers at once: one of them wins, the other is told to look again. A
// score that is overruled meanwhile stays overruled.
func TestChangesAtOnce(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	d, out := draftRead(t, s, sc, sc.ann, giveEssay(t, s, sc))
	base := current(t, s, sc)
	var group sync.WaitGroup
	errs := make([]error, 3)
	for i := range 2 {
		group.Go(func() {
			r := base
			r.Criteria = slices.Clone(r.Criteria)
			r.Criteria[0].Levels = slices.Clone(r.Criteria[0].Levels)
			r.Criteria[0].Levels[1].Points = 1.25 + float64(i)/4
			_, errs[i] = s.ApplyRubric(context.Background(), sc.teacher, r.ID, r, base.Version)
		})
	}
	group.Go(func() {
		_, errs[2] = s.OverrideScore(context.Background(), sc.teacher, tutor.ScoreOverride{
			ScoreID: out.Feedback.Criteria[0].ScoreID, Version: 1, LevelID: "high", Reason: tutor.ReasonOther})
	})
	group.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("%v and %v", errs[0], errs[1])
	}
	for _, err := range errs {
		if err != nil {
			wantCode(t, err, tutor.CodeConflict)
		}
	}
	score := scoresOf(t, s, sc, d)["thesis"]
	if want := errs[2] == nil; score.Overridden != want || want && score.Value != 1 {
		t.Errorf("%+v, %v", score, errs[2])
	}
}

// Whatever is done to a rubric, and in whatever order, a score that a teacher gave
// stays as they gave it, and a machine's level is never changed by rule.
func TestNoEditChangesATeachersScore(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	a := giveEssay(t, s, sc)
	var drafts []tutor.Draft
	for _, learner := range []tutor.Account{sc.ann, sc.ben} {
		d, _ := draftRead(t, s, sc, learner, a)
		drafts = append(drafts, d)
	}
	const gave = `select coalesce(string_agg(to_jsonb(c)::text, ' ' order by c.id), '') from current_scores c where c.grader = 'teacher'`
	rapid.Check(t, func(rt *rapid.T) {
		for step := range rapid.IntRange(1, 4).Draw(rt, "steps") {
			if rapid.IntRange(0, 2).Draw(rt, "override") == 0 {
				scores := scoresOf(t, s, sc, drafts[rapid.IntRange(0, 1).Draw(rt, "draft")])
				score := scores[rapid.SampledFrom([]string{"thesis", "evidence"}).Draw(rt, "criterion")]
				level := rapid.SampledFrom(score.Criterion.Levels).Draw(rt, "level")
				must[tutor.ScoreChange](t)(s.OverrideScore(t.Context(), sc.teacher, tutor.ScoreOverride{ScoreID: score.ID, Version: score.Version, LevelID: level.ID, Reason: tutor.ReasonOther}))
			}
			before := must[string](t)(one(t.Context(), s, scope(sc.id), gave, nil, pgx.RowTo[string]))
			machine := scoresOf(t, s, sc, drafts[0])
			r := current(t, s, sc)
			base := r.Version
			draw(rt, &r, step)
			if r.Validate() != nil {
				continue
			}
			plan := must[tutor.RubricDryRun](t)(s.DryRunRubric(t.Context(), sc.teacher, r.ID, r))
			done := must[tutor.RubricDryRun](t)(s.ApplyRubric(t.Context(), sc.teacher, r.ID, r, base))
			if plan.Change.Kind != tutor.RubricSame && !reflect.DeepEqual(plan, done) {
				rt.Fatalf("done %+v\nplan %+v", done, plan)
			}
			if after := must[string](t)(one(t.Context(), s, scope(sc.id), gave, nil, pgx.RowTo[string])); after != before {
				rt.Fatalf("teachers gave\n%s\nand now\n%s", before, after)
			}
			for id, score := range scoresOf(t, s, sc, drafts[0]) {
				if score.Level.ID != machine[id].Level.ID {
					rt.Fatalf("%s went from %s to %s by rule", id, machine[id].Level.ID, score.Level.ID)
				}
			}
		}
	})
}

// draw makes one random edit of a rubric.
func draw(t *rapid.T, r *tutor.Rubric, step int) {
	c := &r.Criteria[rapid.IntRange(0, len(r.Criteria)-1).Draw(t, "of")]
	l := rapid.IntRange(0, len(c.Levels)-1).Draw(t, "at")
	switch rapid.SampledFrom([]string{"words", "points", "weight", "level more", "level less", "criterion more", "criterion less"}).Draw(t, "edit") {
	case "words":
		c.Description += "!"
	case "points":
		c.Levels[l].Points += rapid.SampledFrom([]float64{-.5, .25, .5}).Draw(t, "by")
	case "weight":
		c.Weight++
	case "level more":
		top := c.Levels[len(c.Levels)-1]
		c.Levels = append(c.Levels, tutor.RubricLevel{ID: fmt.Sprintf("%s-%d", top.ID, step), Title: "More", Points: top.Points + 1})
	case "level less":
		c.Levels = slices.Delete(c.Levels, l, l+1)
	case "criterion more":
		more := *c
		more.ID, more.Skills = more.ID+fmt.Sprint("-", step), nil
		r.Criteria = append(r.Criteria, more)
	case "criterion less":
		r.Criteria = slices.DeleteFunc(r.Criteria, func(x tutor.RubricCriterion) bool { return x.ID == c.ID })
	}
}
