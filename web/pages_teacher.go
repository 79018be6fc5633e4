package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"maieutic/tutor"
	"maieutic/web/page"
)

// The pages of teachers and administrators.

func (s *Server) pageLearner(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := wantUUIDs(id); err != nil {
		return err
	}
	filter := tutor.SessionFilter{LearnerID: id, Limit: 20, BeforeID: r.URL.Query().Get("before_id")}
	if before := r.URL.Query().Get("before"); before != "" {
		if filter.Before, err = time.Parse(time.RFC3339Nano, before); err != nil {
			return tutor.Errorf(tutor.CodeInvalid, "before must be a time")
		}
	}
	learner, err := s.config.Store.Learner(r.Context(), account, id)
	if err != nil {
		return err
	}
	sessions, err := s.config.Store.Sessions(r.Context(), account, filter)
	if err != nil {
		return err
	}
	courses, err := s.skillCourses(r.Context(), account, id)
	if err != nil {
		return err
	}
	data := page.Learner{Name: learner.Name, ID: id, Courses: courses, Sessions: sessions}
	if len(sessions) == filter.Limit {
		last := sessions[len(sessions)-1]
		data.Older = "?" + url.Values{"before": {last.UpdatedAt.Format(time.RFC3339Nano)}, "before_id": {last.ID}}.Encode()
	}
	return s.show(w, r, http.StatusOK, "learner", data.Name, data)
}

func (s *Server) pageClass(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return err
	}
	class, roster, err := s.config.Store.Roster(r.Context(), account, r.PathValue("id"))
	if err != nil {
		return err
	}
	courses, err := s.config.Store.Courses(r.Context(), account)
	if err != nil {
		return err
	}
	courses = slices.DeleteFunc(courses, func(c tutor.CourseOutline) bool { return !slices.Contains(class.CourseIDs, c.ID) })
	teachings, err := s.config.Store.Teachings(r.Context(), account, class.ID)
	if err != nil {
		return err
	}
	atOnce, err := s.config.Store.PublishPolicies(r.Context(), account, class.ID)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "class", class.Name, page.Class{
		Class: class, Roster: roster, Courses: courses, Teachings: teachings, AtOnce: atOnce,
		Assigned: r.URL.Query().Has("assigned"), Taught: r.URL.Query().Has("taught"), Publishing: r.URL.Query().Has("publishing"),
	})
}

func (s *Server) formAssign(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	class, learner := r.PathValue("id"), r.PostFormValue("learner_id")
	if err := wantUUIDs(class, learner); err != nil {
		return err
	}
	a := tutor.Assignment{ID: uuid.NewString(), LearnerID: learner, ActivityID: r.PostFormValue("activity_id"), By: account.ID, At: s.config.Now()}
	if learner == "" {
		a.ClassID = class
	}
	if err := s.config.Store.Assign(r.Context(), account, a); err != nil {
		return err
	}
	http.Redirect(w, r, "/classes/"+class+"?assigned", http.StatusSeeOther)
	return nil
}

func (s *Server) showTranscript(w http.ResponseWriter, r *http.Request, status int, data page.Transcript) error {
	for i := range data.Turns {
		for j := range data.Turns[i].Scores {
			score := &data.Turns[i].Scores[j]
			if score.ID == data.Changed {
				score.Changed, score.Changes, score.Notice = true, data.Changes, data.Notice
			}
		}
	}
	return s.show(w, r, status, "transcript", data.Session.ActivityTitle, data)
}

func (s *Server) formOverride(w http.ResponseWriter, r *http.Request) error {
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	form := overrideForm(r)
	change, err := s.override(r, tutor.ScoreOverride{
		ScoreID: r.PathValue("score"), Version: version, LevelID: form.Level, Reason: form.Reason, Note: form.Note,
	})
	if tutor.ErrorCode(err) == tutor.CodeConflict {
		return s.mergeTalk(w, r, form)
	}
	return s.showChange(w, r, change, "saved", err)
}

// mergeTalk shows what a colleague has saved of a score of talk beside what was
// about to be saved.
func (s *Server) mergeTalk(w http.ResponseWriter, r *http.Request, form page.OverrideForm) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	session, _, err := s.transcript(r, account)
	if err != nil {
		return err
	}
	back := "/s/" + session.ID + "#score-" + r.PathValue("score")
	return s.merge(w, r, account, r.PathValue("score"), page.ReviewMerge{
		Student: session.LearnerName, Form: form, Back: back, Action: "/s/" + session.ID + "/scores/" + r.PathValue("score"),
	})
}

func (s *Server) formUndo(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("score")); err != nil {
		return err
	}
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	change, err := s.config.Store.UndoOverride(r.Context(), account, r.PathValue("score"), version)
	return s.showChange(w, r, change, "undone", err)
}

// showChange shows the transcript with what an override did, or, when somebody
// else was faster, with how the score stands now.
func (s *Server) showChange(w http.ResponseWriter, r *http.Request, change tutor.ScoreChange, notice string, err error) error {
	status := http.StatusOK
	if tutor.ErrorCode(err) == tutor.CodeConflict {
		status, notice, err = http.StatusConflict, "stale", nil
	}
	if err != nil {
		return err
	}
	account, err := staff(r)
	if err != nil {
		return err
	}
	session, turns, err := s.transcript(r, account)
	if err != nil {
		return err
	}
	return s.showTranscript(w, r, status, page.Transcript{
		Session: session, Turns: s.turnViews(turns),
		Changed: r.PathValue("score"), Changes: change.Skills, Notice: notice,
	})
}
