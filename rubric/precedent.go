package rubric

import (
	"cmp"
	"slices"

	"maieutic/prompts"
	"maieutic/tutor"
)

// Telling chooses from answers that teachers have scored those that say most
// about how to score another one: the nearest, by the dot product of unit
// vectors, and of each idea first a pair from both sides of the border between
// "there" and "not there", since that is where graders go wrong. near[i] is how
// near scored[i] is. The same words are taken once.
func Telling(scored []tutor.Precedent, near []float64, limit int) []prompts.Exemplar {
	order := make([]int, len(scored))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(near[b], near[a]) })
	var paired, rest []int
	type side struct {
		idea  string
		there bool
	}
	taken := map[side]bool{}
	seen := map[string]bool{}
	for _, i := range order {
		p := scored[i]
		if key := p.Criterion + "\x00" + p.Text; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		if s := (side{p.Criterion, p.Value >= coversFrom}); !taken[s] {
			taken[s] = true
			paired = append(paired, i)
			continue
		}
		rest = append(rest, i)
	}
	var out []prompts.Exemplar
	for _, i := range slices.Concat(paired, rest) {
		if len(out) == limit {
			break
		}
		p := scored[i]
		out = append(out, prompts.Exemplar{Idea: p.Criterion, Level: p.Level, Note: p.Note, Text: p.Text})
	}
	return out
}
