package postgres

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"maieutic/tutor"
)

func TestSaveCourseIsIdempotent(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	again := must[SaveReport](t)(s.SaveCourse(t.Context(), sc.id, testCourse()))
	want := SaveReport{Skills: Changes{Unchanged: 2}, Lessons: Changes{Unchanged: 1}, Activities: Changes{Unchanged: 2}}
	for _, c := range []*Changes{&again.Skills, &again.Lessons, &again.Activities, &again.Rubrics} {
		if len(c.Retired) == 0 {
			c.Retired = nil
		}
	}
	if !reflect.DeepEqual(again, want) {
		t.Errorf("a second time: %+v", again)
	}
}

func TestCourseChanges(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ctx := t.Context()
	session := openSession(t, s, sc, sc.ann, 0)

	c := testCourse()
	first, second := c.Activities[0], c.Activities[1]
	c.Version = "c2"
	first.Version, first.Title = "v2-0", "Expand, better"
	c.Activities = []tutor.Activity{first} // the second has left the folder
	c.Skills[0].Title = "Signed numbers"
	c.Skills[1].Prerequisites = nil
	c.Lessons[0].Body = "## Why\nBecause so."
	report := must[SaveReport](t)(s.SaveCourse(ctx, sc.id, c))
	if !slices.Equal(report.Activities.Changed, []string{first.ID}) || !slices.Equal(report.Activities.Retired, []string{second.ID}) ||
		!slices.Equal(report.Skills.Changed, []string{"algebra.signs"}) || !slices.Equal(report.Lessons.Changed, []string{"brackets"}) {
		t.Errorf("report %+v", report)
	}

	now := must[tutor.Activity](t)(s.Activity(ctx, sc.id, first.ID, ""))
	if !reflect.DeepEqual(now, first) {
		t.Errorf("current %+v", now)
	}
	then := must[tutor.Activity](t)(s.Activity(ctx, sc.id, first.ID, session.ActivityVersion))
	if !reflect.DeepEqual(then, testCourse().Activities[0]) {
		t.Errorf("the version a session keeps: %+v", then)
	}
	_, err := s.Activity(ctx, sc.id, second.ID, "")
	wantCode(t, err, tutor.CodeNotFound)
	must[tutor.Activity](t)(s.Activity(ctx, sc.id, second.ID, second.Version))

	courses := must[[]tutor.CourseOutline](t)(s.Courses(ctx, sc.ann))
	if len(courses) != 1 || len(courses[0].Activities) != 1 || courses[0].Skills[0].Title != "Signed numbers" || len(courses[0].Skills[1].Prerequisites) != 0 {
		t.Errorf("courses %+v", courses)
	}

	report = must[SaveReport](t)(s.SaveCourse(ctx, sc.id, testCourse()))
	if !slices.Equal(report.Activities.Changed, []string{first.ID, second.ID}) {
		t.Errorf("back again: %+v", report)
	}
	must[tutor.Activity](t)(s.Activity(ctx, sc.id, second.ID, ""))
}

func TestSaveBadCourse(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	for name, spoil := range map[string]func(*tutor.Course){
		"skill of another course":    func(c *tutor.Course) { c.Skills[0].ID = "biology.signs" },
		"activity of another course": func(c *tutor.Course) { c.Activities[0].ID = "biology.a" },
		"no version":                 func(c *tutor.Course) { c.Activities[0].Version = "" },
		"unknown skill":              func(c *tutor.Course) { c.Activities[0].Skills = []string{"algebra.none"} },
		"unknown prerequisite":       func(c *tutor.Course) { c.Skills[0].Prerequisites = []string{"algebra.none"} },
		"NUL":                        func(c *tutor.Course) { c.Activities[1].Version, c.Activities[1].Statement = "v2", "a\x00b" },
		"no id":                      func(c *tutor.Course) { c.ID = "" },
	} {
		c := testCourse()
		c.Title = "spoiled"
		spoil(&c)
		_, err := s.SaveCourse(t.Context(), sc.id, c)
		if tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := must[[]tutor.CourseOutline](t)(s.Courses(t.Context(), sc.ann)); got[0].Title != "Algebra" {
		t.Errorf("a refused course left %q", got[0].Title)
	}
	_, err := s.SaveCourse(t.Context(), newUUID(), testCourse())
	wantCode(t, err, tutor.CodeNotFound)
}

// Stored versions are read for ever, so the names in them may not change.
func TestActivityContentKeepsItsNames(t *testing.T) {
	raw, err := json.Marshal(tutor.Activity{Steps: []tutor.Step{{Expectations: []tutor.Expectation{{Answer: &tutor.Answer{}, Hints: []tutor.Hint{{Question: &tutor.SubQuestion{}}}}},
		Misconceptions: []tutor.Misconception{{Repair: &tutor.Answer{}}}, Check: &tutor.Check{}}}})
	ok(t, err)
	var names []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				names = append(names, name)
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	var tree any
	ok(t, json.Unmarshal(raw, &tree))
	walk(tree)
	slices.Sort(names)
	got := strings.Join(slices.Compact(names), " ")
	const want = "Accept Answer Answers Check Choices Concise Correction CourseID Difficulty Expectations Explanation Form Hints ID Kind " +
		"Language LessonID License Misconceptions Order Prompt Question Repair RepairSays Says Skills Source Statement Steps Summary Tell Text " +
		"Title Tolerance Unit Value Variable Version"
	if got != want {
		t.Errorf("the names in stored activities are\n%s\nwant\n%s\na new name is fine, a lost one is not", got, want)
	}
}
