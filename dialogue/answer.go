package dialogue

import (
	"regexp"
	"slices"
	"strings"

	"maieutic/tutor"
)

// Protects reports whether a sentence would give away what the learner is still
// to find.
type Protects func(sentence string) bool

// bestShare is the share of a question's telling words that a sentence must
// hold to count as an answer.
const bestShare = 0.5

// quotedSentences is how many sentences of a passage are quoted at most, and
// quotedBytes how long together.
const (
	quotedSentences = 3
	quotedBytes     = 420
)

// AnswerFrom answers a learner's question out of the curriculum: the sentences
// of the passage that hold most of the question's telling words, with their
// citation. Sentences that would give the step away are left out; when nothing
// else answers, Leak is set. The zero Aside means that nothing was found.
func AnswerFrom(question string, passages []tutor.Passage, language string, protects Protects) Aside {
	wanted := tellingWords(question, language)
	if len(wanted) == 0 {
		return Aside{}
	}
	var best candidate
	leak := false
	for rank, passage := range passages {
		c, leaks := bestOf(passage, wanted, protects)
		leak = leak || leaks
		c.score -= float64(rank) / 1000 // the search's order breaks ties
		if c.text != "" && c.score > best.score {
			best = c
		}
	}
	if best.text == "" {
		return Aside{Leak: leak}
	}
	return Aside{Text: best.text, Citations: []tutor.Citation{best.citation}}
}

type candidate struct {
	text     string
	score    float64
	citation tutor.Citation
}

// bestOf finds the sentence of a passage that answers best, with what follows
// it. It also reports whether a fitting sentence had to be held back.
func bestOf(passage tutor.Passage, wanted []string, protects Protects) (candidate, bool) {
	sentences := proseOf(passage.Text)
	heading := fold(passage.Heading + " " + passage.Lesson)
	best, bestScore, leak := -1, 0.0, false
	for i, sentence := range sentences {
		if asks(sentence) {
			continue
		}
		share := shareOf(wanted, fold(sentence), heading)
		if share < bestShare {
			continue
		}
		if protects(sentence) {
			leak = true
			continue
		}
		share += defines(sentence, wanted[len(wanted)-1])
		if share > bestScore {
			best, bestScore = i, share
		}
	}
	if best < 0 {
		return candidate{}, leak
	}
	end := best + 1
	length := len(sentences[best])
	for end < len(sentences) && end-best < quotedSentences {
		next := sentences[end]
		if length += len(next); length > quotedBytes || asks(next) || protects(next) {
			break
		}
		end++
	}
	return candidate{strings.Join(sentences[best:end], " "), bestScore, passage.Citation}, leak
}

// shareOf is the share of the wanted words that a sentence holds; words of the
// heading above it count half, beside one of the sentence's own.
func shareOf(wanted []string, sentence, heading string) float64 {
	total := 0.0
	if !slices.ContainsFunc(wanted, func(w string) bool { return hasStem(sentence, w) }) {
		return 0
	}
	for _, w := range wanted {
		switch {
		case hasStem(sentence, w):
			total++
		case hasStem(heading, w):
			total += .5
		}
	}
	return total / float64(len(wanted))
}

// defines says how likely a sentence is to explain a word: most when it sets the
// word in bold, less when it begins with it.
func defines(sentence, word string) float64 {
	for i, part := range strings.Split(sentence, "**") {
		if i%2 == 1 && hasStem(fold(part), word) {
			return .3
		}
	}
	words := strings.Fields(fold(sentence))
	if hasStem(strings.Join(words[:min(4, len(words))], " "), word) {
		return .2
	}
	return 0
}

// hasStem reports whether a folded text has a word that begins like w. Plurals
// and endings differ after the stem.
func hasStem(text, w string) bool {
	stem := w
	if r := []rune(w); len(r) > 5 {
		stem = string(r[:len(r)-2])
	} else if len(r) > 3 {
		stem = strings.TrimSuffix(w, "s")
	}
	for _, word := range strings.Fields(text) {
		if strings.HasPrefix(strings.TrimPrefix(word, "ال"), stem) {
			return true
		}
	}
	return false
}

// tellingWords returns the words of a question that say what it is about.
func tellingWords(question, language string) []string {
	list := cueLists[baseLanguage(language)]
	var words []string
	for _, w := range strings.Fields(fold(question)) {
		w = strings.TrimPrefix(w, "ال")
		if len([]rune(w)) < 3 || slices.Contains(list["stopword"], w) || slices.Contains(words, w) {
			continue
		}
		words = append(words, w)
	}
	return words
}

var listMark = regexp.MustCompile(`^\s*(?:[-*+]|\d+[.)])\s+`)

// proseOf returns the sentences of a Markdown passage: headings, tables, code
// and display formulas left out, marks of lists and quotations taken off.
func proseOf(markdown string) []string {
	var all []string
	var paragraph []string
	flush := func() {
		for _, s := range Sentences(strings.Join(paragraph, " ")) {
			if s = strings.TrimSpace(s); fold(s) != "" {
				all = append(all, s)
			}
		}
		paragraph = nil
	}
	fenced := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "> "))
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
			flush()
		case fenced || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "$$") || line == "":
			flush()
		case listMark.MatchString(line):
			flush()
			paragraph = append(paragraph, listMark.ReplaceAllString(line, ""))
		default:
			paragraph = append(paragraph, line)
		}
	}
	flush()
	return all
}
