package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"maieutic/tutor"
)

// launch starts postgres. The goroutine that forks it keeps its thread until
// the child is gone: on Linux the child is asked to be signalled when its parent
// dies, and for the kernel the parent is the thread.
func (c *Cluster) launch() error {
	log, err := os.OpenFile(c.paths.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	args := []string{"-D", c.paths.data}
	settings := c.settings()
	for _, name := range sorted(settings) {
		args = append(args, "-c", name+"="+settings[name])
	}
	cmd := exec.Command(c.tools.postgres, args...)
	cmd.Stdout, cmd.Stderr = log, log
	c.owner.run(cmd)
	// A group of its own: Ctrl-C in a terminal must not reach it before the
	// server has finished its turns.
	cmd.SysProcAttr.Setpgid = true
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
		_ = cmd.Wait()
		c.state = cmd.ProcessState
		close(c.exited)
	}()
	return <-started
}

// endLeftover stops a postgres that outlived a server which was killed.
func (c *Cluster) endLeftover(ctx context.Context) error {
	file := filepath.Join(c.paths.data, "postmaster.pid")
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 || !alive(pid) {
		return nil // stale; postgres itself clears it away
	}
	if !runsPostgres(pid) {
		// The number has been given to another program since. Postgres would
		// refuse to start for fear of it; we hold the lock and know better.
		return os.Remove(file)
	}
	c.config.Log.Info("stopping the database that an earlier server left behind", "pid", pid)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stopping process %d: %w", pid, err)
		}
		if waitGone(ctx, pid, 10*time.Second) {
			return nil
		}
	}
	return tutor.Errorf(tutor.CodeConflict, "the process %d still uses %s and does not end; stop it", pid, c.paths.data)
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// runsPostgres looks at the process's command; where that cannot be read it
// assumes the worst.
func runsPostgres(pid int) bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
		return err != nil || strings.Contains(string(out), "postgres")
	}
	return strings.Contains(string(raw), "postgres")
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

// tools are the binaries of one Postgres installation.
type tools struct{ initdb, postgres, major string }

const installAdvice = "run tutor/postgres/install.sh of the source tree, install the packages postgresql and postgresql-N-pgvector, or set DATABASE_URL to a server that has both"

// findTools returns the newest installation that has pgvector. Debian keeps its
// binaries off the path, Homebrew too.
func findTools() (tools, error) {
	candidates := []string{}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/usr/pgsql-*/bin"} {
		found, _ := filepath.Glob(pattern)
		candidates = append(candidates, found...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		candidates = append(candidates, filepath.Dir(path))
	}
	return chooseTools(candidates)
}

func chooseTools(dirs []string) (tools, error) {
	best, bestMajor, withoutVector := tools{}, 0, 0
	for _, dir := range dirs {
		t := tools{initdb: filepath.Join(dir, "initdb"), postgres: filepath.Join(dir, "postgres")}
		out, err := exec.Command(t.postgres, "--version").Output() // "postgres (PostgreSQL) 15.18 (…)"
		if err != nil {
			continue
		}
		fields := strings.Fields(string(out))
		if len(fields) < 3 {
			continue
		}
		t.major, _, _ = strings.Cut(fields[2], ".")
		major, err := strconv.Atoi(t.major)
		if err != nil || major < 15 {
			continue
		}
		if !hasVector(dir) {
			withoutVector = max(withoutVector, major)
			continue
		}
		if major > bestMajor {
			best, bestMajor = t, major
		}
	}
	switch {
	case bestMajor > 0:
		return best, nil
	case withoutVector > 0:
		return tools{}, tutor.Errorf(tutor.CodeUnavailable, "Postgres %d is here, but its extension pgvector is not; %s", withoutVector, installAdvice)
	}
	return tools{}, tutor.Errorf(tutor.CodeUnavailable, "Postgres 15 or newer is not installed; %s", installAdvice)
}

func hasVector(bin string) bool {
	out, err := exec.Command(filepath.Join(bin, "pg_config"), "--sharedir").Output()
	share := strings.TrimSpace(string(out))
	if err != nil { // Debian's pg_config is in another package
		share = filepath.Join("/usr/share/postgresql", filepath.Base(filepath.Dir(bin)))
	}
	_, err = os.Stat(filepath.Join(share, "extension", "vector.control"))
	return err == nil
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
