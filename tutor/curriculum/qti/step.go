package qti

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
	"maieutic/tutor/curriculum/markdown"
	"maieutic/tutor/curriculum/xmltree"
)

// step asks one interaction.
func (it *item) step(n *xmltree.Node, number, of int) (tutor.Step, *leave) {
	step := tutor.Step{ID: fmt.Sprintf("s%d", number+1), Skills: it.skills}
	if inLine(n) {
		it.gaps++
		step.Question = fmt.Sprintf("(%d) %s", it.gaps, escaped)
	} else if prompt := n.Child("prompt"); prompt != nil {
		step.Question = markdown.Blocks(clone(prompt, plain).Children, it.writing())
	}
	if step.Question == "" && of > 1 {
		step.Question = fmt.Sprintf("(%d)", number+1)
	}
	declared := it.declaration(n.Attr("responseIdentifier"))
	e := tutor.Expectation{ID: "answer", Skills: it.skills}
	var err *leave
	switch n.Name {
	case "choiceInteraction", "inlineChoiceInteraction":
		it.counts.Choices++
		err = it.choice(n, declared, &step, &e)
	case "textEntryInteraction":
		it.counts.Entries++
		err = it.entry(n, declared, &e)
	default:
		it.counts.Extended++
		err = it.extended(n, declared, of, &e)
	}
	step.Expectations = []tutor.Expectation{e}
	return step, err
}

// response is what an item declares about one response.
type response struct {
	node        *xmltree.Node
	cardinality string
	baseType    string
	right       []string // correctResponse, else what the mapping gives most for
	accept      []string // what else the mapping gives points for
}

func (it *item) declaration(id string) *response {
	for _, n := range it.root.Elements("responseDeclaration") {
		if n.Attr("identifier") != id {
			continue
		}
		r := &response{node: n, cardinality: cmp.Or(n.Attr("cardinality"), "single"), baseType: n.Attr("baseType")}
		if correct := n.Child("correctResponse"); correct != nil {
			for _, v := range correct.Elements("value") {
				r.right = append(r.right, v.Content())
			}
		}
		r.mapped(n.Child("mapping"))
		return r
	}
	return nil
}

// mapped reads the mapping of responses to points.
func (r *response) mapped(mapping *xmltree.Node) {
	if mapping == nil {
		return
	}
	best := 0.0
	points := map[string]float64{}
	var keys []string
	for _, e := range mapping.Elements("mapEntry") {
		value, err := strconv.ParseFloat(e.Attr("mappedValue"), 64)
		if err != nil || value <= 0 || math.IsInf(value, 0) || math.IsNaN(value) {
			continue
		}
		key := strings.Join(strings.Fields(e.Attr("mapKey")), " ")
		points[key] = value
		keys = append(keys, key)
		best = max(best, value)
	}
	if len(r.right) == 0 {
		for _, k := range keys {
			if r.cardinality == "multiple" || points[k] == best {
				r.right = append(r.right, k)
			}
		}
	}
	for _, k := range keys {
		// Less than the best gets part of the points: that is not a right answer.
		if points[k] == best && !slices.Contains(r.right, k) {
			r.accept = append(r.accept, k)
		}
	}
}

func noAnswer(n *xmltree.Node) *leave {
	return leaving(n, "item without a right answer", n.Attr("responseIdentifier"))
}

// listed returns the choices of an interaction and their identifiers.
func (it *item) listed(n *xmltree.Node) (ids, texts []string) {
	taken := map[string]bool{}
	for _, c := range n.Elements("simpleChoice", "inlineChoice") {
		text := markdown.Inline(clone(c, plain).Children, it.writing())
		if text == "" || taken[text] {
			text = strings.TrimSpace(text + " (" + markdown.Escape(c.Attr("identifier")) + ")")
		}
		taken[text] = true
		ids, texts = append(ids, c.Attr("identifier")), append(texts, text)
	}
	return ids, texts
}

func (it *item) choice(n *xmltree.Node, r *response, step *tutor.Step, e *tutor.Expectation) *leave {
	ids, texts := it.listed(n)
	if r == nil || len(r.right) == 0 {
		return noAnswer(n)
	}
	var right []int
	for _, id := range r.right {
		at := slices.Index(ids, id)
		if at < 0 {
			return leaving(n, "item whose right answer is not among its choices", id)
		}
		right = append(right, at)
	}
	if r.cardinality == "ordered" {
		return leaving(n, "choice in a certain order", r.node.Attr("identifier"))
	}
	if r.cardinality == "multiple" && n.Attr("maxChoices") != "1" {
		it.several(n, texts, right, step, e)
		return nil
	}
	step.Choices = texts
	e.Answer = &tutor.Answer{Kind: tutor.AnswerChoice, Value: texts[right[0]]}
	for _, at := range right[1:] {
		e.Answer.Accept = append(e.Answer.Accept, texts[at])
	}
	e.Tell = texts[right[0]]
	return nil
}

// several asks for the numbers of all right choices, in any order.
func (it *item) several(n *xmltree.Node, texts []string, right []int, step *tutor.Step, e *tutor.Expectation) {
	it.alter(n, "choice of several answers, asked for by their numbers", "")
	slices.Sort(right)
	lines := make([]string, len(texts))
	for i, text := range texts {
		lines[i] = fmt.Sprintf("%d. %s", i+1, strings.ReplaceAll(text, "\n", " "))
	}
	numbers, said := make([]string, len(right)), make([]string, len(right))
	for i, at := range right {
		numbers[i], said[i] = strconv.Itoa(at+1), texts[at]
	}
	step.Question = strings.TrimSpace(step.Question + "\n\n" + strings.Join(lines, "\n") + "\n\n" + it.severalWords())
	e.Answer = &tutor.Answer{Kind: tutor.AnswerExpression, Value: strings.Join(numbers, ", ")}
	if len(right) == 1 {
		e.Answer.Kind = tutor.AnswerNumber
	}
	e.Tell = strings.Join(numbers, ", ") + ": " + strings.Join(said, "; ")
}

func (it *item) severalWords() string {
	primary, _, _ := strings.Cut(strings.ToLower(it.course.Language), "-")
	return cmp.Or(map[string]string{
		"es": "Escriba los números de todas las correctas, separados por comas.",
		"fr": "Écrivez les numéros de toutes les bonnes réponses, séparés par des virgules.",
		"de": "Schreiben Sie die Nummern aller richtigen, durch Kommas getrennt.",
		"pt": "Escreva os números de todas as corretas, separados por vírgulas.",
	}[primary], "Write the numbers of all that are right, with commas between them.")
}

func (it *item) entry(n *xmltree.Node, r *response, e *tutor.Expectation) *leave {
	if r == nil || len(r.right) == 0 || r.right[0] == "" {
		return noAnswer(n)
	}
	if r.cardinality == "record" {
		return leaving(n, "response that is a record", r.node.Attr("identifier"))
	}
	accept := append(slices.Clone(r.right[1:]), r.accept...)
	answer := tutor.Answer{Kind: tutor.AnswerText, Value: r.right[0], Accept: accept}
	if r.baseType == "float" || r.baseType == "integer" || curriculum.GuessKind(answer.Value, nil) == tutor.AnswerNumber {
		number := answer
		number.Kind, number.Tolerance = tutor.AnswerNumber, it.tolerance(r)
		if it.readable(number) {
			answer = number
		}
	}
	e.Answer = &answer
	e.Tell = markdown.Escape(answer.Value)
	return nil
}

func (it *item) readable(a tutor.Answer) bool {
	if it.options.Match == nil {
		return false
	}
	equal, parsed := it.options.Match(a, a.Value)
	return equal && parsed
}

// tolerance is what the response processing allows a number to be off by.
func (it *item) tolerance(r *response) float64 {
	processing := it.root.Child("responseProcessing")
	if processing == nil {
		return 0
	}
	for _, equal := range processing.Find("equal") {
		about := equal.Find("variable")
		if len(about) == 0 || about[0].Attr("identifier") != r.node.Attr("identifier") {
			continue
		}
		largest := 0.0
		for _, s := range strings.Fields(equal.Attr("tolerance")) {
			if v, err := strconv.ParseFloat(s, 64); err == nil && v > largest && !math.IsInf(v, 0) {
				largest = v
			}
		}
		value, err := strconv.ParseFloat(r.right[0], 64)
		switch equal.Attr("toleranceMode") {
		case "absolute":
			return largest
		case "relative":
			if err == nil {
				return math.Abs(value) * largest / 100
			}
		}
	}
	return 0
}

// extended is an open question. What a good answer says is in the item's sample
// answer or in the rubric for whoever scores it.
func (it *item) extended(n *xmltree.Node, r *response, of int, e *tutor.Expectation) *leave {
	var samples, rubric []string
	if r != nil {
		samples = append(slices.Clone(r.right), r.accept...)
	}
	for _, block := range it.root.Child("itemBody").Find("rubricBlock") {
		if !forCandidate(block) {
			rubric = append(rubric, markdown.Inline(clone(block, plain).Children, it.writing()))
		}
	}
	rubric = slices.DeleteFunc(rubric, func(s string) bool { return s == "" })
	switch {
	case len(samples) > 0 && samples[0] != "":
		e.Says, e.Accept = samples[0], samples[1:]
		e.Tell = markdown.Escape(samples[0])
		if len(rubric) > 0 {
			it.outside = strings.Join(rubric, "\n\n")
			it.lose(n, "rubric beside a sample answer", strings.Join(rubric, " "))
		}
	case len(rubric) > 0 && of == 1:
		e.Says = strings.Join(rubric, " ")
		e.Tell = e.Says
	default:
		return leaving(n, "extended text without a sample answer or a rubric of its own", n.Attr("responseIdentifier"))
	}
	return nil
}
