package cnxml

import (
	"cmp"
	"path"
	"strings"

	"maieutic/tutor/curriculum/loss"
	"maieutic/tutor/curriculum/xmltree"
)

// book is one collection.
type book struct {
	file, title, slug, language, license, source, summary string
	places                                                []place
}

// place is where a module stands in a book.
type place struct {
	module string
	title  string   // that the collection gives the module, "" for its own
	path   []string // titles of the chapters that it stands in, the outermost first
	line   int      // in the collection
}

func (im *importer) readBook(file string, root *xmltree.Node) book {
	b := book{file: file, title: "Untitled book", language: "en"}
	if meta := root.Child("metadata"); meta != nil {
		b.title = cmp.Or(text(meta, "title"), b.title)
		b.slug = text(meta, "slug")
		b.language = cmp.Or(text(meta, "language"), "en")
		b.license = licenseOf(meta)
		b.summary = text(meta, "abstract")
		b.source = im.sourceOf(b, meta)
	}
	if content := root.Child("content"); content != nil {
		im.readPlaces(&b, content, nil)
	}
	return b
}

// text is what a child element says, on one line.
func text(n *xmltree.Node, name string) string {
	if c := n.Child(name); c != nil {
		return c.Content()
	}
	return ""
}

// licenseOf is the licence's name and address.
func licenseOf(meta *xmltree.Node) string {
	license := meta.Child("license")
	if license == nil {
		return ""
	}
	name, address := license.Content(), license.Attr("url")
	if name == "" || address == "" {
		return name + address
	}
	return name + ", " + address
}

// sourceOf is the attribution: the authors where the material names them, the
// book, and OpenStax with the book's address where the package is one of theirs.
func (im *importer) sourceOf(b book, meta *xmltree.Node) string {
	parts := authors(meta)
	parts = append(parts, b.title)
	if b.slug != "" && im.isOpenStax(b.slug) {
		parts = append(parts, "OpenStax", "https://openstax.org/details/books/"+b.slug)
	}
	return strings.Join(parts, ", ")
}

// authors are the people whom the metadata gives the role of an author; of
// other roles and when no role is given, nobody.
func authors(meta *xmltree.Node) []string {
	names := map[string]string{}
	for _, person := range meta.Find("person", "organization") {
		names[person.Attr("userid")] = cmp.Or(text(person, "fullname"), person.Content())
	}
	var out []string
	for _, role := range meta.Find("role") {
		if role.Attr("type") != "author" {
			continue
		}
		for _, id := range strings.Fields(role.Content()) {
			out = append(out, cmp.Or(names[id], id))
		}
	}
	return out
}

// isOpenStax reports whether the container file of OpenStax's lists a book.
func (im *importer) isOpenStax(slug string) bool {
	for _, name := range im.files.Match("books.xml") {
		if path.Base(path.Dir(name)) != "META-INF" {
			continue
		}
		_, root, err := im.parse(name)
		if err != nil || !strings.Contains(root.Space, "openstax.org") {
			continue
		}
		for _, b := range root.Elements("book") {
			if b.Attr("slug") == slug {
				return true
			}
		}
	}
	return false
}

func (im *importer) readPlaces(b *book, content *xmltree.Node, chapters []string) {
	for _, n := range content.Elements() {
		switch n.Name {
		case "module":
			b.places = append(b.places, place{module: n.Attr("document"), title: text(n, "title"), path: chapters, line: n.Line})
		case "subcollection":
			within := append(chapters[:len(chapters):len(chapters)], text(n, "title"))
			if inner := n.Child("content"); inner != nil {
				im.readPlaces(b, inner, within)
			}
		default:
			im.report.Lose(loss.Loss{Kind: "unknown element <" + n.Name + "> of a collection", File: b.file, Line: n.Line, Detail: n.Content()})
		}
	}
}
