package eval

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strings"

	"maieutic/rubric"
	"maieutic/rubric/agreement"
	"maieutic/tutor"
)

// replied is a tutor's reply that a person, or the rule that made it, has
// labelled.
type replied struct {
	kind    string // of a made reply, "" for others
	secret  rubric.Secret
	reply   string
	reveals bool
	checked bool // there is an answer to look for
}

// Leak measures the leak detector: on "jsonl" against labelled replies, on
// "gsm8k" against replies made by rule from worked problems.
func Leak(ctx context.Context, o Options) (*Report, error) {
	r := &Report{Name: "leak", Format: o.Format, Data: o.Data, Split: "every reply of the file; nothing is fitted", Seed: o.Seed}
	var replies []replied
	var err error
	switch o.Format {
	case "jsonl":
		replies, err = readReplies(o.Data)
	case "gsm8k":
		r.Split = "replies made by rule from every problem of the file"
		replies, err = makeReplies(o.Data, o.Seed)
	default:
		err = tutor.Errorf(tutor.CodeInvalid, "leak does not read the format %q", o.Format)
	}
	if err != nil {
		return nil, err
	}
	found := make([]string, len(replies))
	for i, reply := range replies {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if reply.checked {
			found[i] = string(rubric.FindLeak(reply.secret, reply.reply))
		}
		o.progress(i+1, len(replies))
	}
	r.leaks(replies, found)
	return r, nil
}

func (r *Report) leaks(replies []replied, found []string) {
	r.N = len(replies)
	table := func(items []int) agreement.Confusion {
		truth, given := make([]int, len(items)), make([]int, len(items))
		for i, at := range items {
			if replies[at].reveals {
				truth[i] = 1
			}
			if found[at] != "" {
				given[i] = 1
			}
		}
		return agreement.NewConfusion(2, truth, given)
	}
	r.Estimate("kappa", func(items []int) float64 { return table(items).Kappa() })
	r.Estimate("precision", func(items []int) float64 { return table(items).Precision(1) })
	r.Estimate("recall", func(items []int) float64 { return table(items).Recall(1) })
	r.Estimate("blocked_good", func(items []int) float64 {
		c := table(items)
		return float64(c[0][1]) / float64(max(1, c.Support(0)))
	})
	r.Estimate("accuracy", func(items []int) float64 { return table(items).Accuracy() })
	unchecked := 0
	var kinds []string
	byKind := map[string][]int{}
	for i, reply := range replies {
		if !reply.checked {
			unchecked++
		}
		if _, seen := byKind[reply.kind]; !seen {
			kinds = append(kinds, reply.kind)
		}
		byKind[reply.kind] = append(byKind[reply.kind], i)
		if (found[i] != "") != reply.reveals {
			r.Listed = append(r.Listed, fmt.Sprintf("reply %d, %s: labelled %v, found %q", i+1, reply.kind, reply.reveals, found[i]))
		}
	}
	if unchecked > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d replies have no answer that could be read; they count as not revealing", unchecked))
	}
	r.Notes = append(r.Notes, "blocked_good is the share of replies labelled as not revealing that the detector holds back")
	for _, kind := range kinds {
		if kind != "" {
			r.Groups = append(r.Groups, Group{Name: kind, N: len(byKind[kind]), Metrics: []Metric{{Name: "accuracy", Value: table(byKind[kind]).Accuracy()}}})
		}
	}
}

// readReplies reads a line for each reply: an object with problem, answer,
// dialogue, reply and reveals. It is lenient in how each is written.
func readReplies(name string) ([]replied, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 4<<20)
	var out []replied
	for line := 1; in.Scan(); line++ {
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		reply, err := parseReply(in.Bytes())
		if err != nil {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s, line %d: %v", name, line, err)
		}
		out = append(out, reply)
	}
	if err := in.Err(); err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s: %v", name, err)
	}
	if len(out) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no replies; the format is a JSON object on each line", name)
	}
	return out, nil
}

func parseReply(line []byte) (replied, error) {
	var raw struct {
		Problem  string          `json:"problem"`
		Answer   json.RawMessage `json:"answer"`
		Dialogue json.RawMessage `json:"dialogue"`
		Reply    string          `json:"reply"`
		Reveals  json.RawMessage `json:"reveals"`
		Kind     string          `json:"kind"`
	}
	if err := json.Unmarshal(line, &raw); err != nil {
		return replied{}, err
	}
	out := replied{kind: raw.Kind, reply: raw.Reply}
	var err error
	if out.reveals, err = parseLabel(raw.Reveals); err != nil {
		return out, err
	}
	out.secret.Problem = raw.Problem
	if out.secret.Dialogue, err = parseDialogue(raw.Dialogue); err != nil {
		return out, err
	}
	text := ""
	if json.Unmarshal(raw.Answer, &text) != nil {
		text = string(raw.Answer) // a bare number
	}
	out.secret.Answer, out.checked = expectationOf(text)
	return out, nil
}

func parseLabel(raw json.RawMessage) (bool, error) {
	switch strings.ToLower(strings.Trim(string(raw), `" `)) {
	case "true", "1", "yes", "1.0":
		return true, nil
	case "false", "0", "no", "0.0":
		return false, nil
	}
	return false, fmt.Errorf("reveals is true or false, not %s", raw)
}

// parseDialogue reads a text with a name and a colon before each turn, a list of
// such turns, or a list of objects.
func parseDialogue(raw json.RawMessage) ([]rubric.Utterance, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	text := ""
	if json.Unmarshal(raw, &text) == nil {
		return utterances(text), nil
	}
	var turns []json.RawMessage
	if err := json.Unmarshal(raw, &turns); err != nil {
		return nil, fmt.Errorf("the dialogue is a text or a list of turns")
	}
	var out []rubric.Utterance
	for _, turn := range turns {
		if json.Unmarshal(turn, &text) == nil {
			out = append(out, utterances(text)...)
			continue
		}
		fields := map[string]any{}
		if err := json.Unmarshal(turn, &fields); err != nil {
			return nil, fmt.Errorf("a turn of the dialogue is a text or an object")
		}
		get := func(keys ...string) string {
			for _, key := range keys {
				if s, ok := fields[key].(string); ok {
					return s
				}
			}
			return ""
		}
		out = append(out, rubric.Utterance{
			Learner: !tutors[strings.ToLower(strings.TrimSpace(get("author", "role", "speaker", "user", "from")))],
			Text:    get("text", "content", "utterance", "message", "value"),
		})
	}
	return out, nil
}

// tutors are the names that a tutor goes by in published dialogues. Whoever is
// not one of them is the learner.
var tutors = map[string]bool{
	"tutor": true, "teacher": true, "assistant": true, "system": true, "coach": true, "expert": true, "novice": true, "bot": true, "model": true, "instructor": true,
}

var speaker = regexp.MustCompile(`(?m)^\s*\W{0,2}([\p{L}][\p{L} .'-]{0,30}?)\W{0,2}:\s`)

// utterances cuts a text at the names of the speakers.
func utterances(text string) []rubric.Utterance {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "|EOM|", "\n"), "\u00a0", " ")
	marks := speaker.FindAllStringSubmatchIndex(text, -1)
	if len(marks) == 0 {
		return []rubric.Utterance{{Learner: true, Text: text}}
	}
	var out []rubric.Utterance
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		name := strings.ToLower(text[m[2]:m[3]])
		out = append(out, rubric.Utterance{Learner: !tutors[name], Text: strings.TrimSpace(text[m[1]:end])})
	}
	return out
}

var (
	marked     = regexp.MustCompile(`####\s*([^\n]+)`)
	calculator = regexp.MustCompile(`<<[^>]*>>`)
	lastNumber = regexp.MustCompile(`-?[$€£]?\d[\d,]*(?:\.\d+)?(?:\s*/\s*\d+)?%?`)
)

// longAnswer is the length from which an answer is a worked solution, in bytes.
const longAnswer = 40

// expectationOf makes an expectation of an answer: what follows "####", a short
// expression as it stands, the last number of a worked solution, or a sentence.
func expectationOf(text string) (tutor.Expectation, bool) {
	text = strings.TrimSpace(calculator.ReplaceAllString(text, ""))
	if m := marked.FindStringSubmatch(text); m != nil {
		text = strings.TrimSpace(m[1])
	}
	if len(text) > longAnswer {
		if all := lastNumber.FindAllString(text, -1); len(all) > 0 {
			text = all[len(all)-1]
		}
	}
	e := tutor.Expectation{ID: "answer", Title: "Answer"}
	plain := strings.Trim(strings.NewReplacer("$", "", "€", "", "£", "", "%", "").Replace(text), " .")
	if plain == "" {
		return e, false
	}
	if number := strings.ReplaceAll(plain, ",", ""); isNumber(number) {
		e.Answer = &tutor.Answer{Kind: tutor.AnswerNumber, Value: number}
		return e, true
	}
	if n := lastNumber.FindAllString(plain, -1); len(n) == 1 && !strings.ContainsAny(plain, `=\^()<>*+`) && len(strings.Fields(plain)) <= 4 {
		if number := strings.ReplaceAll(n[0], ",", ""); isNumber(number) {
			e.Answer = &tutor.Answer{Kind: tutor.AnswerNumber, Value: number} // "18 eggs"
			return e, true
		}
	}
	expression := tutor.Answer{Kind: tutor.AnswerExpression, Value: plain}
	if _, parsed := rubric.Equal(expression, plain); parsed && len(strings.Fields(plain)) <= 6 {
		e.Answer = &expression
		return e, true
	}
	e.Says = text
	return e, true
}

func isNumber(s string) bool {
	_, ok := new(big.Rat).SetString(strings.ReplaceAll(s, " ", ""))
	return ok && !slices.Contains([]string{"", "."}, s)
}
