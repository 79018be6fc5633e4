package dialogue

import "maieutic/tutor"

func exact(kind tutor.AnswerKind, value string) *tutor.Answer {
	return &tutor.Answer{Kind: kind, Value: value}
}

// expand is a small activity with an exact step, a step in words, scaffolds,
// misconceptions and a transfer check.
func expand() tutor.Activity {
	return tutor.Activity{
		ID: "algebra.expand", CourseID: "algebra", Version: "v1", Kind: tutor.ActivityProblem, Title: "Expand with a negative in front",
		Language: "en", Statement: "A bracket stands behind a negative number.", Skills: []string{"algebra.distribute", "algebra.explain"},
		Steps:   []tutor.Step{expandStep(), whyStep()},
		Summary: "You shared a negative factor with both terms.",
	}
}

func expandStep() tutor.Step {
	return tutor.Step{
		ID: "expand", Question: "Expand $-3(x - 4)$.", Skills: []string{"algebra.distribute"},
		Expectations: []tutor.Expectation{{
			ID: "answer", Title: "The expanded form", Answer: &tutor.Answer{Kind: tutor.AnswerExpression, Value: "-3x + 12", Form: "expanded"},
			Concise: "the sign of the second term",
			Hints: []tutor.Hint{
				{Kind: tutor.HintPoint, Text: "How many terms does the factor in front have to meet?"},
				{Kind: tutor.HintPrinciple, Text: "The factor in front multiplies every term, its sign included."},
				{Kind: tutor.HintExample, Question: &tutor.SubQuestion{
					Prompt: "What is $-2 \\cdot (-5)$?", Answer: tutor.Answer{Kind: tutor.AnswerNumber, Value: "10"},
					Hints: []string{"Two minus signs meet."}, Tell: "Minus times minus is plus, so it is $10$.",
				}},
				{Kind: tutor.HintCloze, Text: "Fill in: $-3 \\cdot x = $ \\_\\_ and $-3 \\cdot (-4) = $ \\_\\_."},
			},
			Tell: "$-3(x-4) = -3x + 12$: both terms meet $-3$.",
		}},
		Misconceptions: []tutor.Misconception{{
			ID: "dropped-sign", Title: "The minus reaches only the first term", Answers: []tutor.Answer{{Kind: tutor.AnswerExpression, Value: "-3x - 12"}},
			Says:       []string{"the minus only goes with the first term"},
			Correction: "Put $x = 5$ into the bracket first, and then into your result. They should agree.",
			Question:   "What is $-3 \\cdot (-4)$?", Repair: exact(tutor.AnswerNumber, "12"),
		}},
		Explanation: "Both terms meet the factor.",
		Check:       &tutor.Check{Question: "Now expand $-5(a - 2)$.", Answer: exact(tutor.AnswerExpression, "-5a + 10")},
	}
}

func whyStep() tutor.Step {
	return tutor.Step{
		ID: "why", Question: "In your own words: why does the second sign change?", Skills: []string{"algebra.explain"},
		Expectations: []tutor.Expectation{
			{
				ID: "every-term", Title: "The factor meets every term", Says: "The factor in front multiplies every term inside the bracket.",
				Accept:  []string{"you have to multiply both terms by the number in front", "it goes to all the terms in the brackets"},
				Concise: "what the number in front does",
				Hints: []tutor.Hint{
					{Kind: tutor.HintPoint, Text: "Look at what the number in front has to do with the $4$."},
					{Kind: tutor.HintCloze, Text: "The number in front multiplies ____ inside."},
				},
				Tell: "The factor in front multiplies every term inside the bracket.",
			},
			{
				ID: "two-minuses", Title: "Minus times minus is plus", Says: "A negative number times a negative number is positive.",
				Accept:  []string{"minus times minus is plus", "two negatives multiplied make a positive"},
				Concise: "the two minus signs",
				Hints:   []tutor.Hint{{Kind: tutor.HintPrinciple, Text: "Think of taking away a debt three times."}},
				Tell:    "A negative number times a negative number is positive.",
			},
		},
		Misconceptions: []tutor.Misconception{{
			ID: "stays", Title: "Signs inside stay", Says: []string{"the sign inside stays the same", "the second sign does not change"},
			Correction: "Test it with numbers: let $x$ be $5$.", Question: "What is $-1 \\cdot (-1)$?", Repair: exact(tutor.AnswerNumber, "1"),
		}},
	}
}

// spanish is a small activity in Spanish.
func spanish() tutor.Activity {
	return tutor.Activity{
		ID: "algebra.suma", CourseID: "algebra", Version: "v1", Kind: tutor.ActivityProblem, Title: "Una suma", Language: "es",
		Skills: []string{"algebra.suma"},
		Steps: []tutor.Step{{
			ID: "suma", Question: "¿Cuánto es $-7 + 4$?",
			Expectations: []tutor.Expectation{{
				ID: "respuesta", Title: "La suma", Answer: exact(tutor.AnswerNumber, "-3"), Concise: "la dirección en la recta",
				Hints: []tutor.Hint{
					{Kind: tutor.HintPoint, Text: "Mira hacia dónde te mueves en la recta."},
					{Kind: tutor.HintPrinciple, Text: "Sumar un número positivo es ir hacia arriba."},
				},
				Tell: "$-7 + 4 = -3$.",
			}},
			Explanation: "Cuatro pasos hacia arriba desde $-7$.",
		}},
	}
}
