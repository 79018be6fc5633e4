package cluster

import "syscall"

// dieWithParent has the kernel stop the child in order when the server is killed.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }
