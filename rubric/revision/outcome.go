package revision

import (
	"slices"

	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// Standing is how a criterion stands in one reading.
type Standing struct {
	Finding string  // code of the next step, "" when there is none
	Value   float64 // 0..1
	Quotes  []tutor.Quote
}

// step is how far a value has to move to count as a change: half a level of a
// scale of four.
const step = 1.0 / 6

// Outcomes says what became of the points of the earlier feedback. Of a next step:
//
//   - worse: the criterion has fallen.
//   - addressed: what was found is no longer found, or the criterion has risen by
//     a level, and the place was worked on or the step asked for something new.
//   - partly: the place was worked on, or the criterion has risen a little, and the
//     same is still found there.
//   - untouched: neither.
//
// A strength has an outcome only when it was lost: its place was worked on and the
// criterion has fallen. It is worse then.
//
// Earlier and now are the standings of the criteria in both readings, by id.
func Outcomes(points []tutor.Point, a Alignment, earlier, now map[string]Standing) []tutor.PointOutcome {
	var out []tutor.PointOutcome
	for _, p := range points {
		after, worked := a.follow(p.Quotes)
		o := tutor.PointOutcome{PointID: p.ID, CriterionID: p.CriterionID, Before: p.Quotes, After: after}
		was, is := earlier[p.CriterionID], now[p.CriterionID]
		rise := is.Value - was.Value
		gone := is.Finding != p.Finding || len(p.Quotes) > 0 && !stillThere(is.Quotes, o.After)
		switch {
		case p.Kind == tutor.PointStrength && (rise > -step || !worked):
			continue
		case rise <= -step:
			o.Fate = tutor.FateWorse
		case gone && (worked || rise >= step || len(p.Quotes) == 0 && rise >= 0 && a.grown()):
			o.Fate = tutor.FateAddressed
		case rise >= 2*step:
			o.Fate = tutor.FateAddressed
		case worked || rise > .05:
			o.Fate = tutor.FatePartly
		default:
			o.Fate = tutor.FateUntouched
		}
		out = append(out, o)
	}
	return out
}

// stillThere reports whether what is found now is found at the place where it was
// found before.
func stillThere(now, place []tutor.Quote) bool {
	return slices.ContainsFunc(now, func(n tutor.Quote) bool {
		return slices.ContainsFunc(place, func(p tutor.Quote) bool { return n.Start < p.End && p.Start < n.End })
	})
}

// grown reports whether the later draft has sentences that the earlier had not.
func (a Alignment) grown() bool {
	return slices.ContainsFunc(a.Rows, func(r Row) bool { return r.Kind == Added || r.Kind == Changed })
}

// follow returns what became of places of the earlier draft, and whether they
// were worked on: changed, taken out, or with something new beside them.
func (a Alignment) follow(quotes []tutor.Quote) (after []tutor.Quote, worked bool) {
	for i, r := range a.Rows {
		if r.Kind == Added || !touches(r.Before, quotes) {
			continue
		}
		if r.Kind != Removed {
			after = append(after, tutor.Quote{Start: r.After.Start, End: r.After.End, Text: r.New})
		}
		if r.Kind == Changed || r.Kind == Removed || r.Kind == Moved && r.Old != r.New {
			worked = true
		}
		if i+1 < len(a.Rows) && a.Rows[i+1].Kind == Added {
			next := a.Rows[i+1]
			after = append(after, tutor.Quote{Start: next.After.Start, End: next.After.End, Text: next.New})
			worked = true
		}
	}
	return after, worked
}

func touches(s essay.Span, quotes []tutor.Quote) bool {
	return slices.ContainsFunc(quotes, func(q tutor.Quote) bool { return s.Start < q.End && q.Start < s.End })
}
