package qti

import (
	"slices"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/markdown"
	"maieutic/tutor/curriculum/xmltree"
)

// rungs are the kinds that hints get, in the order in which they stand.
var rungs = []tutor.HintKind{tutor.HintPoint, tutor.HintPrinciple, tutor.HintExample, tutor.HintCloze}

// feedback puts an item's feedback where the tutor can say it: what is said to
// a right answer explains; what is said to a wrong one, or is called a hint, is
// a hint unless it gives the answer away; then it goes to what is told in the end.
//
// Feedback belongs to the step whose choice it stands in, otherwise to the last.
func (it *item) feedback(a *tutor.Activity) {
	asked := findInteractions(it.root.Child("itemBody"))
	for i, n := range asked {
		for _, c := range n.Elements("simpleChoice", "inlineChoice") {
			for _, f := range c.Find("feedbackInline", "feedbackBlock") {
				it.place(f, a, i, it.rightChoice(n, c), choiceText(c))
			}
		}
	}
	last := len(a.Steps) - 1
	outside := clone(it.root.Child("itemBody"), func(n *xmltree.Node) ([]*xmltree.Node, bool) { return nil, isInteraction(n) })
	for _, f := range append(outside.Find("feedbackInline", "feedbackBlock"), it.root.Elements("modalFeedback")...) {
		it.place(f, a, last, it.forRight(f, asked[last]), "")
	}
}

func (it *item) rightChoice(n, choice *xmltree.Node) bool {
	r := it.declaration(n.Attr("responseIdentifier"))
	return r != nil && slices.Contains(r.right, choice.Attr("identifier"))
}

// choiceText is a choice without its feedback.
func choiceText(c *xmltree.Node) string {
	return markdown.Inline(clone(c, plain).Children, markdown.Options{})
}

// forRight reports whether feedback is for a right answer, by the identifier
// that it is shown for.
func (it *item) forRight(f, asked *xmltree.Node) bool {
	id := f.Attr("identifier")
	if r := it.declaration(asked.Attr("responseIdentifier")); r != nil && slices.Contains(r.right, id) {
		return true
	}
	id = strings.ToLower(id)
	wrong := strings.Contains(id, "incorrect") || strings.Contains(id, "wrong") || strings.Contains(id, "not")
	right := strings.Contains(id, "correct") || strings.Contains(id, "right") || strings.Contains(id, "solution")
	return right && !wrong
}

// place adds one piece of feedback to a step.
func (it *item) place(f *xmltree.Node, a *tutor.Activity, at int, right bool, choice string) {
	text := markdown.Blocks(clone(f, plain).Children, it.writing())
	if text == "" {
		return
	}
	step := &a.Steps[at]
	e := &step.Expectations[0]
	switch {
	case right:
		step.Explanation = strings.TrimSpace(step.Explanation + "\n\n" + text)
	case it.reveals(text, a, step, e):
		e.Tell = strings.TrimSpace(e.Tell + "\n\n" + text)
		it.alter(f, "feedback that states the answer, told at the end", f.Attr("identifier"))
	case len(e.Hints) == len(rungs):
		e.Hints[len(rungs)-1].Text += "\n\n" + text
	default:
		if choice != "" {
			text = "*" + strings.Trim(choice, "*") + "*: " + text
		}
		e.Hints = append(e.Hints, tutor.Hint{Kind: rungs[len(e.Hints)], Text: text})
		it.counts.Hints++
	}
}

// reveals errs to the side of silence: without a way to tell, and for an answer
// in words, feedback to a wrong answer waits until the end if it has the answer's
// words in it.
func (it *item) reveals(text string, a *tutor.Activity, step *tutor.Step, e *tutor.Expectation) bool {
	if it.options.Reveals == nil || e.Answer == nil {
		return true
	}
	if e.Answer.Kind == tutor.AnswerChoice || e.Answer.Kind == tutor.AnswerText {
		if strings.Contains(strings.ToLower(text), strings.ToLower(strings.Trim(e.Answer.Value, "*."))) {
			return true
		}
	}
	given := append([]string{a.Statement, step.Question}, step.Choices...)
	return it.options.Reveals(text, *e.Answer, given)
}
