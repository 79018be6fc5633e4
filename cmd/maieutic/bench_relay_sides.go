package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coder/websocket"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	api "github.com/sashabaranov/go-openai"

	"maieutic/dialogue"
	"maieutic/tutor"
	"maieutic/web"
)

// The model's server of bench relay: its first sentence after a while, then word
// by word. Like a real one it is slower for each of many: the words of all
// streams together come at a rate that this machine relays without a queue, for
// in a queue both sides wait for the processor and a ratio says nothing.
const (
	upstreamFirst = 40 * time.Millisecond
	upstreamEach  = time.Millisecond       // between words, at least
	upstreamShare = 200 * time.Microsecond // the same for each stream
)

// upstreamWords are what it says: the first sentence in one piece, so that both
// sides may show something when it comes, then word by word.
var upstreamWords = append([]string{"I see what you mean. "},
	strings.SplitAfter(strings.Repeat("Let us look at it once more and go through it step by step. Take your time with it and trust what you know. ", 8), " ")...)

// upstream is a scripted model server.
type upstream struct {
	addr        string
	stop        func()
	turns       atomic.Int64
	tokens      atomic.Int64
	connections atomic.Int64
	each        atomic.Int64 // nanoseconds between words

	mu      sync.Mutex
	prompts map[string]string // the latest by session
	shares  []float64
}

func newUpstream(ctx context.Context) (*upstream, error) {
	u := &upstream{prompts: map[string]string{}}
	u.share(1)
	server := &http.Server{
		Handler: http.HandlerFunc(u.answer), ReadHeaderTimeout: headerWithin,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				u.connections.Add(1)
			}
		},
	}
	var err error
	u.addr, u.stop, err = serveHTTP(ctx, server)
	return u, err
}

// share sets the pace for so many streams at once and returns how long an answer
// then takes.
func (u *upstream) share(streams int) time.Duration {
	each := max(upstreamEach, time.Duration(streams)*upstreamShare)
	u.each.Store(int64(each))
	return upstreamFirst + time.Duration(len(upstreamWords))*each
}

func (u *upstream) answer(w http.ResponseWriter, r *http.Request) {
	began, each := time.Now(), time.Duration(u.each.Load())
	var asked struct {
		Messages []struct{ Role, Content string } `json:"messages"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || len(asked.Messages) == 0 {
		http.Error(w, "no messages", http.StatusBadRequest)
		return
	}
	last := asked.Messages[len(asked.Messages)-1].Content
	u.turns.Add(1)
	var b strings.Builder
	for _, m := range asked.Messages {
		b.WriteString(m.Role + "\n" + m.Content + "\n")
	}
	u.compare(asked.Messages[0].Content, b.String())
	words := upstreamWords
	if strings.Contains(last, "Ask exactly one question") {
		words = append(slices.Clone(words), "What ", "do ", "you ", "think?")
	}
	w.Header().Set("Content-Type", "text/event-stream")
	flush := w.(http.Flusher).Flush
	pause(r.Context(), upstreamFirst-time.Since(began))
	for i, word := range words {
		if i > 1 {
			pause(r.Context(), each)
		}
		raw, _ := json.Marshal(word)
		fmt.Fprintf(w, `data: {"choices":[{"index":0,"delta":{"content":%s},"finish_reason":null}]}`+"\n\n", raw)
		flush()
	}
	u.tokens.Add(int64(len(words)))
	_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\n")
	flush()
	_, _ = io.WriteString(w, "data: [DONE]\n\n") // flushed apart, and the end of the body apart from that
	flush()
	pause(r.Context(), upstreamEach)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// compare notes how much of a session's previous prompt this one begins with.
// The mark in the instructions tells sessions apart.
func (u *upstream) compare(session, prompt string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if before, ok := u.prompts[session]; ok {
		n := 0
		for n < len(before) && n < len(prompt) && before[n] == prompt[n] {
			n++
		}
		u.shares = append(u.shares, float64(n)/float64(len(before)))
	}
	u.prompts[session] = prompt
}

// figures are the connections for each turn and the shared prefixes, mean and
// tenth percentile.
func (u *upstream) figures() (connections, prefix, low float64, n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, s := range u.shares {
		prefix += s
	}
	if n = len(u.shares); n > 0 {
		prefix /= float64(n)
		low = slices.Sorted(slices.Values(u.shares))[n/10]
	}
	return float64(u.connections.Load()) / float64(max(1, u.turns.Load())), prefix, low, n
}

// relayChildMain serves the tutor with the upstream as its model.
func relayChildMain(ctx context.Context, c *call, what string) (err error) {
	what, profile := cutLast(what)
	dsn, addr := cutLast(what)
	if profile != "" {
		file, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	log := slog.New(slog.DiscardHandler)
	config := Config{DatabaseURL: dsn, ModelCalls: 1000}
	config.Model.BaseURL, config.Model.ChatModel = "http://"+addr+"/v1", "scripted"
	r, err := openRecord(ctx, config, log, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	s, err := newSite(config, r, log)
	if err != nil {
		return err
	}
	err = cpuChild(ctx, c, s.http)
	s.stop(ctx)
	return err
}

// cutLast cuts a text at its last space.
func cutLast(text string) (before, after string) {
	i := strings.LastIndexByte(text, ' ')
	return text[:i], text[i+1:]
}

// cpuChild serves and answers every order with the CPU time it has used.
func cpuChild(ctx context.Context, c *call, server *http.Server) error {
	addr, stop, err := serveHTTP(ctx, server)
	if err != nil {
		return err
	}
	defer stop()
	orders, answers := json.NewDecoder(c.env.Stdin), json.NewEncoder(c.env.Stdout)
	if err := answers.Encode(map[string]string{"addr": addr}); err != nil {
		return err
	}
	for {
		var order string
		if err := orders.Decode(&order); err != nil {
			return nil // the parent has closed our input
		}
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			return err
		}
		if err := answers.Encode(time.Duration(used.Utime.Nano() + used.Stime.Nano())); err != nil {
			return err
		}
	}
}

// bareReads are the reads of a turn by their keys, $1 the school and $2 a session:
// the session with how its class is spoken to, what was said, the learner's
// states. They take one round trip.
var bareReads = []string{
	`select s.*, a.name, v.title, h.* from sessions s join accounts a on a.school_id = s.school_id and a.id = s.learner_id
	 join activity_versions v on v.school_id = s.school_id and v.activity_id = s.activity_id and v.version = s.activity_version
	 left join lateral (
		select c.reading_level, k.instructions from enrolments e
		join class_courses k on k.school_id = e.school_id and k.class_id = e.class_id and k.course_id = s.course_id
		join classes c on c.school_id = e.school_id and c.id = e.class_id
		where e.school_id = s.school_id and e.learner_id = s.learner_id and (c.reading_level <> '' or k.instructions <> '')
		order by c.name limit 1) h on true
	 where s.school_id = $1 and s.id = $2`,
	`select * from turns t where t.school_id = $1 and t.session_id = $2 order by t.seq desc limit 65`,
	`select k.* from skill_states k join sessions s on s.school_id = k.school_id and s.learner_id = k.learner_id
	 where s.school_id = $1 and s.id = $2 and k.skill_id = any(s.skills)`,
}

// bareChildMain is the baseline: a turn's reads in one round trip, then go-openai
// as it comes, each piece of the answer sent on.
func bareChildMain(ctx context.Context, c *call, what string) error {
	what, session := cutLast(what)
	what, school := cutLast(what)
	dsn, addr := cutLast(what)
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()
	config := api.DefaultConfig("")
	config.BaseURL = "http://" + addr + "/v1"
	client := api.NewClientWithConfig(config)
	return cpuChild(ctx, c, &http.Server{ReadHeaderTimeout: headerWithin, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		for {
			if _, _, err := conn.Read(context.Background()); err != nil {
				return
			}
			if err := bareTurn(pool, client, conn, school, session); err != nil {
				return
			}
		}
	})})
}

func bareTurn(pool *pgxpool.Pool, client *api.Client, conn *websocket.Conn, school, session string) error {
	ctx, cancel := context.WithTimeout(context.Background(), turnDeadline)
	defer cancel()
	b := &pgx.Batch{}
	b.Queue(`select set_config('maieutic.school', $1, true)`, school)
	for _, sql := range bareReads {
		b.Queue(sql, school, session).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				if _, err := rows.Values(); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	}
	if err := pool.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	stream, err := client.CreateChatCompletionStream(ctx, api.ChatCompletionRequest{
		Model: "scripted", Messages: []api.ChatCompletionMessage{{Role: "user", Content: "I think it is 17"}},
	})
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }()
	for n := 0; ; n++ {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return conn.Write(ctx, websocket.MessageText, []byte(`{"type":"status"}`))
		}
		if err != nil {
			return err
		}
		if len(answer.Choices) == 0 || answer.Choices[0].Delta.Content == "" {
			continue
		}
		data, err := json.Marshal(map[string]any{"type": "delta", "n": n, "text": answer.Choices[0].Delta.Content})
		if err != nil {
			return err
		}
		if err := conn.Write(ctx, websocket.MessageText, data); err != nil {
			return err
		}
	}
}

// verbose is a tutor whose replies have a given number of tokens: it shows what
// the path from the deltas to the socket sends.
type verbose struct {
	web.Tutor
	tokens int
}

// Turn replaces what the tutor says.
func (v verbose) Turn(ctx context.Context, in tutor.TurnInput) iter.Seq2[dialogue.Event, error] {
	return func(yield func(dialogue.Event, error) bool) {
		for ev, err := range v.Tutor.Turn(ctx, in) {
			if ev.Delta != nil {
				continue
			}
			if ev.Reply != nil {
				reply := *ev.Reply
				reply.Text = strings.Repeat("word ", v.tokens)
				for n := range v.tokens {
					if !yield(dialogue.Event{Delta: &dialogue.Delta{TurnID: reply.ID, Attempt: 1, N: n, Text: "word "}}, nil) {
						return
					}
				}
				ev.Reply = &reply
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

// counted counts what a connection receives.
type counted struct {
	net.Conn
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// bytes returns how many bytes a turn with a reply of so many tokens sends.
func (r *relayBench) bytes(ctx context.Context, tokens int) (int64, error) {
	engine, err := newSite(Config{}, r.record, r.log)
	if err != nil {
		return 0, err
	}
	server, err := web.New(web.Config{Store: r.record.store, Tutor: verbose{engine.engine, tokens}, Log: r.log, Ready: r.record.store.Ready})
	if err != nil {
		return 0, err
	}
	addr, stop, err := serveHTTP(ctx, &http.Server{Handler: server.Handler(), ReadHeaderTimeout: headerWithin})
	if err != nil {
		return 0, err
	}
	defer stop()
	defer func() { _ = server.Drain(context.WithoutCancel(ctx)) }()
	s := r.students[0]
	session, err := postSession(ctx, addr, s.token, r.scripts[0].activity)
	if err != nil {
		return 0, err
	}
	var received atomic.Int64
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return counted{conn, &received}, err
	}}}
	conn, err := dialTutorWith(ctx, client, addr, session, s.token)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.CloseNow() }()
	before := received.Load()
	if _, _, err := firstDelta(ctx, conn, "I think it is 17"); err != nil {
		return 0, err
	}
	return received.Load() - before, nil
}
