package privacy

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Replacement hands out placeholders for one conversation and remembers what
// they stand for. It is safe for concurrent use; placeholders are the same for
// the same seed and the same order of calls to Redact, so that a history sent
// again is the same text again.
//
// A placeholder is a kind and a number, [P417], and for another spelling of
// the same thing a form after it: "Anna Schmidt" may be [P417] and "Anna"
// [P417.2]. The numbers depend on the seed. A student who knows neither cannot
// write a placeholder that stands for somebody, and what looks like one in a
// text keeps its meaning: its number is not given out.
type Replacement struct {
	r *Redactor

	mu          sync.RWMutex
	start, step int
	given       int // numbers tried so far
	subjects    []subject
	numbers     map[int]int    // number to subject
	keys        map[string]int // kind and value to subject
	reserved    map[int]bool
}

// Legend tells a model what placeholders are; it belongs into the instructions
// of a request whose texts were redacted. The number 0 is never given out.
const Legend = "Marks such as [P000], [P000.2] or [EMAIL000] stand for names and details that were taken out. " +
	"Marks with the same number stand for the same person. Write them exactly as they are and never guess what they stand for."

// subject is one person, address or number.
type subject struct {
	kind   string
	number int
	tokens []int32 // of a person
	forms  []string
}

// The kinds of placeholders.
var kinds = []string{"P", "EMAIL", "PHONE", "ADDRESS", "URL", "HANDLE", "IBAN", "CARD", "DATE", "IP", "ID", "PLACE"}

// Session starts a replacement. seed should be stable for a conversation and
// not known to its student, such as a keyed hash of the conversation's id.
func (r *Redactor) Session(seed string) *Replacement {
	h := hash(seed + "\x00placeholders")
	steps := [...]int{7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67} // prime to 900
	return &Replacement{
		r:        r,
		start:    int(h % 900),
		step:     steps[(h>>32)%uint64(len(steps))],
		numbers:  make(map[int]int),
		keys:     make(map[string]int),
		reserved: make(map[int]bool),
	}
}

// Redact returns text with each finding replaced by its placeholder. Text that
// was redacted by the same replacement comes back unchanged.
func (p *Replacement) Redact(text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reserve(text)
	// A replacement can be the context that shows another name, so it is
	// repeated until nothing is found; each round leaves fewer words.
	for {
		found := p.r.find(p.mask(text))
		if len(found) == 0 {
			return text
		}
		text = p.replace(text, found)
	}
}

func (p *Replacement) replace(text string, found []finding) string {
	var b strings.Builder
	b.Grow(len(text) + 8*len(found))
	at := 0
	for _, f := range found {
		b.WriteString(text[at:f.start])
		b.WriteString(p.placeholder(f, text[f.start:f.end]))
		at = f.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// placeholder returns the placeholder of a finding, a new one if need be.
func (p *Replacement) placeholder(f finding, original string) string {
	i := p.subject(f, original)
	s := &p.subjects[i]
	form := slices.Index(s.forms, original)
	if form < 0 {
		form = len(s.forms)
		s.forms = append(s.forms, original)
	}
	out := "[" + s.kind + strconv.Itoa(s.number)
	if form > 0 {
		out += "." + strconv.Itoa(form+1)
	}
	return out + "]"
}

// subject returns the index of the subject that a finding speaks of.
func (p *Replacement) subject(f finding, original string) int {
	key := ""
	if f.tokens == nil {
		key = f.kind + " " + fold(original, false)
		if i, ok := p.keys[key]; ok {
			return i
		}
	} else {
		for i := range p.subjects {
			if p.same(p.subjects[i].tokens, f.tokens) {
				p.subjects[i].tokens = union(p.subjects[i].tokens, f.tokens)
				return i
			}
		}
	}
	s := subject{kind: f.kind, number: p.next(), tokens: slices.Clone(f.tokens)}
	i := len(p.subjects)
	p.subjects = append(p.subjects, s)
	p.numbers[s.number] = i
	if key != "" {
		p.keys[key] = i
	}
	return i
}

// same reports whether two sets of name tokens are one person's: one holds the
// other, or they differ by a nickname.
func (p *Replacement) same(a, b []int32) bool {
	if len(a) == 0 {
		return false
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	for _, t := range b {
		if !slices.Contains(a, t) && !slices.ContainsFunc(a, func(u int32) bool { return p.r.index.alias(t, u) }) {
			return false
		}
	}
	return true
}

func union(a, b []int32) []int32 {
	for _, t := range b {
		if !slices.Contains(a, t) {
			a = append(a, t)
		}
	}
	return a
}

// next returns a number nobody has: the numbers 100 to 999 in an order that
// depends on the seed, then those from 1000 on.
func (p *Replacement) next() int {
	for {
		n := p.given + 100
		if p.given < 900 {
			n = 100 + (p.start+p.given*p.step)%900
		}
		p.given++
		if !p.reserved[n] {
			return n
		}
	}
}

// reserve keeps the numbers of what looks like a placeholder in text, and is
// none, from being given out.
func (p *Replacement) reserve(text string) {
	for ref := range references(text) {
		if _, ok := p.numbers[ref.number]; !ok {
			p.reserved[ref.number] = true
		}
	}
}

// opaque fills the place of a placeholder in a text that is searched.
const opaque = '\x1a'

// mask returns text, byte for byte as long, with its placeholders hidden.
func (p *Replacement) mask(text string) string {
	var b []byte
	for ref := range references(text) {
		if i, ok := p.numbers[ref.number]; ok && p.subjects[i].kind == ref.kind {
			if b == nil {
				b = []byte(text)
			}
			for at := ref.start; at < ref.end; at++ {
				b[at] = opaque
			}
		}
	}
	if b == nil {
		return text
	}
	return string(b)
}

// original returns what a reference stands for. A form that was never given
// stands for the first one.
func (p *Replacement) original(ref reference) (string, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	i, ok := p.numbers[ref.number]
	if !ok || p.subjects[i].kind != ref.kind {
		return "", false
	}
	forms := p.subjects[i].forms
	if ref.form < 1 || ref.form > len(forms) {
		return forms[0], true
	}
	return forms[ref.form-1], true
}

// find returns what must be replaced in a text, in order, without overlaps.
func (r *Redactor) find(text string) []finding {
	found := patterns(text)
	rest := hide(text, found)
	s := &seeker{around: around{text: rest, ws: scan(rest), r: r}, zones: zones(rest)}
	found = s.people(found)
	found = append(found, s.spaced()...)
	found = append(found, s.unspaced()...)
	found = append(found, s.places()...)
	found = append(found, s.logins()...)
	slices.SortStableFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	kept := found[:0]
	end := 0
	for _, f := range found {
		if f.start >= end && f.end > f.start {
			kept = append(kept, f)
			end = f.end
		}
	}
	return kept
}

// hide returns text with findings made opaque.
func hide(text string, found []finding) string {
	if len(found) == 0 {
		return text
	}
	b := []byte(text)
	for _, f := range found {
		for i := f.start; i < f.end; i++ {
			b[i] = opaque
		}
	}
	return string(b)
}
