package cnxml_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/cnxml"
	"maieutic/tutor/curriculum/loss"
)

const collection = `<col:collection xmlns:col="http://cnx.rice.edu/collxml" xmlns:md="http://cnx.rice.edu/mdml">
<col:metadata><md:title>Small Physics</md:title><md:slug>small-physics</md:slug><md:language>en</md:language>
<md:license url="http://creativecommons.org/licenses/by/4.0/">Creative Commons Attribution</md:license>
<md:actors><md:person userid="ada"><md:fullname>Ada Example</md:fullname></md:person></md:actors><md:roles><md:role type="author">ada</md:role></md:roles></col:metadata>
<col:content>
<col:subcollection><md:title>Motion</md:title><col:content><col:module document="m1"/><col:module document="m2"/></col:content></col:subcollection>
<col:subcollection><md:title>Heat</md:title><col:content><col:module document="m3"/><col:module document="m9"/></col:content></col:subcollection>
</col:content></col:collection>`

func document(title, content string) string {
	return `<document xmlns="http://cnx.rice.edu/cnxml" xmlns:m="http://www.w3.org/1998/Math/MathML"><title>` + title +
		`</title><metadata xmlns:md="http://cnx.rice.edu/mdml"><md:title>` + title + `</md:title></metadata>` + content + `</document>`
}

const lesson = `<content>
<section class="learning-objectives"><title>Objectives</title><list><item>Define speed.</item><item>Use it.</item></list></section>
<para id="p1">The <term>speed</term> is <m:math><m:mfrac><m:mi>s</m:mi><m:mi>t</m:mi></m:mfrac></m:math>, see <link target-id="f1"/> and <link document="m3">heat</link><footnote>Not <emphasis effect="italics">velocity</emphasis>.</footnote>.</para>
<section><title>Units</title><figure id="f1"><media alt="A runner."><image src="../../media/run.jpg"/></media><caption>On the track</caption></figure>
<note><title>Careful</title><para>Mind the unit.</para></note>
<quote><para>Festina lente.</para></quote>
<list list-type="enumerated" number-style="lower-alpha"><item>metre</item><item>second</item></list>
<code display="block">v = s / t</code>
<table id="t1"><title>Speeds</title><tgroup cols="2"><colspec colname="c1"/><colspec colname="c2"/><thead><row><entry>Who</entry><entry>m/s</entry></row></thead>
<tbody><row><entry namest="c1" nameend="c2">all</entry></row><row><entry>snail</entry><entry>0.01</entry></row></tbody></tgroup></table>
<example><title>Run</title><para>A runner.</para><exercise><problem><para>How fast?</para></problem><solution><para>Five.</para></solution></exercise></example>
<equation id="e1"><m:math><m:mi>v</m:mi><m:mo>=</m:mo><m:mn>5</m:mn></m:math></equation></section>
<section class="review"><title>Exercises</title>
<exercise id="x1"><problem><para>What is half of 5?</para></problem><solution><para>2.5</para></solution><commentary><para>Divide.</para></commentary></exercise>
<exercise><problem><para>Which is a unit?</para><list list-type="enumerated" number-style="lower-alpha"><item>metre</item><item>blue</item></list></problem><solution><para>a.</para></solution></exercise>
<exercise><problem><para>Why run?</para></problem><solution><para>Because it is faster than walking.</para></solution></exercise>
<exercise><problem><para>Discuss shoes.</para></problem></exercise>
<exercise id="x5"><problem><para><link class="os-embed" url="#exercise/E1"/></para></problem></exercise>
<exercise><problem><para><m:math><m:mn>1</m:mn><m:mo>+</m:mo><m:mn>1</m:mn></m:math></para></problem><solution><para><m:math><m:mfrac><m:mn>4</m:mn><m:mn>2</m:mn></m:mfrac></m:math></para></solution></exercise>
</section></content>
<glossary><definition id="d1"><term>speed</term><meaning>way in a time</meaning></definition></glossary>`

var book = map[string]string{
	"collections/small.collection.xml": collection,
	"modules/m1/index.cnxml":           document("Introduction", "<content><para>Things move.</para></content>"),
	"modules/m2/index.cnxml":           document("Speed", lesson),
	"modules/m3/index.cnxml":           document("Introduction", "<content><para>Things warm.</para></content>"),
}

var match = func(a tutor.Answer, text string) (bool, bool) { return a.Value == text, true }

func run(t interface {
	Helper()
	Fatal(...any)
}, files map[string]string, o cnxml.Options) (cnxml.Result, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	folder, err := archive.FromFS(fsys, archive.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return cnxml.Import(folder, o)
}

func imported(t *testing.T) cnxml.Result {
	t.Helper()
	result, err := run(t, book, cnxml.Options{Match: match, Terms: true})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestBook(t *testing.T) {
	c := imported(t).Courses[0]
	if c.ID != "small-physics" || c.Language != "en" || c.License != "Creative Commons Attribution, http://creativecommons.org/licenses/by/4.0/" || c.Source != "Ada Example, Small Physics" {
		t.Errorf("course %q, %q, %q, %q", c.ID, c.Language, c.License, c.Source)
	}
	var titles []string
	for _, l := range c.Lessons {
		titles = append(titles, l.ID+": "+l.Title)
	}
	if want := []string{"introduction: Motion: Introduction", "speed: Speed", "introduction-2: Heat: Introduction"}; !slices.Equal(titles, want) {
		t.Errorf("lessons %q", titles)
	}
	if s := c.Skills[1]; s.ID != "small-physics.speed" || s.Description != "Define speed. Use it." || c.Lessons[1].Skills[0] != s.ID {
		t.Errorf("skill %+v", s)
	}
}

func TestLesson(t *testing.T) {
	want := `*Motion*

## Objectives

- Define speed.
- Use it.

The **speed** is $\frac{s}{t}$, see Figure 1 and [heat](introduction-2)⁽¹⁾.

> ⁽¹⁾ Not *velocity*.

## Units

> **Figure 1**
>
> ![A runner.](media/run.jpg)
>
> On the track

> **Careful**
>
> Mind the unit.

> Festina lente.

- (a) metre
- (b) second

` + "```\nv = s / t\n```" + `

**Table 1: Speeds**

| Who | m/s |
| --- | --- |
| all |  |
| snail | 0.01 |

> **Run**
>
> A runner.
>
> How fast?
>
> **Solution**
>
> Five.

$v=5$ (Equation 1)

## Exercises

Discuss shoes.

## Key terms

**speed**: way in a time`
	if got := imported(t).Courses[0].Lessons[1].Body; got != want {
		t.Errorf("body:\n%s", got)
	}
}

func TestExercises(t *testing.T) {
	all := imported(t).Courses[0].Activities
	if len(all) != 5 {
		t.Fatalf("%d activities", len(all))
	}
	first := func(i int) (tutor.Step, tutor.Expectation) { s := all[i].Steps[0]; return s, s.Expectations[0] }
	if s, e := first(0); s.Question != "What is half of 5?" || e.Answer == nil || e.Answer.Kind != tutor.AnswerNumber || e.Answer.Value != "2.5" || s.Explanation != "Divide." || all[0].LessonID != "speed" {
		t.Errorf("number: %+v", s)
	}
	if s, e := first(1); s.Question != "Which is a unit?" || !slices.Equal(s.Choices, []string{"metre", "blue"}) || e.Answer.Kind != tutor.AnswerChoice || e.Answer.Value != "metre" || e.Tell != "a. metre" {
		t.Errorf("choice: %+v", s)
	}
	if _, e := first(2); e.Answer != nil || e.Says != "Because it is faster than walking." || e.Tell != e.Says {
		t.Errorf("words: %+v", e)
	}
	if s, e := first(3); s.Question != "$1+1$" || e.Answer == nil || e.Answer.Kind != tutor.AnswerExpression || e.Answer.Value != `\frac{4}{2}` {
		t.Errorf("formula: %+v", s)
	}
	if s, e := first(4); s.Question != "What does **speed** mean? Explain it in your own words." || e.Says != "way in a time" {
		t.Errorf("term: %+v", s)
	}
}

// Nothing goes without being named, and the words are counted by themselves.
func TestReport(t *testing.T) {
	r := imported(t).Report
	var lost []string
	for _, l := range r.Lost {
		lost = append(lost, l.String())
	}
	if want := []string{
		"exercise kept elsewhere: modules/m2/index.cnxml:18: #exercise/E1",
		"module that is absent: collections/small.collection.xml:7 (m9): Heat",
	}; !slices.Equal(lost, want) {
		t.Errorf("lost %q", lost)
	}
	if r.Words.In < 80 || r.Words.Out != r.Words.In || r.Formulas.In != 4 || r.Formulas.Out != 4 {
		t.Errorf("words %+v, formulas %+v, missing %v", r.Words, r.Formulas, r.Missing(9))
	}
	if r.Modules != 3 || r.Absent != 1 || r.Figures != 1 || r.Tables != 1 || r.Terms != 1 || r.Exercises != 4 || r.Problems != 5 {
		t.Errorf("report %+v", r)
	}
}

// A module that attacks is left out, and the others are imported.
func TestHostileModule(t *testing.T) {
	files := map[string]string{"modules/m1/index.cnxml": book["modules/m1/index.cnxml"],
		"modules/m2/index.cnxml": `<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + document("X", "<content><para>&x;</para></content>")}
	result, err := run(t, files, cnxml.Options{})
	if err != nil || len(result.Courses[0].Lessons) != 1 {
		t.Fatalf("%+v, %v", result, err)
	}
	if c := loss.Counts(result.Report.Lost); len(c) != 1 || c[0].Kind != "module that cannot be read" || !strings.Contains(result.Report.Lost[0].Detail, "document type") {
		t.Errorf("lost %v", result.Report.Lost)
	}
	delete(files, "modules/m1/index.cnxml")
	if _, err := run(t, files, cnxml.Options{}); err == nil || !strings.Contains(err.Error(), "document type") {
		t.Errorf("nothing but the attack: %v", err)
	}
	if _, err := run(t, map[string]string{"a.txt": "x"}, cnxml.Options{}); err == nil {
		t.Error("a folder without modules was imported")
	}
}

func FuzzModule(f *testing.F) {
	f.Add(lesson)
	f.Add(`<content><para><list display="inline"><item>a</item></list><table><tgroup><tbody><row><entrytbl><tbody><row><entry/></row></tbody></entrytbl></row></tbody></tgroup></table></para></content>`)
	f.Fuzz(func(t *testing.T, content string) {
		result, err := run(t, map[string]string{"m1/index.cnxml": document("T", content)}, cnxml.Options{Terms: true, Match: match})
		if err != nil {
			return
		}
		for _, c := range result.Courses {
			for _, l := range c.Lessons {
				if l.Body == "" || strings.Contains(l.Body, "\x00") {
					t.Fatalf("body %q", l.Body)
				}
			}
			for _, a := range c.Activities {
				if e := a.Steps[0].Expectations[0]; a.Steps[0].Question == "" || e.Tell == "" || (e.Answer == nil) == (e.Says == "") {
					t.Fatalf("activity %+v", a)
				}
			}
		}
	})
}
