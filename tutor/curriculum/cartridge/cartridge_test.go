package cartridge_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/cartridge"
	"maieutic/tutor/curriculum/loss"
)

const manifest = `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M" xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion>
<lom><general><title><string>Rivers &amp; Lakes</string></title><language>en-GB</language></general>
<rights><description><string>CC BY 4.0</string></description></rights></lom></metadata>
<organizations><organization identifier="O" structure="rooted-hierarchy"><item identifier="root">
<item identifier="u1"><title>Unit 1</title>
  <item identifier="i1" identifierref="R1"><title>Introduction</title></item>
  <item identifier="i2" identifierref="R2"><title>Quiz</title></item></item>
<item identifier="u2"><title>Unit 2</title>
  <item identifier="i3" identifierref="R3"><title>Introduction</title></item>
  <item identifier="i4" identifierref="gone"><title>Nowhere</title></item></item>
</item></organization></organizations>
<resources>
<resource identifier="R1" type="webcontent" href="wiki/intro%20one.html"><file href="wiki/intro%20one.html"/></resource>
<resource identifier="R2" type="imsqti_xmlv1p2/imscc_xmlv1p3/assessment"><file href="quiz.xml"/></resource>
<resource identifier="R3" type="webcontent" href="wiki/two.html"/>
<resource identifier="R4" type="webcontent" href="wiki/spare.html"/>
<resource identifier="R5" type="webcontent" href="media/map.png"/>
<resource identifier="R6" type="imswl_xmlv1p3"><file href="link.xml"/></resource>
<resource identifier="R7" type="webcontent" href="../../outside.html"/>
</resources></manifest>`

const pageOne = `<!DOCTYPE html><html><head><title>x</title><style>p { color: red }</style><script>alert("hidden")</script></head><body>
<h1>Introduction</h1><h2>What <em>flows</em></h2><p>A river flows<sup>2</sup> at \(v = 3\) <img class="equation_image" data-equation-content="\frac{1}{2}" alt="half">.<br>It <a href="two.html#x">goes on</a>,
<a href="https://example.org/a(b)">elsewhere</a> and <a href="javascript:alert(1)">nowhere</a>.</p>
<ul><li>one<ul><li>deep</li></ul></li><li>two</li></ul><ol><li>first</li></ol>
<table><tr><th>Name</th><th>Length</th></tr><tr><td>Rhine | Rhein</td><td>1,230&nbsp;km</td></tr></table>
<p><img src="map.png" alt="A map of the Rhine"><img src="plain.png"></p><iframe src="https://example.org/v" title="A film"></iframe>
<script>more()</script></body></html>`

var files = map[string]string{
	"imsmanifest.xml": manifest, "wiki/intro one.html": pageOne, "wiki/two.html": "<p>Caf\xe9 <b>noir</b></p>", "wiki/spare.html": "<p>Spare.</p>", "media/map.png": "PNG",
}

func run(t interface {
	Helper()
	Fatal(...any)
}, files map[string]string) (cartridge.Result, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	folder, err := archive.FromFS(fsys, archive.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return cartridge.Import(folder)
}

func TestImport(t *testing.T) {
	result, err := run(t, files)
	if err != nil {
		t.Fatal(err)
	}
	c := result.Course
	if c.ID != "rivers-lakes" || c.Title != "Rivers & Lakes" || c.Language != "en-GB" || c.License != "CC BY 4.0" {
		t.Errorf("course %q %q %q %q", c.ID, c.Title, c.Language, c.License)
	}
	var titles []string
	for _, l := range c.Lessons {
		titles = append(titles, l.ID+": "+l.Title)
	}
	if want := []string{"introduction: Unit 1: Introduction", "introduction-2: Unit 2: Introduction", "spare: spare"}; !slices.Equal(titles, want) {
		t.Fatalf("lessons %q", titles)
	}
	want := `*Unit 1*

### What *flows*

A river flows² at $v = 3$ $\frac{1}{2}$.\
It [goes on](introduction-2), [elsewhere](https://example.org/a%28b%29) and nowhere.

- one
  - deep
- two

1. first

| Name | Length |
| --- | --- |
| Rhine \| Rhein | 1,230 km |

![A map of the Rhine](map.png)

A film`
	if got := strings.ReplaceAll(c.Lessons[0].Body, "\u00a0", " "); got != want {
		t.Errorf("body:\n%s\nwant:\n%s", got, want)
	}
	if got := c.Lessons[1].Body; got != "*Unit 2*\n\nCafé **noir**" {
		t.Errorf("a page in Latin-1: %q", got)
	}
}

// All that is not there is said, and the words are counted by themselves.
func TestReport(t *testing.T) {
	result, err := run(t, files)
	if err != nil {
		t.Fatal(err)
	}
	r := result.Report
	var kinds []string
	for _, c := range loss.Counts(r.Lost) {
		kinds = append(kinds, c.Kind)
	}
	slices.Sort(kinds)
	want := []string{"QTI 1.2 test, not read", "file that is absent", "file that is no page (.png)", "item whose resource is absent",
		"media <iframe>", "picture without a text in its place", "web link, not read"}
	if !slices.Equal(kinds, want) {
		t.Errorf("lost %q", kinds)
	}
	if r.Words.In == 0 || r.Words.In != r.Words.Out || r.Formulas.In != 2 || r.Formulas.Out != 2 {
		t.Errorf("words %+v, formulas %+v, missing %v", r.Words, r.Formulas, r.Missing(9))
	}
}

func TestNoCartridge(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"no manifest": {"a.html": "<p>x"},
		"entities":    {"imsmanifest.xml": `<!DOCTYPE m [<!ENTITY a "b">]><manifest/>`},
		"no pages":    {"imsmanifest.xml": "<manifest/>"},
	} {
		if _, err := run(t, files); err == nil {
			t.Errorf("%s was imported", name)
		}
	}
	deep := strings.Repeat("<div>", 400) + "x"
	result, err := run(t, map[string]string{"imsmanifest.xml": manifest, "wiki/two.html": deep, "wiki/spare.html": "<p>y"})
	if err != nil || len(result.Course.Lessons) != 1 || !slices.ContainsFunc(result.Report.Lost, func(l loss.Loss) bool { return l.File == "wiki/two.html" && l.Kind == "page that cannot be read" }) {
		t.Errorf("a page too deep: %v, lost %v", err, result.Report.Lost)
	}
}

func FuzzPage(f *testing.F) {
	f.Add(pageOne)
	f.Add(`<table><td colspan=9999 rowspan=9999><table><tr><td>\(x`)
	f.Fuzz(func(t *testing.T, page string) {
		result, err := run(t, map[string]string{"imsmanifest.xml": manifest, "wiki/two.html": page})
		if err == nil && strings.Contains(result.Course.Lessons[0].Body, "\x00") {
			t.Error("a NUL came through")
		}
	})
}
