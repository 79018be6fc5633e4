package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"maieutic/tutor"
)

// reviewRoutes adds what teachers say of drafts and what students ask about it.
func (s *Server) reviewRoutes(pages, api func(pattern string, h endpoint)) {
	api("POST /v1/publications", s.apiPublish)
	api("GET /v1/drafts/{id}/appeals", s.apiAppeals)
	api("POST /v1/drafts/{id}/appeals", s.apiAppeal)
	api("POST /v1/appeals/{id}/answer", s.apiAnswer)
	api("POST /v1/appeals/{id}/close", s.apiClose)

	pages("GET /essays", s.pageQueue)
	pages("POST /essays/publish", s.formPublishMany)
	pages("GET /essays/{draft}", s.pageReview)
	pages("POST /essays/{draft}/publish", s.formPublish)
	pages("POST /essays/{draft}/scores/{score}", s.formReviewScore)
	pages("POST /essays/{draft}/scores/{score}/undo", s.formReviewUndo)
	pages("POST /essays/{draft}/appeals/{appeal}/answer", s.formAnswer)
	pages("POST /essays/{draft}/appeals/{appeal}/close", s.formClose)
	pages("POST /classes/{id}/publishing", s.formPublishPolicy)
	pages("POST /s/{id}/appeals", s.formAppeal)
	pages("POST /s/{id}/appeals/{appeal}/close", s.formAppealClose)
}

type publicationJSON struct {
	DraftID string    `json:"draft_id"`
	By      string    `json:"by"` // "" for the policy of a class
	At      time.Time `json:"at"`
}

type leftOutJSON struct {
	DraftID string          `json:"draft_id"`
	Why     tutor.ReviewWhy `json:"why"`
	Message string          `json:"message"`
}

type appealJSON struct {
	ID          string             `json:"id"`
	DraftID     string             `json:"draft_id"`
	ScoreID     string             `json:"score_id"`
	CriterionID string             `json:"criterion_id"`
	Status      tutor.AppealStatus `json:"status"`
	Steps       []appealStepJSON   `json:"steps"`
}

type appealStepJSON struct {
	By     string             `json:"by"`
	Status tutor.AppealStatus `json:"status"`
	Text   string             `json:"text"`
	At     time.Time          `json:"at"`
}

func appealWire(a tutor.Appeal) appealJSON {
	out := appealJSON{ID: a.ID, DraftID: a.DraftID, ScoreID: a.ScoreID, CriterionID: a.CriterionID, Status: a.Status}
	for _, step := range a.Steps {
		out.Steps = append(out.Steps, appealStepJSON{step.By, step.Status, step.Text, step.At})
	}
	return out
}

// leftOutWords tell a program why a draft was not published.
var leftOutWords = map[tutor.ReviewWhy]string{
	tutor.WhyHeld:    "this draft is held for a person to look at; look at it and publish it by itself",
	tutor.WhyReading: "the feedback on this draft is not written yet; publish it when it is",
	tutor.WhyFailed:  "the feedback on this draft has failed; there is no score to publish",
	tutor.WhyRefused: "this draft was not scored as an essay; there is no score to publish",
}

func (s *Server) apiPublish(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	var in struct {
		DraftIDs []string `json:"draft_ids"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	if err := wantUUIDs(in.DraftIDs...); err != nil {
		return err
	}
	done, err := s.config.Store.Publish(r.Context(), account, in.DraftIDs)
	if err != nil {
		return err
	}
	published, leftOut := []publicationJSON{}, []leftOutJSON{}
	for _, p := range done.Published {
		published = append(published, publicationJSON{p.DraftID, p.By, p.At})
	}
	for _, l := range done.LeftOut {
		leftOut = append(leftOut, leftOutJSON{l.DraftID, l.Why, leftOutWords[l.Why]})
	}
	writeJSON(w, http.StatusOK, map[string]any{"published": published, "left_out": leftOut})
	return nil
}

func (s *Server) apiAppeals(w http.ResponseWriter, r *http.Request) error {
	d, err := s.essayDraft(r)
	if err != nil {
		return err
	}
	out := []appealJSON{}
	for _, a := range d.Appeals {
		out = append(out, appealWire(a))
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

func (s *Server) apiAppeal(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	var in struct {
		ScoreID string `json:"score_id"`
		Text    string `json:"text"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id"), in.ScoreID); err != nil {
		return err
	}
	a, err := s.config.Store.OpenAppeal(r.Context(), account, r.PathValue("id"), in.ScoreID, in.Text)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, appealWire(a))
	return nil
}

// apiAnswer answers a request. Seen is how many of its steps the client has seen;
// without it, one: the request itself.
func (s *Server) apiAnswer(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	in := struct {
		Text string `json:"text"`
		Seen int    `json:"seen"`
	}{Seen: 1}
	if err := decode(r, &in); err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return err
	}
	a, err := s.config.Store.AnswerAppeal(r.Context(), account, r.PathValue("id"), in.Text, in.Seen)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, appealWire(a))
	return nil
}

func (s *Server) apiClose(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	var in struct {
		Text string `json:"text"`
	}
	if r.ContentLength != 0 {
		if err := decode(r, &in); err != nil {
			return err
		}
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return err
	}
	a, err := s.config.Store.CloseAppeal(r.Context(), account, r.PathValue("id"), in.Text)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, appealWire(a))
	return nil
}

// draftOf returns an essay with its draft of this id.
func (s *Server) draftOf(r *http.Request, account tutor.Account, id string) (tutor.Essay, tutor.EssayDraft, error) {
	if err := wantUUIDs(id); err != nil {
		return tutor.Essay{}, tutor.EssayDraft{}, err
	}
	essay, err := s.config.Store.EssayOf(r.Context(), account, id)
	if err != nil {
		return essay, tutor.EssayDraft{}, err
	}
	at := slices.IndexFunc(essay.Drafts, func(d tutor.EssayDraft) bool { return strings.EqualFold(d.Draft.ID, id) })
	if at < 0 {
		return essay, tutor.EssayDraft{}, tutor.Errorf(tutor.CodeNotFound, "there is no such draft, or you may not see it")
	}
	return essay, essay.Drafts[at], nil
}
