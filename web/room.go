package web

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"sync"

	"github.com/coder/websocket"

	"maieutic/dialogue"
	"maieutic/tutor"
)

// rooms holds one room for each session that somebody looks at or that has a
// turn under way. It is safe for concurrent use.
type rooms struct {
	server *Server
	mu     sync.Mutex
	byID   map[string]*room
}

// room is where the sockets of one session meet. A turn runs in the room, not
// in a socket: it goes on when the socket that started it is gone.
type room struct {
	server  *Server
	session string

	mu    sync.Mutex
	conns map[*peer]bool      // true once it has said hello: then it hears what happens
	turns map[string]*running // student turns under way here, by id
	users int                 // conns and turns; at none the room is dropped
	live  *deltaMessage       // what has been released of the reply under way, merged
	muted bool                // "stop": no more deltas for this reply
	// watcher wakes who follows the feedback on drafts; nil when nobody does.
	watcher chan struct{}
}

// enter returns the room of a session, made when there is none. Every enter
// needs a leave.
func (rs *rooms) enter(session string) *room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r := rs.byID[session]
	if r == nil {
		r = &room{server: rs.server, session: session, conns: map[*peer]bool{}, turns: map[string]*running{}}
		rs.byID[session] = r
	}
	r.users++
	return r
}

func (rs *rooms) leave(r *room) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if r.users--; r.users == 0 {
		delete(rs.byID, r.session)
	}
}

// all returns every peer of every room.
func (rs *rooms) all() []*peer {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	var peers []*peer
	for _, r := range rs.byID {
		r.mu.Lock()
		for p := range r.conns {
			peers = append(peers, p)
		}
		r.mu.Unlock()
	}
	return peers
}

// add makes a peer known, so that it can be closed with the others.
func (r *room) add(p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns[p] = false
}

// greet has a peer hear what happens from now on, and returns what it has missed
// of the reply under way, nil for nothing. Both in one step: every piece of the
// reply reaches it once.
func (r *room) greet(p *peer) *deltaMessage {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns[p] = true
	p.out.forgetDeltas()
	if r.live == nil || r.muted {
		return nil
	}
	d := *r.live
	return &d
}

func (r *room) remove(p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, p)
}

// stop ends the stream of the reply under way. The reply itself is still
// finished and comes as a durable turn.
func (r *room) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.muted = len(r.turns) > 0
}

// running is a turn under way in the room.
type running struct {
	kind   tutor.TurnKind
	text   string
	acked  *ackMessage
	askers []*peer       // who sent it and waits for its ack or its failure
	done   chan struct{} // closed when it is over
	failed error         // why there is no reply; read it once done is closed
}

// run starts a turn in the room. When it is under way here already, the sender
// gets its ack, or its failure, as the one before did. Sender may be nil when
// nobody waits.
func (r *room) run(in tutor.TurnInput, sender *peer) error {
	turn, first, err := r.claim(in, sender)
	if first {
		r.launch(in, turn)
	}
	return err
}

// runAndWait runs a turn for somebody without a socket, or joins the one that is
// under way, and returns once the reply is in the record, or with what went
// wrong. When ctx ends first the turn goes on without them.
func (r *room) runAndWait(ctx context.Context, in tutor.TurnInput) error {
	turn, first, err := r.claim(in, nil)
	if err != nil {
		return err
	}
	if first {
		r.launch(in, turn)
	}
	select {
	case <-turn.done:
		return turn.failed
	case <-ctx.Done():
		return tutor.WrapError(ctx.Err(), tutor.CodeUnavailable, "the answer takes long; load the page again in a moment")
	}
}

// claim marks a turn as under way here, or joins the sender to the one that is.
// The same id with other words is a CodeConflict.
func (r *room) claim(in tutor.TurnInput, sender *peer) (turn *running, first bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	turn = r.turns[in.ID]
	switch {
	case turn == nil:
		turn, first = &running{kind: in.Kind, text: in.Text, done: make(chan struct{})}, true
		r.turns[in.ID] = turn
	case turn.kind != in.Kind || turn.text != in.Text:
		return nil, false, tutor.Errorf(tutor.CodeConflict, "this id belongs to another message; give each message an id of its own")
	}
	if sender != nil {
		if turn.acked != nil {
			sender.sendJSON(*turn.acked)
		}
		turn.askers = append(turn.askers, sender)
	}
	return turn, first, nil
}

// acked tells everybody who sent the turn that it is committed.
func (r *room) acked(turn *running, ack ackMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	turn.acked = &ack
	for _, p := range turn.askers {
		p.sendJSON(ack)
	}
}

// launch runs a claimed turn to its end, whoever goes away meanwhile.
func (r *room) launch(in tutor.TurnInput, turn *running) {
	r.server.rooms.enter(r.session) // the turn keeps the room; the caller is in it, so it is this one
	started := r.server.startTurn(func(ctx context.Context) {
		whole := false
		defer func() {
			if !whole { // it panicked; startTurn has the stack logged
				r.fail(in, turn, tutor.Errorf(tutor.CodeInternal, "something went wrong; send it once more"))
			}
			r.over(in, turn)
		}()
		for event, err := range r.server.config.Tutor.Turn(ctx, in) {
			r.pass(in, turn, event, err)
		}
		whole = true
	})
	if !started {
		r.refuse(in, turn, tutor.Errorf(tutor.CodeUnavailable, "the server is restarting; your message was not taken yet and will be sent again"))
		r.over(in, turn)
	}
}

// pass hands an event of a turn on.
func (r *room) pass(in tutor.TurnInput, turn *running, event dialogue.Event, err error) {
	switch {
	case err != nil:
		r.fail(in, turn, err)
	case event.Ack != nil:
		r.acked(turn, ackMessage{Type: "ack", ID: event.Ack.ID, Seq: event.Ack.Seq})
		r.publish(event)
	default:
		r.publish(event)
	}
}

// over ends a turn in the room.
func (r *room) over(in tutor.TurnInput, turn *running) {
	r.mu.Lock()
	r.forget(in.ID, turn)
	close(turn.done)
	r.mu.Unlock()
	r.server.rooms.leave(r)
}

// forget makes room for the turn to be sent again. The caller holds the lock.
func (r *room) forget(id string, turn *running) {
	if r.turns[id] == turn {
		delete(r.turns, id)
	}
	if len(r.turns) == 0 {
		r.live, r.muted = nil, false
	}
}

// fail logs why a turn came to nothing and tells everybody who sent it.
func (r *room) fail(in tutor.TurnInput, turn *running, err error) {
	code := tutor.ErrorCode(err)
	level := slog.LevelInfo
	if code == tutor.CodeInternal || code == tutor.CodeUnavailable {
		level = slog.LevelError
	}
	r.server.log.Log(context.Background(), level, "turn failed",
		"session", in.SessionID, "turn", in.ID, "code", code, "cause", causeOf(err))
	r.refuse(in, turn, err)
}

// refuse tells everybody who sent the turn that there will be no reply. Who sends
// it again from now on starts it anew.
func (r *room) refuse(in tutor.TurnInput, turn *running, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(in.ID, turn)
	turn.failed = err
	for _, p := range turn.askers {
		p.fail(in.ID, err)
	}
}

// publish passes one event on to the tabs it concerns.
func (r *room) publish(event dialogue.Event) {
	switch {
	case event.Ack != nil:
		if event.Ack.Turn.ID != "" {
			r.each(func(p *peer) { p.sendTurn(event.Ack.Turn, false) })
		}
	case event.Delta != nil:
		r.delta(*event.Delta)
	case event.Student != nil:
		if len(event.Student.Scores) > 0 {
			r.each(func(p *peer) {
				if p.seesScores {
					p.sendTurn(*event.Student, true)
				}
			})
		}
	case event.Reply != nil:
		r.mu.Lock()
		r.live = nil
		r.mu.Unlock()
		r.each(func(p *peer) { p.sendTurn(*event.Reply, p.seesScores) })
	case event.Mastery != nil:
		r.each(func(p *peer) { p.sendMastery(event.Mastery) })
	case event.Status != nil:
		s := event.Status
		r.each(func(p *peer) {
			p.sendJSON(statusMessage{Type: "status", Session: s.Session, Step: s.Step + 1, Steps: s.Steps, Why: s.WhyEnded})
		})
	}
}

func (r *room) delta(d dialogue.Delta) {
	message := deltaMessage{Type: "delta", Turn: d.TurnID, Attempt: d.Attempt, N: d.N, Text: d.Text}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live != nil && r.live.Turn == d.TurnID && r.live.Attempt == d.Attempt {
		r.live.Text += d.Text
		r.live.N = d.N
	} else {
		merged := message
		r.live = &merged
	}
	if r.muted {
		return
	}
	for p, greeted := range r.conns { // under the lock, see greet
		if greeted {
			p.sendDelta(message)
		}
	}
}

func (r *room) each(f func(*peer)) {
	r.mu.Lock()
	peers := make([]*peer, 0, len(r.conns))
	for p, greeted := range r.conns {
		if greeted {
			peers = append(peers, p)
		}
	}
	r.mu.Unlock()
	for _, p := range peers {
		f(p)
	}
}

// mustJSON marshals one of our own wire types.
func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types always marshal
	}
	return data
}

// signedOut closes the sockets that a sign-in has opened.
func (rs *rooms) signedOut(token []byte) {
	for _, p := range rs.all() {
		if bytes.Equal(p.token, token) {
			p.out.close(websocket.StatusPolicyViolation, string(tutor.CodeUnauthorized))
		}
	}
}
