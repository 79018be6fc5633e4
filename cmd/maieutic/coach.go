package main

import (
	"log/slog"

	"maieutic/dialogue/coach"
)

// newCoach wires what reads drafts.
func newCoach(log *slog.Logger) *coach.Coach {
	return coach.New(coach.Config{Log: log})
}
