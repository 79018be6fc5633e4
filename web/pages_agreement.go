package web

import (
	"net/http"
	"strconv"
	"strings"

	"maieutic/tutor"
	"maieutic/web/page"
)

// The pages on which teachers see how far the machine agrees with them, and mark
// drafts without seeing its marks.

// agreementRoutes adds them.
func (s *Server) agreementRoutes(pages func(pattern string, h endpoint)) {
	pages("GET /agreement", s.pageAgreement)
	pages("POST /agreement/accept", s.formAccept)
	pages("POST /agreement/withdraw", s.formWithdraw)
	pages("POST /agreement/sample", s.formSample)
	pages("GET /marking/{id}", s.pageMarking)
	pages("POST /marking/{id}", s.formMarking)
}

// agreements are the figures by task and criterion, with the corrections that are
// in use or on offer.
func (s *Server) agreements(r *http.Request, account tutor.Account) ([]tutor.Agreement, error) {
	pairs, err := s.config.Store.RatedPairs(r.Context(), account)
	if err != nil {
		return nil, err
	}
	held, err := s.config.Store.Corrections(r.Context(), account)
	if err != nil {
		return nil, err
	}
	if s.config.Agree == nil {
		return nil, tutor.Errorf(tutor.CodeUnavailable, "this server does not measure agreement")
	}
	rows := s.config.Agree(pairs)
	for i := range rows {
		for _, c := range held {
			if c.ActivityID == rows[i].ActivityID && c.CriterionID == rows[i].CriterionID && c.Structure == rows[i].Structure {
				rows[i].Held, rows[i].Offered = &c, nil
			}
		}
	}
	return rows, nil
}

func (s *Server) pageAgreement(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	data := page.Agreement{Done: r.URL.Query().Get("done")}
	data.Drawn, _ = strconv.Atoi(r.URL.Query().Get("n"))
	if data.Rows, err = s.agreements(r, account); err != nil {
		return err
	}
	if data.Samples, err = s.config.Store.Samples(r.Context(), account); err != nil {
		return err
	}
	courses, err := s.config.Store.Courses(r.Context(), account)
	if err != nil {
		return err
	}
	for _, c := range courses {
		for _, a := range c.Activities {
			if a.Kind == tutor.ActivityEssay {
				data.Tasks = append(data.Tasks, a)
			}
		}
	}
	return s.show(w, r, http.StatusOK, "agreement", s.locale.Printer(s.language(r)).T("agree_title"), data)
}

// formAccept puts the correction into use that is on offer now: the form only
// names the criterion, so that nobody accepts figures of their own.
func (s *Server) formAccept(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	rows, err := s.agreements(r, account)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Offered != nil && row.ActivityID == r.PostFormValue("activity") && row.CriterionID == r.PostFormValue("criterion") &&
			row.Structure == r.PostFormValue("structure") {
			if err := s.config.Store.AcceptCorrection(r.Context(), account, *row.Offered); err != nil {
				return err
			}
			http.Redirect(w, r, "/agreement?done=accepted", http.StatusSeeOther)
			return nil
		}
	}
	return tutor.Errorf(tutor.CodeConflict, "this correction is not on offer any more; look at the figures again")
}

func (s *Server) formWithdraw(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	if err := s.config.Store.WithdrawCorrection(r.Context(), account, r.PostFormValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/agreement?done=withdrawn", http.StatusSeeOther)
	return nil
}

func (s *Server) formSample(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PostFormValue("n"))
	if err != nil {
		return tutor.Errorf(tutor.CodeInvalid, "say how many drafts the sample should have")
	}
	drawn, err := s.config.Store.DrawSample(r.Context(), account, r.PostFormValue("activity"), strings.TrimSpace(r.PostFormValue("marker")), n)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/agreement?done=sampled&n="+strconv.Itoa(drawn), http.StatusSeeOther)
	return nil
}

func (s *Server) pageMarking(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	sample, err := s.config.Store.Sample(r.Context(), account, r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "marking", sample.Activity, page.Marking{Sample: sample})
}

func (s *Server) formMarking(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return tutor.Errorf(tutor.CodeInvalid, "the form cannot be read")
	}
	levels := map[string]string{}
	for name := range r.PostForm {
		if criterion, ok := strings.CutPrefix(name, "level-"); ok {
			levels[criterion] = r.PostFormValue(name)
		}
	}
	if err := s.config.Store.Mark(r.Context(), account, r.PathValue("id"), levels); err != nil {
		return err
	}
	http.Redirect(w, r, "/agreement?done=marked", http.StatusSeeOther)
	return nil
}
