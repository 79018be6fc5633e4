// Package faulty is a model server for tests: it answers as OpenAI-compatible
// servers do, or goes wrong in one of the ways that real ones do. It listens on
// loopback alone and stops with its test.
package faulty

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Server is a scripted model server. Set the fields before the first request.
type Server struct {
	URL   string
	Words []string // chunks of a plain answer
	JSON  string   // the answer where a schema is asked for
	Dim   int      // of embeddings

	First     time.Duration // until the first chunk
	FirstJSON time.Duration // the same of an answer with a schema
	Each      time.Duration // between chunks

	Seen        func(Asked) // is shown every request; nil for nobody
	Requests    atomic.Int64
	Connections atomic.Int64 // opened to the server

	fault Fault
	stop  chan struct{}
}

// Asked is what a server reads of a request.
type Asked struct {
	Model    string `json:"model"`
	Stream   bool   `json:"stream"`
	Messages []struct {
		Role, Content string
	} `json:"messages"`
	ResponseFormat *struct {
		Type string `json:"type"`
	} `json:"response_format"`
	Input []string `json:"input"`
}

// Fault is one way to go wrong. The zero value is none.
type Fault struct {
	Name  string
	serve func(s *Server, w http.ResponseWriter, r *http.Request, a Asked)
}

// New starts a server with a fault. It is stopped at the end of the test, and
// with it every handler that hangs.
func New(t testing.TB, f Fault) *Server {
	t.Helper()
	s := &Server{
		Words: []string{"Look ", "at ", "it ", "once ", "more."}, JSON: `{"ok":true}`, Dim: 4,
		fault: f, stop: make(chan struct{}),
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(s.handle))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.Connections.Add(1)
		}
	}
	server.Start()
	s.URL = server.URL + "/v1"
	t.Cleanup(func() {
		close(s.stop)
		server.CloseClientConnections()
		server.Close()
	})
	return s
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	s.Requests.Add(1)
	var a Asked
	raw, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, &a)
	}
	if err != nil {
		http.Error(w, `{"error":{"message":"bad request"}}`, http.StatusBadRequest)
		return
	}
	if s.Seen != nil {
		s.Seen(a)
	}
	if s.fault.serve != nil {
		s.fault.serve(s, w, r, a)
		return
	}
	s.answer(w, r, a)
}

// answer is a healthy one.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, a Asked) {
	if strings.HasSuffix(r.URL.Path, "/embeddings") {
		s.embed(w, a, func(int) float64 { return 1 })
		return
	}
	words := s.answerTo(a)
	if !a.Stream {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"choices":[{"index":0,"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":%d}}`,
			quoted(strings.Join(words, "")), len(words))
		return
	}
	e := s.events(w, r)
	first := s.First
	if a.ResponseFormat != nil {
		first = s.FirstJSON
	}
	if !e.wait(first) {
		return
	}
	for i, word := range words {
		if i > 0 && !e.wait(s.Each) {
			return
		}
		e.chunk(word)
	}
	e.finish("stop")
	e.send(fmt.Sprintf(`{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":%d,"prompt_tokens_details":{"cached_tokens":4}}}`, len(words)))
	e.send("[DONE]")
}

func (s *Server) answerTo(a Asked) []string {
	if a.ResponseFormat != nil && strings.HasPrefix(a.ResponseFormat.Type, "json") {
		return []string{s.JSON}
	}
	return s.Words
}

func (s *Server) embed(w http.ResponseWriter, a Asked, x func(i int) float64) {
	w.Header().Set("Content-Type", "application/json")
	var data []string
	for i := range a.Input {
		vector := make([]string, s.Dim)
		for k := range vector {
			vector[k] = fmt.Sprint(x(k))
		}
		data = append(data, fmt.Sprintf(`{"index":%d,"embedding":[%s]}`, i, strings.Join(vector, ",")))
	}
	fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(data, ","))
}

func quoted(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings alone
	}
	return string(raw)
}

// events writes a stream of server-sent events.
type events struct {
	w    http.ResponseWriter
	r    *http.Request
	stop chan struct{}
}

func (s *Server) events(w http.ResponseWriter, r *http.Request) *events {
	w.Header().Set("Content-Type", "text/event-stream")
	return &events{w: w, r: r, stop: s.stop}
}

func (e *events) raw(text string) {
	_, _ = io.WriteString(e.w, text)
	e.w.(http.Flusher).Flush()
}

func (e *events) send(data string) { e.raw("data: " + data + "\n\n") }

func (e *events) chunk(text string) {
	e.send(fmt.Sprintf(`{"choices":[{"index":0,"delta":{"content":%s},"finish_reason":null}]}`, quoted(text)))
}

func (e *events) finish(reason string) {
	e.send(fmt.Sprintf(`{"choices":[{"index":0,"delta":{},"finish_reason":%q}]}`, reason))
}

// wait pauses and reports whether anybody still listens.
func (e *events) wait(d time.Duration) bool {
	if d <= 0 {
		return e.r.Context().Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-e.r.Context().Done():
	case <-e.stop:
	}
	return false
}

// hang waits until the client leaves or the test ends.
func (e *events) hang() { e.wait(time.Hour) }

// infinity stands in JSON for a number that there is none for.
const infinity = math.MaxFloat64
