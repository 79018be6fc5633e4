package document

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"time"

	"maieutic/tutor"
)

// ChildCommand is the first argument of a child process. The second one is its
// order; whoever runs main hands it to Child.
const ChildCommand = "read-document"

// order is what a child is told. The file's name stays with the parent: others on
// the machine can see the arguments of a process.
type order struct {
	Name   string `json:"name"` // "x.md" or ""
	Limits Limits `json:"limits"`
}

// answer is what a child says.
type answer struct {
	Document
	Code    tutor.Code `json:"code,omitempty"`
	Message string     `json:"message,omitempty"`
}

// Child is the work of a child process: it limits itself, reads a file from in
// and writes what it found to out. A process that has run it is fit for nothing
// else.
func Child(ctx context.Context, told string, in io.Reader, out io.Writer) error {
	var o order
	if err := json.Unmarshal([]byte(told), &o); err != nil {
		return tutor.WrapError(err, tutor.CodeInvalid, "it is started by the server alone")
	}
	if err := o.Limits.impose(); err != nil {
		return err
	}
	// Should the parent be gone, nobody else ends us.
	time.AfterFunc(o.Limits.Wall, func() { os.Exit(exitLate) })
	raw, err := io.ReadAll(io.LimitReader(in, MaxBytes+1))
	if err != nil {
		return err
	}
	var a answer
	if a.Document, err = Read(ctx, raw, o.Name); err != nil {
		a = answer{Code: tutor.ErrorCode(err), Message: tutor.ErrorMessage(err)}
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(a)
}

const exitLate = 3
