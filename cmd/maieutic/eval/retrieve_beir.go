package eval

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"maieutic/tutor"
)

// beirDocument is a line of corpus.jsonl or queries.jsonl.
type beirDocument struct {
	ID    string `json:"_id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// readBEIR reads a folder with corpus.jsonl, queries.jsonl and qrels.tsv (or
// qrels/test.tsv). The corpus is read again, line by line, when it is loaded.
func readBEIR(dir, language string) ([]collection, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	relevant, err := readJudgements(dir)
	if err != nil {
		return nil, err
	}
	c := collection{name: filepath.Base(dir), language: language}
	for query, err := range beirDocuments(filepath.Join(dir, "queries.jsonl")) {
		if err != nil {
			return nil, err
		}
		if grades := relevant[query.ID]; len(grades) > 0 {
			c.questions = append(c.questions, judged{query.Text, grades})
		}
	}
	if len(c.questions) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s: no query of queries.jsonl has a judgement above 0", dir)
	}
	corpus := filepath.Join(dir, "corpus.jsonl")
	var sample []string
	for document, err := range beirDocuments(corpus) {
		if err != nil {
			return nil, err
		}
		if c.size++; len(sample) < sampleTexts {
			sample = append(sample, document.Title+" "+document.Text)
		}
	}
	if c.size == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s is empty", corpus)
	}
	if c.language == "" {
		c.language = guessLanguage(sample)
	}
	c.passages = func(yield func(tutor.Passage, error) bool) {
		for d, err := range beirDocuments(corpus) {
			if !yield(plainPassage(d.ID, d.Title, d.Text), err) || err != nil {
				return
			}
		}
	}
	return []collection{c}, nil
}

// beirDocuments reads a file of one JSON object a line, one at a time.
func beirDocuments(path string) iter.Seq2[beirDocument, error] {
	return func(yield func(beirDocument, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(beirDocument{}, err)
			return
		}
		defer func() { _ = f.Close() }()
		decoder := json.NewDecoder(bufio.NewReaderSize(f, 1<<16))
		for {
			var d beirDocument
			err := decoder.Decode(&d)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(d, tutor.Errorf(tutor.CodeInvalid, "%s near byte %d: %v", path, decoder.InputOffset(), err))
				return
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

// readJudgements returns the grades above 0 by query and document.
func readJudgements(dir string) (map[string]map[string]float64, error) {
	var f *os.File
	var err error
	for _, name := range []string{"qrels.tsv", "qrels/test.tsv"} {
		if f, err = os.Open(filepath.Join(dir, name)); err == nil {
			break
		}
	}
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds neither qrels.tsv nor qrels/test.tsv", dir)
	}
	defer func() { _ = f.Close() }()
	grades := map[string]map[string]float64{}
	lines := bufio.NewScanner(f)
	for number := 1; lines.Scan(); number++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 4 { // as trec_eval has it, with an unused second column
			fields = []string{fields[0], fields[2], fields[3]}
		}
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 3 {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s, line %d: want query-id, corpus-id and score", f.Name(), number)
		}
		grade, err := strconv.ParseFloat(fields[2], 64)
		if err != nil && number == 1 {
			continue // the header
		}
		if err != nil {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s, line %d: %q is no score", f.Name(), number, fields[2])
		}
		if grade > 0 {
			if grades[fields[0]] == nil {
				grades[fields[0]] = map[string]float64{}
			}
			grades[fields[0]][fields[1]] = grade
		}
	}
	return grades, lines.Err()
}
