package cnxml

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/loss"
	"maieutic/tutor/curriculum/markdown"
	"maieutic/tutor/curriculum/slug"
	"maieutic/tutor/curriculum/xmltree"
)

// course is a book on its way.
type course struct {
	tutor.Course
	*importer
	book
	words   vocabulary
	lessons map[string]string // id of the lesson by id of the module
	titles  map[string]int    // how many modules have a title
	taken   map[string]bool   // ids of activities
}

// survey looks through the modules for what references need: the ids of the
// lessons, and the numbers of figures, tables and the like.
func (c *course) survey() {
	taken := map[string]bool{}
	for i, p := range c.places {
		file, present := c.modules[p.module]
		if !present || c.lessons[p.module] != "" {
			continue
		}
		_, root, err := c.parse(file)
		if err != nil || root.Name != "document" {
			continue // module says so
		}
		title := cmp.Or(p.title, titleOf(root), p.module)
		c.places[i].title = title
		c.importer.titles[p.module] = title
		c.titles[title]++
		c.lessons[p.module] = slug.Unique(slug.Of(title, p.module), taken)
		c.importer.labels[p.module] = c.number(root)
	}
}

func titleOf(root *xmltree.Node) string {
	if t := text(root, "title"); t != "" {
		return t
	}
	if meta := root.Child("metadata"); meta != nil {
		return text(meta, "title")
	}
	return ""
}

// number returns what a reference to each element with an id is called: "Table
// 2", or the title of a section. Numbers begin anew in each module.
func (c *course) number(root *xmltree.Node) map[string]string {
	kinds := map[string]string{"figure": c.words.figure, "table": c.words.table, "example": c.words.example, "equation": c.words.equation}
	counts, labels := map[string]int{}, map[string]string{}
	var visit func(n *xmltree.Node)
	visit = func(n *xmltree.Node) {
		for _, child := range n.Elements() {
			id := child.Attr("id")
			switch kind := kinds[child.Name]; {
			case kind != "" && !child.Has("unnumbered") && !child.Has("splash"):
				counts[kind]++
				labels[id] = fmt.Sprintf("%s %d", kind, counts[kind])
			case text(child, "title") != "":
				labels[id] = text(child, "title")
			case child.Name == "term" || child.Name == "definition":
				labels[id] = child.Content()
			}
			visit(child)
		}
	}
	if content := root.Child("content"); content != nil {
		visit(content)
	}
	delete(labels, "")
	return labels
}

// skipped is what the comparison of words passes over: metadata is not text.
var skipped = map[string]bool{"metadata": true}

// module makes a lesson, its skill and its problems.
func (c *course) module(p place) {
	file, present := c.modules[p.module]
	switch {
	case !present:
		c.report.Absent++
		c.report.Lose(loss.Loss{Kind: "module that is absent", File: c.file, Line: p.line, Place: p.module, Detail: strings.Join(p.path, " / ")})
		return
	case c.lessons[p.module] == "" || slices.ContainsFunc(c.Lessons, func(l tutor.Lesson) bool { return l.ID == c.lessons[p.module] }):
		c.unread(p, file)
		return
	}
	raw, root, err := c.parse(file)
	if err != nil {
		c.report.Lose(loss.Loss{Kind: "module that cannot be read", File: file, Detail: err.Error()})
		return
	}
	m := &module{course: c, id: p.module, file: file, lesson: tutor.Lesson{
		ID: c.lessons[p.module], CourseID: c.ID, Title: p.title, Order: len(c.Lessons),
	}}
	if c.titles[p.title] > 1 && len(p.path) > 0 {
		m.lesson.Title = p.path[len(p.path)-1] + ": " + p.title
	}
	m.skill = tutor.Skill{ID: c.ID + "." + m.lesson.ID, CourseID: c.ID, Title: m.lesson.Title, Order: len(c.Skills)}
	m.lesson.Skills = []string{m.skill.ID}
	m.read(root, p)
	c.report.Compare(raw, m.everything(), skipped)
	c.report.Modules++
	if m.lesson.Body == "" {
		c.report.Lose(loss.Loss{Kind: "module without text", File: file})
		return
	}
	c.Lessons = append(c.Lessons, m.lesson)
	c.Skills = append(c.Skills, m.skill)
	c.Activities = append(c.Activities, m.activities...)
}

// unread says why a module that is there was left out.
func (c *course) unread(p place, file string) {
	if c.lessons[p.module] != "" {
		c.report.Lose(loss.Loss{Kind: "module that the collection names again", File: c.file, Line: p.line, Place: p.module})
		return
	}
	_, root, err := c.parse(file)
	detail := "its root element is not document"
	if err != nil {
		detail = err.Error()
	} else if root.Name != "document" {
		detail = "its root element is " + root.Name + ", not document"
	}
	c.report.Lose(loss.Loss{Kind: "module that cannot be read", File: file, Detail: detail})
}

// module is one module on its way.
type module struct {
	*course
	id, file   string
	lesson     tutor.Lesson
	skill      tutor.Skill
	activities []tutor.Activity
	definition []*xmltree.Node // of the glossary
	footnotes  []*xmltree.Node // waiting for the end of their block
	notes      int             // footnotes so far
	reading    int             // how deep in examples, whose exercises are reading matter
}

// read writes the lesson. The chapter's title stands above it, so that a passage
// of an introduction tells what it introduces.
func (m *module) read(root *xmltree.Node, p place) {
	var nodes []*xmltree.Node
	if len(p.path) > 0 && !strings.HasPrefix(m.lesson.Title, p.path[len(p.path)-1]) {
		nodes = append(nodes, element("p", element("em", xmltree.Text(strings.Join(p.path, " / ")))))
	}
	if meta := root.Child("metadata"); meta != nil {
		if abstract := meta.Child("abstract"); abstract != nil && abstract.Content() != "" {
			nodes = append(nodes, m.flow(abstract, 2)...)
			m.skill.Description = abstract.Content()
		}
	}
	for _, n := range root.Elements() {
		switch n.Name {
		case "title", "metadata":
		case "content":
			nodes = append(nodes, m.flow(n, 2)...)
		case "glossary":
			nodes = append(nodes, m.glossary(n)...)
		default:
			m.alter(n, "unknown element <"+n.Name+">, its text kept", "")
			nodes = append(nodes, m.flow(n, 2)...)
		}
	}
	m.lesson.Body = m.markdown(append(nodes, m.flushNotes()...))
	if m.options.Terms {
		m.termProblems()
	}
}

// markdown writes nodes of HTML.
func (m *module) markdown(nodes []*xmltree.Node) string {
	return markdown.Blocks(nodes, m.writing())
}

func (m *module) writing() markdown.Options {
	return markdown.Options{Link: func(href string) string { return href }, Lose: m.lose, Alter: m.alter}
}

func (m *module) lose(n *xmltree.Node, kind, detail string) {
	m.report.Lose(loss.Loss{Kind: kind, File: m.file, Line: n.Line, Place: n.Attr("id"), Detail: detail})
}

func (m *module) alter(n *xmltree.Node, kind, detail string) {
	m.report.Alter(loss.Loss{Kind: kind, File: m.file, Line: n.Line, Place: n.Attr("id"), Detail: detail})
}

// everything is all that students and graders get of the module, for the
// comparison with what was in it.
func (m *module) everything() string {
	parts := []string{m.lesson.Title, m.lesson.Body}
	for _, a := range m.activities {
		parts = append(parts, a.Statement)
		for _, s := range a.Steps {
			parts = append(parts, s.Question, strings.Join(s.Choices, "\n\n"), s.Explanation)
			for _, e := range s.Expectations {
				if !strings.HasPrefix(e.ID, "term") {
					parts = append(parts, e.Tell)
				}
			}
		}
	}
	return strings.Join(parts, "\n\n")
}
