package page_test

import (
	"bytes"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"maieutic/web/locale"
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
