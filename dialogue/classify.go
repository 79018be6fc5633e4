package dialogue

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"maieutic/tutor"
)

//go:embed cues/*.txt
var cueFiles embed.FS

// Languages are the languages the tutor has words of its own for.
var Languages = []string{"en", "es", "ar"}

// cues holds the phrases of one language by section, longest first.
type cues map[string][]string

var cueLists = loadCues()

func loadCues() map[string]cues {
	lists := map[string]cues{}
	for _, language := range Languages {
		raw, err := cueFiles.ReadFile("cues/" + language + ".txt")
		if err != nil {
			panic(err) // embedded
		}
		lists[language] = parseCues(string(raw))
	}
	return lists
}

func parseCues(text string) cues {
	list, section := cues{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			section = line[1 : len(line)-1]
		case section == "" || fold(line) == "":
			panic(fmt.Sprintf("dialogue: cue %q stands in no section or is empty", line))
		default:
			list[section] = append(list[section], fold(line))
		}
	}
	for _, phrases := range list {
		slices.SortStableFunc(phrases, func(a, b string) int { return len(b) - len(a) })
	}
	return list
}

// baseLanguage returns the language the tutor speaks for a BCP 47 tag.
func baseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if slices.Contains(Languages, base) {
		return base
	}
	return "en"
}

// cueKinds is the order in which a sentence without content is tried against
// the cue lists.
var cueKinds = []struct {
	section string
	kind    Kind
}{
	{"greeting", KindMeta}, {"meta_wrong", KindMeta}, {"meta_why", KindMeta}, {"meta_who", KindMeta}, {"meta_repeat", KindMeta}, {"meta_progress", KindMeta},
	{"affect_down", KindAffect}, {"affect_hostile", KindAffect}, {"affect_hard", KindAffect}, {"affect_bored", KindAffect},
	{"help", KindHelp}, {"idk", KindIdk}, {"off_task", KindOffTask}, {"uncertainty", KindUncertainty},
	{"affect_up", KindAffect}, {"meta_ack", KindMeta},
}

// rank orders the kinds of sentences of one turn: the strongest names the turn.
var rank = []Kind{
	KindQuestion, KindHelp, KindIdk, KindAffect, KindUncertainty, KindOffTask, KindMeta, KindEmpty,
}

// Classify says what a learner's turn is, from its words alone. Cues of every
// language the tutor speaks count, those of language first. It is
// deterministic.
func Classify(kind tutor.TurnKind, text, language string) Contribution {
	if kind == tutor.TurnHint {
		return Contribution{Kind: KindHelp, Cue: "help"}
	}
	whole := fold(text)
	if whole == "" && !hasMaths(text) { // "<" may be an answer
		return Contribution{Kind: KindEmpty, Cue: "empty"}
	}
	order := languageOrder(language)
	for _, l := range order {
		if slices.Contains(cueLists[l]["stop"], strip(whole, cueLists[l]["filler"], true)) || slices.Contains(cueLists[l]["stop"], whole) {
			return Contribution{Kind: KindMeta, Cue: "stop"}
		}
		if contains(whole, cueLists[l]["distress"]) {
			return Contribution{Kind: KindAffect, Cue: "distress"}
		}
	}
	if mashed(whole) {
		return Contribution{Kind: KindOffTask, Cue: "off_task"}
	}
	return combine(classifySentences(text, order), text)
}

func languageOrder(language string) []string {
	order := []string{baseLanguage(language)}
	for _, l := range Languages {
		if l != order[0] {
			order = append(order, l)
		}
	}
	return order
}

func classifySentences(text string, order []string) []Contribution {
	var all []Contribution
	for _, sentence := range Sentences(text) {
		if fold(sentence) == "" && !hasMaths(sentence) {
			continue
		}
		all = append(all, classifySentence(sentence, order))
	}
	return all
}

// combine makes one contribution of the sentences of a turn.
func combine(sentences []Contribution, text string) Contribution {
	var c Contribution
	best := len(rank)
	for _, s := range sentences {
		c.Answer = c.Answer || s.Answer
		c.Tentative = c.Tentative || s.Tentative
		c.Question = c.Question || s.Question
		if i := slices.Index(rank, s.Kind); i >= 0 && i < best {
			best, c.Kind, c.Cue = i, s.Kind, s.Cue
		}
	}
	if c.Answer {
		c.Kind, c.Cue = KindAssertion, ""
	}
	if c.Kind == "" {
		c.Kind, c.Cue = KindEmpty, "empty"
	}
	if c.Question {
		c.Topic = fingerprint(text)
	}
	return c
}

func classifySentence(sentence string, order []string) Contribution {
	folded := fold(sentence)
	asks := strings.ContainsAny(sentence, "?؟¿")
	for _, l := range order {
		if c, ok := cueOf(folded, cueLists[l], hasMaths(sentence)); ok {
			return c
		}
	}
	for _, l := range order {
		if c, ok := askOf(folded, cueLists[l], asks, hasMaths(sentence)); ok {
			return c
		}
	}
	return Contribution{Kind: KindAssertion, Answer: true}
}

// cueOf recognises a sentence that is nothing but a cue and fillers.
func cueOf(folded string, list cues, maths bool) (Contribution, bool) {
	if maths {
		return Contribution{}, false
	}
	for _, k := range cueKinds {
		if !contains(folded, list[k.section]) {
			continue
		}
		rest := strip(folded, list[k.section], false)
		rest = strip(rest, list["filler"], false)
		rest = strip(rest, list["uncertainty"], false)
		if k.kind == KindAffect || k.kind == KindIdk {
			rest = strip(strip(strip(rest, list["affect_hard"], false), list["idk"], false), list["affect_down"], false)
		}
		if words := len(strings.Fields(rest)); words == 0 || words <= 2 && loose(k.section) {
			return Contribution{Kind: k.kind, Cue: k.section, Tentative: k.section == "meta_ack"}, true
		}
	}
	return Contribution{}, false
}

// loose reports whether a cue may stand among a few words of its own.
func loose(section string) bool {
	switch section {
	case "affect_hostile", "affect_down", "off_task", "idk", "meta_why", "affect_bored":
		return true
	}
	return false
}

// askOf recognises a question of the learner's own. A question that can be
// answered with yes or no may as well be an answer put shyly.
func askOf(folded string, list cues, asks, maths bool) (Contribution, bool) {
	rest := trimPrefixes(folded, list["hedge"])
	own := Contribution{Kind: KindQuestion, Question: true}
	switch {
	case starts(rest, list["ask_start"]):
		return own, true
	case !asks:
		return Contribution{}, false
	case starts(rest, list["ask"]):
		return own, true
	case starts(folded, list["check"]) || ends(folded, list["check"]):
		return Contribution{Kind: KindAssertion, Answer: true}, true
	case !maths && list != nil && yesNo(folded):
		own.Tentative = true
		return own, true
	}
	return Contribution{}, false
}

// yesNo reports whether a folded sentence with a question mark opens like a
// question that yes or no answers.
func yesNo(folded string) bool {
	first, _, _ := strings.Cut(folded, " ")
	switch first {
	case "is", "are", "was", "does", "do", "did", "can", "could", "will", "would", "has", "have", "isnt", "arent", "doesnt", "dont", "cant",
		"هل", "puede", "pueden", "hay", "son", "tiene", "tienen":
		return true
	}
	return false
}

// hasMaths reports whether a text holds a digit or a formula.
func hasMaths(s string) bool {
	return strings.ContainsFunc(s, unicode.IsDigit) || strings.ContainsAny(s, "=^$\\+*/<>√")
}

// mashed reports whether a folded text is one long word without sense: a row of
// keys, or one letter over and over.
func mashed(folded string) bool {
	if strings.Contains(folded, " ") || len(folded) < 4 {
		return false
	}
	for _, run := range []string{"asdf", "sdfg", "dfgh", "fghj", "hjkl", "qwer", "zxcv", "xcvb", "jkjk", "lkjh", "fdsa"} {
		if strings.Contains(folded, run) {
			return true
		}
	}
	runes := []rune(folded)
	return len(runes) > 5 && unicode.IsLetter(runes[0]) && strings.Count(folded, string(runes[0])) == len(runes)
}

// contains reports whether any phrase stands in a folded text as whole words.
func contains(folded string, phrases []string) bool {
	padded := " " + folded + " "
	return slices.ContainsFunc(phrases, func(p string) bool { return strings.Contains(padded, " "+p+" ") })
}

func starts(folded string, phrases []string) bool {
	return slices.ContainsFunc(phrases, func(p string) bool { return strings.HasPrefix(folded+" ", p+" ") })
}

func ends(folded string, phrases []string) bool {
	return slices.ContainsFunc(phrases, func(p string) bool { return strings.HasSuffix(" "+folded, " "+p) })
}

func trimPrefixes(folded string, phrases []string) string {
	for trimmed := true; trimmed; {
		trimmed = false
		for _, p := range phrases {
			if rest, ok := strings.CutPrefix(folded+" ", p+" "); ok {
				folded, trimmed = strings.TrimSpace(rest), true
			}
		}
	}
	return folded
}

// strip removes phrases from a folded text; with edges only from its two ends.
func strip(folded string, phrases []string, edges bool) string {
	padded := " " + folded + " "
	for changed := true; changed; {
		changed = false
		for _, p := range phrases {
			before := padded
			if edges {
				padded = trimEdges(padded, " "+p+" ")
			} else {
				padded = strings.ReplaceAll(padded, " "+p+" ", " ")
			}
			changed = changed || padded != before
		}
	}
	return strings.TrimSpace(padded)
}

func trimEdges(padded, phrase string) string {
	if rest, ok := strings.CutPrefix(padded, phrase); ok && rest != "" {
		padded = " " + rest
	}
	if rest, ok := strings.CutSuffix(padded, phrase); ok && rest != "" {
		padded = rest + " "
	}
	return padded
}
