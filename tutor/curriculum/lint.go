package curriculum

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"

	"maieutic/tutor"
)

// Options are what Lint needs of other packages. Without them the checks that
// need mathematics are left out.
type Options struct {
	// Match says whether a text gives an answer, and whether it could be read.
	Match func(a tutor.Answer, text string) (equal, parsed bool)
	// Reveals says whether a text gives an answer away that is not in given.
	Reveals func(text string, a tutor.Answer, given []string) bool
}

// Lint returns every problem of a course, in order of file and line. None but
// hints means that Load succeeds and that the tutor can teach it.
func Lint(fsys fs.FS, options Options) []Problem {
	r := &report{}
	b := read(fsys, r)
	l := linter{builder: b, Options: options}
	for i := range b.course.Activities {
		l.activity(&b.course.Activities[i])
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(r.problems)
}

type linter struct {
	*builder
	Options
}

func (l linter) activity(a *tutor.Activity) {
	s := l.scope[a.ID].source
	for i := range a.Steps {
		step := &a.Steps[i]
		at := fmt.Sprintf("$.steps[%d]", i)
		for j := range step.Expectations {
			if answer := step.Expectations[j].Answer; answer != nil {
				l.exact(s, at, a, step, &step.Expectations[j])
			}
		}
		for j, m := range step.Misconceptions {
			here := fmt.Sprintf("%s.misconceptions[%d]", at, j)
			if m.Repair != nil {
				l.readable(s, here+".repair", *m.Repair)
			}
		}
		if step.Check != nil && step.Check.Answer != nil {
			l.readable(s, at+".check.answer", *step.Check.Answer)
		}
	}
}

// exact checks what a step with an exact answer says before its end.
func (l linter) exact(s *source, at string, a *tutor.Activity, step *tutor.Step, e *tutor.Expectation) {
	if !l.readable(s, at+".answer", *e.Answer) {
		return
	}
	for j, m := range step.Misconceptions {
		for k, wrong := range m.Answers {
			if l.equal(*e.Answer, wrong.Value) {
				l.add(s.name, s.line(fmt.Sprintf("%s.misconceptions[%d].answers[%d]", at, j, k)),
					fmt.Sprintf("the wrong answer %q of %s is right", wrong.Value, m.ID), "Give the answer that the mistake leads to")
			}
		}
	}
	given := append([]string{a.Statement, step.Question}, step.Choices...)
	leak := func(place, what, text string) {
		if text != "" && l.Reveals != nil && l.Reveals(text, *e.Answer, given) {
			l.add(s.name, s.line(place), what+" gives the answer away", "Say less; only tell and explanation may state it")
		}
	}
	for j, h := range e.Hints {
		leak(fmt.Sprintf("%s.hints[%d]", at, j), fmt.Sprintf("the hint %q", h.Kind), h.Text)
	}
	leak(at+".concise", "concise", e.Concise)
	for j, m := range step.Misconceptions {
		here := fmt.Sprintf("%s.misconceptions[%d]", at, j)
		leak(here+".correction", "the correction of "+m.ID, m.Correction)
		leak(here+".question", "the repair question of "+m.ID, m.Question)
	}
}

func (l linter) equal(a tutor.Answer, text string) bool {
	if l.Match == nil {
		return false
	}
	equal, parsed := l.Match(a, text)
	return equal && parsed
}

// readable reports an answer that the grader could not read: then no student
// could ever give it.
func (l linter) readable(s *source, at string, a tutor.Answer) bool {
	if l.Match == nil || a.Kind == tutor.AnswerText || a.Kind == tutor.AnswerChoice {
		return true
	}
	if equal, parsed := l.Match(a, a.Value); !equal || !parsed {
		l.add(s.name, s.line(at), fmt.Sprintf("the answer %q cannot be read as a %s", a.Value, a.Kind), "Write it as a student would type it, or set kind: text")
		return false
	}
	return true
}
