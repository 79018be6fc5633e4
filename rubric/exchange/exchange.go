// Package exchange reads and writes rubrics in the formats of other systems: the
// CSV that Canvas imports rubrics from, the JSON of Open edX's open response
// assessments, and the CFRubric of 1EdTech's CASE 1.0 and 1.1.
//
// A tutor.Rubric holds less than each of the formats in one place and more in
// another. What a file says beyond the type is kept in Foreign under the name of
// the format, so that writing it again gives back all that the file held: its
// order, fields of others, numbers as they were written. Line breaks and
// indentation of JSON are not kept. What a format cannot hold is named as a Loss.
package exchange

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"maieutic/tutor"
)

// Format is a format of another system. It is also the key of what is kept of it
// in Foreign.
type Format string

// The formats.
const (
	Canvas Format = "canvas"
	ORA    Format = "ora"
	CASE   Format = "case"
)

// Formats lists the formats in the order a form shows them.
var Formats = []Format{Canvas, ORA, CASE}

// Limits of a file.
const (
	MaxFile    = 1 << 20 // bytes
	MaxRubrics = 50
)

// Loss is something that did not come across. Its code is one of these.
type Loss = tutor.RubricLoss

const (
	LossDescription = "description" // the format has no place for the words
	LossLanguage    = "language"
	LossSource      = "source" // attribution and licence
	LossWeight      = "weight"
	LossSkills      = "skills"
	LossAspect      = "aspect"
	LossID          = "id"       // read again it gets an id of its title
	LossLines       = "lines"    // CR LF become LF
	LossPoints      = "points"   // written, but the other system takes whole points from 0 alone
	LossUnscored    = "unscored" // of a file: fewer than two levels, or levels that points do not tell apart; kept for the way back
	LossOrder       = "order"    // of a file: rows of one rubric that stood apart stand together
)

// Imported is what a file held. The ids of the rubrics are slugs; the caller puts
// its own in their place.
type Imported = tutor.RubricImport

// File is what was written.
type File = tutor.RubricFile

// Files reads and writes files of formats that are named by strings. The zero
// value is ready for use.
type Files struct{}

// Import reads a file; format "" is told by what is in it.
func (Files) Import(format string, data []byte) (Imported, error) {
	if format == "" {
		detected, err := Detect(data)
		if err != nil {
			return Imported{}, err
		}
		format = string(detected)
	}
	return Import(Format(format), data)
}

// Export writes rubrics into one file.
func (Files) Export(format string, rubrics []tutor.Rubric, at time.Time) (File, error) {
	return Export(Format(format), rubrics, at)
}

// Import reads a file. Whatever is wrong with it is a CodeInvalid that says where
// and what to do.
func Import(format Format, data []byte) (Imported, error) {
	data, err := plain(data)
	if err != nil {
		return Imported{}, err
	}
	var in Imported
	switch format {
	case Canvas:
		in, err = readCanvas(data)
	case ORA:
		in, err = readORA(data)
	case CASE:
		in, err = readCASE(data)
	default:
		err = unknown(format)
	}
	if err != nil {
		return Imported{}, err
	}
	in.Full = format == CASE
	if len(in.Rubrics) == 0 || len(in.Rubrics) > MaxRubrics {
		return Imported{}, tutor.Errorf(tutor.CodeInvalid, "a file holds 1 to %d rubrics, this one has %d", MaxRubrics, len(in.Rubrics))
	}
	ids := names{}
	for i := range in.Rubrics {
		r := &in.Rubrics[i]
		r.ID = ids.of(r.Title)
		if err := r.Validate(); err != nil {
			return Imported{}, tutor.Errorf(tutor.CodeInvalid, "rubric %q: %s", clip(r.Title), tutor.ErrorMessage(err))
		}
		*r = r.Hashed()
	}
	return in, nil
}

// Export writes rubrics into one file. At is when they were changed last, for the
// formats that say so.
func Export(format Format, rubrics []tutor.Rubric, at time.Time) (File, error) {
	if len(rubrics) == 0 || len(rubrics) > MaxRubrics {
		return File{}, tutor.Errorf(tutor.CodeInvalid, "a file holds 1 to %d rubrics", MaxRubrics)
	}
	for _, r := range rubrics {
		if err := r.Validate(); err != nil {
			return File{}, err
		}
	}
	f := File{Name: slugOf(rubrics[0].Title)}
	if len(rubrics) > 1 {
		f.Name = "rubrics"
	}
	switch format {
	case Canvas:
		f.Name, f.Type, f.Data = f.Name+".csv", "text/csv; charset=utf-8", writeCanvas(rubrics)
	case ORA:
		f.Name, f.Type, f.Data = f.Name+".json", "application/json", indent(writeORA(rubrics))
	case CASE:
		f.Name, f.Type, f.Data = f.Name+".case.json", "application/json", indent(writeCASE(rubrics, at))
	default:
		return File{}, unknown(format)
	}
	for _, r := range rubrics {
		f.Losses = append(f.Losses, losses(format, r)...)
	}
	return f, nil
}

func unknown(format Format) error {
	return tutor.Errorf(tutor.CodeInvalid, "there is no format %q; take canvas, ora or case", clip(string(format)))
}

// Detect tells the format of a file by what is in it.
func Detect(data []byte) (Format, error) {
	data, err := plain(data)
	if err != nil {
		return "", err
	}
	text := strings.TrimLeft(string(data), " \t\r\n")
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return Canvas, nil
	}
	root, err := parse(data)
	if err != nil {
		return "", err
	}
	first := root
	if root.kind == array && len(root.items) > 0 {
		first = root.items[0]
	}
	for _, key := range []string{"CFRubricCriteria", "CFRubrics", "CFRubric", "CFDocument"} {
		if first.get(key) != nil {
			return CASE, nil
		}
	}
	if first.get("criteria") != nil {
		return ORA, nil
	}
	return "", tutor.Errorf(tutor.CodeInvalid, "this is neither a Canvas CSV nor a rubric of Open edX or CASE")
}

// plain refuses what is no text in UTF-8 and takes off a byte order mark.
func plain(data []byte) ([]byte, error) {
	switch {
	case len(data) > MaxFile:
		return nil, tutor.Errorf(tutor.CodeInvalid, "the file has more than %d bytes", MaxFile)
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return nil, tutor.Errorf(tutor.CodeInvalid, "the file is in UTF-16; save it as UTF-8")
	case !utf8.Valid(data):
		return nil, tutor.Errorf(tutor.CodeInvalid, "the file is not in UTF-8; save it as UTF-8")
	case bytes.IndexByte(data, 0) >= 0:
		return nil, tutor.Errorf(tutor.CodeInvalid, "the file holds a NUL; it is no text in UTF-8")
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the file is empty")
	}
	return data, nil
}

// losses names what a format has no place for.
func losses(format Format, r tutor.Rubric) []Loss {
	var out []Loss
	lose := func(when bool, code, at string) {
		if when {
			out = append(out, Loss{Code: code, At: at})
		}
	}
	lose(format != CASE && r.Description != "", LossDescription, r.Title)
	lose(r.Language != "", LossLanguage, r.Title)
	lose(r.Source != "" || r.License != "", LossSource, r.Title)
	criteria := names{}
	for _, c := range r.Criteria {
		lose(format != CASE && c.Weight != 1, LossWeight, c.Title)
		lose(len(c.Skills) > 0, LossSkills, c.Title)
		lose(c.Aspect != "", LossAspect, c.Title)
		lose(format != ORA && criteria.of(c.Title) != c.ID, LossID, c.Title)
		levels := names{}
		for _, l := range c.Levels {
			lose(format != ORA && levels.of(l.Title) != l.ID, LossID, l.Title)
			lose(format == ORA && (l.Points < 0 || l.Points != float64(int(l.Points))), LossPoints, l.Title)
		}
	}
	if raw, _ := json.Marshal(r); format == Canvas && bytes.Contains(raw, []byte(`\r\n`)) {
		out = append(out, Loss{Code: LossLines, At: r.Title})
	}
	return out
}

// clip shortens what a message repeats of a file.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
