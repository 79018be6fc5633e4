package rubric

import (
	"regexp"
	"strings"

	"maieutic/rubric/algebra"
	"maieutic/tutor"
)

// letterChoice is a choice named by its letter or number: "b", "(B)", "option
// 2", "the second one".
var letterChoice = regexp.MustCompile(
	`^[\s(\["']*(?:(?:i think|i choose|i pick|it's|its|it is|the answer is|answer|answer is|option|choice|letter|number|opcion|la|respuesta|creo que es|es|elijo)[\s:]+)*([a-h]|[1-8])[\s)\].,!"']*$`)

var ordinalChoice = regexp.MustCompile(
	`^(?:(?:i think|it's|its|the|option|la|el|es|opcion)\s+)*(first|second|third|fourth|fifth|last|primer[oa]?|segund[oa]|tercer[oa]?|cuart[oa]|quint[oa]|ultim[oa])(?:\s+(?:one|option|choice|opcion))?[\s.!]*$`)

var ordinals = map[string]int{
	"firs": 0, "seco": 1, "thir": 2, "four": 3, "fift": 4, "prim": 0, "segu": 1, "terc": 2, "cuar": 3, "quin": 4,
}

// matchChoice finds which of the choices the text names. Naming more than one
// is not an answer. Choices that differ by points and commas alone count as
// one.
func matchChoice(language string, a tutor.Answer, choices []string, text string) Verdict {
	if len(choices) == 0 {
		choices = append([]string{a.Value}, a.Accept...)
	}
	start, end := 0, len([]rune(text))
	picked, note := pick(language, choices, text)
	if note == NoteUnparsed {
		picked, note = nearestChoice(language, choices, text)
	}
	if picked < 0 {
		return Verdict{Parsed: note == NoteSeveral, Note: note}
	}
	v := Verdict{Parsed: true, Start: start, End: end}
	if q, ok := quote([]rune(text), start, end); ok {
		v.Start, v.End = q.Start, q.End
	}
	for _, value := range append([]string{a.Value}, a.Accept...) {
		right := indexOf(language, choices, value)
		v.Equal = v.Equal || picked == right || right >= 0 && choiceWords(choices[picked]) == choiceWords(choices[right])
	}
	return v
}

// indexOf returns which choice an authored value is: its text, or its letter.
func indexOf(language string, choices []string, value string) int {
	for i, c := range choices {
		if strings.TrimSpace(c) == strings.TrimSpace(value) {
			return i
		}
	}
	i, _ := pick(language, choices, value)
	return i
}

// pick returns the index of the choice a text names, or -1 and a note.
func pick(language string, choices []string, text string) (int, string) {
	folded := foldText(strings.TrimSpace(text))
	words := choiceWords(text)
	for i, c := range choices { // the choice itself, before "a" is taken for a letter
		if words != "" && choiceWords(c) == words {
			return i, ""
		}
	}
	if m := letterChoice.FindStringSubmatch(folded); m != nil {
		if i, ok := named(m[1][0], announcedLabel.MatchString(folded), choices); ok {
			return i, ""
		}
	}
	if m := ordinalChoice.FindStringSubmatch(folded); m != nil {
		i, ok := ordinals[m[1][:4]]
		if !ok {
			i = len(choices) - 1
		}
		if i < len(choices) {
			return i, ""
		}
	}
	if i := sameValue(language, choices, text); i >= 0 {
		return i, ""
	}
	i, note := contained(choices, words)
	if i >= 0 {
		i = longerChoice(choices, i, words)
	}
	return i, note
}

// longerChoice prefers to a choice that stands in the text a longer one which
// begins like it and is nearer to the whole: "it goes out slowly as charge is
// running out" is not "It goes out".
func longerChoice(choices []string, at int, words string) int {
	said := trigrams(words)
	best, nearest := at, diceOf(trigrams(choiceWords(choices[at])), said)
	for i, c := range choices {
		longer := choiceWords(c)
		if i == at || !strings.Contains(" "+longer+" ", " "+choiceWords(choices[at])+" ") {
			continue
		}
		if d := diceOf(trigrams(longer), said); d > nearest+clearly {
			best, nearest = i, d
		}
	}
	return best
}

// How like a choice in words a text must be to name it, and how much more than
// any other, by the Dice coefficient of their trigrams.
const (
	likeChoice = 0.45
	clearly    = 0.12
)

// nearestChoice finds the one choice in words that the text is like: "the lamp
// goes out" names "It goes out". Where one is denied and the other is not they
// are unlike, and choices with numbers or signs are never like each other.
func nearestChoice(language string, choices []string, text string) (int, string) {
	lex := lexiconFor(language)
	said := newPassage(lex.words(text))
	best, at := 0.0, -1
	second := 0.0
	for i, c := range choices {
		if strings.ContainsFunc(c, func(r rune) bool { return r >= '0' && r <= '9' || strings.ContainsRune("=<>+*/^$\\", r) }) {
			return -1, NoteUnparsed
		}
		choice := newPassage(lex.words(c))
		like := 0.0
		if choice.odd == said.odd {
			like = diceOf(choice.letters, said.letters)
		}
		if like > best {
			best, second, at = like, best, i
		} else {
			second = max(second, like)
		}
	}
	if best < likeChoice || best-second < clearly {
		return -1, NoteUnparsed
	}
	return at, ""
}

// announcedLabel tells "option 2" from a 2 that may be an answer.
var announcedLabel = regexp.MustCompile(`\b(option|choice|number|letter|opcion)\b`)

// named resolves a letter, or a number: alone where no choice has a digit in
// it, announced as a label where no choice is a number.
func named(label byte, announced bool, choices []string) (int, bool) {
	i := int(label - 'a')
	if isDigit(label) {
		i = int(label - '1')
		for _, c := range choices {
			if !announced && strings.ContainsAny(c, "0123456789") {
				return 0, false
			}
			s, err := algebra.Parse(c, algebra.Options{Language: "en"})
			if err == nil && len(s.Variables()) == 0 && strings.ContainsAny(c, "0123456789") {
				return 0, false
			}
		}
	}
	return i, i >= 0 && i < len(choices)
}

// choiceWords reduces a choice to what tells it from others: letters, digits
// and the signs of mathematics.
func choiceWords(s string) string {
	s = foldText(strings.NewReplacer("$", " ", `\left`, "", `\right`, "", "−", "-", "²", "^2", "³", "^3").Replace(s))
	fields := strings.FieldsFunc(s, func(r rune) bool {
		return !isLetter(r) && (r < '0' || r > '9') && !strings.ContainsRune(`'<>=+-*/%^()[]{}\,.≤≥≠∞√|`, r)
	})
	kept := fields[:0]
	for _, f := range fields {
		if f = strings.TrimRight(f, ".,"); f != "" {
			kept = append(kept, f)
		}
	}
	s = strings.Join(kept, " ")
	for changed := true; changed; {
		changed = false
		for _, lead := range leadIns {
			if len(lead) < 3 && lead != "is" && lead != "es" { // articles may be part of a choice
				continue
			}
			if rest, ok := strings.CutPrefix(s, lead+" "); ok {
				s, changed = rest, true
			}
		}
	}
	return s
}

// sameValue finds the one choice that is mathematically equal to the answer in
// the text.
func sameValue(language string, choices []string, text string) int {
	found := -1
	for i, c := range choices {
		kind := tutor.AnswerExpression
		if strings.ContainsAny(c, "=<>≤≥") || strings.Contains(c, `\le`) || strings.Contains(c, `\ge`) {
			kind = tutor.AnswerEquation
		}
		v := MatchIn(language, tutor.Answer{Kind: kind, Value: c}, nil, text)
		if v.Equal {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// contained finds the one choice whose words stand in the text. A choice
// within a longer one that stands there too does not count, and a denied one
// does not either.
func contained(choices []string, words string) (int, string) {
	padded := " " + words + " "
	var hits []int
	for i, c := range choices {
		w := choiceWords(c)
		at := strings.Index(padded, " "+w+" ")
		if w == "" || at < 0 || denials.MatchString(padded[:at+1]) {
			continue
		}
		hits = append(hits, i)
	}
	var kept []int
	for _, i := range hits {
		inner := false
		for _, j := range hits {
			wi, wj := choiceWords(choices[i]), choiceWords(choices[j])
			inner = inner || i != j && wi != wj && strings.Contains(" "+wj+" ", " "+wi+" ")
		}
		if !inner {
			kept = append(kept, i)
		}
	}
	switch len(kept) {
	case 0:
		return -1, NoteUnparsed
	case 1:
		return kept[0], ""
	}
	return -1, NoteSeveral
}
