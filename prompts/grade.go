package prompts

import (
	"encoding/json"
	"maps"
	"slices"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// GradeVersion names the content of the grader's templates and schema.
var GradeVersion = version("grade", "grade_system.md", "grade_answer.md")

// Bounds of what a grader is shown.
const (
	acceptShown     = 6 // further wordings of an idea
	answerBudget    = 4000
	exemplarBudget  = 400
	gradeAnswerRoom = 900
)

// Exemplar is an answer that a teacher has scored.
type Exemplar struct {
	Idea  string // id of the expectation
	Level string // id of the level the teacher gave
	Note  string // why, "" when the teacher did not say
	Text  string // the learner's words
}

// GradeLevel is one level of the scale, lowest first.
type GradeLevel struct{ ID, Meaning string }

// GradeInput is what a grading model is told. Unlike the voice it knows the
// answers: nothing it says is shown to a learner.
type GradeInput struct {
	Statement      string
	Prompt         string // the question
	Ideas          []tutor.Expectation
	Misconceptions []tutor.Misconception
	Levels         []GradeLevel
	Exemplars      []Exemplar
	Text           string // the learner's answer
	Nonce          string
}

// Grade returns the request for an opinion on one answer: the exercise first,
// then the exemplars and the answer. Temperature is 0.
func Grade(in GradeInput) llm.Request {
	in.Statement = shorten(material(in.Nonce, in.Statement), statementBudget)
	in.Prompt = shorten(material(in.Nonce, in.Prompt), statementBudget)
	ideas := make([]tutor.Expectation, len(in.Ideas))
	for i, e := range in.Ideas {
		e.Accept = e.Accept[:min(len(e.Accept), acceptShown)]
		ideas[i] = e
	}
	in.Ideas = ideas
	exemplars := make([]Exemplar, len(in.Exemplars))
	for i, e := range in.Exemplars {
		e.Text, e.Note = shorten(material(in.Nonce, e.Text), exemplarBudget), shorten(material(in.Nonce, e.Note), exemplarBudget)
		exemplars[i] = e
	}
	in.Exemplars = exemplars
	// The quotes are looked up in the answer as it was written; what is longer is
	// left to the built-in grader, see rubric.
	in.Text = material(in.Nonce, in.Text)
	return llm.Request{
		Purpose: llm.PurposeGrade, MaxTokens: gradeAnswerRoom, Schema: gradeSchema(in),
		Messages: []llm.Message{
			{Role: llm.RoleSystem, Content: render("grade_system.md", in)},
			{Role: llm.RoleUser, Content: render("grade_answer.md", in)},
		},
	}
}

// MaxGraded is how long an answer may be for a model to grade it, in code points.
const MaxGraded = answerBudget

// Repair asks once more after an answer that did not keep to the schema. What
// was wrong is a sentence of ours, not the model's words.
func Repair(req llm.Request, answer, wrong string) llm.Request {
	req.Messages = append(req.Messages[:len(req.Messages):len(req.Messages)],
		llm.Message{Role: llm.RoleAssistant, Content: shorten(answer, answerBudget)},
		llm.Message{Role: llm.RoleUser, Content: "That cannot be used: " + wrong + ". Answer again with JSON alone, in the shape asked for."})
	return req
}

// gradeSchema is the shape of an opinion, strict: every property is required
// and no other allowed, as structured outputs demand. Models write properties in
// the order of the schema and JSON sorts them by name, so the names are chosen
// for the evidence to come before the level.
func gradeSchema(in GradeInput) *llm.Schema {
	type object = map[string]any
	closed := func(properties object) object {
		return object{
			"type": "object", "properties": properties, "additionalProperties": false,
			"required": slices.Sorted(maps.Keys(properties)),
		}
	}
	quotes := object{"type": "array", "items": closed(object{
		"start": object{"type": "integer"}, "text": object{"type": "string"},
	})}
	var ideas, wrong, levels []string
	for _, e := range in.Ideas {
		ideas = append(ideas, e.ID)
	}
	for _, m := range in.Misconceptions {
		wrong = append(wrong, m.ID)
	}
	for _, l := range in.Levels {
		levels = append(levels, l.ID)
	}
	shape := object{
		"ideas": object{"type": "array", "items": closed(object{
			"about": object{"type": "string", "enum": ideas}, "evidence": quotes,
			"level": object{"type": "string", "enum": levels}, "opposed": object{"type": "boolean"},
		})},
		"addresses_grader": object{"type": "boolean"},
	}
	if len(wrong) > 0 {
		shape["misconceptions"] = object{"type": "array", "items": closed(object{
			"about": object{"type": "string", "enum": wrong}, "evidence": quotes,
		})}
	}
	raw, err := json.Marshal(closed(shape))
	if err != nil {
		panic(err) // strings and numbers alone
	}
	return &llm.Schema{Name: "opinion", JSON: raw}
}
