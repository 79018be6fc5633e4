package prompts

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// EssayVersion names the content of the essay reader's templates and schema.
var EssayVersion = version("essay", "essay_system.md", "essay_draft.md")

// Bounds of a request for feedback on a draft.
const (
	sourcesShown    = 3
	sourceBudget    = 2000 // code points of one source
	rubricBudget    = 400  // of one description in a rubric
	foundBudget     = 400  // of what the built-in reader says of one criterion
	criterionAnswer = 260  // tokens that a model may write of one criterion
	essayAnswer     = 200  // and beside them
	essayRepair     = 500  // tokens kept free for a second try
	leastDraft      = 300  // tokens of a draft without which asking is no use
)

// EssayInput is what a model that reads a draft is told.
type EssayInput struct {
	Language     string // BCP 47 of the words for the writer
	ReadingLevel tutor.ReadingLevel
	Instructions string // of the teacher for the course, "" for none
	Statement    string // the task
	Sources      []EssaySource
	Criteria     []tutor.RubricCriterion
	Found        []EssayFound // what the built-in reader says, by criterion
	Text         string       // the draft
	Nonce        string       // marks material; not to be guessed by whoever wrote it
	Context      int          // tokens that the model can take, 0 for DefaultContext
	For          llm.Party
}

// EssaySource is assigned reading.
type EssaySource struct{ Title, Text string }

// EssayFound is a next step of the built-in reader.
type EssayFound struct{ Criterion, Words string }

// EssayAsked is what of the input a request holds.
type EssayAsked struct {
	Criteria []tutor.RubricCriterion // the first ones, as many as the answer has room for
	LeftOut  int                     // words in the middle of the draft
}

// Essay returns the request for feedback on a draft: the rules, the task and the
// rubric first, the same for every draft of a task, then the draft. A draft
// that does not fit is given with its beginning and its end, cut where paragraphs
// end. It is not ok when hardly any of the draft has room beside the rubric.
func Essay(in EssayInput) (req llm.Request, asked EssayAsked, ok bool) {
	context := in.Context
	if context <= 0 {
		context = DefaultContext
	}
	in.Criteria = in.Criteria[:min(len(in.Criteria), max(1, (context/2-essayAnswer)/criterionAnswer))]
	asked.Criteria = in.Criteria
	answer := essayAnswer + criterionAnswer*len(in.Criteria)
	draft := in.fenced()
	system := render("essay_system.md", draft)
	room := context - answer - essayRepair - tokens(system) - tokens(render("essay_draft.md", draft))
	if room < leastDraft && tokens(in.Text) > room {
		return llm.Request{}, asked, false
	}
	draft.Head, draft.Tail, asked.LeftOut = trimmed(material(in.Nonce, in.Text), room*3)
	draft.LeftOut = asked.LeftOut
	return llm.Request{
		Purpose: llm.PurposeEssay, MaxTokens: answer, Schema: essaySchema(in.Criteria), For: in.For,
		Messages: []llm.Message{
			{Role: llm.RoleSystem, Content: system},
			{Role: llm.RoleUser, Content: render("essay_draft.md", draft)},
		},
	}, asked, true
}

// essayDraft is what the templates of a request are filled with.
type essayDraft struct {
	EssayInput
	LanguageName, Reading string
	Head, Tail            string
	LeftOut               int
}

// fenced is the input made fit to stand between marks, within its bounds.
func (in EssayInput) fenced() essayDraft {
	base, _, _ := strings.Cut(in.Language, "-")
	d := essayDraft{EssayInput: in, LanguageName: languageNames[base], Reading: readingLevels[in.ReadingLevel]}
	if d.LanguageName == "" {
		d.LanguageName = languageNames["en"]
	}
	if d.Reading == "" {
		d.Reading = readingLevels[tutor.ReadingStandard]
	}
	fit := func(text string, budget int) string {
		return shorten(strings.TrimSpace(material(in.Nonce, text)), budget)
	}
	d.Instructions = fit(in.Instructions, instructionBudget)
	d.Statement = fit(in.Statement, statementBudget)
	d.Sources, d.Criteria, d.Found = nil, nil, nil
	for _, s := range in.Sources[:min(len(in.Sources), sourcesShown)] {
		d.Sources = append(d.Sources, EssaySource{oneLine(fit(s.Title, rubricBudget)), fit(s.Text, sourceBudget)})
	}
	for _, c := range in.Criteria {
		c.Title, c.Description = oneLine(fit(c.Title, rubricBudget)), oneLine(fit(c.Description, rubricBudget))
		c.Levels = slices.Clone(c.Levels)
		for i := range c.Levels {
			l := &c.Levels[i]
			l.Title, l.Description = oneLine(fit(l.Title, rubricBudget)), oneLine(fit(l.Description, rubricBudget))
		}
		d.Criteria = append(d.Criteria, c)
		for _, f := range in.Found {
			if f.Criterion == c.ID {
				d.Found = append(d.Found, EssayFound{f.Criterion, oneLine(fit(f.Words, foundBudget))})
			}
		}
	}
	return d
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// trimmed keeps of a text of more than budget bytes its first two thirds and its
// end, cut where a paragraph ends, or else a sentence or a word. Left is how many
// words lie between.
func trimmed(text string, budget int) (head, tail string, left int) {
	text = strings.TrimSpace(text)
	if len(text) <= budget {
		return text, "", 0
	}
	head = text[:wholeRunes(text, max(0, budget*2/3))]
	head = head[:lastEnd(head)]
	tail = text[wholeRunes(text, len(text)-max(0, budget/3)):]
	tail = tail[firstEnd(tail):]
	left = len(strings.Fields(text[len(head) : len(text)-len(tail)]))
	return strings.TrimSpace(head), strings.TrimSpace(tail), left
}

// wholeRunes moves a place in a text back to where a code point begins.
func wholeRunes(text string, at int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// lastEnd is where the last paragraph of a piece ends, or, where that would leave
// little of it, the last sentence or word.
func lastEnd(piece string) int {
	if at := strings.LastIndexByte(piece, '\n'); at > len(piece)/4 {
		return at
	}
	if at := strings.LastIndexFunc(piece, sentenceEnd); at > len(piece)/2 {
		_, size := utf8.DecodeRuneInString(piece[at:])
		return at + size
	}
	if at := strings.LastIndexFunc(piece, unicode.IsSpace); at > 0 {
		return at
	}
	return len(piece)
}

// firstEnd is the same from the front: where the first whole paragraph, sentence
// or word of a piece begins.
func firstEnd(piece string) int {
	if at := strings.IndexByte(piece, '\n'); at >= 0 && at < len(piece)*3/4 {
		return at
	}
	if at := strings.IndexFunc(piece, sentenceEnd); at >= 0 && at < len(piece)/2 {
		_, size := utf8.DecodeRuneInString(piece[at:])
		return at + size
	}
	return max(0, strings.IndexFunc(piece, unicode.IsSpace))
}

func sentenceEnd(r rune) bool { return strings.ContainsRune(".!?؟。！？", r) }

// essaySchema is the shape of a reading, strict. Models write properties in the
// order of the schema and JSON sorts them by name, so the names are chosen for
// the evidence to come before the level.
func essaySchema(criteria []tutor.RubricCriterion) *llm.Schema {
	type object = map[string]any
	closed := func(properties object) object {
		return object{
			"type": "object", "properties": properties, "additionalProperties": false,
			"required": slices.Sorted(maps.Keys(properties)),
		}
	}
	text := object{"type": "string"}
	texts := object{"type": "array", "items": text}
	remark := closed(object{"quote": text, "words": text})
	all := object{}
	for _, c := range criteria {
		var levels []string
		for _, l := range c.Levels {
			levels = append(levels, l.ID)
		}
		all[c.ID] = closed(object{
			"evidence": texts, "level": object{"type": "string", "enum": levels}, "next": remark, "strength": remark,
		})
	}
	raw, err := json.Marshal(closed(object{"addresses_grader": texts, "criteria": closed(all)}))
	if err != nil {
		panic(err) // strings alone
	}
	return &llm.Schema{Name: "reading", JSON: raw}
}
