package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"path/filepath"

	"maieutic/cmd/maieutic/eval"
	"maieutic/retrieval"
	"maieutic/tutor"
	"maieutic/tutor/postgres"
	"maieutic/tutor/postgres/cluster"
)

// retrieveEvaluation measures search on a database of its own, with the embedder
// that the settings name.
func retrieveEvaluation() evaluation {
	var language string
	return evaluation{
		name:    "retrieve",
		summary: "Measure how well questions find the passages that answer them.",
		formats: []string{"squad", "beir"},
		flags: func(flags *flag.FlagSet) {
			flags.StringVar(&language, "language", "", "language of the data, e.g. `en`; left out, it is told by a name such as xquad.en.json or by the text")
		},
		measure: func(ctx context.Context, c *call, o eval.Options) (report *eval.Report, err error) {
			s, err := openScratch(ctx, c.config)
			if err != nil {
				return nil, err
			}
			defer func() { err = errors.Join(err, s.close(ctx)) }()
			return eval.Retrieve(ctx, o, eval.Library{Index: s.index, School: s.school, Language: language})
		},
	}
}

// scratch is a database for one measurement, with an empty school.
type scratch struct {
	dir     string // "" for one that stays
	cluster *cluster.Cluster
	store   *postgres.Store
	index   *retrieval.Index
	stop    func()
	school  string
}

// openScratch makes it in a temporary directory. It may be lost with the machine:
// nothing in it is anybody's work.
func openScratch(ctx context.Context, config Config) (*scratch, error) {
	dir, err := os.MkdirTemp("", "maieutic-eval-")
	if err != nil {
		return nil, err
	}
	s, err := openScratchIn(ctx, config, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.dir = dir
	return s, nil
}

// openScratchIn makes it in a directory, or opens what is there.
func openScratchIn(ctx context.Context, config Config, dir string) (*scratch, error) {
	if err := makeDataDir(dir); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // the user postgres must pass
		return nil, err
	}
	s := &scratch{stop: func() {}}
	if err := s.open(ctx, config, dir); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (s *scratch) open(ctx context.Context, config Config, dir string) error {
	var err error
	s.cluster, err = cluster.Start(ctx, cluster.Config{Dir: filepath.Join(dir, "postgres"), Volatile: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := postgres.Migrate(ctx, s.cluster.DSN()); err != nil {
		return err
	}
	if s.store, err = postgres.Open(ctx, s.cluster.DSN(), tutor.DefaultParams()); err != nil {
		return err
	}
	client, _, embedder, err := models(config)
	if err != nil {
		return err
	}
	if client != nil {
		s.stop = client.Close
	}
	s.index = retrieval.New(s.store.Pool(), embedder)
	s.school, err = s.store.CreateSchool(ctx, "Measurement")
	return err
}

func (s *scratch) close(ctx context.Context) error {
	if s.store != nil {
		s.store.Close()
	}
	s.stop()
	var err error
	if s.cluster != nil {
		err = s.cluster.Stop(context.WithoutCancel(ctx))
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}
