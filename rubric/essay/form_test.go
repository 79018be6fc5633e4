package essay

import (
	"math"
	"strings"
	"testing"
)

func kindsIn(text string, task Task) string {
	var out []string
	for _, s := range Analyze(text, task).Slips() {
		out = append(out, s.Kind+":"+s.Quote.Text)
	}
	return strings.Join(out, " ")
}

func TestSlips(t *testing.T) {
	task := Task{Language: "en", Prompt: "Should the government protect the environment of interesting animals?"}
	for text, want := range map[string]string{
		"The goverment must act.":                       "spelling:goverment",
		"An intersting animal lives there.":             "spelling:intersting",
		"The enviroment and the enviornment matter.":    "spelling:enviroment spelling:enviornment",
		"The governments protected animals.":            "",
		"Protection is interestingly hard.":             "",
		"it is late. We go home now.":                   "capital:it",
		"Then i went home.":                             "capital:i",
		"We saw the the dog.":                           "doubled:the the",
		"Duran Duran had had enough.":                   "",
		"We ran , and we fell.":                         "space:ran , and",
		"We ran,and we fell.":                           "space:ran,and",
		"In 1,000 years it’s 5.3 degrees.":              "",
		"This is how it ends here":                      "end_mark:here",
		"My essay\n\nIt is short and it ends here.":     "",
		"He said: “Go home!” I went.":                   "",
		"- milk and eggs\n- bread and butter":           "",
		"I could of gone.":                              "spelling:could of",
		"He don't know. You must to go.":                "grammar:He don't grammar:must to",
		"We must, to be fair, wait.":                    "",
		strings.Repeat("and so we went ", 12) + "home.": "capital:and long:and so we went and",
	} {
		got := kindsIn(text, task)
		if strings.HasPrefix(want, "capital:and long") {
			if !strings.Contains(got, "long:") {
				t.Errorf("%.30q: %q", text, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for language, text := range map[string]string{
		"zh": "我喜欢狗。狗很可爱，我们每天一起散步。", "ar": "أحب الكلاب. نمشي معا كل يوم، ثم نعود إلى البيت.", "de": "Ich mag Hunde. Die, die ich kenne, bellen nicht.",
		"fr": "J’aime les chiens ! Nous nous promenons chaque jour ; c’est bien.",
	} {
		if got := kindsIn(text, Task{Language: language}); got != "" {
			t.Errorf("%s: %q", language, got)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	english := "I think that the schools should ban phones, because they are loud and nobody can hear what the teacher says in the lesson."
	spanish := "Creo que las escuelas deben prohibir los móviles, porque hacen ruido y nadie puede oír lo que dice la profesora en la clase."
	arabic := "أعتقد أن على المدارس أن تمنع الهواتف لأنها تحدث ضجة ولا يستطيع أحد أن يسمع ما تقوله المعلمة في الدرس كل يوم من أيام الأسبوع."
	finnish := "Mielestäni koulujen pitäisi kieltää puhelimet, koska ne häiritsevät opetusta eikä kukaan kuule mitä opettaja sanoo tunnilla, vaikka asia olisi kuinka tärkeä meille kaikille."
	for _, c := range []struct {
		text, task string
		known      bool
		foreign    bool
	}{
		{english, "en", true, false}, {english, "en-GB", true, false}, {spanish, "en", true, true}, {arabic, "ar", true, false}, {arabic, "es", true, true},
		{finnish, "fi", false, false}, {finnish, "en", false, true}, {english, "fi", true, true}, {"i thinc fones r bad bcos thay ar lowd and my frend lost his fone and he was sad so its beter to hav no fones", "en", true, false},
	} {
		if a := Analyze(c.text, Task{Language: c.task}); a.Known() != c.known || a.Foreign() != c.foreign {
			t.Errorf("%.20q for %s: known %v, foreign %v", c.text, c.task, a.Known(), a.Foreign())
		}
	}
}

func TestReadability(t *testing.T) {
	easy := Analyze("The cat sat on the mat. It was hot. We ran to the sea. The sun was red.", Task{Language: "en"}).Readability()
	hard := Analyze("Notwithstanding considerable institutional opposition, comprehensive organisational transformations necessitate interdisciplinary collaboration.", Task{Language: "en"}).Readability()
	if !(easy.Ease > 90 && hard.Ease < 0 && easy.LIX < 20 && hard.LIX > 60) {
		t.Errorf("%+v %+v", easy, hard)
	}
	if r := Analyze("我喜欢狗。", Task{Language: "zh"}).Readability(); r.HasEase || r.LIX != 0 {
		t.Errorf("%+v", r)
	}
	if r := Analyze("", Task{}).Readability(); math.IsNaN(r.LIX) {
		t.Errorf("%+v", r)
	}
}

func TestArabicStem(t *testing.T) {
	for _, pair := range [][2]string{{"الهاتف", "هاتف"}, {"والهواتف", "هواتف"}, {"المدرسة", "مدرسة"}, {"بالكتاب", "الكتاب"}, {"للطلاب", "الطلاب"}} {
		if a, b := arabicStem(keyOf(pair[0])), arabicStem(keyOf(pair[1])); a != b {
			t.Errorf("%s and %s: %s and %s", pair[0], pair[1], a, b)
		}
	}
}
