package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maieutic/rubric"
	"maieutic/tutor/curriculum/archive"
	"maieutic/tutor/curriculum/qti"
)

const (
	oneModule = `<document xmlns="http://cnx.rice.edu/cnxml"><title>Speed</title><content><para>Speed is way in a time.</para>
<exercise id="e"><problem><para>What is half of 3?</para></problem><solution><para>1.5</para></solution></exercise>
<exercise><problem><para><link class="os-embed" url="#exercise/E2"/></para></problem></exercise></content></document>`
	oneItem = `<assessmentItem identifier="gas" title="Water"><responseDeclaration identifier="R" cardinality="multiple" baseType="identifier">
<correctResponse><value>H</value><value>O</value></correctResponse></responseDeclaration><itemBody><choiceInteraction responseIdentifier="R" maxChoices="0">
<prompt>What is water made of?</prompt><simpleChoice identifier="H">Hydrogen</simpleChoice><simpleChoice identifier="N">Nitrogen</simpleChoice>
<simpleChoice identifier="O">Oxygen</simpleChoice></choiceInteraction></itemBody></assessmentItem>`
	oneCartridge = `<manifest><metadata><lom><general><title><string>Rivers</string></title></general></lom></metadata>
<organizations><organization><item><item identifierref="R"><title>Rhine</title></item></item></organization></organizations>
<resources><resource identifier="R" type="webcontent" href="a.html"/><resource identifier="Q" type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"/></resources></manifest>`
)

// packed writes a zip package and returns its path.
func packed(t *testing.T, files map[string]string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "material.zip")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(file)
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestImportCheck(t *testing.T) {
	for _, c := range []struct {
		command string
		files   map[string]string
		says    []string
	}{
		{"openstax", map[string]string{"modules/m1/index.cnxml": oneModule},
			[]string{"1 × exercise kept elsewhere", "m1/index.cnxml:3", "#exercise/E2", "(100.00 %)", "1 exercises with a solution; 1 problems"}},
		{"qti", map[string]string{"gas.xml": oneItem}, []string{"choice of several answers", "material: 1 items with 1 questions, 0 left"}},
		{"cartridge", map[string]string{"imsmanifest.xml": oneCartridge, "a.html": "<h1>Rhine</h1><p>It flows.</p>"}, []string{"QTI 1.2 test, not read", "Rivers: 1 pages"}},
	} {
		out := mustMain(t, "", "import", c.command, packed(t, c.files), "--check")
		for _, want := range append(c.says, "Nothing was changed.") {
			if !strings.Contains(out, want) {
				t.Errorf("import %s does not say %q:\n%s", c.command, want, out)
			}
		}
	}
}

// What attacks is refused with a message for whoever has the file.
func TestImportRefuses(t *testing.T) {
	evil := packed(t, map[string]string{"../up.xml": "<a/>"})
	entities := packed(t, map[string]string{"imsmanifest.xml": `<!DOCTYPE m [<!ENTITY a "b">]><manifest/>`, "a/index.cnxml": `<!DOCTYPE m [<!ENTITY a "b">]><document/>`})
	for _, command := range []string{"openstax", "qti", "cartridge"} {
		for path, why := range map[string]string{evil: "leads out of the package", entities: "document type of its own", "/nowhere": "not there"} {
			if code, _, errs := runMain(t, "", "import", command, path, "--check"); code != exitUsage || !strings.Contains(errs, why) {
				t.Errorf("import %s %s: code %d, %s", command, path, code, errs)
			}
		}
	}
}

// The numbers of several right choices are right in any order, and only all of them.
func TestSeveralChoices(t *testing.T) {
	files, err := archive.Open(packed(t, map[string]string{"gas.xml": oneItem}), archive.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = files.Close() }()
	result, err := qti.Import(files, "Quiz", lintOptions())
	if err != nil {
		t.Fatal(err)
	}
	answer := *result.Course.Activities[0].Steps[0].Expectations[0].Answer
	for text, want := range map[string]bool{"1, 3": true, "3, 1": true, "1": false, "1, 2": false, "1, 2, 3": false} {
		if got, _ := rubric.Equal(answer, text); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

// An imported course is in the school, and the same again changes nothing.
func TestImportIntoASchool(t *testing.T) {
	data := dataDir(t)
	book := packed(t, map[string]string{"modules/m1/index.cnxml": oneModule})
	first := mustMain(t, "", "import", "openstax", book, "--school", "Test", "--class", "Year 8", "--data", data)
	again := mustMain(t, "", "import", "openstax", book, "--data", data)
	if !strings.Contains(first, "skills 1 new; lessons 1 new; activities 1 new; rubrics none; 1 passages") || !strings.Contains(again, "skills 1 as before; lessons 1 as before; activities 1 as before; rubrics none; 1 passages") {
		t.Errorf("first:\n%s\nagain:\n%s", first, again)
	}
}
