package cluster

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"maieutic/tutor"
)

// A directory that serves something else must come out of a mistaken --data as
// it went in: neither given to another user nor closed.
func TestDirectoryOfSomethingElseIsLeftAlone(t *testing.T) {
	dir := newDir(t)
	if err := os.WriteFile(filepath.Join(dir, "thesis.tex"), []byte("years of work"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if tutor.ErrorCode(err) != tutor.CodeUnavailable || !strings.Contains(err.Error(), "--data") {
		t.Errorf("got %v", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; info.Mode().Perm() != 0o755 || int(owner) != os.Geteuid() {
		t.Errorf("the directory is now %v of user %d", info.Mode(), owner)
	}
}

func TestSomebodyElsesSocketPlaceIsRefused(t *testing.T) {
	mine, err := findOwner()
	if err != nil {
		t.Fatal(err)
	}
	dir := newDir(t)
	target := filepath.Join(dir, "target")
	if err := os.Mkdir(target, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := mine.take(link); tutor.ErrorCode(err) != tutor.CodeUnavailable {
		t.Errorf("a link was taken: %v", err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("what the link leads to is now %v, %v", info.Mode(), err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(target, 4242, 4242); err != nil {
			t.Fatal(err)
		}
	} else {
		target = "/"
	}
	if err := mine.take(target); tutor.ErrorCode(err) != tutor.CodeUnavailable {
		t.Errorf("a directory of another user was taken: %v", err)
	}
}

func TestDirectoryThatPostgresCannotReach(t *testing.T) {
	above := newDir(t)
	stranger := owner{uid: 4242, gid: 4242, groups: []uint32{uint32(os.Getegid())}, lent: true}
	for mode, reached := range map[os.FileMode]bool{0o700: false, 0o710: true, 0o701: false, 0o711: true} {
		if err := os.Chmod(above, mode); err != nil {
			t.Fatal(err)
		}
		err := stranger.canReach(filepath.Join(above, "inner"))
		if reached && err != nil {
			t.Errorf("%v: %v", mode, err)
		}
		if !reached && (tutor.ErrorCode(err) != tutor.CodeUnavailable || !strings.Contains(err.Error(), "--data")) {
			t.Errorf("%v: got %v", mode, err)
		}
	}
}

func TestMissingDirectoriesAboveAreMade(t *testing.T) {
	above := newDir(t)
	if err := os.Chmod(above, 0o755); err != nil {
		t.Fatal(err)
	}
	c := begin(t, filepath.Join(above, "one", "two"))
	if n := query[int](t, c.DSN(), `select 1`); n != 1 {
		t.Errorf("got %d", n)
	}
	info, err := os.Stat(filepath.Join(above, "one", "two"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %v, %v", info.Mode(), err)
	}
}

func TestPlaces(t *testing.T) {
	dir := newDir(t)
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(".", link); err != nil {
		t.Fatal(err)
	}
	through, err := placesIn(filepath.Join(link, "new"))
	if err != nil || through.dir != filepath.Join(real, "new") {
		t.Errorf("through a link: %+v, %v", through, err)
	}
	deep := filepath.Join(real, strings.Repeat("d", 100))
	p, err := placesIn(deep)
	if err != nil || len(p.socket) > 60 || strings.HasPrefix(p.socket, deep) {
		t.Errorf("a deep directory has its socket in %s, %v", p.socket, err)
	}
	again, err := placesIn(deep)
	if err != nil || again.socket != p.socket {
		t.Errorf("the socket moved to %s, %v", again.socket, err)
	}
}
