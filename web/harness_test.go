package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"maieutic/dialogue"
	"maieutic/retrieval"
	"maieutic/rubric"
	"maieutic/rubric/exchange"
	"maieutic/tutor"
	"maieutic/tutor/curriculum"
	"maieutic/tutor/llm/offline"
	"maieutic/tutor/postgres"
	"maieutic/tutor/postgres/pgtest"
	"maieutic/web"
	"maieutic/web/page"
)

func TestMain(m *testing.M) { pgtest.Main(m, postgres.Migrate) }

const password = "correct horse battery"

// site is a server over a real database, with a school of two classes.
type site struct {
	t      *testing.T
	url    string
	server *web.Server
	store  *postgres.Store
	log    *lockedBuffer

	ann, ben, teacher, stranger, admin tutor.Account // ben is in the stranger's class
	alien                              tutor.Account // administrator of another school
	class, other                       string
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var course = fstest.MapFS{
	"course.yaml":          {Data: []byte("id: demo\ntitle: Demo\nlanguage: en\n")},
	"skills.yaml":          {Data: []byte("- id: add\n  title: Adding\n")},
	"lessons/01-adding.md": {Data: []byte("---\ntitle: Adding\nskills: [add]\n---\n## What a sum is\n\nA sum is what you get when you add.\n")},
	"problems/01-sum.md": {Data: []byte(`---
title: A sum
skills: [add]
steps:
  - id: one
    question: 'What is $20 + 22$?'
    answer: 42
    hints: [{point: 'Look at the tens.'}, {principle: 'Tens with tens, ones with ones.'}, {tell: 'It is $42$.'}]
  - id: two
    question: 'What is $10 + 7$?'
    answer: 17
    hints: [{point: 'Look at the ones.'}, {principle: 'Tens with tens, ones with ones.'}, {tell: 'It is $17$.'}]
---
`)},
}

// newSite starts a server. Wrap may put something between it and the engine,
// settings may change how it is set up.
func newSite(t *testing.T, wrap func(web.Tutor) web.Tutor, settings ...func(*web.Config)) *site {
	t.Helper()
	params := tutor.DefaultParams()
	store, err := postgres.Open(t.Context(), pgtest.NewDB(t), params)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, store: store, log: &lockedBuffer{}}
	s.populate()
	logger := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	engine := dialogue.New(dialogue.Config{
		Store: store, Essays: store, Grader: rubric.NewBuiltin(), Retriever: retrieval.New(store.Pool(), offline.Embedder{}), Params: params, Log: logger,
	})
	var talks web.Tutor = engine
	if wrap != nil {
		talks = wrap(engine)
	}
	config := web.Config{Agree: func([]tutor.RatedPair) []tutor.Agreement { return nil }, Compare: func(before, after string) []page.CompareRow {
		return []page.CompareRow{{Kind: "changed", Old: []page.ComparePiece{{Text: before}}, New: []page.ComparePiece{{Text: after}}}}
	}, Store: store, Tutor: talks, Log: logger, Ready: store.Ready, Rubrics: exchange.Files{}}
	for _, set := range settings {
		set(&config)
	}
	if s.server, err = web.New(config); err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s.server.Handler())
	s.url = ts.URL
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.server.Drain(ctx); err != nil {
			t.Errorf("drain: %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
		ts.Close()
		store.Close()
	})
	return s
}

func (s *site) populate() {
	t, ctx := s.t, s.t.Context()
	t.Helper()
	hash, err := web.HashPassword(password)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	school, err := s.store.CreateSchool(ctx, "School")
	check(err)
	s.class, err = s.store.CreateClass(ctx, school, "One")
	check(err)
	s.other, err = s.store.CreateClass(ctx, school, "Two")
	check(err)
	c, err := curriculum.Load(course)
	check(err)
	withEssay(&c)
	_, err = s.store.SaveCourse(ctx, school, c)
	check(err)
	for name, who := range map[string]struct {
		account *tutor.Account
		role    tutor.Role
		class   string
	}{
		"ann": {&s.ann, tutor.RoleStudent, s.class}, "ben": {&s.ben, tutor.RoleStudent, s.other},
		"teacher": {&s.teacher, tutor.RoleTeacher, s.class}, "stranger": {&s.stranger, tutor.RoleTeacher, s.other},
		"admin": {&s.admin, tutor.RoleAdmin, ""},
	} {
		*who.account, err = s.store.CreateAccount(ctx, tutor.Account{SchoolID: school, Email: name + "@school.example", Name: strings.ToUpper(name[:1]) + name[1:], Role: who.role}, hash)
		check(err)
		if who.class != "" {
			check(s.store.Enrol(ctx, *who.account, who.class))
		}
	}
	elsewhere, err := s.store.CreateSchool(ctx, "Another school")
	check(err)
	s.alien, err = s.store.CreateAccount(ctx, tutor.Account{SchoolID: elsewhere, Email: "alien@elsewhere.example", Name: "Alien", Role: tutor.RoleAdmin}, hash)
	check(err)
	for _, class := range []string{s.class, s.other} {
		check(s.store.GiveCourse(ctx, school, class, "demo"))
	}
}

// client speaks for one account, or for nobody.
type client struct {
	*site
	token string
}

func (s *site) as(a tutor.Account) client {
	s.t.Helper()
	token, hash := web.NewToken()
	if err := s.store.Login(s.t.Context(), a, hash, time.Now().Add(time.Hour)); err != nil {
		s.t.Fatal(err)
	}
	return client{s, token}
}

func (s *site) nobody() client { return client{s, ""} }

type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

func (c client) call(method, path, body string, headers ...string) answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	noRedirect := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := noRedirect.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(raw)}
}

// post sends a form, as a page without a script does.
func (c client) post(path string, fields ...string) answer {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return c.call("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// session starts the sum and returns its id and epoch.
func (c client) session() (id, epoch string) {
	c.t.Helper()
	var s struct{ ID, Epoch string }
	a := c.call("POST", "/v1/sessions", `{"activity_id":"demo.sum"}`)
	if a.status != http.StatusCreated {
		c.t.Fatalf("start: %d %s", a.status, a.body)
	}
	a.into(c.t, &s)
	return s.ID, s.Epoch
}

// socket is a client's end of a socket.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
}

type message struct {
	Type     string
	ID       string
	Code     string
	Seq      int64
	Complete bool
	Session  string
	Text     string
	Attempt  int
	N        int
	Turn     json.RawMessage
	DraftID  string `json:"draft_id"`
	Stage    string
}

// turn reads the turn of a "turn" message.
func (m message) turn(t *testing.T) (out struct {
	Seq    int64
	ID     string
	Author string
	Text   string
	Target string
	Scores []json.RawMessage
}) {
	t.Helper()
	if err := json.Unmarshal(m.Turn, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (c client) dial(session string) *socket {
	c.t.Helper()
	conn, resp, err := websocket.Dial(c.t.Context(), c.url+"/v1/sessions/"+session+"/socket", &websocket.DialOptions{
		Subprotocols: []string{"maieutic.v1"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + c.token}},
	})
	if err != nil {
		c.t.Fatalf("dial: %v %v", err, resp)
	}
	conn.SetReadLimit(1 << 20)
	s := &socket{c.t, conn}
	c.t.Cleanup(func() { _ = conn.CloseNow() })
	return s
}

// hello dials, says hello and returns the messages up to the status.
func (c client) hello(session, epoch string, seq int64) (*socket, []message) {
	c.t.Helper()
	s := c.dial(session)
	s.send(map[string]any{"type": "hello", "epoch": epoch, "seq": seq, "render": "markdown"})
	return s, s.until("status")
}

func (s *socket) send(v any) {
	s.t.Helper()
	raw, _ := json.Marshal(v)
	s.raw(websocket.MessageText, raw)
}

func (s *socket) raw(kind websocket.MessageType, data []byte) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	if err := s.conn.Write(ctx, kind, data); err != nil {
		s.t.Fatalf("write: %v", err)
	}
}

func (s *socket) say(text string) string {
	id := uuid.NewString()
	s.send(map[string]any{"type": "say", "id": id, "text": text})
	return id
}

func (s *socket) read() (message, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var m message
	_, raw, err := s.conn.Read(ctx)
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	return m, err
}

// until reads up to and including a message of a type.
func (s *socket) until(kind string) []message {
	s.t.Helper()
	var all []message
	for {
		m, err := s.read()
		if err != nil {
			s.t.Fatalf("waiting for %s: %v after %+v", kind, err, all)
		}
		all = append(all, m)
		if m.Type == kind {
			return all
		}
	}
}

func (s *socket) wantError(code tutor.Code, what string) {
	s.t.Helper()
	got := s.until("error")
	if m := got[len(got)-1]; m.Code != string(code) {
		s.t.Errorf("%s: error %q, want %q", what, m.Code, code)
	}
}
