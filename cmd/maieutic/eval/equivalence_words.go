package eval

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"maieutic/tutor"
)

var anyDigit = regexp.MustCompile(`\d`)

// renderChoice names a choice in other ways: its text plainer, its letter, its
// place.
func renderChoice(a tutor.Answer, choices []string) []rendering {
	r := newRendered(a.Value)
	at := slices.Index(choices, a.Value)
	plain := strings.TrimSpace(strings.ReplaceAll(a.Value, "$$", ""))
	r.add("without dollars", plain)
	r.add("single dollars", strings.ReplaceAll(a.Value, "$$", "$"))
	r.add("spaces around", "  "+a.Value+" ")
	r.add("a full stop", a.Value+".")
	r.add("a sentence", "I think it is "+a.Value)
	if !strings.ContainsAny(a.Value, `$\`) {
		r.add("small letters", strings.ToLower(a.Value))
		r.add("capitals", strings.ToUpper(a.Value))
	}
	if letter := letterOf(at); letter != "" && !namesAnother(choices, at, letter) {
		r.add("letter", letter)
		r.add("letter in brackets", "("+strings.ToUpper(letter)+")")
		r.add("letter as an option", "option "+letter)
		r.add("letter in a sentence", "the answer is "+strings.ToUpper(letter))
	}
	if at < 5 {
		r.add("place", "the "+[]string{"first", "second", "third", "fourth", "fifth"}[at]+" one")
	}
	if !slices.ContainsFunc(choices, anyDigit.MatchString) {
		r.add("number", fmt.Sprintf("option %d", at+1))
	}
	return r.all
}

func letterOf(i int) string {
	if i < 0 || i > 7 {
		return ""
	}
	return string(rune('a' + i))
}

// namesAnother reports that the letter is the text of another choice.
func namesAnother(choices []string, at int, letter string) bool {
	return slices.ContainsFunc(choices, func(c string) bool {
		return strings.EqualFold(strings.Trim(c, "$ "), letter) && c != choices[at]
	})
}

// barePoints takes off what does not make another choice.
func barePoints(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("$", " ", ". ", " ", ", ", " ").Replace(s+" ")), " ")
}

// missChoice names every other choice by text and letter.
func missChoice(a tutor.Answer, choices []string) []rendering {
	right := append([]string{a.Value}, a.Accept...)
	r := newRendered(right...)
	for i, c := range choices {
		if slices.ContainsFunc(right, func(a string) bool { return barePoints(a) == barePoints(c) }) {
			continue
		}
		r.add("another choice", c)
		if letter := letterOf(i); letter != "" && !namesAnother(choices, i, letter) {
			r.add("another letter", letter)
		}
	}
	return r.all
}

var signSpacing = regexp.MustCompile(`\s*(\*\*|[-−+*/=,()])\s*`)

// renderText writes an answer that is asked for letter by letter in other
// ways that mean the same to a reader.
func renderText(a tutor.Answer) []rendering {
	r := newRendered(a.Value)
	r.add("spaces around", "  "+a.Value+"\t")
	r.add("a full stop", a.Value+".")
	r.add("a sentence", "the answer is "+a.Value)
	r.add("a sentence", "it is "+a.Value)
	if !strings.Contains(a.Value, `\`) {
		r.add("dollars", "$"+a.Value+"$")
		r.add("spaces at signs", strings.TrimSpace(signSpacing.ReplaceAllString(a.Value, " $1 ")))
	}
	switch strings.ToUpper(a.Value) {
	case "UND", "DNE":
		r.add("words", "undefined")
		r.add("small letters", strings.ToLower(a.Value))
	}
	r.add("Unicode minus", strings.ReplaceAll(a.Value, "-", "−"))
	r.add("ASCII minus", strings.ReplaceAll(a.Value, "−", "-"))
	r.add("other brackets", strings.NewReplacer("bmatrix", "pmatrix").Replace(a.Value))
	r.add("tight rows", strings.NewReplacer(" & ", "&", ` \\ `, `\\`).Replace(a.Value))
	if fullWord.MatchString(a.Value) {
		r.add("small letters", strings.ToLower(a.Value))
		r.add("capitals", strings.ToUpper(a.Value))
	}
	return r.all
}

var (
	fullWord  = regexp.MustCompile(`^[A-Za-z][A-Za-z ,=0-9]*$`)
	lastDigit = regexp.MustCompile(`\d(?:\D*)$`)
	digitRuns = regexp.MustCompile(`\d+`)
)

// missText changes a number by one, a sign, or a word.
func missText(a tutor.Answer) []rendering {
	r := newRendered(append([]string{a.Value}, a.Accept...)...)
	for _, at := range digitRuns.FindAllStringIndex(a.Value, -1) {
		digit := a.Value[at[1]-1]
		r.add("off by one", a.Value[:at[1]-1]+string(rune('0'+(digit-'0'+1)%10))+a.Value[at[1]:])
	}
	for i, c := range a.Value {
		switch c {
		case '+':
			r.add("sign of a term", a.Value[:i]+"-"+a.Value[i+1:])
		case '-', '−':
			r.add("sign of a term", a.Value[:i]+"+"+a.Value[i+len(string(c)):])
		}
	}
	if !lastDigit.MatchString(a.Value) {
		r.add("another word", "not "+a.Value)
		r.add("another letter", shifted(a.Value))
	}
	return r.all
}

// shifted replaces every letter by the next.
func shifted(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c < 'z' || c >= 'A' && c < 'Z' {
			return c + 1
		}
		return c
	}, s)
}
