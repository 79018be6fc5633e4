package essay

import (
	"cmp"
	"slices"

	"maieutic/tutor"
)

// Reading is what the built-in engine finds of one aspect of a draft.
type Reading struct {
	Aspect     tutor.Aspect
	Value      float64   // 0..1
	Confidence float64   // 0..1, how much the engine can tell in this language at all
	Strengths  []Finding // heaviest first
	Nexts      []Finding // heaviest first
}

func (r *Reading) good(f Finding) { f.Aspect = r.Aspect; r.Strengths = append(r.Strengths, f) }
func (r *Reading) next(f Finding) { f.Aspect = r.Aspect; r.Nexts = append(r.Nexts, f) }

// unread says that the engine cannot tell this of the draft: the value is the
// middle of the scale, and worth nothing.
func (r *Reading) unread() {
	r.Value, r.Confidence = .5, 0
	r.next(Finding{Code: string(r.Aspect) + ".unread", Weight: .1})
}

// Read reads one aspect. Slips are those of a grammar checker, nil for none: the
// engine's own few rules are always applied.
func (a *Analysis) Read(aspect tutor.Aspect, slips []Slip) Reading {
	r := Reading{Aspect: aspect}
	switch aspect {
	case tutor.AspectThesis:
		a.thesis(&r)
	case tutor.AspectEvidence:
		a.evidence(&r)
	case tutor.AspectCounter:
		a.counter(&r)
	case tutor.AspectSources:
		a.sources(&r)
	case tutor.AspectOrganisation:
		a.organisation(&r)
	case tutor.AspectDevelopment:
		a.development(&r)
	case tutor.AspectVocabulary:
		a.vocabulary(&r)
	case tutor.AspectConventions:
		a.conventions(&r, slips)
	default:
		a.overall(&r, slips)
	}
	byWeight := func(x, y Finding) int { return cmp.Compare(y.Weight, x.Weight) }
	slices.SortStableFunc(r.Strengths, byWeight)
	slices.SortStableFunc(r.Nexts, byWeight)
	r.Value = clamp(r.Value)
	return r
}

// overallAspects are what a holistic criterion looks at, with their share.
var overallAspects = []struct {
	aspect tutor.Aspect
	share  float64
}{
	{tutor.AspectThesis, .2}, {tutor.AspectEvidence, .25}, {tutor.AspectOrganisation, .2}, {tutor.AspectDevelopment, .2},
	{tutor.AspectVocabulary, .075}, {tutor.AspectConventions, .075},
}

func (a *Analysis) overall(r *Reading, slips []Slip) {
	for _, part := range overallAspects {
		read := a.Read(part.aspect, slips)
		if read.Confidence == 0 {
			r.Value += part.share * read.Value
			continue
		}
		r.Value += part.share * read.Value
		r.Confidence += part.share * read.Confidence
		for _, f := range read.Strengths {
			f.Weight *= part.share
			r.Strengths = append(r.Strengths, f)
		}
		for _, f := range read.Nexts {
			f.Weight *= part.share
			r.Nexts = append(r.Nexts, f)
		}
	}
}
