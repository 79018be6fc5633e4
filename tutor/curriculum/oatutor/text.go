package oatutor

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// variables are OATutor's "variabilization": each name has a list of values,
// and all names that are declared together take the value at the same place of
// their lists, counted round for a shorter list.
type variables map[string][]value

// value is what stands in for a variable, spelled as in the file: a number
// keeps its digits.
type value string

func (v *value) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*v = value(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return fmt.Errorf("a variable takes a number or a text, not %s", raw)
	}
	*v = value(n)
	return nil
}

// vary chooses the values of variables: always the same ones for the same
// problem, so that a version of an activity is one thing. What it returns takes
// them back: a step's variables are not those of the next.
func (p *problem) vary(vars variables) func() {
	outer := maps.Clone(p.values)
	h := fnv.New32a()
	_, _ = h.Write([]byte(p.id))
	place := int(h.Sum32() % 1_000_003)
	for name, values := range vars {
		if len(values) > 0 {
			p.values[name] = string(values[place%len(values)])
			p.counts.Variabilized = 1
		}
	}
	return func() { p.values = outer }
}

var (
	placeholder = regexp.MustCompile(`@\{([^{}]*)\}`)
	// A figure is a file's name between double hashes. Some have lost the second
	// pair; those end with the file's ending.
	figure = regexp.MustCompile(`(?i)##[^#\n\\$]+?\.(?:gif|png|jpe?g|svg|webp|mp4)(?:##)?|##[^#\n]+##`)
)

// noFigure stands where a figure was, so that a student who cannot answer
// without it knows why.
const noFigure = "(A figure that belongs here is missing.)"

// fill puts the chosen values into a text. A variable without one would reach
// the student as it stands in the file: the problem is not imported then.
func (p *problem) fill(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(m string) string {
		name := placeholder.FindStringSubmatch(m)[1]
		v, ok := p.values[name]
		if !ok && p.unset == "" {
			p.unset = name
		}
		return v
	})
}

// text makes Markdown of a text of OATutor's: variables filled in, formulas
// between double dollars as they are, everything else with the marks escaped
// that mean nothing there. The two characters \n are a line break.
func (p *problem) text(s string) string {
	s = strings.ReplaceAll(p.fill(s), "\x00", "")
	if figure.MatchString(s) {
		s = strings.ReplaceAll(figure.ReplaceAllString(s, noFigure), noFigure+" "+noFigure, noFigure)
		p.note("a figure is not in the data; its place says so")
	}
	var b strings.Builder
	parts := strings.Split(s, "$$")
	for i, part := range parts {
		switch {
		case i%2 == 0:
			b.WriteString(prose(part, i == 0))
		case i == len(parts)-1: // the formula does not end
			b.WriteString(`\$\$` + prose(part, false))
		default:
			b.WriteString("$$" + part + "$$")
		}
	}
	return strings.TrimSpace(b.String())
}

var (
	unequal = regexp.MustCompile(`\\neq([^A-Za-z]|$)`) // no line break
	marks   = regexp.MustCompile("[*_`~]")
	// What would begin a list, a quotation or a heading, or underline one.
	blockMark = regexp.MustCompile(`(?m)^([ \t]*)(#{1,6}[ \t]|[-+>](?:[ \t]|$)|[-=]+[ \t]*$)`)
	listMark  = regexp.MustCompile(`(?m)^([ \t]*\d+)([.)](?:[ \t]|$))`)
	money     = regexp.MustCompile(`\$([^\s$][^$]*[^\s$]\$(?:\D|$))`) // would be read as a formula
)

// prose escapes what Markdown would take for more than text. Only a part that
// begins the text or stands after a line break can begin a line.
func prose(s string, first bool) string {
	s = unequal.ReplaceAllString(s, "≠$1")
	s = marks.ReplaceAllString(s, `\$0`)
	s = money.ReplaceAllString(s, `\$$$1`)
	lines := strings.Split(strings.ReplaceAll(s, `\n`, "\n"), "\n")
	for i, line := range lines {
		if i > 0 || first {
			line = blockMark.ReplaceAllString(line, `$1\$2`)
			line = listMark.ReplaceAllString(line, `$1\$2`)
			line = strings.TrimLeft(line, " \t") // four spaces would be a block of code
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n\n")
}

// plain is a text with its variables filled in, for what is compared and not
// shown.
func (p *problem) plain(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(p.fill(s), "\x00", ""))
}

func (p *problem) note(what string) {
	if note := p.id + ": " + what; !slices.Contains(p.counts.Notes, note) {
		p.counts.Notes = append(p.counts.Notes, note)
	}
}

func (p *problem) line(s string) string { return firstLine(p.text(s)) }

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimSpace(line)
}

// each returns what a list becomes, without what is empty and what is there
// already.
func each(list []string, convert func(string) string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = convert(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
