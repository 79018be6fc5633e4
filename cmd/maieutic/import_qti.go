package main

import (
	"context"
	"flag"
	"path/filepath"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/cartridge"
	"maieutic/tutor/curriculum/qti"
)

func importQTICommand() *command {
	return &command{
		name: "import qti", args: "PATH", settings: []string{"data"},
		summary: "Load QTI 2 or 3 items, from a folder or zip package, into a school as a course of problems, and account for every loss.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			how := importFlags(flags)
			title := flags.String("title", "", "`title` of the course where the material has none (default: the name of the folder or package)")
			return func(ctx context.Context, c *call) error {
				return withFiles(c, func(files *archive.Files) error {
					result, err := qti.Import(files, fallbackTitle(*title, c.args[0]), lintOptions())
					if err != nil {
						return err
					}
					r := result.Report
					printLosses(c.env.Stdout, r.Report, how.full)
					say(c.env.Stdout, "%s: %d items with %d questions, %d left; %d choice, %d text entry, %d extended text; %d hints from feedback\n",
						result.Course.Title, r.Items, r.Steps, r.Left, r.Choices, r.Entries, r.Extended, r.Hints)
					return how.finish(ctx, c, []tutor.Course{result.Course})
				})
			}
		},
	}
}

// fallbackTitle names a course after its folder or package.
func fallbackTitle(title, path string) string {
	if title != "" {
		return title
	}
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}

func importCartridgeCommand() *command {
	return &command{
		name: "import cartridge", args: "PATH", settings: []string{"data"},
		summary: "Load the pages of a Common Cartridge into a school as a course of lessons, and account for every loss.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			how := importFlags(flags)
			return func(ctx context.Context, c *call) error {
				return withFiles(c, func(files *archive.Files) error {
					result, err := cartridge.Import(files)
					if err != nil {
						return err
					}
					printLosses(c.env.Stdout, result.Report.Report, how.full)
					say(c.env.Stdout, "%s: %d pages in %d folders\n", result.Course.Title, result.Report.Pages, result.Report.Folders)
					return how.finish(ctx, c, []tutor.Course{result.Course})
				})
			}
		},
	}
}
