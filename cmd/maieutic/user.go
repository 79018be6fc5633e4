package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"maieutic/tutor"
	"maieutic/tutor/postgres"
	"maieutic/web"
)

func userCommands() []*command {
	return []*command{
		{
			name: "user add", args: "EMAIL", settings: []string{"data"},
			summary: "Make an account. Its password is chosen and printed, or read.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				var a newUser
				a.target = targetFlags(flags)
				flags.StringVar(&a.name, "name", "", "the person's `name`")
				flags.StringVar(&a.role, "role", "student", "student, teacher or admin")
				flags.StringVar(&a.language, "language", "", "language of their pages, e.g. en, es or ar")
				flags.BoolVar(&a.read, "password-stdin", false, "read the password from standard input")
				return func(ctx context.Context, c *call) error { return addUser(ctx, c, a) }
			},
		},
		{
			name: "user password", args: "EMAIL", settings: []string{"data"},
			summary: "Set a password and sign the account out everywhere.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				read := flags.Bool("password-stdin", false, "read the password from standard input")
				return func(ctx context.Context, c *call) error { return setPassword(ctx, c, *read) }
			},
		},
		{
			name: "user token", args: "EMAIL", settings: []string{"data"},
			summary: "Make a token with which a program speaks for an account, and print it once.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				label := flags.String("label", "", "what the token is for")
				days := flags.Int("days", 90, "how long it is valid")
				return func(ctx context.Context, c *call) error { return makeToken(ctx, c, *label, *days) }
			},
		},
		{
			name: "user list", settings: []string{"data"}, summary: "List the accounts of every school.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				school := flags.String("school", "", "list this school alone, by `name`")
				return func(ctx context.Context, c *call) error { return listUsers(ctx, c, *school) }
			},
		},
	}
}

// newUser is what user add was given.
type newUser struct {
	target     *target
	name, role string
	language   string
	read       bool
}

func addUser(ctx context.Context, c *call, u newUser) error {
	password, chosen, err := choosePassword(c.env.Stdin, u.read)
	if err != nil {
		return err
	}
	hash, err := web.HashPassword(password)
	if err != nil {
		return err
	}
	return withRecord(ctx, c, func(r *record) error {
		school, err := r.findSchool(ctx, u.target.school)
		if err != nil {
			return err
		}
		account, err := r.store.CreateAccount(ctx, tutor.Account{
			SchoolID: school, Email: c.args[0], Name: u.name, Role: tutor.Role(u.role), Language: u.language,
		}, hash)
		if err != nil {
			return err
		}
		for _, name := range u.target.classes {
			class, err := r.store.CreateClass(ctx, school, name)
			if err != nil {
				return err
			}
			if err := r.store.Enrol(ctx, account, class); err != nil {
				return err
			}
		}
		fmt.Fprintf(c.env.Stdout, "Made the %s %s (%s).\n", account.Role, account.Name, account.Email)
		tellPassword(c.env.Stdout, password, chosen)
		return nil
	})
}

// choosePassword reads a password, or chooses one that is easy to type.
func choosePassword(stdin io.Reader, read bool) (password string, chosen bool, err error) {
	if !read {
		token, _ := web.NewToken()
		return token[:20], true, nil
	}
	line, err := bufio.NewReader(stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", false, err
	}
	return strings.TrimRight(line, "\r\n"), false, nil
}

func tellPassword(w io.Writer, password string, chosen bool) {
	if chosen {
		fmt.Fprintf(w, "The password is %s; it is shown this once.\n", password)
	}
}

func setPassword(ctx context.Context, c *call, read bool) error {
	password, chosen, err := choosePassword(c.env.Stdin, read)
	if err != nil {
		return err
	}
	hash, err := web.HashPassword(password)
	if err != nil {
		return err
	}
	return withRecord(ctx, c, func(r *record) error {
		account, _, err := r.store.AccountByEmail(ctx, c.args[0])
		if err != nil {
			return err
		}
		if err := r.store.SetPassword(ctx, account, hash); err != nil {
			return err
		}
		fmt.Fprintf(c.env.Stdout, "The password of %s is set; they are signed out everywhere.\n", account.Email)
		tellPassword(c.env.Stdout, password, chosen)
		return nil
	})
}

func makeToken(ctx context.Context, c *call, label string, days int) error {
	if days < 1 || days > 3650 {
		return usagef("a token is valid for 1 to 3650 days")
	}
	return withRecord(ctx, c, func(r *record) error {
		account, _, err := r.store.AccountByEmail(ctx, c.args[0])
		if err != nil {
			return err
		}
		token, hash := web.NewToken()
		expires := time.Now().AddDate(0, 0, days)
		if err := r.store.CreateToken(ctx, account, postgres.TokenBearer, label, hash, expires); err != nil {
			return err
		}
		fmt.Fprintln(c.env.Stdout, token)
		fmt.Fprintf(c.env.Stderr, "For %s until %s; it is shown this once.\n", account.Email, expires.Format(time.DateOnly))
		return nil
	})
}

// accountsPage is how many accounts are listed at a time.
const accountsPage = 500

func listUsers(ctx context.Context, c *call, only string) error {
	return withRecord(ctx, c, func(r *record) error {
		schools, err := r.store.Schools(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(c.env.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "SCHOOL\tROLE\tNAME\tEMAIL")
		for _, school := range schools {
			if only != "" && school.Name != only {
				continue
			}
			if err := listSchool(ctx, r.store, school, table); err != nil {
				return err
			}
		}
		return table.Flush()
	})
}

func listSchool(ctx context.Context, store *postgres.Store, school postgres.School, w io.Writer) error {
	after := ""
	for {
		accounts, err := store.Accounts(ctx, school.ID, after, accountsPage)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", school.Name, a.Role, a.Name, a.Email)
		}
		if len(accounts) < accountsPage {
			return nil
		}
		after = accounts[len(accounts)-1].ID
	}
}
