package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"maieutic/cmd/maieutic/eval"
	"maieutic/rubric"
	"maieutic/tutor/curriculum"
	"maieutic/tutor/llm"
)

// dialogueEvaluation has simulated learners talk to the tutor. Unlike the other
// measurements it needs no data: the sample courses will do.
func dialogueEvaluation() *command {
	return &command{
		name:    "eval dialogue",
		summary: "Measure how the tutor talks, with simulated learners of several kinds.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			data := flags.String("data", "", "a course, or a `folder` of courses (default the sample courses)")
			persona := flags.String("persona", "", "only this kind of learner: "+strings.Join(eval.Personas(), ", "))
			sessions := flags.Int("sessions", 20, "how many sessions each kind of learner has")
			engine := flags.String("engine", "builtin", "who finds the tutor's words: builtin, or model for the one that the settings name")
			file := flags.String("json", "", "write the figures as JSON to this `file`, too (- for standard output alone)")
			transcripts := flags.String("transcripts", "", "write the dialogues as Markdown to this `folder`")
			seed := flags.Uint64("seed", 1, "of the learners, the problems and the intervals")
			return func(ctx context.Context, c *call) error {
				if *sessions < 1 {
					return usagef("--sessions is at least 1")
				}
				sim := eval.Simulation{Persona: *persona, Sessions: *sessions, Transcripts: *transcripts}
				o := eval.Options{Data: *data, Seed: *seed, Progress: progressTo(c.env.Stderr)}
				if err := readSimulated(&o, &sim); err != nil {
					return err
				}
				model, stop, err := dialogueModel(c.config, *engine)
				if err != nil {
					return err
				}
				defer stop()
				if sim.Model, sim.Context = model, c.config.ModelContext; model != nil {
					fmt.Fprintf(c.env.Stderr, "words by %s\n", model.Name())
					if c.config.ModelGrades {
						sim.Second = rubric.NewModelGrader(model)
					}
				}
				report, err := eval.Dialogue(ctx, o, sim)
				if err != nil {
					return err
				}
				return writeReport(report, c.env.Stdout, *file)
			}
		},
	}
}

// readSimulated reads the courses to talk about.
func readSimulated(o *eval.Options, sim *eval.Simulation) error {
	folders, err := curriculum.Samples()
	if o.Data != "" {
		folders, err = courseFolders(o.Data)
	} else {
		o.Data = "the sample courses"
	}
	if err != nil {
		return err
	}
	sim.Courses, err = loadCourses(folders)
	return err
}

// dialogueModel returns the model that finds the words, nil for the built-in
// engine, and what releases it.
func dialogueModel(config Config, engine string) (llm.Model, func(), error) {
	switch engine {
	case "builtin":
		return nil, func() {}, nil
	case "model":
		client, chat, _, err := models(config)
		if err != nil {
			return nil, nil, err
		}
		if chat == nil {
			return nil, nil, usagef("--engine model needs MAIEUTIC_LLM_BASE_URL and MAIEUTIC_LLM_MODEL")
		}
		return chat, client.Close, nil
	}
	return nil, nil, usagef("--engine is builtin or model")
}
