package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"

	"maieutic/tutor"
)

const (
	filesBeside = 300 // that a process of the benchmark opens besides its connections
	dialsAtOnce = 32
	settleFor   = 2 * time.Second
)

// benchChildCommand is the other end of bench idle and bench relay: a server or
// the clients.
func benchChildCommand() *command {
	return &command{
		name: "bench child", args: "[ROLE]", summary: "Part of bench idle, bench relay and bench essays.", hidden: true,
		prepare: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 2 {
					return usagef("it is started by bench idle, bench relay and bench essays")
				}
				switch c.args[0] {
				case "tutor":
					return tutorChild(ctx, c, c.args[1])
				case "echo":
					return serverChild(ctx, c, &http.Server{Handler: http.HandlerFunc(plainEcho), ReadHeaderTimeout: headerWithin})
				case "relay":
					return relayChildMain(ctx, c, c.args[1])
				case "bare":
					return bareChildMain(ctx, c, c.args[1])
				case "essay":
					return essayChild(ctx, c)
				case "client":
					return clientChild(ctx, c, c.args[1])
				}
				return usagef("there is no part %q", c.args[0])
			}
		},
	}
}

// raiseFileLimit lets this process, and those it starts, have n connections.
func raiseFileLimit(n int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	need := uint64(n + filesBeside)
	if limit.Cur >= need {
		return nil
	}
	limit.Cur, limit.Max = need, max(limit.Max, need)
	err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	return tutor.WrapError(err, tutor.CodeUnavailable,
		fmt.Sprintf("a process may not open %d files here; allow it with ulimit -n, or measure fewer --connections", need))
}

func tutorChild(ctx context.Context, c *call, dsn string) (err error) {
	log := slog.New(slog.DiscardHandler)
	r, err := openRecord(ctx, Config{DatabaseURL: dsn}, log, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	s, err := newSite(Config{}, r, log)
	if err != nil {
		return err
	}
	err = serverChild(ctx, c, s.http)
	s.stop(ctx)
	return err
}

// serverChild serves and answers every order with the memory it uses, until
// there are no more orders.
func serverChild(ctx context.Context, c *call, server *http.Server) error {
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
		m, err := ownMemory(ctx)
		if err != nil {
			return err
		}
		if err := answers.Encode(m); err != nil {
			return err
		}
	}
}

// ownMemory collects garbage, gives back what is free and returns what is left.
func ownMemory(ctx context.Context) (memory, error) {
	// What a finished request leaves to timers and finalizers goes meanwhile.
	settle := time.NewTimer(settleFor)
	defer settle.Stop()
	select {
	case <-settle.C:
	case <-ctx.Done():
		return memory{}, ctx.Err()
	}
	for range 3 {
		runtime.GC()
	}
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	m := memory{Heap: int64(stats.HeapAlloc), Stack: int64(stats.StackInuse)}
	m.RSS = int64(stats.Sys - stats.HeapReleased)
	raw, err := os.ReadFile("/proc/self/statm") // size resident …, in pages; see proc(5)
	if errors.Is(err, os.ErrNotExist) {
		return m, nil // not Linux: what the runtime has of the system must do
	}
	if err != nil {
		return m, err
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(raw), &size, &resident); err != nil {
		return m, err
	}
	m.RSS = resident * int64(os.Getpagesize())
	return m, nil
}

// plainEcho is coder/websocket as it comes.
func plainEcho(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	for {
		kind, data, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		if err := conn.Write(r.Context(), kind, data); err != nil {
			return
		}
	}
}

// clientChild opens what it is told to, says so, and holds it until its input
// ends.
func clientChild(ctx context.Context, c *call, addr string) error {
	orders := json.NewDecoder(c.env.Stdin)
	var dialings []dialing
	if err := orders.Decode(&dialings); err != nil {
		return err
	}
	conns := make([]*websocket.Conn, len(dialings))
	var group errgroup.Group
	group.SetLimit(dialsAtOnce)
	for i, d := range dialings {
		group.Go(func() (err error) {
			conns[i], err = dialIdle(ctx, addr, d)
			return err
		})
	}
	defer func() {
		for _, conn := range conns {
			if conn != nil {
				_ = conn.CloseNow()
			}
		}
	}()
	if err := group.Wait(); err != nil {
		return err
	}
	for _, conn := range conns {
		conn.CloseRead(ctx) // answers pings
	}
	if err := json.NewEncoder(c.env.Stdout).Encode(map[string]int{"open": len(conns)}); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, io.MultiReader(orders.Buffered(), c.env.Stdin))
	return err
}

// dialIdle joins a session, or exchanges a message with the echo, so that each
// connection has been used once.
func dialIdle(ctx context.Context, addr string, d dialing) (*websocket.Conn, error) {
	if d.Session != "" {
		return dialTutor(ctx, addr, d.Session, d.Token)
	}
	conn, _, err := websocket.Dial(ctx, "ws://"+addr, nil)
	if err != nil {
		return nil, err
	}
	if err := conn.Write(ctx, websocket.MessageText, []byte(strings.Repeat("hello ", 10))); err != nil {
		return conn, err
	}
	_, _, err = conn.Read(ctx)
	return conn, err
}
