package dialogue

import (
	"strconv"
	"strings"

	"maieutic/rubric"
	"maieutic/tutor"
)

// Scene is what a voice is given to find words for.
type Scene struct {
	State    State // after Hear, before Did
	Heard    Heard
	Decision Decision
	Language string // BCP 47 of the tutor's own words
	Seed     string // of the choice of phrases, the session's id
	Name     string // what to call the learner, "" for nothing
	Quote    string // the learner's own words that the feedback is about
	Aside    Aside  // the answer to the learner's own question
}

// Aside is the answer to a question of the learner's own.
type Aside struct {
	Text      string // Markdown quoted from the curriculum, "" for none
	Leak      bool   // there is an answer, and it would give the step away
	Citations []tutor.Citation
}

// Speech is a tutor turn in words. Text is Lead and Question together: Question
// is authored and said as it stands, Lead may be put in other words.
type Speech struct {
	Text     string // Markdown
	Lead     string
	Question string         // "" when the lead asks
	Said     map[string]int // see State.Said
}

// Speak finds the authored words for a decision. It is pure: the same scene
// gives the same words.
func (p *Plan) Speak(sc Scene) Speech {
	language := baseLanguage(sc.Language)
	s := &speech{
		p: p, Scene: sc, language: language,
		phrasebook: &phrasebook{catalogue: catalogues[language], seed: sc.Seed, said: cloneMap(sc.State.Said)},
	}
	s.values = map[string]string{
		"name": sc.Name, "quote": quoted(sc.Quote, language), "concise": s.concise(sc.Decision.Target),
		"step": strconv.Itoa(sc.Decision.Next + 1), "steps": strconv.Itoa(len(p.steps)),
	}
	s.feedback()
	s.told()
	s.explain()
	s.aside()
	s.move()
	out := Speech{Lead: s.lead.String(), Question: s.question, Said: s.said}
	out.Text = strings.TrimSpace(out.Lead + "\n\n" + out.Question)
	return out
}

// speech is a turn being put together.
type speech struct {
	Scene
	*phrasebook
	p        *Plan
	language string
	values   map[string]string
	lead     paragraphs
	question string
}

// phrase adds words of the tutor's own.
func (s *speech) phrase(key string) {
	s.lead.add(s.say(key, s.values), true)
}

// authored adds words of the curriculum's.
func (s *speech) authored(text string) {
	s.lead.add(text, baseLanguage(s.p.Activity.Language) == s.language)
}

// idea returns the expectation a decision is about, nil when it is about none.
func (s *speech) idea() *idea {
	if _, i, ok := s.p.find(s.Decision.Target); ok {
		return i
	}
	_, i, ok := s.p.find(s.Decision.Pending.Target)
	if !ok {
		if step := s.p.steps[s.State.Step]; len(step.ideas) == 1 {
			return &step.ideas[0]
		}
		return nil
	}
	return i
}

// manner is how a question is answered: "exact", "choice" or "words".
func (s *speech) manner() string {
	i := s.idea()
	switch {
	case i == nil || i.Answer == nil:
		return "words"
	case i.Answer.Kind == tutor.AnswerChoice:
		return "choice"
	}
	return "exact"
}

// concise names the target without giving it away; "" when the curriculum does
// not say, or says it in another language than the tutor speaks.
func (s *speech) concise(target string) string {
	if baseLanguage(s.p.Activity.Language) != s.language {
		return ""
	}
	if _, i, ok := s.p.find(target); ok {
		return i.Concise
	}
	return ""
}

func (s *speech) feedback() {
	if s.Heard.Cue == "distress" && s.Decision.Reason != "distress" {
		s.phrase("distress")
	}
	plain := s.values["quote"] == ""
	switch s.Decision.Feedback {
	case FeedbackRight:
		s.phrase(s.rightKey(plain))
	case FeedbackPart:
		s.phrase(either(plain, "part.plain", "part.words"))
	case FeedbackSubRight:
		s.phrase(either(plain, "sub_right.plain", "sub_right"))
	case FeedbackAhead:
		s.phrase(either(plain, "partly", "ahead"))
	case FeedbackNote:
		s.phrase(s.noteKey(plain))
	case FeedbackNotYet: // what is off the point need not be untrue
		s.phrase(either(s.manner() == "words" && !s.Heard.Opposed && s.Heard.Active == "", "not_yet.words", "not_yet"))
	case FeedbackNone, FeedbackUnsure:
	default:
		s.phrase(string(s.Decision.Feedback))
	}
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// rightKey chooses how to say that an answer is right.
func (s *speech) rightKey(plain bool) string {
	i := s.coveredIdea()
	switch {
	case plain || i != nil && i.Answer != nil && i.Answer.Kind == tutor.AnswerChoice:
		return "right.plain"
	case i != nil && s.State.Levels[i.key] > 1:
		return "right.aided"
	case i != nil && i.Answer != nil:
		return "right.exact"
	}
	return "right.words"
}

// coveredIdea is the first expectation of this step that the turn covered.
func (s *speech) coveredIdea() *idea {
	for _, key := range s.Heard.Covered {
		if step, i, ok := s.p.find(key); ok && step == s.State.Step {
			return i
		}
	}
	return nil
}

// reasoning is from how many words on a text that holds no exact answer is
// taken for thinking aloud.
const reasoning = 5

func (s *speech) noteKey(plain bool) string {
	note := s.Decision.Note
	switch note {
	case rubric.NoteUnparsed:
		switch {
		case s.manner() == "choice":
			return "note.choice"
		case s.manner() == "words":
			return "note.off_point"
		case len(strings.Fields(s.Quote)) >= reasoning:
			return "note.reasoning"
		case plain:
			return "note.unparsed.plain"
		}
	case rubric.NoteWrongForm:
		if i := s.idea(); i != nil && i.Answer != nil && s.has("note."+i.Answer.Form) {
			return "note." + i.Answer.Form
		}
	}
	if s.has("note." + note) {
		return "note." + note
	}
	return "not_yet"
}

// told says the answer to a sub-question that the learner did not find.
func (s *speech) told() {
	if !s.Decision.Told {
		return
	}
	pending := s.State.Pending
	if q := s.p.scaffold(pending); q != nil && q.Tell != "" {
		s.authored(q.Tell)
		return
	}
	_, _, e, ok := s.p.subQuestion(pending)
	switch {
	case !ok:
	case e.Answer != nil:
		s.values["answer"] = asFormula(*e.Answer)
		s.phrase("told.exact")
	default:
		s.values["answer"] = e.Says
		s.phrase("told.words")
	}
}

// asFormula sets an authored answer in Markdown.
func asFormula(a tutor.Answer) string {
	switch a.Kind {
	case tutor.AnswerNumber, tutor.AnswerExpression, tutor.AnswerEquation:
		if !strings.Contains(a.Value, "$") {
			return strings.TrimSpace("$" + a.Value + "$ " + a.Unit)
		}
	}
	return a.Value
}

// explain says why the step just completed comes out as it does.
func (s *speech) explain() {
	done := s.Decision.Done
	if done < 0 || !s.p.covers(s.State, done) {
		return
	}
	if s.Decision.Told && s.State.Pending.Kind == PendingCheck { // what was told last is another question's
		return
	}
	hides := s.p.protectsExact(s.State, s.Decision)
	var said strings.Builder
	for _, sentence := range Sentences(s.p.steps[done].Explanation) {
		if !hides(sentence) { // it may answer the next step on the way
			said.WriteString(sentence)
		}
	}
	s.authored(said.String())
}

func (s *speech) aside() {
	if !s.Decision.Aside {
		return
	}
	switch {
	case s.Aside.Text != "":
		s.values["lesson"] = ""
		if len(s.Aside.Citations) > 0 {
			s.values["lesson"] = escapeMarkdown(s.Aside.Citations[0].Lesson)
		}
		s.lead.breakHere()
		s.phrase("cite")
		s.authored(s.Aside.Text)
	case s.Aside.Leak:
		s.phrase("answer.leak")
	default:
		s.phrase("answer.none")
	}
	s.lead.breakHere()
}

// paragraphs joins short pieces into paragraphs. Pieces with lines of their own
// stand alone, and so do pieces in another language than the one before.
type paragraphs struct {
	text   string
	inline bool // the last piece may be continued on its line
}

// longParagraph is from how many bytes on a new piece starts a new paragraph.
const longParagraph = 320

func (p *paragraphs) add(piece string, own bool) {
	piece = strings.TrimSpace(piece)
	if piece == "" {
		return
	}
	block := strings.Contains(piece, "\n") || strings.Contains(piece, "$$")
	switch {
	case p.text == "":
		p.text = piece
	case p.inline && own && !block && len(p.text)-strings.LastIndex(p.text, "\n")+len(piece) < longParagraph:
		p.text += " " + piece
	default:
		p.text += "\n\n" + piece
	}
	p.inline = own && !block
}

func (p *paragraphs) breakHere()     { p.inline = false }
func (p *paragraphs) String() string { return p.text }

// asks reports whether a text already puts a question.
func asks(text string) bool { return strings.ContainsAny(text, "?؟") }
