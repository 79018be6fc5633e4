// Package qti reads assessment items in QTI 2.1, 2.2 and 3.0: choice, inline
// choice, text entry and extended text. An item with any other interaction is
// left, whole, and reported.
package qti

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/loss"
	"maieutic/tutor/curriculum/slug"
	"maieutic/tutor/curriculum/xmltree"
)

// Result is what an import made, ready to be saved, and its account.
type Result struct {
	Course tutor.Course
	Report Report
}

// Report counts what was imported, and names what was not.
type Report struct {
	loss.Report
	Items, Steps, Hints        int // imported
	Left                       int // items that were left, whole
	Choices, Entries, Extended int // steps by kind

}

// Import reads the items of a folder or package. Title names the course where
// the material has no name of its own. Options decide whether an answer can be
// read, and which feedback gives it away; without them answers in words stay
// words, and feedback is never a hint.
//
// It fails with CodeInvalid when no item can be imported at all; whatever is
// wrong with an item leaves out that item and is in the report.
func Import(files *archive.Files, title string, o curriculum.Options) (Result, error) {
	im := &importer{files: files, options: o, taken: map[string]bool{}, found: map[string]*xmltree.Node{}, raw: map[string][]byte{}, skills: map[string]string{}}
	im.find()
	im.course.Title = cmp.Or(im.title, title, "Imported items")
	im.course.ID = slug.Of(im.course.Title)
	im.course.Language = cmp.Or(im.language, "en")
	im.course.License, im.course.Source = im.license, im.course.Title
	im.course.Summary = "Imported from QTI."
	for _, e := range im.order() {
		im.item(e)
	}
	if len(im.course.Activities) == 0 {
		if len(im.report.Lost) > 0 {
			return Result{}, tutor.Errorf(tutor.CodeInvalid, "no item can be imported; the first: %s", im.report.Lost[0])
		}
		return Result{}, tutor.Errorf(tutor.CodeInvalid, "there is no assessmentItem here; name a folder or zip package of QTI 2 or 3 items")
	}
	for i := range im.course.Activities {
		im.course.Activities[i].Order = i
		im.course.Activities[i].Version = curriculum.HashActivity(im.course.Activities[i])
	}
	im.course.Version = curriculum.HashCourse(im.course)
	return Result{Course: im.course, Report: im.report}, nil
}

type importer struct {
	files    *archive.Files
	options  curriculum.Options
	course   tutor.Course
	title    string // of the test or the manifest
	language string
	license  string
	found    map[string]*xmltree.Node // items by file
	raw      map[string][]byte
	tests    []test
	taken    map[string]bool
	skills   map[string]string // id by title
	report   Report
}

type test struct {
	file string
	root *xmltree.Node
}

// entry is an item in its place.
type entry struct{ file, section string }

// find reads every XML file and keeps the items and tests.
func (im *importer) find() {
	for _, name := range im.files.Match("*.xml") {
		raw, err := im.files.Read(name)
		if err != nil {
			im.unread(name, err)
			continue
		}
		root, err := xmltree.Parse(name, raw)
		if err != nil {
			im.unread(name, err)
			continue
		}
		normalize(root)
		switch root.Name {
		case "assessmentItem":
			im.found[name], im.raw[name] = root, raw
			im.language = cmp.Or(im.language, root.Attr("lang"))
		case "assessmentTest":
			im.tests = append(im.tests, test{name, root})
			im.title = cmp.Or(root.Attr("title"), im.title)
		case "manifest":
			im.manifest(name, root)
		case "questestinterop":
			im.report.Lose(loss.Loss{Kind: "QTI 1.2 file, not read", File: name})
		}
	}
}

func (im *importer) unread(name string, err error) {
	im.report.Left++
	im.report.Lose(loss.Loss{Kind: "file that cannot be read", File: name, Detail: err.Error()})
}

// manifest takes the title and the rights, and names the items that are absent.
func (im *importer) manifest(name string, root *xmltree.Node) {
	if meta := root.Child("metadata"); meta != nil {
		for _, t := range meta.Find("title") {
			im.title = cmp.Or(im.title, t.Content())
		}
		for _, r := range meta.Find("rights") {
			if description := r.Find("description"); len(description) > 0 {
				im.license = cmp.Or(im.license, description[0].Content())
			}
		}
	}
	for _, r := range root.Find("resource") {
		if href := r.Attr("href"); strings.HasPrefix(r.Attr("type"), "imsqti_item") && !im.files.Has(archive.Resolve(name, href)) {
			im.report.Lose(loss.Loss{Kind: "item that is absent", File: name, Line: r.Line, Place: r.Attr("identifier"), Detail: href})
		}
	}
}

// order is the items in the order of the tests, then the others by name.
func (im *importer) order() []entry {
	var out []entry
	placed := map[string]bool{}
	for _, t := range im.tests {
		im.section(t, t.root, "", func(e entry) {
			if !placed[e.file] {
				placed[e.file] = true
				out = append(out, e)
			}
		})
	}
	var rest []string
	for name := range im.found {
		if !placed[name] {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	for _, name := range rest {
		out = append(out, entry{file: name})
	}
	return out
}

func (im *importer) section(t test, n *xmltree.Node, title string, place func(entry)) {
	for _, c := range n.Elements() {
		switch c.Name {
		case "testPart":
			im.section(t, c, title, place)
		case "assessmentSection":
			im.section(t, c, cmp.Or(c.Attr("title"), title), place)
		case "assessmentItemRef":
			name := archive.Resolve(t.file, c.Attr("href"))
			if im.found[name] == nil {
				im.report.Lose(loss.Loss{Kind: "item that is absent", File: t.file, Line: c.Line, Place: c.Attr("identifier"), Detail: c.Attr("href")})
				continue
			}
			place(entry{name, title})
		case "rubricBlock":
			im.report.Lose(loss.Loss{Kind: "instructions of a test", File: t.file, Line: c.Line, Detail: c.Content()})
		}
	}
}

// skill returns the id of the skill that stands for a section of a test, or for
// the whole course.
func (im *importer) skill(section string) string {
	title := cmp.Or(section, im.course.Title)
	if id, known := im.skills[title]; known {
		return id
	}
	taken := map[string]bool{}
	for _, id := range im.skills {
		taken[strings.TrimPrefix(id, im.course.ID+".")] = true
	}
	id := im.course.ID + "." + slug.Unique(slug.Of(title), taken)
	im.skills[title] = id
	im.course.Skills = append(im.course.Skills, tutor.Skill{ID: id, CourseID: im.course.ID, Title: title, Order: len(im.course.Skills)})
	return id
}

// skipped is what the comparison of words passes over: what no candidate reads.
var skipped = map[string]bool{
	"responseDeclaration": true, "outcomeDeclaration": true, "templateDeclaration": true, "responseProcessing": true, "templateProcessing": true, "stylesheet": true,
	"qti-response-declaration": true, "qti-outcome-declaration": true, "qti-template-declaration": true, "qti-response-processing": true,
	"qti-template-processing": true, "qti-stylesheet": true, "qti-catalog-info": true, "qti-companion-materials-info": true, "qti-context-declaration": true,
}

// item imports one item whole or leaves it whole.
func (im *importer) item(e entry) {
	root := im.found[e.file]
	it := &item{importer: im, file: e.file, root: root}
	activity, err := it.read(e.section)
	if err != nil {
		im.report.Left++
		im.report.Lose(loss.Loss{Kind: err.kind, File: e.file, Line: err.line, Place: root.Attr("identifier"), Detail: err.detail})
		im.report.Compare(im.raw[e.file], "", skipped)
		return
	}
	activity.ID = im.course.ID + "." + slug.Unique(slug.Of(root.Attr("identifier"), strings.TrimSuffix(path.Base(e.file), ".xml")), im.taken)
	for _, l := range it.lost {
		im.report.Lose(l)
	}
	for _, l := range it.altered {
		im.report.Alter(l)
	}
	im.report.Items++
	im.report.Steps += len(activity.Steps)
	im.report.Choices += it.counts.Choices
	im.report.Entries += it.counts.Entries
	im.report.Extended += it.counts.Extended
	im.report.Hints += it.counts.Hints
	im.report.Compare(im.raw[e.file], everything(activity, it.outside), skipped)
	im.course.Activities = append(im.course.Activities, activity)
}

// everything is all that students and graders get of an item.
func everything(a tutor.Activity, outside string) string {
	parts := []string{a.Statement, outside}
	for _, s := range a.Steps {
		parts = append(parts, s.Question, strings.Join(s.Choices, "\n\n"), s.Explanation)
		for _, e := range s.Expectations {
			parts = append(parts, e.Says, e.Tell)
			for _, h := range e.Hints {
				parts = append(parts, h.Text)
			}
		}
	}
	return strings.Join(parts, "\n\n")
}
