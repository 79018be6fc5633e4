package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"maieutic/dialogue"
	"maieutic/tutor"
	"maieutic/tutor/llm"
)

func exactNumber(value string) *tutor.Answer {
	return &tutor.Answer{Kind: tutor.AnswerNumber, Value: value}
}

// pensCourse has one problem with a number, a misconception, a smaller question
// and an idea in words.
func pensCourse() tutor.Course {
	return tutor.Course{ID: "pens", Language: "en", Activities: []tutor.Activity{{
		ID: "pens.boxes", CourseID: "pens", Version: "v1", Kind: tutor.ActivityProblem, Title: "Boxes of pens", Language: "en",
		Statement: "A shop sells pens in boxes of $12$.", Skills: []string{"pens.multiply"},
		Steps: []tutor.Step{
			{
				ID: "count", Question: "How many pens are in $7$ boxes?", Skills: []string{"pens.multiply"},
				Expectations: []tutor.Expectation{{
					ID: "answer", Title: "The number of pens", Answer: exactNumber("84"), Concise: "the number of pens in one box",
					Hints: []tutor.Hint{
						{Kind: tutor.HintPoint, Text: "Every box holds the same number of pens."},
						{Kind: tutor.HintExample, Question: &tutor.SubQuestion{
							Prompt: "How many pens are in $2$ boxes?", Answer: *exactNumber("24"), Hints: []string{"One box and one more."}, Tell: "Twelve and twelve are $24$.",
						}},
					},
					Tell: "$7 \\cdot 12 = 84$ pens.",
				}},
				Misconceptions: []tutor.Misconception{{
					ID: "added", Title: "Adds instead of multiplying", Answers: []tutor.Answer{*exactNumber("19")},
					Correction: "Lay the boxes out in a row and count what is in the first three.", Question: "How many pens are in $3$ boxes?", Repair: exactNumber("36"),
				}},
				Check: &tutor.Check{Question: "How many eggs are in $5$ boxes of $6$?", Answer: exactNumber("30")},
			},
			{
				ID: "why", Question: "In your own words: why do you multiply here?", Skills: []string{"pens.multiply"},
				Expectations: []tutor.Expectation{{
					ID: "equal-groups", Title: "Equal groups", Says: "Every box holds the same number of pens, so it is repeated addition.",
					Accept: []string{"you add the same number again and again"}, Concise: "what all boxes have in common",
					Hints: []tutor.Hint{{Kind: tutor.HintPoint, Text: "Compare two of the boxes with each other."}},
					Tell:  "The boxes are equal groups: the same number is added again and again.",
				}},
			},
		},
	}}}
}

// parrot is a model that says the same to everybody.
type parrot string

func (parrot) Name() string { return "parrot" }

func (p parrot) Generate(context.Context, llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		_ = yield(llm.Chunk{Text: string(p)}, nil) && yield(llm.Chunk{Finish: llm.FinishStop}, nil)
	}
}

func simulate(t *testing.T, o Options, sim Simulation) *Report {
	t.Helper()
	sim.Courses = []tutor.Course{pensCourse()}
	if sim.Sessions == 0 {
		sim.Sessions = 5
	}
	r, err := Dialogue(t.Context(), o, sim)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// figures are the values of a report's group, the overall ones for "".
func figures(t *testing.T, r *Report, group string) map[string]float64 {
	t.Helper()
	metrics := r.Metrics
	for _, g := range r.Groups {
		if g.Name == group {
			metrics = g.Metrics
		}
	}
	out := map[string]float64{}
	for _, m := range metrics {
		out[m.Name] = m.Value
	}
	return out
}

func TestDialogueTellsPersonasApart(t *testing.T) {
	r := simulate(t, Options{Data: "fixture", Seed: 1}, Simulation{})
	if r.N != 5*len(Personas()) || len(r.Groups) != len(Personas()) {
		t.Errorf("%d sessions in %d groups", r.N, len(r.Groups))
	}
	knows, silent, wrong := figures(t, r, "knows"), figures(t, r, "silent"), figures(t, r, "misconception")
	if knows["mastered"] != 1 || knows["turns"] > 3 || knows["telling_rate"] != 0 || knows["never_revealed"] != 1 || !math.IsNaN(knows["turns_to_reveal"]) {
		t.Errorf("one who knows everything: %v", knows)
	}
	if silent["mastered"] != 0 || silent["telling_rate"] == 0 || silent["never_revealed"] != 0 || silent["turns_to_reveal"] < 3 {
		t.Errorf("one who says nothing: %v", silent)
	}
	if wrong["mastered"] != 1 || wrong["turns"] <= knows["turns"] {
		t.Errorf("one with a misconception: %v", wrong)
	}
	if all := figures(t, r, ""); all["question_rate"] < 0.5 || all["leaks"] != 0 || all["repeated_rungs"] > 0.1 {
		t.Errorf("overall %v, %q", all, r.Listed)
	}
	if _, has := knows["fallback_rate"]; has {
		t.Error("without a model there is nothing to fall back from")
	}
}

func TestDialogueIsDeterministic(t *testing.T) {
	dir := t.TempDir()
	run := func(seed uint64, name string) (figures map[string]any, transcript string) {
		r := simulate(t, Options{Data: "fixture", Seed: seed}, Simulation{Persona: "half", Transcripts: filepath.Join(dir, name)})
		var out bytes.Buffer
		if err := r.WriteJSON(&out); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out.Bytes(), &figures); err != nil {
			t.Fatal(err)
		}
		for _, m := range []map[string]any{figures, figures["groups"].(map[string]any)["half"].(map[string]any)} {
			delete(m, "latency_ms")
			delete(m["intervals"].(map[string]any), "latency_ms")
		}
		for n := 1; n <= 5; n++ {
			text, err := os.ReadFile(filepath.Join(dir, name, "half-00"+string(rune('0'+n))+".md"))
			if err != nil {
				t.Fatal(err)
			}
			transcript += string(text)
		}
		return figures, transcript
	}
	first, said := run(7, "a")
	again, saidAgain := run(7, "b")
	if !reflect.DeepEqual(first, again) || said != saidAgain {
		t.Errorf("the same seed gives\n%v and\n%v", first, again)
	}
	if _, other := run(8, "c"); other == said {
		t.Error("another seed gives the same talk")
	}
}

// A model that prints the answers is never heard; one that keeps to its part is.
func TestDialogueWithModels(t *testing.T) {
	blabs := simulate(t, Options{Data: "fixture", Seed: 1}, Simulation{Model: parrot("The answer is 84. The boxes are equal groups, the same number is added again and again.")})
	got := figures(t, blabs, "silent")
	if got["leaks"] != 0 || got["leaks_by_model"] != 0 || got["fallback_rate"] == 0 || got["held_back"] < got["fallback_rate"] {
		t.Errorf("a model that blabs: %v, %q", got, blabs.Listed)
	}
	calm := simulate(t, Options{Data: "fixture", Seed: 1}, Simulation{Model: parrot("Take your time with it."), Persona: "silent"})
	asks := simulate(t, Options{Data: "fixture", Seed: 1}, Simulation{Model: parrot("What comes to your mind?"), Persona: "silent"})
	for name, r := range map[string]*Report{"calm": calm, "asks": asks} {
		if f := figures(t, r, "silent"); f["fallback_rate"] >= 1 || f["leaks"] != 0 {
			t.Errorf("a model that %s: %v, %q", name, f, r.Listed)
		}
	}
}

// The judge sees for itself what the guard would have held back.
func TestJudgeFindsLeaks(t *testing.T) {
	a := pensCourse().Activities[0]
	open := dialogue.State{Pending: dialogue.Pending{Kind: dialogue.PendingStep, Target: "count"}}
	told := open
	told.Told = map[string]int{"count/answer": 1}
	small := dialogue.State{Pending: dialogue.Pending{Kind: dialogue.PendingScaffold, Target: "count/answer", Level: 2}}
	for _, tt := range []struct {
		text          string
		before, after dialogue.State
		leaks, tells  bool
	}{
		{"So there are 84 pens. Do you see it?", open, open, true, false},
		{"So there are 84 pens. Do you see it?", open, told, false, false},
		{"How many pens are in $7$ boxes?", open, open, false, false},
		{"One piece at a time. How many pens are in $2$ boxes?", open, small, false, false},
		{"That makes 24. How many pens are in $2$ boxes?", open, small, true, false},
		{"Twelve and twelve are $24$. How many pens are in $7$ boxes?", small, open, false, true},
	} {
		x := exchange{said: speak("no idea"), before: tt.before, after: tt.after, reply: tutor.Turn{Text: tt.text, Move: string(dialogue.MovePump)}}
		got := newJudge(a, "Hello.").judge(x)
		if got.leaks() != tt.leaks || got.tells != tt.tells || got.asks != strings.Contains(tt.text, "?") {
			t.Errorf("%q: %+v", tt.text, got)
		}
	}
}

func TestUnderstandReadsTheTutor(t *testing.T) {
	a := pensCourse().Activities[0]
	signs := signsOf(a)
	start := asked{kind: asksStep, idea: -1}
	for _, tt := range []struct {
		text   string
		before asked
		kind   asking
		step   int
	}{
		{"Hello. How many pens are in $7$ boxes?", start, asksStep, 0},
		{"Let's test it. How many pens are in $3$ boxes?", start, asksRepair, 0},
		{"How many pens are in $2$ boxes?", start, asksScaffold, 0},
		{"Here it is. $7 \\cdot 12 = 84$ pens. Your turn.", start, asksRestate, 0},
		{"How many eggs are in $5$ boxes of $6$?", start, asksCheck, 0},
		{"Go on: In your own words: why do you multiply here?", start, asksStep, 1},
		{"Hm?", asked{kind: asksRepair}, asksRepair, 0},
		{"What else?", asked{kind: asksRestate}, asksStep, 0},
	} {
		if got := understand(signs, tt.text, tt.before); got.kind != tt.kind || got.step != tt.step {
			t.Errorf("%q: %+v", tt.text, got)
		}
	}
}

func TestDialogueRefuses(t *testing.T) {
	essay := tutor.Course{ID: "c", Activities: []tutor.Activity{{ID: "c.e", Kind: tutor.ActivityEssay}}}
	for says, sim := range map[string]Simulation{
		"no persona":  {Courses: []tutor.Course{pensCourse()}, Persona: "angel", Sessions: 1},
		"one session": {Courses: []tutor.Course{pensCourse()}},
		"no problem":  {Courses: []tutor.Course{essay}, Sessions: 1},
	} {
		if _, err := Dialogue(t.Context(), Options{Data: "fixture"}, sim); tutor.ErrorCode(err) != tutor.CodeInvalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}
