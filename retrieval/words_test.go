package retrieval_test

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"maieutic/retrieval"
	"maieutic/tutor"
	"maieutic/tutor/llm/offline"
)

// passagesOf gives each text as a passage whose lesson is its own text.
func passagesOf(texts []string) iter.Seq2[tutor.Passage, error] {
	return func(yield func(tutor.Passage, error) bool) {
		for _, text := range texts {
			if !yield(tutor.Passage{Citation: tutor.Citation{LessonID: text, End: len(text) + 1}, Text: text}, nil) {
				return
			}
		}
	}
}

func load(t *testing.T, ix *retrieval.Index, school, course, language string, texts ...string) retrieval.Report {
	t.Helper()
	report, err := ix.Load(t.Context(), school, course, language, passagesOf(texts))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// randomTexts are different texts of one-letter words, which have no grams. The
// language has no stemmer and no stop words.
func randomTexts(random *rand.Rand, n int) []string {
	seen := map[string]bool{}
	var out []string
	for len(out) < n {
		words := make([]string, 1+random.IntN(12))
		for i := range words {
			words[i] = string(rune('a' + min(random.IntN(26), random.IntN(26))))
		}
		if text := strings.Join(words, " "); !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

// bm25 is the formula of Robertson and Zaragoza 2009 over the texts.
func bm25(texts []string, question string) map[string]float64 {
	const k1, b = 0.9, 0.4
	total := 0
	for _, text := range texts {
		total += len(strings.Fields(text))
	}
	mean, n := float64(total)/float64(len(texts)), float64(len(texts))
	asked := map[string]bool{}
	scores := map[string]float64{}
	for _, word := range strings.Fields(question) {
		if asked[word] {
			continue
		}
		asked[word] = true
		having := 0.0
		for _, text := range texts {
			if strings.Contains(text, word) {
				having++
			}
		}
		idf := math.Log(1 + (n-having+.5)/(having+.5))
		for _, text := range texts {
			if count := float64(strings.Count(text, word)); count > 0 {
				length := float64(len(strings.Fields(text)))
				scores[text] += idf * count / (count + k1*(1-b+b*length/mean))
			}
		}
	}
	return scores
}

// wantBM25 compares the search's scores, whose best is 1, with the formula's.
func wantBM25(t *testing.T, ix *retrieval.Index, q tutor.Query, texts []string) {
	t.Helper()
	want := bm25(texts, q.Text)
	best := 0.0
	for _, score := range want {
		best = max(best, score)
	}
	q.K, q.Language = 50, "xx"
	found, err := ix.SearchBy(t.Context(), q, retrieval.ByWords)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != min(50, len(want)) {
		t.Errorf("%q found %d passages, want %d", q.Text, len(found), len(want))
	}
	for i, p := range found {
		if math.Abs(p.Score-want[p.Text]/best) > 1e-6 {
			t.Errorf("%q, %d: %q scores %.6f, want %.6f", q.Text, i, p.Text, p.Score, want[p.Text]/best)
		}
		if i > 0 && p.Score > found[i-1].Score+1e-9 {
			t.Errorf("%q: place %d is better than the one before", q.Text, i)
		}
	}
}

// Frequencies are those of the passages that are searched, whatever came and
// went, and however it lies in segments.
func TestWordsRankByBM25(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{}).Sized(8, 1000)
	random := rand.New(rand.NewPCG(1, 2))
	all := randomTexts(random, 75)
	one, two := all[:45], all[45:]
	load(t, ix, f.other, "one", "xx", randomTexts(random, 40)...)
	load(t, ix, f.school, "two", "xx", two...)
	for step := range 5 {
		load(t, ix, f.school, "one", "xx", one...)
		for _, text := range []string{"a", "a b z", "q r s t u a a", "k"} {
			wantBM25(t, ix, tutor.Query{SchoolID: f.school, CourseID: "one", Text: text}, one)
			wantBM25(t, ix, tutor.Query{SchoolID: f.school, CourseID: "two", Text: text}, two)
			wantBM25(t, ix, tutor.Query{SchoolID: f.school, Text: text}, slices.Concat(one, two))
		}
		random.Shuffle(len(one), func(i, j int) { one[i], one[j] = one[j], one[i] })
		one = append(slices.Clone(one[:len(one)-8]), fmt.Sprintf("a b %s", strings.Repeat("q ", step+5)), strings.Repeat("z ", step+1)+"b")
	}
}

func TestNothingLeft(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{}).Sized(2, 1000)
	load(t, ix, f.school, "c", "en", "lamp", "wire", "battery")
	if r := load(t, ix, f.school, "c", "en"); r != (retrieval.Report{Removed: 3}) {
		t.Errorf("%+v", r)
	}
	if found := search(t, ix, tutor.Query{SchoolID: f.school, Language: "en", Text: "lamp", K: 5}); len(found) != 0 {
		t.Errorf("found %+v", found)
	}
}

func TestLoadGoesOnWhereItStopped(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{}).Sized(64, 10_000)
	load(t, ix, f.school, "c", "en", "the old lamp")
	var texts []string
	for i := range 1200 {
		texts = append(texts, fmt.Sprintf("wire number%d", i))
	}
	broken := errors.New("the disk is gone")
	_, err := ix.Load(t.Context(), f.school, "c", "en", func(yield func(tutor.Passage, error) bool) {
		for p := range passagesOf(texts[:1100]) {
			if !yield(p, nil) {
				return
			}
		}
		yield(tutor.Passage{}, broken)
	})
	if !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	q := tutor.Query{SchoolID: f.school, CourseID: "c", Language: "en", Text: "lamp wire", K: 5}
	if found := search(t, ix, q); len(found) != 1 || found[0].Text != "the old lamp" {
		t.Errorf("after a load that failed: %+v", found)
	}
	steps := map[string]int{}
	r := load(t, ix.Watched(func(step string, done, total int) {
		if done <= steps[step] || done > total {
			t.Errorf("%s: %d of %d after %d", step, done, total, steps[step])
		}
		steps[step] = done
	}), f.school, "c", "en", texts...)
	if want := (retrieval.Report{Added: 200, Kept: 1000, Removed: 1, Embedded: 1200}); r != want {
		t.Errorf("%+v, want %+v", r, want)
	}
	if steps["words"] != 1200 || steps["embeddings"] != 1200 {
		t.Errorf("told of %v", steps)
	}
	q.Text = "number731"
	if found := search(t, ix, q); len(found) == 0 || found[0].Text != "wire number731" {
		t.Errorf("%q found %+v", q.Text, found)
	}
}

// Passages of an earlier version have no postings.
func TestComplete(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{})
	for _, school := range []string{f.school, f.other} {
		_, err := f.store.Pool().Exec(t.Context(), `
			with scope as materialized (select set_config('maieutic.school', $1, false))
			insert into passages (school_id, course_id, id, lesson_id, lesson, heading, anchor, start_at, end_at, body, language)
			select $1::uuid, 'old', gen_random_uuid(), 'l', 'Circuits', '', '', 0, 9, 'a lamp and its wire', 'en' from scope`, school)
		if err != nil {
			t.Fatal(err)
		}
	}
	f.store.Pool().Reset()
	for _, want := range []int{2, 0} {
		if n, err := ix.Complete(t.Context()); n != want || err != nil {
			t.Errorf("completed %d, %v, want %d", n, err, want)
		}
	}
	if found := search(t, ix, tutor.Query{SchoolID: f.other, Language: "en", Text: "wires", K: 5}); len(found) != 1 {
		t.Errorf("found %+v", found)
	}
}

// The stems of Postgres and the grams of Go must fold alike, or languages
// without a stemmer lose their words.
func TestFoldsAlike(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), offline.Embedder{})
	for word, want := range map[string]string{
		"plain": "plain", "ecuación": "ecuacion", "łódź": "lodz", "ışık": "isik", "σίγουρος": "σιγουροσ", "ёлка": "елка", "المُعادلة": "المعادله",
		"آخرى": "اخري", "ـطويلـ": "طويل", "فارسی": "فارسي", "电流": "电流", "전류": "전류", "ไฟฟ้า": "ไฟฟ้า", "विद्युत": "विद्युत", "ﬁn²": "fin2",
	} {
		got, err := ix.Term(t.Context(), "xx", word)
		if err != nil || got != want || retrieval.Fold(word) != want {
			t.Errorf("%q: Postgres has %q (%v), Go %q, want %q", word, got, err, retrieval.Fold(word), want)
		}
	}
	for word, want := range map[[2]string]string{
		{"en", "resisting"}: "resist", {"en", "the"}: "", {"de", "stromkreise"}: "stromkreis", {"vi", "điện"}: "điện",
		{"ru", "напряжения"}: "напряжен", {"ar", "المعادلات"}: "معادل",
	} {
		if got, err := ix.Term(t.Context(), word[0], word[1]); got != want || err != nil {
			t.Errorf("%v: %q, %v, want %q", word, got, err, want)
		}
	}
}

var manyLanguages = map[string][2]string{ // a passage and a question with other forms of its words
	"en": {"A battery pushes charges through the wire.", "Which battery is pushing a charge?"},
	"es": {"La batería empuja las cargas por el cable.", "¿Qué empujan las baterias?"},
	"de": {"Der Stromkreis hat einen Widerstand aus Kupferdraht.", "Woraus sind die Widerstände der Stromkreise?"},
	"ru": {"Напряжение измеряют вольтметром.", "чем измеряется напряжения"},
	"ar": {"تدفع البطارية الشحنات عبر السلك.", "ما الذي يدفعه بطاريةٌ؟"},
	"hi": {"बैटरी तार में आवेश को धकेलती है।", "बैटरियों में आवेशों को कौन धकेलता"},
	"th": {"แบตเตอรี่ผลักประจุไฟฟ้าผ่านลวด", "อะไรผลักประจุไฟฟ้า"},
	"zh": {"电池推动电荷通过导线。", "什么推动电荷？"},
	"ja": {"電池は導線を通して電荷を押し出す。", "導線の電荷を押すものは?"},
	"ko": {"전지는 도선을 통해 전하를 밀어낸다.", "전하는 무엇이 밀어내는가"},
	"vi": {"Pin đẩy điện tích đi qua dây dẫn.", "dien tich đi qua dây nào"},
	"tr": {"Pil, yükleri telden geçirir.", "yükler neyden geçirilir"},
}

// A school with courses in many languages finds each question's passage among
// all of them, by words and letters alone.
func TestLanguagesTogether(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), failing{offline.Embedder{}})
	filled := retrieval.New(f.store.Pool(), offline.Embedder{})
	for language, texts := range manyLanguages {
		load(t, filled, f.school, "course-"+language, language, texts[0])
	}
	for language, texts := range manyLanguages {
		for _, q := range []tutor.Query{{Language: language}, {Language: ""}, {Language: language, CourseID: "course-" + language}} {
			q.SchoolID, q.Text, q.K = f.school, texts[1], 3
			if found := search(t, ix, q); len(found) == 0 || found[0].CourseID != "course-"+language {
				t.Errorf("%s (as %q in %q): %q found %+v", language, q.Language, q.CourseID, texts[1], found)
			}
		}
		found := search(t, filled, tutor.Query{SchoolID: f.school, Text: manyLanguages["en"][1], Language: "en", In: language + "-x-any", K: 50})
		if len(found) != 1 || found[0].CourseID != "course-"+language {
			t.Errorf("in %s alone: %+v", language, found)
		}
	}
}
