package main

import (
	"fmt"
	"io"
	"strings"

	"maieutic/tutor/curriculum/cnxml"
	"maieutic/tutor/curriculum/loss"
)

// fewLosses is how many losses of a kind are listed without --full.
const fewLosses = 10

func say(w io.Writer, format string, args ...any) { fmt.Fprintf(w, format, args...) }

func printBooks(w io.Writer, result cnxml.Result, full bool) {
	r := result.Report
	printLosses(w, r.Report, full)
	say(w, "%d courses; %d modules read, %d absent; %d sections, %d figures, %d tables, %d terms; %d exercises with a solution; %d problems\n",
		len(result.Courses), r.Modules, r.Absent, r.Sections, r.Figures, r.Tables, r.Terms, r.Exercises, r.Problems)
}

// printLosses lists what is not in the course and what is there in another
// form, by kind, and how many of the material's words came through.
func printLosses(w io.Writer, r loss.Report, full bool) {
	printKinds(w, "lost", r.Lost, full)
	printKinds(w, "altered", r.Altered, full)
	if r.Words.In > 0 {
		say(w, "words: %d of %d in the material are in the course (%.2f %%); formulas: %d of %d\n",
			r.Words.Out, r.Words.In, 100*r.Words.Share(), r.Formulas.Out, r.Formulas.In)
	}
	var words []string
	for _, m := range r.Missing(fewLosses) {
		words = append(words, fmt.Sprintf("%s (%d)", m.Kind, m.N))
	}
	if len(words) > 0 {
		say(w, "most often missing: %s\n", strings.Join(words, ", "))
	}
}

func printKinds(w io.Writer, what string, losses []loss.Loss, full bool) {
	for _, count := range loss.Counts(losses) {
		say(w, "%s: %d × %s\n", what, count.N, count.Kind)
		listed := 0
		for _, l := range losses {
			if l.Kind != count.Kind {
				continue
			}
			if listed == fewLosses && !full {
				say(w, "    and %d more; --full lists them\n", count.N-listed)
				break
			}
			say(w, "    %s\n", strings.TrimPrefix(l.String(), l.Kind+": "))
			listed++
		}
	}
}
