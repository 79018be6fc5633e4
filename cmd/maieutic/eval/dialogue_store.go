package eval

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"maieutic/dialogue"
	"maieutic/retrieval"
	"maieutic/tutor"
)

// clock is the time of one simulated session. It moves when the learner reads,
// thinks and writes, and never by itself.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{at: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// notebook is the record of one simulated session: one learner, one activity,
// held in memory for as long as the simulation runs. It is a dialogue.Store for
// one caller at a time, which is all that a simulation has; a server's record,
// with replicas, takeovers and lost connections, is the database's. A turn that
// is given twice or begun while another runs is refused as a CodeConflict.
type notebook struct {
	activity tutor.Activity
	params   *tutor.Params
	clock    *clock
	session  tutor.Session
	turns    []tutor.Turn
	skills   map[string]tutor.SkillState
	open     string // id of the student turn without a reply, "" for none
}

var _ dialogue.Store = (*notebook)(nil)

func newNotebook(a tutor.Activity, params *tutor.Params, c *clock) *notebook {
	return &notebook{activity: a, params: params, clock: c, skills: map[string]tutor.SkillState{}}
}

// Activity knows the one activity of the simulation.
func (n *notebook) Activity(_ context.Context, _, id, version string) (tutor.Activity, error) {
	if id != n.activity.ID || version != "" && version != n.activity.Version {
		return tutor.Activity{}, tutor.Errorf(tutor.CodeNotFound, "this simulation has no activity %q of version %q", id, version)
	}
	return n.activity, nil
}

// Choices offers the one activity.
func (n *notebook) Choices(context.Context, tutor.Account) (tutor.ChoiceInput, error) {
	in := tutor.ChoiceInput{Now: n.clock.now(), States: n.skills, Params: n.params}
	in.Candidates = []tutor.Candidate{{ActivityID: n.activity.ID, Skills: n.activity.Skills, Difficulty: n.activity.Difficulty}}
	return in, nil
}

// CreateSession keeps the session with its opening.
func (n *notebook) CreateSession(_ context.Context, in tutor.NewSession) (tutor.Session, error) {
	n.session, n.turns = in.Session, []tutor.Turn{in.Opening}
	return n.session, nil
}

// BeginTurn adds a student turn.
func (n *notebook) BeginTurn(_ context.Context, in tutor.TurnInput) (tutor.TurnStart, error) {
	given := slices.ContainsFunc(n.turns, func(t tutor.Turn) bool { return t.ID == in.ID })
	switch {
	case in.SessionID != n.session.ID || in.LearnerID != n.session.LearnerID:
		return tutor.TurnStart{}, tutor.Errorf(tutor.CodeNotFound, "this simulation has no session %q of that learner", in.SessionID)
	case given || n.open != "":
		return tutor.TurnStart{}, tutor.Errorf(tutor.CodeConflict, "a simulated turn is given once, after the one before is answered")
	case n.session.Status != tutor.SessionOpen:
		return tutor.TurnStart{}, tutor.Errorf(tutor.CodeRefused, "the session is over")
	}
	n.session.Seq++
	turn := tutor.Turn{
		SessionID: in.SessionID, Seq: n.session.Seq, ID: in.ID, Author: tutor.AuthorStudent, Kind: in.Kind, Text: in.Text, At: n.clock.now(),
	}
	earlier := slices.Clone(n.turns[max(0, len(n.turns)-in.History):])
	n.turns, n.open = append(n.turns, turn), in.ID
	skills, err := n.SkillStates(context.Background(), "", in.LearnerID, n.activity.Skills)
	return tutor.TurnStart{Session: n.session, Turn: turn, History: earlier, Skills: skills, Fence: 1}, err
}

// FinishTurn keeps everything that a turn leaves behind.
func (n *notebook) FinishTurn(_ context.Context, out tutor.TurnOutcome) (tutor.Turn, error) {
	if out.StudentID != n.open || out.SessionID != n.session.ID {
		return tutor.Turn{}, tutor.Errorf(tutor.CodeConflict, "the turn %q is not the one that waits for a reply", out.StudentID)
	}
	for _, e := range out.Evidence {
		if err := e.Validate(); err != nil {
			return tutor.Turn{}, err
		}
	}
	for _, s := range out.Skills {
		n.skills[s.SkillID] = s
	}
	student := &n.turns[len(n.turns)-1]
	student.Contribution, student.Scores = out.Contribution, out.Scores
	n.session.Seq++
	reply := out.Reply
	reply.Seq, reply.SessionID = n.session.Seq, n.session.ID
	n.turns, n.open = append(n.turns, reply), ""
	n.session.State, n.session.Status = out.State, out.Status
	return reply, nil
}

// SkillStates returns the learner's states so far.
func (n *notebook) SkillStates(_ context.Context, _, _ string, skills []string) (map[string]tutor.SkillState, error) {
	states := map[string]tutor.SkillState{}
	for _, id := range skills {
		if s, ok := n.skills[id]; ok {
			states[id] = s
		}
	}
	return states, nil
}

// Unfinished is always empty: no worker of a simulation goes away.
func (n *notebook) Unfinished(context.Context, int) ([]tutor.TurnInput, error) { return nil, nil }

// shelf finds passages in the lessons of one course by the words they share with
// a question, rare words counting more (idf). It stands in memory, so that a
// simulation needs no database; the server's search is measured by Retrieve. It
// is safe for concurrent use.
type shelf struct {
	passages []tutor.Passage
	words    [][]string // of each passage, sorted
	rarity   map[string]float64
}

var _ dialogue.Retriever = (*shelf)(nil)

func newShelf(c tutor.Course) *shelf {
	s := &shelf{rarity: map[string]float64{}}
	for _, lesson := range c.Lessons {
		for _, p := range retrieval.Chunk(lesson) {
			words := distinct(p.Heading + " " + p.Text)
			s.passages, s.words = append(s.passages, p), append(s.words, words)
			for _, w := range words {
				s.rarity[w]++
			}
		}
	}
	for w, n := range s.rarity {
		s.rarity[w] = math.Log(1 + float64(len(s.passages))/n)
	}
	return s
}

// Search returns the K passages that share most with the query.
func (s *shelf) Search(_ context.Context, q tutor.Query) ([]tutor.Passage, error) {
	var found []tutor.Passage
	wanted := distinct(q.Text)
	for i, p := range s.passages {
		p.Score = 0
		for _, w := range wanted {
			if _, ok := slices.BinarySearch(s.words[i], w); ok {
				p.Score += s.rarity[w]
			}
		}
		if p.Score > 0 {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b tutor.Passage) int { return cmp.Compare(b.Score, a.Score) })
	return found[:min(q.K, len(found))], nil
}

// distinct returns the words of a text, sorted, each once, without the shortest.
func distinct(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words = slices.DeleteFunc(words, func(w string) bool { return len([]rune(w)) < 3 })
	slices.Sort(words)
	return slices.Compact(words)
}
