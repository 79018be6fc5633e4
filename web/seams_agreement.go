package web

import (
	"context"

	"maieutic/tutor"
)

// AgreementStore is what the server needs of how machine and people agree.
type AgreementStore interface {
	// RatedPairs returns scores of machine and person side by side, of the learners the viewer teaches.
	RatedPairs(ctx context.Context, viewer tutor.Account) ([]tutor.RatedPair, error)
	Corrections(ctx context.Context, viewer tutor.Account) ([]tutor.Correction, error)
	AcceptCorrection(ctx context.Context, viewer tutor.Account, c tutor.Correction) error
	WithdrawCorrection(ctx context.Context, viewer tutor.Account, id string) error
	// DrawSample asks a teacher, by e-mail address, to mark drafts of a task blind.
	DrawSample(ctx context.Context, viewer tutor.Account, activityID, marker string, n int) (int, error)
	Samples(ctx context.Context, viewer tutor.Account) ([]tutor.MarkingSample, error)
	Sample(ctx context.Context, viewer tutor.Account, id string) (tutor.MarkingSample, error)
	Mark(ctx context.Context, viewer tutor.Account, sampleID string, levels map[string]string) error
}
