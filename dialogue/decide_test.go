package dialogue

import (
	"testing"
	"time"

	"maieutic/rubric"
	"maieutic/tutor"
)

const (
	expandKey  = "expand/answer"
	droppedKey = "misconception:expand/dropped-sign"
)

// on returns a state of the fixture in which a question is pending.
func on(pending Pending, change func(*State)) State {
	s := State{}.clone()
	s.Pending = pending
	s.Last = Last{Move: MoveAsk, Target: "expand", Running: 1}
	if change != nil {
		change(&s)
	}
	return s
}

func answering(value, confidence float64) Input {
	return Input{
		Contribution: Contribution{Kind: KindAssertion, Answer: true},
		Grade:        &Grade{Attempt: true, Print: "a", Findings: []Finding{{Key: expandKey, Value: value, Confidence: confidence}}},
	}
}

func without(kind Kind, cue string) Input {
	return Input{Contribution: Contribution{Kind: kind, Cue: cue}}
}

// TestDecide is the policy's table: in this state, to this turn, that move.
func TestDecide(t *testing.T) {
	step := Pending{Kind: PendingStep, Target: "expand"}
	repair := Pending{Kind: PendingRepair, Target: droppedKey}
	scaffold := Pending{Kind: PendingScaffold, Target: expandKey, Level: 3}
	question := Input{Contribution: Contribution{Kind: KindQuestion, Question: true, Topic: "q"}}
	with := func(in Input, change func(*Grade)) Input { change(in.Grade); return in }
	sub := func(value float64) Input {
		return with(answering(0, 1), func(g *Grade) { g.Sub = &Finding{Value: value, Confidence: 1} })
	}
	for _, c := range []struct {
		name     string
		state    State
		in       Input
		move     Move
		target   string
		reason   string
		level    int
		feedback Feedback
		pending  PendingKind
	}{
		{"right", on(step, nil), answering(1, 1), MoveConfirm, "why", "complete", 0, FeedbackRight, PendingStep},
		{"wrong, first time", on(step, nil), answering(0, 1), MovePump, expandKey, "wrong", 0, FeedbackNotYet, PendingIdea},
		{"wrong, after a pump", on(step, func(s *State) { s.Last.Move = MovePump }), answering(0, 1), MoveHint, expandKey, "wrong", 1, FeedbackNotYet, PendingIdea},
		{"the same wrong answer", on(step, func(s *State) { s.Wrong = []string{"a"}; s.Last.Move = MovePump }), answering(0, 1), MoveHint, expandKey, "wrong", 1, FeedbackRepeat, PendingIdea},
		{"unsure", on(step, nil), answering(.45, .2), MovePump, expandKey, "unsure", 0, FeedbackUnsure, PendingStep},
		{"unsure again", on(step, func(s *State) { s.Last.Reason = "unsure" }), answering(.45, .2), MoveHint, expandKey, "still_unsure", 1, FeedbackUnsure, PendingIdea},
		{"not expanded", on(step, nil), with(answering(0, 1), func(g *Grade) { g.Findings[0].Note = rubric.NoteWrongForm }), MovePump, expandKey, rubric.NoteWrongForm, 0, FeedbackNote, PendingStep},
		{"sign", on(step, nil), with(answering(0, 1), func(g *Grade) { g.Findings[0].Note = rubric.NoteSign }), MovePump, expandKey, rubric.NoteSign, 0, FeedbackNote, PendingStep},
		{"unreadable", on(step, nil), with(answering(0, .3), func(g *Grade) { g.Findings[0].Note = rubric.NoteUnparsed }), MovePump, expandKey, "unread", 0, FeedbackNote, PendingStep},
		{"misconception", on(step, nil), with(answering(0, 1), func(g *Grade) { g.Suspects = map[string]float64{droppedKey: .9} }), MoveCorrect, droppedKey, "misconception", 0, FeedbackNone, PendingRepair},
		{"doubtful misconception", on(step, nil), with(answering(0, 1), func(g *Grade) { g.Suspects = map[string]float64{droppedKey: .4} }), MovePump, expandKey, "wrong", 0, FeedbackNotYet, PendingIdea},
		{"misconception a third time", on(step, func(s *State) { s.Held[droppedKey] = Held{Standing: StandingActive, Corrections: 2} }), with(answering(0, 1), func(g *Grade) { g.Suspects = map[string]float64{droppedKey: .9} }), MovePump, expandKey, "wrong", 0, FeedbackNotYet, PendingIdea},
		{"repair done", on(repair, nil), sub(1), MovePump, expandKey, "back", 0, FeedbackRepaired, PendingStep},
		{"repair missed", on(repair, nil), sub(0), MovePump, droppedKey, "repair_again", 1, FeedbackSubWrong, PendingRepair},
		{"repair missed twice", on(Pending{Kind: PendingRepair, Target: droppedKey, Tries: 1}, nil), sub(0), MovePump, expandKey, "back", 0, FeedbackSubWrong, PendingStep},
		{"right answer instead of the repair", on(repair, nil), with(sub(0), func(g *Grade) { g.Findings[0].Value = 1 }), MoveConfirm, "why", "complete", 0, FeedbackRight, PendingStep},
		{"scaffold done", on(scaffold, nil), sub(1), MovePump, expandKey, "back", 0, FeedbackSubRight, PendingStep},
		{"scaffold missed", on(scaffold, nil), sub(0), MoveHint, "scaffold:" + expandKey, "scaffold_again", 1, FeedbackSubWrong, PendingScaffold},
		{"help at once", on(step, nil), without(KindHelp, "help"), MovePump, expandKey, "try_first", 0, FeedbackNone, PendingStep},
		{"help again", on(step, func(s *State) { s.Urged = true }), without(KindHelp, "help"), MoveHint, expandKey, "help_request", 1, FeedbackNone, PendingIdea},
		{"help after an attempt", on(step, func(s *State) { s.Attempted = true; s.Levels[expandKey] = 1 }), without(KindHelp, "help"), MoveHint, expandKey, "help_request", 2, FeedbackNone, PendingIdea},
		{"help for a third rung", on(step, func(s *State) { s.Attempted = true; s.Levels[expandKey] = 2 }), without(KindHelp, "help"), MoveHint, expandKey, "help_request", 3, FeedbackNone, PendingScaffold},
		{"help for a cloze", on(step, func(s *State) { s.Attempted = true; s.Levels[expandKey] = 3 }), without(KindHelp, "help"), MovePrompt, expandKey, "help_request", 4, FeedbackNone, PendingCloze},
		{"help for the last rung", on(step, func(s *State) { s.Attempted = true; s.Levels[expandKey] = 4 }), without(KindHelp, "help"), MoveAssert, expandKey, "help_request", 5, FeedbackNone, PendingRestate},
		{"told and restated", on(Pending{Kind: PendingRestate, Target: expandKey}, func(s *State) { s.Told[expandKey] = 1; s.Levels[expandKey] = 5 }), answering(1, 1), MoveCheck, "check:expand", "told", 0, FeedbackRight, PendingCheck},
		{"not restated", on(Pending{Kind: PendingRestate, Target: expandKey}, func(s *State) { s.Told[expandKey] = 1; s.Levels[expandKey] = 5 }), answering(0, 1), MoveAssert, expandKey, "wrong", 5, FeedbackNotYet, PendingRestate},
		{"not restated twice", on(Pending{Kind: PendingRestate, Target: expandKey}, func(s *State) { s.Told[expandKey] = 2; s.Levels[expandKey] = 5 }), answering(0, 1), MoveClose, "expand", "left_open", 0, FeedbackNotYet, ""},
		{"idk at once", on(step, nil), without(KindIdk, "idk"), MoveHint, expandKey, "idk", 1, FeedbackNone, PendingIdea},
		{"idk after a hint", on(step, func(s *State) { s.Levels[expandKey] = 1 }), without(KindIdk, "idk"), MoveEncourage, expandKey, "urge", 0, FeedbackNone, PendingStep},
		{"question", on(step, nil), question, MoveAnswer, "question:q", "own_question", 0, FeedbackNone, PendingStep},
		{"question in a repair", on(repair, nil), question, MoveAnswer, "question:q", "own_question", 0, FeedbackNone, PendingRepair},
		{"question a third time", on(step, func(s *State) { s.Last = Last{Move: MoveAnswer, Target: "question:q", Running: 2} }), question, MoveRedirect, "question:q", "asked_before", 0, FeedbackNone, PendingStep},
		{"empty", on(step, nil), without(KindEmpty, "empty"), MoveEncourage, expandKey, "empty", 0, FeedbackNone, PendingStep},
		{"off task", on(repair, nil), without(KindOffTask, "off_task"), MoveRedirect, droppedKey, "off_task", 0, FeedbackNone, PendingRepair},
		{"affect", on(step, nil), without(KindAffect, "affect_hard"), MoveEncourage, expandKey, "affect_hard", 0, FeedbackNone, PendingStep},
		{"distress", on(step, nil), without(KindAffect, "distress"), MoveEncourage, "distress", "distress", 0, FeedbackNone, PendingStep},
		{"stop", on(step, nil), without(KindMeta, "stop"), MoveClose, "expand", "stopped", 0, FeedbackNone, ""},
		{"no turns left", on(step, func(s *State) { s.Turns = 27 }), answering(0, 1), MoveClose, "expand", "turns_used", 0, FeedbackNotYet, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := expand()
			if c.name == "not restated twice" {
				a.Steps = a.Steps[:1]
			}
			if c.name == "no turns left" {
				c.state.Turns = 12 + 10*3 - 1 // three expectations
			}
			plan, err := NewPlan(a)
			if err != nil {
				t.Fatal(err)
			}
			heard, h := plan.Hear(c.state, c.in)
			d := plan.Decide(heard, h)
			if d.Move != c.move || d.Target != c.target || d.Reason != c.reason || d.Level != c.level || d.Feedback != c.feedback || d.Pending.Kind != c.pending {
				t.Errorf("got %s on %s because %s, level %d, feedback %q, pending %q",
					d.Move, d.Target, d.Reason, d.Level, d.Feedback, d.Pending.Kind)
			}
		})
	}
}

// TestMastery ends the session with the last step.
func TestMastery(t *testing.T) {
	a := expand()
	a.Steps = a.Steps[:1]
	plan, err := NewPlan(a)
	if err != nil {
		t.Fatal(err)
	}
	state, _ := plan.Open()
	heard, h := plan.Hear(state, answering(1, 1))
	if d := plan.Decide(heard, h); d.Status != tutor.SessionMastered || d.Move != MoveSummary {
		t.Errorf("got %+v", d)
	}
}

// TestGaming slows down a learner who asks for hints faster than they can be
// read, once, and locks nobody out.
func TestGaming(t *testing.T) {
	plan, err := NewPlan(expand())
	if err != nil {
		t.Fatal(err)
	}
	state, _ := plan.Open()
	click := Input{Contribution: Contribution{Kind: KindHelp, Cue: "help"}, Elapsed: time.Second, Words: 30}
	var moves []string
	for range 8 {
		heard, h := plan.Hear(state, click)
		d := plan.Decide(heard, h)
		state = plan.Did(heard, d)
		moves = append(moves, string(d.Move)+":"+d.Reason)
	}
	want := []string{"pump:try_first", "pump:slow_down", "hint:gaming", "pump:slow_down"}
	for i, w := range want {
		if moves[i] != w {
			t.Errorf("click %d is met with %s, want %s; all: %v", i+1, moves[i], w, moves)
		}
	}
	if state.Levels[expandKey] < 2 {
		t.Errorf("after eight clicks the ladder stands at %d: %v", state.Levels[expandKey], moves)
	}
}

// TestMark holds what becomes evidence, and how strong.
func TestMark(t *testing.T) {
	plan, err := NewPlan(expand())
	if err != nil {
		t.Fatal(err)
	}
	step := Pending{Kind: PendingStep, Target: "expand"}
	told := func(s *State) { s.Told[expandKey] = 1; s.Levels[expandKey] = 5 }
	for _, c := range []struct {
		name   string
		state  State
		in     Input
		scores int
		y      float64 // of the one piece of evidence, -1 for none
		hints  int
	}{
		{"right", on(step, nil), answering(1, 1), 1, 1, 0},
		{"right after two hints", on(step, func(s *State) { s.Levels[expandKey] = 2 }), answering(1, 1), 1, 1, 2},
		{"right after a correction", on(step, func(s *State) { s.Held[droppedKey] = Held{Corrections: 1} }), answering(1, 1), 1, 1, 1},
		{"restated", on(Pending{Kind: PendingRestate, Target: expandKey}, told), answering(1, 1), 1, 1, 5},
		{"wrong", on(step, nil), answering(0, 1), 1, 0, 0},
		{"wrong again", on(step, func(s *State) { s.Wrong = []string{"a"} }), answering(0, 1), 1, -1, 0},
		{"help", on(step, nil), without(KindHelp, "help"), 0, -1, 0},
		{"gaps of a cloze", on(Pending{Kind: PendingCloze, Target: expandKey, Level: 4}, func(s *State) { s.Levels[expandKey] = 4 }), answering(0, 1), 0, -1, 0},
		{"scaffold answer", on(Pending{Kind: PendingScaffold, Target: expandKey, Level: 3}, nil), func() Input {
			in := answering(0, 1)
			in.Grade.Sub = &Finding{Value: 1, Confidence: 1}
			return in
		}(), 0, -1, 0},
		{"check passed", on(Pending{Kind: PendingCheck, Target: "check:expand"}, func(s *State) { told(s); s.Coverage[expandKey] = 1 }), func() Input {
			in := answering(0, 1)
			in.Grade.Sub = &Finding{Value: 1, Confidence: 1}
			return in
		}(), 1, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, h := plan.Hear(c.state, c.in)
			m := plan.Mark(c.state, h, c.in.Grade)
			if len(m.Scores) != c.scores {
				t.Fatalf("%d scores, want %d", len(m.Scores), c.scores)
			}
			if c.y < 0 {
				if len(m.Evidence) != 0 {
					t.Errorf("evidence %+v, want none", m.Evidence)
				}
				return
			}
			if len(m.Evidence) != 1 || m.Evidence[0].Y != c.y || m.Evidence[0].Hints != c.hints || m.Evidence[0].SkillID != "algebra.distribute" {
				t.Errorf("evidence %+v", m.Evidence)
			}
		})
	}
}
