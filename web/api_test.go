package web_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

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

func TestOtherSitesMayNotPost(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/v1/login", "/v1/sessions", "/login", "/start", "/logout"} {
		a := s.as(s.ann).call("POST", path, "{}", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
		if a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestHeaders(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/login", "/v1/me", "/nothing", "/livez"} {
		h := s.nobody().call("GET", path, "").header
		policy := h.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// Every path, for everybody: what a viewer may not see is not there.
func TestRoles(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	sock.say("41")
	sock.until("status")
	turns, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil || len(turns) != 3 || len(turns[1].Scores) != 1 {
		t.Fatalf("%+v, %v", turns, err)
	}
	score := turns[1].Scores[0].ID
	who := []client{s.nobody(), s.as(s.ben), ann, s.as(s.stranger), s.as(s.teacher), s.as(s.admin)}
	override := fmt.Sprintf(`{"level":%q,"reason":"too_strict"}`, turns[1].Scores[0].Criterion.Levels[1].ID)
	for _, c := range []struct {
		method, path, body, version string
		want                        [6]int // nobody, another student, ann, another teacher, teacher, administrator
	}{
		{"GET", "/v1/me", "", "", [6]int{401, 200, 200, 200, 200, 200}},
		{"GET", "/v1/courses", "", "", [6]int{401, 200, 200, 200, 200, 200}},
		{"GET", "/v1/sessions/" + id, "", "", [6]int{401, 404, 200, 404, 200, 200}},
		{"GET", "/v1/learners/" + s.ann.ID + "/skills", "", "", [6]int{401, 404, 200, 404, 200, 200}},
		{"GET", "/v1/learners/" + s.ann.ID + "/skills/demo.add", "", "", [6]int{401, 404, 200, 404, 200, 200}},
		{"PUT", "/v1/scores/" + score, override, `"1"`, [6]int{401, 403, 403, 404, 200, 412}},
		{"DELETE", "/v1/scores/" + score + "/override", "", `"2"`, [6]int{401, 403, 403, 404, 200, 412}},
		{"POST", "/v1/assignments", `{"learner_id":"` + s.ann.ID + `","activity_id":"demo.sum"}`, "", [6]int{401, 403, 403, 404, 204, 204}},
		{"GET", "/s/" + id, "", "", [6]int{303, 404, 200, 404, 200, 200}},
		{"GET", "/classes/" + s.class, "", "", [6]int{303, 403, 403, 404, 200, 200}},
		{"GET", "/learners/" + s.ann.ID, "", "", [6]int{303, 403, 403, 404, 200, 200}},
		{"GET", "/c/demo/adding", "", "", [6]int{303, 200, 200, 200, 200, 200}},
		{"GET", "/skills", "", "", [6]int{303, 200, 200, 0, 0, 0}},
	} {
		for i, want := range c.want {
			headers := []string{}
			if c.version != "" {
				headers = []string{"If-Match", c.version}
			}
			if a := who[i].call(c.method, c.path, c.body, headers...); want != 0 && a.status != want {
				t.Errorf("%s %s as %d: %d, want %d: %.200s", c.method, c.path, i, a.status, want, a.body)
			}
		}
	}
}

// A teacher's word moves the learner model there and back.
func TestOverride(t *testing.T) {
	s := newSite(t, nil)
	ann, teacher := s.as(s.ann), s.as(s.teacher)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	sock.say("41")
	sock.until("status")
	turns, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	score := turns[1].Scores[0]
	path := "/v1/scores/" + score.ID
	body := fmt.Sprintf(`{"level":%q,"reason":"misread","note":"a slip"}`, score.Criterion.Levels[1].ID)
	if a := teacher.call("PUT", path, body); a.status != http.StatusBadRequest {
		t.Errorf("without If-Match: %d %s", a.status, a.body)
	}
	for _, wrong := range []string{`{"level":"no such level","reason":"misread"}`, `{"level":"x","reason":"whim"}`, `{"lvl":1}`, `{`} {
		if a := teacher.call("PUT", path, wrong, "If-Match", `"1"`); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", wrong, a.status, a.body)
		}
	}
	var done struct {
		Score struct {
			Version    int
			Overridden bool
			Grader     string
		}
		Skills []struct {
			Before, After float64
			Skill_ID      string
		}
	}
	a := teacher.call("PUT", path, body, "If-Match", `"1"`)
	a.into(t, &done)
	if a.status != 200 || !done.Score.Overridden || done.Score.Grader != "teacher" || len(done.Skills) != 1 || done.Skills[0].After <= done.Skills[0].Before {
		t.Fatalf("override: %d %s", a.status, a.body)
	}
	before, after := done.Skills[0].Before, done.Skills[0].After
	if a := teacher.call("PUT", path, body, "If-Match", `"1"`); a.status != http.StatusPreconditionFailed {
		t.Errorf("a stale override: %d %s", a.status, a.body)
	}
	a = teacher.call("DELETE", path+"/override", "", "If-Match", `"2"`)
	a.into(t, &done)
	if a.status != 200 || done.Skills[0].Before != after || done.Skills[0].After != before {
		t.Errorf("undo: %d %s", a.status, a.body)
	}
}

func TestOddRequests(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/v1/sessions", `{"activity_id":"demo.nothing"}`, 404},
		{"POST", "/v1/sessions", `{"activity":"demo.sum"}`, 400},
		{"POST", "/v1/sessions", `{} {}`, 400},
		{"POST", "/v1/sessions", ``, 400},
		{"POST", "/v1/sessions", `{"activity_id":"` + strings.Repeat("x", 200<<10) + `"}`, 400},
		{"GET", "/v1/sessions/" + uuid.NewString(), "", 404},
		{"GET", "/v1/sessions/..%2f..%2fetc", "", 404},
		{"GET", "/v1/sessions?limit=1000", "", 400},
		{"GET", "/v1/sessions?before=yesterday", "", 400},
		{"GET", "/v1/learners/x/skills", "", 404},
		{"GET", "/v1/nothing", "", 404},
		{"GET", "/static/..%2fserver.go", "", 404},
		{"GET", "/static/client.js", "", 404},
	} {
		if a := ann.call(c.method, c.path, c.body); a.status != c.status {
			t.Errorf("%s %.60s %.40s: %d %.200s, want %d", c.method, c.path, c.body, a.status, a.body, c.status)
		}
	}
	a := ann.call("GET", "/v1/nothing", "")
	if !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") || !strings.Contains(a.body, `"code":"not_found"`) {
		t.Errorf("problem document: %s %s", a.header.Get("Content-Type"), a.body)
	}
}

func TestHealth(t *testing.T) {
	s := newSite(t, nil)
	for path, want := range map[string]int{"/livez": 200, "/readyz": 503, "/metrics": 200} {
		// The throw-away cluster of tests has fsync off, and readyz says so.
		if a := s.nobody().call("GET", path, ""); a.status != want {
			t.Errorf("%s: %d %.200s", path, a.status, a.body)
		}
	}
	if a := s.nobody().call("GET", "/metrics", "", "X-Forwarded-For", "203.0.113.7"); a.status != http.StatusForbidden {
		t.Errorf("metrics for everybody: %d", a.status)
	}
}

func TestNextStaysHere(t *testing.T) {
	s := newSite(t, nil)
	for _, next := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "/%09/evil.example", "javascript:alert(1)"} {
		a := s.nobody().call("POST", "/login", "email=ann@school.example&password="+strings.ReplaceAll(password, " ", "+")+"&next="+next, "Content-Type", "application/x-www-form-urlencoded")
		if a.status != http.StatusSeeOther || a.header.Get("Location") != "/" {
			t.Errorf("next=%s leads to %d %q", next, a.status, a.header.Get("Location"))
		}
	}
}

// A connection may be cut at any byte; the server goes on.
func TestCutAtAnyByte(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	host := strings.TrimPrefix(s.url, "http://")
	request := fmt.Sprintf("GET /v1/sessions/%s/socket HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: maieutic.v1\r\n\r\n", id, host, ann.token)
	// A masked text frame with a hello, and one with a message.
	frame := func(payload string) string {
		head := []byte{0x81, 0x80 | 126, byte(len(payload) >> 8), byte(len(payload)), 0, 0, 0, 0}
		return string(head) + payload
	}
	whole := request + frame(`{"type":"hello","epoch":"","seq":0}`) + frame(fmt.Sprintf(`{"type":"say","id":%q,"text":"42"}`, uuid.NewString()))
	r := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, whole[:r.IntN(len(whole))])
		_ = conn.Close()
	}
	sock, _ := ann.hello(id, "", 0)
	sock.say("42")
	sock.until("status")
	turns, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, turn := range turns {
		if turn.Seq != int64(i+1) {
			t.Errorf("turn %d has number %d", i, turn.Seq)
		}
	}
}
