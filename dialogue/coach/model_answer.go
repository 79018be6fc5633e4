package coach

import (
	"fmt"

	"maieutic/rubric"
	"maieutic/tutor"
)

// written is a reading as a model writes it, checked against the schema alone.
type written struct {
	Addresses []string
	Criteria  map[string]opinion // by id; those alone that keep to the schema
}

// opinion is what a model says of one criterion. Pointers tell what is missing.
type opinion struct {
	Evidence []string `json:"evidence"`
	Level    string   `json:"level"`
	Next     *remark  `json:"next"`
	Strength *remark  `json:"strength"`

	level int // index in the criterion's levels
}

type remark struct {
	Quote string `json:"quote"`
	Words string `json:"words"`
}

// parseReading reads an answer. The error says in a sentence what does not keep to
// the schema; the criteria that do are returned with it.
func parseReading(answer string, criteria []tutor.RubricCriterion) (written, error) {
	var raw struct {
		Addresses *[]string          `json:"addresses_grader"`
		Criteria  map[string]opinion `json:"criteria"`
	}
	if err := rubric.DecodeAnswer(answer, &raw); err != nil {
		return written{}, err
	}
	if raw.Addresses == nil {
		return written{}, fmt.Errorf("addresses_grader is missing")
	}
	out := written{Addresses: *raw.Addresses, Criteria: map[string]opinion{}}
	var wrong error
	for _, c := range criteria {
		o, ok := raw.Criteria[c.ID]
		o.level = -1
		for i, l := range c.Levels {
			if l.ID == o.Level {
				o.level = i
			}
		}
		switch {
		case !ok:
			wrong = fmt.Errorf("every criterion of the rubric must be there, by its id")
		case o.level < 0:
			wrong = fmt.Errorf("every level must be the id of a level of its criterion")
		case o.Next == nil || o.Strength == nil:
			wrong = fmt.Errorf("every criterion needs next and strength, each with quote and words")
		default:
			out.Criteria[c.ID] = o
		}
	}
	if len(raw.Criteria) > len(criteria) {
		wrong = fmt.Errorf("there are criteria that the rubric does not have")
	}
	return out, wrong
}
