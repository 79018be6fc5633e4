package postgres

import (
	"crypto/sha256"
	"testing"
	"time"

	"maieutic/tutor"
)

var farAway = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

func hashOf(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

func TestAccounts(t *testing.T) {
	s := newStore(t)
	north, south := newSchool(t, s, "north"), newSchool(t, s, "south")
	ctx := t.Context()

	a, hash, err := s.AccountByEmail(ctx, " Ann@North.example ")
	ok(t, err)
	if a != north.ann || hash != "hash of ann" {
		t.Fatalf("%+v %q", a, hash)
	}
	_, _, err = s.AccountByEmail(ctx, "nobody@north.example")
	wantCode(t, err, tutor.CodeNotFound)
	_, _, err = s.AccountByEmail(ctx, "a\x00@north.example")
	wantCode(t, err, tutor.CodeInvalid)

	_, err = s.CreateAccount(ctx, tutor.Account{SchoolID: south.id, Email: "ANN@north.example", Name: "x", Role: tutor.RoleStudent}, "")
	wantCode(t, err, tutor.CodeConflict)
	_, err = s.CreateAccount(ctx, tutor.Account{SchoolID: newUUID(), Email: "x@x", Name: "x", Role: tutor.RoleStudent}, "")
	wantCode(t, err, tutor.CodeNotFound)
	for _, bad := range []tutor.Account{
		{Email: "", Name: "x", Role: tutor.RoleStudent}, {Email: "a@", Name: "x", Role: tutor.RoleStudent}, {Email: "a@b", Role: tutor.RoleStudent},
		{Email: "a@b", Name: "x", Role: "king"}, {Email: "a@b", Name: "x\x00", Role: tutor.RoleStudent}, {Email: "a b@c", Name: "x", Role: tutor.RoleStudent},
	} {
		bad.SchoolID = north.id
		_, err = s.CreateAccount(ctx, bad, "")
		wantCode(t, err, tutor.CodeInvalid)
	}

	var names []string
	var last string
	for {
		page := must[[]tutor.Account](t)(s.Accounts(ctx, north.id, last, 4))
		for _, a := range page {
			names = append(names, a.Name)
			last = a.ID
		}
		if len(page) < 4 {
			break
		}
	}
	if len(names) != 6 || names[0] != "admin" {
		t.Fatalf("accounts %v", names)
	}
	ok(t, s.SetLanguage(ctx, north.ann, "ar"))
	a, _, err = s.AccountByEmail(ctx, "ann@north.example")
	ok(t, err)
	if a.Language != "ar" {
		t.Fatalf("language %q", a.Language)
	}
	stranger := north.ann
	stranger.SchoolID = south.id
	wantCode(t, s.SetLanguage(ctx, stranger, "es"), tutor.CodeNotFound)
}

func TestMadeOnce(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ctx := t.Context()
	if id := must[string](t)(s.CreateSchool(ctx, " north ")); id != sc.id {
		t.Errorf("a second school of the name")
	}
	if id := must[string](t)(s.CreateClass(ctx, sc.id, "7a")); id != sc.class {
		t.Errorf("a second class of the name")
	}
	ok(t, s.Enrol(ctx, sc.ann, sc.class))
	ok(t, s.GiveCourse(ctx, sc.id, sc.class, "algebra"))
	wantCode(t, s.GiveCourse(ctx, sc.id, sc.class, "nothing"), tutor.CodeNotFound)
	wantCode(t, s.Enrol(ctx, sc.ann, newUUID()), tutor.CodeNotFound)
	wantCode(t, s.Enrol(ctx, sc.admin, sc.class), tutor.CodeInvalid)
	if schools := must[[]School](t)(s.Schools(ctx)); len(schools) != 1 || schools[0] != (School{sc.id, "north"}) {
		t.Errorf("schools %v", schools)
	}
}

func TestTokens(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ctx := t.Context()
	ok(t, s.Login(ctx, sc.ann, hashOf("a"), farAway))
	ok(t, s.Login(ctx, sc.ben, hashOf("b"), time.Now().Add(-time.Second)))
	if a := must[tutor.Account](t)(s.AccountByToken(ctx, hashOf("a"))); a != sc.ann {
		t.Fatalf("%+v", a)
	}
	for _, token := range []string{"b", "c"} {
		_, err := s.AccountByToken(ctx, hashOf(token))
		wantCode(t, err, tutor.CodeUnauthorized)
	}
	ok(t, s.Login(ctx, sc.ben, hashOf("b2"), farAway))
	if n := count(t, s, systemScope, `select count(*) from tokens`); n != 2 {
		t.Errorf("%d tokens, want 2: the expired one goes with the next sign-in", n)
	}
	ok(t, s.Logout(ctx, hashOf("a")))
	ok(t, s.Logout(ctx, hashOf("a")))
	_, err := s.AccountByToken(ctx, hashOf("a"))
	wantCode(t, err, tutor.CodeUnauthorized)

	ok(t, s.SetPassword(ctx, sc.ben, "new"))
	_, err = s.AccountByToken(ctx, hashOf("b2"))
	wantCode(t, err, tutor.CodeUnauthorized)
	if _, hash, _ := s.AccountByEmail(ctx, sc.ben.Email); hash != "new" {
		t.Errorf("hash %q", hash)
	}
}
