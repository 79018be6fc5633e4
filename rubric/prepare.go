package rubric

import (
	"strings"
	"sync"
)

// prepared is what the grader works out of a question once, whatever is
// answered. It is safe for concurrent use.
type prepared struct {
	lex    *lexicon
	prompt []word
	keys   map[string]bool // of the prompt
	asked  passage         // the prompt
	shared map[string]int  // in how many expectations a key occurs

	mu       sync.Mutex
	wordings map[string]*compiled
}

// compiled is a wording, compiled for alignment and for comparison.
type compiled struct {
	wording
	passage
	sentences int
}

func prepare(q Question) *prepared {
	p := &prepared{lex: lexiconFor(q.Language), keys: map[string]bool{}, shared: map[string]int{}, wordings: map[string]*compiled{}}
	p.prompt = p.lex.words(q.Prompt)
	for _, w := range p.prompt {
		p.keys[w.key] = true
	}
	p.asked = newPassage(p.prompt)
	for _, e := range q.Expectations {
		seen := map[string]bool{}
		for _, w := range p.lex.words(e.Says) {
			if w.content() && !seen[w.key] {
				seen[w.key] = true
				p.shared[w.key]++
			}
		}
	}
	return p
}

// wordingOf compiles a wording, or finds it.
func (p *prepared) wordingOf(text string) *compiled {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.wordings[text]; ok {
		return known
	}
	r := &compiled{wording: p.lex.compile(text, p.keys, p.shared), passage: newPassage(p.lex.words(text)), sentences: sentences(text)}
	p.wordings[text] = r
	return r
}

// keptQuestions bounds the memory of a grader: a class works on a few dozen
// questions at a time, of some kilobytes each.
const keptQuestions = 512

// shelf keeps prepared questions. When it is full it starts anew: that costs a
// millisecond for each question in use, and no bookkeeping in between.
type shelf struct {
	mu   sync.Mutex
	kept map[string]*prepared
}

func (s *shelf) get(q Question) *prepared {
	var key strings.Builder
	for _, part := range append([]string{q.Language, q.Prompt}, says(q)...) {
		key.WriteString(part)
		key.WriteByte(0)
	}
	s.mu.Lock()
	known := s.kept[key.String()]
	s.mu.Unlock()
	if known != nil {
		return known
	}
	p := prepare(q)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= keptQuestions {
		s.kept = map[string]*prepared{}
	}
	s.kept[key.String()] = p
	return p
}

func says(q Question) []string {
	out := make([]string, len(q.Expectations))
	for i, e := range q.Expectations {
		out[i] = e.Says
	}
	return out
}
