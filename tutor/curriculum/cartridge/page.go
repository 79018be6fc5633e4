package cartridge

import (
	"cmp"
	"net/url"
	"path"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/loss"
	"maieutic/tutor/curriculum/markdown"
	"maieutic/tutor/curriculum/slug"
	"maieutic/tutor/curriculum/xmltree"
)

// write makes the lessons. All pages get their ids first, since each may link to
// any other.
func (im *importer) write() {
	documents := map[*page]document{}
	for _, p := range im.pages {
		raw, err := im.files.Read(p.file)
		if err == nil {
			documents[p], err = parse(p.file, raw)
		}
		if err != nil {
			im.report.Lose(loss.Loss{Kind: "page that cannot be read", File: p.file, Detail: err.Error()})
			continue
		}
		name := strings.TrimSuffix(path.Base(p.file), path.Ext(p.file))
		p.title = cmp.Or(p.title, documents[p].title, name)
		im.titles[p.title]++
		im.lessons[p.file] = slug.Unique(slug.Of(p.title, name), im.taken)
	}
	for _, p := range im.pages {
		if d, ok := documents[p]; ok {
			im.lesson(p, d)
		}
	}
}

func (im *importer) lesson(p *page, d document) {
	title := p.title
	var nodes []*xmltree.Node
	if len(p.path) > 0 {
		if im.titles[title] > 1 {
			title = p.path[len(p.path)-1] + ": " + title
		}
		nodes = append(nodes, xmltree.Element("p", xmltree.Element("em", xmltree.Text(strings.Join(p.path, " / ")))))
	}
	options := markdown.Options{
		Level: 1,
		Link:  func(href string) string { return im.link(p, href) },
		Lose: func(n *xmltree.Node, kind, detail string) {
			im.report.Lose(loss.Loss{Kind: kind, File: p.file, Place: n.Attr("id"), Detail: detail})
		},
		Alter: func(n *xmltree.Node, kind, detail string) {
			im.report.Alter(loss.Loss{Kind: kind, File: p.file, Place: n.Attr("id"), Detail: detail})
		},
	}
	text := markdown.Blocks(withoutTitle(d.body, p.title), options)
	im.report.CompareText(d.text, d.formulas, p.title+"\n\n"+text)
	if text == "" {
		im.report.Lose(loss.Loss{Kind: "page without text", File: p.file})
		return
	}
	id := im.course.ID + "." + im.lessons[p.file]
	im.course.Skills = append(im.course.Skills, tutor.Skill{ID: id, CourseID: im.course.ID, Title: title, Order: len(im.course.Skills)})
	im.course.Lessons = append(im.course.Lessons, tutor.Lesson{
		ID: im.lessons[p.file], CourseID: im.course.ID, Title: title, Skills: []string{id}, Order: len(im.course.Lessons),
		Body: strings.TrimSpace(markdown.Blocks(nodes, options) + "\n\n" + text),
	})
	im.report.Pages++
}

// withoutTitle leaves out a heading at the beginning that repeats the title.
func withoutTitle(nodes []*xmltree.Node, title string) []*xmltree.Node {
	for i, n := range nodes {
		switch {
		case n.Name == "" && strings.TrimSpace(n.Text) == "":
			continue
		case (n.Name == "h1" || n.Name == "h2") && strings.EqualFold(n.Content(), title) && len(n.Find("img", "math")) == 0:
			return nodes[i+1:]
		}
		break
	}
	return nodes
}

// link is an address on the web, or the lesson that a page became. Two tokens
// that exports put before addresses within the cartridge are known.
func (im *importer) link(p *page, href string) string {
	if web := markdown.WebLink(href); web != "" {
		return web
	}
	href = unescape(href)
	if _, name, ok := strings.Cut(href, "$WIKI_REFERENCE$/pages/"); ok {
		name, _, _ = strings.Cut(name, "?")
		for file, id := range im.lessons {
			if strings.TrimSuffix(path.Base(file), path.Ext(file)) == name {
				return id
			}
		}
		return ""
	}
	if rest, ok := strings.CutPrefix(href, "$IMS-CC-FILEBASE$/"); ok {
		return im.lessons[archive.Resolve(im.manifest, "web_resources/"+rest)]
	}
	return im.lessons[archive.Resolve(p.file, href)]
}

func unescape(href string) string {
	if plain, err := url.PathUnescape(href); err == nil {
		return plain
	}
	return href
}
