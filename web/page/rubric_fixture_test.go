package page_test

import (
	"time"

	"maieutic/tutor"
	"maieutic/web/page"
)

func shownRubric() tutor.Rubric {
	levels := func() []tutor.RubricLevel {
		return []tutor.RubricLevel{
			{ID: "beginning", Title: "Beginning", Description: "No position, or one that does not answer the question."},
			{ID: "developing", Title: "Developing", Description: "A position that can be found.", Points: 1},
			{ID: "secure", Title: "Secure", Description: "A clear position that the whole essay serves, and that somebody could disagree with.", Points: 2.5},
		}
	}
	return tutor.Rubric{ID: "writing.argument", Version: "v2", CourseID: "writing", Title: "Arguing a case", Language: "en", License: "CC BY 4.0",
		Description: "For essays of 300 to 600 words.", Criteria: []tutor.RubricCriterion{
			{ID: "thesis", Title: "Position", Description: "Does the essay take a side?", Weight: 2, Aspect: tutor.AspectThesis, Skills: []string{"writing.thesis"}, Levels: levels()},
			{ID: "evidence", Title: "Evidence", Weight: 1, Levels: levels()},
		}}
}

func rubricList() page.Rubrics {
	r := shownRubric()
	old := shownRubric()
	old.ID, old.Title = "writing.old", "Summaries, 2024"
	return page.Rubrics{Formats: []string{"canvas", "ora", "case"}, Added: 2, Losses: []tutor.RubricLoss{{Code: "unscored", At: "Attendance"}},
		Courses: []page.RubricCourse{
			{ID: "writing", Title: "Writing to persuade", Rubrics: []tutor.RubricEntry{
				{Rubric: r, Authored: true, Drafts: 61, Tasks: []string{"When should school begin?"}}, {Rubric: old, Authored: true, Retired: true, Drafts: 1}}},
			{ID: "algebra", Title: "First algebra"},
		}}
}

func rubricPage() page.Rubric {
	r := shownRubric()
	first := r
	first.Version = "v1"
	return page.Rubric{Entry: tutor.RubricEntry{Rubric: r, Authored: true, Drafts: 61, Tasks: []string{"When should school begin?"}},
		Shown: tutor.RubricVersion{Rubric: r, Current: true}, Formats: []string{"canvas", "ora", "case"}, Saved: true, MayEdit: true,
		Versions: []page.RubricStep{
			{RubricVersion: tutor.RubricVersion{Rubric: r, By: "Ines Moreno", At: now.Add(-2 * time.Hour), Current: true}, Change: tutor.RubricPoints},
			{RubricVersion: tutor.RubricVersion{Rubric: first, At: now.Add(-40 * 24 * time.Hour)}}}}
}

func rubricForm() page.RubricForm {
	r := shownRubric()
	form := page.RubricForm{ID: r.ID, Base: r.Version, CourseID: r.CourseID, Course: "Writing to persuade", Title: r.Title, Description: r.Description, Language: "en",
		License: r.License, Problem: "criterion 2, level 3: its points must be a number such as 1 or 2.5", Aspects: tutor.Aspects,
		Skills: []tutor.Skill{{ID: "writing.thesis", Title: "Taking a position"}, {ID: "writing.evidence", Title: "Giving reasons"}}}
	for i, c := range r.Criteria {
		fc := page.RubricFormCriterion{N: i, ID: c.ID, Title: c.Title, Description: c.Description, Weight: "1", Aspect: c.Aspect, Skills: map[string]bool{}}
		for _, k := range c.Skills {
			fc.Skills[k] = true
		}
		for j, l := range c.Levels {
			fc.Levels = append(fc.Levels, page.RubricFormLevel{N: j, ID: l.ID, Title: l.Title, Description: l.Description, Points: "x"})
		}
		form.Criteria = append(form.Criteria, fc)
	}
	return form
}

func rubricPreview() page.RubricPreview {
	return page.RubricPreview{ID: "writing.argument", Base: "v2", Title: "Arguing a case", JSON: `{"id":"writing.argument"}`, Outcomes: tutor.RescoreOutcomes,
		Run: tutor.RubricDryRun{
			Change: tutor.RubricChange{Kind: tutor.RubricLevelRemoved, Details: []tutor.RubricDetail{
				{Kind: tutor.RubricPoints, CriterionID: "thesis", Criterion: "Position", LevelID: "developing", Level: "Developing", Before: "1", After: "1.5"},
				{Kind: tutor.RubricLevelRemoved, CriterionID: "evidence", Criterion: "Evidence", LevelID: "secure", Level: "Secure"}}},
			Drafts:   map[tutor.RescoreOutcome]int{tutor.RescoreReread: 7, tutor.RescoreRecomputed: 41, tutor.RescoreUnchanged: 12},
			Scores:   map[tutor.RescoreOutcome]int{tutor.RescoreReread: 7, tutor.RescoreRecomputed: 45, tutor.RescoreUnchanged: 65, tutor.RescoreKept: 3},
			Learners: 29, Waiting: 1,
			Affected: []tutor.AffectedDraft{
				{SessionID: sessionID, Learner: "Amal Haddad", Title: "When should school begin?", Number: 2, Outcome: tutor.RescoreReread},
				{SessionID: sessionID, Learner: "Benjamín Ortega", Title: "When should school begin?", Number: 1, Outcome: tutor.RescoreRecomputed, Kept: 1}}}}
}
