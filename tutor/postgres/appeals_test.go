package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"maieutic/tutor"
)

// published is a draft of ann's with scores that she sees.
func (c essayClass) published(t testing.TB) (tutor.Draft, []tutor.Score) {
	t.Helper()
	d, scores := c.scored(t, c.ann, "Letters stand for numbers.", nil)
	must[tutor.Publishing](t)(c.Publish(t.Context(), c.teacher, []string{d.ID}))
	return d, scores
}

func TestAppeal(t *testing.T) {
	c := newEssayClass(t)
	d, scores := c.published(t)
	a := must[tutor.Appeal](t)(c.OpenAppeal(t.Context(), c.ann, d.ID, scores[1].ID, "  I give a reason\r\nin line two. "))
	if a.Status != tutor.AppealOpen || a.CriterionID != "evidence" || a.DraftID != d.ID || a.Steps[0].Text != "I give a reason\nin line two." || a.Steps[0].ByID != c.ann.ID {
		t.Fatalf("%+v", a)
	}
	if same := must[tutor.Appeal](t)(c.OpenAppeal(t.Context(), c.ann, d.ID, scores[1].ID, "I give a reason\nin line two.")); same.ID != a.ID || len(same.Steps) != 1 {
		t.Errorf("the same again: %+v", same)
	}
	_, err := c.OpenAppeal(t.Context(), c.ann, d.ID, scores[1].ID, "And another thing.")
	wantCode(t, err, tutor.CodeConflict)
	must[tutor.Appeal](t)(c.OpenAppeal(t.Context(), c.ann, d.ID, scores[0].ID, "This one too."))
	answered := must[tutor.Appeal](t)(c.AnswerAppeal(t.Context(), c.teacher, a.ID, "You do; I have changed it.", 1))
	if answered.Status != tutor.AppealAnswered || len(answered.Steps) != 2 || answered.Steps[1].By != "teacher" {
		t.Errorf("%+v", answered)
	}
	if again := must[tutor.Appeal](t)(c.AnswerAppeal(t.Context(), c.teacher, a.ID, "You do; I have changed it.", 1)); len(again.Steps) != 2 {
		t.Errorf("the same answer again: %+v", again)
	}
	_, err = c.AnswerAppeal(t.Context(), c.admin, a.ID, "No.", 1)
	wantCode(t, err, tutor.CodeConflict)
	if more := must[tutor.Appeal](t)(c.AnswerAppeal(t.Context(), c.admin, a.ID, "I agree.", 2)); more.Status != tutor.AppealAnswered || len(more.Steps) != 3 {
		t.Errorf("an answer beside a colleague's: %+v", more)
	}
	if closed := must[tutor.Appeal](t)(c.CloseAppeal(t.Context(), c.ann, a.ID, "")); closed.Status != tutor.AppealClosed || len(closed.Steps) != 4 {
		t.Errorf("%+v", closed)
	}
	_, err = c.AnswerAppeal(t.Context(), c.teacher, a.ID, "One more thing.", 4)
	wantCode(t, err, tutor.CodeConflict)
	_, err = c.CloseAppeal(t.Context(), c.teacher, a.ID, "Bye.")
	wantCode(t, err, tutor.CodeConflict)
	if next := must[tutor.Appeal](t)(c.OpenAppeal(t.Context(), c.ann, d.ID, scores[1].ID, "Again, please.")); next.ID == a.ID {
		t.Error("a closed request was opened again")
	}
	if seen := c.seen(t, c.ann, d).Appeals; len(seen) != 3 || seen[0].Status != tutor.AppealClosed || seen[1].Status != tutor.AppealOpen {
		t.Errorf("the learner sees %+v", seen)
	}
	log := must[[]string](t)(all(t.Context(), c.Store, scope(c.id), `select action || ' ' || detail::text from audit_log where action like 'appeal.%' order by id`, nil, scanText))
	var actions []string
	for _, entry := range log {
		action, _, _ := strings.Cut(entry, " ")
		actions = append(actions, action)
		if strings.Contains(entry, "reason") || strings.Contains(entry, "agree") {
			t.Errorf("the log holds words of people: %s", entry)
		}
	}
	want := []string{"appeal.open", "appeal.open", "appeal.answer", "appeal.answer", "appeal.close", "appeal.open"}
	if !slices.Equal(actions, want) {
		t.Errorf("log %v", actions)
	}
}

func TestWhoMayAppeal(t *testing.T) {
	c := newEssayClass(t)
	d, scores := c.published(t)
	hidden, provisional := c.scored(t, c.ann, "Letters.", nil)
	open := func(who tutor.Account, draft, score, text string) tutor.Code {
		_, err := c.OpenAppeal(t.Context(), who, draft, score, text)
		return tutor.ErrorCode(err)
	}
	long := strings.Repeat("ع", maxAppeal)
	for name, got := range map[string][2]tutor.Code{
		"not published":      {open(c.ann, hidden.ID, provisional[0].ID, "Why?"), tutor.CodeNotFound},
		"of another draft":   {open(c.ann, hidden.ID, scores[0].ID, "Why?"), tutor.CodeNotFound},
		"another's draft":    {open(c.ben, d.ID, scores[0].ID, "Why?"), tutor.CodeNotFound},
		"another's, as hers": {open(tutor.Account{SchoolID: c.id, ID: c.ben.ID, Role: tutor.RoleStudent}, d.ID, scores[0].ID, "Why?"), tutor.CodeNotFound},
		"a teacher":          {open(c.teacher, d.ID, scores[0].ID, "Why?"), tutor.CodeForbidden},
		"no words":           {open(c.ann, d.ID, scores[0].ID, " \n "), tutor.CodeInvalid},
		"too many":           {open(c.ann, d.ID, scores[0].ID, long+"!"), tutor.CodeInvalid},
		"a NUL":              {open(c.ann, d.ID, scores[0].ID, "a\x00"), tutor.CodeInvalid},
		"no ids":             {open(c.ann, "x", "y", "Why?"), tutor.CodeNotFound},
		"as many as can be":  {open(c.ann, d.ID, scores[0].ID, long), ""},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %q, want %q", name, got[0], got[1])
		}
	}
	a := must[tutor.Appeal](t)(c.OpenAppeal(t.Context(), c.ann, d.ID, scores[1].ID, "Why?"))
	for _, who := range []tutor.Account{c.ben, c.eve, c.stranger} {
		_, err := c.CloseAppeal(t.Context(), who, a.ID, "")
		wantCode(t, err, tutor.CodeNotFound)
	}
	_, err := c.AnswerAppeal(t.Context(), c.stranger, a.ID, "So.", 1)
	wantCode(t, err, tutor.CodeNotFound)
	_, err = c.AnswerAppeal(t.Context(), c.ann, a.ID, "So.", 1)
	wantCode(t, err, tutor.CodeForbidden)
	_, err = c.AnswerAppeal(t.Context(), c.teacher, newUUID(), "So.", 1)
	wantCode(t, err, tutor.CodeNotFound)
	must[tutor.Appeal](t)(c.CloseAppeal(t.Context(), c.teacher, a.ID, "We talked about it."))
}

// TestAppealsGoForward: whatever people try in whatever order, a request goes from
// open over answered to closed, and what was said stays as it was said.
func TestAppealsGoForward(t *testing.T) {
	c := newEssayClass(t)
	d, scores := c.published(t)
	rng := rand.New(rand.NewPCG(3, 9))
	order := []tutor.AppealStatus{tutor.AppealOpen, tutor.AppealAnswered, tutor.AppealClosed}
	var before []tutor.Appeal
	for i := range 80 {
		who := []tutor.Account{c.ann, c.teacher, c.admin, c.ben, c.stranger}[rng.IntN(5)]
		words := fmt.Sprint("Words ", i)
		var err error
		if n := len(before); n == 0 || rng.IntN(4) == 0 {
			_, err = c.OpenAppeal(t.Context(), who, d.ID, scores[rng.IntN(2)].ID, words)
		} else if a := before[rng.IntN(n)]; rng.IntN(3) == 0 {
			_, err = c.CloseAppeal(t.Context(), who, a.ID, words)
		} else {
			_, err = c.AnswerAppeal(t.Context(), who, a.ID, words, rng.IntN(4))
		}
		if tutor.ErrorCode(err) == tutor.CodeInternal {
			t.Fatal(err)
		}
		after := c.seen(t, c.teacher, d).Appeals
		standing := map[string]int{}
		for j, a := range after {
			if a.Status != tutor.AppealClosed {
				standing[a.ScoreID]++
			}
			for k := 1; k < len(a.Steps); k++ {
				if slices.Index(order, a.Steps[k].Status) < max(1, slices.Index(order, a.Steps[k-1].Status)) || a.Steps[k-1].Status == tutor.AppealClosed {
					t.Fatalf("step %d of %+v", k, a.Steps)
				}
			}
			if j < len(before) && (a.ID != before[j].ID || !slices.Equal(a.Steps[:len(before[j].Steps)], before[j].Steps)) {
				t.Fatalf("before %+v\nafter %+v", before[j], a)
			}
		}
		if standing[scores[0].ID] > 1 || standing[scores[1].ID] > 1 {
			t.Fatalf("two requests on one score stand: %+v", after)
		}
		before = after
	}
	if len(before) < 3 {
		t.Errorf("only %d requests were made, so this shows little", len(before))
	}
}

// TestAppealsAtOnce: of what many do to one request together, one step of each kind
// holds.
func TestAppealsAtOnce(t *testing.T) {
	c := newEssayClass(t)
	d, scores := c.published(t)
	race := func(n int, do func(i int) error) (won int) {
		var group sync.WaitGroup
		errs := make([]error, n)
		for i := range errs {
			group.Go(func() { errs[i] = do(i) })
		}
		group.Wait()
		for _, err := range errs {
			if err == nil {
				won++
			} else if tutor.ErrorCode(err) != tutor.CodeConflict {
				t.Error(err)
			}
		}
		return won
	}
	words := []string{"One.", "Two.", "Three.", "Four."}
	opened := race(4, func(i int) error {
		_, err := c.OpenAppeal(context.Background(), c.ann, d.ID, scores[0].ID, words[i])
		return err
	})
	a := c.seen(t, c.ann, d).Appeals[0]
	answered := race(4, func(i int) error {
		_, err := c.AnswerAppeal(context.Background(), []tutor.Account{c.teacher, c.admin}[i%2], a.ID, words[i], 1)
		return err
	})
	closed := race(4, func(i int) error {
		_, err := c.CloseAppeal(context.Background(), []tutor.Account{c.teacher, c.ann}[i%2], a.ID, words[i])
		return err
	})
	if opened != 1 || answered != 1 || closed != 1 {
		t.Errorf("opened %d times, answered %d, closed %d", opened, answered, closed)
	}
	if got := c.seen(t, c.teacher, d).Appeals; len(got) != 1 || len(got[0].Steps) != 3 {
		t.Errorf("%+v", got)
	}
}
