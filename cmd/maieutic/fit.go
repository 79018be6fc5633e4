package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"maieutic/cmd/maieutic/eval"
	"maieutic/rubric"
	"maieutic/rubric/fit"
)

func fitCommands() []*command {
	return []*command{fitGraderCommand(), fitEssaysCommand()}
}

func fitGraderCommand() *command {
	return &command{
		name:    "fit grader",
		summary: "Fit the built-in grader of answers in words to labelled answers.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			data := flags.String("data", "", "labelled answers: a `folder` of SemEval 2013 task 7's XML, 2-way or 3-way")
			out := flags.String("out", "", "the `file` to write the coefficients to; none to validate only")
			from := flags.String("provenance", "", "what the data is, its source and licence, to stand in the file")
			dump := flags.String("features", "", "also write the features of every answer to this `file`, as CSV")
			o := fit.Options{}
			flags.Float64Var(&o.Ridge, "ridge", 30, "penalty on the coefficients")
			flags.IntVar(&o.Folds, "folds", 10, "of the cross-validation, by whole questions and by whole modules")
			flags.Uint64Var(&o.Seed, "seed", 1, "of the folds")
			return func(_ context.Context, c *call) error {
				if *data == "" {
					return usagef("say with --data what to fit to")
				}
				if *out != "" && *from == "" {
					return usagef("say with --provenance where the data comes from")
				}
				return fitGrader(c, *data, *out, *from, *dump, o)
			}
		},
	}
}

func fitGrader(c *call, data, out, provenance, dump string, o fit.Options) error {
	answers, err := eval.ReadSemEval(data)
	if err != nil {
		return err
	}
	progress := progressTo(c.env.Stderr)
	var examples []fit.Example
	for i, a := range answers {
		f, wordings := rubric.FeaturesOf(a.ToQuestion(), a.Text)
		examples = append(examples, fit.Example{
			Features: f, Wordings: wordings, Question: a.Corpus + "/" + a.QuestionID, Module: a.Corpus + "/" + a.Module, Right: a.Correct(),
		})
		progress(i+1, len(answers))
	}
	if dump != "" {
		if err := writeFile(dump, func(f *os.File) error { return fit.WriteFeatures(f, examples) }); err != nil {
			return err
		}
	}
	model, validations, err := fit.Grader(examples, o)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(c.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "wordings\theld out by\tanswers\tmacro F1\taccuracy\tBrier\tcalibration error")
	for _, v := range validations {
		fmt.Fprintf(table, "%s\t%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\n", v.Head, v.Held, v.N, v.MacroF1, v.Accuracy, v.Brier, v.Error)
	}
	if err := table.Flush(); err != nil || out == "" {
		return err
	}
	model.Provenance = provenance
	model.Version = "fit-" + time.Now().UTC().Format("2006-01-02")
	return writeFile(out, func(f *os.File) error {
		encoder := json.NewEncoder(f)
		encoder.SetIndent("", "  ")
		return encoder.Encode(model)
	})
}

// writeFile writes a file whole or not at all.
func writeFile(name string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".maieutic-*")
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
