package prompts

import (
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// Bounds of the parts of a prompt, in code points. They hold at the default
// context length; a smaller one shrinks the history first.
const (
	passageBudget     = 1500
	passagesShown     = 3
	studentBudget     = 3000
	statementBudget   = 3000
	instructionBudget = 1000
)

// DefaultContext is the context length that is counted on when a model's own is
// not known, in tokens.
const DefaultContext = 8192

// answerRoom is kept free for what the model says, in tokens.
const answerRoom = 600

// TutorVersion names the content of the tutor's templates.
var TutorVersion = version("tutor", "tutor_system.md", "tutor_turn.md")

// TutorInput is what the model voice may know of a turn. It has no room for an
// answer that the policy has not revealed.
type TutorInput struct {
	Language     string // BCP 47 of the tutor's words
	ReadingLevel tutor.ReadingLevel
	Instructions string // of the teacher for the course, "" for none
	Title        string // of the activity
	Statement    string // Markdown above every step
	History      []tutor.Turn
	Student      string          // what the learner just wrote
	Passages     []tutor.Passage // only for a turn that quotes the curriculum
	Move         string
	Feedback     string // what is to be said of the learner's contribution, "" for nothing
	Draft        string // the authored words of the turn, without its closing question
	Question     string // put after the model's words, "" when they end with a question of their own
	Asks         bool   // the turn's words end with a question of their own
	Nonce        string // marks material; not to be guessed by whoever wrote it
	Context      int    // tokens that the model can take, 0 for DefaultContext
	For          llm.Party
}

// languageNames are the languages the tutor speaks, as a model knows them.
var languageNames = map[string]string{"en": "English", "es": "Spanish", "ar": "Modern Standard Arabic"}

// readingLevels say how to write for a class.
var readingLevels = map[tutor.ReadingLevel]string{
	tutor.ReadingSimple:   "Write for a reader of about eight to ten: very short sentences, everyday words, one thought at a time.",
	tutor.ReadingStandard: "Write for a reader of about eleven to fourteen: short sentences, plain words.",
	tutor.ReadingAdvanced: "Write for an adult or a student near university: precise terms of the subject, no padding.",
}

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

// hindrances say to a model why its first words were held back.
var hindrances = map[string]string{
	"leak":      "they gave away what the learner is to find",
	"questions": "they did not hold exactly the questions the instruction allows",
	"move":      "they judged the learner's words in another way than the instruction says",
	"language":  "they were in another language",
	"unsafe":    "they held a link, mark-up or something else that has no place there",
	"hidden":    "they held letters, signs or codes that are no plain words",
	"garbled":   "they were no plain sentences",
	"length":    "they were too long",
	"empty":     "they were empty",
	"cut off":   "they broke off in the middle",
}

// Again returns the request for a second try at a tutor turn, after words that
// were held back for a reason.
func Again(messages []llm.Message, reason string) []llm.Message {
	why := hindrances[reason]
	if why == "" {
		return messages
	}
	last := messages[len(messages)-1]
	last.Content += "\n\nYour first words for this turn were not shown, because " + why + ". Keep closer to the draft."
	return append(messages[:len(messages)-1:len(messages)-1], last)
}

// Tutor returns the messages for one tutor turn: what holds for the session,
// the history as it was said, then the turn.
//
// A tutor turn of the history that a model spoke is given with the prompt that
// asked for it, so that each prompt of a session begins with the one before.
// Nothing is cut out of the middle: what is too old is left away by Oldest.
func Tutor(in TutorInput) []llm.Message {
	base, _, _ := strings.Cut(in.Language, "-")
	name := languageNames[base]
	if name == "" {
		name = languageNames["en"]
	}
	reading := readingLevels[in.ReadingLevel]
	if reading == "" {
		reading = readingLevels[tutor.ReadingStandard]
	}
	in = in.fenced()
	data := struct {
		TutorInput
		LanguageName, Reading, MoveMeaning, FeedbackMeaning string
	}{in, name, reading, moveMeanings[in.Move], feedbackMeanings[in.Feedback]}

	messages := []llm.Message{{Role: llm.RoleSystem, Content: render("tutor_system.md", data)}}
	messages = append(messages, history(in)...)
	return append(messages, llm.Message{Role: llm.RoleUser, Content: render("tutor_turn.md", data)})
}

// fenced makes every text that is not ours fit to stand in a prompt.
func (in TutorInput) fenced() TutorInput {
	fence := func(text string, budget int) string { return shorten(material(in.Nonce, text), budget) }
	in.Title, in.Statement = material(in.Nonce, in.Title), fence(in.Statement, statementBudget)
	in.Instructions, in.Student = fence(in.Instructions, instructionBudget), fence(in.Student, studentBudget)
	in.Draft, in.Question = material(in.Nonce, in.Draft), material(in.Nonce, in.Question)
	passages := make([]tutor.Passage, 0, passagesShown)
	for _, p := range in.Passages[:min(len(in.Passages), passagesShown)] {
		p.Lesson, p.Text = material(in.Nonce, p.Lesson), fence(p.Text, passageBudget)
		passages = append(passages, p)
	}
	in.Passages = passages
	return in
}

// history turns earlier turns into messages.
func history(in TutorInput) []llm.Message {
	messages := make([]llm.Message, 0, len(in.History)+1)
	if len(in.History) > 0 && in.History[0].Author == tutor.AuthorTutor {
		// The chat templates of several models refuse an assistant who begins.
		messages = append(messages, llm.Message{Role: llm.RoleUser, Content: "The session begins."})
	}
	for i, t := range in.History {
		switch {
		case t.Author == tutor.AuthorStudent && i+1 < len(in.History) && in.History[i+1].Voice.Prompt != "":
			// the prompt of the reply holds these words
		case t.Author == tutor.AuthorStudent && strings.TrimSpace(t.Text) == "":
			messages = append(messages, llm.Message{Role: llm.RoleUser, Content: "The learner asked for a hint or sent nothing."})
		case t.Author == tutor.AuthorStudent:
			content := "<<" + in.Nonce + "\n" + shorten(material(in.Nonce, t.Text), studentBudget) + "\n" + in.Nonce + ">>"
			messages = append(messages, llm.Message{Role: llm.RoleUser, Content: content})
		case t.Voice.Prompt != "":
			messages = append(messages,
				llm.Message{Role: llm.RoleUser, Content: t.Voice.Prompt}, llm.Message{Role: llm.RoleAssistant, Content: t.Voice.Words})
		default:
			messages = append(messages, llm.Message{Role: llm.RoleAssistant, Content: t.Text})
		}
	}
	return messages
}

// Oldest returns the seq of the first turn of the history that a prompt has
// room for, given that of the prompt before. It stays where it is until the
// context is full and then moves on to where half of it is free, so that the
// prefix of a session's prompts changes rarely.
func Oldest(in TutorInput, before int64) int64 {
	// Turns that are not at hand any more cannot be repeated; going on with half
	// of what is keeps the prefix for a while.
	if n := len(in.History); n > 0 && in.History[0].Seq > max(before, 1) {
		for _, t := range in.History[n/2:] {
			if t.Author == tutor.AuthorStudent {
				before = t.Seq
				break
			}
		}
	}
	context := in.Context
	if context <= 0 {
		context = DefaultContext
	}
	room := context - answerRoom
	if size(in, before) <= room {
		return before
	}
	oldest := before
	for _, t := range in.History {
		if t.Seq <= oldest || t.Author == tutor.AuthorTutor {
			continue
		}
		if oldest = t.Seq; size(in, oldest) <= room/2 {
			return oldest
		}
	}
	return oldest
}

// size estimates the tokens of a prompt with the history from a turn on.
func size(in TutorInput, oldest int64) int {
	in.History = From(in.History, oldest)
	total := 0
	for _, m := range Tutor(in) {
		total += tokens(m.Content)
	}
	return total
}

// From returns the turns of a history from seq on.
func From(history []tutor.Turn, seq int64) []tutor.Turn {
	for i, t := range history {
		if t.Seq >= seq {
			return history[i:]
		}
	}
	return nil
}
