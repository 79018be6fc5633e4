package document_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"maieutic/tutor"
	"maieutic/tutor/document"
)

// exe is the child of the tests: the real one, and some that misbehave. It is
// built without the race detector, whose memory would break the limits.
var exe string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "maieutic-document-")
	if err != nil {
		panic(err)
	}
	exe = filepath.Join(dir, "child")
	if out, err := exec.Command("go", "build", "-o", exe, "./testdata/child").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v: %s", err, out))
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

func newReader(t testing.TB) (*document.Reader, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	return document.NewReader(exe, slog.New(slog.NewTextHandler(&log, nil))), &log
}

// noChildren fails when a child has been left, running or dead.
func noChildren(t *testing.T) {
	t.Helper()
	var status syscall.WaitStatus
	if pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
		t.Errorf("a child is left: %d, %v", pid, err)
	}
}

func TestReader(t *testing.T) {
	reader, log := newReader(t)
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"secret name.txt", []byte("# Plain"), "# Plain"},
		{"a.md", []byte("# Heading"), "Heading"},
		{"a.docx", word(t, p(r("Word"))), "Word"},
		{"a.pdf", onePage("BT /F1 12 Tf 72 700 Td (Hello there) Tj ET"), "Hello there"},
		{"wrong.txt", onePage("BT /F1 12 Tf 72 700 Td (By its content) Tj ET"), "By its content"},
	} {
		text, _, err := reader.Read(t.Context(), c.raw, c.name)
		if err != nil || text != c.want {
			t.Errorf("%s: %q, %v", c.name, text, err)
		}
	}
	_, _, err := reader.Read(t.Context(), []byte("\x89PNG"), "a.txt")
	if tutor.ErrorCode(err) != tutor.CodeInvalid || !strings.Contains(tutor.ErrorMessage(err), "a picture") {
		t.Errorf("a picture: %v", err)
	}
	for _, private := range []string{"Plain", "Hello", "secret"} {
		if strings.Contains(log.String(), private) {
			t.Errorf("the log holds %q: %s", private, log)
		}
	}
	noChildren(t)
}

// A child that breaks a limit is ended, and its file refused with what to do.
func TestLimits(t *testing.T) {
	var body strings.Builder
	for i := range uint64(80_000) {
		body.WriteString(p(r(fmt.Sprint(i * 0x9e3779b97f4a7c15))))
	}
	many := word(t, body.String())
	for _, c := range []struct {
		name   string
		limits func(*document.Limits)
		raw    []byte
		want   string
	}{
		{"memory", func(l *document.Limits) { l.Memory = 128 << 20 }, many, "more memory"},
		{"sandbox", func(l *document.Limits) { l.Memory = 160 << 20 }, onePage("BT ET"), "more memory"},
		{"time", func(l *document.Limits) { l.Wall = time.Millisecond }, []byte("x"), "too long"},
		{"slow Markdown", func(l *document.Limits) { l.Wall = time.Second }, []byte("# x\n" + strings.Repeat("[a](b", 150_000)), "too long"},
		{"output", nil, []byte("chatter"), "cannot be read"},
		{"nonsense", nil, []byte("nonsense"), "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reader, _ := newReader(t)
			if c.limits != nil {
				c.limits(&reader.Limits)
			}
			text, _, err := reader.Read(t.Context(), c.raw, "a.md")
			if tutor.ErrorCode(err) != tutor.CodeInvalid || !strings.Contains(tutor.ErrorMessage(err), c.want) {
				t.Errorf("%v, %.50q", err, text)
			}
			noChildren(t)
		})
	}
}

// The child's processor time runs out before its wall time does.
func TestProcessorTime(t *testing.T) {
	reader, _ := newReader(t)
	reader.Limits.CPU = time.Second
	page := "BT /F1 4 Tf 72 700 Td " + strings.Repeat("(many words on one page ) Tj 0 -1 Td ", 30_000) + "ET"
	_, _, err := reader.Read(t.Context(), onePage(page), "a.pdf")
	if tutor.ErrorCode(err) != tutor.CodeInvalid || !strings.Contains(tutor.ErrorMessage(err), "too long") {
		t.Errorf("%v", err)
	}
	noChildren(t)
}

// What a child says is not believed: the text is cleaned again.
func TestChildIsNotBelieved(t *testing.T) {
	reader, _ := newReader(t)
	text, notes, err := reader.Read(t.Context(), []byte("lie"), "a")
	if err != nil || text != "a\n\nb" || len(notes) != 1 {
		t.Errorf("%q, %v, %v", text, notes, err)
	}
	t.Setenv("PGPASSWORD", "secret")
	if text, _, err := reader.Read(t.Context(), []byte("environment"), "a"); text != "0 variables" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestReaderGivesUp(t *testing.T) {
	reader, _ := newReader(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := reader.Read(ctx, []byte("x"), "a"); tutor.ErrorCode(err) != tutor.CodeUnavailable {
		t.Errorf("%v", err)
	}
	gone := document.NewReader("/nowhere/maieutic", slog.New(slog.DiscardHandler))
	if _, _, err := gone.Read(t.Context(), []byte("x"), "a"); tutor.ErrorCode(err) != tutor.CodeUnavailable {
		t.Errorf("%v", err)
	}
	noChildren(t)
}

// Many at once wait for each other.
func TestReaderAtOnce(t *testing.T) {
	reader, _ := newReader(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			want := fmt.Sprintf("text %d", i)
			if text, _, err := reader.Read(t.Context(), []byte(want), "a.txt"); err != nil || text != want {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
	group.Wait()
	noChildren(t)
}
