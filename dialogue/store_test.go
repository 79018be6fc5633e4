package dialogue

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"maieutic/tutor"
)

// memory is a Store in memory with the rules of the real one: unique turn ids,
// one active turn, leases with fences, chains of evidence that must continue.
type memory struct {
	mu         sync.Mutex
	now        func() time.Time
	activities map[string]tutor.Activity
	sessions   map[string]*memorySession
	chains     map[string][]tutor.Evidence // by learner and skill
	states     map[string]tutor.SkillState
	finishes   int
	beforeEnd  func(out tutor.TurnOutcome) // called before a turn is finished, lock not held
}

type memorySession struct {
	tutor.Session
	turns  []tutor.Turn
	active string // student turn without a reply
	fence  int64
	until  time.Time
	owner  tutor.TurnInput
	answer map[string]int // index of the reply by student turn
}

func newMemory(activities ...tutor.Activity) *memory {
	m := &memory{
		now: time.Now, activities: map[string]tutor.Activity{}, sessions: map[string]*memorySession{},
		chains: map[string][]tutor.Evidence{}, states: map[string]tutor.SkillState{},
	}
	for _, a := range activities {
		m.activities[a.ID] = a
	}
	return m
}

func (m *memory) Activity(_ context.Context, _, id, version string) (tutor.Activity, error) {
	a, ok := m.activities[id]
	if !ok || version != "" && version != a.Version {
		return tutor.Activity{}, tutor.Errorf(tutor.CodeNotFound, "no such activity")
	}
	return a, nil
}

func (m *memory) Choices(context.Context, tutor.Account) (tutor.ChoiceInput, error) {
	in := tutor.ChoiceInput{Now: m.now(), Params: tutor.DefaultParams(), States: maps.Clone(m.states)}
	for _, id := range slices.Sorted(maps.Keys(m.activities)) {
		in.Candidates = append(in.Candidates, tutor.Candidate{ActivityID: id, Skills: m.activities[id].Skills})
	}
	return in, nil
}

func (m *memory) CreateSession(_ context.Context, in tutor.NewSession) (tutor.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions[in.Session.ID] = &memorySession{Session: in.Session, turns: []tutor.Turn{in.Opening}, answer: map[string]int{}}
	return in.Session, nil
}

func (m *memory) BeginTurn(_ context.Context, in tutor.TurnInput) (tutor.TurnStart, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[in.SessionID]
	if !ok || s.LearnerID != in.LearnerID {
		return tutor.TurnStart{}, tutor.Errorf(tutor.CodeNotFound, "no such session")
	}
	at := slices.IndexFunc(s.turns, func(t tutor.Turn) bool { return t.ID == in.ID })
	if at >= 0 {
		return m.again(s, at, in)
	}
	switch {
	case s.active != "":
		return tutor.TurnStart{}, tutor.Errorf(tutor.CodeConflict, "another turn is active")
	case s.Status != tutor.SessionOpen:
		return tutor.TurnStart{}, tutor.Errorf(tutor.CodeRefused, "the session is over")
	}
	s.Seq++
	s.turns = append(s.turns, tutor.Turn{
		SessionID: in.SessionID, Seq: s.Seq, ID: in.ID, Author: tutor.AuthorStudent, Kind: in.Kind, Text: in.Text, At: m.now(),
	})
	s.active, s.owner = in.ID, in
	return m.lease(s, len(s.turns)-1, in), nil
}

// again is the same turn once more: answered, busy, or to be taken over.
func (m *memory) again(s *memorySession, at int, in tutor.TurnInput) (tutor.TurnStart, error) {
	if s.turns[at].Text != in.Text || s.turns[at].Kind != in.Kind {
		return tutor.TurnStart{}, tutor.Errorf(tutor.CodeConflict, "the id is taken")
	}
	if reply, ok := s.answer[in.ID]; ok {
		return tutor.TurnStart{Session: s.Session, Turn: s.turns[at], Reply: &s.turns[reply]}, nil
	}
	if m.now().Before(s.until) {
		return tutor.TurnStart{Session: s.Session, Turn: s.turns[at], Busy: true}, nil
	}
	return m.lease(s, at, in), nil
}

func (m *memory) lease(s *memorySession, at int, in tutor.TurnInput) tutor.TurnStart {
	s.fence++
	s.until = m.now().Add(in.Lease)
	skills := map[string]tutor.SkillState{}
	for _, skill := range m.activities[s.ActivityID].Skills {
		if state, ok := m.states[s.LearnerID+"/"+skill]; ok {
			skills[skill] = state
		}
	}
	return tutor.TurnStart{
		Session: s.Session, Turn: s.turns[at], History: slices.Clone(s.turns[max(0, at-in.History):at]), Skills: skills, Fence: s.fence,
	}
}

func (m *memory) FinishTurn(ctx context.Context, out tutor.TurnOutcome) (tutor.Turn, error) {
	if m.beforeEnd != nil {
		m.beforeEnd(out)
	}
	if err := ctx.Err(); err != nil {
		return tutor.Turn{}, tutor.WrapError(err, tutor.CodeUnavailable, "too late")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sessions[out.SessionID]
	if s.active != out.StudentID || s.fence != out.Fence {
		return tutor.Turn{}, tutor.Errorf(tutor.CodeConflict, "taken over")
	}
	for _, e := range out.Evidence {
		if err := e.Validate(); err != nil {
			return tutor.Turn{}, err
		}
	}
	added := map[string]int{}
	for _, e := range out.Evidence {
		key := out.LearnerID + "/" + e.SkillID
		added[key]++
		if int(e.Seq) != len(m.chains[key])+added[key] {
			return tutor.Turn{}, tutor.ErrStale
		}
	}
	for _, e := range out.Evidence {
		key := out.LearnerID + "/" + e.SkillID
		m.chains[key] = append(m.chains[key], e)
	}
	for _, state := range out.Skills {
		m.states[out.LearnerID+"/"+state.SkillID] = state
	}
	return m.commit(s, out), nil
}

func (m *memory) commit(s *memorySession, out tutor.TurnOutcome) tutor.Turn {
	at := slices.IndexFunc(s.turns, func(t tutor.Turn) bool { return t.ID == out.StudentID })
	s.turns[at].Contribution, s.turns[at].Scores = out.Contribution, out.Scores
	s.Seq++
	reply := out.Reply
	reply.Seq, reply.SessionID = s.Seq, s.ID
	s.turns = append(s.turns, reply)
	s.answer[out.StudentID] = len(s.turns) - 1
	s.State, s.Status, s.active = out.State, out.Status, ""
	m.finishes++
	return reply
}

func (m *memory) SkillStates(_ context.Context, _, learnerID string, skills []string) (map[string]tutor.SkillState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	states := map[string]tutor.SkillState{}
	for _, skill := range skills {
		if s, ok := m.states[learnerID+"/"+skill]; ok {
			states[skill] = s
		}
	}
	return states, nil
}

func (m *memory) Unfinished(_ context.Context, limit int) ([]tutor.TurnInput, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var turns []tutor.TurnInput
	for _, id := range slices.Sorted(maps.Keys(m.sessions)) {
		if s := m.sessions[id]; s.active != "" && !m.now().Before(s.until) && len(turns) < limit {
			in := s.owner
			in.Lease, in.History = 0, 0
			turns = append(turns, in)
		}
	}
	return turns, nil
}

// elsewhere adds evidence to a learner's skill, as another session would.
func (m *memory) elsewhere(learner, skill string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := learner + "/" + skill
	params := tutor.DefaultParams()
	state, ok := m.states[key]
	if !ok {
		state = params.NewState(skill)
	}
	e := tutor.Evidence{Seq: state.Seq + 1, SkillID: skill, Y: 1, Reliability: 1, At: m.now()}
	m.chains[key] = append(m.chains[key], e)
	m.states[key] = params.Update(state, e)
}

// talk is a session with an engine over a memory.
type talk struct {
	t       testing.TB
	engine  *Engine
	memory  *memory
	session tutor.Session
	n       int
}

const learnerID = "00000000-0000-4000-8000-000000000001"

func newTalk(t testing.TB, c Config, a tutor.Activity) *talk {
	t.Helper()
	m := newMemory(a)
	c.Store = m
	e := New(c)
	session, _, err := e.Start(t.Context(), tutor.Account{ID: learnerID, SchoolID: "school", Name: "Ana Ruiz"}, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return &talk{t: t, engine: e, memory: m, session: session}
}

func (k *talk) input(text string) tutor.TurnInput {
	k.n++
	in := tutor.TurnInput{
		SchoolID: "school", SessionID: k.session.ID, LearnerID: learnerID, ID: fmt.Sprintf("turn-%d", k.n), Kind: tutor.TurnSay, Text: text,
	}
	if text == "<hint>" {
		in.Kind, in.Text = tutor.TurnHint, ""
	}
	return in
}

// answered is what one turn came to.
type answered struct {
	student, reply tutor.Turn
	mastery        []tutor.SkillChange
	status         Status
	deltas         map[int]string // text by attempt
	err            error
}

// run ranges over a turn and checks the order of its events.
func (k *talk) run(in tutor.TurnInput) answered {
	k.t.Helper()
	got := answered{deltas: map[int]string{}}
	stage, next := 0, map[int]int{}
	at := func(n int) {
		if n < stage {
			k.t.Errorf("an event of stage %d came after stage %d", n, stage)
		}
		stage = n
	}
	for ev, err := range k.engine.Turn(k.t.Context(), in) {
		switch {
		case err != nil:
			got.err = err
		case ev.Ack != nil:
			if stage != 0 || ev.Ack.ID != in.ID {
				k.t.Errorf("ack %+v at stage %d", ev.Ack, stage)
			}
			at(1)
		case ev.Delta != nil:
			at(2)
			if ev.Delta.N != next[ev.Delta.Attempt] {
				k.t.Errorf("delta %d of attempt %d, want %d", ev.Delta.N, ev.Delta.Attempt, next[ev.Delta.Attempt])
			}
			next[ev.Delta.Attempt]++
			got.deltas[ev.Delta.Attempt] += ev.Delta.Text
		case ev.Student != nil:
			at(3)
			got.student = *ev.Student
		case ev.Reply != nil:
			at(4)
			got.reply = *ev.Reply
		case ev.Mastery != nil:
			at(5)
			got.mastery = ev.Mastery
		case ev.Status != nil:
			at(6)
			got.status = *ev.Status
		}
	}
	return got
}

// say takes a turn that must succeed.
func (k *talk) say(text string) answered {
	k.t.Helper()
	got := k.run(k.input(text))
	if got.err != nil {
		k.t.Fatalf("%q: %v", text, got.err)
	}
	return got
}
