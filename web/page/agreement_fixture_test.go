package page_test

import (
	"math"

	"maieutic/tutor"
	"maieutic/web/page"
)

func agreementPage() page.Agreement {
	row := func(criterion string, n, overrides int, qwk, bias float64) tutor.Agreement {
		return tutor.Agreement{ActivityID: "arguing.school", Activity: "When should school begin?", CriterionID: criterion, Criterion: criterion, Structure: "s",
			N: n, Overrides: overrides, Blind: 4, QWK: qwk, Exact: .61, Bias: bias, Low: bias - .06, High: bias + .06}
	}
	rows := []tutor.Agreement{row("Position", 64, 33, .58, .17), row("The other side", 64, 31, .71, -.02), row("Reasons and evidence", 64, 9, .74, .03), row("Use of the reading", 5, 0, math.NaN(), 0)}
	rows[0].Offered = &tutor.Correction{Overrides: 33, Before: .58, After: .72}
	rows[1].Held = &tutor.Correction{ID: "44444444-0000-4000-8000-000000000001", AcceptedBy: "Ines Moreno"}
	return page.Agreement{Rows: rows, Done: "sampled", Drawn: 2, Samples: []tutor.MarkingSample{{ID: "55555555-0000-4000-8000-000000000001", Activity: "Phones at school", At: now}},
		Tasks: []tutor.ActivityOutline{{ID: "arguing.school", Title: "When should school begin?"}}}
}

func markingPage() page.Marking {
	return page.Marking{Sample: tutor.MarkingSample{ID: "55555555-0000-4000-8000-000000000001", Activity: "Phones at school", Text: draftWords, Rubric: essayRubric()}}
}
