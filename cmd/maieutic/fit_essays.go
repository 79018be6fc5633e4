package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"maieutic/cmd/maieutic/eval"
	"maieutic/rubric/essay/scorer"
	"maieutic/tutor"
	"maieutic/tutor/postgres"
)

// fitEssaysCommand fits the scorer of one essay task, to a file or to what
// teachers of the school have scored.
func fitEssaysCommand() *command {
	return &command{
		name: "fit essays", summary: "Fit the scorer of an essay task to essays that people have scored.", settings: []string{"data"},
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			from := flags.String("essays", "", "scored essays: a `file` of tab-separated values (id, task, fold, text, score); none: the drafts that teachers have scored")
			task := flags.String("task", "", "the `task` of the file to fit to; none when it has one alone")
			activity := flags.String("activity", "", "the essay `activity` that the scorer is for")
			criterion := flags.String("criterion", "", "the `criterion` of its rubric that the scores are of; none: the one that looks at all of it")
			school := flags.String("school", "", "its school; needed when there are several")
			out := flags.String("out", "", "write the scorer to this `file` instead of the record")
			return func(ctx context.Context, c *call) error {
				if *from == "" && *activity == "" {
					return usagef("say with --essays what to fit to, or with --activity whose scored drafts")
				}
				f := essayFit{task: *task, activity: *activity, criterion: *criterion, out: *out}
				if *from != "" {
					if err := f.readFile(*from, c.env.Stderr); err != nil {
						return err
					}
				}
				if *activity == "" {
					return f.run(ctx, c, nil, "")
				}
				return withRecord(ctx, c, func(r *record) error {
					id, err := r.findSchool(ctx, *school)
					if err != nil {
						return err
					}
					return f.run(ctx, c, r.store, id)
				})
			}
		},
	}
}

// essayFit is one fit.
type essayFit struct {
	task, activity, criterion, out string
	examples                       []scorer.Example
	ofRecord                       bool // values 0..1 of the rubric's scale
}

func (f *essayFit) readFile(path string, warn io.Writer) error {
	essays, notes, err := eval.ReadEssays(path)
	if err != nil {
		return err
	}
	if len(notes) > 0 {
		fmt.Fprintf(warn, "%d records are left out; the first: %s\n", len(notes), notes[0])
	}
	if f.task == "" {
		f.task = essays[0].Task
		if slices.ContainsFunc(essays, func(e eval.Essay) bool { return e.Task != f.task }) {
			return usagef("the file has several tasks; say with --task which one")
		}
	}
	for _, e := range essays {
		if e.Task == f.task {
			f.examples = append(f.examples, scorer.Example{Text: e.Text, Score: e.Score})
		}
	}
	if len(f.examples) == 0 {
		return usagef("the file has no essay of task %q", f.task)
	}
	return nil
}

// run fits, prints how well it does on essays it has not seen, and keeps it.
func (f *essayFit) run(ctx context.Context, c *call, store *postgres.Store, school string) error {
	var target tutor.EssayScorer
	if store != nil {
		var err error
		if target, err = store.ScorerTarget(ctx, school, f.activity, f.criterion); err != nil {
			return err
		}
		if f.examples == nil {
			scored, err := store.ScoredDrafts(ctx, school, f.activity, target.CriterionID, target.Structure)
			if err != nil {
				return err
			}
			f.ofRecord = true
			for _, s := range scored {
				f.examples = append(f.examples, scorer.Example{Text: s.Text, Score: s.Value})
			}
		}
	}
	report, err := scorer.Validate(f.examples, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.env.Stdout, eval.Describe(report))
	fit := scorer.Fit
	if f.ofRecord {
		fit = func(e []scorer.Example) (*scorer.Model, error) { return scorer.FitOn(e, 0, 1) }
	}
	model, err := fit(f.examples)
	if err != nil {
		return err
	}
	stored, err := model.MarshalBinary()
	if err != nil {
		return err
	}
	if f.out != "" {
		return writeFile(f.out, func(file *os.File) error { _, err := file.Write(stored); return err })
	}
	if store == nil {
		return nil
	}
	target.Model, target.Essays, target.QWK, target.Low, target.High = stored, report.Essays, report.QWK, report.Interval.Low, report.Interval.High
	if err := store.SaveScorer(ctx, school, target); err != nil {
		return err
	}
	fmt.Fprintf(c.env.Stdout, "The scorer is in use from now on for %s.\n", f.activity)
	return nil
}
