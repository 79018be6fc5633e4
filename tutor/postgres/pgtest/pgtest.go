// Package pgtest gives each test a database of its own in a real Postgres.
// Without Postgres tests fail; they do not skip.
package pgtest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"maieutic/tutor/postgres/cluster"
)

const template = "template_migrated"

var shared struct {
	once    sync.Once
	cluster *cluster.Cluster
	dir     string
	err     error
	migrate func(context.Context, string) error
	number  atomic.Int64
}

// Main is for TestMain of a package whose tests call NewDB. Migrate brings a
// fresh database to the current schema. It ends the process with the tests' code,
// or with 1 when a goroutine was left behind.
func Main(m *testing.M, migrate func(ctx context.Context, dsn string) error) {
	shared.migrate = migrate
	code := m.Run()
	if shared.cluster != nil {
		if err := shared.cluster.Stop(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
			code = max(code, 1)
		}
	}
	if shared.dir != "" {
		_ = os.RemoveAll(shared.dir)
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// NewDB returns the address of a fresh, migrated database, dropped after the
// test. The role there is the one that a server has: no superuser.
func NewDB(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() { shared.err = start() })
	if shared.err != nil {
		t.Fatalf("pgtest: %v", shared.err)
	}
	name := fmt.Sprintf("test_%d", shared.number.Add(1))
	// Copying files beats the log for a small template without fsync.
	admin(t, fmt.Sprintf(`create database %s template %s owner maieutic strategy file_copy`, name, template))
	t.Cleanup(func() { admin(t, fmt.Sprintf(`drop database if exists %s with (force)`, name)) })
	return shared.cluster.DatabaseDSN(name)
}

// AdminDSN is the address of a superuser's connection to the cluster of NewDB.
func AdminDSN(t testing.TB) string {
	t.Helper()
	NewDB(t)
	return shared.cluster.AdminDSN()
}

func start() error {
	if shared.migrate == nil {
		return fmt.Errorf("TestMain must call pgtest.Main")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "maieutic-test-")
	if err != nil {
		return err
	}
	shared.dir = dir
	shared.cluster, err = cluster.Start(ctx, cluster.Config{Dir: dir, Volatile: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := shared.migrate(ctx, shared.cluster.DSN()); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, shared.cluster.AdminDSN())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, `alter database maieutic rename to `+template)
	return err
}

func admin(t testing.TB, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, shared.cluster.AdminDSN())
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("pgtest: %s: %v", sql, err)
	}
}
