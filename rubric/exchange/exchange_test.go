package exchange

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"maieutic/tutor"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// words draws text with what breaks formats in it.
func words(t *rapid.T, label string) string {
	return rapid.SampledFrom([]string{"Thesis", "=1+1", "'=x", "''@y", "-5", "+3.5", "a,b;\"c\"", "two\nlines", "déjà vu", "فكرة", " space ", "<b>&amp;", "@sum",
		"\ttab", "Ideas", "1,75", "\u2028", "😀", "＝x", "'", "NaN", "null"}).Draw(t, label)
}

// rubrics draws a rubric with unique slugs for ids that are not those of titles.
func aRubric(t *rapid.T) tutor.Rubric {
	r := tutor.Rubric{ID: "a.b", Title: words(t, "title") + "!", Description: words(t, "about"), Language: rapid.SampledFrom([]string{"", "ar"}).Draw(t, "language")}
	for i := range rapid.IntRange(1, 4).Draw(t, "criteria") {
		c := tutor.RubricCriterion{ID: fmt.Sprintf("c-%d", i), Title: words(t, "criterion"), Description: words(t, "means"), Weight: rapid.SampledFrom([]float64{1, .1, 7.25}).Draw(t, "weight")}
		points := float64(rapid.IntRange(-3, 3).Draw(t, "lowest"))
		for j := range rapid.IntRange(2, 5).Draw(t, "levels") {
			c.Levels = append(c.Levels, tutor.RubricLevel{ID: fmt.Sprintf("l-%d", j), Title: words(t, "level"), Description: words(t, "descriptor"), Points: points})
			points += rapid.SampledFrom([]float64{1, .1, 2.5, 1e-9}).Draw(t, "step")
		}
		r.Criteria = append(r.Criteria, c)
	}
	return r
}

// bare is a rubric without what a format is known to lose.
func bare(r tutor.Rubric, format Format) tutor.Rubric {
	r.ID, r.Foreign, r.Version, r.Structure, r.Language = "", nil, "", "", ""
	if format != CASE {
		r.Description = ""
	}
	r.Criteria = slices.Clone(r.Criteria)
	for i := range r.Criteria {
		c := &r.Criteria[i]
		c.Foreign, c.Levels = nil, slices.Clone(c.Levels)
		if format != CASE {
			c.Weight = 1
		}
		for j := range c.Levels {
			c.Levels[j].Foreign = nil
			if format != ORA {
				c.Levels[j].ID = ""
			}
		}
		if format != ORA {
			c.ID = ""
		}
	}
	return r
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	for _, format := range Formats {
		t.Run(string(format), rapid.MakeCheck(func(t *rapid.T) {
			var rubrics []tutor.Rubric
			for i := range rapid.IntRange(1, 3).Draw(t, "rubrics") {
				r := aRubric(t)
				r.Title += strings.Repeat("!", i) // rubrics of one CSV are told apart by their titles
				rubrics = append(rubrics, r)
			}
			f, err := Export(format, rubrics, now)
			if err != nil {
				t.Fatal(err)
			}
			if detected, err := Detect(f.Data); err != nil || detected != format {
				t.Fatalf("taken for %q, %v", detected, err)
			}
			in, err := Import(format, f.Data)
			if err != nil {
				t.Fatalf("%v\n%s", err, f.Data)
			}
			if len(in.Rubrics) != len(rubrics) || len(in.Losses) > 0 {
				t.Fatalf("%d of %d rubrics, lost %v", len(in.Rubrics), len(rubrics), in.Losses)
			}
			for i := range rubrics {
				got, want := bare(in.Rubrics[i], format), bare(rubrics[i], format)
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("got\n%+v\nwant\n%+v\nof\n%s", got, want, f.Data)
				}
				if foreign := keptOf(format, in.Rubrics[i].Foreign); format != CASE && (in.Rubrics[i].Foreign != nil || len(foreign.Kids) > 0) {
					t.Fatalf("%s kept %+v of a file that is the rubric alone", format, foreign)
				}
			}
			again, err := Export(format, in.Rubrics, now.Add(time.Hour))
			if err != nil || string(again.Data) != string(f.Data) {
				t.Fatalf("%v; written again it is\n%s\nnot\n%s", err, again.Data, f.Data)
			}
		}))
	}
}

// Every difference between a rubric and what comes back is named.
func TestLossesAreNamed(t *testing.T) {
	r := tutor.Rubric{ID: "c.essay", Title: "Essay", Description: "For grade 8", Language: "en", Source: "A school", Criteria: []tutor.RubricCriterion{{
		ID: "ideas-of-all", Title: "Ideas", Weight: 2, Skills: []string{"c.s"}, Aspect: tutor.AspectThesis,
		Levels: []tutor.RubricLevel{{ID: "low", Title: "Low", Points: -.5, Description: "a\r\nb"}, {ID: "high", Title: "High", Points: 1}}}}}
	for format, want := range map[Format][]Loss{
		Canvas: {{Code: LossDescription, At: "Essay"}, {Code: LossLanguage, At: "Essay"}, {Code: LossSource, At: "Essay"}, {Code: LossWeight, At: "Ideas"}, {Code: LossSkills, At: "Ideas"}, {Code: LossAspect, At: "Ideas"}, {Code: LossID, At: "Ideas"}, {Code: LossLines, At: "Essay"}},
		ORA:    {{Code: LossDescription, At: "Essay"}, {Code: LossLanguage, At: "Essay"}, {Code: LossSource, At: "Essay"}, {Code: LossWeight, At: "Ideas"}, {Code: LossSkills, At: "Ideas"}, {Code: LossAspect, At: "Ideas"}, {Code: LossPoints, At: "Low"}},
		CASE:   {{Code: LossLanguage, At: "Essay"}, {Code: LossSource, At: "Essay"}, {Code: LossSkills, At: "Ideas"}, {Code: LossAspect, At: "Ideas"}, {Code: LossID, At: "Ideas"}},
	} {
		f, err := Export(format, []tutor.Rubric{r}, now)
		if err != nil || !slices.Equal(f.Losses, want) {
			t.Errorf("%s: lost %v, %v; want %v", format, f.Losses, err, want)
		}
	}
}

// foreignObject draws an object of a file: known members and unknown ones, in any
// order, now and then with one missing.
func foreignObject(t *rapid.T, must map[string]string, may map[string]string) string {
	var members []string
	for _, k := range slices.Sorted(keysOf(must)) {
		members = append(members, quote(k)+":"+must[k])
	}
	for _, k := range slices.Sorted(keysOf(may)) {
		if rapid.Bool().Draw(t, k) {
			members = append(members, quote(k)+":"+may[k])
		}
	}
	if rapid.Bool().Draw(t, "more") {
		members = append(members, `"x-more":{"b":1.50,"a":[1e2,true,null,"é"]}`, `"":"nothing"`)
	}
	return "{" + strings.Join(rapid.Permutation(members).Draw(t, "order"), ",") + "}"
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func foreignList(t *rapid.T, label string, least int, item func(i int) string) string {
	var items []string
	for i := range rapid.IntRange(least, 4).Draw(t, label) {
		items = append(items, item(i))
	}
	return "[" + strings.Join(items, ",") + "]"
}

// number draws a number in one of the ways to write it.
func writtenNumber(t *rapid.T, v int) string {
	return fmt.Sprintf(rapid.SampledFrom([]string{"%d", "%d.0", "%d.00", "%de0", "%dE+0"}).Draw(t, "as"), v)
}

func foreignORA(t *rapid.T) string {
	option := func(i int) string {
		return foreignObject(t, map[string]string{"points": writtenNumber(t, rapid.IntRange(0, 4).Draw(t, "points")), "name": quote(words(t, "name"))},
			map[string]string{"label": quote(words(t, "label")), "explanation": rapid.SampledFrom([]string{`""`, `"Why"`, "null"}).Draw(t, "explanation"),
				"order_num": writtenNumber(t, rapid.IntRange(0, 3).Draw(t, "at"))})
	}
	criterion := func(least int) func(int) string {
		return func(i int) string {
			list := foreignList(t, "options", least, option)
			if least > 0 && i == 0 { // one that can be scored
				list = `[{"points":0.0,"name":"No"},{"name":"yes","points":3}]`
			}
			return foreignObject(t, map[string]string{"name": quote(words(t, "name")), "options": list}, map[string]string{"label": quote(words(t, "label")),
				"prompt": quote(words(t, "prompt")), "feedback": rapid.SampledFrom([]string{`"optional"`, `"required"`}).Draw(t, "feedback"), "order_num": writtenNumber(t, i)})
		}
	}
	return foreignObject(t, map[string]string{"criteria": "[" + criterion(1)(0) + "," + foreignList(t, "criteria", 1, criterion(0))[1:]},
		map[string]string{"title": quote(words(t, "title")), "prompts": `[{"description":"Say why."}]`, "feedback_prompt": `"How?"`, "feedback_default_text": "null"})
}

func foreignCASE(t *rapid.T) string {
	level := func(i int) string {
		return foreignObject(t, map[string]string{"score": writtenNumber(t, rapid.IntRange(0, 4).Draw(t, "score"))},
			map[string]string{"identifier": `"8c0b2bd0-0000-4000-8000-000000000001"`, "uri": `"https://x.example/1"`, "quality": quote(words(t, "quality")),
				"description": `"Says it"`, "feedback": `"Well done"`, "position": writtenNumber(t, rapid.IntRange(1, 3).Draw(t, "at")), "rubricCriterionId": `"other"`, "lastChangeDateTime": `"2019-01-01T00:00:00Z"`})
	}
	criterion := func(i int) string {
		list := foreignList(t, "levels", 0, level)
		if i == 0 {
			list = `[{"score":2,"quality":"Good"},{"score":1.0,"quality":""}]`
		}
		return foreignObject(t, map[string]string{"CFRubricCriterionLevels": list}, map[string]string{"identifier": `"8c0b2bd0-0000-4000-8000-000000000002"`,
			"category": quote(words(t, "category")), "description": quote(words(t, "about")), "weight": rapid.SampledFrom([]string{"1", "1.0", "0", "-2", "0.30"}).Draw(t, "weight"),
			"position": writtenNumber(t, i), "CFItemURI": `{"title":"i","identifier":"x","uri":"y"}`, "rubricId": `"r"`})
	}
	rubric := func(int) string {
		return foreignObject(t, map[string]string{"CFRubricCriteria": "[" + criterion(0) + "," + foreignList(t, "criteria", 1, criterion)[1:], "title": quote(words(t, "title"))},
			map[string]string{"identifier": `"8c0b2bd0-0000-4000-8000-000000000003"`, "description": `"d"`, "lastChangeDateTime": `"2019-01-01T00:00:00+00:00"`})
	}
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return foreignList(t, "rubrics", 1, rubric)
	case 1:
		return foreignObject(t, map[string]string{"CFRubrics": foreignList(t, "rubrics", 1, rubric)}, map[string]string{"CFDocument": `{"title":"D","version":1.10}`})
	case 2:
		return foreignObject(t, map[string]string{"CFRubric": rubric(0)}, nil)
	}
	return rubric(0)
}

// What a file held comes back: members, order, numbers as they were written.
func TestWhatIsReadIsWrittenAgain(t *testing.T) {
	for format, draw := range map[Format]func(*rapid.T) string{ORA: foreignORA, CASE: foreignCASE} {
		t.Run(string(format), rapid.MakeCheck(func(t *rapid.T) {
			file := draw(t)
			in, err := Import(format, []byte(file))
			if err != nil {
				t.Fatalf("%v\n%s", err, file)
			}
			stored := throughDatabase(t, in.Rubrics)
			f, err := Export(format, stored, now)
			if err != nil {
				t.Fatal(err)
			}
			want, _ := parse([]byte(file))
			got, err := parse(f.Data)
			if err != nil || got.json() != want.json() {
				t.Fatalf("%v\ngot  %s\nwant %s", err, got.json(), want.json())
			}
		}))
	}
}

// throughDatabase gives the rubrics ids of their own and orders the keys of their
// JSON anew, as a column of type jsonb does.
func throughDatabase(t *rapid.T, rubrics []tutor.Rubric) []tutor.Rubric {
	out := make([]tutor.Rubric, len(rubrics))
	for i, r := range rubrics {
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var any map[string]any
		if err := json.Unmarshal(raw, &any); err != nil {
			t.Fatal(err)
		}
		raw, _ = json.Marshal(any)
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			t.Fatal(err)
		}
		if hashed := out[i].Hashed(); hashed.Version != r.Version {
			t.Fatalf("the version is %s after the database, %s before", hashed.Version, r.Version)
		}
		out[i].ID = fmt.Sprintf("other.id-%d", i)
	}
	return out
}

func TestCanvasFileComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbered := rapid.Bool().Draw(t, "numbered")
		header := []string{"Rubric Name", "criteria name", "Criteria Description", "Criteria Enable Range", "Mastery"}
		for i := range 4 {
			for _, part := range ratingParts {
				if numbered {
					part = fmt.Sprintf("%s %d", part, i+1)
				}
				header = append(header, part)
			}
		}
		rows := [][]string{header}
		for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
			row := []string{fmt.Sprint("Rubric ", i/2), words(t, "name"), words(t, "about"), rapid.SampledFrom([]string{"false", "TRUE", ""}).Draw(t, "range"), rapid.SampledFrom([]string{"", "80%"}).Draw(t, "mastery")}
			ratings := rapid.IntRange(0, 4).Draw(t, "ratings")
			if i%2 == 0 { // one that can be scored
				ratings = 2
			}
			for j := range ratings {
				row = append(row, words(t, "rating"), words(t, "descriptor"), rapid.SampledFrom([]string{"%d", "%d.0", "%d,0", "+%d"}).Draw(t, "as"))
				row[len(row)-1] = fmt.Sprintf(row[len(row)-1], j*j+i)
			}
			rows = append(rows, row)
		}
		var file strings.Builder
		writer := csv.NewWriter(&file)
		for _, row := range rows {
			cells := slices.Clone(row)
			for i := range cells {
				cells[i] = harmless(cells[i])
			}
			if err := writer.Write(cells); err != nil {
				t.Fatal(err)
			}
		}
		writer.Flush()
		in, err := Import(Canvas, []byte("\xEF\xBB\xBF"+strings.ReplaceAll(file.String(), "\n", "\r\n")))
		if err != nil {
			t.Fatalf("%v\n%s", err, file.String())
		}
		f, err := Export(Canvas, throughDatabase(t, in.Rubrics), now)
		if err != nil {
			t.Fatal(err)
		}
		head, lines, err := readRows(f.Data)
		if err != nil || !slices.Equal(head, header) || len(lines) != len(rows)-1 {
			t.Fatalf("%v; header %q, %d lines", err, head, len(lines))
		}
		for i, l := range lines {
			if got, want := strings.TrimRight(strings.Join(l.cells, "|"), "|"), strings.TrimRight(strings.Join(rows[i+1], "|"), "|"); got != want {
				t.Fatalf("line %d:\ngot  %q\nwant %q", i, got, want)
			}
		}
	})
}

// What a spreadsheet would calculate leaves with an apostrophe, and comes back
// without.
func TestNoFormulaLeaves(t *testing.T) {
	for _, s := range []string{`=HYPERLINK("http://x.example";"y")`, "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "＝1", "'=1"} {
		r := tutor.Rubric{ID: "r", Title: s, Criteria: []tutor.RubricCriterion{{ID: "c", Title: s, Weight: 1, Levels: []tutor.RubricLevel{{ID: "a", Title: s, Points: -1}, {ID: "b", Title: s, Points: 2}}}}}
		f, err := Export(Canvas, []tutor.Rubric{r}, now)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(f.Data))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range rows[1] {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+@\t") || strings.HasPrefix(cell, "-") && cell != "-1" || strings.HasPrefix(cell, "＝") {
				t.Errorf("a cell reads %q", cell)
			}
		}
		in, err := Import(Canvas, f.Data)
		if err != nil || in.Rubrics[0].Title != s || in.Rubrics[0].Criteria[0].Levels[0].Points != -1 {
			t.Errorf("%q came back as %+v, %v", s, in.Rubrics, err)
		}
	}
}

// An edit keeps what is still true of the file and drops the rest.
func TestEditedRubric(t *testing.T) {
	file := `{"CFRubrics":[{"title":"R","identifier":"r1","lastChangeDateTime":"2019-01-01T00:00:00Z","CFRubricCriteria":[
		{"identifier":"c1","category":"Ideas","weight":1.0,"position":5,"CFItemURI":{"uri":"u"},"CFRubricCriterionLevels":[
			{"identifier":"l2","quality":"High","score":4.0,"position":1,"feedback":"Good"},{"identifier":"l1","quality":"Low","score":1.0,"position":2}]}]}],"CFDocument":{"v":1.0}}`
	in, err := Import(CASE, []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	r := in.Rubrics[0]
	c := &r.Criteria[0]
	c.Title, c.Levels[1].Points = "Ideas and more", 5
	c.Levels = append(c.Levels, tutor.RubricLevel{ID: "top", Title: "Top", Points: 6})
	f, err := Export(CASE, []tutor.Rubric{r}, now)
	if err != nil {
		t.Fatal(err)
	}
	root, err := parse(f.Data)
	if err != nil {
		t.Fatal(err)
	}
	got := root.get("CFRubrics").items[0]
	criterion := got.get("CFRubricCriteria").items[0]
	levels := criterion.get("CFRubricCriterionLevels").items
	for what, ok := range map[string]bool{
		"the date is new":                 got.get("lastChangeDateTime").text == "2026-03-04T05:06:07Z",
		"the identifier stays":            got.get("identifier").text == "r1" && criterion.get("identifier").text == "c1",
		"what stood around it stays":      root.get("CFDocument").get("v").raw == "1.0",
		"the link stays":                  criterion.get("CFItemURI") != nil,
		"the words are new":               criterion.get("category").text == "Ideas and more",
		"the weight is as it was written": criterion.get("weight").raw == "1.0",
		"the levels have a new order":     len(levels) == 3 && levels[0].get("identifier").text == "l1" && levels[0].get("position").raw == "1" && levels[2].get("position").raw == "3",
		"the points are new":              levels[1].get("score").raw == "5" && levels[0].get("score").raw == "1.0",
		"its feedback stays":              levels[1].get("feedback").text == "Good",
		"a new level is below its own":    levels[2].get("rubricCriterionId").text == "c1",
	} {
		if !ok {
			t.Errorf("not so: %s\n%s", what, f.Data)
		}
	}
}

func TestHostileFiles(t *testing.T) {
	criterion := `"criteria":[{"name":"a","options":[{"name":"x","points":0},{"name":"y","points":%s}]}]`
	header := "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range,Rating Name,Rating Description,Rating Points,Rating Name,Rating Description,Rating Points\n"
	for name, c := range map[string]struct {
		format Format
		data   string
		says   string
	}{
		"empty":             {ORA, " \n", "empty"},
		"UTF-16":            {Canvas, "\xFF\xFER\x00", "UTF-16"},
		"Latin 1":           {Canvas, "Rubric Name,Criteria Name\nCaf\xE9,b\n", "UTF-8"},
		"NUL":               {ORA, "{\"a\":\"\x00\"}", "NUL"},
		"an escaped NUL":    {ORA, `{"x":"\u0000",` + fmt.Sprintf(criterion, "1") + `}`, `\u0000`},
		"half a surrogate":  {ORA, `{"x":"\ud800",` + fmt.Sprintf(criterion, "1") + `}`, "surrogate"},
		"deep":              {ORA, strings.Repeat("[", 100000), "nested"},
		"a key twice":       {ORA, `{"x":{"b":1,"b":2},` + fmt.Sprintf(criterion, "1") + `}`, `"b" stands twice`},
		"two values":        {ORA, `{` + fmt.Sprintf(criterion, "1") + `} {}`, "more than one"},
		"huge":              {ORA, `{` + fmt.Sprintf(criterion, "1e999999") + `}`, "1000000"},
		"too many points":   {CASE, `{"title":"t","CFRubricCriteria":[{"CFRubricCriterionLevels":[{"score":1},{"score":10000000}]}]}`, "1000000"},
		"NaN":               {ORA, `{` + fmt.Sprintf(criterion, "NaN") + `}`, "line 1"},
		"points of words":   {ORA, `{` + fmt.Sprintf(criterion, `"1"`) + `}`, `"points" must be a number`},
		"no criteria":       {ORA, `{"title":"t"}`, "no criterion"},
		"not an object":     {CASE, `"x"`, "CFRubric"},
		"none in the list":  {CASE, `{"CFRubrics":[]}`, "no rubric"},
		"cut off":           {CASE, `{"title":"t","CFRubricCriteria":[`, "line 1"},
		"large":             {ORA, strings.Repeat(" ", MaxFile) + "{}", "more than"},
		"no header":         {Canvas, "a,b\nc,d\n", "no \"Rubric Name\""},
		"no name":           {Canvas, header + ",Ideas,,false,a,,1,b,,2\n", "line 2: the column \"Rubric Name\" is empty"},
		"points NaN in CSV": {Canvas, header + "R,Ideas,,false,a,,NaN,b,,2\n", "NaN"},
		"hexadecimal":       {Canvas, header + "R,Ideas,,false,a,,0x10,b,,2\n", "0x10"},
		"huge in CSV":       {Canvas, header + "R,Ideas,,false,a,,99999999,b,,2\n", "1000000"},
		"an open quote":     {Canvas, header + "R,\"Ideas,,false,a,,1,b,,2\n", "line 2"},
		"one level":         {Canvas, header + "R,Ideas,,false,a,,1\n", "no criterion"},
		"long title":        {Canvas, header + "R," + strings.Repeat("x", 5001) + ",,false,a,,1,b,,2\n", "5000"},
		"another format":    {"pdf", "x", "canvas, ora or case"},
	} {
		_, err := Import(c.format, []byte(c.data))
		if tutor.ErrorCode(err) != tutor.CodeInvalid || !strings.Contains(tutor.ErrorMessage(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSemicolons(t *testing.T) {
	in, err := Import(Canvas, []byte("Rubric Name;Criteria Name;Rating Name;Rating Description;Rating Points;Rating Name;Rating Description;Rating Points\nR;Ideas;Good;;1,75;Weak;;0,5\n"))
	if err != nil || in.Rubrics[0].Criteria[0].Levels[1].Points != 1.75 || in.Rubrics[0].Criteria[0].Levels[0].Title != "Weak" {
		t.Errorf("%+v, %v", in.Rubrics, err)
	}
}

func TestSlugs(t *testing.T) {
	ids := names{}
	for _, c := range [][2]string{{"Ideas & Content", "ideas-content"}, {"Ideas, content!", "ideas-content-2"}, {"Évidence", "evidence"}, {"فكرة", slugOf("فكرة")}, {"فكرة", slugOf("فكرة") + "-2"}} {
		if got := ids.of(c[0]); got != c[1] || !slug.MatchString(got) {
			t.Errorf("%q gives %q, want %q", c[0], got, c[1])
		}
	}
	if long := slugOf(strings.Repeat("ab ", 100)); len(long) > maxSlug || !slug.MatchString(long) {
		t.Errorf("%q", long)
	}
}

func fuzz(f *testing.F, format Format, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = Detect(data)
		in, err := Import(format, data)
		if err != nil {
			if tutor.ErrorCode(err) != tutor.CodeInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		file, err := Export(format, in.Rubrics, now)
		if err != nil {
			t.Fatal(err)
		}
		if format != Canvas {
			plainData, _ := plain(data)
			want, _ := parse(plainData)
			if got, err := parse(file.Data); err != nil || got.json() != want.json() {
				t.Fatalf("%v\ngot  %s\nwant %s", err, got.json(), want.json())
			}
		}
		again, err := Import(format, file.Data)
		if err != nil || !reflect.DeepEqual(stripped(again.Rubrics, format), stripped(in.Rubrics, format)) {
			t.Fatalf("%v\nagain %+v\nfirst %+v\nfile %s", err, again.Rubrics, in.Rubrics, file.Data)
		}
	})
}

func stripped(rubrics []tutor.Rubric, format Format) []tutor.Rubric {
	out := make([]tutor.Rubric, len(rubrics))
	for i, r := range rubrics {
		out[i] = bare(r, CASE)
		for _, c := range out[i].Criteria {
			for j := range c.Levels {
				if c.Levels[j].Points == 0 {
					c.Levels[j].Points = math.Abs(c.Levels[j].Points)
				}
			}
		}
	}
	return out
}

func FuzzCanvas(f *testing.F) {
	fuzz(f, Canvas, "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range,Rating Name 1,Rating Description 1,Rating Points 1\nR,\"=A1\",d,false,a,b,1,c,d,\"2,5\"\n",
		"Rubric Name;Criteria Name;Note;Note;Rating Points;Rating Points\nR;c;x;y;1;2\nS;c;;;1;2\nR;d;;;1;2\n")
}

func FuzzORA(f *testing.F) {
	fuzz(f, ORA, `{"prompts":[{"description":"p"}],"criteria":[{"order_num":1,"name":"a","label":"A","prompt":"?","feedback":"required","options":[{"order_num":0,"name":"x","label":"X","explanation":"","points":1.0},{"points":0,"name":"y"}]},{"name":"b","options":[]}]}`)
}

func FuzzCASE(f *testing.F) {
	fuzz(f, CASE, `{"CFDocument":{"a":1},"CFRubrics":[{"title":"t","CFRubricCriteria":[{"position":2,"CFRubricCriterionLevels":[{"score":1,"quality":"a"},{"score":2.50}]},{"CFRubricCriterionLevels":[]}]}]}`)
}

// A rubric that goes out as a file and comes back as its next version is the same
// rubric, whatever the format holds of it.
func TestThereAndBackChangesNothing(t *testing.T) {
	for _, format := range Formats {
		t.Run(string(format), rapid.MakeCheck(func(t *rapid.T) {
			r := aRubric(t)
			r.Source = "A school"
			for i := range r.Criteria {
				c := &r.Criteria[i]
				c.Title += fmt.Sprint(" ", i) // a format without ids tells them apart by their titles
				c.Skills, c.Aspect = []string{"s"}, tutor.AspectThesis
				for j := range c.Levels {
					c.Levels[j].Title += fmt.Sprint(" ", j)
				}
			}
			f, err := Export(format, []tutor.Rubric{r}, now)
			if err != nil {
				t.Fatal(err)
			}
			in, err := Import(format, f.Data)
			if err != nil {
				t.Fatal(err)
			}
			back, err := in.NextVersion(r)
			if err != nil {
				t.Fatal(err)
			}
			if change := tutor.CompareRubrics(r, back); change.Kind != tutor.RubricSame && (format != CASE || len(change.Details) > 0) {
				t.Fatalf("%+v of\n%s", change, f.Data)
			}
		}))
	}
}
