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
func (im *importer) readHints(p *problem, step, question string, answer tutor.Answer) (hints []tutor.Hint, tell string, err error) {
	name := file(p.id, "steps", step, "tutoring", step+"DefaultPathway.json")
	var raw []hintJSON
	if err := readJSON(im.fsys, name, &raw); err != nil {
		if _, missing := fs.Stat(im.fsys, name); errors.Is(missing, fs.ErrNotExist) {
			return nil, "", nil // a step without help
		}
		return nil, "", err
	}
	ordered, err := p.order(raw, "")
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
	end := p.bottom(step, hints, conclusions(answer, p.activity.Statement+" "+question))
	for _, h := range hints[end:] {
		tell += h.Text + "\n\n"
	}
	hints = hints[:end]
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

// bottom returns where the hints end and the telling begins: at the first hint
// that states the answer with no question behind it.
func (p *problem) bottom(step string, hints []tutor.Hint, answer concluding) int {
	end, asks := len(hints), false
	for i := len(hints) - 1; i >= 0; i-- {
		switch {
		case hints[i].Question != nil:
			asks = true
		case !answer.in(hints[i].Text):
		case asks:
			p.note(fmt.Sprintf("the hint %d of %s states the answer before the last question", i+1, step))
		default:
			end = i
		}
	}
	return end
}

// order sorts hints so that each follows what it depends on, otherwise as they
// stand. Hints that depend on one another in a circle could never be given.
//
// outer is the hint that they belong to, which is given before any of them.
func (p *problem) order(raw []hintJSON, outer string) ([]hintJSON, error) {
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
			if !ids[d] && d != outer {
				p.counts.Notes = append(p.counts.Notes, fmt.Sprintf("%s: the hint %s names %q, which is not there; it was taken as it stands", p.id, raw[next].ID, d))
			}
		}
	}
	return out, nil
}

func (p *problem) hint(raw hintJSON) (tutor.Hint, error) {
	defer p.vary(raw.Variables)()
	if by := attribution(raw.OER); by != "" && !slices.Contains(p.credits, by) {
		p.credits = append(p.credits, by)
	}
	title, text := p.text(raw.Title), p.text(raw.Text)
	switch {
	case text == "":
		text = title
	case title != "" && title != text && title != "nan": // a blank cell of the authors' table
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

// scaffold makes a sub-question. Its own hints come one after the other, each
// behind what it depends on; a question inside them is asked and answered.
func (p *problem) scaffold(raw hintJSON, prompt string) (*tutor.SubQuestion, error) {
	if len(each(raw.Answer, p.plain)) == 0 {
		return nil, errors.New("it has no hintAnswer")
	}
	answer, choices, err := p.answer(raw.ProblemType, raw.AnswerType, raw.Answer, raw.Choices)
	if err != nil {
		return nil, err
	}
	q := &tutor.SubQuestion{
		Prompt: prompt, Choices: choices, Answer: answer, Tell: "The answer is " + each(raw.Answer, p.text)[0] + ".",
	}
	ordered, err := p.order(raw.SubHints, raw.ID)
	if err != nil {
		return nil, err
	}
	for _, sub := range ordered {
		done := p.vary(sub.Variables)
		text := strings.TrimSpace(p.text(sub.Title) + "\n\n" + p.text(sub.Text))
		if given := each(sub.Answer, p.text); len(given) > 0 {
			text += " " + given[0]
		}
		done()
		if text == "" {
			return nil, fmt.Errorf("its hint %s says nothing", sub.ID)
		}
		q.Hints = append(q.Hints, text)
		p.counts.SubHints++
	}
	return q, nil
}
