package rubric

import (
	"testing"

	"maieutic/tutor"
)

func TestReveals(t *testing.T) {
	twelve := tutor.Answer{Kind: tutor.AnswerNumber, Value: "12"}
	five := tutor.Answer{Kind: tutor.AnswerNumber, Value: "5", Variable: "x"}
	task := []string{"Expand $-3(x - 4)$."}
	tests := []struct {
		sentence string
		a        tutor.Answer
		given    []string
		want     bool
	}{
		{"So you get -3x + 12.", expand, task, true},
		{"It is $12 - 3x$.", expand, task, true},
		{"minus three x plus twelve", expand, task, true},
		{`Look: $-3x+12$`, expand, task, true},
		{"The first term is -3x and the second is 12.", expand, task, true},
		{"What stands in front of the bracket in -3(x - 4)?", expand, task, false},
		{"Look at the -3 and the 4.", expand, task, false},
		{"What is $-3 \\cdot (-4)$?", expand, task, false},
		{"With $-2(y - 5)$ you get $-2y + 10$.", expand, task, false},
		{"You said -3x + 12, can you explain it?", expand, []string{task[0], "I think it's -3x+12"}, false},
		{"x = -4", solveX, []string{"Solve 2x + 7 = -1"}, true},
		{"x is minus four", solveX, nil, true},
		{"It is 4, but negative.", solveX, nil, true},
		{"negative four it is", solveX, nil, true},
		{"The number is four with a minus sign.", solveX, nil, true},
		{"What is 2 times x if 2x = -8?", solveX, []string{"Solve 2x + 7 = -1"}, false},
		{"Subtract 7 from both sides.", solveX, []string{"Solve 2x + 7 = -1"}, false},
		{"menos cuatro", solveX, nil, true},
		{"la respuesta es menos cuatro", solveX, nil, true},
		{"75%", quarters, nil, true},
		{"It is 0.75.", quarters, nil, true},
		{"three quarters", quarters, nil, true},
		{"three over four", quarters, nil, true},
		{"3 out of 4", quarters, nil, true},
		{"The numerator is 3 and the denominator is 4.", quarters, nil, true},
		{`\frac{6}{8}`, quarters, []string{"Simplify $\\frac{6}{8}$."}, false},
		{"What divides both 6 and 8?", quarters, []string{"Simplify $\\frac{6}{8}$."}, false},
		{"The answer is twelve.", twelve, nil, true},
		{"12", twelve, nil, true},
		{"1-2", twelve, nil, true},
		{"t-w-e-l-v-e", twelve, nil, true},
		{"24/2", twelve, nil, true},
		{"What is 24 - 12?", twelve, []string{"24 - 12 = ?"}, false},
		{"Think of 12 eggs.", twelve, []string{"A box holds 12 eggs."}, false},
		{"The answer is 12.", twelve, []string{"A box holds 12 eggs and 12 more."}, true},
		{"Yes, the answer is 12.", twelve, []string{"How many?", "12"}, false},
		{"x = 5", five, []string{"Solve x - 5 = 0."}, true},
		{"Add 5 to both sides.", five, []string{"Solve x - 5 = 0."}, false},
		{"y = 5", five, []string{"Solve x - 2 = 3."}, false},
		{"Which one of the two terms is it?", tutor.Answer{Kind: tutor.AnswerNumber, Value: "2"}, nil, false},
		{"Which one is it?", tutor.Answer{Kind: tutor.AnswerNumber, Value: "1"}, nil, false},
		{"It is two.", tutor.Answer{Kind: tutor.AnswerNumber, Value: "2"}, nil, true},
		{"The slope tells how steep it is.", line, nil, false},
		{"y = 2x + 1", line, nil, true},
		{"2x - y = -1", line, nil, true},
		{"x = -2 or x = 3", roots, nil, true},
		{"How many solutions are there?", roots, nil, false},
		{"The bulbs are in parallel.", inWord, nil, true},
		{"How are the bulbs connected?", inWord, nil, false},
		{"1.5 A", current, nil, true},
		{"1.5A flows", current, nil, true},
		{"What is V / R?", current, []string{"V = 3 V, R = 2 Ω"}, false},
		{"Both bulbs go out.", tutor.Answer{Kind: tutor.AnswerChoice, Value: "Both bulbs go out"}, nil, true},
		{"Do you think that both bulbs go out?", tutor.Answer{Kind: tutor.AnswerChoice, Value: "Both bulbs go out"}, []string{"Both bulbs go out"}, false},
	}
	for _, tt := range tests {
		if got := Reveals(tt.sentence, tt.a, tt.given); got != tt.want {
			t.Errorf("Reveals(%q, %q, %q) = %v", tt.sentence, tt.a.Value, tt.given, got)
		}
	}
}

func TestRevealsIdea(t *testing.T) {
	e := distribute.Expectations[0]
	tests := []struct {
		sentence string
		given    []string
		want     bool
	}{
		{"The factor outside multiplies every term inside the bracket.", nil, true},
		{"Remember that the number in front multiplies both terms!", nil, true},
		{"What stands in front of the bracket?", nil, false},
		{"How many terms are there inside?", nil, false},
		{"Good start, tell me more.", nil, false},
		{"Exactly: the number in front multiplies both terms.", []string{"the factor outside multiplies every term inside"}, false},
	}
	for _, tt := range tests {
		if got := RevealsIdea(tt.sentence, e, tt.given); got != tt.want {
			t.Errorf("RevealsIdea(%q) = %v", tt.sentence, got)
		}
	}
	if !RevealsIdea("it is -3x + 12", tutor.Expectation{Answer: &expand}, nil) {
		t.Error("an exact expectation was not checked")
	}
}

func TestCriteria(t *testing.T) {
	exact := CriterionFor(tutor.Expectation{ID: "a", Title: "A", Answer: &expand})
	words := CriterionFor(tutor.Expectation{ID: "b", Title: "B", Says: "b"})
	if len(exact.Levels) != 2 || len(words.Levels) != 4 || words.Nearest(0.7).ID != "mostly" || exact.Nearest(1).ID != "correct" {
		t.Fatalf("%+v %+v", exact, words)
	}
	if Version(exact) == Version(words) {
		t.Fatal("versions do not tell criteria apart")
	}
	changed := CriterionFor(tutor.Expectation{ID: "a", Title: "A", Answer: &expand})
	changed.Levels[1].Points = 2
	if Version(changed) == Version(exact) {
		t.Fatal("another scale has the same version")
	}
}

func TestCheckQuote(t *testing.T) {
	text := "ñandú y ×"
	if err := CheckQuote(text, tutor.Quote{Start: 6, End: 9, Text: "y ×"}); err != nil {
		t.Fatal(err)
	}
	for _, q := range []tutor.Quote{
		{Start: 0, End: 0}, {Start: -1, End: 2, Text: "ña"}, {Start: 5, End: 99, Text: "y"}, {Start: 7, End: 9, Text: "y ×"}, {Start: 3, End: 2},
	} {
		if err := CheckQuote(text, q); tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
