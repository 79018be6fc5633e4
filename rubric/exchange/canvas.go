package exchange

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"maieutic/tutor"
)

// The columns of the template, beside the ratings, which have three each. Canvas
// repeats the three names, or numbers them.
const (
	colRubric      = "Rubric Name"
	colCriterion   = "Criteria Name"
	colDescription = "Criteria Description"
	colRange       = "Criteria Enable Range"
	colRows        = "rows"
	colRatings     = "ratings"
)

var ratingParts = []string{"Rating Name", "Rating Description", "Rating Points"}

// canvasDialect is a rubric of the file as an object: its rows are criteria, the
// triples of a row levels. Every value is a string, as in the file.
var canvasDialect = dialect{
	format: Canvas, criteria: colRows, levels: colRatings, down: true,
	rubric: func(n *node) (tutor.Rubric, error) {
		title, err := n.str(colRubric)
		return tutor.Rubric{Title: title}, err
	},
	criterion: func(n *node, _ int) (c tutor.RubricCriterion, err error) {
		c.Weight = 1
		if c.Title, err = n.str(colCriterion); err != nil {
			return c, err
		}
		c.Description, err = n.str(colDescription)
		return c, err
	},
	level: canvasLevel,
	rubricFields: func(r tutor.Rubric, _ bool) []field {
		return []field{{key: colRubric, value: quote(r.Title)}, {key: colRows, list: true}}
	},
	criterionFields: func(c tutor.RubricCriterion, _ string, _ int) []field {
		return []field{{key: colCriterion, value: quote(c.Title)}, {key: colDescription, value: quote(c.Description)},
			{key: colRange, value: `"false"`}, {key: colRatings, list: true}}
	},
	levelFields: func(l tutor.RubricLevel, _ string, _ int) []field {
		return []field{{key: ratingParts[0], value: quote(l.Title)}, {key: ratingParts[1], value: quote(l.Description)},
			{key: ratingParts[2], value: quote(numeral(l.Points))}}
	},
}

// amount is what points may look like: Canvas takes a comma for a point.
var amount = regexp.MustCompile(`^[+-]?(\d{1,12}([.,]\d{0,400})?|[.,]\d{1,400})$`)

func canvasLevel(n *node, i int) (l tutor.RubricLevel, scored bool, err error) {
	title, _ := n.str(ratingParts[0])
	l.Description, _ = n.str(ratingParts[1])
	points, _ := n.str(ratingParts[2])
	points = strings.TrimSpace(points)
	l.Title = orElse(title, orElse(points, fmt.Sprintf("Level %d", i+1)))
	if !amount.MatchString(points) {
		return l, false, tutor.Errorf(tutor.CodeInvalid, "the points %q must be a number such as 2.5", clip(points))
	}
	l.Points, err = strconv.ParseFloat(strings.Replace(points, ",", ".", 1), 64)
	return l, true, err
}
