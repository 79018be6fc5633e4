package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"maieutic/tutor"
)

// role is what a column of the file is for.
type role struct {
	key    string // of the row's object; "" for a rating
	rating int    // from 0
	part   int    // of the rating, an index of ratingParts
}

// columnOther begins the keys of columns that Canvas does not know.
const columnOther = "column:"

// rolesOf tells the columns of a header apart. A column of another name is kept
// with its row.
func rolesOf(header []string) []role {
	roles := make([]role, len(header))
	var ratings [3]int
	taken := map[string]bool{}
	for i, h := range header {
		if part, ok := ratingPart(h); ok {
			roles[i] = role{rating: ratings[part], part: part}
			ratings[part]++
			continue
		}
		key := columnOther + h
		for _, known := range []string{colRubric, colCriterion, colDescription, colRange} {
			if strings.EqualFold(strings.TrimSpace(h), known) && !taken[known] {
				key = known
			}
		}
		for taken[key] {
			key += "\x1f"
		}
		taken[key], roles[i].key = true, key
	}
	return roles
}

// ratingPart tells which part of a rating a column is, numbered or not.
func ratingPart(name string) (int, bool) {
	name = strings.ToLower(strings.TrimRight(strings.TrimSpace(name), " 0123456789"))
	part := slices.IndexFunc(ratingParts, func(p string) bool { return strings.ToLower(p) == name })
	return part, part >= 0
}

// formula is text that a spreadsheet would calculate, or that looks like such a
// text that was made harmless.
var formula = regexp.MustCompile("^'*[=+\\-@\t\r\n＝＋－＠]")

// harmless puts an apostrophe before text that a spreadsheet would calculate;
// asWritten takes it off again.
func harmless(cell string) string {
	if formula.MatchString(cell) && !amount.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

func asWritten(cell string) string {
	if strings.HasPrefix(cell, "'") && formula.MatchString(cell) {
		return cell[1:]
	}
	return cell
}

// readCanvas reads the template that Canvas imports rubrics from: a row for each
// criterion, the rating triples beside it.
func readCanvas(data []byte) (Imported, error) {
	header, lines, err := readRows(data)
	if err != nil {
		return Imported{}, err
	}
	roles := rolesOf(header)
	for _, want := range []string{colRubric, colCriterion} {
		if !slices.ContainsFunc(roles, func(r role) bool { return r.key == want }) {
			return Imported{}, tutor.Errorf(tutor.CodeInvalid, "the first line must name the columns; there is no %q", want)
		}
	}
	rubrics, apart, err := groupRows(header, roles, lines)
	if err != nil {
		return Imported{}, err
	}
	in, err := readAll(canvasDialect, rubrics)
	if err != nil {
		return Imported{}, err
	}
	for _, title := range apart {
		in.Losses = append(in.Losses, Loss{Code: LossOrder, At: title})
	}
	if !slices.Equal(header, headerFor(ratingsIn(rubrics), nil)) {
		for i := range in.Rubrics {
			around(Canvas, &in.Rubrics[i], func(k *kept) { k.File = &wrapper{Header: header} })
		}
	}
	return in, nil
}

// line is a row of the file with the number of the line it begins in.
type line struct {
	number int
	cells  []string
}

func readRows(data []byte) (header []string, lines []line, err error) {
	reader := csv.NewReader(bytes.NewReader(data))
	reader.FieldsPerRecord = -1
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if !bytes.ContainsRune(first, ',') && bytes.ContainsRune(first, ';') { // as a spreadsheet writes it where the comma is in numbers
		reader.Comma = ';'
	}
	for {
		cells, err := reader.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if header == nil {
				err = tutor.Errorf(tutor.CodeInvalid, "the file is empty")
				return nil, nil, err
			}
			return header, lines, nil
		case errors.As(err, &bad):
			return nil, nil, tutor.Errorf(tutor.CodeInvalid, "line %d is not CSV: look for a quotation mark that is not closed or not doubled", bad.Line)
		case err != nil:
			return nil, nil, err
		}
		for i := range cells {
			cells[i] = asWritten(cells[i])
		}
		number, _ := reader.FieldPos(0)
		switch {
		case header == nil:
			header = cells
		case strings.Join(cells, "") != "":
			lines = append(lines, line{number, cells})
		}
		if len(lines) > MaxRubrics*tutor.MaxCriteria || len(cells) > 1000 {
			return nil, nil, tutor.Errorf(tutor.CodeInvalid, "the file has more rows or columns than rubrics need")
		}
	}
}

// groupRows makes an object of each rubric. Apart names those whose rows did not
// stand together.
func groupRows(header []string, roles []role, lines []line) (rubrics []*node, apart []string, err error) {
	byTitle := map[string]*node{}
	last := ""
	for _, l := range lines {
		title, row, err := rowOf(header, roles, l.cells)
		if err != nil {
			return nil, nil, tutor.Errorf(tutor.CodeInvalid, "line %d: %s", l.number, tutor.ErrorMessage(err))
		}
		rubric, seen := byTitle[title]
		switch {
		case !seen:
			rubric = &node{kind: object, keys: []string{colRubric, colRows}, items: []*node{textNode(title), {kind: array}}}
			byTitle[title], rubrics = rubric, append(rubrics, rubric)
		case last != title && !slices.Contains(apart, title):
			apart = append(apart, title)
		}
		last = title
		rows := rubric.get(colRows)
		rows.items = append(rows.items, row)
	}
	return rubrics, apart, nil
}

func textNode(s string) *node { return &node{kind: text, text: s, raw: quote(s)} }

// rowOf makes an object of a row. Ratings may go on beyond the header, as the
// template's do.
func rowOf(header []string, roles []role, cells []string) (title string, row *node, err error) {
	row = &node{kind: object}
	ratings := &node{kind: array}
	for n := len(header); len(roles) < len(cells); n++ {
		after := role{rating: ratingsOf(roles)}
		if len(roles) > 0 && roles[len(roles)-1].key == "" && roles[len(roles)-1].part < 2 {
			after = role{rating: roles[len(roles)-1].rating, part: roles[len(roles)-1].part + 1}
		}
		roles = append(roles[:n:n], after)
	}
	parts := make([][3]string, ratingsOf(roles))
	for i, r := range roles {
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		switch {
		case r.key == "":
			parts[r.rating][r.part] = cell
		case r.key == colRubric:
			title = cell
		case cell != "" || !strings.HasPrefix(r.key, columnOther):
			row.keys, row.items = append(row.keys, r.key), append(row.items, textNode(cell))
		}
	}
	for _, p := range parts {
		if p == [3]string{} {
			continue
		}
		rating := &node{kind: object, keys: ratingParts}
		for _, cell := range p {
			rating.items = append(rating.items, textNode(cell))
		}
		ratings.items = append(ratings.items, rating)
	}
	row.keys, row.items = append(row.keys, colRatings), append(row.items, ratings)
	criterion, _ := row.str(colCriterion)
	switch {
	case title == "":
		err = tutor.Errorf(tutor.CodeInvalid, "the column %q is empty; repeat the rubric's name in each of its rows", colRubric)
	case criterion == "":
		err = tutor.Errorf(tutor.CodeInvalid, "the column %q is empty", colCriterion)
	}
	return title, row, err
}

// ratingsOf is how many ratings there are columns for.
func ratingsOf(roles []role) (n int) {
	for _, r := range roles {
		if r.key == "" {
			n = max(n, r.rating+1)
		}
	}
	return n
}

// ratingsIn is how many ratings the longest row has.
func ratingsIn(rubrics []*node) (n int) {
	for _, r := range rubrics {
		for _, row := range r.get(colRows).items {
			n = max(n, len(row.get(colRatings).items))
		}
	}
	return n
}

// headerFor is the template's header for a number of ratings with other columns
// after them.
func headerFor(ratings int, others []string) []string {
	header := []string{colRubric, colCriterion, colDescription, colRange}
	for range ratings {
		header = append(header, ratingParts...)
	}
	return append(header, others...)
}

func writeCanvas(rubrics []tutor.Rubric) []byte {
	nodes := make([]*node, len(rubrics))
	var header []string
	same := true
	for i, r := range rubrics {
		nodes[i], _ = parse([]byte(canvasDialect.write(r))) // it was put together here
		var own []string
		if file := keptOf(Canvas, r.Foreign).File; file != nil {
			own = file.Header
		}
		if i == 0 {
			header = own
		}
		same = same && slices.Equal(own, header)
	}
	if !same || header == nil {
		header = headerFor(ratingsIn(nodes), nil)
	}
	header = complete(header, nodes)
	var out bytes.Buffer
	writer := csv.NewWriter(&out)
	put := func(cells []string) {
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		_ = writer.Write(cells) // a buffer cannot fail
	}
	roles := rolesOf(header)
	put(slices.Clone(header))
	for _, n := range nodes {
		for _, row := range n.get(colRows).items {
			put(cellsOf(n.get(colRubric).text, row, roles))
		}
	}
	writer.Flush()
	return out.Bytes()
}

// complete adds the columns that the rows need and the header lacks.
func complete(header []string, rubrics []*node) []string {
	header = slices.Clone(header)
	roles := rolesOf(header)
	missing := func(key string) bool { return !slices.ContainsFunc(roles, func(r role) bool { return r.key == key }) }
	number := func(int) string { return "" }
	if n := ratingsOf(roles); n > 0 && slices.Contains(header, ratingParts[0]+" "+strconv.Itoa(n)) {
		number = func(i int) string { return " " + strconv.Itoa(i+1) }
	}
	var have [3]int
	for _, r := range roles {
		if r.key == "" {
			have[r.part]++
		}
	}
	for i := range ratingsIn(rubrics) {
		for part, name := range ratingParts {
			if have[part] <= i {
				header = append(header, name+number(i))
			}
		}
	}
	roles = rolesOf(header)
	for _, r := range rubrics {
		for _, row := range r.get(colRows).items {
			for i, key := range row.keys {
				if key != colRatings && row.items[i].text != "" && missing(key) {
					header = append(header, strings.TrimRight(strings.TrimPrefix(key, columnOther), "\x1f"))
					roles = rolesOf(header)
				}
			}
		}
	}
	return header
}

func cellsOf(title string, row *node, roles []role) []string {
	cells := make([]string, len(roles))
	ratings := row.get(colRatings).items
	for i, r := range roles {
		switch {
		case r.key == colRubric:
			cells[i] = title
		case r.key != "":
			cells[i], _ = row.str(r.key)
		case r.rating < len(ratings):
			cells[i], _ = ratings[r.rating].str(ratingParts[r.part])
		}
	}
	return cells
}
