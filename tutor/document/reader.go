package document

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"maieutic/tutor"
)

const (
	atOnce     = 2
	waitAtMost = 20 * time.Second // for another file to be done
	maxOutput  = 2 << 20
	maxErrors  = 8 << 10
	reapWithin = 5 * time.Second
)

// Reader reads files in child processes, two at once. It is safe for concurrent
// use.
type Reader struct {
	Limits Limits // of each child; not to be changed once it is in use

	exe   string
	log   *slog.Logger
	slots chan struct{}
}

// NewReader makes a reader whose children are exe, run as "exe read-document
// ORDER", which is to call Child.
func NewReader(exe string, log *slog.Logger) *Reader {
	return &Reader{Limits: DefaultLimits(), exe: exe, log: log, slots: make(chan struct{}, atOnce)}
}

// Read returns the text of a file and the notes on how it was made. Name is what
// its owner calls it and goes no further than this process. The error is
// CodeInvalid, and says what to do, when the file cannot be read within the
// limits, CodeUnavailable when too many others are waiting.
func (r *Reader) Read(ctx context.Context, raw []byte, name string) (text string, notes []string, err error) {
	if len(raw) > MaxBytes {
		return "", nil, tutor.Errorf(tutor.CodeInvalid, "The file is larger than %d MiB. Copy its text and paste it instead.", MaxBytes>>20)
	}
	if err := r.enter(ctx); err != nil {
		return "", nil, err
	}
	defer func() { <-r.slots }()
	start := time.Now()
	d, err := r.run(ctx, raw, name)
	var cause any
	if err != nil {
		cause = errors.Unwrap(err)
	}
	r.log.LogAttrs(ctx, slog.LevelInfo, "document read", slog.Int("bytes", len(raw)), slog.Duration("took", time.Since(start)),
		slog.Any("code", tutor.ErrorCode(err)), slog.Any("cause", cause))
	return d.Text, d.Notes, err
}

// enter waits for a place.
func (r *Reader) enter(ctx context.Context) error {
	timer := time.NewTimer(waitAtMost)
	defer timer.Stop()
	select {
	case r.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return tutor.WrapError(ctx.Err(), tutor.CodeUnavailable, "The file was not read in time. Try again, or paste the text.")
	case <-timer.C:
		return tutor.Errorf(tutor.CodeUnavailable, "Many files are being read just now. Try again in a minute, or paste the text.")
	}
}

// run has one child read a file, and ends it in any case.
func (r *Reader) run(ctx context.Context, raw []byte, name string) (Document, error) {
	o := order{Limits: r.Limits.within(raw)}
	within, cancel := context.WithTimeout(ctx, o.Limits.Wall)
	defer cancel()
	if isMarkdown(name) {
		o.Name = "x.md"
	}
	told, err := json.Marshal(o)
	if err != nil {
		return Document{}, err
	}
	cmd := exec.CommandContext(within, r.exe, ChildCommand, string(told))
	cmd.Env, cmd.Dir = []string{}, "/"
	cmd.Stdin = bytes.NewReader(raw)
	out, errs := &capped{left: maxOutput}, &capped{left: maxErrors, spill: true}
	cmd.Stdout, cmd.Stderr = out, errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = reapWithin
	if err := cmd.Run(); err != nil {
		return Document{}, failure(ctx, within, err, string(errs.kept))
	}
	return parse(out.kept)
}

// failure tells why a child came to no answer.
func failure(ctx, within context.Context, err error, said string) error {
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return tutor.WrapError(ctx.Err(), tutor.CodeUnavailable, "The file was not read in time. Try again, or paste the text.")
	case strings.Contains(said, "out of memory") || strings.Contains(said, "cannot allocate memory"):
		return tutor.WrapError(errors.New("out of memory"), tutor.CodeInvalid, "This file takes more memory to read than there is for one file. Copy its text and paste it instead.")
	case within.Err() != nil, errors.As(err, &exit) && (exit.ExitCode() == exitLate || killed(exit)):
		return tutor.WrapError(errors.New("out of time"), tutor.CodeInvalid, "This file takes too long to read. Copy its text and paste it instead.")
	case errors.As(err, &exit):
		return tutor.WrapError(err, tutor.CodeInvalid, "This file cannot be read. Copy its text and paste it instead.")
	}
	return tutor.WrapError(err, tutor.CodeUnavailable, "Files cannot be read just now. Copy the text and paste it instead.")
}

// killed reports that the system ended a process, as it does past a limit of time.
func killed(exit *exec.ExitError) bool {
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGXCPU)
}

// parse reads a child's answer and trusts it no further than the file.
func parse(raw []byte) (Document, error) {
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return Document{}, tutor.WrapError(errors.New("the answer is no JSON"), tutor.CodeInvalid, "This file cannot be read. Copy its text and paste it instead.")
	}
	switch a.Code {
	case "":
		return a.Document, a.finish()
	case tutor.CodeInvalid:
		return Document{}, tutor.Errorf(tutor.CodeInvalid, "%s", clean(a.Message))
	}
	return Document{}, tutor.WrapError(errors.New("the child has a fault"), tutor.CodeUnavailable, clean(a.Message))
}

// capped keeps so many bytes. More are an error, or with spill let go. It is no
// io.ReaderFrom, so that all of them pass by Write.
type capped struct {
	kept  []byte
	left  int
	spill bool
}

// Write implements io.Writer.
func (c *capped) Write(p []byte) (int, error) {
	keep := p[:min(len(p), c.left)]
	c.left -= len(keep)
	c.kept = append(c.kept, keep...)
	if len(keep) < len(p) && !c.spill {
		return len(keep), io.ErrShortWrite
	}
	return len(p), nil
}
