package dialogue

import (
	"embed"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

//go:embed phrases/*.json
var phraseFiles embed.FS

// catalogue holds the tutor's own words in one language: for each situation a
// list of ways to put it. Placeholders stand in braces.
type catalogue map[string][]string

var catalogues = loadCatalogues("")

// essayCatalogues are the words for talks about essays, with those of every talk.
var essayCatalogues = func() map[string]catalogue {
	all := loadCatalogues("essay.")
	for language, c := range all {
		for key, phrases := range catalogues[language] {
			c[key] = phrases
		}
	}
	return all
}()

func loadCatalogues(prefix string) map[string]catalogue {
	all := map[string]catalogue{}
	for _, language := range Languages {
		raw, err := phraseFiles.ReadFile("phrases/" + prefix + language + ".json")
		if err != nil {
			panic(err) // embedded
		}
		var c catalogue
		if err := json.Unmarshal(raw, &c); err != nil {
			panic(fmt.Sprintf("dialogue: phrases of %s: %v", language, err))
		}
		all[language] = c
	}
	return all
}

// phrasebook picks phrases for one tutor turn. A list is gone through in turn
// from a place that depends on the session, so that no phrase comes twice
// running and two sessions do not sound alike.
type phrasebook struct {
	catalogue catalogue
	seed      string
	said      map[string]int
}

// say picks a phrase for a situation and fills it in. Phrases whose
// placeholders have no value are passed over; "" when none is left.
func (b *phrasebook) say(key string, values map[string]string) string {
	list := b.catalogue[key]
	first := start(b.seed, key) + b.said[key]
	for n := range list {
		phrase := list[(first+n)%len(list)]
		names := placeholders(phrase)
		if slices.ContainsFunc(names, func(name string) bool { return values[name] == "" }) {
			continue
		}
		b.said[key] += n + 1
		pairs := make([]string, 0, 2*len(names))
		for _, name := range names {
			pairs = append(pairs, "{"+name+"}", values[name])
		}
		return strings.NewReplacer(pairs...).Replace(phrase)
	}
	return ""
}

// has reports whether the catalogue knows a situation.
func (b *phrasebook) has(key string) bool { return len(b.catalogue[key]) > 0 }

func start(seed, key string) int {
	hash := fnv.New32a()
	hash.Write([]byte(seed + "\x00" + key)) // a hash never fails to write
	return int(hash.Sum32() & 0xffff)
}

// placeholders returns the names in braces. No phrase holds TeX, so that braces
// mean nothing else.
func placeholders(phrase string) []string {
	var names []string
	for {
		_, after, ok := strings.Cut(phrase, "{")
		if !ok {
			return names
		}
		name, rest, _ := strings.Cut(after, "}")
		names = append(names, name)
		phrase = rest
	}
}
