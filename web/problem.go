package web

import (
	"encoding/json"
	"net/http"

	"github.com/coder/websocket"

	"maieutic/tutor"
)

// outcome is what a code means on the wire.
type outcome struct {
	status int                  // HTTP status
	close  websocket.StatusCode // how the socket ends, 0 when it stays open
}

// outcomes is the one table that maps error codes to HTTP status and socket
// event. On the socket an error is always an "error" message first.
var outcomes = map[tutor.Code]outcome{
	tutor.CodeInvalid:      {http.StatusBadRequest, 0},
	tutor.CodeNotFound:     {http.StatusNotFound, websocket.StatusPolicyViolation},
	tutor.CodeConflict:     {http.StatusConflict, 0},
	tutor.CodeUnauthorized: {http.StatusUnauthorized, websocket.StatusPolicyViolation},
	tutor.CodeForbidden:    {http.StatusForbidden, 0},
	tutor.CodeRateLimited:  {http.StatusTooManyRequests, 0},
	tutor.CodeUnavailable:  {http.StatusServiceUnavailable, 0},
	tutor.CodeRefused:      {http.StatusUnprocessableEntity, 0},
	tutor.CodeInternal:     {http.StatusInternalServerError, 0},
}

func statusOf(err error) int { return outcomes[tutor.ErrorCode(err)].status }

// problem is an RFC 9457 problem document. Type is omitted, which means
// "about:blank"; Code is what programs branch on.
type problem struct {
	Title  string     `json:"title"`
	Status int        `json:"status"`
	Detail string     `json:"detail"`
	Code   tutor.Code `json:"code"`
}

// writeProblem answers with what a client may know of err. The cause stays in
// the log, written by the caller.
func writeProblem(w http.ResponseWriter, err error, status int) {
	if status == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "10")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{
		Title:  http.StatusText(status),
		Status: status,
		Detail: tutor.ErrorMessage(err),
		Code:   tutor.ErrorCode(err),
	})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
