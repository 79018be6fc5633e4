package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"maieutic/tutor"
)

// settings of the server. Nothing that a student writes may reach the log:
// neither statements nor their parameters do, and the messages of failed
// statements, which can quote a value, go to the client alone ("log" leaves out
// everything up to errors, and keeps what the server says of itself).
func (c *Cluster) settings() map[string]string {
	durable := "on"
	if c.config.Volatile {
		durable = "off"
	}
	s := map[string]string{
		"listen_addresses": "", "unix_socket_directories": c.paths.socket, "unix_socket_permissions": "0700", "port": port,
		"fsync": durable, "full_page_writes": durable, "synchronous_commit": durable,
		"shared_buffers": "128MB", "max_connections": "60", "max_wal_size": "1GB",
		"jit":              "off", // statements here are short; compiling one takes longer than running it
		"log_min_messages": "log", "log_min_error_statement": "panic", "log_error_verbosity": "terse",
		"log_statement": "none", "log_min_duration_statement": "-1", "log_min_duration_sample": "-1", "log_transaction_sample_rate": "0",
		"log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
		"timezone": "UTC", "log_timezone": "UTC", "lc_messages": "C",
	}
	if runtime.GOOS == "darwin" && !c.config.Volatile {
		s["wal_sync_method"] = "fsync_writethrough" // any other leaves commits in the drive's cache there
	}
	return s
}

// command prepares one of the binaries: as the owner, with an environment that
// holds none of the server's secrets.
func (c *Cluster) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + filepath.Dir(path) + ":/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner.credential()}
	// A group of its own: Ctrl-C in a terminal must not reach it before the
	// server has finished its turns.
	cmd.SysProcAttr.Setpgid = true
	return cmd
}

// launch starts postgres. The goroutine that forks it keeps its thread until
// the child is gone: on Linux the child is asked to be signalled when its parent
// dies, and for the kernel the parent is the thread.
func (c *Cluster) launch() error {
	log, err := os.OpenFile(c.paths.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	args := []string{"-D", c.paths.data}
	settings := c.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	cmd := c.command(context.Background(), c.tools.postgres, args...)
	cmd.Stdout, cmd.Stderr = log, log
	dieWithParent(cmd.SysProcAttr)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		c.child = cmd.Process
		started <- nil
		_ = cmd.Wait() // how it ended stands in its log
		close(c.exited)
	}()
	return <-started
}

// endLeftover stops the postgres of a server that was killed. We hold the lock,
// so whatever still works on the data was left behind.
func (c *Cluster) endLeftover(ctx context.Context) error {
	file := filepath.Join(c.paths.data, "postmaster.pid")
	pid, err := readPID(file)
	if err != nil {
		return err
	}
	if pid != 0 && runsOn(pid, c.paths.data) {
		c.config.Log.Info("stopping the database that an earlier server left behind", "pid", pid)
		if err := endProcess(ctx, pid, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL); err != nil {
			return err
		}
	}
	// Without its postmaster a backend ends at its next wait, which may be far off.
	for _, pid := range allOn(c.paths.data) {
		if err := endProcess(ctx, pid, syscall.SIGQUIT, syscall.SIGKILL); err != nil {
			return err
		}
	}
	if pid == 0 || !alive(pid) {
		return nil // postgres itself clears the file away
	}
	// The number has been given to another program since, for fear of which
	// postgres would not start. It still looks for users of its shared memory.
	return os.Remove(file)
}

// endProcess sends one signal after the other until the process is gone.
func endProcess(ctx context.Context, pid int, signals ...syscall.Signal) error {
	for _, signal := range signals {
		switch err := syscall.Kill(pid, signal); err {
		case nil:
		case syscall.ESRCH:
			return nil
		default:
			return fmt.Errorf("stopping process %d: %w", pid, err)
		}
		if waitGone(ctx, pid, stopWithin) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return tutor.Errorf(tutor.CodeConflict, "the process %d still uses the data and does not end; stop it and start again", pid)
}

func waitGone(ctx context.Context, pid int, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for alive(pid) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return !alive(pid)
		}
	}
	return true
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}

// readPID is the process that a pid file names, 0 when there is none or it
// names none.
func readPID(file string) (int, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	digits := 0
	for digits < len(raw) && raw[digits] >= '0' && raw[digits] <= '9' {
		digits++
	}
	pid, err := strconv.Atoi(string(raw[:digits]))
	if err != nil || pid <= 1 {
		return 0, nil // cut short by a crash
	}
	return pid, nil
}
