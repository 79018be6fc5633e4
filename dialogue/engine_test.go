package dialogue

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maieutic/rubric"
	"maieutic/tutor"
)

func builtin() Config { return Config{Grader: rubric.NewBuiltin()} }

// TestTurnStories plays scripted students on the fixture and holds the moves
// they are met with.
func TestTurnStories(t *testing.T) {
	for _, c := range []struct {
		name     string
		activity tutor.Activity
		says     []string
		moves    string
		status   tutor.SessionStatus
	}{
		{
			"right at once", expand(),
			[]string{"-3x+12", "You have to multiply both terms by the number in front, and minus times minus is plus."},
			"confirm summary", tutor.SessionMastered,
		},
		{
			"in another form", expand(), []string{"12 - 3x"}, "confirm", tutor.SessionOpen,
		},
		{
			"a wrong idea is led out of", expand(),
			[]string{"-3x - 12", "12", "-3x + 12"},
			"correction pump confirm", tutor.SessionOpen,
		},
		{
			"hint seeker", expand(),
			[]string{"<hint>", "<hint>", "<hint>", "<hint>", "<hint>", "<hint>", "10", "<hint>", "<hint>", "<hint>", "<hint>", "-3x + 12", "-5a+10"},
			"pump hint pump hint pump hint pump prompt pump assertion pump check confirm", tutor.SessionOpen,
		},
		{
			"one idea at a time", expand(),
			[]string{"-3x+12", "it goes to all the terms in the brackets", "two negatives multiplied make a positive"},
			"confirm pump summary", tutor.SessionMastered,
		},
		{
			"questioner", expand(),
			[]string{"what is a factor?", "who are you?", "-3x+12. But what does expand mean?"},
			"answer redirect confirm", tutor.SessionOpen,
		},
		{
			"hostile", expand(),
			[]string{"this is stupid", "shut up", "you suck", "stop"},
			"encourage encourage hint close", tutor.SessionEnded,
		},
		{
			"silent", expand(), []string{"...", " ", "?", "!", "."}, "encourage encourage hint hint hint", tutor.SessionOpen,
		},
		{
			"spanish", spanish(),
			[]string{"-11", "no sé", "¿es -3?"},
			"pump hint summary", tutor.SessionMastered,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t, builtin(), c.activity)
			now := clock()
			k.memory.now, k.engine.Now = now, now
			var moves []string
			var last answered
			for _, text := range c.says {
				last = k.say(text)
				moves = append(moves, last.reply.Move)
				if last.deltas[1] != last.reply.Text {
					t.Errorf("the deltas read %q, the turn %q", last.deltas[1], last.reply.Text)
				}
			}
			if got := strings.Join(moves, " "); got != c.moves || last.status.Session != c.status {
				t.Errorf("moves %s and %s, want %s and %s", got, last.status.Session, c.moves, c.status)
			}
		})
	}
}

// TestTurnRecord holds what a turn leaves behind: scores with quotes, evidence,
// states and how mastery moved.
func TestTurnRecord(t *testing.T) {
	k := newTalk(t, builtin(), expand())
	got := k.say("I think it is -3x + 12")
	if got.student.Contribution != string(KindAssertion) || len(got.student.Scores) != 1 {
		t.Fatalf("student turn %+v", got.student)
	}
	s := got.student.Scores[0]
	if s.Level.ID != "correct" || s.TurnID != got.student.ID || s.ID == "" || s.RubricVersion == "" || s.Version != 1 {
		t.Errorf("score %+v", s)
	}
	for _, q := range s.Quotes {
		if err := rubric.CheckQuote(got.student.Text, q); err != nil {
			t.Error(err)
		}
	}
	chain := k.memory.chains[learnerID+"/algebra.distribute"]
	if len(chain) != 1 || chain[0].ScoreID != s.ID || chain[0].TurnSeq != got.student.Seq || chain[0].Seq != 1 {
		t.Fatalf("chain %+v", chain)
	}
	want := tutor.DefaultParams().Fold("algebra.distribute", chain)
	if len(got.mastery) != 1 || got.mastery[0].After != want || got.mastery[0].Why != "correct" || got.mastery[0].Before >= want.Mastery {
		t.Errorf("mastery %+v, want %+v", got.mastery, want)
	}
	if got.reply.Seq != got.student.Seq+1 || got.reply.Target == "" || got.reply.Reason == "" || got.reply.Voice.Engine != "authored" {
		t.Errorf("reply %+v", got.reply)
	}
}

// TestStart opens a session with its first question, chosen by the learner or
// by the tutor.
func TestStart(t *testing.T) {
	m := newMemory(expand(), spanish())
	e := New(Config{Store: m, Grader: rubric.NewBuiltin()})
	ana := tutor.Account{ID: learnerID, SchoolID: "school", Name: "Ana Ruiz", Language: "es"}
	session, choice, err := e.Start(t.Context(), ana, "")
	if err != nil || choice.Reason == "" || session.ActivityID != choice.ActivityID || session.Why != string(choice.Reason) {
		t.Fatalf("%+v %+v %v", session, choice, err)
	}
	opening := m.sessions[session.ID].turns[0]
	if opening.Seq != 1 || opening.Move != string(MoveAsk) || !strings.Contains(opening.Text, "Hola") || session.Language != "es" {
		t.Errorf("opening %+v", opening)
	}
	if _, _, err := e.Start(t.Context(), ana, "nothing.there"); tutor.ErrorCode(err) != tutor.CodeNotFound {
		t.Errorf("an unknown activity: %v", err)
	}
	m.activities["essay"] = tutor.Activity{ID: "essay", Kind: tutor.ActivityEssay}
	if _, _, err := e.Start(t.Context(), ana, "essay"); tutor.ErrorCode(err) != tutor.CodeUnavailable {
		t.Errorf("an essay: %v", err)
	}
}

// TestTurnRefuses names what is wrong with a turn and writes nothing.
func TestTurnRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*tutor.TurnInput)
		code   tutor.Code
	}{
		{"20,000 characters", func(in *tutor.TurnInput) { in.Text = strings.Repeat("é", 20_000) }, tutor.CodeInvalid},
		{"NUL", func(in *tutor.TurnInput) { in.Text = "a\x00b" }, tutor.CodeInvalid},
		{"invalid UTF-8", func(in *tutor.TurnInput) { in.Text = "a\xff" }, tutor.CodeInvalid},
		{"unknown kind", func(in *tutor.TurnInput) { in.Kind = "sing" }, tutor.CodeInvalid},
		{"no id", func(in *tutor.TurnInput) { in.ID = "" }, tutor.CodeInvalid},
		{"a stranger's session", func(in *tutor.TurnInput) { in.LearnerID = "someone" }, tutor.CodeNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t, builtin(), expand())
			in := k.input("12")
			c.change(&in)
			if got := k.run(in); tutor.ErrorCode(got.err) != c.code || len(k.memory.sessions[k.session.ID].turns) != 1 {
				t.Errorf("got %v", got.err)
			}
		})
	}
	k := newTalk(t, builtin(), expand())
	if got := k.say(strings.Repeat("é", MaxTurnRunes)); got.reply.Text == "" {
		t.Error("the longest allowed turn is not answered")
	}
}

// TestTurnTwice answers a repeated turn from the record, and refuses the id
// with other words.
func TestTurnTwice(t *testing.T) {
	k := newTalk(t, builtin(), expand())
	in := k.input("-3x - 12")
	first, second := k.run(in), k.run(in)
	if first.err != nil || second.err != nil || second.reply.ID != first.reply.ID || second.reply.Text != first.reply.Text ||
		len(second.deltas) != 0 || len(second.student.Scores) != len(first.student.Scores) || second.status.Session != tutor.SessionOpen {
		t.Errorf("first %+v, then %+v", first, second)
	}
	if k.memory.finishes != 1 {
		t.Errorf("the turn was finished %d times", k.memory.finishes)
	}
	in.Text = "something else"
	if got := k.run(in); tutor.ErrorCode(got.err) != tutor.CodeConflict {
		t.Errorf("other words: %v", got.err)
	}
}

// TestTurnOutlivesItsCaller: a caller who leaves after the ack, or whose
// context ends, leaves a finished turn behind.
func TestTurnOutlivesItsCaller(t *testing.T) {
	k := newTalk(t, builtin(), expand())
	for range k.engine.Turn(t.Context(), k.input("-3x + 12")) {
		break
	}
	if k.memory.finishes != 1 {
		t.Error("the turn was not finished after the loop broke")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range k.engine.Turn(ctx, k.input("it goes to all the terms in the brackets")) {
	}
	if k.memory.finishes != 2 {
		t.Error("the turn was not finished after its caller's context had ended")
	}
}

// TestTurnStale folds again when the learner's record has grown meanwhile.
func TestTurnStale(t *testing.T) {
	k := newTalk(t, builtin(), expand())
	const skill = "algebra.distribute"
	meddled := 0
	k.memory.beforeEnd = func(tutor.TurnOutcome) {
		if meddled < 2 {
			meddled++
			k.memory.elsewhere(learnerID, skill)
		}
	}
	got := k.say("-3x + 12")
	chain := k.memory.chains[learnerID+"/"+skill]
	if len(chain) != 3 || got.mastery[0].After != tutor.DefaultParams().Fold(skill, chain) {
		t.Errorf("after %d pieces of evidence mastery is %+v", len(chain), got.mastery)
	}
	k.memory.beforeEnd = func(tutor.TurnOutcome) { k.memory.elsewhere(learnerID, "algebra.explain") }
	if got := k.run(k.input("minus times minus is plus")); tutor.ErrorCode(got.err) != tutor.CodeConflict {
		t.Errorf("a record that never rests: %v", got.err)
	}
}

// TestRecover finishes what a crashed worker left behind, once.
func TestRecover(t *testing.T) {
	k := newTalk(t, builtin(), expand())
	in := k.input("-3x + 12")
	begin := in
	begin.Lease, begin.History = time.Minute, 5
	if _, err := k.memory.BeginTurn(t.Context(), begin); err != nil {
		t.Fatal(err)
	}
	if n, err := k.engine.Recover(t.Context()); n != 0 || err != nil {
		t.Fatalf("recovered %d turns under a live lease (%v)", n, err)
	}
	k.memory.now = func() time.Time { return time.Now().Add(2 * time.Minute) }
	if n, err := k.engine.Recover(t.Context()); n != 1 || err != nil {
		t.Fatalf("recovered %d turns (%v)", n, err)
	}
	if got := k.run(in); got.err != nil || got.reply.Move != string(MoveConfirm) || k.memory.finishes != 1 {
		t.Errorf("after recovery: %+v", got)
	}
}

// TestTurnBusy waits for the worker that holds the turn, and gives up with a
// clear error when the caller does.
func TestTurnBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, builtin(), expand())
		in := k.input("-3x + 12")
		begin := in
		begin.Lease, begin.History = 3*time.Second, 5
		if _, err := k.memory.BeginTurn(t.Context(), begin); err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var last error
		for _, err := range k.engine.Turn(short, in) {
			last = err
		}
		if tutor.ErrorCode(last) != tutor.CodeUnavailable {
			t.Errorf("a caller who leaves gets %v", last)
		}
		if got := k.run(in); got.err != nil || got.reply.Move != string(MoveConfirm) || k.memory.finishes != 1 {
			t.Errorf("after the lease has run out: %+v", got)
		}
	})
}

// TestOvertaken answers from the record when another worker was faster.
func TestOvertaken(t *testing.T) {
	k := newTalk(t, builtin(), expand())
	other := New(Config{Store: k.memory, Grader: rubric.NewBuiltin()})
	in := k.input("-3x + 12")
	overtaken := false
	k.memory.beforeEnd = func(tutor.TurnOutcome) {
		if overtaken {
			return
		}
		overtaken = true
		k.memory.now = func() time.Time { return time.Now().Add(time.Hour) }
		for _, err := range other.Turn(t.Context(), in) {
			if err != nil {
				t.Error(err)
			}
		}
	}
	got := k.run(in)
	if got.err != nil || k.memory.finishes != 1 || got.reply.ID != k.memory.sessions[k.session.ID].turns[2].ID {
		t.Errorf("got %+v after %d finishes", got, k.memory.finishes)
	}
}

// TestLogHoldsNoWords keeps what learners write out of the log.
func TestLogHoldsNoWords(t *testing.T) {
	var log strings.Builder
	c := builtin()
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	k := newTalk(t, c, expand())
	k.say("my secret is marmalade -3x")
	if log.Len() == 0 || strings.Contains(log.String(), "marmalade") {
		t.Errorf("log: %s", log.String())
	}
}

// library is a Retriever with one passage.
type library struct {
	passages []tutor.Passage
	err      error
}

func (l library) Search(context.Context, tutor.Query) ([]tutor.Passage, error) {
	return l.passages, l.err
}

// TestOwnQuestion answers out of the curriculum, with a citation, and returns to
// the pending question; what would give the step away is not quoted.
func TestOwnQuestion(t *testing.T) {
	cite := tutor.Citation{CourseID: "algebra", LessonID: "brackets", Lesson: "Brackets", Heading: "Factors"}
	passage := func(text string) []tutor.Passage { return []tutor.Passage{{Citation: cite, Text: text}} }
	for _, c := range []struct {
		name, has string
		library   library
		cited     int
	}{
		{"found", "is a number that multiplies", library{passages: passage("A factor is a number that multiplies something.")}, 1},
		{"nothing", "", library{}, 0},
		{"search fails", "", library{err: tutor.Errorf(tutor.CodeUnavailable, "down")}, 0},
		{"leak", "", library{passages: passage("The factor gives -3x + 12 here.")}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := builtin()
			config.Retriever = c.library
			k := newTalk(t, config, expand())
			got := k.say("what is a factor?")
			text := got.reply.Text
			if got.reply.Move != string(MoveAnswer) || !strings.Contains(text, c.has) || strings.Contains(text, "+ 12") || len(got.reply.Citations) != c.cited {
				t.Errorf("%s, cited %v: %q", got.reply.Move, got.reply.Citations, text)
			}
			if !strings.HasSuffix(text, "Expand $-3(x - 4)$.") {
				t.Errorf("the pending question is not taken up again: %q", text)
			}
			if again := k.say("-3x + 12"); again.reply.Move != string(MoveConfirm) {
				t.Errorf("the answer after it is met with %s", again.reply.Move)
			}
		})
	}
}
