package document_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"maieutic/tutor"
	"maieutic/tutor/document"
)

// makePDF writes objects as a PDF, numbered from 1; the first is the catalogue.
func makePDF(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, xref)
	return b.Bytes()
}

func stream(s string) string {
	return fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(s), s)
}

// pdfOf makes a page for each content.
func pdfOf(contents ...string) []byte {
	const before = 3 // catalogue, pages, font
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"}
	var kids []string
	for i, c := range contents {
		page := before + 1 + 2*i
		kids = append(kids, fmt.Sprintf("%d 0 R", page))
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>", page+1), stream(c))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(kids))
	return makePDF("", objects...)
}

func onePage(content string) []byte { return pdfOf(content) }

// typed sets lines from the top of a page, each at its own indent; "" leaves one out.
func typed(lines ...string) string {
	var b strings.Builder
	b.WriteString("BT /F1 11 Tf ")
	for i, l := range lines {
		bare := strings.TrimLeft(l, " ")
		if bare != "" {
			bare = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(bare)
			fmt.Fprintf(&b, "1 0 0 1 %d %d Tm (%s) Tj ", 72+6*(len(l)-len(strings.TrimLeft(l, " "))), 720-14*i, bare)
		}
	}
	return b.String() + "ET"
}

// readPDF has a child read a PDF.
func readPDF(t *testing.T, raw []byte) (document.Document, error) {
	t.Helper()
	reader, _ := newReader(t)
	text, notes, err := reader.Read(t.Context(), raw, "essay.pdf")
	return document.Document{Text: text, Notes: notes}, err
}

func TestPDFParagraphs(t *testing.T) {
	for _, c := range []struct {
		name  string
		pages [][]string
		want  string
		notes []string
	}{
		{"a gap", [][]string{{"This is a line of the first paragraph that runs on", "to the next line and ends here at its own full width.", "", "The second paragraph follows after a gap and is long."}},
			"This is a line of the first paragraph that runs on to the next line and ends here at its own full width.\n\nThe second paragraph follows after a gap and is long.", nil},
		{"an indent", [][]string{{"    This is a line of the first paragraph that runs on", "to the next line and ends here at its own full widthes.", "    The second paragraph follows and has only an indent.", "Its second line is at the margin again, as in a book."}},
			"This is a line of the first paragraph that runs on to the next line and ends here at its own full widthes.\n\nThe second paragraph follows and has only an indent. Its second line is at the margin again, as in a book.", nil},
		{"a short last line", [][]string{{"This is a line of the first paragraph that runs on and on", "and ends early.", "The second paragraph follows and has nothing to tell it by."}},
			"This is a line of the first paragraph that runs on and on and ends early.\n\nThe second paragraph follows and has nothing to tell it by.", nil},
		{"a hyphen", [][]string{{"Many schools have begun to think about a recon-", "struction of the day, of which the Anglo-", "Saxon countries have spoken for a long time now."}},
			"Many schools have begun to think about a reconstruction of the day, of which the Anglo-Saxon countries have spoken for a long time now.", nil},
		{"a list", [][]string{{"Three things speak for it and have to be weighed here:", "- sleep is good for anybody and for everybody at once", "- mornings are dark for a great part of the long year"}},
			"Three things speak for it and have to be weighed here:\n\n- sleep is good for anybody and for everybody at once\n\n- mornings are dark for a great part of the long year", nil},
		{"pages", [][]string{
			{"Ann Example, class 8", "", "", "The first page ends in the middle of a sentence which", "", "", "", "Page 1"},
			{"Ann Example, class 8", "", "", "goes on at the top of the second page and then ends.", "", "", "", "Page 2"},
			{"Ann Example, class 8", "", "", "A third page.", "", "", "", "Page 3"}},
			"The first page ends in the middle of a sentence which goes on at the top of the second page and then ends. A third page.", []string{document.NoteMargins}},
		{"an empty page", [][]string{{"Text on the first page."}, {}}, "Text on the first page.", []string{document.NoteEmptyPages}},
	} {
		var pages []string
		for _, lines := range c.pages {
			pages = append(pages, typed(lines...))
		}
		d, err := readPDF(t, pdfOf(pages...))
		if err != nil || d.Text != c.want || !slices.Equal(d.Notes, c.notes) {
			t.Errorf("%s: %q, %v, %v", c.name, d.Text, d.Notes, err)
		}
	}
}

// More pages than are interpreted: compiled, PDFium reads the same.
func TestLongPDF(t *testing.T) {
	var pages []string
	for i := range 12 {
		pages = append(pages, typed(fmt.Sprintf("Page with the word %s.", strings.Repeat("x", i+1))))
	}
	d, err := readPDF(t, pdfOf(pages...))
	if err != nil || !strings.Contains(d.Text, "word "+strings.Repeat("x", 12)+".") || strings.Count(d.Text, "Page") != 12 {
		t.Errorf("%q, %v", d.Text, err)
	}
}

// PDF files that cannot be read say why, and those that go round in circles end.
func TestHostilePDF(t *testing.T) {
	whole := onePage(typed("Some text"))
	catalogue := "<< /Type /Catalog /Pages 2 0 R >>"
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"scan", pdfOf("0 0 100 100 re f", ""), "its pages are pictures"},
		{"password", makePDF(`/Encrypt 3 0 R /ID [<00><00>]`, catalogue, "<< /Type /Pages /Kids [] /Count 0 >>",
			fmt.Sprintf("<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>", strings.Repeat("ab", 32), strings.Repeat("cd", 32))), "protected by a password"},
		{"too many pages", pdfOf(make([]string, 301)...), "301 pages; 300 is the most"},
		{"pages that hold themselves", makePDF("", catalogue, "<< /Type /Pages /Kids [2 0 R] /Count 3 >>"), "PDF"},
		{"form that draws itself", makePDF("", catalogue, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>", stream("/X Do"),
			"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream"), "its pages are pictures"},
		{"nothing of it", []byte("%PDF-1.7\nnothing\n"), "damaged"},
		{"half of it", whole[:len(whole)/3], "damaged"},
	} {
		d, err := readPDF(t, c.raw)
		if tutor.ErrorCode(err) != tutor.CodeInvalid || !strings.Contains(tutor.ErrorMessage(err), c.want) {
			t.Errorf("%s: %v, %.80q", c.name, err, d.Text)
		}
	}
}
