// Package essay reads drafts of essays: it takes them apart into paragraphs,
// sentences and words, finds how they argue, and scores them, for any language
// and script. Everything is computed from the text alone; nothing leaves the
// process.
package essay

import "maieutic/tutor"

// Task is what a draft is held against.
type Task struct {
	Prompt   string // plain text
	Language string // BCP 47
	Words    tutor.WordRange
	Theses   []string
	Sources  []Source
	Rubric   tutor.Rubric
}

// Source is assigned reading.
type Source struct {
	Citation tutor.Citation // of the whole lesson
	Text     string         // plain text
}

// Finding is something found in a draft. Code says what ("thesis.missing"), Args
// are what its words need: numbers, and short quotes of the draft or the reading.
type Finding struct {
	Code     string
	Aspect   tutor.Aspect
	Weight   float64 // how much it matters, 0..1
	Args     map[string]string
	Quotes   []tutor.Quote // of the draft; empty when something is missing
	Citation *tutor.Citation
}

// Slip is a mistake of spelling or grammar. It says where and of what kind; it
// carries no correction, since that would write the learner's sentence.
type Slip struct {
	Quote tutor.Quote
	Kind  string // "spelling", "grammar", "punctuation", "typography", ...
	Rule  string // id of the rule, for the log and the teacher
}
