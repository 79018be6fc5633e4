package dialogue

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"maieutic/tutor"
)

// What a model may say is the draft in other words. So what its words hold
// beyond the draft and what the learner knows already is looked at closely: a
// number from nowhere, writing that hides something, an idea in pieces.

// known is what a turn may draw on: the draft, the exercise so far, the lesson
// that is quoted, the learner's own words.
type known struct {
	draft   string // squeezed
	words   map[string]bool
	numbers map[string]bool
	letters map[string]bool // single ones, of formulas
}

func newKnown(draft string, texts ...string) known {
	k := known{draft: squeezed(draft), words: map[string]bool{}, numbers: map[string]bool{}, letters: map[string]bool{}}
	for _, text := range append(texts, draft) {
		for _, w := range strings.Fields(fold(text)) {
			k.words[w] = true
		}
		for _, n := range numbersIn(text) {
			k.numbers[n] = true
		}
		for _, s := range symbolsIn(text) {
			if s.factored || !strings.Contains(oneLetterWords, s.letter) {
				k.letters[s.letter] = true
			}
		}
	}
	return k
}

func squeezed(text string) string { return strings.Join(strings.Fields(text), " ") }

// verbatim reports whether a sentence stands in the draft as it is: authored
// words are the policy's own.
func (k known) verbatim(sentence string) bool {
	s := squeezed(sentence)
	return s != "" && strings.Contains(k.draft, s)
}

// symbol is a letter by itself: a variable, a unit, or a word of one letter.
type symbol struct {
	letter   string // in lower case
	factored bool   // behind a digit, as in 3x
	clitic   bool   // behind an apostrophe, as in what's
}

// symbolsIn returns the letters of a text that have no letter beside them.
func symbolsIn(text string) []symbol {
	var all []symbol
	runes := []rune(text)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }
	for i, r := range runes {
		before := at(i - 1)
		if unicode.IsLetter(r) && !inWord(before) && !inWord(at(i+1)) {
			all = append(all, symbol{
				letter: strings.ToLower(string(r)), factored: unicode.IsDigit(before),
				clitic: (before == '\'' || before == '’') && unicode.IsLetter(at(i-2)),
			})
		}
	}
	return all
}

var digits = regexp.MustCompile(`\d+`)

// spelledNumbers are the number words up to twelve that say as much as digits,
// folded. The articles "un" and "una" are none.
var spelledNumbers = map[string]string{
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"eleven": "11", "twelve": "12",
	"cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "diez": "10",
	"once": "11", "doce": "12",
	"صفر": "0", "واحد": "1", "واحده": "1", "اثنان": "2", "اثنين": "2", "اثنتان": "2", "اثنتين": "2", "ثلاث": "3", "ثلاثه": "3", "اربع": "4", "اربعه": "4",
	"خمس": "5", "خمسه": "5", "ست": "6", "سته": "6", "سبع": "7", "سبعه": "7", "ثماني": "8", "ثمان": "8", "ثمانيه": "8", "تسع": "9", "تسعه": "9", "عشر": "10", "عشره": "10",
}

// numbersIn returns the runs of digits of a text, in whatever digits they are
// written, and its number words.
func numbersIn(text string) []string {
	all := digits.FindAllString(plainDigits(norm.NFKC.String(text)), -1)
	for _, w := range strings.Fields(fold(text)) {
		if n, ok := spelledNumbers[w]; ok {
			all = append(all, n)
		}
	}
	return all
}

// plainDigits writes the digits of every script as 0 to 9.
func plainDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 || !unicode.Is(unicode.Nd, r) {
			return r
		}
		zero := r
		for zero > 0 && unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
			zero--
		}
		return '0' + (r - zero)
	}, text)
}

// foreignNumber reports a number in digits that a turn cannot have from
// anywhere.
func (k known) foreignNumber(sentence string) bool {
	for _, run := range digits.FindAllString(plainDigits(norm.NFKC.String(sentence)), -1) {
		if !k.numbers[run] {
			return true
		}
	}
	return false
}

var (
	// lettered is a run of single letters, as in "f-o-u-r", or of single digits.
	lettered = regexp.MustCompile(`(?:^|[^\pL\pN\pM])(?:[\pL\pN](?:[ .·_/\-]{1,3}[\pL\pN]){3,}|\d(?:[ ·_\-]\d)+)(?:[^\pL\pN\pM]|$)`)
	// dangling is a sign without what it belongs to.
	dangling = regexp.MustCompile(`(?:^|\s)[+\-−=](?:[.,;:]|\s*$)|\d\s?[\-−](?:[.,;\s]*$|[.,;]|\s*=)|[\pL\pN]-(?:[\s.,;]|$)|--|[+\-]\s*[+*/=]`)
	// proseDash is a dash between words that is typed as two signs, or the end of
	// the first half of "two- or three-step".
	proseDash = regexp.MustCompile(`(\pL{2})(?: ?-- ?|- )(\pL{2}|[oyeu] )`)
	// packed is a token that no prose holds: letters and digits mixed, capitals
	// inside a word, padding.
	packed = regexp.MustCompile(`\pL{2,}\d|\d\pL{3,}|\p{Ll}\p{Lu}|\p{Lu}{2,}[a-rt-z]|={2,}|\w=(?:[\s.,;]|$)|(?:\\x|\\u|&#|%)[0-9a-fA-F]{2}|[01]{6,}|[a-fA-F]*\d[0-9a-fA-F]{5,}`)
	// styled are letters and digits dressed up: full width, mathematical, Roman, circled.
	styled = regexp.MustCompile(`[\x{FF01}-\x{FF5E}\x{1D400}-\x{1D7FF}\x{2160}-\x{2188}\x{2460}-\x{24FF}\x{1F100}-\x{1F1FF}]`)
)

// hides reports writing that carries something past a reader's eye: letters one
// by one, codes, dressed-up letters, words of no language. Formulas, and words
// that the turn knows, are left out.
func (k known) hides(sentence string) bool {
	if styled.MatchString(sentence) {
		return true
	}
	text := formula.ReplaceAllString(sentence, " ")
	if lettered.MatchString(text) || dangling.MatchString(proseDash.ReplaceAllString(text, "$1 $2")) || k.strange(text) || k.foreignSymbol(sentence) {
		return true
	}
	odd, words := 0, 0
	for _, token := range strings.Fields(text) {
		if k.words[fold(token)] {
			words++
			continue
		}
		if packed.MatchString(token) {
			return true
		}
		for _, w := range strings.Fields(fold(token)) {
			if len(w) < 2 || k.words[w] {
				continue
			}
			if words++; !wordlike(w) {
				odd++
			}
		}
	}
	return odd >= 3 || odd == 2 && words <= 8
}

// oneLetterWords are the words of a single letter.
var oneLetterWords = "aieouyوبفل"

// foreignSymbol reports a variable that the turn does not know.
func (k known) foreignSymbol(sentence string) bool {
	return slices.ContainsFunc(symbolsIn(sentence), func(s symbol) bool {
		return !k.letters[s.letter] && (s.factored || !s.clitic && !strings.Contains(oneLetterWords, s.letter))
	})
}

// trigrams are the runs of three letters, with the borders of words, that occur
// in what the tutor says and what learners say to it.
var trigrams = sync.OnceValue(func() map[string]bool {
	seen := map[string]bool{}
	add := func(text string) {
		for _, w := range strings.Fields(fold(text)) {
			for _, g := range gramsOf(w) {
				seen[g] = true
			}
		}
	}
	for _, language := range Languages {
		for _, phrases := range catalogues[language] {
			for _, phrase := range phrases {
				add(phrase)
			}
		}
		for _, list := range cueLists[language] {
			for _, cue := range list {
				add(cue)
			}
		}
		for _, list := range guardLists[language] {
			for _, cue := range list {
				add(cue)
			}
		}
	}
	return seen
})

func gramsOf(word string) []string {
	runes := []rune("^" + word + "$")
	var all []string
	for i := 0; i+3 <= len(runes); i++ {
		all = append(all, string(runes[i:i+3]))
	}
	return all
}

// wordlike reports whether a word is made like words are: half of its runs of
// three letters occur elsewhere. Scripts without such statistics pass.
func wordlike(word string) bool {
	for _, r := range word {
		if r > 0x24f {
			return true
		}
	}
	grams, common := gramsOf(word), 0
	seen := trigrams()
	for _, g := range grams {
		if seen[g] {
			common++
		}
	}
	return 2*common >= len(grams)
}

// shortestPieced is how many letters a wording needs to be recognised in two
// pieces, shortestExact how many signs an exact answer does.
const (
	shortestPieced = 6
	shortestExact  = 2
)

// pieced reports whether a stream of letters holds a wording in two pieces,
// wherever it is cut: the longest beginning and the longest end that occur cover
// it.
func pieced(stream, whole string) bool {
	head, tail := 0, 0
	for head < len(whole) && strings.Contains(stream, whole[:head+1]) {
		head++
	}
	if head == len(whole) {
		return true
	}
	for tail < len(whole) && strings.Contains(stream, whole[len(whole)-tail-1:]) {
		tail++
	}
	// A few letters occur everywhere.
	return head+tail >= len(whole) && min(head, tail) >= min(3, len(whole)/3)
}

// lettersOf keeps what carries meaning in words and formulas.
func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(signs, r) {
			return r
		}
		return -1
	}, folded(text))
}

const signs = "+-=*/^<>"

// mathOf keeps digits, signs and single letters: a formula that is strewn over
// prose.
func mathOf(text string) string {
	text = folded(text)
	var b strings.Builder
	runes := []rune(text)
	letter := func(i int) bool { return i >= 0 && i < len(runes) && unicode.IsLetter(runes[i]) }
	for i, r := range runes {
		if unicode.IsDigit(r) || strings.ContainsRune(signs, r) || letter(i) && !letter(i-1) && !letter(i+1) && r != 'a' && r != 'i' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// folded is lower case without accents, with plain digits and signs.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		if r = foldRune(unicode.ToLower(r)); r == '−' {
			return '-'
		}
		return r
	}, plainDigits(norm.NFKD.String(text)))
}

// piecedOf is the check for all wordings of what is still to be found, as far as
// nobody has said them: in pieces, read backwards, and turned by thirteen letters.
func piecedOf(open []tutor.Expectation, given []string) Protects {
	said := lettersOf(strings.Join(given, "\n"))
	var wordings, exact []string
	for _, e := range open {
		if e.Answer == nil {
			for _, w := range append([]string{e.Says}, e.Accept...) {
				if w = lettersOf(w); len(w) >= shortestPieced && !strings.Contains(said, w) {
					wordings = append(wordings, w)
				}
			}
			continue
		}
		for _, w := range append([]string{e.Answer.Value}, e.Answer.Accept...) {
			w = lettersOf(w)
			if len(w) >= shortestPieced && !strings.Contains(said, w) {
				wordings = append(wordings, w)
			}
			if len(w) >= shortestExact && strings.ContainsAny(w, "0123456789") && !strings.Contains(said, w) {
				exact = append(exact, w)
			}
		}
	}
	return func(text string) bool {
		stream, formulas := lettersOf(text), mathOf(text)
		back, turned := reversed(stream), turnedByThirteen(stream)
		return slices.ContainsFunc(wordings, func(w string) bool {
			return pieced(stream, w) || strings.Contains(back, w) || strings.Contains(turned, w)
		}) || slices.ContainsFunc(exact, func(w string) bool {
			return strings.Contains(formulas, w) || strings.Contains(reversed(formulas), w)
		})
	}
}

func reversed(text string) string {
	runes := []rune(text)
	slices.Reverse(runes)
	return string(runes)
}

func turnedByThirteen(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return 'a' + (r-'a'+13)%26
		}
		return r
	}, text)
}

// Bounds of a plain sentence: models that fall into a loop or lose the thread
// write far beyond them.
const (
	longestSentence = 45 // words
	sameWord        = 3  // in a row
	samePair        = 3  // of neighbouring words, one more where both are as short as those of "of the"
	shortWord       = 3  // letters
	fewWords        = 12 // from which on half of the words must be different ones
)

// garbled reports a sentence that is none: endless, in a loop, or, at the
// beginning of a turn, in the middle of something.
func garbled(sentence string, first bool) bool {
	text := formula.ReplaceAllString(sentence, " ")
	if first && beginsAmid(text) {
		return true
	}
	words := strings.Fields(fold(text))
	if len(words) > longestSentence {
		return true
	}
	different, pairs, run := map[string]bool{}, map[[2]string]int{}, 1
	for i, w := range words {
		different[w] = true
		if i == 0 {
			continue
		}
		if run++; w != words[i-1] {
			run = 1
		}
		pair, most := [2]string{words[i-1], w}, samePair
		if utf8.RuneCountInString(pair[0]) <= shortWord && utf8.RuneCountInString(w) <= shortWord {
			most++
		}
		if pairs[pair]++; run >= sameWord || pairs[pair] >= most {
			return true
		}
	}
	return len(words) >= fewWords && 2*len(different) < len(words)
}

// beginsAmid reports a text that begins with a small letter. A variable may
// stand first.
func beginsAmid(text string) bool {
	start := strings.TrimLeftFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	first, size := utf8.DecodeRuneInString(start)
	next, _ := utf8.DecodeRuneInString(start[size:])
	variable := !unicode.IsLetter(next) && !strings.ContainsRune(oneLetterWords, first)
	return unicode.IsLower(first) && !variable
}
