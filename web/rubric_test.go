package web_test

import (
	"bytes"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"maieutic/tutor"
)

// rubricFile is a rubric of another system: the course's own with a level more.
const rubricFile = `{"title":"Essay","criteria":[{"name":"thesis","label":"Thesis","options":[
	{"name":"low","label":"Beginning","points":0},{"name":"high","label":"Secure","points":1},{"name":"top","label":"Masterly","points":3}]}]}`

// newRubric is what the form of a new rubric sends.
const newRubric = "do=save&course_id=demo&title=New&criteria=1&c0.title=Ideas&c0.weight=1&c0.levels=2&c0.l0.title=No&c0.l0.points=0&c0.l1.title=Yes&c0.l1.points=1,5"

// fields are those of a form on a page, with what stands in them.
func fields(t *testing.T, page string) []string {
	t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`<(input|textarea)([^>]*)>([^<]*)`).FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(` name="([^"]*)"`).FindStringSubmatch(m[2])
		value := regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(m[2])
		switch {
		case name == nil, strings.Contains(m[2], `type="checkbox"`) && !strings.Contains(m[2], " checked"):
		case m[1] == "textarea":
			out = append(out, name[1], html.UnescapeString(m[3]))
		case value != nil:
			out = append(out, name[1], html.UnescapeString(value[1]))
		default:
			out = append(out, name[1], "")
		}
	}
	if len(out) == 0 {
		t.Fatalf("no form in %.300s", page)
	}
	return out
}

func with(fields []string, name, value string) []string {
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == name {
			fields[i+1] = value
			return fields
		}
	}
	return append(fields, name, value)
}

// TestRubricIsEdited goes the teacher's way without a script: the form, another
// row, what it would do, and doing it.
func TestRubricIsEdited(t *testing.T) {
	s := newSite(t, nil)
	teacher := s.as(s.teacher)
	s.as(s.ann).handIn("People add because they count.")
	form := fields(t, teacher.call("GET", "/rubrics/demo.essay/edit", "").body)
	a := teacher.post("/rubrics/demo.essay/edit", append(form, "do", "add-level:0")...)
	form = fields(t, a.body)
	if a.status != 200 || !strings.Contains(a.body, `name="c0.l2.points"`) {
		t.Fatalf("no third level: %d", a.status)
	}
	form = with(with(form, "c0.l2.title", "Masterly <b>"), "c0.l2.points", "many")
	a = teacher.post("/rubrics/demo.essay/edit", append(form, "do", "preview")...)
	if a.status != 400 || !strings.Contains(a.body, "level 3: its points") || !strings.Contains(a.body, "Masterly &lt;b&gt;") {
		t.Fatalf("%d %.600s", a.status, a.body)
	}
	form = with(fields(t, a.body), "c0.l2.points", "2,5")
	a = teacher.post("/rubrics/demo.essay/edit", append(form, "do", "preview")...)
	if a.status != 200 || !strings.Contains(a.body, "Level added") || !strings.Contains(a.body, "Not read yet") {
		t.Fatalf("%d %.600s", a.status, a.body)
	}
	if now, err := s.store.Rubric(t.Context(), s.teacher, "demo.essay", ""); err != nil || len(now.Rubric.Criteria[0].Levels) != 2 {
		t.Errorf("looking has changed it: %+v, %v", now, err)
	}
	apply := fields(t, a.body)
	if a = teacher.post("/rubrics/demo.essay/apply", apply...); a.status != 303 {
		t.Fatalf("%d %.600s", a.status, a.body)
	}
	now, err := s.store.Rubric(t.Context(), s.teacher, "demo.essay", "")
	if err != nil || now.By != "Teacher" {
		t.Fatalf("%+v, %v", now, err)
	}
	c := now.Rubric.Criteria[0]
	if len(c.Levels) != 3 || c.Levels[2].Points != 2.5 || c.Levels[0].ID != "low" || len(c.Skills) != 1 || c.ID != "thesis" {
		t.Errorf("%+v", c)
	}
	if a = teacher.post("/rubrics/demo.essay/apply", apply...); a.status != http.StatusConflict {
		t.Errorf("a second time: %d", a.status)
	}
	a = teacher.call("GET", "/rubrics/demo.essay?saved", "")
	if !strings.Contains(a.body, "Level added") || !strings.Contains(a.body, "Masterly &lt;b&gt;") {
		t.Errorf("%.900s", a.body)
	}
	// The others of the buttons.
	form = fields(t, teacher.call("GET", "/rubrics/demo.essay/edit", "").body)
	form = fields(t, teacher.post("/rubrics/demo.essay/edit", append(form, "do", "add-criterion")...).body)
	form = with(form, "c1.title", "Style")
	form = fields(t, teacher.post("/rubrics/demo.essay/edit", append(form, "do", "up:1")...).body)
	form = fields(t, teacher.post("/rubrics/demo.essay/edit", append(form, "do", "remove-level:1.2")...).body)
	body := teacher.post("/rubrics/demo.essay/edit", append(form, "do", "remove-criterion:7")...).body
	if !strings.Contains(body, `name="c0.title" value="Style"`) || !strings.Contains(body, `name="c1.levels" value="2"`) || !strings.Contains(body, `name="criteria" value="2"`) {
		t.Errorf("%.2000s", body)
	}
}

// upload sends a file as a form does.
func (c client) upload(data string, fields ...string) answer {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			c.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "rubric.json")
	if err != nil {
		c.t.Fatal(err)
	}
	fmt.Fprint(part, data)
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	return c.call("POST", "/rubrics", body.String(), "Content-Type", form.FormDataContentType())
}

func TestRubricFiles(t *testing.T) {
	s := newSite(t, nil)
	teacher := s.as(s.teacher)
	a := teacher.upload(rubricFile, "course_id", "demo")
	if a.status != 303 || !strings.HasPrefix(a.header.Get("Location"), "/rubrics/") {
		t.Fatalf("%d %.400s", a.status, a.body)
	}
	made, _, _ := strings.Cut(a.header.Get("Location"), "?")
	for format, kind := range map[string]string{"canvas": "text/csv; charset=utf-8", "ora": "application/json", "case": "application/json"} {
		file := teacher.call("GET", made+"/file?format="+format, "")
		if file.status != 200 || file.header.Get("Content-Type") != kind || !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment; filename=essay.") {
			t.Errorf("%s: %d %v", format, file.status, file.header)
		}
		again := teacher.upload(file.body, "into", "demo.essay", "format", format)
		if again.status != 200 || !strings.Contains(again.body, "Level added") {
			t.Errorf("%s: %d %.600s", format, again.status, again.body)
		}
	}
	if a := teacher.upload("PK\x03\x04\xff", "course_id", "demo"); a.status != 400 || !strings.Contains(a.body, "UTF-8") {
		t.Errorf("%d %.300s", a.status, a.body)
	}
	lost := strings.Replace(rubricFile, `"criteria":[`, `"criteria":[{"name":"say","label":"Say more","options":[]},`, 1)
	if a := teacher.upload(lost, "course_id", "demo"); a.status != 200 || !strings.Contains(a.body, "Say more") || !strings.Contains(a.body, "1 rubric was added") {
		t.Errorf("%d %.900s", a.status, a.body)
	}
	if a := teacher.upload(strings.Repeat(" ", 6<<20), "course_id", "demo"); a.status != 400 {
		t.Errorf("a large file: %d", a.status)
	}
}

func TestRubricAPI(t *testing.T) {
	s := newSite(t, nil)
	teacher := s.as(s.teacher)
	var list []struct{ ID, Version string }
	teacher.call("GET", "/v1/rubrics?course_id=demo", "").into(t, &list)
	if len(list) != 1 || list[0].ID != "demo.essay" {
		t.Fatalf("%+v", list)
	}
	var plan struct {
		Outcome struct{ Change tutor.RubricChangeKind }
	}
	teacher.call("POST", "/v1/rubrics?into=demo.essay&dry_run", rubricFile).into(t, &plan)
	if plan.Outcome.Change != tutor.RubricLevelAdded {
		t.Errorf("%+v", plan)
	}
	if a := teacher.call("POST", "/v1/rubrics?into=demo.essay", rubricFile); a.status != 400 {
		t.Errorf("without If-Match: %d", a.status)
	}
	if a := teacher.call("POST", "/v1/rubrics?into=demo.essay", rubricFile, "If-Match", `"`+list[0].Version+`"`); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := teacher.call("POST", "/v1/rubrics?into=demo.essay", rubricFile, "If-Match", `"`+list[0].Version+`"`); a.status != 412 {
		t.Errorf("with an old version: %d %s", a.status, a.body)
	}
	var old struct {
		Current  bool
		Criteria []struct{ Levels []struct{ ID string } }
	}
	s.as(s.ann).call("GET", "/v1/rubrics/demo.essay?version="+list[0].Version, "").into(t, &old)
	if old.Current || len(old.Criteria) != 1 || len(old.Criteria[0].Levels) != 2 {
		t.Errorf("%+v", old)
	}
	file := teacher.call("GET", "/v1/rubrics/demo.essay?format=canvas", "")
	if losses := file.header.Values("Maieutic-Loss"); !strings.HasPrefix(file.body, "Rubric Name,Criteria Name,") || len(losses) == 0 || losses[0] != "skills" {
		t.Errorf("%v %s", losses, file.body)
	}
}
