package oatutor

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"maieutic/tutor"
)

// readHints reads a step's default pathway as a ladder. Hints at its end that
// state the answer are not rungs but belong to what is told in the end.
func (im *importer) readHints(p *problem, step string, answer tutor.Answer) (hints []tutor.Hint, tell string, err error) {
	name := file(p.id, "steps", step, "tutoring", step+"DefaultPathway.json")
	var raw []hintJSON
	if err := readJSON(im.fsys, name, &raw); err != nil {
		if _, missing := fs.Stat(im.fsys, name); errors.Is(missing, fs.ErrNotExist) {
			return nil, "", nil // a step without help
		}
		return nil, "", err
	}
	ordered, err := p.order(step, raw)
	if err != nil {
		return nil, "", err
	}
	for _, h := range ordered {
		hint, err := p.hint(h)
		if err != nil {
			return nil, "", fmt.Errorf("hint %s: %w", h.ID, err)
		}
		hints = append(hints, hint)
		p.counts.Hints++
		if hint.Question != nil {
			p.counts.Scaffolds++
		}
	}
	for len(hints) > 0 && hints[len(hints)-1].Question == nil && states(hints[len(hints)-1].Text, answer) {
		tell = hints[len(hints)-1].Text + "\n\n" + tell
		hints = hints[:len(hints)-1]
	}
	for i := range hints {
		hints[i].Kind = rung(i, len(hints))
	}
	return hints, strings.TrimSpace(tell), nil
}

// rung gives a hint its kind by its place: first what to look at, then the
// rule, then the work itself.
func rung(i, n int) tutor.HintKind {
	switch {
	case i*3 < n:
		return tutor.HintPoint
	case i*3 < 2*n:
		return tutor.HintPrinciple
	}
	return tutor.HintExample
}

// states says whether a text holds the answer letter by letter, spaces aside.
func states(text string, answer tutor.Answer) bool {
	squeeze := func(s string) string {
		return strings.NewReplacer(" ", "", "$", "", `\left`, "", `\right`, "").Replace(s)
	}
	return strings.Contains(squeeze(text), squeeze(answer.Value))
}

// order sorts hints so that each follows what it depends on, otherwise as they
// stand. Hints that depend on one another in a circle could never be given.
func (p *problem) order(step string, raw []hintJSON) ([]hintJSON, error) {
	ids := map[string]bool{}
	for i := range raw {
		if raw[i].ID == "" {
			return nil, errors.New("a hint has no id")
		}
		if ids[raw[i].ID] {
			p.counts.Notes = append(p.counts.Notes, fmt.Sprintf("%s: two hints are called %s; both were taken", p.id, raw[i].ID))
			raw[i].ID = unique(raw[i].ID, ids)
		}
		ids[raw[i].ID] = true
	}
	var out []hintJSON
	given := map[string]bool{}
	for len(out) < len(raw) {
		next := slices.IndexFunc(raw, func(h hintJSON) bool {
			return !given[h.ID] && !slices.ContainsFunc(h.Dependencies, func(d string) bool { return ids[d] && !given[d] })
		})
		if next < 0 {
			return nil, errors.New("its hints depend on one another in a circle")
		}
		given[raw[next].ID] = true
		out = append(out, raw[next])
		for _, d := range raw[next].Dependencies {
			if !ids[d] {
				p.counts.Notes = append(p.counts.Notes, fmt.Sprintf("%s: the hint %s names %q, which is not there; it was taken as it stands", p.id, raw[next].ID, d))
			}
		}
	}
	return out, nil
}

func (p *problem) hint(raw hintJSON) (tutor.Hint, error) {
	p.vary(raw.Variables)
	title, text := p.text(raw.Title), p.text(raw.Text)
	switch {
	case text == "":
		text = title
	case title != "" && title != text && !strings.Contains(strings.ToLower(title), "nan"):
		text = "**" + title + "**\n\n" + text
	}
	switch raw.Type {
	case "hint":
		if text == "" {
			return tutor.Hint{}, errors.New("it says nothing")
		}
		return tutor.Hint{Text: text}, nil
	case "scaffold":
		q, err := p.scaffold(raw, text)
		return tutor.Hint{Question: q}, err
	}
	return tutor.Hint{}, fmt.Errorf("it is of the unknown type %q", raw.Type)
}

// scaffold makes a sub-question. Its own hints come one after the other; a
// scaffold inside them becomes a hint that asks and answers.
func (p *problem) scaffold(raw hintJSON, prompt string) (*tutor.SubQuestion, error) {
	answers := p.all(raw.Answer)
	if len(answers) == 0 {
		return nil, errors.New("it has no hintAnswer")
	}
	answer, choices, err := p.answer(raw.ProblemType, raw.AnswerType, answers, p.all(raw.Choices))
	if err != nil {
		return nil, err
	}
	q := &tutor.SubQuestion{Prompt: prompt, Choices: choices, Answer: answer, Tell: "The answer is " + answers[0] + "."}
	for _, sub := range raw.SubHints {
		text := strings.TrimSpace(p.text(sub.Title) + "\n\n" + p.text(sub.Text))
		if given := p.all(sub.Answer); len(given) > 0 {
			text += " " + given[0]
		}
		q.Hints = append(q.Hints, text)
	}
	return q, nil
}
