package eval

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maieutic/retrieval"
	"maieutic/tutor"
	"maieutic/tutor/llm/offline"
	"maieutic/tutor/postgres"
	"maieutic/tutor/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, postgres.Migrate) }

func library(t *testing.T) Library {
	t.Helper()
	store, err := postgres.Open(t.Context(), pgtest.NewDB(t), tutor.DefaultParams())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	school, err := store.CreateSchool(t.Context(), "Measurement")
	if err != nil {
		t.Fatal(err)
	}
	return Library{Index: retrieval.New(store.Pool(), offline.Embedder{}), School: school}
}

func layOut(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func figureOf(t *testing.T, metrics []Metric, name string) float64 {
	t.Helper()
	for _, m := range metrics {
		if m.Name == name {
			return m.Value
		}
	}
	t.Fatalf("no %s in %+v", name, metrics)
	return 0
}

func wantFigure(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func squadJSON(paragraphs ...[2]string) string {
	var out []string
	for _, p := range paragraphs {
		out = append(out, fmt.Sprintf(`{"context": %q, "qas": [{"question": %q, "id": "x", "answers": []}]}`, p[0], p[1]))
	}
	return `{"version": "1.1", "data": [{"title": "t", "paragraphs": [` + strings.Join(out, ",") + `]}]}`
}

// The third question stands with a paragraph that shares nothing with it, while
// another holds its words: a miss that the figures must show.
func TestRetrieveSQuAD(t *testing.T) {
	english := squadJSON([2]string{"The battery pushes charges.", "What pushes the charges?"}, [2]string{"A leaf takes in light.", "What does a leaf take in?"},
		[2]string{"Rivers run to the sea.", "Which light does the leaf take?"})
	dir := layOut(t, map[string]string{
		"small.en.json": english,
		"small.es.json": squadJSON([2]string{"La batería empuja las cargas.", "¿Qué empuja las cargas?"}),
	})
	told := 0
	report, err := Retrieve(t.Context(), Options{Data: dir, Format: "squad", Seed: 1, Progress: func(done, total int) {
		if done != told && (done < told || done > total) {
			t.Errorf("%d of %d after %d", done, total, told)
		}
		told = done
	}}, library(t))
	if err != nil {
		t.Fatal(err)
	}
	if report.N != 4 || told != 2*4+3*4 {
		t.Errorf("%d questions, told of %d", report.N, told)
	}
	wantFigure(t, "r_at_1", figureOf(t, report.Metrics, "r_at_1"), .75)
	groups := map[string]Group{}
	for _, g := range report.Groups {
		groups[g.Name] = g
	}
	for name, n := range map[string]int{"words alone": 4, "vectors alone": 4, "small.en.json": 3, "small.es.json, words alone": 1, "small.es.json, vectors alone": 1} {
		if groups[name].N != n {
			t.Errorf("group %q has %d questions, want %d", name, groups[name].N, n)
		}
	}
	wantFigure(t, "English r_at_1", figureOf(t, groups["small.en.json"].Metrics, "r_at_1"), 2./3)
	wantFigure(t, "English words alone, mrr", figureOf(t, groups["small.en.json, words alone"].Metrics, "mrr"), 2./3)
	if _, err := Retrieve(t.Context(), Options{Data: filepath.Join(dir, "small.es.json"), Format: "squad", Seed: 1}, library(t)); err != nil {
		t.Errorf("one file: %v", err)
	}
}

func TestRetrieveBEIR(t *testing.T) {
	files := map[string]string{
		"corpus.jsonl": `{"_id": "d1", "title": "Battery", "text": "It pushes charges.", "metadata": {}}
{"_id": "d2", "title": "", "text": "A leaf takes in light and the battery does not."}

{"_id": "d3", "text": ""}
`,
		"queries.jsonl": `{"_id": "q1", "text": "battery charges"}
{"_id": "q2", "text": "light on a leaf"}
{"_id": "q3", "text": "never judged"}
{"_id": "q4", "text": "judged worthless"}
`,
		"qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t2\nq2\td3\t1\nq4\td1\t0\n",
	}
	report, err := Retrieve(t.Context(), Options{Data: layOut(t, files), Format: "beir", Seed: 1}, library(t))
	if err != nil {
		t.Fatal(err)
	}
	if report.N != 2 {
		t.Errorf("%d judged queries", report.N)
	}
	// q1 finds d1 (1) before d2 (2); q2 never finds the empty d3 by its words.
	ideal := 2 + 1/math.Log2(3)
	words := report.Groups[0]
	wantFigure(t, "ndcg_at_10", figureOf(t, words.Metrics, "ndcg_at_10"), (1+2/math.Log2(3))/ideal/2)
	wantFigure(t, "r_at_1", figureOf(t, words.Metrics, "r_at_1"), .5)
	wantFigure(t, "mrr", figureOf(t, words.Metrics, "mrr"), .5)
	if !strings.Contains(strings.Join(report.Notes, " "), `language "en"`) {
		t.Errorf("notes %v", report.Notes)
	}

	files["qrels.tsv"] = "q1 0 d1 1\n" // wins over qrels/test.tsv
	report, err = Retrieve(t.Context(), Options{Data: layOut(t, files), Format: "beir", Seed: 1}, library(t))
	if err != nil || report.N != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestRetrieveRefuses(t *testing.T) {
	good := map[string]string{"corpus.jsonl": `{"_id":"d","text":"x"}`, "queries.jsonl": `{"_id":"q","text":"x"}`, "qrels.tsv": "q\td\t1\n"}
	cases := map[string]struct {
		format, file, content string
		says                  string
	}{
		"no SQuAD file":    {"squad", "", "", "holds no *.json"},
		"not JSON":         {"squad", "a.json", "{", "layout of SQuAD"},
		"no question":      {"squad", "a.json", `{"data": []}`, "no question"},
		"no judgements":    {"beir", "qrels.tsv", "-", "neither qrels.tsv"},
		"bad score":        {"beir", "qrels.tsv", "q\td\t1\nq\td\tx\n", "line 2"},
		"bad columns":      {"beir", "qrels.tsv", "q\n", "line 1"},
		"broken corpus":    {"beir", "corpus.jsonl", `{"_id":"d","text":"x"}` + "\n{]", "corpus.jsonl near byte"},
		"nothing judged":   {"beir", "qrels.tsv", "other\td\t1\n", "no query"},
		"an empty corpus":  {"beir", "corpus.jsonl", "", "is empty"},
		"no queries there": {"beir", "queries.jsonl", "-", "queries.jsonl"},
	}
	for name, c := range cases {
		files := map[string]string{}
		if c.format == "beir" {
			for k, v := range good {
				files[k] = v
			}
		}
		if c.file != "" {
			files[c.file] = c.content
		}
		if c.content == "-" {
			delete(files, c.file)
		}
		_, err := Retrieve(t.Context(), Options{Data: layOut(t, files), Format: c.format}, Library{})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want a word about %q", name, err, c.says)
		}
	}
}

func TestLanguageOfName(t *testing.T) {
	for name, want := range map[string]string{
		"xquad.de.json": "de", "test-fr.json": "fr", "xquad.zh-Hans.json": "zh", "dev-v1.1.json": "", "xquad.json": "", "squad_dev.json": "", "x.qq.json": "",
	} {
		if got := languageOfName(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestGuessLanguage(t *testing.T) {
	for want, text := range map[string]string{
		"en": "The current is the same in every part of the circuit, and it does not get used up.",
		"es": "La corriente es la misma en todas las partes del circuito y no se gasta.",
		"de": "Der Strom ist in der ganzen Schaltung gleich und wird nicht verbraucht.",
		"ro": "Curentul este același în tot circuitul și nu se consumă, nu mai mult.",
		"tr": "Akım devrenin her yerinde aynıdır ve bir lamba için de çok daha azdır.",
		"vi": "Dòng điện là như nhau trong mạch và không được dùng hết.",
		"ru": "Ток одинаков во всей цепи.", "el": "Το ρεύμα είναι το ίδιο.", "ar": "التيار هو نفسه في كل الدائرة.", "hi": "धारा हर जगह समान है।",
		"th": "กระแสไฟฟ้าเท่ากันทุกจุด", "zh": "电路中各处的电流相同。", "ja": "回路のどこでも電流は同じです。", "ko": "전류는 어디서나 같다.", "": "1 + 2 = 3",
	} {
		if got := guessLanguage([]string{text}); got != want {
			t.Errorf("%s is taken for %q, want %q", text, got, want)
		}
	}
}
