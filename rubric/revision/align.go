// Package revision says what became of a draft in the next one: which sentences
// were kept, changed, moved, taken out and added, and what that means for what
// the coach had asked.
package revision

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

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

// Align holds two drafts side by side. The same drafts give the same rows on every
// machine. Beyond a few thousand sentences that have changed, time and memory grow
// with the length of the drafts, not with its square.
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
// drafts with a letter for each sentence. Beyond what a diff does quickly, only
// what stands once in each draft is paired here (Cohen's patience diff), and the
// rest, being alike, later.
func (a *aligner) exact() {
	letters := map[string]rune{}
	old, now := encoded(a.old, letters), encoded(a.new, letters)
	if len(old)+len(now) > patient {
		for _, l := range chain(single(old, now), len(now)) {
			a.pair(l.i, l.j)
		}
		return
	}
	i, j := 0, 0
	for _, d := range differ().DiffMainRunes(old, now, false) {
		n := utf8.RuneCountInString(d.Text)
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

// encoded is a draft with a letter for each sentence, the same for the same.
func encoded(d *essay.Draft, letters map[string]rune) []rune {
	out := make([]rune, len(d.Sentences))
	for i, s := range d.Sentences {
		key := strings.Join(strings.Fields(s.Text), " ")
		r, ok := letters[key]
		if !ok {
			r = letter(len(letters))
			letters[key] = r
		}
		out[i] = r
	}
	return out
}

// letter is the nth code point that is none of the surrogates.
func letter(n int) rune {
	if n++; n >= surrogates {
		n += 0x800
	}
	return rune(n)
}

const surrogates = 0xd800

// single links the letters that stand once in both.
func single(old, now []rune) []link {
	type place struct{ i, j, olds, news int }
	places := map[rune]*place{}
	at := func(r rune) *place {
		if places[r] == nil {
			places[r] = &place{}
		}
		return places[r]
	}
	for i, r := range old {
		p := at(r)
		p.i, p.olds = i, p.olds+1
	}
	for j, r := range now {
		p := at(r)
		p.j, p.news = j, p.news+1
	}
	var out []link
	for _, p := range places {
		if p.olds == 1 && p.news == 1 {
			out = append(out, link{p.i, p.j, 1})
		}
	}
	return out
}

// patient is up to how many parts a diff looks for the shortest there is; it takes
// the square of them.
const patient = 6000

// differ makes a diff without a limit of time: what it finds would depend on the
// machine.
func differ() *diffmatchpatch.DiffMatchPatch {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	return d
}

// Bounds of what is held against a sentence that was not kept.
const (
	nearby  = 4  // sentences on either side of where it would stand in a gap
	common  = 40 // a word that stands in more sentences than that finds none of them
	closest = 8  // of those that share words with it, so many are compared
)

// near pairs, between two sentences that were kept, those that are alike, in
// order, so that the sum of likenesses is as large as it can be.
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
	index := a.index(j, endJ)
	var links []link
	for x := range n {
		found := a.sharing(i+x, index)
		for y := max(0, x*m/n-nearby); y < min(m, x*m/n+nearby+1); y++ {
			found = append(found, j+y)
		}
		slices.Sort(found)
		for _, y := range slices.Compact(found) {
			if l := a.likeness(i+x, y); l >= like {
				links = append(links, link{x, y - j, l})
			}
		}
	}
	for _, l := range chain(links, m) {
		a.pair(i+l.i, j+l.j)
	}
}

// index tells in which sentences of the later draft from j to end, that are not
// paired, a word stands.
func (a *aligner) index(j, end int) map[string][]int {
	index := map[string][]int{}
	for ; j < end; j++ {
		if a.pairNew[j] >= 0 {
			continue
		}
		for w := range a.bag(a.new, j) {
			index[w] = append(index[w], j)
		}
	}
	return index
}

// sharing returns the sentences of an index that share most words with one of the
// earlier draft.
func (a *aligner) sharing(i int, index map[string][]int) []int {
	shared := map[int]int{}
	for w := range a.bag(a.old, i) {
		if places := index[w]; len(places) <= common {
			for _, j := range places {
				shared[j]++
			}
		}
	}
	found := slices.Collect(maps.Keys(shared))
	slices.SortFunc(found, func(x, y int) int { return cmp.Or(cmp.Compare(shared[y], shared[x]), cmp.Compare(x, y)) })
	return found[:min(len(found), closest)]
}

// elsewhere pairs what is left with what is like it anywhere, the likest first.
func (a *aligner) elsewhere() {
	index := a.index(0, len(a.pairNew))
	var all []link
	for i, other := range a.pairOld {
		if other >= 0 {
			continue
		}
		for _, j := range a.sharing(i, index) {
			if l := a.likeness(i, j); l >= likeMoved {
				all = append(all, link{i, j, l})
			}
		}
	}
	slices.SortFunc(all, func(x, y link) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.i, y.i), cmp.Compare(x.j, y.j))
	})
	for _, l := range all {
		if a.pairOld[l.i] < 0 && a.pairNew[l.j] < 0 {
			a.pair(l.i, l.j)
			a.moved[l.j] = true
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
