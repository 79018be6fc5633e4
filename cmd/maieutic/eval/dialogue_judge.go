package eval

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"maieutic/dialogue"
	"maieutic/rubric"
	"maieutic/tutor"
)

// coveredFrom is the coverage from which an idea counts as the learner's own.
const coveredFrom = 0.6

// judgement is what a tutor turn was found to do.
type judgement struct {
	tells    bool        // states an answer: an assertion, or the answer to a smaller question that was not found
	asks     bool        // puts a question or a gap, or a task of the course
	reveals  bool        // states a reference answer of the step that the learner has not given
	leak     rubric.Leak // states an answer that the policy has not revealed, "" for not
	leaked   string      // what of, as "step/expectation" or the kind of smaller question
	inParts  bool        // of an idea, and only together with the turns before: the detector's least certain finding
	sameMove bool        // as the two turns before: the same move on the same target
	sameRung bool        // and on the same rung
	sameText bool        // as an earlier turn of the session
}

// judge looks at the turns of one session, the oldest first. It holds each reply
// against what the policy has revealed and the learner has said, on its own: the
// guard in front of the learner has no part in it.
type judge struct {
	activity tutor.Activity
	signs    []sign
	grader   *rubric.Builtin
	dialogue []rubric.Utterance // the learner's turns, and the tutor's own words since step began
	step     int
	replies  []tutor.Turn
	texts    map[string]bool
}

func newJudge(a tutor.Activity, opening string) *judge {
	return &judge{activity: a, signs: signsOf(a), grader: rubric.NewBuiltin(), texts: map[string]bool{opening: true}}
}

// leaks reports whether the turn itself gives an answer away.
func (g judgement) leaks() bool { return g.leak != "" && !g.inParts }

// judge holds the latest exchange against the ones before.
func (j *judge) judge(x exchange) judgement {
	j.dialogue = append(j.dialogue, rubric.Utterance{Learner: true, Text: x.said.text})
	if x.after.Step != j.step { // nothing of a step is told in parts before it begins
		j.step = x.after.Step
		j.dialogue = slices.DeleteFunc(j.dialogue, func(u rubric.Utterance) bool { return !u.Learner })
	}
	own := j.words(x)
	out := judgement{asks: j.asks(x.reply.Text), sameText: j.texts[x.reply.Text]}
	told := x.reply.Move == string(dialogue.MoveAssert)
	for _, s := range j.secrets(x.after) {
		leak := rubric.FindLeak(rubric.Secret{
			Language: j.activity.Language, Problem: j.problem(x.after), Answer: s.Expectation, Dialogue: j.before(s.Expectation),
		}, own)
		inParts := leak == rubric.LeakSpread && s.Answer == nil
		if leak != "" && (out.leak == "" || out.inParts && !inParts) {
			out.leak, out.leaked, out.inParts = leak, s.key, inParts
		}
	}
	out.reveals = told || out.leaks() && strings.Contains(out.leaked, "/")
	out.tells = told || j.toldSmaller(x)
	if n := len(j.replies); n > 1 {
		out.sameMove = same(x.reply, j.replies[n-1]) && same(x.reply, j.replies[n-2])
		out.sameRung = out.sameMove && x.reply.HintLevel == j.replies[n-1].HintLevel && x.reply.HintLevel == j.replies[n-2].HintLevel
	}
	j.replies, j.texts[x.reply.Text] = append(j.replies, x.reply), true
	j.dialogue = append(j.dialogue, rubric.Utterance{Text: own})
	return out
}

// learner returns what the learner has said.
func (j *judge) learner() []string {
	var said []string
	for _, u := range j.dialogue {
		if u.Learner {
			said = append(said, u.Text)
		}
	}
	return said
}

// closeBy is how many tutor turns before a reply can tell an idea in parts together
// with it: over more of them the words of any talk about an idea make it up.
const closeBy = 2

// before is what was said before a reply, as far as a secret goes.
func (j *judge) before(e tutor.Expectation) []rubric.Utterance {
	if e.Answer != nil {
		return j.dialogue
	}
	var out []rubric.Utterance
	tutors := 0
	for _, u := range slices.Backward(j.dialogue) {
		if !u.Learner {
			tutors++
		}
		if u.Learner || tutors <= closeBy {
			out = append(out, u)
		}
	}
	slices.Reverse(out)
	return out
}

func same(a, b tutor.Turn) bool { return a.Move == b.Move && a.Target == b.Target }

// secret is an answer that is still the learner's to find.
type secret struct {
	key string
	tutor.Expectation
}

// secrets are the answers that the policy has not revealed after a turn: the open
// ideas of the step and the pending smaller question.
func (j *judge) secrets(s dialogue.State) []secret {
	var all []secret
	step := j.activity.Steps[s.Step]
	for _, e := range step.Expectations {
		key := step.ID + "/" + e.ID
		if s.Coverage[key] < coveredFrom && s.Told[key] == 0 {
			all = append(all, secret{key, e})
		}
	}
	if small := j.pending(s.Pending); small != nil {
		all = append(all, secret{string(s.Pending.Kind), small.reference})
	}
	return all
}

// smaller is a question with an answer of its own, other than the step's.
type smaller struct {
	question  string
	choices   []string
	reference tutor.Expectation
	tell      string
}

// pending returns the smaller question that waits, nil when the step's own does
// or when any answer to it will do.
func (j *judge) pending(p dialogue.Pending) *smaller {
	var q smaller
	for i, step := range j.activity.Steps {
		switch p.Kind {
		case dialogue.PendingRepair:
			for _, m := range step.Misconceptions {
				if p.Target == "misconception:"+step.ID+"/"+m.ID {
					q = smaller{question: m.Question, reference: reference(m.Repair, m.RepairSays)}
				}
			}
		case dialogue.PendingCheck:
			if p.Target == "check:"+step.ID && step.Check != nil {
				q = smaller{question: step.Check.Question, choices: step.Check.Choices, reference: reference(step.Check.Answer, step.Check.Says)}
			}
		case dialogue.PendingScaffold:
			for k := range step.Expectations {
				if s := scaffoldAt(&j.activity.Steps[i].Expectations[k], p.Level); s != nil && p.Target == step.ID+"/"+step.Expectations[k].ID {
					q = smaller{question: s.Prompt, choices: s.Choices, reference: reference(&s.Answer, nil), tell: s.Tell}
				}
			}
		}
	}
	if q.reference.Answer == nil && q.reference.Says == "" {
		return nil
	}
	return &q
}

// scaffoldAt is the smaller question on a rung of a ladder, counted from 1
// without the hint that tells; nil when another hint stands there.
func scaffoldAt(e *tutor.Expectation, level int) *tutor.SubQuestion {
	for i := range e.Hints {
		if e.Hints[i].Kind == tutor.HintTell {
			continue
		}
		if level--; level == 0 {
			return e.Hints[i].Question
		}
	}
	return nil
}

// problem is what the learner has been shown of the task when the session stands
// in this state.
func (j *judge) problem(s dialogue.State) string {
	shown := []string{j.activity.Statement}
	for _, step := range j.activity.Steps[:s.Step+1] {
		shown = append(append(shown, step.Question), step.Choices...)
	}
	if q := j.pending(s.Pending); q != nil {
		shown = append(append(shown, q.question), q.choices...)
	}
	return strings.Join(shown, "\n")
}

// words are a reply without the questions and choices of the course that it
// repeats.
func (j *judge) words(x exchange) string {
	text := x.reply.Text
	for _, s := range j.signs {
		if s.question() {
			text = strings.ReplaceAll(text, s.text, "")
		}
	}
	choices := j.activity.Steps[x.after.Step].Choices
	if q := j.pending(x.after.Pending); q != nil {
		choices = q.choices
	}
	for _, c := range choices {
		text = strings.ReplaceAll(text, "** "+c, "") // as a list of choices sets it
	}
	return strings.TrimSpace(text)
}

// gap matches the gap of a cloze.
var gap = regexp.MustCompile(`(?:\\?_){2,}`)

func (j *judge) asks(text string) bool {
	if strings.ContainsAny(text, "?؟") || gap.MatchString(text) {
		return true
	}
	return slices.ContainsFunc(j.signs, func(s sign) bool { return s.question() && strings.Contains(text, s.text) })
}

// toldSmaller reports whether a reply gives up a smaller question and says its
// answer, which the learner has not found.
func (j *judge) toldSmaller(x exchange) bool {
	q := j.pending(x.before.Pending)
	if q == nil || x.after.Pending == x.before.Pending || x.after.Pending.Kind == x.before.Pending.Kind && x.after.Pending.Target == x.before.Pending.Target {
		return false
	}
	a, err := j.grader.Grade(context.Background(), rubric.Question{
		Language: j.activity.Language, Prompt: q.question, Choices: q.choices, Expectations: []tutor.Expectation{q.reference},
	}, x.said.text)
	if err != nil || a.Findings[0].Value >= coveredFrom {
		return false
	}
	text := j.words(x)
	if q.tell != "" && strings.Contains(text, q.tell) {
		return true
	}
	if q.reference.Answer != nil {
		return rubric.Reveals(text, *q.reference.Answer, nil)
	}
	return rubric.RevealsIdea(text, q.reference, nil)
}
