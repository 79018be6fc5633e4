package main

import (
	"context"
	"flag"

	"maieutic/tutor/document"
)

// readDocumentCommand reads one file that somebody handed in, for the server.
func readDocumentCommand() *command {
	return &command{
		name: document.ChildCommand, args: "ORDER", summary: "Part of serve.", hidden: true,
		prepare: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(ctx context.Context, c *call) error {
				return document.Child(ctx, c.args[0], c.env.Stdin, c.env.Stdout)
			}
		},
	}
}
