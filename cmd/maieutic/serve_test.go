package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"maieutic/tutor"
)

// running is a server started by Main in this process.
type running struct {
	url            string
	stdout, stderr *output
	cancel         context.CancelFunc
	exited         chan int
}

var openLine = regexp.MustCompile(`(?m)^Open (http://\S+)$`)

// startMain runs Main until it says what to open.
func startMain(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{stdout: &output{}, stderr: &output{}, cancel: cancel, exited: make(chan int, 1)}
	env := Env{Getenv: func(string) string { return "" }, Stdin: strings.NewReader(""), Stdout: r.stdout, Stderr: r.stderr}
	go func() { r.exited <- Main(ctx, args, env) }()
	t.Cleanup(func() {
		cancel()
		if r.exited != nil {
			<-r.exited
		}
	})
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(time.Minute)
	for {
		if m := openLine.FindStringSubmatch(r.stdout.String()); m != nil {
			r.url = m[1]
			return r
		}
		select {
		case code := <-r.exited:
			r.exited = nil
			t.Fatalf("serve ended with %d:\n%s", code, r.stderr)
		case <-deadline:
			t.Fatalf("serve did not come up:\n%s", r.stderr)
		case <-ticker.C:
		}
	}
}

// wait returns the exit code of a server that has ended or is about to.
func (r *running) wait(t *testing.T) int {
	t.Helper()
	select {
	case code := <-r.exited:
		r.exited = nil
		return code
	case <-time.After(time.Minute):
		t.Fatalf("serve does not end:\n%s", r.stderr)
		return -1
	}
}

func (r *running) stop(t *testing.T) {
	t.Helper()
	r.cancel()
	if code := r.wait(t); code != exitOK {
		t.Fatalf("serve ended with %d:\n%s", code, r.stderr)
	}
}

// request calls the API with a token and returns the status and the answer.
func (r *running) request(t *testing.T, method, path, token string, body any) (int, map[string]any) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, r.url+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err = io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	_ = json.Unmarshal(raw, &out) // some answers are no objects
	return answer.StatusCode, out
}

func (r *running) signIn(t *testing.T, email, password string) int {
	t.Helper()
	status, _ := r.request(t, http.MethodPost, "/v1/login", "", map[string]string{"email": email, "password": password})
	return status
}

// The demo comes up twice: the second time with everything of the first, and
// commands work beside the running server.
func TestServeTwice(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	data := dataDir(t)
	serve := []string{"serve", "--demo", "--addr", "localhost:0", "--data", data}
	const student, other = "student1@demo.example", "student2@demo.example"

	first := startMain(t, serve...)
	if status, _ := first.request(t, http.MethodGet, "/readyz", "", nil); status != http.StatusOK {
		t.Errorf("readyz %d", status)
	}
	for _, p := range demoPeople {
		if !strings.Contains(first.stdout.String(), p.user+demoDomain) {
			t.Errorf("%s is not printed", p.user)
		}
	}
	if status := first.signIn(t, student, demoPassword); status != http.StatusOK {
		t.Fatalf("sign-in %d", status)
	}
	token := strings.TrimSpace(mustMain(t, "", "user", "token", student, "--data", data))
	status, session := first.request(t, http.MethodPost, "/v1/sessions", token, map[string]string{})
	if status != http.StatusCreated {
		t.Fatalf("session %d %v", status, session)
	}
	mustMain(t, "a password of my own\n", "user", "password", other, "--password-stdin", "--data", data)
	people := mustMain(t, "", "user", "list", "--data", data)
	first.stop(t)
	if _, err := os.Stat(filepath.Join(data, noteFile)); !os.IsNotExist(err) {
		t.Errorf("the note of the running database is left: %v", err)
	}

	second := startMain(t, serve...)
	if status, got := second.request(t, http.MethodGet, fmt.Sprint("/v1/sessions/", session["id"]), token, nil); status != http.StatusOK || got["activity_id"] != session["activity_id"] {
		t.Errorf("the session is gone: %d %v", status, got)
	}
	if status := second.signIn(t, other, "a password of my own"); status != http.StatusOK {
		t.Errorf("the password that was set: %d", status)
	}
	if status := second.signIn(t, other, demoPassword); status != http.StatusUnauthorized {
		t.Errorf("the password of the demo is back: %d", status)
	}
	if again := mustMain(t, "", "user", "list", "--data", data); again != people {
		t.Errorf("accounts before\n%s\nand after\n%s", people, again)
	}
	second.stop(t)

	var record struct {
		Learner  struct{ Email string }
		Sessions []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(mustMain(t, "", "export", student, "--data", data)), &record); err != nil {
		t.Fatal(err)
	}
	if record.Learner.Email != student || len(record.Sessions) != 1 || record.Sessions[0].ID != session["id"] {
		t.Errorf("exported %+v", record)
	}
	goleak.VerifyNone(t, leaks)
}

func TestServeRefuses(t *testing.T) {
	data := dataDir(t)
	first := startMain(t, "serve", "--addr", "127.0.0.1:0", "--data", data)
	addr := strings.TrimPrefix(first.url, "http://")
	code, _, errs := runMain(t, "", "serve", "--addr", addr, "--data", dataDir(t))
	if code != exitError || !strings.Contains(errs, "is in use") || !strings.Contains(errs, "--addr") {
		t.Errorf("port in use: %d %s", code, errs)
	}
	code, _, errs = runMain(t, "", "serve", "--addr", "127.0.0.1:0", "--data", data)
	if code != exitError || !strings.Contains(errs, "another Maieutic server uses") {
		t.Errorf("data in use: %d %s", code, errs)
	}
	first.stop(t)
}

// A server whose database dies says so and fails, instead of answering errors
// for ever.
func TestServeEndsWithItsDatabase(t *testing.T) {
	data := dataDir(t)
	r := startMain(t, "serve", "--addr", "127.0.0.1:0", "--data", data)
	raw, err := os.ReadFile(filepath.Join(data, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	if code := r.wait(t); code != exitError {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(r.stderr.String(), "the private database has ended by itself") {
		t.Errorf("it says:\n%s", r.stderr)
	}
	startMain(t, "serve", "--addr", "127.0.0.1:0", "--data", data).stop(t)
}

func TestDoctor(t *testing.T) {
	data := dataDir(t)
	free := freeAddr(t)
	check := func(want ...string) {
		t.Helper()
		out := mustMain(t, "", "doctor", "--data", data, "--addr", free)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("no %q in\n%s", w, out)
			}
		}
	}
	check("OK    postgres     installed with pgvector", "will be made at the first start")
	r := startMain(t, "serve", "--addr", free, "--data", data)
	check("that of the running server", "WARN  address", "OK    durability")
	r.stop(t)
	check("OK    postgres     starts in", "OK    schema", "OK    durability", "OK    embedder")

	broken := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(broken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := runMain(t, "", "doctor", "--data", broken, "--addr", free)
	if code != exitError || !strings.Contains(out, "FAIL  data") || !strings.Contains(out, "--data") {
		t.Errorf("a file for a directory: %d\n%s", code, out)
	}
}

// freeAddr is an address of this machine that nobody listens on.
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// A course goes into a school that the command makes, a second time nothing
// changes, and a course with a mistake is refused with its place.
func TestIngest(t *testing.T) {
	data := dataDir(t)
	course := t.TempDir()
	if err := os.CopyFS(course, os.DirFS("../../tutor/curriculum/courses/circuits")); err != nil {
		t.Fatal(err)
	}
	ingest := []string{"ingest", course, "--school", "Hill School", "--class", "Physics", "--data", data}
	if out := mustMain(t, "", ingest...); !strings.Contains(out, " new") {
		t.Errorf("first: %s", out)
	}
	if out := mustMain(t, "", ingest...); strings.Contains(out, " new") || strings.Contains(out, "changed") || !strings.Contains(out, "as before") {
		t.Errorf("again: %s", out)
	}
	out := mustMain(t, "", "user", "add", "ann@hill.example", "--name", "Ann", "--class", "Physics", "--data", data)
	if !strings.Contains(out, "The password is ") {
		t.Errorf("add: %s", out)
	}
	if code, _, errs := runMain(t, "", "user", "add", "ANN@hill.example", "--name", "Ann", "--data", data); code != exitError || !strings.Contains(errs, "taken") {
		t.Errorf("the address twice: %d %s", code, errs)
	}
	mustMain(t, "", "curriculum", "lint", course)
	if err := os.WriteFile(filepath.Join(course, "problems", "99-broken.md"), []byte("---\ntitle: [\n---\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := runMain(t, "", "curriculum", "lint", course)
	if code != exitError || !strings.Contains(out, "99-broken.md:") {
		t.Errorf("lint: %d %s", code, out)
	}
	code, _, errs := runMain(t, "", ingest...)
	if code != exitError || !strings.Contains(errs, "99-broken.md:") || !strings.Contains(errs, "nothing was changed") {
		t.Errorf("a broken course: %d %s", code, errs)
	}
}

func TestDemoPeopleAreOneSchool(t *testing.T) {
	roles := map[tutor.Role]int{}
	for _, p := range demoPeople {
		roles[p.role]++
	}
	if len(demoClasses) != 2 || roles[tutor.RoleStudent] != 6 || roles[tutor.RoleTeacher] != 2 || roles[tutor.RoleAdmin] != 1 {
		t.Errorf("%d classes, %v", len(demoClasses), roles)
	}
}
