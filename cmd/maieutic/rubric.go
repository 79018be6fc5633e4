package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"maieutic/rubric/exchange"
	"maieutic/tutor"
)

func rubricCommands() []*command {
	return []*command{
		{
			name: "rubric import", args: "FILE", settings: []string{"data"},
			summary: "Add the rubrics of a file to a course, or make one a new version of another.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				var in rubricImport
				flags.StringVar(&in.course, "course", "", "`id` of the course")
				flags.StringVar(&in.into, "into", "", "`id` of a rubric that the file is a new version of")
				flags.StringVar(&in.format, "format", "", "canvas, ora or case (default: found out from the file)")
				flags.StringVar(&in.as, "as", "", "`e-mail` of whose doing it is (default: the only administrator)")
				flags.BoolVar(&in.dry, "dry-run", false, "with --into: only say what it would do")
				return func(ctx context.Context, c *call) error { return importRubrics(ctx, c, in) }
			},
		},
		{
			name: "rubric export", args: "ID", settings: []string{"data"}, summary: "Write a rubric in the format of another system.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				format := flags.String("format", "", "canvas, ora or case")
				version := flags.String("version", "", "an earlier version")
				out := flags.String("out", "", "`file` to write; standard output without it")
				as := flags.String("as", "", "`e-mail` of an account that sees the rubric (default: the only administrator)")
				return func(ctx context.Context, c *call) error { return exportRubric(ctx, c, *format, *version, *out, *as) }
			},
		},
		{
			name: "rubric list", settings: []string{"data"}, summary: "List the rubrics of every course.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				as := flags.String("as", "", "`e-mail` of an account that sees them (default: the only administrator)")
				return func(ctx context.Context, c *call) error { return listRubrics(ctx, c, *as) }
			},
		},
	}
}

// rubricImport is what rubric import was given.
type rubricImport struct {
	course, into, format, as string
	dry                      bool
}

// rubricAccount is who a command on rubrics acts for: what it does stands in the
// audit log under a name. Without an address it is the one administrator there is.
func (r *record) rubricAccount(ctx context.Context, email string) (tutor.Account, error) {
	if email != "" {
		account, _, err := r.store.AccountByEmail(ctx, email)
		return account, err
	}
	schools, err := r.store.Schools(ctx)
	if err != nil {
		return tutor.Account{}, err
	}
	var admins []tutor.Account
	for _, school := range schools {
		accounts, err := r.store.Accounts(ctx, school.ID, "", accountsPage) // administrators come first
		if err != nil {
			return tutor.Account{}, err
		}
		for _, a := range accounts {
			if a.Role == tutor.RoleAdmin {
				admins = append(admins, a)
			}
		}
	}
	if len(admins) != 1 {
		return tutor.Account{}, usagef("there are %d administrators; say with --as whose doing it is, by e-mail", len(admins))
	}
	return admins[0], nil
}

func importRubrics(ctx context.Context, c *call, in rubricImport) error {
	if (in.course == "") == (in.into == "") {
		return usagef("give --course for new rubrics, or --into for a new version of one")
	}
	data, err := readLimited(c.args[0], exchange.MaxFile)
	if err != nil {
		return err
	}
	file, err := exchange.Files{}.Import(in.format, data)
	if err != nil {
		return err
	}
	tellLosses(c.env.Stderr, file.Losses)
	return withRecord(ctx, c, func(r *record) error {
		account, err := r.rubricAccount(ctx, in.as)
		if err != nil {
			return err
		}
		if in.into != "" {
			return importInto(ctx, c, r, account, in, file)
		}
		for _, rubric := range file.Rubrics {
			rubric.CourseID = in.course
			saved, err := r.store.SaveRubric(ctx, account, rubric, "")
			if err != nil {
				return err
			}
			fmt.Fprintf(c.env.Stdout, "%s  %s\n", saved.ID, saved.Title)
		}
		return nil
	})
}

func importInto(ctx context.Context, c *call, r *record, account tutor.Account, in rubricImport, file tutor.RubricImport) error {
	now, err := r.store.Rubric(ctx, account, in.into, "")
	if err != nil {
		return err
	}
	after, err := file.NextVersion(now.Rubric)
	if err != nil {
		return err
	}
	var run tutor.RubricDryRun
	if in.dry {
		run, err = r.store.DryRunRubric(ctx, account, in.into, after)
	} else {
		run, err = r.store.ApplyRubric(ctx, account, in.into, after, now.Rubric.Version)
	}
	if err != nil {
		return err
	}
	tellRun(c.env.Stdout, run)
	return nil
}

func tellRun(w io.Writer, run tutor.RubricDryRun) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "change\t%s\nlearners\t%d\nwaiting\t%d\n", run.Change.Kind, run.Learners, run.Waiting)
	for _, outcome := range tutor.RescoreOutcomes {
		fmt.Fprintf(table, "%s\t%d drafts, %d scores\n", outcome, run.Drafts[outcome], run.Scores[outcome])
	}
	_ = table.Flush()
}

func tellLosses(w io.Writer, losses []tutor.RubricLoss) {
	for _, l := range losses {
		fmt.Fprintf(w, "does not come across: %s of %q\n", l.Code, l.At)
	}
}

// readLimited reads a file that must not be larger than a limit.
func readLimited(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInvalid, "cannot read "+name)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	return data, tutor.WrapError(err, tutor.CodeInvalid, "cannot read "+name)
}

func exportRubric(ctx context.Context, c *call, format, version, out, as string) error {
	if format == "" {
		return usagef("give --format canvas, ora or case")
	}
	return withRecord(ctx, c, func(r *record) error {
		account, err := r.rubricAccount(ctx, as)
		if err != nil {
			return err
		}
		v, err := r.store.Rubric(ctx, account, c.args[0], version)
		if err != nil {
			return err
		}
		file, err := exchange.Files{}.Export(format, []tutor.Rubric{v.Rubric}, v.At)
		if err != nil {
			return err
		}
		tellLosses(c.env.Stderr, file.Losses)
		if out == "" {
			_, err = c.env.Stdout.Write(file.Data)
			return err
		}
		return tutor.WrapError(os.WriteFile(out, file.Data, 0o644), tutor.CodeUnavailable, "cannot write "+out)
	})
}

func listRubrics(ctx context.Context, c *call, as string) error {
	return withRecord(ctx, c, func(r *record) error {
		account, err := r.rubricAccount(ctx, as)
		if err != nil {
			return err
		}
		courses, err := r.store.Courses(ctx, account)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(c.env.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "COURSE\tID\tVERSION\tCRITERIA\tDRAFTS\tTITLE")
		for _, course := range courses {
			rubrics, err := r.store.Rubrics(ctx, account, course.ID)
			if err != nil {
				return err
			}
			for _, e := range rubrics {
				fmt.Fprintf(table, "%s\t%s\t%.8s\t%d\t%d\t%s\n", course.ID, e.Rubric.ID, e.Rubric.Version, len(e.Rubric.Criteria), e.Drafts, e.Rubric.Title)
			}
		}
		return table.Flush()
	})
}
