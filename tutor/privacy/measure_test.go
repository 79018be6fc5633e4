package privacy_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"maieutic/tutor/privacy"
)

// roster is a school of several languages; the first letter says how a name is
// inflected: e English, s Spanish, d German, r Slavic, t Turkish, f Finnish,
// l Latin, a Arabic.
const roster = `e Anna Schmidt;e Jonathan Whitfield;e Emily Parkinson;e Oliver Bennett;e Charlotte Davies;e Ethan Caldwell;e Hannah Sullivan
e Zachary Thornton;e Matthew Sinclair;e Abigail Lawson;e Benjamin Hughes;e Samantha Ortega;e Chloe Prescott;e Tyler Jennings;e Megan Fitzgerald
e Priya Ramanathan;e Wei Zhang;e Nguyen Thanh;e Kwame Mensah;e Aisha Bello;e Chinedu Okafor;e Siobhan Gallagher
s José García López;s Lucía Fernández;s Carlos Gutiérrez;s María Rodríguez;s Javier Domínguez;s Sofía Echeverría;s Alejandro Vázquez;s Valentina Ibáñez
s Diego Zambrano;s Camila Quiroga;s Mateo Villanueva;s Daniela Arriaga;s Sebastián Cárdenas;s Ximena Bolaños;s Andrés Peñalosa;s Marta Ruiz
d Jürgen Müller;d Katharina Vogel;d Tobias Krüger;d Friederike Lehmann;d Matthias Schäfer;d Annika Hoffmann
r Ivan Petrov;r Olga Kuznetsova;r Tatiana Sokolova;r Marek Nowak;r Jana Dvorak;r Milica Jovanovic;r Марта Иванова;r Дмитрий Соколов
t Ayşe Yılmaz;t Mehmet Demir;t Elif Çelik;t Mustafa Şahin;t Zeynep Kaya
f Mikko Virtanen;f Aino Korhonen;f Eero Nieminen;f Helmi Laine
l Marcus Aurelius;l Livia Drusilla;l Claudia Pulchra
a أحمد المنصوري;a فاطمة الزهراني;a يوسف القحطاني;a خديجة بنعلي;a إبراهيم الشمري;a عائشة الدوسري;a مصطفى بوعزيز;a زينب الحسيني;a عبد الرحمن العتيبي;a ليلى الخطيب`

// words that are names too; they must be in the roster when false positives
// are counted.
const doubtful = `Will Carter;May Hill;Mark Young;Rose Hall;Grace Long;Hope White;Amber Green;Art King;Bill Baker;Sol Reyes;Luz Flores;Clara Campos
Mar Torres;Pilar Fuentes;Max Tan;Sam Newton;Martin Marks;Angel Cruz;نور سعيد;أمل جميل;علي حسن;عمر ربيع;كريم بدر;سلام عادل`

type entry struct{ lang, name string }

func entries() []entry {
	var all []entry
	for _, field := range strings.FieldsFunc(roster, func(r rune) bool { return r == ';' || r == '\n' }) {
		lang, name, _ := strings.Cut(strings.TrimSpace(field), " ")
		all = append(all, entry{lang, name})
	}
	return all
}

func people() []privacy.Person {
	var all []privacy.Person
	for _, e := range entries() {
		all = append(all, privacy.Person{Name: e.name})
	}
	for _, name := range strings.FieldsFunc(doubtful, func(r rune) bool { return r == ';' || r == '\n' }) {
		all = append(all, privacy.Person{Name: name})
	}
	return all
}

var frames = map[bool][]string{
	false: {
		"I worked with %s on this.", "%s got 5 instead of 7", "yesterday %s and I tried it", "can you show %s the graph?",
		"i dont think %s is right, x = 3", "trabajé con %s en esto", "%s me ayudó con la x", "no sé, lo hizo %s ayer",
	},
	true: {"حل %s المسألة", "كتبت مع %s الجواب", "%s في الصف الثاني", "لا أعرف ماذا كتب %s أمس"},
}

func bare(s string) string {
	out, _, _ := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	return out
}

func plainForms(e entry) []string {
	parts := strings.Fields(e.name)
	first, last := parts[0], parts[len(parts)-1]
	if first == "عبد" {
		first = "عبد الرحمن"
	}
	return []string{
		e.name, first, last, strings.ToLower(e.name), strings.ToLower(first), strings.ToUpper(e.name), last + ", " + first,
		last + " " + first, bare(e.name), bare(first), bare(last), strings.ReplaceAll(e.name, " ", "_"),
	}
}

// suffixes by language: what follows a name that ends in a consonant, and what
// replaces a final a.
var suffixes = map[string][2]string{
	"e": {"'s ’s s s'", "'s ’s"}, "s": {"ito", "ita itas"}, "d": {"s", "s"}, "r": {"a u om e", "y u e ou"},
	"t": {"'in 'e in de", "'nın da ya"}, "f": {"in ille", "n lla lle ssa"}, "l": {"", "ae am"},
}

func inflections(e entry) []string {
	first := strings.Fields(e.name)[0]
	if e.lang == "a" {
		if first == "عبد" {
			first = "عبد الرحمن"
		}
		var out []string
		for _, prefix := range []string{"و", "ف", "ب", "ل", "ك", "ول", "وب"} {
			out = append(out, prefix+first)
		}
		return append(out, strings.NewReplacer("أ", "ا", "إ", "ا", "ة", "ه", "ى", "ي").Replace(first))
	}
	if utf8.RuneCountInString(first) < 4 || first[0] >= 0x80 {
		return []string{first + "'s"}
	}
	stem, isA := strings.CutSuffix(first, "a")
	forms := suffixes[e.lang]
	var out []string
	switch {
	case isA && (e.lang == "s" || e.lang == "r"):
		for _, s := range strings.Fields(forms[1]) {
			out = append(out, stem+s)
		}
	case isA || strings.ContainsAny(first[len(first)-1:], "eio"):
		if e.lang == "s" {
			return []string{first + "s"}
		}
		for _, s := range strings.Fields(forms[1]) {
			out = append(out, first+s)
		}
	default:
		for _, s := range strings.Fields(forms[0]) {
			out = append(out, first+s)
		}
	}
	return append(out, strings.ToLower(first)+"'s")
}

// slips returns one-edit misspellings of the parts of a name that have five
// letters or more.
func slips(e entry, rng *rand.Rand) []string {
	var out []string
	for _, part := range strings.Fields(e.name) {
		letters := []rune(part)
		if len(letters) < 5 {
			continue
		}
		alphabet := []rune("aeiorstnlm")
		if e.lang == "a" {
			alphabet = []rune("ابتسمنلرية")
		} else if letters[0] >= 0x400 {
			alphabet = []rune("аеиостн")
		}
		at := 1 + rng.IntN(len(letters)-2)
		drop := string(letters[:at]) + string(letters[at+1:])
		twice := string(letters[:at+1]) + string(letters[at:])
		swap := []rune(part)
		swap[at], swap[at+1] = swap[at+1], swap[at]
		other := []rune(part)
		other[at] = alphabet[rng.IntN(len(alphabet))]
		out = append(out, drop, twice, string(swap), string(other), strings.ToLower(drop), strings.ToLower(string(swap)))
	}
	return out
}

// recalled reports how many of the forms are gone from every frame.
func recalled(r *privacy.Redactor, forms func(entry) []string) (found, all int, missed []string) {
	for _, e := range entries() {
		for _, form := range forms(e) {
			for _, frame := range frames[e.lang == "a"] {
				all++
				text := fmt.Sprintf(frame, form)
				got := r.Session("seed").Redact(text)
				left := false
				name, _, _ := strings.Cut(strings.ReplaceAll(form, "’", "'"), "'")
				for _, part := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
					left = left || utf8.RuneCountInString(part) > 2 && strings.Contains(got, part)
				}
				if left || !strings.Contains(got, "[P") {
					missed = append(missed, text)
				} else {
					found++
				}
			}
		}
	}
	return found, all, missed
}

// TestRecall measures which share of the forms of a name is replaced.
func TestRecall(t *testing.T) {
	r := privacy.New(people(), "Lakeside School")
	rng := rand.New(rand.NewPCG(1, 2))
	for _, measure := range []struct {
		name  string
		forms func(entry) []string
		floor float64
	}{
		{"plain", plainForms, .97},
		{"inflected", inflections, .97},
		{"typos", func(e entry) []string { return slips(e, rng) }, .90},
	} {
		found, all, missed := recalled(r, measure.forms)
		recall := float64(found) / float64(all)
		t.Logf("%-9s recall %.4f (%d of %d)", measure.name, recall, found, all)
		if recall < measure.floor {
			t.Errorf("recall of %s forms is %.4f, want at least %.2f; missed such as %q", measure.name, recall, measure.floor, missed[:min(20, len(missed))])
		}
	}
}

// TestOrdinarySentencesStay measures which share of what students say about
// mathematics and circuits is changed although it names nobody.
func TestOrdinarySentencesStay(t *testing.T) {
	data, err := os.ReadFile("testdata/ordinary.txt")
	if err != nil {
		t.Fatal(err)
	}
	sentences := strings.Split(strings.TrimSpace(string(data)), "\n")
	r := privacy.New(people(), "Lakeside School")
	changed := 0
	for _, s := range sentences {
		if got := r.Session("seed").Redact(s); got != s {
			t.Logf("%q became %q", s, got)
			changed++
		}
	}
	rate := float64(changed) / float64(len(sentences))
	t.Logf("%d of %d sentences changed, %.4f", changed, len(sentences), rate)
	if len(sentences) < 200 || rate > .01 {
		t.Errorf("%.4f of %d sentences changed, want at most 0.01 of 200 or more", rate, len(sentences))
	}
}

// TestDoubtfulNames measures which share of names that are words as well is
// replaced where the context says that they are names.
func TestDoubtfulNames(t *testing.T) {
	r := privacy.New(people(), "Lakeside School")
	latin := []string{"I asked %s about it", "Then %s helped me", "my name is %s", "%s said it is 4", "ask %s!", "me llamo %s", "it is %s's book", "no, %s and I did it"}
	arabic := []string{"اسمي %s", "قال %s إن الجواب 4", "سألت %s عن الحل", "يا %s ما الجواب"}
	found, all := 0, 0
	for _, name := range strings.FieldsFunc(doubtful, func(r rune) bool { return r == ';' || r == '\n' }) {
		first, last, _ := strings.Cut(name, " ")
		frames := latin
		if name[0] >= 0x80 {
			frames = arabic
		}
		for _, form := range []string{first, name, first + " " + strings.ToUpper(last)} {
			for _, frame := range frames {
				all++
				if got := r.Session("seed").Redact(fmt.Sprintf(frame, form)); strings.Contains(got, "[P") && !strings.Contains(got, first) {
					found++
				} else {
					t.Logf("%q stays", got)
				}
			}
		}
	}
	t.Logf("doubtful  recall %.4f (%d of %d)", float64(found)/float64(all), found, all)
	if float64(found) < .95*float64(all) {
		t.Errorf("%d of %d names that are words were replaced, want .95", found, all)
	}
}
