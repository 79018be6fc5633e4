package web_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"maieutic/dialogue"
	"maieutic/tutor"
	"maieutic/web"
)

// scripted is the engine with something put between it and the room: each sees
// every event first, and passes on what it likes.
type scripted struct {
	web.Tutor
	each func(event dialogue.Event, pass func(dialogue.Event)) error
}

func (s *scripted) Turn(ctx context.Context, in tutor.TurnInput) iter.Seq2[dialogue.Event, error] {
	return func(yield func(dialogue.Event, error) bool) {
		for event, err := range s.Tutor.Turn(ctx, in) {
			if err == nil {
				err = s.each(event, func(e dialogue.Event) { yield(e, nil) })
			}
			if err != nil {
				yield(dialogue.Event{}, err)
				return
			}
		}
	}
}

func script(each func(event dialogue.Event, pass func(dialogue.Event)) error) func(web.Tutor) web.Tutor {
	return func(inner web.Tutor) web.Tutor { return &scripted{inner, each} }
}

// At the moment of the ack the turn is in the record, and its reply is not.
func TestAckComesAfterTheCommit(t *testing.T) {
	release := make(chan struct{})
	s := newSite(t, script(func(event dialogue.Event, pass func(dialogue.Event)) error {
		pass(event)
		if event.Ack != nil {
			<-release
		}
		return nil
	}))
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	sock.say("42")
	sock.until("ack")
	turns, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil || len(turns) != 2 || turns[1].Text != "42" {
		t.Errorf("the record holds %d turns, %v", len(turns), err)
	}
	close(release)
	sock.until("status")
}

// tab puts a reply together as protocol.md tells clients to.
type tab struct {
	attempt, n int
	text       string
	done       bool
}

func (b *tab) hear(t *testing.T, m message) {
	switch m.Type {
	case "welcome":
		*b = tab{n: -1, done: b.done}
	case "delta":
		if b.done || m.Attempt < b.attempt || m.Attempt == b.attempt && m.N <= b.n {
			return
		}
		if m.Attempt > b.attempt {
			b.text = ""
		}
		b.attempt, b.n = m.Attempt, m.N
		b.text += m.Text
	case "turn":
		b.done = b.done || m.turn(t).Seq == 3
	}
}

// Tabs that say hello at any moment of a reply, again and again, each hold the
// whole of it at the end, no piece twice and none left out.
func TestEveryPieceReachesEveryTabOnce(t *testing.T) {
	tick, enough := make(chan struct{}, 64), make(chan struct{})
	var whole strings.Builder
	s := newSite(t, script(func(event dialogue.Event, pass func(dialogue.Event)) error {
		if event.Delta == nil {
			pass(event)
			return nil
		}
		if event.Delta.N > 0 {
			return nil
		}
		for n, more := 0, true; more; n++ {
			select {
			case <-tick:
			case <-enough:
				more = false
			}
			piece := fmt.Sprintf("%d ", n)
			whole.WriteString(piece)
			pass(dialogue.Event{Delta: &dialogue.Delta{TurnID: event.Delta.TurnID, Attempt: 1, N: n, Text: piece}})
		}
		return nil
	}))
	ann := s.as(s.ann)
	id, epoch := ann.session()
	first, _ := ann.hello(id, "", 0)
	first.say("42")
	tick <- struct{}{}
	first.until("delta")
	const tabs, hellos = 6, 12
	var greeted, ended sync.WaitGroup
	got := make([]string, tabs)
	for i := range tabs {
		sock := ann.dial(id)
		hello := map[string]any{"type": "hello", "epoch": epoch, "seq": 1, "render": "markdown"}
		greeted.Add(1)
		ended.Go(func() {
			b := tab{n: -1}
			for sent, welcomes, heard := 0, 0, 0; !b.done; heard++ {
				if heard%5 == 0 && sent < hellos { // in the middle of whatever is on its way
					sock.send(hello)
					sent++
				}
				m, err := sock.read()
				if err != nil {
					t.Error(err)
					return
				}
				select {
				case tick <- struct{}{}:
				default:
				}
				b.hear(t, m)
				if m.Type == "welcome" {
					if welcomes++; welcomes == hellos {
						greeted.Done()
					}
				}
			}
			got[i] = b.text
		})
	}
	greeted.Wait()
	close(enough)
	ended.Wait()
	first.until("status")
	for i, text := range got {
		if text != whole.String() {
			t.Errorf("tab %d holds %d characters of %d: %.80q", i, len(text), whole.Len(), text)
		}
	}
}

// A reader that does not read is closed, and goes on where it was.
func TestSlowReader(t *testing.T) {
	written := make(chan struct{})
	s := newSite(t, script(func(event dialogue.Event, pass func(dialogue.Event)) error {
		pass(event)
		if event.Delta != nil && event.Delta.N == 0 {
			for n := range 400 { // 25 MiB, more than any buffer on the way takes
				pass(dialogue.Event{Delta: &dialogue.Delta{TurnID: event.Delta.TurnID, Attempt: n + 2, Text: strings.Repeat("x", 64<<10)}})
			}
			close(written)
		}
		return nil
	}))
	ann := s.as(s.ann)
	id, epoch := ann.session()
	slow, _ := ann.hello(id, epoch, 1)
	slow.say("42")
	<-written
	var err error
	for err == nil {
		_, err = slow.read()
	}
	if websocket.CloseStatus(err) != websocket.StatusTryAgainLater {
		t.Errorf("a slow reader is closed with %v", err)
	}
	// The turn is finished whether or not anybody reads.
	again, backlog := ann.hello(id, epoch, 1)
	if !backlog[0].Complete {
		t.Errorf("back with %+v", backlog[0])
	}
	for seen := int64(1); seen < 3; {
		for _, m := range backlog {
			if m.Type == "turn" {
				seen = max(seen, m.turn(t).Seq)
			}
		}
		if seen < 3 {
			backlog = again.until("turn")
		}
	}
}

// Whoever reads along does not stop a reply that the student is reading.
func TestOnlyTheStudentStops(t *testing.T) {
	h := &held{reached: make(chan struct{}), release: make(chan struct{})}
	s := newSite(t, func(inner web.Tutor) web.Tutor { h.Tutor = inner; return h })
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	teacher, _ := s.as(s.teacher).hello(id, "", 0)
	sock.say("42")
	<-h.reached
	teacher.send(map[string]any{"type": "stop"})
	teacher.wantError(tutor.CodeForbidden, "a teacher stops a reply")
	sock.send(map[string]any{"type": "stop"})
	sock.send(map[string]any{"type": "dance"})
	sock.wantError(tutor.CodeInvalid, "stop has been heard")
	if _, backlog := ann.hello(id, "", 0); backlog[len(backlog)-2].Type == "delta" {
		t.Errorf("a tab that comes after stop gets %+v", backlog)
	}
	close(h.release)
	sock.until("status")
}

// A turn that fails is told to whoever sent it, and can be sent again.
func TestFailedTurn(t *testing.T) {
	var turns atomic.Int64
	s := newSite(t, script(func(event dialogue.Event, pass func(dialogue.Event)) error {
		pass(event)
		if event.Ack == nil {
			return nil
		}
		switch turns.Add(1) {
		case 1:
			return tutor.Errorf(tutor.CodeUnavailable, "not now")
		case 2:
			panic("a fault of ours")
		}
		return nil
	}))
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	say := map[string]any{"type": "say", "id": uuid.NewString(), "text": "42"}
	sock.send(say)
	sock.wantError(tutor.CodeUnavailable, "a failed turn")
	sock.send(say)
	sock.wantError(tutor.CodeInternal, "a panic")
	sock.send(say)
	sock.until("status")
	stored, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil || len(stored) != 3 {
		t.Errorf("%d turns, %v", len(stored), err)
	}
}

// Sockets that have not said hello are closed with the others.
func TestSilentSocketsAreClosedToo(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	silent := ann.dial(id)
	if a := ann.call("POST", "/v1/logout", ""); a.status != http.StatusNoContent {
		t.Fatalf("logout: %d %s", a.status, a.body)
	}
	if _, err := silent.read(); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("after signing out: %v", err)
	}
	silent = s.as(s.ann).dial(id)
	drained := make(chan error, 1)
	go func() { drained <- s.server.Drain(t.Context()) }()
	if _, err := silent.read(); websocket.CloseStatus(err) != websocket.StatusServiceRestart {
		t.Errorf("while draining: %v", err)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
}

func TestHello(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, epoch := ann.session()
	sock := ann.dial(id)
	for _, early := range []string{"hint", "stop", "say"} {
		sock.send(map[string]any{"type": early, "id": uuid.NewString(), "text": "42"})
		sock.wantError(tutor.CodeInvalid, early+" before hello")
	}
	sock.send(map[string]any{"type": "hello", "render": "pdf"})
	sock.wantError(tutor.CodeInvalid, "an unknown rendering")
	sock.send(map[string]any{"type": "hello", "epoch": epoch, "seq": 1})
	if got := sock.until("status"); len(got) != 2 || !got[0].Complete || got[0].Seq != 1 {
		t.Errorf("nothing missed: %+v", got)
	}
	sock.send(map[string]any{"type": "hello", "render": "markdown"})
	sock.wantError(tutor.CodeInvalid, "another rendering")
	sock.send(map[string]any{"type": "hello"})
	if got := sock.until("status"); got[0].Complete || !strings.Contains(string(got[1].Turn), `"html":"`) {
		t.Errorf("all over again: %+v", got)
	}
	// Ids are the same in capitals.
	said := uuid.NewString()
	sock.send(map[string]any{"type": "say", "id": strings.ToUpper(said), "text": "42"})
	if got := sock.until("ack"); got[len(got)-1].ID != said {
		t.Errorf("%+v", got)
	}
	sock.until("status")
	sock.send(map[string]any{"type": "say", "id": said, "text": "43"})
	sock.wantError(tutor.CodeConflict, "the same id with other words")
}
