package essay

import (
	"strings"

	"maieutic/tutor"
)

// aspectWords are words by which the title of a criterion shows what it looks
// at, in the languages that the coach speaks. The first that fits counts.
var aspectWords = []struct {
	aspect tutor.Aspect
	words  string
}{
	{tutor.AspectCounter, "counter opposing opposition refut rebut contraargument refutaci objeci المضاد الرأي_الآخر المخالف"},
	{tutor.AspectThesis, "thesis position claim focus central tesis postura afirmaci posici الأطروحة الموقف الفكرة_الرئيسة الرأي"},
	{tutor.AspectSources, "source citation cite citing reference reading quot fuente cita lectura referencia المصادر الاقتباس المراجع"},
	{tutor.AspectEvidence, "evidence support reason example proof argument evidencia apoyo razon ejemplo prueba الأدلة الدليل الحجج الأمثلة"},
	{tutor.AspectOrganisation, "organi structure coherence cohesion paragraph transition flow estructura coherencia cohesi párrafo التنظيم البنية الترابط الفقرات"},
	{tutor.AspectDevelopment, "development elabor depth detail content ideas desarrollo profundidad detalle contenido التطوير التفصيل العمق المحتوى"},
	{tutor.AspectVocabulary, "vocabulary word diction style voice tone vocabulario léxico estilo المفردات الأسلوب"},
	{tutor.AspectConventions, "convention grammar spelling punctuation mechanic language gramática ortografía puntuación convenci القواعد الإملاء الترقيم النحو"},
}

// AspectOf returns what a criterion looks at: what it says itself, else what its
// title shows, else its description, else all of it.
func AspectOf(c tutor.RubricCriterion) tutor.Aspect {
	if c.Aspect != "" {
		return c.Aspect
	}
	for _, text := range []string{c.ID + " " + c.Title, c.Description} {
		text = strings.ToLower(text)
		for _, a := range aspectWords {
			for word := range strings.FieldsSeq(a.words) {
				if strings.Contains(text, strings.ReplaceAll(word, "_", " ")) {
					return a.aspect
				}
			}
		}
	}
	return tutor.AspectOverall
}

// OffTopic reports whether a draft of some length never speaks of what the prompt
// asks, as far as words can tell: only where the prompt has enough of them, and
// the language is one whose words can be told apart.
func (a *Analysis) OffTopic() bool {
	if a.cues == nil || len(a.prompt) < 4 || len(a.Words) < 60 {
		return false
	}
	seen := map[string]bool{}
	for _, s := range a.stems {
		if a.prompt[s] {
			seen[s] = true
		}
	}
	return len(seen) == 0
}
