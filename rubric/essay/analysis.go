package essay

import (
	"unicode"
	"unicode/utf8"

	"maieutic/tutor"
)

// Analysis is a draft as the coach reads it: taken apart, with the stems of its
// words and what each sentence does. It is for one goroutine at a time.
type Analysis struct {
	*Draft
	Task   Task
	cues   *cues             // nil for a language without
	lang   string            // of the draft, as far as it can be told
	keys   []string          // of each word
	stems  []string          // of each word, "" for one without a topic
	prompt map[string]bool   // stems of the task; empty where they say nothing of the draft
	theses []map[string]bool // stems of the positions that one may take
	body   []int             // paragraphs that are no headings
	roles  []role

	readings []*reading  // the sources taken apart, nil until needed
	quotes   *quotations // nil until needed
}

// role is what a sentence does, as far as cues show it.
type role struct {
	thesis, reason, example, source, counter, answer, conclusion bool
}

func (r role) support() bool { return r.reason || r.example || r.source }

// Analyze takes a draft apart and finds what its sentences do. It is linear in
// the length of the draft and of the sources.
func Analyze(text string, task Task) *Analysis {
	a := &Analysis{Draft: Parse(text), Task: task}
	a.keys = make([]string, len(a.Words))
	for i, w := range a.Words {
		a.keys[i] = keyOf(w.Fold)
	}
	a.lang = languageOf(a.keys, base(task.Language))
	a.cues = cueLists()[a.lang]
	a.stems = make([]string, len(a.Words))
	for i, key := range a.keys {
		a.stems[i] = a.stem(key)
	}
	if !a.Foreign() { // words of two languages cannot be compared
		a.prompt = a.stemsOf(task.Prompt)
		for _, thesis := range task.Theses {
			a.theses = append(a.theses, a.stemsOf(thesis))
		}
	}
	for i, p := range a.Paragraphs {
		if !p.Heading && (!p.Item || i == 0 || !a.Paragraphs[i-1].Item) { // a list counts once
			a.body = append(a.body, i)
		}
	}
	a.roles = make([]role, len(a.Sentences))
	for i, s := range a.Sentences {
		a.roles[i] = a.roleOf(a.keysOf(s))
	}
	a.concessions()
	return a
}

// concessions finds what a draft grants the other side: "of course" with a "but" at
// the beginning of the next sentence.
func (a *Analysis) concessions() {
	for i := 0; i+1 < len(a.Sentences); i++ {
		here, next := a.keysOf(a.Sentences[i]), a.keysOf(a.Sentences[i+1])
		if len(here) > 0 && len(next) > 0 && a.Sentences[i].Paragraph == a.Sentences[i+1].Paragraph &&
			a.cues.begins(cueConcede, here) > 0 && a.cues.begins(cueAnswer, next) > 0 {
			a.roles[i].counter = true
		}
	}
}

func (a *Analysis) keysOf(s Sentence) []string { return a.keys[s.First:s.Last] }

// stemsOf are the stems of a text that carry its topic.
func (a *Analysis) stemsOf(text string) map[string]bool {
	out := map[string]bool{}
	for _, key := range keysOf(text) {
		if s := a.stem(key); s != "" {
			out[s] = true
		}
	}
	return out
}

// anecdoteLeast is how many words it takes to tell of something.
const anecdoteLeast = 7

func (a *Analysis) roleOf(in []string) role {
	return role{
		thesis: a.cues.has(cueThesis, in), reason: a.cues.has(cueReason, in), example: a.cues.has(cueExample, in) || len(in) >= anecdoteLeast && a.cues.has(cueAnecdote, in),
		source: a.cues.has(cueSource, in), counter: a.cues.has(cueCounter, in), answer: a.cues.has(cueAnswer, in),
		conclusion: a.cues.has(cueConclusion, in),
	}
}

// stem returns the stem of a key, "" for one that carries no topic.
func (a *Analysis) stem(key string) string {
	if a.cues.function(key) || a.lang == "ar" && a.cues.function(bare(key)) {
		return ""
	}
	first, size := utf8.DecodeRuneInString(key)
	if size == len(key) && first < 0x2e80 { // a single letter, not an ideograph
		return ""
	}
	return stemOf(a.lang, key)
}

// topics are the stems of a sentence that carry its topic, each once.
func (a *Analysis) topics(s Sentence) map[string]bool {
	out := map[string]bool{}
	for _, stem := range a.stems[s.First:s.Last] {
		if stem != "" {
			out[stem] = true
		}
	}
	return out
}

// shared counts what two sets have in common.
func shared(a, b map[string]bool) int {
	if len(b) < len(a) {
		a, b = b, a
	}
	n := 0
	for k := range a {
		if b[k] {
			n++
		}
	}
	return n
}

// Reasons reports whether a sentence gives a reason.
func (a *Analysis) Reasons(s Sentence) bool { return a.cues.has(cueReason, a.keysOf(s)) }

// about counts how many terms of the task a sentence speaks of.
func (a *Analysis) about(s Sentence) int { return shared(a.topics(s), a.prompt) }

// asks reports whether a sentence is a question.
func asks(s Sentence) bool {
	for i := len(s.Text); i > 0; {
		r, size := utf8.DecodeLastRuneInString(s.Text[:i])
		switch {
		case r == '?' || r == '؟' || r == '？':
			return true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return false
		}
		i -= size
	}
	return false
}

// quoteOf returns a sentence as a quote. One that is very long is quoted up to a
// word's end, so that a highlight stays a highlight.
func (a *Analysis) quoteOf(s Sentence) tutor.Quote {
	const most = 300
	if s.End-s.Start <= most {
		return a.Quote(s.Span)
	}
	end := s.Start + most
	for _, w := range a.WordsOf(s) {
		if w.End <= s.Start+most {
			end = w.End
		}
	}
	return a.Quote(Span{s.Start, end})
}

func clamp(v float64) float64 { return max(0, min(1, v)) }

func ratio(n, of float64) float64 {
	if of <= 0 {
		return 0
	}
	return min(1, n/of)
}
