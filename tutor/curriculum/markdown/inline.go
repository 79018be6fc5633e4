package markdown

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"maieutic/tutor/curriculum/mathml"
	"maieutic/tutor/curriculum/xmltree"
)

var spaces = regexp.MustCompile(`[ \t\r\n\f]+`)

// line writes nodes in one line, save for line breaks that they ask for.
func (w *writer) line(nodes []*xmltree.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		join(&b, w.inline(n))
	}
	lines := strings.Split(b.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(spaces.ReplaceAllString(l, " "))
	}
	text := strings.Trim(strings.Join(lines, "\n"), "\n")
	for strings.HasSuffix(text, "\\\n") || text == `\` {
		text = strings.TrimSuffix(text, "\\\n")
	}
	if w.inTable {
		text = strings.ReplaceAll(text, "\\\n", " ")
	}
	// A line break at the end asks for nothing.
	if strings.HasSuffix(text, `\`) && !strings.HasSuffix(text, `\\`) {
		text = strings.TrimRight(strings.TrimSuffix(text, `\`), " ")
	}
	return text
}

var formulaEnd = regexp.MustCompile(`[^\\$\s]\$$`)

func (w *writer) inline(n *xmltree.Node) string {
	switch {
	case n.Name == "":
		return w.escape(n.Text)
	case dropped[n.Name]:
		return ""
	case media[n.Name]:
		return w.media(n)
	case control[n.Name]:
		w.Lose(n, "control <"+n.Name+">", n.Attr("type"))
		return w.children(n)
	case blockElements[n.Name]:
		return " " + w.children(n) + " "
	}
	switch n.Name {
	case "em", "i", "cite", "dfn", "var":
		return mark("*", w.children(n))
	case "strong", "b":
		return mark("**", w.children(n))
	case "s", "del", "strike":
		return mark("~~", w.children(n))
	case "sup", "sub":
		return w.raised(n)
	case "code", "kbd", "samp", "tt":
		return w.code(n)
	case "br":
		if w.inTable {
			return " "
		}
		return "\\\n"
	case "a":
		return w.link(n)
	case "img":
		return w.image(n)
	case "math":
		return w.math(n)
	case "tex": // a formula that is TeX already
		return w.tex(n)
	case "q":
		return "“" + w.children(n) + "”"
	case "u", "span", "small", "big", "font", "abbr", "acronym", "bdi", "bdo", "ins", "label", "mark", "time", "wbr", "ruby", "picture", "source", "track", "param", "data", "address", "nobr", "area", "slot", "thead":
		return w.children(n)
	}
	w.Alter(n, "unknown element <"+n.Name+">, its text kept", "")
	return w.children(n)
}

// children writes what is in an element, without trimming it.
func (w *writer) children(n *xmltree.Node) string {
	var b strings.Builder
	for _, c := range n.Children {
		join(&b, w.inline(c))
	}
	return b.String()
}

// join adds a part to a line. A digit behind the dollar of a formula would make
// it money, a dollar there a longer mark, and a parenthesis behind a bracket a
// link.
func join(b *strings.Builder, part string) {
	if part == "" {
		return
	}
	before := b.String()
	before = before[max(0, len(before)-8):]
	switch {
	case (part[0] == '$' || part[0] >= '0' && part[0] <= '9') && formulaEnd.MatchString(before):
		b.WriteByte(' ')
	case part[0] == '(' && strings.HasSuffix(before, "]"):
		b.WriteByte('\\')
	}
	b.WriteString(part)
}

// mark puts emphasis around a text; spaces at its ends stay outside, where
// Markdown wants them.
func mark(with, text string) string {
	inner := strings.TrimSpace(text)
	if inner == "" || strings.Contains(inner, "\n") || strings.Trim(inner, "*") == "" {
		return text
	}
	at := strings.Index(text, inner)
	return text[:at] + with + inner + with + text[at+len(inner):]
}

func (w *writer) media(n *xmltree.Node) string {
	w.Lose(n, "media <"+n.Name+">", firstOf(n, "title", "src", "data"))
	text := w.children(n)
	if title := n.Attr("title"); title != "" && strings.TrimSpace(text) == "" {
		return w.escape(title)
	}
	return text
}

func firstOf(n *xmltree.Node, names ...string) string {
	for _, name := range names {
		if v := n.Attr(name); v != "" {
			return v
		}
	}
	return ""
}

var (
	superscripts = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹", "+", "⁺", "-", "⁻", "−", "⁻", "=", "⁼", "(", "⁽", ")", "⁾", "n", "ⁿ", "i", "ⁱ",
		"st", "ˢᵗ", "nd", "ⁿᵈ", "rd", "ʳᵈ", "th", "ᵗʰ")
	subscripts = strings.NewReplacer("0", "₀", "1", "₁", "2", "₂", "3", "₃", "4", "₄", "5", "₅", "6", "₆", "7", "₇", "8", "₈", "9", "₉", "+", "₊", "-", "₋", "−", "₋", "=", "₌", "(", "₍", ")", "₎")
	inSuper    = regexp.MustCompile(`^([-0-9+−=()ni]+|st|nd|rd|th)$`)
	inSub      = regexp.MustCompile(`^[-0-9+−=()]+$`)
)

// raised writes sup and sub with the characters that Unicode has for them, and
// as a formula where it has none.
func (w *writer) raised(n *xmltree.Node) string {
	text := n.Content()
	switch {
	case text == "":
		return ""
	case n.Name == "sup" && inSuper.MatchString(text):
		return superscripts.Replace(text)
	case n.Name == "sub" && inSub.MatchString(text):
		return subscripts.Replace(text)
	case len(n.Elements()) == 0 && short.MatchString(text):
		sign := map[string]string{"sup": "^", "sub": "_"}[n.Name]
		return "${}" + sign + `{\text{` + text + "}}$"
	}
	w.Alter(n, "raised or lowered text, set in brackets", "")
	return "(" + strings.TrimSpace(w.children(n)) + ")"
}

var short = regexp.MustCompile(`^[\p{L}\p{N}+−, -]{1,20}$`)

// code keeps what is between the backticks as it is.
func (w *writer) code(n *xmltree.Node) string {
	text := spaces.ReplaceAllString(n.Raw(), " ")
	if strings.TrimSpace(text) == "" {
		return text
	}
	ticks := "`"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	if w.inTable {
		text = strings.ReplaceAll(text, "|", `\|`)
	}
	return ticks + text + ticks
}

func (w *writer) link(n *xmltree.Node) string {
	text := w.children(n)
	href := n.Attr("href")
	if strings.TrimSpace(text) == "" || href == "" {
		return text
	}
	to := w.Link(href)
	if to == "" || strings.ContainsAny(text, "\n") || len(n.Find("a")) > 0 {
		return text
	}
	inner := strings.TrimSpace(text)
	at := strings.Index(text, inner)
	return text[:at] + "[" + bracketless(inner) + "](" + address(to) + ")" + text[at+len(inner):]
}

// image writes what stands in place of a picture. The pages of a tutor show no
// pictures of material that was imported, but read this out.
func (w *writer) image(n *xmltree.Node) string {
	alt := strings.Join(strings.Fields(n.Attr("alt")), " ")
	if alt == "" {
		w.Lose(n, "picture without a text in its place", n.Attr("src"))
		return ""
	}
	w.Alter(n, "picture, its text kept", n.Attr("src"))
	return "![" + bracketless(w.escape(alt)) + "](" + address(n.Attr("src")) + ")"
}

// bracketless keeps a text from ending the brackets it stands in.
func bracketless(s string) string {
	if strings.Contains(s, "](") { // a picture in a link
		return s
	}
	return strings.NewReplacer("[", "(", "]", ")").Replace(s)
}

// address escapes what would end the address of a link.
func address(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>\"`+"`", c) >= 0 {
			b.WriteString("%" + strings.ToUpper(hexByte(c)))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func hexByte(c byte) string { const d = "0123456789abcdef"; return string([]byte{d[c>>4], d[c&15]}) }

// WebLink returns an address on the web as it is, "" for everything else.
func WebLink(href string) string {
	href = strings.TrimSpace(href)
	if u, err := url.Parse(href); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return href
}

// math writes a formula between dollars.
func (w *writer) math(n *xmltree.Node) string {
	tex, lost := mathml.TeX(n)
	for _, name := range lost {
		w.Alter(n, "formula with <"+name+">, its text kept", "")
	}
	if tex == "" {
		if alt := n.Attr("alttext"); alt != "" {
			return w.escape(alt)
		}
		w.Lose(n, "empty formula", "")
		return ""
	}
	return "$" + tex + "$"
}

// tex writes a formula that is TeX already, on one line. A dollar inside would
// end it, so such a one stays text.
func (w *writer) tex(n *xmltree.Node) string {
	formula := strings.TrimSpace(spaces.ReplaceAllString(n.Raw(), " "))
	if formula == "" {
		return ""
	}
	if strings.Contains(formula, "$") || w.inTable && strings.Contains(formula, "|") {
		w.Alter(n, "formula that cannot be set, its text kept", formula)
		return w.escape(formula)
	}
	return "$" + formula + "$"
}

var (
	reference  = regexp.MustCompile(`&(#?[A-Za-z0-9]+;)`)
	linkStart  = strings.NewReplacer("](", `]\(`)
	definition = regexp.MustCompile(`^(\[[^\]]*\]):`)
)

// escape keeps the characters of a text from being read as Markdown. Brackets
// stay bare, since an escaped one would open a formula; a bracket cannot begin
// a link without the parenthesis or colon behind it, which are escaped.
func (w *writer) escape(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	s = spaces.ReplaceAllString(s, " ")
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		switch r {
		case '\\', '*', '`', '$', '~', '<':
			b.WriteByte('\\')
		case '|':
			if w.inTable {
				b.WriteByte('\\')
			}
		case '_':
			if i == 0 || i == len(runes)-1 || !wordRune(runes[i-1]) || !wordRune(runes[i+1]) {
				b.WriteByte('\\')
			}
		}
		if r != utf8.RuneError {
			b.WriteRune(r)
		}
	}
	return linkStart.Replace(reference.ReplaceAllString(b.String(), `\&$1`))
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

var (
	blockStart  = regexp.MustCompile(`^(#{1,6}(?: |$)|[-+](?: |$)|>|[-=]+ *$)`)
	numberStart = regexp.MustCompile(`^(\d{1,9})([.)])( |$)`)
)

// lineStarts escapes what would begin a list, a heading, a quotation or a
// definition at the start of a line.
func lineStarts(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		l = blockStart.ReplaceAllString(l, `\$1`)
		l = numberStart.ReplaceAllString(l, `$1\$2$3`)
		lines[i] = definition.ReplaceAllString(l, `$1\:`)
	}
	return strings.Join(lines, "\n")
}

// Escape writes a plain text as one paragraph of Markdown.
func Escape(s string) string {
	w := &writer{Options: Options{}.filled()}
	return lineStarts(strings.TrimSpace(w.escape(s)))
}
