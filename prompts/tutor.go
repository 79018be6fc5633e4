// Package prompts turns typed state into the messages a language model is sent.
// It is pure: the same input gives the same messages, byte for byte. Templates
// are embedded and carry a version that is a hash of their content.
//
// A prompt never holds an answer that the policy has not revealed: the input
// types have no room for one.
package prompts

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"strings"
	"text/template"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

//go:embed templates/*.md
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*.md"))

// Budgets, in code points. What exceeds them is cut, oldest first.
const (
	historyTurns  = 16
	historyBudget = 6000
	passageBudget = 1500
	studentBudget = 3000
	statementPart = 3000
)

// TutorVersion names the content of the tutor's templates.
var TutorVersion = version("tutor_system.md", "tutor_turn.md")

func version(names ...string) string {
	hash := sha256.New()
	for _, name := range names {
		content, err := files.ReadFile("templates/" + name)
		if err != nil {
			panic(err) // embedded
		}
		hash.Write(content) // a hash never fails to write
	}
	return "tutor-" + hex.EncodeToString(hash.Sum(nil))[:12]
}

// TutorInput is what the model voice may know of a turn.
type TutorInput struct {
	Language  string // BCP 47 of the tutor's words
	Title     string // of the activity
	Statement string // Markdown above every step
	Question  string // of the current step
	History   []tutor.Turn
	Student   string          // what the learner just wrote
	Passages  []tutor.Passage // only for a turn that quotes the curriculum
	Move      string
	Feedback  string // what is to be said of the learner's contribution, "" for nothing
	Draft     string // the authored words of the turn, without its closing question
	Asks      bool   // the turn's words end with a question of their own
	Nonce     string // marks material; not to be guessed by whoever wrote it
}

// languageNames are the languages the tutor speaks, as a model knows them.
var languageNames = map[string]string{"en": "English", "es": "Spanish", "ar": "Modern Standard Arabic"}

// moveMeanings say in a sentence what a move does.
var moveMeanings = map[string]string{
	"ask":        "Open the session with the draft's greeting.",
	"pump":       "Ask for more without giving anything.",
	"hint":       "Give the hint of the draft, no more than that.",
	"prompt":     "Give the sentence with its gaps exactly as it stands in the draft.",
	"assertion":  "Tell what the draft tells, and ask the learner to say it again in their own way.",
	"check":      "Lead over to one more question of the same kind.",
	"correction": "Lead the learner to test their idea, as the draft does, without stating the right answer.",
	"answer":     "Answer the learner's own question from the passage and name the lesson, then lead back.",
	"redirect":   "Answer briefly as the draft does and lead back.",
	"encourage":  "Answer the feeling or the silence as the draft does and lead back.",
	"confirm":    "Say what was right and why, as the draft does, and lead over to the next question.",
	"move_on":    "Leave this point open without blame and go on.",
	"summary":    "Close the finished exercise by saying what the learner worked out.",
	"close":      "End the session kindly.",
}

// feedbackMeanings say what may be said of the learner's contribution.
var feedbackMeanings = map[string]string{
	"right":      "it is right; name what was right in their own terms",
	"part_right": "one part is right and more is to come; name the part",
	"partly":     "it is on the way but not there yet",
	"not_yet":    "it is not right yet; stay neutral",
	"repeated":   "it is the same wrong answer as before; stay neutral",
	"unsure":     "we cannot tell whether it is right; ask, do not judge",
	"note":       "it is not right yet, for the reason in the draft",
	"ahead":      "it is right, but for a later part",
	"repaired":   "it is right and mends the earlier idea",
	"sub_right":  "the smaller question is answered rightly",
	"sub_wrong":  "the smaller question is not answered rightly yet; stay neutral",
}

// Tutor returns the messages for one tutor turn. The prefix is stable over a
// session: instructions and exercise first, then the history, then the turn.
func Tutor(in TutorInput) []llm.Message {
	base, _, _ := strings.Cut(in.Language, "-")
	name := languageNames[base]
	if name == "" {
		name = languageNames["en"]
	}
	in.Statement, in.Student = cut(fence(in, in.Statement), statementPart), cut(fence(in, in.Student), studentBudget)
	passages := make([]tutor.Passage, len(in.Passages))
	for i, p := range in.Passages {
		p.Text = cut(fence(in, p.Text), passageBudget)
		passages[i] = p
	}
	in.Passages = passages
	data := struct {
		TutorInput
		LanguageName, MoveMeaning, FeedbackMeaning string
	}{in, name, moveMeanings[in.Move], feedbackMeanings[in.Feedback]}

	messages := []llm.Message{{Role: llm.RoleSystem, Content: render("tutor_system.md", data)}}
	messages = append(messages, history(in)...)
	return append(messages, llm.Message{Role: llm.RoleUser, Content: render("tutor_turn.md", data)})
}

func render(name string, data any) string {
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		panic(err) // templates and data are both ours, and a test renders every branch
	}
	return strings.TrimSpace(b.String())
}

// history turns earlier turns into messages, the newest that fit the budget.
// Too many are cut half a history at a time, so that the prefix stays the same
// for a while and a provider's cache can serve it.
func history(in TutorInput) []llm.Message {
	turns := in.History
	for len(turns) > historyTurns {
		turns = turns[historyTurns/2:]
	}
	size := 0
	for _, t := range turns {
		size += len([]rune(t.Text))
	}
	for size > historyBudget && len(turns) > 0 {
		size -= len([]rune(turns[0].Text))
		turns = turns[1:]
	}
	messages := make([]llm.Message, 0, len(turns))
	for _, t := range turns {
		if t.Author == tutor.AuthorStudent {
			content := "<<" + in.Nonce + "\n" + fence(in, t.Text) + "\n" + in.Nonce + ">>"
			messages = append(messages, llm.Message{Role: llm.RoleUser, Content: content})
			continue
		}
		messages = append(messages, llm.Message{Role: llm.RoleAssistant, Content: t.Text})
	}
	return messages
}

// fence takes the nonce out of a text, should it be in there after all.
func fence(in TutorInput, text string) string {
	if in.Nonce == "" {
		return text
	}
	return strings.ReplaceAll(text, in.Nonce, "")
}

func cut(text string, budget int) string {
	runes := []rune(text)
	if len(runes) <= budget {
		return text
	}
	return string(runes[:budget]) + "…"
}
