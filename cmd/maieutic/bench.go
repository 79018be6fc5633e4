package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"os"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"maieutic/tutor"
	"maieutic/tutor/postgres"
	"maieutic/web"
)

func benchCommands() []*command {
	return []*command{
		{
			name:    "bench turn",
			summary: "Measure the server's time for a turn, beside an echo that commits five statements.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				asJSON := flags.Bool("json", false, "print JSON")
				pairs := flags.Int("pairs", 7, "how often to measure both, in turn")
				profile := flags.String("profile", "", "write a CPU profile of the tutor's turns to this `file`")
				return func(ctx context.Context, c *call) error {
					if *pairs < 1 || *pairs > 100 {
						return usagef("--pairs is 1 to 100")
					}
					return benchTurn(ctx, c, *pairs, *profile, *asJSON)
				}
			},
		},
		{
			name:    "bench idle",
			summary: "Measure the memory of an idle signed-in connection, beside that of a plain echo.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				asJSON := flags.Bool("json", false, "print JSON")
				n := flags.Int("connections", 5000, "how many")
				return func(ctx context.Context, c *call) error {
					if *n < 1 || *n > 25_000 {
						return usagef("--connections is 1 to 25000")
					}
					return benchIdle(ctx, c, *n, *asJSON)
				}
			},
		},
		benchRetrieveCommand(),
		benchRelayCommand(),
		benchEssaysCommand(),
		benchChildCommand(),
	}
}

// bench is a server of its own with a demo school, on a database that is thrown
// away.
type bench struct {
	dir    string
	record *record
	school string
	class  string
	log    *slog.Logger
}

// newBench makes the database in a temporary directory, with the settings of a
// real one: what it commits is on disk.
func newBench(ctx context.Context) (*bench, error) {
	dir, err := os.MkdirTemp("", "maieutic-bench-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // the user postgres must pass
		return nil, err
	}
	b := &bench{dir: dir, log: slog.New(slog.DiscardHandler)}
	if b.record, err = openRecord(ctx, Config{Data: dir}, b.log, false); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := b.furnish(ctx); err != nil {
		return nil, errors.Join(err, b.close(ctx))
	}
	return b, nil
}

// furnish loads the sample courses into a school with one class.
func (b *bench) furnish(ctx context.Context) error {
	if err := makeDemo(ctx, b.record); err != nil {
		return err
	}
	var err error
	if b.school, err = b.record.store.CreateSchool(ctx, demoSchool); err != nil {
		return err
	}
	b.class, err = b.record.store.CreateClass(ctx, b.school, demoClasses[0])
	return err
}

func (b *bench) close(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	return errors.Join(b.record.close(ctx), os.RemoveAll(b.dir))
}

// enrol makes a student and returns them with a token to sign in with.
func (b *bench) enrol(ctx context.Context, n int) (tutor.Account, string, error) {
	store := b.record.store
	account, err := store.CreateAccount(ctx, tutor.Account{
		SchoolID: b.school, Email: fmt.Sprintf("bench%d%s", n, demoDomain), Name: fmt.Sprintf("Student %d", n), Role: tutor.RoleStudent,
	}, "")
	if err != nil {
		return account, "", err
	}
	if err := store.Enrol(ctx, account, b.class); err != nil {
		return account, "", err
	}
	token, hash := web.NewToken()
	return account, token, store.CreateToken(ctx, account, postgres.TokenBearer, "bench", hash, time.Now().Add(time.Hour))
}

// serveHTTP serves handler on a port of this machine until stop is called.
func serveHTTP(ctx context.Context, server *http.Server) (addr string, stop func(), err error) {
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(listener) })
	return listener.Addr().String(), func() {
		_ = server.Close()
		running.Wait()
	}, nil
}

// quantile returns the q-quantile of times by the nearest rank, 0 for none.
func quantile(times []time.Duration, q float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

// median of numbers, 0 for none.
func median[T cmp.Ordered](values []T) T {
	var zero T
	if len(values) == 0 {
		return zero
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// verdict is what a ratio comes to, beside its aim.
type verdict struct {
	Ratio float64 `json:"ratio"`
	Aim   float64 `json:"aim"`
	Met   bool    `json:"met"`
}

func judge(ratio, aim float64) verdict { return verdict{Ratio: ratio, Aim: aim, Met: ratio <= aim} }

func (v verdict) String() string {
	met := "met"
	if !v.Met {
		met = "missed"
	}
	return fmt.Sprintf("ratio %.2f, aim at most %.1f: %s", v.Ratio, v.Aim, met)
}

func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

func newTable(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
}
