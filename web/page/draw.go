package page

import (
	"unicode"
	"unicode/utf8"

	"maieutic/tutor"
)

// percent rounds a share of 0..1.
func percent(v float64) int { return int(v*100 + .5) }

// initial is the letter that stands for a person.
func initial(name string) string {
	r, _ := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r))
}

// column is one skill in the row of columns that sums a student up. Lengths
// count tenths of the drawing's height.
type column struct {
	X, Y, Height int
	Kind         string // "mastered", "known", "unsure" or "untouched"
}

// columns draws skills side by side, ten units apart.
func columns(skills []tutor.LearnerSkill) []column {
	out := make([]column, 0, len(skills))
	for i, s := range skills {
		c := column{X: 10 * i, Height: max(1, percent(s.State.Mastery)/10), Kind: "known"}
		switch {
		case s.State.Count == 0:
			c.Height, c.Kind = 1, "untouched"
		case !s.State.Enough():
			c.Kind = "unsure"
		case s.State.Mastery >= tutor.MasteredAt:
			c.Kind = "mastered"
		}
		c.Y = 10 - c.Height
		out = append(out, c)
	}
	return out
}

// skillCard is a skill on a page about a learner.
type skillCard struct {
	tutor.LearnerSkill
	Mastered  bool
	LearnerID string
}

func withID(s Skill, learner string) skillCard {
	return skillCard{s.LearnerSkill, s.Mastered, learner}
}

// courseTitle is the title of a course among those of a page, its id when it is
// not there.
func courseTitle(courses []tutor.CourseOutline, id string) string {
	for _, c := range courses {
		if c.ID == id {
			return c.Title
		}
	}
	return id
}
