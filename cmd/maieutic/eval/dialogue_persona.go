package eval

import (
	"embed"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"maieutic/tutor"
)

//go:embed learners/*.json
var learnerFiles embed.FS

// lines are what simulated learners say, by kind, for each language. A line with
// %s wraps an answer.
var lines = loadLines()

func loadLines() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for _, language := range []string{"en", "es", "ar"} {
		raw, err := learnerFiles.ReadFile("learners/" + language + ".json")
		if err != nil {
			panic(err) // embedded
		}
		one := map[string][]string{}
		if err := json.Unmarshal(raw, &one); err != nil {
			panic(err)
		}
		all[language] = one
	}
	return all
}

// persona is a kind of simulated learner.
type persona struct {
	name string
	// begin prepares a learner before the session; nil for nothing.
	begin func(*learner)
	// answer says what the learner does about the tutor's latest turn.
	answer func(*learner) said
	hasty  bool // answers faster than the tutor's turn can be read
}

var personas = []persona{
	{name: "knows", answer: (*learner).knows},
	{name: "half", begin: (*learner).forgetHalf, answer: (*learner).half},
	{name: "misconception", answer: (*learner).misled},
	{name: "wants_answer", answer: (*learner).wants, hasty: true},
	{name: "off_topic", answer: (*learner).strays},
	{name: "silent", answer: (*learner).silent},
	{name: "other_language", begin: (*learner).chooseLanguage, answer: (*learner).foreign},
}

// Personas lists the names of the simulated learners.
func Personas() []string {
	names := make([]string, len(personas))
	for i, p := range personas {
		names[i] = p.name
	}
	return names
}

// said is what a learner does in one turn.
type said struct {
	kind tutor.TurnKind
	text string
}

// learner is one simulated learner in one session. What it does is a function of
// the seed, the session and the tutor's words; of the course it knows what is
// authored, of the engine nothing.
type learner struct {
	persona
	activity tutor.Activity
	signs    []sign
	rng      *rand.Rand
	language string // of the learner's own words
	speaks   string // language the learner wants the tutor to speak, "" for the course's
	mixes    bool   // puts the course's words into its own language
	asked    asked
	turn     int             // of this learner, from 0
	unknown  map[string]bool // ideas still to be learned, by step and index
	shown    map[string]int  // misconceptions by step, and lines by kind
	told     map[int]int     // answers given, by what was asked
}

// newLearner makes the learner of one session of a persona.
func newLearner(p persona, a tutor.Activity, seed uint64, session int) *learner {
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%s %d", p.name, session)
	l := &learner{
		persona: p, activity: a, signs: signsOf(a), rng: rand.New(rand.NewPCG(seed, hash.Sum64())), language: base(a.Language),
		asked: asked{idea: -1}, unknown: map[string]bool{}, shown: map[string]int{}, told: map[int]int{},
	}
	if p.begin != nil {
		p.begin(l)
	}
	return l
}

// base is the language of a BCP 47 tag that there are lines in, English for any
// other.
func base(tag string) string {
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if lines[language] == nil {
		return "en"
	}
	return language
}

// hears takes in a tutor turn and returns how long the learner reads and writes.
func (l *learner) hears(text string) time.Duration {
	l.asked = understand(l.signs, text, l.asked)
	words := len(strings.Fields(text))
	if l.hasty && l.rng.IntN(2) == 0 {
		return time.Second
	}
	return time.Duration(words)*time.Second/3 + time.Duration(10+l.rng.IntN(20))*time.Second
}

// says is the learner's next turn.
func (l *learner) says() said {
	s := l.answer(l)
	l.turn++
	return s
}

func (l *learner) line(kind string) string {
	all := lines[l.language][kind]
	return all[l.rng.IntN(len(all))]
}

// nextLine goes through the lines of a kind, so that nothing is said twice
// before everything was said once.
func (l *learner) nextLine(kind string) string {
	all := lines[l.language][kind]
	if _, begun := l.shown["line "+kind]; !begun {
		l.shown["line "+kind] = l.rng.IntN(len(all))
	}
	l.shown["line "+kind]++
	return all[l.shown["line "+kind]%len(all)]
}

func speak(text string) said { return said{tutor.TurnSay, text} }
func askHint() said          { return said{kind: tutor.TurnHint} }

func wrap(line, text string) string { return strings.Replace(line, "%s", text, 1) }

// word puts one expectation into the learner's words. The nth time is another
// wording than the one before.
func (l *learner) word(e tutor.Expectation, nth int) string {
	if e.Answer != nil {
		values := append([]string{e.Answer.Value}, e.Answer.Accept...)
		value := values[nth%len(values)]
		if nth == 0 && l.rng.IntN(2) == 0 {
			return wrap(l.line("exact"), value)
		}
		return value
	}
	wordings := append([]string{e.Says}, e.Accept...)
	text := strings.TrimRight(wordings[(l.rng.IntN(len(wordings))+nth)%len(wordings)], ". ")
	return wrap(l.line("words"), lower(text))
}

// lower makes a sentence the second half of another one.
func lower(text string) string {
	runes := []rune(text)
	if len(runes) > 1 && strings.ToUpper(string(runes[1])) != string(runes[1]) {
		runes[0] = []rune(strings.ToLower(string(runes[0])))[0]
	}
	return string(runes)
}

func ideaKey(step, idea int) string { return strconv.Itoa(step) + "/" + strconv.Itoa(idea) }

// right answers what is asked with everything the learner knows; "" for nothing.
func (l *learner) right() string {
	nth := l.told[l.place()]
	l.told[l.place()]++
	_, want := l.asked.reference(l.activity)
	var parts []string
	for i, e := range want {
		idea := i
		if l.asked.idea >= 0 {
			idea = l.asked.idea
		}
		own := l.asked.kind == asksRepair || l.asked.kind == asksScaffold || l.asked.kind == asksCheck
		if !own && l.unknown[ideaKey(l.asked.step, idea)] {
			continue
		}
		if e.Answer != nil || e.Says != "" {
			parts = append(parts, l.word(e, nth))
		}
	}
	return strings.Join(parts, ". ")
}

// place numbers what is asked, to know it again.
func (l *learner) place() int { return (l.asked.step*10+int(l.asked.kind))*100 + l.asked.idea + 1 }

// wrongNear is a guess that is not the answer: another choice, another number, or
// nothing to the point.
func (l *learner) wrongNear() string {
	choices, want := l.asked.reference(l.activity)
	switch {
	case len(choices) > 0:
		return wrap(l.line("guess"), choices[l.rng.IntN(len(choices))])
	case want[0].Answer == nil:
		return l.line("vague")
	}
	n, err := strconv.ParseFloat(want[0].Answer.Value, 64)
	if err != nil {
		n = float64(l.rng.IntN(20))
	}
	return wrap(l.line("guess"), strconv.FormatFloat(n+float64(1+l.rng.IntN(5)), 'g', 6, 64))
}
