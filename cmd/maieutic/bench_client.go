package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"maieutic/tutor"
)

// postSession opens a session by the protocol; activity "" lets the tutor choose.
func postSession(ctx context.Context, addr, token, activity string) (id string, err error) {
	body := strings.NewReader(fmt.Sprintf(`{"activity_id":%q}`, activity))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/v1/sessions", body)
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	var made struct{ ID string }
	if answer.StatusCode != http.StatusCreated {
		return "", tutor.Errorf(tutor.CodeInternal, "opening a session: HTTP %d", answer.StatusCode)
	}
	err = json.NewDecoder(answer.Body).Decode(&made)
	return made.ID, err
}

// message is any message of the server.
type message struct {
	Type    string     `json:"type"`
	ID      string     `json:"id"`
	Seq     int64      `json:"seq"`
	Code    tutor.Code `json:"code"`
	Message string     `json:"message"`
	Session string     `json:"session"`
	Turn    struct {
		ID     string       `json:"id"`
		Seq    int64        `json:"seq"`
		Author tutor.Author `json:"author"`
	} `json:"turn"`
}

// readMessage skips deltas, whose turn is an id, not an object.
func readMessage(ctx context.Context, conn *websocket.Conn) (message, error) {
	var m message
	_, data, err := conn.Read(ctx)
	if err != nil {
		return m, err
	}
	var kind struct{ Type string }
	if err := json.Unmarshal(data, &kind); err != nil || kind.Type == "delta" {
		return message{Type: kind.Type}, err
	}
	return m, json.Unmarshal(data, &m)
}

// dialTutor joins a session and says hello; it returns after the status that
// ends the greeting.
func dialTutor(ctx context.Context, addr, session, token string) (*websocket.Conn, error) {
	return dialTutorWith(ctx, nil, addr, session, token)
}

// dialTutorWith is dialTutor through a client of one's own.
func dialTutorWith(ctx context.Context, client *http.Client, addr, session, token string) (*websocket.Conn, error) {
	conn, _, err := websocket.Dial(ctx, "ws://"+addr+"/v1/sessions/"+session+"/socket", &websocket.DialOptions{
		HTTPClient:   client,
		Subprotocols: []string{"maieutic.v1"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + token}},
	})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(1 << 20)
	err = conn.Write(ctx, websocket.MessageText, []byte(`{"type":"hello","epoch":"","seq":0,"render":"html"}`))
	for err == nil {
		var m message
		if m, err = readMessage(ctx, conn); err == nil && m.Type == "status" {
			return conn, nil
		}
	}
	_ = conn.CloseNow()
	return nil, err
}

// oneTurn says text, or asks for a hint when it is "", and waits for the
// tutor's turn. The status after it is read outside the time measured.
func oneTurn(ctx context.Context, conn *websocket.Conn, text string) (took time.Duration, open bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, turnDeadline)
	defer cancel()
	out := map[string]string{"type": "say", "id": uuid.NewString(), "text": text}
	if text == "" {
		out["type"] = "hint"
	}
	data, err := json.Marshal(out)
	if err != nil {
		return 0, false, err
	}
	start := time.Now()
	if err := conn.Write(ctx, websocket.MessageText, data); err != nil {
		return 0, false, err
	}
	for {
		m, err := readMessage(ctx, conn)
		switch {
		case err != nil:
			return 0, false, err
		case m.Type == "error":
			return 0, false, tutor.Errorf(m.Code, "%s", m.Message)
		case m.Type == "turn" && m.Turn.Author == tutor.AuthorTutor:
			took = time.Since(start)
		case m.Type == "status":
			return took, m.Session == string(tutor.SessionOpen), nil
		}
	}
}
