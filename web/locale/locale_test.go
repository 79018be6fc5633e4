package locale

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// plurals are the forms that CLDR asks of a language.
var plurals = map[string][]string{
	"en": {"one", "other"},
	"es": {"many", "one", "other"},
	"ar": {"few", "many", "one", "other", "two", "zero"},
}

func catalogue(t *testing.T, language string) map[string]any {
	t.Helper()
	parts, err := fs.Glob(files, "messages/*."+language+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	whole := map[string]any{}
	for _, name := range append(parts, "messages/"+language+".yaml") {
		raw, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var c map[string]any
		if err := yaml.UnmarshalWithOptions(raw, &c, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, message := range c {
			if _, twice := whole[key]; twice {
				t.Errorf("%s has %s, which another file of the language has too", name, key)
			}
			whole[key] = message
		}
	}
	return whole
}

var placeholder = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func placeholders(s string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// TestCatalogues has every language say the same: the same keys, the same
// placeholders, and each plural in the forms of the language.
func TestCatalogues(t *testing.T) {
	english := catalogue(t, "en")
	for _, language := range Languages {
		c := catalogue(t, language)
		for key := range english {
			if _, ok := c[key]; !ok {
				t.Errorf("%s lacks %s", language, key)
			}
		}
		for key, message := range c {
			switch message := message.(type) {
			case string:
				want, ok := english[key].(string)
				if !ok || message == "" || !slices.Equal(placeholders(message), placeholders(want)) {
					t.Errorf("%s: %s does not fit the English one", language, key)
				}
			case map[string]any:
				if got := slices.Sorted(maps.Keys(message)); !slices.Equal(got, plurals[language]) {
					t.Errorf("%s: %s has the forms %v, want %v", language, key, got, plurals[language])
				}
				if _, ok := english[key].(map[string]any); !ok {
					t.Errorf("%s: %s is a plural, in English it is not", language, key)
				}
			}
		}
	}
}

// sources are what uses the catalogue: templates, the server and the script.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if name := d.Name(); strings.HasSuffix(name, "_test.go") || !slices.Contains([]string{".go", ".html"}, filepath.Ext(name)) {
			return nil
		}
		raw, err := os.ReadFile(path)
		all.Write(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

var used = regexp.MustCompile(`\{\{-?\s*tn? "(\w+)"|\(tn? "(\w+)"|(?:words\(r|p\.[TN]\(|\.T\(|\.N\()[, ]*"(\w+)"|\{\{strings ((?:"\w+" ?)+)\}\}`)

// TestUse finds words that are missing and words that nobody says.
func TestUse(t *testing.T) {
	english, source := catalogue(t, "en"), sources(t)
	found := 0
	for _, m := range used.FindAllStringSubmatch(source, -1) {
		for _, key := range strings.Fields(strings.ReplaceAll(strings.Join(m[1:], " "), `"`, " ")) {
			found++
			if _, ok := english[key]; !ok && !strings.HasSuffix(key, "_") {
				t.Errorf("%q is used and in no catalogue", key)
			}
		}
	}
	if found < 100 {
		t.Fatalf("found only %d uses; has the way templates ask for words changed?", found)
	}
	for key := range english {
		said := strings.Contains(source, `"`+key+`"`)
		for i, r := range key { // the beginning of a key that a code completes
			said = said || r == '_' && strings.Contains(source, `"`+key[:i+1]+`"`)
		}
		if !said {
			t.Errorf("%q is in the catalogues and not used", key)
		}
	}
}

func TestPrinter(t *testing.T) {
	b, err := New()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 12, 15, 0, 0, 0, time.UTC)
	cases := []struct{ language, want, got string }{
		{"en", "1 student", b.Printer("en").N("students", 1)},
		{"en", "24 students", b.Printer("en").N("students", 24)},
		{"es", "hace 2 días", b.Printer("es").Ago(now.Add(-50*time.Hour), now)},
		{"en", "yesterday", b.Printer("en").Ago(now.Add(-30*time.Hour), now)},
		{"en", "never", b.Printer("en").Ago(time.Time{}, now)},
		{"en", "2026-01-02", b.Printer("en").Ago(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), now)},
		{"ar", "طالبان", b.Printer("ar").N("students", 2)},
		{"ar", "3 طلاب", b.Printer("ar").N("students", 3)},
		{"ar", "11 طالبًا", b.Printer("ar").N("students", 11)},
		{"ar", "100 طالب", b.Printer("ar").N("students", 100)},
		{"en", "today", b.Printer("en").Until(now.Add(2*time.Hour), now)},
		{"en", "tomorrow", b.Printer("en").Until(now.Add(26*time.Hour), now)},
		{"fr", "Sign in", b.Printer("fr").T("sign_in")},
		{"en", "no_such_key", b.Printer("en").T("no_such_key")},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.language, c.got, c.want)
		}
	}
}

func TestMatch(t *testing.T) {
	b, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		preferences []string
		want        string
	}{
		{nil, "en"},
		{[]string{"", "ar-EG,ar;q=0.9,en;q=0.5"}, "ar"},
		{[]string{"es", "ar"}, "es"},
		{[]string{"xx", "es-419"}, "es"},
		{[]string{"\x00garbage;;", "de,fr"}, "en"},
	} {
		if got := b.Match(c.preferences...); got != c.want {
			t.Errorf("Match(%q) = %s, want %s", c.preferences, got, c.want)
		}
	}
}
