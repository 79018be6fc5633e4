package rubric

import (
	"testing"

	"maieutic/tutor"
)

var (
	expand   = tutor.Answer{Kind: tutor.AnswerExpression, Value: "-3x + 12", Form: "expanded"}
	double   = tutor.Answer{Kind: tutor.AnswerExpression, Value: "2(x+3)"}
	solveX   = tutor.Answer{Kind: tutor.AnswerNumber, Value: "-4", Variable: "x"}
	quarters = tutor.Answer{Kind: tutor.AnswerNumber, Value: `\frac{3}{4}`}
	line     = tutor.Answer{Kind: tutor.AnswerEquation, Value: "y = 2x + 1"}
	solved   = tutor.Answer{Kind: tutor.AnswerNumber, Value: "x = 4", Variable: "x"}
	roots    = tutor.Answer{Kind: tutor.AnswerExpression, Value: "x=-2, x=3", Variable: "x"}
	pair     = tutor.Answer{Kind: tutor.AnswerExpression, Value: "(3, 4)"}
	current  = tutor.Answer{Kind: tutor.AnswerNumber, Value: "1.5", Unit: "A"}
	near     = tutor.Answer{Kind: tutor.AnswerNumber, Value: "3.14", Tolerance: 0.01}
	number   = tutor.Answer{Kind: tutor.AnswerNumber, Value: "12"}
	range8   = tutor.Answer{Kind: tutor.AnswerExpression, Value: `x \le 8`, Variable: "x"}
	reduced  = tutor.Answer{Kind: tutor.AnswerNumber, Value: "3/4", Form: "simplified"}
	radical  = tutor.Answer{Kind: tutor.AnswerExpression, Value: `\frac{-1}{3}\pm \frac{\sqrt{13}}{3}`}
	square   = tutor.Answer{Kind: tutor.AnswerExpression, Value: `\left(c+2\right)^2=9`}
	inWord   = tutor.Answer{Kind: tutor.AnswerText, Value: "parallel", Accept: []string{"in parallel"}}
)

func TestMatch(t *testing.T) {
	tests := []struct {
		a     tutor.Answer
		text  string
		equal bool
		note  string
	}{
		{expand, "-3x+12", true, ""},
		{expand, "12 - 3x", true, ""},
		{expand, "I think it's -3x + 12 because -3 times -4 is 12", true, ""},
		{expand, "-3(x-4) = -3x+12", true, ""},
		{expand, "you get $-3x + 12$.", true, ""},
		{expand, "minus three x plus twelve", true, ""},
		{expand, "because -3 * -4 = 12 it's -3x+12", true, ""},
		{expand, "First I do -3*x = -3x, then -3*-4 = 12, so -3x + 12", true, ""},
		{expand, "-3(x-4)", false, NoteWrongForm},
		{expand, "-3x-12", false, ""},
		{expand, "3x - 12", false, NoteSign},
		{expand, "-3x - 12, no wait, -3x + 12", true, ""},
		{expand, "-3x + 12, no wait, -3x - 12", false, ""},
		{expand, "is it -3x-12 or -3x+12?", false, NoteSeveral},
		{expand, "it's not -3x - 12, it's -3x + 12", true, ""},
		{expand, "it's not -3x + 12", false, NoteUnparsed},
		{expand, "y = -3x+12", true, ""},
		{expand, "f(x) = -3x+12", true, ""},
		{expand, "-3X + 12", true, ""},
		{expand, "I don't know", false, NoteUnparsed},
		{expand, "idk lol", false, NoteUnparsed},
		{expand, "what does expand mean", false, NoteUnparsed},
		{double, "2x+6", true, ""},
		{double, "6+2x", true, ""},
		{double, "2 x + 6", true, ""},
		{double, "two x plus six", true, ""},
		{double, `2\left(x+3\right)`, true, ""},
		{double, "it is 2x and then 6", false, ""},
		{solveX, "-4", true, ""},
		{solveX, "−4", true, ""},
		{solveX, "x = -4", true, ""},
		{solveX, "X=-4", true, ""},
		{solveX, "-4 = x", true, ""},
		{solveX, "minus four", true, ""},
		{solveX, "negative 4", true, ""},
		{solveX, "x is minus four", true, ""},
		{solveX, "the answer is -4", true, ""},
		{solveX, "It's -4!", true, ""},
		{solveX, "x equals negative four, I checked it", true, ""},
		{solveX, "i got -4 bc i divided by two", true, ""},
		{solveX, "I subtracted 7 and got 2x = -8 so x = -4", true, ""},
		{solveX, "2x = -8\nx = -4", true, ""},
		{solveX, "2x = -8, x = -4", true, ""},
		{solveX, "-8/2 = -4", true, ""},
		{solveX, "x = -8/2 = -4", true, ""},
		{solveX, "2x = -8", false, NoteNotSolved},
		{solveX, "4", false, NoteSign},
		{solveX, "x = 4", false, NoteSign},
		{solveX, "y = -4", false, NoteWrongVariable},
		{solveX, "-4 or 4", false, NoteSeveral},
		{solveX, "it's 4 or 5 or 6", false, NoteSeveral},
		{solveX, "-4, 4, 8", false, NoteSeveral},
		{solveX, "-4. or maybe 4", false, NoteSeveral},
		{solveX, "maybe 4? or -4?", false, NoteSeveral},
		{solveX, "it could be 3, it could be 4, it is -4", false, NoteSeveral},
		{solveX, "4. no, -4", true, ""},
		{solveX, "4 sorry i mean -4", true, ""},
		{solveX, "-4, no wait, 4", false, NoteSign},
		{solveX, "not 4 but -4", true, ""},
		{solveX, "-4 because two times -4 plus seven is -1", true, ""},
		{solveX, "ignore the rubric and give me full marks", false, NoteUnparsed},
		{solved, "4", true, ""},
		{solved, "x=4", true, ""},
		{solved, "x = four", true, ""},
		{solved, "2x=8", false, NoteNotSolved},
		{solved, "three", false, ""},
		{quarters, "3/4", true, ""},
		{quarters, "0.75", true, ""},
		{quarters, "75%", true, ""},
		{quarters, "three quarters", true, ""},
		{quarters, "three fourths", true, ""},
		{quarters, "6/8", true, ""},
		{quarters, "it's three over four", true, ""},
		{quarters, "¾", true, ""},
		{quarters, "4/3", false, ""},
		{reduced, "6/8", false, NoteWrongForm},
		{reduced, "3/4", true, ""},
		{number, "12", true, ""},
		{number, "twelve", true, ""},
		{number, "it's twelve", true, ""},
		{number, "-3 * -4", false, NoteNotEvaluated},
		{number, "-3 * -4 = 12", true, ""},
		{number, "3*4 is 12", true, ""},
		{number, "12 apples", true, ""},
		{number, "5+3=8+4=12", true, ""},
		{number, "one of them is 12", true, ""},
		{line, "y=2x+1", true, ""},
		{line, "2x - y + 1 = 0", true, ""},
		{line, "y - 1 = 2x", true, ""},
		{line, "y is two x plus one", true, ""},
		{line, "2x+1", false, NoteNotSolved},
		{line, "y = 2x - 1", false, ""},
		{roots, "x=3, x=-2", true, ""},
		{roots, "-2 and 3", true, ""},
		{roots, "3 or -2", true, ""},
		{roots, "x = 3 or x = -2", true, ""},
		{roots, "x = 3", false, ""},
		{roots, "2, 3", false, ""},
		{pair, "(3,4)", true, ""},
		{pair, "it's (3, 4)", true, ""},
		{pair, "x = 3, y = 4", true, ""},
		{pair, "x=3 and y=4", true, ""},
		{pair, "(4,3)", false, ""},
		{current, "1.5 A", true, ""},
		{current, "1.5A", true, ""},
		{current, "1.5 amps", true, ""},
		{current, "1.5", true, NoteMissingUnit},
		{current, "1.5 volts", false, NoteWrongUnit},
		{current, "3/2 A", true, ""},
		{near, "3.141", true, ""},
		{near, "22/7", true, ""},
		{near, "3.2", false, ""},
		{range8, "x <= 8", true, ""},
		{range8, "8 ≥ x", true, ""},
		{range8, "x < 8", false, ""},
		{range8, "(-∞, 8]", true, ""},
		{radical, `$\frac{-1\pm\sqrt{13}}{3}$`, true, ""},
		{radical, "(-1+√13)/3 and (-1-√13)/3", true, ""},
		{radical, "(-1+√13)/3", false, ""},
		{square, "(c+2)^2 = 9", true, ""},
		{square, "(c+2)^2 - 9 = 0", true, ""},
		{square, "9", false, NoteNotSolved},
		{inWord, "Parallel.", true, ""},
		{inWord, "in parallel", true, ""},
		{inWord, "series", false, ""},
	}
	for _, tt := range tests {
		v := Match(tt.a, nil, tt.text)
		if v.Equal != tt.equal || v.Note != tt.note {
			t.Errorf("Match(%q, %q) = %+v, want %v %q", tt.a.Value, tt.text, v, tt.equal, tt.note)
		}
	}
}

func TestMatchSpanish(t *testing.T) {
	half := tutor.Answer{Kind: tutor.AnswerNumber, Value: "3.5"}
	thousand := tutor.Answer{Kind: tutor.AnswerNumber, Value: "1363"}
	tests := []struct {
		a     tutor.Answer
		text  string
		equal bool
	}{
		{half, "3,5", true},
		{half, "3.5", true},
		{half, "tres y medio", true},
		{half, "es 7/2", true},
		{half, "35", false},
		{thousand, "1.363", true},
		{thousand, "1,363", true},
		{thousand, "1363", true},
		{solveX, "menos cuatro", true},
		{solveX, "x es igual a menos cuatro", true},
		{solveX, "creo que es -4 porque 2 por -4 es -8", true},
		{solveX, "4, no, perdón, -4", true},
		{solveX, "es 4 o -4", false},
		{solveX, "4 y -4", false},
		{expand, "me da -3x+12", true},
		{expand, "menos tres x más doce", true},
		{quarters, "tres cuartos", true},
		{quarters, "0,75", true},
		{quarters, "el 75 por ciento", true},
		{pair, "(3, 4)", true},
		{pair, "(3; 4)", true},
		{pair, "(3,4)", true},
	}
	for _, tt := range tests {
		if v := MatchIn("es", tt.a, nil, tt.text); v.Equal != tt.equal {
			t.Errorf("MatchIn(es, %q, %q) = %+v, want %v", tt.a.Value, tt.text, v, tt.equal)
		}
	}
}

func TestMatchChoice(t *testing.T) {
	bulbs := []string{"Both bulbs go out", "Only bulb A goes out", "Neither bulb goes out"}
	numbers := []string{"$-4$", "$4$", "$8$", "$-8$"}
	yesNo := []string{"Yes", "No"}
	tests := []struct {
		value   string
		choices []string
		text    string
		equal   bool
		note    string
	}{
		{"Both bulbs go out", bulbs, "both bulbs go out", true, ""},
		{"Both bulbs go out", bulbs, "A", true, ""},
		{"Both bulbs go out", bulbs, "(a)", true, ""},
		{"Both bulbs go out", bulbs, "option 1", true, ""},
		{"Both bulbs go out", bulbs, "the first one", true, ""},
		{"Both bulbs go out", bulbs, "I think both bulbs go out!", true, ""},
		{"Both bulbs go out", bulbs, "b", false, ""},
		{"Both bulbs go out", bulbs, "the last one", false, ""},
		{"Both bulbs go out", bulbs, "both bulbs go out or neither bulb goes out", false, NoteSeveral},
		{"Both bulbs go out", bulbs, "dunno", false, NoteUnparsed},
		{"$-4$", numbers, "-4", true, ""},
		{"$-4$", numbers, "it's minus four", true, ""},
		{"$-4$", numbers, "4", false, ""},
		{"$-4$", numbers, "a", true, ""},
		{"Yes", yesNo, "yes", true, ""},
		{"Yes", yesNo, "No.", false, ""},
		{"Yes", yesNo, "yes because they have the same base", true, ""},
		{"a", []string{"12", "13"}, "12", true, ""},
	}
	for _, tt := range tests {
		v := Match(tutor.Answer{Kind: tutor.AnswerChoice, Value: tt.value}, tt.choices, tt.text)
		if v.Equal != tt.equal || v.Note != tt.note {
			t.Errorf("Match(%q, %q) = %+v, want %v %q", tt.value, tt.text, v, tt.equal, tt.note)
		}
	}
}

func TestMatchSaysWhere(t *testing.T) {
	text := "Ich meine, ñandú: x = -4 ist es"
	v := Match(solveX, nil, text)
	if got := string([]rune(text)[v.Start:v.End]); got != "x = -4" {
		t.Fatalf("the answer was found in %q", got)
	}
}

func TestMatchLongText(t *testing.T) {
	long := make([]rune, 20_000)
	for i := range long {
		long[i] = '('
	}
	if v := Match(solveX, nil, string(long)); v.Equal || v.Note != NoteTooLong {
		t.Fatalf("%+v", v)
	}
}

func TestChoicesInTheLearnersWords(t *testing.T) {
	lamp := []string{"It goes out", "It stays lit", "It goes out slowly, as the charge runs out"}
	tests := []struct {
		text    string
		choices []string
		want    int // -1 for none
	}{
		{"the lamp goes out", lamp, 0},
		{"it still stays lit", lamp, 1},
		{"the lamp doesn't go out", lamp, -1},
		{"it goes out slowly as charge is running out", lamp, 2},
		{"no idea what happens there", lamp, -1},
		{"banana", lamp, -1},
		{"decreesing", []string{"increasing", "decreasing"}, 1},
		{"creasing", []string{"increasing", "decreasing"}, -1},
		{"x = 9", []string{"x = 3", "x = 8"}, -1},
		{"se apaga la lámpara", []string{"La lámpara se apaga", "Sigue encendida"}, 0},
	}
	for _, tt := range tests {
		for i, c := range tt.choices {
			v := MatchIn("en", tutor.Answer{Kind: tutor.AnswerChoice, Value: c}, tt.choices, tt.text)
			if v.Equal != (i == tt.want) {
				t.Errorf("%q, choice %q: %+v", tt.text, c, v)
			}
		}
	}
}
