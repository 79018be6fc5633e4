package qti

import (
	"fmt"
	"slices"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/loss"
	"maieutic/tutor/curriculum/markdown"
	"maieutic/tutor/curriculum/xmltree"
)

// item is one item on its way.
type item struct {
	*importer
	file          string
	root          *xmltree.Node
	skills        []string
	gaps          int // text entries and inline choices
	outside       string
	lost, altered []loss.Loss
	counts        Report
}

// leave is why an item is left.
type leave struct {
	kind, detail string
	line         int
}

func leaving(n *xmltree.Node, kind, detail string) *leave { return &leave{kind, detail, n.Line} }

// interactions are the ones that can be asked in a conversation.
var interactions = map[string]bool{"choiceInteraction": true, "inlineChoiceInteraction": true, "textEntryInteraction": true, "extendedTextInteraction": true}

// blank stands where something is to be filled in; escaped as Markdown has it.
const (
	blank   = "____"
	escaped = `\_\_\_\_`
)

func isInteraction(n *xmltree.Node) bool { return strings.HasSuffix(n.Name, "Interaction") }

// findInteractions lists the interactions in document order.
func findInteractions(n *xmltree.Node) []*xmltree.Node {
	var out []*xmltree.Node
	for _, c := range n.Elements() {
		if isInteraction(c) {
			out = append(out, c)
			continue
		}
		out = append(out, findInteractions(c)...)
	}
	return out
}

func (it *item) read(section string) (tutor.Activity, *leave) {
	body := it.root.Child("itemBody")
	if body == nil {
		return tutor.Activity{}, leaving(it.root, "item without a body", "")
	}
	asked := findInteractions(body)
	if err := it.accept(body, asked); err != nil {
		return tutor.Activity{}, err
	}
	it.skills = []string{it.skill(section)}
	title := strings.TrimSpace(it.root.Attr("title"))
	if title == "" {
		title = it.root.Attr("identifier")
	}
	a := tutor.Activity{
		CourseID: it.course.ID, Kind: tutor.ActivityProblem, Title: title, Language: it.course.Language, Skills: it.skills, Difficulty: .5,
		Source: it.course.Source, License: it.course.License,
	}
	statement := it.statement(body)
	for i, n := range asked {
		step, err := it.step(n, i, len(asked))
		if err != nil {
			return tutor.Activity{}, err
		}
		a.Steps = append(a.Steps, step)
	}
	if len(a.Steps) == 1 { // then there is nothing to stand above several steps
		question := a.Steps[0].Question
		if strings.HasPrefix(question, "(1)") {
			question = ""
		}
		a.Steps[0].Question = strings.TrimSpace(statement + "\n\n" + question)
	} else {
		a.Statement = statement
	}
	for i := range a.Steps {
		s := &a.Steps[i]
		if s.Question == "" {
			s.Question = markdown.Escape(title)
		}
		s.Expectations[0].Title = strings.TrimSpace(strings.SplitN(s.Question, "\n", 2)[0])
	}
	it.feedback(&a)
	return a, nil
}

// accept says why an item cannot be asked, nil when it can.
func (it *item) accept(body *xmltree.Node, asked []*xmltree.Node) *leave {
	if len(asked) == 0 {
		return leaving(body, "item without an interaction", "")
	}
	for _, n := range asked {
		if !interactions[n.Name] {
			return leaving(n, "interaction that is not supported", n.Name)
		}
	}
	if t := it.root.Child("templateDeclaration", "templateProcessing"); t != nil {
		return leaving(t, "item with template variables", t.Attr("identifier"))
	}
	if v := body.Find("printedVariable"); len(v) > 0 {
		return leaving(v[0], "item that prints a variable", v[0].Attr("identifier"))
	}
	if it.root.Attr("adaptive") == "true" {
		it.alter(it.root, "adaptive item, asked in one attempt", "")
	}
	return nil
}

func (it *item) lose(n *xmltree.Node, kind, detail string) {
	it.lost = append(it.lost, loss.Loss{Kind: kind, File: it.file, Line: n.Line, Place: it.root.Attr("identifier"), Detail: detail})
}

func (it *item) alter(n *xmltree.Node, kind, detail string) {
	it.altered = append(it.altered, loss.Loss{Kind: kind, File: it.file, Line: n.Line, Place: it.root.Attr("identifier"), Detail: detail})
}

func (it *item) writing() markdown.Options {
	return markdown.Options{Level: 1, Link: markdown.WebLink, Lose: it.lose, Alter: it.alter}
}

// apart are the parts of a body that are not in its text.
func apart(n *xmltree.Node) bool {
	return n.Name == "rubricBlock" && !forCandidate(n) || n.Name == "feedbackBlock" || n.Name == "feedbackInline"
}

// forCandidate reports whether a rubric block is for whoever answers; one for
// nobody in particular is not.
func forCandidate(n *xmltree.Node) bool {
	return slices.Contains(strings.Fields(n.Attr("view")), "candidate")
}

// plain turns QTI's own wrappers into HTML's.
func plain(n *xmltree.Node) ([]*xmltree.Node, bool) {
	if apart(n) {
		return nil, true
	}
	switch n.Name {
	case "itemBody", "prompt", "contentBody", "rubricBlock", "stimulusBody", "infoControl":
		out := clone(n, plain)
		out.Name = "div"
		return []*xmltree.Node{out}, true
	}
	return nil, false
}

// statement is the body without what is asked outside a line; gaps in a line
// are numbered when there are several.
func (it *item) statement(body *xmltree.Node) string {
	gaps := 0
	for _, n := range findInteractions(body) {
		if inLine(n) {
			gaps++
		}
	}
	number := 0
	nodes := clone(body, func(n *xmltree.Node) ([]*xmltree.Node, bool) {
		if !isInteraction(n) {
			return plain(n)
		}
		if !inLine(n) {
			return nil, true
		}
		number++
		mark := blank
		if gaps > 1 {
			mark = fmt.Sprintf("(%d) %s", number, blank)
		}
		return []*xmltree.Node{xmltree.Text(mark)}, true
	})
	nodes.Name = "div"
	text := markdown.Blocks([]*xmltree.Node{nodes}, it.writing())
	if stimulus := it.stimulus(); stimulus != "" {
		text = strings.TrimSpace(stimulus + "\n\n" + text)
	}
	return text
}

func inLine(n *xmltree.Node) bool {
	return n.Name == "textEntryInteraction" || n.Name == "inlineChoiceInteraction"
}

// stimulus is the text that an item of QTI 3 shares with others.
func (it *item) stimulus() string {
	var parts []string
	for _, ref := range it.root.Elements("assessmentStimulusRef") {
		name := archive.Resolve(it.file, ref.Attr("href"))
		raw, err := it.files.Read(name)
		if err != nil {
			it.lose(ref, "stimulus that is absent", ref.Attr("href"))
			continue
		}
		root, err := xmltree.Parse(name, raw)
		if err != nil {
			it.lose(ref, "stimulus that cannot be read", err.Error())
			continue
		}
		normalize(root)
		for _, body := range root.Find("stimulusBody") {
			text := clone(body, plain)
			text.Name = "div"
			parts = append(parts, markdown.Blocks([]*xmltree.Node{text}, it.writing()))
		}
	}
	return strings.Join(parts, "\n\n")
}
