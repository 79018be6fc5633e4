package document

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"maieutic/tutor"
)

// sampled is how much of a file is looked at to tell what it is.
const sampled = 4096

// maxText is more bytes than a draft of the most characters has, marks of Markdown
// included.
const maxText = 2 << 20

var (
	markUTF8  = []byte("\xef\xbb\xbf")
	markUTF16 = [][]byte{[]byte("\xff\xfe"), []byte("\xfe\xff")}
)

func hasMark16(raw []byte) bool {
	return bytes.HasPrefix(raw, markUTF16[0]) || bytes.HasPrefix(raw, markUTF16[1])
}

// isBinary reports that a file without a known mark is no text: it holds NUL, or
// many control characters.
func isBinary(raw []byte) bool {
	if hasMark16(raw) {
		return false
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return true
	}
	head := raw[:min(len(raw), sampled)]
	controls := 0
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\v' && b != '\f' && b != '\r' || b == 0x7f {
			controls++
		}
	}
	return controls*20 > len(head)
}

func (d *Document) readText(raw []byte, markdown bool) error {
	if len(raw) > maxText {
		return tutor.Errorf(tutor.CodeInvalid, "The file holds more text than the %d characters that can be read. Copy the part that you mean and paste it.", tutor.MaxDraftRunes)
	}
	text, err := d.decode(raw)
	if err != nil {
		return err
	}
	if markdown {
		text = plainMarkdown(text)
	}
	d.Text = text
	return nil
}

// decode tells UTF-8 and, by its mark, UTF-16. Anything else is taken for
// Windows-1252 when it looks like a language that is written with it.
func (d *Document) decode(raw []byte) (string, error) {
	var coding encoding.Encoding
	switch {
	case hasMark16(raw):
		coding = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case utf8.Valid(raw):
		return string(bytes.TrimPrefix(raw, markUTF8)), nil
	case looksWestern(raw):
		coding = charmap.Windows1252
		d.note(NoteEncoding)
	default:
		return "", tutor.Errorf(tutor.CodeInvalid, "The encoding of this file cannot be told. Save it as UTF-8, or copy its text and paste it.")
	}
	text, err := coding.NewDecoder().Bytes(raw)
	if err != nil {
		return "", tutor.WrapError(err, tutor.CodeInvalid, "The file is damaged. Save it as UTF-8, or copy its text and paste it.")
	}
	return string(text), nil
}

// looksWestern reports that most letters are ASCII, as in every language that
// Windows-1252 is made for. In other scripts most are not.
func looksWestern(raw []byte) bool {
	ascii, other := 0, 0
	for _, b := range raw {
		switch {
		case b|0x20 >= 'a' && b|0x20 <= 'z':
			ascii++
		case b >= 0x80:
			other++
		}
	}
	return other*4 < ascii
}
