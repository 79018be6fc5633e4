package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"maieutic/tutor"
	"maieutic/web/page"
)

// The pages of an essay: the task with the editor, a draft with its feedback, two
// drafts side by side, and the talk about it. All of them work without a script.

// essayRoutes adds the pages of essays.
func (s *Server) essayRoutes(pages func(pattern string, h endpoint)) {
	pages("GET /s/{id}/talk", s.pageTalk)
	pages("GET /s/{id}/drafts/{n}", s.pageDraft)
	pages("GET /s/{id}/compare", s.pageCompare)
	pages("POST /s/{id}/drafts", s.formDraft)
}

// essay reads the essay that the path names.
func (s *Server) essay(r *http.Request) (tutor.Account, tutor.Essay, error) {
	account, err := viewer(r)
	if err != nil {
		return account, tutor.Essay{}, err
	}
	if err := wantUUIDs(r.PathValue("id")); err != nil {
		return account, tutor.Essay{}, err
	}
	essay, err := s.config.Store.Essay(r.Context(), account, r.PathValue("id"))
	return account, essay, err
}

// talkOf is where one talks in a session.
func (s *Server) talkOf(r *http.Request, account tutor.Account, id string) string {
	session, err := s.config.Store.Session(r.Context(), account, id)
	if err == nil && session.Kind == tutor.ActivityEssay {
		return "/s/" + id + "/talk"
	}
	return "/s/" + id
}

func (s *Server) showEssay(w http.ResponseWriter, r *http.Request, status int, notice string) error {
	account, essay, err := s.essay(r)
	if err != nil {
		return err
	}
	data := page.Essay{
		Essay: essay, Tabs: page.TabsOf(essay, "write", true), Prompt: s.render.HTML(essay.Activity.Statement),
		NewID: uuid.NewString(), Account: account.ID, Error: notice, Saved: r.URL.Query().Has("saved"), Uploads: s.reads(),
	}
	switch {
	case notice != "":
		data.Text = tidyForm(r.PostFormValue("text"))
	case essay.Saved != nil:
		data.Text, data.Base = essay.Saved.Text, essay.Saved.Revision
	case len(essay.Drafts) > 0:
		data.Text = essay.Drafts[len(essay.Drafts)-1].Draft.Text
	}
	if essay.Saved != nil {
		data.Base = essay.Saved.Revision
	}
	if essay.Activity.Essay != nil {
		for _, id := range essay.Activity.Essay.Sources {
			lesson, err := s.config.Store.Lesson(r.Context(), account, essay.Activity.CourseID, id)
			if tutor.ErrorCode(err) == tutor.CodeNotFound {
				continue
			}
			if err != nil {
				return err
			}
			data.Sources = append(data.Sources, lesson)
		}
	}
	return s.show(w, r, status, "essay", essay.Activity.Title, data)
}

func tidyForm(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// formDraft hands the draft in, or keeps it for later, without a script.
func (s *Server) formDraft(w http.ResponseWriter, r *http.Request) error {
	account, essay, err := s.essay(r)
	if err != nil {
		return err
	}
	if essay.Session.LearnerID != account.ID {
		return tutor.Errorf(tutor.CodeForbidden, "only the student hands drafts of their essay in")
	}
	text, id := tidyForm(r.PostFormValue("text")), r.PathValue("id")
	if r.PostFormValue("keep") != "" {
		base, _ := strconv.ParseInt(r.PostFormValue("base"), 10, 64)
		_, err := s.save(r, account, tutor.SavedDraft{SessionID: id, Text: text, Base: base})
		if givesBack(err) {
			return s.showEssay(w, r, statusOf(err), tutor.ErrorMessage(err))
		}
		if err != nil {
			return err
		}
		http.Redirect(w, r, "/s/"+id+"?saved", http.StatusSeeOther)
		return nil
	}
	draft, err := s.submit(r, essay.Activity.ID, r.PostFormValue("id"), text)
	if givesBack(err) {
		return s.showEssay(w, r, statusOf(err), tutor.ErrorMessage(err))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/s/"+draft.SessionID+"/drafts/"+strconv.Itoa(draft.Number)+"?sent", http.StatusSeeOther)
	return nil
}

// givesBack tells whether a refusal leaves the writer something to do: then the
// editor is shown again with their words in it, which are nowhere else.
func givesBack(err error) bool {
	code := tutor.ErrorCode(err)
	return code == tutor.CodeInvalid || code == tutor.CodeConflict || code == tutor.CodeRateLimited
}

// pageTalk is the talk about an essay.
func (s *Server) pageTalk(w http.ResponseWriter, r *http.Request) error {
	account, essay, err := s.essay(r)
	if err != nil {
		return err
	}
	session, turns, err := s.transcript(r, account)
	if err != nil {
		return err
	}
	if session.LearnerID != account.ID {
		return s.showTranscript(w, r, http.StatusOK, page.Transcript{Session: session, Turns: s.turnViews(turns)})
	}
	skills, err := s.activitySkills(r.Context(), account, session)
	if err != nil {
		return err
	}
	tabs := page.TabsOf(essay, "talk", true)
	data := page.Chat{Session: session, Turns: s.turnViews(turns), Skills: skills, NewID: uuid.NewString(), HintID: uuid.NewString(), Essay: &tabs}
	if c, ok := essay.Rubric.Criterion(r.URL.Query().Get("about")); ok {
		data.About = c.Title + ": "
	}
	return s.show(w, r, http.StatusOK, "chat", session.ActivityTitle, data)
}

// draftOf finds a draft by its number.
func draftOf(essay tutor.Essay, number string) (tutor.EssayDraft, error) {
	n, err := strconv.Atoi(number)
	for _, d := range essay.Drafts {
		if err == nil && d.Draft.Number == n {
			return d, nil
		}
	}
	return tutor.EssayDraft{}, tutor.Errorf(tutor.CodeNotFound, "there is no such draft")
}

func (s *Server) pageDraft(w http.ResponseWriter, r *http.Request) error {
	account, essay, err := s.essay(r)
	if err != nil {
		return err
	}
	d, err := draftOf(essay, r.PathValue("n"))
	if err != nil {
		return err
	}
	mine := essay.Session.LearnerID == account.ID
	data := page.Draft{Session: essay.Session, Tabs: page.TabsOf(essay, "draft", mine), Draft: d, Mine: mine, Sent: r.URL.Query().Has("sent")}
	for _, other := range essay.Drafts {
		if other.Draft.Number != d.Draft.Number {
			data.Sibling = append(data.Sibling, other.Draft.Number)
		}
	}
	var points []page.NotePoint
	if d.Feedback != nil {
		data.Overview = s.render.HTML(d.Feedback.Overview)
		data.Notes, points = s.notes(d, mine)
		if err := s.changes(r, account, d, data.Notes); err != nil {
			return err
		}
		data.Outcomes = s.outcomes(essay, d)
	}
	data.Segments = page.SegmentsOf(d.Draft.Text, points)
	return s.show(w, r, http.StatusOK, "draft", essay.Activity.Title, data)
}

// notes are what is said of each criterion. Points that are about a place in the
// draft are numbered.
func (s *Server) notes(d tutor.EssayDraft, mine bool) (notes []page.Note, points []page.NotePoint) {
	number := 0
	point := func(p *tutor.Point) *page.NotePoint {
		if p == nil {
			return nil
		}
		shown := page.NotePoint{Point: *p, HTML: s.render.HTML(p.Text)}
		if len(p.Quotes) > 0 {
			number++
			shown.Number = number
		}
		points = append(points, shown)
		return &shown
	}
	for _, c := range d.Feedback.Criteria {
		criterion, ok := d.Rubric.Criterion(c.CriterionID)
		if !ok {
			continue
		}
		n := page.Note{Criterion: criterion, Score: c.Score, Graded: d.Feedback.Graded, Strength: point(c.Strength), Next: point(c.Next)}
		open := false
		for i := range d.Appeals {
			if d.Appeals[i].CriterionID == c.CriterionID {
				n.Appeals = append(n.Appeals, d.Appeals[i])
				open = open || d.Appeals[i].Status != tutor.AppealClosed
			}
		}
		n.CanAppeal = mine && c.Score != nil && !open
		notes = append(notes, n)
	}
	return notes, points
}

// outcomes are what became of the points of the draft before.
func (s *Server) outcomes(essay tutor.Essay, d tutor.EssayDraft) []page.Outcome {
	var out []page.Outcome
	for _, o := range d.Feedback.Outcomes {
		shown := page.Outcome{Fate: o.Fate}
		for _, before := range essay.Drafts {
			if before.Feedback == nil {
				continue
			}
			for _, c := range before.Feedback.Criteria {
				if c.Next != nil && c.Next.ID == o.PointID {
					criterion, _ := before.Rubric.Criterion(c.CriterionID)
					shown.Title, shown.Text = criterion.Title, s.render.HTML(c.Next.Text)
				}
			}
		}
		if len(o.After) > 0 {
			shown.After = o.After[0].Text
		}
		if shown.Title != "" {
			out = append(out, shown)
		}
	}
	return out
}

func (s *Server) pageCompare(w http.ResponseWriter, r *http.Request) error {
	account, essay, err := s.essay(r)
	if err != nil {
		return err
	}
	if s.config.Compare == nil {
		return tutor.Errorf(tutor.CodeUnavailable, "this server does not compare drafts")
	}
	from, err := draftOf(essay, r.URL.Query().Get("from"))
	if err != nil {
		return err
	}
	to, err := draftOf(essay, r.URL.Query().Get("to"))
	if err != nil {
		return err
	}
	data := page.Compare{Session: essay.Session, Tabs: page.TabsOf(essay, "compare", essay.Session.LearnerID == account.ID),
		From: from, To: to, Drafts: essay.Drafts, Rows: s.config.Compare(from.Draft.Text, to.Draft.Text), Counts: map[string]int{}}
	for _, row := range data.Rows {
		data.Counts[row.Kind]++
	}
	if to.Feedback != nil {
		data.Outcomes = s.outcomes(essay, to)
	}
	return s.show(w, r, http.StatusOK, "compare", essay.Activity.Title, data)
}
