// Package rubric scores what a learner says against a question's expectations
// and names the misconceptions it shows, with the learner's own words as
// evidence.
//
// Exact answers are compared by value (package rubric/algebra), words by
// meaning as far as word overlap, stems, synonyms, antonyms and negation reach.
// Text is only ever compared: nothing in it is followed as an instruction.
//
// Answers in words are judged by a logistic regression on eight features
// (features.go), fitted by "maieutic fit grader"; grader.json says on what. Tried
// and of no help, held out by whole questions: word vectors (GloVe), WordNet's
// synonyms, weights by word frequency (each within .003 macro F1); trees, products
// of features and a small network (worse by .01 to .04 on whole modules held out).
package rubric

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"maieutic/tutor"
)

// Question is what was asked and what a good answer holds.
type Question struct {
	Language       string // BCP 47 of the learner's words
	Prompt         string // what was asked; its words count little as evidence
	Choices        []string
	Expectations   []tutor.Expectation
	Misconceptions []tutor.Misconception
}

// Notes are codes for what is wrong with, or remarkable about, an answer.
const (
	NoteUnparsed      = "unparsed"       // no answer was found in the text
	NoteWrongForm     = "wrong_form"     // right value, not expanded, factored or simplified
	NoteNotEvaluated  = "not_evaluated"  // right value, left as a calculation
	NoteMissingUnit   = "missing_unit"   // right number without its unit
	NoteWrongUnit     = "wrong_unit"     // a number with another unit
	NoteWrongVariable = "wrong_variable" // an answer for another unknown
	NoteNotSolved     = "not_solved"     // an equation that still has to be solved
	NoteSeveral       = "several_values" // more values than were asked for
	NoteSign          = "sign"           // right but for a sign
	NoteTooLong       = "too_long"       // refused for its length or cost
	NoteCopied        = "copied"         // the question given back
	NoteContradictory = "contradictory"  // said and denied
)

// Finding says how far one expectation is met.
type Finding struct {
	ExpectationID string
	Value         float64 // 0..1
	Confidence    float64 // 0..1
	Contradicted  bool    // the text says the opposite
	Quotes        []tutor.Quote
	Note          string       // a code, "" for none
	Grader        tutor.Grader // whose word it is, "" for the built-in grader's
	Agreement     Agreement    // with a second grader
	Accepted      bool         // said well enough to go on, on a second grader's word; Value stays
}

// Suspicion says that the text shows a misconception.
type Suspicion struct {
	MisconceptionID string
	Confidence      float64 // 0..1
	Quotes          []tutor.Quote
}

// Assessment is what a grader makes of one text. Findings has one element for
// each expectation, in order; Misconceptions the most confident first.
type Assessment struct {
	Findings       []Finding
	Misconceptions []Suspicion
	Attempt        bool // the text tries to answer at all
}

// CriterionFor returns the scale on which an expectation is scored: right or
// wrong for an exact answer, four levels for words. Points run from 0.
func CriterionFor(e tutor.Expectation) tutor.Criterion {
	c := tutor.Criterion{ID: e.ID, Title: e.Title}
	if e.Answer != nil {
		c.Levels = []tutor.Level{
			{ID: "incorrect", Title: "Incorrect", Points: 0},
			{ID: "correct", Title: "Correct", Points: 1},
		}
		return c
	}
	c.Levels = []tutor.Level{
		{ID: "not_shown", Title: "Not shown", Points: 0},
		{ID: "emerging", Title: "Emerging", Points: 1},
		{ID: "mostly", Title: "Mostly", Points: 2},
		{ID: "full", Title: "Full", Points: 3},
	}
	return c
}

// Version returns a hash of a criterion's content. Scores given on different
// versions are not on the same scale.
func Version(c tutor.Criterion) string {
	data, err := json.Marshal(struct {
		ID, Title string
		Levels    []tutor.Level
	}{c.ID, c.Title, c.Levels})
	if err != nil {
		panic(err) // strings and numbers alone: NaN points are a programming error
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// CheckQuote returns a CodeInvalid error unless the quote stands in text
// exactly where it says, in code points.
func CheckQuote(text string, q tutor.Quote) error {
	runes := []rune(text)
	if q.Start < 0 || q.End <= q.Start || q.End > len(runes) {
		return tutor.Errorf(tutor.CodeInvalid, "a quote runs from %d to %d in a text of %d characters", q.Start, q.End, len(runes))
	}
	if string(runes[q.Start:q.End]) != q.Text {
		return tutor.Errorf(tutor.CodeInvalid, "the quote from %d to %d is not what the text says there", q.Start, q.End)
	}
	return nil
}

// quote cuts code points out of a text, white space at the ends left off.
func quote(text []rune, start, end int) (tutor.Quote, bool) {
	start, end = max(start, 0), min(end, len(text))
	for start < end && isSpace(text[start]) {
		start++
	}
	for end > start && isSpace(text[end-1]) {
		end--
	}
	return tutor.Quote{Start: start, End: end, Text: string(text[start:end])}, end > start
}

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\u00a0' }
