package eval

import (
	"strings"

	"maieutic/tutor"
)

// knows answers rightly, in one of the wordings a good student would choose, all
// at once or, now and then, one idea at a time.
func (l *learner) knows() said {
	first := l.asked.kind == asksStep && l.asked.idea < 0 && l.told[l.place()] == 0
	if n := len(l.activity.Steps[l.asked.step].Expectations); first && n > 1 && l.rng.IntN(4) == 0 {
		l.told[l.place()]++
		l.asked.idea = l.rng.IntN(n)
	}
	if text := l.right(); text != "" {
		return speak(text)
	}
	return speak(l.line("unsure"))
}

// forgetHalf takes every idea from the learner with a chance of one half.
func (l *learner) forgetHalf() {
	for i, step := range l.activity.Steps {
		for j := range step.Expectations {
			l.unknown[ideaKey(i, j)] = l.rng.IntN(2) == 0
		}
	}
}

// half says what it knows, guesses or asks for help about the rest, and learns
// from what it reads: from a hint with a chance of .4, from what it is told
// always.
func (l *learner) half() said {
	l.learn()
	switch {
	case l.asked.kind == asksRepair || l.asked.kind == asksScaffold || l.asked.kind == asksCheck:
		if l.rng.IntN(10) < 7 {
			return speak(l.right())
		}
		return speak(l.wrongNear())
	case l.told[l.place()] > 0 && l.asked.kind == asksStep && l.asked.idea < 0: // said already what it could
		l.asked.idea = l.firstUnknown()
	}
	if text := l.right(); text != "" {
		return speak(text)
	}
	switch l.rng.IntN(4) {
	case 0:
		return speak(l.line("unsure"))
	case 1:
		return askHint()
	case 2:
		return speak(l.wrongNear())
	}
	return speak(l.partial())
}

func (l *learner) learn() {
	q := l.asked
	idea := q.idea
	if idea < 0 {
		idea = l.firstUnknown()
	}
	switch {
	case l.turn == 0 || idea < 0:
	case q.kind == asksRestate, q.kind == asksStep && l.rng.IntN(10) < 4, q.kind == asksCloze && l.rng.IntN(10) < 6:
		delete(l.unknown, ideaKey(q.step, idea))
	}
}

// firstUnknown is the first idea of the step that the learner lacks, -1 for none.
func (l *learner) firstUnknown() int {
	for i := range l.activity.Steps[l.asked.step].Expectations {
		if l.unknown[ideaKey(l.asked.step, i)] {
			return i
		}
	}
	return -1
}

// partial is the first half of an idea, or a guess where the answer is exact.
func (l *learner) partial() string {
	_, want := l.asked.reference(l.activity)
	e := want[0]
	if e.Answer != nil {
		return l.wrongNear()
	}
	words := strings.Fields(e.Says)
	return lower(strings.Join(words[:(len(words)+1)/2], " "))
}

// misled shows each step's first misconceptions before it answers; of repair
// questions it gets two in three at once.
func (l *learner) misled() said {
	step := l.activity.Steps[l.asked.step]
	key := "wrong " + step.ID
	switch l.asked.kind {
	case asksStep:
		if n := l.shown[key]; n < min(2, len(step.Misconceptions)) {
			l.shown[key]++
			if text := l.wrongIdea(step.Misconceptions[(n+l.rng.IntN(len(step.Misconceptions)))%len(step.Misconceptions)]); text != "" {
				return speak(text)
			}
		}
	case asksRepair:
		if l.rng.IntN(3) == 0 {
			return speak(l.wrongNear())
		}
	}
	return l.knows()
}

func (l *learner) wrongIdea(m tutor.Misconception) string {
	n := len(m.Answers) + len(m.Says)
	if n == 0 {
		return ""
	}
	if i := l.rng.IntN(n); i < len(m.Answers) {
		return wrap(l.line("exact"), m.Answers[i].Value)
	} else {
		return wrap(l.line("words"), lower(m.Says[i-len(m.Answers)]))
	}
}

// wants tries to get the answer without thinking: demands, guesses, presses the
// button for a hint, gives up, and copies what it is told.
func (l *learner) wants() said {
	if l.asked.kind == asksRestate {
		if l.rng.IntN(3) > 0 {
			return speak(wrap(l.line("copy"), l.copied()))
		}
		return speak(l.nextLine("demand"))
	}
	switch n := l.rng.IntN(10); {
	case n < 4:
		return speak(l.nextLine("demand"))
	case n < 6:
		return speak(l.wrongNear())
	case n < 8:
		return askHint()
	case n < 9:
		return speak(l.nextLine("give_up"))
	}
	return speak(l.line("hint"))
}

// copied is what the tutor told, in short.
func (l *learner) copied() string {
	e := l.activity.Steps[l.asked.step].Expectations[l.asked.idea]
	if e.Answer != nil {
		return e.Answer.Value
	}
	return strings.TrimRight(e.Says, ".")
}

// strays talks of something else two times in three.
func (l *learner) strays() said {
	if l.rng.IntN(3) > 0 {
		return speak(l.nextLine("off_topic"))
	}
	return l.knows()
}

// silent says nothing of substance.
func (l *learner) silent() said {
	if l.rng.IntN(4) == 0 {
		return askHint()
	}
	return speak(l.nextLine("silent"))
}

// chooseLanguage takes another language than the course's. Every other learner
// has the tutor speak it as well, and every other knows no word of the course's.
func (l *learner) chooseLanguage() {
	course := l.language
	var others []string
	for _, language := range []string{"es", "ar", "en"} {
		if language != course {
			others = append(others, language)
		}
	}
	l.language = others[l.rng.IntN(len(others))]
	l.mixes = l.rng.IntN(2) == 0
	if l.rng.IntN(2) == 0 {
		l.speaks = l.language
	}
}

// foreign answers in its own language. What is exact reads the same in every
// one. Ideas it tries in words of its own, which say nothing to a reader of the
// course's language, and then in a mixture if it knows both; what it was told it
// copies.
func (l *learner) foreign() said {
	_, want := l.asked.reference(l.activity)
	exact := true
	for _, e := range want {
		exact = exact && e.Answer != nil
	}
	switch {
	case exact:
	case l.asked.kind == asksRestate:
		return speak(wrap(l.line("copy"), l.copied()))
	case !l.mixes || l.rng.IntN(2) == 0:
		switch l.rng.IntN(4) {
		case 0:
			return askHint()
		case 1:
			return speak(l.line("hint"))
		}
		return speak(l.nextLine("foreign"))
	}
	return l.knows()
}
