// Package cluster runs a private Postgres for one Maieutic server: initdb and
// postgres as child processes, reached by a unix socket that nobody else can
// enter, stopped with the server.
package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"maieutic/tutor"
)

// Config says where a cluster lives.
type Config struct {
	// Dir holds everything: the data, the log, the lock. It is made when it is
	// missing. When root starts the server it belongs to the user postgres, who
	// must be able to reach it.
	Dir string
	Log *slog.Logger
	// Volatile turns fsync off, for the throw-away clusters of tests. A cluster
	// that holds anybody's work never has it.
	Volatile bool
}

const (
	role      = "maieutic" // what the server connects as: not a superuser, so row-level security binds it
	database  = "maieutic"
	superuser = "postgres"
	port      = "5432" // names the socket; nothing listens on a network

	stopWithin    = 30 * time.Second
	recoverWithin = 10 * time.Minute // a gigabyte of log, on a slow disk

	stateStarting = "57P03" // cannot_connect_now: starting up, recovering or shutting down
)

// Cluster is a running Postgres. It is safe for concurrent use.
type Cluster struct {
	config Config
	paths  paths
	tools  tools
	owner  owner
	lock   *os.File

	child  *os.Process
	exited chan struct{} // closed once the child is gone
	stop   sync.Once
}

// Start brings the cluster up, made anew or recovered from whatever happened to
// it, and returns once it takes connections and holds the role and the database
// with pgvector. Errors say what to do: CodeConflict when another server uses the
// directory, CodeUnavailable for everything else. When ctx ends first nothing is
// left running; once Start has returned, ctx no longer matters.
func Start(ctx context.Context, config Config) (*Cluster, error) {
	c := &Cluster{config: config, exited: make(chan struct{})}
	if err := c.start(ctx); err != nil {
		if c.child != nil {
			_ = c.Stop(context.WithoutCancel(ctx))
		}
		c.release()
		return nil, tutor.WrapError(err, tutor.CodeUnavailable,
			fmt.Sprintf("the private database in %s did not start; its postgres.log may say more", config.Dir))
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) (err error) {
	found := installations(binDirs())
	if _, err := choose(found, 0); err != nil {
		return err
	}
	if c.owner, err = findOwner(); err != nil {
		return err
	}
	if err := c.makeDirs(); err != nil {
		return err
	}
	written, err := dataVersion(c.paths.data)
	if err != nil {
		return err
	}
	if c.tools, err = choose(found, written); err != nil {
		return err
	}
	if err := c.endLeftover(ctx); err != nil {
		return err
	}
	if written == 0 {
		err = c.initialise(ctx)
	} else {
		err = c.owner.owns(c.paths.data)
	}
	if err != nil {
		return err
	}
	if err := c.launch(); err != nil {
		return err
	}
	if err := c.waitReady(ctx); err != nil {
		return err
	}
	return c.provision(ctx)
}

// initialise makes the data directory. It is made beside its place and moved
// there whole, so that a start that was killed leaves nothing half made.
func (c *Cluster) initialise(ctx context.Context) error {
	c.config.Log.Info("making a private database", "dir", c.paths.dir)
	fresh := c.paths.data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	args := []string{
		"--pgdata", fresh, "--username", superuser, "--encoding", "UTF8", "--data-checksums",
		// The same order of text on every machine, whatever its language.
		"--locale", "C.UTF-8",
		// The socket's directory is the door: it belongs to the one user who runs
		// Postgres, is closed to everybody else but root, and nothing listens on a
		// network.
		"--auth-local", "trust", "--auth-host", "reject",
	}
	if runtime.GOOS == "darwin" { // has no C.UTF-8: the order of C, the letters of UTF-8
		args = append(args, "--locale", "C", "--lc-ctype", "en_US.UTF-8")
	}
	if c.config.Volatile {
		args = append(args, "--no-sync")
	}
	if out, err := c.command(ctx, c.tools.initdb, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLine(out))
	}
	return os.Rename(fresh, c.paths.data)
}

func lastLine(out []byte) []byte {
	out = bytes.TrimSpace(out)
	return out[bytes.LastIndexByte(out, '\n')+1:]
}

// waitReady returns when the server takes connections. After a crash it first
// replays its log, which can take minutes.
func (c *Cluster) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, recoverWithin)
	defer cancel()
	retry, report := time.NewTicker(20*time.Millisecond), time.NewTicker(5*time.Second)
	defer retry.Stop()
	defer report.Stop()
	began := time.Now()
	for {
		conn, err := pgx.Connect(ctx, c.dsn(superuser, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code != stateStarting {
			return fmt.Errorf("connecting to postgres: %w", err)
		}
		select {
		case <-retry.C:
		case <-report.C:
			c.config.Log.Info("the private database is still recovering", "after", time.Since(began).Round(time.Second))
		case <-c.exited:
			return tutor.Errorf(tutor.CodeUnavailable, "the private database ended at once: %s (the rest is in %s)", lastFatal(c.paths.log), c.paths.log)
		case <-ctx.Done():
			return fmt.Errorf("waiting for postgres: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// lastFatal is why a server that ended says it did.
func lastFatal(log string) string {
	raw, err := os.ReadFile(log)
	if err != nil {
		return "its log cannot be read"
	}
	lines := strings.Split(string(raw), "\n")
	for _, line := range slices.Backward(lines) {
		for _, severity := range []string{"FATAL:  ", "PANIC:  "} {
			if _, reason, found := strings.Cut(line, severity); found {
				return reason
			}
		}
	}
	return "it gave no reason"
}

// provision makes the role, the database and the extension that are missing.
func (c *Cluster) provision(ctx context.Context) error {
	err := c.asSuperuser(ctx, "postgres", func(conn *pgx.Conn) error {
		var hasRole, hasDatabase bool
		err := conn.QueryRow(ctx, `select exists (select from pg_roles where rolname = $1), exists (select from pg_database where datname = $2)`,
			role, database).Scan(&hasRole, &hasDatabase)
		if err != nil {
			return err
		}
		if !hasRole {
			if _, err := conn.Exec(ctx, `create role `+role+` login nosuperuser nocreatedb nocreaterole`); err != nil {
				return err
			}
		}
		if !hasDatabase {
			_, err = conn.Exec(ctx, `create database `+database+` owner `+role)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.asSuperuser(ctx, database, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `create extension if not exists vector; alter extension vector update`)
		return err
	})
}

func (c *Cluster) asSuperuser(ctx context.Context, name string, f func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, c.dsn(superuser, name))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return f(conn)
}

func (c *Cluster) dsn(user, name string) string {
	return (&url.URL{
		Scheme: "postgres", Path: "/" + name,
		RawQuery: url.Values{"host": {c.paths.socket}, "port": {port}, "user": {user}}.Encode(),
	}).String()
}

// DSN is where the server connects: the database, as a role that is no superuser.
func (c *Cluster) DSN() string { return c.dsn(role, database) }

// DatabaseDSN is DSN for another database of the cluster.
func (c *Cluster) DatabaseDSN(name string) string { return c.dsn(role, name) }

// AdminDSN is for making databases in tests and for the doctor.
func (c *Cluster) AdminDSN() string { return c.dsn(superuser, "postgres") }

// LogFile is where Postgres writes what it has to say.
func (c *Cluster) LogFile() string { return c.paths.log }

// Stop ends the server in order: open transactions are rolled back, buffers are
// written. When it does not end before ctx does, or within half a minute, it is
// cut off, which loses nothing that was committed. Stopping twice is fine.
func (c *Cluster) Stop(ctx context.Context) error {
	var err error
	c.stop.Do(func() {
		err = c.end(ctx)
		_ = os.Remove(c.paths.socket) // empty by now; it may lie outside of the directory
		c.release()
	})
	return err
}

func (c *Cluster) end(ctx context.Context) error {
	if c.child == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	_ = c.child.Signal(syscall.SIGINT) // "fast" shutdown
	select {
	case <-c.exited:
		return nil
	case <-ctx.Done():
	}
	_ = c.child.Signal(syscall.SIGQUIT) // "immediate": the next start recovers
	select {
	case <-c.exited:
	case <-time.After(5 * time.Second):
		_ = c.child.Kill()
		<-c.exited
	}
	return tutor.Errorf(tutor.CodeUnavailable, "the private database did not stop in time and was cut off; the next start recovers it")
}

// Exited is closed when Postgres is gone, by Stop or by itself.
func (c *Cluster) Exited() <-chan struct{} { return c.exited }
