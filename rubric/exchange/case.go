package exchange

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"maieutic/tutor"
)

// space is that of the identifiers that rubrics of ours get.
var space = uuid.MustParse("5b0ce5b4-5f7e-4bb5-9d5e-2f6f0a3f1c52")

// caseDialect is CASE's CFRubric, CFRubricCriterion and CFRubricCriterionLevel.
// Criteria are called by their category, levels by their quality. At is when the
// rubrics that are written were changed, in RFC 3339.
func caseDialect(at string) dialect {
	when := func(held bool) field { return field{key: "lastChangeDateTime", value: quote(at), held: held} }
	return dialect{
		format: CASE, criteria: "CFRubricCriteria", levels: "CFRubricCriterionLevels", place: "position",
		rubric: func(n *node) (r tutor.Rubric, err error) {
			title, err := n.str("title")
			if err != nil {
				return r, err
			}
			r.Title = orElse(title, untitled)
			r.Description, err = n.str("description")
			return r, err
		},
		criterion: caseCriterion,
		level:     caseLevel,
		rubricFields: func(r tutor.Rubric, changed bool) []field {
			id := identifierOf(space, r.ID)
			return []field{{key: identifier, value: id, held: true}, {key: "uri", value: uri(id), held: true}, {key: "title", value: quote(r.Title)},
				{key: "description", value: unlessEmpty(r.Description)}, when(!changed), {key: "CFRubricCriteria", list: true}}
		},
		criterionFields: func(c tutor.RubricCriterion, above string, place int) []field {
			id := identifierOf(spaceOf(above), c.ID)
			return []field{{key: identifier, value: id, held: true}, {key: "uri", value: uri(id), held: true}, {key: "category", value: quote(c.Title)},
				{key: "description", value: unlessEmpty(c.Description)}, {key: "weight", value: numeral(c.Weight)},
				{key: "position", value: strconv.Itoa(place + 1), place: true}, {key: "rubricId", value: above, held: true}, when(true),
				{key: "CFRubricCriterionLevels", list: true}}
		},
		levelFields: func(l tutor.RubricLevel, above string, place int) []field {
			id := identifierOf(spaceOf(above), l.ID)
			return []field{{key: identifier, value: id, held: true}, {key: "uri", value: uri(id), held: true}, {key: "description", value: unlessEmpty(l.Description)},
				{key: "quality", value: quote(l.Title)}, {key: "score", value: numeral(l.Points)},
				{key: "position", value: strconv.Itoa(place + 1), place: true}, {key: "rubricCriterionId", value: above, held: true}, when(true)}
		},
	}
}

func caseCriterion(n *node, i int) (c tutor.RubricCriterion, err error) {
	title, err := n.str("category")
	if err != nil {
		return c, err
	}
	if c.Description, err = n.str("description"); err != nil {
		return c, err
	}
	line, _, _ := strings.Cut(strings.TrimSpace(c.Description), "\n")
	c.Title = orElse(title, orElse(clip(line), fmt.Sprintf("Criterion %d", i+1)))
	weight, ok, err := n.num("weight")
	if c.Weight = weight; !ok || !(weight > 0) || weight > 1000 {
		c.Weight = 1
	}
	return c, err
}

func caseLevel(n *node, i int) (l tutor.RubricLevel, scored bool, err error) {
	title, err := n.str("quality")
	if err != nil {
		return l, false, err
	}
	if l.Description, err = n.str("description"); err != nil {
		return l, false, err
	}
	line, _, _ := strings.Cut(strings.TrimSpace(l.Description), "\n")
	l.Title = orElse(title, orElse(clip(line), fmt.Sprintf("Level %d", i+1)))
	l.Points, scored, err = n.num("score")
	return l, scored, err
}

func unlessEmpty(s string) string {
	if s == "" {
		return ""
	}
	return quote(s)
}

// identifierOf is a UUID of a name in a space, as JSON.
func identifierOf(space uuid.UUID, name string) string {
	return quote(uuid.NewSHA1(space, []byte(name)).String())
}

func spaceOf(above string) uuid.UUID { return uuid.NewSHA1(space, []byte(above)) }

func uri(id string) string { return quote("urn:uuid:" + strings.Trim(id, `"`)) }

// holders are the keys under which a file has its rubrics.
var holders = []string{"CFRubrics", "CFRubric"}

// readCASE reads a CFRubric, a list of them, or an object that holds either, such
// as a CFPackage.
func readCASE(data []byte) (Imported, error) {
	root, err := parse(data)
	if err != nil {
		return Imported{}, err
	}
	d := caseDialect("")
	nodes, file, err := caseRubrics(root)
	if err != nil {
		return Imported{}, err
	}
	in, err := readAll(d, nodes)
	if err != nil {
		return Imported{}, err
	}
	for i := range in.Rubrics {
		around(CASE, &in.Rubrics[i], func(k *kept) {
			k.Print = printOf(in.Rubrics[i])
			if i == 0 {
				k.File = file
			}
		})
	}
	return in, nil
}

func caseRubrics(root *node) ([]*node, *wrapper, error) {
	if root.kind == array {
		nodes, err := root.objects("the file")
		return nodes, &wrapper{Rubrics: len(nodes)}, err
	}
	for _, key := range holders {
		held := root.get(key)
		switch {
		case held == nil:
			continue
		case held.kind == object:
			return []*node{held}, &wrapper{Rubrics: 1, Key: key + "{}", Members: remember(root, []field{{key: key, list: true}})}, nil
		}
		nodes, err := held.objects(key)
		if len(nodes) == 0 && err == nil {
			err = tutor.Errorf(tutor.CodeInvalid, "the file holds no rubric")
		}
		file := &wrapper{Rubrics: len(nodes), Key: key, Members: remember(root, []field{{key: key, list: true}})}
		return nodes, file, err
	}
	if root.kind != object {
		return nil, nil, tutor.Errorf(tutor.CodeInvalid, "the file must hold a CFRubric")
	}
	return []*node{root}, nil, nil
}

func writeCASE(rubrics []tutor.Rubric, at time.Time) string {
	d := caseDialect(at.UTC().Format(time.RFC3339))
	file := keptOf(CASE, rubrics[0].Foreign).File
	switch {
	case file != nil && file.Rubrics == len(rubrics) && file.Key == "":
		return writeList(d, rubrics)
	case file != nil && file.Rubrics == len(rubrics):
		key, single := strings.CutSuffix(file.Key, "{}")
		value := writeList(d, rubrics)
		if single {
			value = d.write(rubrics[0])
		}
		return write(file.Members, []field{{key: key, value: value, list: true}}, false)
	case len(rubrics) == 1:
		return d.write(rubrics[0])
	}
	return write(nil, []field{{key: "CFRubrics", value: writeList(d, rubrics)}}, false)
}
