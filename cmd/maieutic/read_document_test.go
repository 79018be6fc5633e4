package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"maieutic/tutor"
	"maieutic/tutor/document"
)

// The server's own program is what reads a file, as a process of its own.
func TestReadDocument(t *testing.T) {
	reader := document.NewReader(os.Args[0], Config{LogLevel: 8}.logger(io.Discard))
	text, notes, err := reader.Read(t.Context(), []byte("# Homework\n\nIt should be *voluntary*."), "essay.md")
	if err != nil || text != "Homework\n\nIt should be voluntary." || len(notes) > 0 {
		t.Errorf("%q, %v, %v", text, notes, err)
	}
	if _, _, err := reader.Read(t.Context(), []byte("\x89PNG and no more"), "essay.pdf"); tutor.ErrorCode(err) != tutor.CodeInvalid {
		t.Errorf("%v", err)
	}
}

// It is nothing for people: no help lists it, and without its order it does nothing.
func TestReadDocumentIsHidden(t *testing.T) {
	if out := mustMain(t, "", "help"); strings.Contains(out, document.ChildCommand) {
		t.Error("help lists it")
	}
	if code, out, _ := runMain(t, "some text", document.ChildCommand, "no order"); code != exitUsage || out != "" {
		t.Errorf("%d %q", code, out)
	}
}
