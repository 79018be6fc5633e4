package retrieval

import (
	"slices"
	"strings"
	"testing"
)

func textsOf(words []word) []string {
	var out []string
	for _, w := range words {
		out = append(out, w.text)
	}
	return out
}

func gramsOf(words []word) []string {
	var out []string
	for _, w := range words {
		for _, g := range w.grams {
			out = append(out, strings.TrimPrefix(g, gramMark))
		}
	}
	return out
}

func TestAnalyse(t *testing.T) {
	cases := []struct {
		name, language, text string
		words, grams         string
	}{
		{"English", "en", "The Wires, 3.5!", "the wires 3 5", "^the the$ ^wir wire ires res$"},
		{"accents stay for the stemmer and leave the grams", "es", "ECUACIÓN", "ecuación", "^ecu ecua cuac uaci acio cion ion$"},
		{"decomposed", "es", "acio\u0301n", "ación", "^aci acio cion ion$"},
		{"German", "de-AT", "Stromkreise", "stromkreise", "^str stro trom romk omkr mkre krei reis eise ise$"},
		{"Turkish i", "tr", "IŞIK İş", "ışık iş", "^isi isik sik$ ^is$"},
		{"Arabic marks and lengthening", "ar", "المُعَـادَلة ٣٤", "المُعَـادَلة 34", "^الم المع لمعا معاد عادل ادله دله$ ^34$"},
		{"Hindi signs are letters", "hi", "विद्युत", "विद्युत", "^विद विद् िद्य द्यु ्युत युत$"},
		{"Persian joiner", "fa", "می\u200cشود", "میشود", "^ميش ميشو يشود شود$"},
		{"Chinese", "zh", "电流表 AB2", "电流 流表 ab2", "电 流 表 ^ab2 ab2$"},
		{"one letter of Chinese", "zh", "水。", "水", "水"},
		{"Japanese", "ja", "サーバー電", "サー ーバ バー ー電", "サ ー バ ー 電"},
		{"Thai", "th", "ไฟฟ้าคือ", "ไฟฟ้ ฟฟ้า ฟ้าค ้าคื าคือ", "ไฟฟ ฟฟ้ ฟ้า ้าค าคื คือ"},
		{"Korean", "ko", "전류는 흐른다", "전류는 흐른다", "전류 류는 흐른 른다"},
		{"Vietnamese", "vi", "Điện áp là", "điện áp là", "dien ap ap la"},
		{"nothing", "en", " ?!\u0301 ", "", ""},
	}
	for _, c := range cases {
		words := analyse(c.text, c.language)
		if got := strings.Join(textsOf(words), " "); got != c.words {
			t.Errorf("%s: words %q, want %q", c.name, got, c.words)
		}
		if got := strings.Join(gramsOf(words), " "); got != c.grams {
			t.Errorf("%s: grams %q, want %q", c.name, got, c.grams)
		}
	}
}

func TestDictionaries(t *testing.T) {
	for language, want := range map[string]string{
		"en": "pg_catalog.english_stem", "en-GB": "pg_catalog.english_stem", "EL": "pg_catalog.greek_stem",
		"zh": "", "": "", "xx": "", "vi": exactWords, "vi-VN": exactWords,
	} {
		if got := dictionary(language); got != want {
			t.Errorf("%q: %q, want %q", language, got, want)
		}
	}
}

func TestQuestionIsBounded(t *testing.T) {
	var text strings.Builder
	for i := range 2000 {
		text.WriteString(" w" + strings.Repeat("x", i%40) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)))
	}
	args := question(text.String(), "en")
	if n := len(args["words"].([]string)); n != maxWords {
		t.Errorf("%d words", n)
	}
	for _, place := range args["gram_words"].([]int) {
		if place < 1 || place > maxWords {
			t.Fatalf("a gram of word %d", place)
		}
	}
}

func FuzzAnalyse(f *testing.F) {
	f.Add("The wires 电流 ไฟฟ้า ①½ ﷽ \xff", "en")
	f.Add("İIıi", "tr")
	f.Fuzz(func(t *testing.T, text, language string) {
		for _, w := range analyse(clip(text), language) {
			if w.text == "" || len([]rune(w.text)) > 2*maxWord {
				t.Fatalf("word %q", w.text)
			}
			if slices.Contains(w.grams, gramMark) {
				t.Fatalf("empty gram of %q", w.text)
			}
		}
	})
}
