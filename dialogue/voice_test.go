package dialogue

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maieutic/prompts"
	"maieutic/tutor/llm"
)

// heldGood phrases what the model is asked for in these tests: a pump after a
// wrong answer.
const heldGood = "Not yet, but I see what you did. Which sign does the second term get?"

// TestModelVoice speaks a model's words when they pass, and the authored ones
// of the same move when they do not.
func TestModelVoice(t *testing.T) {
	leak := llm.Say("Not yet. It comes to -3x + 12. Do you see why?")
	for _, c := range []struct {
		name    string
		answers []llm.Answer
		engine  string
		attempt int // the last one that anything is shown of
	}{
		{"passes", []llm.Answer{{Chunks: strings.SplitAfter(heldGood, " "), Finish: llm.FinishStop}}, "model", 1},
		{"leak, then passes", []llm.Answer{leak, llm.Say(heldGood)}, "model", 2},
		{"two leaks", []llm.Answer{leak, leak}, "authored", 1},
		{"two questions", []llm.Answer{llm.Say("What is this? What is that?"), llm.Say("No? Yes?")}, "authored", 3},
		{"cut off", []llm.Answer{{Chunks: []string{"Not yet. Which"}}, {Chunks: []string{"Not yet. Which"}}}, "authored", 3},
		{"too long for the model", []llm.Answer{{Chunks: []string{heldGood}, Finish: llm.FinishLength}, llm.Say(heldGood)}, "model", 2},
		{"filtered", []llm.Answer{{Finish: llm.FinishFilter}, {Finish: llm.FinishFilter}}, "authored", 1},
		{"empty", []llm.Answer{llm.Say(""), llm.Say(" \n")}, "authored", 1},
		{"down", nil, "authored", 1},
		{"hangs", []llm.Answer{{Chunks: []string{"Not yet. Which "}, Hang: true}}, "authored", 2},
		{"endless", []llm.Answer{{Chunks: slicesOf("Look at it again. ", 5000), Delay: time.Millisecond, Finish: llm.FinishStop}, llm.Say(heldGood)}, "model", 2},
		{"slow", []llm.Answer{{Chunks: slicesOf("Hm ", 100), Delay: time.Second, Finish: llm.FinishStop}}, "authored", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				model := llm.NewScripted(c.answers...)
				config := builtin()
				config.Model, config.TurnDeadline, config.ModelTimeout = model, 10*time.Second, 4*time.Second
				k := newTalk(t, config, expand())
				began := time.Now()
				got := k.say("-3x + 7")
				if took := time.Since(began); took > config.TurnDeadline {
					t.Errorf("the turn took %v", took)
				}
				voice := got.reply.Voice
				if voice.Engine != c.engine || got.deltas[c.attempt] != got.reply.Text || voice.PromptVersion != prompts.TutorVersion {
					t.Errorf("spoken by %+v with deltas %v, turn %q", voice, got.deltas, got.reply.Text)
				}
				for attempt, text := range got.deltas {
					if strings.Contains(text, "12") || attempt > c.attempt {
						t.Errorf("attempt %d showed %q", attempt, text)
					}
				}
				if got.reply.Move != string(MovePump) {
					t.Errorf("move %s", got.reply.Move)
				}
			})
		})
	}
}

func slicesOf(text string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = text
	}
	return all
}

// TestModelKnowsNoAnswer: below the reveal level no prompt holds the answer,
// whatever the turn.
func TestModelKnowsNoAnswer(t *testing.T) {
	model := llm.NewScripted()
	config := builtin()
	config.Model = model
	k := newTalk(t, config, expand())
	for _, text := range []string{"-3x - 7", "what is a factor?", "<hint>", "idk", "this is hard", "-3x - 12", "who are you?"} {
		k.say(text)
	}
	if len(model.Requests()) < 5 {
		t.Fatalf("%d requests", len(model.Requests()))
	}
	for _, request := range model.Requests() {
		for _, m := range request.Messages {
			if strings.Contains(m.Content, "-3x + 12") || strings.Contains(m.Content, "every term inside the bracket") {
				t.Errorf("a prompt holds the answer:\n%s", m.Content)
			}
		}
	}
}
