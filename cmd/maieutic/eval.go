package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"maieutic/cmd/maieutic/eval"
)

// evaluation is one measurement of the built-in engine.
type evaluation struct {
	name    string
	summary string
	formats []string            // the first is the usual one
	flags   func(*flag.FlagSet) // declares flags of its own; nil for none
	measure func(context.Context, *call, eval.Options) (*eval.Report, error)
}

func evaluations() []evaluation {
	return []evaluation{
		{
			name: "grade", summary: "Measure the grader of answers in words on labelled answers.", formats: []string{"semeval2013", "csv"},
			measure: func(ctx context.Context, _ *call, o eval.Options) (*eval.Report, error) { return eval.Grade(ctx, o) },
		},
		{
			name: "leak", summary: "Measure the leak detector on labelled replies of tutors.", formats: []string{"jsonl", "gsm8k"},
			measure: func(ctx context.Context, _ *call, o eval.Options) (*eval.Report, error) { return eval.Leak(ctx, o) },
		},
		retrieveEvaluation(),
		{
			name: "equivalence", summary: "Measure whether right answers are accepted however they are written.", formats: []string{"oatutor", "jsonl"},
			measure: func(ctx context.Context, _ *call, o eval.Options) (*eval.Report, error) {
				return eval.Equivalence(ctx, o)
			},
		},
		{
			name: "essays", summary: "Measure the scorer of essays on essays that people have scored.", formats: []string{"tsv"},
			measure: func(_ context.Context, _ *call, o eval.Options) (*eval.Report, error) { return eval.Essays(o) },
		},
	}
}

func evalCommands() []*command {
	var all []*command
	for _, e := range evaluations() {
		all = append(all, &command{
			name:    "eval " + e.name,
			summary: e.summary,
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				data := flags.String("data", "", "the labelled data: a `path`")
				format := flags.String("format", e.formats[0], "its layout: "+strings.Join(e.formats, ", "))
				file := flags.String("json", "", "write the figures as JSON to this `file`, too (- for standard output alone)")
				seed := flags.Uint64("seed", 1, "of intervals and random draws")
				if e.flags != nil {
					e.flags(flags)
				}
				return func(ctx context.Context, c *call) error {
					if *data == "" {
						return usagef("say with --data what to measure on")
					}
					if !slices.Contains(e.formats, *format) {
						return usagef("--format is one of %s", strings.Join(e.formats, ", "))
					}
					if _, err := os.Stat(*data); err != nil {
						return usagef("--data: %v", err)
					}
					o := eval.Options{Data: *data, Format: *format, Seed: *seed, Progress: progressTo(c.env.Stderr)}
					report, err := e.measure(ctx, c, o)
					if err != nil {
						return err
					}
					return writeReport(report, c.env.Stdout, *file)
				}
			},
		})
	}
	return append(all, dialogueEvaluation(), attackEvaluation())
}

// writeReport prints the table and, when a file is named, writes the JSON.
func writeReport(report *eval.Report, stdout io.Writer, file string) error {
	if file == "-" {
		return report.WriteJSON(stdout)
	}
	if err := report.WriteTable(stdout); err != nil || file == "" {
		return err
	}
	return writeFile(file, func(f *os.File) error { return report.WriteJSON(f) })
}

// progressTo prints how far a long work is, at most once a second.
func progressTo(w io.Writer) func(done, total int) {
	var last time.Time
	return func(done, total int) {
		if now := time.Now(); now.Sub(last) >= time.Second && done < total {
			last = now
			fmt.Fprintf(w, "%d of %d\n", done, total)
		}
	}
}
