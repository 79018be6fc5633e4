// Package cluster runs a private Postgres for one Maieutic server: initdb and
// postgres as child processes, reached by a unix socket that nobody else can
// enter, stopped with the server.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

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
	role       = "maieutic" // what the server connects as: not a superuser, so row-level security binds it
	database   = "maieutic"
	superuser  = "postgres"
	port       = "5432" // names the socket; nothing listens on a network
	stopWithin = 30 * time.Second
)

// Cluster is a running Postgres. It is safe for concurrent use.
type Cluster struct {
	config Config
	paths  paths
	tools  tools
	owner  *owner
	lock   *os.File

	child  *os.Process
	exited chan struct{} // closed once the child is gone
	state  *os.ProcessState
	stop   sync.Once
}

// paths are the places inside Config.Dir.
type paths struct{ data, log, lock, socket string }

// Start brings the cluster up, made anew or recovered from whatever happened to
// it, and returns once it takes connections and holds the role and the database
// with pgvector. Errors say what to do: CodeConflict when another server uses the
// directory, CodeUnavailable when binaries or the extension are missing.
func Start(ctx context.Context, config Config) (*Cluster, error) {
	c := &Cluster{config: config, exited: make(chan struct{})}
	err := c.start(ctx)
	if err != nil {
		c.release()
		return nil, tutor.WrapError(err, tutor.CodeUnavailable,
			fmt.Sprintf("the private database in %s did not start; its log is %s", config.Dir, c.paths.log))
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) (err error) {
	if c.tools, err = findTools(); err != nil {
		return err
	}
	if c.owner, err = findOwner(); err != nil {
		return err
	}
	if err := c.makeDirs(); err != nil {
		return err
	}
	if err := c.takeLock(); err != nil {
		return err
	}
	if err := c.endLeftover(ctx); err != nil {
		return err
	}
	if err := c.initialise(ctx); err != nil {
		return err
	}
	if err := c.launch(); err != nil {
		return err
	}
	if err := c.waitReady(ctx); err != nil {
		_ = c.Stop(context.WithoutCancel(ctx))
		return err
	}
	if err := c.provision(ctx); err != nil {
		_ = c.Stop(context.WithoutCancel(ctx))
		return err
	}
	return nil
}

// makeDirs makes the directory and the place of the socket. A socket's path may
// have 107 bytes, so a deep directory gets its socket elsewhere.
func (c *Cluster) makeDirs() error {
	dir, err := filepath.Abs(c.config.Dir)
	if err != nil {
		return err
	}
	c.config.Dir = dir
	c.paths = paths{
		data: filepath.Join(dir, "data"), log: filepath.Join(dir, "postgres.log"),
		lock: filepath.Join(dir, "lock"), socket: filepath.Join(dir, "run"),
	}
	if len(c.paths.socket)+len("/.s.PGSQL.")+len(port)+len(".lock") > 100 {
		c.paths.socket = filepath.Join(os.TempDir(), "maieutic-"+shortHash(dir))
	}
	for _, d := range []string{dir, c.paths.socket} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return tutor.WrapError(err, tutor.CodeUnavailable, "cannot make the directory "+d+"; choose another with --data")
		}
		if err := c.owner.take(d); err != nil {
			return err
		}
	}
	return c.owner.canReach(dir)
}

// takeLock makes sure that one server at a time uses the directory. The lock
// goes with the process, however it ends.
func (c *Cluster) takeLock() error {
	file, err := os.OpenFile(c.paths.lock, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return tutor.Errorf(tutor.CodeConflict,
			"another Maieutic server uses %s; stop it, or choose another directory with --data", c.config.Dir)
	}
	c.lock = file
	return nil
}

func (c *Cluster) release() {
	if c.lock != nil {
		_ = c.lock.Close()
		c.lock = nil
	}
}

// initialise makes the data directory when there is none. It is made beside its
// place and moved there whole, so that a start that was killed leaves nothing
// half made.
func (c *Cluster) initialise(ctx context.Context) error {
	version, err := os.ReadFile(filepath.Join(c.paths.data, "PG_VERSION"))
	if err == nil {
		if have := strings.TrimSpace(string(version)); have != c.tools.major {
			return tutor.Errorf(tutor.CodeUnavailable,
				"the data in %s was written by Postgres %s, and this machine runs %s; install postgresql-%s, or move the data by pg_upgrade",
				c.paths.data, have, c.tools.major, have)
		}
		return nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	c.config.Log.Info("making a private database", "dir", c.config.Dir)
	fresh := c.paths.data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	args := []string{
		"--pgdata", fresh, "--username", superuser, "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums",
		// The socket's directory is the door: it belongs to the one user who runs
		// the server and is closed to everybody else, and nothing listens on a network.
		"--auth", "trust",
	}
	if c.config.Volatile {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, c.tools.initdb, args...)
	c.owner.run(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLine(out))
	}
	return os.Rename(fresh, c.paths.data)
}

// settings of the server. Nothing that a student writes may reach the log, so
// neither statements nor their parameters do.
func (c *Cluster) settings() map[string]string {
	durable := "on"
	if c.config.Volatile {
		durable = "off"
	}
	return map[string]string{
		"listen_addresses": "", "unix_socket_directories": c.paths.socket, "unix_socket_permissions": "0700", "port": port,
		"fsync": durable, "full_page_writes": durable, "synchronous_commit": durable,
		"shared_buffers": "128MB", "max_connections": "60", "max_wal_size": "1GB",
		"log_statement": "none", "log_min_error_statement": "panic", "log_min_duration_statement": "-1",
		"log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0", "log_error_verbosity": "terse",
		"timezone": "UTC", "log_timezone": "UTC",
	}
}

// waitReady returns when the server takes connections. After a crash it first
// replays its log.
func (c *Cluster) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.dsn(superuser, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ticker.C:
		case <-c.exited:
			return tutor.Errorf(tutor.CodeUnavailable, "the private database ended at once; read %s", c.paths.log)
		case <-ctx.Done():
			return fmt.Errorf("waiting for postgres: %w", err)
		}
	}
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
		_, err := conn.Exec(ctx, `create extension if not exists vector`)
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
// written. When it does not end in time it is killed, which loses nothing that
// was committed. Stopping twice is fine.
func (c *Cluster) Stop(ctx context.Context) error {
	var err error
	c.stop.Do(func() {
		err = c.end(ctx)
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
