package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(t *testing.T, path, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestHandler(t *testing.T) {
	if err := Check(); err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]string{"client.js": "javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"} {
		plain, zipped := get(t, Path(name), ""), get(t, Path(name), "br, gzip")
		if plain.StatusCode != http.StatusOK || !strings.Contains(plain.Header.Get("Content-Type"), kind) ||
			!strings.Contains(plain.Header.Get("Cache-Control"), "immutable") || plain.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %s %v", name, plain.Status, plain.Header)
		}
		want, _ := io.ReadAll(plain.Body)
		if zipped.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s comes as %v", name, zipped.Header)
			continue
		}
		r, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != string(want) {
			t.Errorf("%s is another file when it is compressed (%v)", name, err)
		}
	}
	for _, path := range []string{"/static/temml.js", "/static/manifest.json", "/static/../static.go", "/static/", "/static/client.js"} {
		if got := get(t, path, "gzip").StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}
