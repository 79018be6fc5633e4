// Package document reads the words of a file that somebody hands in: plain text,
// Markdown, Word and PDF. Files come from strangers, so a Reader has each of them
// read by a child process with little memory, little time and no environment.
package document

import (
	"bytes"
	"context"
	"path"
	"strings"
	"unicode/utf8"

	"maieutic/tutor"
)

// MaxBytes is how large a file may be.
const MaxBytes = 8 << 20

// Document is the text of a file: NFC, paragraphs parted by an empty line, no
// control characters but \n, at most tutor.MaxDraftRunes code points.
type Document struct {
	Text  string   `json:"text"`
	Notes []string `json:"notes,omitempty"` // what was done on the way, in order; each at most once
}

// The notes: what a reader of the text should know about how it was made.
const (
	NoteEncoding   = "encoding"    // the file does not say its encoding; Windows-1252 was guessed
	NotePictures   = "pictures"    // pictures and drawings were left out
	NoteTracked    = "tracked"     // tracked changes were taken as accepted
	NoteHidden     = "hidden"      // hidden text was left out
	NoteFootnotes  = "footnotes"   // footnotes stand at the end
	NoteMargins    = "margins"     // page headers, footers or page numbers were left out
	NoteEmptyPages = "empty_pages" // some pages hold no text; they may be scans
)

func (d *Document) note(code string) {
	for _, have := range d.Notes {
		if have == code {
			return
		}
	}
	d.Notes = append(d.Notes, code)
}

// Read reads a file in this process. What it is goes by its content; name tells
// Markdown from plain text alone. The error is CodeInvalid and says what to do.
// Use a Reader for files of strangers: a PDF takes what memory and time it likes.
func Read(ctx context.Context, raw []byte, name string) (Document, error) {
	if len(raw) > MaxBytes {
		return Document{}, tutor.Errorf(tutor.CodeInvalid, "The file is larger than %d MiB. Copy its text and paste it instead.", MaxBytes>>20)
	}
	var d Document
	var err error
	switch kind := sniff(raw); kind {
	case kindPDF:
		err = d.readPDF(ctx, raw)
	case kindZip:
		err = d.readWord(raw)
	case kindText:
		err = d.readText(raw, isMarkdown(name))
	default:
		err = tutor.Errorf(tutor.CodeInvalid, "%s", advice[kind])
	}
	if err != nil {
		return Document{}, err
	}
	return d, d.finish()
}

// finish puts the text into the form that every reader promises.
func (d *Document) finish() error {
	d.Text = clean(d.Text)
	n := utf8.RuneCountInString(d.Text)
	switch {
	case n == 0:
		return tutor.Errorf(tutor.CodeInvalid, "There is no text in this file.")
	case n > tutor.MaxDraftRunes:
		return tutor.Errorf(tutor.CodeInvalid, "The file holds %d characters; %d is the most that can be read. Copy the part that you mean and paste it.", n, tutor.MaxDraftRunes)
	}
	return nil
}

func isMarkdown(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown":
		return true
	}
	return false
}

// kind is what a file is by its first bytes.
type kind int

const (
	kindText kind = iota
	kindPDF
	kindZip
	kindOldWord
	kindRTF
	kindPicture
	kindBinary
)

// advice is what to do with a file that cannot be read.
var advice = map[kind]string{
	kindOldWord: "This is an old Word file (.doc) or one with a password. Save it as .docx without a password, or copy its text and paste it.",
	kindRTF:     "This is a Rich Text file. Save it as .docx, or copy its text and paste it.",
	kindPicture: "This is a picture. There is no text in it that can be read: type it, or paste it from where it was written.",
	kindBinary:  "This is no text, Word or PDF file. Save it as .docx, .pdf, .txt or .md, or copy its text and paste it.",
}

var magic = []struct {
	begins string
	kind   kind
}{
	{"PK\x03\x04", kindZip}, {"PK\x05\x06", kindZip}, {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", kindOldWord}, {`{\rtf`, kindRTF},
	{"\x89PNG", kindPicture}, {"\xff\xd8\xff", kindPicture}, {"GIF8", kindPicture}, {"RIFF", kindPicture}, {"II*\x00", kindPicture}, {"MM\x00*", kindPicture},
}

// pdfWithin is how far from its beginning a PDF may have its mark, as readers of
// PDF have it.
const pdfWithin = 1024

func sniff(raw []byte) kind {
	for _, m := range magic {
		if bytes.HasPrefix(raw, []byte(m.begins)) {
			return m.kind
		}
	}
	if bytes.Contains(raw[:min(len(raw), pdfWithin)], []byte("%PDF-")) {
		return kindPDF
	}
	if isBinary(raw) {
		return kindBinary
	}
	return kindText
}
