package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"

	"golang.org/x/sync/errgroup"

	"maieutic/tutor"
)

const (
	idleAim     = 0.6 // times the echo
	idleAtATime = 8
)

// memory is what a server process uses.
type memory struct {
	RSS   int64 `json:"rss"`   // bytes, resident
	Heap  int64 `json:"heap"`  // bytes, live
	Stack int64 `json:"stack"` // bytes
}

func (m memory) minus(o memory, n int) memory {
	return memory{(m.RSS - o.RSS) / int64(n), (m.Heap - o.Heap) / int64(n), (m.Stack - o.Stack) / int64(n)}
}

// idleResult is what bench idle found, for each connection.
type idleResult struct {
	Connections int     `json:"connections"`
	Tutor       memory  `json:"tutor_bytes"`
	Echo        memory  `json:"echo_bytes"`
	RSS         verdict `json:"rss"`
}

// dialing is one connection that the client child opens.
type dialing struct {
	Session string `json:"session,omitempty"` // "" for the echo
	Token   string `json:"token,omitempty"`
}

// benchIdle has each server in a process of its own and the clients in another,
// so that only the server's memory is counted.
func benchIdle(ctx context.Context, c *call, n int, asJSON bool) (err error) {
	if err := raiseFileLimit(n); err != nil {
		return err
	}
	b, err := newBench(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close(ctx)) }()
	out := idleResult{Connections: n}
	if out.Tutor, err = b.idleTutor(ctx, n); err != nil {
		return fmt.Errorf("the tutor: %w", err)
	}
	if out.Echo, err = idleServer(ctx, []string{"echo", "-"}, func(string) ([]dialing, error) { return make([]dialing, n), nil }); err != nil {
		return fmt.Errorf("the echo: %w", err)
	}
	out.RSS = judge(float64(out.Tutor.RSS)/float64(max(1, out.Echo.RSS)), idleAim)
	if asJSON {
		return printJSON(c.env.Stdout, out)
	}
	table := newTable(c.env.Stdout)
	fmt.Fprintln(table, "bytes for each connection\tresident\theap\tstack\t")
	for _, row := range []struct {
		name string
		memory
	}{{"tutor", out.Tutor}, {"echo", out.Echo}} {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t\n", row.name, row.RSS, row.Heap, row.Stack)
	}
	_ = table.Flush()
	fmt.Fprintf(c.env.Stdout, "%d connections, resident memory: %s\n", n, out.RSS)
	return nil
}

// idleTutor signs n students in and lets each join a session of their own.
func (b *bench) idleTutor(ctx context.Context, n int) (memory, error) {
	args := []string{"tutor", b.record.cluster.DSN()}
	return idleServer(ctx, args, func(addr string) ([]dialing, error) {
		students := make([]dialing, n)
		var group errgroup.Group
		group.SetLimit(idleAtATime)
		for i := range students {
			group.Go(func() error {
				_, token, err := b.enrol(ctx, i)
				if err != nil {
					return err
				}
				session, err := postSession(ctx, addr, token, "")
				students[i] = dialing{Session: session, Token: token}
				return err
			})
		}
		err := group.Wait()
		http.DefaultClient.CloseIdleConnections()
		return students, err
	})
}

// idleServer starts a server child, lets prepare say what to open, opens it and
// returns what each connection takes.
func idleServer(ctx context.Context, args []string, prepare func(addr string) ([]dialing, error)) (memory, error) {
	server, err := startChild(ctx, args...)
	if err != nil {
		return memory{}, err
	}
	defer server.stop()
	var up struct{ Addr string }
	if err := server.receive(&up); err != nil {
		return memory{}, err
	}
	dialings, err := prepare(up.Addr)
	if err != nil {
		return memory{}, err
	}
	before, err := server.measure()
	if err != nil {
		return memory{}, err
	}
	client, err := startChild(ctx, "client", up.Addr)
	if err != nil {
		return memory{}, err
	}
	defer client.stop()
	if err := client.send(dialings); err != nil {
		return memory{}, err
	}
	var opened struct{ Open int }
	if err := client.receive(&opened); err != nil {
		return memory{}, err
	}
	after, err := server.measure()
	return after.minus(before, opened.Open), err
}

// child is another process of this program that takes orders on its standard
// input and answers on its standard output, a JSON value for each.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

func startChild(ctx context.Context, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, self, append([]string{"bench", "child"}, args...)...)}
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = json.NewDecoder(out)
	return c, c.cmd.Start()
}

func (c *child) send(v any) error { return json.NewEncoder(c.in).Encode(v) }

func (c *child) receive(v any) error {
	return tutor.WrapError(c.out.Decode(v), tutor.CodeInternal, "a process of the benchmark ended early")
}

func (c *child) measure() (memory, error) {
	var m memory
	if err := c.send("measure"); err != nil {
		return m, err
	}
	return m, c.receive(&m)
}

// stop ends the child: it goes when its input does.
func (c *child) stop() {
	_ = c.in.Close()
	_ = c.cmd.Wait()
}
