package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/prompts"
	"maieutic/tutor"
	"maieutic/tutor/llm"
	"maieutic/tutor/llm/openai"
	"maieutic/tutor/postgres"
	"maieutic/tutor/postgres/cluster"
	"maieutic/web/static"
)

func doctorCommand() *command {
	return &command{
		name: "doctor", settings: []string{"addr", "data"},
		summary: "Check everything the server needs and say what to do about what is wrong.",
		prepare: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(ctx context.Context, c *call) error {
				d := &doctor{config: c.config, out: c.env.Stdout}
				d.examine(ctx)
				if d.failed > 0 {
					return fmt.Errorf("%d of %d checks failed", d.failed, d.checks)
				}
				return nil
			}
		},
	}
}

// doctor examines an installation. It changes nothing that is there.
type doctor struct {
	config         Config
	out            io.Writer
	checks, failed int
}

// Bounds of what the doctor finds healthy.
const (
	probeWithin = 30 * time.Second
	diskLow     = 2 << 30
	diskFull    = 200 << 20
	oldestMajor = 15
)

func (d *doctor) examine(ctx context.Context) {
	d.report("pages", "built in", static.Check())
	d.address(ctx)
	d.database(ctx)
	d.models(ctx)
}

// warning is a finding that the server can live with.
type warning struct{ message string }

func (w warning) Error() string { return w.message }

// report prints one line: OK with what was found, WARN or FAIL with the remedy.
func (d *doctor) report(what, found string, err error) bool {
	d.checks++
	verdict, text := "OK", found
	var mild warning
	switch {
	case errors.As(err, &mild):
		verdict, text = "WARN", mild.message
	case err != nil:
		verdict, text = "FAIL", err.Error()
		d.failed++
	}
	text = strings.Join(strings.Fields(text), " ") // one line each
	fmt.Fprintf(d.out, "%-5s %-12s %s\n", verdict, what, text)
	return verdict != "FAIL"
}

func (d *doctor) address(ctx context.Context) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", d.config.Addr)
	if err == nil {
		_ = listener.Close()
	} else if errors.Is(err, syscall.EADDRINUSE) {
		err = warning{d.config.Addr + " is in use; that is as it should be while the server runs"}
	} else {
		err = tutor.WrapError(err, tutor.CodeUnavailable, "cannot listen on "+d.config.Addr+"; choose another address with --addr")
	}
	d.report("address", d.config.Addr+" is free", err)
}

// database examines the database and everything under it.
func (d *doctor) database(ctx context.Context) {
	if d.config.DatabaseURL != "" {
		d.inspect(ctx, d.config.DatabaseURL, "as DATABASE_URL says")
		return
	}
	if !d.dataDir() {
		return
	}
	dir := filepath.Join(d.config.Data, "postgres")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		d.rehearse(ctx)
		return
	}
	log := slog.New(slog.DiscardHandler)
	own, err := cluster.Start(ctx, cluster.Config{Dir: dir, Log: log})
	if tutor.ErrorCode(err) == tutor.CodeConflict {
		if dsn, ok := runningDatabase(d.config.Data); ok {
			d.inspect(ctx, dsn, "that of the running server")
			return
		}
	}
	if !d.report("postgres", "starts in "+dir, err) {
		return
	}
	d.inspect(ctx, own.DSN(), "private")
	d.report("postgres", "stops", own.Stop(ctx))
}

// rehearse starts a throw-away database where there is none yet, which shows
// that the programs and the extension are there and work.
func (d *doctor) rehearse(ctx context.Context) {
	dir, err := os.MkdirTemp("", "maieutic-doctor-")
	if err != nil {
		d.report("postgres", "", err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	c, err := cluster.Start(ctx, cluster.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), Volatile: true})
	if err == nil {
		err = errors.Join(serverFit(ctx, c.DSN()), c.Stop(ctx))
	}
	d.report("postgres", "installed with pgvector; the first start makes the database", err)
}

// dataDir examines the directory of the private database.
func (d *doctor) dataDir() bool {
	dir := d.config.Data
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		// The disk that matters is that of the nearest directory that is there.
		for dir != filepath.Dir(dir) {
			dir = filepath.Dir(dir)
			if _, err := os.Stat(dir); err == nil {
				break
			}
		}
		d.report("data", d.config.Data+" will be made at the first start", nil)
		return d.disk(dir)
	}
	if err == nil && !info.IsDir() {
		err = tutor.Errorf(tutor.CodeInvalid, "%s is no directory; choose another with --data", dir)
	}
	if err == nil && info.Mode().Perm()&0o022 != 0 {
		err = warning{dir + " can be written to by others; run: chmod go-w " + dir}
	}
	if err == nil {
		err = writable(dir)
	}
	return d.report("data", dir+" is there and can be written to", err) && d.disk(dir)
}

func writable(dir string) error {
	file, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return tutor.WrapError(err, tutor.CodeUnavailable, "this user cannot write to "+dir+"; start as its owner, or choose another with --data")
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

func (d *doctor) disk(dir string) bool {
	var fs syscall.Statfs_t
	err := syscall.Statfs(dir, &fs)
	free := fs.Bavail * uint64(fs.Bsize)
	found := fmt.Sprintf("%.1f GB free", float64(free)/1e9)
	switch {
	case err != nil:
	case free < diskFull:
		err = tutor.Errorf(tutor.CodeUnavailable, "%s; the database will stop; make room, or move it with --data", found)
	case free < diskLow:
		err = warning{found + "; make room soon"}
	}
	return d.report("disk", found, err)
}

// inspect examines a database: the server, the schema, its durability.
func (d *doctor) inspect(ctx context.Context, dsn, which string) {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	if !d.report("database", "reached, "+which+", with pgvector", serverFit(ctx, dsn)) {
		return
	}
	migrated, err := hasSchema(ctx, dsn)
	if err == nil && !migrated {
		err = warning{"there is none yet; the first start of the server makes it"}
	}
	if !d.report("schema", "there", err) || !migrated {
		return
	}
	store, err := postgres.Open(ctx, dsn, tutor.DefaultParams())
	if err == nil {
		defer store.Close()
		err = store.Ready(ctx)
	}
	d.report("durability", "the schema is that of this version, and what is acknowledged is on disk", err)
}

// serverFit reports a server that is too old or lacks pgvector.
func serverFit(ctx context.Context, dsn string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return tutor.WrapError(err, tutor.CodeUnavailable, "the database cannot be reached; is it running, and is DATABASE_URL right?")
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var version int
	var vector bool
	err = conn.QueryRow(ctx, `select current_setting('server_version_num')::int / 10000,
		exists (select from pg_available_extensions where name = 'vector')`).Scan(&version, &vector)
	switch {
	case err != nil:
		return tutor.WrapError(err, tutor.CodeUnavailable, "the database does not answer")
	case version < oldestMajor:
		return tutor.Errorf(tutor.CodeUnavailable, "this is Postgres %d; version %d or newer is needed", version, oldestMajor)
	case !vector:
		return tutor.Errorf(tutor.CodeUnavailable, "the extension pgvector is not installed; install postgresql-%d-pgvector", version)
	}
	return nil
}

func hasSchema(ctx context.Context, dsn string) (bool, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var there bool
	err = conn.QueryRow(ctx, `select to_regclass('goose_db_version') is not null`).Scan(&there)
	return there, err
}

// models asks the embedder for a vector and, where a server is set, tries what
// it can do.
func (d *doctor) models(ctx context.Context) {
	client, chat, embedder, err := models(d.config)
	if err != nil {
		d.report("model", "", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	if client == nil {
		d.report("embedder", fmt.Sprintf("%s gives %d numbers for a text", embedder.Name(), embedder.Dim()), embeds(ctx, embedder))
		d.report("model", "none set: the built-in tutor speaks", nil)
		return
	}
	defer client.Close()
	if d.config.external() {
		d.report("model host", "", warning{d.config.modelHost() + " is outside of your network: it is off for a school until its administrator turns it on, on the page Language model"})
	} else {
		d.report("model host", d.config.modelHost()+" is one of your own", nil)
	}
	seen, err := client.Probe(ctx)
	if err != nil {
		err = warning{tutor.ErrorMessage(err) + "; until it answers the built-in tutor speaks"}
		d.report("model", "", err)
		return
	}
	if chat != nil {
		d.report("model", chat.Name()+" answers in a stream"+either(seen.Usage, " and counts its tokens", ""), noUsage(seen))
		d.report("model shape", "JSON by "+string(seen.Structured), d.shape(seen))
		d.report("model size", fmt.Sprintf("%d tokens", seen.Context), d.context(seen))
	}
	if d.config.Model.EmbeddingModel == "" {
		d.report("embedder", fmt.Sprintf("%s gives %d numbers for a text", embedder.Name(), embedder.Dim()), embeds(ctx, embedder))
		return
	}
	err = embeds(ctx, embedder)
	if seen.Dim != embedder.Dim() {
		err = tutor.Errorf(tutor.CodeInvalid, "%s gives %d numbers for a text; set MAIEUTIC_EMBEDDING_DIM=%d", embedder.Name(), seen.Dim, seen.Dim)
	}
	d.report("embedder", fmt.Sprintf("%s gives %d numbers for a text", embedder.Name(), embedder.Dim()), err)
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

func noUsage(seen openai.Capabilities) error {
	if seen.Usage {
		return nil
	}
	return warning{"the server does not count the tokens of a stream; the ledger and the budgets then rest on an estimate"}
}

// shape compares how JSON is asked for with what the server was seen to keep to.
func (d *doctor) shape(seen openai.Capabilities) error {
	set := cmp.Or(d.config.Model.Structured, openai.BySchema)
	if set == seen.Structured {
		return nil
	}
	return warning{fmt.Sprintf("the model keeps to a shape by %s, and MAIEUTIC_LLM_STRUCTURED is %s; with answers that do not keep to it the second opinion abstains",
		seen.Structured, set)}
}

// context compares the context length that is counted on with what the server
// says.
func (d *doctor) context(seen openai.Capabilities) error {
	set := cmp.Or(d.config.ModelContext, prompts.DefaultContext)
	switch {
	case seen.Context == 0:
		return warning{fmt.Sprintf("the server does not say how many tokens the model takes; %d are counted on, see MAIEUTIC_LLM_CONTEXT", set)}
	case seen.Context < set:
		return warning{fmt.Sprintf("the model takes %d tokens; set MAIEUTIC_LLM_CONTEXT=%d, or long talks will fail", seen.Context, seen.Context)}
	}
	return nil
}

func embeds(ctx context.Context, e llm.Embedder) error {
	vectors, err := e.Embed(ctx, []string{"a complete path"})
	if err != nil {
		return err
	}
	var square float64
	for _, x := range vectors[0] {
		square += float64(x) * float64(x)
	}
	if len(vectors[0]) != e.Dim() || math.Abs(square-1) > .01 {
		return tutor.Errorf(tutor.CodeUnavailable, "the vectors have %d numbers and length %.2f; check MAIEUTIC_EMBEDDING_DIM", len(vectors[0]), math.Sqrt(square))
	}
	return nil
}
