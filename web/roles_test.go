package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"maieutic/web"
)

// routed finds the routes where the server lists them.
var routed = regexp.MustCompile(`\b(?:api|pages)\("([^"]+)"`)

// TestRoles asks for every route as everybody. What a viewer may not see is not
// there; what they see and may not do is forbidden.
func TestRoles(t *testing.T) {
	s := newSite(t, nil, func(c *web.Config) { c.Documents = shelf{} })
	ann := s.as(s.ann)
	id, _ := ann.session()
	sock, _ := ann.hello(id, "", 0)
	sock.say("41")
	sock.until("status")
	turns, err := s.store.Turns(t.Context(), s.ann, id, 0)
	if err != nil || len(turns) != 3 || len(turns[1].Scores) != 1 {
		t.Fatalf("%+v, %v", turns, err)
	}
	draft, essay := ann.handIn("People add because they count.")
	score, level := turns[1].Scores[0].ID, turns[1].Scores[0].Criterion.Levels[1].ID
	essayScore := s.worked(draft).Feedback.Criteria[0].Score.ID
	if _, err := s.store.Publish(t.Context(), s.teacher, []string{draft}); err != nil {
		t.Fatal(err)
	}
	appeal, err := s.store.OpenAppeal(t.Context(), s.ann, draft, essayScore, "Look again.")
	if err != nil {
		t.Fatal(err)
	}
	who := []client{s.nobody(), s.as(s.ben), ann, s.as(s.stranger), s.as(s.teacher), s.as(s.admin), s.as(s.alien)}
	const form = "application/x-www-form-urlencoded"
	override := fmt.Sprintf(`{"level":%q,"reason":"too_strict"}`, level)
	said := func(c int) string { return fmt.Sprintf("id=%s&text=4%d", uuid.NewString(), c) }
	covered := map[string]bool{}
	for _, c := range []struct {
		pattern, path, body string
		headers             []string
		want                [7]int // nobody, another student, ann, another class's teacher, teacher, administrator, another school's
	}{
		{"POST /v1/login", "", `{}`, nil, [7]int{400, 400, 400, 400, 400, 400, 400}},
		{"GET /v1/me", "", "", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /v1/courses", "", "", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"POST /v1/sessions", "", `{"activity_id":"demo.sum"}`, nil, [7]int{401, 201, 201, 403, 403, 403, 403}},
		{"GET /v1/sessions", "?learner_id=" + s.ann.ID, "", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /v1/sessions", "?class_id=" + s.class, "", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /v1/sessions/{id}", "", "", nil, [7]int{401, 404, 200, 404, 200, 200, 404}},
		{"GET /v1/sessions/{id}/socket", "", "", nil, [7]int{401, 404, 400, 404, 400, 400, 404}}, // 400: found, and no subprotocol asked for
		{"GET /v1/learners/{id}/skills", "", "", nil, [7]int{401, 404, 200, 404, 200, 200, 404}},
		{"GET /v1/learners/{id}/skills/{skill}", "", "", nil, [7]int{401, 404, 200, 404, 200, 200, 404}},
		{"PUT /v1/scores/{id}", "", override, []string{"If-Match", `"1"`}, [7]int{401, 403, 403, 404, 200, 412, 404}},
		{"DELETE /v1/scores/{id}/override", "", "", []string{"If-Match", `"2"`}, [7]int{401, 403, 403, 404, 200, 412, 404}},
		{"POST /v1/activities/{id}/drafts", "", `{"id":"x","text":"x"}`, nil, [7]int{401, 400, 400, 403, 403, 403, 403}},
		{"GET /v1/drafts/{id}", "", "", nil, [7]int{401, 404, 200, 404, 200, 200, 404}},
		{"GET /v1/drafts/{id}/feedback", "", "", nil, [7]int{401, 404, 200, 404, 200, 200, 404}},
		{"GET /v1/sessions/{id}/drafts", "", "", nil, [7]int{401, 404, 200, 404, 200, 200, 404}},
		{"GET /v1/sessions/{id}/saved", "", "", nil, [7]int{401, 404, 200, 404, 404, 404, 404}},
		{"PUT /v1/sessions/{id}/saved", "", `{"text":"Pe","base":0}`, nil, [7]int{401, 404, 200, 404, 404, 404, 404}},
		{"POST /v1/publications", "", `{"draft_ids":["` + draft + `"]}`, nil, [7]int{401, 403, 403, 404, 200, 200, 404}},
		{"GET /v1/drafts/{id}/appeals", "", "", nil, [7]int{401, 404, 200, 404, 200, 200, 404}},
		{"POST /v1/drafts/{id}/appeals", "", `{"score_id":"` + essayScore + `","text":"Look again."}`, nil, [7]int{401, 404, 201, 403, 403, 403, 403}},
		{"POST /v1/appeals/{id}/answer", "", `{"text":"I did."}`, nil, [7]int{401, 403, 403, 404, 200, 409, 404}},
		{"POST /v1/appeals/{id}/close", "", "", nil, [7]int{401, 404, 200, 404, 409, 409, 404}},
		{"GET /v1/rubrics", "?course_id=demo", "", nil, [7]int{401, 200, 200, 200, 200, 200, 404}},
		{"GET /v1/rubrics/{id}", "", "", nil, [7]int{401, 200, 200, 200, 200, 200, 404}},
		{"GET /v1/rubrics/{id}", "?format=ora", "", nil, [7]int{401, 200, 200, 200, 200, 200, 404}},
		{"POST /v1/rubrics", "?course_id=demo", rubricFile, nil, [7]int{401, 403, 403, 201, 201, 201, 404}},
		{"POST /v1/rubrics", "?into=demo.essay&dry_run", rubricFile, nil, [7]int{401, 403, 403, 200, 200, 200, 404}},
		{"POST /v1/assignments", "", `{"learner_id":"` + s.ann.ID + `","activity_id":"demo.sum"}`, nil, [7]int{401, 403, 403, 404, 204, 204, 404}},
		{"POST /v1/documents", "", "A draft.", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"/v1/", "", "", nil, [7]int{404, 404, 404, 404, 404, 404, 404}},
		{"GET /livez", "", "", nil, [7]int{200, 200, 200, 200, 200, 200, 200}},
		{"GET /readyz", "", "", nil, [7]int{503, 503, 503, 503, 503, 503, 503}}, // the tests' cluster has fsync off
		{"GET /metrics", "", "", nil, [7]int{200, 200, 200, 200, 200, 200, 200}},
		{"GET /metrics", "", "", []string{"X-Forwarded-For", "203.0.113.7"}, [7]int{403, 403, 403, 403, 403, 200, 200}},
		{"GET /login", "", "", nil, [7]int{200, 303, 303, 303, 303, 303, 303}},
		{"POST /login", "", "email=&password=", []string{"Content-Type", form}, [7]int{400, 400, 400, 400, 400, 400, 400}},
		{"POST /language", "", "language=en", []string{"Content-Type", form}, [7]int{303, 303, 303, 303, 303, 303, 303}},
		{"GET /{$}", "", "", nil, [7]int{303, 200, 200, 200, 200, 200, 200}},
		{"POST /start", "", "activity_id=demo.sum", []string{"Content-Type", form}, [7]int{303, 303, 303, 403, 403, 403, 403}},
		{"GET /s/{id}", "", "", nil, [7]int{303, 404, 200, 404, 200, 200, 404}},
		{"POST /s/{id}/say", "", said(1), []string{"Content-Type", form}, [7]int{303, 404, 303, 403, 403, 403, 403}},
		{"POST /s/{id}/hint", "", said(2), []string{"Content-Type", form}, [7]int{303, 404, 303, 403, 403, 403, 403}},
		{"POST /s/{id}/scores/{score}", "", "version=3&level=" + level + "&reason=other", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 200, 409, 404}},
		{"POST /s/{id}/scores/{score}/undo", "", "version=4", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 200, 409, 404}},
		{"GET /s/{id}/talk", "", "", nil, [7]int{303, 404, 200, 404, 200, 200, 404}},
		{"GET /s/{id}/drafts/{n}", "", "", nil, [7]int{303, 404, 200, 404, 200, 200, 404}},
		{"GET /s/{id}/compare", "?from=1&to=1", "", nil, [7]int{303, 404, 200, 404, 200, 200, 404}},
		{"POST /s/{id}/drafts", "", "id=x&text=People", []string{"Content-Type", form}, [7]int{303, 404, 400, 404, 403, 403, 404}},
		{"GET /agreement", "", "", nil, [7]int{303, 403, 403, 200, 200, 200, 200}},
		{"POST /agreement/accept", "", "activity=demo.why&criterion=thesis&structure=s", []string{"Content-Type", form}, [7]int{303, 403, 403, 409, 409, 409, 409}},
		{"POST /agreement/withdraw", "", "id=" + uuid.NewString(), []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 404, 404, 404}},
		{"POST /agreement/sample", "", "activity=demo.why&marker=stranger@school.example&n=1", []string{"Content-Type", form}, [7]int{303, 403, 403, 303, 303, 303, 404}},
		{"GET /marking/{id}", "", "", nil, [7]int{303, 403, 403, 404, 404, 404, 404}},
		{"POST /marking/{id}", "", "level-thesis=high", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 404, 404, 404}},
		{"GET /skills", "", "", nil, [7]int{303, 200, 200, 200, 200, 200, 200}},
		{"GET /learners/{id}", "", "", nil, [7]int{303, 403, 403, 404, 200, 200, 404}},
		{"GET /learners/{id}/skills/{skill}", "", "", nil, [7]int{303, 404, 200, 404, 200, 200, 404}},
		{"GET /c/{course}/{lesson}", "", "", nil, [7]int{303, 200, 200, 200, 200, 200, 404}},
		{"GET /classes/{id}", "", "", nil, [7]int{303, 403, 403, 404, 200, 200, 404}},
		{"POST /classes/{id}/assign", "", "activity_id=demo.sum", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 303, 303, 404}},
		{"POST /classes/{id}/teach", "", "course_id=demo&reading_level=simple&instructions=Say+sum.", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 303, 303, 404}},
		{"POST /classes/{id}/publishing", "", "course_id=demo", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 303, 303, 404}},
		{"GET /essays", "", "", nil, [7]int{303, 403, 403, 200, 200, 200, 200}},
		{"GET /essays", "?class_id=" + s.class, "", nil, [7]int{303, 403, 403, 404, 200, 200, 404}},
		{"POST /essays/publish", "", "draft_ids=" + draft, []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 303, 303, 404}},
		{"GET /essays/{draft}", "", "", nil, [7]int{303, 403, 403, 404, 200, 200, 404}},
		{"POST /essays/{draft}/publish", "", "", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 303, 303, 404}},
		{"POST /essays/{draft}/scores/{score}", "", "version=1&level=high&reason=other", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 200, 409, 404}},
		{"POST /essays/{draft}/scores/{score}/undo", "", "version=2", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 200, 409, 404}},
		{"POST /essays/{draft}/appeals/{appeal}/answer", "", "text=So.&seen=3", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 409, 409, 404}}, // closed above
		{"POST /essays/{draft}/appeals/{appeal}/close", "", "", []string{"Content-Type", form}, [7]int{303, 403, 403, 404, 409, 409, 404}},
		{"POST /s/{id}/appeals", "", "text=Again.&draft_id=" + draft + "&score_id=" + essayScore, []string{"Content-Type", form}, [7]int{303, 404, 303, 403, 403, 403, 403}},
		{"POST /s/{id}/appeals/{appeal}/close", "", "", []string{"Content-Type", form}, [7]int{303, 404, 409, 404, 409, 409, 404}},
		{"GET /rubrics", "", "", nil, [7]int{303, 403, 403, 200, 200, 200, 200}},
		{"POST /rubrics", "", "", []string{"Content-Type", form}, [7]int{303, 403, 403, 400, 400, 400, 400}},
		{"GET /rubrics/new", "?course_id=demo", "", nil, [7]int{303, 403, 403, 200, 200, 200, 404}},
		{"POST /rubrics/new", "", newRubric, []string{"Content-Type", form}, [7]int{303, 403, 403, 303, 303, 303, 404}},
		{"GET /rubrics/{id}", "", "", nil, [7]int{303, 403, 403, 200, 200, 200, 404}},
		{"GET /rubrics/{id}/file", "?format=canvas", "", nil, [7]int{303, 403, 403, 200, 200, 200, 404}},
		{"GET /rubrics/{id}/edit", "", "", nil, [7]int{303, 403, 403, 200, 200, 200, 404}},
		{"POST /rubrics/{id}/edit", "", "do=add-criterion", []string{"Content-Type", form}, [7]int{303, 403, 403, 200, 200, 200, 404}},
		{"POST /rubrics/{id}/apply", "", "rubric=x", []string{"Content-Type", form}, [7]int{303, 403, 403, 400, 400, 400, 400}},
		{"GET /model", "", "", nil, [7]int{303, 403, 403, 403, 403, 200, 200}},
		{"POST /model", "", "learner_cap=x", []string{"Content-Type", form}, [7]int{303, 400, 400, 400, 400, 400, 400}},
		{"POST /model", "", "external=on&learner_cap=40000", []string{"Content-Type", form}, [7]int{303, 403, 403, 403, 403, 303, 303}}, // each for their own school
		{"/", "nothing", "", nil, [7]int{404, 404, 404, 404, 404, 404, 404}},
		{"POST /v1/logout", "", "", nil, [7]int{204, 204, 204, 204, 204, 204, 204}},
		{"POST /logout", "", "", nil, [7]int{303, 303, 303, 303, 303, 303, 303}},
	} {
		covered[c.pattern] = true
		method, path, ok := strings.Cut(c.pattern, " ")
		if !ok {
			method, path = "GET", c.pattern
		}
		entity, scored := id, score
		if strings.HasPrefix(path, "/essays/") {
			scored = essayScore
		}
		switch {
		case strings.HasPrefix(path, "/v1/appeals/"):
			entity = appeal.ID
		case strings.HasPrefix(path, "/v1/sessions/{id}/drafts"), strings.HasPrefix(path, "/v1/sessions/{id}/saved"), path == "/s/{id}/talk", path == "/s/{id}/compare",
			strings.HasPrefix(path, "/s/{id}/drafts"):
			entity = essay
		case strings.Contains(path, "/drafts/"):
			entity = draft
		case strings.Contains(path, "/v1/activities/"):
			entity = "demo.why"
		case strings.Contains(path, "/learners/"):
			entity = s.ann.ID
		case strings.Contains(path, "/v1/scores/"):
			entity = score
		case strings.Contains(path, "/rubrics/"):
			entity = "demo.essay"
		case strings.Contains(path, "/classes/"):
			entity = s.class
		}
		path = strings.NewReplacer("{$}", "", "{id}", entity, "{score}", scored, "{n}", "1", "{draft}", draft, "{appeal}", appeal.ID, "{skill}", "demo.add", "{course}", "demo", "{lesson}", "adding").Replace(path) + c.path
		for i, want := range c.want {
			a := who[i].call(method, path, c.body, c.headers...)
			if a.status != want {
				t.Errorf("%s %s as %d: %d, want %d: %.300s", method, path, i, a.status, want, a.body)
			}
			stranger := i != 2 && i != 4 && i != 5
			if sees := strings.Contains(a.body, `"learner_id":"`+s.ann.ID); strings.HasPrefix(path, "/v1/sessions?") && sees == stranger {
				t.Errorf("%s as %d: %.300s", path, i, a.body)
			}
			if asked := strings.HasPrefix(a.header.Get("Location"), "/login"); i == 0 && a.status == 303 && !asked && !strings.HasPrefix(path, "/lang") {
				t.Errorf("%s %s sends somebody who is not signed in to %q", method, path, a.header.Get("Location"))
			}
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range routed.FindAllStringSubmatch(string(source), -1) {
			if !covered[m[1]] {
				t.Errorf("nobody has asked for %s", m[1])
			}
		}
	}
}
