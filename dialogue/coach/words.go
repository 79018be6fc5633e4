package coach

import (
	"embed"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"maieutic/rubric/essay"
)

//go:embed phrases/*.json
var phraseFiles embed.FS

// Languages are those that the coach speaks, the fallback first.
var Languages = []string{"en", "es", "ar"}

// catalogues hold, by language and code, the ways to put a finding.
var catalogues = load()

func load() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for _, lang := range Languages {
		raw, err := phraseFiles.ReadFile("phrases/" + lang + ".json")
		if err != nil {
			panic(err) // embedded
		}
		var c map[string][]string
		if err := json.Unmarshal(raw, &c); err != nil {
			panic(fmt.Sprintf("coach: phrases of %s: %v", lang, err))
		}
		all[lang] = c
	}
	return all
}

// speaks is the language the coach speaks for a BCP 47 tag.
func speaks(tag string) string {
	t, err := language.Parse(tag)
	if err == nil {
		b, _ := t.Base()
		if _, ok := catalogues[b.String()]; ok {
			return b.String()
		}
	}
	return Languages[0]
}

// speech chooses words. The seed decides which of several ways, so that the same
// draft always reads the same and two drafts do not.
type speech struct {
	language string
	seed     string
}

func newWords(language, seed string) *speech { return &speech{speaks(language), seed} }

// say returns a phrase for a code. One whose placeholders have no value is passed
// over; "" when none is left.
func (w *speech) say(code string, values map[string]string) string {
	list := catalogues[w.language][code]
	for n := range list {
		phrase := list[(w.start(code)+n)%len(list)]
		if out, ok := fill(phrase, values); ok {
			return out
		}
	}
	return ""
}

func (w *speech) start(code string) int {
	hash := fnv.New32a()
	hash.Write([]byte(w.seed + "\x00" + code)) // a hash never fails to write
	return int(hash.Sum32() & 0xffff)
}

// fill puts values into a phrase. Values are not looked into: a learner's words
// may hold braces.
func fill(phrase string, values map[string]string) (string, bool) {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(phrase, "{")
		b.WriteString(before)
		if !ok {
			return b.String(), true
		}
		name, rest, _ := strings.Cut(after, "}")
		if values[name] == "" {
			return "", false
		}
		b.WriteString(values[name])
		phrase = rest
	}
}

// finding puts a finding into words.
func (w *speech) finding(f essay.Finding) string {
	values := map[string]string{}
	for k, v := range f.Args {
		values[k] = v
	}
	for i, q := range f.Quotes {
		name := "quote"
		if i > 0 {
			name += strconv.Itoa(i + 1)
		}
		values[name] = w.quoted(q.Text)
	}
	if f.Citation != nil {
		values["source"] = escape(f.Citation.Lesson)
	}
	return w.say(f.Code, values)
}

// quotedMost is how much of a sentence stands in a remark; the page shows all of
// it in its place.
const quotedMost = 90 // code points

// quoted is a learner's wording in quotation marks, shortened at a word's end,
// with what would be Markdown made harmless.
func (w *speech) quoted(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > quotedMost {
		cut := quotedMost
		for cut > quotedMost/2 && !unicode.IsSpace(runes[cut]) {
			cut--
		}
		text = strings.TrimRightFunc(string(runes[:cut]), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) + "…"
	}
	text = escape(strings.TrimRight(text, ".,;:"))
	if w.language == "en" {
		return "“" + text + "”"
	}
	return "«" + text + "»"
}

var escapes = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "$", `\$`, "#", `\#`, "~", `\~`, "|", `\|`)

func escape(text string) string { return escapes.Replace(text) }
