package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"maieutic/tutor"
)

// withEssay adds an essay task to a course.
func withEssay(c *tutor.Course) {
	levels := []tutor.RubricLevel{{ID: "low", Title: "Beginning"}, {ID: "high", Title: "Secure", Points: 1}}
	c.Rubrics = []tutor.Rubric{tutor.Rubric{ID: "demo.essay", CourseID: "demo", Title: "Essay", Criteria: []tutor.RubricCriterion{
		{ID: "thesis", Title: "Thesis", Weight: 1, Levels: levels, Skills: []string{"demo.add"}}}}.Hashed()}
	c.Activities = append(c.Activities, tutor.Activity{ID: "demo.why", CourseID: "demo", Version: "e1", Kind: tutor.ActivityEssay,
		Title: "Why add?", Language: "en", Statement: "Why do people add?", Skills: []string{"demo.add"}, Order: 9,
		Essay: &tutor.EssayTask{RubricID: "demo.essay", Sources: []string{"adding"}}})
}

type draftAnswer struct {
	Draft struct {
		ID        string
		SessionID string `json:"session_id"`
		Number    int
	}
}

// handIn hands a draft in and returns its id and its session.
func (c client) handIn(text string) (draft, session string) {
	c.t.Helper()
	id := uuid.NewString()
	a := c.call("POST", "/v1/activities/demo.why/drafts", fmt.Sprintf(`{"id":%q,"text":%q}`, id, text))
	var d draftAnswer
	if a.status != http.StatusAccepted {
		c.t.Fatalf("hand in: %d %s", a.status, a.body)
	}
	a.into(c.t, &d)
	return d.Draft.ID, d.Draft.SessionID
}

// worked writes the feedback on a draft as a worker would.
func (s *site) worked(draft string) tutor.FeedbackOutcome {
	s.t.Helper()
	essay, err := s.store.EssayOf(s.t.Context(), s.teacher, draft)
	if err != nil {
		s.t.Fatal(err)
	}
	job := tutor.FeedbackJob{SchoolID: s.ann.SchoolID, DraftID: draft, RubricVersion: essay.Rubric.Version}
	work, _, err := s.store.FeedbackWork(s.t.Context(), job)
	if err != nil {
		s.t.Fatal(err)
	}
	criterion := work.Rubric.Criteria[0].Scale()
	score := tutor.Score{ID: uuid.NewString(), Version: 1, TurnID: draft, Criterion: criterion, Level: criterion.Levels[0],
		Grader: tutor.GraderBuiltin, Confidence: .6, RubricVersion: work.Rubric.Version}
	out := tutor.FeedbackOutcome{Job: job,
		Feedback: tutor.Feedback{ID: uuid.NewString(), DraftID: draft, RubricID: work.Rubric.ID, RubricVersion: work.Rubric.Version,
			Overview: "You say why.", Criteria: []tutor.CriterionFeedback{{CriterionID: "thesis", Score: &score,
				Next: &tutor.Point{ID: uuid.NewString(), CriterionID: "thesis", Kind: tutor.PointNext, Finding: "thesis.missing", Text: "What do you believe?"}}}},
		Evidence: []tutor.Evidence{{ScoreID: score.ID, SkillID: "demo.add", ItemID: "demo.why/thesis", Reliability: .3, Grader: tutor.GraderBuiltin}},
		Reply:    tutor.Turn{ID: uuid.NewString(), Text: "I have read it.", Move: tutor.MoveFeedback},
	}
	if err := s.store.Progress(s.t.Context(), job, tutor.StageCriterion, 1, 1); err != nil {
		s.t.Fatal(err)
	}
	if err := s.store.FinishFeedback(s.t.Context(), out); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func TestDraftAPI(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	draft, session := ann.handIn("People add because they count.")
	id := draft
	again := ann.call("POST", "/v1/activities/demo.why/drafts", fmt.Sprintf(`{"id":%q,"text":"People add because they count."}`, strings.ToUpper(id)))
	var d draftAnswer
	again.into(t, &d)
	if again.status != http.StatusAccepted || d.Draft.ID != draft || d.Draft.Number != 1 {
		t.Errorf("again: %d %s", again.status, again.body)
	}
	if a := ann.call("POST", "/v1/activities/demo.why/drafts", fmt.Sprintf(`{"id":%q,"text":"Other words."}`, id)); a.status != http.StatusConflict {
		t.Errorf("other words under the same id: %d", a.status)
	}
	if a := ann.call("POST", "/v1/activities/demo.sum/drafts", fmt.Sprintf(`{"id":%q,"text":"x"}`, uuid.NewString())); a.status != http.StatusBadRequest {
		t.Errorf("a draft for a problem: %d", a.status)
	}
	if a := ann.call("GET", "/v1/drafts/"+draft+"/feedback", ""); !strings.Contains(a.body, `"stage":"queued"`) {
		t.Errorf("waiting: %s", a.body)
	}
	s.worked(draft)
	a := ann.call("GET", "/v1/drafts/"+draft+"/feedback", "")
	if !strings.Contains(a.body, "What do you believe?") || !strings.Contains(a.body, `"score":null`) {
		t.Errorf("ready, unpublished: %s", a.body)
	}
	if a := s.as(s.teacher).call("GET", "/v1/drafts/"+draft+"/feedback", ""); !strings.Contains(a.body, `"level":{"id":"low"`) {
		t.Errorf("the teacher reads %s", a.body)
	}
	if a := s.as(s.ben).call("GET", "/v1/drafts/"+draft, ""); a.status != http.StatusNotFound {
		t.Errorf("another student: %d", a.status)
	}
	for i, want := range []string{`"revision":1`, `"revision":1`} {
		if a := ann.call("PUT", "/v1/sessions/"+session+"/saved", `{"text":"People","base":0}`); !strings.Contains(a.body, want) {
			t.Errorf("save %d: %s", i, a.body)
		}
	}
	if a := ann.call("PUT", "/v1/sessions/"+session+"/saved", `{"text":"Peo","base":0}`); a.status != http.StatusConflict {
		t.Errorf("a save over another: %d", a.status)
	}
	// The longest draft goes through, whatever its characters cost.
	long := strings.Repeat("\U0001F600", tutor.MaxDraftRunes)
	if a := ann.call("POST", "/v1/activities/demo.why/drafts", fmt.Sprintf(`{"id":%q,"text":%q}`, uuid.NewString(), long)); a.status != http.StatusAccepted {
		t.Errorf("a long draft: %d %.200s", a.status, a.body)
	}
	if a := ann.call("POST", "/v1/activities/demo.why/drafts", fmt.Sprintf(`{"id":%q,"text":%q}`, uuid.NewString(), long+"!")); a.status != http.StatusBadRequest {
		t.Errorf("one too long: %d %.200s", a.status, a.body)
	}
}

// TestProgressOnTheSocket: who looks at the essay is told how far the feedback
// is, and sees the turns.
func TestProgressOnTheSocket(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	_, session := ann.handIn("People add because they count.")
	sock, _ := ann.hello(session, "", 0)
	second, _ := ann.handIn("People add because they count things, for example sheep.")
	last := func(kind string) message { all := sock.until(kind); return all[len(all)-1] }
	for m := last("feedback"); m.DraftID != second || m.Stage != "queued"; m = last("feedback") {
	}
	for m := last("turn"); !strings.Contains(string(m.Turn), `"kind":"draft"`) || !strings.Contains(string(m.Turn), second); m = last("turn") {
	}
	s.worked(second)
	for m := last("feedback"); m.DraftID != second || m.Stage != "ready"; m = last("feedback") {
	}
	for m := last("turn"); !strings.Contains(string(m.Turn), "I have read it."); m = last("turn") {
	}
}

// TestManyDrafts: an account that hands in without end is asked to wait, and
// nobody else is.
func TestManyDrafts(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	refused := 0
	for i := range 20 {
		a := ann.call("POST", "/v1/activities/demo.why/drafts", fmt.Sprintf(`{"id":%q,"text":"Draft %d."}`, uuid.NewString(), i))
		if a.status == http.StatusTooManyRequests {
			refused++
		} else if a.status != http.StatusAccepted {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if refused == 0 || refused > 10 {
		t.Errorf("%d of 20 drafts at once were refused", refused)
	}
	s.as(s.ben).handIn("Somebody else's.")
}
