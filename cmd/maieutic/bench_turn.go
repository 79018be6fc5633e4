package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"maieutic/tutor"
)

// What bench turn does.
const (
	turnAim       = 4.0 // at p50, times the echo
	turnsOfOne    = 60  // of a single student in one measurement
	turnsOfClass  = 8   // of each of a class of students
	classSize     = 50
	turnsEach     = 8 // of one session; then the student begins another
	echoTable     = "bench_echo"
	turnDeadline  = 30 * time.Second
	warmTurns     = 40
	openingsAhead = 4 // sessions opened at a time
)

// load is one measurement repeated in pairs: so many students with so many
// turns each.
type load struct{ students, turns int }

// turnResult is what bench turn found for one load.
type turnResult struct {
	Students int       `json:"students"`
	Turns    int       `json:"turns"` // of all pairs
	Tutor    quantiles `json:"tutor_ms"`
	Echo     quantiles `json:"echo_ms"`
	Pairs    []float64 `json:"pair_ratios"`
	P50      verdict   `json:"p50"`
	P99      float64   `json:"p99_ratio"`
	Errors   int       `json:"errors"`
}

type quantiles struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

// benchTurn measures the tutor and the echo in turn, so that whatever else the
// machine does weighs on both.
func benchTurn(ctx context.Context, c *call, pairs int, profile string, asJSON bool) (err error) {
	b, err := newBench(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if e := b.close(ctx); err == nil {
			err = e
		}
	}()
	t, stop, err := newTurnBench(ctx, b)
	if err != nil {
		return err
	}
	defer stop()
	if profile != "" {
		return t.profile(ctx, profile)
	}
	var results []turnResult
	for _, l := range []load{{1, turnsOfOne}, {classSize, turnsOfClass}} {
		r, err := t.measure(ctx, l, pairs)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	if asJSON {
		return printJSON(c.env.Stdout, results)
	}
	printTurns(c.env.Stdout, results)
	return nil
}

// profile writes where the CPU time of a class's turns goes.
func (t *turnBench) profile(ctx context.Context, name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	_, err = together(classSize, func(i int) ([]time.Duration, error) { return t.talk(ctx, t.students[i], turnsOfOne) })
	return err
}

func printTurns(w io.Writer, results []turnResult) {
	table := newTable(w)
	fmt.Fprintln(table, "students\tturns\ttutor p50\tp99\techo p50\tp99\tratio p50\tp99\t")
	for _, r := range results {
		fmt.Fprintf(table, "%d\t%d\t%.2f ms\t%.2f ms\t%.2f ms\t%.2f ms\t%.2f\t%.2f\t\n", r.Students, r.Turns,
			r.Tutor.P50, r.Tutor.P99, r.Echo.P50, r.Echo.P99, r.P50.Ratio, r.P99)
	}
	_ = table.Flush()
	for _, r := range results {
		fmt.Fprintf(w, "%d students, p50, median of %d pairs: %s\n", r.Students, len(r.Pairs), r.P50)
	}
}

// turnBench has both servers and the students.
type turnBench struct {
	*bench
	tutor, echo string // addresses
	students    []*benchStudent
	scripts     []script
}

func newTurnBench(ctx context.Context, b *bench) (*turnBench, func(), error) {
	site, err := newSite(Config{}, b.record, b.log)
	if err != nil {
		return nil, nil, err
	}
	t := &turnBench{bench: b}
	var stopTutor, stopEcho func()
	if t.tutor, stopTutor, err = serveHTTP(ctx, site.http); err != nil {
		return nil, nil, err
	}
	stop := func() {
		site.stop(context.WithoutCancel(ctx))
		stopTutor()
		if stopEcho != nil {
			stopEcho()
		}
	}
	if err := makeEchoTable(ctx, b.record.store.Pool()); err != nil {
		stop()
		return nil, nil, err
	}
	if t.echo, stopEcho, err = serveHTTP(ctx, &http.Server{Handler: committingEcho(b.record.store.Pool()), ReadHeaderTimeout: headerWithin}); err != nil {
		stop()
		return nil, nil, err
	}
	if err := t.prepare(ctx); err != nil {
		stop()
		return nil, nil, err
	}
	return t, stop, nil
}

// prepare makes the students and lets both servers warm up.
func (t *turnBench) prepare(ctx context.Context) error {
	courses, err := sampleCourses()
	if err != nil {
		return err
	}
	t.scripts = scriptsOf(courses)
	for n := range classSize {
		account, token, err := t.enrol(ctx, n)
		if err != nil {
			return err
		}
		t.students = append(t.students, &benchStudent{account: account, token: token, next: n})
	}
	for _, s := range t.students {
		if _, err := t.talk(ctx, s, warmTurns/10); err != nil {
			return err
		}
	}
	_, err = t.echoes(ctx, warmTurns)
	return err
}

// measure runs a load in pairs.
func (t *turnBench) measure(ctx context.Context, l load, pairs int) (turnResult, error) {
	out := turnResult{Students: l.students}
	var tutorTimes, echoTimes []time.Duration
	for range pairs {
		tutored, err := together(l.students, func(i int) ([]time.Duration, error) { return t.talk(ctx, t.students[i], l.turns) })
		if err != nil {
			return out, err
		}
		echoed, err := together(l.students, func(int) ([]time.Duration, error) { return t.echoes(ctx, l.turns) })
		if err != nil {
			return out, err
		}
		out.Pairs = append(out.Pairs, ratio(tutored, echoed, .5))
		tutorTimes, echoTimes = append(tutorTimes, tutored...), append(echoTimes, echoed...)
	}
	out.Turns = len(tutorTimes)
	out.Tutor, out.Echo = quantilesOf(tutorTimes), quantilesOf(echoTimes)
	out.P50 = judge(median(out.Pairs), turnAim)
	out.P99 = ratio(tutorTimes, echoTimes, .99)
	return out, nil
}

func quantilesOf(times []time.Duration) quantiles {
	ms := func(q float64) float64 { return float64(quantile(times, q).Microseconds()) / 1000 }
	return quantiles{P50: ms(.5), P99: ms(.99)}
}

func ratio(a, b []time.Duration, q float64) float64 {
	return float64(quantile(a, q)) / float64(max(1, quantile(b, q)))
}

// together runs n at once and returns all their times.
func together(n int, run func(i int) ([]time.Duration, error)) ([]time.Duration, error) {
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		all   []time.Duration
		first error
	)
	for i := range n {
		group.Go(func() {
			times, err := run(i)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, times...)
			if first == nil {
				first = err
			}
		})
	}
	group.Wait()
	return all, first
}

// script is what a student does with one activity.
type script struct {
	activity string
	says     []string // "" asks for a hint
}

// scriptsOf makes a script for each problem of the courses: a wrong idea, a
// hint, a question, a part of the answer, then the answers.
func scriptsOf(courses []tutor.Course) []script {
	var scripts []script
	for _, c := range courses {
		for _, a := range c.Activities {
			if a.Kind != tutor.ActivityProblem {
				continue
			}
			s := script{activity: a.ID, says: []string{"I think it is 17", "", "What does that mean?", "I am not sure"}}
			for _, step := range a.Steps {
				for _, e := range step.Expectations {
					if e.Answer != nil {
						s.says = append(s.says, e.Answer.Value)
					} else {
						s.says = append(s.says, e.Says)
					}
				}
			}
			s.says = s.says[:min(len(s.says), turnsEach)]
			scripts = append(scripts, s)
		}
	}
	return scripts
}

// benchStudent is a student at a socket of their own.
type benchStudent struct {
	account tutor.Account
	token   string
	next    int // script to do next
}

// talk does n turns, in as many sessions as that takes, and returns the time of
// each from the message to the tutor's durable turn. Opening a session is not
// counted.
func (t *turnBench) talk(ctx context.Context, s *benchStudent, n int) ([]time.Duration, error) {
	var times []time.Duration
	for len(times) < n {
		todo := t.scripts[s.next%len(t.scripts)]
		s.next++
		done, err := t.session(ctx, s, todo, n-len(times))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", todo.activity, err)
		}
		times = append(times, done...)
	}
	return times, nil
}

// session opens a session, does at most n turns of a script and leaves.
func (t *turnBench) session(ctx context.Context, s *benchStudent, todo script, n int) ([]time.Duration, error) {
	opened, _, err := t.start(ctx, s, todo.activity)
	if err != nil {
		return nil, err
	}
	conn, err := dialTutor(ctx, t.tutor, opened, s.token)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.CloseNow() }()
	var times []time.Duration
	for _, text := range todo.says[:min(n, len(todo.says))] {
		took, open, err := oneTurn(ctx, conn, text)
		if err != nil {
			return nil, err
		}
		times = append(times, took)
		if !open {
			break
		}
	}
	return times, nil
}

func (t *turnBench) start(ctx context.Context, s *benchStudent, activity string) (id, epoch string, err error) {
	return postSession(ctx, t.tutor, s.token, activity)
}

// postSession opens a session by the protocol; activity "" lets the tutor choose.
func postSession(ctx context.Context, addr, token, activity string) (id, epoch string, err error) {
	body := strings.NewReader(fmt.Sprintf(`{"activity_id":%q}`, activity))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/v1/sessions", body)
	if err != nil {
		return "", "", err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", "", err
	}
	defer func() { _ = answer.Body.Close() }()
	var made struct{ ID, Epoch string }
	if answer.StatusCode != http.StatusCreated {
		return "", "", tutor.Errorf(tutor.CodeInternal, "opening a session: HTTP %d", answer.StatusCode)
	}
	err = json.NewDecoder(answer.Body).Decode(&made)
	return made.ID, made.Epoch, err
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
	conn, _, err := websocket.Dial(ctx, "ws://"+addr+"/v1/sessions/"+session+"/socket", &websocket.DialOptions{
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

func makeEchoTable(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, `create table `+echoTable+` (id uuid primary key, part int not null, body text not null, at timestamptz not null default now())`)
	return err
}

// committingEcho is the baseline: it commits five rows in one round trip, then
// sends back what it got.
func committingEcho(pool *pgxpool.Pool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		for {
			kind, data, err := conn.Read(context.Background())
			if err != nil {
				return
			}
			b := &pgx.Batch{}
			for part := range 5 {
				b.Queue(`insert into `+echoTable+` (id, part, body) values ($1, $2, $3)`, uuid.New(), part, string(data))
			}
			if err := pool.SendBatch(context.Background(), b).Close(); err != nil {
				return
			}
			if err := conn.Write(context.Background(), kind, data); err != nil {
				return
			}
		}
	})
}

// echoes sends n messages to the baseline and returns the time of each.
func (t *turnBench) echoes(ctx context.Context, n int) ([]time.Duration, error) {
	conn, _, err := websocket.Dial(ctx, "ws://"+t.echo, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.CloseNow() }()
	times := make([]time.Duration, 0, n)
	text := []byte(`{"type":"say","id":"00000000-0000-4000-8000-000000000000","text":"I think it is 17"}`)
	for range n {
		start := time.Now()
		if err := conn.Write(ctx, websocket.MessageText, text); err != nil {
			return nil, err
		}
		if _, _, err := conn.Read(ctx); err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
	}
	return times, nil
}
