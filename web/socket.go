package web

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"maieutic/tutor"
)

const (
	subprotocol = "maieutic.v1"

	formatHTML     = "html"
	formatMarkdown = "markdown"

	// maxMessage is what a message may weigh; beyond maxFrame the connection
	// ends at once, because reading on would only fill memory.
	maxMessage = 64 << 10
	maxFrame   = 256 << 10

	// Buffers of an idle connection. The defaults keep 8 KiB for each of
	// thousands of students who are thinking.
	readBuffer  = 512
	writeBuffer = 1024

	// What is read and thrown away of a message that was too long.
	lingerTime  = time.Second
	lingerBytes = 1 << 20

	helloWithin = 30 * time.Second
	lease       = 60 * time.Second
	historyKept = 40

	signInChecked = time.Minute

	messagesEvery = 500 * time.Millisecond
	messagesBurst = 20
)

// peer is one socket of one session.
type peer struct {
	server     *Server
	room       *room
	account    tutor.Account
	token      []byte // hash of the token that opened the socket
	conn       *websocket.Conn
	raw        net.Conn // under conn
	out        outbox
	limit      *rate.Limiter
	format     string
	greeted    bool
	checked    time.Time // when the sign-in was last seen to hold
	seesScores bool
}

// smallBuffers replaces the buffers that net/http hands over on Hijack, and keeps
// the connection.
type smallBuffers struct {
	http.ResponseWriter
	raw net.Conn
}

func (w *smallBuffers) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *smallBuffers) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, old, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.raw = conn
	// A client that speaks before the handshake is over has its bytes in the old
	// buffer.
	early, _ := old.Reader.Peek(old.Reader.Buffered())
	reader := bufio.NewReaderSize(conn, max(readBuffer, len(early)))
	if len(early) > 0 {
		reader.Reset(&prefixed{head: append([]byte(nil), early...), conn: conn})
		_, _ = reader.Peek(len(early))
	}
	return conn, bufio.NewReadWriter(reader, bufio.NewWriterSize(conn, writeBuffer)), nil
}

// prefixed reads head first, then conn.
type prefixed struct {
	head []byte
	conn net.Conn
}

func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	return p.conn.Read(b)
}

// socket upgrades to the protocol and leaves the handler: the connection lives
// on in a goroutine of its own, without what net/http keeps for a request.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) error {
	id, _ := r.Context().Value(identityKey{}).(*identity)
	account, err := viewer(r)
	if err != nil {
		return err
	}
	session, err := s.config.Store.Session(r.Context(), account, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !offers(r, subprotocol) {
		return tutor.Errorf(tutor.CodeInvalid, "this socket speaks the subprotocol %s; ask for it", subprotocol)
	}
	if s.draining() {
		return tutor.Errorf(tutor.CodeUnavailable, "the server is restarting; connect again in a moment")
	}
	small := &smallBuffers{ResponseWriter: w}
	conn, err := websocket.Accept(small, r, &websocket.AcceptOptions{
		Subprotocols:    []string{subprotocol},
		OriginPatterns:  s.config.Origins,
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return nil // Accept has answered
	}
	conn.SetReadLimit(maxFrame)
	p := &peer{
		server: s, account: account, token: id.token, conn: conn, raw: small.raw, checked: s.config.Now(),
		limit:      rate.NewLimiter(rate.Every(messagesEvery), messagesBurst),
		seesScores: account.Role != tutor.RoleStudent || session.Status != tutor.SessionOpen,
	}
	p.out.conn, p.out.wait = conn, &s.writers
	if !s.startReader(func() { p.serve(session.ID) }) {
		_ = conn.Close(websocket.StatusServiceRestart, "the server is restarting")
	}
	return nil
}

func offers(r *http.Request, name string) bool {
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		for offered := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(offered), name) {
				return true
			}
		}
	}
	return false
}

// serve reads until the connection ends.
func (p *peer) serve(session string) {
	p.room = p.server.rooms.enter(session)
	p.room.add(p)
	p.server.metrics.sockets.Inc()
	defer func() {
		p.room.remove(p)
		p.server.rooms.leave(p.room)
		p.server.metrics.sockets.Dec()
		p.out.abandon()
		_ = p.conn.CloseNow()
	}()
	timer := time.AfterFunc(helloWithin, func() { p.out.close(websocket.StatusPolicyViolation, "no hello") })
	defer timer.Stop()
	if p.server.draining() {
		p.out.close(websocket.StatusServiceRestart, "restarting")
	}
	// Whoever signed out during the handshake was not yet in the room to be closed.
	p.checked = time.Time{}
	if err := p.stillSignedIn(); err != nil {
		if code := outcomes[tutor.ErrorCode(err)].close; code != 0 {
			p.out.close(code, string(tutor.ErrorCode(err)))
		}
	}
	for {
		// No deadline here: a deadline of a read ends the connection.
		kind, data, err := p.conn.Read(context.Background())
		if err != nil {
			p.oversize(err)
			return
		}
		// A message needs a deep stack, and a stack in use does not shrink: in a
		// goroutine of its own it leaves the thousands that wait here small.
		var handled sync.WaitGroup
		handled.Go(func() { p.handle(kind, data) })
		handled.Wait()
		if p.greeted {
			timer.Stop()
		}
	}
}

// handle takes one message and answers what is wrong with it.
func (p *peer) handle(kind websocket.MessageType, data []byte) {
	err := p.receive(kind, data)
	if err == nil {
		return
	}
	p.fail(idOf(data), err)
	if code := outcomes[tutor.ErrorCode(err)].close; code != 0 {
		p.out.close(code, string(tutor.ErrorCode(err)))
	}
}

// oversize lets a client that sent too much read why it is cut off: closing on
// unread bytes resets the connection, and a reset overtakes the close frame.
func (p *peer) oversize(err error) {
	if !errors.Is(err, websocket.ErrMessageTooBig) {
		return
	}
	p.server.metrics.refused.WithLabelValues("oversize").Inc()
	if p.raw.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
		_, _ = io.CopyN(io.Discard, p.raw, lingerBytes)
	}
}

// incoming is any message of a client.
type incoming struct {
	Type   string `json:"type"`
	Epoch  string `json:"epoch"`
	Seq    int64  `json:"seq"`
	Render string `json:"render"`
	ID     string `json:"id"`
	Text   string `json:"text"`
}

func idOf(data []byte) string {
	var m struct {
		ID string `json:"id"`
	}
	if len(data) > maxMessage || json.Unmarshal(data, &m) != nil || uuid.Validate(m.ID) != nil {
		return ""
	}
	return m.ID
}

func (p *peer) receive(kind websocket.MessageType, data []byte) error {
	if !p.limit.Allow() {
		return tutor.Errorf(tutor.CodeRateLimited, "too many messages; wait a moment")
	}
	if kind != websocket.MessageText {
		return tutor.Errorf(tutor.CodeInvalid, "send JSON as text, not binary")
	}
	if len(data) > maxMessage {
		return tutor.Errorf(tutor.CodeInvalid, "a message may have %d bytes; this one has %d", maxMessage, len(data))
	}
	if !utf8.Valid(data) {
		return tutor.Errorf(tutor.CodeInvalid, "the message is not valid UTF-8")
	}
	var m incoming
	if err := json.Unmarshal(data, &m); err != nil {
		return tutor.Errorf(tutor.CodeInvalid, "the message is not a JSON object of the protocol")
	}
	if m.Type != "hello" && !p.greeted {
		return tutor.Errorf(tutor.CodeInvalid, "say hello first")
	}
	switch m.Type {
	case "hello":
		return p.hello(m)
	case "say", "hint":
		return p.turn(m)
	case "stop":
		return p.stop()
	}
	return tutor.Errorf(tutor.CodeInvalid, "unknown message type; the types are hello, say, hint and stop")
}

// hello brings the client up to date: what it missed, or everything when it
// remembers another record, then what is being said right now.
func (p *peer) hello(m incoming) error {
	m.Render = cmp.Or(m.Render, formatHTML)
	if m.Render != formatHTML && m.Render != formatMarkdown {
		return tutor.Errorf(tutor.CodeInvalid, `render is "html" or "markdown"`)
	}
	if p.format != "" && m.Render != p.format {
		return tutor.Errorf(tutor.CodeInvalid, "render stays what it was; open another socket for %s", m.Render)
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	p.out.hold()        // what comes live meanwhile waits behind the backlog
	if p.format == "" { // from here on others read it
		p.format = m.Render
	}
	partial := p.room.greet(p)
	session, err := p.server.config.Store.Session(ctx, p.account, p.room.session)
	if err != nil {
		p.out.release(nil)
		return err
	}
	complete := m.Epoch == session.Epoch && m.Seq >= 0 && m.Seq <= session.Seq
	after := m.Seq
	if !complete {
		after = 0
	}
	turns, err := p.server.config.Store.Turns(ctx, p.account, session.ID, after)
	if err != nil {
		p.out.release(nil)
		return err
	}
	backlog := [][]byte{mustJSON(welcomeMessage{Type: "welcome", Epoch: session.Epoch, Seq: session.Seq, Complete: complete})}
	for _, t := range turns {
		backlog = append(backlog, p.turnBytes(t, p.seesScores))
		if partial != nil && partial.Turn == t.ID {
			partial = nil // it has come to its end meanwhile
		}
	}
	if partial != nil {
		backlog = append(backlog, mustJSON(p.rendered(*partial)))
	}
	backlog = append(backlog, mustJSON(statusMessage{Type: "status", Session: session.Status}))
	p.greeted = true
	p.out.release(backlog)
	if session.Kind == tutor.ActivityEssay {
		p.room.watch(p.account)
	}
	return p.resume(ctx, session, turns)
}

// resume takes up a turn that was acked and never answered, because the server
// that worked on it is gone. Turns are those that the client had missed: it may
// have seen the turn itself.
func (p *peer) resume(ctx context.Context, session tutor.Session, turns []tutor.Turn) error {
	if session.LearnerID != p.account.ID || session.Status != tutor.SessionOpen {
		return nil
	}
	if len(turns) == 0 {
		var err error
		if turns, err = p.server.config.Store.Turns(ctx, p.account, session.ID, session.Seq-1); err != nil {
			return err
		}
	}
	if len(turns) == 0 || turns[len(turns)-1].Author != tutor.AuthorStudent {
		return nil
	}
	last := turns[len(turns)-1]
	if last.Kind == tutor.TurnDraft { // answered by its feedback
		return nil
	}
	return p.room.run(p.input(last.ID, last.Kind, last.Text), nil)
}

func (p *peer) turn(m incoming) error {
	if p.account.Role != tutor.RoleStudent {
		return tutor.Errorf(tutor.CodeForbidden, "only the student talks in a session; you are reading along")
	}
	in := p.input(m.ID, tutor.TurnKind(m.Type), m.Text)
	if err := checkTurn(&in); err != nil {
		return err
	}
	if err := p.stillSignedIn(); err != nil {
		return err
	}
	return p.room.run(in, p)
}

// checkTurn checks what a student has sent and writes its id in the one way that
// the record knows.
func checkTurn(in *tutor.TurnInput) error {
	if len(in.ID) != 36 || uuid.Validate(in.ID) != nil {
		return tutor.Errorf(tutor.CodeInvalid, "id must be a UUID of your own making, the same one when you send again")
	}
	in.ID = strings.ToLower(in.ID)
	if in.Kind == tutor.TurnSay && strings.TrimSpace(in.Text) == "" {
		return tutor.Errorf(tutor.CodeInvalid, "there is nothing in this message; write your answer, or ask for a hint")
	}
	return nil
}

// stop is for the one whose session it is, not for somebody who reads along.
func (p *peer) stop() error {
	if p.account.Role != tutor.RoleStudent {
		return tutor.Errorf(tutor.CodeForbidden, "only the student can stop a reply; you are reading along")
	}
	p.room.stop()
	return nil
}

// stillSignedIn asks again, once in a while, whether the sign-in holds that
// opened the socket: it may have been ended from elsewhere. (Signing out here
// closes the socket at once.)
func (p *peer) stillSignedIn() error {
	now := p.server.config.Now()
	if now.Sub(p.checked) < signInChecked {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	if _, err := p.server.config.Store.AccountByToken(ctx, p.token); err != nil {
		return err
	}
	p.checked = now
	return nil
}

func (p *peer) input(id string, kind tutor.TurnKind, text string) tutor.TurnInput {
	return tutor.TurnInput{
		SchoolID: p.account.SchoolID, SessionID: p.room.session, LearnerID: p.account.ID,
		ID: id, Kind: kind, Text: text, Lease: lease, History: historyKept,
	}
}

func (p *peer) fail(id string, err error) {
	p.server.metrics.refused.WithLabelValues(string(tutor.ErrorCode(err))).Inc()
	p.sendJSON(errorMessage{Type: "error", Code: tutor.ErrorCode(err), Message: tutor.ErrorMessage(err), ID: id})
}

func (p *peer) sendJSON(v any) { p.out.send(mustJSON(v)) }

func (p *peer) turnBytes(t tutor.Turn, reveal bool) []byte {
	return mustJSON(turnMessage{Type: "turn", Turn: p.server.turnWire(t, reveal, p.format)})
}

func (p *peer) sendTurn(t tutor.Turn, reveal bool) { p.out.send(p.turnBytes(t, reveal)) }

func (p *peer) rendered(d deltaMessage) deltaMessage {
	if p.format != formatMarkdown {
		d.HTML = string(p.server.render.HTML(d.Text))
	}
	return d
}

func (p *peer) sendDelta(d deltaMessage) { p.out.sendDelta(p.rendered(d)) }

func (p *peer) sendMastery(changes []tutor.SkillChange) {
	message := masteryMessage{Type: "mastery"}
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	for _, c := range p.server.titles.fill(ctx, p.server.config.Store, p.account, changes) {
		message.Skills = append(message.Skills, changeWire(c, p.server.reasonIn(p.account.Language)))
	}
	p.sendJSON(message)
}
