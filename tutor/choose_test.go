package tutor_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"maieutic/tutor"
)

// world is a course of three skills, each built on the one before, with an easy
// and a hard activity for each.
func world() tutor.ChoiceInput {
	in := tutor.ChoiceInput{Now: start, States: map[string]tutor.SkillState{}, Params: tutor.DefaultParams()}
	for i, id := range []string{"one", "two", "three"} {
		skill := tutor.Skill{ID: id, Order: i}
		if i > 0 {
			skill.Prerequisites = []string{in.Skills[i-1].ID}
		}
		in.Skills = append(in.Skills, skill)
		in.Candidates = append(in.Candidates,
			tutor.Candidate{ActivityID: id + "-easy", Skills: []string{id}, Difficulty: .1, Order: 2 * i},
			tutor.Candidate{ActivityID: id + "-hard", Skills: []string{id}, Difficulty: .9, Order: 2*i + 1})
	}
	return in
}

func known(in tutor.ChoiceInput, skill string, mastery float64) {
	s := in.Params.NewState(skill)
	s.Mastery, s.Count, s.Stability, s.LastAt = mastery, 5, 10, start
	in.States[skill] = s
}

func choose(t *testing.T, in tutor.ChoiceInput) tutor.Choice {
	t.Helper()
	choice, err := tutor.Choose(in)
	if err != nil {
		t.Fatal(err)
	}
	return choice
}

func TestChoose(t *testing.T) {
	cases := []struct {
		name   string
		change func(*tutor.ChoiceInput)
		want   string
		reason tutor.ChoiceReason
	}{
		{"a beginner starts at the beginning, easily", func(*tutor.ChoiceInput) {}, "one-easy", tutor.ChoseFrontier},
		{"what is new comes first", func(in *tutor.ChoiceInput) { in.Candidates[0].Begun = 1 }, "one-hard", tutor.ChoseFrontier},
		{"a learned skill opens the next", func(in *tutor.ChoiceInput) { known(*in, "one", .97) }, "two-easy", tutor.ChoseFrontier},
		{"a shaky prerequisite does not", func(in *tutor.ChoiceInput) { known(*in, "one", .8) }, "one-", tutor.ChoseFrontier},
		{"what is being forgotten comes back", func(in *tutor.ChoiceInput) {
			known(*in, "one", .97)
			in.Now = start.Add(60 * 24 * time.Hour)
		}, "one-", tutor.ChoseReview},
		{"all known leaves enrichment", func(in *tutor.ChoiceInput) {
			for _, s := range []string{"one", "two", "three"} {
				known(*in, s, .98)
			}
		}, "", tutor.ChoseEnrichment},
		{"a teacher's word overrides", func(in *tutor.ChoiceInput) { in.Candidates[5].Assigned = true }, "three-hard", tutor.ChoseAssigned},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := world()
			c.change(&in)
			got := choose(t, in)
			if got.Reason != c.reason || got.ActivityID[:min(len(c.want), len(got.ActivityID))] != c.want {
				t.Errorf("chose %s (%s), want %s (%s)", got.ActivityID, got.Reason, c.want, c.reason)
			}
		})
	}
}

func TestWhySumsToTheGain(t *testing.T) {
	choice := choose(t, world())
	var sum float64
	for _, w := range choice.Why {
		sum += w.Value
	}
	if math.Abs(sum-choice.Gain) > 1e-12 || choice.SkillID != "one" {
		t.Errorf("choice %+v sums to %v", choice, sum)
	}
}

func TestChoiceDoesNotDependOnOrderOfInput(t *testing.T) {
	in := world()
	want := choose(t, in).ActivityID
	for range 50 {
		rand.Shuffle(len(in.Candidates), func(i, j int) { in.Candidates[i], in.Candidates[j] = in.Candidates[j], in.Candidates[i] })
		if got := choose(t, in).ActivityID; got != want {
			t.Fatalf("chose %s, then %s", want, got)
		}
	}
}

func TestNothingToChoose(t *testing.T) {
	if _, err := tutor.Choose(tutor.ChoiceInput{Params: tutor.DefaultParams()}); tutor.ErrorCode(err) != tutor.CodeNotFound {
		t.Errorf("got %v", err)
	}
}
