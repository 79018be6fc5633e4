package tutor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
)

// Rubric is one immutable version of how drafts are scored. Its ID stays the
// same over versions; a change makes another Version.
type Rubric struct {
	ID          string            `json:"id"` // "course.slug" when authored, a UUID when made on a page
	Version     string            `json:"-"`  // content hash, see Hash
	Structure   string            `json:"-"`  // hash of what scoring rests on, see Hash
	CourseID    string            `json:"-"`
	Title       string            `json:"title"`
	Description string            `json:"description,omitempty"`
	Language    string            `json:"language,omitempty"` // BCP 47
	Source      string            `json:"source,omitempty"`   // attribution of imported material
	License     string            `json:"license,omitempty"`
	Criteria    []RubricCriterion `json:"criteria"` // at least one
	// Foreign is what an exchange format says of the rubric beyond this type, by
	// format, kept for the way back.
	Foreign map[string]json.RawMessage `json:"foreign,omitempty"`
}

// RubricCriterion is one thing a rubric looks at.
type RubricCriterion struct {
	ID          string        `json:"id"` // slug, unique in the rubric
	Title       string        `json:"title"`
	Description string        `json:"description,omitempty"`
	Weight      float64       `json:"weight"` // above 0; 1 is usual
	Levels      []RubricLevel `json:"levels"` // from lowest to highest points, at least two
	Skills      []string      `json:"skills,omitempty"`
	// Aspect is what of a draft the built-in coach reads for the criterion. "" lets
	// it guess from the words of the criterion.
	Aspect  Aspect                     `json:"aspect,omitempty"`
	Foreign map[string]json.RawMessage `json:"foreign,omitempty"`
}

// RubricLevel is one rung of a criterion.
type RubricLevel struct {
	ID          string                     `json:"id"` // slug, unique in the criterion
	Title       string                     `json:"title"`
	Description string                     `json:"description,omitempty"`
	Points      float64                    `json:"points"`
	Foreign     map[string]json.RawMessage `json:"foreign,omitempty"`
}

// Aspect is a side of writing that the built-in coach can read.
type Aspect string

// The aspects.
const (
	AspectThesis       Aspect = "thesis"       // a position that answers the task
	AspectEvidence     Aspect = "evidence"     // claims with reasons and examples
	AspectCounter      Aspect = "counter"      // the other side, and an answer to it
	AspectSources      Aspect = "sources"      // use of the assigned reading
	AspectOrganisation Aspect = "organisation" // paragraphs, order, cohesion
	AspectDevelopment  Aspect = "development"  // ideas carried further
	AspectVocabulary   Aspect = "vocabulary"   // range and precision of words
	AspectConventions  Aspect = "conventions"  // spelling, grammar, punctuation
	AspectOverall      Aspect = "overall"      // all of it together
)

// Aspects lists the aspects in the order a form shows them.
var Aspects = []Aspect{
	AspectThesis, AspectEvidence, AspectCounter, AspectSources, AspectOrganisation, AspectDevelopment,
	AspectVocabulary, AspectConventions, AspectOverall,
}

// Scale is the criterion as scores carry it.
func (c RubricCriterion) Scale() Criterion {
	scale := Criterion{ID: c.ID, Title: c.Title, Levels: make([]Level, len(c.Levels))}
	for i, l := range c.Levels {
		scale.Levels[i] = Level{ID: l.ID, Title: l.Title, Points: l.Points}
	}
	return scale
}

// Criterion returns a criterion by its id.
func (r Rubric) Criterion(id string) (RubricCriterion, bool) {
	for _, c := range r.Criteria {
		if c.ID == id {
			return c, true
		}
	}
	return RubricCriterion{}, false
}

// Hashed returns the rubric with Version and Structure set: SHA-256, the first 16
// bytes in hexadecimal. Version covers every word, Structure what scoring rests
// on: the ids of criteria and levels in their order, points and weights.
func (r Rubric) Hashed() Rubric {
	type level struct {
		ID     string
		Points float64
	}
	type criterion struct {
		ID     string
		Weight float64
		Levels []level
	}
	structure := make([]criterion, len(r.Criteria))
	for i, c := range r.Criteria {
		structure[i] = criterion{ID: c.ID, Weight: c.Weight, Levels: make([]level, len(c.Levels))}
		for j, l := range c.Levels {
			structure[i].Levels[j] = level{l.ID, l.Points}
		}
	}
	r.Version, r.Structure = hashJSON(r), hashJSON(structure)
	return r
}

func hashJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil { // only NaN and infinite points can fail, which Validate refuses
		panic(err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}

// Limits of a rubric.
const (
	MaxCriteria   = 30
	MaxLevels     = 20
	MaxRubricText = 5000 // code points of one title or description
)

// Validate reports the first thing that is wrong with a rubric, as CodeInvalid.
func (r Rubric) Validate() error {
	if r.ID == "" || r.Title == "" {
		return Errorf(CodeInvalid, "a rubric needs an id and a title")
	}
	if len(r.Criteria) == 0 || len(r.Criteria) > MaxCriteria {
		return Errorf(CodeInvalid, "a rubric has 1 to %d criteria, this one has %d", MaxCriteria, len(r.Criteria))
	}
	if len([]rune(r.Title)) > MaxRubricText || len([]rune(r.Description)) > MaxRubricText {
		return Errorf(CodeInvalid, "a title or description has at most %d characters", MaxRubricText)
	}
	seen := map[string]bool{}
	for _, c := range r.Criteria {
		if c.ID == "" || seen[c.ID] {
			return Errorf(CodeInvalid, "criterion %q: every criterion needs an id of its own", c.Title)
		}
		seen[c.ID] = true
		if err := c.validate(); err != nil {
			return Errorf(CodeInvalid, "criterion %q: %s", c.ID, ErrorMessage(err))
		}
	}
	return nil
}

func (c RubricCriterion) validate() error {
	switch {
	case c.Title == "":
		return Errorf(CodeInvalid, "it needs a title")
	case !(c.Weight > 0) || c.Weight > 1000:
		return Errorf(CodeInvalid, "its weight must be above 0 and at most 1000")
	case len(c.Levels) < 2 || len(c.Levels) > MaxLevels:
		return Errorf(CodeInvalid, "it needs 2 to %d levels and has %d", MaxLevels, len(c.Levels))
	case len([]rune(c.Title)) > MaxRubricText || len([]rune(c.Description)) > MaxRubricText:
		return Errorf(CodeInvalid, "a title or description has at most %d characters", MaxRubricText)
	}
	seen := map[string]bool{}
	for i, l := range c.Levels {
		switch {
		case l.ID == "" || seen[l.ID]:
			return Errorf(CodeInvalid, "level %q: every level needs an id of its own", l.Title)
		case l.Title == "":
			return Errorf(CodeInvalid, "level %q needs a title", l.ID)
		case math.IsNaN(l.Points) || math.Abs(l.Points) > 1e6:
			return Errorf(CodeInvalid, "level %q: points must be a number up to 1000000", l.ID)
		case i > 0 && l.Points <= c.Levels[i-1].Points:
			return Errorf(CodeInvalid, "level %q: points must grow from the lowest level to the highest", l.ID)
		case len([]rune(l.Title)) > MaxRubricText || len([]rune(l.Description)) > MaxRubricText:
			return Errorf(CodeInvalid, "a title or description has at most %d characters", MaxRubricText)
		}
		seen[l.ID] = true
	}
	return nil
}
