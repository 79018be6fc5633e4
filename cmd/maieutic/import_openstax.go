package main

import (
	"context"
	"errors"
	"flag"

	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/cnxml"
)

// importCommands are the importers of material in the formats of others.
func importCommands() []*command {
	return []*command{importOpenStaxCommand(), importQTICommand(), importCartridgeCommand()}
}

func importOpenStaxCommand() *command {
	return &command{
		name: "import openstax", args: "PATH", settings: []string{"data"},
		summary: "Load books in OpenStax's CNXML, from a folder or zip package, into a school, and account for every loss.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			how := importFlags(flags)
			terms := flags.Bool("terms", false, "make a problem of each term in the glossaries as well")
			return func(ctx context.Context, c *call) error {
				return withFiles(c, func(files *archive.Files) error {
					result, err := cnxml.Import(files, cnxml.Options{Terms: *terms, Match: rubric.Equal})
					if err != nil {
						return err
					}
					printBooks(c.env.Stdout, result, how.full)
					return how.finish(ctx, c, result.Courses)
				})
			}
		},
	}
}

// importing is how an importer was asked to work.
type importing struct {
	target      *target
	check, full bool
}

func importFlags(flags *flag.FlagSet) *importing {
	how := &importing{target: targetFlags(flags)}
	flags.BoolVar(&how.check, "check", false, "report what would be imported and leave the school as it is")
	flags.BoolVar(&how.full, "full", false, "list every loss; without it the first ten of each kind")
	return how
}

// withFiles opens the folder or package that the command was given.
func withFiles(c *call, use func(*archive.Files) error) error {
	files, err := archive.Open(c.args[0], archive.Defaults())
	if err != nil {
		return err
	}
	return errors.Join(use(files), files.Close())
}

// finish gives the courses to the school, unless the import was only a check.
func (how *importing) finish(ctx context.Context, c *call, courses []tutor.Course) error {
	if how.check {
		say(c.env.Stdout, "Nothing was changed.\n")
		return nil
	}
	return withRecord(ctx, c, func(r *record) error { return r.give(ctx, how.target, courses, c.env.Stdout) })
}
