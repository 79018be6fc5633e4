package dialogue

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/curriculum"
)

// sampleActivities loads every problem of the courses that come with the
// program.
func sampleActivities(t *testing.T) []tutor.Activity {
	t.Helper()
	samples, err := curriculum.Samples()
	if err != nil {
		t.Fatal(err)
	}
	var all []tutor.Activity
	for name, fsys := range samples {
		course, err := curriculum.Load(fsys)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, a := range course.Activities {
			if a.Kind == tutor.ActivityProblem {
				all = append(all, a)
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("the sample courses hold no activity")
	}
	return all
}

// TestWalkSamples walks scripted students through every sample problem: each
// session must end as it should, and the authored words never give an answer
// away before the tutor tells it.
func TestWalkSamples(t *testing.T) {
	for _, a := range sampleActivities(t) {
		t.Run(a.ID, func(t *testing.T) {
			t.Parallel()
			t.Run("right at once", func(t *testing.T) { walkRight(t, a) })
			t.Run("hint seeker", func(t *testing.T) { walkHints(t, a) })
			t.Run("silent", func(t *testing.T) { walkSilent(t, a) })
			for _, step := range a.Steps {
				for _, m := range step.Misconceptions {
					for i := range len(m.Answers) + len(m.Says) {
						t.Run(fmt.Sprintf("wrong idea %s/%s/%d", step.ID, m.ID, i), func(t *testing.T) { walkWrong(t, a, step.ID, m, i) })
					}
				}
			}
		})
	}
}

// walker answers as a scripted student and watches what the tutor says.
type walker struct {
	*talk
	plan  *Plan
	last  answered
	heard []string // what the student has said
}

// clock moves on a minute with each look at it, so that nobody seems hurried.
func clock() func() time.Time {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	return func() time.Time { now = now.Add(time.Minute); return now }
}

// ids are the same in every run: the choice of phrases hangs on them.
func ids(name string) func() string {
	n := 0
	return func() string {
		n++
		return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s %d", name, n)).String()
	}
}

func newWalker(t *testing.T, a tutor.Activity) *walker {
	t.Helper()
	plan, err := NewPlan(a)
	if err != nil {
		t.Fatal(err)
	}
	now := clock()
	k := newTalk(t, Config{Grader: rubric.NewBuiltin(), Now: now, NewID: ids(t.Name())}, a)
	k.memory.now = now
	w := &walker{talk: k, plan: plan}
	opening := k.memory.sessions[k.session.ID].turns[0]
	w.watch(opening, Decision{Move: MoveAsk, Pending: w.state().Pending})
	return w
}

func (w *walker) state() State {
	s, err := ParseState(w.memory.sessions[w.session.ID].State)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// step is the step the session stands on.
func (w *walker) step() tutor.Step { return w.plan.Activity.Steps[w.state().Step] }

// tell says something and watches the reply.
func (w *walker) tell(text string) {
	w.t.Helper()
	w.heard = append(w.heard, text)
	w.last = w.say(text)
	s := w.state()
	w.watch(w.last.reply, Decision{
		Move: Move(w.last.reply.Move), Target: w.last.reply.Target, Next: s.Step, Pending: s.Pending, Status: w.last.status.Session,
	})
}

// watch fails when a tutor turn gives away what the current step still asks
// for, or asks more than one question of its own.
func (w *walker) watch(reply tutor.Turn, d Decision) {
	w.t.Helper()
	if strings.TrimSpace(reply.Text) == "" || strings.ContainsAny(strings.ReplaceAll(reply.Text, "\\{", ""), "\x00") {
		w.t.Errorf("the turn %s says nothing", d.Move)
	}
	if d.Status == tutor.SessionMastered || d.Status == tutor.SessionEnded {
		return
	}
	s := w.state()
	given := append(slices.Clone(w.heard), w.plan.Activity.Statement, w.step().Question)
	given = append(given, w.step().Choices...)
	words := strings.ReplaceAll(reply.Text, w.step().Question, "")
	for _, i := range w.plan.steps[s.Step].ideas {
		if s.Coverage[i.key] >= covered || s.Told[i.key] > 0 {
			continue
		}
		for _, sentence := range Sentences(words) {
			if w.gives(sentence, *i.Expectation, given) {
				w.t.Errorf("%s at level %d gives %s away: %s", d.Move, reply.HintLevel, i.key, sentence)
			}
		}
	}
}

// plainly is the value from which a sentence states an idea as a good student
// would. A rule that comes near it is what a hint is for.
const plainly = 0.95

func (w *walker) gives(sentence string, e tutor.Expectation, given []string) bool {
	if e.Answer != nil {
		return rubric.Reveals(sentence, *e.Answer, given)
	}
	if asks(sentence) || blanks.MatchString(sentence) { // a gap or a question leaves it to the learner
		return false
	}
	a, err := rubric.NewBuiltin().Grade(w.t.Context(), rubric.Question{
		Language: w.plan.Activity.Language, Prompt: strings.Join(given, "\n"), Expectations: []tutor.Expectation{e},
	}, sentence)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.Findings[0].Value >= plainly
}

// rightAnswer is what a student who knows everything says to the step.
func rightAnswer(step tutor.Step) string {
	var parts []string
	for _, e := range step.Expectations {
		if e.Answer != nil {
			parts = append(parts, e.Answer.Value)
			continue
		}
		parts = append(parts, strings.TrimRight(e.Says, ". ")+".")
	}
	return strings.Join(parts, " ")
}

// properAnswer answers whatever is pending, rightly.
func (w *walker) properAnswer() string {
	s := w.state()
	if _, _, e, ok := w.plan.subQuestion(s.Pending); ok {
		if e.Answer != nil {
			return e.Answer.Value
		}
		return e.Says
	}
	return rightAnswer(w.step())
}

func (w *walker) finish() {
	w.t.Helper()
	for range w.plan.MaxTurns() {
		if w.last.status.Session != "" && w.last.status.Session != tutor.SessionOpen {
			break
		}
		w.tell(w.properAnswer())
	}
	if w.last.status.Session != tutor.SessionMastered {
		w.t.Errorf("ends %q (%s) with %+v", w.last.status.Session, w.last.status.WhyEnded, w.state().Coverage)
	}
}

// walkRight masters the problem in one turn for each step, or fewer.
func walkRight(t *testing.T, a tutor.Activity) {
	w := newWalker(t, a)
	turns := 0
	for w.last.status.Session != tutor.SessionMastered && turns < len(a.Steps)+1 {
		w.tell(rightAnswer(w.step()))
		turns++
	}
	if w.last.status.Session != tutor.SessionMastered || turns > len(a.Steps) {
		t.Errorf("mastered: %v after %d turns for %d steps; stands at %s, last move %s (%s)",
			w.last.status.Session, turns, len(a.Steps), w.step().ID, w.last.reply.Move, w.last.reply.Reason)
	}
	for skill, chain := range w.memory.chains {
		for _, e := range chain {
			if e.Y < covered || e.Hints != 0 {
				t.Errorf("%s has evidence %v with %d hints from a student who was right at once", skill, e.Y, e.Hints)
			}
		}
	}
}

// walkHints asks for hints until the tutor tells, restates, passes the check.
func walkHints(t *testing.T, a tutor.Activity) {
	w := newWalker(t, a)
	for w.last.status.Session == "" || w.last.status.Session == tutor.SessionOpen {
		if w.n >= w.plan.MaxTurns() {
			break
		}
		switch s := w.state(); s.Pending.Kind {
		case PendingRestate:
			_, i, _ := w.plan.find(s.Pending.Target)
			w.tell(rightAnswer(tutor.Step{Expectations: []tutor.Expectation{*i.Expectation}}))
		case PendingCheck:
			w.tell(w.properAnswer())
		default:
			w.tell("<hint>")
		}
	}
	if w.last.status.Session != tutor.SessionMastered {
		t.Errorf("ends %q (%s), last move %s", w.last.status.Session, w.last.status.WhyEnded, w.last.reply.Move)
	}
	told := false
	for _, turn := range w.memory.sessions[w.session.ID].turns {
		told = told || turn.Move == string(MoveAssert)
	}
	if !told {
		t.Error("nothing was ever told")
	}
}

// walkSilent says nothing of substance and must not master anything.
func walkSilent(t *testing.T, a tutor.Activity) {
	w := newWalker(t, a)
	says := []string{"...", "idk", "   ", "i don't know"}
	for w.last.status.Session == "" || w.last.status.Session == tutor.SessionOpen {
		if w.n > w.plan.MaxTurns() {
			t.Fatal("the session does not end")
		}
		w.tell(says[w.n%len(says)])
	}
	if w.last.status.Session != tutor.SessionEnded {
		t.Errorf("a silent student's session ends %q", w.last.status.Session)
	}
	if len(w.memory.chains) > 0 {
		t.Errorf("silence gave evidence: %v", w.memory.chains)
	}
}

// walkWrong shows a misconception, is led to its correction, answers the repair
// question, and masters the problem.
func walkWrong(t *testing.T, a tutor.Activity, stepID string, m tutor.Misconception, n int) {
	wrong := ""
	if n < len(m.Answers) {
		wrong = m.Answers[n].Value
	} else {
		wrong = m.Says[n-len(m.Answers)]
	}
	w := newWalker(t, a)
	for w.step().ID != stepID {
		w.tell(rightAnswer(w.step()))
		if w.n > len(a.Steps) {
			t.Fatalf("never comes to step %s", stepID)
		}
	}
	w.tell(wrong)
	key := misconceptionKey(stepID, m.ID)
	if target := w.last.reply.Target; target != key && n >= len(m.Answers) && strings.HasPrefix(target, "misconception:"+stepID+"/") {
		key = target // told in words, two ideas of one step may sound alike
	}
	if w.last.reply.Move != string(MoveCorrect) || w.last.reply.Target != key {
		t.Fatalf("%q is met with %s on %s (%s)", wrong, w.last.reply.Move, w.last.reply.Target, w.last.reply.Reason)
	}
	if m.Question != "" {
		w.tell(w.properAnswer())
		if held := w.state().Held[key]; held.Standing != StandingRepaired {
			t.Errorf("after the repair answer %q the idea is %s", w.heard[len(w.heard)-1], held.Standing)
		}
	}
	w.finish()
}
