package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"maieutic/tutor"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// A migration waits at most lockTimeout for the statements of a running
// server, so that it never queues the whole school behind itself.
const (
	migrateLockTimeout      = "10s"
	migrateStatementTimeout = "5min"
	migrateLockID           = 0x6d616965 // "maie"
)

// Migrate brings the schema of the database at dsn up to this version. It only
// goes forward, is safe to call again, and from several servers at once: one
// migrates, the others wait. A schema newer than this version is left as it is.
func Migrate(ctx context.Context, dsn string) error {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return tutor.WrapError(err, tutor.CodeInvalid, "the database address cannot be read; write it as postgres://user:password@host/database")
	}
	cfg.RuntimeParams["application_name"] = "maieutic migrate"
	cfg.RuntimeParams["lock_timeout"] = migrateLockTimeout
	cfg.RuntimeParams["statement_timeout"] = migrateStatementTimeout
	db := stdlib.OpenDB(*cfg)
	defer db.Close()

	if err := db.PingContext(ctx); err != nil {
		return wrap(err, "connect to the database")
	}
	if err := ensureVector(ctx, db); err != nil {
		return err
	}
	if err := migrateUp(ctx, db); err != nil {
		return wrap(err, "migrate the database")
	}
	return wrap(migrateJobs(ctx, dsn), "migrate the queue of jobs")
}

func migrateUp(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	// Polls every second, for as long as one migration of another server may take.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrateLockID), lock.WithLockTimeout(1, 600))
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// ensureVector makes the pgvector extension when it is missing, which takes a
// role that may do so.
func ensureVector(ctx context.Context, db *sql.DB) error {
	var exists bool
	const query = `select exists (select from pg_extension where extname = 'vector')`
	if err := db.QueryRowContext(ctx, query).Scan(&exists); err != nil {
		return wrap(err, "look for the pgvector extension")
	}
	if exists {
		return nil
	}
	_, err := db.ExecContext(ctx, `create extension if not exists vector`)
	switch sqlState(err) {
	case "":
		return wrap(err, "create the pgvector extension")
	case stateUniqueViolation: // another server made it at the same moment
		return nil
	case stateInsufficientPrivilege:
		return tutor.WrapError(err, tutor.CodeUnavailable,
			"the database lacks the extension pgvector and this role may not create it; as a superuser run: create extension vector")
	default:
		return tutor.WrapError(err, tutor.CodeUnavailable,
			"the database server has no pgvector; install the package postgresql-N-pgvector for its version N, or use the image pgvector/pgvector, and start again")
	}
}

// schemaVersion is the version of the newest migration in this binary.
func schemaVersion() (int64, error) {
	entries, err := fs.ReadDir(migrationFiles, "migrations")
	if err != nil {
		return 0, err
	}
	var newest int64
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), "_")
		v, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %s is not named NNNNN_name.sql", e.Name())
		}
		newest = max(newest, v)
	}
	return newest, nil
}

// Ready returns nil when the server can take turns: the database answers, its
// schema is at least that of this version, and what it acknowledges is durable.
// Otherwise it is a CodeUnavailable that says what to do.
func (s *Store) Ready(ctx context.Context) error {
	want, err := schemaVersion()
	if err != nil {
		return wrap(err, "read the embedded migrations")
	}
	var have int64
	err = s.pool.QueryRow(ctx, `select max(version_id) from goose_db_version where is_applied`).Scan(&have)
	if sqlState(err) == stateUndefinedTable {
		return tutor.Errorf(tutor.CodeUnavailable, "the database has no schema yet; start the server once so that it migrates")
	}
	if err != nil {
		return wrap(err, "reach the database")
	}
	if have < want {
		return tutor.Errorf(tutor.CodeUnavailable, "the schema is at version %d and this server needs %d; restart it so that it migrates", have, want)
	}
	return s.durable(ctx)
}

func (s *Store) durable(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `
		select name, setting from pg_settings
		where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'
		order by name`)
	if err != nil {
		return wrap(err, "read the durability settings")
	}
	off, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		var name, setting string
		err := row.Scan(&name, &setting)
		return name, err
	})
	if err != nil {
		return wrap(err, "read the durability settings")
	}
	if len(off) > 0 {
		return tutor.Errorf(tutor.CodeUnavailable,
			"the database may lose what it has acknowledged: %s off; set to on in postgresql.conf and reload", strings.Join(off, ", "))
	}
	return nil
}

// SQLSTATEs this package acts on, see appendix A of the Postgres manual. Class
// MA is raised by functions of the migrations.
const (
	stateUniqueViolation       = "23505"
	stateForeignKeyViolation   = "23503"
	stateInsufficientPrivilege = "42501"
	stateUndefinedTable        = "42P01"
	stateNotInRepertoire       = "22021" // NUL or invalid UTF-8 in text
	stateUntranslatable        = "22P05" // the same in JSON
	stateLockNotAvailable      = "55P03"
	stateStaleFence            = "MA001"
	stateStaleRecord           = "MA002"
)

// sqlState returns the SQLSTATE of err, "" when Postgres did not report it.
func sqlState(err error) string {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return pgErr.Code
	}
	return ""
}
