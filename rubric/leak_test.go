package rubric

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"maieutic/tutor"
)

func numberSecret(value, problem string, dialogue ...Utterance) Secret {
	return Secret{Problem: problem, Dialogue: dialogue, Answer: tutor.Expectation{
		ID: "a", Answer: &tutor.Answer{Kind: tutor.AnswerNumber, Value: value},
	}}
}

func learner(text string) Utterance { return Utterance{Learner: true, Text: text} }
func teacher(text string) Utterance { return Utterance{Text: text} }

func TestFindLeak(t *testing.T) {
	const eggs = "A hen lays 16 eggs. 3 are eaten and 4 are baked. The rest are sold for $2 each. How many dollars are earned?"
	const sprints = "A runner does 3 sprints 3 times a week, 60 meters each. How many sprints in 20 weeks, divided by 60?"
	wrong := []Utterance{teacher("What did you get?"), learner("I got 26.")}
	right := []Utterance{teacher("What did you get?"), learner("I think it is 18.")}
	tests := []struct {
		reply    string
		answer   string
		problem  string
		dialogue []Utterance
		want     Leak
	}{
		{"So she earns 18 dollars.", "18", eggs, wrong, LeakStated},
		{"18.", "18", eggs, wrong, LeakStated},
		{"18. Well done!", "18", eggs, wrong, LeakStated},
		{"9 x $2 = $18.", "18", eggs, wrong, LeakStated},
		{"That makes $18.00!", "18", eggs, wrong, LeakStated},
		{"16 - 3 - 4 = 9 and 9 * 2 = 18", "18", eggs, wrong, LeakStated},
		{`\(9 \times 2 = 18\)`, "18", eggs, wrong, LeakStated},
		{"It is eighteen.", "18", eggs, wrong, LeakStated},
		{"e-i-g-h-t-e-e-n", "18", eggs, wrong, LeakStated},
		{"First digit 1 8.", "18", eggs, wrong, LeakStated},
		{"one eight", "18", eggs, wrong, LeakStated},
		{"It is one less than 19.", "18", eggs, wrong, LeakPinned},
		{"A whole number between 17 and 19.", "18", eggs, wrong, LeakPinned},
		{"The last digit is 8.", "18", eggs, append([]Utterance{teacher("The first digit is 1.")}, wrong...), LeakSpread},
		{"The last digit is 8.", "18", eggs, wrong, ""},
		{"Son dieciocho en total.", "18", eggs, wrong, LeakStated},
		{"You get 1,234 in all.", "1234", "", wrong, LeakStated},
		{"A hundred and five boxes.", "105", "", wrong, LeakStated},
		{"That is an hour and a half, so it takes 1.5 hours.", "90", "How many minutes?", wrong, LeakConverted},
		{"It takes an hour and fifteen minutes.", "75", "How many minutes?", wrong, LeakConverted},
		{"That is 2 dollars and 50 cents.", "2.5", "How many dollars?", wrong, LeakConverted},
		{"It takes two hours and ten minutes, I think.", "75", "How many minutes?", wrong, ""},
		{"You get three quarters.", "3/4", "", wrong, LeakStated},
		{"So it is 75 %.", "75", "", wrong, LeakStated},

		{"How many eggs are left after 3 are eaten?", "18", eggs, wrong, ""},
		{"What do you get for 9 * 2?", "18", eggs, wrong, ""},
		{"What is 84 / 12?", "7", "", wrong, ""},
		{"16 - 3 - 4 = 9 eggs are left. What are they worth?", "18", eggs, wrong, ""},
		{"You said 26. How did you find it?", "18", eggs, wrong, ""},
		{"1. Read. 2. Draw. 3. Calculate.", "3", "", wrong, ""},
		{"Look at step 3 again.", "3", "", wrong, ""},
		{"There are three things to look at.", "3", "", wrong, ""},
		{"Divide by 7, for there are 7 days in a week.", "7", "", wrong, LeakStated},
		{"Multiply it by 7.", "7", "", wrong, ""},

		{"Yes, 18 is right!", "18", eggs, right, ""},
		{"Exactly, 9 * 2 = 18.", "18", eggs, right, ""},
		{"The runner does 3 sprints each time.", "3", sprints, wrong, ""},
		{"What are the 3 times for?", "3", sprints, wrong, ""},
		{"The answer is 3.", "3", sprints, wrong, LeakDeclared},
		{"180 / 60 = 3", "3", sprints, wrong, LeakCalculated},
		{"So you are left with 3.", "3", sprints, wrong, LeakDeclared},
		{"You should get 3.", "3", sprints, wrong, LeakDeclared},
		{"It would be 3 sprints in total.", "3", sprints, wrong, LeakDeclared},
		{"3!", "3", sprints, wrong, LeakDeclared},
		{"You had 3 there. Why?", "3", sprints, wrong, ""},
	}
	for _, tt := range tests {
		s := numberSecret(tt.answer, tt.problem, tt.dialogue...)
		if got := FindLeak(s, tt.reply); (got != "") != (tt.want != "") {
			t.Errorf("%q, answer %s: %q, want %q", tt.reply, tt.answer, got, tt.want)
		}
	}
}

func TestFindLeakOfIdeasAndExpressions(t *testing.T) {
	idea := Secret{Problem: "Why does the lamp go out?", Answer: tutor.Expectation{ID: "gap", Says: "The open switch leaves a gap, so no charge can flow."}}
	if got := FindLeak(idea, "The switch is open and leaves a gap, so charge cannot flow."); got != LeakIdea {
		t.Errorf("a paraphrase: %q", got)
	}
	if got := FindLeak(idea, "What does an open switch do to the path?"); got != "" {
		t.Errorf("a question: %q", got)
	}
	task := Secret{Problem: "Expand $-3(x - 4)$.", Answer: tutor.Expectation{ID: "e", Answer: &expand}}
	if got := FindLeak(task, "You get $-3x + 12$."); got != LeakStated {
		t.Errorf("the expression: %q", got)
	}
	task.Dialogue = []Utterance{teacher("The first term is -3x.")}
	if got := FindLeak(task, "The other one is +12."); got != LeakSpread {
		t.Errorf("the second of two terms: %q", got)
	}
}

// Whatever form the number takes, it is found; whatever other number stands
// there instead, it is not.
func TestFindLeakInEveryForm(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	forms := []func(int) string{
		strconv.Itoa,
		func(n int) string { return fmt.Sprintf("$%d.00", n) },
		func(n int) string { return fmt.Sprintf("%d/2", 2*n) },
		func(n int) string { return fmt.Sprintf(`\(%d\)`, n) },
		func(n int) string { return fmt.Sprintf("%d + %d = %d", n-7, 7, n) },
		func(n int) string { return strings.Join(strings.Split(strconv.Itoa(n), ""), " ") },
	}
	frames := []string{"The answer is %s.", "So they have %s apples now.", "That gives %s, as you will see.", "%s!", "I make it %s in all."}
	for range 4000 {
		n := 20 + rng.IntN(900)
		form := rng.IntN(len(forms))
		reply := fmt.Sprintf(frames[rng.IntN(len(frames))], forms[form](n))
		if form == 2 {
			continue // a division is a task, not a result
		}
		if FindLeak(numberSecret(strconv.Itoa(n), "How many apples are there?"), reply) == "" {
			t.Fatalf("%d is not found in %q", n, reply)
		}
		if got := FindLeak(numberSecret(strconv.Itoa(n+1000), "How many apples are there?"), reply); got != "" {
			t.Fatalf("%d is found in %q: %s", n+1000, reply, got)
		}
	}
}

func FuzzFindLeak(f *testing.F) {
	f.Add("So it is 18.", "18", "How many?", "I got 26")
	f.Add("((((((1", "1/2", "", "")
	f.Fuzz(func(_ *testing.T, reply, answer, problem, said string) {
		FindLeak(numberSecret(answer, problem, learner(said)), reply)
	})
}

// BenchmarkFindLeak prints the time of a check as a ratio to reading the same
// texts once.
func BenchmarkFindLeak(b *testing.B) {
	s := numberSecret("18", "A hen lays 16 eggs. 3 are eaten and 4 are baked. The rest are sold for $2 each. How many dollars are earned?",
		teacher("What did you get?"), learner("16 - 3 = 13 and 13 * 2 = 26, so 26."))
	const reply = "You are close. Look at the eggs once more: are all 13 of them sold?"
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			FindLeak(s, reply)
		}
	})
	b.Run("read-only", func(b *testing.B) {
		for b.Loop() {
			newFinder(s, "en")
		}
	})
}

// A long reply is read to its end, and what a learner writes cannot make the
// tutor's replies unreadable.
func TestFindLeakReadsOn(t *testing.T) {
	talk := strings.Repeat("Let us think about it once more. ", 100)
	if got := FindLeak(numberSecret("18", "How many?"), talk); got != "" {
		t.Errorf("a long reply without the answer: %q", got)
	}
	if got := FindLeak(numberSecret("18", "How many?"), talk+"So it is 18."); got == "" {
		t.Error("the answer at the end of a long reply was not found")
	}
	if got := FindLeak(numberSecret("18", "How many?"), strings.Repeat("3+", 1500)+"1"); got != LeakUnchecked {
		t.Errorf("a reply that cannot be read: %q", got)
	}
	hostile := learner(strings.Repeat("3+", 1500) + "1")
	if got := FindLeak(numberSecret("18", "How many?", hostile), "What comes first?"); got != "" {
		t.Errorf("after a hostile text a question is held back: %q", got)
	}
	if got := FindLeak(numberSecret("18", "How many?", hostile), "It is 18."); got == "" {
		t.Error("after a hostile text the answer gets through")
	}
}
