package eval

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"

	"maieutic/rubric/agreement"
	"maieutic/tutor"
)

// pointed is an answer with the points a person gave for it.
type pointed struct {
	Labelled
	score, most float64
}

// gradePoints compares the probability that an answer is right, times the most
// points there are, with the points that people gave.
func gradePoints(ctx context.Context, o Options) (*Report, error) {
	rows, err := readPoints(o.Data)
	if err != nil {
		return nil, err
	}
	given, truth := make([]float64, len(rows)), make([]float64, len(rows))
	for i, row := range rows {
		g, err := gradeOne(ctx, row.Labelled)
		if err != nil {
			return nil, err
		}
		given[i], truth[i] = g.value*row.most, row.score
		o.progress(i+1, len(rows))
	}
	r := &Report{Name: "grade", Format: o.Format, Data: o.Data, Split: "every row of the file; nothing is fitted", Seed: o.Seed, N: len(rows)}
	r.Estimate("pearson", func(items []int) float64 { return agreement.Pearson(pick(given, items), pick(truth, items)) })
	r.Estimate("rmse", func(items []int) float64 { return agreement.RMSE(pick(given, items), pick(truth, items)) })
	r.Estimate("qwk", func(items []int) float64 { return quadratic(given, truth, items) })
	r.Notes = append(r.Notes, "the score given is the probability that the answer is right, times the most points; qwk is on whole points")
	return r, nil
}

func pick(x []float64, items []int) []float64 {
	out := make([]float64, len(items))
	for i, at := range items {
		out[i] = x[at]
	}
	return out
}

// quadratic is the weighted kappa of both series rounded to whole points.
func quadratic(a, b []float64, items []int) float64 {
	x, y := make([]int, len(items)), make([]int, len(items))
	most := 0
	for i, at := range items {
		x[i], y[i] = max(0, int(math.Round(a[at]))), max(0, int(math.Round(b[at])))
		most = max(most, x[i], y[i])
	}
	return agreement.NewConfusion(most+1, x, y).QuadraticKappa()
}

// readPoints reads a CSV file with a header. Without a column max the most
// points are the largest score of the file.
func readPoints(name string) ([]pointed, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text := bufio.NewReader(f)
	in := csv.NewReader(text)
	if first, _ := text.Peek(512); bytes.ContainsRune(firstLine(first), '\t') {
		in.Comma = '\t'
	}
	in.FieldsPerRecord = -1
	in.LazyQuotes = true
	header, err := in.Read()
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s: %v; a header with question, reference, answer, score is needed", name, err)
	}
	column := map[string]int{}
	for i, h := range header {
		column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = i
	}
	var missing []string
	for _, need := range []string{"question", "reference", "answer", "score"} {
		if _, ok := column[need]; !ok {
			missing = append(missing, need)
		}
	}
	if len(missing) > 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s has no column %s", name, strings.Join(missing, ", "))
	}
	return readRows(name, in, column)
}

func readRows(name string, in *csv.Reader, column map[string]int) ([]pointed, error) {
	var rows []pointed
	largest := 0.0
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s: %v", name, err)
		}
		line, _ := in.FieldPos(0)
		field := func(key string) string {
			if i, ok := column[key]; ok && i < len(record) {
				return strings.TrimSpace(lineBreak.ReplaceAllString(record[i], " "))
			}
			return ""
		}
		row := pointed{Labelled: Labelled{Question: field("question"), References: references(field("reference")), Text: field("answer")}}
		if len(row.References) == 0 {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s, line %d: the reference is empty", name, line)
		}
		if row.score, err = strconv.ParseFloat(field("score"), 64); err != nil {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s, line %d: the score %q is no number", name, line, field("score"))
		}
		if most := field("max"); most != "" {
			if row.most, err = strconv.ParseFloat(most, 64); err != nil || row.most <= 0 {
				return nil, tutor.Errorf(tutor.CodeInvalid, "%s, line %d: the largest score %q is no number above 0", name, line, most)
			}
		}
		largest = max(largest, row.score)
		rows = append(rows, row)
	}
	if len(rows) < 2 || largest == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no scored answers to compare", name)
	}
	for i := range rows {
		if rows[i].most == 0 {
			rows[i].most = largest
		}
	}
	return rows, nil
}

func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return line
}

// lineBreak is what exports of web forms leave in answers.
var lineBreak = regexp.MustCompile(`(?i)<br\s*/?>|</?p>|&nbsp;`)

// references are divided by " | " where a question has several.
func references(s string) []string {
	var out []string
	for _, part := range strings.Split(s, " | ") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
