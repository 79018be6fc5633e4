package rubric

import (
	"context"
	"strings"

	"maieutic/tutor"
)

// Agreement says how two graders came to a finding.
type Agreement string

// How a finding came about. A teacher sees it beside the score.
const (
	Alone     Agreement = ""          // one grader looked at it
	Agreed    Agreement = "agreed"    // both said the same
	Decided   Agreement = "decided"   // the built-in grader was unsure, the model was not
	Disagreed Agreement = "disagreed" // the built-in grader's word, at little weight
)

// Thresholds of agreement. A finding covers an idea from probability .6 and is
// sure of its word from confidence .4, see package dialogue.
const (
	coversFrom  = 0.6
	likelyFrom  = 0.2
	sureFrom    = 0.4
	modelCovers = 0.6 // value of a level from which the model says that the idea is there
	modelDenies = 0.4 // value up to which it says that it is not
	modelTrust  = 0.5 // how much better than an even chance a model's word is taken to be
	// doubt is the confidence of a finding over which the graders disagree: the
	// policy asks for more, and the learner model hardly moves.
	doubt = 0.1
	// supportLoss is how much less the built-in grader may see in the quoted words
	// than in the whole answer for the quotes to carry an idea.
	supportLoss = 0.1
	// joinedSuspicion is the confidence of a wrong idea that only the model saw,
	// with a verified quote, in an answer that covers nothing.
	joinedSuspicion = 0.65
)

// Agree joins what the two graders say. The built-in one has the first word:
//
//   - Exact answers are its alone.
//   - Both say that the idea is there: its value, at the confidence of two
//     independent witnesses, 1-(1-a)(1-b). Both say that it is not: the same, with
//     the mean of the values where that is lower.
//   - It is unsure and the model says that the idea is there, in words that carry
//     it for the built-in grader, too: accepted, so that the talk goes on, while
//     the value and its little weight stay as they are. A person may raise it.
//   - It is unsure and the model says that the idea is not there: the model's word.
//   - They contradict each other: the built-in value stays, and so does its
//     verdict if it was sure that the idea is there; the confidence drops to
//     doubt. A right answer is never refused on a model's word, and a wrong one
//     never made right.
//   - The model abstains: the built-in finding as it is.
//
// So a model never raises a score: whoever talks it round gains nothing that
// counts. Nor does it lower that of an answer which the built-in grader is sure
// is right.
func (b *Builtin) Agree(ctx context.Context, q Question, a Assessment, o Opinion) (Assessment, error) {
	if o.Abstained != "" || len(o.Findings) != len(a.Findings) {
		return a, nil
	}
	findings := make([]Finding, len(a.Findings))
	covers := false
	for i, f := range a.Findings {
		joined, err := b.join(ctx, q, i, f, o.Findings[i])
		if err != nil {
			return a, err
		}
		findings[i] = joined
		covers = covers || joined.Accepted || joined.Value >= coversFrom && joined.Confidence >= likelyFrom && !joined.Contradicted
	}
	a.Findings = findings
	if !covers {
		a.Misconceptions = joinSuspicions(a.Misconceptions, o.Misconceptions)
	}
	return a, nil
}

func (b *Builtin) join(ctx context.Context, q Question, i int, f Finding, v View) (Finding, error) {
	if !v.Has {
		return f, nil
	}
	there := f.Value >= coversFrom && f.Confidence >= likelyFrom && !f.Contradicted
	absent := f.Confidence >= sureFrom && !there
	says, denies := v.Value >= modelCovers && !v.Opposed, v.Value <= modelDenies || v.Opposed
	switch {
	case there && says || absent && denies:
		if absent {
			f.Value = min(f.Value, (f.Value+v.Value)/2)
		}
		f.Confidence = 1 - (1-f.Confidence)*(1-modelTrust)
		f.Agreement = Agreed
		if len(v.Quotes) > 0 {
			f.Quotes = v.Quotes
		}
	case there && denies && f.Confidence >= sureFrom:
		f.Agreement, f.Confidence = Disagreed, likelyFrom
	case there && denies, absent && says:
		f.Agreement, f.Confidence = Disagreed, doubt
	case !there && !absent && says:
		carried, err := b.carried(ctx, q, i, f, v)
		if err != nil || !carried {
			return f, err
		}
		f.Agreement, f.Accepted, f.Quotes = Decided, true, v.Quotes
	case !there && !absent && denies:
		f.Value, f.Confidence, f.Contradicted = min(f.Value, v.Value), modelTrust, f.Contradicted || v.Opposed
		f.Agreement, f.Grader = Decided, tutor.GraderModel
		if len(v.Quotes) > 0 {
			f.Quotes = v.Quotes
		}
	}
	return f, nil
}

// carried reports whether the words that a model quotes are about the idea for
// the built-in grader, too.
func (b *Builtin) carried(ctx context.Context, q Question, i int, f Finding, v View) (bool, error) {
	var words []string
	for _, quote := range v.Quotes {
		words = append(words, quote.Text)
	}
	alone := q
	alone.Expectations = q.Expectations[i : i+1]
	alone.Misconceptions = nil
	a, err := b.Grade(ctx, alone, strings.Join(words, ". "))
	if err != nil {
		return false, err
	}
	return !a.Findings[0].Contradicted && a.Findings[0].Value >= f.Value-supportLoss, nil
}

// joinSuspicions adds what the model saw, and believes more in what both saw.
func joinSuspicions(own, other []Suspicion) []Suspicion {
	joined := append([]Suspicion(nil), own...)
	for _, s := range other {
		known := false
		for i := range joined {
			if joined[i].MisconceptionID == s.MisconceptionID {
				joined[i].Confidence = max(joined[i].Confidence, 1-(1-joined[i].Confidence)*(1-modelTrust))
				known = true
			}
		}
		if !known {
			s.Confidence = joinedSuspicion
			joined = append(joined, s)
		}
	}
	return joined
}
