package web_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

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
	for end := range len(whole) + 1 {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, whole[:end])
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
