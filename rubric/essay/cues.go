package essay

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/clipperhouse/uax29/v2/words"
)

//go:embed cues/*.txt
var cueFiles embed.FS

// Kinds of cue.
const (
	cueThesis     = "thesis"
	cueReason     = "reason"
	cueExample    = "example"
	cueSource     = "source"
	cueCounter    = "counter"
	cueAnswer     = "answer"
	cueConclusion = "conclusion"
	cueConnect    = "connect"
	cueVague      = "vague"
	cueFunction   = "function"
	cueMisspelt   = "misspelt"
	cueAnecdote   = "anecdote" // tells of something seen
	cueSelf       = "self"     // speaks of the writer
	cueGrammar    = "grammar"  // words that do not go together
	cueConcede    = "concede"  // grants something, if a "but" follows
	cueReading    = "reading"  // names the assigned reading
)

// cues are the phrases of one language that show what a sentence does.
type cues struct {
	byKind map[string]map[string][][]string // kind, first word, rest of the phrase
}

// cueLists holds the cues by language; a language without is absent.
var cueLists = sync.OnceValue(func() map[string]*cues {
	lists := map[string]*cues{}
	for _, language := range []string{"en", "es", "ar"} {
		raw, err := cueFiles.ReadFile("cues/" + language + ".txt")
		if err != nil {
			panic(err) // embedded
		}
		lists[language] = parseCues(language, string(raw))
	}
	return lists
})

func parseCues(language, text string) *cues {
	c := &cues{byKind: map[string]map[string][][]string{}}
	for line := range strings.Lines(text) {
		kind, phrases, ok := strings.Cut(strings.TrimSpace(line), ":")
		if strings.HasPrefix(line, "#") || !ok {
			continue
		}
		if c.byKind[kind] != nil {
			panic(fmt.Sprintf("essay: cues of %s: %s stands twice", language, kind)) // embedded
		}
		c.byKind[kind] = map[string][][]string{}
		for phrase := range strings.SplitSeq(phrases, "|") {
			if w := keysOf(phrase); len(w) > 0 {
				c.byKind[kind][w[0]] = append(c.byKind[kind][w[0]], w[1:])
			}
		}
	}
	return c
}

// keysOf are the keys of the words of a text.
func keysOf(text string) []string {
	var out []string
	for tokens := words.FromString(text); tokens.Next(); {
		if isWord(tokens.Value()) {
			out = append(out, keyOf(folded(tokens.Value())))
		}
	}
	return out
}

// find returns where a cue of a kind begins among keys, and how many words it
// has; -1 for none. The "and" that Arabic writes onto a word may stand before it.
func (c *cues) find(kind string, in []string) (at, n int) {
	if c == nil {
		return -1, 0
	}
	for i := range in {
		if n := c.begins(kind, in[i:]); n > 0 {
			return i, n
		}
	}
	return -1, 0
}

// begins returns how many words the cue of a kind has that keys begin with, 0 for
// none.
func (c *cues) begins(kind string, in []string) int {
	if c == nil {
		return 0
	}
	byFirst := c.byKind[kind]
	for key := in[0]; key != ""; key = bare(key) {
		for _, rest := range byFirst[key] {
			if len(rest) < len(in) && slices.Equal(in[1:1+len(rest)], rest) {
				return 1 + len(rest)
			}
		}
	}
	return 0
}

func (c *cues) has(kind string, in []string) bool {
	at, _ := c.find(kind, in)
	return at >= 0
}

// function reports whether a key carries no topic.
func (c *cues) function(word string) bool {
	if c == nil || word == "" {
		return false
	}
	for _, rest := range c.byKind[cueFunction][word] {
		if len(rest) == 0 {
			return true
		}
	}
	return false
}
