package oatutor

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
)

// variables are OATutor's "variabilization": each name has a list of values,
// and all names of a problem take the value at the same place of their lists.
type variables map[string][]any

type problemJSON struct {
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	Body       string    `json:"body"`
	Variables  variables `json:"variabilization"`
	OER        string    `json:"oer"`
	License    string    `json:"license"`
	LessonID   string    `json:"lessonId"`
	CourseName string    `json:"courseName"`
}

type stepJSON struct {
	ID          string    `json:"id"`
	Answer      texts     `json:"stepAnswer"`
	AnswerLatex texts     `json:"answerLatex"`
	ProblemType string    `json:"problemType"`
	Title       string    `json:"stepTitle"`
	Body        string    `json:"stepBody"`
	AnswerType  string    `json:"answerType"`
	Choices     []string  `json:"choices"`
	Variables   variables `json:"variabilization"`
}

type hintJSON struct {
	ID           string     `json:"id"`
	Type         string     `json:"type"`
	Dependencies []string   `json:"dependencies"`
	Title        string     `json:"title"`
	Text         string     `json:"text"`
	Variables    variables  `json:"variabilization"`
	ProblemType  string     `json:"problemType"`
	AnswerType   string     `json:"answerType"`
	Answer       texts      `json:"hintAnswer"`
	Choices      []string   `json:"choices"`
	SubHints     []hintJSON `json:"subHints"`
}

// problem is one problem on its way.
type problem struct {
	id       string
	course   *course
	activity tutor.Activity
	values   map[string]string
	counts   Report
}

func (im *importer) readProblem(id string) (*problem, error) {
	var raw problemJSON
	if err := readJSON(im.fsys, file(id, id+".json"), &raw); err != nil {
		return nil, err
	}
	if raw.ID != id {
		return nil, fmt.Errorf("the problem calls itself %q, its folder %q; give both one name", raw.ID, id)
	}
	at := slices.IndexFunc(im.courses, func(c *course) bool { return c.name == raw.CourseName })
	if at < 0 {
		return nil, fmt.Errorf("its course %q is not in coursePlans.json", raw.CourseName)
	}
	p := &problem{id: id, course: im.courses[at], values: map[string]string{}}
	p.vary(raw.Variables)
	p.activity = tutor.Activity{
		CourseID: p.course.ID, Kind: tutor.ActivityProblem, Title: p.line(raw.Title), Language: p.course.Language,
		Statement: p.text(raw.Body), Difficulty: .5, Source: attribution(raw.OER), License: attribution(raw.License),
		Order: len(p.course.Lessons),
	}
	if p.activity.Title == "" {
		p.activity.Title = id
	}
	if place, ok := p.course.lessons[raw.LessonID]; ok {
		p.activity.Order, p.activity.LessonID = place, p.course.Lessons[place].ID
	}
	entries, err := fs.ReadDir(im.fsys, file(id, "steps"))
	if err != nil {
		return nil, errors.New("its folder steps is missing")
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		step, err := im.readStep(p, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("step %s: %w", entry.Name(), err)
		}
		p.activity.Steps = append(p.activity.Steps, step)
		for _, k := range step.Skills {
			if !slices.Contains(p.activity.Skills, k) {
				p.activity.Skills = append(p.activity.Skills, k)
			}
		}
	}
	if len(p.activity.Steps) == 0 {
		return nil, errors.New("it has no steps")
	}
	p.activity.ID = p.course.ID + "." + unique(slugOf(id), im.taken)
	return p, nil
}

func (im *importer) readStep(p *problem, id string) (tutor.Step, error) {
	var raw stepJSON
	if err := readJSON(im.fsys, file(p.id, "steps", id, id+".json"), &raw); err != nil {
		return tutor.Step{}, err
	}
	p.vary(raw.Variables)
	question := strings.TrimSpace(p.text(raw.Title) + "\n\n" + p.text(raw.Body))
	answers := p.all(raw.Answer)
	switch {
	case raw.ID != id:
		return tutor.Step{}, fmt.Errorf("it calls itself %q", raw.ID)
	case question == "" && p.activity.Statement == "":
		return tutor.Step{}, errors.New("it has no question")
	case len(answers) == 0:
		return tutor.Step{}, errors.New("it has no stepAnswer")
	case len(im.model[id]) == 0:
		return tutor.Step{}, errors.New("skillModel.json names no skill for it")
	}
	if question == "" {
		question = p.activity.Title
	}
	step := tutor.Step{ID: cmp.Or(slugOf(strings.TrimPrefix(id, p.id)), slugOf(id)), Question: question}
	for _, name := range im.model[id] {
		step.Skills = append(step.Skills, im.addSkill(p.course, name))
	}
	answer, choices, err := p.answer(raw.ProblemType, raw.AnswerType, answers, p.all(raw.Choices))
	if err != nil {
		return tutor.Step{}, err
	}
	step.Choices = choices
	p.counts.Steps++
	if len(choices) > 0 {
		p.counts.Choices++
	}
	shown := answers[0]
	if latex := p.all(raw.AnswerLatex); len(latex) > 0 {
		shown = latex[0]
	}
	hints, tell, err := im.readHints(p, id, answer)
	if err != nil {
		return tutor.Step{}, err
	}
	step.Expectations = []tutor.Expectation{{
		ID: "answer", Title: firstLine(question), Skills: step.Skills, Answer: &answer, Hints: hints,
		Tell: strings.TrimSpace(tell + "\n\nThe answer is " + shown + "."),
	}}
	return step, nil
}

var assigned = regexp.MustCompile(`^\s*([A-Za-z])\s*=\s*([^=]+)$`)

// answer makes the reference answer of a step or a scaffold.
func (p *problem) answer(problemType, answerType string, answers, choices []string) (tutor.Answer, []string, error) {
	first := answers[0]
	if problemType == "MultipleChoice" {
		if !slices.Contains(choices, first) {
			return tutor.Answer{}, nil, fmt.Errorf("its answer %q is not among its choices", first)
		}
		return tutor.Answer{Kind: tutor.AnswerChoice, Value: first, Accept: answers[1:]}, choices, nil
	}
	bare := unwrap(first)
	out := tutor.Answer{Kind: curriculum.GuessKind(bare, nil), Value: bare}
	for _, more := range answers[1:] {
		out.Accept = append(out.Accept, unwrap(more))
	}
	if answerType == "string" && !strings.Contains(first, "$$") || codeWord.MatchString(bare) {
		out.Kind = tutor.AnswerText
	}
	// "x=4" is a value for x; "y=2x+1" is an equation.
	if m := assigned.FindStringSubmatch(bare); m != nil && out.Kind == tutor.AnswerEquation {
		if kind := curriculum.GuessKind(m[2], nil); !letters.MatchString(commands.ReplaceAllString(m[2], "")) {
			out.Kind, out.Variable, out.Value = kind, m[1], strings.TrimSpace(m[2])
		}
	}
	return out, nil, nil
}

var (
	// codeWord is what OATutor asks for where a box takes one answer only: a
	// letter, or amounts with a letter each, such as 11a13c.
	codeWord = regexp.MustCompile(`^(\d+[A-Za-z]){2,}$|^[A-Za-z]$`)
	letters  = regexp.MustCompile(`[A-Za-z]`)
	commands = regexp.MustCompile(`\\[A-Za-z]+`)
)

// unwrap takes the dollars off an answer that is one formula.
func unwrap(s string) string {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "$$"); ok {
		if inner, ok = strings.CutSuffix(inner, "$$"); ok && !strings.Contains(inner, "$$") {
			return strings.TrimSpace(inner)
		}
	}
	return s
}

// vary chooses the values of variables: always the same ones for the same
// problem, so that a version of an activity is one thing.
func (p *problem) vary(vars variables) {
	if len(vars) == 0 {
		return
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(p.id))
	place := int(h.Sum32() % 1_000_003)
	p.counts.Variabilized++
	for name, values := range vars {
		if len(values) > 0 {
			p.values[name] = fmt.Sprint(values[place%len(values)])
		}
	}
}

var (
	placeholder = regexp.MustCompile(`@\{(\w+)\}`)
	figure      = regexp.MustCompile(`##[^#\n]+##`)
)

// text fills variables in and takes figures out, which are not in the data.
func (p *problem) text(s string) string {
	s = placeholder.ReplaceAllStringFunc(s, func(m string) string {
		if v, ok := p.values[placeholder.FindStringSubmatch(m)[1]]; ok {
			return v
		}
		return m
	})
	if figure.MatchString(s) {
		s = figure.ReplaceAllString(s, "")
		if note := p.id + ": a figure was left out"; !slices.Contains(p.counts.Notes, note) {
			p.counts.Notes = append(p.counts.Notes, note)
		}
	}
	return strings.TrimSpace(strings.NewReplacer(`\\n`, "\n", `\n`, "\n", "\x00", "").Replace(protectTeX(s)))
}

// protectTeX keeps commands that begin with n, such as \neq, from being read as
// line breaks.
func protectTeX(s string) string { return command.ReplaceAllString(s, `\$1`) }

var command = regexp.MustCompile(`\\(ne[a-z]*|nu|not[a-z]*|nabla)`)

func (p *problem) line(s string) string { return firstLine(p.text(s)) }

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimSpace(line)
}

func (p *problem) all(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = p.text(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
