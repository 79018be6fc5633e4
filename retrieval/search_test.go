package retrieval_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"maieutic/retrieval"
	"maieutic/tutor"
	"maieutic/tutor/llm"
	"maieutic/tutor/llm/offline"
	"maieutic/tutor/postgres"
	"maieutic/tutor/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, postgres.Migrate) }

// fixture is a database with two schools and no passages yet.
type fixture struct {
	store         *postgres.Store
	school, other string
}

func newFixture(t testing.TB) fixture {
	t.Helper()
	store, err := postgres.Open(t.Context(), pgtest.NewDB(t), tutor.DefaultParams())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	f := fixture{store: store}
	for name, id := range map[string]*string{"Here": &f.school, "Elsewhere": &f.other} {
		if *id, err = store.CreateSchool(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func course(id string, bodies ...string) tutor.Course {
	c := tutor.Course{ID: id, Title: id, Language: "en"}
	for i, body := range bodies {
		c.Lessons = append(c.Lessons, tutor.Lesson{ID: "lesson-" + string(rune('a'+i)), CourseID: id, Title: "Lesson " + string(rune('A'+i)), Body: body})
	}
	return c
}

var (
	circuits = course("circuits",
		"## Current\n\nAn electric current is charge on the move. A lamp does not use it up.",
		"## Voltage\n\nThe voltage of a battery says how much energy each charge is given.\n\n## Resistance\n\nA longer wire has more resistance.")
	plants = course("plants", "## Leaves\n\nA leaf takes in light and carbon dioxide. The current of water rises in the stem.")
)

func put(t *testing.T, ix *retrieval.Index, school string, courses ...tutor.Course) retrieval.Report {
	t.Helper()
	var last retrieval.Report
	for _, c := range courses {
		var err error
		if last, err = ix.Put(t.Context(), school, c); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

func search(t *testing.T, ix *retrieval.Index, q tutor.Query) []tutor.Passage {
	t.Helper()
	if q.K == 0 {
		q.K = 3
	}
	found, err := ix.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSearch(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{})
	put(t, ix, f.school, circuits, plants)
	cases := []struct{ name, course, text, want string }{
		{"same words", "circuits", "what is an electric current", "Current"},
		{"inflected", "circuits", "which wires are resisting more?", "Resistance"},
		{"typing error", "circuits", "battry volltage", "Voltage"},
		{"meaning in parts of words", "circuits", "energie charges", "Voltage"},
		{"another course", "plants", "current", "Leaves"},
		{"every course", "", "carbon dioxide leaf", "Leaves"},
	}
	for _, c := range cases {
		found := search(t, ix, tutor.Query{SchoolID: f.school, CourseID: c.course, Language: "en", Text: c.text})
		if len(found) == 0 || found[0].Heading != c.want {
			t.Errorf("%s: %q found %+v, want %s", c.name, c.text, found, c.want)
			continue
		}
		p := found[0]
		if p.Anchor != strings.ToLower(c.want) || p.End <= p.Start || p.Text == "" || p.Score <= 0 {
			t.Errorf("%s: citation %+v", c.name, p)
		}
		if c.course != "" && p.CourseID != c.course {
			t.Errorf("%s: found in %s", c.name, p.CourseID)
		}
	}
}

// A course that makes up a hundredth of the passages is found as well as one
// that stands alone: the filter must not come after the nearest neighbours.
func TestSearchFiltersWithoutLosing(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{})
	var crowd []string
	for range 60 {
		crowd = append(crowd, "## Current\n\nElectric current, charge, lamp, battery, wire: electric current on the move.")
	}
	big := course("crowd")
	for i, body := range crowd {
		big.Lessons = append(big.Lessons, tutor.Lesson{ID: "l" + strings.Repeat("x", i), CourseID: "crowd", Title: "Lesson", Body: body})
	}
	put(t, ix, f.school, big, circuits)
	found := search(t, ix, tutor.Query{SchoolID: f.school, CourseID: "circuits", Language: "en", Text: "electric current lamp battery wire", K: 10})
	if len(found) != 3 {
		t.Errorf("found %d of the course's 3 passages", len(found))
	}
}

func TestSchoolsAreApart(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{})
	put(t, ix, f.school, circuits)
	if found := search(t, ix, tutor.Query{SchoolID: f.other, Language: "en", Text: "electric current"}); len(found) != 0 {
		t.Errorf("another school found %+v", found)
	}
	if found := search(t, ix, tutor.Query{SchoolID: f.other, CourseID: "circuits", Language: "en", Text: "electric current"}); len(found) != 0 {
		t.Errorf("another school found %+v", found)
	}
}

func TestPutIsIdempotent(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{})
	if r := put(t, ix, f.school, circuits); r != (retrieval.Report{Added: 3, Embedded: 3}) {
		t.Errorf("first %+v", r)
	}
	if r := put(t, ix, f.school, circuits); r != (retrieval.Report{Kept: 3}) {
		t.Errorf("second %+v", r)
	}
	changed := course("circuits", circuits.Lessons[0].Body, "## Voltage\n\nSomething else.")
	if r := put(t, ix, f.school, changed); r != (retrieval.Report{Added: 1, Kept: 1, Removed: 2, Embedded: 1}) {
		t.Errorf("changed %+v", r)
	}
	if found := search(t, ix, tutor.Query{SchoolID: f.school, Language: "en", Text: "longer wire resistance"}); len(found) > 0 && found[0].Heading == "Resistance" {
		t.Error("a passage that is gone is still found")
	}
}

// failing is an embedding endpoint that is down.
type failing struct{ llm.Embedder }

func (failing) Embed(context.Context, []string) ([][]float32, error) { return nil, errors.New("down") }

func TestWordsAloneWhenTheEmbedderIsDown(t *testing.T) {
	f := newFixture(t)
	good := retrieval.New(f.store.Pool(), offline.Embedder{})
	bad := retrieval.New(f.store.Pool(), failing{offline.Embedder{}})
	if _, err := bad.Put(t.Context(), f.school, circuits); tutor.ErrorCode(err) != tutor.CodeUnavailable {
		t.Fatalf("put with the embedder down: %v", err)
	}
	if r := put(t, good, f.school, circuits); r.Added != 0 || r.Embedded != 3 {
		t.Errorf("the interrupted put did not go on where it stopped: %+v", r)
	}
	for _, e := range []llm.Embedder{failing{offline.Embedder{}}, hanging{}} {
		found := search(t, retrieval.New(f.store.Pool(), e), tutor.Query{SchoolID: f.school, CourseID: "circuits", Language: "en", Text: "how much energy does a battery give"})
		if len(found) == 0 || found[0].Heading != "Voltage" {
			t.Errorf("%T: words alone found %+v", e, found)
		}
	}
}

func TestOddQueries(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{})
	put(t, ix, f.school, circuits)
	for _, text := range []string{"", "   ", "???", "' or 1=1; --", "a & | ! ( <-> b", "\x00\xff", strings.Repeat("current ", 5000), "电流"} {
		if _, err := ix.Search(t.Context(), tutor.Query{SchoolID: f.school, Language: "en", Text: text, K: 3}); err != nil {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	for _, k := range []int{0, -1, 51} {
		if _, err := ix.Search(t.Context(), tutor.Query{SchoolID: f.school, Text: "a", K: k}); tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("k = %d: %v", k, err)
		}
	}
}

func BenchmarkSearchSmallCourse(b *testing.B) {
	f := newFixture(b)
	school, ix := f.school, retrieval.New(f.store.Pool(), offline.Embedder{})
	if _, err := ix.Put(b.Context(), school, circuits); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := ix.Search(b.Context(), tutor.Query{SchoolID: school, CourseID: "circuits", Language: "en", Text: "what is current", K: 3}); err != nil {
			b.Fatal(err)
		}
	}
}

// A course of a few thousand passages, which is searched exactly.
func BenchmarkSearchCourse(b *testing.B) {
	f := newFixture(b)
	school, ix := f.school, retrieval.New(f.store.Pool(), offline.Embedder{})
	random := rand.New(rand.NewPCG(1, 1))
	vocabulary := strings.Fields(circuits.Lessons[0].Body + circuits.Lessons[1].Body + plants.Lessons[0].Body)
	var texts []string
	for i := range 3000 {
		words := []string{fmt.Sprint("passage", i)}
		for range 80 {
			words = append(words, vocabulary[random.IntN(len(vocabulary))]+string(rune('a'+random.IntN(20))))
		}
		texts = append(texts, strings.Join(words, " "))
	}
	if _, err := ix.Load(b.Context(), school, "large", "en", passagesOf(texts)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := ix.Search(b.Context(), tutor.Query{SchoolID: school, CourseID: "large", Language: "en", Text: "which currentb of the batterya pushes charge?", K: 3}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestWhereATermIsExplainedComesFirst(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{})
	put(t, ix, f.school, course("c",
		"An **electric current** is charge on the move. In a metal wire the electrons carry it, which are in the wire already before anything is connected.",
		"## Measuring it\n\nCurrent is measured in amperes.", "## Using it\n\nA lamp needs a current to shine, and a motor needs one to turn."))
	found, err := ix.Search(t.Context(), tutor.Query{SchoolID: f.school, CourseID: "c", Language: "en", Text: "what is a current?", K: 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 || found[0].LessonID != "lesson-a" {
		t.Errorf("%+v", found)
	}
}

// hanging is an embedding server that never answers.
type hanging struct{ offline.Embedder }

func (hanging) Embed(ctx context.Context, _ []string) ([][]float32, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
