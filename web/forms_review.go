package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"maieutic/tutor"
	"maieutic/web/page"
)

// What teachers save on the pages of drafts. Whoever is second to change
// something gets to see both, and loses nothing of what was typed.

func (s *Server) formPublish(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	draft := r.PathValue("draft")
	if err := wantUUIDs(draft); err != nil {
		return err
	}
	done, err := s.config.Store.Publish(r.Context(), account, []string{draft})
	if err != nil {
		return err
	}
	notice := "published_now"
	if len(done.LeftOut) > 0 {
		notice = "left_out_" + string(done.LeftOut[0].Why)
	}
	return s.backToReview(w, r, "", notice)
}

// backToReview sends a teacher to the page of the draft, where a notice is shown.
func (s *Server) backToReview(w http.ResponseWriter, r *http.Request, criterion, notice string) error {
	path, err := reviewPath(r, r.PathValue("draft"), criterion, "notice", notice)
	if err != nil {
		return err
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// overrideForm reads what a teacher has typed about a score.
func overrideForm(r *http.Request) page.OverrideForm {
	return page.OverrideForm{
		Level: r.PostFormValue("level"), Reason: tutor.OverrideReason(r.PostFormValue("reason")), Open: true,
		Note: strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("note"), "\r\n", "\n")),
		Span: strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("span"), "\r\n", "\n")),
	}
}

func (s *Server) formReviewScore(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	score, form := r.PathValue("score"), overrideForm(r)
	if err := wantUUIDs(score); err != nil {
		return err
	}
	data, err := s.review(r, account)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(data.Criteria, func(c page.ReviewCriterion) bool {
		return c.Score != nil && strings.EqualFold(c.Score.ID, score)
	})
	if at < 0 {
		return tutor.Errorf(tutor.CodeNotFound, "there is no such score, or you may not see it")
	}
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	o := tutor.ScoreOverride{ScoreID: score, Version: version, LevelID: form.Level, Reason: form.Reason, Note: form.Note}
	quotes, unknown := quoted(data.Draft.Draft.Text, form.Span)
	if len(quotes) > 0 {
		o.Quotes = quotes
	}
	var change tutor.ScoreChange
	if len(unknown) > 0 {
		err = tutor.Errorf(tutor.CodeInvalid, "%s", s.locale.Printer(s.language(r)).T("review_span_unknown", "Words", strings.Join(unknown, " / ")))
	} else {
		change, err = s.config.Store.OverrideScore(r.Context(), account, o)
	}
	switch tutor.ErrorCode(err) {
	case tutor.CodeConflict:
		return s.mergeReview(w, r, data.Criteria[at], form)
	case tutor.CodeInvalid:
		data.Criteria[at].Form, data.Criteria[at].Error = form, tutor.ErrorMessage(err)
		return s.showReview(w, r, http.StatusBadRequest, data)
	}
	return s.reviewChanged(w, r, account, change, "saved", err)
}

func (s *Server) formReviewUndo(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("draft"), r.PathValue("score")); err != nil {
		return err
	}
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	change, err := s.config.Store.UndoOverride(r.Context(), account, r.PathValue("score"), version)
	return s.reviewChanged(w, r, account, change, "undone", err)
}

// reviewChanged shows the draft with what a change of a score did, or, when
// somebody else was faster, with how the score stands now.
func (s *Server) reviewChanged(w http.ResponseWriter, r *http.Request, account tutor.Account, change tutor.ScoreChange, notice string, err error) error {
	status := http.StatusOK
	if tutor.ErrorCode(err) == tutor.CodeConflict {
		status, notice, err = http.StatusConflict, "stale", nil
	}
	if err != nil {
		return err
	}
	data, err := s.review(r, account)
	if err != nil {
		return err
	}
	for i := range data.Criteria {
		if c := &data.Criteria[i]; c.Score != nil && strings.EqualFold(c.Score.ID, r.PathValue("score")) {
			c.Notice, c.Changes = notice, change.Skills
		}
	}
	return s.showReview(w, r, status, data)
}

// mergeReview shows what a colleague has saved of a draft's score beside what was
// about to be saved.
func (s *Server) mergeReview(w http.ResponseWriter, r *http.Request, c page.ReviewCriterion, form page.OverrideForm) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	back, err := reviewPath(r, c.DraftID, c.ID)
	if err != nil {
		return err
	}
	essay, _, err := s.draftOf(r, account, c.DraftID)
	if err != nil {
		return err
	}
	return s.merge(w, r, account, c.Score.ID, page.ReviewMerge{
		Title: c.Title, Student: essay.Session.LearnerName, Form: form, Spans: true, Back: back,
		Action: "/essays/" + c.DraftID + "/scores/" + c.Score.ID + c.Query,
	})
}

// merge completes and shows the two versions of a score between which a teacher
// has to choose.
func (s *Server) merge(w http.ResponseWriter, r *http.Request, account tutor.Account, scoreID string, data page.ReviewMerge) error {
	history, err := s.config.Store.ScoreHistory(r.Context(), account, scoreID)
	if err != nil {
		return err
	}
	data.Theirs = history[len(history)-1]
	data.Score = data.Theirs.Score
	if data.Title == "" {
		data.Title = data.Score.Criterion.Title
	}
	return s.show(w, r, http.StatusConflict, "review-merge", s.words(r, "review_merge"), data)
}

func (s *Server) formPublishPolicy(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	class := r.PathValue("id")
	if err := wantUUIDs(class); err != nil {
		return err
	}
	if err := s.config.Store.SetPublishPolicy(r.Context(), account, class, r.PostFormValue("course_id"), r.PostFormValue("at_once") != ""); err != nil {
		return err
	}
	http.Redirect(w, r, "/classes/"+class+"?publishing", http.StatusSeeOther)
	return nil
}
