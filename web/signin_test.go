package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maieutic/tutor"
	"maieutic/web"
)

func login(email, password string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)
}

func TestSignIn(t *testing.T) {
	s := newSite(t, nil)
	nobody := s.nobody()
	a := nobody.call("POST", "/v1/login", login(" Ann@School.example ", password))
	cookie := a.header.Get("Set-Cookie")
	if a.status != http.StatusOK || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("%d %s, cookie %q", a.status, a.body, cookie)
	}
	if strings.Contains(s.log.String(), password) || strings.Contains(a.body, "argon2id") {
		t.Error("a password or its hash got out")
	}
	wrong := nobody.call("POST", "/v1/login", login("ann@school.example", "not the password"))
	unknown := nobody.call("POST", "/v1/login", login("nobody@school.example", "not the password"))
	if wrong.status != http.StatusUnauthorized || wrong.body != unknown.body {
		t.Errorf("a wrong password and an unknown address can be told apart: %s, %s", wrong.body, unknown.body)
	}
}

// A thousand wrong passwords are held off, and the others still get in.
func TestGuessing(t *testing.T) {
	s := newSite(t, nil)
	nobody := s.nobody()
	limited := 0
	for i := range 1000 {
		a := nobody.call("POST", "/v1/login", login("ann@school.example", fmt.Sprintf("wrong password %d", i)))
		switch a.status {
		case http.StatusTooManyRequests:
			limited++
			if a.header.Get("Retry-After") == "" {
				t.Fatal("no Retry-After")
			}
		case http.StatusUnauthorized:
		default:
			t.Fatalf("guess %d: %d %s", i, a.status, a.body)
		}
	}
	if limited < 980 {
		t.Errorf("%d of 1000 guesses were held off", limited)
	}
	if a := nobody.call("POST", "/v1/login", login("ben@school.example", password)); a.status != http.StatusOK {
		t.Errorf("somebody else cannot sign in: %d %s", a.status, a.body)
	}
}

func TestDemoAccountsSignInFromHereOnly(t *testing.T) {
	s := newSite(t, nil)
	hash, err := web.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.CreateAccount(t.Context(), tutor.Account{SchoolID: s.ann.SchoolID, Email: "demo@school.example", Name: "Demo", Role: tutor.RoleStudent, Demo: true}, hash); err != nil {
		t.Fatal(err)
	}
	body := login("demo@school.example", password)
	nobody := s.nobody()
	if a := nobody.call("POST", "/v1/login", body); a.status != http.StatusOK {
		t.Errorf("from here: %d %s", a.status, a.body)
	}
	for _, headers := range [][]string{{"X-Forwarded-For", "203.0.113.7"}, {"Host", "evil.example"}, {"Forwarded", "for=203.0.113.7"}} {
		if a := nobody.call("POST", "/v1/login", body, headers...); a.status != http.StatusForbidden {
			t.Errorf("with %v: %d %s", headers, a.status, a.body)
		}
	}
}

func TestNextStaysHere(t *testing.T) {
	s := newSite(t, nil)
	for _, next := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)"} {
		a := s.nobody().post("/login", "email", "ann@school.example", "password", password, "next", next)
		if a.status != http.StatusSeeOther || a.header.Get("Location") != "/" {
			t.Errorf("next=%s leads to %d %q", next, a.status, a.header.Get("Location"))
		}
	}
}

// A thousand guesses at the same moment are no more than a thousand one by one.
func TestGuessingAtOnce(t *testing.T) {
	s := newSite(t, nil)
	var looked atomic.Int64
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Go(func() {
			if a := s.nobody().call("POST", "/v1/login", login("ann@school.example", fmt.Sprintf("wrong password %d", i))); a.status == http.StatusUnauthorized {
				looked.Add(1)
			}
		})
	}
	wait.Wait()
	if n := looked.Load(); n == 0 || n > 10 {
		t.Errorf("%d of 200 guesses were looked at", n)
	}
}

// Signing in often is no guessing.
func TestSigningInOften(t *testing.T) {
	s := newSite(t, nil)
	for range 12 {
		if a := s.nobody().call("POST", "/v1/login", login("ann@school.example", password)); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
}

func TestCookie(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s := newSite(t, nil, func(c *web.Config) { c.SecureCookies = secure })
		a := s.nobody().post("/login", "email", "ann@school.example", "password", password)
		cookies := (&http.Response{Header: a.header}).Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%v", a.header)
		}
		c := cookies[0]
		if !c.HttpOnly || c.Secure != secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Expires.Before(time.Now().Add(24*time.Hour)) {
			t.Errorf("%+v", c)
		}
		if secure != strings.HasPrefix(c.Name, "__Host-") || secure != (a.header.Get("Strict-Transport-Security") != "") {
			t.Errorf("secure is %v: %v", secure, a.header)
		}
		with := []string{"Cookie", c.Name + "=" + c.Value}
		if a := s.nobody().call("GET", "/v1/me", "", with...); a.status != http.StatusOK || !strings.Contains(a.body, s.ann.ID) {
			t.Errorf("with the cookie: %d %s", a.status, a.body)
		}
		out := s.nobody().call("POST", "/logout", "", with...)
		if left := (&http.Response{Header: out.header}).Cookies(); len(left) != 1 || left[0].Value != "" || left[0].Expires.After(time.Now()) {
			t.Errorf("signing out leaves %v", left)
		}
		if a := s.nobody().call("GET", "/v1/me", "", with...); a.status != http.StatusUnauthorized {
			t.Errorf("after signing out: %d %s", a.status, a.body)
		}
	}
}

func TestTokens(t *testing.T) {
	s := newSite(t, nil)
	good, hash := web.NewToken()
	old, oldHash := web.NewToken()
	unknown, _ := web.NewToken()
	for _, in := range []struct {
		hash    []byte
		expires time.Time
	}{{hash, time.Now().Add(time.Hour)}, {oldHash, time.Now().Add(-time.Second)}} {
		if err := s.store.Login(t.Context(), s.ann, in.hash, in.expires); err != nil {
			t.Fatal(err)
		}
	}
	for what, c := range map[string]struct {
		header, value string
		status        int
	}{
		"bearer":        {"Authorization", "Bearer " + good, 200},
		"small letters": {"Authorization", "bearer " + good, 200},
		"expired":       {"Authorization", "Bearer " + old, 401},
		"unknown":       {"Authorization", "Bearer " + unknown, 401},
		"its hash":      {"Authorization", fmt.Sprintf("Bearer %x", hash), 401},
		"very long":     {"Authorization", "Bearer " + strings.Repeat("a", 10_000), 401},
		"empty":         {"Authorization", "Bearer ", 401},
		"basic":         {"Authorization", "Basic " + good, 401},
	} {
		if a := s.nobody().call("GET", "/v1/me", "", c.header, c.value); a.status != c.status {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
}

// A demo account stays on the machine even with a token in hand.
func TestDemoTokensWorkHereOnly(t *testing.T) {
	s := newSite(t, nil)
	demo, err := s.store.CreateAccount(t.Context(), tutor.Account{SchoolID: s.ann.SchoolID, Email: "demo@school.example", Name: "Demo", Role: tutor.RoleStudent, Demo: true}, "")
	if err != nil {
		t.Fatal(err)
	}
	c := s.as(demo)
	if a := c.call("GET", "/v1/me", ""); a.status != http.StatusOK {
		t.Errorf("from here: %d %s", a.status, a.body)
	}
	for _, headers := range [][]string{{"X-Forwarded-For", "203.0.113.7"}, {"Host", "evil.example"}, {"Via", "1.1 proxy"}, {"X-Real-Ip", "203.0.113.7"}} {
		if a := c.call("GET", "/v1/me", "", headers...); a.status != http.StatusUnauthorized {
			t.Errorf("with %v: %d %s", headers, a.status, a.body)
		}
	}
}
