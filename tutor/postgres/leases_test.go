package postgres

import (
	"testing"

	"maieutic/tutor"
)

func TestReleasedLeaseIsTakenOverAtOnce(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	session := openSession(t, s, sc, sc.ann, 0)
	in := say(session, "12")
	gone := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))
	if n := must[int64](t)(s.ReleaseLeases(t.Context())); n != 1 {
		t.Fatalf("released %d leases, want 1", n)
	}
	taken := must[tutor.TurnStart](t)(s.BeginTurn(t.Context(), in))
	if taken.Busy || taken.Fence <= gone.Fence {
		t.Fatalf("taken over: %+v", taken)
	}
	_, err := s.FinishTurn(t.Context(), outcome(gone))
	wantCode(t, err, tutor.CodeConflict)
	must[tutor.Turn](t)(s.FinishTurn(t.Context(), outcome(taken)))
	if n := must[int64](t)(s.ReleaseLeases(t.Context())); n != 0 {
		t.Errorf("released %d leases of answered turns", n)
	}
}
