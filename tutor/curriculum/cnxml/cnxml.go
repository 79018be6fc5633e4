// Package cnxml reads books in OpenStax's CNXML layout: collections that name
// modules in their order, and a folder for each module with its index.cnxml.
package cnxml

import (
	"maps"
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

// Options say what to make of a book.
type Options struct {
	// Terms makes a problem of each term in a glossary: what does it mean?
	Terms bool
	// Match says whether a text gives an answer, and whether it could be read.
	// Without it every solution is compared by meaning.
	Match func(a tutor.Answer, text string) (equal, parsed bool)
}

// Result is what an import made, ready to be saved, and its account.
type Result struct {
	Courses []tutor.Course
	Report  Report
}

// Report counts what was imported, and names what was not.
type Report struct {
	loss.Report
	Modules, Absent, Sections, Figures, Tables, Terms int
	Exercises                                         int // that became problems
	Problems                                          int // those, and those made of terms
}

// Import reads a folder or package. A module that cannot be read is left out and
// stands in the report; the error is CodeInvalid when nothing at all can be
// imported, or a collection cannot be read.
func Import(files *archive.Files, o Options) (Result, error) {
	im := &importer{files: files, options: o, modules: map[string]string{}, labels: map[string]map[string]string{}, titles: map[string]string{}}
	im.findModules()
	books, err := im.books()
	if err != nil {
		return Result{}, err
	}
	for _, b := range books {
		if err := im.course(b); err != nil {
			return Result{}, err
		}
	}
	if im.report.Modules == 0 {
		if len(im.report.Lost) > 0 {
			return Result{}, tutor.Errorf(tutor.CodeInvalid, "no module could be read; the first: %s", im.report.Lost[0])
		}
		return Result{}, tutor.Errorf(tutor.CodeInvalid, "there is no module here; name the folder or zip package that holds collections and modules/*/index.cnxml")
	}
	return Result{Courses: im.courses, Report: im.report}, nil
}

// importer carries an import along.
type importer struct {
	files   *archive.Files
	options Options
	modules map[string]string            // file by id of the module
	titles  map[string]string            // title by id of the module
	labels  map[string]map[string]string // by id of the module: what a reference to an element is called
	courses []tutor.Course
	report  Report
}

// findModules takes every index.cnxml; the module's id is its folder's name.
func (im *importer) findModules() {
	for _, name := range im.files.Match("*.cnxml") {
		id := path.Base(path.Dir(name))
		if path.Base(name) != "index.cnxml" || id == "." {
			id = strings.TrimSuffix(path.Base(name), ".cnxml")
		}
		if _, taken := im.modules[id]; taken {
			im.report.Lose(loss.Loss{Kind: "module that is there twice", File: name})
			continue
		}
		im.modules[id] = name
	}
}

func (im *importer) parse(file string) ([]byte, *xmltree.Node, error) {
	raw, err := im.files.Read(file)
	if err != nil {
		return nil, nil, err
	}
	root, err := xmltree.Parse(file, raw)
	return raw, root, err
}

// books reads the collections. Without any the modules are one book in order of
// their names.
func (im *importer) books() ([]book, error) {
	var out []book
	names := im.files.Match("*collection*.xml")
	for _, name := range names {
		_, root, err := im.parse(name)
		if err != nil {
			return nil, err
		}
		if root.Name != "collection" {
			im.report.Lose(loss.Loss{Kind: "file that is no collection", File: name})
			continue
		}
		out = append(out, im.readBook(name, root))
	}
	if len(out) > 0 {
		return out, nil
	}
	b := book{title: "Imported lessons", language: "en"}
	for _, id := range slices.Sorted(maps.Keys(im.modules)) {
		b.places = append(b.places, place{module: id})
	}
	if len(b.places) == 1 {
		b.title = b.places[0].module
	}
	return append(out, b), nil
}

// course makes a course of a book.
func (im *importer) course(b book) error {
	c := &course{importer: im, book: b, words: wordsFor(b.language), lessons: map[string]string{}, titles: map[string]int{}, taken: map[string]bool{}}
	c.ID = slug.Unique(slug.Of(b.slug, b.title), im.courseIDs())
	c.Course.Title, c.Language, c.License, c.Source = b.title, b.language, b.license, b.source
	c.Summary = b.summary
	c.survey()
	for _, p := range b.places {
		c.module(p)
	}
	for i := range c.Activities {
		c.Activities[i].Order = i
		c.Activities[i].Version = curriculum.HashActivity(c.Activities[i])
	}
	im.report.Problems += len(c.Activities)
	if len(c.Lessons) == 0 {
		return nil
	}
	c.Version = curriculum.HashCourse(c.Course)
	im.courses = append(im.courses, c.Course)
	return nil
}

func (im *importer) courseIDs() map[string]bool {
	taken := map[string]bool{}
	for _, c := range im.courses {
		taken[c.ID] = true
	}
	return taken
}
