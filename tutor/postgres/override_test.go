package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// levelIDs are those of testCriterion.
var levelIDs = []string{"none", "some", "all"}

// play lets a learner take turns that are given levels, a day and some odd
// nanoseconds apart, and returns the scores.
func play(t testing.TB, s *Store, session tutor.Session, turns [][]string) []tutor.Score {
	t.Helper()
	var scores []tutor.Score
	at := time.Date(2026, 1, 5, 9, 0, 0, 123456789, time.UTC)
	for i, levels := range turns {
		start := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), say(session, fmt.Sprint("answer ", i))))
		out := graded(start, at.AddDate(0, 0, i), levels...)
		must[tutor.Turn](t)(s.FinishTurn(t.Context(), out))
		scores = append(scores, out.Scores...)
	}
	return scores
}

// storedStates returns the states of a learner bit by bit, as text.
func storedStates(t testing.TB, s *Store, sc school, learner tutor.Account) []string {
	t.Helper()
	return must[[]string](t)(all(t.Context(), s, scope(sc.id), `
		select skill_id || ' ' || concat_ws(' ', float8send(mastery), float8send(low), float8send(high), count, float8send(effective),
		       float8send(stability), float8send(difficulty), due, last_at, seq, params_version)
		from skill_states where learner_id = @learner order by skill_id`,
		pgx.StrictNamedArgs{"learner": learner.ID}, pgx.RowTo[string]))
}

// An override leaves the states that the score would have left, had the teacher
// given it at first; its undo leaves those of before, to the last bit.
func TestOverrideIsAsIfScoredThatWay(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	rng := rand.New(rand.NewPCG(7, 11))
	for round := range 12 {
		turns := make([][]string, 1+rng.IntN(6))
		for i := range turns {
			for range rng.IntN(3) {
				turns[i] = append(turns[i], levelIDs[rng.IntN(3)])
			}
		}
		turns[0] = append(turns[0], "some")
		learner := must[tutor.Account](t)(s.CreateAccount(t.Context(), tutor.Account{SchoolID: sc.id, Email: fmt.Sprintf("l%d@x", round), Name: "l", Role: tutor.RoleStudent}, ""))
		ok(t, s.Enrol(t.Context(), learner, sc.class))
		session := openSession(t, s, sc, learner, 0)
		scores := play(t, s, session, turns)
		before := storedStates(t, s, sc, learner)

		score := scores[rng.IntN(len(scores))]
		level := levelIDs[rng.IntN(3)]
		change := must[tutor.ScoreChange](t)(s.OverrideScore(t.Context(), sc.teacher, tutor.ScoreOverride{
			ScoreID: score.ID, Version: 1, LevelID: level, Reason: tutor.ReasonMisread}))
		expectScoredThatWay(t, s, sc, learner, change, score.ID)

		undone := must[tutor.ScoreChange](t)(s.UndoOverride(t.Context(), sc.teacher, score.ID, change.Score.Version))
		if after := storedStates(t, s, sc, learner); !slices.Equal(after, before) {
			t.Fatalf("round %d: after the undo\n%s\nbefore\n%s", round, strings.Join(after, "\n"), strings.Join(before, "\n"))
		}
		score.Version, score.TurnID = 3, undone.Score.TurnID
		if !reflect.DeepEqual(undone.Score, score) {
			t.Fatalf("round %d: undone to\n%+v\nwant\n%+v", round, undone.Score, score)
		}
	}
}

// expectScoredThatWay folds the learner's log with the overridden score written
// into it and compares with what the store has.
func expectScoredThatWay(t *testing.T, s *Store, sc school, learner tutor.Account, change tutor.ScoreChange, scoreID string) {
	t.Helper()
	for _, k := range change.Skills {
		chain := must[[]overruled](t)(all(t.Context(), s, scope(sc.id), `
			select e.seq, e.score_id, e.session_id, e.turn_seq, e.skill_id, e.item_id, e.y, e.reliability, e.hints, e.hint_levels,
			       e.grader, e.rubric_version, e.at, null::double precision
			from evidence e where e.learner_id = @learner and e.skill_id = @skill order by e.seq`,
			pgx.StrictNamedArgs{"learner": learner.ID, "skill": k.SkillID}, scanOverruled))
		state := testParams().NewState(k.SkillID)
		for _, o := range chain {
			e := o.Evidence
			if e.ScoreID == scoreID {
				e.Y, e.Reliability, e.Grader = change.Score.Value, 1, tutor.GraderTeacher
			}
			state = testParams().Update(state, e)
		}
		if k.After != state {
			t.Fatalf("%s after the override\n%+v\nscored that way at first\n%+v", k.SkillID, k.After, state)
		}
		stored := must[map[string]tutor.SkillState](t)(s.SkillStates(t.Context(), sc.id, learner.ID, []string{k.SkillID}))[k.SkillID]
		state.Due = state.Due.Truncate(time.Microsecond)
		if stored != state {
			t.Fatalf("stored\n%+v\nwant\n%+v", stored, state)
		}
	}
}

func TestOverrideIsSeen(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	scores := play(t, s, session, [][]string{{"none", "some"}, {"none"}})
	change := must[tutor.ScoreChange](t)(s.OverrideScore(t.Context(), sc.teacher, tutor.ScoreOverride{
		ScoreID: scores[0].ID, Version: 1, LevelID: "all", Reason: tutor.ReasonTooStrict, Note: "She says it in line two."}))
	got := change.Score
	if got.Version != 2 || got.Level.ID != "all" || got.Value != 1 || got.Grader != tutor.GraderTeacher || !got.Overridden || got.OverriddenBy != "teacher" ||
		got.Reason != tutor.ReasonTooStrict || got.Note != "She says it in line two." || len(got.Quotes) != 1 {
		t.Errorf("score %+v", got)
	}
	if len(change.Skills) != 2 || change.Skills[0].Title != "Expand" || change.Skills[0].Before >= change.Skills[0].After.Mastery {
		t.Errorf("skills %+v", change.Skills)
	}
	turns := must[[]tutor.Turn](t)(s.Turns(t.Context(), sc.ann, session.ID, 1))
	if len(turns[0].Scores) != 2 || !reflect.DeepEqual(turns[0].Scores[0], got) || turns[0].Scores[1].Version != 1 {
		t.Errorf("scores of the turn %+v", turns[0].Scores)
	}
	trail := must[[]tutor.TrailEntry](t)(s.Trail(t.Context(), sc.teacher, sc.ann.ID, "algebra.signs"))
	if len(trail) != 3 || trail[0].Evidence.Y != 1 || trail[0].Evidence.Grader != tutor.GraderTeacher || !trail[0].Score.Overridden ||
		trail[0].ActivityName != "Expand 0" || trail[0].Quote != "It" || trail[1].Before != trail[0].After {
		t.Errorf("trail %+v", trail)
	}
	skills := must[[]tutor.LearnerSkill](t)(s.Skills(t.Context(), sc.ann, sc.ann.ID))
	if len(skills) != 2 || skills[0].Skill.ID != "algebra.signs" || skills[0].State.Mastery != trail[2].After || skills[0].State.Count != 3 {
		t.Errorf("skills %+v, the trail ends at %v", skills, trail[2].After)
	}
	untouched := must[[]tutor.LearnerSkill](t)(s.Skills(t.Context(), sc.ben, sc.ben.ID))
	if len(untouched) != 2 || untouched[0].State != testParams().NewState("algebra.signs") {
		t.Errorf("untouched %+v", untouched)
	}
	log := must[[]tutor.AuditEntry](t)(s.Audit(t.Context(), sc.admin, time.Time{}, 5))
	if len(log) != 1 || log[0].Action != "score.override" || log[0].Thing != scores[0].ID || log[0].Detail["to"] != "all" || log[0].Detail["note"] != "" {
		t.Errorf("audit %+v", log)
	}
}

func TestWhoMayOverride(t *testing.T) {
	s := newStore(t)
	north, south := newSchool(t, s, "north"), newSchool(t, s, "south")
	session := openSession(t, s, north, north.ann, 0)
	score := play(t, s, session, [][]string{{"none"}})[0]
	good := tutor.ScoreOverride{ScoreID: score.ID, Version: 1, LevelID: "some", Reason: tutor.ReasonOther}
	for name, c := range map[string]struct {
		who   tutor.Account
		spoil func(*tutor.ScoreOverride)
		code  tutor.Code
	}{
		"the learner":          {north.ann, nil, tutor.CodeForbidden},
		"a pretender":          {tutor.Account{SchoolID: north.id, ID: north.ann.ID, Role: tutor.RoleAdmin}, nil, tutor.CodeNotFound},
		"another's teacher":    {north.stranger, nil, tutor.CodeNotFound},
		"another school":       {south.admin, nil, tutor.CodeNotFound},
		"an old version":       {north.teacher, func(o *tutor.ScoreOverride) { o.Version = 2 }, tutor.CodeConflict},
		"no such level":        {north.teacher, func(o *tutor.ScoreOverride) { o.LevelID = "huge" }, tutor.CodeInvalid},
		"no such reason":       {north.teacher, func(o *tutor.ScoreOverride) { o.Reason = "mood" }, tutor.CodeInvalid},
		"a long note":          {north.teacher, func(o *tutor.ScoreOverride) { o.Note = strings.Repeat("é", 2001) }, tutor.CodeInvalid},
		"a note with NUL":      {north.teacher, func(o *tutor.ScoreOverride) { o.Note = "\x00" }, tutor.CodeInvalid},
		"no such score":        {north.teacher, func(o *tutor.ScoreOverride) { o.ScoreID = newUUID() }, tutor.CodeNotFound},
		"nothing like a score": {north.teacher, func(o *tutor.ScoreOverride) { o.ScoreID = "7" }, tutor.CodeNotFound},
	} {
		o := good
		if c.spoil != nil {
			c.spoil(&o)
		}
		if _, err := s.OverrideScore(t.Context(), c.who, o); tutor.ErrorCode(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
	o := good
	o.LevelID = "huge"
	if _, err := s.OverrideScore(t.Context(), north.teacher, o); !strings.Contains(tutor.ErrorMessage(err), "none, some, all") {
		t.Errorf("the message does not name the levels: %v", err)
	}
	_, err := s.UndoOverride(t.Context(), north.teacher, score.ID, 1)
	wantCode(t, err, tutor.CodeConflict)

	good.Note = strings.Repeat("é", 2000)
	must[tutor.ScoreChange](t)(s.OverrideScore(t.Context(), north.admin, good))
	_, err = s.UndoOverride(t.Context(), north.teacher, score.ID, 1)
	wantCode(t, err, tutor.CodeConflict)
	if n := count(t, s, scope(north.id), `select count(*) from scores`); n != 2 {
		t.Errorf("%d versions, want 2", n)
	}
}

// Two teachers at once: one of them wins, the other is told to look again.
func TestOverridesAtOnce(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	score := play(t, s, session, [][]string{{"none"}})[0]
	_, errs := together(8, func(int) (tutor.TurnStart, error) {
		_, err := s.OverrideScore(context.Background(), sc.teacher, tutor.ScoreOverride{ScoreID: score.ID, Version: 1, LevelID: "all", Reason: tutor.ReasonRubric})
		return tutor.TurnStart{}, err
	})
	var won int
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantCode(t, err, tutor.CodeConflict)
	}
	if won != 1 {
		t.Errorf("%d overrides, want 1", won)
	}
}
