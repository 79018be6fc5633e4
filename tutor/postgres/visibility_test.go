package postgres

import (
	"slices"
	"testing"
	"time"

	"maieutic/tutor"
)

// Who may read the record of ann, who is in the class of teacher.
func TestWhoSeesALearner(t *testing.T) {
	s := newStore(t)
	north, south := newSchool(t, s, "north"), newSchool(t, s, "south")
	session := openSession(t, s, north, north.ann, 0)
	for _, c := range []struct {
		who  tutor.Account
		sees bool
	}{
		{north.ann, true}, {north.teacher, true}, {north.admin, true},
		{north.ben, false}, {north.eve, false}, {north.stranger, false}, {south.teacher, false}, {south.admin, false},
		{tutor.Account{SchoolID: north.id, ID: newUUID(), Role: tutor.RoleAdmin}, false}, // no such account, whatever it says
		{tutor.Account{SchoolID: north.id, ID: north.ben.ID, Role: tutor.RoleAdmin}, false},
	} {
		want := tutor.CodeNotFound
		if c.sees {
			want = ""
		}
		_, err := s.Session(t.Context(), c.who, session.ID)
		wantCode(t, err, want)
		_, err = s.Turns(t.Context(), c.who, session.ID, 0)
		wantCode(t, err, want)
		_, err = s.Skills(t.Context(), c.who, north.ann.ID)
		wantCode(t, err, want)
		_, err = s.Trail(t.Context(), c.who, north.ann.ID, "algebra.expand")
		wantCode(t, err, want)
		list := must[[]tutor.Session](t)(s.Sessions(t.Context(), c.who, tutor.SessionFilter{LearnerID: north.ann.ID}))
		if (len(list) == 1) != c.sees {
			t.Errorf("%s of %s lists %d sessions", c.who.Name, c.who.SchoolID, len(list))
		}
	}
}

func TestWhoSeesAClass(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	for _, c := range []struct {
		who    tutor.Account
		names  []string
		roster bool
	}{
		{sc.teacher, []string{"7a"}, true}, {sc.admin, []string{"7a", "7b"}, true}, {sc.ann, []string{"7a"}, false},
		{sc.stranger, []string{"7b"}, false}, {sc.eve, []string{"7b"}, false},
	} {
		var names []string
		for _, class := range must[[]tutor.Class](t)(s.Classes(t.Context(), c.who)) {
			names = append(names, class.Name)
		}
		if !slices.Equal(names, c.names) {
			t.Errorf("%s sees the classes %v, want %v", c.who.Name, names, c.names)
		}
		want := tutor.CodeNotFound
		if c.roster {
			want = ""
		}
		_, _, err := s.Roster(t.Context(), c.who, sc.class)
		wantCode(t, err, want)
	}
}

func TestWhoSeesACourse(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	for _, c := range []struct {
		who  tutor.Account
		sees bool
	}{{sc.ann, true}, {sc.eve, false}, {sc.teacher, true}, {sc.stranger, true}, {sc.admin, true}} {
		courses := must[[]tutor.CourseOutline](t)(s.Courses(t.Context(), c.who))
		if (len(courses) == 1) != c.sees {
			t.Errorf("%s sees %d courses", c.who.Name, len(courses))
		}
		want := tutor.CodeNotFound
		if c.sees {
			want = ""
		}
		_, err := s.Lesson(t.Context(), c.who, "algebra", "brackets")
		wantCode(t, err, want)
	}
	_, err := s.CreateSession(t.Context(), tutor.NewSession{Session: tutor.Session{SchoolID: sc.id, LearnerID: sc.eve.ID,
		ActivityID: sc.course.Activities[0].ID, ActivityVersion: sc.course.Activities[0].Version}})
	wantCode(t, err, tutor.CodeNotFound)
}

func TestCourseOutline(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	ok(t, s.Assign(t.Context(), sc.teacher, tutor.Assignment{ClassID: sc.class, ActivityID: sc.course.Activities[1].ID}))
	session := openSession(t, s, sc, sc.ann, 0)
	c := must[[]tutor.CourseOutline](t)(s.Courses(t.Context(), sc.ann))[0]
	first, second := c.Activities[0], c.Activities[1]
	if first.Status != tutor.SessionOpen || first.SessionID != session.ID || first.Assigned || first.Title != "Expand 0" || first.LessonID != "brackets" {
		t.Errorf("first %+v", first)
	}
	if second.Status != "" || second.SessionID != "" || !second.Assigned {
		t.Errorf("second %+v", second)
	}
	if !slices.Equal(c.Skills[1].Prerequisites, []string{"algebra.signs"}) || c.Lessons[0].Body != "" || c.Lessons[0].Title != "Brackets" {
		t.Errorf("course %+v", c)
	}
	if l := must[tutor.Lesson](t)(s.Lesson(t.Context(), sc.ann, "algebra", "brackets")); l.Body != sc.course.Lessons[0].Body {
		t.Errorf("lesson %+v", l)
	}
}

func TestAssign(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	activity := sc.course.Activities[1].ID
	for name, c := range map[string]struct {
		who  tutor.Account
		to   tutor.Assignment
		code tutor.Code
	}{
		"class":             {sc.teacher, tutor.Assignment{ClassID: sc.class, ActivityID: activity}, ""},
		"learner":           {sc.teacher, tutor.Assignment{LearnerID: sc.ann.ID, ActivityID: activity}, ""},
		"both":              {sc.teacher, tutor.Assignment{ClassID: sc.class, LearnerID: sc.ann.ID, ActivityID: activity}, tutor.CodeInvalid},
		"none":              {sc.teacher, tutor.Assignment{ActivityID: activity}, tutor.CodeInvalid},
		"other class":       {sc.stranger, tutor.Assignment{ClassID: sc.class, ActivityID: activity}, tutor.CodeNotFound},
		"other learner":     {sc.stranger, tutor.Assignment{LearnerID: sc.ann.ID, ActivityID: activity}, tutor.CodeNotFound},
		"student":           {sc.ann, tutor.Assignment{LearnerID: sc.ann.ID, ActivityID: activity}, tutor.CodeForbidden},
		"unknown activity":  {sc.teacher, tutor.Assignment{ClassID: sc.class, ActivityID: "algebra.none"}, tutor.CodeNotFound},
		"not a class":       {sc.teacher, tutor.Assignment{ClassID: "7a", ActivityID: activity}, tutor.CodeNotFound},
		"NUL in activities": {sc.teacher, tutor.Assignment{ClassID: sc.class, ActivityID: "a\x00"}, tutor.CodeNotFound},
	} {
		if err := s.Assign(t.Context(), c.who, c.to); tutor.ErrorCode(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
	log := must[[]tutor.AuditEntry](t)(s.Audit(t.Context(), sc.admin, time.Time{}, 10))
	if len(log) != 2 || log[0].By != sc.teacher.ID || log[0].Action != "assignment.create" || log[0].Detail["activity"] != activity {
		t.Errorf("audit %+v", log)
	}
	_, err := s.Audit(t.Context(), sc.teacher, time.Time{}, 10)
	wantCode(t, err, tutor.CodeForbidden)
}

func TestSessionPages(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	want := map[string]bool{}
	for i := range 7 {
		want[openSession(t, s, sc, []tutor.Account{sc.ann, sc.ben}[i%2], i%2).ID] = true
	}
	// Sessions of one instant must neither be lost nor doubled between pages.
	_, err := s.exec(t.Context(), scope(sc.id), `update sessions set updated_at = date_trunc('hour', updated_at)`, nil)
	ok(t, err)
	f := tutor.SessionFilter{ClassID: sc.class, Limit: 3}
	seen := map[string]bool{}
	for range 3 {
		page := must[[]tutor.Session](t)(s.Sessions(t.Context(), sc.teacher, f))
		for _, session := range page {
			if seen[session.ID] || !want[session.ID] {
				t.Fatalf("session %s twice or unknown", session.ID)
			}
			seen[session.ID] = true
			f.Before, f.BeforeID = session.UpdatedAt, session.ID
		}
	}
	if len(seen) != len(want) {
		t.Errorf("%d of %d sessions", len(seen), len(want))
	}
	for name, c := range map[string]struct {
		f tutor.SessionFilter
		n int
	}{
		"learner":   {tutor.SessionFilter{LearnerID: sc.ben.ID}, 3},
		"activity":  {tutor.SessionFilter{ActivityID: sc.course.Activities[0].ID}, 4},
		"status":    {tutor.SessionFilter{Status: tutor.SessionMastered}, 0},
		"all":       {tutor.SessionFilter{}, 7},
		"before":    {tutor.SessionFilter{Before: time.Now().Add(-24 * time.Hour)}, 0},
		"elsewhere": {tutor.SessionFilter{ClassID: newUUID()}, 0},
	} {
		if page := must[[]tutor.Session](t)(s.Sessions(t.Context(), sc.teacher, c.f)); len(page) != c.n {
			t.Errorf("%s: %d sessions, want %d", name, len(page), c.n)
		}
	}
	for _, bad := range []tutor.SessionFilter{{Limit: 101}, {Limit: -1}, {LearnerID: "x"}, {ClassID: "x"}, {ActivityID: "\x00"}} {
		_, err := s.Sessions(t.Context(), sc.teacher, bad)
		wantCode(t, err, tutor.CodeInvalid)
	}
}
