package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"maieutic/tutor"
	"maieutic/web"
)

// shelf is a reader of files that takes them for text, with their name as a note.
type shelf struct{}

func (shelf) Read(_ context.Context, file []byte, name string) (string, []string, error) {
	if bytes.HasPrefix(file, []byte("\x7fELF")) {
		return "", nil, tutor.Errorf(tutor.CodeInvalid, "This is no text.")
	}
	if name == "" {
		return string(file), nil, nil
	}
	return string(file), []string{name}, nil
}

func form(t *testing.T, field, name, content string) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func TestUpload(t *testing.T) {
	s := newSite(t, nil, func(c *web.Config) { c.Documents = shelf{} })
	ann := s.as(s.ann)
	named, kind := form(t, "file", "my essay.md", "Two words")
	other, otherKind := form(t, "picture", "a.md", "Two words")
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
		want       string
	}{
		{"form", named, []string{"Content-Type", kind}, http.StatusOK, `{"notes":["my essay.md"],"text":"Two words","words":2}`},
		{"body", "Two words", []string{"Content-Disposition", `attachment; filename="a.txt"`}, http.StatusOK, `{"notes":["a.txt"],"text":"Two words","words":2}`},
		{"body without a name", "Two words", nil, http.StatusOK, `{"notes":[],"text":"Two words","words":2}`},
		{"more than other requests may weigh", strings.Repeat("a ", 3<<20), nil, http.StatusOK, `"words":3145728`},
		{"no file", other, []string{"Content-Type", otherKind}, http.StatusBadRequest, "no file in the form"},
		{"broken form", "xx", []string{"Content-Type", kind}, http.StatusBadRequest, "no file in the form"},
		{"empty", "", nil, http.StatusBadRequest, "is empty"},
		{"too large", strings.Repeat("a", 8<<20+1), nil, http.StatusBadRequest, "larger than 8 MiB"},
		{"far too large", strings.Repeat("a", 9<<20), nil, http.StatusBadRequest, "larger than 8 MiB"},
		{"no text", "\x7fELF", nil, http.StatusBadRequest, "This is no text."},
	} {
		a := ann.call("POST", "/v1/documents", c.body, c.headers...)
		if a.status != c.status || !strings.Contains(a.body, c.want) {
			t.Errorf("%s: %d %.200s", c.name, a.status, a.body)
		}
	}
	if log := s.log.String(); strings.Contains(log, "Two words") || strings.Contains(log, "my essay") {
		t.Error("the log holds a draft or the name of a file")
	}
}

func TestUploadIsLimited(t *testing.T) {
	s := newSite(t, nil, func(c *web.Config) { c.Documents = shelf{} })
	last := answer{}
	for range 13 {
		last = s.as(s.ann).call("POST", "/v1/documents", "A draft.")
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", last.status, last.body)
	}
	if a := s.as(s.ben).call("POST", "/v1/documents", "A draft."); a.status != http.StatusOK {
		t.Errorf("somebody else: %d %s", a.status, a.body)
	}
}

func TestNoReaderOfFiles(t *testing.T) {
	s := newSite(t, nil)
	a := s.as(s.ann).call("POST", "/v1/documents", "A draft.")
	var problem struct{ Code tutor.Code }
	if err := json.Unmarshal([]byte(a.body), &problem); err != nil || problem.Code != tutor.CodeUnavailable {
		t.Errorf("%d %s, %v", a.status, a.body, err)
	}
}
