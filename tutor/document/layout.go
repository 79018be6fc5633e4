package document

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is a line on a page. Positions are in points from the lower left corner.
type line struct {
	text                     string
	left, right, top, bottom float64
}

func (l line) height() float64 { return l.top - l.bottom }

// beside reports that a run of text stands on the same line: they share half of
// the lower one's height.
func (l line) beside(next line) bool {
	shared := min(l.top, next.top) - max(l.bottom, next.bottom)
	return shared > min(l.height(), next.height())/2
}

func (l *line) append(next line) {
	gap := max(next.left-l.right, l.left-next.right) // in either direction of writing
	if gap > .12*l.height() && !strings.HasSuffix(l.text, " ") && !strings.HasPrefix(next.text, " ") {
		l.text += " "
	}
	l.text += next.text
	l.left, l.right = min(l.left, next.left), max(l.right, next.right)
	l.top, l.bottom = max(l.top, next.top), min(l.bottom, next.bottom)
}

// turn puts the letters of a right-to-left script in the order of reading, where
// PDFium has them as they are seen. Marks between them stay where they are.
func turn(word []line) {
	for from := 0; from < len(word); from++ {
		to := from
		for to < len(word) && joinsRight(word[to].text) {
			to++
		}
		if run := word[from:to]; ascending(run) {
			slices.Reverse(run)
		}
		from = max(from, to)
	}
}

// joinsRight reports a letter of a right-to-left script or a sign upon one.
func joinsRight(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return rightToLeft(text) || unicode.Is(unicode.Mn, r) || r == '\u200c' || r == '\u200d'
}

// ascending reports that letters of a right-to-left script stand in the order in
// which they are seen from the left, which is the wrong way round.
func ascending(word []line) bool {
	up, down := 0, 0
	for i := 1; i < len(word); i++ {
		if !rightToLeft(word[i].text) || !rightToLeft(word[i-1].text) {
			continue
		}
		switch a, b := word[i-1].left+word[i-1].right, word[i].left+word[i].right; {
		case b > a:
			up++
		case b < a:
			down++
		}
	}
	return up > down
}

// extend adds a character.
func (l *line) extend(text string, box line) {
	seen := box.right > box.left && box.top > box.bottom
	switch {
	case seen && l.height() == 0:
		l.left, l.right, l.top, l.bottom = box.left, box.right, box.top, box.bottom
	case seen:
		l.left, l.right = min(l.left, box.left), max(l.right, box.right)
		l.top, l.bottom = max(l.top, box.top), min(l.bottom, box.bottom)
	}
	l.text += text
}

// letter is the mean width of a character.
func (l line) letter() float64 {
	return (l.right - l.left) / float64(max(1, utf8.RuneCountInString(l.text)))
}

// layOut makes paragraphs of the lines of pages.
func (d *Document) layOut(pages [][]line) {
	if withoutMargins(pages) {
		d.note(NoteMargins)
	}
	step := usualStep(pages)
	var out prose
	var paragraph strings.Builder
	var last *line
	var margins [2]float64 // left and right, of the page of last
	end := func() {
		out.paragraph(paragraph.String())
		paragraph.Reset()
	}
	for _, page := range pages {
		if len(page) == 0 {
			d.note(NoteEmptyPages)
			continue
		}
		left, right := column(page)
		for i := range page {
			l := &page[i]
			if i > 0 {
				margins = [2]float64{left, right}
			}
			if last != nil && begins(*last, *l, margins, step, i == 0) {
				end()
			}
			join(&paragraph, strings.TrimSpace(l.text))
			last = l
		}
		margins = [2]float64{left, right}
	}
	end()
	d.Text = out.String()
}

// usualStep is the median distance from one line to the next, 0 for none.
func usualStep(pages [][]line) float64 {
	var steps []float64
	for _, page := range pages {
		for i := 1; i < len(page); i++ {
			if step := page[i-1].bottom - page[i].bottom; step > 0 {
				steps = append(steps, step)
			}
		}
	}
	if len(steps) == 0 {
		return 0
	}
	slices.Sort(steps)
	return steps[(len(steps)-1)/2]
}

// column is where most lines of a page begin, and where the widest of those end.
func column(page []line) (left, right float64) {
	count := map[int]int{}
	most := 0
	for _, l := range page {
		at := int(math.Round(l.left))
		if count[at]++; count[at] > most {
			most, left = count[at], l.left
		}
	}
	for _, l := range page {
		right = max(right, l.right)
	}
	return left, right
}

var bullet = regexp.MustCompile(`^(\p{Po}|[•●▪◦‣–-])\s|^\(?\d{1,2}[.)]\s`)

// begins reports that a line begins a paragraph, seen from the one before it and
// the margins there: by a wider gap, another size of letters, an indented beginning, the sign of a
// list, or because the line before ended where its next word had found room.
func begins(last, l line, margins [2]float64, step float64, newPage bool) bool {
	left, right := margins[0], margins[1]
	if bullet.MatchString(l.text) {
		return true
	}
	down := last.bottom - l.bottom
	sameColumn := !newPage && down > 0
	if sameColumn && step > 0 && down > 1.35*step {
		return true
	}
	if tall := max(last.height(), l.height()); math.Abs(last.height()-l.height()) > .3*tall {
		return true
	}
	ended := endsSentence(last.text)
	if rightToLeft(last.text) {
		return last.left-left > firstWord(l)+last.letter() && last.left-left > .12*(right-left) && ended
	}
	indent := l.left - left
	if sameColumn && indent > .8*l.height() && indent < 6*l.height() && last.left-left < indent/2 {
		return true
	}
	room := right - last.right
	return room > firstWord(l)+2*last.letter() && room > .12*(right-left) && (ended || room > .4*(right-left))
}

// firstWord is how wide the first word of a line is.
func firstWord(l line) float64 {
	word, _, _ := strings.Cut(strings.TrimSpace(l.text), " ")
	return float64(utf8.RuneCountInString(word)) * l.letter()
}

// endsSentence reports that a text ends with an end mark, quotes and brackets
// behind it aside.
func endsSentence(text string) bool {
	text = strings.TrimRightFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Pe, unicode.Pf) || r == '"' || r == '\''
	})
	last, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune(".!?:;…。！？؟।", last)
}

func rightToLeft(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
		}
	}
	return false
}

// hyphens stand at the end of a line where a word goes on.
const hyphens = "-\u2010\u00ad" + brokenWord

// join adds a line to a paragraph and mends the word that a hyphen parts.
func join(paragraph *strings.Builder, next string) {
	have := paragraph.String()
	if have == "" {
		paragraph.WriteString(next)
		return
	}
	hyphen, size := utf8.DecodeLastRuneInString(have)
	before, _ := utf8.DecodeLastRuneInString(have[:len(have)-size])
	first, _ := utf8.DecodeRuneInString(next)
	switch {
	case strings.ContainsRune(hyphens, hyphen) && unicode.IsLetter(before) && unicode.IsLower(first):
		paragraph.Reset()
		paragraph.WriteString(have[:len(have)-size])
	case strings.ContainsRune(hyphens, hyphen) && unicode.IsLetter(before):
		paragraph.Reset()
		paragraph.WriteString(have[:len(have)-size] + "-")
	case wide(before) && wide(first): // scripts without spaces
	default:
		paragraph.WriteByte(' ')
	}
	paragraph.WriteString(next)
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

var (
	pageNumber = regexp.MustCompile(`^[-–—\s]*(\p{L}+\.?\s*)?\d{1,4}(\s*(/|\p{L}+)\s*\d{1,4})?[-–—\s]*$`)
	digits     = regexp.MustCompile(`\d+`)
)

// withoutMargins takes out of the pages the first and last lines that come again
// on most of them, numbers aside, and page numbers. It reports whether there were any.
func withoutMargins(pages [][]line) bool {
	found := false
	for _, atTop := range []bool{true, false} {
		seen := map[string]int{}
		at := make([]int, len(pages))
		for i, page := range pages {
			if at[i] = outermost(page, atTop); at[i] >= 0 {
				seen[pattern(page[at[i]])]++
			}
		}
		for i, page := range pages {
			if at[i] < 0 || len(pages) < 2 {
				continue
			}
			again := seen[pattern(page[at[i]])]
			if again >= 2 && again*5 >= len(pages)*3 || pageNumber.MatchString(page[at[i]].text) && again*2 >= len(pages) {
				pages[i] = slices.Delete(page, at[i], at[i]+1)
				found = true
			}
		}
	}
	return found
}

func pattern(l line) string { return digits.ReplaceAllString(strings.TrimSpace(l.text), "#") }

// outermost is the index of the highest or lowest line of a page, -1 for none.
func outermost(page []line, atTop bool) int {
	best := -1
	for i, l := range page {
		if best < 0 || atTop && l.top > page[best].top || !atTop && l.bottom < page[best].bottom {
			best = i
		}
	}
	return best
}
