// Package cartridge reads the pages of a Common Cartridge (1.1 to 1.3): the
// organization of its manifest as a course, its web content as lessons.
package cartridge

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/loss"
	"maieutic/tutor/curriculum/markdown"
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
	Pages, Folders int
}

// Import reads a cartridge, packed or unpacked. A page that cannot be read is
// left out and stands in the report, as does everything that is no page: tests,
// discussions, links, tools and files. The error is CodeInvalid when there is no
// manifest that can be read, or no page.
func Import(files *archive.Files) (Result, error) {
	im := &importer{files: files, resources: map[string]*resource{}, lessons: map[string]string{}, taken: map[string]bool{}, titles: map[string]int{}}
	name := "imsmanifest.xml"
	if !files.Has(name) {
		found := files.Match(name)
		if len(found) != 1 {
			return Result{}, tutor.Errorf(tutor.CodeInvalid, "there is no imsmanifest.xml here, or more than one; name a Common Cartridge (.imscc, .zip) or its folder")
		}
		name = found[0]
	}
	raw, err := files.Read(name)
	if err != nil {
		return Result{}, err
	}
	root, err := xmltree.Parse(name, raw)
	if err != nil {
		return Result{}, err
	}
	im.manifest = name
	im.describe(root)
	im.list(root)
	im.organize(root)
	im.unplaced()
	im.write()
	if len(im.course.Lessons) == 0 {
		return Result{}, tutor.Errorf(tutor.CodeInvalid, "%s names no page of HTML that can be read%s", name, im.first())
	}
	im.course.Version = curriculum.HashCourse(im.course)
	return Result{Course: im.course, Report: im.report}, nil
}

type importer struct {
	files     *archive.Files
	manifest  string
	course    tutor.Course
	resources map[string]*resource // by identifier
	ordered   []*resource          // as the manifest lists them
	pages     []*page
	lessons   map[string]string // lesson id by file
	taken     map[string]bool   // lesson ids
	titles    map[string]int    // how many pages have a title
	report    Report
}

type resource struct {
	id, kind, file string
	line           int
	used           bool
}

// page is a page in its place.
type page struct {
	file, title string
	path        []string // titles of the folders around it
	line        int
}

func (im *importer) first() string {
	if len(im.report.Lost) == 0 {
		return ""
	}
	return "; the first thing left: " + im.report.Lost[0].String()
}

func (im *importer) lose(kind string, line int, place, detail string) {
	im.report.Lose(loss.Loss{Kind: kind, File: im.manifest, Line: line, Place: place, Detail: detail})
}

// describe takes the title, language and rights of the whole.
func (im *importer) describe(root *xmltree.Node) {
	title, language, rights := "", "", ""
	if meta := root.Child("metadata"); meta != nil {
		for _, general := range meta.Find("general") {
			title = cmp.Or(title, content(general, "title"))
			language = cmp.Or(language, content(general, "language"))
			im.course.Summary = cmp.Or(im.course.Summary, markdown.Escape(content(general, "description")))
		}
		for _, r := range meta.Find("rights") {
			rights = cmp.Or(rights, content(r, "description"))
		}
	}
	im.course.Title = cmp.Or(title, "Imported cartridge")
	im.course.ID = slug.Of(im.course.Title)
	im.course.Language = cmp.Or(language, "en")
	im.course.License, im.course.Source = rights, im.course.Title
}

func content(n *xmltree.Node, name string) string {
	if found := n.Find(name); len(found) > 0 {
		return found[0].Content()
	}
	return ""
}

// list takes the resources of the manifest.
func (im *importer) list(root *xmltree.Node) {
	for _, all := range root.Elements("resources") {
		for _, n := range all.Elements("resource") {
			href := n.Attr("href")
			if file := n.Child("file"); href == "" && file != nil {
				href = file.Attr("href")
			}
			r := &resource{id: n.Attr("identifier"), kind: n.Attr("type"), file: archive.Resolve(im.manifest, unescape(href)), line: n.Line}
			if im.resources[r.id] == nil {
				im.resources[r.id] = r
				im.ordered = append(im.ordered, r)
			}
		}
	}
}

// organize walks the tree of items: those that lead nowhere are folders.
func (im *importer) organize(root *xmltree.Node) {
	for _, all := range root.Elements("organizations") {
		for _, one := range all.Elements("organization") {
			im.items(one, nil)
		}
	}
}

func (im *importer) items(n *xmltree.Node, folders []string) {
	for _, item := range n.Elements("item") {
		title := ""
		if t := item.Child("title"); t != nil {
			title = t.Content()
		}
		within := folders
		if ref := item.Attr("identifierref"); ref != "" {
			im.refer(item, ref, title, folders)
		} else if title != "" {
			im.report.Folders++
			within = append(folders[:len(folders):len(folders)], title)
		}
		im.items(item, within)
	}
}

func (im *importer) refer(item *xmltree.Node, ref, title string, folders []string) {
	r := im.resources[ref]
	switch {
	case r == nil:
		im.lose("item whose resource is absent", item.Line, ref, title)
	case r.used:
		im.lose("resource that the organization names again", item.Line, ref, title)
	default:
		im.take(r, title, folders)
	}
}

// take makes a page of a resource, or says why there is none.
func (im *importer) take(r *resource, title string, folders []string) {
	r.used = true
	web := r.kind == "webcontent" || strings.HasPrefix(r.kind, "associatedcontent/")
	detail := strings.TrimSpace(title + " " + r.file)
	switch ending := strings.ToLower(path.Ext(r.file)); {
	case !web:
		im.lose(kindOf(r.kind), r.line, r.id, detail)
	case r.file == "" || !im.files.Has(r.file):
		im.lose("file that is absent", r.line, r.id, detail)
	case ending != ".html" && ending != ".htm" && ending != ".xhtml":
		im.lose("file that is no page ("+cmp.Or(ending, "no ending")+")", r.line, r.id, detail)
	case slices.ContainsFunc(im.pages, func(p *page) bool { return p.file == r.file }):
		im.lose("page that the manifest names again", r.line, r.id, detail)
	default:
		im.pages = append(im.pages, &page{file: r.file, title: title, path: folders, line: r.line})
	}
}

// kindOf names a resource that is not read.
func kindOf(kind string) string {
	for _, k := range []struct{ start, name string }{
		{"imsqti", "QTI 1.2 test, not read"}, {"imswl", "web link, not read"}, {"imsdt", "discussion, not read"},
		{"imsbasiclti", "external tool, not read"}, {"assignment", "assignment, not read"},
	} {
		if strings.HasPrefix(kind, k.start) {
			return k.name
		}
	}
	return fmt.Sprintf("resource of type %q, not read", kind)
}

// unplaced takes the resources that the organization does not name, pages at
// the end.
func (im *importer) unplaced() {
	for _, r := range im.ordered {
		if r.used {
			continue
		}
		before := len(im.pages)
		im.take(r, "", nil)
		if len(im.pages) > before {
			im.report.Alter(loss.Loss{Kind: "page that the organization does not name, put at the end", File: im.manifest, Line: r.line, Place: r.id, Detail: r.file})
		}
	}
}
