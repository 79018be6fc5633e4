package revision

import (
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
	var tokens []string
	encode := func(text string) []rune {
		var out []rune
		for t := words.FromString(text); t.Next(); {
			r, ok := letters[t.Value()]
			if !ok {
				r = rune(len(tokens) + 1)
				if r >= 0xd800 {
					r += 0x800
				}
				letters[t.Value()] = r
				tokens = append(tokens, t.Value())
			}
			out = append(out, r)
		}
		return out
	}
	old, now := encode(before), encode(after)
	var out []Piece
	i, j := 0, 0
	text := func(letters []rune) string {
		var b strings.Builder
		for _, r := range letters {
			if r >= 0xe000 {
				r -= 0x800
			}
			b.WriteString(tokens[r-1])
		}
		return b.String()
	}
	for _, d := range differ(len(old)+len(now)).DiffMainRunes(old, now, false) {
		n := len([]rune(d.Text))
		switch d.Type {
		case diffmatchpatch.DiffEqual:
			out = append(out, Piece{text(old[i : i+n]), true, true})
			i, j = i+n, j+n
		case diffmatchpatch.DiffDelete:
			out = append(out, Piece{text(old[i : i+n]), true, false})
			i += n
		case diffmatchpatch.DiffInsert:
			out = append(out, Piece{text(now[j : j+n]), false, true})
			j += n
		}
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
	var moves []Move
	kept := increasing(to)
	for p, q := range to {
		if q >= 0 && !kept[p] {
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

// increasing marks the longest run of places that only goes forward (Fredman
// 1975): what is not in it has moved.
func increasing(to []int) []bool {
	length, before := make([]int, len(to)), filled(len(to))
	end := -1
	for p := range to {
		if to[p] < 0 {
			continue
		}
		length[p] = 1
		for q := range p {
			if to[q] >= 0 && to[q] <= to[p] && length[q]+1 > length[p] {
				length[p], before[p] = length[q]+1, q
			}
		}
		if end < 0 || length[p] > length[end] {
			end = p
		}
	}
	kept := make([]bool, len(to))
	for ; end >= 0; end = before[end] {
		kept[end] = true
	}
	return kept
}
