package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"maieutic/tutor"
)

const (
	kills       = 50
	killLongest = 400 * time.Millisecond // a server lives so long at most
	replyWithin = 10 * time.Second
	settleIn    = 60 * time.Second // for the turns that are open at the end
)

// process is the server as a process of its own, killed and started again.
type process struct {
	args []string
	mu   sync.Mutex
	cmd  *exec.Cmd
	up   time.Time
	down time.Duration // time without a server in all
}

// start returns once the server says what to open.
func (p *process) start(t *testing.T) {
	t.Helper()
	began := time.Now()
	cmd := asProcess(context.Background(), p.args...)
	var errs output
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if openLine.MatchString(lines.Text()) {
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
			p.mu.Lock()
			defer p.mu.Unlock()
			p.cmd, p.up = cmd, time.Now()
			p.down += time.Since(began)
			return
		}
	}
	_ = cmd.Wait()
	t.Fatalf("the server did not come up again:\n%s", &errs)
}

func (p *process) end(signal syscall.Signal) error {
	_ = p.cmd.Process.Signal(signal)
	return p.cmd.Wait()
}

// said is one message of a student.
type said struct {
	id, session, text string
	kind              tutor.TurnKind
	seq               int64 // that the ack gave; 0 without one
	answered          bool
}

// pupil talks over a socket and sends again what was not answered, with the
// same id, whenever the connection breaks.
type pupil struct {
	email   string
	addr    string
	token   string
	scripts []script
	rng     *rand.Rand

	session string
	todo    []string
	all     []*said
	open    *said // on its way
	acks    atomic.Int64
	resent  int
	faults  []string
}

// learn talks until enough is closed and the last message is answered, or ctx
// ends.
func (p *pupil) learn(ctx context.Context, enough <-chan struct{}) {
	for ctx.Err() == nil {
		if p.open == nil && isClosed(enough) {
			return
		}
		if err := p.connected(ctx, enough); err != nil {
			p.pause(ctx, 15*time.Millisecond)
		}
	}
	if p.open != nil {
		p.faults = append(p.faults, "the last message got no answer")
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// pause gives the server a moment; how long does not matter to the outcome.
func (p *pupil) pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// connected is the life of one connection. An error means to connect again.
func (p *pupil) connected(ctx context.Context, enough <-chan struct{}) error {
	if p.session == "" {
		next := p.scripts[p.rng.IntN(len(p.scripts))]
		id, err := postSession(ctx, p.addr, p.token, next.activity)
		if err != nil {
			return err
		}
		p.session, p.todo = id, next.says
	}
	session := p.session
	if p.open != nil {
		session = p.open.session
	}
	conn, err := dialTutor(ctx, p.addr, session, p.token)
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	for {
		if p.open == nil {
			if isClosed(enough) || p.session != session || len(p.todo) == 0 {
				p.leave(session)
				return nil
			}
			p.speak(session)
		} else {
			p.resent++
		}
		if err := p.deliver(ctx, conn); err != nil {
			return err
		}
		p.pause(ctx, time.Duration(p.rng.Int64N(int64(30*time.Millisecond))))
	}
}

func (p *pupil) leave(session string) {
	if p.session == session {
		p.session = ""
	}
}

// speak chooses what to say next.
func (p *pupil) speak(session string) {
	s := &said{id: uuid.NewString(), session: session, text: p.todo[0], kind: tutor.TurnSay}
	if s.text == "" {
		s.kind = tutor.TurnHint
	}
	p.todo = p.todo[1:]
	p.all = append(p.all, s)
	p.open = s
}

// deliver sends the open message and reads until it is answered.
func (p *pupil) deliver(ctx context.Context, conn *websocket.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, replyWithin)
	defer cancel()
	s := p.open
	data, err := json.Marshal(map[string]string{"type": string(s.kind), "id": s.id, "text": s.text})
	if err != nil {
		return err
	}
	if err := conn.Write(ctx, websocket.MessageText, data); err != nil {
		return err
	}
	for {
		m, err := readMessage(ctx, conn)
		if err != nil {
			return err
		}
		switch m.Type {
		case "ack":
			if m.ID == s.id {
				p.acked(s, m.Seq)
			}
		case "turn":
			if m.Turn.ID == s.id { // a durable turn is an ack too
				p.acked(s, m.Turn.Seq)
			}
			if m.Turn.Author == tutor.AuthorTutor && s.seq > 0 && m.Turn.Seq == s.seq+1 {
				s.answered, p.open = true, nil
			}
		case "status":
			if m.Session != string(tutor.SessionOpen) {
				p.leave(s.session)
			}
			if s.answered {
				return nil
			}
		case "error":
			if m.ID != s.id {
				continue
			}
			return p.refused(s, m)
		}
	}
}

func (p *pupil) acked(s *said, seq int64) {
	if s.seq != 0 && s.seq != seq {
		p.faults = append(p.faults, fmt.Sprintf("%s was acked as %d and as %d", s.id, s.seq, seq))
	}
	s.seq = seq
	p.acks.Add(1)
}

// refused decides what an error means for the open message.
func (p *pupil) refused(s *said, m message) error {
	switch m.Code {
	case tutor.CodeUnavailable, tutor.CodeRateLimited, tutor.CodeConflict:
		return errors.New(m.Message) // later, the same again
	case tutor.CodeRefused:
		// The session is over. A message that was acked cannot be refused.
		if s.seq != 0 {
			p.faults = append(p.faults, s.id+" was acked, then refused")
		}
		p.open = nil
		p.leave(s.session)
		return nil
	}
	p.faults = append(p.faults, fmt.Sprintf("%s: %s %s", s.id, m.Code, m.Message))
	p.open = nil
	return nil
}

// TestKilledServerLosesNothing kills the server at random points while a class
// talks to it, and then asks the record: every message that was acked is there
// once, in its place, with one answer.
func TestKilledServerLosesNothing(t *testing.T) {
	data, addr := dataDir(t), freeAddr(t)
	p := &process{args: []string{"serve", "--demo", "--addr", addr, "--data", data, "--log", "error"}}
	p.start(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	pupils := class(t, data, addr, seed)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	enough := make(chan struct{})
	var group sync.WaitGroup
	for _, pupil := range pupils {
		group.Go(func() { pupil.learn(ctx, enough) })
	}
	for i := range kills {
		if i%2 == 0 {
			talking(t, pupils) // on a slow machine, too, most kills hit a class at work
		}
		time.Sleep(time.Duration(rng.Int64N(int64(killLongest)))) // the random point
		_ = p.end(syscall.SIGKILL)
		p.start(t)
	}
	close(enough)
	late := time.AfterFunc(settleIn, cancel)
	group.Wait()
	late.Stop()
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("the last server: %v", err)
	}
	verify(t, data, pupils)
}

// talking waits until the class has had a few more acks.
func talking(t *testing.T, pupils []*pupil) {
	t.Helper()
	count := func() (n int64) {
		for _, p := range pupils {
			n += p.acks.Load()
		}
		return n
	}
	wanted := count() + 4
	for deadline := time.Now().Add(settleIn); count() < wanted; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the class does not get a word in")
		}
	}
}

// class makes a pupil of every demo student.
func class(t *testing.T, data, addr string, seed uint64) []*pupil {
	t.Helper()
	courses, err := sampleCourses()
	if err != nil {
		t.Fatal(err)
	}
	var pupils []*pupil
	for i, person := range demoPeople {
		if person.role != tutor.RoleStudent {
			continue
		}
		email := person.user + demoDomain
		token := strings.TrimSpace(mustMain(t, "", "user", "token", email, "--data", data))
		pupils = append(pupils, &pupil{
			email: email, addr: addr, token: token, scripts: scriptsOf(courses),
			rng: rand.New(rand.NewPCG(seed, uint64(i)+2)),
		})
	}
	return pupils
}

// verify compares what the pupils saw with the record.
func verify(t *testing.T, data string, pupils []*pupil) {
	t.Helper()
	r, err := openRecord(t.Context(), Config{Data: data}, Config{LogLevel: 8}.logger(io.Discard), false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.close(context.Background()) }()
	if left, err := r.store.Unfinished(t.Context(), 10); err != nil || len(left) > 0 {
		t.Errorf("%d turns are unfinished, %v", len(left), err)
	}
	acked, resent, answered := 0, 0, 0
	for _, p := range pupils {
		for _, fault := range p.faults {
			t.Errorf("%s: %s", p.email, fault)
		}
		recorded := recordOf(t, r, p.email)
		resent += p.resent
		for _, s := range p.all {
			turn, found := recorded[s.id]
			if s.seq != 0 {
				acked++
				if !found {
					t.Errorf("%s: %s was acked and is lost", p.email, s.id)
				} else if turn.Seq != s.seq || turn.SessionID != s.session || turn.Text != s.text || turn.Kind != s.kind {
					t.Errorf("%s: %s was acked as %d of %s, and is %d of %s", p.email, s.id, s.seq, s.session, turn.Seq, turn.SessionID)
				}
			}
			if s.answered {
				answered++
			}
			delete(recorded, s.id)
		}
		for id := range recorded {
			t.Errorf("%s: %s is in the record and nobody said it", p.email, id)
		}
	}
	t.Logf("%d kills; %d messages acked, %d answered, %d sent again", kills, acked, answered, resent)
	if acked < kills || resent < kills/5 {
		t.Errorf("too little happened for the kills to show anything")
	}
}

// recordOf returns a student's turns by id, after checking that in each session
// student and tutor take turns without a gap.
func recordOf(t *testing.T, r *record, email string) map[string]tutor.Turn {
	t.Helper()
	learner, _, err := r.store.AccountByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := sessionsOf(t.Context(), r.store, learner, "")
	if err != nil {
		t.Fatal(err)
	}
	students := map[string]tutor.Turn{}
	for _, s := range sessions {
		turns, err := turnsOf(t.Context(), r.store, learner, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(turns)) != s.Seq || len(turns)%2 != 1 {
			t.Errorf("session %s is at %d and has %d turns", s.ID, s.Seq, len(turns))
		}
		for i, turn := range turns {
			author := tutor.AuthorTutor
			if i%2 == 1 {
				author = tutor.AuthorStudent
				if _, twice := students[turn.ID]; twice {
					t.Errorf("%s stands twice", turn.ID)
				}
				students[turn.ID] = turn
			}
			if turn.Seq != int64(i)+1 || turn.Author != author {
				t.Errorf("session %s: turn %d is number %d by the %s", s.ID, i+1, turn.Seq, turn.Author)
			}
		}
	}
	return students
}
