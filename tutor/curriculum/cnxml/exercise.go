package cnxml

import (
	"fmt"
	"regexp"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
	"maieutic/tutor/curriculum/markdown"
	"maieutic/tutor/curriculum/slug"
	"maieutic/tutor/curriculum/xmltree"
)

// exercise makes a problem of an exercise with a solution. Without one, and
// inside an example, it is reading matter.
func (m *module) exercise(n *xmltree.Node, level int) []*xmltree.Node {
	solutions := n.Elements("solution")
	switch {
	case m.reading > 0:
		return m.readExercise(n, level)
	case len(solutions) == 0 || element("div", solutions...).Blank("math"):
		out := m.readExercise(n, level)
		if !element("div", out...).Blank() {
			m.alter(n, "exercise without a solution, kept as reading matter", "")
		}
		return out
	}
	m.report.Exercises++
	m.activities = append(m.activities, m.problem(n, solutions))
	return nil
}

func (m *module) readExercise(n *xmltree.Node, level int) []*xmltree.Node {
	out := m.headed(n, "")
	for _, c := range n.Children {
		if c.Name == "solution" && c.Child("title", "label") == nil {
			out = append(out, bold(xmltree.Text(m.words.solution))...)
		}
		out = append(out, m.block(c, level)...)
	}
	return out
}

// problem makes a problem of one step.
func (m *module) problem(n *xmltree.Node, solutions []*xmltree.Node) tutor.Activity {
	number := len(m.activities) + 1
	a := m.activity(fmt.Sprintf("%s-%d", m.lesson.ID, number), fmt.Sprintf("%s: %s %d", m.lesson.Title, m.words.exercise, number))
	var question, solution, further []*xmltree.Node
	var choices *xmltree.Node
	question = m.headed(n, "")
	for _, c := range n.Children {
		switch c.Name {
		case "problem":
			if choices = choicesOf(c, solutions); choices != nil {
				c = without(c, choices)
			}
			question = append(question, m.block(c, 4)...)
		case "solution":
			solution = append(solution, m.block(c, 4)...)
		case "title", "label":
		default:
			further = append(further, m.block(c, 4)...)
		}
	}
	step := tutor.Step{ID: "a", Skills: a.Skills, Question: m.markdown(question), Explanation: m.markdown(append(further, m.flushNotes()...))}
	expectation := tutor.Expectation{ID: "answer", Skills: a.Skills, Tell: m.markdown(solution)}
	if choices != nil {
		m.choose(choices, solutions, &step, &expectation)
	} else {
		m.answer(solution, &expectation)
	}
	if step.Question == "" {
		step.Question = a.Title
	}
	expectation.Title = firstLine(step.Question)
	step.Expectations = []tutor.Expectation{expectation}
	a.Steps = []tutor.Step{step}
	return a
}

func (m *module) activity(id, title string) tutor.Activity {
	return tutor.Activity{
		ID: m.ID + "." + slug.Unique(id, m.taken), CourseID: m.ID, Kind: tutor.ActivityProblem, Title: title, Language: m.Language,
		Skills: []string{m.skill.ID}, Difficulty: .5, LessonID: m.lesson.ID, Source: m.Source, License: m.License,
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimSpace(line)
}

var letterOnly = regexp.MustCompile(`^\(?([A-Za-z])[).]*$`)

// choicesOf is the list of a problem that its solution chooses from: the last
// one numbered by letters, where the solution is one of those letters alone.
func choicesOf(problem *xmltree.Node, solutions []*xmltree.Node) *xmltree.Node {
	if chosen(solutions) < 0 {
		return nil
	}
	lists := problem.Find("list")
	if len(lists) == 0 {
		return nil
	}
	last := lists[len(lists)-1]
	style := last.Attr("number-style")
	if style != "lower-alpha" && style != "upper-alpha" || chosen(solutions) >= len(last.Elements("item")) || last.Attr("start-value") != "" {
		return nil
	}
	return last
}

// chosen is the place of the letter that a solution consists of, -1 when it is
// no letter alone.
func chosen(solutions []*xmltree.Node) int {
	match := letterOnly.FindStringSubmatch(element("div", solutions...).Content())
	if match == nil {
		return -1
	}
	return int(strings.ToLower(match[1])[0] - 'a')
}

// without is a copy of the tree that lacks one element.
func without(n, gone *xmltree.Node) *xmltree.Node {
	out := *n
	out.Children = nil
	for _, c := range n.Children {
		if c != gone {
			out.Children = append(out.Children, without(c, gone))
		}
	}
	return &out
}

func (m *module) choose(list *xmltree.Node, solutions []*xmltree.Node, step *tutor.Step, e *tutor.Expectation) {
	taken := map[string]bool{}
	right := chosen(solutions)
	value := ""
	for i, item := range list.Elements("item") {
		choice := markdown.Inline(m.inlines(item), m.writing())
		if choice == "" || taken[choice] {
			choice = strings.TrimSpace(fmt.Sprintf("%s (%s)", choice, markdown.Letter(i+1, "a")))
		}
		taken[choice] = true
		step.Choices = append(step.Choices, choice)
		if i == right {
			value = choice
		}
	}
	e.Answer = &tutor.Answer{Kind: tutor.AnswerChoice, Value: value}
	e.Tell = fmt.Sprintf("%s %s", e.Tell, value)
}

// answer compares a solution exactly where it is one formula or number that can
// be read, and by meaning otherwise.
func (m *module) answer(solution []*xmltree.Node, e *tutor.Expectation) {
	line := markdown.Inline(solution, markdown.Options{})
	bare := line
	if inner, ok := strings.CutPrefix(line, "$"); ok {
		if inner, ok = strings.CutSuffix(strings.TrimSuffix(inner, "."), "$"); ok && !strings.Contains(inner, "$") {
			bare = inner
		}
	}
	kind := curriculum.GuessKind(bare, nil)
	if m.options.Match != nil && kind != tutor.AnswerText && (bare != line || kind == tutor.AnswerNumber) {
		answer := tutor.Answer{Kind: kind, Value: bare}
		if equal, parsed := m.options.Match(answer, bare); equal && parsed {
			e.Answer = &answer
			return
		}
	}
	e.Says = line
}

// termProblems makes a problem of each term in the glossary.
func (m *module) termProblems() {
	quiet := markdown.Options{} // the glossary has told of its losses
	for _, d := range m.definition {
		var meaning []*xmltree.Node
		for _, c := range d.Elements("meaning") {
			meaning = append(meaning, m.inlines(c)...)
		}
		says := markdown.Inline(meaning, quiet)
		term := ""
		if t := d.Child("term"); t != nil {
			term = strings.Trim(markdown.Inline(m.inlines(t), quiet), "*")
		}
		if term == "" || says == "" {
			m.alter(d, "term without a meaning, no problem made", term)
			continue
		}
		a := m.activity(m.lesson.ID+"-term-"+slug.Of(term, "term"), term)
		e := tutor.Expectation{ID: "term", Title: term, Skills: a.Skills, Says: says, Tell: "**" + term + "**: " + says}
		a.Steps = []tutor.Step{{ID: "a", Question: fmt.Sprintf(m.words.meaning, term), Skills: a.Skills, Expectations: []tutor.Expectation{e}}}
		m.activities = append(m.activities, a)
	}
}
