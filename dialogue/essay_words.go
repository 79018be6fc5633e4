package dialogue

import (
	"context"
	"slices"
	"strings"

	"maieutic/tutor"
)

// essaySpeech is what the coach says in a talk about an essay.
type essaySpeech struct {
	text      string
	said      map[string]int
	citations []tutor.Citation
}

// essayVoice puts a decision into words.
type essayVoice struct {
	*phrasebook
	scene    essayScene
	d        essayDecision
	language string
	values   map[string]string
	out      essaySpeech
}

func (t *turn) essayWords(ctx context.Context, scene essayScene, s State, d essayDecision) essaySpeech {
	session := t.start.Session
	language := baseLanguage(session.Language)
	v := &essayVoice{scene: scene, d: d, language: language,
		phrasebook: &phrasebook{catalogue: essayCatalogues[language], seed: session.ID, said: cloneMap(s.Said)},
		values:     map[string]string{"name": firstName(session.LearnerName)}}
	if d.Point != nil {
		v.values["title"], v.values["point"] = escapeMarkdown(scene.Titles[d.Point.CriterionID]), d.Point.Text
		if len(d.Point.Quotes) > 0 {
			v.values["quote"] = quoted(shorten(oneLine(d.Point.Quotes[0].Text), 90), language)
		}
	}
	if len(d.Does) > 0 {
		v.values["does"] = v.say("essay.does."+d.Does[0], nil)
	}
	var lines []string
	if d.Aside {
		lines = append(lines, v.aside(t, ctx))
	}
	lines = append(lines, v.move(t, ctx))
	v.out.text = strings.TrimSpace(strings.Join(slices.DeleteFunc(lines, func(l string) bool { return l == "" }), "\n\n"))
	v.out.said = v.said
	return v.out
}

// oneLine is a text without line ends.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// move says what the move has to say.
func (v *essayVoice) move(t *turn, ctx context.Context) string {
	switch v.d.Move {
	case MoveAsk:
		return v.ask()
	case MoveLook:
		return v.say("essay.look", v.values)
	case MovePrinciple:
		return v.principle(t, ctx)
	case MoveExample:
		return v.say("essay.example."+v.aspect(), v.values)
	case MoveTry:
		return v.try()
	case MoveWeigh:
		return v.say("essay.weigh", v.values)
	case MoveDecline:
		return v.say("essay.decline", v.values)
	case MoveBack:
		if text := v.say("essay.back."+v.d.Reason, v.values); text != "" {
			return text
		}
		return v.say("essay.back.turn", v.values)
	case MoveEncourage:
		if v.d.Reason == "distress" {
			return v.say("distress", v.values)
		}
		return v.say("essay.encourage", v.values) + " " + v.again()
	case MoveRedirect:
		if text := v.say("redirect."+v.d.Reason, v.values); text != "" && v.d.Reason != "meta_repeat" && v.d.Reason != "meta_progress" && v.d.Reason != "meta_wrong" {
			return text + " " + v.again()
		}
		return v.say("essay.redirect", v.values) + " " + v.again()
	case MoveAnswer:
		return v.again()
	case MoveClose:
		return v.say("essay.close", v.values)
	}
	return v.again()
}

// ask asks about a point, or for the plan of a first draft.
func (v *essayVoice) ask() string {
	if v.d.Reason == "point" {
		return v.say("essay.point", v.values)
	}
	if text := v.say("essay."+v.d.Reason, v.values); text != "" {
		return text
	}
	return v.again()
}

// again comes back to what is being talked about.
func (v *essayVoice) again() string {
	for _, key := range []string{"essay.again", "essay.again.title", "essay.again.plain"} {
		if text := v.say(key, v.values); text != "" {
			return text
		}
	}
	return ""
}

func (v *essayVoice) try() string {
	switch {
	case v.d.Hits && v.values["does"] != "":
		return v.say("essay.try.hit", v.values)
	case v.values["does"] != "":
		return v.say("essay.try.other", v.values)
	}
	if text := v.say("essay.try.plain", v.values); text != "" {
		return text
	}
	return v.again()
}

func (v *essayVoice) aspect() string {
	if v.d.Point == nil {
		return string(tutor.AspectOverall)
	}
	if a := v.scene.Aspects[v.d.Point.CriterionID]; a != "" {
		return string(a)
	}
	return string(tutor.AspectOverall)
}

// principle quotes the lesson on what the point is about, or says it in words of
// our own when the lessons have nothing.
func (v *essayVoice) principle(t *turn, ctx context.Context) string {
	if v.d.Point != nil {
		if p, ok := t.passageOn(ctx, v.scene.Titles[v.d.Point.CriterionID]); ok {
			v.values["lesson"], v.values["passage"] = escapeMarkdown(p.Lesson), p.Text
			v.out.citations = []tutor.Citation{p.Citation}
			return v.say("essay.principle.lesson", v.values)
		}
	}
	return v.say("essay.principle."+v.aspect(), v.values)
}

// aside answers the learner's own question from the lessons.
func (v *essayVoice) aside(t *turn, ctx context.Context) string {
	t.d.Aside = true
	question := t.start.Turn.Text
	if t.Retriever == nil || len(tellingWords(question, t.start.Session.Language)) == 0 {
		return ""
	}
	passages, err := t.Retriever.Search(ctx, tutor.Query{SchoolID: t.start.Session.SchoolID, CourseID: t.start.Session.CourseID,
		Language: t.start.Session.Language, Text: question, K: passagesWanted})
	if err != nil {
		t.Log.Warn("search for a learner's question", "session", t.in.SessionID, "turn", t.in.ID, "code", tutor.ErrorCode(err))
		return v.say("essay.answer.none", nil)
	}
	found := AnswerFrom(question, passages, t.start.Session.Language, func(string) bool { return false })
	if found.Text == "" {
		return v.say("essay.answer.none", nil)
	}
	v.out.citations = found.Citations
	return v.say("essay.answer.found", map[string]string{"passage": found.Text})
}

// passageOn finds what the lessons say of a thing, its first two sentences.
func (t *turn) passageOn(ctx context.Context, about string) (tutor.Passage, bool) {
	if t.Retriever == nil || about == "" {
		return tutor.Passage{}, false
	}
	passages, err := t.Retriever.Search(ctx, tutor.Query{SchoolID: t.start.Session.SchoolID, CourseID: t.start.Session.CourseID,
		Language: t.start.Session.Language, Text: about, K: 3})
	if err != nil || len(passages) == 0 {
		return tutor.Passage{}, false
	}
	best := passages[0]
	prose := proseOf(best.Text)
	if len(prose) == 0 {
		return tutor.Passage{}, false
	}
	best.Text = oneLine(strings.Join(prose[:min(2, len(prose))], " "))
	return best, len(best.Text) <= quotedBytes
}
