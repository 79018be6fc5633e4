package mathml

import (
	"strings"
	"unicode/utf8"

	"maieutic/tutor/curriculum/xmltree"
)

var functions = map[string]bool{"sin": true, "cos": true, "tan": true, "sec": true, "csc": true, "cot": true, "sinh": true, "cosh": true, "tanh": true,
	"coth": true, "arcsin": true, "arccos": true, "arctan": true, "log": true, "ln": true, "lg": true, "exp": true, "lim": true, "max": true, "min": true,
	"sup": true, "inf": true, "det": true, "dim": true, "ker": true, "gcd": true, "deg": true, "arg": true, "hom": true, "Pr": true}

// token writes the leaves; ok is false for an element that is none.
func (c *converter) token(n *xmltree.Node) (tex string, ok bool) {
	text := n.Content()
	switch n.Name {
	case "mi":
		return identifier(text, n.Attr("mathvariant")), true
	case "mn":
		return variant(symbols(text), n.Attr("mathvariant")), true
	case "mo":
		return operator(text), true
	case "mtext", "ms":
		return c.text(n), true
	case "mspace", "malignmark", "maligngroup", "mglyph", "none":
		return c.space(n), true
	}
	return "", false
}

func identifier(text, style string) string {
	switch {
	case text == "":
		return ""
	case functions[text] && style == "":
		return `\` + text + " "
	case utf8.RuneCountInString(text) == 1:
		if style == "normal" && isLetter(text[0]) {
			return `\mathrm{` + text + "}"
		}
		return variant(symbols(text), style)
	case strings.ContainsAny(text, " "):
		return `\text{` + escapeText(text) + "}"
	case style == "" || style == "normal":
		return `\mathrm{` + symbols(text) + "}"
	}
	return variant(symbols(text), style)
}

var variants = map[string]string{"bold": `\mathbf`, "italic": `\mathit`, "bold-italic": `\boldsymbol`, "double-struck": `\mathbb`, "script": `\mathcal`,
	"fraktur": `\mathfrak`, "sans-serif": `\mathsf`, "monospace": `\mathtt`}

func variant(tex, style string) string {
	if command := variants[style]; command != "" && tex != "" {
		return command + "{" + tex + "}"
	}
	return tex
}

func operator(text string) string {
	switch {
	case text == "":
		return ""
	case functions[text]:
		return `\` + text + " "
	case text == "mod":
		return `\bmod `
	case utf8.RuneCountInString(text) > 1 && isLetter(text[0]):
		return `\operatorname{` + symbols(text) + "}"
	}
	return symbols(text)
}

// text writes words; formulas inside them step out of the words.
func (c *converter) text(n *xmltree.Node) string {
	var b strings.Builder
	for _, child := range n.Children {
		switch {
		case child.Name != "":
			b.WriteString(c.node(child))
		case strings.TrimSpace(child.Text) == "" && child.Text != "":
			b.WriteString(`\ `)
		default:
			words := strings.Join(strings.Fields("x"+child.Text+"x"), " ") // keeps a space at either end
			words = strings.TrimSuffix(strings.TrimPrefix(words, "x"), "x")
			inner := strings.TrimSpace(words)
			before, after, _ := strings.Cut(words, inner)
			b.WriteString(strings.Repeat(`\ `, len(before)) + `\text{` + escapeText(inner) + "}" + strings.Repeat(`\ `, len(after)))
		}
	}
	return b.String()
}

// escapeText keeps words words; a dollar would end the formula.
func escapeText(s string) string {
	return strings.NewReplacer(`\`, `\textbackslash `, "{", `\{`, "}", `\}`, "$", `\textdollar `, "%", `\%`, "#", `\#`, "&", `\&`, "_", `\_`,
		"^", `\textasciicircum `, "~", `\textasciitilde `, "\u00a0", " ", "|", `\textbar `).Replace(s)
}

func (c *converter) space(n *xmltree.Node) string {
	switch width := n.Attr("width"); {
	case n.Name == "mglyph":
		c.lose("mglyph")
		return `\text{` + escapeText(n.Attr("alt")) + "}"
	case n.Name != "mspace", width == "" || width[0] == '0' && !strings.ContainsAny(width, "123456789") || width[0] == '-':
		return ""
	case strings.HasSuffix(width, "em") && width[0] != '0' && width[0] != '.':
		return `\quad `
	}
	return `\ `
}

// symbols writes characters as TeX has them. One that has no command stays as
// it is: TeX renderers of the web take Unicode.
func symbols(s string) string {
	var b strings.Builder
	for _, r := range s {
		if command, ok := commands[r]; ok {
			b.WriteString(command)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var commands = map[rune]string{
	'\\': `\backslash `, '{': `\{`, '}': `\}`, '$': `\textdollar `, '%': `\%`, '#': `\#`, '&': `\&`, '_': `\_`, '^': `\hat{}`, '~': `\sim `, '|': `\vert `,
	'\u00a0': `\ `, '\u2061': "", '\u2062': "", '\u2063': "", '\u2064': "", '\u200b': "", '\ufeff': "", '\u2009': `\,`, '\u200a': `\,`, '\u2002': `\ `, '\u2003': `\quad `,
	'\u2004': `\ `, '\u2005': `\ `, '\u2006': `\,`, '\u2008': `\,`, '\u205f': `\ `, '\u202f': `\,`,
	'−': "-", '–': "-", '‐': "-", '‑': "-", '×': `\times `, '÷': `\div `, '·': `\cdot `, '⋅': `\cdot `, '∙': `\cdot `, '•': `\bullet `, '±': `\pm `, '∓': `\mp `, '∗': `\ast `, '⋆': `\star `,
	'∘': `\circ `, '°': `^\circ `, '≤': `\le `, '≥': `\ge `, '⩽': `\le `, '⩾': `\ge `, '≠': `\ne `, '≈': `\approx `, '≡': `\equiv `, '≅': `\cong `, '≃': `\simeq `, '∼': `\sim `, '∝': `\propto `, '≪': `\ll `, '≫': `\gg `,
	'∞': `\infty `, '∑': `\sum `, '∏': `\prod `, '∐': `\coprod `, '∫': `\int `, '∬': `\iint `, '∭': `\iiint `, '∮': `\oint `, '∂': `\partial `, '∇': `\nabla `, '∆': `\Delta `, '√': `\surd `,
	'∈': `\in `, '∉': `\notin `, '∋': `\ni `, '⊂': `\subset `, '⊆': `\subseteq `, '⊃': `\supset `, '⊇': `\supseteq `, '∪': `\cup `, '∩': `\cap `, '⋃': `\bigcup `, '⋂': `\bigcap `, '∅': `\emptyset `, '∖': `\setminus `,
	'∀': `\forall `, '∃': `\exists `, '¬': `\neg `, '∧': `\land `, '∨': `\lor `, '⊕': `\oplus `, '⊗': `\otimes `, '⊥': `\perp `, '∥': `\parallel `, '∠': `\angle `, '∡': `\measuredangle `, '△': `\triangle `, '⊢': `\vdash `, '⊨': `\models `, '⊤': `\top `,
	'→': `\to `, '⟶': `\to `, '←': `\leftarrow `, '↔': `\leftrightarrow `, '⇒': `\Rightarrow `, '⇐': `\Leftarrow `, '⇔': `\Leftrightarrow `, '↦': `\mapsto `, '↑': `\uparrow `, '↓': `\downarrow `, '⇌': `\rightleftharpoons `, '⟹': `\Rightarrow `, '⟺': `\Leftrightarrow `, '∴': `\therefore `, '∵': `\because `,
	'⟨': `\langle `, '⟩': `\rangle `, '〈': `\langle `, '〉': `\rangle `, '⌊': `\lfloor `, '⌋': `\rfloor `, '⌈': `\lceil `, '⌉': `\rceil `, '‖': `\Vert `, '∣': `\mid `, '…': `\dots `, '⋯': `\cdots `, '⋮': `\vdots `, '⋱': `\ddots `,
	'′': `\prime `, '″': `\prime \prime `, '‴': `\prime \prime \prime `, 'ℏ': `\hbar `, 'ℓ': `\ell `, 'ℜ': `\Re `, 'ℑ': `\Im `, 'ℵ': `\aleph `, '⏞': `\overbrace `, '⏟': `\underbrace `, '︷': `\overbrace `, '︸': `\underbrace `, '⌢': `\frown `,
	'ℝ': `\mathbb{R}`, 'ℕ': `\mathbb{N}`, 'ℤ': `\mathbb{Z}`, 'ℚ': `\mathbb{Q}`, 'ℂ': `\mathbb{C}`, '¢': `\text{¢}`, '€': `\text{€}`, '£': `\text{£}`, '“': `\text{“}`, '”': `\text{”}`, '’': `'`,
	'½': `\frac{1}{2}`, '¼': `\frac{1}{4}`, '¾': `\frac{3}{4}`, '¹': `^{1}`, '²': `^{2}`, '³': `^{3}`,
	'α': `\alpha `, 'β': `\beta `, 'γ': `\gamma `, 'δ': `\delta `, 'ε': `\varepsilon `, 'ϵ': `\epsilon `, 'ζ': `\zeta `, 'η': `\eta `, 'θ': `\theta `, 'ϑ': `\vartheta `, 'ι': `\iota `, 'κ': `\kappa `, 'λ': `\lambda `, 'μ': `\mu `, 'µ': `\mu `, 'ν': `\nu `, 'ξ': `\xi `, 'π': `\pi `, 'ϖ': `\varpi `, 'ρ': `\rho `, 'ϱ': `\varrho `, 'σ': `\sigma `, 'ς': `\varsigma `, 'τ': `\tau `, 'υ': `\upsilon `, 'φ': `\varphi `, 'ϕ': `\phi `, 'χ': `\chi `, 'ψ': `\psi `, 'ω': `\omega `,
	'Γ': `\Gamma `, 'Δ': `\Delta `, 'Θ': `\Theta `, 'Λ': `\Lambda `, 'Ξ': `\Xi `, 'Π': `\Pi `, 'Σ': `\Sigma `, 'Υ': `\Upsilon `, 'Φ': `\Phi `, 'Ψ': `\Psi `, 'Ω': `\Omega `, '\u2126': `\Omega `,
}
