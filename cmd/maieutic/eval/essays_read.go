package eval

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"maieutic/tutor"
)

// essayColumns are the columns of a file of essays, in any order. Others are
// passed over; fold may be missing.
var essayColumns = []string{"id", "task", "fold", "text", "score"}

// ReadEssays reads essays from a file of tab-separated values with a header:
// id, task, fold, text and score. A text may stand in quotation marks, with its
// own doubled, and then hold line ends; \n and \t stand for a line end and a tab.
// Bytes that are no UTF-8 are read as Windows-1252. Essays without a score are
// left out and told.
func ReadEssays(path string) (essays []Essay, notes []string, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, tutor.WrapError(err, tutor.CodeInvalid, "the essays cannot be read; give the path of a file of tab-separated values")
	}
	text := strings.TrimPrefix(string(raw), "\ufeff")
	if !utf8.ValidString(text) {
		text = repair(text)
	}
	records := tabbed(text)
	if len(records) < 2 {
		return nil, nil, tutor.Errorf(tutor.CodeInvalid, "the file needs a header and essays below it: %s", strings.Join(essayColumns, ", "))
	}
	at := map[string]int{}
	for _, name := range essayColumns {
		at[name] = slices.IndexFunc(records[0], func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
		if at[name] < 0 && name != "fold" {
			return nil, nil, tutor.Errorf(tutor.CodeInvalid, "the header has no column %q; it needs %s", name, strings.Join(essayColumns, ", "))
		}
	}
	for i, record := range records[1:] {
		if len(record) < len(records[0]) {
			notes = append(notes, fmt.Sprintf("record %d has %d fields instead of %d", i+2, len(record), len(records[0])))
			continue
		}
		score, err := strconv.ParseFloat(strings.TrimSpace(record[at["score"]]), 64)
		if err != nil || math.IsNaN(score) || math.IsInf(score, 0) {
			notes = append(notes, fmt.Sprintf("record %d has no score", i+2))
			continue
		}
		e := Essay{ID: record[at["id"]], Task: strings.TrimSpace(record[at["task"]]), Text: unescaped(record[at["text"]]), Score: score}
		if at["fold"] >= 0 {
			e.Fold = strings.TrimSpace(record[at["fold"]])
		}
		essays = append(essays, e)
	}
	if len(essays) == 0 {
		return nil, nil, tutor.Errorf(tutor.CodeInvalid, "no record of the file has a score")
	}
	return essays, notes, nil
}

var escapedEnds = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\t`, " ")

func unescaped(text string) string {
	return escapedEnds.Replace(strings.ReplaceAll(text, "\r\n", "\n"))
}

// repair reads the bytes that are no UTF-8 as Windows-1252 and leaves the rest.
func repair(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r != utf8.RuneError || size > 1 {
			b.WriteString(text[:size])
		} else {
			b.WriteRune(charmap.Windows1252.DecodeByte(text[0]))
		}
		text = text[size:]
	}
	return b.String()
}

// tabbed parts a text into records and fields. A quotation mark that does not
// begin a field is one of the text, and so is one that nothing closes before the
// next record.
func tabbed(text string) [][]string {
	var records [][]string
	var record []string
	columns := 1 + strings.Count(text[:max(0, strings.IndexByte(text, '\n'))], "\t")
	for len(text) > 0 {
		field, rest, end := nextField(text, len(record), columns)
		record = append(record, field)
		text = rest
		if end != '\t' {
			if len(record) > 1 || record[0] != "" {
				records = append(records, record)
			}
			record = nil
		}
	}
	if record != nil {
		records = append(records, append(record, ""))
	}
	return records
}

// nextField cuts the first field off and tells what ended it: a tab, a line end,
// or 0 at the end of the text.
func nextField(text string, column, columns int) (field, rest string, end byte) {
	if field, rest, end, ok := quotedField(text); ok && !holdsRecords(field, column, columns) {
		return field, rest, end
	}
	at := strings.IndexAny(text, "\t\n")
	if at < 0 {
		return strings.TrimSuffix(text, "\r"), "", 0
	}
	field = text[:at]
	if text[at] == '\n' {
		field = strings.TrimSuffix(field, "\r")
	}
	return field, text[at+1:], text[at]
}

// holdsRecords reports whether a field of some column, in quotation marks, seems to
// hold the end of its record in the first line and the beginning of another in the
// last: then the first mark was one of the text, and what seems to close it belongs
// to another essay.
func holdsRecords(field string, column, columns int) bool {
	first, last := strings.IndexByte(field, '\n'), strings.LastIndexByte(field, '\n')
	return first >= 0 && strings.Count(field[:first], "\t") >= columns-1-column && strings.Count(field[last:], "\t") >= column
}

// quotedField reads a field that stands in quotation marks as a whole.
func quotedField(text string) (field, rest string, end byte, ok bool) {
	if text[0] != '"' {
		return "", "", 0, false
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			b.WriteByte(text[i])
			continue
		}
		after := text[i+1:]
		switch {
		case strings.HasPrefix(after, `"`):
			b.WriteByte('"')
			i++
		case after == "":
			return b.String(), "", 0, true
		case after[0] == '\t' || after[0] == '\n':
			return b.String(), after[1:], after[0], true
		case strings.HasPrefix(after, "\r\n"):
			return b.String(), after[2:], '\n', true
		default: // it only begins with a quotation
			return "", "", 0, false
		}
	}
	return "", "", 0, false
}
