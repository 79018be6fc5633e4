package web

import (
	"slices"
	"testing"
)

func TestQuoted(t *testing.T) {
	const text = "Letters  stand\nfor “numbers” – we don’t know.\n𝒙 هو عدد. Letters again…"
	for typed, want := range map[string]struct {
		texts   []string
		unknown []string
	}{
		"":                            {nil, nil},
		" \n\t\n":                     {nil, nil},
		"letters stand for":           {[]string{"Letters  stand\nfor"}, nil},
		"\"numbers\" - we don't know": {[]string{"“numbers” – we don’t know"}, nil},
		"“stand”":                     {[]string{"stand"}, nil},
		"...هو عدد...":                {[]string{"هو عدد"}, nil},
		"𝒙\r\nagain…":                 {[]string{"𝒙", "again…"}, nil},
		"numbers\nnot there\n":        {[]string{"numbers"}, []string{"not there"}},
		"…":                           {[]string{"…"}, nil},
		"\"":                          {[]string{"“"}, nil},
		"?":                           {nil, []string{"?"}},
	} {
		found, unknown := quoted(text, typed)
		var texts []string
		for _, q := range found {
			texts = append(texts, q.Text)
			if got := string([]rune(text)[q.Start:q.End]); got != q.Text {
				t.Errorf("%q: %+v stands for %q", typed, q, got)
			}
		}
		if !slices.Equal(texts, want.texts) || !slices.Equal(unknown, want.unknown) {
			t.Errorf("%q: found %q, unknown %q", typed, texts, unknown)
		}
	}
}

// FuzzQuoted: whatever is found stands in the text, to the code point.
func FuzzQuoted(f *testing.F) {
	f.Add("Letters stand for numbers.", "stand for\nİ")
	f.Add("İ\u0307 a\u00a0b", "i̇\nA B")
	f.Fuzz(func(t *testing.T, text, typed string) {
		runes := []rune(text)
		found, _ := quoted(text, typed)
		for _, q := range found {
			if q.Start < 0 || q.End <= q.Start || q.End > len(runes) || string(runes[q.Start:q.End]) != q.Text {
				t.Fatalf("%+v", q)
			}
		}
	})
}
