package document

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

// Limits bound one child process.
type Limits struct {
	Memory int64         // bytes of data
	CPU    time.Duration // of all its threads together, in whole seconds
	Wall   time.Duration // from its start to its end
}

// DefaultLimits suit a PDF of the most pages that are read.
func DefaultLimits() Limits {
	return Limits{Memory: 768 << 20, CPU: 30 * time.Second, Wall: 40 * time.Second}
}

// quick is how long any other file may take. Honest ones take a second; Markdown
// that is made to be slow would hold a place for as long as it may.
const quick = 8 * time.Second

// within are the limits for a file.
func (l Limits) within(raw []byte) Limits {
	if sniff(raw) != kindPDF {
		l.CPU, l.Wall = min(l.CPU, quick), min(l.Wall, quick)
	}
	return l
}

const (
	openFiles  = 32
	stackLimit = 64 << 20 // of one goroutine; deep trees end the process here
	threads    = 2
)

// impose lays the limits on this process, for good. Whatever breaks them ends it.
func (l Limits) impose() error {
	debug.SetMemoryLimit(l.Memory * 3 / 4)
	debug.SetMaxStack(stackLimit)
	runtime.GOMAXPROCS(threads)
	seconds := uint64(max(1, (l.CPU+time.Second-1)/time.Second))
	for resource, limit := range map[int]uint64{
		// Not the address space: Go reserves more of it than it will ever use.
		syscall.RLIMIT_DATA:   uint64(l.Memory),
		syscall.RLIMIT_CPU:    seconds,
		syscall.RLIMIT_FSIZE:  0,
		syscall.RLIMIT_NOFILE: openFiles,
		syscall.RLIMIT_CORE:   0,
	} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return err
		}
	}
	return nil
}
