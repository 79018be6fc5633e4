// Command maieutic is the tutoring server and what its administrators need
// beside it. Run maieutic help.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"maieutic/tutor"
)

// Env is what a command may use of the world.
type Env struct {
	Getenv func(string) string
	Stdin  io.Reader
	Stdout io.Writer // what was asked for
	Stderr io.Writer // progress, errors and the log
}

// The exit codes: done, failed, not understood.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the usual meaning is back: a second one ends the
	// process at once.
	context.AfterFunc(ctx, stop)
	env := Env{Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(Main(ctx, os.Args[1:], env))
}

// Main runs one command to its end and returns the exit code. When ctx ends a
// server stops in order, everything else gives up.
func Main(ctx context.Context, args []string, env Env) int {
	command, rest := findCommand(args)
	if command == nil {
		return unknownCommand(args, env)
	}
	err := command.execute(ctx, rest, env)
	var wrong *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, flag.ErrHelp):
		command.usage(env.Stdout)
		return exitOK
	case errors.As(err, &wrong):
		fmt.Fprintf(env.Stderr, "maieutic %s: %s\n\n", command.name, wrong.message)
		command.usage(env.Stderr)
		return exitUsage
	case tutor.ErrorCode(err) == tutor.CodeInvalid:
		fmt.Fprintf(env.Stderr, "maieutic: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(env.Stderr, "maieutic: %v\n", err)
	return exitError
}

// unknownCommand helps somebody who asked for nothing, for help, or for a
// command that is not there.
func unknownCommand(args []string, env Env) int {
	if len(args) == 0 {
		overview(env.Stderr)
		return exitUsage
	}
	switch args[0] {
	case "-h", "-help", "--help":
		overview(env.Stdout)
		return exitOK
	case "-v", "-version", "--version":
		printVersion(env.Stdout)
		return exitOK
	}
	fmt.Fprintf(env.Stderr, "maieutic: there is no command %q\n\n", args[0])
	overview(env.Stderr)
	return exitUsage
}
