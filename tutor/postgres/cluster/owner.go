package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"maieutic/tutor"
)

// owner is the user that postgres runs as. Postgres refuses to run as root, so
// root lends it to the user postgres; anybody else runs it as themselves, and
// owner is nil.
type owner struct {
	uid, gid int
	groups   []uint32
}

func findOwner() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(superuser)
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeUnavailable,
			"root may not run Postgres, and there is no user postgres to run it as; install the package postgresql-common, or start the server as another user")
	}
	o := &owner{}
	if o.uid, err = strconv.Atoi(u.Uid); err != nil {
		return nil, err
	}
	if o.gid, err = strconv.Atoi(u.Gid); err != nil {
		return nil, err
	}
	groups, _ := u.GroupIds()
	for _, g := range groups {
		if id, err := strconv.ParseUint(g, 10, 32); err == nil {
			o.groups = append(o.groups, uint32(id))
		}
	}
	return o, nil
}

// run makes a command run as the owner.
func (o *owner) run(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	cmd.Dir = "/"
	if o == nil {
		return
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid), Groups: o.groups}
}

// take gives a directory to the owner and closes it to everybody else.
func (o *owner) take(dir string) error {
	if o != nil {
		if err := os.Chown(dir, o.uid, o.gid); err != nil {
			return err
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && o == nil && int(stat.Uid) != os.Geteuid() {
		return tutor.Errorf(tutor.CodeUnavailable, "%s belongs to another user; choose another directory with --data", dir)
	}
	return os.Chmod(dir, 0o700)
}

// canReach makes sure that the owner can pass through every directory above.
func (o *owner) canReach(dir string) error {
	if o == nil {
		return nil
	}
	for parent := filepath.Dir(dir); ; parent = filepath.Dir(parent) {
		info, err := os.Stat(parent)
		if err != nil {
			return err
		}
		if !o.mayEnter(info) {
			return tutor.Errorf(tutor.CodeUnavailable,
				"root runs Postgres as the user postgres, who may not enter %s; choose a directory that postgres can reach, such as --data /var/lib/maieutic", parent)
		}
		if parent == filepath.Dir(parent) {
			return nil
		}
	}
}

func (o *owner) mayEnter(info os.FileInfo) bool {
	mode := info.Mode().Perm()
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	if int(stat.Uid) == o.uid {
		return mode&0o100 != 0
	}
	if int(stat.Gid) == o.gid {
		return mode&0o010 != 0
	}
	for _, g := range o.groups {
		if stat.Gid == g {
			return mode&0o010 != 0
		}
	}
	return mode&0o001 != 0
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
