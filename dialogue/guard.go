package dialogue

import (
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"maieutic/prompts"
	"maieutic/rubric/algebra"
)

//go:embed guard/*.txt
var guardFiles embed.FS

var guardLists = loadGuard()

func loadGuard() map[string]cues {
	lists := map[string]cues{}
	for _, language := range Languages {
		raw, err := guardFiles.ReadFile("guard/" + language + ".txt")
		if err != nil {
			panic(err) // embedded
		}
		lists[language] = parseCues(string(raw))
	}
	return lists
}

// rules are what the words of one tutor turn must keep to.
type rules struct {
	language string                          // of the words
	exact    Protects                        // exact answers that must not be given away
	ideas    func(sentence, run string) bool // the same for ideas in words, told by a sentence with those before it
	pieces   Protects                        // the same in pieces over several sentences; nil for no check
	known    known                           // what the words may draw on
	nonce    string                          // of the prompt, "" for none
	asks     bool                            // the words end with a question; else they hold none
	feedback Feedback                        // what may be said of the learner's contribution
	limit    int                             // bytes
}

// Reasons why the guard holds a text back. They are logged; the text is not.
var (
	errLeak     = errors.New("leak")
	errQuestion = errors.New("questions")
	errMove     = errors.New("move")
	errLanguage = errors.New("language")
	errUnsafe   = errors.New("unsafe")
	errHidden   = errors.New("hidden")
	errGarbled  = errors.New("garbled")
	errLength   = errors.New("length")
	errEmpty    = errors.New("empty")
)

// gate releases a streamed text sentence by sentence. A sentence passes when
// every check does; at the first that fails the gate closes for good and the
// text must be given up.
type gate struct {
	rules
	splitter splitter
	passed   []string // sentences released
	bytes    int
	asked    bool
	closed   error
}

func newGate(r rules) *gate { return &gate{rules: r} }

// write takes a piece of the stream and returns what may be shown of it.
func (g *gate) write(piece string) (string, error) {
	if g.closed != nil {
		return "", g.closed
	}
	if g.bytes += len(piece); g.bytes > g.limit {
		return "", g.close(errLength)
	}
	return g.release(g.splitter.write(piece))
}

// finish ends the stream and returns what was still held.
func (g *gate) finish() (string, error) {
	if g.closed != nil {
		return "", g.closed
	}
	var rest []string
	if held := g.splitter.rest(); strings.TrimSpace(held) != "" {
		rest = append(rest, held)
	}
	text, err := g.release(rest)
	switch {
	case err != nil:
		return text, err
	case len(g.passed) == 0:
		return "", g.close(errEmpty)
	case g.asks && !g.asked:
		return text, g.close(errQuestion)
	}
	return text, nil
}

func (g *gate) close(err error) error {
	g.closed = err
	return err
}

func (g *gate) release(sentences []string) (string, error) {
	var out strings.Builder
	for _, s := range sentences {
		if err := g.check(s); err != nil {
			return out.String(), g.close(err)
		}
		g.passed = append(g.passed, s)
		out.WriteString(s)
	}
	return out.String(), nil
}

// span is how many sentences are held together against the answer: a leak may
// be split over several.
const span = 3

func (g *gate) check(sentence string) error {
	if err := g.checkQuestions(sentence); err != nil {
		return err
	}
	if g.known.verbatim(sentence) {
		return nil // the policy's own words
	}
	if unsafe(sentence) {
		return errUnsafe
	}
	if garbled(sentence, len(g.passed) == 0) {
		return errGarbled
	}
	if g.quotesPrompt(sentence) {
		return errMove
	}
	recent := strings.Join(append(g.passed[max(0, len(g.passed)-span+1):len(g.passed):len(g.passed)], sentence), "")
	plain := plainDigits(norm.NFKC.String(sentence))
	recent = plainDigits(norm.NFKC.String(recent))
	if g.known.foreignNumber(sentence) || g.exact(plain) || len(g.passed) > 0 && algebra.Numeric(plain, Languages...) && g.exact(recent) || g.ideas(plain, recent) || g.pieces != nil && g.pieces(recent) {
		return errLeak
	}
	if g.known.hides(sentence) || g.known.foreignWord(sentence, g.language) {
		return errHidden
	}
	if err := g.checkMove(sentence); err != nil {
		return err
	}
	if foreign(sentence, g.language) {
		return errLanguage
	}
	return nil
}

// quotesPrompt reports words of the instructions, or their mark.
func (g *gate) quotesPrompt(sentence string) bool {
	return g.nonce != "" && strings.Contains(sentence, g.nonce) || prompts.Quoted(sentence)
}

// checkQuestions allows one question, and only as the last sentence.
func (g *gate) checkQuestions(sentence string) error {
	marks := strings.Count(sentence, "?") + strings.Count(sentence, "؟")
	if marks > 1 || marks == 1 && !g.asks || g.asked {
		return errQuestion
	}
	g.asked = marks == 1
	return nil
}

// checkMove holds the judgement in a sentence against what the policy allows.
func (g *gate) checkMove(sentence string) error {
	folded := fold(sentence)
	for _, language := range Languages {
		list := guardLists[language]
		if contains(folded, list["shame"]) || contains(folded, list["role"]) {
			return errMove
		}
		positive := g.feedback == FeedbackRight || g.feedback == FeedbackPart || g.feedback == FeedbackRepaired ||
			g.feedback == FeedbackSubRight || g.feedback == FeedbackAhead
		denied := contains(folded, list["denial"])
		if !positive && !denied && (contains(folded, list["praise"]) || folded == "exactly" || folded == "exacto") {
			return errMove
		}
		if positive && denied {
			return errMove
		}
	}
	return nil
}

var (
	link    = regexp.MustCompile(`(?i)https?:|www\.|\]\(|<[a-z/!]|[a-z0-9-]+\.(?:com|org|net|io|ru)\b`)
	contact = regexp.MustCompile(`[\w.+-]+@[\w-]+\.\w+|\+\d[\d ()-]{7,}\d`)
)

// unsafe reports links, contacts, mark-up and words that have no place in a
// tutor's mouth.
func unsafe(sentence string) bool {
	if link.MatchString(sentence) || contact.MatchString(sentence) || strings.ContainsFunc(sentence, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
	}) {
		return true
	}
	folded := fold(sentence)
	for _, language := range Languages {
		if contains(folded, guardLists[language]["unsafe"]) {
			return true
		}
	}
	return false
}

// formula matches TeX and code, which have no language.
var formula = regexp.MustCompile("(?s)\\$\\$.*?\\$\\$|\\$[^$]*\\$|`[^`]*`")

// foreign reports whether a sentence is clearly in another language: by script,
// and between languages of one script by their most common words.
func foreign(sentence, language string) bool {
	text := formula.ReplaceAllString(sentence, " ")
	arabic, other := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r):
			arabic++
		case unicode.IsLetter(r):
			other++
		}
	}
	if arabic+other < 8 {
		return false
	}
	if (language == "ar") != (arabic > other) {
		return true
	}
	words := strings.Fields(fold(text))
	own := count(words, guardLists[language]["function"])
	for _, l := range Languages {
		if l != language && count(words, guardLists[l]["function"]) > 2*own+1 {
			return true
		}
	}
	return false
}

func count(words, list []string) int {
	n := 0
	for _, w := range words {
		for _, l := range list {
			if w == l {
				n++
			}
		}
	}
	return n
}

// guarded runs a whole text through the gate.
func guarded(text string, r rules) error {
	g := newGate(r)
	if _, err := g.write(text); err != nil {
		return fmt.Errorf("guard: %w", err)
	}
	if _, err := g.finish(); err != nil {
		return fmt.Errorf("guard: %w", err)
	}
	return nil
}
