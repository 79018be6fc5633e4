// Package prompts turns typed state into the messages a language model is sent.
// It is pure: the same input gives the same messages, byte for byte. Templates
// are embedded and carry a version that is a hash of their content.
//
// What never changes within a session stands first, then what is only appended
// to, then the turn at hand, so that a provider's prefix cache serves all but
// the end. Other people's words - a learner's, a lesson's, a teacher's - stand
// between marks that nobody outside can guess and are never instructions.
package prompts

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"
	"text/template"
	"unicode"
)

//go:embed templates/*.md
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*.md"))

// version names the content of some templates.
func version(kind string, names ...string) string {
	hash := sha256.New()
	for _, name := range names {
		content, err := files.ReadFile("templates/" + name)
		if err != nil {
			panic(err) // embedded
		}
		hash.Write(content) // a hash never fails to write
	}
	return kind + "-" + hex.EncodeToString(hash.Sum(nil))[:12]
}

func render(name string, data any) string {
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		panic(err) // templates and data are both ours, and a test renders every branch
	}
	return strings.TrimSpace(b.String())
}

// chatMarks are the marks that chat templates of common models put between
// messages. Servers of local models read them in a message's text, too.
var chatMarks = regexp.MustCompile(`(?i)<\|[^|>\n]{0,40}\|?>|<｜[^｜>\n]{0,40}｜>|</?s>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?(?:system|assistant|user|think|tool_call)>`)

// material makes somebody else's text fit to stand between marks: without the
// nonce, should it be in there after all, and without what a model may read as
// the border of a message.
func material(nonce, text string) string {
	if nonce != "" {
		text = strings.ReplaceAll(text, nonce, "")
	}
	return chatMarks.ReplaceAllStringFunc(text, func(mark string) string {
		return mark[:1] + " " + mark[1:]
	})
}

// shorten keeps the beginning and the end of a text of more than budget code
// points: an answer often comes last.
func shorten(text string, budget int) string {
	runes := []rune(text)
	if len(runes) <= budget {
		return text
	}
	tail := budget / 3
	return string(runes[:budget-tail]) + " […] " + string(runes[len(runes)-tail:])
}

// tokens estimates how many tokens a text has, on the high side: three bytes
// for one hold for English, Spanish and Arabic with today's tokenizers.
func tokens(text string) int { return len(text)/3 + 1 }

// quotedFrom is how many words in a row make a quotation of the instructions.
const quotedFrom = 6

// shingles are the runs of words of the instructions.
var shingles = sync.OnceValue(func() map[string]bool {
	seen := map[string]bool{}
	add := func(text string) {
		words := plainWords(text)
		for i := 0; i+quotedFrom <= len(words); i++ {
			seen[strings.Join(words[i:i+quotedFrom], " ")] = true
		}
	}
	for _, name := range []string{"tutor_system.md", "tutor_turn.md", "grade_system.md", "grade_answer.md", "essay_system.md", "essay_draft.md"} {
		content, err := files.ReadFile("templates/" + name)
		if err != nil {
			panic(err) // embedded
		}
		add(templateAction.ReplaceAllString(string(content), " | "))
	}
	for _, meanings := range []map[string]string{moveMeanings, feedbackMeanings, hindrances} {
		for _, m := range meanings {
			add(m)
		}
	}
	for _, reading := range readingLevels {
		add(reading)
	}
	return seen
})

var templateAction = regexp.MustCompile(`\{\{[^}]*\}\}`)

func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '|' })
}

// Quoted reports whether a text repeats a run of words of the instructions.
func Quoted(text string) bool {
	words := plainWords(text)
	for i := 0; i+quotedFrom <= len(words); i++ {
		if shingles()[strings.Join(words[i:i+quotedFrom], " ")] {
			return true
		}
	}
	return false
}
