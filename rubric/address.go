package rubric

import (
	_ "embed"
	"regexp"
	"strings"
	"unicode"
)

//go:embed addresses.txt
var addressFile string

// address is a phrase of addresses.txt.
type address struct {
	steps [][]string // one of the words of each; a lone * is a gap
	order bool
}

// addresses are the phrases by the words that they begin with, "" for those that
// begin with a part of a word.
var addresses = loadAddresses()

func loadAddresses() map[string][]address {
	all := map[string][]address{}
	for line := range strings.Lines(addressFile) {
		line, order := strings.CutPrefix(strings.TrimSpace(line), "^")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		a := address{order: order}
		for step := range strings.FieldsSeq(line) {
			a.steps = append(a.steps, strings.Split(step, "/"))
		}
		for _, first := range a.steps[0] {
			if strings.HasSuffix(first, "*") {
				first = ""
			}
			all[first] = append(all[first], a)
		}
	}
	return all
}

var (
	// lines that pretend to be a machine's, and verdicts in the shape of data.
	machineLine = regexp.MustCompile(`(?im)^\W*(?:system|assistant|developer|grader|admin(?:istrator)?)\W{0,3}[:>\]]`)
	machineData = regexp.MustCompile(`(?i)[{<\[]\s*/?["']?(?:score|grade|level|role|content|system|addresses_grader)["']?\s*[:>\]=]`)
	// marks that chat templates put between messages, and notes that a page hides.
	machineMark = regexp.MustCompile(`(?i)<\|[^|>\n]{0,40}\|?>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|<!--`)
	link        = regexp.MustCompile(`(?i)(?:https?://|www\.)\S+`)
	unseen      = strings.NewReplacer("\u00ad", "", "\u200b", "", "\u2060", "", "\ufeff", "", "\u200e", "", "\u200f", "")
)

// Addresses reports whether a passage of an essay speaks to whoever scores it:
// orders to a grader or a model, pleas for marks, machine talk, text in a code.
// Unlike Directs, which is for short answers, it lets prose be about marks, rules
// and machines; what stands beside a pasted text unseen, such as soft hyphens, is
// no sign by itself. It takes time linear in the length of the text.
func Addresses(text string) bool {
	if strings.ContainsFunc(text, concealed) {
		return true
	}
	text = unseen.Replace(text)
	if machineLine.MatchString(text) || machineData.MatchString(text) || machineMark.MatchString(text) || coded.MatchString(link.ReplaceAllString(text, " ")) {
		return true
	}
	folded := foldText(text)
	for _, reading := range []string{folded, lookalikes.Replace(folded), leet.Replace(folded), spelled(folded), reversed(folded), rot13(folded)} {
		if addressed(reading) {
			return true
		}
	}
	return false
}

// concealed reports characters that hold a text which nobody sees, or turn one
// around. The marks that right-to-left text needs are none of them.
func concealed(r rune) bool {
	return r >= 0xE0000 && r <= 0xE007F || r == 0x202D || r == 0x202E
}

// addressed looks for a phrase in a folded text. Phrases may run over commas, but
// an order begins a clause.
func addressed(text string) bool {
	words, begins := clauses(text)
	for at, word := range words {
		for _, key := range []string{word, ""} {
			for _, a := range addresses[key] {
				if (!a.order || begins[at] || ordered(words[:at])) && reaches(a.steps, words[at:]) {
					return true
				}
			}
		}
	}
	return false
}

// clauses are the words of a text, and which of them begin a clause.
func clauses(text string) (words []string, begins []bool) {
	start, fresh := -1, true
	end := func(i int) {
		if start >= 0 {
			words, begins = append(words, text[start:i]), append(begins, fresh)
			start, fresh = -1, false
		}
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		end(i)
		fresh = fresh || strings.ContainsRune(":;,.!?\n،؛؟。，：；", r)
	}
	end(len(text))
	return words, begins
}

// ordered reports whether what stands before a verb makes it an order.
func ordered(before []string) bool {
	if len(before) == 0 {
		return true
	}
	switch before[len(before)-1] {
	case "please", "you", "and", "then", "just", "now", "instead", "kindly":
		return true
	case "must", "should", "will", "to", "shall":
		return len(before) > 1 && before[len(before)-2] == "you"
	}
	return false
}

// reaches reports whether a phrase stands at the beginning of words.
func reaches(steps [][]string, words []string) bool {
	for i, step := range steps {
		if step[0] == "*" {
			for skip := 0; skip <= wildGap && skip < len(words); skip++ {
				if reaches(steps[i+1:], words[skip:]) {
					return true
				}
			}
			return false
		}
		if len(words) == 0 || !isOneOf(words[0], step) {
			return false
		}
		words = words[1:]
	}
	return true
}

func isOneOf(word string, wanted []string) bool {
	for _, w := range wanted {
		if wordIs(word, w) {
			return true
		}
	}
	return false
}
