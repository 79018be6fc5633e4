package document

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/xmltree"
)

// wordLimits suit the parts of a Word file. Pictures are never unpacked, so the
// total counts for little more than their declared size.
func wordLimits() archive.Limits {
	return archive.Limits{Files: 3000, File: xmltree.MaxBytes, Total: 256 << 20, Ratio: 200}
}

const noWord = "This is no Word file that can be read. Save it as .docx again, or copy its text and paste it."

// readWord reads a Word file (.docx), which is a zip of XML parts. See ECMA-376.
func (d *Document) readWord(raw []byte) error {
	files, err := archive.Zip(bytes.NewReader(raw), int64(len(raw)), wordLimits())
	if err != nil {
		return tutor.WrapError(fmt.Errorf("zip: %s", tutor.ErrorMessage(err)), tutor.CodeInvalid, noWord)
	}
	main := mainPart(files)
	if main == "" {
		if files.Has("mimetype") || files.Has("content.xml") {
			return tutor.Errorf(tutor.CodeInvalid, "This is an OpenDocument file. Save it as .docx, or copy its text and paste it.")
		}
		return tutor.Errorf(tutor.CodeInvalid, "%s", noWord)
	}
	body, err := part(files, main)
	if err != nil {
		return err
	}
	w := &wordText{document: d}
	w.blocks(find(body, "body"))
	w.flush()
	for _, notes := range []struct{ part, mark string }{{"footnotes.xml", "footnote"}, {"endnotes.xml", "endnote"}} {
		name := path.Join(path.Dir(main), notes.part)
		if !files.Has(name) || len(w.cited[notes.mark]) == 0 {
			continue
		}
		root, err := part(files, name)
		if err != nil {
			return err
		}
		w.footnotes(root, notes.mark)
	}
	d.Text = w.String()
	return nil
}

// mainPart is the part that the package's relationships call the document, or
// the usual one.
func mainPart(files *archive.Files) string {
	const usual = "word/document.xml"
	if files.Has(usual) {
		return usual
	}
	root, err := part(files, "_rels/.rels")
	if err != nil {
		return ""
	}
	for _, r := range root.Children {
		if r.Name == "Relationship" && strings.HasSuffix(attribute(r, "Type"), "/officeDocument") {
			name := archive.Resolve(".", strings.TrimPrefix(attribute(r, "Target"), "/"))
			if files.Has(name) && strings.HasPrefix(name, "word/") {
				return name
			}
		}
	}
	return ""
}

func part(files *archive.Files, name string) (*xmltree.Node, error) {
	raw, err := files.Read(name)
	if err != nil {
		return nil, tutor.WrapError(fmt.Errorf("part: %s", tutor.ErrorMessage(err)), tutor.CodeInvalid, noWord)
	}
	root, err := xmltree.Parse(name, raw)
	if err != nil {
		// The message may quote the file, which is the student's.
		return nil, tutor.WrapError(fmt.Errorf("%s is not as it should be", name), tutor.CodeInvalid, noWord)
	}
	return root, nil
}

// attribute returns the value of an attribute by its local name.
func attribute(n *xmltree.Node, name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// find returns the child element of a name, nil when there is none or no parent.
func find(n *xmltree.Node, name string) *xmltree.Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// isOn reports that a property is set: present, and not switched off.
func isOn(properties *xmltree.Node, name string) bool {
	n := find(properties, name)
	if n == nil {
		return false
	}
	switch attribute(n, "val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}
