package eval

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"maieutic/dialogue"
	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// Simulation says who talks to the tutor, and about what.
type Simulation struct {
	Courses  []tutor.Course
	Persona  string          // one of Personas, "" for each of them
	Sessions int             // of each persona, at least 1
	Model    llm.Model       // finds the tutor's words; nil for the authored ones
	Second   dialogue.Second // grades beside the built-in grader; nil for that one alone
	Context  int             // tokens that the model can take, 0 for the usual
	// Transcripts is a folder for the dialogues as Markdown, "" for none.
	Transcripts string
}

// mostTurns is where a simulation gives a session up: the policy ends it long
// before.
const mostTurns = 200

// atOnce is how many sessions wait for a model at a time. Without one they run
// one after another, so that the time of a turn is its own.
const atOnce = 4

// talk is one finished session.
type talk struct {
	persona  string
	number   int // of the persona's sessions, from 1
	activity tutor.Activity
	opening  tutor.Turn
	language string // of the learner
	turns    []exchange
	status   tutor.SessionStatus
	why      string // why it ended
}

// exchange is one turn of the learner and the reply.
type exchange struct {
	said          said
	student       tutor.Turn // with its scores
	reply         tutor.Turn
	shown         []string // what was released, by attempt; a later one replaces an earlier
	before, after dialogue.State
	attempt       int // of the voice whose words were released last, from 1
	took          time.Duration
	judged        judgement
}

// Dialogue has simulated learners talk to the real engine and measures what the
// tutor does. Everything but the time of a turn is the same for the same courses
// and seed, with a model as far as the model answers the same.
func Dialogue(ctx context.Context, o Options, sim Simulation) (*Report, error) {
	chosen, err := sim.personas()
	if err != nil {
		return nil, err
	}
	problems, shelves := sim.problems()
	if len(problems) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no problem to talk about; essays are not talked through", o.Data)
	}
	talks := make([]talk, len(chosen)*sim.Sessions)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(1)
	if sim.Model != nil {
		group.SetLimit(atOnce)
	}
	done := make(chan struct{}, len(talks))
	order := rand.New(rand.NewPCG(o.Seed, 0)).Perm(len(problems))
	for i := range talks {
		p, session := chosen[i/sim.Sessions], i%sim.Sessions
		a := problems[order[session%len(order)]]
		group.Go(func() error {
			var err error
			l := newLearner(p, a, o.Seed, session)
			if talks[i], err = sim.hold(ctx, l, shelves[a.CourseID], fmt.Sprintf("%d %s %d", o.Seed, p.name, session)); err != nil {
				return fmt.Errorf("%s, session %d on %s: %w", p.name, session+1, a.ID, err)
			}
			talks[i].persona, talks[i].number = p.name, session+1
			done <- struct{}{}
			return nil
		})
		o.progress(len(done), len(talks))
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if sim.Transcripts != "" {
		if err := writeTranscripts(sim.Transcripts, talks); err != nil {
			return nil, err
		}
	}
	return dialogueReport(o, sim, talks), nil
}

func (sim Simulation) personas() ([]persona, error) {
	if sim.Sessions < 1 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "a persona needs at least one session")
	}
	if sim.Persona == "" {
		return personas, nil
	}
	i := slices.IndexFunc(personas, func(p persona) bool { return p.name == sim.Persona })
	if i < 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "there is no persona %q; choose one of %s", sim.Persona, strings.Join(Personas(), ", "))
	}
	return personas[i : i+1], nil
}

// problems are the activities that can be talked through, with the lessons of
// their courses.
func (sim Simulation) problems() ([]tutor.Activity, map[string]*shelf) {
	var all []tutor.Activity
	shelves := map[string]*shelf{}
	for _, c := range sim.Courses {
		shelves[c.ID] = newShelf(c)
		for _, a := range c.Activities {
			if a.Kind == tutor.ActivityProblem {
				all = append(all, a)
			}
		}
	}
	return all, shelves
}

// learnerID is the one learner of a simulated record.
const learnerID = "00000000-0000-4000-8000-000000000001"

// hold has a learner go through one session. The name makes the session's ids,
// on which the choice of phrases hangs.
func (sim Simulation) hold(ctx context.Context, l *learner, lessons *shelf, name string) (talk, error) {
	t, err := sim.holdFor(ctx, l, lessons, name, mostTurns, nil)
	if err == nil && t.status == tutor.SessionOpen {
		err = tutor.Errorf(tutor.CodeInternal, "the session has not ended after %d turns", mostTurns)
	}
	return t, err
}

// holdFor goes through at most so many turns of a session, and shows each to
// look, nil for nobody.
func (sim Simulation) holdFor(ctx context.Context, l *learner, lessons *shelf, name string, most int, look func(*judge, exchange)) (talk, error) {
	now, params := newClock(), tutor.DefaultParams()
	book := newNotebook(l.activity, params, now)
	n := 0
	id := func() string {
		n++
		return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s %d", name, n)).String()
	}
	engine := dialogue.New(dialogue.Config{
		Store: book, Grader: rubric.NewBuiltin(), Retriever: lessons, Model: sim.Model, Second: sim.Second, Context: sim.Context,
		Params: params, Now: now.now, NewID: id,
	})
	account := tutor.Account{ID: learnerID, SchoolID: "simulation", Name: "Sam", Role: tutor.RoleStudent, Language: l.speaks}
	session, _, err := engine.Start(ctx, account, l.activity.ID)
	if err != nil {
		return talk{}, err
	}
	t := talk{activity: l.activity, opening: book.turns[0], language: l.language, status: tutor.SessionOpen}
	text, j := t.opening.Text, newJudge(l.activity, t.opening.Text)
	for t.status == tutor.SessionOpen && len(t.turns) < most {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		now.pass(l.hears(text))
		x := exchange{said: l.says()}
		in := tutor.TurnInput{SchoolID: "simulation", SessionID: session.ID, LearnerID: learnerID, ID: id(), Kind: x.said.kind, Text: x.said.text}
		if err := t.take(ctx, engine, book, in, &x); err != nil {
			return t, err
		}
		x.judged = j.judge(x)
		if look != nil {
			look(j, x)
		}
		t.turns, text = append(t.turns, x), x.reply.Text
	}
	return t, nil
}

// take runs one turn.
func (t *talk) take(ctx context.Context, engine *dialogue.Engine, book *notebook, in tutor.TurnInput, x *exchange) error {
	var err error
	if x.before, err = dialogue.ParseState(book.session.State); err != nil {
		return err
	}
	began := time.Now()
	for ev, err := range engine.Turn(ctx, in) {
		switch {
		case err != nil:
			return err
		case ev.Delta != nil:
			if ev.Delta.Attempt > x.attempt {
				x.attempt, x.shown = ev.Delta.Attempt, append(x.shown, "")
			}
			x.shown[len(x.shown)-1] += ev.Delta.Text
		case ev.Student != nil:
			x.student = *ev.Student
		case ev.Reply != nil:
			x.reply = *ev.Reply
		case ev.Status != nil:
			t.status, t.why = ev.Status.Session, ev.Status.WhyEnded
		}
	}
	x.took = time.Since(began)
	x.after, err = dialogue.ParseState(book.session.State)
	return err
}
