package oatutor

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"maieutic/tutor"
)

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
	OER          string     `json:"oer"`
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
	values   map[string]string // of its variables
	unset    string            // a variable without a value, "" when there is none
	credits  []string          // whom its hints are by
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
	defer p.vary(raw.Variables)()
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
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return compareNatural(a.Name(), b.Name()) })
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
	if p.unset != "" {
		return nil, fmt.Errorf("its variable %q has no values", p.unset)
	}
	p.activity.Source = credit(p.activity.Source, p.credits)
	p.activity.ID = p.course.ID + "." + unique(slugOf(id), im.taken)
	return p, nil
}

func (im *importer) readStep(p *problem, id string) (tutor.Step, error) {
	var raw stepJSON
	if err := readJSON(im.fsys, file(p.id, "steps", id, id+".json"), &raw); err != nil {
		return tutor.Step{}, err
	}
	defer p.vary(raw.Variables)()
	question := strings.TrimSpace(p.text(raw.Title) + "\n\n" + p.text(raw.Body))
	answers := each(raw.Answer, p.plain)
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
	answer, choices, err := p.answer(raw.ProblemType, raw.AnswerType, raw.Answer, raw.Choices)
	if err != nil {
		return tutor.Step{}, err
	}
	step.Choices = choices
	p.counts.Steps++
	if len(choices) > 0 {
		p.counts.Choices++
	}
	shown := each(append(raw.AnswerLatex, raw.Answer...), p.text)[0]
	hints, tell, err := im.readHints(p, id, question, answer)
	if err != nil {
		return tutor.Step{}, err
	}
	step.Expectations = []tutor.Expectation{{
		ID: "answer", Title: firstLine(question), Skills: step.Skills, Answer: &answer, Hints: hints,
		Tell: strings.TrimSpace(tell + "\n\nThe answer is " + shown + "."),
	}}
	return step, nil
}
