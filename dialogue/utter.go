package dialogue

import (
	"context"
	"slices"

	"maieutic/prompts"
	"maieutic/tutor"
)

// speak finds the words and releases them. What speaking carries is given up
// when the second opinion changes the decision.
func (t *turn) speak(ctx, speaking context.Context, opinion *second, out *outlet) {
	speech := t.words()
	n, attempt := 0, 0
	release := func(a int, text string) {
		if a != attempt {
			attempt, n = a, 0
		}
		out.send(Event{Delta: &Delta{TurnID: t.reply.ID, Attempt: a, N: n, Text: text}})
		n++
	}
	voiced := tutor.Voice{Engine: "authored"}
	if t.Model != nil && t.h.Cue != "distress" && t.d.Move != MoveClose && speech.Lead != "" {
		voice := ModelVoice{Model: t.Model, Timeout: t.ModelTimeout, Log: t.Log, Hold: func() bool { return t.stands(opinion) }}
		words, ok := voice.speak(speaking, t.prompt(speech), speech, t.rules(speech), release)
		if ok {
			t.adopt(opinion.wait(), speech)
			t.say(words)
			return
		}
		voiced = words.voice
	}
	if better := opinion.wait(); better != nil && better.d != t.d {
		t.judgement = *better
		t.consult(ctx)
		speech = t.words()
		voiced.Prompt, voiced.Words = "", "" // they were for another move
	} else {
		t.adopt(better, speech)
	}
	words := speakAuthored(speech, attempt+1, release)
	words.voice = voiced
	t.say(words)
}

// stands waits for the second opinion and reports whether the decision does.
func (t *turn) stands(opinion *second) bool {
	better := opinion.wait()
	return better == nil || better.d == t.d
}

// adopt takes over what a second opinion says of the turn without changing what
// is done about it.
func (t *turn) adopt(better *judgement, speech Speech) {
	if better == nil {
		return
	}
	oldest := t.next.Oldest
	t.judgement = *better
	t.next.Said, t.next.Oldest = speech.Said, oldest
}

// words finds the authored words of the decision.
func (t *turn) words() Speech {
	session := t.start.Session
	t.reply = t.tutorTurn(t.plan, session, t.d)
	speech := t.plan.Speak(Scene{
		State: t.heard, Heard: t.h, Decision: t.d, Language: session.Language, Seed: session.ID,
		Name: firstName(session.LearnerName), Quote: t.quote(), Aside: t.aside,
	})
	t.next.Said = speech.Said
	return speech
}

func (t *turn) say(words spoken) {
	t.reply.Text, t.reply.Voice, t.reply.Citations = words.text, words.voice, t.aside.Citations
}

// prompt is what the model voice is told. It moves the beginning of the history
// on when the context is full.
func (t *turn) prompt(speech Speech) prompts.TutorInput {
	a := t.plan.Activity
	in := prompts.TutorInput{
		Language: baseLanguage(t.start.Session.Language), ReadingLevel: t.start.Teaching.ReadingLevel,
		Instructions: t.start.Teaching.Instructions, Title: a.Title, Statement: a.Statement,
		History: t.utterances(), Student: t.start.Turn.Text, Passages: t.passages, Move: string(t.d.Move),
		Feedback: string(t.d.Feedback), Draft: speech.Lead, Question: speech.Question, Asks: asks(speech.Lead),
		Nonce: t.before.Nonce, Context: t.Context, For: t.party(),
	}
	t.next.Oldest = prompts.Oldest(in, t.before.Oldest)
	in.History = prompts.From(in.History, t.next.Oldest)
	return in
}

// confided stands in a prompt for what a learner in distress said: that is for a
// person, not for a model.
const confided = "(The learner said something personal.)"

// utterances is the history as a model may know it.
func (t *turn) utterances() []tutor.Turn {
	history := slices.Clone(t.start.History)
	for i := range history {
		if history[i].Author == tutor.AuthorStudent && Classify(history[i].Kind, history[i].Text, t.start.Session.Language).Cue == "distress" {
			history[i].Text = confided
		}
	}
	return history
}

func (t *turn) rules(speech Speech) rules {
	given := t.given()
	shown := t.plan.shown(t.d)
	for _, p := range t.passages {
		shown = append(shown, p.Text)
	}
	exact, ideas := t.plan.checks(t.heard, t.d, given)
	return rules{
		language: baseLanguage(t.start.Session.Language), exact: exact, ideas: ideas,
		pieces: piecedOf(t.plan.secrets(t.heard, t.d), slices.Concat(given, shown, []string{speech.Lead})),
		known:  newKnown(speech.Lead, slices.Concat(given, shown)...), nonce: t.before.Nonce,
		asks: asks(speech.Lead), feedback: t.d.Feedback, limit: leadLimit + 2*len(speech.Lead),
	}
}

// quote is the part of the learner's words that the feedback is about.
func (t *turn) quote() string {
	if t.grade == nil {
		return ""
	}
	findings := slices.Concat(t.grade.Findings, t.grade.Early)
	if t.h.Sub == OutcomeRight {
		findings = []Finding{*t.grade.Sub}
	}
	for _, f := range findings {
		if t.h.Sub != OutcomeRight && !slices.Contains(t.h.Covered, f.Key) {
			continue
		}
		if len(f.Quotes) > 0 {
			return f.Quotes[0].Text
		}
		return t.start.Turn.Text
	}
	if t.d.Feedback == FeedbackNote {
		return t.start.Turn.Text
	}
	return ""
}
