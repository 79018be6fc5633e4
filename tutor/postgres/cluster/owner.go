package cluster

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"maieutic/tutor"
)

// owner is the user that postgres runs as. Postgres refuses to run as root, so
// root lends it to the user postgres; anybody else runs it as themselves.
type owner struct {
	uid, gid int
	groups   []uint32
	lent     bool // root runs it as another user
}

func findOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	u, err := user.Lookup(superuser)
	if err != nil {
		return owner{}, tutor.Errorf(tutor.CodeUnavailable,
			"root may not run Postgres, and there is no user postgres to run it as; make one with: useradd --system postgres. Or start the server as another user")
	}
	o := owner{lent: true}
	if o.uid, err = strconv.Atoi(u.Uid); err != nil {
		return owner{}, err
	}
	if o.gid, err = strconv.Atoi(u.Gid); err != nil {
		return owner{}, err
	}
	groups, err := u.GroupIds()
	if err != nil {
		return owner{}, err
	}
	for _, g := range groups {
		if id, err := strconv.ParseUint(g, 10, 32); err == nil {
			o.groups = append(o.groups, uint32(id))
		}
	}
	return o, nil
}

// credential makes a command run as the owner; nil is for no change.
func (o owner) credential() *syscall.Credential {
	if !o.lent {
		return nil
	}
	return &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid), Groups: o.groups}
}

// take closes a directory to everybody but the owner, whose it becomes when it
// is ours to give. A link is not followed and what is another user's is refused:
// in a shared place anybody can lay something under the name beforehand.
func (o owner) take(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() {
		return tutor.Errorf(tutor.CodeUnavailable, "%s is not a directory; remove it, or choose another with --data", dir)
	}
	if owned := int(stat.Uid); owned != o.uid && owned != os.Geteuid() {
		return tutor.Errorf(tutor.CodeUnavailable, "%s belongs to another user; choose another directory with --data", dir)
	}
	if int(stat.Uid) != o.uid {
		if err := os.Lchown(dir, o.uid, o.gid); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o700)
}

// owns makes sure that what is there already is the owner's, as it is not when
// a backup was copied back by somebody else.
func (o owner) owns(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != o.uid {
		return tutor.Errorf(tutor.CodeUnavailable, "%s does not belong to the user who runs Postgres; give it to that user: chown -R %d:%d %s",
			dir, o.uid, o.gid, filepath.Dir(dir))
	}
	return nil
}

// canReach makes sure that the owner can pass through every directory above.
func (o owner) canReach(dir string) error {
	if !o.lent {
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

func (o owner) mayEnter(info os.FileInfo) bool {
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
