package web

import (
	"net/http"
	"strconv"
	"strings"

	"maieutic/tutor"
	"maieutic/web/page"
)

// The pages that say what a language model may do, and how it is to talk.

// callsShown is how many lines of the ledger the page shows.
const callsShown = 50

func (s *Server) pageModel(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	use, err := s.config.Store.ModelUse(r.Context(), account)
	if err != nil {
		return err
	}
	calls, day, err := s.config.Store.ModelCalls(r.Context(), account, callsShown)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "model", s.words(r, "nav_model"),
		page.Model{Server: s.config.Model, Use: use, Day: day, Calls: calls, Saved: r.URL.Query().Has("saved")})
}

func (s *Server) formModel(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	use := tutor.ModelUse{External: r.PostFormValue("external") == "on"}
	for name, cap := range map[string]*int64{"learner_cap": &use.LearnerCap, "class_cap": &use.ClassCap, "school_cap": &use.SchoolCap} {
		if *cap, err = tokens(r.PostFormValue(name)); err != nil {
			return err
		}
	}
	if err := s.config.Store.SetModelUse(r.Context(), account, use); err != nil {
		return err
	}
	http.Redirect(w, r, "/model?saved", http.StatusSeeOther)
	return nil
}

// tokens reads a budget, 0 for none.
func tokens(text string) (int64, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, tutor.Errorf(tutor.CodeInvalid, "a budget is a number of tokens from 1, or empty for none")
	}
	return n, nil
}

// formTeach sets how a class is to be spoken to.
func (s *Server) formTeach(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	class := r.PathValue("id")
	if err := wantUUIDs(class); err != nil {
		return err
	}
	// A browser sends line ends as two characters and counts them as one.
	instructions := strings.ReplaceAll(strings.TrimSpace(r.PostFormValue("instructions")), "\r\n", "\n")
	err = s.config.Store.Teach(r.Context(), account, class, r.PostFormValue("course_id"), tutor.Teaching{
		ReadingLevel: tutor.ReadingLevel(r.PostFormValue("reading_level")), Instructions: instructions,
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/classes/"+class+"?taught", http.StatusSeeOther)
	return nil
}
