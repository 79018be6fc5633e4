// Package page holds the pages: their templates and what each one shows.
package page

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"maieutic/tutor"
	"maieutic/web/locale"
	"maieutic/web/render"
	"maieutic/web/static"
)

//go:embed templates/*.html
var files embed.FS

// Renderer renders pages. It is safe for concurrent use.
type Renderer struct {
	bundle *locale.Bundle
	words  *render.Renderer
	pages  map[string]map[string]*template.Template // by language and name
	now    func() time.Time
}

// New parses every template in every language. Words renders what people and
// authors wrote; now is the clock behind "3 days ago".
func New(bundle *locale.Bundle, words *render.Renderer, now func() time.Time) (*Renderer, error) {
	r := &Renderer{bundle: bundle, words: words, pages: map[string]map[string]*template.Template{}, now: now}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, lang := range locale.Languages {
		r.pages[lang] = map[string]*template.Template{}
		for _, file := range names {
			name := strings.TrimSuffix(path.Base(file), ".html")
			if name == "layout" || strings.HasSuffix(name, "parts") {
				continue
			}
			t, err := template.New("layout.html").Funcs(r.funcs(bundle.Printer(lang))).
				ParseFS(files, "templates/layout.html", "templates/*parts.html", file)
			if err != nil {
				return nil, tutor.WrapError(err, tutor.CodeInternal, "the page "+name+" cannot be read")
			}
			r.pages[lang][name] = t
		}
	}
	return r, nil
}

func (r *Renderer) funcs(p *locale.Printer) template.FuncMap {
	return template.FuncMap{
		"t": p.T, "tn": p.N, "lang": p.Language, "dir": p.Dir,
		"ago":     func(t time.Time) string { return p.Ago(t, r.now()) },
		"until":   func(t time.Time) string { return p.Until(t, r.now()) },
		"stamp":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"percent": percent, // a whole number, for attributes
		"pct":     func(v float64) string { return p.T("percent", "N", percent(v)) },
		"maths":   r.words.Plain, // plain text with TeX in it, such as a title
		"marked":  r.marked, "initial": initial, "columns": columns, "with_id": withID, "course_title": courseTitle,
		"static": static.Path,
		"known": func(prefix, code string) string { // words for a code, the code itself when there are none
			if key := prefix + code; p.Has(key) {
				return p.T(key)
			}
			return strings.ReplaceAll(code, "_", " ")
		},
		"languages": func() []string { return locale.Languages },
		"languageName": func(tag string) string {
			return map[string]string{"en": "English", "es": "Español", "ar": "العربية"}[tag]
		},
		"levels":  func() []tutor.ReadingLevel { return tutor.ReadingLevels },
		"reasons": func() []tutor.OverrideReason { return tutor.OverrideReasons },
		// strings are the words that the script needs, as JSON. A placeholder
		// stays one: {{.N}} becomes {N}.
		"strings": func(keys ...string) (string, error) {
			words := map[string]string{}
			for _, k := range keys {
				words[k] = p.T(k, "N", "{N}", "All", "{All}", "K", "{K}")
			}
			raw, err := json.Marshal(words)
			return string(raw), err
		},
	}
}

// marked is what a student said with the evidence of its scores marked.
func (r *Renderer) marked(t Turn) template.HTML {
	var quotes []tutor.Quote
	for _, s := range t.Scores {
		quotes = append(quotes, s.Quotes...)
	}
	return r.words.Marked(t.Text, quotes)
}

// View is what every page has.
type View struct {
	Title    string
	Language string // a supported one
	Account  *tutor.Account
	Here     string // path of the page, for the language switch and the navigation
	Data     any    // the struct of the page
}

// Render writes a page with a status. A template that fails leaves the response
// untouched.
func (r *Renderer) Render(w http.ResponseWriter, status int, name string, v View) error {
	t := r.pages[v.Language][name]
	if t == nil {
		return tutor.Errorf(tutor.CodeInternal, "there is no page %q in %q", name, v.Language)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return tutor.WrapError(err, tutor.CodeInternal, "the page could not be made")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}
