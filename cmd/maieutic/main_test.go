package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"maieutic/tutor/document"
)

// beMain makes the test binary the program itself, for tests that need it as a
// process of its own.
const beMain = "MAIEUTIC_TEST_MAIN"

func TestMain(m *testing.M) {
	// A child that reads a document has no environment.
	if os.Getenv(beMain) != "" || len(os.Args) > 1 && os.Args[1] == document.ChildCommand {
		main()
		return
	}
	os.Exit(m.Run())
}

// asProcess is this program as a child process.
func asProcess(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), beMain+"=1")
	return cmd
}

// dataDir is a directory for --data that the user postgres may pass, which
// those of testing.T are not.
func dataDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "maieutic-cmd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

// output collects what a command writes. It is safe for concurrent use.
type output struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}

// runMain runs a command to its end.
func runMain(t testing.TB, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs output
	env := Env{Getenv: func(string) string { return "" }, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs}
	code = Main(t.Context(), args, env)
	return code, out.String(), errs.String()
}

// mustMain runs a command that must do well and returns what it printed.
func mustMain(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	code, out, errs := runMain(t, stdin, args...)
	if code != exitOK {
		t.Fatalf("maieutic %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		code   int
		stdout string // contained
		stderr string
	}{
		{nil, exitUsage, "", "maieutic serve"},
		{[]string{"--help"}, exitOK, "maieutic curriculum lint DIR", ""},
		{[]string{"help"}, exitOK, "maieutic doctor", ""},
		{[]string{"help", "settings"}, exitOK, "DATABASE_URL", ""},
		{[]string{"help", "user", "add"}, exitOK, "--password-stdin", ""},
		{[]string{"help", "nothing"}, exitUsage, "", `no command "nothing"`},
		{[]string{"serve", "--help"}, exitOK, "--demo", ""},
		{[]string{"version"}, exitOK, "maieutic ", ""},
		{[]string{"--version"}, exitOK, "maieutic ", ""},
		{[]string{"bake"}, exitUsage, "", `no command "bake"`},
		{[]string{"serve", "--sourdough"}, exitUsage, "", "--demo"}, // says what there is
		{[]string{"serve", "now"}, exitUsage, "", `nothing to do with "now"`},
		{[]string{"ingest"}, exitUsage, "", "it takes DIR"},
		{[]string{"ingest", "/nowhere"}, exitUsage, "", "/nowhere is no folder"},
		{[]string{"curriculum", "lint", "/"}, exitUsage, "", "course.yaml"},
		{[]string{"import", "oatutor", "/nowhere"}, exitUsage, "", "no folder"},
		{[]string{"user", "token", "a@b.example", "--days", "0"}, exitUsage, "", "1 to 3650 days"},
		{[]string{"user", "add", "--password-stdin", "a@b.example"}, exitUsage, "", "password needs 10"},
		{[]string{"bench", "turn", "--pairs", "0"}, exitUsage, "", "--pairs is 1 to 100"},
		{[]string{"bench", "idle", "--connections", "x"}, exitUsage, "", "connections"},
		{[]string{"bench", "child"}, exitUsage, "", "bench idle"},
		{[]string{"serve", "--demo", "--addr", ":8080"}, exitUsage, "", "this machine only"},
		{[]string{"serve", "--addr", "somewhere"}, exitUsage, "", "host:port"},
	} {
		code, out, errs := runMain(t, "", tt.args...)
		if code != tt.code || !strings.Contains(out, tt.stdout) || !strings.Contains(errs, tt.stderr) {
			t.Errorf("maieutic %s: code %d, want %d\nstdout: %s\nstderr: %s", strings.Join(tt.args, " "), code, tt.code, out, errs)
		}
	}
}

func TestFlagsStandAnywhere(t *testing.T) {
	for _, args := range [][]string{
		{"help", "user", "list"},
		{"user", "list", "--help"},
		{"user", "list", "--school", "x", "-h"},
	} {
		if code, out, errs := runMain(t, "", args...); code != exitOK || !strings.Contains(out, "--school") {
			t.Errorf("%v: code %d\n%s%s", args, code, out, errs)
		}
	}
	c, rest := findCommand([]string{"user", "token", "--days", "3", "a@b.example", "--label", "x", "--", "-y"})
	if c == nil {
		t.Fatal("no command user token")
	}
	flags, _, _ := c.flagSet()
	positional, err := parseFlags(flags, rest)
	if err != nil || strings.Join(positional, " ") != "a@b.example -y" || flags.Lookup("label").Value.String() != "x" {
		t.Errorf("arguments %q, label %s, %v", positional, flags.Lookup("label").Value, err)
	}
}
