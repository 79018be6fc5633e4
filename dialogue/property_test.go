package dialogue

import (
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"maieutic/tutor"
)

// The property test plays random learners on random activities: sessions one
// after the other until eventsPerCheck turns are used, checks times over.
const (
	propertyChecks = 4100
	eventsPerCheck = 250
	propertyEvents = 1_000_000
)

// TestPolicyInvariants holds what DESIGN promises of the policy against at
// least a million random turns.
func TestPolicyInvariants(t *testing.T) {
	restore := setFlag(t, "rapid.checks", fmt.Sprint(propertyChecks))
	defer restore()
	total, moves := 0, map[Move]int{}
	rapid.Check(t, func(rt *rapid.T) {
		plan, err := NewPlan(drawActivity(rt))
		if err != nil {
			rt.Fatal(err)
		}
		codes := rapid.SliceOfN(rapid.Uint64(), eventsPerCheck, eventsPerCheck).Draw(rt, "events")
		for len(codes) > 0 {
			codes = playSession(rt, plan, codes, moves)
		}
		total += eventsPerCheck
	})
	if t.Failed() {
		return
	}
	if total < propertyEvents {
		t.Errorf("played %d turns, want at least %d", total, propertyEvents)
	}
	for _, m := range []Move{
		MovePump, MoveHint, MovePrompt, MoveAssert, MoveCheck, MoveCorrect, MoveAnswer, MoveRedirect, MoveEncourage,
		MoveConfirm, MoveLeave, MoveSummary, MoveClose,
	} {
		if moves[m] < total/1000 {
			t.Errorf("%s was made %d times in %d turns: the events do not reach it", m, moves[m], total)
		}
	}
}

func setFlag(t *testing.T, name, value string) func() {
	t.Helper()
	old := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := flag.Set(name, old); err != nil {
			t.Error(err)
		}
	}
}

// playSession plays one session and returns the codes it did not use.
func playSession(t *rapid.T, p *Plan, codes []uint64, moves map[Move]int) []uint64 {
	state, opening := p.Open()
	if opening.Move != MoveAsk || state.Pending.Kind != PendingStep {
		t.Fatalf("a session opens with %v", opening)
	}
	running := 1
	for turn := 1; len(codes) > 0; turn++ {
		in := randomInput(p, state, codes[0])
		codes = codes[1:]
		heard, h := p.Hear(state, in)
		d := p.Decide(heard, h)
		next := p.Did(heard, d)
		if d.same(state.Last) {
			running++
		} else {
			running = 1
		}
		v := verdict{t, p, state, heard, next, in, h, d}
		moves[d.Move]++
		v.record()
		v.talk(running)
		v.ladder()
		if turn%16 == 0 {
			v.repeatable()
		}
		if d.Status != tutor.SessionOpen {
			v.ending()
			break
		}
		if turn >= p.MaxTurns() {
			t.Fatalf("turn %d of at most %d and still open", turn, p.MaxTurns())
		}
		state = next
	}
	return codes
}

type verdict struct {
	*rapid.T
	p                   *Plan
	before, heard, next State
	in                  Input
	h                   Heard
	d                   Decision
}

// record: coverage never falls, rises only by what the learner said in answer,
// never by a sub-answer and never by what the tutor does.
func (v verdict) record() {
	for key, was := range v.before.Coverage {
		if v.next.Coverage[key] < was {
			v.Fatalf("coverage of %s fell from %v to %v", key, was, v.next.Coverage[key])
		}
	}
	if !maps.Equal(v.heard.Coverage, v.next.Coverage) {
		v.Fatalf("the tutor's %v changed coverage", v.d)
	}
	if grew := !maps.Equal(v.before.Coverage, v.heard.Coverage); grew && (v.in.Grade == nil || !v.h.Answer) {
		v.Fatalf("coverage rose without an answer: %+v", v.in)
	}
	if v.before.Pending.sub() && v.h.Sub == OutcomeRight && len(v.h.Covered) > 0 {
		v.Fatalf("an answer to a sub-question covered %v", v.h.Covered)
	}
}

// talk: no identical turn more than twice running, a question keeps the pending
// one, a right answer is never refused, every open session waits for something.
func (v verdict) talk(running int) {
	if running > 2 {
		v.Fatalf("%s on %s (level %d) %d times running", v.d.Move, v.d.Target, v.d.Level, running)
	}
	open := v.d.Status == tutor.SessionOpen
	if open && (v.d.Pending.Kind == "" || v.d.Pending.Target == "" || v.d.Target == "") {
		v.Fatalf("nothing is pending after %+v", v.d)
	}
	if open && v.h.Question && !v.h.Answer && v.d.Pending != v.before.Pending {
		v.Fatalf("a question consumed the pending %+v; now %+v", v.before.Pending, v.d.Pending)
	}
	if v.h.Question && v.h.Cue != "stop" && v.h.Cue != "distress" && !v.d.Aside && v.d.Reason != "asked_before" {
		v.Fatalf("a question was passed over by %+v", v.d)
	}
	right := v.h.Answer && v.in.Grade != nil && len(v.in.Grade.Findings) > 0 &&
		!slices.ContainsFunc(v.in.Grade.Findings, func(f Finding) bool { return !f.covers() })
	if right && v.h.Cue == "" && v.h.Sub != OutcomeRight && v.before.Pending.Kind != PendingCheck {
		done := v.d.Done == v.before.Step || v.d.Move == MoveCheck || !open
		if v.d.Feedback != FeedbackRight || !done {
			v.Fatalf("a right answer was met with %+v", v.d)
		}
	}
}

// ladder: one rung at a time, and between two rungs an attempt, an urge to try,
// or a learner who has nothing to try with.
func (v verdict) ladder() {
	for key, level := range v.next.Levels {
		was := v.before.Levels[key]
		if level == was {
			continue
		}
		if level != was+1 {
			v.Fatalf("%s climbed from %d to %d", key, was, level)
		}
		free := was == 0 || v.heard.Attempted || v.before.Urged || v.heard.Idk >= patience || v.d.Reason == "no_progress"
		if !free {
			v.Fatalf("%s climbed to %d without an attempt: %+v", key, level, v.d)
		}
	}
	for key, times := range v.next.Told {
		if times > maxAssertions {
			v.Fatalf("%s was told %d times", key, times)
		}
	}
	for key, held := range v.next.Held {
		if held.Corrections > maxCorrections {
			v.Fatalf("%s was corrected %d times", key, held.Corrections)
		}
	}
}

// repeatable: the same state and turn, read back from storage, give the same
// decision.
func (v verdict) repeatable() {
	stored, err := ParseState(v.before.JSON())
	if err != nil {
		v.Fatal(err)
	}
	heard, h := v.p.Hear(stored, v.in)
	if d := v.p.Decide(heard, h); !reflect.DeepEqual(d, v.d) {
		v.Fatalf("stored state decides %+v, the live one %+v", d, v.d)
	}
	if !reflect.DeepEqual(v.p.Did(heard, v.d).JSON(), v.next.JSON()) {
		v.Fatal("stored state continues differently")
	}
}

// ending: mastered exactly when everything is covered, never by running out.
func (v verdict) ending() {
	switch v.d.Status {
	case tutor.SessionMastered:
		if !v.p.mastered(v.next) || v.d.Move != MoveSummary {
			v.Fatalf("mastered with coverage %v by %+v", v.next.Coverage, v.d)
		}
	case tutor.SessionEnded:
		if v.d.WhyEnded == "" || v.d.Move != MoveClose {
			v.Fatalf("ended without a reason: %+v", v.d)
		}
	default:
		v.Fatalf("status %q", v.d.Status)
	}
}

func drawActivity(t *rapid.T) tutor.Activity {
	a := tutor.Activity{ID: "random.activity", Language: "en"}
	for s := range rapid.IntRange(1, 3).Draw(t, "steps") {
		step := tutor.Step{ID: fmt.Sprintf("s%d", s), Question: "What do you think?"}
		for e := range rapid.IntRange(1, 3).Draw(t, "expectations") {
			step.Expectations = append(step.Expectations, drawExpectation(t, e))
		}
		for m := range rapid.IntRange(0, 2).Draw(t, "misconceptions") {
			held := tutor.Misconception{ID: fmt.Sprintf("m%d", m), Title: "A wrong idea", Correction: "Look again.", Repair: &tutor.Answer{Value: "1"}}
			if rapid.Bool().Draw(t, "asks") {
				held.Question = "What is one?"
			}
			step.Misconceptions = append(step.Misconceptions, held)
		}
		if rapid.Bool().Draw(t, "check") {
			step.Check = &tutor.Check{Question: "And this one?", Answer: &tutor.Answer{Value: "2"}}
		}
		a.Steps = append(a.Steps, step)
	}
	return a
}

func drawExpectation(t *rapid.T, n int) tutor.Expectation {
	e := tutor.Expectation{ID: fmt.Sprintf("e%d", n), Title: "An idea", Tell: "This is it."}
	if e.Says = strings.Repeat("word ", n+1); rapid.Bool().Draw(t, "exact") {
		e.Answer = &tutor.Answer{Kind: tutor.AnswerNumber, Value: "7"}
	}
	kinds := []tutor.HintKind{tutor.HintPoint, tutor.HintPrinciple, tutor.HintExample, tutor.HintCloze}
	for range rapid.IntRange(0, 6).Draw(t, "hints") {
		h := tutor.Hint{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Text: "Look here."}
		if rapid.IntRange(0, 3).Draw(t, "scaffold") == 0 {
			h.Question = &tutor.SubQuestion{Prompt: "Smaller?", Tell: "It is 3.", Hints: make([]string, rapid.IntRange(0, 3).Draw(t, "sub hints"))}
		}
		e.Hints = append(e.Hints, h)
	}
	return e
}

// bits hands out the bits of a code.
type bits uint64

func (b *bits) below(n uint64) int {
	v := uint64(*b) % n
	*b = bits(uint64(*b) / n)
	return int(v)
}

// mix spreads a drawn code over all bits (splitmix64) and keeps 0.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// randomInput makes a turn of a code; the smallest code is a right answer.
func randomInput(p *Plan, s State, code uint64) Input {
	b := bits(mix(code))
	in := Input{Words: 30, Elapsed: time.Minute}
	if b.below(4) == 3 {
		in.Elapsed = time.Second
	}
	c := &in.Contribution
	switch b.below(16) {
	case 0, 1, 2, 3, 4, 5:
		c.Kind, c.Answer = KindAssertion, true
	case 6:
		c.Kind, c.Answer, c.Question, c.Topic = KindAssertion, true, true, fmt.Sprint(b.below(2))
	case 7, 8:
		c.Kind, c.Question, c.Topic, c.Tentative = KindQuestion, true, fmt.Sprint(b.below(2)), b.below(2) == 1
	case 9, 10:
		c.Kind, c.Cue = KindHelp, "help"
	case 11, 12:
		c.Kind, c.Cue = KindIdk, "idk"
	case 13:
		c.Kind, c.Cue = KindEmpty, "empty"
	case 14:
		c.Kind, c.Cue = KindOffTask, "off_task"
	default:
		other := []Contribution{
			{Kind: KindAffect, Cue: "affect_hard"}, {Kind: KindUncertainty, Cue: "uncertainty"}, {Kind: KindMeta, Cue: "meta_who"},
			{Kind: KindMeta, Cue: "meta_ack", Tentative: true}, {Kind: KindAffect, Cue: "distress"}, {Kind: KindMeta, Cue: "stop"},
		}
		*c = other[min(b.below(9), len(other)-1)]
		if c.Cue == "stop" && b.below(4) != 0 {
			*c = other[0]
		}
	}
	if c.Answer || c.Tentative {
		in.Grade = randomGrade(p, s, &b)
	}
	return in
}

func randomGrade(p *Plan, s State, b *bits) *Grade {
	g := &Grade{Attempt: b.below(8) != 7, Print: fmt.Sprint(b.below(4)), Suspects: map[string]float64{}}
	mode := b.below(4) // 0 right throughout, 1 wrong throughout, else mixed
	step := p.steps[s.Step]
	for i := range step.ideas {
		f := Finding{Key: step.ideas[i].key, Value: 1, Confidence: 1}
		switch {
		case mode == 1:
			f.Value = 0
		case mode > 1:
			f.Value, f.Confidence = float64(b.below(5))/4, float64(b.below(3))/2
			f.Contradicted = b.below(8) == 7
			f.Note = []string{"", "", "sign", "wrong_form", "unparsed"}[b.below(5)]
		}
		g.Findings = append(g.Findings, f)
	}
	if mode > 0 {
		for _, m := range step.Misconceptions {
			g.Suspects[misconceptionKey(step.ID, m.ID)] = float64(b.below(3)) / 2
		}
		if s.Step+1 < len(p.steps) && b.below(8) == 7 {
			g.Early = append(g.Early, Finding{Key: p.steps[s.Step+1].ideas[0].key, Value: 1, Confidence: 1})
		}
	}
	if s.Pending.sub() {
		g.Sub = &Finding{Value: float64(b.below(2)), Confidence: float64(1+b.below(2)) / 2}
	}
	return g
}
