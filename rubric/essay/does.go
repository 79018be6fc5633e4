package essay

import "maieutic/tutor"

// What a piece of writing does, as far as its cues show.
const (
	DoesClaim    = "claim"
	DoesReason   = "reason"
	DoesExample  = "example"
	DoesSource   = "source"
	DoesCounter  = "counter"
	DoesAnswer   = "answer"
	DoesConclude = "conclude"
)

// Does returns what the sentences of a text do, each once, in the order above.
func (a *Analysis) Does() []string {
	var all role
	for _, r := range a.roles {
		all.thesis = all.thesis || r.thesis
		all.reason = all.reason || r.reason
		all.example = all.example || r.example
		all.source = all.source || r.source
		all.counter = all.counter || r.counter
		all.answer = all.answer || r.answer
		all.conclusion = all.conclusion || r.conclusion
	}
	var out []string
	for _, k := range []struct {
		is   bool
		name string
	}{{all.thesis, DoesClaim}, {all.reason, DoesReason}, {all.example, DoesExample}, {all.source, DoesSource},
		{all.counter, DoesCounter}, {all.answer, DoesAnswer}, {all.conclusion, DoesConclude}} {
		if k.is {
			out = append(out, k.name)
		}
	}
	return out
}

// Wanted is what a piece of writing would have to do for a finding of an aspect,
// any of it; nothing for aspects that cannot be told from one sentence.
func Wanted(aspect tutor.Aspect) []string {
	switch aspect {
	case tutor.AspectThesis:
		return []string{DoesClaim, DoesReason}
	case tutor.AspectEvidence, tutor.AspectDevelopment:
		return []string{DoesReason, DoesExample, DoesSource}
	case tutor.AspectCounter:
		return []string{DoesCounter, DoesAnswer}
	case tutor.AspectSources:
		return []string{DoesSource}
	case tutor.AspectOrganisation:
		return []string{DoesConclude, DoesAnswer, DoesReason}
	}
	return nil
}
