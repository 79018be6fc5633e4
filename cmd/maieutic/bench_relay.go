package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"maieutic/tutor"
)

// Aims of bench relay: ratios to a bare relay.
const (
	firstAim50   = 1.3
	firstAim99   = 1.5
	cpuAim       = 1.2
	bytesAim     = 10.5
	connAim      = .05
	prefixAim    = .95
	relayTurns   = 4  // of one student in one measurement
	aloneTurns   = 60 // of the one who is alone: a p99 of few is none
	shortAnswer  = 1_000
	longAnswer   = 10_000
	relayStreams = 100
)

func benchRelayCommand() *command {
	return &command{
		name:    "bench relay",
		summary: "Measure what the tutor adds to a model's stream, beside a bare relay.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			asJSON := flags.Bool("json", false, "print JSON")
			pairs := flags.Int("pairs", 5, "how often to measure both, in turn")
			streams := flags.Int("streams", relayStreams, "how many at once in the second measurement")
			profile := flags.String("profile", "", "write a CPU profile of the tutor's process to this `file`")
			return func(ctx context.Context, c *call) error {
				if *pairs < 1 || *pairs > 100 || *streams < 1 || *streams > 1000 {
					return usagef("--pairs is 1 to 100, --streams 1 to 1000")
				}
				return benchRelay(ctx, c, *pairs, *streams, *profile, *asJSON)
			}
		},
	}
}

// relayResult is what bench relay found.
type relayResult struct {
	Rows        []relayRow `json:"rows"`
	Bytes       verdict    `json:"bytes"`                // on the wire, of a 10,000-token answer over one of 1,000
	Connections float64    `json:"connections_per_turn"` // with those of the warm-up
	Steady      float64    `json:"connections_per_turn_warm"`
	Prefix      float64    `json:"shared_prefix"` // mean share of the previous prompt
	PrefixLow   float64    `json:"shared_prefix_p10"`
	Prompts     int        `json:"prompts_compared"`
}

// relayRow is one number of streams.
type relayRow struct {
	Streams int        `json:"streams"`
	Turns   int        `json:"turns"`      // of all pairs
	First   quantiles  `json:"first_ms"`   // from the message to the first delta
	Bare    quantiles  `json:"bare_ms"`    // the same for the bare relay
	Added   []float64  `json:"pair_added"` // ratios of added time, p50, by pair
	Tail    []float64  `json:"pair_added_p99"`
	Spent   []float64  `json:"pair_cpu"` // ratios of CPU time per token
	P50     verdict    `json:"added_p50"`
	P99     verdict    `json:"added_p99"`
	CPU     verdict    `json:"cpu_per_token"`
	Micros  [2]float64 `json:"cpu_us_per_token"` // tutor, bare
	Calls   float64    `json:"calls_per_turn"`   // of the model by the tutor; at 1 every turn is the model's, at once
}

func benchRelay(ctx context.Context, c *call, pairs, streams int, profile string, asJSON bool) (err error) {
	r, err := newRelayBench(ctx, streams, profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	var out relayResult
	turns, connections := r.upstream.turns.Load(), r.upstream.connections.Load()
	for _, n := range slices.Compact([]int{1, streams}) {
		row, err := r.measure(ctx, n, pairs)
		if err != nil {
			return err
		}
		out.Rows = append(out.Rows, row)
	}
	out.Connections, out.Prefix, out.PrefixLow, out.Prompts = r.upstream.figures()
	out.Steady = float64(r.upstream.connections.Load()-connections) / float64(max(1, r.upstream.turns.Load()-turns))
	if out.Bytes, err = r.growth(ctx, pairs); err != nil {
		return err
	}
	if asJSON {
		return printJSON(c.env.Stdout, out)
	}
	out.print(c.env.Stdout)
	return nil
}

func (r relayResult) print(w io.Writer) {
	table := newTable(w)
	fmt.Fprintln(table, "streams\tturns\ttutor p50\tp99\tbare p50\tp99\tCPU per token\tbare\t")
	for _, row := range r.Rows {
		fmt.Fprintf(table, "%d\t%d\t%.2f ms\t%.2f ms\t%.2f ms\t%.2f ms\t%.1f µs\t%.1f µs\t\n", row.Streams, row.Turns,
			row.First.P50, row.First.P99, row.Bare.P50, row.Bare.P99, row.Micros[0], row.Micros[1])
	}
	_ = table.Flush()
	fmt.Fprintf(w, "time from a message to the first delta; the model's server takes %v of it before its first sentence\n", upstreamFirst)
	for _, row := range r.Rows {
		fmt.Fprintf(w, "%d streams, time added to that, p50: %s; pairs %s\n", row.Streams, row.P50, spread(row.Added))
		fmt.Fprintf(w, "%d streams, the same, p99: %s; pairs %s\n", row.Streams, row.P99, spread(row.Tail))
		fmt.Fprintf(w, "%d streams, CPU per relayed token: %s; pairs %s\n", row.Streams, row.CPU, spread(row.Spent))
		fmt.Fprintf(w, "%d streams, calls of the model for each turn: %.3f\n", row.Streams, row.Calls)
	}
	fmt.Fprintf(w, "bytes on the wire, 10,000 tokens to 1,000 (the path from deltas to the socket): %s\n", r.Bytes)
	fmt.Fprintf(w, "new connections to the model's server for each turn: %.3f once warm, %.3f in all, aim at most %.2f\n", r.Steady, r.Connections, connAim)
	fmt.Fprintf(w, "of a prompt the next one of the session begins with: %.3f (p10 %.3f, %d prompts), aim at least %.2f\n", r.Prefix, r.PrefixLow, r.Prompts, prefixAim)
}

// spread is the least, the median and the greatest of the pairs.
func spread(pairs []float64) string {
	return fmt.Sprintf("%.2f / %.2f / %.2f", slices.Min(pairs), median(pairs), slices.Max(pairs))
}

// relayBench has the model's server, both relays as processes of their own, and
// the students.
type relayBench struct {
	*bench
	upstream    *upstream // of the tutor
	plain       *upstream // of the bare relay
	tutor, bare *relayChild
	students    []*benchStudent
	scripts     []script
}

func newRelayBench(ctx context.Context, streams int, profile string) (*relayBench, error) {
	b, err := newBench(ctx)
	if err != nil {
		return nil, err
	}
	r := &relayBench{bench: b}
	if err := r.start(ctx, streams, profile); err != nil {
		return nil, errors.Join(err, r.close(ctx))
	}
	return r, nil
}

func (r *relayBench) start(ctx context.Context, streams int, profile string) error {
	if err := raiseFileLimit(4 * streams); err != nil {
		return err
	}
	var err error
	if r.upstream, err = newUpstream(ctx); err != nil {
		return err
	}
	if r.plain, err = newUpstream(ctx); err != nil {
		return err
	}
	dsn := r.record.cluster.DSN()
	if r.tutor, err = startRelay(ctx, "relay", dsn+" "+r.upstream.addr+" "+profile); err != nil {
		return err
	}
	courses, err := sampleCourses()
	if err != nil {
		return err
	}
	r.scripts = scriptsOf(courses)
	for n := range streams {
		account, token, err := r.enrol(ctx, n)
		if err != nil {
			return err
		}
		r.students = append(r.students, &benchStudent{account: account, token: token, next: n})
	}
	return r.warm(ctx, dsn, streams)
}

// warm runs on both sides the load that is measured. The bare relay reads a
// session of the tutor's, so that both read as much.
func (r *relayBench) warm(ctx context.Context, dsn string, streams int) error {
	r.upstream.share(streams)
	r.plain.share(streams)
	if _, err := together(streams, func(i int) ([]time.Duration, error) { return r.talk(ctx, i, relayTurns) }); err != nil {
		return err
	}
	held, err := r.record.store.Sessions(ctx, r.students[0].account, tutor.SessionFilter{})
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return tutor.Errorf(tutor.CodeInternal, "the warm-up left no session")
	}
	if r.bare, err = startRelay(ctx, "bare", dsn+" "+r.plain.addr+" "+r.school+" "+held[0].ID); err != nil {
		return err
	}
	_, err = together(streams, func(int) ([]time.Duration, error) { return r.bareTalk(ctx, relayTurns) })
	return err
}

// growth is how many times the bytes of a short answer a long one takes, the
// median of some: deltas that wait are merged, so it is not the same each time.
func (r *relayBench) growth(ctx context.Context, times int) (verdict, error) {
	var ratios []float64
	for range times {
		short, err := r.bytes(ctx, shortAnswer)
		if err != nil {
			return verdict{}, err
		}
		long, err := r.bytes(ctx, longAnswer)
		if err != nil {
			return verdict{}, err
		}
		ratios = append(ratios, float64(long)/float64(short))
	}
	return judge(median(ratios), bytesAim), nil
}

func (r *relayBench) close(ctx context.Context) error {
	var err error
	for _, child := range []*relayChild{r.tutor, r.bare} {
		if child != nil {
			err = errors.Join(err, child.stop())
		}
	}
	for _, u := range []*upstream{r.upstream, r.plain} {
		if u != nil {
			u.stop()
		}
	}
	return errors.Join(err, r.bench.close(ctx))
}

// measure runs n streams on both sides in pairs, the one first, then the other.
func (r *relayBench) measure(ctx context.Context, n, pairs int) (relayRow, error) {
	row := relayRow{Streams: n}
	turns := relayTurns
	if n == 1 {
		turns = aloneTurns
	}
	r.plain.share(n)
	// Many do not begin at once, on neither side.
	begin := func() { pause(ctx, rand.N(r.upstream.share(n))) }
	calls := r.upstream.turns.Load()
	var firsts, bares []time.Duration
	var cpu, bareCPU []float64
	for pair := range pairs {
		sides := []func() error{
			func() error {
				times, spent, err := r.side(r.tutor, r.upstream, n, func(i int) ([]time.Duration, error) { begin(); return r.talk(ctx, i, turns) })
				firsts, cpu = append(firsts, times...), append(cpu, spent)
				return err
			},
			func() error {
				times, spent, err := r.side(r.bare, r.plain, n, func(int) ([]time.Duration, error) { begin(); return r.bareTalk(ctx, turns) })
				bares, bareCPU = append(bares, times...), append(bareCPU, spent)
				return err
			},
		}
		if pair%2 == 1 {
			slices.Reverse(sides)
		}
		from, bareFrom := len(firsts), len(bares)
		for _, side := range sides {
			if err := side(); err != nil {
				return row, err
			}
		}
		mine, theirs := added(firsts[from:]), added(bares[bareFrom:])
		row.Added = append(row.Added, ratio(mine, theirs, .5))
		row.Tail = append(row.Tail, ratio(mine, theirs, .99))
		row.Spent = append(row.Spent, cpu[pair]/bareCPU[pair])
	}
	row.Turns = len(firsts)
	row.First, row.Bare = quantilesOf(firsts), quantilesOf(bares)
	row.P50 = judge(median(row.Added), firstAim50)
	row.P99 = judge(ratio(added(firsts), added(bares), .99), firstAim99)
	row.Micros = [2]float64{median(cpu), median(bareCPU)}
	row.CPU = judge(median(row.Spent), cpuAim)
	row.Calls = float64(r.upstream.turns.Load()-calls) / float64(max(1, len(firsts)))
	return row, nil
}

// added takes off what the model's server takes.
func added(times []time.Duration) []time.Duration {
	out := make([]time.Duration, len(times))
	for i, t := range times {
		out[i] = max(t-upstreamFirst, 0)
	}
	return out
}

// side runs one side and returns its times and the CPU time of its process for
// each token it relayed, in microseconds.
func (r *relayBench) side(child *relayChild, u *upstream, n int, run func(i int) ([]time.Duration, error)) ([]time.Duration, float64, error) {
	before, err := child.cpu()
	if err != nil {
		return nil, 0, err
	}
	tokens := u.tokens.Load()
	times, err := together(n, run)
	if err != nil {
		return nil, 0, err
	}
	after, err := child.cpu()
	return times, float64((after - before).Microseconds()) / float64(max(1, u.tokens.Load()-tokens)), err
}

// talk does n turns of a student and returns the time of each to its first
// delta.
func (r *relayBench) talk(ctx context.Context, student, n int) ([]time.Duration, error) {
	s := r.students[student]
	var times []time.Duration
	for len(times) < n {
		todo := r.scripts[s.next%len(r.scripts)]
		s.next++
		opened, err := postSession(ctx, r.tutor.addr, s.token, todo.activity)
		if err != nil {
			return nil, err
		}
		conn, err := dialTutor(ctx, r.tutor.addr, opened, s.token)
		if err != nil {
			return nil, err
		}
		for _, text := range todo.says[:min(4, len(todo.says))] {
			took, open, err := firstDelta(ctx, conn, text)
			if err != nil {
				_ = conn.CloseNow()
				return nil, fmt.Errorf("%s: %w", todo.activity, err)
			}
			if times = append(times, took); !open || len(times) == n {
				break
			}
		}
		_ = conn.CloseNow()
	}
	return times, nil
}

// firstDelta takes a turn and returns the time to its first delta.
func firstDelta(ctx context.Context, conn *websocket.Conn, text string) (took time.Duration, open bool, err error) {
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
		case m.Type == "delta" && took == 0:
			took = time.Since(start)
		case m.Type == "status" && took == 0:
			return 0, false, tutor.Errorf(tutor.CodeInternal, "a turn without a delta")
		case m.Type == "status":
			return took, m.Session == string(tutor.SessionOpen), nil
		}
	}
}

// bareTalk does n turns with the bare relay.
func (r *relayBench) bareTalk(ctx context.Context, n int) ([]time.Duration, error) {
	conn, _, err := websocket.Dial(ctx, "ws://"+r.bare.addr, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.CloseNow() }()
	var times []time.Duration
	for range n {
		start := time.Now()
		if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"say","text":"I think it is 17"}`)); err != nil {
			return nil, err
		}
		took := time.Duration(0)
		for {
			m, err := readMessage(ctx, conn)
			if err != nil {
				return nil, err
			}
			if took == 0 {
				took = time.Since(start)
			}
			if m.Type == "status" {
				break
			}
		}
		times = append(times, took)
	}
	return times, nil
}

// relayChild is one side in a process of its own.
type relayChild struct {
	command *exec.Cmd
	in      io.WriteCloser
	orders  *json.Encoder
	answers *json.Decoder
	addr    string
}

func startRelay(ctx context.Context, role, what string) (*relayChild, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, program, "bench", "child", role, what)
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	child := &relayChild{command: command, in: in, orders: json.NewEncoder(in), answers: json.NewDecoder(out)}
	var hello struct{ Addr string }
	if err := child.answers.Decode(&hello); err != nil {
		return nil, errors.Join(err, child.stop())
	}
	child.addr = hello.Addr
	return child, nil
}

// cpu returns the CPU time that the process has used.
func (c *relayChild) cpu() (time.Duration, error) {
	var used time.Duration
	err := c.orders.Encode("cpu")
	if err == nil {
		err = c.answers.Decode(&used)
	}
	return used, err
}

func (c *relayChild) stop() error {
	_ = c.in.Close()
	return c.command.Wait()
}
