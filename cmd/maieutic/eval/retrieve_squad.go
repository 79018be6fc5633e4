package eval

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"

	"maieutic/tutor"
)

// squadFile is a file in the layout of SQuAD.
type squadFile struct {
	Data []struct {
		Title      string `json:"title"`
		Paragraphs []struct {
			Context   string `json:"context"`
			Questions []struct {
				Question string `json:"question"`
			} `json:"qas"`
		} `json:"paragraphs"`
	} `json:"data"`
}

// readSQuAD reads a file, or every *.json in a folder, in the order of their
// names. Each different paragraph is a passage; a question's answer is the
// paragraph it stands with.
func readSQuAD(path, language string) ([]collection, error) {
	files, err := squadFiles(path)
	if err != nil {
		return nil, err
	}
	var all []collection
	for _, file := range files {
		c, err := readSQuADFile(file, language)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func squadFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	files, err := filepath.Glob(filepath.Join(path, "*.json"))
	if err == nil && len(files) == 0 {
		err = tutor.Errorf(tutor.CodeInvalid, "%s holds no *.json; name a file in the layout of SQuAD, or a folder of them", path)
	}
	return files, err
}

func readSQuADFile(path, lang string) (collection, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return collection{}, err
	}
	var file squadFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return collection{}, tutor.Errorf(tutor.CodeInvalid, "%s is not in the layout of SQuAD: %v", path, err)
	}
	var texts []string
	ids := map[string]string{}
	c := collection{name: filepath.Base(path), language: lang}
	for _, article := range file.Data {
		for _, p := range article.Paragraphs {
			id, known := ids[p.Context]
			if !known {
				id = fmt.Sprint(len(texts))
				ids[p.Context] = id
				texts = append(texts, p.Context)
			}
			for _, q := range p.Questions {
				c.questions = append(c.questions, judged{q.Question, map[string]float64{id: 1}})
			}
		}
	}
	if len(c.questions) == 0 {
		return collection{}, tutor.Errorf(tutor.CodeInvalid, "%s holds no question: it wants data, paragraphs and qas as SQuAD has them", path)
	}
	if c.language == "" {
		c.language = languageOfName(c.name)
	}
	if c.language == "" {
		c.language = guessLanguage(texts)
	}
	c.size = len(texts)
	c.passages = func(yield func(tutor.Passage, error) bool) {
		for i, text := range texts {
			if !yield(plainPassage(fmt.Sprint(i), "", text), nil) {
				return
			}
		}
	}
	return c, nil
}

// plainPassage is a passage that is a whole lesson.
func plainPassage(id, title, text string) tutor.Passage {
	clean := func(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, " "), "\x00", " ") }
	text = clean(text)
	return tutor.Passage{
		Citation: tutor.Citation{LessonID: clean(id), Lesson: clean(title), End: max(1, utf8.RuneCountInString(text))},
		Text:     text,
	}
}

var nameSuffix = regexp.MustCompile(`[._-]([a-z]{2,3})(?:[-_][A-Za-z]+)?\.json$`)

// languageOfName returns the language that a name such as xquad.de.json says, or
// "".
func languageOfName(name string) string {
	m := nameSuffix.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	base, err := language.ParseBase(m[1])
	if err != nil || base.String() != m[1] || len(m[1]) != 2 {
		return ""
	}
	return base.String()
}
