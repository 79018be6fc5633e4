package postgres

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"maieutic/tutor"
)

// jobSchema holds River's own tables. They carry identifiers alone, and no row of
// them says which school it is of but in its arguments.
const jobSchema = "river"

// Defaults of a worker.
const (
	jobTries     = 8
	jobTimeout   = 5 * time.Minute
	aliveEvery   = 3 * time.Second
	deadAfter    = 15 * time.Second
	rescueEvery  = 5 * time.Second
	rescuedTries = 20 // crashes after which a person has to look
)

// feedbackArgs are the arguments of a job. Try tells the jobs apart that were
// made for the same feedback because the worker of an earlier one has died.
type feedbackArgs struct {
	tutor.FeedbackJob
	Try int `json:"try"`
}

// Kind names the job for River.
func (feedbackArgs) Kind() string { return "feedback" }

// InsertOpts are the defaults of the job.
func (feedbackArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: jobTries} }

// enqueueFeedback asks for feedback in the caller's transaction: the job is there
// when the transaction is, and not otherwise.
func (s *Store) enqueueFeedback(ctx context.Context, tx pgx.Tx, job tutor.FeedbackJob, try int) error {
	_, err := s.jobs.InsertTx(ctx, tx, feedbackArgs{FeedbackJob: job, Try: try}, nil)
	return err
}

// newJobs returns a client that only inserts.
func newJobs(pool *pgxpool.Pool) (*river.Client[pgx.Tx], error) {
	return river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: jobSchema, Logger: slog.New(slog.DiscardHandler)})
}

// migrateJobs brings River's tables up to the version of the library. Only one
// server at a time may.
func migrateJobs(ctx context.Context, dsn string) error {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return err
	}
	cfg.MaxConns = 2
	cfg.ConnConfig.RuntimeParams["application_name"] = "maieutic migrate"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, migrateLockID+1); err != nil {
		return err
	}
	defer func() { _, _ = conn.Exec(ctx, `select pg_advisory_unlock($1)`, migrateLockID+1) }()
	if _, err := conn.Exec(ctx, `create schema if not exists `+jobSchema); err != nil {
		return err
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: jobSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// WorkerConfig is what a Worker works with. Work is needed.
type WorkerConfig struct {
	// Work writes the feedback of one job. It may be called again for a job that
	// was done, by another worker or by one that died before it could say so.
	Work    func(context.Context, tutor.FeedbackJob) error
	Log     *slog.Logger
	Workers int           // at once; 0 for one for each processor
	Timeout time.Duration // of one job; 0 for five minutes
}

// Worker works off the jobs of all schools, until it is stopped. Several, in
// several processes, share them.
type Worker struct {
	store  *Store
	client *river.Client[pgx.Tx]
	log    *slog.Logger
	stop   context.CancelFunc
	rescue sync.WaitGroup
}

// StartWorker starts a worker. Stop ends it.
func (s *Store) StartWorker(ctx context.Context, c WorkerConfig) (*Worker, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Workers == 0 {
		c.Workers = runtime.NumCPU()
	}
	if c.Timeout == 0 {
		c.Timeout = jobTimeout
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &feedbackWorker{store: s, work: c.Work})
	client, err := river.NewClient(riverpgxv5.New(s.pool), &river.Config{
		Schema: jobSchema, Workers: workers, JobTimeout: c.Timeout, RescueStuckJobsAfter: c.Timeout + time.Minute,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: c.Workers}},
		Logger: slog.New(warnings{c.Log.Handler()}),
	})
	if err != nil {
		return nil, wrap(err, "make a worker")
	}
	// A worker stops by Stop, in order, and not by the end of the caller's context.
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	if err := client.Start(ctx); err != nil {
		stop()
		return nil, wrap(err, "start a worker")
	}
	w := &Worker{store: s, client: client, log: c.Log, stop: stop}
	w.rescue.Go(func() { w.rescueLoop(ctx) })
	return w, nil
}

// Stop lets jobs under way finish until ctx ends, and cancels them then: they
// are taken up again by the next worker.
func (w *Worker) Stop(ctx context.Context) error {
	err := w.client.Stop(ctx)
	if err != nil {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = w.client.StopAndCancel(grace)
	}
	w.stop()
	w.rescue.Wait()
	return err
}

// feedbackWorker is the worker of one kind of job.
type feedbackWorker struct {
	river.WorkerDefaults[feedbackArgs]
	store *Store
	work  func(context.Context, tutor.FeedbackJob) error
}

// Work runs one job under a sign of life.
func (w *feedbackWorker) Work(ctx context.Context, job *river.Job[feedbackArgs]) error {
	done := make(chan struct{})
	var alive sync.WaitGroup
	alive.Go(func() { w.store.keepAlive(ctx, job.Args.FeedbackJob, done) })
	err := w.work(ctx, job.Args.FeedbackJob)
	close(done)
	alive.Wait()
	if err == nil {
		return nil
	}
	stage := tutor.StageQueued
	if job.Attempt >= job.MaxAttempts {
		stage = tutor.StageFailed
	}
	// The context may be what has ended the job.
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), aliveEvery)
	defer cancel()
	return errors.Join(err, w.store.Progress(noting, job.Args.FeedbackJob, stage, 0, 0))
}

// NextRetry waits longer after each try: 2 s, 4 s, 8 s and so on.
func (w *feedbackWorker) NextRetry(job *river.Job[feedbackArgs]) time.Time {
	return time.Now().Add(time.Second << min(job.Attempt, 10))
}

// keepAlive gives signs of life until done is closed.
func (s *Store) keepAlive(ctx context.Context, job tutor.FeedbackJob, done <-chan struct{}) {
	ticker := time.NewTicker(aliveEvery)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-ticker.C:
			// One that is missed is made up for by the next.
			_, _ = s.exec(ctx, scope(job.SchoolID), `
				update feedback_progress set alive_at = clock_timestamp()
				where school_id = @school and draft_id = @draft and rubric_version = @version and stage in ('reading', 'criterion')`, jobArgs(job))
		}
	}
}

func jobArgs(job tutor.FeedbackJob) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{"school": job.SchoolID, "draft": job.DraftID, "version": job.RubricVersion}
}

// rescueLoop makes new jobs for feedback whose worker gives no sign of life.
// River would find them itself, much later: it cannot tell a dead worker from a
// slow one.
func (w *Worker) rescueLoop(ctx context.Context) {
	ticker := time.NewTicker(rescueEvery)
	defer ticker.Stop()
	for {
		n, err := w.store.rescue(ctx)
		if err != nil && ctx.Err() == nil {
			w.log.Warn("looking for interrupted feedback", "code", tutor.ErrorCode(err), "cause", err)
		}
		if n > 0 {
			w.log.Info("took up interrupted feedback", "drafts", n)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// staleFeedback takes feedback that nobody works on any more: its worker gives no
// sign of life, or died between fetching the job and its first. Another rescuer
// that comes at the same time skips it.
const staleFeedback = `
	update feedback_progress p set alive_at = clock_timestamp(), tries = p.tries + 1,
		stage = case when p.tries >= @most then 'failed' else 'queued' end
	from (select x.school_id, x.draft_id, x.rubric_version from feedback_progress x
	      where x.stage in ('queued', 'reading', 'criterion') and x.alive_at < clock_timestamp() - @dead::interval
	        and (x.stage <> 'queued' or not exists (
	            select from ` + jobSchema + `.river_job j
	            where j.kind = 'feedback' and j.args->>'draft_id' = x.draft_id::text and j.args->>'rubric_version' = x.rubric_version
	              and (j.state in ('available', 'retryable', 'scheduled', 'pending')
	                   or j.state = 'running' and j.attempted_at > clock_timestamp() - @dead::interval)))
	      for update skip locked limit 100) stale
	where p.school_id = stale.school_id and p.draft_id = stale.draft_id and p.rubric_version = stale.rubric_version
	returning p.school_id, p.draft_id, p.rubric_version, p.tries, p.stage`

func (s *Store) rescue(ctx context.Context) (int, error) {
	n := 0
	err := s.tx(ctx, systemScope, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, staleFeedback, pgx.StrictNamedArgs{"dead": deadAfter, "most": rescuedTries})
		if err != nil {
			return err
		}
		type stale struct {
			School, Draft, Version string
			Tries                  int
			Stage                  string
		}
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[stale])
		if err != nil {
			return err
		}
		for _, f := range found {
			if f.Stage != string(tutor.StageQueued) {
				continue
			}
			n++
			job := tutor.FeedbackJob{SchoolID: f.School, DraftID: f.Draft, RubricVersion: f.Version}
			if err := s.enqueueFeedback(ctx, tx, job, f.Tries); err != nil {
				return err
			}
		}
		return nil
	})
	return n, wrap(err, "take up interrupted feedback")
}

// warnings passes on what is at least a warning: River tells much of its life.
type warnings struct{ slog.Handler }

// Enabled reports whether a level is worth handling.
func (h warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the bound.
func (h warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the bound.
func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }

var _ rivertype.JobArgs = feedbackArgs{}
