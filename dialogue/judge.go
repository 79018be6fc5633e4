package dialogue

import (
	"context"
	"log/slog"
	"runtime/debug"
	"strings"

	"maieutic/prompts"
	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// judgement is what the policy makes of a turn, given a grade.
type judgement struct {
	contribution Contribution
	grade        *Grade
	heard        State
	h            Heard
	d            Decision
	marks        Marks
	next         State
}

// judge folds the turn into the state and lets the policy choose. It is pure.
func (t *turn) judge(grade *Grade) judgement {
	j := judgement{contribution: t.contribution, grade: grade}
	// A single word such as "no" may be one of the choices.
	if grade != nil && j.contribution.Tentative && grade.Attempt && len(t.plan.steps[t.before.Step].Choices) > 0 && !j.contribution.Question {
		j.contribution.Answer = true
	}
	in := Input{Contribution: j.contribution, Grade: grade}
	if last, ok := t.lastTutorTurn(); ok {
		in.Elapsed, in.Words = t.start.Turn.At.Sub(last.At), readingWords(last)
	}
	j.heard, j.h = t.plan.Hear(t.before, in)
	j.d = t.plan.Decide(j.heard, j.h)
	j.next = t.plan.Did(j.heard, j.d)
	j.marks = t.plan.Mark(t.before, j.h, grade)
	return j
}

// precedentsWanted is how many scored answers a second grader is shown.
const precedentsWanted = 4

// second is an opinion on its way. A nil second has none to give.
type second struct {
	done   chan struct{}
	cancel context.CancelFunc
	better *judgement // with the opinion in it, nil for none; read after done
}

// askSecond starts a second opinion beside everything else, where one can
// matter: an answer of the learner's own to a question whose open ideas are in
// words. When the policy would then choose otherwise, overtake is called, from
// another goroutine, before the opinion is there.
func (t *turn) askSecond(ctx context.Context, overtake func()) *second {
	if t.Second == nil || t.grade == nil || !t.h.Answer || t.before.Pending.sub() || !t.openWords() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, t.GradeTimeout)
	s := &second{done: make(chan struct{}), cancel: cancel}
	now := t.judgement
	go func() {
		defer close(s.done)
		defer func() { // nobody else can: a panic here would end the server
			if r := recover(); r != nil {
				t.Log.Error("second opinion panicked", "session", t.in.SessionID, "turn", t.in.ID, "panic", r, "stack", string(debug.Stack()))
				s.better = nil
			}
		}()
		if s.better = t.secondJudgement(ctx); s.better != nil && s.better.d != now.d {
			overtake()
		}
	}()
	return s
}

// wait returns the judgement with the second opinion in it, nil when there is
// none. It ends when the opinion is there or its time is up.
func (s *second) wait() *judgement {
	if s == nil {
		return nil
	}
	<-s.done
	return s.better
}

// end waits for the goroutine.
func (s *second) end() {
	if s != nil {
		s.cancel()
		<-s.done
	}
}

// openWords reports whether the step has an idea in words that is not covered
// yet, and the learner said more than a word.
func (t *turn) openWords() bool {
	for _, i := range t.plan.steps[t.before.Step].ideas {
		if i.Answer == nil && t.before.Coverage[i.key] < covered {
			return len(strings.Fields(t.start.Turn.Text)) > 1
		}
	}
	return false
}

// secondJudgement asks for the opinion and judges the turn anew with it. What
// fails here leaves the turn as it is.
func (t *turn) secondJudgement(ctx context.Context) *judgement {
	step := t.before.Step
	question := t.plan.question(step)
	opinion, err := t.Second.Opinion(ctx, rubric.Case{
		Question: question, Statement: t.plan.Activity.Statement, Text: t.start.Turn.Text,
		Exemplars: t.precedents(ctx, question), Nonce: t.before.Nonce, For: t.party(),
	})
	if err != nil {
		level := slog.LevelWarn
		if final(err) || ctx.Err() != nil { // off, spent, or not waited for: nothing to look after
			level = slog.LevelInfo
		}
		t.Log.Log(ctx, level, "second opinion", "session", t.in.SessionID, "turn", t.in.ID, "code", tutor.ErrorCode(err))
		return nil
	}
	if opinion.Abstained != "" {
		t.Log.Info("second opinion", "session", t.in.SessionID, "turn", t.in.ID, "abstained", opinion.Abstained)
		return nil
	}
	grade, err := t.plan.grade(ctx, t.Grader, t.before, t.start.Turn.Text, &opinion)
	if err != nil {
		return nil
	}
	j := t.judge(grade)
	for i := range j.marks.Scores {
		if j.marks.Scores[i].Agreement != "" {
			j.marks.Scores[i].PromptVersion = prompts.GradeVersion
		}
	}
	return &j
}

func (t *turn) precedents(ctx context.Context, q rubric.Question) []prompts.Exemplar {
	if t.Precedent == nil {
		return nil
	}
	query := tutor.PrecedentQuery{
		SchoolID: t.start.Session.SchoolID, ActivityID: t.plan.Activity.ID, Text: t.start.Turn.Text, Limit: precedentsWanted,
	}
	for _, e := range q.Expectations {
		if e.Answer == nil {
			query.Criteria = append(query.Criteria, e.ID)
		}
	}
	found, err := t.Precedent.Similar(ctx, query)
	if err != nil {
		t.Log.Warn("scored answers like this one", "session", t.in.SessionID, "code", tutor.ErrorCode(err))
		return nil
	}
	return found
}

func (t *turn) party() llm.Party {
	return llm.Party{SchoolID: t.start.Session.SchoolID, LearnerID: t.in.LearnerID}
}
