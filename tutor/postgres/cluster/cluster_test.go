package cluster

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"maieutic/tutor"
)

const helperDir = "MAIEUTIC_TEST_CLUSTER" // set: be the server that gets killed

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		c, err := Start(context.Background(), Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		fmt.Println("ready", c.child.Pid)
		<-c.Exited()
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// newDir is a directory that the user postgres can reach.
func newDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "maieutic-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func begin(t *testing.T, dir string) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop(context.Background()) })
	return c
}

func query[T any](t *testing.T, dsn, sql string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, _ := conn.Query(t.Context(), sql)
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func TestDataOutlivesARestart(t *testing.T) {
	dir := newDir(t)
	c := begin(t, dir)
	query[int](t, c.DSN(), `with made as (select 1) select 1 from made`)
	exec1(t, c.DSN(), `create table kept as select 41 + 1 as n`)
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := begin(t, dir)
	if n := query[int](t, again.DSN(), `select n from kept`); n != 42 {
		t.Errorf("kept %d", n)
	}
}

func exec1(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestSettings(t *testing.T) {
	c := begin(t, newDir(t))
	for setting, want := range map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "listen_addresses": "",
		"log_statement": "none", "log_parameter_max_length_on_error": "0", "data_checksums": "on",
	} {
		if got := query[string](t, c.DSN(), `show `+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if super := query[bool](t, c.DSN(), `select rolsuper or rolbypassrls from pg_roles where rolname = current_user`); super {
		t.Error("the server connects as a superuser; row-level security would not bind it")
	}
	if v := query[string](t, c.DSN(), `select extversion from pg_extension where extname = 'vector'`); v < "0.7" {
		t.Errorf("pgvector %s", v)
	}
	info, err := os.Stat(c.paths.socket)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's directory has mode %v, %v", info.Mode(), err)
	}
}

// What goes wrong in a statement must not carry a student's words into the log,
// neither as a parameter nor quoted in the text of an error.
func TestLogHoldsNoStatement(t *testing.T) {
	c := begin(t, newDir(t))
	conn, err := pgx.Connect(t.Context(), c.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	statements := []struct {
		sql  string
		args []any
	}{
		{`select 'SECRETWORDS' / 0`, nil},
		{`select 'SECRETWORDS'::int`, nil},
		{`select 1 / length($1) - length($1) / 0`, []any{"SECRETWORDS"}},
		{`select ($1::text)::uuid`, []any{"SECRETWORDS"}},
		{`do $$ begin raise warning 'SECRETWORDS'; raise exception 'SECRETWORDS'; end $$`, nil},
	}
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s.sql, s.args...); err == nil {
			t.Errorf("%s should have failed", s.sql)
		}
	}
	log, err := os.ReadFile(c.LogFile())
	if err != nil || !strings.Contains(string(log), "ready to accept connections") {
		t.Fatalf("the log does not say that the server started: %q, %v", log, err)
	}
	if strings.Contains(string(log), "SECRETWORDS") {
		t.Errorf("the log repeats what was written:\n%s", log)
	}
}

func TestKilledServerIsRecovered(t *testing.T) {
	dir := newDir(t)
	helper := exec.Command(os.Args[0], "-test.run=^$")
	helper.Env = append(os.Environ(), helperDir+"="+dir)
	out, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ready") {
		t.Fatalf("helper said %q, %v", line, err)
	}
	socket := (&Cluster{paths: paths{socket: filepath.Join(dir, "run")}}).dsn(role, database)
	exec1(t, socket, `create table kept as select 7 as n`)
	if err := helper.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = helper.Wait()
	c := begin(t, dir)
	if n := query[int](t, c.DSN(), `select n from kept`); n != 7 {
		t.Errorf("kept %d", n)
	}
}

func TestPostgresKilledIsRecovered(t *testing.T) {
	dir := newDir(t)
	c := begin(t, dir)
	exec1(t, c.DSN(), `create table kept as select 7 as n`)
	_ = c.child.Kill()
	waitExited(t, c)
	_ = c.Stop(t.Context())
	if n := query[int](t, begin(t, dir).DSN(), `select n from kept`); n != 7 {
		t.Errorf("kept %d", n)
	}
}

func TestOneServerForEachDirectory(t *testing.T) {
	dir := newDir(t)
	begin(t, dir)
	_, err := Start(t.Context(), Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if tutor.ErrorCode(err) != tutor.CodeConflict || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
}

func TestDataOfAnotherVersion(t *testing.T) {
	dir := newDir(t)
	c := begin(t, dir)
	_ = c.Stop(t.Context())
	if err := os.WriteFile(filepath.Join(c.paths.data, "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if tutor.ErrorCode(err) != tutor.CodeUnavailable || !strings.Contains(err.Error(), "postgresql-9") {
		t.Errorf("got %v", err)
	}
}

func TestDeepDirectoryGetsAShortSocket(t *testing.T) {
	dir := filepath.Join(newDir(t), strings.Repeat("deep/", 20))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(strings.SplitN(dir, "/deep", 2)[0], 0o755); err != nil {
		t.Fatal(err)
	}
	c := begin(t, dir)
	if query[int](t, c.DSN(), `select 1`) != 1 {
		t.Error("no answer")
	}
}
