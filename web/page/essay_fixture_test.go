package page_test

import (
	"strings"
	"time"

	"maieutic/tutor"
	"maieutic/web/page"
	"maieutic/web/render"
)

const draftWords = "I think school should begin later. Teenagers need more sleep because their body clock is different.\n\n" +
	"Some people say that parents have to go to work early. They cannot bring their kids later.\n\nSchool should begin later so we can learn better."

func essayRubric() tutor.Rubric {
	levels := []tutor.RubricLevel{{ID: "1", Title: "Beginning", Description: "A topic is named."}, {ID: "2", Title: "Developing", Description: "A position can be guessed.", Points: 1},
		{ID: "3", Title: "Secure", Description: "A position is stated and answers the task.", Points: 2}}
	return tutor.Rubric{ID: "arguing.argument", Title: "Argument", Language: "en", Criteria: []tutor.RubricCriterion{
		{ID: "thesis", Title: "Position", Description: "What you want the reader to believe.", Weight: 1, Levels: levels},
		{ID: "counter", Title: "The other side", Description: "What others would say, and your answer.", Weight: 1, Levels: levels},
		{ID: "evidence", Title: "Reasons and evidence", Weight: 1, Levels: levels}}}
}

func quoteIn(text, part string) []tutor.Quote {
	at := len([]rune(text[:strings.Index(text, part)]))
	return []tutor.Quote{{Start: at, End: at + len([]rune(part)), Text: part}}
}

func essayDraft(number int, published bool) tutor.EssayDraft {
	r := essayRubric()
	d := tutor.EssayDraft{Rubric: r,
		Draft:    tutor.Draft{ID: "11111111-0000-4000-8000-00000000000" + string(rune('0'+number)), SessionID: sessionID, Number: number, Text: draftWords, Words: 44, At: now.Add(-time.Hour)},
		Progress: tutor.FeedbackProgress{Number: number, Stage: tutor.StageReady},
	}
	score := func(c int, level int, quote string) *tutor.Score {
		if !published {
			return nil
		}
		scale := r.Criteria[c].Scale()
		return &tutor.Score{ID: "22222222-0000-4000-8000-00000000000" + string(rune('0'+c)), Version: 1, Criterion: scale, Level: scale.Levels[level],
			Grader: tutor.GraderBuiltin, Confidence: .6, Quotes: quoteIn(draftWords, quote)}
	}
	point := func(id string, kind tutor.PointKind, criterion, text, quote string) *tutor.Point {
		p := &tutor.Point{ID: id, CriterionID: criterion, Kind: kind, Finding: criterion + ".x", Text: text}
		if quote != "" {
			p.Quotes = quoteIn(draftWords, quote)
		}
		return p
	}
	d.Feedback = &tutor.Feedback{Overview: "What stands out: **Position** is where this draft is strongest. I would begin with **The other side**.", Criteria: []tutor.CriterionFeedback{
		{CriterionID: "thesis", Score: score(0, 2, "I think school"), Strength: point("a", tutor.PointStrength, "thesis", "You take a position and say it: “I think school should begin later”", "I think school should begin later.")},
		{CriterionID: "counter", Score: score(1, 1, "Some people"), Strength: point("b", tutor.PointStrength, "counter", "It is fair of you to name what others think.", "Some people say that parents have to go to work early."),
			Next: point("c", tutor.PointNext, "counter", "You name the other side, and then it has the last word. What would you reply to it?", "Some people say that parents have to go to work early. They cannot bring their kids later.")},
		{CriterionID: "evidence", Score: score(2, 1, "because"), Next: point("d", tutor.PointNext, "evidence", "Which example would let a reader see it with their own eyes?", "")}}}
	d.Feedback.Criteria[2].Next.Citation = &tutor.Citation{CourseID: "arguing", LessonID: "evidence", Lesson: "What counts as evidence"}
	if published {
		d.Published = &tutor.Publication{By: "Ines Moreno", At: now}
		d.Feedback.Outcomes = []tutor.PointOutcome{{PointID: "c", CriterionID: "counter", Fate: tutor.FatePartly}, {PointID: "d", CriterionID: "evidence", Fate: tutor.FateAddressed}}
		d.Appeals = []tutor.Appeal{{ID: "e", CriterionID: "counter", Status: tutor.AppealAnswered, Steps: []tutor.AppealStep{
			{By: "Amal Haddad", Status: tutor.AppealOpen, Text: "I do answer it in the last paragraph.", At: now.Add(-40 * time.Minute)},
			{By: "Ines Moreno", Status: tutor.AppealAnswered, Text: "You come back to your own point there; the parents' mornings stay open.", At: now.Add(-10 * time.Minute)}}}}
	}
	return d
}

func essayOf() tutor.Essay {
	s := session(tutor.SessionOpen)
	s.ActivityTitle, s.Kind, s.Language = "When should school begin?", tutor.ActivityEssay, "en"
	return tutor.Essay{Session: s, Rubric: essayRubric(), Drafts: []tutor.EssayDraft{essayDraft(1, false), essayDraft(2, true)},
		Activity: tutor.Activity{ID: "arguing.school", Title: s.ActivityTitle, Language: "en", Essay: &tutor.EssayTask{Words: tutor.WordRange{Least: 200, Most: 600}}},
		Saved:    &tutor.SavedDraft{Text: draftWords, Revision: 7}}
}

func essayPage(md *render.Renderer) page.Essay {
	e := essayOf()
	e.Drafts[1].Progress.Stage = tutor.StageCriterion
	e.Drafts[1].Progress.Criterion, e.Drafts[1].Progress.Criteria = 2, 3
	e.Drafts[1].Feedback = nil
	return page.Essay{Essay: e, Tabs: page.TabsOf(e, "write", true), Text: draftWords, Base: 7, NewID: "33333333-0000-4000-8000-000000000001", Account: learnerID, Uploads: true,
		Prompt:  md.HTML("**Should the school day for students of your age begin later than it does now?** Write an essay of 200 to 600 words for the council."),
		Sources: []tutor.Lesson{{CourseID: "arguing", ID: "when", Title: "When should school begin?"}}}
}

func draftPage(md *render.Renderer) page.Draft {
	e := essayOf()
	d := e.Drafts[1]
	data := page.Draft{Session: e.Session, Tabs: page.TabsOf(e, "draft", true), Draft: d, Mine: true, Overview: md.HTML(d.Feedback.Overview), Sibling: []int{1}}
	var points []page.NotePoint
	n := 0
	point := func(p *tutor.Point) *page.NotePoint {
		if p == nil {
			return nil
		}
		shown := page.NotePoint{Point: *p, HTML: md.HTML(p.Text)}
		if len(p.Quotes) > 0 {
			n++
			shown.Number = n
		}
		points = append(points, shown)
		return &shown
	}
	for i, c := range d.Feedback.Criteria {
		note := page.Note{Criterion: e.Rubric.Criteria[i], Score: c.Score, Strength: point(c.Strength), Next: point(c.Next), CanAppeal: i != 1}
		if i == 1 {
			note.Appeals = d.Appeals
		}
		if i == 0 && c.Score != nil {
			score := *c.Score
			score.Overridden, score.OverriddenBy, score.Reason, score.Note = true, "Ines Moreno", tutor.ReasonMisread, "You say it at once."
			note.Score = &score
			note.Changes = []page.HistoryStep{{ScoreVersion: tutor.ScoreVersion{Score: score, By: "Ines Moreno", At: now.Add(-5 * time.Minute)}, From: "Developing"}}
		}
		data.Notes = append(data.Notes, note)
	}
	data.Segments = page.SegmentsOf(d.Draft.Text, points)
	data.Outcomes = []page.Outcome{{Title: "The other side", Text: md.HTML("What would you reply to it?"), Fate: tutor.FatePartly, After: "They cannot bring their kids later."},
		{Title: "Reasons and evidence", Text: md.HTML("Which example would let a reader see it?"), Fate: tutor.FateAddressed}}
	return data
}

func draftWaiting() page.Draft {
	e := essayOf()
	d := e.Drafts[1]
	d.Feedback, d.Published, d.Appeals = nil, nil, nil
	d.Progress = tutor.FeedbackProgress{DraftID: d.Draft.ID, Number: 2, Stage: tutor.StageCriterion, Criterion: 2, Criteria: 3}
	return page.Draft{Session: e.Session, Tabs: page.TabsOf(e, "draft", true), Draft: d, Mine: true, Sent: true, Sibling: []int{1}, Segments: page.SegmentsOf(d.Draft.Text, nil)}
}

func comparePage(md *render.Renderer) page.Compare {
	e := essayOf()
	same := func(text string) []page.ComparePiece { return []page.ComparePiece{{Text: text}} }
	return page.Compare{Session: e.Session, Tabs: page.TabsOf(e, "compare", true), From: e.Drafts[0], To: e.Drafts[1], Drafts: e.Drafts,
		Outcomes: draftPage(md).Outcomes, Counts: map[string]int{"kept": 1, "changed": 1, "added": 1, "removed": 1, "moved": 1},
		Rows: []page.CompareRow{
			{Kind: "kept", Old: same("I think school should begin later."), New: same("I think school should begin later."), NewOld: true, NewNew: true},
			{Kind: "changed", Old: []page.ComparePiece{{Text: "Teenagers need "}, {Text: "more", Changed: true}, {Text: " sleep."}},
				New: []page.ComparePiece{{Text: "Teenagers need "}, {Text: "nine hours of", Changed: true}, {Text: " sleep."}}},
			{Kind: "added", New: same("For example, I am always tired in the first lesson.")},
			{Kind: "moved", Old: same("They cannot bring their kids later."), New: same("They cannot bring their kids later."), NewNew: true},
			{Kind: "removed", Old: same("It is like that."), NewOld: true},
		}}
}
