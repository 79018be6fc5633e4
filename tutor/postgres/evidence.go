package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

const insertEvidence = `
	insert into evidence (school_id, learner_id, skill_id, seq, score_id, session_id, turn_seq, item_id, y, reliability,
	                      hints, hint_levels, grader, rubric_version, at)
	select @school, @learner, r.skill_id, r.seq, r.score_id, @session, r.turn_seq, r.item_id, r.y, r.reliability,
	       r.hints, r.hint_levels, r.grader, r.rubric_version, r.at
	from json_to_recordset(@rows) as r(skill_id text, seq bigint, score_id uuid, turn_seq bigint, item_id text,
		y double precision, reliability double precision, hints integer, hint_levels integer, grader text,
		rubric_version text, at timestamptz)`

// evidenceRow is evidence as insertEvidence reads it.
type evidenceRow struct {
	SkillID       string       `json:"skill_id"`
	Seq           int64        `json:"seq"`
	ScoreID       string       `json:"score_id"`
	TurnSeq       int64        `json:"turn_seq"`
	ItemID        string       `json:"item_id"`
	Y             float64      `json:"y"`
	Reliability   float64      `json:"reliability"`
	Hints         int          `json:"hints"`
	HintLevels    int          `json:"hint_levels"`
	Grader        tutor.Grader `json:"grader"`
	RubricVersion string       `json:"rubric_version"`
	At            time.Time    `json:"at"`
}

func evidenceRows(evidence []tutor.Evidence) ([]evidenceRow, error) {
	rows := make([]evidenceRow, 0, len(evidence))
	for _, e := range evidence {
		if err := e.Validate(); err != nil {
			return nil, err
		}
		rows = append(rows, evidenceRow{SkillID: e.SkillID, Seq: e.Seq, ScoreID: e.ScoreID, TurnSeq: e.TurnSeq, ItemID: e.ItemID,
			Y: e.Y, Reliability: e.Reliability, Hints: e.Hints, HintLevels: e.HintLevels, Grader: e.Grader,
			RubricVersion: e.RubricVersion, At: e.At.Truncate(time.Microsecond)})
	}
	return rows, nil
}

const upsertStates = `
	insert into skill_states (school_id, learner_id, skill_id, mastery, low, high, count, effective, stability, difficulty,
	                          due, last_at, seq, params_version)
	select @school, @learner, r.skill_id, r.mastery, r.low, r.high, r.count, r.effective, r.stability, r.difficulty,
	       r.due, r.last_at, r.seq, r.params_version
	from json_to_recordset(@rows) as r(skill_id text, mastery double precision, low double precision, high double precision,
		count integer, effective double precision, stability double precision, difficulty double precision,
		due timestamptz, last_at timestamptz, seq bigint, params_version text)
	on conflict (learner_id, skill_id, school_id) do update set
		mastery = excluded.mastery, low = excluded.low, high = excluded.high, count = excluded.count,
		effective = excluded.effective, stability = excluded.stability, difficulty = excluded.difficulty,
		due = excluded.due, last_at = excluded.last_at, seq = excluded.seq, params_version = excluded.params_version`

// stateRow is a skill state as upsertStates reads it.
type stateRow struct {
	SkillID       string     `json:"skill_id"`
	Mastery       float64    `json:"mastery"`
	Low           float64    `json:"low"`
	High          float64    `json:"high"`
	Count         int        `json:"count"`
	Effective     float64    `json:"effective"`
	Stability     float64    `json:"stability"`
	Difficulty    float64    `json:"difficulty"`
	Due           *time.Time `json:"due"`
	LastAt        *time.Time `json:"last_at"`
	Seq           int64      `json:"seq"`
	ParamsVersion string     `json:"params_version"`
}

func stateRows(states []tutor.SkillState) []stateRow {
	rows := make([]stateRow, 0, len(states))
	for _, k := range states {
		rows = append(rows, stateRow{SkillID: k.SkillID, Mastery: k.Mastery, Low: k.Low, High: k.High, Count: k.Count,
			Effective: k.Effective, Stability: k.Stability, Difficulty: k.Difficulty, Due: instant(k.Due), LastAt: instant(k.LastAt),
			Seq: k.Seq, ParamsVersion: k.ParamsVersion})
	}
	return rows
}

// instant is t as the record keeps it, nil for the zero time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.Truncate(time.Microsecond)
	return &t
}

const stateColumns = `
	k.skill_id, k.mastery, k.low, k.high, k.count, k.effective, k.stability, k.difficulty, k.due, k.last_at, k.seq, k.params_version`

// stateScan reads stateColumns.
type stateScan struct {
	state     tutor.SkillState
	due, last *time.Time
}

func (s *stateScan) columns() []any {
	k := &s.state
	return []any{&k.SkillID, &k.Mastery, &k.Low, &k.High, &k.Count, &k.Effective, &k.Stability, &k.Difficulty, &s.due, &s.last,
		&k.Seq, &k.ParamsVersion}
}

func (s *stateScan) done() tutor.SkillState {
	if s.due != nil {
		s.state.Due = *s.due
	}
	if s.last != nil {
		s.state.LastAt = *s.last
	}
	return s.state
}

func scanState(row pgx.CollectableRow) (tutor.SkillState, error) {
	var s stateScan
	err := row.Scan(s.columns()...)
	return s.done(), err
}

func statesByID(states []tutor.SkillState) map[string]tutor.SkillState {
	byID := make(map[string]tutor.SkillState, len(states))
	for _, k := range states {
		byID[k.SkillID] = k
	}
	return byID
}

// SkillStates returns the states of the named skills; skills never seen are absent.
func (s *Store) SkillStates(ctx context.Context, schoolID, learnerID string, skills []string) (map[string]tutor.SkillState, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return nil, err
	}
	if !isUUID(learnerID) {
		return nil, notFound("learner")
	}
	states, err := all(ctx, s, sc, `
		select `+stateColumns+` from skill_states k
		where k.school_id = @school and k.learner_id = @learner and k.skill_id = any (@skills)`,
		pgx.StrictNamedArgs{"school": schoolID, "learner": learnerID, "skills": skills}, scanState)
	return statesByID(states), wrap(err, "read skill states")
}

// overruled is evidence as it was recorded, with what a teacher has said of its
// score since.
type overruled struct {
	tutor.Evidence
	by *float64 // value of the override that holds, nil for none
}

// evidenceColumns has the value that a machine's score has by the newest version
// of its rubric in place of the one that it was given with.
const evidenceColumns = `
	e.seq, e.score_id, e.session_id, e.turn_seq, e.skill_id, e.item_id,
	case when c.reason = 'rubric' and not c.overrides then c.value else e.y end, e.reliability, e.hints, e.hint_levels,
	e.grader, e.rubric_version, e.at, case when c.overrides then c.value end`

func (o *overruled) columns() []any {
	return []any{&o.Seq, &o.ScoreID, &o.SessionID, &o.TurnSeq, &o.SkillID, &o.ItemID, &o.Y, &o.Reliability, &o.Hints, &o.HintLevels,
		&o.Grader, &o.RubricVersion, &o.At, &o.by}
}

func scanOverruled(row pgx.CollectableRow) (overruled, error) {
	var o overruled
	err := row.Scan(o.columns()...)
	return o, err
}

// effective returns a chain with every override that holds in its place.
func effective(chain []overruled) []tutor.Evidence {
	evidence := make([]tutor.Evidence, len(chain))
	var overrides []tutor.Override
	for i, o := range chain {
		evidence[i] = o.Evidence
		if o.by != nil {
			overrides = append(overrides, tutor.Override{ScoreID: o.ScoreID, Y: *o.by})
		}
	}
	return tutor.ApplyOverrides(evidence, overrides)
}
