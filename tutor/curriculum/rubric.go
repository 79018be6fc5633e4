package curriculum

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"maieutic/tutor"
)

// The shape of a file in rubrics, as FORMAT.md describes it.

type rubricFile struct {
	Title       string           `yaml:"title"`
	Description string           `yaml:"description"`
	Language    string           `yaml:"language"`
	Source      string           `yaml:"source"`
	License     string           `yaml:"license"`
	Criteria    []criterionEntry `yaml:"criteria"`
}

type criterionEntry struct {
	ID          string       `yaml:"id"`
	Title       string       `yaml:"title"`
	Description string       `yaml:"description"`
	Weight      *float64     `yaml:"weight"`
	Aspect      tutor.Aspect `yaml:"aspect"`
	Skills      []string     `yaml:"skills"`
	Levels      []levelEntry `yaml:"levels"`
}

type levelEntry struct {
	ID          string   `yaml:"id"`
	Title       string   `yaml:"title"`
	Description string   `yaml:"description"`
	Points      *float64 `yaml:"points"`
}

const usualWeight = 1

// readRubrics reads the folder rubrics. Each file is one rubric, "course.slug".
func (b *builder) readRubrics() {
	for _, name := range b.files("rubrics", ".yaml") {
		id := slugOf(name)
		b.checkSlug(name, id, b.rubrics) // an essay that names one that cannot be read has no mistake
		s := b.yamlFile(b.fsys, name)
		var f rubricFile
		if s == nil || !b.decode(s, &f) {
			continue
		}
		before := len(b.problems)
		r := b.rubric(s, id, f)
		if err := r.Validate(); err != nil && len(b.problems) == before {
			b.add(s.name, 1, tutor.ErrorMessage(err), "FORMAT.md shows a rubric that is whole")
			continue
		}
		b.course.Rubrics = append(b.course.Rubrics, r.Hashed())
		b.scope[r.ID] = where{s}
	}
}

func (b *builder) rubric(s *source, id string, f rubricFile) tutor.Rubric {
	b.need(s, "$.title", f.Title, "the rubric has no title", "Add title:")
	r := tutor.Rubric{
		ID: b.full(id), CourseID: b.course.ID, Title: f.Title, Description: strings.TrimSpace(f.Description),
		Language: b.languageOr(f.Language), Source: f.Source, License: f.License,
	}
	if len(f.Criteria) == 0 {
		b.add(s.name, s.line("$"), "the rubric has no criteria", "Add criteria: with at least one")
	}
	taken := map[string]bool{}
	for i, e := range f.Criteria {
		r.Criteria = append(r.Criteria, b.criterion(s, fmt.Sprintf("$.criteria[%d]", i), e, taken))
	}
	return r
}

func (b *builder) criterion(s *source, at string, e criterionEntry, taken map[string]bool) tutor.RubricCriterion {
	b.checkID(s, at, "criterion", e.ID, taken)
	b.need(s, at+".title", e.Title, "the criterion "+e.ID+" has no title", "Add title:")
	if e.Aspect != "" && !slices.Contains(tutor.Aspects, e.Aspect) {
		b.add(s.name, s.line(at+".aspect"), fmt.Sprintf("%q is no aspect of writing", e.Aspect), "Use "+aspectNames()+", or leave it out")
	}
	c := tutor.RubricCriterion{
		ID: e.ID, Title: e.Title, Description: strings.TrimSpace(e.Description), Weight: usualWeight, Aspect: e.Aspect,
		Skills: b.skillIDs(s, at+".skills", e.Skills),
	}
	if e.Weight != nil {
		c.Weight = *e.Weight
		if !(c.Weight > 0) || c.Weight > 1000 {
			b.add(s.name, s.line(at+".weight"), "the weight is not above 0 and at most 1000", "Leave it out for 1, or write 2 for twice as much")
		}
	}
	if len(e.Levels) < 2 {
		b.add(s.name, s.line(at), "the criterion "+e.ID+" has fewer than two levels", "Add levels: from the lowest to the highest")
	}
	rungs := map[string]bool{}
	for i, l := range e.Levels {
		c.Levels = append(c.Levels, b.level(s, fmt.Sprintf("%s.levels[%d]", at, i), l, rungs))
		if i > 0 && e.Levels[i-1].Points != nil && l.Points != nil && *l.Points <= *e.Levels[i-1].Points {
			b.add(s.name, s.line(fmt.Sprintf("%s.levels[%d].points", at, i)), "the level "+l.ID+" has no more points than the one before it",
				"Order the levels from the lowest to the highest, each with more points")
		}
	}
	return c
}

func (b *builder) level(s *source, at string, e levelEntry, taken map[string]bool) tutor.RubricLevel {
	b.checkID(s, at, "level", e.ID, taken)
	b.need(s, at+".title", e.Title, "the level "+e.ID+" has no title", "Add title:")
	l := tutor.RubricLevel{ID: e.ID, Title: e.Title, Description: strings.TrimSpace(e.Description)}
	switch {
	case e.Points == nil:
		b.add(s.name, s.line(at), "the level "+e.ID+" has no points", "Add points: a number")
	case math.IsNaN(*e.Points) || math.Abs(*e.Points) > 1e6:
		b.add(s.name, s.line(at+".points"), "the points of "+e.ID+" are no number up to 1000000", "Write a number such as 3")
	default:
		l.Points = *e.Points
	}
	return l
}

// checkID reports an id that is missing, is no slug or is taken, and takes it.
func (b *builder) checkID(s *source, at, what, id string, taken map[string]bool) {
	switch {
	case id == "":
		b.add(s.name, s.line(at), "a "+what+" has no id", "Add id: a short name")
		return
	case !slug.MatchString(id):
		b.add(s.name, s.line(at+".id"), fmt.Sprintf("%q cannot be an id", id), "Use small letters, digits and dashes")
	case taken[id]:
		b.add(s.name, s.line(at+".id"), "the "+what+" "+id+" is there twice", "Give one of them another id")
	}
	taken[id] = true
}

func aspectNames() string {
	names := make([]string, len(tutor.Aspects))
	for i, a := range tutor.Aspects {
		names[i] = string(a)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// languageOr is what an author set, or the language of the course.
func (b *builder) languageOr(language string) string {
	if language == "" {
		return b.course.Language
	}
	return language
}
