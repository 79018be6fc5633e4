package coach

import (
	"fmt"
	"slices"

	"maieutic/rubric"
	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// How a model's word counts, as for answers in rubric.Agree.
const (
	unsureBelow   = .4 // confidence of the built-in reading up to which the model may correct it
	modelTrust    = .5 // how much better than an even chance a model's word is taken to be
	doubt         = .1 // confidence of a band over which the two differ
	evidenceWords = 3  // that some quote must have for a level above the lowest
	mostEvidence  = 3  // quotes
)

// joiner joins a model's opinions of the criteria of one draft with the built-in
// readings.
type joiner struct {
	draft   *places
	wording *wording
	leftOut int // words of the draft that the model has not seen

	void     int // opinions whose quotes do not stand in the draft
	heldBack int // words that a coach may not say
}

// join returns the reading after both, and a flag when they differ by more than a
// level. The built-in engine has the first word:
//
//   - A quote does not stand in the draft, or a level above the lowest rests on
//     none: the built-in reading as it is.
//   - Both see the same level: agreed, at the confidence of two independent
//     witnesses, with the model's evidence.
//   - They are a level apart: the built-in value stays. Only a formative band of
//     which the built-in engine is unsure gives way to a lower one.
//   - They are further apart: the built-in value and words stay, and a person is
//     asked to look. A band counts for little then; a grade of a fitted scorer
//     keeps the confidence that was measured.
//   - The model has not seen the whole draft: its level says nothing.
//
// So a model never raises a score, and whoever talks it round gains nothing.
func (j *joiner) join(b Reading, o opinion) (Reading, *tutor.Flag) {
	evidence, ok := j.draft.all(o.Evidence)
	if !ok || o.level > 0 && !slices.ContainsFunc(evidence, func(q tutor.Quote) bool { return essay.CountWords(q.Text) >= evidenceWords }) {
		j.void++
		return b, nil
	}
	evidence = evidence[:min(len(evidence), mostEvidence)]
	own := levelOf(b)
	switch apart := o.level - own; {
	case j.leftOut > 0:
	case apart == 0:
		b.Agreement, b.Confidence = rubric.Agreed, 1-(1-b.Confidence)*(1-modelTrust)
		if len(evidence) > 0 {
			b.Quotes = evidence
		}
	case apart > 1 || apart < -1:
		b.Agreement = rubric.Disagreed
		if !b.Graded {
			b.Confidence = min(b.Confidence, doubt)
		}
		levels := b.Criterion.Levels
		return b, &tutor.Flag{Code: tutor.FlagDivergence, CriterionID: b.Criterion.ID,
			Detail: fmt.Sprintf("built-in %d of %d, model %d of %d", own+1, len(levels), o.level+1, len(levels))}
	case apart == -1 && !b.Graded && b.Confidence < unsureBelow:
		b.Value, _ = b.Criterion.Scale().Value(b.Criterion.Levels[o.level].ID)
		b.Agreement, b.Confidence, b.Grader = rubric.Decided, modelTrust, tutor.GraderModel
		if len(evidence) > 0 {
			b.Quotes = evidence
		}
	}
	j.strength(&b, *o.Strength)
	j.next(&b, *o.Next)
	return b, nil
}

// levelOf is the index of the level of a reading.
func levelOf(b Reading) int {
	id := nearest(b)
	return slices.IndexFunc(b.Criterion.Levels, func(l tutor.RubricLevel) bool { return l.ID == id })
}

// strength takes the model's words of what is good, where they name a place. At
// the lowest level nothing is added to what the built-in engine found.
func (j *joiner) strength(b *Reading, r remark) {
	place, ok := j.draft.find(r.Quote)
	if !ok || b.Strength == nil && levelOf(*b) == 0 {
		return
	}
	words, err := j.wording.strength(r.Words)
	if err != nil {
		j.heldBack++
		return
	}
	found := essay.Finding{Code: "model.strength"}
	if b.Strength != nil {
		found = *b.Strength
	}
	found.Quotes, found.Citation = []tutor.Quote{place}, nil
	b.Strength, b.StrengthText = &found, words
}

// next takes the model's question for the next step that the built-in engine
// found; where that found none, the draft is done. Without a place the question is
// about what the built-in engine points to. What has not been seen may not be
// called missing.
func (j *joiner) next(b *Reading, r remark) {
	if b.Next == nil || r.Words == "" || r.Quote == "" && j.leftOut > 0 {
		return
	}
	found := *b.Next
	if r.Quote != "" {
		place, ok := j.draft.find(r.Quote)
		if !ok {
			return
		}
		found.Quotes = []tutor.Quote{place}
	}
	words, err := j.wording.question(r.Words)
	if err != nil {
		j.heldBack++
		return
	}
	b.Next, b.NextText = &found, words
}
