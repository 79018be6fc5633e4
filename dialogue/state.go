package dialogue

import (
	"encoding/json"
	"maps"
	"slices"

	"maieutic/tutor"
)

// covered is the coverage at and above which an expectation counts as said.
const covered = 0.6

// Standing is where a misconception stands.
type Standing string

// A misconception is inactive until the learner shows it.
const (
	StandingActive   Standing = "active"
	StandingRepaired Standing = "repaired"
)

// Held is what is known of one misconception in a session.
type Held struct {
	Standing    Standing `json:"standing"`
	Strength    float64  `json:"strength"`    // 0..1, confidence of the last sighting
	Corrections int      `json:"corrections"` // corrections given
}

// Last is the latest decision as far as repetition goes.
type Last struct {
	Move    Move   `json:"move"`
	Target  string `json:"target"`
	Level   int    `json:"level,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Running int    `json:"running"` // how many times in a row
}

// State is the dialogue state of a session after its latest finished turn. It
// is stored as JSON and changed by Hear and Did alone, which return a copy.
type State struct {
	Step       int                `json:"step"`
	Turns      int                `json:"turns"`              // student turns used
	Coverage   map[string]float64 `json:"coverage,omitempty"` // by expectation, 0..1, never falls
	Heard      map[string]float64 `json:"heard,omitempty"`    // how much the last answer spoke of each expectation, 0..1
	Held       map[string]Held    `json:"held,omitempty"`     // by misconception target
	Levels     map[string]int     `json:"levels,omitempty"`   // rungs used, by expectation
	Told       map[string]int     `json:"told,omitempty"`     // assertions given, by expectation
	Left       map[string]bool    `json:"left,omitempty"`     // expectations given up
	Checked    map[string]bool    `json:"checked,omitempty"`  // steps whose transfer check is over
	Wrong      []string           `json:"wrong,omitempty"`    // fingerprints of wrong answers to this step
	Focus      string             `json:"focus,omitempty"`
	FocusTurns int                `json:"focus_turns,omitempty"`
	Idk        int                `json:"idk,omitempty"`       // turns in a row without anything to go on
	Rapid      int                `json:"rapid,omitempty"`     // requests or guesses in a row faster than reading
	Attempted  bool               `json:"attempted,omitempty"` // since the last rung
	Urged      bool               `json:"urged,omitempty"`     // to try first, since the last rung
	Slowed     bool               `json:"slowed,omitempty"`    // asked to slow down, since the last rung
	Pending    Pending            `json:"pending"`
	Last       Last               `json:"last"`
	Said       map[string]int     `json:"said,omitempty"`   // how often each list of phrases was used
	Nonce      string             `json:"nonce,omitempty"`  // marks other people's words in the session's prompts
	Drafts     int                `json:"drafts,omitempty"` // of an essay: how many there were at the last turn
	Talked     int                `json:"talked,omitempty"` // of an essay: turns since the newest draft
	Oldest     int64              `json:"oldest,omitempty"` // seq of the first turn that prompts still hold
}

// ParseState reads a stored state.
func ParseState(raw json.RawMessage) (State, error) {
	var s State
	if err := json.Unmarshal(raw, &s); err != nil {
		return State{}, tutor.WrapError(err, tutor.CodeInternal, "The state of this session cannot be read.")
	}
	return s, nil
}

// JSON writes the state for storage.
func (s State) JSON() json.RawMessage {
	raw, err := json.Marshal(s)
	if err != nil { // only floats can fail, and coverage is finite
		panic(err)
	}
	return raw
}

func (s State) clone() State {
	s.Coverage = cloneMap(s.Coverage)
	s.Heard = cloneMap(s.Heard)
	s.Held = cloneMap(s.Held)
	s.Levels = cloneMap(s.Levels)
	s.Told = cloneMap(s.Told)
	s.Left = cloneMap(s.Left)
	s.Checked = cloneMap(s.Checked)
	s.Said = cloneMap(s.Said)
	s.Wrong = slices.Clone(s.Wrong)
	return s
}

func cloneMap[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m)
}

// Open returns the first decision of a session and the state after it.
func (p *Plan) Open() (State, Decision) {
	d := Decision{
		Move: MoveAsk, Target: p.steps[0].ID, Reason: "opening", Done: -1, Status: tutor.SessionOpen,
		Pending: Pending{Kind: PendingStep, Target: p.steps[0].ID},
	}
	return p.Did(State{}, d), d
}

// Did returns the state after a decision has been spoken.
func (p *Plan) Did(s State, d Decision) State {
	s = s.clone()
	if d.same(s.Last) {
		s.Last.Running++
	} else {
		s.Last = Last{Move: d.Move, Target: d.Target, Level: d.Level, Running: 1}
	}
	s.Last.Reason = d.Reason
	if d.Next != s.Step {
		s.Step, s.Wrong, s.Focus, s.FocusTurns = d.Next, nil, "", 0
		s.Attempted, s.Urged, s.Slowed, s.Idk = false, false, false, 0
	}
	if d.Done >= 0 {
		s.Checked[p.steps[d.Done].ID] = true
	}
	s.Pending = d.Pending
	switch d.Reason {
	case "try_first", "urge":
		s.Urged = true
	case "slow_down":
		s.Slowed, s.Urged = true, true
	}
	p.didTarget(&s, d)
	return s
}

// didTarget records what the decision spent on its target.
func (p *Plan) didTarget(s *State, d Decision) {
	if m := p.misconception(d.Target); m != nil && d.Move == MoveCorrect {
		held := s.Held[d.Target]
		held.Corrections++
		s.Held[d.Target] = held
		return
	}
	if d.Move == MoveLeave {
		s.Left[d.Target] = true
	}
	p.focusOn(s, d)
	if _, _, ok := p.find(d.Target); !ok || d.Move == MoveLeave {
		return
	}
	if d.Level > s.Levels[d.Target] {
		s.Levels[d.Target] = d.Level
		s.Attempted, s.Urged, s.Slowed = false, false, false
	}
	if d.Move == MoveAssert {
		s.Told[d.Target]++
	}
}

// focusOn keeps the focus on the expectation that is asked for next.
func (p *Plan) focusOn(s *State, d Decision) {
	target := d.Pending.Target
	if _, _, ok := p.find(target); !ok {
		return
	}
	if s.Focus != target {
		s.Focus, s.FocusTurns = target, 0
	}
	s.FocusTurns++
}
