package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime/pprof"
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
	turnAim      = 4.0 // at p50, times the echo
	classSize    = 50
	turnsEach    = 8 // of one session; then the student begins another
	echoTable    = "bench_echo"
	turnDeadline = 30 * time.Second
	warmTurns    = 8
)

// load is one measurement repeated in pairs: so many students with so many
// turns each, one after the other or one in every so often.
type load struct {
	name            string
	students, turns int
	every           time.Duration
}

// loads are what is measured. A socket takes two messages a second in the long
// run, so a class that writes as fast as that is the most that fifty students
// can do; the last load shows what happens beyond.
var loads = []load{
	{"one student", 1, 60, 0},
	{"a class, each twice a second", classSize, 6, 500 * time.Millisecond},
	{"a class without a pause", classSize, 8, 0},
}

// turnResult is what bench turn found for one load.
type turnResult struct {
	Load     string    `json:"load"`
	Students int       `json:"students"`
	Turns    int       `json:"turns"` // of all pairs
	Tutor    quantiles `json:"tutor_ms"`
	Echo     quantiles `json:"echo_ms"`
	Pairs    []float64 `json:"pair_ratios"`
	P50      verdict   `json:"p50"`
	P99      float64   `json:"p99_ratio"`
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
	for _, l := range loads {
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
	_, err = together(classSize, func(i int) ([]time.Duration, error) { return t.talk(ctx, t.students[i], load{turns: 60}) })
	return err
}

func printTurns(w io.Writer, results []turnResult) {
	table := newTable(w)
	fmt.Fprintln(table, "load\tturns\ttutor p50\tp99\techo p50\tp99\tratio p50\tp99\t")
	for _, r := range results {
		fmt.Fprintf(table, "%s\t%d\t%.2f ms\t%.2f ms\t%.2f ms\t%.2f ms\t%.2f\t%.2f\t\n", r.Load, r.Turns,
			r.Tutor.P50, r.Tutor.P99, r.Echo.P50, r.Echo.P99, r.P50.Ratio, r.P99)
	}
	_ = table.Flush()
	for _, r := range results {
		fmt.Fprintf(w, "%s, p50, median of %d pairs: %s\n", r.Load, len(r.Pairs), r.P50)
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
		if _, err := t.talk(ctx, s, load{turns: warmTurns}); err != nil {
			return err
		}
	}
	_, err = t.echoes(ctx, load{turns: warmTurns * classSize})
	return err
}

// measure runs a load in pairs.
func (t *turnBench) measure(ctx context.Context, l load, pairs int) (turnResult, error) {
	out := turnResult{Load: l.name, Students: l.students}
	var tutorTimes, echoTimes []time.Duration
	for range pairs {
		tutored, err := together(l.students, func(i int) ([]time.Duration, error) { return t.talk(ctx, t.students[i], l) })
		if err != nil {
			return out, err
		}
		echoed, err := together(l.students, func(int) ([]time.Duration, error) { return t.echoes(ctx, l) })
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

// pace spreads turns over time.
type pace struct {
	next  time.Time
	every time.Duration
}

// newPace begins at a random moment of the first interval.
func newPace(every time.Duration) *pace {
	p := &pace{every: every, next: time.Now()}
	if every > 0 {
		p.next = p.next.Add(rand.N(every))
	}
	return p
}

// wait returns when the next turn is due.
func (p *pace) wait(ctx context.Context) error {
	if p.every == 0 {
		return nil
	}
	timer := time.NewTimer(time.Until(p.next))
	defer timer.Stop()
	p.next = p.next.Add(p.every)
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// talk does the turns of one student, in as many sessions as that takes, and
// returns the time of each from the message to the tutor's durable turn. Opening
// a session is not counted.
func (t *turnBench) talk(ctx context.Context, s *benchStudent, l load) ([]time.Duration, error) {
	var times []time.Duration
	p := newPace(l.every)
	for len(times) < l.turns {
		todo := t.scripts[s.next%len(t.scripts)]
		s.next++
		done, err := t.session(ctx, s, todo, l.turns-len(times), p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", todo.activity, err)
		}
		times = append(times, done...)
	}
	return times, nil
}

// session opens a session, does at most n turns of a script and leaves.
func (t *turnBench) session(ctx context.Context, s *benchStudent, todo script, n int, p *pace) ([]time.Duration, error) {
	opened, err := postSession(ctx, t.tutor, s.token, todo.activity)
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
		if err := p.wait(ctx); err != nil {
			return nil, err
		}
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
func (t *turnBench) echoes(ctx context.Context, l load) ([]time.Duration, error) {
	conn, _, err := websocket.Dial(ctx, "ws://"+t.echo, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.CloseNow() }()
	times := make([]time.Duration, 0, l.turns)
	p := newPace(l.every)
	text := []byte(`{"type":"say","id":"00000000-0000-4000-8000-000000000000","text":"I think it is 17"}`)
	for range l.turns {
		if err := p.wait(ctx); err != nil {
			return nil, err
		}
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
