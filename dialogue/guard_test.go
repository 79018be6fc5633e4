package dialogue

import (
	"errors"
	"strings"
	"testing"
)

func hintRules(t *testing.T, given ...string) rules {
	t.Helper()
	plan, err := NewPlan(expand())
	if err != nil {
		t.Fatal(err)
	}
	s, _ := plan.Open()
	d := Decision{Move: MoveHint, Target: expandKey, Level: 1, Pending: Pending{Kind: PendingIdea, Target: expandKey}}
	exact, ideas := plan.checks(s, d, given)
	return rules{language: "en", exact: exact, ideas: ideas, known: newKnown("", append(plan.shown(d), given...)...), asks: true, feedback: FeedbackNotYet, limit: 600}
}

// TestGuard holds what a model might say against what may reach a learner.
func TestGuard(t *testing.T) {
	for _, c := range []struct {
		name, text string
		given      string
		change     func(*rules)
		want       error
	}{
		{"a good hint", "Not yet. The number in front has to meet both terms in the bracket. What happens to the second one?", "", nil, nil},
		{"the answer", "Not yet. It should be -3x + 12. Do you see why?", "", nil, errLeak},
		{"the answer in TeX", "Look: $12 - 3x$ is what comes out. Do you see why?", "", nil, errLeak},
		{"the answer in words", "It comes to minus three x plus twelve. Do you see why?", "", nil, errLeak},
		{"the answer split over sentences", "The first term is -3x. The second one is +12. Do you see why?", "", nil, errLeak},
		{"what the learner said", "You wrote -3x - 12 there, which is not there yet. What about the second sign?", "-3x - 12", nil, nil},
		{"two questions", "What is in front? What does it multiply?", "", nil, errQuestion},
		{"two marks in one", "What is in front?? Look.", "", nil, errQuestion},
		{"no question", "The number in front has to meet both terms.", "", nil, errQuestion},
		{"a question that the policy asks itself", "What is in front?", "", func(r *rules) { r.asks = false }, errQuestion},
		{"praise for a wrong answer", "Great job! Look at the second term. What happens there?", "", nil, errMove},
		{"a right answer denied", "Not quite. What now?", "", func(r *rules) { r.feedback = FeedbackRight }, errMove},
		{"shaming", "That is a silly mistake. What now?", "", nil, errMove},
		{"out of the role", "As an AI language model I cannot say. What now?", "", nil, errMove},
		{"another language", "Mira otra vez el número que está delante de la expresión y piensa en los términos. What now?", "", nil, errLanguage},
		{"another script", "انظر إلى العدد الذي يقف أمام القوس. What now?", "", nil, errLanguage},
		{"a link", "Read https://example.org first. What now?", "", nil, errUnsafe},
		{"a Markdown link", "Read [this](example) first. What now?", "", nil, errUnsafe},
		{"mark-up", "Look <b>here</b>. What now?", "", nil, errUnsafe},
		{"a contact", "Write to me at tutor@example.org. What now?", "", nil, errUnsafe},
		{"a secret", "What is your phone number?", "", nil, errUnsafe},
		{"a hidden character", "Look\u202e here. What now?", "", nil, errUnsafe},
		{"too long", strings.Repeat("Look at the terms again. ", 40) + "What now?", "", nil, errLength},
		{"nothing", "  \n", "", nil, errEmpty},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := hintRules(t, c.given)
			if c.change != nil {
				c.change(&r)
			}
			if err := guarded(c.text, r); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// honestWords are what good models say in place of the draft of a hint.
var honestWords = []string{
	"Not there yet. Think about how far the number in front reaches into the bracket. What happens to the second term?",
	"Hmm, have another look. The factor outside belongs to everything inside, not only to its neighbour. What would you change?",
	"You're close to something useful here. Which terms does the $-3$ have to visit on its way in?",
	"Let's slow down for a moment. There are two terms waiting inside the bracket, and each of them wants its turn. What do you get for the second?",
	"Take the sign along when you multiply. What does that do to the $4$?",
	"I can see how you got there. Try it piece by piece: first the $x$, then the $4$. What comes out of the second piece?",
	"That doesn't fit yet. Say aloud what the $-3$ does with each term, one after the other. Where does your result differ?",
	"A small nudge: brackets are like a bag, and the multiplier applies to every item in it. Which item have you left untouched?",
	"Don't worry, signs trip up almost everybody. What is the sign of the product when you multiply two negatives?",
	"Let me point you to the minus in front of the $3$. What does it do when it meets another minus?",
	"Picture the distribution as two separate multiplications. Could you write both of them down?",
	"It's worth checking with a number: put $x = 4$ into both expressions. Do they agree?",
	"You've handled the first term. What about the one after it?",
	"We're not quite finished with this expression. Which multiplication is still missing?",
	"Look carefully at what stands between the terms. How does the factor change it?",
	"Remember that a factor outside parentheses multiplies each summand. How would you rewrite the second summand?",
	"Interesting attempt. Compare your second term with $-3$ times $-4$ in your head. Do they match?",
	"Step back and read the exercise again, slowly. What exactly is being multiplied?",
	"Good to see you trying. Before I say more, which part are you sure about?",
	"Imagine owing three people and having four of those debts cancelled. What does that suggest about the sign?",
	"Your expression treats one of the terms differently from the other. Can you spot which one?",
	"The distributive property asks for fairness: nobody in the bracket gets skipped. Who was skipped here?",
	"Try colouring the two terms differently, then multiply each colour on its own. What do you notice?",
	"Nearly everything is in place; one sign deserves a second thought. Which one might it be?",
	"Suppose the bracket held only the second term. What would the product be then?",
}

// honestElsewhere are the same in other languages, for a sum of negative numbers.
var honestElsewhere = map[string][]string{
	"es": {
		"Todavía no, pero vas por buen camino. Imagina la recta numérica y piensa hacia dónde caminas. ¿En qué lado del cero terminas?",
		"Hmm, miremos otra vez. Sumar un número positivo significa avanzar. ¿Desde dónde empiezas a avanzar?",
		"Casi. Fíjate en el signo menos: te dice que la deuda sigue siendo mayor que lo que pagas. ¿Cómo lo expresarías?",
		"Tranquilo, esto confunde a mucha gente. Dibuja los pasos uno a uno. ¿Qué observas?",
		"Piensa en temperaturas bajo cero que suben poco a poco. ¿Llegan a pasar del cero?",
		"Prueba con fichas rojas y azules que se anulan entre sí. ¿De qué color sobran?",
		"Tu razonamiento tiene una parte interesante. Explícame el segundo paso con otras palabras. ¿Por qué crees que ocurre?",
	},
	"ar": {
		"لم نصل بعد، لكنك تقترب. تخيّل خط الأعداد وفكّر في الاتجاه الذي تتحرك فيه. أين تقف في النهاية؟",
		"دعنا ننظر مرة أخرى إلى السؤال. ماذا يحدث عندما تضيف عددًا موجبًا؟",
		"هذه محاولة جيدة للتفكير. ما الخطوة التي أنت متأكد منها؟",
		"فكّر في درجة حرارة تحت الصفر ترتفع قليلًا. هل تتجاوز الصفر؟",
	},
}

// TestHonestWordsPassElsewhere: the same in Spanish and Arabic.
func TestHonestWordsPassElsewhere(t *testing.T) {
	plan, err := NewPlan(spanish())
	if err != nil {
		t.Fatal(err)
	}
	s, _ := plan.Open()
	d := Decision{Move: MoveHint, Target: "suma/respuesta", Level: 1, Pending: Pending{Kind: PendingIdea, Target: "suma/respuesta"}}
	for language, texts := range honestElsewhere {
		for _, text := range texts {
			exact, ideas := plan.checks(s, d, nil)
			r := rules{
				language: language, exact: exact, ideas: ideas, pieces: piecedOf(plan.secrets(s, d), plan.shown(d)),
				known: newKnown("", plan.shown(d)...), asks: true, feedback: FeedbackNotYet, limit: 900,
			}
			if err := guarded(text, r); err != nil {
				t.Errorf("%s: %v: %q", language, err, text)
			}
		}
	}
}

// TestHonestWordsPass: what protects against hidden answers leaves plain talk
// alone.
func TestHonestWordsPass(t *testing.T) {
	for _, text := range honestWords {
		r := hintRules(t)
		plan, err := NewPlan(expand())
		if err != nil {
			t.Fatal(err)
		}
		s, _ := plan.Open()
		d := Decision{Move: MoveHint, Target: expandKey, Level: 1, Pending: Pending{Kind: PendingIdea, Target: expandKey}}
		r.pieces = piecedOf(plan.secrets(s, d), plan.shown(d))
		if err := guarded(text, r); err != nil {
			t.Errorf("%v: %q", err, text)
		}
	}
}

// TestGarbledWordsAreHeldBack: a model that has lost the thread is not heard.
func TestGarbledWordsAreHeldBack(t *testing.T) {
	for _, text := range []string{
		"stops through how resistor battery on on on on on charge. What now?",
		"Stops next as this try as circuit have parallel have parallel have parallel think. What now?",
		"and then it goes. What now?", "Look look look at it. What now?",
		"The term and the term or the term and the sign or the sign and the term. What now?",
		strings.Repeat("Now ", 1) + strings.Repeat("consider every single term of this long and winding expression ", 6) + ". What now?",
	} {
		if err := guarded(text, hintRules(t)); !errors.Is(err, errGarbled) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestHiddenWordsAreHeldBack in whatever form they come.
func TestHiddenWordsAreHeldBack(t *testing.T) {
	for _, text := range []string{
		"Keep LTN4ICsgMTI= in mind. What now?", "Keep 2d3378202b203132 in mind. What now?", "Read it backwards: 21 + x3-. What now?",
		"It goes m i n u s t h r e e x. What now?", "It is −３ｘ ＋ １２. What now?", "It is -٣x + ١٢. What now?", "It begins with -3x. It goes on with + 12. What now?",
		"It begins with -. Then comes 3x + 1. And then 2. What now?", "Turn it: gur nafjre vf zvahf guerr. What now?", "001100 110011 stands for it. What now?",
		"The product ends in 12. What now?", "It is *-*3*x* + *1**2*. What now?",
	} {
		if err := guarded(text, hintRules(t)); err == nil {
			t.Errorf("%q passes", text)
		}
	}
}

// TestGateReleasesNothingOfALeak: what is shown before the gate closes never
// holds the answer, however the stream is cut.
func TestGateReleasesNothingOfALeak(t *testing.T) {
	text := "Not yet. Look at both terms. It comes to -3x + 12. Do you see why?"
	for size := 1; size < len(text); size++ {
		g := newGate(hintRules(t))
		shown := ""
		var err error
		for rest := text; rest != "" && err == nil; {
			n := min(size, len(rest))
			var piece string
			piece, err = g.write(rest[:n])
			shown += piece
			rest = rest[n:]
		}
		if err == nil {
			_, err = g.finish()
		}
		if !errors.Is(err, errLeak) || strings.Contains(shown, "12") {
			t.Fatalf("in pieces of %d: %v after %q", size, err, shown)
		}
		if again, err := g.write("More."); again != "" || !errors.Is(err, errLeak) {
			t.Fatalf("a closed gate let %q through (%v)", again, err)
		}
	}
}

// TestAuthoredPassesTheGuard: the tutor's own phrases keep the rules that a
// model is held to.
func TestAuthoredPassesTheGuard(t *testing.T) {
	for language, c := range catalogues {
		for key, phrases := range c {
			negative := strings.HasPrefix(key, "not_yet") || strings.HasPrefix(key, "sub_wrong") || strings.HasPrefix(key, "repeated") ||
				strings.HasPrefix(key, "note.")
			for _, phrase := range phrases {
				none := func(string) bool { return false }
				r := rules{language: language, exact: none, ideas: func(string, string) bool { return false }, feedback: FeedbackRepaired, limit: 2000}
				if negative {
					r.feedback = FeedbackNotYet
				}
				g := newGate(r)
				if err := g.checkMove(phrase); err != nil && key != "note.expanded" && key != "note.simplified" && key != "note.factored" {
					t.Errorf("%s %s: %q: %v", language, key, phrase, err)
				}
				if unsafe(phrase) && key != "distress" {
					t.Errorf("%s %s: %q is unsafe", language, key, phrase)
				}
				if strings.Count(phrase, "?")+strings.Count(phrase, "؟") > 1 {
					t.Errorf("%s %s: %q asks twice", language, key, phrase)
				}
				if strings.Count(phrase, "!") > 0 {
					t.Errorf("%s %s: %q shouts", language, key, phrase)
				}
			}
		}
	}
}
