package document_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"maieutic/tutor"
	"maieutic/tutor/document"
)

func read(t *testing.T, raw []byte, name string) document.Document {
	t.Helper()
	d, err := document.Read(t.Context(), raw, name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

func TestText(t *testing.T) {
	western, err := charmap.Windows1252.NewEncoder().String("Caf\u00e9 \u201cyes\u201d \u2014 a whole sentence of text")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, raw, want string
		notes           []string
	}{
		{"a.txt", "One.\r\nTwo.\r\rThree.\t4  \n\n\n\nFive\u2028Six", "One.\nTwo.\n\nThree. 4\n\nFive\nSix", nil},
		{"mark.txt", "\xef\xbb\xbfWord", "Word", nil},
		{"little.txt", "\xff\xfeA\x00\xe9\x00", "A\u00e9", nil},
		{"big.txt", "\xfe\xff\x06\x33\x06\x44", "\u0633\u0644", nil},
		{"western.txt", western, "Caf\u00e9 \u201cyes\u201d \u2014 a whole sentence of text", []string{document.NoteEncoding}},
		{"composed.txt", "Cafe\u0301", "Caf\u00e9", nil},
		{"controls.txt", "So\u00adft\x01\ufeff \u200fabc\u200c, " + strings.Repeat("much of it is text ", 9), "Soft \u200fabc\u200c, " + strings.TrimSpace(strings.Repeat("much of it is text ", 9)), nil},
		{"stars.txt", "*Not* Markdown\n# at all", "*Not* Markdown\n# at all", nil},
		{"wrong.pdf", "Only text, whatever it is called", "Only text, whatever it is called", nil},
	} {
		d := read(t, []byte(c.raw), c.name)
		if d.Text != c.want || !slices.Equal(d.Notes, c.notes) {
			t.Errorf("%s: %q, %v", c.name, d.Text, d.Notes)
		}
	}
}

func TestMarkdown(t *testing.T) {
	raw := "---\ntitle: x\n---\n# A *heading*\n\nOne paragraph\nover two lines,  \nwith `code`, a [link](https://example.org \"t\") and &amp; \\*.\n\n" +
		"> Quoted.\n\n- first\n- second\n  1. inner\n\n3. three\n4. four\n\n| a | b |\n|---|---|\n| c | d |\n\n<b>raw</b>\n\n<div>\nblock\n</div>\n\n```\nx = 1\n```\n\n![picture](p.png)\n"
	want := "A heading\n\nOne paragraph over two lines,\nwith code, a link and & *.\n\nQuoted.\n\n- first\n- second\n1. inner\n\n3. three\n4. four\n\na | b\nc | d\n\nraw\n\nx = 1"
	for _, name := range []string{"essay.md", "ESSAY.MARKDOWN"} {
		if d := read(t, []byte(raw), name); d.Text != want {
			t.Errorf("%s: %q", name, d.Text)
		}
	}
}

// What cannot be read is told apart, with what to do.
func TestRefused(t *testing.T) {
	for why, raw := range map[string]string{
		"old Word file":           "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 99),
		"Rich Text":               `{\rtf1 hello}`,
		"a picture":               "\x89PNG\r\n\x1a\n",
		"no text, Word or PDF":    "\x7fELF\x02\x01\x00\x00",
		"no text in this file":    "\n \t\n",
		"encoding":                "\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0",
		"200000 is the most":      strings.Repeat("a", tutor.MaxDraftRunes+1),
		"more text than":          strings.Repeat("a", 3<<20),
		"larger than 8 MiB":       strings.Repeat("a", document.MaxBytes+1),
		"no Word file":            "PK\x03\x04 and then nothing of the sort",
		"This is an OpenDocument": string(pack(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"})),
	} {
		d, err := document.Read(t.Context(), []byte(raw), "essay.docx")
		if tutor.ErrorCode(err) != tutor.CodeInvalid || !strings.Contains(tutor.ErrorMessage(err), why) {
			t.Errorf("want %q, got %v and %.50q", why, err, d.Text)
		}
	}
}

const (
	wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`
	mainPart  = "word/document.xml"
)

func pack(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// word packs the body of a Word file.
func word(t testing.TB, body string) []byte {
	return pack(t, map[string]string{"[Content_Types].xml": "<Types/>", mainPart: `<?xml version="1.0"?><w:document ` + wordSpace + `><w:body>` + body + `</w:body></w:document>`})
}

func p(runs string) string { return "<w:p>" + runs + "</w:p>" }
func r(text string) string { return "<w:r><w:t>" + text + "</w:t></w:r>" }

func TestWord(t *testing.T) {
	item := func(text string) string {
		return p(`<w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr>` + r(text))
	}
	for _, c := range []struct {
		name, body, want string
		notes            []string
	}{
		{"paragraphs", p(r("One ")+r("and a half")) + p("") + p(r("Two")), "One and a half\n\nTwo", nil},
		{"breaks", p(`<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:br w:type="page"/><w:t>d</w:t><w:noBreakHyphen/><w:t>e</w:t><w:softHyphen/></w:r>`), "a b\nc d\u2011e", nil},
		{"tracked", p(r("stays ") + `<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins>` + r("new") + `</w:ins>`), "stays new", []string{document.NoteTracked}},
		{"moved", p(`<w:moveFrom>`+r("old place")+`</w:moveFrom>`+r("x ")) + p(`<w:moveTo>`+r("new place")+`</w:moveTo>`), "x\n\nnew place", []string{document.NoteTracked}},
		{"a deleted paragraph mark", p(`<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>`+r("one ")) + p(r("sentence")), "one sentence", []string{document.NoteTracked}},
		{"field", p(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` + r("shown") + `<w:fldSimple w:instr="DATE">` + r(" today") + `</w:fldSimple>`), "shown today", nil},
		{"link", p(`<w:hyperlink>` + r("linked") + `</w:hyperlink>`), "linked", nil},
		{"hidden", p(`<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>seen</w:t></w:r>`), "seen", []string{document.NoteHidden}},
		{"list", p(r("Three:")) + item("a") + item("b") + p(r("End")), "Three:\n\n- a\n- b\n\nEnd", nil},
		{"numbered heading", p(`<w:pPr><w:pStyle w:val="Heading1"/><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>` + r("Title")), "Title", nil},
		{"table", p(r("x")) + `<w:tbl><w:tr><w:tc>` + p(r("a")) + p(r("b")) + `</w:tc><w:tc>` + p(r("c")) + `</w:tc></w:tr><w:tr><w:tc>` + p(r("d")) + `</w:tc><w:tc>` + p(r("e")) + `</w:tc></w:tr></w:tbl>` + p(r("y")), "x\n\na b | c\nd | e\n\ny", nil},
		{"text box once", p(r("Before ") + `<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>` + p(r("box")) + `</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>` + p(r("box")) + `</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>` + r("after")), "Before after\n\nbox", nil},
		{"picture", p(r("a") + `<w:r><w:drawing/></w:r>`), "a", []string{document.NotePictures}},
		{"ruby", p(`<w:r><w:ruby><w:rt>` + r("kana") + `</w:rt><w:rubyBase>` + r("漢") + `</w:rubyBase></w:ruby></w:r>`), "漢", nil},
		{"content control", `<w:sdt><w:sdtPr/><w:sdtContent>` + p(r("inside")) + `</w:sdtContent></w:sdt>`, "inside", nil},
		{"any script", p(r("السلام عليكم")) + p(r("学校")), "السلام عليكم\n\n学校", nil},
	} {
		d := read(t, word(t, c.body), "essay.txt")
		if d.Text != c.want || !slices.Equal(d.Notes, c.notes) {
			t.Errorf("%s: %q, %v", c.name, d.Text, d.Notes)
		}
	}
}

func TestFootnotes(t *testing.T) {
	raw := pack(t, map[string]string{
		mainPart:             `<w:document ` + wordSpace + `><w:body>` + p(r("Claim")+`<w:r><w:footnoteReference w:id="7"/></w:r>`+r(" more")+`<w:r><w:endnoteReference w:id="2"/></w:r>`) + `</w:body></w:document>`,
		"word/footnotes.xml": `<w:footnotes ` + wordSpace + `><w:footnote w:id="0">` + p(r("separator")) + `</w:footnote><w:footnote w:id="7">` + p(r("Source")) + `</w:footnote></w:footnotes>`,
		"word/endnotes.xml":  `<w:endnotes ` + wordSpace + `><w:endnote w:id="2">` + p(r("End")) + `</w:endnote></w:endnotes>`,
	})
	d := read(t, raw, "essay.docx")
	if d.Text != "Claim[1] more[2]\n\n[1] Source\n\n[2] End" || !slices.Equal(d.Notes, []string{document.NoteFootnotes}) {
		t.Errorf("%q, %v", d.Text, d.Notes)
	}
}

// Some programs call the main part otherwise; the package says how.
func TestMainPart(t *testing.T) {
	raw := pack(t, map[string]string{
		"_rels/.rels":        `<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/word/document2.xml"/></Relationships>`,
		"word/document2.xml": `<w:document ` + wordSpace + `><w:body>` + p(r("Here")) + `</w:body></w:document>`,
	})
	if d := read(t, raw, "essay.docx"); d.Text != "Here" {
		t.Errorf("%q", d.Text)
	}
}

// Hostile Word files are refused before they take memory or time.
func TestHostileWord(t *testing.T) {
	entities := `<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><w:document ` + wordSpace + `><w:body>` + p(r("&b;")) + `</w:body></w:document>`
	external := `<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document ` + wordSpace + `><w:body>` + p(r("&x;")) + `</w:body></w:document>`
	whole := word(t, p(r(strings.Repeat("word ", 500))))
	for name, raw := range map[string][]byte{
		"zip bomb":           pack(t, map[string]string{mainPart: strings.Repeat(" ", 15<<20)}),
		"bomb beside it":     pack(t, map[string]string{mainPart: "<a/>", "word/media/image1.png": strings.Repeat("\x00", 64<<20)}),
		"billion laughs":     pack(t, map[string]string{mainPart: entities}),
		"external entity":    pack(t, map[string]string{mainPart: external}),
		"deep":               word(t, strings.Repeat("<w:sdt>", 100_000)),
		"deep and closed":    word(t, strings.Repeat("<w:sdt>", 5000)+p(r("x"))+strings.Repeat("</w:sdt>", 5000)),
		"many attributes":    word(t, "<w:p "+manyAttributes(10_000)+"/>"),
		"not XML":            pack(t, map[string]string{mainPart: "hello"}),
		"truncated":          whole[:len(whole)-40],
		"truncated inside":   whole[:len(whole)/2],
		"leads out":          pack(t, map[string]string{mainPart: "<a/>", "../../evil": "x"}),
		"unknown name space": pack(t, map[string]string{mainPart: `<a><b/></a>`}),
	} {
		if d, err := document.Read(t.Context(), raw, "essay.docx"); tutor.ErrorCode(err) != tutor.CodeInvalid || strings.Contains(tutor.ErrorMessage(err), "<") {
			t.Errorf("%s: %v, %.50q", name, err, d.Text)
		}
	}
	// One huge attribute is only text that nobody reads.
	if d := read(t, word(t, `<w:p w:x="`+strings.Repeat("a1b2 ", 100_000)+`">`+r("Fine")+`</w:p>`), "essay.docx"); d.Text != "Fine" {
		t.Errorf("huge attribute: %.50q", d.Text)
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `w:a%d="1" `, i)
	}
	return b.String()
}

// promised checks what every document promises.
func promised(t *testing.T, d document.Document) {
	t.Helper()
	switch {
	case !utf8.ValidString(d.Text), !norm.NFC.IsNormalString(d.Text), utf8.RuneCountInString(d.Text) > tutor.MaxDraftRunes, d.Text == "":
		t.Errorf("text %.200q", d.Text)
	case strings.ContainsFunc(d.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }), strings.Contains(d.Text, "\n\n\n"):
		t.Errorf("text %.200q", d.Text)
	}
}

func FuzzWordBody(f *testing.F) {
	f.Add(p(r("One")) + `<w:tbl><w:tr><w:tc>` + p(r("a")) + `</w:tc></w:tr></w:tbl>`)
	f.Add(p(`<w:del/><w:ins>` + r("x") + `</w:ins><w:r><w:footnoteReference w:id="1"/></w:r>`))
	f.Fuzz(func(t *testing.T, body string) {
		d, err := document.Read(t.Context(), word(t, body), "x.docx")
		if err == nil {
			promised(t, d)
		} else if tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Error(err)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("# A\n\n- b\n  1. c\n\n| a | b |\n|---|---|\n| c | d |\n"), true)
	f.Add([]byte("\xff\xfea\x00"), false)
	f.Add(word(f, p(r("x"))), false)
	f.Fuzz(func(t *testing.T, raw []byte, markdown bool) {
		if bytes.Contains(raw, []byte("%PDF-")) {
			return // has a sandbox of its own, which takes too long to start here
		}
		name := "x.txt"
		if markdown {
			name = "x.md"
		}
		d, err := document.Read(t.Context(), raw, name)
		if err == nil {
			promised(t, d)
		} else if tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Error(err)
		}
	})
}
