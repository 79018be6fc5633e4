package essay

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"maieutic/tutor"
)

// Bounds of what goes to and comes from a grammar server.
const (
	chunkBytes  = 20_000  // of text in one request
	answerBytes = 4 << 20 // of one answer
	slipsMost   = 500     // of one text
)

// LanguageTool finds slips through the HTTP API of a LanguageTool server. What the
// server would write instead is never read: a slip says where and of what kind.
// It is safe for concurrent use.
type LanguageTool struct {
	endpoint string
	client   *http.Client
}

// NewLanguageTool returns a checker that asks the server at base, such as
// "http://127.0.0.1:8081"; "/v2" at its end may be left out. It is a CodeInvalid
// when base is no http or https address. The client's timeout is one request's;
// nil is http.DefaultClient, so that only the context bounds it.
func NewLanguageTool(base string, client *http.Client) (*LanguageTool, error) {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the address of LanguageTool must look like http://127.0.0.1:8081")
	}
	path := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/check")
	u.Path = strings.TrimSuffix(path, "/v2") + "/v2/check"
	u.RawQuery, u.Fragment = "", ""
	if client == nil {
		client = http.DefaultClient
	}
	own := *client
	// A learner's text goes to the server that was named, and to no other.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &LanguageTool{endpoint: u.String(), client: &own}, nil
}

// Check returns the slips of a text in their order, at most 500, none of which
// overlap. Long texts go in parts that end with a paragraph where there is one. A
// server that cannot be reached, refuses, or answers with anything else than
// matches is a CodeUnavailable; a match that does not fit the text is left out.
func (l *LanguageTool) Check(ctx context.Context, text, language string) ([]Slip, error) {
	slips, at := []Slip{}, 0
	for _, part := range parts(text) {
		if strings.TrimSpace(part) != "" {
			found, err := l.ask(ctx, part, language)
			if err != nil {
				return nil, err
			}
			slips = append(slips, slipsIn(part, at, found)...)
		}
		at += utf8.RuneCountInString(part)
		if len(slips) >= slipsMost {
			break
		}
	}
	return apart(slips), nil
}

// parts cuts a text into pieces of at most chunkBytes: at the last end of a
// paragraph, else of a line, else after a space, else between characters.
func parts(text string) []string {
	var out []string
	for len(text) > chunkBytes {
		cut := chunkBytes
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		for _, end := range []string{"\n\n", "\n", " "} {
			if at := strings.LastIndex(text[:cut], end); at > 0 {
				cut = at + len(end)
				break
			}
		}
		out = append(out, text[:cut])
		text = text[cut:]
	}
	return append(out, text)
}

// match is what of the server's answer is read.
type match struct {
	Offset *int `json:"offset"` // UTF-16 code units
	Length *int `json:"length"`
	Rule   struct {
		ID        string `json:"id"`
		IssueType string `json:"issueType"`
		Category  struct {
			ID string `json:"id"`
		} `json:"category"`
	} `json:"rule"`
}

func (l *LanguageTool) ask(ctx context.Context, text, language string) ([]match, error) {
	if language == "" {
		language = "auto"
	}
	form := url.Values{"text": {text}, "language": {language}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeUnavailable, "the grammar server cannot be asked; check its address")
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	response, err := l.client.Do(request)
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeUnavailable, "the grammar server did not answer")
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, tutor.Errorf(tutor.CodeUnavailable, "the grammar server answered with status %d; does it know the language %s?", response.StatusCode, language)
	}
	raw, err := io.ReadAll(io.LimitReader(response.Body, answerBytes+1))
	if err != nil || len(raw) > answerBytes {
		return nil, tutor.Errorf(tutor.CodeUnavailable, "the grammar server's answer broke off or is too long")
	}
	var answer struct {
		Matches *[]match `json:"matches"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Matches == nil {
		return nil, tutor.Errorf(tutor.CodeUnavailable, "the grammar server's answer has no list of matches")
	}
	return *answer.Matches, nil
}

// slipsIn turns the matches of a part that begins after at code points into slips
// of the text.
func slipsIn(part string, at int, found []match) []Slip {
	runes := []rune(part)
	place := places(runes)
	var out []Slip
	for _, m := range found {
		if m.Offset == nil || m.Length == nil || *m.Length <= 0 || *m.Offset < 0 || *m.Offset >= len(place) || *m.Length >= len(place)-*m.Offset {
			continue
		}
		start, end := place[*m.Offset], place[*m.Offset+*m.Length]
		if start < 0 || end < 0 { // inside a surrogate pair
			continue
		}
		if m.Rule.IssueType == "style" || m.Rule.Category.ID == "STYLE" || m.Rule.Category.ID == "REDUNDANCY" {
			continue // taste, not a slip
		}
		out = append(out, Slip{Quote: tutor.Quote{Start: at + start, End: at + end, Text: string(runes[start:end])},
			Kind: kindOf(m), Rule: short(m.Rule.ID)})
	}
	return out
}

// places maps offsets in UTF-16 code units to code points, -1 inside a pair.
func places(runes []rune) []int {
	out := make([]int, 0, len(runes)+1)
	for i, r := range runes {
		out = append(out, i)
		if utf16.RuneLen(r) == 2 {
			out = append(out, -1)
		}
	}
	return append(out, len(runes))
}

// kindOf maps the server's kinds to those that the coach has words for.
func kindOf(m match) string {
	switch m.Rule.Category.ID {
	case "CASING":
		return "capital"
	case "PUNCTUATION":
		return "punctuation"
	}
	switch m.Rule.IssueType {
	case "misspelling":
		return "spelling"
	case "grammar":
		return "grammar"
	case "whitespace":
		return "space"
	case "duplication":
		return "doubled"
	case "typographical":
		return "punctuation"
	}
	return "other"
}

// short keeps an id of a rule short enough for a log.
func short(id string) string {
	if len(id) > 80 {
		id = strings.ToValidUTF8(id[:80], "")
	}
	return id
}

// apart sorts slips by place and drops what overlaps an earlier one.
func apart(slips []Slip) []Slip {
	slices.SortStableFunc(slips, func(a, b Slip) int { return a.Quote.Start - b.Quote.Start })
	end := 0
	slips = slices.DeleteFunc(slips, func(s Slip) bool {
		if s.Quote.Start < end {
			return true
		}
		end = s.Quote.End
		return false
	})
	return slips[:min(len(slips), slipsMost)]
}
