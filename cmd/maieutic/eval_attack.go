package main

import (
	"context"
	"flag"

	"maieutic/cmd/maieutic/eval"
)

// attackEvaluation sets hostile learners and a hostile model on the tutor.
func attackEvaluation() *command {
	return &command{
		name:    "eval attack",
		summary: "Measure what hostile learners and a hostile model get out of the tutor.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			courses := flags.String("courses", "", "a course, or a `folder` of courses (default the sample courses)")
			data := flags.String("data", "", "instructions to splice into answers and lessons: a `file` with a JSON object of lists, or a line each")
			turns := flags.Int("turns", 2000, "how many turns at least")
			file := flags.String("json", "", "write the figures as JSON to this `file`, too (- for standard output alone)")
			seed := flags.Uint64("seed", 1, "of the learners, the problems and the forms of the attacks")
			return func(ctx context.Context, c *call) error {
				if *turns < 1 {
					return usagef("--turns is at least 1")
				}
				instructions, err := eval.ReadInstructions(*data)
				if err != nil {
					return err
				}
				var sim eval.Simulation
				o := eval.Options{Data: *courses, Seed: *seed, Progress: progressTo(c.env.Stderr)}
				if err := readSimulated(&o, &sim); err != nil {
					return err
				}
				report, err := eval.Attack(ctx, o, sim, instructions, *turns)
				if err != nil {
					return err
				}
				return writeReport(report, c.env.Stdout, *file)
			}
		},
	}
}
