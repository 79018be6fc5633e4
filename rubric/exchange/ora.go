package exchange

import (
	"fmt"
	"strconv"

	"maieutic/tutor"
)

// untitled is the title of a rubric whose file has none.
const untitled = "Rubric"

// oraDialect is how the editor of open response assessments sends a rubric. The
// prompts of the task, the feedback prompt and whatever else stands there are
// kept, not read.
var oraDialect = dialect{
	format: ORA, criteria: "criteria", levels: "options", place: "order_num",
	rubric: func(n *node) (tutor.Rubric, error) {
		title, err := n.str("title")
		return tutor.Rubric{Title: orElse(title, untitled)}, err
	},
	criterion: func(n *node, i int) (c tutor.RubricCriterion, err error) {
		c.Weight = 1
		if c.ID, c.Title, err = oraName(n, fmt.Sprintf("Criterion %d", i+1)); err != nil {
			return c, err
		}
		c.Description, err = n.str("prompt")
		return c, err
	},
	level: func(n *node, i int) (l tutor.RubricLevel, scored bool, err error) {
		if l.ID, l.Title, err = oraName(n, fmt.Sprintf("Level %d", i+1)); err != nil {
			return l, false, err
		}
		if l.Description, err = n.str("explanation"); err != nil {
			return l, false, err
		}
		l.Points, scored, err = n.num("points")
		return l, scored, err
	},
	rubricFields: func(r tutor.Rubric, _ bool) []field {
		return []field{{key: "title", value: quote(r.Title)}, {key: "prompts", value: "[]"}, {key: "criteria", list: true},
			{key: "feedback_prompt", value: `""`}, {key: "feedback_default_text", value: `""`}}
	},
	criterionFields: func(c tutor.RubricCriterion, _ string, place int) []field {
		return []field{{key: "order_num", value: strconv.Itoa(place), place: true}, {key: "name", value: quote(c.ID)},
			{key: "label", value: quote(c.Title)}, {key: "prompt", value: quote(c.Description)}, {key: "feedback", value: `"optional"`},
			{key: "options", list: true}}
	},
	levelFields: func(l tutor.RubricLevel, _ string, place int) []field {
		return []field{{key: "order_num", value: strconv.Itoa(place), place: true}, {key: "name", value: quote(l.ID)},
			{key: "label", value: quote(l.Title)}, {key: "explanation", value: quote(l.Description)}, {key: "points", value: numeral(l.Points)}}
	},
}

// oraName reads what a criterion or option is called: by programs, which is its
// id if it is a slug, and by people.
func oraName(n *node, other string) (id, title string, err error) {
	name, err := n.str("name")
	if err != nil {
		return "", "", err
	}
	if title, err = n.str("label"); err != nil {
		return "", "", err
	}
	title = orElse(title, orElse(name, other))
	if slug.MatchString(name) {
		id = name
	}
	return id, title, nil
}

// readORA reads the rubric of one open response assessment, or a list of them.
func readORA(data []byte) (Imported, error) {
	root, err := parse(data)
	if err != nil {
		return Imported{}, err
	}
	blocks := []*node{root}
	if root.kind == array {
		if blocks, err = root.objects("the file"); err != nil {
			return Imported{}, err
		}
	}
	in, err := readAll(oraDialect, blocks)
	if err == nil && root.kind == array && len(blocks) == 1 {
		around(ORA, &in.Rubrics[0], func(k *kept) { k.File = &wrapper{Rubrics: 1} })
	}
	return in, err
}

// readAll reads the rubrics of a file.
func readAll(d dialect, nodes []*node) (Imported, error) {
	var in Imported
	for i, n := range nodes {
		r, lost, err := d.read(n)
		if err != nil {
			return Imported{}, tutor.Errorf(tutor.CodeInvalid, "rubric %d: %s", i+1, tutor.ErrorMessage(err))
		}
		in.Rubrics, in.Losses = append(in.Rubrics, r), append(in.Losses, lost...)
	}
	return in, nil
}

func writeORA(rubrics []tutor.Rubric) string {
	file := keptOf(ORA, rubrics[0].Foreign).File
	if len(rubrics) == 1 && (file == nil || file.Rubrics != 1) {
		return oraDialect.write(rubrics[0])
	}
	return writeList(oraDialect, rubrics)
}

func writeList(d dialect, rubrics []tutor.Rubric) string {
	list := "["
	for i, r := range rubrics {
		if i > 0 {
			list += ","
		}
		list += d.write(r)
	}
	return list + "]"
}
