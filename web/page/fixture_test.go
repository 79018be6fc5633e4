package page_test

import (
	"html/template"
	"sync"
	"testing"
	"time"

	"maieutic/tutor"
	"maieutic/web/locale"
	"maieutic/web/page"
	"maieutic/web/render"
)

// now is the moment at which every fixture is looked at.
var now = time.Date(2026, 3, 12, 15, 30, 0, 0, time.UTC)

var (
	markdown = sync.OnceValues(render.New)
	words    = sync.OnceValues(locale.New)
	pages    = sync.OnceValues(func() (*page.Renderer, error) {
		bundle, err := words()
		if err != nil {
			return nil, err
		}
		renderer, err := markdown()
		if err != nil {
			return nil, err
		}
		return page.New(bundle, renderer, func() time.Time { return now })
	})
)

func must[T any](t testing.TB) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// fixture is one page with everything that can be on it.
type fixture struct {
	name, page, here string
	account          *tutor.Account
	title            string
	data             any
}

const (
	sessionID = "6a0c0b1e-52b4-4b0e-9a53-0a4f1b9f2b10"
	learnerID = "0d9a5f0e-6d0e-4f6a-8a52-7b3e6d0a1f01"
	classID   = "c2f7d1a4-1111-4c77-9d0b-3f2a4f5b6c7d"
)

var (
	student = &tutor.Account{ID: learnerID, Name: "Amal Haddad", Role: tutor.RoleStudent, Language: "en"}
	teacher = &tutor.Account{ID: "9b1d", Name: "Ines Moreno", Role: tutor.RoleTeacher, Language: "en"}
	admin   = &tutor.Account{ID: "7c2e", Name: "Samira Rahimi", Role: tutor.RoleAdmin, Language: "en"}
)

func fixtures(t testing.TB) []fixture {
	md := must[*render.Renderer](t)(markdown())
	return append(reviewFixtures(md), []fixture{
		{"signin", "signin", "/login", nil, "Sign in", page.SignIn{Next: "/"}},
		{"signin-wrong", "signin", "/login", nil, "Sign in", page.SignIn{
			Email: "amal@school.example", Next: "/skills", Error: "This e-mail address and password do not belong together."}},
		{"home", "home", "/", student, "Home", home(md)},
		{"home-new", "home", "/", student, "Home", page.Home{}},
		{"chat", "chat", "/s/" + sessionID, student, "Expand with a negative in front", chat(md, tutor.SessionOpen)},
		{"chat-mastered", "chat", "/s/" + sessionID, student, "Expand with a negative in front", chat(md, tutor.SessionMastered)},
		{"essay", "essay", "/s/" + sessionID, student, "When should school begin?", essayPage(md)},
		{"draft", "draft", "/s/" + sessionID + "/drafts/2", student, "When should school begin?", draftPage(md)},
		{"draft-waiting", "draft", "/s/" + sessionID + "/drafts/2", student, "When should school begin?", draftWaiting()},
		{"compare", "compare", "/s/" + sessionID + "/compare", student, "When should school begin?", comparePage(md)},
		{"agreement", "agreement", "/agreement", teacher, "Machine and teachers", agreementPage()},
		{"marking", "marking", "/marking/x", teacher, "Phones at school", markingPage()},
		{"skills", "skills", "/skills", student, "My skills", page.Skills{ID: learnerID, Courses: skillCourses()}},
		{"trail", "trail", "/learners/x/skills/y", student, "Sign of a distributed factor", trail("")},
		{"lesson", "lesson", "/c/algebra/distributing", student, "The distributive property", lesson(md)},
		{"classes", "classes", "/", teacher, "Classes", page.Classes{Classes: []tutor.Class{
			{ID: classID, Name: "Algebra 8b", Students: 24}, {ID: "d", Name: "Physics 9a", Students: 1}}}},
		{"class", "class", "/classes/" + classID, teacher, "Algebra 8b", class()},
		{"learner", "learner", "/learners/" + learnerID, teacher, "Amal Haddad", learner()},
		{"transcript", "transcript", "/s/" + sessionID, teacher, "Expand with a negative in front", transcript(md)},
		{"rubrics", "rubrics", "/rubrics", teacher, "Rubrics", rubricList()},
		{"rubric", "rubric", "/rubrics/writing.argument", teacher, "Arguing a case", rubricPage()},
		{"rubric-edit", "rubric_edit", "/rubrics/writing.argument/edit", teacher, "Edit the rubric", rubricForm()},
		{"rubric-new", "rubric_edit", "/rubrics/new", teacher, "New rubric", page.RubricForm{CourseID: "writing", Course: "Writing to persuade"}},
		{"rubric-preview", "rubric_preview", "/rubrics/writing.argument/edit", teacher, "Arguing a case", rubricPreview()},
		{"rubric-preview-text", "rubric_preview", "/rubrics/writing.argument/edit", teacher, "Arguing a case", page.RubricPreview{ID: "writing.argument",
			Title: "Arguing a case", Run: tutor.RubricDryRun{Change: tutor.RubricChange{Kind: tutor.RubricText}}}},
		{"model", "model", "/model", admin, "Language model", model()},
		{"model-none", "model", "/model", admin, "Language model", page.Model{}},
		{"error", "error", "/nowhere", student, "That did not work", page.Error{
			Status: 404, Code: tutor.CodeNotFound, Words: "There is no such page, or it is not yours to see.", At: now}},
	}...)
}

func session(status tutor.SessionStatus) tutor.Session {
	return tutor.Session{
		ID: sessionID, LearnerID: learnerID, LearnerName: "Amal Haddad", ActivityID: "algebra.expand-negative",
		ActivityTitle: "Expand with a negative in front", CourseID: "algebra", Epoch: "e1", Seq: 9, Status: status,
		Why: "frontier", StartedAt: now.Add(-22 * time.Minute), UpdatedAt: now.Add(-3 * time.Minute),
	}
}

func skill(id, title string, mastery, low, high float64, count int) page.Skill {
	s := tutor.SkillState{SkillID: id, Mastery: mastery, Low: low, High: high, Count: count, Effective: float64(count) * .8}
	if count > 4 {
		s.Due = now.Add(3 * 24 * time.Hour)
	}
	return page.Skill{
		LearnerSkill: tutor.LearnerSkill{Skill: tutor.Skill{ID: id, CourseID: "algebra", Title: title}, State: s},
		Mastered:     mastery >= tutor.MasteredAt && s.Enough(),
	}
}

func skillCourses() []page.SkillCourse {
	return []page.SkillCourse{
		{Title: "First algebra", Skills: []page.Skill{
			skill("algebra.signed-addition", "Adding signed numbers", .97, .88, .99, 9),
			skill("algebra.distribute", "The distributive property", .81, .52, .94, 5),
			skill("algebra.distribute-negative", "Sign of a distributed factor", .58, .24, .83, 4),
			skill("algebra.like-terms", "Collecting like terms", .44, .2, .71, 2),
			skill("algebra.one-step", "One-step equations", .3, .12, .58, 0),
		}},
		{Title: "Electric circuits", Skills: []page.Skill{
			skill("circuits.closed", "A closed loop", .66, .4, .86, 3),
			skill("circuits.current", "Current is not used up", .22, .08, .51, 6),
		}},
	}
}

func turnOf(seq int64, author tutor.Author, move, text string) page.Turn {
	return page.Turn{Turn: tutor.Turn{
		SessionID: sessionID, Seq: seq, ID: "00000000-0000-4000-8000-00000000000" + string(rune('0'+seq)), Author: author,
		Kind: tutor.TurnSay, Text: text, Move: move, At: now.Add(time.Duration(seq-20) * time.Minute), Voice: tutor.Voice{Engine: "authored"},
	}}
}

func talk(md *render.Renderer) []page.Turn {
	turns := []page.Turn{
		turnOf(1, tutor.AuthorTutor, "ask", "Hi Amal. Let's work on this one together.\n\nA frame is $x$ cm wide. Its mat is $4$ cm narrower.\n\nExpand $-3(x - 4)$."),
		turnOf(2, tutor.AuthorStudent, "", "I think it is $-3x - 12$ because the minus goes in front"),
		turnOf(3, tutor.AuthorTutor, "correction", "Let's test that idea. Put $x = 5$ into both: $-3(5-4)$ and $-3\\cdot 5 - 12$.\n\nWhat is $-3 \\cdot (-4)$?"),
		turnOf(4, tutor.AuthorStudent, "", ""),
		turnOf(5, tutor.AuthorTutor, "hint", "The factor in front multiplies **every** term inside, its sign included. What does that give for the second term?"),
		turnOf(6, tutor.AuthorStudent, "", "why does a minus times a minus make a plus?"),
		turnOf(7, tutor.AuthorTutor, "answer", "The lesson “The distributive property” puts it like this: taking away a debt leaves you with more.\n\nBack to our question: what is $-3 \\cdot (-4)$?"),
		turnOf(8, tutor.AuthorStudent, "", "12, so -3x + 12\nbecause both terms meet the -3"),
		turnOf(9, tutor.AuthorTutor, "confirm", "Right, it comes to $-3x + 12$.\n\nNext: In your own words: **why** does the second sign change?"),
	}
	turns[3].Kind = tutor.TurnHint
	turns[6].Citations = []tutor.Citation{{CourseID: "algebra", LessonID: "distributing", Lesson: "The distributive property", Heading: "Why it is true", Anchor: "why-it-is-true", Start: 120, End: 310}}
	for i := range turns {
		turns[i].HTML = md.Plain(turns[i].Text)
		if turns[i].Author == tutor.AuthorTutor {
			turns[i].HTML = md.HTML(turns[i].Text)
		}
	}
	return turns
}

func chat(md *render.Renderer, status tutor.SessionStatus) page.Chat {
	return page.Chat{
		Session: session(status), Why: "frontier", Turns: talk(md),
		Skills: skillCourses()[0].Skills[1:3],
		NewID:  "11111111-0000-4000-8000-000000000001", HintID: "11111111-0000-4000-8000-000000000002",
	}
}

func home(md *render.Renderer) page.Home {
	activity := func(id, title, level string, status tutor.SessionStatus) page.Activity {
		return page.Activity{Level: level, ActivityOutline: tutor.ActivityOutline{ID: id, Title: title, Status: status, SessionID: sessionID}}
	}
	older := session(tutor.SessionOpen)
	older.ActivityTitle, older.UpdatedAt = "Why the second bulb is as bright as the first", now.Add(-50*time.Hour)
	return page.Home{
		Continue: []tutor.Session{session(tutor.SessionOpen), older},
		Assigned: []page.Activity{activity("algebra.two-step", "A taxi with a base fare", "medium", "")},
		Courses: []page.Course{{
			ID: "algebra", Title: "First algebra", Summary: md.HTML("Signed numbers, brackets and equations, **one idea at a time**."),
			Groups: []page.Group{
				{CourseID: "algebra", Lesson: &tutor.Lesson{ID: "adding", Title: "Adding signed numbers"}, Activities: []page.Activity{
					activity("a1", "A cold morning", "easy", tutor.SessionMastered), activity("a2", "Down in the cave", "easy", tutor.SessionEnded)}},
				{CourseID: "algebra", Lesson: &tutor.Lesson{ID: "distributing", Title: "The distributive property"}, Activities: []page.Activity{
					activity("a3", "Expand with a negative in front", "medium", tutor.SessionOpen), activity("a4", "Craft bags for the fair", "hard", "")}},
				{CourseID: "algebra", Activities: []page.Activity{activity("a5", "Two results, one bracket", "hard", "")}},
			},
		}},
	}
}

func lesson(md *render.Renderer) page.Lesson {
	return page.Lesson{Title: "The distributive property", Body: md.HTML("**A factor in front of a bracket multiplies every term inside.** In letters: $a(b + c) = ab + ac$.\n\n" +
		"## Why it is true\n\nThink of $5$ parcels, each with one book and one card.\n\n" +
		"1. Weigh them one by one.\n2. Weigh all books, then all cards.\n\n| way | weight |\n|---|---|\n| parcels | $5(b+20)$ |\n| apart | $5b + 100$ |\n\n" +
		"\\[\\frac{5b + 100}{5} = b + 20\\]\n\n> Both ways weigh the same things.\n\nSee [adding signed numbers](/c/algebra/adding).\n\n```\n5(b + 20)\n```")}
}

func trail(learner string) page.Trail {
	entry := func(before, after float64, level, quote string, ago time.Duration, hints int, overridden bool) tutor.TrailEntry {
		return tutor.TrailEntry{
			TrailStep:    tutor.TrailStep{Before: before, After: after, Evidence: tutor.Evidence{SessionID: sessionID, TurnSeq: 2, Hints: hints, At: now.Add(-ago)}},
			Score:        tutor.Score{Level: tutor.Level{ID: level, Title: level}, Overridden: overridden, Grader: tutor.GraderBuiltin},
			ActivityName: "Expand with a negative in front", Quote: quote,
		}
	}
	return page.Trail{Learner: learner, ID: learnerID, Skill: skillCourses()[0].Skills[2], Entries: []tutor.TrailEntry{
		entry(.41, .58, "Complete", "12, so -3x + 12\nbecause both terms meet the -3", 5*time.Minute, 2, true),
		entry(.52, .41, "Not there", "I think it is $-3x - 12$", 20*time.Minute, 0, false),
	}}
}

func model() page.Model {
	call := func(minutes int, purpose, outcome string) tutor.ModelEntry {
		e := tutor.ModelEntry{At: now.Add(-time.Duration(minutes) * time.Minute), ModelCall: tutor.ModelCall{
			Purpose: purpose, Host: "llm.example.org", Model: "m", External: true, Hash: [32]byte{byte(minutes), 0xab}}}
		if outcome != "" {
			e.Result = &tutor.ModelResult{Outcome: outcome, PromptTokens: 1200 + minutes, OutputTokens: 87, Took: time.Second}
		}
		return e
	}
	return page.Model{
		Server: tutor.ModelServer{Name: "m", Host: "llm.example.org", External: true}, Saved: true,
		Use: tutor.ModelUse{External: true, LearnerCap: 40000}, Day: tutor.ModelDay{Calls: 41, Failed: 2, Refused: 3, Tokens: 61234, Micros: 91234},
		Calls: []tutor.ModelEntry{call(1, "voice", ""), call(2, "grade", "ok"), call(9, "embed", "unavailable"), call(30, "voice", "given_up")},
	}
}

func agreement(g tutor.Grader) string {
	if g == tutor.GraderModel {
		return "decided"
	}
	return "disagreed"
}

func class() page.Class {
	bars := func(n int) (out []tutor.LearnerSkill) {
		for _, s := range skillCourses()[0].Skills[:n] {
			out = append(out, s.LearnerSkill)
		}
		return out
	}
	return page.Class{
		Class: tutor.Class{ID: classID, Name: "Algebra 8b", Students: 4, CourseIDs: []string{"algebra"}}, Assigned: true, Taught: true,
		AtOnce: map[string]bool{"algebra": true}, Publishing: true,
		Teachings: map[string]tutor.Teaching{"algebra": {ReadingLevel: tutor.ReadingSimple, Instructions: "Say \u201cnegative four\u201d."}},
		Roster: []tutor.RosterEntry{
			{Learner: *student, LastSeen: now.Add(-3 * time.Minute), Open: 2, Mastered: 1, Skills: bars(5), Needs: []tutor.Need{
				{Code: "misconception", SessionID: sessionID, Detail: "The minus reaches only the first term"},
				{Code: "stuck", SessionID: sessionID, Detail: "Expand $-3(x - 4)$."}}},
			{Learner: tutor.Account{ID: "l2", Name: "Bruno Sá"}, LastSeen: now.Add(-9 * 24 * time.Hour), Open: 1, Skills: bars(2), Needs: []tutor.Need{{Code: "appeal", SessionID: sessionID, DraftID: draftID, Detail: "Should phones be allowed in class?"}, {Code: "silent"}}},
			{Learner: tutor.Account{ID: "l3", Name: "Chidinma Okonkwo-Bartholomew"}, LastSeen: now.Add(-26 * time.Hour), Mastered: 1, Skills: bars(3)},
			{Learner: tutor.Account{ID: "l4", Name: "Dana Weiss"}},
		},
		Courses: []tutor.CourseOutline{{ID: "algebra", Title: "First algebra", Activities: []tutor.ActivityOutline{{ID: "a1", Title: "A cold morning"}, {ID: "a2", Title: "Down in the cave"}}}},
	}
}

func learner() page.Learner {
	done := session(tutor.SessionMastered)
	done.ActivityTitle, done.UpdatedAt = "A cold morning", now.Add(-30*time.Hour)
	return page.Learner{Name: "Amal Haddad", ID: learnerID, Courses: skillCourses(), Sessions: []tutor.Session{session(tutor.SessionOpen), done}, Older: "?before=x"}
}

var scale = []tutor.Level{{ID: "missing", Title: "Not there"}, {ID: "partial", Title: "Partly", Points: 1}, {ID: "complete", Title: "Complete", Points: 2}}

func transcript(md *render.Renderer) page.Transcript {
	turns := talk(md)
	score := func(id, title string, level int, grader tutor.Grader, quotes ...tutor.Quote) page.Score {
		return page.Score{Session: sessionID, Score: tutor.Score{
			ID: id, Version: 1, Criterion: tutor.Criterion{ID: id, Title: title, Levels: scale}, Level: scale[level],
			Value: float64(level) / 2, Grader: grader, Confidence: .86, Quotes: quotes, Agreement: agreement(grader)}}
	}
	turns[1].Contribution, turns[5].Contribution, turns[7].Contribution = "assertion", "question", "assertion"
	turns[2].TargetTitle, turns[4].TargetTitle, turns[4].HintLevel = "The minus reaches only the first term", "The second term's sign", 2
	turns[6].Voice.Engine = "model"
	turns[1].Scores = []page.Score{score("s1", "The second term's sign", 0, tutor.GraderBuiltin, tutor.Quote{Start: 14, End: 24, Text: "$-3x - 12$"})}
	changed := score("s2", "The second term's sign", 1, tutor.GraderTeacher, tutor.Quote{Start: 0, End: 15, Text: "12, so -3x + 12"})
	changed.Version, changed.Overridden, changed.OverriddenBy, changed.Reason = 2, true, "Ines Moreno", tutor.ReasonTooLenient
	changed.Note, changed.Changed, changed.Notice = "Two hints were needed for the product.", true, "saved"
	changed.Changes = []tutor.SkillChange{{SkillID: "algebra.distribute-negative", Title: "Sign of a distributed factor", Before: .71, After: tutor.SkillState{Mastery: .58}}}
	turns[7].Scores = []page.Score{changed, score("s3", "The factor meets every term", 2, tutor.GraderModel, tutor.Quote{Start: 24, End: 46, Text: "both terms meet the -3"})}
	return page.Transcript{Session: session(tutor.SessionOpen), Turns: turns, Changed: "s2", Notice: "saved"}
}

// html is what a page looks like in a language.
func (f fixture) html(t testing.TB, language string) template.HTML {
	t.Helper()
	w := newRecorder()
	v := page.View{Title: f.title, Language: language, Account: f.account, Here: f.here, Data: f.data}
	if err := must[*page.Renderer](t)(pages()).Render(w, 200, f.page, v); err != nil {
		t.Fatalf("%s in %s: %v", f.name, language, err)
	}
	return template.HTML(w.Body.String())
}
