package curriculum

import (
	"fmt"
	"slices"
	"strings"

	"maieutic/tutor"
)

const defaultDifficulty = .5

func (b *builder) readProblems() {
	names := b.files("problems", ".md")
	if len(names) == 0 && len(b.files("essays", ".md")) == 0 {
		b.add("problems", 0, "the course has no problems and no essays", "Add at least one file to the folder problems or essays")
	}
	for i, name := range names {
		s := b.markdownFile(b.fsys, name)
		var p problemFile
		if s == nil || !b.decode(s, &p) {
			continue
		}
		if p.ID == "" {
			p.ID = slugOf(name)
		}
		b.checkSlug(s.name, p.ID, b.activities)
		b.course.Activities = append(b.course.Activities, b.activity(s, p, i))
	}
}

func (b *builder) activity(s *source, p problemFile, order int) tutor.Activity {
	b.need(s, "$.title", p.Title, "the problem has no title", "Add title:")
	a := tutor.Activity{
		ID: b.full(p.ID), CourseID: b.course.ID, Kind: tutor.ActivityProblem, Title: p.Title, Language: b.course.Language,
		Statement: s.body, Difficulty: b.difficulty(s, p.Difficulty), LessonID: b.lesson(s, "$.lesson", p.Lesson), Order: order,
		Summary: strings.TrimSpace(p.Summary), Source: p.Source, License: p.License,
	}
	skills := b.skillIDs(s, "$.skills", p.Skills)
	if len(p.Steps) == 0 {
		b.add(s.name, s.line("$"), "the problem has no steps", "Add steps: with at least one question")
	}
	taken := map[string]bool{}
	for i, e := range p.Steps {
		step := b.step(s, fmt.Sprintf("$.steps[%d]", i), e, i, skills)
		if taken[step.ID] {
			b.add(s.name, s.line(fmt.Sprintf("$.steps[%d].id", i)), "the step "+step.ID+" is there twice", "Give one of them another id")
		}
		taken[step.ID] = true
		a.Steps = append(a.Steps, step)
	}
	a.Skills = activitySkills(skills, a.Steps)
	if len(a.Skills) == 0 {
		b.add(s.name, s.line("$.skills"), "the problem names no skill", "Add skills: with at least one skill of the course")
	}
	a.Version = HashActivity(a)
	b.scope[a.ID] = where{s}
	return a
}

// difficulty is what an author set, within its bounds.
func (b *builder) difficulty(s *source, set *float64) float64 {
	switch {
	case set == nil:
		return defaultDifficulty
	case !(*set >= 0 && *set <= 1):
		b.add(s.name, s.line("$.difficulty"), "the difficulty lies outside 0 to 1", "Use 0 for easy, 1 for hard")
		return defaultDifficulty
	}
	return *set
}

// activitySkills is every skill that an expectation is evidence for, the
// problem's own first.
func activitySkills(own []string, steps []tutor.Step) []string {
	out := slices.Clone(own)
	for _, step := range steps {
		for _, e := range step.Expectations {
			for _, k := range e.Skills {
				if !slices.Contains(out, k) {
					out = append(out, k)
				}
			}
		}
	}
	return out
}

func orElse[T any](own, inherited []T) []T {
	if len(own) > 0 {
		return own
	}
	return inherited
}

func (b *builder) step(s *source, at string, e stepEntry, number int, inherited []string) tutor.Step {
	if e.ID == "" && number < len(defaultIDs) {
		e.ID = defaultIDs[number : number+1]
	}
	if !slug.MatchString(e.ID) {
		b.add(s.name, s.line(at+".id"), fmt.Sprintf("%q cannot be an id", e.ID), "Use small letters, digits and dashes")
	}
	b.need(s, at+".question", e.Question, "the step "+e.ID+" has no question", "Add question:")
	skills := orElse(b.skillIDs(s, at+".skills", e.Skills), inherited)
	step := tutor.Step{
		ID: e.ID, Question: strings.TrimSpace(e.Question), Choices: e.Choices, Skills: skills,
		Explanation: strings.TrimSpace(e.Explanation),
	}
	var key *tutor.Answer
	switch {
	case e.Answer != nil && len(e.Expectations) > 0:
		b.add(s.name, s.line(at+".answer"), "the step "+e.ID+" has both an answer and expectations", "Keep answer: for something exact, expectations: for words; ask two steps for both")
	case e.Answer != nil:
		exact := b.exact(s, at, e, skills)
		step.Expectations = []tutor.Expectation{exact}
		key = exact.Answer
	case len(e.Expectations) > 0:
		step.Expectations = b.expectations(s, at, e, skills)
	default:
		b.add(s.name, s.line(at), "the step "+e.ID+" has no answer", "Add answer: for something exact, or expectations: for words")
	}
	step.Misconceptions = b.misconceptions(s, at, e, key, skills)
	step.Check = b.check(s, at, e.Check, key, skills)
	return step
}

// exact makes the one expectation of a step with an exact answer.
func (b *builder) exact(s *source, at string, e stepEntry, skills []string) tutor.Expectation {
	answer := e.Answer.answer(e.Choices, nil)
	b.checkAnswer(s, at+".answer", answer, e.Choices)
	title := e.Title
	if title == "" {
		title = strings.TrimSpace(e.Question)
	}
	out := tutor.Expectation{ID: "answer", Title: title, Skills: skills, Answer: &answer, Concise: e.Concise}
	out.Hints, out.Tell = b.ladder(s, at+".hints", e.Hints)
	if out.Tell == "" {
		b.add(s.name, s.line(at+".hints"), "the ladder of the step "+e.ID+" does not end", "Add a last hint: - tell: which says the answer and why")
	}
	return out
}

var answerKinds = []tutor.AnswerKind{tutor.AnswerNumber, tutor.AnswerExpression, tutor.AnswerEquation, tutor.AnswerChoice, tutor.AnswerText}

func (b *builder) checkAnswer(s *source, at string, a tutor.Answer, choices []string) {
	b.need(s, at, a.Value, "the answer is empty", "Write the right answer")
	switch {
	case !slices.Contains(answerKinds, a.Kind):
		b.add(s.name, s.line(at+".kind"), fmt.Sprintf("%q is no kind of answer", a.Kind), "Use number, expression, equation, choice or text")
	case a.Kind == tutor.AnswerChoice && !slices.Contains(choices, a.Value):
		b.add(s.name, s.line(at), fmt.Sprintf("the answer %q is not among the choices", a.Value), "Repeat one of the choices letter by letter")
	case a.Tolerance < 0:
		b.add(s.name, s.line(at+".tolerance"), "the tolerance is negative", "Use 0 for an exact answer")
	case !slices.Contains([]string{"", "expanded", "factored", "simplified", "exact"}, a.Form):
		b.add(s.name, s.line(at+".form"), fmt.Sprintf("%q is no form", a.Form), "Use expanded, factored, simplified or exact, or leave it out")
	}
}

func (b *builder) expectations(s *source, at string, e stepEntry, skills []string) []tutor.Expectation {
	var out []tutor.Expectation
	taken := map[string]bool{}
	for i, x := range e.Expectations {
		here := fmt.Sprintf("%s.expectations[%d]", at, i)
		b.need(s, here, x.ID, "an expectation has no id", "Add id: a short name")
		b.need(s, here, x.Title, "the expectation "+x.ID+" has no title", "Add title: for the teacher's page")
		b.need(s, here, x.Says, "the expectation "+x.ID+" says nothing", "Add says: the idea in one sentence")
		if taken[x.ID] {
			b.add(s.name, s.line(here+".id"), "the expectation "+x.ID+" is there twice", "Give one of them another id")
		}
		taken[x.ID] = true
		if len(x.Accept) == 0 {
			b.add(s.name, s.line(here), "the expectation "+x.ID+" knows one wording only", "Add accept: with two to five wordings that students use")
		}
		expectation := tutor.Expectation{
			ID: x.ID, Title: x.Title, Skills: orElse(b.skillIDs(s, here+".skills", x.Skills), skills),
			Says: strings.TrimSpace(x.Says), Accept: x.Accept, Concise: x.Concise,
		}
		expectation.Hints, expectation.Tell = b.ladder(s, here+".hints", x.Hints)
		if expectation.Tell == "" {
			b.add(s.name, s.line(here+".hints"), "the ladder of "+x.ID+" does not end", "Add a last hint: - tell: which says the idea")
		}
		out = append(out, expectation)
	}
	return out
}

// ladder checks the order of the rungs and takes the last one, the tell, off.
func (b *builder) ladder(s *source, at string, entries []hintEntry) (hints []tutor.Hint, tell string) {
	last := -1
	for i, h := range entries {
		here := fmt.Sprintf("%s[%d]", at, i)
		place := slices.Index(rungs, h.Kind)
		switch {
		case place < 0:
			b.add(s.name, s.line(here), fmt.Sprintf("%q is no rung of the ladder", h.Kind), "Use point, principle, example, cloze or tell")
			continue
		case place < last:
			b.add(s.name, s.line(here), fmt.Sprintf("the hint %q comes too late", h.Kind), "Order the hints: point, principle, example, cloze, tell")
		}
		last = max(last, place)
		hint := tutor.Hint{Kind: h.Kind, Text: strings.TrimSpace(h.Text)}
		if h.Question != nil {
			hint.Question = b.question(s, here+"."+string(h.Kind), *h.Question)
		} else {
			b.need(s, here, h.Text, "the hint is empty", "Write it, or leave the rung out")
		}
		if h.Kind == tutor.HintTell {
			tell = hint.Text
			continue
		}
		hints = append(hints, hint)
	}
	return hints, tell
}

func (b *builder) question(s *source, at string, q questionEntry) *tutor.SubQuestion {
	b.need(s, at, q.Ask, "the scaffold asks nothing", "Add ask:")
	answer := q.Answer.answer(q.Choices, nil)
	b.checkAnswer(s, at+".answer", answer, q.Choices)
	b.need(s, at, q.Tell, "the scaffold does not tell its answer in the end", "Add tell:")
	return &tutor.SubQuestion{Prompt: q.Ask, Choices: q.Choices, Answer: answer, Hints: q.Hints, Tell: q.Tell}
}

func (b *builder) misconceptions(s *source, at string, e stepEntry, key *tutor.Answer, inherited []string) []tutor.Misconception {
	var out []tutor.Misconception
	taken := map[string]bool{}
	for i, m := range e.Misconceptions {
		here := fmt.Sprintf("%s.misconceptions[%d]", at, i)
		b.need(s, here, m.ID, "a misconception has no id", "Add id: a short name")
		b.need(s, here, m.Title, "the misconception "+m.ID+" has no title", "Add title: for the teacher's page")
		b.need(s, here, m.Correction, "the misconception "+m.ID+" has no correction", "Add correction: what makes a learner see the conflict")
		b.need(s, here, m.Question, "the misconception "+m.ID+" has no repair question", "Add question:")
		if taken[m.ID] {
			b.add(s.name, s.line(here+".id"), "the misconception "+m.ID+" is there twice", "Give one of them another id")
		}
		taken[m.ID] = true
		if len(m.Answers) == 0 && len(m.Says) == 0 {
			b.add(s.name, s.line(here), "nothing shows the misconception "+m.ID, "Add answers: wrong answers that show it, or says: sentences that do")
		}
		if m.Repair == nil && len(m.RepairSays) == 0 {
			b.add(s.name, s.line(here), "nothing shows that "+m.ID+" is repaired", "Add repair: the answer to the question, or repair_says: sentences")
		}
		x := tutor.Misconception{
			ID: m.ID, Title: m.Title, Says: m.Says, Correction: strings.TrimSpace(m.Correction), Question: strings.TrimSpace(m.Question),
			RepairSays: m.RepairSays, Skills: orElse(b.skillIDs(s, here+".skills", m.Skills), inherited),
		}
		for _, a := range m.Answers {
			x.Answers = append(x.Answers, a.answer(e.Choices, key))
		}
		if m.Repair != nil {
			repair := m.Repair.answer(nil, nil)
			b.checkAnswer(s, here+".repair", repair, nil)
			x.Repair = &repair
		}
		out = append(out, x)
	}
	return out
}

func (b *builder) check(s *source, at string, e *checkEntry, key *tutor.Answer, inherited []string) *tutor.Check {
	if e == nil {
		return nil
	}
	here := at + ".check"
	b.need(s, here, e.Question, "the transfer check has no question", "Add question:")
	if e.Answer == nil && len(e.Says) == 0 {
		b.add(s.name, s.line(here), "the transfer check has no answer", "Add answer: or says:")
	}
	c := &tutor.Check{
		Question: strings.TrimSpace(e.Question), Choices: e.Choices, Says: e.Says,
		Skills: orElse(b.skillIDs(s, here+".skills", e.Skills), inherited),
	}
	if e.Answer != nil {
		answer := e.Answer.answer(e.Choices, nil)
		b.checkAnswer(s, here+".answer", answer, e.Choices)
		c.Answer = &answer
	}
	return c
}
