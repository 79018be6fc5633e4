package essay

import (
	"strings"
	"testing"

	"maieutic/tutor"
)

var phones = Task{
	Prompt: "Should schools ban mobile phones during the school day? Take a position and argue for it.", Language: "en",
	Words: tutor.WordRange{Least: 100},
	Sources: []Source{{Citation: tutor.Citation{LessonID: "c.phones", Lesson: "Phones and learning"}, Text: "Two economists compared the examination results of English schools before and after a ban. " +
		"Results rose a little, and most of the gain was with the pupils who had been weakest. Notifications interrupt, and after an interruption it takes a while to find the way back into a text."}},
}

const rest = "\n\nIn the breaks the yard is loud. Children play football there and talk to one another.\n\nThat is how it is at our place."

// TestBetterIsMore: of three drafts that differ in one aspect, the better one has
// the higher value.
func TestBetterIsMore(t *testing.T) {
	for aspect, drafts := range map[tutor.Aspect][3]string{
		tutor.AspectThesis: {
			"There are many phones in our time. Everybody has one in the pocket." + rest,
			"There are many phones in our time. Everybody has one in the pocket." + rest + " I think schools should ban phones.",
			"Schools should ban phones during the school day, because lessons need quiet. Everybody has one in the pocket." + rest,
		},
		tutor.AspectEvidence: {
			"Schools should ban phones. Phones are loud. Phones are a distraction. Nobody needs them.",
			"Schools should ban phones, because they are loud. Nobody needs them. They are a distraction.",
			"Schools should ban phones, because they are loud. For example, a phone rang three times in our class last week, and ten minutes of the lesson were gone. This means that all of us lost time. According to a study, results rose after a ban.",
		},
		tutor.AspectCounter: {
			"Schools should ban phones. They are loud and they cost money. Nobody needs them in a lesson.",
			"Schools should ban phones. Some people say that phones are needed in an emergency. They are loud and they cost money.",
			"Schools should ban phones. Some people say that phones are needed in an emergency. However, every school office has a telephone, because somebody must be able to call for help.",
		},
		tutor.AspectSources: {
			"Schools should ban phones. They are loud, and nobody needs them in a lesson.",
			"Schools should ban phones. The examination results of pupils rose after economists looked at a ban.",
			"Schools should ban phones. According to the reading, two economists compared examination results before and after a ban. “Results rose a little, and most of the gain was with the pupils who had been weakest.” The reading says that notifications interrupt, and that the way back into a text takes a while.",
		},
		tutor.AspectOrganisation: {
			"Schools should ban phones. Ice melts in summer. The moon is round tonight. My aunt paints horses. Bread is baked early. Trains leave at noon.",
			"Schools should ban phones. Phones ring in lessons. Ice melts in summer. Lessons need quiet. My aunt paints horses. The quiet helps everybody.",
			"Schools should ban phones. They ring in lessons.\n\nFirst, lessons need quiet. This quiet helps everybody, because thinking takes time.\n\nAlso, the breaks change. Then children talk to one another.\n\nIn conclusion, schools should ban phones.",
		},
		tutor.AspectDevelopment: {
			"Schools should ban phones. They ring.",
			"Schools should ban phones. They ring in lessons, and nobody can think when something rings.\n\nThe breaks would change, too. Children would talk.",
			"Schools should ban phones. They ring in lessons, and nobody can think when something rings. It takes minutes until a class is quiet again, and those minutes are lost for everyone.\n\nThe breaks would change, too. Children would talk and play, quarrel and make up again. That is learning as well, only that nobody gives marks for it.\n\nWhat we would lose is small. A message can wait until the afternoon, and whoever is ill can go to the office, where a friendly secretary dials the number of their parents.",
		},
		tutor.AspectVocabulary: {
			strings.Repeat("The phone is a bad thing and the thing is very bad and I get a bad thing. ", 4),
			"Phones are bad in school because phones are loud. Our teacher says that phones ring all day. The students like their phones and the teacher does not like the phones. At home my mother takes my phone when I eat, and she says that phones and food are two worlds. I think phones should stay at home in a box.",
			"Schools should ban phones during lessons. A screen that lights up under the desk steals attention from whoever sits nearby, and explanations have to be repeated. Teachers grow tired, patient pupils wait, and shy ones stop asking. Silence, once it is broken, returns slowly; curiosity sometimes stays away for the whole morning.",
		},
		tutor.AspectConventions: {
			"i thinc schools shud ban fones becuase thay ring . my freind dont like it and i dont like it . wich is wierd",
			"Schools should ban phones becuase they ring. My friend dont like it, and the the teacher is tired of it, too. Everybody wants quiet in the lessons.",
			"Schools should ban phones because they ring. My friend does not like it, and the teacher is tired of it, too. Everybody wants quiet in the lessons.",
		},
	} {
		var v [3]float64
		for i, text := range drafts {
			v[i] = Analyze(text, phones).Read(aspect, nil).Value
		}
		if !(v[0] < v[1] && v[1] < v[2]) {
			t.Errorf("%s: %.2f %.2f %.2f", aspect, v[0], v[1], v[2])
		}
	}
}

// TestLengthAloneEarnsNothing: saying the same for longer does not raise what is
// said, and more words than were asked for do not raise development.
func TestLengthAloneEarnsNothing(t *testing.T) {
	short := "Schools should ban phones, because they ring. For example, one rang last week in our class, and the lesson was over. Some people say that phones help. However, computers help as well, because every room has one. The yard, the library and the kitchen would all be livelier. Whoever wants to call somebody goes to the office, where a friendly secretary dials. A week without messages sounds hard; ours was the best of the year. Nobody missed a thing, and three of us finished a novel. In conclusion, schools should ban phones and give us back our mornings."
	a := Analyze(short, phones)
	if n := len(a.Words); n < phones.Words.Least*8/10 {
		t.Fatalf("%d words", n)
	}
	for _, aspect := range []tutor.Aspect{tutor.AspectThesis, tutor.AspectCounter, tutor.AspectVocabulary, tutor.AspectConventions} {
		one, many := a.Read(aspect, nil).Value, Analyze(short+"\n\n"+short+"\n\n"+short, phones).Read(aspect, nil).Value
		if many > one+.01 {
			t.Errorf("%s: %.2f, three times as long %.2f", aspect, one, many)
		}
	}
}

func codes(findings []Finding) string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

func TestFindings(t *testing.T) {
	for name, c := range map[string]struct {
		aspect     tutor.Aspect
		text, next string // a code that is among the next steps, or !code that is not
	}{
		"position at the end":      {tutor.AspectThesis, "Phones are everywhere." + rest + " Schools should ban phones.", "thesis.late"},
		"position on other things": {tutor.AspectThesis, "I believe that football is the best sport. It is fun.", "thesis.off_task"},
		"question only":            {tutor.AspectThesis, "Should schools ban phones? Who knows. Phones are everywhere.", "thesis.missing"},
		"no support":               {tutor.AspectEvidence, "Schools should ban phones. They are loud. Nobody needs them.", "evidence.none"},
		"no other side":            {tutor.AspectCounter, "Schools should ban phones because they ring.", "counter.missing"},
		"other side wins":          {tutor.AspectCounter, "Schools should ban phones. Some people say that phones help.", "counter.unanswered"},
		"one block":                {tutor.AspectOrganisation, strings.Repeat("Phones ring in lessons all the time. Lessons need some quiet to work. ", 12), "organisation.one_block"},
		"a line each":              {tutor.AspectOrganisation, strings.Repeat("Phones ring in every lesson.\n\n", 7), "organisation.lines"},
		"short sentences":          {tutor.AspectOrganisation, strings.Repeat("The phones ring. Then it is loud. ", 5), "organisation.choppy"},
		"same word":                {tutor.AspectVocabulary, strings.Repeat("The dog ran to a dog and the dog barked at night. ", 5), "vocabulary.repeated"},
		"vague":                    {tutor.AspectVocabulary, strings.Repeat("There are things and stuff that I get every day at home. ", 1) + "The school has many rooms where we learn about plants and old kings, and every teacher there knows a lot of stories about them.", "vocabulary.vague"},
		"reading not used":         {tutor.AspectSources, "Schools should ban phones. They are loud.", "sources.unused"},
		"reading copied":           {tutor.AspectSources, "Schools should ban phones. Results rose a little, and most of the gain was with the pupils who had been weakest. I like that.", "sources.lifted"},
	} {
		got := codes(Analyze(c.text, phones).Read(c.aspect, nil).Nexts)
		if !strings.Contains(" "+got+" ", " "+c.next+" ") {
			t.Errorf("%s: %q has no %s", name, got, c.next)
		}
	}
}

// TestBesideTheTask: a position on another question that has words of this one.
func TestBesideTheTask(t *testing.T) {
	task := phones
	task.Theses = []string{"Phones should be banned at school.", "Students should be allowed to use their phones.", "Teachers should make a rule about phones."}
	for text, beside := range map[string]bool{
		"The school day should begin later, because all of us are tired in the morning.":        true,
		"Schools should ban phones during the day, because all of us are tired of the ringing.": false,
		"Smartphones should stay at home during the school day, because they ring.":             false,
	} {
		r := Analyze(text, task).Read(tutor.AspectThesis, nil)
		if got := strings.Contains(codes(r.Nexts), "thesis.off_task"); got != beside || beside && r.Value > .7 {
			t.Errorf("%q: %.2f %s", text, r.Value, codes(r.Nexts))
		}
	}
}

// TestConcession: what a draft grants before a "but" is the other side; "of course"
// alone is not.
func TestConcession(t *testing.T) {
	granted := Analyze("Schools should ban phones. Of course, parents who work early would miss a call. But the office has a telephone, and somebody is there from seven.", phones)
	if r := granted.Read(tutor.AspectCounter, nil); r.Value < .8 || codes(r.Strengths) != "counter.answered" {
		t.Errorf("%.2f %s", r.Value, codes(r.Strengths))
	}
	if r := Analyze("Schools should ban phones. Of course, phones ring. Everybody hears it.", phones).Read(tutor.AspectCounter, nil); codes(r.Nexts) != "counter.missing" {
		t.Errorf("%.2f %s", r.Value, codes(r.Nexts))
	}
}

func TestQuotations(t *testing.T) {
	reading := phones.Sources[0].Text
	for name, c := range map[string]struct {
		text  string
		wrong bool
		place string // of the reading, that is cited
	}{
		"as it stands":    {"The reading says: “Results rose a little, and most of the gain was with the pupils”.", false, "Results rose a little, and most of the gain was with the pupils"},
		"case and marks":  {"It says \"RESULTS ROSE a little and most of the gain\".", false, "Results rose a little, and most of the gain"},
		"ellipsis":        {"It says “Two economists compared […] English schools ... after a ban”.", false, "Two economists compared the examination results of English schools before and after a ban"},
		"a word changed":  {"It says “results rose a lot, and most of the gain was with the pupils”.", true, "Results rose a little, and most of the gain was with the pupils who had been weakest."},
		"made up":         {"The reading says “every single phone destroys whole generations of children”.", true, ""},
		"somebody else's": {"My aunt says “every single phone destroys whole generations of children”.", false, ""},
		"short":           {"It is a “very bad idea”.", false, ""},
	} {
		a := Analyze(c.text, phones)
		q := a.quotations()
		if (len(q.wrong) > 0) != c.wrong || (len(a.Misquotes()) > 0) != c.wrong {
			t.Errorf("%s: %+v", name, q)
			continue
		}
		for _, x := range append(q.right, q.wrong...) {
			if got := string([]rune(reading)[x.place.Start:x.place.End]); got != c.place {
				t.Errorf("%s: cites %q", name, got)
			}
			if !strings.Contains(c.text, x.quote.Text) {
				t.Errorf("%s: quotes %q", name, x.quote.Text)
			}
		}
		if c.place != "" && len(q.right)+len(q.wrong) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestAspectOf(t *testing.T) {
	for title, want := range map[string]tutor.Aspect{
		"Use of evidence": tutor.AspectEvidence, "Counterargument": tutor.AspectCounter, "Tesis": tutor.AspectThesis, "Ortografía": tutor.AspectConventions,
		"الأدلة": tutor.AspectEvidence, "التنظيم": tutor.AspectOrganisation, "Holistic score": tutor.AspectOverall,
	} {
		if got := AspectOf(tutor.RubricCriterion{ID: "c1", Title: title}); got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
	}
}
