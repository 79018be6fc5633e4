package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"maieutic/tutor"
	"maieutic/web/page"
)

// The pages on which teachers judge drafts.

// reviewFilter reads the filter of a queue from an address.
func reviewFilter(values url.Values) (tutor.ReviewFilter, error) {
	f := tutor.ReviewFilter{ClassID: values.Get("class_id"), ActivityID: values.Get("activity_id"), Done: values.Get("done") != ""}
	return f, wantUUIDs(f.ClassID)
}

// reviewQuery is the filter as an address has it, "" or beginning with "?".
func reviewQuery(f tutor.ReviewFilter, more ...string) string {
	values := url.Values{}
	for key, value := range map[string]string{"class_id": f.ClassID, "activity_id": f.ActivityID} {
		if value != "" {
			values.Set(key, value)
		}
	}
	if f.Done {
		values.Set("done", "1")
	}
	for i := 0; i+1 < len(more); i += 2 {
		values.Set(more[i], more[i+1])
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

func (s *Server) pageQueue(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	filter, err := reviewFilter(r.URL.Query())
	if err != nil {
		return err
	}
	items, err := s.config.Store.ReviewQueue(r.Context(), account, filter)
	if err != nil {
		return err
	}
	data := page.Reviews{Filter: filter, Items: items, Query: reviewQuery(filter), Told: r.URL.Query().Has("published")}
	data.Published, _ = strconv.Atoi(r.URL.Query().Get("published"))
	data.LeftOut, _ = strconv.Atoi(r.URL.Query().Get("left_out"))
	if data.Classes, err = s.config.Store.Classes(r.Context(), account); err != nil {
		return err
	}
	for _, c := range data.Classes {
		if c.ID == filter.ClassID {
			data.Class = c.Name
		}
	}
	courses, err := s.config.Store.Courses(r.Context(), account)
	if err != nil {
		return err
	}
	for _, c := range courses {
		for _, a := range c.Activities {
			if a.Kind == tutor.ActivityEssay {
				data.Activities = append(data.Activities, a)
			}
		}
	}
	return s.show(w, r, http.StatusOK, "reviews", s.words(r, "review_queue"), data)
}

// formPublishMany publishes what was ticked in the queue, or all that nobody needs
// to look at.
func (s *Server) formPublishMany(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return tutor.Errorf(tutor.CodeInvalid, "the form cannot be read")
	}
	filter, err := reviewFilter(r.PostForm)
	if err != nil {
		return err
	}
	ids := r.PostForm["draft_ids"]
	if r.PostForm.Has("all") {
		ids = r.PostForm["ready_ids"]
	}
	if err := wantUUIDs(ids...); err != nil {
		return err
	}
	var done tutor.Publishing
	if len(ids) > 0 {
		if done, err = s.config.Store.Publish(r.Context(), account, ids); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/essays"+reviewQuery(filter, "published", strconv.Itoa(len(done.Published)), "left_out", strconv.Itoa(len(done.LeftOut))), http.StatusSeeOther)
	return nil
}

func (s *Server) pageReview(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	data, err := s.review(r, account)
	if err != nil {
		return err
	}
	if notice := r.URL.Query().Get("notice"); slices.Contains(reviewNotices, notice) {
		data.Notice = "review_" + notice
	}
	return s.showReview(w, r, http.StatusOK, data)
}

// reviewNotices are what a page may say was done just now.
var reviewNotices = []string{"published_now", "left_out_held", "left_out_in_progress", "left_out_failed", "left_out_refused", "answered", "closed"}

func (s *Server) showReview(w http.ResponseWriter, r *http.Request, status int, data page.Review) error {
	return s.show(w, r, status, "review", data.Essay.Activity.Title+" · "+data.Essay.Session.LearnerName, data)
}

// review reads a draft with everything that a teacher judges it by.
func (s *Server) review(r *http.Request, account tutor.Account) (page.Review, error) {
	filter, err := reviewFilter(r.URL.Query())
	if err != nil {
		return page.Review{}, err
	}
	essay, d, err := s.draftOf(r, account, r.PathValue("draft"))
	if err != nil {
		return page.Review{}, err
	}
	history, err := s.config.Store.ScoreHistory(r.Context(), account, d.Draft.ID)
	if err != nil && tutor.ErrorCode(err) != tutor.CodeNotFound {
		return page.Review{}, err
	}
	queue, err := s.config.Store.ReviewQueue(r.Context(), account, filter)
	if err != nil {
		return page.Review{}, err
	}
	data := page.Review{Essay: essay, Draft: d, Item: reviewItem(essay, d), Query: reviewQuery(filter)}
	data.Previous, data.Next = neighbours(queue, d.Draft.ID)
	if d.Feedback != nil {
		data.Overview = s.render.HTML(d.Feedback.Overview)
	}
	data.Criteria = s.reviewCriteria(d, history, data.Query)
	data.Pieces = page.Pieces(d.Draft.Text, data.Criteria, data.Flags())
	return data, nil
}

// neighbours returns the drafts before and after one in a queue. Behind a draft
// that the queue does not hold, because it is done, comes the head.
func neighbours(queue []tutor.ReviewItem, draft string) (before, after string) {
	at := slices.IndexFunc(queue, func(i tutor.ReviewItem) bool { return i.DraftID == draft })
	if at > 0 {
		before = queue[at-1].DraftID
	}
	if at+1 < len(queue) {
		after = queue[at+1].DraftID
	}
	return before, after
}

// reviewItem is a draft as the queue has it.
func reviewItem(essay tutor.Essay, d tutor.EssayDraft) tutor.ReviewItem {
	i := tutor.ReviewItem{DraftID: d.Draft.ID, SessionID: essay.Session.ID, LearnerID: essay.Session.LearnerID, Learner: essay.Session.LearnerName,
		ActivityID: essay.Activity.ID, Activity: essay.Activity.Title, Number: d.Draft.Number, Words: d.Draft.Words,
		Latest: d.Draft.Number == len(essay.Drafts), Stage: d.Progress.Stage, Confidence: 1, At: d.Draft.At}
	for _, a := range d.Appeals {
		if a.Status == tutor.AppealOpen {
			i.Appeals++
		}
	}
	if d.Published != nil {
		i.PublishedAt, i.PublishedBy = d.Published.At, d.Published.By
	}
	if d.Feedback == nil {
		return i
	}
	i.Stage, i.Refusal, i.Held, i.Graded = tutor.StageReady, d.Feedback.Refusal, d.Feedback.Held, d.Feedback.Graded
	for _, f := range d.Feedback.Flags {
		if !slices.Contains(i.Flags, f.Code) {
			i.Flags = append(i.Flags, f.Code)
		}
	}
	for _, c := range d.Feedback.Criteria {
		if c.Score != nil {
			i.Scores++
			i.Confidence = min(i.Confidence, c.Score.Confidence)
		}
	}
	return i
}

// reviewCriteria puts what is said of a draft under the criteria of its rubric.
func (s *Server) reviewCriteria(d tutor.EssayDraft, history []tutor.ScoreVersion, query string) []page.ReviewCriterion {
	if d.Feedback == nil {
		return nil
	}
	var out []page.ReviewCriterion
	for i, said := range d.Feedback.Criteria {
		criterion, _ := d.Rubric.Criterion(said.CriterionID)
		c := page.ReviewCriterion{RubricCriterion: criterion, Number: i + 1, DraftID: d.Draft.ID, Query: query, Score: said.Score}
		for _, f := range d.Feedback.Flags {
			if f.CriterionID == said.CriterionID && !slices.Contains(c.Flags, f.Code) {
				c.Flags = append(c.Flags, f.Code)
			}
		}
		if said.Strength != nil {
			c.Strength = s.render.HTML(said.Strength.Text)
		}
		if said.Next != nil {
			c.NextStep = s.render.HTML(said.Next.Text)
		}
		for _, a := range d.Appeals {
			if a.CriterionID == said.CriterionID {
				c.Appeals = append(c.Appeals, a)
			}
		}
		if said.Score != nil {
			c.Form.Level = said.Score.Level.ID
			c.History, c.Machine = versionsOf(history, *said.Score)
			c.Changed = changedSince(d.Published, c.History)
		}
		out = append(out, c)
	}
	return out
}

// versionsOf returns the versions of one score, and the grader's latest word where
// a teacher's counts.
func versionsOf(history []tutor.ScoreVersion, score tutor.Score) (versions []tutor.ScoreVersion, machine *tutor.ScoreVersion) {
	for _, v := range history {
		if v.Score.ID != score.ID {
			continue
		}
		versions = append(versions, v)
		if score.Overridden && !v.Overridden {
			machine = &versions[len(versions)-1]
		}
	}
	return versions, machine
}

// changedSince reports whether a person changed a score after its publication.
func changedSince(p *tutor.Publication, history []tutor.ScoreVersion) bool {
	return p != nil && slices.ContainsFunc(history, func(v tutor.ScoreVersion) bool { return v.By != "" && v.At.After(p.At) })
}

// changes puts to the notes on a draft how scores have changed since they were
// published.
func (s *Server) changes(r *http.Request, account tutor.Account, d tutor.EssayDraft, notes []page.Note) error {
	if d.Published == nil {
		return nil
	}
	history, err := s.config.Store.ScoreHistory(r.Context(), account, d.Draft.ID)
	if err != nil && tutor.ErrorCode(err) != tutor.CodeNotFound { // published without scores
		return err
	}
	for i := range notes {
		if notes[i].Score == nil {
			continue
		}
		from := ""
		for _, v := range history {
			if v.Score.ID != notes[i].Score.ID {
				continue
			}
			if from != "" && v.At.After(d.Published.At) {
				notes[i].Changes = append(notes[i].Changes, page.HistoryStep{ScoreVersion: v, From: from})
			}
			from = v.Level.Title
		}
	}
	return nil
}

// reviewPath is the address of the page of a draft with the queue it was reached
// from, and of a criterion on it.
func reviewPath(r *http.Request, draft, criterion string, more ...string) (string, error) {
	filter, err := reviewFilter(r.URL.Query())
	if err != nil {
		return "", err
	}
	path := "/essays/" + strings.ToLower(draft) + reviewQuery(filter, more...)
	if criterion != "" {
		path += "#c-" + url.PathEscape(criterion)
	}
	return path, nil
}
