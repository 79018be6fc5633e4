package page_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"maieutic/web/locale"
	"maieutic/web/static"
)

var update = flag.Bool("update", false, "write the golden files anew")

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

// hashed is the part of an address that changes with every build of the style.
var hashed = regexp.MustCompile(`\.[0-9a-f]{10}\.(js|css)`)

// TestGolden shows each page in each language as it was looked at and found
// good. Look at the pages again (see TestPages) before you run with -update.
func TestGolden(t *testing.T) {
	for _, f := range fixtures(t) {
		for _, language := range locale.Languages {
			got := hashed.ReplaceAll([]byte(f.html(t, language)), []byte(".$1"))
			file := filepath.Join("testdata", f.name+"."+language+".html")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s has changed; look at it, then run: go test ./web/page -update", file)
			}
		}
	}
}

// budget is what the cold chat page may weigh, compressed, in bytes.
const budget = 45 << 10

// TestWeight adds up what a browser loads for a talk the first time.
func TestWeight(t *testing.T) {
	var body bytes.Buffer
	w := must[*gzip.Writer](t)(gzip.NewWriterLevel(&body, gzip.BestCompression))
	for _, f := range fixtures(t) {
		if f.name == "chat" {
			must[int](t)(w.Write([]byte(f.html(t, "ar"))))
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	total := body.Len()
	for _, name := range []string{"client.js", "style.css", "icon.svg"} {
		r := httptest.NewRequest("GET", static.Path(name), nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := newRecorder()
		static.Handler().ServeHTTP(w, r)
		if w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: %d %v", name, w.Code, w.Header())
		}
		total += w.Body.Len()
	}
	t.Logf("%d bytes, %d of them the page", total, body.Len())
	if total > budget {
		t.Errorf("the cold chat page weighs %d bytes, the budget is %d", total, budget)
	}
}
