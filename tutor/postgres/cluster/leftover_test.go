package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

func waitExited(t *testing.T, c *Cluster) {
	t.Helper()
	select {
	case <-c.Exited():
	case <-time.After(stopWithin):
		t.Fatal("postgres is still there")
	}
}

// Where the kernel does not stop the child of a killed server, the next start does.
func TestLeftoverIsStopped(t *testing.T) {
	dir := newDir(t)
	left := begin(t, dir)
	exec1(t, left.DSN(), `create table kept as select 7 as n`)
	left.release() // what the end of its process does
	c := begin(t, dir)
	waitExited(t, left)
	if n := query[int](t, c.DSN(), `select n from kept`); n != 7 {
		t.Errorf("kept %d", n)
	}
}

// A backend in the midst of a long statement does not notice that its postmaster
// is gone, and no other can start beside it.
func TestBusyBackendOfADeadPostmasterIsStopped(t *testing.T) {
	dir := newDir(t)
	c := begin(t, dir)
	conn, err := pgx.Connect(t.Context(), c.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	ended := make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), `select count(*) from generate_series(1, 10000000000) a`)
		ended <- err
	}()
	const busy = `select count(*) from pg_stat_activity where state = 'active' and query like '%generate_series%' and pid <> pg_backend_pid()`
	for began := time.Now(); query[int](t, c.DSN(), busy) == 0; {
		if time.Since(began) > stopWithin {
			t.Fatal("the statement does not begin")
		}
	}
	_ = c.child.Kill()
	waitExited(t, c)
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := begin(t, dir)
	if n := query[int](t, again.DSN(), `select 1`); n != 1 {
		t.Errorf("got %d", n)
	}
	if err := <-ended; err == nil {
		t.Error("the statement should have been cut off")
	}
}

// A pid file may name a process that another program, or another Postgres, has
// by now. It is none of ours to stop.
func TestStalePidOfAnother(t *testing.T) {
	other := begin(t, newDir(t))
	for name, pid := range map[string]int{"program": os.Getpid(), "postgres": other.child.Pid, "nobody": 1 << 22} {
		t.Run(name, func(t *testing.T) {
			dir := newDir(t)
			c := begin(t, dir)
			if err := c.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			stale := fmt.Sprintf("%d\n%s\n1\n5432\n%s\n\n\n", pid, c.paths.data, c.paths.socket)
			file := filepath.Join(c.paths.data, "postmaster.pid")
			if err := os.WriteFile(file, []byte(stale), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(file, c.owner.uid, c.owner.gid); err != nil {
				t.Fatal(err)
			}
			begin(t, dir)
		})
	}
	if n := query[int](t, other.DSN(), `select 1`); n != 1 {
		t.Errorf("got %d", n)
	}
}

func TestReadPID(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	if pid, err := readPID(file); pid != 0 || err != nil {
		t.Errorf("no file: %d, %v", pid, err)
	}
	for content, want := range map[string]int{
		"4711\n/data\n": 4711, "4711": 4711, "": 0, "\n": 0, "-4711\n": 0, "1\n": 0, "x": 0, "99999999999999999999\n": 0,
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if pid, err := readPID(file); pid != want || err != nil {
			t.Errorf("%q: %d, %v", content, pid, err)
		}
	}
}

func TestUnusableDataSayWhy(t *testing.T) {
	dir := newDir(t)
	c := begin(t, dir)
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(c.paths.data, "global", "pg_control"), 0); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if tutor.ErrorCode(err) != tutor.CodeUnavailable || !strings.Contains(err.Error(), "pg_control") {
		t.Errorf("got %v", err)
	}
}

func TestInterruptedStartLeavesNothingRunning(t *testing.T) {
	dir := newDir(t)
	c := begin(t, dir)
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Config{Dir: dir, Log: slog.New(slog.DiscardHandler)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if pid, err := readPID(filepath.Join(c.paths.data, "postmaster.pid")); pid != 0 || err != nil {
		t.Errorf("process %d is left, %v", pid, err)
	}
	begin(t, dir)
}
