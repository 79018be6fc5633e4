package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"maieutic/tutor"
	"maieutic/web/page"
)

// Requests for review on the pages.

// formAnswer answers a student's request. When a colleague has answered it
// meanwhile, both answers are shown.
func (s *Server) formAnswer(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	id, text := r.PathValue("appeal"), r.PostFormValue("text")
	if err := wantUUIDs(r.PathValue("draft"), id); err != nil {
		return err
	}
	seen, _ := strconv.Atoi(r.PostFormValue("seen"))
	a, err := s.config.Store.AnswerAppeal(r.Context(), account, id, text, seen)
	return s.appealStepped(w, r, account, a, text, "answered", err)
}

func (s *Server) formClose(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	id, text := r.PathValue("appeal"), r.PostFormValue("text")
	if err := wantUUIDs(r.PathValue("draft"), id); err != nil {
		return err
	}
	a, err := s.config.Store.CloseAppeal(r.Context(), account, id, text)
	return s.appealStepped(w, r, account, a, text, "closed", err)
}

// appealStepped goes back to the draft, or shows what others have said meanwhile
// beside what was about to be said.
func (s *Server) appealStepped(w http.ResponseWriter, r *http.Request, account tutor.Account, a tutor.Appeal, text, notice string, err error) error {
	if err == nil {
		return s.backToReview(w, r, a.CriterionID, notice)
	}
	code := tutor.ErrorCode(err)
	if code != tutor.CodeConflict && code != tutor.CodeInvalid {
		return err
	}
	data, again := s.review(r, account)
	if again != nil {
		return again
	}
	for _, c := range data.Criteria {
		for _, now := range c.Appeals {
			if !strings.EqualFold(now.ID, r.PathValue("appeal")) {
				continue
			}
			back, bad := reviewPath(r, data.Draft.Draft.ID, c.ID)
			if bad != nil {
				return bad
			}
			out := page.ReviewAppeal{Appeal: now, Title: c.Title, Text: strings.TrimSpace(text), Back: back}
			if now.Status != tutor.AppealClosed {
				out.Action = "/essays/" + data.Draft.Draft.ID + "/appeals/" + now.ID + "/answer" + data.Query
			}
			if code == tutor.CodeInvalid {
				out.Error = tutor.ErrorMessage(err)
			}
			return s.show(w, r, statusOf(err), "review-appeal", s.words(r, "review_appeal_title"), out)
		}
	}
	return err
}

// formAppeal asks for a review of one score of the student's own draft.
func (s *Server) formAppeal(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	draft, score, text := r.PostFormValue("draft_id"), r.PostFormValue("score_id"), r.PostFormValue("text")
	if err := wantUUIDs(r.PathValue("id"), draft, score); err != nil {
		return err
	}
	a, err := s.config.Store.OpenAppeal(r.Context(), account, draft, score, text)
	if tutor.ErrorCode(err) != tutor.CodeConflict {
		return s.backToDraft(w, r, account, draft, a, err)
	}
	_, d, again := s.draftOf(r, account, draft)
	if again != nil {
		return again
	}
	for _, now := range d.Appeals {
		if strings.EqualFold(now.ScoreID, score) && now.Status != tutor.AppealClosed {
			criterion, _ := d.Rubric.Criterion(now.CriterionID)
			return s.show(w, r, http.StatusConflict, "review-appeal", s.words(r, "review_appeal_title"), page.ReviewAppeal{
				Appeal: now, Title: criterion.Title, Text: strings.TrimSpace(text), Back: draftPath(d.Draft, now.CriterionID)})
		}
	}
	return err
}

// formAppealClose ends a request that the student has made.
func (s *Server) formAppealClose(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id"), r.PathValue("appeal")); err != nil {
		return err
	}
	a, err := s.config.Store.CloseAppeal(r.Context(), account, r.PathValue("appeal"), r.PostFormValue("text"))
	return s.backToDraft(w, r, account, a.DraftID, a, err)
}

// backToDraft sends a student to their draft, at the criterion it was about.
func (s *Server) backToDraft(w http.ResponseWriter, r *http.Request, account tutor.Account, draft string, a tutor.Appeal, err error) error {
	if err != nil {
		return err
	}
	_, d, err := s.draftOf(r, account, draft)
	if err != nil {
		return err
	}
	http.Redirect(w, r, draftPath(d.Draft, a.CriterionID), http.StatusSeeOther)
	return nil
}

// draftPath is the address of a criterion on the student's page of a draft.
func draftPath(d tutor.Draft, criterion string) string {
	return "/s/" + d.SessionID + "/drafts/" + strconv.Itoa(d.Number) + "#criterion-" + url.PathEscape(criterion)
}
