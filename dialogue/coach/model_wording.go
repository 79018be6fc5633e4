package coach

import (
	_ "embed"
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"maieutic/prompts"
	"maieutic/rubric"
	"maieutic/rubric/essay"
)

//go:embed model_words.txt
var modelWordsFile string

// phrases are those of model_words.txt by section, with a space at either end;
// small are the most common words by language.
var phrases, small = loadModelWords(modelWordsFile)

func loadModelWords(file string) (map[string][]string, map[string]map[string]bool) {
	phrases, common := map[string][]string{}, map[string]map[string]bool{}
	section := ""
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		name, heading := strings.CutPrefix(line, "[")
		language, function := strings.CutPrefix(section, "small.")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case heading:
			section = strings.TrimSuffix(name, "]")
		case function:
			common[language] = map[string]bool{}
			for _, w := range foldedWords(line) {
				common[language][w] = true
			}
		default:
			phrases[section] = append(phrases[section], " "+strings.Join(foldedWords(line), " ")+" ")
		}
	}
	return phrases, common
}

// Why a model's words are held back. The words themselves are not logged.
var (
	errLength   = errors.New("length")
	errQuestion = errors.New("questions")
	errUnsafe   = errors.New("unsafe")
	errPrompt   = errors.New("prompt")
	errBanned   = errors.New("banned")
	errLanguage = errors.New("language")
	errWrites   = errors.New("writes")
	errInvents  = errors.New("invents")
)

// Bounds of what a model says of one criterion, in code points.
const (
	leastWording = 12
	mostWording  = 400
)

// wording holds a model's words to what a coach may say: a question that sends
// the writer back to the draft, or a sentence about what is good in it. Nothing of
// it writes the essay: no sentence of the draft in other words, no word put right,
// none to put in, no name, number or quotation that stands in none of the texts.
type wording struct {
	language string
	nonce    string
	texts    []string        // that may be quoted, folded, with a space at either end
	words    map[string]bool // of these texts
	windows  [][]string      // runs of words of the draft, sentence by sentence
}

// window is how many words of a sentence are looked for in other words at once.
const window = 8

func newWording(in Input, nonce string) *wording {
	w := &wording{language: speaks(in.Language), nonce: nonce, words: map[string]bool{}}
	texts := []string{in.Work.Draft.Text, plain(in.Work.Activity.Statement)}
	for _, lesson := range in.Work.Sources {
		texts = append(texts, lesson.Title, plain(lesson.Body))
	}
	for _, text := range texts {
		words := foldedWords(text)
		for _, word := range words {
			w.words[word] = true
		}
		w.texts = append(w.texts, " "+strings.Join(words, " ")+" ")
	}
	draft := essay.Parse(in.Work.Draft.Text)
	for _, s := range draft.Sentences {
		words := foldedWords(s.Text)
		if len(words) < leastRun {
			continue
		}
		for i := 0; i == 0 || i+window <= len(words); i++ {
			w.windows = append(w.windows, words[i:min(len(words), i+window)])
		}
	}
	return w
}

// foldedWords are the words of a text without case, accents and apostrophes.
func foldedWords(text string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case unicode.IsMark(r) || r == '\'' || r == '’' || r == 'ـ':
		case r == 'ى':
			b.WriteRune('ي')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// question returns words that are exactly one question, as Markdown.
func (w *wording) question(text string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	own := w.withoutQuotes(text)
	end, _ := utf8.DecodeLastRuneInString(strings.TrimRight(own, " .\"”»)"))
	if marks(own) != 1 || strings.Count(own, "¿") > 1 || !strings.ContainsRune(questionMarks, end) {
		return "", errQuestion
	}
	return w.checked(text, own)
}

// strength returns words that ask nothing, as Markdown.
func (w *wording) strength(text string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	own := w.withoutQuotes(text)
	if marks(own) > 0 {
		return "", errQuestion
	}
	return w.checked(text, own)
}

const questionMarks = "?؟？"

func marks(text string) (n int) {
	for _, r := range text {
		if strings.ContainsRune(questionMarks, r) {
			n++
		}
	}
	return n
}

var (
	quotation  = regexp.MustCompile(`“[^”]*”|"[^"]*"|«[^»]*»|„[^“”]*[“”]|‘[^’]*’|(?:^|[\s(])'[^']*'`)
	reference  = regexp.MustCompile(`(?i)https?:|www\.|\]\(|<[a-z/!]|[a-z0-9-]+\.(?:com|org|net|io|ru|edu|gov)\b|[\w.+-]+@[\w-]+\.\w+|\+\d[\d ()-]{7,}\d`)
	afterColon = regexp.MustCompile(`[:：]\s*(.+)$`)
	hole       = regexp.MustCompile(`_{2,}|\.{4,}|\[[^\]]*\]|\{[^}]*\}`)
)

// checked holds words against all rules that questions and strengths share. Own is
// the text without what it quotes.
func (w *wording) checked(text, own string) (string, error) {
	n := utf8.RuneCountInString(text)
	switch {
	case n < leastWording || n > mostWording:
		return "", errLength
	case reference.MatchString(text) || hole.MatchString(text) || strings.ContainsFunc(text, hidden):
		return "", errUnsafe
	case w.nonce != "" && strings.Contains(text, w.nonce) || prompts.Quoted(text) || rubric.Directs(own):
		return "", errPrompt
	case !w.quotesWhatStands(text):
		return "", errInvents
	case says(" "+strings.Join(foldedWords(own), " ")+" ", "write", "marks", "shame", "cite"):
		return "", errBanned
	case w.foreign(own):
		return "", errLanguage
	case w.invents(own):
		return "", errInvents
	case w.rewrites(text), w.corrects(own):
		return "", errWrites
	}
	return escape(text), nil
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' ||
		unicode.Is(unicode.So, r) || unicode.Is(unicode.Co, r)
}

func says(folded string, sections ...string) bool {
	for _, s := range sections {
		for _, phrase := range phrases[s] {
			if strings.Contains(folded, phrase) {
				return true
			}
		}
	}
	return false
}

// withoutQuotes is a text with what it quotes from the draft, the task or the
// reading blanked out: those are not the model's words.
func (w *wording) withoutQuotes(text string) string {
	return quotation.ReplaceAllString(text, " … ")
}

// quotesWhatStands reports whether everything in quotation marks stands in one of
// the texts.
func (w *wording) quotesWhatStands(text string) bool {
	for _, q := range quotation.FindAllString(text, -1) {
		for _, part := range strings.FieldsFunc(strings.ReplaceAll(q, "...", "…"), func(r rune) bool { return r == '…' }) {
			if words := foldedWords(part); len(words) > 0 && !w.stands(words) {
				return false
			}
		}
	}
	return true
}

func (w *wording) stands(words []string) bool {
	run := " " + strings.Join(words, " ") + " "
	for _, text := range w.texts {
		if strings.Contains(text, run) {
			return true
		}
	}
	return false
}
