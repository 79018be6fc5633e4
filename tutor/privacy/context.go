package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words that stand before a name, in folded spelling.
var (
	before = set(`ask asked asking tell told named called dear hi hello hey mr mrs ms miss dr sr sra llamo llama llaman llamado llamada
		soy senor senora hola querido querida pregunte don dona herr frau lieber liebe hallo
		اسمي اسمه اسمها يدعي تدعي يا مرحبا سالت اسال الاستاذ الاستاذه صديقي صديقتي زميلي زميلتي قال قالت السيد السيده`)
	says = set(`said says told tells thinks thought asked asks explained
		dijo dice piensa cree creo explico pregunto قال قالت يقول تقول`)
	does = set(`was has had and helped helps wrote got did does showed shows gave copied lent wants wanted took made found sent
		esta y me nos hizo ayudo escribio tiene con`)
	states     = set(`right wrong correct mistaken stuck confused my our saying asking not bien mal mi`)
	articles   = set(`the a an this that each every one no my your his her its our their el la los las un una mi tu su este esta cada der die das ein eine`)
	pronouns   = set(`i you we he she it they this that the there not yo tu usted el ella nosotros`)
	months     = set(`april may june july august april avril mai mayo abril junio julio agosto`)
	dated      = set(`in on of until by next last since before after early late until during de en hasta desde`)
	lawful     = set(`law laws theorem theorems rule rules principle equation equations constant effect formula circle method triangle diagram bridge identity`)
	lawfulPrev = set(`ley leyes teorema regla principio ecuacion metodo formula triangulo constante efecto satz gesetz قانون قانونا نظريه قاعده مبدا معادله`)
	ofWords    = set(`of de del des von`)
	named      = set(`اسمي اسمه اسمها llamo llama llamado llamada called named soy`)
)

// around reads the words beside one word of a text.
type around struct {
	text string
	ws   []word
	r    *Redactor
}

func (a around) fold(i int) string {
	if i < 0 || i >= len(a.ws) {
		return ""
	}
	return a.ws[i].fold
}

// gap is the text between word i and the next, "" past either end.
func (a around) gap(i int) string {
	if i < 0 || i+1 >= len(a.ws) {
		return ""
	}
	return a.text[a.ws[i].end:a.ws[i+1].start]
}

// introduced reports whether word i follows "my name is" or the like.
func (a around) introduced(i int) bool {
	if i == 0 || pronouns[a.fold(i+1)] || strings.ContainsAny(a.gap(i-1), ".!?\n") {
		return false
	}
	p := a.fold(i - 1)
	switch p {
	case "is", "s", "es":
		return (a.fold(i-2) == "name" || a.fold(i-2) == "nombre") && a.fold(i-3) != "the" && a.fold(i-3) != "el"
	case "am", "m":
		return a.fold(i-2) == "i" && a.ws[i].cap
	}
	return named[p] || (p == "name" || p == "nombre") && strings.ContainsAny(a.gap(i-1), ":=")
}

// cued reports whether the words beside word i say that it is a name.
func (a around) cued(i int) bool {
	if a.introduced(i) {
		return true
	}
	if i > 0 && !pronouns[a.fold(i+1)] && !strings.ContainsAny(a.gap(i-1), ";!?\n") && before[a.fold(i-1)] {
		return true
	}
	if i > 1 && a.fold(i-1) == "a" && strings.HasPrefix(a.fold(i-2), "pregunt") {
		return true
	}
	next := a.fold(i + 1)
	if a.gap(i) != " " {
		return a.possessive(i) && a.ws[i].cap
	}
	if next == "is" || next == "es" {
		return a.ws[i].cap && states[a.fold(i+2)]
	}
	return says[next] && !articles[a.fold(i-1)] || does[next] && a.ws[i].cap && !a.month(i) ||
		next == "and" && a.fold(i+2) == "i"
}

// possessive reports whether 's or ’s follows word i.
func (a around) possessive(i int) bool {
	return a.fold(i+1) == "s" && (a.gap(i) == "'" || a.gap(i) == "’")
}

// month reports whether word i is a month where a date would stand.
func (a around) month(i int) bool {
	return months[a.fold(i)] && (dated[a.fold(i-1)] || a.number(i-1) || a.number(i+1))
}

// number reports whether word i is one.
func (a around) number(i int) bool {
	f := a.fold(i)
	return f != "" && a.ws[i].letters == 0 && f[0] != opaque
}

// proper reports whether word i is written as a name: with a capital inside a
// sentence whose other words have none, and no article before it.
func (a around) proper(i int) bool {
	w := a.ws[i]
	if !w.cap || w.opens || i == 0 || articles[a.fold(i-1)] || a.month(i) || a.applied(i) {
		return false
	}
	if w.upper && (a.ws[i-1].upper || i+1 < len(a.ws) && a.ws[i+1].upper) {
		return false
	}
	// In a title every word has a capital.
	return !a.ws[i-1].cap || a.ws[i-1].opens || a.fold(i-1) == "i"
}

// applied reports whether word i is called as a function, or is part of a
// formula: max(a, b), tan 3, \sin.
func (a around) applied(i int) bool {
	w := a.ws[i]
	if w.end < len(a.text) && strings.IndexByte("(_^={", a.text[w.end]) >= 0 {
		return true
	}
	return w.start > 0 && strings.IndexByte(`\_^`, a.text[w.start-1]) >= 0
}

// lawful reports whether word i names a law or theorem.
func (a around) lawful(i int) bool {
	next := i + 1
	if a.possessive(i) {
		next++
	}
	if lawful[a.fold(next)] && next < i+3 {
		return true
	}
	prev := i - 1
	if ofWords[a.fold(prev)] {
		prev--
	}
	return lawfulPrev[a.fold(prev)] || prev < i-1 && lawful[a.fold(prev)]
}

// letterBefore reports whether a letter or digit ends before byte i.
func letterBefore(text string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// letterAfter reports whether a letter or digit begins at byte i.
func letterAfter(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[i:])
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}
