package main

import (
	"log/slog"

	"maieutic/dialogue/coach"
	"maieutic/rubric/essay/scorer"
)

// newCoach wires what reads drafts.
func newCoach(log *slog.Logger) *coach.Coach {
	return coach.New(coach.Config{Log: log, Decode: decodeScorer})
}

// decodeScorer reads a stored scorer.
func decodeScorer(stored []byte) (coach.Scorer, error) { return scorer.Unmarshal(stored) }
