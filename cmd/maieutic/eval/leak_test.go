package eval

import (
	"strings"
	"testing"
)

// The replies of testdata/leak.jsonl were written and labelled by hand, before
// the detector had seen them.
func TestLeakOnRepliesByHand(t *testing.T) {
	report, err := Leak(t.Context(), Options{Data: "testdata/leak.jsonl", Format: "jsonl", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range report.Metrics {
		if m.Name == "kappa" && m.Value < 0.9 || m.Name == "blocked_good" && m.Value > 0.02 {
			t.Errorf("%s is %.3f: %q", m.Name, m.Value, report.Listed)
		}
	}
}

func TestLeakOnMadeReplies(t *testing.T) {
	data := write(t, "problems.jsonl", `{"question":"Ana has 12 pens and buys 3 packs of 10. How many pens has she?","answer":"She buys 3*10=<<3*10=30>>30 pens.\nShe has 30+12=<<30+12=42>>42 pens.\n#### 42"}
{"question":"Ben runs 4 km on 6 days and 9 km on Sunday. How far?","answer":"On 6 days it is 4*6=<<4*6=24>>24 km.\nWith Sunday 24+9=<<24+9=33>>33 km.\n#### 33"}
`)
	report, err := Leak(t.Context(), Options{Data: data, Format: "gsm8k", Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if report.N != 10 || report.Metrics[0].Name != "kappa" || report.Metrics[0].Value < 0.99 {
		t.Errorf("%+v", report)
	}
}

// People write such files in many ways; all of them say the same here.
func TestReadRepliesIsLenient(t *testing.T) {
	lines := []string{
		`{"problem":"p","answer":"42","dialogue":"Tutor: Hello?\nMaria: I got 41.","reply":"It is 42.","reveals":true}`,
		`{"problem":"p","answer":42,"dialogue":["Tutor: Hello?","Student: I got 41."],"reply":"It is 42.","reveals":"yes"}`,
		`{"problem":"p","answer":"So he has 40+2=<<40+2=42>>42 pens.\n#### 42","dialogue":[{"role":"assistant","content":"Hello?"},{"role":"user","content":"I got 41."}],"reply":"It is 42.","reveals":1}`,
		`{"problem":"p","answer":"$42 dollars","dialogue":[{"speaker":"Teacher","utterance":"Hello?"},{"speaker":"Maria","utterance":"I got 41."}],"reply":"It is 42.","reveals":"1"}`,
		`{"problem":"p","answer":42.0,"dialogue":"Teacher: Hello?|EOM|Maria: I got 41.","reply":"It is 42.","reveals":true}`,
	}
	for _, line := range lines {
		r, err := parseReply([]byte(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		d := r.secret.Dialogue
		if !r.checked || !r.reveals || len(d) != 2 || d[0].Learner || !d[1].Learner || d[1].Text != "I got 41." {
			t.Errorf("%s: %+v", line, r)
		}
	}
	for line, says := range map[string]string{`{"reveals":"perhaps"}`: "reveals", `{`: "JSON", `{"reveals":true,"dialogue":7}`: "dialogue"} {
		_, err := Leak(t.Context(), Options{Format: "jsonl", Data: write(t, "bad.jsonl", line+"\n")})
		if err == nil || !strings.Contains(err.Error(), "line 1") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", line, err)
		}
	}
}
