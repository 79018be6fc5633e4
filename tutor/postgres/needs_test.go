package postgres

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

func TestNeedsOfSession(t *testing.T) {
	student := func(takenFor string, value ...float64) tailTurn {
		turn := tailTurn{session: "s", activity: "Expand", author: tutor.AuthorStudent, takenFor: takenFor}
		if len(value) > 0 {
			turn.scored, turn.value = true, value[0]
		}
		return turn
	}
	coach := func(target, title string, rung int) tailTurn {
		return tailTurn{session: "s", activity: "Expand", author: tutor.AuthorTutor, target: target, title: title, rung: rung}
	}
	for name, c := range map[string]struct {
		tail   []tailTurn
		codes  []string
		detail string
	}{
		"nothing yet":              {nil, nil, ""},
		"going well":               {[]tailTurn{student("assertion", 1), coach("a/b", "both", 0)}, nil, ""},
		"two wrong":                {[]tailTurn{student("assertion", 0), student("assertion", 0.4)}, nil, ""},
		"three wrong":              {[]tailTurn{student("assertion", 0), student("question"), student("assertion", 0.4), student("assertion", 0), coach("a/b", "both", 1)}, []string{"stuck"}, "both"},
		"right in between":         {[]tailTurn{student("assertion", 0), student("assertion", 0.6), student("assertion", 0), student("assertion", 0)}, nil, ""},
		"deep hints":               {[]tailTurn{coach("a/b", "both", 3), coach("a/b", "both", 4), coach("a/b", "both", 5)}, []string{"stuck"}, "both"},
		"deep hints that helped":   {[]tailTurn{coach("a/b", "both", 3), coach("a/b", "both", 4), coach("a/b", "both", 5), student("assertion", 1)}, nil, ""},
		"a misconception":          {[]tailTurn{student("assertion", 0), coach("misconception:a/drop", "drops the sign", 0)}, []string{"misconception"}, "drops the sign"},
		"a misconception repaired": {[]tailTurn{coach("misconception:a/drop", "drops the sign", 0), student("assertion", 1), coach("a/b", "both", 0)}, nil, ""},
		"gaming once":              {[]tailTurn{student("gaming")}, nil, ""},
		"gaming, and upset":        {[]tailTurn{student("gaming"), student("affect"), student("gaming")}, []string{"affect", "gaming"}, "Expand"},
	} {
		var codes []string
		for _, n := range needsOfSession(c.tail) {
			codes = append(codes, n.Code)
			if n.SessionID != "s" || n.Detail != c.detail {
				t.Errorf("%s: need %+v", name, n)
			}
		}
		if !slices.Equal(codes, c.codes) {
			t.Errorf("%s: needs %v, want %v", name, codes, c.codes)
		}
	}
}

func TestSortNeeds(t *testing.T) {
	got := sortNeeds([]tutor.Need{{Code: "silent"}, {Code: "stuck", SessionID: "new"}, {Code: "stuck", SessionID: "old"}, {Code: "affect"}})
	want := []tutor.Need{{Code: "affect"}, {Code: "stuck", SessionID: "new"}, {Code: "silent"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRoster(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	play(t, s, openSession(t, s, sc, sc.ann, 0), [][]string{{"none"}, {"none"}, {"none"}})
	old := openSession(t, s, sc, sc.ben, 0)
	play(t, s, old, [][]string{{"all"}, {"all"}, {"all"}, {"all"}, {"all"}, {"all"}})
	_, err := s.exec(t.Context(), scope(sc.id), `update sessions set updated_at = now() - interval '3 days' where id = @id`, pgx.StrictNamedArgs{"id": old.ID})
	ok(t, err)

	class, entries, err := s.Roster(t.Context(), sc.teacher, sc.class)
	ok(t, err)
	if class.Name != "7a" || class.Students != 2 || !slices.Equal(class.CourseIDs, []string{"algebra"}) || len(entries) != 2 {
		t.Fatalf("class %+v, %d entries", class, len(entries))
	}
	ann, ben := entries[0], entries[1]
	if ann.Learner != sc.ann || ann.Open != 1 || time.Since(ann.LastSeen) > time.Minute || len(ann.Skills) != 2 || ann.Skills[0].State.Count != 3 || ann.Mastered != 0 {
		t.Errorf("ann %+v", ann)
	}
	if len(ann.Needs) != 1 || ann.Needs[0].Code != "stuck" || ann.Needs[0].Detail != "both terms" || ann.Needs[0].SessionID == "" {
		t.Errorf("needs of ann %+v", ann.Needs)
	}
	if len(ben.Needs) != 1 || ben.Needs[0].Code != "silent" || ben.Mastered != 2 {
		t.Errorf("ben needs %+v, mastered %d", ben.Needs, ben.Mastered)
	}
}

func TestChoices(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ok(t, s.Assign(t.Context(), sc.teacher, tutor.Assignment{LearnerID: sc.ann.ID, ActivityID: sc.course.Activities[1].ID}))
	session := openSession(t, s, sc, sc.ann, 1)
	in := must[tutor.ChoiceInput](t)(s.Choices(t.Context(), sc.ann))
	if len(in.Candidates) != 2 || len(in.Skills) != 2 || in.Params != s.params || len(in.States) != 0 || in.Now.IsZero() {
		t.Fatalf("input %+v", in)
	}
	first, second := in.Candidates[0], in.Candidates[1]
	if first.Begun != 0 || first.Assigned || !first.LastAt.IsZero() || first.Order != 0 || !slices.Equal(first.Skills, []string{"algebra.expand", "algebra.signs"}) {
		t.Errorf("first %+v", first)
	}
	if second.Begun != 1 || !second.Assigned || second.Mastered || second.LastAt.IsZero() {
		t.Errorf("second %+v", second)
	}
	start := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), say(session, "x")))
	out := graded(start, time.Now(), "all")
	out.Status = tutor.SessionMastered
	must[tutor.Turn](t)(s.FinishTurn(t.Context(), out))
	in = must[tutor.ChoiceInput](t)(s.Choices(t.Context(), sc.ann))
	if second := in.Candidates[1]; second.Assigned || !second.Mastered || len(in.States) != 2 {
		t.Errorf("after a session on it: %+v, %d states", second, len(in.States))
	}
	if in := must[tutor.ChoiceInput](t)(s.Choices(t.Context(), sc.eve)); len(in.Candidates) != 0 {
		t.Errorf("without a course: %+v", in)
	}
}
