package dialogue

import (
	"strings"

	"maieutic/tutor"
)

// move says what the move itself has to say and ends with its question.
func (s *speech) move() {
	d := s.Decision
	switch d.Move {
	case MoveAsk:
		s.phrase("greet")
		s.lead.breakHere()
		s.authored(s.p.Activity.Statement)
		s.question = s.pendingText(d.Pending)
	case MoveConfirm:
		skipped := d.Done >= 0 && d.Next > d.Done+1
		s.phrase(either(skipped, "next.skipped", "next"))
		s.question = s.pendingText(d.Pending)
	case MovePump:
		s.pump()
	case MoveHint:
		s.hint()
	case MovePrompt:
		s.prompt()
	case MoveAssert:
		s.assert()
	case MoveCheck:
		s.phrase("lead.check")
		s.question = s.pendingText(d.Pending)
	case MoveCorrect:
		s.correct()
	case MoveAnswer:
		s.back()
	case MoveRedirect, MoveEncourage:
		s.respond()
	case MoveLeave:
		s.phrase("leave")
		if d.Next == s.State.Step {
			s.values["concise"] = s.concise(d.Pending.Target)
			s.phrase("pump.next_idea")
			return
		}
		s.phrase("next")
		s.question = s.pendingText(d.Pending)
	case MoveSummary:
		s.phrase("summary")
		s.authored(s.p.Activity.Summary)
	case MoveClose:
		s.phrase("close." + d.WhyEnded)
	}
}

// pump asks for more without giving anything.
func (s *speech) pump() {
	switch reason := s.Decision.Reason; reason {
	case string(OutcomeWrong):
		s.phrase("pump.wrong." + s.manner())
	case string(OutcomePartly):
		s.phrase("pump.partly")
	case "next_idea", "unsure", "try_first", "slow_down":
		s.phrase("pump." + reason)
	case "unread":
		switch s.manner() {
		case "exact":
			s.phrase("pump.unread")
		case "choice":
			s.phrase("ask.choice")
		default:
			s.phrase("pump.wrong.words")
		}
	case "back", "ahead", "repair_again", "check_again":
		s.phrase("pump." + reason)
		s.question = s.pendingText(s.Decision.Pending)
	default:
		s.phrase("pump.note")
	}
}

// hint gives a rung of the ladder, or a hint of the pending sub-question.
func (s *speech) hint() {
	d := s.Decision
	if q := s.p.scaffold(d.Pending); q != nil && d.Pending.Tries > 0 {
		s.phrase("lead.sub_hint")
		s.authored(q.Hints[min(d.Pending.Tries, len(q.Hints))-1])
		s.question = q.Prompt + listed(q.Choices)
		return
	}
	h := s.rung().hint
	if h.Question != nil {
		s.phrase("lead.scaffold")
		s.authored(h.Text)
		s.question = h.Question.Prompt + listed(h.Question.Choices)
		return
	}
	s.phrase("lead." + string(h.Kind))
	s.authored(h.Text)
	if asks(h.Text) {
		return
	}
	if h.Kind == tutor.HintExample && s.manner() != "choice" {
		s.phrase("ask.example")
		return
	}
	s.phrase("ask." + s.manner())
}

func (s *speech) prompt() {
	if s.Decision.Reason == "pieces" {
		s.phrase("pieces." + either(s.manner() == "words", "words", "exact"))
		return
	}
	s.phrase("lead.cloze")
	s.question = s.rung().hint.Text
}

func (s *speech) assert() {
	again := s.State.Told[s.Decision.Target] > 0
	s.phrase(either(again, "lead.assert_again", "lead.assert"))
	i := s.idea()
	restate := s.say("restate."+either(s.manner() == "words", "words", "exact"), s.values)
	s.question = tellOf(i.Expectation) + "\n\n" + restate
}

// tellOf is the assertion at the end of a ladder.
func tellOf(e *tutor.Expectation) string {
	switch {
	case e.Tell != "":
		return e.Tell
	case e.Answer != nil:
		return asFormula(*e.Answer)
	}
	return e.Says
}

func (s *speech) rung() rung {
	i := s.idea()
	return i.ladder[min(s.Decision.Level, len(i.ladder))-1]
}

func (s *speech) correct() {
	m := s.p.misconception(s.Decision.Target)
	again := s.State.Held[s.Decision.Target].Corrections > 0
	s.phrase(either(again, "lead.correct_again", "lead.correct"))
	s.authored(m.Correction)
	s.question = s.pendingText(s.Decision.Pending)
}

// respond answers what is neither an answer nor a question about the matter.
func (s *speech) respond() {
	d := s.Decision
	if d.Target == "distress" {
		s.phrase("distress")
		return
	}
	if d.Reason == "asked_before" {
		s.lead = paragraphs{}
		s.phrase("answer.again")
		s.back()
		return
	}
	key := string(d.Move) + "." + d.Reason
	s.phrase(key)
	switch d.Reason {
	case "meta_repeat":
		s.again()
	case "greeting":
		s.question = s.pendingText(d.Pending)
	case "urge":
		return
	default:
		s.back()
	}
}

// again says once more what the learner is to do: what they were told, the hint
// they stand on, or the pending question.
func (s *speech) again() {
	d := s.Decision
	s.question = s.pendingText(d.Pending)
	i := s.idea()
	if i == nil || d.Pending.sub() {
		return
	}
	if d.Pending.Kind == PendingRestate {
		s.lead = paragraphs{}
		s.phrase("lead.assert_again")
		s.question = tellOf(i.Expectation) + "\n\n" + s.say("restate."+either(i.Answer == nil, "words", "exact"), s.values)
		return
	}
	level := s.State.Levels[i.key]
	if d.Pending.Kind != PendingIdea || level == 0 || level >= len(i.ladder) || i.ladder[level-1].hint.Question != nil {
		return
	}
	s.lead.breakHere()
	s.authored(i.ladder[level-1].hint.Text)
	if asks(i.ladder[level-1].hint.Text) {
		s.question = ""
	}
}

// back returns to the pending question.
func (s *speech) back() {
	s.lead.breakHere()
	s.phrase("back")
	s.question = s.pendingQuestion(s.Decision.Pending, false)
}

// pendingText is the pending question in the curriculum's words, with its
// choices.
func (s *speech) pendingText(pending Pending) string { return s.pendingQuestion(pending, true) }

func (s *speech) pendingQuestion(pending Pending, withChoices bool) string {
	list := func(choices []string) string {
		if !withChoices {
			return ""
		}
		return listed(choices)
	}
	if prompt, choices, _, ok := s.p.subQuestion(pending); ok || prompt != "" {
		return prompt + list(choices)
	}
	if pending.Kind == PendingCloze {
		if _, i, ok := s.p.find(pending.Target); ok && pending.Level <= len(i.ladder) && i.ladder[pending.Level-1].hint != nil {
			return i.ladder[pending.Level-1].hint.Text
		}
	}
	step := s.p.steps[s.Decision.Next]
	return step.Question + list(step.Choices)
}

// listed sets choices as a list with letters.
func listed(choices []string) string {
	var b strings.Builder
	for i, c := range choices {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString("\n- **" + string(rune('A'+i)) + ".** " + c)
	}
	return b.String()
}
