package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"maieutic/tutor"
)

// judged hands a draft in as ann and writes its feedback.
func (s *site) judged(text string) (draft, session string, score tutor.Score) {
	s.t.Helper()
	draft, session = s.as(s.ann).handIn(text)
	return draft, session, *s.worked(draft).Feedback.Criteria[0].Score
}

func TestPublishAPI(t *testing.T) {
	s := newSite(t, nil)
	draft, _, _ := s.judged("People add because they count.")
	waiting, _ := s.as(s.ann).handIn("People add, and count.")
	teacher := s.as(s.teacher)
	body := fmt.Sprintf(`{"draft_ids":[%q,%q]}`, draft, waiting)
	if a := s.as(s.stranger).call("POST", "/v1/publications", body); a.status != http.StatusNotFound {
		t.Errorf("another class's teacher: %d", a.status)
	}
	a := teacher.call("POST", "/v1/publications", body)
	if a.status != 200 || !strings.Contains(a.body, `"why":"in_progress"`) || !strings.Contains(a.body, `"by":"Teacher"`) {
		t.Errorf("publish: %d %s", a.status, a.body)
	}
	if again := teacher.call("POST", "/v1/publications", body); again.body != a.body {
		t.Errorf("again: %s\n%s", again.body, a.body)
	}
	if a := s.as(s.ann).call("GET", "/v1/drafts/"+draft+"/feedback", ""); !strings.Contains(a.body, `"published":true`) || !strings.Contains(a.body, `"level":{"id":"low"`) {
		t.Errorf("the learner reads %s", a.body)
	}
	if a := teacher.call("POST", "/v1/publications", `{"draft_ids":[]}`); a.status != http.StatusBadRequest {
		t.Errorf("nothing to publish: %d", a.status)
	}
}

func TestAppealAPI(t *testing.T) {
	s := newSite(t, nil)
	draft, _, score := s.judged("People add because they count.")
	ann, teacher, admin := s.as(s.ann), s.as(s.teacher), s.as(s.admin)
	ask := fmt.Sprintf(`{"score_id":%q,"text":"I say so at once."}`, score.ID)
	if a := ann.call("POST", "/v1/drafts/"+draft+"/appeals", ask); a.status != http.StatusNotFound {
		t.Errorf("about a provisional score: %d", a.status)
	}
	teacher.call("POST", "/v1/publications", fmt.Sprintf(`{"draft_ids":[%q]}`, draft))
	a := ann.call("POST", "/v1/drafts/"+draft+"/appeals", ask)
	var appeal struct {
		ID, Status  string
		CriterionID string `json:"criterion_id"`
		Steps       []struct{ By, Status, Text string }
	}
	a.into(t, &appeal)
	if a.status != http.StatusCreated || appeal.Status != "open" || appeal.CriterionID != "thesis" || appeal.Steps[0].By != "Ann" {
		t.Fatalf("open: %d %s", a.status, a.body)
	}
	quotes := `{"level":"high","reason":"evidence_missed","quotes":[{"start":0,"end":10,"text":%q}]}`
	if a := teacher.call("PUT", "/v1/scores/"+score.ID, fmt.Sprintf(quotes, "People ad!"), "If-Match", `"1"`); a.status != http.StatusBadRequest {
		t.Errorf("a quote that is not there: %d %s", a.status, a.body)
	}
	if a := teacher.call("PUT", "/v1/scores/"+score.ID, fmt.Sprintf(quotes, "People add"), "If-Match", `"1"`); a.status != 200 || !strings.Contains(a.body, `"quotes":[{"start":0,"end":10,"text":"People add"}]`) {
		t.Errorf("override: %d %s", a.status, a.body)
	}
	path := "/v1/appeals/" + appeal.ID
	if a := ann.call("POST", path+"/answer", `{"text":"Yes."}`); a.status != http.StatusForbidden {
		t.Errorf("the learner answers: %d", a.status)
	}
	if a := teacher.call("POST", path+"/answer", `{"text":"You do. I have changed it."}`); a.status != 200 || !strings.Contains(a.body, `"status":"answered"`) {
		t.Errorf("answer: %d %s", a.status, a.body)
	}
	if a := admin.call("POST", path+"/answer", `{"text":"No."}`); a.status != http.StatusConflict {
		t.Errorf("a second answer: %d", a.status)
	}
	if a := s.as(s.ben).call("POST", path+"/close", ""); a.status != http.StatusNotFound {
		t.Errorf("another student closes: %d", a.status)
	}
	if a := ann.call("POST", path+"/close", ""); a.status != 200 || !strings.Contains(a.body, `"status":"closed"`) {
		t.Errorf("close: %d %s", a.status, a.body)
	}
	if a := ann.call("POST", path+"/close", `{"text":"Thanks."}`); a.status != http.StatusConflict {
		t.Errorf("close again: %d", a.status)
	}
	if a := ann.call("GET", "/v1/drafts/"+draft+"/appeals", ""); strings.Count(a.body, `"status":"closed"`) != 2 || !strings.Contains(a.body, "I have changed it") {
		t.Errorf("the learner sees %s", a.body)
	}
}

// TestMergePage: whoever saves second gets both versions to choose from, with all
// that was typed, and saves against the new one.
func TestMergePage(t *testing.T) {
	s := newSite(t, nil)
	draft, _, score := s.judged("People add because they count.")
	teacher, admin := s.as(s.teacher), s.as(s.admin)
	path := "/essays/" + draft + "/scores/" + score.ID
	if a := teacher.post(path+"?class_id="+s.class, "version", "1", "level", "high", "reason", "evidence_missed", "note", "She counts.", "span", "they  COUNT"); a.status != 200 || !strings.Contains(a.body, "<q><bdi>they count</bdi></q>") {
		t.Fatalf("first: %d %.2000s", a.status, a.body)
	}
	mine := []string{"version", "1", "level", "low", "reason", "too_lenient", "note", "My <own> note.\nOf two lines.", "span", "People add"}
	a := admin.post(path, mine...)
	if a.status != http.StatusConflict {
		t.Fatalf("second: %d", a.status)
	}
	for _, want := range []string{"Saved by Teacher", "She counts.", "they count", `name="version" value="2"`, "My &lt;own&gt; note.\nOf two lines.</textarea>",
		"People add</textarea>", `value="low" required checked`, `<option value="too_lenient" selected>`, `action="` + path + `"`, `href="/essays/` + draft + `#c-thesis"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the merge view lacks %s:\n%s", want, a.body)
		}
	}
	mine[1] = "2"
	if a := admin.post(path, mine...); a.status != 200 || !strings.Contains(a.body, "Overruled by Admin") {
		t.Errorf("saved over it: %d", a.status)
	}
	if a := teacher.post(path+"/undo", "version", "2"); a.status != http.StatusConflict || !strings.Contains(a.body, "My &lt;own&gt; note.") {
		t.Errorf("a stale undo: %d", a.status)
	}
	a = teacher.post(path, "version", "3", "level", "high", "reason", "other", "note", "Kept.", "span", "People add\nnot in it")
	if a.status != http.StatusBadRequest || !strings.Contains(a.body, "do not stand in the draft: not in it.") || !strings.Contains(a.body, "Kept.</textarea>") || !strings.Contains(a.body, "People add\nnot in it</textarea>") {
		t.Errorf("words that are not there: %d", a.status)
	}
	if a := s.as(s.stranger).post(path, mine...); a.status != http.StatusNotFound {
		t.Errorf("another class's teacher: %d", a.status)
	}
}

// TestMergeTalk: what holds for drafts holds for talk.
func TestMergeTalk(t *testing.T) {
	s := newSite(t, nil)
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	sock.say("41")
	sock.until("status")
	turns, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	score := turns[1].Scores[0]
	path := "/s/" + id + "/scores/" + score.ID
	fields := []string{"version", "1", "level", score.Criterion.Levels[1].ID, "reason", "too_strict", "note", "First."}
	if a := s.as(s.teacher).post(path, fields...); a.status != 200 {
		t.Fatalf("first: %d", a.status)
	}
	fields[7] = "Second."
	a := s.as(s.admin).post(path, fields...)
	if a.status != http.StatusConflict || !strings.Contains(a.body, "First.") || !strings.Contains(a.body, "Second.</textarea>") || !strings.Contains(a.body, `action="`+path+`"`) {
		t.Errorf("second: %d %s", a.status, a.body)
	}
}

// TestChangedAfterPublication: what a student saw is not changed behind their back.
func TestChangedAfterPublication(t *testing.T) {
	s := newSite(t, nil)
	draft, session, score := s.judged("People add because they count.")
	ann, teacher := s.as(s.ann), s.as(s.teacher)
	change := func(version, level, note string) {
		t.Helper()
		if a := teacher.post("/essays/"+draft+"/scores/"+score.ID, "version", version, "level", level, "reason", "too_strict", "note", note); a.status != 200 {
			t.Fatalf("override: %d", a.status)
		}
	}
	shown := func() string {
		t.Helper()
		a := ann.call("GET", "/s/"+session+"/drafts/1", "")
		if a.status != 200 {
			t.Fatalf("draft: %d", a.status)
		}
		return a.body
	}
	change("1", "high", "Before anybody saw it.")
	if body := shown(); strings.Contains(body, "Before anybody") || strings.Contains(body, "Secure") {
		t.Error("a provisional score is shown")
	}
	teacher.post("/essays/" + draft + "/publish")
	if body := shown(); strings.Contains(body, "Changed after publication") || !strings.Contains(body, "Before anybody saw it.") {
		t.Error("a score that was overruled before is not shown as it is")
	}
	change("2", "low", "I have read it again.")
	for _, want := range []string{"Changed after publication by Teacher", "Secure → Beginning", "Too strict", "I have read it again."} {
		if !strings.Contains(shown(), want) {
			t.Errorf("%q is not shown", want)
		}
	}
}

func TestReviewPages(t *testing.T) {
	s := newSite(t, nil)
	draft, session, score := s.judged("People add because they count.")
	ann, teacher, admin := s.as(s.ann), s.as(s.teacher), s.as(s.admin)
	if a := teacher.call("GET", "/essays?class_id="+s.class+"&activity_id=demo.why", ""); a.status != 200 || !strings.Contains(a.body, `value="`+draft+`"`) || !strings.Contains(a.body, "/essays/"+draft+"?activity_id=demo.why&amp;class_id="+s.class) {
		t.Errorf("queue: %d %s", a.status, a.body)
	}
	if a := s.as(s.stranger).call("GET", "/essays", ""); strings.Contains(a.body, draft) {
		t.Error("another class's teacher has the draft in the queue")
	}
	if a := teacher.call("GET", "/classes/"+s.class, ""); !strings.Contains(a.body, `href="/essays?class_id=`+s.class) || !strings.Contains(a.body, "/publishing") {
		t.Errorf("the class: %s", a.body)
	}
	a := teacher.post("/essays/publish", "class_id", s.class, "all", "1", "ready_ids", draft)
	if want := "/essays?class_id=" + s.class + "&left_out=0&published=1"; a.status != 303 || a.header.Get("Location") != want {
		t.Errorf("publish: %d %s, want %s", a.status, a.header.Get("Location"), want)
	}
	if a := teacher.post("/essays/" + draft + "/publish"); a.status != 303 || !strings.HasSuffix(a.header.Get("Location"), "?notice=published_now") {
		t.Errorf("publish again: %d %s", a.status, a.header.Get("Location"))
	}
	a = ann.post("/s/"+session+"/appeals", "draft_id", draft, "score_id", score.ID, "text", "Look <again>.")
	if want := "/s/" + session + "/drafts/1#criterion-thesis"; a.status != 303 || a.header.Get("Location") != want {
		t.Fatalf("appeal: %d %s, want %s", a.status, a.header.Get("Location"), want)
	}
	if a := ann.post("/s/"+session+"/appeals", "draft_id", draft, "score_id", score.ID, "text", "Once more."); a.status != http.StatusConflict || !strings.Contains(a.body, "Once more.") || !strings.Contains(a.body, "Look &lt;again&gt;.") {
		t.Errorf("a second appeal: %d %s", a.status, a.body)
	}
	essay, err := s.store.EssayOf(t.Context(), s.ann, draft)
	if err != nil {
		t.Fatal(err)
	}
	appeal := essay.Drafts[0].Appeals[0].ID
	if a := teacher.call("GET", "/essays/"+draft, ""); !strings.Contains(a.body, "Look &lt;again&gt;.") || !strings.Contains(a.body, `name="seen" value="1"`) {
		t.Errorf("the draft's page: %s", a.body)
	}
	answer := "/essays/" + draft + "/appeals/" + appeal
	if a := teacher.post(answer+"/answer", "text", " ", "seen", "1"); a.status != http.StatusBadRequest {
		t.Errorf("an answer without words: %d", a.status)
	}
	if a := teacher.post(answer+"/answer", "text", "I did.", "seen", "1"); a.status != 303 || !strings.HasSuffix(a.header.Get("Location"), "#c-thesis") {
		t.Errorf("answer: %d %s", a.status, a.header.Get("Location"))
	}
	a = admin.post(answer+"/answer", "text", "So did I.", "seen", "1")
	if a.status != http.StatusConflict || !strings.Contains(a.body, "I did.") || !strings.Contains(a.body, "So did I.</textarea>") || !strings.Contains(a.body, `name="seen" value="2"`) {
		t.Errorf("a second answer: %d %s", a.status, a.body)
	}
	if a := admin.post(answer+"/answer", "text", "So did I.", "seen", "2"); a.status != 303 {
		t.Errorf("beside the first: %d", a.status)
	}
	if a := ann.post("/s/" + session + "/appeals/" + appeal + "/close"); a.status != 303 {
		t.Errorf("close: %d %s", a.status, a.body)
	}
	if a := teacher.post(answer+"/close", "text", "Bye."); a.status != http.StatusConflict || !strings.Contains(a.body, "Bye.") || strings.Contains(a.body, "<textarea") {
		t.Errorf("close again: %d", a.status)
	}
}
