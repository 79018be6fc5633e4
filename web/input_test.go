package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// Whatever stands in a path, a query or a body, the answer is a problem that
// names what is wrong, never a fault of the server's.
func TestOddValues(t *testing.T) {
	s := newSite(t, nil)
	ann, teacher := s.as(s.ann), s.as(s.teacher)
	id, _ := ann.session()
	odd := map[string]string{
		"NUL": "\x00", "NUL inside": "a\x00b", "invalid UTF-8": "\xff\xfe", "long": strings.Repeat("a", 5000),
		"a URN": "urn:uuid:" + id, "braces": "{" + id + "}", "no dashes": strings.ReplaceAll(id, "-", ""), "quote": "'; drop table turns --",
		"upper case": strings.ToUpper(id), "Arabic": "جلسة",
	}
	for what, value := range odd {
		escaped := url.PathEscape(value)
		query := url.QueryEscape(value)
		for _, path := range []string{
			"/v1/sessions/" + escaped, "/v1/sessions/" + escaped + "/socket", "/v1/learners/" + escaped + "/skills", "/v1/learners/" + s.ann.ID + "/skills/" + escaped,
			"/v1/sessions?status=" + query, "/v1/sessions?activity_id=" + query, "/v1/sessions?learner_id=" + query, "/v1/sessions?class_id=" + query, "/v1/sessions?before=" + query, "/v1/sessions?before=2026-01-01T00:00:00Z&before_id=" + query,
			"/s/" + escaped, "/c/" + escaped + "/adding", "/c/demo/" + escaped, "/classes/" + escaped, "/learners/" + escaped, "/learners/" + s.ann.ID + "/skills/" + escaped, "/login?next=" + query, "/" + escaped, "/static/" + escaped,
		} {
			for _, who := range []client{ann, teacher} {
				if a := who.call("GET", path, ""); a.status >= http.StatusInternalServerError {
					t.Errorf("%s: GET %.100s: %d %.200s", what, path, a.status, a.body)
				}
			}
		}
	}
	for what, value := range odd {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		field := string(raw)
		for _, c := range []struct{ method, path, body string }{
			{"POST", "/v1/login", `{"email":` + field + `,"password":"` + password + `"}`},
			{"POST", "/v1/login", `{"email":"ann@school.example","password":` + field + `}`},
			{"POST", "/v1/sessions", `{"activity_id":` + field + `}`},
			{"PUT", "/v1/scores/" + url.PathEscape(value), `{"level":"full","reason":"other"}`},
			{"PUT", "/v1/scores/" + id, `{"level":` + field + `,"reason":` + field + `,"note":` + field + `}`},
			{"DELETE", "/v1/scores/" + url.PathEscape(value) + "/override", ``},
			{"POST", "/v1/assignments", `{"class_id":` + field + `,"activity_id":"demo.sum"}`},
			{"POST", "/v1/assignments", `{"class_id":"` + s.class + `","activity_id":` + field + `}`},
		} {
			for _, who := range []client{ann, teacher} {
				a := who.call(c.method, c.path, c.body, "If-Match", `"1"`)
				if a.status < 400 || a.status >= http.StatusInternalServerError || !strings.Contains(a.body, `"code":"`) {
					t.Errorf("%s: %s %.80s %.80s: %d %.200s", what, c.method, c.path, c.body, a.status, a.body)
				}
			}
		}
		for _, c := range []struct{ path, form string }{
			{"/login", "email=" + url.QueryEscape(value) + "&password=" + url.QueryEscape(value)},
			{"/start", "activity_id=" + url.QueryEscape(value)},
			{"/language", "language=" + url.QueryEscape(value) + "&next=" + url.QueryEscape(value)},
			{"/s/" + url.PathEscape(value) + "/say", "id=" + uuid.NewString() + "&text=42"},
			{"/s/" + id + "/say", "id=" + url.QueryEscape(value) + "&text=42"},
			{"/s/" + id + "/say", "id=" + uuid.NewString() + "&text=" + url.QueryEscape(value)},
			{"/s/" + id + "/scores/" + url.PathEscape(value), "version=1&level=full&reason=other"},
			{"/classes/" + s.class + "/assign", "learner_id=" + url.QueryEscape(value) + "&activity_id=" + url.QueryEscape(value)},
		} {
			for _, who := range []client{ann, teacher} {
				a := who.call("POST", c.path, c.form, "Content-Type", "application/x-www-form-urlencoded")
				if a.status >= http.StatusInternalServerError {
					t.Errorf("%s: POST %.80s %.80s: %d %.200s", what, c.path, c.form, a.status, a.body)
				}
			}
		}
	}
	if strings.Contains(s.log.String(), "level=ERROR") {
		t.Errorf("log %s", s.log.String())
	}
}
