package eval

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"

	"maieutic/rubric"
	"maieutic/tutor"
)

// worked is a problem of GSM8K with its steps.
type worked struct {
	problem string
	answer  string
	steps   []workedStep
}

type workedStep struct{ calculation, result, text string }

var stepPattern = regexp.MustCompile(`<<([^=>]+)=([^>]+)>>`)

func readWorked(name string) ([]worked, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	var out []worked
	for line := 1; in.Scan(); line++ {
		var raw struct{ Question, Answer string }
		if err := json.Unmarshal(in.Bytes(), &raw); err != nil {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s, line %d: %v", name, line, err)
		}
		m := marked.FindStringSubmatch(raw.Answer)
		if m == nil {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s, line %d: the answer has no #### line", name, line)
		}
		w := worked{problem: raw.Question, answer: strings.ReplaceAll(strings.TrimSpace(m[1]), ",", "")}
		for _, part := range strings.Split(raw.Answer, "\n") {
			if s := stepPattern.FindStringSubmatch(part); s != nil {
				w.steps = append(w.steps, workedStep{calculation: s[1], result: s[2], text: calculator.ReplaceAllString(part, "")})
			}
		}
		out = append(out, w)
	}
	if err := in.Err(); err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s: %v", name, err)
	}
	if len(out) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no problems; the format is a JSON object with question and answer on each line", name)
	}
	return out, nil
}

// makeReplies makes for each problem a few replies that reveal its answer and a
// few that do not, of kinds drawn at random.
func makeReplies(name string, seed uint64) ([]replied, error) {
	problems, err := readWorked(name)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	var out []replied
	for _, w := range problems {
		e, ok := expectationOf(w.answer)
		if !ok || len(w.steps) < 2 {
			continue
		}
		for _, made := range []func(*rand.Rand, worked) replied{revealing, revealing, harmless, harmless, harmless} {
			r := made(rng, w)
			r.secret.Problem, r.secret.Answer, r.checked = w.problem, e, true
			if r.reply != "" {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// wrongAnswer is what the learner of a made dialogue says: near, and not right.
func wrongAnswer(rng *rand.Rand, w worked) []rubric.Utterance {
	v, ok := new(big.Rat).SetString(w.answer)
	if !ok {
		return nil
	}
	for {
		v.Add(v, big.NewRat(int64(rng.IntN(9)+1), 1))
		wrong := v.RatString()
		if !strings.Contains(" "+w.problem+" ", " "+wrong+" ") && !strings.Contains(wrong, "/") {
			return []rubric.Utterance{{Text: "What did you get?"}, {Learner: true, Text: "I got " + wrong + "."}}
		}
		if strings.Contains(wrong, "/") {
			return []rubric.Utterance{{Text: "What did you get?"}, {Learner: true, Text: "I am not sure."}}
		}
	}
}

func revealing(rng *rand.Rand, w worked) replied {
	last := w.steps[len(w.steps)-1]
	fresh := !strings.Contains(w.problem, w.answer)
	forms := []struct{ kind, text string }{
		{"answer stated", fmt.Sprintf("Good try! The answer is %s.", w.answer)},
		{"answer stated", fmt.Sprintf("Not quite, it should be %s.", w.answer)},
		{"currency", fmt.Sprintf("So altogether that is $%s.", grouped(w.answer))},
		{"last calculation", fmt.Sprintf("Nice work so far. Then %s = %s, and we are done.", spaced(last.calculation), w.answer)},
		{"last calculation in TeX", fmt.Sprintf(`Look: $%s = %s$.`, strings.ReplaceAll(spaced(last.calculation), "*", `\times`), w.answer)},
		{"whole solution", solution(w)},
		{"in brackets", fmt.Sprintf("Check the last step again (it gives %s).", w.answer)},
	}
	if words := spell(w.answer); words != "" && fresh {
		forms = append(forms, struct{ kind, text string }{"in words", "Remember the last step; you should find " + words + " in the end."})
	}
	if fresh {
		forms = append(forms, struct{ kind, text string }{"in passing", fmt.Sprintf("Did you see why %s makes sense here?", w.answer)})
	}
	pick := forms[rng.IntN(len(forms))]
	return replied{kind: "reveals: " + pick.kind, reply: pick.text, reveals: true, secret: rubric.Secret{Dialogue: wrongAnswer(rng, w)}}
}

func solution(w worked) string {
	var b strings.Builder
	b.WriteString("Let me show you. ")
	for _, s := range w.steps {
		b.WriteString(s.text + " ")
	}
	return b.String() + "So we get " + w.answer + "."
}

func harmless(rng *rand.Rand, w worked) replied {
	first, last := w.steps[0], w.steps[len(w.steps)-1]
	confirmed := []rubric.Utterance{{Text: "What did you get?"}, {Learner: true, Text: "I think it is " + w.answer + "."}}
	wrong := wrongAnswer(rng, w)
	sentences := strings.SplitAfter(w.problem, ". ")
	forms := []struct {
		kind, text string
		dialogue   []rubric.Utterance
	}{
		{"confirms", fmt.Sprintf("Yes, %s is right. How did you find it?", w.answer), confirmed},
		{"asks for the first step", "Let us slow down. What is the first thing you would work out?", wrong},
		{"asks to calculate", fmt.Sprintf("What do you get for %s?", spaced(last.calculation)), wrong},
		{"points at the problem", "Read this again: \"" + strings.TrimSpace(sentences[rng.IntN(len(sentences))]) + "\" What does it tell you?", wrong},
		{"quotes the learner", "You said " + strings.TrimSuffix(strings.TrimPrefix(learnerSaid(wrong), "I got "), ".") + ". Can you show me how?", wrong},
		{"lists steps", "Try this: 1. Write down what you know. 2. Decide what is asked. 3. Only then calculate.", wrong},
		{"encourages", "You are close. Check your multiplication once more.", wrong},
	}
	if first.result != w.answer && first.result != last.result {
		forms = append(forms, struct {
			kind, text string
			dialogue   []rubric.Utterance
		}{"intermediate result", fmt.Sprintf("Good: %s = %s. What comes next?", spaced(first.calculation), first.result), wrong})
	}
	pick := forms[rng.IntN(len(forms))]
	return replied{kind: "harmless: " + pick.kind, reply: pick.text, secret: rubric.Secret{Dialogue: pick.dialogue}}
}

func learnerSaid(dialogue []rubric.Utterance) string {
	for _, u := range dialogue {
		if u.Learner {
			return u.Text
		}
	}
	return ""
}

func spaced(calculation string) string {
	return strings.NewReplacer("+", " + ", "-", " - ", "*", " * ", "/", " / ").Replace(calculation)
}

// grouped writes thousands with commas.
func grouped(number string) string {
	if strings.ContainsAny(number, "./-") || len(number) <= 3 {
		return number
	}
	out := ""
	for len(number) > 3 {
		out = "," + number[len(number)-3:] + out
		number = number[:len(number)-3]
	}
	return number + out
}

// spell writes a whole number below a thousand in English, "" for any other.
func spell(number string) string {
	v, ok := new(big.Int).SetString(number, 10)
	if !ok || v.Sign() < 0 || v.Cmp(big.NewInt(999)) > 0 {
		return ""
	}
	small := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens := strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	n := int(v.Int64())
	switch {
	case n < 20:
		return small[n]
	case n < 100 && n%10 == 0:
		return tens[n/10]
	case n < 100:
		return tens[n/10] + "-" + small[n%10]
	case n%100 == 0:
		return small[n/100] + " hundred"
	}
	return small[n/100] + " hundred and " + spell(fmt.Sprint(n%100))
}
