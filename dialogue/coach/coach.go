// Package coach reads a draft of an essay against a rubric and says, criterion by
// criterion, what is good in it and what to work on next: always with the
// learner's own words as evidence, always as a question, never with a sentence
// written for them.
//
// What is found and which level it earns is decided by deterministic code in
// rubric/essay. A language model may read beside it and find the words; whatever
// it quotes is looked up in the draft, and what does not stand there is dropped.
package coach

import (
	"context"

	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// Input is one draft with all that is needed to read it.
type Input struct {
	Work     tutor.FeedbackWork
	Language string // BCP 47 of the feedback's words; the learner's
}

// Reading is what somebody found in a draft for one criterion.
type Reading struct {
	CriterionID string
	Value       float64 // 0..1 on the criterion's scale
	Confidence  float64 // 0..1
	Graded      bool    // Value comes from a scorer fitted to graded essays
	Strength    *essay.Finding
	Next        *essay.Finding
}

// Grammar finds slips of grammar and spelling in a text. *essay.LanguageTool is
// one. Implementations are safe for concurrent use.
type Grammar interface {
	Check(ctx context.Context, text, language string) ([]essay.Slip, error)
}
