package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"maieutic/retrieval"
	"maieutic/tutor"
	"maieutic/tutor/llm"
	"maieutic/tutor/llm/openai"
	"maieutic/tutor/postgres"
	"maieutic/tutor/postgres/cluster"
)

// record is the open database, migrated, with what searches it.
type record struct {
	store  *postgres.Store
	index  *retrieval.Index
	params *tutor.Params
	model  llm.Model // nil without one

	client  *openai.Client   // nil without a model server
	cluster *cluster.Cluster // nil when the database is not ours
	note    string           // file that tells other commands where the database is
}

// openRecord opens the database that config names: the one at DatabaseURL, or
// the private one, which is started. With attach a private database that a
// running server has started is used beside it.
func openRecord(ctx context.Context, config Config, log *slog.Logger, attach bool) (*record, error) {
	r := &record{params: tutor.DefaultParams()}
	err := r.open(ctx, config, log, attach)
	if err != nil {
		_ = r.close(context.WithoutCancel(ctx))
		return nil, err
	}
	return r, nil
}

func (r *record) open(ctx context.Context, config Config, log *slog.Logger, attach bool) error {
	dsn := config.DatabaseURL
	if dsn == "" {
		var err error
		if dsn, err = r.startCluster(ctx, config, log, attach); err != nil {
			return err
		}
	}
	if err := postgres.Migrate(ctx, dsn); err != nil {
		return err
	}
	var err error
	if r.store, err = postgres.Open(ctx, dsn, r.params); err != nil {
		return err
	}
	if r.cluster != nil {
		// Nobody else serves this database: whoever began these turns is gone.
		if _, err := r.store.ReleaseLeases(ctx); err != nil {
			return err
		}
	}
	embedder, err := r.tie(config, log)
	if err != nil {
		return err
	}
	r.index = retrieval.New(r.store.Pool(), embedder)
	_, err = r.index.Complete(ctx)
	if err != nil && config.Model.EmbeddingModel != "" && ctx.Err() == nil {
		log.Warn("not every passage has a vector yet; words alone rank those without", "code", tutor.ErrorCode(err), "cause", err)
		err = nil
	}
	return err
}

// runningNote is what the process that runs the private database leaves for
// other commands.
type runningNote struct {
	PID      int    `json:"pid"`
	Database string `json:"database"`
}

const noteFile = "running.json"

// runningDatabase returns where the private database in data is, when somebody
// has said so.
func runningDatabase(data string) (dsn string, ok bool) {
	raw, err := os.ReadFile(filepath.Join(data, noteFile))
	if err != nil {
		return "", false
	}
	var running runningNote
	err = json.Unmarshal(raw, &running)
	return running.Database, err == nil && running.Database != ""
}

func (r *record) startCluster(ctx context.Context, config Config, log *slog.Logger, attach bool) (string, error) {
	if err := makeDataDir(config.Data); err != nil {
		return "", err
	}
	started, err := cluster.Start(ctx, cluster.Config{Dir: filepath.Join(config.Data, "postgres"), Log: log})
	if attach && tutor.ErrorCode(err) == tutor.CodeConflict {
		if dsn, ok := runningDatabase(config.Data); ok {
			return dsn, nil
		}
	}
	if err != nil {
		return "", err
	}
	r.cluster, r.note = started, filepath.Join(config.Data, noteFile)
	raw, err := json.Marshal(runningNote{PID: os.Getpid(), Database: started.DSN()})
	if err != nil {
		return "", err
	}
	return started.DSN(), os.WriteFile(r.note, raw, 0o600)
}

// makeDataDir makes the directory of the data. What lies in it is closed to
// others; root's must let the user postgres pass.
func makeDataDir(dir string) error {
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	err := os.MkdirAll(dir, mode)
	return tutor.WrapError(err, tutor.CodeUnavailable, "cannot make the data directory "+dir+"; choose another with --data")
}

// exited is closed when the private database has ended; without one it never is.
func (r *record) exited() <-chan struct{} {
	if r.cluster == nil {
		return nil
	}
	return r.cluster.Exited()
}

// close releases everything and stops the private database.
func (r *record) close(ctx context.Context) error {
	if r.store != nil {
		r.store.Close()
	}
	if r.client != nil {
		r.client.Close()
	}
	if r.cluster == nil {
		return nil
	}
	err := os.Remove(r.note)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, r.cluster.Stop(ctx))
}

// withRecord opens the record beside a running server, if there is one, for the
// time that f takes.
func withRecord(ctx context.Context, c *call, f func(*record) error) (err error) {
	// A command says itself what it does; of the rest only trouble is of interest.
	config := c.config
	config.LogLevel = max(config.LogLevel, slog.LevelWarn)
	r, err := openRecord(ctx, c.config, config.logger(c.env.Stderr), true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close(context.WithoutCancel(ctx))) }()
	return f(r)
}
