// Package locale holds every word of the interface, in each language.
package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"maieutic/tutor"
)

//go:embed messages/*.yaml
var files embed.FS

// Languages are those with a catalogue, the fallback first.
var Languages = []string{"en", "es", "ar"}

// Bundle holds the catalogues. It is safe for concurrent use.
type Bundle struct {
	printers map[string]*Printer
	matcher  language.Matcher
}

// New reads the embedded catalogues.
func New() (*Bundle, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	b := &Bundle{printers: map[string]*Printer{}}
	var tags []language.Tag
	for _, lang := range Languages {
		if err := load(bundle, lang); err != nil {
			return nil, tutor.WrapError(err, tutor.CodeInternal, "the catalogue for "+lang+" cannot be read")
		}
		tags = append(tags, language.Make(lang))
		b.printers[lang] = &Printer{language: lang, localizer: i18n.NewLocalizer(bundle, lang)}
	}
	b.matcher = language.NewMatcher(tags)
	return b, nil
}

// load reads the catalogue of a language: its file, and one for each part of the
// site that has its own.
func load(bundle *i18n.Bundle, lang string) error {
	parts, err := fs.Glob(files, "messages/*."+lang+".yaml")
	if err != nil {
		return err
	}
	for _, name := range append(parts, "messages/"+lang+".yaml") {
		if _, err := bundle.LoadMessageFileFS(files, name); err != nil {
			return err
		}
	}
	return nil
}

// Match returns the best supported language for a list of preferences, each a
// language tag or an Accept-Language header; empty ones are passed over.
func (b *Bundle) Match(preferences ...string) string {
	for _, p := range preferences {
		tags, _, err := language.ParseAcceptLanguage(p)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, i, confidence := b.matcher.Match(tags...); confidence > language.No {
			return Languages[i]
		}
	}
	return Languages[0]
}

// Printer returns the words of a supported language, of the fallback otherwise.
func (b *Bundle) Printer(lang string) *Printer {
	if p, ok := b.printers[lang]; ok {
		return p
	}
	return b.printers[Languages[0]]
}

// Printer speaks one language. It is safe for concurrent use.
type Printer struct {
	language  string
	localizer *i18n.Localizer
}

// Language is the BCP 47 tag.
func (p *Printer) Language() string { return p.language }

// Dir is "rtl" or "ltr".
func (p *Printer) Dir() string {
	if p.language == "ar" {
		return "rtl"
	}
	return "ltr"
}

// Has says whether the catalogue holds a key.
func (p *Printer) Has(key string) bool {
	_, tag, err := p.localizer.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: key})
	base, _ := tag.Base()
	return err == nil && base.String() == p.language
}

// T returns the words for a key. Pairs are names and values for its
// placeholders. A key that no catalogue holds shows itself: tests find it, and a
// reader is not left with nothing.
func (p *Printer) T(key string, pairs ...any) string {
	return p.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data(pairs)}, key)
}

// N is T for a number of things; the placeholder for it is N.
func (p *Printer) N(key string, n int, pairs ...any) string {
	values := data(pairs)
	values["N"] = n
	return p.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: values, PluralCount: n}, key)
}

func (p *Printer) localize(config *i18n.LocalizeConfig, key string) string {
	out, err := p.localizer.Localize(config)
	if out == "" && err != nil {
		return key
	}
	return out
}

func data(pairs []any) map[string]any {
	values := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return values
}

// Ago says how long ago something was, in words.
func (p *Printer) Ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return p.T("never")
	case d < time.Minute:
		return p.T("just_now")
	case d < time.Hour:
		return p.N("minutes_ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return p.N("hours_ago", int(d.Hours()))
	case d < 30*24*time.Hour:
		return p.N("days_ago", int(d.Hours()/24))
	}
	return t.Format(time.DateOnly)
}

// Until says when something is due, in words.
func (p *Printer) Until(t, now time.Time) string {
	days := int(t.Sub(now).Hours()/24 + .5)
	if days <= 0 {
		return p.T("today")
	}
	return p.N("in_days", days)
}
