package algebra

import (
	"embed"
	"math/big"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The word lists, one file for each language. A line is
//
//	kind phrase value
//
// with spaces of a phrase written as underscores and without accents. A
// further language is a further file.
//
//go:embed words/*.txt
var wordFiles embed.FS

// vocabulary is one language's words for numbers, operators and relations.
type vocabulary struct {
	phrases map[string]entry // by folded words joined with a space
	starts  map[string]bool  // first words of phrases
	longest int              // words of the longest phrase
}

type entry struct {
	kinds map[string]string // kind to value
}

var vocabularies = loadVocabularies()

func loadVocabularies() map[string]*vocabulary {
	files, err := wordFiles.ReadDir("words")
	if err != nil {
		panic(err)
	}
	all := map[string]*vocabulary{}
	for _, f := range files {
		data, err := wordFiles.ReadFile("words/" + f.Name())
		if err != nil {
			panic(err)
		}
		all[strings.TrimSuffix(f.Name(), ".txt")] = parseVocabulary(string(data))
	}
	return all
}

func parseVocabulary(data string) *vocabulary {
	v := &vocabulary{phrases: map[string]entry{}, starts: map[string]bool{}}
	for line := range strings.Lines(data) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		phrase := fold(strings.ReplaceAll(fields[1], "_", " "))
		value := ""
		if len(fields) > 2 {
			value = fields[2]
		}
		e, ok := v.phrases[phrase]
		if !ok {
			e = entry{kinds: map[string]string{}}
			v.phrases[phrase] = e
		}
		e.kinds[fields[0]] = value
		first, _, _ := strings.Cut(phrase, " ")
		v.starts[first] = true
		v.longest = max(v.longest, strings.Count(phrase, " ")+1)
	}
	return v
}

// vocabularyFor returns the words of a language, by its primary subtag, or an
// empty vocabulary.
func vocabularyFor(language string) *vocabulary {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if primary == "" {
		primary = "en"
	}
	if v, ok := vocabularies[primary]; ok {
		return v
	}
	return &vocabulary{}
}

// fold lowers case and takes accents and vowel signs off.
func fold(word string) string {
	word = strings.ToLower(strings.ReplaceAll(word, "’", "'"))
	ascii := true
	for i := range len(word) {
		ascii = ascii && word[i] < utf8.RuneSelf
	}
	if ascii {
		return word
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(word) {
		arabic := r >= 0x64b && r <= 0x655 || r == 0x640 // vowel signs, hamza above and below, the long stroke
		if (r < 0x300 || r > 0x36f) && !arabic {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// merge replaces spelled-out numbers, operators and relations by the tokens
// they stand for. Every replacement keeps the place of its words.
func (v *vocabulary) merge(tokens []token) []token {
	if len(v.phrases) == 0 {
		return tokens
	}
	tokens = v.cutPrefixes(dropHyphens(tokens))
	var out []token
	for i := 0; i < len(tokens); {
		if tokens[i].kind != tokWord {
			out = append(out, tokens[i])
			i++
			continue
		}
		if t, n := v.number(tokens[i:]); n > 0 {
			out = append(out, t)
			i += n
			continue
		}
		if ts, n := v.symbol(tokens[i:]); n > 0 {
			out = append(out, ts...)
			i += n
			continue
		}
		out = append(out, tokens[i])
		i++
	}
	return out
}

// dropHyphens takes the hyphen out of "twenty-one" and "three-quarters".
func dropHyphens(tokens []token) []token {
	long := func(t token) bool { return t.kind == tokWord && t.end-t.start > 1 }
	var out []token
	for i, t := range tokens {
		inner := i > 0 && i+1 < len(tokens) && !t.spaced && !tokens[i+1].spaced
		if inner && t.kind == tokOperator && t.text == "-" && long(tokens[i-1]) && long(tokens[i+1]) {
			continue
		}
		out = append(out, t)
	}
	return out
}

// cutPrefixes sets the Arabic "and" apart, which is written as one with the
// word after it.
func (v *vocabulary) cutPrefixes(tokens []token) []token {
	var out []token
	for _, t := range tokens {
		rest, ok := strings.CutPrefix(t.folded, arabicAnd)
		if t.kind != tokWord || !ok || v.starts[t.folded] || !v.starts[rest] {
			out = append(out, t)
			continue
		}
		and := t
		and.text, and.folded, and.end = arabicAnd, arabicAnd, t.start+1
		t.text, t.folded, t.start, t.spaced = rest, rest, t.start+1, true
		out = append(out, and, t)
	}
	return out
}

const arabicAnd = "و"

// lookup returns the value of a single word under a kind.
func (v *vocabulary) lookup(tokens []token, i int, kind string) (string, bool) {
	if i >= len(tokens) || tokens[i].kind != tokWord {
		return "", false
	}
	value, ok := v.phrases[tokens[i].folded].kinds[kind]
	return value, ok
}

// symbol reads the longest phrase at the start of tokens that is no number.
func (v *vocabulary) symbol(tokens []token) ([]token, int) {
	words := make([]string, 0, v.longest)
	for i := 0; i < len(tokens) && i < v.longest && tokens[i].kind == tokWord; i++ {
		words = append(words, tokens[i].folded)
	}
	for n := len(words); n > 0; n-- {
		e, ok := v.phrases[strings.Join(words[:n], " ")]
		if !ok {
			continue
		}
		if out := e.tokens(tokens[0], tokens[n-1].end); out != nil {
			return out, n
		}
	}
	return nil, 0
}

// tokens builds what a phrase that starts at first and ends at end stands for.
func (e entry) tokens(first token, end int) []token {
	t := token{start: first.start, end: end, spaced: first.spaced, spelled: true, folded: first.folded}
	for _, kind := range []string{"op", "rel", "fn", "sep", "none", "const"} {
		value, ok := e.kinds[kind]
		if !ok {
			continue
		}
		t.text = value
		switch kind {
		case "op":
			t.kind = tokOperator
			if value == "^2" || value == "^3" {
				t.text = "^"
				exponent := new(big.Rat).SetInt64(int64(value[1] - '0'))
				return []token{t, {kind: tokNumber, value: exponent, start: end, end: end, spelled: true}}
			}
		case "rel":
			t.kind = tokRelation
		case "fn":
			t.kind = tokFunction
		case "sep":
			t.kind = tokSeparator
		case "none":
			t.kind = tokNone
		case "const":
			t.kind = tokConstant
		}
		return []token{t}
	}
	return nil
}

// number reads a spelled-out number: cardinals, then perhaps a denominator or
// "and a half". It returns how many tokens it took, 0 for none.
func (v *vocabulary) number(tokens []token) (token, int) {
	value, n := v.cardinal(tokens)
	switch {
	case n > 0:
		if den, ok := v.lookup(tokens, n, "den"); ok {
			value.Quo(value, ratOf(den))
			n++
		} else if part, m := v.andPart(tokens[n:]); m > 0 {
			value.Add(value, part)
			n += m
		}
	default:
		i := 0
		if _, ok := v.lookup(tokens, 0, "article"); ok {
			i = 1
		}
		kind := "alone"
		if i == 1 {
			kind = "den"
		}
		den, ok := v.lookup(tokens, i, kind)
		if !ok {
			return token{}, 0
		}
		value, n = new(big.Rat).Inv(ratOf(den)), i+1
	}
	first, last := tokens[0], tokens[n-1]
	return token{
		kind: tokNumber, value: value, start: first.start, end: last.end,
		spaced: first.spaced, spelled: true, text: value.RatString(),
	}, n
}

// andPart reads the fraction of "two and a half".
func (v *vocabulary) andPart(tokens []token) (*big.Rat, int) {
	if _, ok := v.lookup(tokens, 0, "joint"); !ok {
		return nil, 0
	}
	i := 1
	top := big.NewRat(1, 1)
	if _, ok := v.lookup(tokens, i, "article"); ok {
		i++
	} else if c, n := v.cardinal(tokens[i:]); n > 0 {
		top = c
		i += n
	}
	den, ok := v.lookup(tokens, i, "den")
	if !ok {
		return nil, 0
	}
	return top.Quo(top, ratOf(den)), i + 1
}

// cardinal reads "twenty-one", "one hundred and five", "three point five".
func (v *vocabulary) cardinal(tokens []token) (*big.Rat, int) {
	total, current := new(big.Rat), new(big.Rat)
	taken, lastWasTens := 0, true
	for i := 0; i < len(tokens); {
		if value, ok := v.lookup(tokens, i, "card"); ok {
			r := ratOf(value)
			if taken > 0 && !lastWasTens {
				break
			}
			lastWasTens = r.Cmp(big.NewRat(20, 1)) >= 0
			current.Add(current, r)
			i++
			taken = i
			continue
		}
		if value, ok := v.lookup(tokens, i, "times"); ok && (taken > 0 || value == "1000") {
			if current.Sign() == 0 {
				current.SetInt64(1)
			}
			current.Mul(current, ratOf(value))
			if value != "100" {
				total.Add(total, current)
				current = new(big.Rat)
			}
			lastWasTens = true
			i++
			taken = i
			continue
		}
		_, joint := v.lookup(tokens, i, "joint")
		_, card := v.lookup(tokens, i+1, "card")
		_, den := v.lookup(tokens, i+2, "den")
		if joint && card && !den && taken > 0 && v.joinable(tokens, i) {
			lastWasTens = true
			i++
			continue
		}
		break
	}
	total.Add(total, current)
	return v.decimals(tokens, total, taken)
}

// joinable reports whether "and" at i continues a number: after hundreds in
// English, after tens in Spanish, between units and tens in Arabic, and never
// otherwise, as in "two and three".
func (v *vocabulary) joinable(tokens []token, i int) bool {
	if _, ok := v.lookup(tokens, i-1, "times"); ok {
		return true
	}
	before, ok := v.lookup(tokens, i-1, "card")
	after, _ := v.lookup(tokens, i+1, "card")
	if ok && tokens[i].folded == arabicAnd {
		return ratOf(before).Cmp(big.NewRat(10, 1)) < 0 && ratOf(after).Cmp(big.NewRat(20, 1)) >= 0
	}
	if !ok || tokens[i].folded != "y" {
		return false
	}
	return ratOf(before).Cmp(big.NewRat(30, 1)) >= 0 && ratOf(after).Cmp(big.NewRat(10, 1)) < 0
}

// decimals reads "point five two" after a number of n tokens.
func (v *vocabulary) decimals(tokens []token, whole *big.Rat, n int) (*big.Rat, int) {
	if _, ok := v.lookup(tokens, n, "point"); !ok || n == 0 {
		return whole, n
	}
	digits := ""
	i := n + 1
	for ; i < len(tokens); i++ {
		value, ok := v.lookup(tokens, i, "card")
		if !ok || len(value) != 1 {
			break
		}
		digits += value
	}
	if digits == "" {
		return whole, n
	}
	return whole.Add(whole, ratOf("0."+digits)), i
}

// ratOf reads a constant of the word lists.
func ratOf(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("algebra: bad number in a word list: " + s)
	}
	return r
}
