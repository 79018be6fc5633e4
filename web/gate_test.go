package web

import (
	"context"
	"testing"
	"time"

	"maieutic/tutor"
	"maieutic/tutor/postgres"
	"maieutic/tutor/postgres/pgtest"
)

// An address that nobody has is hashed for like one that somebody has, so that
// the time of an answer does not tell which it is: while every place to hash is
// taken, both wait.
func TestUnknownAddressIsHashedFor(t *testing.T) {
	store, err := postgres.Open(t.Context(), pgtest.NewDB(t), tutor.DefaultParams())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	school, err := store.CreateSchool(t.Context(), "School")
	if err != nil {
		t.Fatal(err)
	}
	hash, err := HashPassword("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.CreateAccount(t.Context(), tutor.Account{SchoolID: school, Email: "ann@school.example", Name: "Ann", Role: tutor.RoleStudent}, hash); err != nil {
		t.Fatal(err)
	}
	g, err := newGate(store, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for range hashingAtOnce {
		g.hashing <- struct{}{}
	}
	for _, email := range []string{"ann@school.example", "nobody@school.example"} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		_, err := g.signIn(ctx, email, "correct horse battery", "192.0.2.1", true)
		cancel()
		if tutor.ErrorCode(err) != tutor.CodeUnavailable {
			t.Errorf("%s did not wait for its turn to be hashed: %v", email, err)
		}
	}
	<-g.hashing
	for email, want := range map[string]tutor.Code{"ann@school.example": "", "nobody@school.example": tutor.CodeUnauthorized} {
		if _, err := g.signIn(t.Context(), email, "correct horse battery", "192.0.2.1", true); err != nil && tutor.ErrorCode(err) != want || err == nil && want != "" {
			t.Errorf("%s: %v", email, err)
		}
	}
}

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 3, 12, 15, 0, 0, 0, time.UTC)
	l := newLimiter(10*time.Second, 3)
	for range 3 {
		if ok, _ := l.take("a", now); !ok {
			t.Fatal("fewer than three at once")
		}
	}
	if ok, wait := l.take("a", now.Add(4*time.Second)); ok || wait < 5900*time.Millisecond || wait > 6100*time.Millisecond {
		t.Errorf("the fourth: %v, wait %v", ok, wait)
	}
	if ok, _ := l.take("b", now); !ok {
		t.Error("one key holds up another")
	}
	l.giveBack("a")
	if ok, _ := l.take("a", now.Add(4*time.Second)); !ok {
		t.Error("what was given back is gone")
	}
	if ok, _ := l.take("a", now.Add(24*time.Hour)); !ok {
		t.Error("time brings nothing back")
	}
	for range 5 {
		l.giveBack("b")
	}
	got := 0
	for ok := true; ok; got++ {
		ok, _ = l.take("b", now)
	}
	if got-1 != 3 {
		t.Errorf("giving back made %d of 3", got-1)
	}
	l.max = 2
	l.take("c", now.Add(48*time.Hour))
	if len(l.buckets) != 1 {
		t.Errorf("%d keys are kept, with room for 2", len(l.buckets))
	}
}

func TestOwnPath(t *testing.T) {
	for next, want := range map[string]string{
		"/skills": "/skills", "/s/1#latest": "/s/1#latest", "": "/", "skills": "/", "https://evil.example": "/", "//evil.example": "/",
		"/\\evil.example": "/", "\\/evil.example": "/", "/\t/evil.example": "/", "/\n/evil.example": "/", "/\x00/evil.example": "/", "/\u0085/evil.example": "/",
	} {
		if got := ownPath(next); got != want {
			t.Errorf("ownPath(%q) = %q, want %q", next, got, want)
		}
	}
}
