package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// essayRubric is a rubric of two criteria, each linked with one skill.
func essayRubric() tutor.Rubric {
	levels := func() []tutor.RubricLevel {
		return []tutor.RubricLevel{{ID: "low", Title: "Beginning"}, {ID: "mid", Title: "Developing", Points: 1}, {ID: "high", Title: "Secure", Points: 2}}
	}
	return tutor.Rubric{ID: "algebra.essay", CourseID: "algebra", Title: "Essay", Language: "en", Criteria: []tutor.RubricCriterion{
		{ID: "thesis", Title: "Thesis", Weight: 1, Levels: levels(), Skills: []string{"algebra.signs"}, Aspect: tutor.AspectThesis},
		{ID: "evidence", Title: "Evidence", Weight: 2, Levels: levels(), Skills: []string{"algebra.expand", "no.such.skill"}},
	}}.Hashed()
}

// giveEssay adds an essay task with its rubric to a school's course.
func giveEssay(t testing.TB, s *Store, sc school) tutor.Activity {
	t.Helper()
	rubric := essayRubric()
	a := tutor.Activity{ID: "algebra.why", CourseID: "algebra", Version: "e1", Kind: tutor.ActivityEssay, Title: "Why letters?", Language: "en",
		Statement: "Why do we use letters in algebra?", Skills: []string{"algebra.signs", "algebra.expand"}, Order: 7,
		Essay: &tutor.EssayTask{RubricID: rubric.ID, Words: tutor.WordRange{Least: 100, Most: 500}, Sources: []string{"brackets"}}}
	course := sc.course
	course.Version += "+essay"
	course.Rubrics = []tutor.Rubric{rubric}
	course.Activities = append(course.Activities[:len(course.Activities):len(course.Activities)], a)
	must[SaveReport](t)(s.SaveCourse(t.Context(), sc.id, course))
	return a
}

// openEssay opens the session of an essay.
func openEssay(t testing.TB, s *Store, sc school, learner tutor.Account, a tutor.Activity) tutor.Session {
	t.Helper()
	return must[tutor.Session](t)(s.CreateSession(t.Context(), tutor.NewSession{
		Session: tutor.Session{SchoolID: sc.id, LearnerID: learner.ID, ActivityID: a.ID, ActivityVersion: a.Version, Language: "en"},
		Opening: tutor.Turn{Text: "What do you think?", Move: "ask"},
	}))
}

func draftFor(session tutor.Session, text string) tutor.Draft {
	return tutor.Draft{ID: newUUID(), SchoolID: session.SchoolID, SessionID: session.ID, LearnerID: session.LearnerID,
		Text: text, Words: 3, RubricID: "algebra.essay"}
}

func jobOf(d tutor.Draft) tutor.FeedbackJob {
	return tutor.FeedbackJob{SchoolID: d.SchoolID, DraftID: d.ID, RubricVersion: d.RubricVersion}
}

// feedbackOn is what a reader leaves: a middle level for each criterion.
func feedbackOn(work tutor.FeedbackWork) tutor.FeedbackOutcome {
	out := tutor.FeedbackOutcome{Job: jobOf(work.Draft),
		Feedback: tutor.Feedback{ID: newUUID(), DraftID: work.Draft.ID, RubricID: work.Rubric.ID, RubricVersion: work.Rubric.Version, Overview: "Go on."},
		Reply:    tutor.Turn{ID: newUUID(), Text: "I have read it.", Move: tutor.MoveFeedback, Voice: tutor.Voice{Engine: "authored"}}}
	out.Job.RubricVersion = work.Rubric.Version
	for _, c := range work.Rubric.Criteria {
		scale := c.Scale()
		score := tutor.Score{ID: newUUID(), Version: 1, TurnID: work.Draft.ID, Criterion: scale, Level: scale.Levels[1], Value: .5,
			Grader: tutor.GraderBuiltin, Confidence: .8, RubricVersion: work.Rubric.Version}
		out.Feedback.Criteria = append(out.Feedback.Criteria, tutor.CriterionFeedback{CriterionID: c.ID, Score: &score,
			Next: &tutor.Point{ID: newUUID(), CriterionID: c.ID, Kind: tutor.PointNext, Finding: "x", Text: "Why?"}})
		for _, skill := range c.Skills {
			out.Evidence = append(out.Evidence, tutor.Evidence{ScoreID: score.ID, SkillID: skill, ItemID: "algebra.why/" + c.ID, Y: .5, Reliability: .8,
				Grader: tutor.GraderBuiltin, RubricVersion: work.Rubric.Version})
		}
	}
	return out
}

// read writes the feedback of a job as a worker would.
func read(t testing.TB, s *Store, job tutor.FeedbackJob) tutor.FeedbackOutcome {
	t.Helper()
	work, done, err := s.FeedbackWork(t.Context(), job)
	if err != nil || done {
		t.Fatalf("done %v, %v", done, err)
	}
	out := feedbackOn(work)
	ok(t, s.FinishFeedback(t.Context(), out))
	return out
}

func TestHandIn(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openEssay(t, s, sc, sc.ann, giveEssay(t, s, sc))
	d := draftFor(session, "Letters stand for numbers.")
	first := must[tutor.Draft](t)(s.HandIn(t.Context(), d))
	if first.Number != 1 || first.RubricVersion != essayRubric().Version || first.ActivityID != "algebra.why" {
		t.Fatalf("%+v", first)
	}
	if again := must[tutor.Draft](t)(s.HandIn(t.Context(), d)); again != first {
		t.Errorf("handed in again it is %+v", again)
	}
	other := d
	other.Text = "Something else."
	_, err := s.HandIn(t.Context(), other)
	wantCode(t, err, tutor.CodeConflict)
	theirs := d
	theirs.LearnerID, theirs.ID = sc.ben.ID, newUUID()
	_, err = s.HandIn(t.Context(), theirs)
	wantCode(t, err, tutor.CodeNotFound)
	second := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for any number.")))
	if second.Number != 2 {
		t.Errorf("the second draft has number %d", second.Number)
	}
	if n := count(t, s, systemScope, `select count(*) from river.river_job`); n != 2 {
		t.Errorf("%d jobs for two drafts", n)
	}
	turns := must[[]tutor.Turn](t)(s.Turns(t.Context(), sc.ann, session.ID, 0))
	if len(turns) != 3 || turns[1].ID != d.ID || turns[1].Kind != tutor.TurnDraft || turns[2].Target != "draft:2" {
		t.Errorf("%+v", turns)
	}
}

func TestFeedbackIsWrittenOnce(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openEssay(t, s, sc, sc.ann, giveEssay(t, s, sc))
	d := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for numbers.")))
	work, done, err := s.FeedbackWork(t.Context(), jobOf(d))
	ok(t, err)
	if done || work.Draft != d || len(work.Rubric.Criteria) != 2 || len(work.Sources) != 1 || work.Sources[0].Body == "" || work.Earlier != nil {
		t.Fatalf("%+v", work)
	}
	// Two workers have read it and finish at once.
	var group sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		group.Go(func() { errs[i] = s.FinishFeedback(context.Background(), feedbackOn(work)) })
	}
	group.Wait()
	ok(t, errs[0])
	ok(t, errs[1])
	for table, want := range map[string]int{"feedback": 1, "scores": 2, "evidence": 2, "skill_states": 2} {
		if n := count(t, s, systemScope, `select count(*) from `+table); n != want {
			t.Errorf("%d rows of %s, want %d", n, table, want)
		}
	}
	turns := must[[]tutor.Turn](t)(s.Turns(t.Context(), sc.teacher, session.ID, 0))
	if len(turns) != 3 || turns[2].Move != tutor.MoveFeedback || len(turns[1].Scores) != 2 {
		t.Errorf("%+v", turns)
	}
	if _, done, err := s.FeedbackWork(t.Context(), jobOf(d)); err != nil || !done {
		t.Errorf("done %v, %v", done, err)
	}
}

func TestScoresOfADraftAreWithheld(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openEssay(t, s, sc, sc.ann, giveEssay(t, s, sc))
	d := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for numbers.")))
	read(t, s, jobOf(d))
	mine := must[tutor.Essay](t)(s.Essay(t.Context(), sc.ann, session.ID))
	if f := mine.Drafts[0].Feedback; f == nil || f.Criteria[0].Score != nil || f.Criteria[0].Next == nil {
		t.Errorf("the learner sees %+v", f)
	}
	if trail := must[[]tutor.TrailEntry](t)(s.Trail(t.Context(), sc.ann, sc.ann.ID, "algebra.signs")); len(trail) != 0 {
		t.Errorf("the learner's trail tells %+v", trail)
	}
	if got := stateOf(t, s, sc.ann, sc.ann.ID, "algebra.signs"); got != s.params.NewState("algebra.signs") {
		t.Errorf("the learner's skills tell %+v", got)
	}
	if got := stateOf(t, s, sc.teacher, sc.ann.ID, "algebra.signs"); got == s.params.NewState("algebra.signs") {
		t.Error("the teacher does not see what the draft shows")
	}
	for _, turn := range must[[]tutor.Turn](t)(s.Turns(t.Context(), sc.ann, session.ID, 0)) {
		if len(turn.Scores) > 0 {
			t.Errorf("turn %d tells the learner %+v", turn.Seq, turn.Scores)
		}
	}
	theirs := must[tutor.Essay](t)(s.EssayOf(t.Context(), sc.teacher, d.ID))
	if f := theirs.Drafts[0].Feedback; f == nil || f.Criteria[0].Score == nil || f.Criteria[0].Score.Level.ID != "mid" {
		t.Errorf("the teacher sees %+v", f)
	}
	_, err := s.Essay(t.Context(), sc.ben, session.ID)
	wantCode(t, err, tutor.CodeNotFound)
	_, err = s.EssayOf(t.Context(), sc.stranger, d.ID)
	wantCode(t, err, tutor.CodeNotFound)

	_, err = s.exec(t.Context(), scope(sc.id), `insert into publications (school_id, draft_id, by) values (@school, @draft, @by)`,
		pgx.StrictNamedArgs{"school": sc.id, "draft": d.ID, "by": sc.teacher.ID})
	ok(t, err)
	mine = must[tutor.Essay](t)(s.Essay(t.Context(), sc.ann, session.ID))
	if f := mine.Drafts[0].Feedback; f.Criteria[0].Score == nil || mine.Drafts[0].Published == nil {
		t.Errorf("published, the learner sees %+v", f.Criteria[0])
	}
	if trail := must[[]tutor.TrailEntry](t)(s.Trail(t.Context(), sc.ann, sc.ann.ID, "algebra.signs")); len(trail) != 1 {
		t.Errorf("published, the trail has %d entries", len(trail))
	}
	if mine, theirs := stateOf(t, s, sc.ann, sc.ann.ID, "algebra.signs"), stateOf(t, s, sc.teacher, sc.ann.ID, "algebra.signs"); mine != theirs {
		t.Errorf("published, the learner sees %+v and the teacher %+v", mine, theirs)
	}
	// What is shown after something withheld does not tell it by where it begins.
	d = must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for numbers that we do not know.")))
	before := stateOf(t, s, sc.ann, sc.ann.ID, "algebra.signs")
	read(t, s, jobOf(d))
	later := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for numbers that we look for.")))
	read(t, s, jobOf(later))
	_, err = s.exec(t.Context(), scope(sc.id), `insert into publications (school_id, draft_id, by) values (@school, @draft, @by)`,
		pgx.StrictNamedArgs{"school": sc.id, "draft": later.ID, "by": sc.teacher.ID})
	ok(t, err)
	if trail := must[[]tutor.TrailEntry](t)(s.Trail(t.Context(), sc.ann, sc.ann.ID, "algebra.signs")); len(trail) != 2 || trail[1].Before != before.Mastery {
		t.Errorf("the trail %+v tells of what is withheld; it was %v", trail, before.Mastery)
	}
}

// stateOf is a learner's state on a skill as the viewer sees it.
func stateOf(t *testing.T, s *Store, viewer tutor.Account, learner, skill string) tutor.SkillState {
	t.Helper()
	for _, k := range must[[]tutor.LearnerSkill](t)(s.Skills(t.Context(), viewer, learner)) {
		if k.Skill.ID == skill {
			return k.State
		}
	}
	t.Fatalf("no skill %s", skill)
	return tutor.SkillState{}
}

// TestOverrideOfADraft: the learner model becomes what it would have been.
func TestOverrideOfADraft(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openEssay(t, s, sc, sc.ann, giveEssay(t, s, sc))
	d := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for numbers.")))
	out := read(t, s, jobOf(d))
	change := must[tutor.ScoreChange](t)(s.OverrideScore(t.Context(), sc.teacher, tutor.ScoreOverride{
		ScoreID: out.Feedback.Criteria[0].Score.ID, Version: 1, LevelID: "high", Reason: tutor.ReasonTooStrict}))
	if len(change.Skills) != 1 || change.Skills[0].After.Mastery <= change.Skills[0].Before {
		t.Fatalf("%+v", change)
	}
	e := out.Evidence[0]
	e.Seq, e.Y, e.Reliability, e.At = 1, 1, 1, d.At
	want := testParams().Fold("algebra.signs", []tutor.Evidence{e})
	if got := change.Skills[0].After; got.Mastery != want.Mastery || got.Due != want.Due {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSavesAndConflicts(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openEssay(t, s, sc, sc.ann, giveEssay(t, s, sc))
	save := func(text string, base int64) (tutor.SavedDraft, error) {
		return s.SaveDraft(t.Context(), sc.ann, tutor.SavedDraft{SessionID: session.ID, Text: text, Base: base})
	}
	one := must[tutor.SavedDraft](t)(save("a", 0))
	two := must[tutor.SavedDraft](t)(save("ab", one.Revision))
	if two.Revision != 2 {
		t.Fatalf("%+v", two)
	}
	_, err := save("other tab", one.Revision)
	wantCode(t, err, tutor.CodeConflict)
	if same := must[tutor.SavedDraft](t)(save("ab", one.Revision)); same.Revision != 2 {
		t.Errorf("the same text again is revision %d", same.Revision)
	}
	_, err = s.SaveDraft(t.Context(), sc.teacher, tutor.SavedDraft{SessionID: session.ID, Text: "no"})
	wantCode(t, err, tutor.CodeNotFound)
	if essay := must[tutor.Essay](t)(s.Essay(t.Context(), sc.ann, session.ID)); essay.Saved == nil || essay.Saved.Text != "ab" {
		t.Errorf("%+v", essay.Saved)
	}
	if essay := must[tutor.Essay](t)(s.Essay(t.Context(), sc.teacher, session.ID)); essay.Saved != nil {
		t.Error("a teacher sees what is not handed in")
	}
	base := two.Revision
	for i := range 60 {
		base = must[tutor.SavedDraft](t)(save(fmt.Sprint("ab", i), base)).Revision
	}
	if saves := must[[]tutor.SavedDraft](t)(s.Saves(t.Context(), sc.ann, session.ID)); len(saves) > savesKept+2 || saves[0].Text != "ab59" {
		t.Errorf("%d saves are kept, the newest %q", len(saves), saves[0].Text)
	}
}

// TestWorker: drafts of many learners are read once each, though the work fails
// now and then.
func TestWorker(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	a := giveEssay(t, s, sc)
	var calls atomic.Int64
	w := must[*Worker](t)(s.StartWorker(t.Context(), WorkerConfig{Workers: 4, Work: func(ctx context.Context, job tutor.FeedbackJob) error {
		if calls.Add(1)%5 == 0 {
			return tutor.Errorf(tutor.CodeUnavailable, "not now")
		}
		work, done, err := s.FeedbackWork(ctx, job)
		if err != nil || done {
			return err
		}
		if err := s.Progress(ctx, job, tutor.StageReading, 0, 2); err != nil {
			return err
		}
		return s.FinishFeedback(ctx, feedbackOn(work))
	}}))
	const drafts = 12
	for _, learner := range []tutor.Account{sc.ann, sc.ben} {
		session := openEssay(t, s, sc, learner, a)
		for i := range drafts / 2 {
			must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, fmt.Sprint("Letters ", i))))
		}
	}
	eventually(t, func() bool {
		return count(t, s, systemScope, `select count(*) from feedback_progress where stage = 'ready'`) == drafts
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ok(t, w.Stop(ctx))
	if n := count(t, s, systemScope, `select count(*) from feedback`); n != drafts {
		t.Errorf("%d pieces of feedback for %d drafts", n, drafts)
	}
}

// TestRescue: what a dead worker has left is taken up, what a live one works on
// is not.
func TestRescue(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openEssay(t, s, sc, sc.ann, giveEssay(t, s, sc))
	dead := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "dead")))
	alive := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "alive")))
	fetched := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "fetched")))
	must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "waiting")))
	ok(t, s.Progress(t.Context(), jobOf(dead), tutor.StageCriterion, 1, 2))
	ok(t, s.Progress(t.Context(), jobOf(alive), tutor.StageCriterion, 1, 2))
	age := func(sql string, args pgx.StrictNamedArgs) {
		t.Helper()
		must[int64](t)(s.exec(t.Context(), scope(sc.id), sql, args))
	}
	age(`update feedback_progress set alive_at = now() - interval '1 hour' where draft_id <> @alive`, pgx.StrictNamedArgs{"alive": alive.ID})
	age(`update river.river_job set state = 'running', attempted_at = now() - interval '1 hour' where args->>'draft_id' = @fetched`,
		pgx.StrictNamedArgs{"fetched": fetched.ID})
	if n := must[int](t)(s.rescue(t.Context())); n != 2 {
		t.Errorf("%d were taken up, want the dead and the fetched one", n)
	}
	if n := must[int](t)(s.rescue(t.Context())); n != 0 {
		t.Errorf("%d were taken up again", n)
	}
	if n := count(t, s, systemScope, `select count(*) from river.river_job`); n != 6 {
		t.Errorf("%d jobs", n)
	}
}

func eventually(t testing.TB, done func() bool) {
	t.Helper()
	for range 600 {
		if done() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("it did not come about within 30 s")
}

// fillEssays leaves a row in every table of essays.
func fillEssays(t *testing.T, s *Store, sc school) {
	t.Helper()
	session := openEssay(t, s, sc, sc.ann, giveEssay(t, s, sc))
	must[tutor.SavedDraft](t)(s.SaveDraft(t.Context(), sc.ann, tutor.SavedDraft{SessionID: session.ID, Text: "Le"}))
	d := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for numbers.")))
	out := read(t, s, jobOf(d))
	args := pgx.StrictNamedArgs{"school": sc.id, "draft": d.ID, "ann": sc.ann.ID, "teacher": sc.teacher.ID,
		"score": out.Feedback.Criteria[0].Score.ID}
	_, err := s.exec(t.Context(), scope(sc.id), `
		with published as (insert into publications (school_id, draft_id, by) values (@school, @draft, @teacher)),
		appeal as (
			insert into appeals (school_id, id, draft_id, score_id, criterion_id, learner_id)
			values (@school, gen_random_uuid(), @draft, @score, 'thesis', @ann) returning id),
		step as (
			insert into appeal_steps (school_id, appeal_id, seq, by, status, text) select @school, id, 1, @ann, 'open', 'why?' from appeal),
		scorer as (
			insert into essay_scorers (school_id, id, activity_id, criterion_id, structure, model, essays, qwk, low, high)
			values (@school, gen_random_uuid(), 'algebra.why', '', 's', '', 30, .7, .6, .8)),
		correction as (
			insert into corrections (school_id, id, activity_id, criterion_id, structure, slope, shift, overrides, before, after, by)
			values (@school, gen_random_uuid(), 'algebra.why', 'thesis', 's', 1, .1, 30, .6, .7, @teacher)),
		sample as (
			insert into marking_samples (school_id, id, activity_id, draft_id, marker, by)
			values (@school, gen_random_uuid(), 'algebra.why', @draft, @teacher, @teacher) returning id)
		insert into markings (school_id, sample_id, criterion_id, rubric_version, level, value)
		select @school, id, 'thesis', 'v', 'mid', .5 from sample`, args)
	ok(t, err)
}

// TestAssignedEssay: an essay that was assigned is done when a draft is handed in.
func TestAssignedEssay(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	a := giveEssay(t, s, sc)
	session := openEssay(t, s, sc, sc.ann, a)
	assigned := func() bool {
		for _, c := range must[[]tutor.CourseOutline](t)(s.Courses(t.Context(), sc.ann)) {
			for _, activity := range c.Activities {
				if activity.ID == a.ID {
					return activity.Assigned
				}
			}
		}
		t.Fatal("the essay is not there")
		return false
	}
	ok(t, s.Assign(t.Context(), sc.teacher, tutor.Assignment{LearnerID: sc.ann.ID, ActivityID: a.ID}))
	if !assigned() {
		t.Fatal("it is not assigned")
	}
	must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for numbers.")))
	if assigned() {
		t.Error("handed in it is still asked for")
	}
}
