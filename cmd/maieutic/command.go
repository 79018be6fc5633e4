package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
)

// command is one thing that maieutic does.
type command struct {
	name     string   // one word or two
	args     string   // the arguments as usage shows them
	summary  string   // one line
	settings []string // flags of the settings table that it takes
	hidden   bool     // part of another command, not for people
	// prepare declares the command's own flags and returns what runs it. It may
	// be called more than once.
	prepare func(*flag.FlagSet) func(context.Context, *call) error
}

// call is one run of a command.
type call struct {
	env    Env
	config Config
	args   []string
}

// usageError is a command line that cannot be understood.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// commands lists every command in the order of the overview.
func commands() []*command {
	all := []*command{serveCommand(), doctorCommand()}
	all = append(all, curriculumCommands()...)
	all = append(all, importCommands()...)
	all = append(all, userCommands()...)
	all = append(all, exportCommand())
	all = append(all, rubricCommands()...)
	all = append(all, fitCommands()...)
	all = append(all, evalCommands()...)
	all = append(all, benchCommands()...)
	all = append(all, readDocumentCommand())
	return append(all, helpCommand(), versionCommand())
}

// findCommand returns the command that args begin with and the rest of them.
func findCommand(args []string) (*command, []string) {
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if len(args) >= len(words) && strings.Join(args[:len(words)], " ") == c.name {
			return c, args[len(words):]
		}
	}
	return nil, nil
}

// execute parses the rest of the command line and runs the command.
func (c *command) execute(ctx context.Context, args []string, env Env) error {
	flags, given, run := c.flagSet()
	positional, err := parseFlags(flags, args)
	if err != nil {
		return err
	}
	if want := len(strings.Fields(c.args)); !strings.Contains(c.args, "[") && len(positional) != want {
		if want == 0 {
			return usagef("there is nothing to do with %q", positional[0])
		}
		return usagef("it takes %s", c.args)
	}
	config, err := readConfig(env.Getenv, given)
	if err != nil {
		return err
	}
	return run(ctx, &call{env: env, config: config, args: positional})
}

// flagSet declares the command's flags. Settings that were given are found in
// the map once the flags are parsed.
func (c *command) flagSet() (*flag.FlagSet, map[string]string, func(context.Context, *call) error) {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	given := map[string]string{}
	for _, s := range settings {
		for _, name := range c.settings {
			if s.flag == name {
				flags.Func(name, s.help+" (default "+s.fallback+")", func(value string) error {
					given[name] = value
					return nil
				})
			}
		}
	}
	return flags, given, c.prepare(flags)
}

// parseFlags lets flags stand before, between and after the arguments.
func parseFlags(flags *flag.FlagSet, args []string) ([]string, error) {
	var positional []string
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usagef("%v", err)
		}
		rest := flags.Args()
		if len(rest) == 0 {
			return positional, nil
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			return append(positional, rest...), nil
		}
		positional = append(positional, rest[0])
		args = rest[1:]
	}
}

// usage prints how to call the command and its flags.
func (c *command) usage(w io.Writer) {
	flags, _, _ := c.flagSet()
	line := "Usage: maieutic " + c.name
	if c.args != "" {
		line += " " + c.args
	}
	any := false
	flags.VisitAll(func(*flag.Flag) { any = true })
	if any {
		line += " [flags]"
	}
	fmt.Fprintf(w, "%s\n\n%s\n", line, c.summary)
	if !any {
		return
	}
	fmt.Fprintln(w, "\nFlags:")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	flags.VisitAll(func(f *flag.Flag) {
		kind, help := flag.UnquoteUsage(f)
		fmt.Fprintf(table, "  --%s %s\t%s\n", f.Name, kind, help)
	})
	_ = table.Flush()
}

// overview prints every command.
func overview(w io.Writer) {
	fmt.Fprintln(w, "Maieutic is a Socratic tutor for a school, on a machine of its own.\n\nCommands:")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		if !c.hidden {
			fmt.Fprintf(table, "  maieutic %s\t%s\n", strings.TrimSpace(c.name+" "+c.args), c.summary)
		}
	}
	_ = table.Flush()
	fmt.Fprintln(w, "\nmaieutic help COMMAND says more; maieutic help settings lists the settings.")
}

func helpCommand() *command {
	return &command{
		name: "help", args: "[COMMAND]", summary: "Explain a command, or the settings.",
		prepare: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(_ context.Context, c *call) error {
				switch {
				case len(c.args) == 0:
					overview(c.env.Stdout)
					return nil
				case c.args[0] == "settings":
					return printSettings(c.env.Stdout)
				}
				about, rest := findCommand(c.args)
				if about == nil || len(rest) > 0 {
					return usagef("there is no command %q", strings.Join(c.args, " "))
				}
				about.usage(c.env.Stdout)
				return nil
			}
		},
	}
}

func versionCommand() *command {
	return &command{
		name: "version", summary: "Print the version.",
		prepare: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(_ context.Context, c *call) error {
				printVersion(c.env.Stdout)
				return nil
			}
		},
	}
}

func printVersion(w io.Writer) {
	version := "(development)"
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			version = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				version += " " + s.Value
			}
		}
	}
	fmt.Fprintf(w, "maieutic %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
