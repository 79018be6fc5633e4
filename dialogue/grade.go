package dialogue

import (
	"context"
	"regexp"
	"strings"
	"unicode"

	"maieutic/rubric"
	"maieutic/tutor"
)

// Grader scores what a learner says, and joins what a model thinks of it with
// its own word. *rubric.Builtin is one. Implementations are safe for concurrent
// use.
type Grader interface {
	Grade(ctx context.Context, q rubric.Question, text string) (rubric.Assessment, error)
	Agree(ctx context.Context, q rubric.Question, a rubric.Assessment, o rubric.Opinion) (rubric.Assessment, error)
}

// earlySteps is how many later steps an answer is also held against.
const earlySteps = 4

// grade holds a learner's text against everything it may answer: the pending
// sub-question, the current step and the next ones. A model's opinion is about
// the current step, nil for none.
func (p *Plan) grade(ctx context.Context, g Grader, s State, text string, o *rubric.Opinion) (*Grade, error) {
	out := &Grade{Print: fingerprint(text), Suspects: map[string]float64{}}
	if s.Pending.sub() {
		sub, err := p.gradeSub(ctx, g, s, text)
		if err != nil {
			return nil, err
		}
		out.Sub = &sub
	}
	step := p.steps[s.Step]
	a, err := g.Grade(ctx, p.question(s.Step), text)
	if err == nil && o != nil {
		a, err = g.Agree(ctx, p.question(s.Step), a, *o)
	}
	if err != nil {
		return nil, err
	}
	out.Attempt = a.Attempt
	for i, f := range a.Findings {
		out.Findings = append(out.Findings, finding(step.ideas[i].key, f))
	}
	for _, m := range a.Misconceptions {
		out.Suspects[misconceptionKey(step.ID, m.MisconceptionID)] = m.Confidence
	}
	if s.Pending.Kind == PendingCloze {
		if err := p.gradeCloze(ctx, g, s, text, out); err != nil {
			return nil, err
		}
	}
	if !s.Pending.sub() {
		out.Early, err = p.gradeEarly(ctx, g, s.Step, text)
	}
	return out, err
}

func (p *Plan) question(step int) rubric.Question {
	s := p.steps[step]
	return rubric.Question{
		Language: p.Activity.Language, Prompt: s.Question, Choices: s.Choices,
		Expectations: s.Expectations, Misconceptions: s.Misconceptions,
	}
}

func finding(key string, f rubric.Finding) Finding {
	return Finding{
		Key: key, Value: f.Value, Confidence: f.Confidence, Contradicted: f.Contradicted, Note: f.Note, Quotes: f.Quotes,
		Grader: f.Grader, Agreement: f.Agreement, Accepted: f.Accepted,
	}
}

// subQuestion describes the pending repair question, scaffold or check as an
// expectation of its own. It is not ok when nothing can be compared.
func (p *Plan) subQuestion(pending Pending) (prompt string, choices []string, e tutor.Expectation, ok bool) {
	switch pending.Kind {
	case PendingScaffold:
		if q := p.scaffold(pending); q != nil {
			return q.Prompt, q.Choices, tutor.Expectation{ID: "scaffold", Answer: &q.Answer}, true
		}
	case PendingRepair:
		if m := p.misconception(pending.Target); m != nil {
			e, ok = saying("repair", m.Title, m.Repair, m.RepairSays)
			return m.Question, nil, e, ok
		}
	case PendingCheck:
		for _, s := range p.steps {
			if checkKey(s.ID) == pending.Target && s.Check != nil {
				e, ok = saying("check", firstLine(s.Check.Question), s.Check.Answer, s.Check.Says)
				return s.Check.Question, s.Check.Choices, e, ok
			}
		}
	}
	return "", nil, e, false
}

func saying(id, title string, answer *tutor.Answer, says []string) (tutor.Expectation, bool) {
	e := tutor.Expectation{ID: id, Title: title, Answer: answer}
	if answer == nil && len(says) > 0 {
		e.Says, e.Accept = says[0], says[1:]
	}
	return e, answer != nil || len(says) > 0
}

func (p *Plan) gradeSub(ctx context.Context, g Grader, s State, text string) (Finding, error) {
	prompt, choices, e, ok := p.subQuestion(s.Pending)
	if !ok { // nothing to compare with: whatever is said goes on
		return Finding{Key: s.Pending.Target, Value: 1, Confidence: 1}, nil
	}
	q := rubric.Question{Language: p.Activity.Language, Prompt: prompt, Choices: choices, Expectations: []tutor.Expectation{e}}
	a, err := g.Grade(ctx, q, text)
	if err != nil || len(a.Findings) == 0 {
		return Finding{Key: s.Pending.Target}, err
	}
	return finding(s.Pending.Target, a.Findings[0]), nil
}

// blanks are the gaps of a cloze, escaped for Markdown or not.
var blanks = regexp.MustCompile(`(?:\\?_){2,}|…|\.{3,}`)

// clozeMargin is how much the learner's words must add to a cloze before the
// completed sentence counts: the tutor's own words are never coverage.
const clozeMargin = 0.15

// gradeCloze also grades the sentence with the learner's words in its gaps,
// against the same sentence with the gaps left empty.
func (p *Plan) gradeCloze(ctx context.Context, g Grader, s State, text string, out *Grade) error {
	_, i, ok := p.find(s.Pending.Target)
	if !ok || i.Answer != nil || s.Pending.Level > len(i.ladder) || i.ladder[s.Pending.Level-1].hint == nil {
		return nil
	}
	cloze := i.ladder[s.Pending.Level-1].hint.Text
	full, ok := fillBlanks(cloze, text)
	if !ok {
		return nil
	}
	empty, _ := fillBlanks(cloze, "")
	with, err := g.Grade(ctx, p.question(s.Step), full)
	if err != nil {
		return err
	}
	without, err := g.Grade(ctx, p.question(s.Step), empty)
	if err != nil {
		return err
	}
	for n := range out.Findings {
		f := &out.Findings[n]
		if f.Key == i.key && with.Findings[n].Value >= max(f.Value, without.Findings[n].Value+clozeMargin) {
			*f = finding(i.key, with.Findings[n])
			f.Quotes = wholeQuote(text)
			out.Attempt = true
		}
	}
	return nil
}

// fillBlanks puts a short answer into the gaps of a cloze: as a whole into one
// gap, or its parts into several. It is not ok when they do not match.
func fillBlanks(cloze, text string) (string, bool) {
	gaps := blanks.FindAllStringIndex(cloze, -1)
	if len(gaps) == 0 || len(strings.Fields(text)) > 8*len(gaps) {
		return "", false
	}
	parts := []string{strings.TrimSpace(text)}
	if len(gaps) > 1 && text != "" {
		parts = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;/،", r) })
	}
	if text != "" && len(parts) != len(gaps) {
		return "", false
	}
	n := 0
	return blanks.ReplaceAllStringFunc(cloze, func(string) string {
		if text == "" {
			return ""
		}
		n++
		return strings.TrimSpace(parts[n-1])
	}), true
}

func wholeQuote(text string) []tutor.Quote {
	if text == "" {
		return nil
	}
	return []tutor.Quote{{Start: 0, End: len([]rune(text)), Text: text}}
}

// gradeEarly looks for answers to later steps. A bare number is too easily
// right by chance, so an exact answer counts only with a letter in it.
func (p *Plan) gradeEarly(ctx context.Context, g Grader, step int, text string) ([]Finding, error) {
	var early []Finding
	for next := step + 1; next < len(p.steps) && next <= step+earlySteps; next++ {
		later := p.steps[next]
		if len(later.Choices) > 0 || !strings.ContainsFunc(text, unicode.IsLetter) {
			continue
		}
		q := rubric.Question{Language: p.Activity.Language, Prompt: later.Question}
		var keys []string
		for _, i := range later.ideas {
			if counts(i.Expectation, text) {
				q.Expectations, keys = append(q.Expectations, *i.Expectation), append(keys, i.key)
			}
		}
		if len(keys) == 0 {
			continue
		}
		a, err := g.Grade(ctx, q, text)
		if err != nil {
			return nil, err
		}
		for i, f := range a.Findings {
			if found := finding(keys[i], f); found.covers() {
				early = append(early, found)
			}
		}
	}
	return early, nil
}

// counts reports whether a text is telling enough to be taken for the answer to
// a question that has not been asked yet.
func counts(e *tutor.Expectation, text string) bool {
	if e.Answer == nil {
		// With numbers in it a text is about the question at hand: "tell me the
		// answer to -5(x-2)" is no reason why minus times minus is plus.
		return len(strings.Fields(text)) >= 4 && !strings.ContainsFunc(text, unicode.IsDigit)
	}
	switch e.Answer.Kind {
	case tutor.AnswerEquation, tutor.AnswerExpression:
		return true
	case tutor.AnswerNumber:
		return e.Answer.Variable != "" && strings.Contains(text, e.Answer.Variable)
	}
	return false
}
