package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"maieutic/tutor"
)

// maxDraftBody is what a request with a draft may weigh: the longest draft in the
// widest characters, escaped, and what stands beside it. A form and JSON both
// spend up to twelve bytes on a character.
const maxDraftBody = 12*tutor.MaxDraftRunes + 16<<10

// Reading a draft is work: each account may hand in a dozen at once and one every
// ten seconds, and save far more often than its editor does.
func newDrafts() *limiter { return newLimiter(10*time.Second, 12) }
func newSaves() *limiter  { return newLimiter(time.Second, 60) }

// essayAPI adds the API of essays.
func (s *Server) essayAPI(api func(pattern string, h endpoint)) {
	api("POST /v1/activities/{id}/drafts", s.apiSubmit)
	api("GET /v1/drafts/{id}", s.apiDraft)
	api("GET /v1/drafts/{id}/feedback", s.apiFeedback)
	api("GET /v1/sessions/{id}/drafts", s.apiDrafts)
	api("GET /v1/sessions/{id}/saved", s.apiSaves)
	api("PUT /v1/sessions/{id}/saved", s.apiSave)
}

type draftJSON struct {
	ID            string                 `json:"id"`
	SessionID     string                 `json:"session_id"`
	ActivityID    string                 `json:"activity_id"`
	Number        int                    `json:"number"`
	Text          string                 `json:"text,omitempty"`
	Words         int                    `json:"words"`
	RubricID      string                 `json:"rubric_id"`
	RubricVersion string                 `json:"rubric_version"`
	At            time.Time              `json:"at"`
	Feedback      tutor.FeedbackProgress `json:"feedback"`
	PublishedAt   *time.Time             `json:"published_at,omitempty"`
}

type feedbackJSON struct {
	DraftID       string               `json:"draft_id"`
	RubricID      string               `json:"rubric_id"`
	RubricVersion string               `json:"rubric_version"`
	Stage         tutor.FeedbackStage  `json:"stage"`
	Refusal       tutor.Refusal        `json:"refusal,omitempty"`
	Overview      string               `json:"overview"`
	Complete      bool                 `json:"complete"`
	Graded        bool                 `json:"graded"`
	Held          bool                 `json:"held"`
	Published     bool                 `json:"published"`
	Flags         []tutor.Flag         `json:"flags"`
	Criteria      []criterionFeedback  `json:"criteria"`
	Outcomes      []tutor.PointOutcome `json:"outcomes"`
	At            time.Time            `json:"at"`
}

type criterionFeedback struct {
	Criterion criterionJSON `json:"criterion"`
	Score     *scoreJSON    `json:"score"` // null while it is not published
	Strength  *tutor.Point  `json:"strength"`
	Next      *tutor.Point  `json:"next"`
}

type savedJSON struct {
	Revision int64     `json:"revision"`
	Text     string    `json:"text"`
	At       time.Time `json:"at"`
}

// submit hands a draft in for the caller and tells who looks at the essay.
func (s *Server) submit(r *http.Request, activityID, id, text string) (tutor.Draft, error) {
	account, err := viewer(r)
	if err != nil {
		return tutor.Draft{}, err
	}
	switch {
	case account.Role != tutor.RoleStudent:
		return tutor.Draft{}, tutor.Errorf(tutor.CodeForbidden, "only students hand drafts in")
	case len(id) != 36 || uuid.Validate(id) != nil:
		return tutor.Draft{}, tutor.Errorf(tutor.CodeInvalid, "id must be a UUID of your own making, the same one when you send again")
	}
	if ok, wait := s.drafts.take(account.ID, s.config.Now()); !ok {
		return tutor.Draft{}, tutor.Errorf(tutor.CodeRateLimited, "you have handed in many drafts just now; what you wrote is kept, try again in %d seconds", int(wait.Seconds())+1)
	}
	draft, err := s.config.Tutor.Submit(r.Context(), account, activityID, strings.ToLower(id), text)
	if err == nil {
		s.handedIn(account, draft)
	}
	return draft, err
}

func (s *Server) apiSubmit(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}
	if _, err := viewer(r); err != nil {
		return err
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	draft, err := s.submit(r, r.PathValue("id"), in.ID, in.Text)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/drafts/"+draft.ID)
	draft.Text = ""
	writeJSON(w, http.StatusAccepted, map[string]any{"draft": draftWire(tutor.EssayDraft{Draft: draft,
		Progress: tutor.FeedbackProgress{DraftID: draft.ID, Number: draft.Number, Stage: tutor.StageQueued}})})
	return nil
}

// essayDraft reads the draft that the path names.
func (s *Server) essayDraft(r *http.Request) (tutor.EssayDraft, error) {
	account, err := viewer(r)
	if err != nil {
		return tutor.EssayDraft{}, err
	}
	id := r.PathValue("id")
	if err := wantUUIDs(id); err != nil {
		return tutor.EssayDraft{}, err
	}
	essay, err := s.config.Store.EssayOf(r.Context(), account, id)
	if err != nil {
		return tutor.EssayDraft{}, err
	}
	for _, d := range essay.Drafts {
		if strings.EqualFold(d.Draft.ID, id) {
			return d, nil
		}
	}
	return tutor.EssayDraft{}, tutor.Errorf(tutor.CodeNotFound, "there is no such draft, or you may not see it")
}

func (s *Server) apiDraft(w http.ResponseWriter, r *http.Request) error {
	d, err := s.essayDraft(r)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, draftWire(d))
	return nil
}

func (s *Server) apiFeedback(w http.ResponseWriter, r *http.Request) error {
	d, err := s.essayDraft(r)
	if err != nil {
		return err
	}
	if d.Feedback == nil {
		writeJSON(w, http.StatusOK, map[string]any{"draft_id": d.Draft.ID, "stage": d.Progress.Stage,
			"criterion": d.Progress.Criterion, "criteria_count": d.Progress.Criteria})
		return nil
	}
	writeJSON(w, http.StatusOK, feedbackWire(d))
	return nil
}

func (s *Server) apiDrafts(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return err
	}
	essay, err := s.config.Store.Essay(r.Context(), account, r.PathValue("id"))
	if err != nil {
		return err
	}
	out := make([]draftJSON, 0, len(essay.Drafts))
	for _, d := range essay.Drafts {
		d.Draft.Text = ""
		out = append(out, draftWire(d))
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

func (s *Server) apiSaves(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return err
	}
	saves, err := s.config.Store.Saves(r.Context(), account, r.PathValue("id"))
	if err != nil {
		return err
	}
	out := make([]savedJSON, 0, len(saves))
	for _, v := range saves {
		out = append(out, savedJSON{v.Revision, v.Text, v.At})
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// apiSave keeps unfinished work. When somebody else, or another tab, has saved
// since, the answer is a conflict; GET on the same path has the other text.
func (s *Server) apiSave(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	var in struct {
		Text string `json:"text"`
		Base int64  `json:"base"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return err
	}
	saved, err := s.save(r, account, tutor.SavedDraft{SessionID: r.PathValue("id"), Text: in.Text, Base: in.Base})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"revision": saved.Revision, "at": saved.At})
	return nil
}

// save keeps unfinished work of the caller, whichever way it came.
func (s *Server) save(r *http.Request, account tutor.Account, in tutor.SavedDraft) (tutor.SavedDraft, error) {
	if ok, wait := s.saves.take(account.ID, s.config.Now()); !ok {
		return tutor.SavedDraft{}, tutor.Errorf(tutor.CodeRateLimited, "saved very often just now; try again in %d seconds", int(wait.Seconds())+1)
	}
	return s.config.Store.SaveDraft(r.Context(), account, in)
}

func draftWire(d tutor.EssayDraft) draftJSON {
	out := draftJSON{ID: d.Draft.ID, SessionID: d.Draft.SessionID, ActivityID: d.Draft.ActivityID, Number: d.Draft.Number,
		Text: d.Draft.Text, Words: d.Draft.Words, RubricID: d.Draft.RubricID, RubricVersion: d.Draft.RubricVersion, At: d.Draft.At,
		Feedback: d.Progress}
	if d.Published != nil {
		out.PublishedAt = &d.Published.At
	}
	return out
}

func feedbackWire(d tutor.EssayDraft) feedbackJSON {
	f := d.Feedback
	out := feedbackJSON{DraftID: d.Draft.ID, RubricID: f.RubricID, RubricVersion: f.RubricVersion, Stage: tutor.StageReady,
		Refusal: f.Refusal, Overview: f.Overview, Complete: f.Complete, Graded: f.Graded, Held: f.Held,
		Published: d.Published != nil, Flags: list(f.Flags), Criteria: []criterionFeedback{}, Outcomes: list(f.Outcomes), At: f.Created}
	for _, c := range f.Criteria {
		criterion, _ := d.Rubric.Criterion(c.CriterionID)
		said := criterionFeedback{Criterion: criterionJSON{ID: c.CriterionID, Title: criterion.Title}, Strength: c.Strength, Next: c.Next}
		if c.Score != nil {
			score := scoreWire(*c.Score)
			said.Score = &score
		}
		out.Criteria = append(out.Criteria, said)
	}
	return out
}
