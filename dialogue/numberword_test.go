package dialogue

import (
	"slices"
	"testing"

	"maieutic/tutor"
)

// product is an activity that asks for one number.
func product(language, question, value string) tutor.Activity {
	return tutor.Activity{
		ID: "numbers.one", CourseID: "numbers", Version: "v1", Kind: tutor.ActivityProblem, Title: "One number", Language: language, Skills: []string{"numbers.one"},
		Steps: []tutor.Step{{
			ID: "find", Question: question, Skills: []string{"numbers.one"},
			Expectations: []tutor.Expectation{{
				ID: "value", Title: "The value", Answer: exact(tutor.AnswerNumber, value), Concise: "the value",
				Hints: []tutor.Hint{{Kind: tutor.HintPoint, Text: "$3$"}}, Tell: "$" + value + "$",
			}},
		}},
	}
}

func productRules(t *testing.T, a tutor.Activity, given ...string) rules {
	t.Helper()
	plan, err := NewPlan(a)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := plan.Open()
	d := Decision{Move: MoveHint, Target: "find/value", Level: 1, Pending: Pending{Kind: PendingIdea, Target: "find/value"}}
	exact, ideas := plan.checks(s, d, given)
	return rules{
		language: a.Language, exact: exact, ideas: ideas, pieces: piecedOf(plan.secrets(s, d), plan.shown(d)),
		known: newKnown("", append(plan.shown(d), given...)...), asks: true, feedback: FeedbackNotYet, limit: 600,
	}
}

// TestNumberWords holds back a number in the words of any language a child can
// look up, in Roman numerals and behind look-alike letters, and lets pass what
// only counts.
func TestNumberWords(t *testing.T) {
	english, spanish := product("en", "What is $3 \\cdot 4$?", "12"), product("es", "¿Cuánto es $4 - 7$?", "-3")
	arabic, five := product("ar", "كم يساوي $3 \\cdot 4$؟", "12"), product("ar", "كم يساوي $2 + 3$؟", "5")
	for _, c := range []struct {
		activity tutor.Activity
		held     []string
		pass     []string
	}{
		{
			english,
			[]string{
				"It is douze.", "It is zwölf.", "It is doce.", "It is XII.", "It is Ⅻ.", "It is ⅻ.", "It is 十二.", "It is tw\u0435lve.", "It is **twe**lve.", "It is a dozen.", "It is اثنا عشر.",
			},
			[]string{"Try it once more, in two steps.", "I see three equal groups.", "Look at **both** factors.", "The angle Δx is no help.", "Mix and match the dos and the don'ts."},
		},
		{
			spanish,
			[]string{"Es menos trois.", "Es menos three.", "Es menos т\u0440es.", "Es menos III.", "Es menos *tr*es."},
			[]string{"Piensa en dos pasos.", "Ten paciencia y dibuja la recta."},
		},
		{
			arabic,
			[]string{"هو اثنا عشر.", "هو إثنا عشر.", "هو اثني عشر.", "هو اثنتا عشرة.", "هو اثناعشر.", "هو اثـنـا عـشـر.", "الجواب دزينة.", "هو twelve.", "هو XII."},
			[]string{"فكّر في ثلاث خطوات.", "هذه خطوة واحدة فقط."},
		},
		{
			five,
			[]string{"هو خمسة.", "هو خمس.", "الجواب هو الخمسة.", "هو خـمـسة."},
			[]string{"فكّر في خمسة عشر سؤالًا.", "لديك عددان اثنان."},
		},
	} {
		question := map[string]string{"en": " What now?", "es": " ¿Qué ves?", "ar": " ما رأيك؟"}[c.activity.Language]
		for _, text := range c.held {
			if err := guarded(text+question, productRules(t, c.activity)); err == nil {
				t.Errorf("%q passes", text)
			}
		}
		for _, text := range c.pass {
			if err := guarded(text+question, productRules(t, c.activity)); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
	if err := guarded("كتبت خمسة. ما رأيك؟", productRules(t, five, "الجواب خمسة")); err != nil {
		t.Errorf("what the learner said: %v", err)
	}
}

func TestWordedNumbers(t *testing.T) {
	for text, want := range map[string][]int{
		"ثلاثة عشر": {13}, "خمسة وعشرون": {25}, "وخمسة": {5}, "مئة": {100}, "ستون ثم سبع": {60, 7}, "لا عدد هنا": nil, "خمسة وأربعة": {5, 4},
	} {
		if got := wordedNumbers(text); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
