package page

import (
	"maieutic/tutor"
)

// Rubrics is the page "rubrics": those of each course.
type Rubrics struct {
	Courses []RubricCourse
	Formats []string
	Losses  []tutor.RubricLoss // of a file that was just read
	Added   int                // rubrics of that file
}

// RubricCourse is a course with its rubrics.
type RubricCourse struct {
	ID, Title string
	Rubrics   []tutor.RubricEntry
}

// Rubric is the page "rubric": one version with its history.
type Rubric struct {
	Entry    tutor.RubricEntry
	Shown    tutor.RubricVersion
	Versions []RubricStep // newest first
	Formats  []string
	Saved    bool
	MayEdit  bool
}

// RubricStep is a version with what it changed of the one before.
type RubricStep struct {
	tutor.RubricVersion
	Change tutor.RubricChangeKind // "" for the first
}

// RubricForm is the page "rubric_edit". Numbers are as they were typed.
type RubricForm struct {
	ID                                            string // "" for a new one
	Base                                          string // version that the editor began with
	CourseID                                      string
	Course                                        string // title
	Problem                                       string // what is wrong with it, in words
	Title, Description, Language, Source, License string
	Criteria                                      []RubricFormCriterion
	Skills                                        []tutor.Skill
	Aspects                                       []tutor.Aspect
}

// RubricFormCriterion is a criterion in the form.
type RubricFormCriterion struct {
	N                              int // its place, from 0
	ID, Title, Description, Weight string
	Aspect                         tutor.Aspect
	Skills                         map[string]bool
	Levels                         []RubricFormLevel
}

// Number counts the criterion from 1.
func (c RubricFormCriterion) Number() int { return c.N + 1 }

// RubricFormLevel is a level in the form.
type RubricFormLevel struct {
	N                              int
	ID, Title, Description, Points string
}

// RubricPreview is the page "rubric_preview": what a change would do.
type RubricPreview struct {
	ID, Base, Title string
	JSON            string // the rubric, for the form that applies it
	Run             tutor.RubricDryRun
	Outcomes        []tutor.RescoreOutcome
	Losses          []tutor.RubricLoss
}

// Touched says whether a draft is concerned at all.
func (p RubricPreview) Touched() bool {
	total := p.Run.Waiting
	for _, n := range p.Run.Drafts {
		total += n
	}
	return total > 0
}
