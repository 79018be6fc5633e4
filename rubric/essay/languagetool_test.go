package essay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"

	"maieutic/tutor"
)

// grammarServer answers as the API does: with every place where "wrng" stands, in
// UTF-16 code units, and with what it would write instead.
func grammarServer(t *testing.T) (*LanguageTool, *[]int) {
	t.Helper()
	var sizes []int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/lt/v2/check" || r.Method != http.MethodPost || r.FormValue("language") != "en" {
			t.Errorf("%s %s in %q", r.Method, r.URL.Path, r.FormValue("language"))
		}
		text := r.FormValue("text")
		sizes = append(sizes, len(text))
		var matches []string
		for i := 0; ; {
			at := strings.Index(text[i:], "wrng")
			if at < 0 {
				break
			}
			matches = append(matches, fmt.Sprintf(`{"message":"m","replacements":[{"value":"wrong"}],"offset":%d,"length":4,"rule":{"id":"R","issueType":"misspelling","category":{"id":"TYPOS"}}}`,
				len(utf16.Encode([]rune(text[:i+at])))))
			i += at + 4
		}
		fmt.Fprintf(w, `{"software":{},"matches":[%s]}`, strings.Join(matches, ","))
	}))
	t.Cleanup(server.Close)
	l, err := NewLanguageTool(server.URL+"/lt/", server.Client())
	if err != nil {
		t.Fatal(err)
	}
	return l, &sizes
}

func TestLanguageTool(t *testing.T) {
	l, sizes := grammarServer(t)
	text := "😀 wrng 𝒳𝒴 wrng é wrng."
	slips, err := l.Check(context.Background(), text, "en")
	if err != nil || len(slips) != 3 {
		t.Fatalf("%v %v", slips, err)
	}
	for _, s := range slips {
		if s.Kind != "spelling" || string([]rune(text)[s.Quote.Start:s.Quote.End]) != "wrng" || s.Quote.Text != "wrng" {
			t.Errorf("%+v", s)
		}
	}
	*sizes = nil
	text = strings.Repeat(strings.Repeat("Fine 😀 words here. ", 40)+"wrng\n\n", 60)
	slips, err = l.Check(context.Background(), text, "en")
	if err != nil || len(slips) != 60 {
		t.Fatalf("%d slips, %v", len(slips), err)
	}
	for _, s := range slips {
		if string([]rune(text)[s.Quote.Start:s.Quote.End]) != "wrng" {
			t.Errorf("%+v", s)
		}
	}
	if len(*sizes) < 3 {
		t.Errorf("%d requests", len(*sizes))
	}
	for _, n := range *sizes {
		if n > chunkBytes {
			t.Errorf("a request of %d bytes", n)
		}
	}
}

func TestLanguageToolFaults(t *testing.T) {
	match := func(offset, length string) string {
		return `{"matches":[{"offset":` + offset + `,"length":` + length + `,"rule":{"id":"R","issueType":"grammar"}}]}`
	}
	for name, c := range map[string]struct {
		status int
		body   string
		code   tutor.Code
		slips  int
	}{
		"good":             {200, match("0", "4"), "", 1},
		"null place":       {200, match("null", "4"), "", 0},
		"negative":         {200, match("-1", "4"), "", 0},
		"beyond":           {200, match("2", "4"), "", 0},
		"far beyond":       {200, match("9223372036854775807", "9223372036854775807"), "", 0},
		"empty":            {200, match("1", "0"), "", 0},
		"style":            {200, `{"matches":[{"offset":0,"length":4,"rule":{"issueType":"style"}}]}`, "", 0},
		"twice":            {200, `{"matches":[{"offset":0,"length":3,"rule":{}},{"offset":1,"length":3,"rule":{}}]}`, "", 1},
		"no list":          {200, `{"software":{}}`, tutor.CodeUnavailable, 0},
		"another type":     {200, `{"matches":"none"}`, tutor.CodeUnavailable, 0},
		"a place as words": {200, match(`"0"`, "4"), tutor.CodeUnavailable, 0},
		"broken":           {200, `{"matches":[`, tutor.CodeUnavailable, 0},
		"no JSON":          {200, `<html>`, tutor.CodeUnavailable, 0},
		"nothing":          {200, ``, tutor.CodeUnavailable, 0},
		"too long":         {200, `{"matches":[` + strings.Repeat(" ", answerBytes) + `]}`, tutor.CodeUnavailable, 0},
		"language":         {400, `Error: 'xx' is not a language code`, tutor.CodeUnavailable, 0},
		"busy":             {503, ``, tutor.CodeUnavailable, 0},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		l, err := NewLanguageTool(server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		slips, err := l.Check(context.Background(), "text", "en")
		if len(slips) != c.slips || tutor.ErrorCode(err) != c.code {
			t.Errorf("%s: %v %v", name, slips, err)
		}
		server.Close()
		if _, err := l.Check(context.Background(), "text", "en"); tutor.ErrorCode(err) != tutor.CodeUnavailable {
			t.Errorf("%s: a closed server gives %v", name, err)
		}
	}
	for _, base := range []string{"", "127.0.0.1:8081", "ftp://x", "http://"} {
		if _, err := NewLanguageTool(base, nil); tutor.ErrorCode(err) != tutor.CodeInvalid {
			t.Errorf("%q: %v", base, err)
		}
	}
}

// TestPartsJoin: the parts are the text again, whole characters, none too long.
func TestPartsJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.StringOfN(rapid.RuneFrom([]rune("ab \n中😀é")), 1, 40, -1).Draw(t, "unit")
		text := strings.Repeat(unit, rapid.IntRange(1, 3000).Draw(t, "n"))
		out := parts(text)
		if strings.Join(out, "") != text {
			t.Fatal("parts lose text")
		}
		for _, p := range out {
			if len(p) > chunkBytes || !utf8.ValidString(p) {
				t.Fatalf("a part of %d bytes", len(p))
			}
		}
	})
}

// FuzzLanguageTool: whatever a server answers, slips stand in the text.
func FuzzLanguageTool(f *testing.F) {
	f.Add("text 😀 more", []byte(`{"matches":[{"offset":1,"length":4,"rule":{"id":"R"}}]}`))
	f.Fuzz(func(t *testing.T, text string, body []byte) {
		var answer struct{ Matches []match }
		if !utf8.ValidString(text) || json.Unmarshal(body, &answer) != nil {
			return
		}
		runes := []rune(text)
		for _, s := range apart(slipsIn(text, 0, answer.Matches)) {
			if s.Quote.Start >= s.Quote.End || string(runes[s.Quote.Start:s.Quote.End]) != s.Quote.Text {
				t.Fatalf("%+v", s)
			}
		}
	})
}
