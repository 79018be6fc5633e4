package revision

import (
	"cmp"
	"slices"
	"strings"

	"github.com/clipperhouse/uax29/v2/words"
	"github.com/sergi/go-diff/diffmatchpatch"

	"maieutic/rubric/essay"
)

// rows puts the pairs in the order of the later draft, with what was removed
// after what stood before it.
func (a *aligner) rows() []Row {
	var rows []Row
	i := 0
	removed := func(until int) {
		for ; i < until; i++ {
			if a.pairOld[i] < 0 {
				rows = append(rows, a.removed(i))
			}
		}
	}
	for j := range a.new.Sentences {
		if k := a.pairNew[j]; k >= 0 && !a.moved[j] {
			removed(k)
			i = max(i, k+1)
		}
		rows = append(rows, a.row(j))
	}
	removed(len(a.pairOld))
	return rows
}

func (a *aligner) removed(i int) Row {
	s := a.old.Sentences[i]
	return Row{Kind: Removed, Before: s.Span, Old: s.Text, ParagraphBefore: s.Paragraph, ParagraphAfter: -1}
}

func (a *aligner) row(j int) Row {
	s := a.new.Sentences[j]
	r := Row{Kind: Added, After: s.Span, New: s.Text, ParagraphBefore: -1, ParagraphAfter: s.Paragraph}
	i := a.pairNew[j]
	if i < 0 {
		return r
	}
	old := a.old.Sentences[i]
	r.Before, r.Old, r.ParagraphBefore, r.Likeness = old.Span, old.Text, old.Paragraph, a.likeness(i, j)
	switch {
	case a.moved[j]:
		r.Kind = Moved
	case strings.Join(strings.Fields(r.Old), " ") == strings.Join(strings.Fields(r.New), " "):
		r.Kind, r.Likeness = Kept, 1
	default:
		r.Kind = Changed
	}
	if r.Old != r.New && r.Kind != Kept {
		r.Pieces = pieces(r.Old, r.New)
	}
	return r
}

// pieces is the difference of two sentences by words.
func pieces(before, after string) []Piece {
	letters := map[string]rune{}
	tokens := map[rune]string{}
	encode := func(text string) []rune {
		var out []rune
		for t := words.FromString(text); t.Next(); {
			r, ok := letters[t.Value()]
			if !ok {
				r = letter(len(letters))
				letters[t.Value()], tokens[r] = r, t.Value()
			}
			out = append(out, r)
		}
		return out
	}
	old, now := encode(before), encode(after)
	if len(old)+len(now) > patient {
		return []Piece{{Text: before, Before: true}, {Text: after, After: true}}
	}
	var out []Piece
	for _, d := range differ().DiffMainRunes(old, now, false) {
		var b strings.Builder
		for _, r := range d.Text {
			b.WriteString(tokens[r])
		}
		out = append(out, Piece{b.String(), d.Type != diffmatchpatch.DiffInsert, d.Type != diffmatchpatch.DiffDelete})
	}
	return out
}

// moves finds paragraphs most of whose sentences stand together in a paragraph of
// the later draft that has another place among those that were kept.
func (a *aligner) moves() []Move {
	to := make([]int, len(a.old.Paragraphs))
	for p, par := range a.old.Paragraphs {
		to[p] = a.home(par)
	}
	var order []int // of the later draft; several may go into one paragraph
	for p, q := range to {
		if q >= 0 {
			order = append(order, p)
		}
	}
	slices.SortStableFunc(order, func(p, q int) int { return cmp.Compare(to[p], to[q]) })
	links := make([]link, len(order))
	for rank, p := range order {
		links[rank] = link{p, rank, 1}
	}
	stayed := map[int]bool{}
	for _, l := range chain(links, len(order)) {
		stayed[l.i] = true
	}
	var moves []Move
	for p, q := range to {
		if q >= 0 && !stayed[p] {
			moves = append(moves, Move{p, q})
		}
	}
	return moves
}

// home is the later paragraph that most sentences of an earlier one went to, -1
// when fewer than half went anywhere together.
func (a *aligner) home(par essay.Paragraph) int {
	count := map[int]int{}
	best := -1
	for i := par.First; i < par.Last; i++ {
		if j := a.pairOld[i]; j >= 0 {
			q := a.new.Sentences[j].Paragraph
			if count[q]++; best < 0 || count[q] > count[best] || count[q] == count[best] && q < best {
				best = q
			}
		}
	}
	if 2*count[best] < par.Last-par.First {
		return -1
	}
	return best
}
