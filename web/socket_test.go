package web_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"maieutic/dialogue"
	"maieutic/tutor"
	"maieutic/web"
)

func TestTalk(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, epoch := ann.session()
	sock, greeting := ann.hello(id, "", 0)
	if greeting[0].Type != "welcome" || greeting[0].Complete || len(greeting) != 3 {
		t.Fatalf("a first hello gets %+v", greeting)
	}
	said := sock.say("42")
	got := sock.until("status")
	var kinds []string
	for _, m := range got {
		if m.Type != "delta" {
			kinds = append(kinds, m.Type)
		}
	}
	if strings.Join(kinds, " ") != "ack turn turn mastery status" || got[0].ID != said || got[0].Seq != 2 {
		t.Errorf("messages %v: %+v", kinds, got[0])
	}
	// What is acked is in the record.
	turns, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil || len(turns) != 3 || turns[1].ID != said || len(turns[1].Scores) != 1 {
		t.Fatalf("record %+v, %v", turns, err)
	}
	// An open session keeps from the student what a turn was aimed at.
	for _, m := range got {
		if m.Type == "turn" {
			if turn := m.turn(t); turn.Target != "" || len(turn.Scores) != 0 {
				t.Errorf("a student sees %+v", turn)
			}
		}
	}
	// Who has seen turn 1 gets 2 and 3; who knows another record gets everything.
	_, missed := ann.hello(id, epoch, 1)
	if !missed[0].Complete || len(missed) != 4 || missed[1].turn(t).Seq != 2 {
		t.Errorf("resume %+v", missed)
	}
	for _, wrong := range []struct {
		epoch string
		seq   int64
	}{{"another", 1}, {epoch, 99}, {epoch, -1}} {
		if _, all := ann.hello(id, wrong.epoch, wrong.seq); all[0].Complete || len(all) != 5 {
			t.Errorf("%+v: %+v", wrong, all)
		}
	}
}

func TestIdempotentIDs(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	turn := uuid.NewString()
	var wait sync.WaitGroup
	for range 8 { // the same message over eight sockets at once
		sock, _ := ann.hello(id, "", 0)
		wait.Go(func() {
			sock.send(map[string]any{"type": "say", "id": turn, "text": "42"})
			if acks := sock.until("ack"); acks[len(acks)-1].ID != turn {
				t.Errorf("ack %+v", acks)
			}
		})
	}
	wait.Wait()
	sock, _ := ann.hello(id, "", 0)
	sock.send(map[string]any{"type": "say", "id": turn, "text": "42"})
	sock.until("ack")
	sock.send(map[string]any{"type": "say", "id": turn, "text": "43"})
	sock.wantError(tutor.CodeConflict, "the same id with other words")
	turns, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil || len(turns) != 3 {
		t.Errorf("%d turns, %v", len(turns), err)
	}
}

func TestBadInput(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	early := ann.dial(id)
	early.say("42")
	early.wantError(tutor.CodeInvalid, "a message before hello")
	sock, _ := ann.hello(id, "", 0)
	say := func(text string) string {
		return fmt.Sprintf(`{"type":"say","id":%q,"text":%q}`, uuid.NewString(), text)
	}
	for what, raw := range map[string]string{
		"broken JSON":       `{"type":`,
		"not an object":     `[1]`,
		"unknown type":      `{"type":"dance"}`,
		"no id":             `{"type":"say","text":"42"}`,
		"id that is none":   `{"type":"say","id":"1; drop table turns","text":"42"}`,
		"NUL":               `{"type":"say","id":"` + uuid.NewString() + `","text":"a\u0000b"}`,
		"invalid UTF-8":     "{\"type\":\"say\",\"id\":\"" + uuid.NewString() + "\",\"text\":\"\xff\"}",
		"empty":             say(""),
		"only space":        say(" \n\t"),
		"20,000 characters": say(strings.Repeat("x", 20_000)),
		"65 KiB":            say(strings.Repeat("x", 65<<10)),
	} {
		sock.raw(websocket.MessageText, []byte(raw))
		sock.wantError(tutor.CodeInvalid, what)
	}
	sock.raw(websocket.MessageBinary, []byte(say("42")))
	sock.wantError(tutor.CodeInvalid, "binary")
	if sock.say("42"); len(sock.until("ack")) == 0 {
		t.Error("the connection does not go on")
	}
	sock.raw(websocket.MessageText, []byte(say(strings.Repeat("x", 300<<10))))
	for {
		if _, err := sock.read(); err != nil {
			if websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
				t.Errorf("300 KiB end the connection with %v", err)
			}
			break
		}
	}
	if strings.Contains(s.log.String(), "xxxx") {
		t.Error("the log holds what a student wrote")
	}
}

func TestManyMessagesAreSlowedDown(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	for range 60 {
		sock.send(map[string]any{"type": "stop"})
	}
	sock.wantError(tutor.CodeRateLimited, "sixty messages at once")
}

// held is a tutor whose turns stop after their first piece until they are let go.
type held struct {
	web.Tutor
	reached chan struct{}
	release chan struct{}
}

func (h *held) Turn(ctx context.Context, in tutor.TurnInput) iter.Seq2[dialogue.Event, error] {
	return func(yield func(dialogue.Event, error) bool) {
		first := true
		for event, err := range h.Tutor.Turn(ctx, in) {
			if !yield(event, err) {
				return
			}
			if event.Delta != nil && first {
				first = false
				h.reached <- struct{}{}
				<-h.release
			}
		}
	}
}

func TestReloadInTheMiddleOfAnAnswer(t *testing.T) {
	h := &held{reached: make(chan struct{}), release: make(chan struct{})}
	s := newSite(t, func(inner web.Tutor) web.Tutor { h.Tutor = inner; return h })
	ann := s.as(s.ann)
	id, epoch := ann.session()
	sock, _ := ann.hello(id, "", 0)
	said := sock.say("42")
	<-h.reached
	_ = sock.conn.CloseNow() // the student closes the tab
	again, backlog := ann.hello(id, epoch, 1)
	var partial bool
	for _, m := range backlog {
		partial = partial || m.Type == "delta" && m.Text != ""
	}
	if !partial || backlog[1].turn(t).ID != said {
		t.Errorf("back in the middle of an answer: %+v", backlog)
	}
	close(h.release)
	again.until("status")
	turns, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil || len(turns) != 3 {
		t.Errorf("%d turns, %v", len(turns), err)
	}
}

func TestStop(t *testing.T) {
	h := &held{reached: make(chan struct{}), release: make(chan struct{})}
	s := newSite(t, func(inner web.Tutor) web.Tutor { h.Tutor = inner; return h })
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	sock.say("42")
	<-h.reached
	sock.send(map[string]any{"type": "stop"})
	sock.send(map[string]any{"type": "dance"}) // answered in order: then stop has been heard
	sock.wantError(tutor.CodeInvalid, "unknown type")
	close(h.release)
	for _, m := range sock.until("status") {
		if m.Type == "delta" {
			t.Errorf("after stop comes %+v", m)
		}
	}
}

func TestSecondTab(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	one, _ := ann.hello(id, "", 0)
	two, _ := ann.hello(id, "", 0)
	teacher, _ := s.as(s.teacher).hello(id, "", 0)
	said := one.say("42")
	one.until("status")
	var authors []string
	deltas := 0
	for _, m := range two.until("status") {
		if m.Type == "delta" {
			deltas++
		}
		if m.Type == "turn" {
			authors = append(authors, m.turn(t).Author)
		}
		if m.Type == "ack" {
			t.Error("a tab that sent nothing gets an ack")
		}
	}
	if deltas == 0 || strings.Join(authors, " ") != "student tutor" {
		t.Errorf("the second tab saw %v", authors)
	}
	scored := false
	for _, m := range teacher.until("status") {
		if m.Type == "turn" {
			turn := m.turn(t)
			scored = scored || turn.ID == said && len(turn.Scores) == 1
		}
	}
	if !scored {
		t.Error("a teacher who reads along sees no score")
	}
	teacher.say("let me answer")
	teacher.wantError(tutor.CodeForbidden, "a teacher in a student's place")
}

func TestHandshake(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	path := "/v1/sessions/" + id + "/socket"
	upgrade := []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="}
	protocol := append(slices.Clip(upgrade), "Sec-WebSocket-Protocol", "maieutic.v1")
	for what, c := range map[string]struct {
		who     client
		path    string
		headers []string
		status  int
	}{
		"another protocol": {ann, path, append(slices.Clip(upgrade), "Sec-WebSocket-Protocol", "maieutic.v9"), http.StatusBadRequest},
		"nobody":           {s.nobody(), path, protocol, http.StatusUnauthorized},
		"a stranger":       {s.as(s.ben), path, protocol, http.StatusNotFound},
		"another class":    {s.as(s.stranger), path, protocol, http.StatusNotFound},
		"no subprotocol":   {ann, path, upgrade, http.StatusBadRequest},
		"another site":     {ann, path, append(slices.Clip(protocol), "Origin", "https://evil.example"), http.StatusForbidden},
		"no session":       {ann, "/v1/sessions/" + uuid.NewString() + "/socket", protocol, http.StatusNotFound},
		"no id":            {ann, "/v1/sessions/x/socket", protocol, http.StatusNotFound},
	} {
		if a := c.who.call("GET", c.path, "", c.headers...); a.status != c.status {
			t.Errorf("%s: %d %s, want %d", what, a.status, a.body, c.status)
		}
	}
}

func TestSignOutClosesSockets(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	if a := ann.call("POST", "/v1/logout", ""); a.status != http.StatusNoContent {
		t.Fatalf("logout: %d %s", a.status, a.body)
	}
	for {
		if _, err := sock.read(); err != nil {
			if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
				t.Errorf("closed with %v", err)
			}
			break
		}
	}
	if a := ann.call("GET", "/v1/me", ""); a.status != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", a.status)
	}
}

func TestDrain(t *testing.T) {
	h := &held{reached: make(chan struct{}), release: make(chan struct{})}
	s := newSite(t, func(inner web.Tutor) web.Tutor { h.Tutor = inner; return h })
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	sock.say("42")
	<-h.reached
	drained := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		drained <- s.server.Drain(ctx)
	}()
	for ann.call("GET", "/readyz", "").status != http.StatusServiceUnavailable {
		time.Sleep(time.Millisecond) // until it drains
	}
	if a := ann.call("POST", "/v1/sessions", `{}`); a.status != http.StatusServiceUnavailable {
		t.Errorf("a new session while draining: %d", a.status)
	}
	sock.say("43")
	sock.wantError(tutor.CodeUnavailable, "a message while draining")
	close(h.release)
	sock.until("status") // the turn under way is finished
	for {
		if _, err := sock.read(); err != nil {
			if websocket.CloseStatus(err) != websocket.StatusServiceRestart {
				t.Errorf("closed with %v", err)
			}
			break
		}
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
}
