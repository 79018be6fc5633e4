package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

func TestRatedPairs(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openEssay(t, s, sc, sc.ann, giveEssay(t, s, sc))
	draft := func(text string) (tutor.Draft, tutor.FeedbackOutcome) {
		d := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, text)))
		return d, read(t, s, jobOf(d))
	}
	_, first := draft("Letters stand for numbers.")
	if pairs := must[[]tutor.RatedPair](t)(s.RatedPairs(t.Context(), sc.teacher)); len(pairs) != 0 {
		t.Fatalf("nobody has judged, and there are %+v", pairs)
	}
	must[tutor.ScoreChange](t)(s.OverrideScore(t.Context(), sc.teacher, tutor.ScoreOverride{
		ScoreID: first.Feedback.Criteria[0].Score.ID, Version: 1, LevelID: "high", Reason: tutor.ReasonTooStrict}))
	second, _ := draft("Letters stand for any number.")
	_, err := s.exec(t.Context(), scope(sc.id), `insert into publications (school_id, draft_id, by) values (@school, @draft, @by)`,
		pgx.StrictNamedArgs{"school": sc.id, "draft": second.ID, "by": sc.teacher.ID})
	ok(t, err)
	pairs := must[[]tutor.RatedPair](t)(s.RatedPairs(t.Context(), sc.teacher))
	overridden := 0
	for _, p := range pairs {
		if p.Overridden {
			overridden++
			if p.Machine != .5 || p.Person != 1 || p.CriterionID != "thesis" {
				t.Errorf("%+v", p)
			}
		} else if p.Machine != p.Person {
			t.Errorf("left as it was: %+v", p)
		}
		if len(p.Levels) != 3 || p.Levels[1] != .5 || p.Activity != "Why letters?" {
			t.Errorf("%+v", p)
		}
	}
	if len(pairs) != 3 || overridden != 1 {
		t.Errorf("%d pairs, %d overridden", len(pairs), overridden)
	}
	if others := must[[]tutor.RatedPair](t)(s.RatedPairs(t.Context(), sc.stranger)); len(others) != 0 {
		t.Errorf("another class's teacher sees %+v", others)
	}
	_, err = s.RatedPairs(t.Context(), sc.ann)
	wantCode(t, err, tutor.CodeForbidden)
}

func TestBlindMarking(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openEssay(t, s, sc, sc.ann, giveEssay(t, s, sc))
	d := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for numbers.")))
	read(t, s, jobOf(d))
	if n := must[int](t)(s.DrawSample(t.Context(), sc.teacher, "algebra.why", "STRANGER@north.example", 5)); n != 1 {
		t.Fatalf("%d drafts drawn", n)
	}
	if n := must[int](t)(s.DrawSample(t.Context(), sc.teacher, "algebra.why", "stranger@north.example", 5)); n != 0 {
		t.Errorf("%d drafts drawn again", n)
	}
	samples := must[[]tutor.MarkingSample](t)(s.Samples(t.Context(), sc.stranger))
	if len(samples) != 1 || samples[0].Marked {
		t.Fatalf("%+v", samples)
	}
	id := samples[0].ID
	_, err := s.Sample(t.Context(), sc.teacher, id)
	wantCode(t, err, tutor.CodeNotFound)
	sample := must[tutor.MarkingSample](t)(s.Sample(t.Context(), sc.stranger, id))
	if sample.Text != d.Text || len(sample.Rubric.Criteria) != 2 {
		t.Errorf("%+v", sample)
	}
	wantCode(t, s.Mark(t.Context(), sc.stranger, id, map[string]string{"thesis": "high"}), tutor.CodeInvalid)
	ok(t, s.Mark(t.Context(), sc.stranger, id, map[string]string{"thesis": "high", "evidence": "low"}))
	wantCode(t, s.Mark(t.Context(), sc.stranger, id, map[string]string{"thesis": "low", "evidence": "low"}), tutor.CodeConflict)
	pairs := must[[]tutor.RatedPair](t)(s.RatedPairs(t.Context(), sc.teacher))
	if len(pairs) != 2 || !pairs[0].Blind || pairs[0].Person != 0 || pairs[1].Person != 1 {
		t.Errorf("%+v", pairs)
	}
	wantCode(t, func() error {
		_, err := s.DrawSample(t.Context(), sc.ann, "algebra.why", "stranger@north.example", 1)
		return err
	}(), tutor.CodeForbidden)
}

func TestCorrections(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	a := giveEssay(t, s, sc)
	structure := essayRubric().Structure
	c := tutor.Correction{ActivityID: a.ID, CriterionID: "thesis", Structure: structure, Slope: .9, Shift: .05, Overrides: 31, Before: .5, After: .7}
	few := c
	few.Overrides = 3
	wantCode(t, s.AcceptCorrection(t.Context(), sc.teacher, few), tutor.CodeInvalid)
	ok(t, s.AcceptCorrection(t.Context(), sc.teacher, c))
	wantCode(t, s.AcceptCorrection(t.Context(), sc.teacher, c), tutor.CodeConflict)
	session := openEssay(t, s, sc, sc.ann, a)
	d := must[tutor.Draft](t)(s.HandIn(t.Context(), draftFor(session, "Letters stand for numbers.")))
	work, _, err := s.FeedbackWork(t.Context(), jobOf(d))
	ok(t, err)
	if got := work.Corrections["thesis"]; got.Slope != .9 || got.AcceptedBy != "teacher" {
		t.Errorf("%+v", work.Corrections)
	}
	held := must[[]tutor.Correction](t)(s.Corrections(t.Context(), sc.teacher))
	if len(held) != 1 {
		t.Fatalf("%+v", held)
	}
	ok(t, s.WithdrawCorrection(t.Context(), sc.teacher, held[0].ID))
	wantCode(t, s.WithdrawCorrection(t.Context(), sc.teacher, held[0].ID), tutor.CodeNotFound)
	if work, _, err := s.FeedbackWork(t.Context(), jobOf(d)); err != nil || len(work.Corrections) != 0 {
		t.Errorf("withdrawn it is still used: %+v, %v", work.Corrections, err)
	}
}
