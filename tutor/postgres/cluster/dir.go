package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"maieutic/tutor"
)

// maxSocket is how long a socket's path may be on every system: 104 bytes with
// the final NUL on macOS, 108 on Linux.
const maxSocket = 103

// paths are the places of a cluster: all in Config.Dir, except that a deep
// directory has its socket elsewhere.
type paths struct{ dir, data, log, lock, socket string }

// placesIn works out the paths in dir, links resolved, and touches nothing. The
// directory above must be there.
func placesIn(dir string) (paths, error) {
	real, err := filepath.EvalSymlinks(dir)
	if errors.Is(err, os.ErrNotExist) {
		var above string
		above, err = filepath.EvalSymlinks(filepath.Dir(dir))
		real = filepath.Join(above, filepath.Base(dir))
	}
	if err != nil {
		return paths{}, err
	}
	p := paths{
		dir: real, data: filepath.Join(real, "data"), log: filepath.Join(real, "postgres.log"),
		lock: filepath.Join(real, "lock"), socket: filepath.Join(real, "run"),
	}
	if len(p.socket)+len("/.s.PGSQL.")+len(port)+len(".lock") > maxSocket {
		sum := sha256.Sum256([]byte(real))
		p.socket = filepath.Join(os.TempDir(), "maieutic-"+hex.EncodeToString(sum[:6]))
	}
	return p, nil
}

// makeDirs makes the directory and locks it, then makes the place of the socket.
func (c *Cluster) makeDirs() error {
	dir, err := filepath.Abs(c.config.Dir)
	if err != nil {
		return err
	}
	// What is missing above is made so that the owner can pass.
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return cannotMake(err, dir)
	}
	if c.paths, err = placesIn(dir); err != nil {
		return cannotMake(err, dir)
	}
	dir = c.paths.dir
	if err := c.owner.canReach(dir); err != nil {
		return err
	}
	if err := mkdir(dir); err != nil {
		return cannotMake(err, dir)
	}
	// The directory becomes Postgres's and is closed to others, which must not
	// happen to one that somebody uses for something else.
	if err := c.isOurs(); err != nil {
		return err
	}
	if err := c.owner.take(dir); err != nil {
		return err
	}
	if err := c.takeLock(); err != nil {
		return err
	}
	if err := mkdir(c.paths.socket); err != nil {
		return cannotMake(err, c.paths.socket)
	}
	if err := c.owner.take(c.paths.socket); err != nil {
		return err
	}
	return c.owner.canReach(c.paths.socket)
}

func mkdir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

func cannotMake(err error, dir string) error {
	return tutor.WrapError(err, tutor.CodeUnavailable, "cannot make the directory "+dir+"; choose another with --data")
}

// isOurs refuses a directory that holds something, but no cluster's lock.
func (c *Cluster) isOurs() error {
	entries, err := os.ReadDir(c.paths.dir)
	if err != nil {
		return tutor.WrapError(err, tutor.CodeUnavailable, "cannot read the directory "+c.paths.dir+"; choose another with --data")
	}
	if len(entries) == 0 {
		return nil
	}
	if info, err := os.Lstat(c.paths.lock); err != nil || !info.Mode().IsRegular() {
		return tutor.Errorf(tutor.CodeUnavailable, "%s is in use for something else; choose a new or empty directory with --data", c.paths.dir)
	}
	return nil
}

// takeLock makes sure that one server at a time uses the directory. The lock
// goes with the process, however it ends.
func (c *Cluster) takeLock() error {
	file, err := os.OpenFile(c.paths.lock, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		c.lock = file
		return nil
	}
	_ = file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return tutor.Errorf(tutor.CodeConflict,
			"another Maieutic server uses %s; stop it, or choose another directory with --data", c.paths.dir)
	}
	return tutor.WrapError(err, tutor.CodeUnavailable, "the file system of "+c.paths.dir+" has no locks; choose another directory with --data")
}

// release lets another server have the directory.
func (c *Cluster) release() {
	if c.lock != nil {
		_ = c.lock.Close()
		c.lock = nil
	}
}
