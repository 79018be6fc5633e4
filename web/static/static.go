// Package static holds what `make bundle` has built: the pages' script and
// style, and the TeX renderer.
package static

import (
	"embed"
	"encoding/json"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	"maieutic/tutor"
)

//go:embed all:dist
var files embed.FS

// prefix is where Handler is mounted.
const prefix = "/static/"

var manifest = sync.OnceValues(func() (map[string]string, error) {
	raw, err := files.ReadFile("dist/manifest.json")
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeUnavailable, "this binary was built without its pages; build it with: make build")
	}
	var m map[string]string
	return m, json.Unmarshal(raw, &m)
})

// Check reports a binary that was built without its pages.
func Check() error {
	_, err := manifest()
	return err
}

// Path returns the address of a built file ("client.js", "style.css"). It
// changes with the content.
func Path(name string) string {
	m, err := manifest()
	if err != nil {
		return prefix + name
	}
	return prefix + m[name]
}

// File returns a built file that is not served.
func File(name string) ([]byte, error) {
	if err := Check(); err != nil {
		return nil, err
	}
	raw, err := files.ReadFile(path.Join("dist", name))
	return raw, tutor.WrapError(err, tutor.CodeUnavailable, "the built file "+name+" is missing; build with: make build")
}

// Handler serves what Path names. A name belongs to one content for ever, so
// browsers keep it.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, prefix)
		if !served(name) {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Add("Vary", "Accept-Encoding")
		file := path.Join("dist", name)
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			file += ".gz"
		}
		raw, err := files.ReadFile(file)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(raw)
	})
}

func served(name string) bool {
	m, err := manifest()
	if err != nil {
		return false
	}
	for _, hashed := range m {
		if hashed == name {
			return true
		}
	}
	return false
}
