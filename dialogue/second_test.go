package dialogue

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maieutic/prompts"
	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// oracle is a Second with one opinion, given after a while.
type oracle struct {
	level string
	after time.Duration
	err   error
	asked []rubric.Case
}

func (o *oracle) Opinion(ctx context.Context, c rubric.Case) (rubric.Opinion, error) {
	o.asked = append(o.asked, c)
	select {
	case <-ctx.Done():
		return rubric.Opinion{}, ctx.Err()
	case <-time.After(o.after):
	}
	if o.err != nil {
		return rubric.Opinion{}, o.err
	}
	out := rubric.Opinion{Findings: make([]rubric.View, len(c.Question.Expectations))}
	for i, e := range c.Question.Expectations {
		value, _ := rubric.CriterionFor(e).Value(o.level)
		out.Findings[i] = rubric.View{Has: e.ID == "two-minuses", Level: o.level, Value: value, Quotes: wholeQuote(c.Text)}
	}
	return out, nil
}

// unsureText is an answer to the step in words that the built-in grader can
// neither take for right nor for wrong: the move changes with the opinion.
const unsureText = "two minuses turn into plus"

// toWords brings a talk to the step in words.
func toWords(k *talk) { k.say("-3x + 12") }

// TestSecond holds what a second opinion does to the move, the record and the
// time of the first sentence.
func TestSecond(t *testing.T) {
	const say = "I see what you mean. Which numbers do you multiply there?"
	type want struct {
		move, engine string
		first        time.Duration
		agreement    string
	}
	alone := secondTurn(t, nil, nil, 0)
	for _, c := range []struct {
		name   string
		oracle oracle
		speak  time.Duration // until the model's first sentence
		want   want
	}{
		{"agrees in time", oracle{level: "emerging", after: 300 * time.Millisecond}, 500 * time.Millisecond,
			want{alone.reply.Move, "model", 500 * time.Millisecond, ""}},
		{"agrees late", oracle{level: "emerging", after: 900 * time.Millisecond}, 500 * time.Millisecond,
			want{alone.reply.Move, "model", 900 * time.Millisecond, ""}},
		{"changes the move in time", oracle{level: "full", after: 300 * time.Millisecond}, 500 * time.Millisecond,
			want{string(MovePump), "authored", 300 * time.Millisecond, string(rubric.Decided)}},
		{"changes the move late", oracle{level: "full", after: 900 * time.Millisecond}, 500 * time.Millisecond,
			want{string(MovePump), "authored", 900 * time.Millisecond, string(rubric.Decided)}},
		{"fails", oracle{after: 300 * time.Millisecond, err: errors.New("down")}, 500 * time.Millisecond,
			want{alone.reply.Move, "model", 500 * time.Millisecond, ""}},
		{"never answers", oracle{level: "full", after: time.Hour}, 500 * time.Millisecond,
			want{alone.reply.Move, "model", 2 * time.Second, ""}},
		{"voice is down", oracle{level: "full", after: 300 * time.Millisecond}, 0,
			want{string(MovePump), "authored", 300 * time.Millisecond, string(rubric.Decided)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answer := llm.Answer{Chunks: []string{say}, Delay: c.speak, Finish: llm.FinishStop}
				if c.speak == 0 {
					answer = llm.Answer{}
				}
				got := secondTurn(t, &c.oracle, &answer, 2*time.Second)
				if got.reply.Voice.Engine != c.want.engine || got.first != c.want.first || got.reply.Move != c.want.move {
					t.Errorf("%s by %s after %v, want %+v: %q", got.reply.Move, got.reply.Voice.Engine, got.first, c.want, got.reply.Text)
				}
				if c.want.engine == "authored" && c.speak > 0 && (len(got.deltas) != 1 || strings.Contains(got.reply.Text, say)) {
					t.Errorf("something of the draft was shown: %v", got.deltas)
				}
				score := got.student.Scores[len(got.student.Scores)-1] // what is covered comes after what was aimed at
				if score.Agreement != c.want.agreement || (score.PromptVersion == prompts.GradeVersion) != (c.want.agreement != "") {
					t.Errorf("score %+v", score)
				}
				if c.want.agreement == string(rubric.Decided) && (score.Grader != tutor.GraderBuiltin || score.Level.ID == "full" || score.Confidence > .3) {
					t.Errorf("score %+v", score)
				}
			})
		})
	}
}

type timed struct {
	answered
	first time.Duration
}

// secondTurn takes one unsure answer with an oracle and a voice.
func secondTurn(t *testing.T, o *oracle, voice *llm.Answer, patience time.Duration) timed {
	t.Helper()
	config := builtin()
	k := newTalk(t, config, expand())
	toWords(k)
	k.engine.GradeTimeout, k.engine.ModelTimeout = patience, 2*patience+time.Second
	if o != nil {
		k.engine.Second = o
	}
	if voice != nil {
		k.engine.Model = llm.NewScripted(*voice)
	}
	began := time.Now()
	var got timed
	in := k.input(unsureText)
	for ev, err := range k.engine.Turn(t.Context(), in) {
		switch {
		case err != nil:
			t.Fatal(err)
		case ev.Delta != nil:
			if got.deltas == nil {
				got.deltas, got.first = map[int]string{}, time.Since(began)
			}
			got.deltas[ev.Delta.Attempt] += ev.Delta.Text
		case ev.Student != nil:
			got.student = *ev.Student
		case ev.Reply != nil:
			got.reply = *ev.Reply
		}
	}
	return got
}

// TestSecondIsNotAsked where it could not matter: exact answers, requests,
// questions, words of one's own that are no answer.
func TestSecondIsNotAsked(t *testing.T) {
	o := &oracle{level: "full"}
	config := builtin()
	config.Second = o
	k := newTalk(t, config, expand())
	for _, text := range []string{"-3x - 7", "<hint>", "what is a factor?", "idk", "-3x + 12", "<hint>", "plus"} {
		k.say(text)
	}
	if len(o.asked) != 0 {
		t.Errorf("asked about %q", o.asked[0].Text)
	}
	k.say(unsureText)
	if len(o.asked) != 1 || o.asked[0].Nonce == "" || o.asked[0].For.LearnerID != learnerID {
		t.Errorf("asked %+v", o.asked)
	}
}

// panicking is a Second with a fault.
type panicking struct{}

func (panicking) Opinion(context.Context, rubric.Case) (rubric.Opinion, error) { panic("a fault") }

// TestSecondPanics: a fault in the second grader costs its opinion, not the turn
// and not the server.
func TestSecondPanics(t *testing.T) {
	k := newTalk(t, builtin(), expand())
	toWords(k)
	k.engine.Second = panicking{}
	if got := k.say(unsureText); got.reply.Text == "" || got.reply.Move != secondTurn(t, nil, nil, 0).reply.Move {
		t.Errorf("%+v", got.reply)
	}
}

// TestPrefixOverATalk: each prompt of a session begins with the one before.
func TestPrefixOverATalk(t *testing.T) {
	const words = "Not yet, but I see what you did."
	answers := make([]llm.Answer, 12)
	for i := range answers {
		answers[i] = llm.Say(words)
	}
	model := llm.NewScripted(answers...)
	config := builtin()
	config.Model = model
	k := newTalk(t, config, expand())
	for _, text := range []string{"-3x - 7", "-3x - 8", "<hint>", "-3x + 2", "i want to kill myself", "-3x - 9"} {
		k.say(text)
	}
	var before string
	for i, r := range model.Requests() {
		var b strings.Builder
		for _, m := range r.Messages {
			b.WriteString(string(m.Role) + "\n" + m.Content + "\n")
		}
		// A second try at the same turn says so at the end of its last message.
		if again := strings.Contains(b.String(), "Your first words"); !again {
			if !strings.HasPrefix(b.String(), strings.TrimSuffix(before, "\n")) {
				t.Errorf("request %d does not begin with the one before:\n%s\n---\n%s", i, before, b.String())
			}
			before = b.String()
		}
		if strings.Contains(b.String(), "kill myself") {
			t.Error("a prompt holds what a learner confided")
		}
	}
}

// TestRefusedModel is not asked twice when it may not be used at all, or when
// its server refuses the request.
func TestRefusedModel(t *testing.T) {
	for _, code := range []tutor.Code{tutor.CodeForbidden, tutor.CodeRateLimited, tutor.CodeInvalid} {
		model := llm.NewScripted(llm.Answer{Err: tutor.Errorf(code, "no")})
		config := builtin()
		config.Model = model
		k := newTalk(t, config, expand())
		if got := k.say("-3x - 7"); got.reply.Voice.Engine != "authored" || len(model.Requests()) != 1 {
			t.Errorf("%s: %+v after %d requests", code, got.reply.Voice, len(model.Requests()))
		}
	}
}
