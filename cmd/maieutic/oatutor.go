package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"maieutic/tutor/curriculum/oatutor"
)

// importOATutor reads OATutor content and gives it to the target, or with check
// only says what it would be.
func importOATutor(ctx context.Context, c *call, into *target, check bool) error {
	dir := c.args[0]
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return usagef("%s is no folder", dir)
	}
	result, err := oatutor.Import(os.DirFS(dir))
	if err != nil {
		return err
	}
	printImport(c.env.Stdout, result)
	if check {
		fmt.Fprintln(c.env.Stdout, "Nothing was changed.")
		return nil
	}
	return withRecord(ctx, c, func(r *record) error { return r.give(ctx, into, result.Courses, c.env.Stdout) })
}

// printImport says what was read, what was altered and what was left, and why.
func printImport(w io.Writer, result oatutor.Result) {
	r := result.Report
	for _, note := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", note)
	}
	for _, f := range r.Left {
		fmt.Fprintf(w, "left: %s: %s\n", f.Problem, f.Why)
	}
	fmt.Fprintf(w, "%d courses with %d skills and %d problems of %d steps; %d hints, %d of them sub-questions; %d multiple choice, %d with variables; %d problems left, %d notes\n",
		len(result.Courses), r.Skills, r.Problems, r.Steps, r.Hints, r.Scaffolds, r.Choices, r.Variabilized, len(r.Left), len(r.Notes))
}
