//go:build !linux

package cluster

import "syscall"

// dieWithParent cannot be had here: the next start stops what was left behind.
func dieWithParent(*syscall.SysProcAttr) {}
