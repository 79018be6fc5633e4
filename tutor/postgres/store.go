package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxvector "github.com/pgvector/pgvector-go/pgx"
	"github.com/riverqueue/river"

	"maieutic/tutor"
)

// Limits of a connection unless the address sets others.
const (
	minPool          = 10
	statementTimeout = "30s"
	lockTimeout      = "10s"
	connectTimeout   = 10 * time.Second
)

// Store is the record in Postgres. It is safe for concurrent use.
type Store struct {
	pool   *pgxpool.Pool
	params *tutor.Params
	jobs   *river.Client[pgx.Tx] // inserts jobs
}

// Open connects to the migrated database at dsn. Params is what scores are
// folded with when an override changes them; it must be the one that turns are
// folded with. Close releases the connections.
func Open(ctx context.Context, dsn string, params *tutor.Params) (*Store, error) {
	if params == nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the store needs the parameters of the learner model")
	}
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInvalid, "the database address cannot be read; write it as postgres://user:password@host/database")
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		cfg.MaxConns = max(cfg.MaxConns, minPool)
	}
	setDefault(cfg.ConnConfig.RuntimeParams, "application_name", "maieutic")
	setDefault(cfg.ConnConfig.RuntimeParams, "statement_timeout", statementTimeout)
	setDefault(cfg.ConnConfig.RuntimeParams, "lock_timeout", lockTimeout)
	setDefault(cfg.ConnConfig.RuntimeParams, "idle_in_transaction_session_timeout", statementTimeout)
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = connectTimeout
	}
	cfg.AfterConnect = registerTypes
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, wrap(err, "open the database")
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, wrap(err, "open the database")
	}
	jobs, err := newJobs(pool)
	if err != nil {
		pool.Close()
		return nil, wrap(err, "open the queue of jobs")
	}
	return &Store{pool: pool, params: params, jobs: jobs}, nil
}

// registerTypes teaches a connection pgvector's types, and to give times in UTC.
func registerTypes(ctx context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
	return pgxvector.RegisterTypes(ctx, conn)
}

func setDefault(params map[string]string, name, value string) {
	if _, ok := params[name]; !ok {
		params[name] = value
	}
}

// Pool returns the connections, for the packages that own SQL of their own.
// They must set maieutic.school in each transaction; without it they see nothing.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Close waits for the connections in use and closes all.
func (s *Store) Close() { s.pool.Close() }

// scope is the rows a transaction may see: the id of a school, or systemScope.
// Only schoolScope makes one of input, so it is safe inside a statement.
type scope string

// systemScope sees every school. It is for sign-in, recovery and administration
// and never for a request on behalf of a viewer.
const systemScope scope = "*"

func schoolScope(schoolID string) (scope, error) {
	if !isUUID(schoolID) {
		return "", tutor.Errorf(tutor.CodeInvalid, "a school's id is a UUID")
	}
	return scope(schoolID), nil
}

// batch starts a pipeline in scope. Without an explicit transaction Postgres
// runs a pipeline as one transaction: the setting holds for it alone, and a
// statement that fails undoes all before it.
func newBatch(sc scope) *pgx.Batch {
	b := &pgx.Batch{}
	b.Queue(`select set_config('maieutic.school', $1, true)`, string(sc))
	return b
}

// send runs b in one round trip.
func (s *Store) send(ctx context.Context, b *pgx.Batch) error {
	return s.pool.SendBatch(ctx, b).Close()
}

// collect stores the rows of q in into once its batch is sent.
func collect[T any](q *pgx.QueuedQuery, into *[]T, scan pgx.RowToFunc[T]) {
	q.Query(func(rows pgx.Rows) error {
		var err error
		*into, err = pgx.CollectRows(rows, scan)
		return err
	})
}

// collectOne stores the one row of q in into; none is pgx.ErrNoRows.
func collectOne[T any](q *pgx.QueuedQuery, into *T, scan pgx.RowToFunc[T]) {
	q.Query(func(rows pgx.Rows) error {
		var err error
		*into, err = pgx.CollectExactlyOneRow(rows, scan)
		return err
	})
}

// all runs one statement in scope and returns its rows.
func all[T any](ctx context.Context, s *Store, sc scope, sql string, args pgx.StrictNamedArgs, scan pgx.RowToFunc[T]) ([]T, error) {
	var out []T
	b := newBatch(sc)
	collect(b.Queue(sql, args), &out, scan)
	return out, s.send(ctx, b)
}

// one is all for a statement that returns one row; none is pgx.ErrNoRows.
func one[T any](ctx context.Context, s *Store, sc scope, sql string, args pgx.StrictNamedArgs, scan pgx.RowToFunc[T]) (T, error) {
	var out T
	b := newBatch(sc)
	collectOne(b.Queue(sql, args), &out, scan)
	return out, s.send(ctx, b)
}

// exec runs one statement in scope and returns how many rows it touched.
func (s *Store) exec(ctx context.Context, sc scope, sql string, args pgx.StrictNamedArgs) (int64, error) {
	var n int64
	b := newBatch(sc)
	b.Queue(sql, args).Exec(func(tag pgconn.CommandTag) error {
		n = tag.RowsAffected()
		return nil
	})
	return n, s.send(ctx, b)
}

// tx runs fn in a transaction in scope and commits when it returns nil.
func (s *Store) tx(ctx context.Context, sc scope, fn func(tx pgx.Tx) error) error {
	begin := pgx.TxOptions{BeginQuery: fmt.Sprintf("begin; set local maieutic.school = '%s'", sc)}
	return pgx.BeginTxFunc(ctx, s.pool, begin, fn)
}

// with returns the arguments of base and more together.
func with(base, more pgx.StrictNamedArgs) pgx.StrictNamedArgs {
	args := maps.Clone(base)
	maps.Copy(args, more)
	return args
}

// wrap gives err a code: one it has already, CodeUnavailable when the database
// is away or busy, else CodeInternal. Doing is for the log.
func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	var coded *tutor.Error
	if errors.As(err, &coded) {
		return err
	}
	cause := fmt.Errorf("%s: %w", doing, err)
	switch sqlState(err) {
	case stateNotInRepertoire, stateUntranslatable:
		return &tutor.Error{Code: tutor.CodeInvalid, Message: "the text has a character that cannot be kept, such as NUL; remove it", Err: cause}
	}
	if unavailable(err) {
		return &tutor.Error{Code: tutor.CodeUnavailable, Message: "The record cannot be reached just now. Please try again in a moment.", Err: cause}
	}
	return &tutor.Error{Code: tutor.CodeInternal, Message: tutor.ErrorMessage(cause), Err: cause}
}

func unavailable(err error) bool {
	if state := sqlState(err); state != "" {
		switch state[:2] {
		case "08", "53", "57": // connection, resources, operator intervention and timeouts
			return true
		}
		return state == stateLockNotAvailable
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// missing makes the CodeNotFound of a lookup that found nothing, and wraps
// every other error.
func missing(err error, what, doing string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return notFound(what)
	}
	return wrap(err, doing)
}

func notFound(what string) error {
	return tutor.Errorf(tutor.CodeNotFound, "there is no such %s, or none that you may see", what)
}

// isUUID reports whether s is a UUID in its usual form of 36 characters.
func isUUID(s string) bool {
	var u pgtype.UUID
	return len(s) == 36 && u.Scan(s) == nil
}

// checkText refuses what Postgres cannot store as text. The name is that of the
// field, for the message.
func checkText(name, value string) error {
	if !utf8.ValidString(value) {
		return tutor.Errorf(tutor.CodeInvalid, "%s is not valid UTF-8; send it as UTF-8 text", name)
	}
	if strings.ContainsRune(value, 0) {
		return tutor.Errorf(tutor.CodeInvalid, "%s contains a NUL character; remove it", name)
	}
	return nil
}

// newUUID returns a random UUID, version 4.
func newUUID() string {
	u := pgtype.UUID{Valid: true}
	rand.Read(u.Bytes[:])
	u.Bytes[6] = u.Bytes[6]&0x0f | 0x40
	u.Bytes[8] = u.Bytes[8]&0x3f | 0x80
	return u.String()
}
