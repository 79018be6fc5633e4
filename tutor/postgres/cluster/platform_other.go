//go:build !linux

package cluster

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent cannot be had here: the next start stops what was left behind.
func dieWithParent(*syscall.SysProcAttr) {}

// runsOn says whether a process is the postgres that was started on data.
func runsOn(pid int, data string) bool {
	out, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), "postgres") && strings.Contains(string(out), "-D "+data+" ")
}

// allOn finds nothing here: how a backend is titled does not tell whose it is.
// Postgres refuses to start while one of its own is left.
func allOn(string) []int { return nil }
