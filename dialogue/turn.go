package dialogue

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"time"

	"maieutic/tutor"
)

// Turn runs one turn of a session and yields what happens, in the order that
// Event describes. The turn belongs to the record from its Ack on: breaking the
// loop, or the end of ctx, does not stop it, and the loop returns only when it
// is finished or its deadline has passed. An error is the last element.
func (e *Engine) Turn(ctx context.Context, in tutor.TurnInput) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		out := &outlet{yield: yield}
		if err := e.run(ctx, in, out); err != nil {
			out.fail(err)
		}
	}
}

// outlet hands events to whoever ranges over a turn, as long as they do.
type outlet struct {
	yield func(Event, error) bool
	gone  bool
}

func (o *outlet) send(ev Event) {
	if !o.gone {
		o.gone = !o.yield(ev, nil)
	}
}

func (o *outlet) fail(err error) {
	if !o.gone {
		o.gone = true
		o.yield(Event{}, err)
	}
}

// run is a turn from its start to its end.
func (e *Engine) run(caller context.Context, in tutor.TurnInput, out *outlet) error {
	if err := validate(in); err != nil {
		return err
	}
	in.Lease, in.History = e.Lease, history
	if e.Model != nil {
		in.History = modelHistory
	}
	start, err := e.begin(caller, in)
	if err != nil {
		return err
	}
	out.send(Event{Ack: &Ack{ID: start.Turn.ID, Seq: start.Turn.Seq, Turn: start.Turn}})
	if start.Busy {
		if start, err = e.await(caller, in); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(caller), e.TurnDeadline)
	defer cancel()
	t := &turn{Engine: e, in: in, start: start, began: e.Now()}
	if start.Session.Kind == tutor.ActivityEssay {
		return t.essay(ctx, caller, out)
	}
	if t.plan, err = e.plan(ctx, start.Session.SchoolID, start.Session.ActivityID, start.Session.ActivityVersion); err != nil {
		return err
	}
	if start.Reply != nil {
		return t.repeat(out)
	}
	if err := t.answer(ctx, out); err != nil {
		return t.overtaken(caller, err, out)
	}
	return nil
}

// essay is the rest of a turn of a talk about an essay.
func (t *turn) essay(ctx, caller context.Context, out *outlet) error {
	t.plan = &Plan{}
	if t.start.Reply != nil {
		return t.repeat(out)
	}
	if err := t.talkEssay(ctx, out); err != nil {
		return t.overtaken(caller, err, out)
	}
	return nil
}

// begin commits the student turn, whether or not the caller stays for it.
func (e *Engine) begin(caller context.Context, in tutor.TurnInput) (tutor.TurnStart, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(caller), e.TurnDeadline)
	defer cancel()
	return e.Store.BeginTurn(ctx, in)
}

// turn is one turn at work.
type turn struct {
	*Engine
	in           tutor.TurnInput
	start        tutor.TurnStart
	plan         *Plan
	began        time.Time
	before       State
	contribution Contribution

	judgement
	aside    Aside
	passages []tutor.Passage
	reply    tutor.Turn
	changes  []tutor.SkillChange
}

// answer does everything between the committed student turn and the committed
// reply.
//
// With a second grader the policy begins on the built-in grade, and the words
// are looked for while the opinion is on its way. Nothing is released before it
// is there, or its time is up. When it would have changed the decision the draft
// is dropped and the right move is spoken, in authored words, which cost no
// time: so the first sentence waits for the slower of the two and no longer.
func (t *turn) answer(ctx context.Context, out *outlet) error {
	if err := t.understand(ctx); err != nil {
		return err
	}
	speaking, overtake := context.WithCancel(ctx)
	defer overtake()
	opinion := t.askSecond(ctx, overtake)
	defer opinion.end()
	t.consult(ctx)
	t.speak(ctx, speaking, opinion, out)
	student, err := t.finish(ctx)
	if err != nil {
		return err
	}
	out.send(Event{Student: &student})
	out.send(Event{Reply: &t.reply})
	if len(t.changes) > 0 {
		out.send(Event{Mastery: t.changes})
	}
	out.send(Event{Status: t.status()})
	t.Log.Info("turn", "session", t.in.SessionID, "turn", t.in.ID, "contribution", t.h.Kind, "move", t.d.Move,
		"voice", t.reply.Voice.Engine, "took", t.Now().Sub(t.began))
	return nil
}

// understand classifies, grades and judges what the learner said.
func (t *turn) understand(ctx context.Context) error {
	var err error
	if t.before, err = ParseState(t.start.Session.State); err != nil {
		return err
	}
	if t.before.Nonce == "" { // a session that began without one
		t.before.Nonce = t.nonce(t.in.SessionID)
	}
	text := t.start.Turn.Text
	t.contribution = Classify(t.start.Turn.Kind, text, t.start.Session.Language)
	var grade *Grade
	if t.before.Pending.Kind != "" && t.contribution.Kind != KindEmpty && t.start.Turn.Kind != tutor.TurnHint {
		if grade, err = t.plan.grade(ctx, t.Grader, t.before, text, nil); err != nil {
			return tutor.WrapError(err, tutor.CodeUnavailable, "The answer could not be looked at just now. Please try again.")
		}
	}
	t.judgement = t.judge(grade)
	return nil
}

func (t *turn) lastTutorTurn() (tutor.Turn, bool) {
	for _, turn := range slices.Backward(t.start.History) {
		if turn.Author == tutor.AuthorTutor {
			return turn, true
		}
	}
	return tutor.Turn{}, false
}

// passagesWanted is how many passages a question of the learner's own is held
// against.
const passagesWanted = 12

// consult looks the learner's own question up in the curriculum. When the
// search fails, the tutor says that it found nothing.
func (t *turn) consult(ctx context.Context) {
	t.aside, t.passages = Aside{}, nil
	if !t.d.Aside || t.Retriever == nil {
		return
	}
	query, a := t.start.Turn.Text, t.plan.Activity
	if len(tellingWords(query, a.Language)) == 0 { // "why?" asks for what is being worked out
		t.aside.Leak = true
		return
	}
	passages, err := t.Retriever.Search(ctx, tutor.Query{
		SchoolID: t.start.Session.SchoolID, CourseID: a.CourseID, Language: a.Language, Text: query, K: passagesWanted,
	})
	if err != nil {
		t.Log.Warn("search for a learner's question", "session", t.in.SessionID, "turn", t.in.ID, "code", tutor.ErrorCode(err))
		return
	}
	t.aside = AnswerFrom(query, passages, a.Language, t.plan.protects(t.heard, t.d, t.given()))
	for _, p := range passages {
		if slices.Contains(t.aside.Citations, p.Citation) {
			p.Text = t.aside.Text
			t.passages = append(t.passages, p)
		}
	}
}

// given is what the learner has said so far.
func (t *turn) given() []string {
	said := []string{t.start.Turn.Text}
	for _, turn := range t.start.History {
		if turn.Author == tutor.AuthorStudent {
			said = append(said, turn.Text)
		}
	}
	return said
}

// finishTries bounds how often a turn is folded anew because the learner's
// record has changed meanwhile.
const finishTries = 5

// finish writes what the turn leaves behind and returns the student turn with
// its scores.
func (t *turn) finish(ctx context.Context) (tutor.Turn, error) {
	student := t.start.Turn
	student.Contribution, student.Scores = string(t.h.Kind), t.scores()
	states := t.start.Skills
	for try := 1; ; try++ {
		outcome, err := t.outcome(ctx, student, states)
		if err != nil {
			return student, err
		}
		reply, err := t.Store.FinishTurn(ctx, outcome)
		if err == nil {
			t.reply = reply
			return student, nil
		}
		if !errors.Is(err, tutor.ErrStale) || try == finishTries {
			return student, err
		}
		states = nil // read them again
	}
}

// scores gives the turn's scores their ids.
func (t *turn) scores() []tutor.Score {
	scores := slices.Clone(t.marks.Scores)
	for i := range scores {
		scores[i].ID, scores[i].TurnID = t.NewID(), t.start.Turn.ID
	}
	return scores
}

// outcome folds the turn's evidence into the learner's states.
func (t *turn) outcome(ctx context.Context, student tutor.Turn, states map[string]tutor.SkillState) (tutor.TurnOutcome, error) {
	out := tutor.TurnOutcome{
		SchoolID: t.start.Session.SchoolID, SessionID: t.in.SessionID, LearnerID: t.in.LearnerID, StudentID: student.ID,
		Fence: t.start.Fence, Contribution: student.Contribution, Scores: student.Scores, Reply: t.reply,
		State: t.next.JSON(), Status: t.d.Status,
	}
	states, err := t.states(ctx, states)
	if err != nil {
		return out, err
	}
	changes := map[string]tutor.SkillChange{}
	for _, m := range t.marks.Evidence {
		ev := m.Evidence
		state, ok := states[ev.SkillID]
		if !ok {
			state = t.Params.NewState(ev.SkillID)
		}
		change, seen := changes[ev.SkillID]
		if !seen {
			change.Before = state.Mastery
		}
		ev.Seq, ev.ScoreID, ev.SessionID = state.Seq+1, student.Scores[m.Score].ID, t.in.SessionID
		ev.TurnSeq, ev.At = student.Seq, student.At
		states[ev.SkillID] = t.Params.Update(state, ev)
		change.SkillID, change.After, change.Why = ev.SkillID, states[ev.SkillID], why(ev)
		changes[ev.SkillID] = change
		out.Evidence = append(out.Evidence, ev)
	}
	t.changes = nil
	for _, skill := range slices.Sorted(maps.Keys(changes)) {
		t.changes = append(t.changes, changes[skill])
		out.Skills = append(out.Skills, changes[skill].After)
	}
	return out, nil
}

// states returns a copy of the states of every skill the turn speaks of. Those
// of the activity's own skills came with the turn.
func (t *turn) states(ctx context.Context, known map[string]tutor.SkillState) (map[string]tutor.SkillState, error) {
	var missing []string
	for _, m := range t.marks.Evidence {
		loaded := known != nil && slices.Contains(t.plan.Activity.Skills, m.SkillID)
		if _, ok := known[m.SkillID]; !ok && !loaded && !slices.Contains(missing, m.SkillID) {
			missing = append(missing, m.SkillID)
		}
	}
	states := cloneMap(known)
	if len(missing) == 0 {
		return states, nil
	}
	read, err := t.Store.SkillStates(ctx, t.start.Session.SchoolID, t.in.LearnerID, missing)
	if err != nil {
		return nil, err
	}
	maps.Copy(states, read)
	return states, nil
}

func (t *turn) status() *Status {
	return &Status{Session: t.d.Status, Step: t.next.Step, Steps: len(t.plan.steps), WhyEnded: t.d.WhyEnded}
}

// repeat answers a turn that is answered already.
func (t *turn) repeat(out *outlet) error {
	state, err := ParseState(t.start.Session.State)
	if err != nil {
		return err
	}
	out.send(Event{Student: &t.start.Turn})
	out.send(Event{Reply: t.start.Reply})
	status := &Status{Session: t.start.Session.Status, Step: state.Step, Steps: len(t.plan.steps)}
	if status.Session == tutor.SessionEnded {
		status.WhyEnded = state.Last.Reason
	}
	out.send(Event{Status: status})
	return nil
}

// await waits until another worker has finished the turn, or until its lease
// runs out and the turn is ours. It waits no longer than the caller does.
func (e *Engine) await(caller context.Context, in tutor.TurnInput) (tutor.TurnStart, error) {
	ctx, cancel := context.WithTimeout(caller, e.Lease+e.TurnDeadline)
	defer cancel()
	for wait := e.Poll; ; wait = min(2*wait, time.Second) {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return tutor.TurnStart{}, tutor.WrapError(ctx.Err(), tutor.CodeUnavailable, "The answer is still being worked on; it will be here shortly.")
		case <-timer.C:
		}
		start, err := e.Store.BeginTurn(ctx, in)
		if err != nil || !start.Busy {
			return start, err
		}
	}
}

// overtaken looks whether a turn that could not be finished was finished by
// another worker.
func (t *turn) overtaken(caller context.Context, err error, out *outlet) error {
	if tutor.ErrorCode(err) != tutor.CodeConflict || errors.Is(err, tutor.ErrStale) {
		return err
	}
	start, again := t.await(caller, t.in)
	if again != nil || start.Reply == nil {
		return err
	}
	t.start = start
	return t.repeat(out)
}

// Recover finishes turns whose worker has gone: it takes over every student
// turn without a reply whose lease has run out, and returns how many it
// answered. Call it at the start and from time to time; several replicas may.
func (e *Engine) Recover(ctx context.Context) (int, error) {
	const batch = 20
	finished := 0
	seen := map[string]bool{}
	for {
		turns, err := e.Store.Unfinished(ctx, batch)
		if err != nil {
			return finished, err
		}
		fresh := 0
		for _, in := range turns {
			if ctx.Err() != nil {
				return finished, ctx.Err()
			}
			if seen[in.ID] {
				continue
			}
			seen[in.ID] = true
			fresh++
			if err := e.drain(ctx, in); err != nil {
				e.Log.Error("recover a turn", "session", in.SessionID, "turn", in.ID, "code", tutor.ErrorCode(err), "error", err)
				continue
			}
			finished++
		}
		if fresh == 0 {
			return finished, nil
		}
	}
}

func (e *Engine) drain(ctx context.Context, in tutor.TurnInput) error {
	for _, err := range e.Turn(ctx, in) {
		if err != nil {
			return err
		}
	}
	return nil
}
