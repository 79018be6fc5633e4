// Package revision says what became of a draft in the next one: which sentences
// were kept, changed, moved, taken out and added, and what that means for what
// the coach had asked.
package revision

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"maieutic/rubric/essay"
)

// Kind is what became of a sentence.
type Kind string

// The kinds of row. A moved sentence stands elsewhere in the later draft, perhaps
// changed a little.
const (
	Kept    Kind = "kept"
	Changed Kind = "changed"
	Moved   Kind = "moved"
	Added   Kind = "added"
	Removed Kind = "removed"
)

// Piece is a part of a changed sentence: what stands in both, in the earlier draft
// alone or in the later alone. Pieces of one side, joined, are the sentence there.
type Piece struct {
	Text   string
	Before bool
	After  bool
}

// Row is a sentence of the earlier draft with its place in the later one. Before
// is empty for an added sentence, After for a removed one.
type Row struct {
	Kind            Kind
	Before, After   essay.Span
	Old, New        string
	ParagraphBefore int // of the earlier draft, -1 for an added sentence
	ParagraphAfter  int // of the later draft, -1 for a removed one
	Pieces          []Piece
	Likeness        float64 // 0..1, 1 for a sentence that was kept as it is
}

// Alignment is two drafts side by side. Every sentence of either stands in exactly
// one row. Rows are in the order of the later draft; removed sentences stand where
// they were.
type Alignment struct {
	Rows  []Row
	Moves []Move // whole paragraphs that stand elsewhere
}

// Move is a paragraph that stands in another place among the others.
type Move struct{ From, To int }

// like is how much two sentences must have in common to be one that was changed,
// and, out of order, one that was moved.
const (
	like      = .45
	likeMoved = .7
)

// Align holds two drafts side by side. It takes time in proportion to their
// length, and to what has changed between two sentences that were kept.
func Align(before, after string) Alignment {
	a := &aligner{old: essay.Parse(before), new: essay.Parse(after)}
	a.pairOld = filled(len(a.old.Sentences))
	a.pairNew = filled(len(a.new.Sentences))
	a.moved = make([]bool, len(a.new.Sentences))
	a.exact()
	a.near()
	a.elsewhere()
	rows := a.rows()
	return Alignment{Rows: rows, Moves: a.moves()}
}

func filled(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

// aligner pairs the sentences of two drafts: pairOld by earlier sentence, pairNew
// by later one, -1 for none.
type aligner struct {
	old, new         *essay.Draft
	pairOld, pairNew []int
	moved            []bool // by later sentence
	bags             map[*essay.Draft][]map[string]int
}

func (a *aligner) pair(i, j int) { a.pairOld[i], a.pairNew[j] = j, i }

// exact pairs the sentences that were kept as they are, in order: a diff of the
// drafts with a letter for each sentence.
func (a *aligner) exact() {
	letters := map[string]rune{}
	next := rune(1)
	encode := func(d *essay.Draft) []rune {
		out := make([]rune, len(d.Sentences))
		for i, s := range d.Sentences {
			key := strings.Join(strings.Fields(s.Text), " ")
			r, ok := letters[key]
			if !ok {
				if next == 0xd800 { // surrogates are no letters
					next = 0xe000
				}
				r, next = next, next+1
				letters[key] = r
			}
			out[i] = r
		}
		return out
	}
	i, j := 0, 0
	for _, d := range differ(len(a.pairOld)+len(a.pairNew)).DiffMainRunes(encode(a.old), encode(a.new), false) {
		n := len([]rune(d.Text))
		switch d.Type {
		case diffmatchpatch.DiffEqual:
			for range n {
				a.pair(i, j)
				i, j = i+1, j+1
			}
		case diffmatchpatch.DiffDelete:
			i += n
		case diffmatchpatch.DiffInsert:
			j += n
		}
	}
}

// patient is up to how many parts a diff looks for the shortest there is; it takes
// the square of them. Beyond, it settles for a longer one after a second.
const patient = 8000

// differ makes a diff for so many parts. With a limit of time what it finds would
// depend on the machine.
func differ(parts int) *diffmatchpatch.DiffMatchPatch {
	d := diffmatchpatch.New()
	if parts <= patient {
		d.DiffTimeout = 0
	}
	return d
}

// widest bounds a gap whose sentences are all held against each other.
const widest = 60

// near pairs, between two sentences that were kept, those that are alike, in
// order: the sum of likenesses is as large as it can be (Needleman and Wunsch
// 1970). In a wide gap only sentences near the diagonal are compared.
func (a *aligner) near() {
	i, j := 0, 0
	for i < len(a.pairOld) || j < len(a.pairNew) {
		for i < len(a.pairOld) && a.pairOld[i] >= 0 && j < len(a.pairNew) && a.pairNew[j] == i {
			i, j = i+1, j+1
		}
		endI, endJ := i, j
		for endI < len(a.pairOld) && a.pairOld[endI] < 0 {
			endI++
		}
		for endJ < len(a.pairNew) && a.pairNew[endJ] < 0 {
			endJ++
		}
		if endI == i && endJ == j {
			return // both at their end
		}
		a.gap(i, endI, j, endJ)
		i, j = endI, endJ
	}
}

func (a *aligner) gap(i, endI, j, endJ int) {
	n, m := endI-i, endJ-j
	if n == 0 || m == 0 {
		return
	}
	best := make([][]float64, n+1)
	for x := range best {
		best[x] = make([]float64, m+1)
	}
	likeness := make(map[[2]int]float64)
	for x := n - 1; x >= 0; x-- {
		for y := m - 1; y >= 0; y-- {
			best[x][y] = max(best[x+1][y], best[x][y+1])
			if n > widest && abs(x*m-y*n) > widest*max(n, m) {
				continue
			}
			if l := a.likeness(i+x, j+y); l >= like {
				likeness[[2]int{x, y}] = l
				best[x][y] = max(best[x][y], l+best[x+1][y+1])
			}
		}
	}
	for x, y := 0, 0; x < n && y < m; {
		l, ok := likeness[[2]int{x, y}]
		switch {
		case ok && best[x][y] == l+best[x+1][y+1]:
			a.pair(i+x, j+y)
			x, y = x+1, y+1
		case best[x][y] == best[x+1][y]:
			x++
		default:
			y++
		}
	}
}

func abs(x int) int { return max(x, -x) }

// elsewhere pairs what is left with what is like it anywhere, the likest first.
func (a *aligner) elsewhere() {
	type candidate struct {
		i, j int
		like float64
	}
	index := map[string][]int{}
	for j, other := range a.pairNew {
		if other >= 0 {
			continue
		}
		for w := range a.bag(a.new, j) {
			index[w] = append(index[w], j)
		}
	}
	var all []candidate
	for i, other := range a.pairOld {
		if other >= 0 {
			continue
		}
		seen := map[int]int{}
		for w := range a.bag(a.old, i) {
			if len(index[w]) <= 40 { // a word that is everywhere finds nothing
				for _, j := range index[w] {
					seen[j]++
				}
			}
		}
		for j, n := range seen {
			if n < 2 && len(a.bag(a.old, i)) > 2 {
				continue
			}
			if l := a.likeness(i, j); l >= likeMoved {
				all = append(all, candidate{i, j, l})
			}
		}
	}
	slices.SortFunc(all, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(y.like, x.like), cmp.Compare(x.i, y.i), cmp.Compare(x.j, y.j))
	})
	for _, c := range all {
		if a.pairOld[c.i] < 0 && a.pairNew[c.j] < 0 {
			a.pair(c.i, c.j)
			a.moved[c.j] = true
		}
	}
}

// likeness is the share of words that two sentences have in common (Dice 1945),
// counted as often as they stand there.
func (a *aligner) likeness(i, j int) float64 {
	x, y := a.bag(a.old, i), a.bag(a.new, j)
	common, total := 0, 0
	for w, n := range x {
		common += min(n, y[w])
		total += n
	}
	for _, n := range y {
		total += n
	}
	if total == 0 {
		if a.old.Sentences[i].Text == a.new.Sentences[j].Text {
			return 1
		}
		return 0
	}
	return 2 * float64(common) / float64(total)
}

// bag counts the words of a sentence.
func (a *aligner) bag(d *essay.Draft, i int) map[string]int {
	if a.bags == nil {
		a.bags = map[*essay.Draft][]map[string]int{a.old: make([]map[string]int, len(a.old.Sentences)), a.new: make([]map[string]int, len(a.new.Sentences))}
	}
	if a.bags[d][i] == nil {
		bag := map[string]int{}
		for _, w := range d.WordsOf(d.Sentences[i]) {
			bag[w.Fold]++
		}
		a.bags[d][i] = bag
	}
	return a.bags[d][i]
}
