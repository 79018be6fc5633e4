// Package loss keeps account of what an import of course material left out or
// altered, and compares the words of the material with those of the course.
package loss

import (
	"cmp"
	"fmt"
	"slices"
)

// Loss is one thing that was left out or altered.
type Loss struct {
	Kind   string // the same words for the same thing, such as "exercise kept elsewhere"
	File   string // path in the material
	Line   int    // from 1, 0 for the file as a whole
	Place  string // id of the element or of what is around it, "" for none
	Detail string // which one; "" when kind and place say it
}

// String is "kind: file:line (place): detail".
func (l Loss) String() string {
	s := l.Kind + ": " + l.File
	if l.Line > 0 {
		s += fmt.Sprintf(":%d", l.Line)
	}
	if l.Place != "" {
		s += " (" + l.Place + ")"
	}
	if l.Detail != "" {
		s += ": " + l.Detail
	}
	return s
}

// Report is the account of one import. Its zero value is ready for use; it is
// not safe for concurrent use.
type Report struct {
	Lost     []Loss // is not in the course
	Altered  []Loss // is in the course in another form
	Words    Tally
	Formulas Tally
	missing  map[string]int // words by how often they are missing
}

// Tally counts what was in the material and how much of that is in the course.
type Tally struct{ In, Out int }

// Share is Out of In, 1 when there was nothing.
func (t Tally) Share() float64 {
	if t.In == 0 {
		return 1
	}
	return float64(t.Out) / float64(t.In)
}

// Lose adds something left out.
func (r *Report) Lose(l Loss) { r.Lost = append(r.Lost, l) }

// Alter adds something altered.
func (r *Report) Alter(l Loss) { r.Altered = append(r.Altered, l) }

// Count is how many losses there are of a kind.
type Count struct {
	Kind string
	N    int
}

// Counts counts losses by kind, the most frequent first.
func Counts(losses []Loss) []Count {
	by := map[string]int{}
	for _, l := range losses {
		by[l.Kind]++
	}
	out := make([]Count, 0, len(by))
	for kind, n := range by {
		out = append(out, Count{kind, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Kind, b.Kind)) })
	return out
}

// Missing lists up to limit words that did not come through, the most frequent
// first.
func (r *Report) Missing(limit int) []Count {
	out := make([]Count, 0, len(r.missing))
	for word, n := range r.missing {
		out = append(out, Count{word, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Kind, b.Kind)) })
	return out[:min(limit, len(out))]
}
