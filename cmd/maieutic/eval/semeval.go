package eval

import (
	"encoding/xml"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"

	"maieutic/rubric"
	"maieutic/tutor"
)

// Labelled is a learner's answer with what a person thought of it.
type Labelled struct {
	QuestionID string
	Module     string
	Corpus     string // the folder the question lies in
	Question   string
	References []string
	Text       string
	Label      string // correct, incorrect or contradictory
}

// The labels of SemEval 2013 task 7, 3-way.
const (
	labelCorrect       = "correct"
	labelIncorrect     = "incorrect"
	labelContradictory = "contradictory"
)

// labels maps every label of the task's 2-, 3- and 5-way scales to the 3-way
// one.
var labels = map[string]string{
	"correct": labelCorrect, "incorrect": labelIncorrect, "contradictory": labelContradictory,
	"partially_correct_incomplete": labelIncorrect, "irrelevant": labelIncorrect, "non_domain": labelIncorrect,
}

type semevalXML struct {
	ID         string `xml:"id,attr"`
	Module     string `xml:"module,attr"`
	Text       string `xml:"questionText"`
	References []struct {
		Text string `xml:",chardata"`
	} `xml:"referenceAnswers>referenceAnswer"`
	Answers []struct {
		Accuracy string `xml:"accuracy,attr"`
		Text     string `xml:",chardata"`
	} `xml:"studentAnswers>studentAnswer"`
}

// maxXML bounds one question's file, in bytes; the largest of the task have a
// twentieth of it.
const maxXML = 4 << 20

// ReadSemEval reads every question in a folder of SemEval 2013 task 7, or one
// file of it, in the order of the files' names.
func ReadSemEval(path string) ([]Labelled, error) {
	var out []Labelled
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(name), ".xml") {
			return err
		}
		answers, err := readSemEvalFile(name)
		out = append(out, answers...)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no labelled answers; the format is a folder of the task's XML files", path)
	}
	return out, nil
}

func readSemEvalFile(name string) ([]Labelled, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxXML {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s is larger than %d MB", name, maxXML>>20)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var q semevalXML
	decoder := xml.NewDecoder(f)
	decoder.CharsetReader = charset.NewReaderLabel
	if err := decoder.Decode(&q); err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s: %v", name, err)
	}
	var references []string
	for _, r := range q.References {
		if text := strings.TrimSpace(r.Text); text != "" && !slices.Contains(references, text) {
			references = append(references, text)
		}
	}
	if len(references) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s has no reference answer", name)
	}
	var out []Labelled
	for _, a := range q.Answers {
		label, ok := labels[strings.ToLower(strings.TrimSpace(a.Accuracy))]
		if !ok {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s: the accuracy %q is none of the task's labels", name, a.Accuracy)
		}
		out = append(out, Labelled{
			QuestionID: q.ID, Module: q.Module, Corpus: filepath.Base(filepath.Dir(name)), Question: strings.TrimSpace(q.Text),
			References: references, Text: strings.TrimSpace(a.Text), Label: label,
		})
	}
	return out, nil
}

// Correct reports the 2-way label.
func (l Labelled) Correct() bool { return l.Label == labelCorrect }

// ToQuestion is the question as a grader sees it: one expectation, the first
// reference its wording and the others as good.
func (l Labelled) ToQuestion() rubric.Question {
	return rubric.Question{
		Language: "en", Prompt: l.Question,
		Expectations: []tutor.Expectation{{ID: "answer", Title: "Answer", Says: l.References[0], Accept: l.References[1:]}},
	}
}
