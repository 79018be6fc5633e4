package eval

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maieutic/rubric/agreement"
	"maieutic/tutor"
)

func dialogueReport(o Options, sim Simulation, talks []talk) *Report {
	r := &Report{
		Name: "dialogue", Format: "builtin", Data: o.Data, Seed: o.Seed, N: len(talks),
		Split: "simulated sessions, problems drawn by the seed",
	}
	if sim.Model != nil {
		r.Format = "model " + sim.Model.Name()
	}
	r.Metrics = dialogueMetrics(talks, o.Seed, sim.Model != nil)
	for _, name := range Personas() {
		part := slices.DeleteFunc(slices.Clone(talks), func(t talk) bool { return t.persona != name })
		if len(part) > 0 {
			r.Groups = append(r.Groups, Group{Name: name, N: len(part), Metrics: dialogueMetrics(part, o.Seed, sim.Model != nil)})
		}
	}
	r.Notes = []string{
		"n counts sessions; intervals are over sessions; the opening turn is no tutor turn",
		"repeated_moves may climb the ladder: the same move on the same target as the two turns before; repeated_rungs stands on the same rung as well",
		"leaks are turns that hold an answer which the policy has not revealed, by the leak detector alone, whoever found the words; in_parts_rate is of turns that tell an idea only together with the two before, the detector's least certain finding",
		"latency is the time of the machine at hand and the one figure that differs between runs",
	}
	if sim.Model != nil {
		r.Notes = append(r.Notes, "of the turns that a model was asked for, held_back is the share whose first words were not taken, fallback_rate the share that was spoken in authored words")
	}
	for _, t := range talks {
		for i, x := range t.turns {
			if x.judged.leak != "" {
				r.Listed = append(r.Listed, fmt.Sprintf("%s, session %d on %s, turn %d: %s of %s gives %s away: %s, words: %s",
					t.persona, t.number, t.activity.ID, i+1, x.reply.Move, x.reply.Target, x.judged.leaked, x.judged.leak, x.reply.Voice.Engine))
			}
		}
	}
	return r
}

// ratio is a figure that counts something of a session over something else of
// it, summed over sessions.
type ratio struct {
	name       string
	over, from func(talk) float64
}

func one(talk) float64 { return 1 }

// turnsWhere counts a session's tutor turns that are so.
func turnsWhere(is func(exchange) bool) func(talk) float64 {
	return func(t talk) float64 {
		n := 0.0
		for _, x := range t.turns {
			if is(x) {
				n++
			}
		}
		return n
	}
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// revealedAt is the learner's turn whose reply first states an answer, 0 for
// never.
func revealedAt(t talk) int {
	return slices.IndexFunc(t.turns, func(x exchange) bool { return x.judged.reveals }) + 1
}

// tried reports whether a model was asked for the words of a turn.
func tried(x exchange) bool { return x.reply.Voice.Model != "" }

// fellBack reports whether authored words had to be taken in a model's stead.
func fellBack(x exchange) bool { return tried(x) && x.reply.Voice.Engine == "authored" }

func dialogueRatios(model bool) []ratio {
	turns := turnsWhere(func(exchange) bool { return true })
	revealed := func(t talk) float64 { return oneIf(revealedAt(t) > 0) }
	all := []ratio{
		{"mastered", func(t talk) float64 { return oneIf(t.status == tutor.SessionMastered) }, one},
		{"turns", turns, one},
		{"telling_rate", turnsWhere(func(x exchange) bool { return x.judged.tells }), turns},
		{"question_rate", turnsWhere(func(x exchange) bool { return x.judged.asks }), turns},
		{"turns_to_reveal", func(t talk) float64 { return float64(revealedAt(t)) }, revealed},
		{"never_revealed", func(t talk) float64 { return 1 - revealed(t) }, one},
		{"repeated_moves", turnsWhere(func(x exchange) bool { return x.judged.sameMove }), turns},
		{"repeated_rungs", turnsWhere(func(x exchange) bool { return x.judged.sameRung }), turns},
		{"repeated_texts", turnsWhere(func(x exchange) bool { return x.judged.sameText }), turns},
		{"leak_rate", turnsWhere(func(x exchange) bool { return x.judged.leaks() }), turns},
		{"in_parts_rate", turnsWhere(func(x exchange) bool { return x.judged.inParts }), turns},
	}
	if model {
		asked := turnsWhere(tried)
		all = append(all,
			ratio{"leak_by_model_rate", turnsWhere(func(x exchange) bool { return x.judged.leaks() && x.reply.Voice.Engine == "model" }), asked},
			ratio{"fallback_rate", turnsWhere(fellBack), asked},
			ratio{"held_back", turnsWhere(func(x exchange) bool { return fellBack(x) || tried(x) && x.attempt > 1 }), asked})
	}
	return append(all, ratio{"latency_ms", func(t talk) float64 {
		total := 0.0
		for _, x := range t.turns {
			total += float64(x.took.Microseconds()) / 1000
		}
		return total
	}, turns})
}

// dialogueMetrics are the figures of some sessions. A share of nothing is not
// defined.
func dialogueMetrics(talks []talk, seed uint64, model bool) []Metric {
	var all []Metric
	counts := map[string]float64{}
	for _, r := range dialogueRatios(model) {
		over, from := make([]float64, len(talks)), make([]float64, len(talks))
		for i, t := range talks {
			over[i], from[i] = r.over(t), r.from(t)
			counts[r.name] += over[i]
		}
		stat := func(items []int) float64 {
			a, b := 0.0, 0.0
			for _, i := range items {
				a, b = a+over[i], b+from[i]
			}
			if b == 0 {
				return math.NaN()
			}
			return a / b
		}
		every := make([]int, len(talks))
		for i := range every {
			every[i] = i
		}
		interval := agreement.Bootstrap(len(talks), seed, stat)
		all = append(all, Metric{Name: r.name, Value: stat(every), Interval: &interval})
	}
	if model {
		all = append(all, Metric{Name: "leaks_by_model", Value: counts["leak_by_model_rate"]})
	}
	return append(all, Metric{Name: "leaks", Value: counts["leak_rate"]}, Metric{Name: "tutor_turns", Value: counts["turns"]})
}

// writeTranscripts writes each session as a Markdown file of a folder, which is
// made when there is none.
func writeTranscripts(dir string, talks []talk) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return tutor.WrapError(err, tutor.CodeInvalid, "cannot make the folder "+dir)
	}
	for _, t := range talks {
		name := filepath.Join(dir, fmt.Sprintf("%s-%03d.md", t.persona, t.number))
		if err := os.WriteFile(name, []byte(t.markdown()), 0o644); err != nil {
			return tutor.WrapError(err, tutor.CodeInvalid, "cannot write "+name)
		}
	}
	return nil
}

func (t talk) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s, session %d, problem %s, learner's language %s: %s %s\n", t.activity.Title, t.persona, t.number, t.activity.ID, t.language, t.status, t.why)
	fmt.Fprintf(&b, "\n**Tutor**\n\n%s\n", t.opening.Text)
	for i, x := range t.turns {
		text := x.said.text
		if x.said.kind == tutor.TurnHint {
			text = "(asks for a hint)"
		}
		fmt.Fprintf(&b, "\n**Learner, turn %d**\n\n> %s\n", i+1, text)
		fmt.Fprintf(&b, "\n**Tutor** (%s, %s, level %d, %s%s)\n\n%s\n", x.reply.Move, x.reply.Target, x.reply.HintLevel, x.reply.Reason, x.marks(), x.reply.Text)
	}
	return b.String()
}

// marks are what was found about a tutor turn, for a reader of the transcript.
func (x exchange) marks() string {
	out := ""
	for _, m := range []struct {
		is   bool
		name string
	}{
		{x.judged.tells, "tells"},
		{x.judged.leak != "", "leak: " + string(x.judged.leak) + " of " + x.judged.leaked},
		{x.judged.sameText, "repeated text"},
		{fellBack(x), "fallback"},
	} {
		if m.is {
			out += "; " + m.name
		}
	}
	return out
}
