package qti_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/loss"
	"maieutic/tutor/curriculum/qti"
)

// options stand in for the grader: a number is equal to itself, and a text gives
// an answer away that has it in it.
var options = curriculum.Options{
	Match:   func(a tutor.Answer, text string) (bool, bool) { return a.Value == text, true },
	Reveals: func(text string, a tutor.Answer, _ []string) bool { return strings.Contains(text, a.Value) },
}

func importItems(t *testing.T, files map[string]string) qti.Result {
	t.Helper()
	result, err := run(t, files)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func run(t testing.TB, files map[string]string) (qti.Result, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	folder, err := archive.FromFS(fsys, archive.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return qti.Import(folder, "Quiz", options)
}

const choice22 = `<?xml version="1.0"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="cap-1" title="A capital" adaptive="false">
<responseDeclaration identifier="R" cardinality="single" baseType="identifier"><correctResponse><value>B</value></correctResponse></responseDeclaration>
<itemBody><p>Look at <strong>Hungary</strong>.</p>
<choiceInteraction responseIdentifier="R" maxChoices="1"><prompt>Which is its capital?</prompt>
<simpleChoice identifier="A">Bucharest <feedbackInline outcomeIdentifier="F" identifier="A">That is in Romania.</feedbackInline></simpleChoice>
<simpleChoice identifier="B">Budapest <feedbackInline outcomeIdentifier="F" identifier="B">On the Danube.</feedbackInline></simpleChoice>
<simpleChoice identifier="C">Debrecen <feedbackInline outcomeIdentifier="F" identifier="C">No, Budapest is larger.</feedbackInline></simpleChoice>
</choiceInteraction></itemBody></assessmentItem>`

func TestChoice(t *testing.T) {
	result := importItems(t, map[string]string{"cap.xml": choice22})
	a := result.Course.Activities[0]
	step := a.Steps[0]
	e := step.Expectations[0]
	if a.Title != "A capital" || step.Question != "Look at **Hungary**.\n\nWhich is its capital?" {
		t.Errorf("title %q, question %q", a.Title, step.Question)
	}
	if strings.Join(step.Choices, "|") != "Bucharest|Budapest|Debrecen" || e.Answer.Kind != tutor.AnswerChoice || e.Answer.Value != "Budapest" {
		t.Errorf("choices %q, answer %+v", step.Choices, e.Answer)
	}
	if len(e.Hints) != 1 || e.Hints[0].Text != "*Bucharest*: That is in Romania." || e.Hints[0].Kind != tutor.HintPoint {
		t.Errorf("hints %+v", e.Hints)
	}
	if step.Explanation != "On the Danube." || e.Tell != "Budapest\n\nNo, Budapest is larger." {
		t.Errorf("explanation %q, tell %q", step.Explanation, e.Tell)
	}
	if w := result.Report.Words; w.In == 0 || w.Out != w.In {
		t.Errorf("words %+v, missing %v", w, result.Report.Missing(9))
	}
}

// The same in QTI 3, where every name is spelled otherwise.
func TestQTI3(t *testing.T) {
	result := importItems(t, map[string]string{"items/a.xml": `<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="gas" title="Gases" xml:lang="en">
<qti-response-declaration identifier="R" cardinality="multiple" base-type="identifier"><qti-correct-response><qti-value>H</qti-value><qti-value>O</qti-value></qti-correct-response></qti-response-declaration>
<qti-assessment-stimulus-ref identifier="S" href="../stimulus/water.xml"/>
<qti-item-body><qti-choice-interaction response-identifier="R" max-choices="0"><qti-prompt>What is it made of?</qti-prompt>
<qti-simple-choice identifier="H">Hydrogen</qti-simple-choice><qti-simple-choice identifier="N">Nitrogen</qti-simple-choice><qti-simple-choice identifier="O">Oxygen</qti-simple-choice>
</qti-choice-interaction></qti-item-body>
<qti-modal-feedback outcome-identifier="F" identifier="hint1" show-hide="show"><qti-content-body><p>Think of the formula.</p></qti-content-body></qti-modal-feedback>
</qti-assessment-item>`,
		"stimulus/water.xml": `<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="S"><qti-stimulus-body><p>Water boils.</p></qti-stimulus-body></qti-assessment-stimulus>`,
	})
	step := result.Course.Activities[0].Steps[0]
	e := step.Expectations[0]
	if !strings.HasPrefix(step.Question, "Water boils.\n\nWhat is it made of?\n\n1. Hydrogen\n2. Nitrogen\n3. Oxygen\n\n") {
		t.Errorf("question %q", step.Question)
	}
	if e.Answer.Kind != tutor.AnswerExpression || e.Answer.Value != "1, 3" || e.Tell != "1, 3: Hydrogen; Oxygen" {
		t.Errorf("answer %+v, tell %q", e.Answer, e.Tell)
	}
	if len(e.Hints) != 1 || e.Hints[0].Text != "Think of the formula." {
		t.Errorf("hints %+v", e.Hints)
	}
}

const entry22 = `<assessmentItem identifier="sum" title="Sums">
<responseDeclaration identifier="A" cardinality="single" baseType="float"><correctResponse><value>2.5</value></correctResponse></responseDeclaration>
<responseDeclaration identifier="B" cardinality="single" baseType="string"><mapping defaultValue="0"><mapEntry mapKey="York" mappedValue="1"/><mapEntry mapKey="New York" mappedValue="2"/><mapEntry mapKey="NYC" mappedValue="2"/></mapping></responseDeclaration>
<itemBody><p>Half of five is <textEntryInteraction responseIdentifier="A"/> and the Big Apple is <textEntryInteraction responseIdentifier="B"/>.</p></itemBody>
<responseProcessing><responseCondition><responseIf><equal toleranceMode="absolute" tolerance="0.1 0.1"><variable identifier="A"/><correct identifier="A"/></equal></responseIf></responseCondition></responseProcessing>
</assessmentItem>`

func TestTextEntry(t *testing.T) {
	a := importItems(t, map[string]string{"sum.xml": entry22}).Course.Activities[0]
	if a.Statement != `Half of five is (1) \_\_\_\_ and the Big Apple is (2) \_\_\_\_.` || len(a.Steps) != 2 || a.Steps[1].Question != `(2) \_\_\_\_` {
		t.Fatalf("statement %q, steps %+v", a.Statement, a.Steps)
	}
	if n := a.Steps[0].Expectations[0].Answer; n.Kind != tutor.AnswerNumber || n.Value != "2.5" || n.Tolerance != .1 {
		t.Errorf("number %+v", n)
	}
	if w := a.Steps[1].Expectations[0].Answer; w.Kind != tutor.AnswerText || w.Value != "New York" || len(w.Accept) != 1 || w.Accept[0] != "NYC" {
		t.Errorf("words %+v", w)
	}
}

const extended = `<assessmentItem identifier="why" title="Why"><itemBody>RUBRIC<extendedTextInteraction responseIdentifier="R"><prompt>Why is the sky blue?</prompt></extendedTextInteraction></itemBody></assessmentItem>`

func TestExtendedText(t *testing.T) {
	rubric := `<rubricBlock view="scorer"><p>Short waves scatter more.</p></rubricBlock><rubricBlock view="candidate"><p>Write a sentence.</p></rubricBlock>`
	step := importItems(t, map[string]string{"a.xml": strings.Replace(extended, "RUBRIC", rubric, 1)}).Course.Activities[0].Steps[0]
	if e := step.Expectations[0]; e.Answer != nil || e.Says != "Short waves scatter more." {
		t.Errorf("expectation %+v", e)
	}
	if step.Question != "Write a sentence.\n\nWhy is the sky blue?" {
		t.Errorf("question %q", step.Question)
	}
}

// What cannot be asked is left whole and named, with its line.
func TestLeft(t *testing.T) {
	body := func(inside string) string {
		return "<assessmentItem identifier='x' title='X'>\n<itemBody>" + inside + "</itemBody></assessmentItem>"
	}
	for kind, file := range map[string]string{
		"interaction that is not supported":                            body(`<matchInteraction responseIdentifier="R"/>`),
		"extended text without a sample answer or a rubric of its own": strings.Replace(extended, "RUBRIC", "", 1),
		"item without a right answer":                                  body(`<p><textEntryInteraction responseIdentifier="R"/></p>`),
		"item without an interaction":                                  body(`<p>Read this.</p>`),
		"item whose right answer is not among its choices":             strings.Replace(choice22, "<value>B</value>", "<value>Z</value>", 1),
		"item with template variables":                                 strings.Replace(entry22, "<itemBody>", `<templateDeclaration identifier="n"/><itemBody>`, 1),
		"choice in a certain order":                                    strings.Replace(choice22, `"single"`, `"ordered"`, 1),
		"file that cannot be read":                                     `<!DOCTYPE x [<!ENTITY a "b">]><assessmentItem/>`,
		"QTI 1.2 file, not read":                                       `<questestinterop/>`,
	} {
		result := importItems(t, map[string]string{"good.xml": choice22, "x/bad.xml": file})
		counts := loss.Counts(result.Report.Lost)
		if len(counts) != 1 || counts[0].Kind != kind || result.Report.Lost[0].File != "x/bad.xml" {
			t.Errorf("lost %v, want %s", result.Report.Lost, kind)
		}
		if len(result.Course.Activities) != 1 {
			t.Errorf("%s: %d activities", kind, len(result.Course.Activities))
		}
	}
}

// A test orders its items and its sections are skills; what it names and is not
// there is reported, and so is what the manifest names.
func TestPackage(t *testing.T) {
	result := importItems(t, map[string]string{
		"imsmanifest.xml": `<manifest><metadata><lom><general><title><string>Geography</string></title></general></lom></metadata>
			<resources><resource identifier="r" type="imsqti_item_xmlv2p2" href="items/lost.xml"/></resources></manifest>`,
		"test.xml": `<assessmentTest title="Quiz 7"><testPart><assessmentSection title="Second"><assessmentItemRef identifier="b" href="items/b.xml"/></assessmentSection>
			<assessmentSection title="First"><assessmentItemRef identifier="a" href="items/a.xml"/><assessmentItemRef identifier="c" href="items/c.xml"/></assessmentSection></testPart></assessmentTest>`,
		"items/a.xml": choice22, "items/b.xml": strings.ReplaceAll(choice22, "cap-1", "cap-2"), "spare.xml": strings.ReplaceAll(choice22, "cap-1", "cap-3"),
	})
	var ids []string
	for _, a := range result.Course.Activities {
		ids = append(ids, a.ID+" "+a.Skills[0])
	}
	if got := strings.Join(ids, "; "); got != "quiz-7.cap-2 quiz-7.second; quiz-7.cap-1 quiz-7.first; quiz-7.cap-3 quiz-7.quiz-7" {
		t.Errorf("activities %s", got)
	}
	if c := loss.Counts(result.Report.Lost); len(c) != 1 || c[0].N != 2 {
		t.Errorf("lost %v", result.Report.Lost)
	}
}

func TestNothingToImport(t *testing.T) {
	if _, err := run(t, map[string]string{"a.xml": "<html/>"}); err == nil || !strings.Contains(err.Error(), "assessmentItem") {
		t.Errorf("error %v", err)
	}
}

func FuzzItem(f *testing.F) {
	f.Add(choice22)
	f.Add(entry22)
	f.Add(strings.Replace(extended, "RUBRIC", `<rubricBlock view="scorer">x</rubricBlock>`, 1))
	f.Fuzz(func(t *testing.T, item string) {
		result, err := run(t, map[string]string{"a.xml": item})
		if err != nil {
			return
		}
		for _, a := range result.Course.Activities {
			if len(a.Steps) == 0 || len(a.Skills) == 0 {
				t.Fatalf("activity without steps or skills: %+v", a)
			}
			for _, s := range a.Steps {
				if s.Question == "" || len(s.Expectations) != 1 || s.Expectations[0].Tell == "" || (s.Expectations[0].Answer == nil) == (s.Expectations[0].Says == "") {
					t.Fatalf("step %+v", s)
				}
			}
		}
	})
}
