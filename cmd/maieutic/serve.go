package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"maieutic/dialogue"
	"maieutic/rubric"
	"maieutic/rubric/exchange"
	"maieutic/tutor"
	"maieutic/tutor/document"
	"maieutic/tutor/postgres"
	"maieutic/web"
)

// Limits of one HTTP connection, and of the time a server takes to end.
const (
	headerWithin = 10 * time.Second
	readWithin   = 60 * time.Second
	writeWithin  = 3 * time.Minute // a page without scripts waits for the tutor
	idleFor      = 2 * time.Minute
	maxHeader    = 32 << 10
	drainWithin  = 15 * time.Second
	recoverEvery = 5 * time.Second
)

func serveCommand() *command {
	return &command{
		name: "serve", summary: "Run the server.", settings: []string{"addr", "data", "log"},
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			demo := flags.Bool("demo", false, "load the sample courses and make a demo school, for this machine only")
			return func(ctx context.Context, c *call) error { return serve(ctx, c, *demo) }
		},
	}
}

// serve runs until ctx ends or the database is gone. Ended by ctx it returns
// nil, after the turns under way have been answered.
func serve(ctx context.Context, c *call, demo bool) (err error) {
	if demo && !c.config.local() {
		return tutor.Errorf(tutor.CodeInvalid,
			"--demo makes accounts whose password everybody knows, so it listens on this machine only; use --addr localhost:8080")
	}
	say := func(format string, args ...any) { fmt.Fprintf(c.env.Stderr, format+"\n", args...) }
	log := c.config.logger(c.env.Stderr)
	// The port comes first: when it is taken nothing else needs to start.
	listener, err := listen(ctx, c.config.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()

	if c.config.DatabaseURL == "" {
		say("Starting the database in %s", c.config.Data)
	} else {
		say("Connecting to the database")
	}
	r, err := openRecord(ctx, c.config, log, false)
	if err != nil {
		if ctx.Err() != nil {
			return nil // interrupted before it began
		}
		return err
	}
	defer func() { err = errors.Join(err, r.close(context.WithoutCancel(ctx))) }()
	if demo {
		say("Loading the sample courses and the demo school")
		if err := makeDemo(ctx, r); err != nil {
			return err
		}
	}
	s, err := newSite(c.config, r, log)
	if err != nil {
		return err
	}
	if demo {
		printDemo(c.env.Stdout)
	}
	fmt.Fprintf(c.env.Stdout, "Open http://%s\n", publicAddr(c.config.Addr, listener))
	err = s.run(ctx, listener, r.exited())
	if err == nil {
		say("Stopped")
	}
	return err
}

// listen opens the address, or says who may be in the way.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	message := "cannot listen on " + addr + "; choose another address with --addr"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		message = addr + " is in use, perhaps by another Maieutic; stop that, or choose another address with --addr"
	case errors.Is(err, syscall.EACCES):
		message = "this user may not listen on " + addr + "; choose a port above 1023 with --addr"
	}
	return listener, tutor.WrapError(err, tutor.CodeUnavailable, message)
}

// publicAddr is what to type into a browser: the name that was asked for with
// the port that was got.
func publicAddr(asked string, listener net.Listener) string {
	host, _, err := net.SplitHostPort(asked)
	_, port, err2 := net.SplitHostPort(listener.Addr().String())
	if err != nil || err2 != nil {
		return listener.Addr().String()
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// site is the running server: HTTP, turns, recovery.
type site struct {
	log    *slog.Logger
	engine *dialogue.Engine
	store  *postgres.Store
	web    *web.Server
	http   *http.Server
}

func newSite(config Config, r *record, log *slog.Logger) (*site, error) {
	talk := dialogue.Config{
		Store: r.store, Grader: rubric.NewBuiltin(), Retriever: r.index, Model: r.model, Params: r.params, Log: log,
		Context: config.ModelContext,
	}
	if r.model != nil && config.ModelGrades {
		talk.Second, talk.Precedent = rubric.NewModelGrader(r.model), precedents{r.store}
	}
	reader, err := newCoach(config, r.model, log)
	if err != nil {
		return nil, err
	}
	talk.Essays, talk.Coach = r.store, reader
	engine := dialogue.New(talk)
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	server, err := web.New(web.Config{
		Store: r.store, Tutor: engine, Log: log, Ready: r.store.Ready,
		Documents: document.NewReader(exe, log), Rubrics: exchange.Files{},
		Origins: config.Origins, SecureCookies: config.SecureCookies, TrustProxy: config.TrustProxy,
		Model: config.modelServer(), Compare: compareDrafts, Agree: agree,
	})
	if err != nil {
		return nil, err
	}
	return &site{log: log, engine: engine, store: r.store, web: server, http: &http.Server{
		Handler:           server.Handler(),
		ReadHeaderTimeout: headerWithin, ReadTimeout: readWithin, WriteTimeout: writeWithin, IdleTimeout: idleFor,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}}, nil
}

// run serves until ctx ends, the listener fails or the database has exited, and
// then stops in order.
func (s *site) run(ctx context.Context, listener net.Listener, exited <-chan struct{}) error {
	recovering, stopRecovery := context.WithCancel(context.WithoutCancel(ctx))
	defer stopRecovery()
	var background sync.WaitGroup
	background.Go(func() { s.recoverTurns(recovering) })
	worker, err := s.store.StartWorker(recovering, postgres.WorkerConfig{Work: s.engine.WriteFeedback, Log: s.log})
	if err != nil {
		stopRecovery()
		background.Wait()
		return databaseEnded(exited, time.Second, err)
	}
	failed := make(chan error, 1)
	background.Go(func() { failed <- s.http.Serve(listener) })

	select {
	case <-ctx.Done():
		s.log.Info("stopping", "within", drainWithin)
	case <-exited:
		err = databaseEnded(exited, 0, nil)
	case err = <-failed:
	}
	s.stop(context.WithoutCancel(ctx))
	s.stopWorker(context.WithoutCancel(ctx), worker)
	stopRecovery()
	background.Wait()
	return err
}

// databaseEnded says that the private database is gone, if it is so within the
// time; else it returns the error that made somebody ask.
func databaseEnded(exited <-chan struct{}, within time.Duration, err error) error {
	select {
	case <-exited:
	case <-time.After(within):
		if err != nil {
			return err
		}
	}
	return tutor.Errorf(tutor.CodeUnavailable,
		"the private database has ended by itself; look into postgres.log in the data directory, then start again: what was answered is kept")
}

// stopWorker lets feedback under way be finished. What is cut off is taken up by
// the next start.
func (s *site) stopWorker(ctx context.Context, worker *postgres.Worker) {
	ctx, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	if err := worker.Stop(ctx); err != nil {
		s.log.Warn("not every feedback was finished in time", "cause", err)
	}
}

// recoverTurns answers, until ctx ends, the turns of servers that are gone.
func (s *site) recoverTurns(ctx context.Context) {
	ticker := time.NewTicker(recoverEvery)
	defer ticker.Stop()
	for {
		n, err := s.engine.Recover(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("looking for unfinished turns", "code", tutor.ErrorCode(err), "cause", err)
		}
		if n > 0 {
			s.log.Info("answered turns that were interrupted", "turns", n)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// stop lets turns end, then connections, and cuts off what takes too long. What
// has been acked is in the record and is answered by the next start.
func (s *site) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	if err := s.web.Drain(ctx); err != nil {
		s.log.Warn("not every turn and socket ended in time", "cause", err)
	}
	if err := s.http.Shutdown(ctx); err != nil {
		s.log.Warn("not every request ended in time", "cause", err)
		_ = s.http.Close()
	}
}
