package coach

import (
	"maieutic/rubric/revision"
	"maieutic/tutor"
)

// outcomes says what became of the points of the feedback before, nil when there
// is none.
func outcomes(in Input, now []Reading) []tutor.PointOutcome {
	before := in.Work.Earlier
	if before == nil || before.Feedback == nil || before.Feedback.Refusal != "" {
		return nil
	}
	earlier, later := map[string]revision.Standing{}, map[string]revision.Standing{}
	var points []tutor.Point
	for _, c := range before.Feedback.Criteria {
		var s revision.Standing
		if c.Score != nil {
			s.Value = c.Score.Value
		}
		if c.Strength != nil {
			points = append(points, *c.Strength)
		}
		if c.Next != nil {
			points = append(points, *c.Next)
			s.Finding, s.Quotes = c.Next.Finding, c.Next.Quotes
		}
		earlier[c.CriterionID] = s
	}
	for _, r := range now {
		// On the same scale as the scores before: a level's.
		scale := r.Criterion.Scale()
		value, _ := scale.Value(scale.Nearest(r.Value).ID)
		s := revision.Standing{Value: value}
		if r.Next != nil {
			s.Finding, s.Quotes = r.Next.Code, r.Next.Quotes
		}
		later[r.Criterion.ID] = s
	}
	return revision.Outcomes(points, revision.Align(before.Draft.Text, in.Work.Draft.Text), earlier, later)
}
