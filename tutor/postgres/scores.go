package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// scoreColumns and scoreFrom read the version of a score that holds.
const scoreColumns = `
	c.id, c.version, c.turn_id, c.criterion, c.level, c.value, c.grader, c.confidence, c.quotes,
	c.overrides, case when c.overrides then coalesce(w.name, '') else '' end, c.reason, c.note, c.rubric_version, c.agreement, c.prompt_version`

const scoreFrom = `
	from current_scores c left join accounts w on w.school_id = c.school_id and w.id = c.by`

// scoreScan reads scoreColumns.
type scoreScan struct {
	score tutor.Score
	level string
}

func (s *scoreScan) columns() []any {
	c := &s.score
	return []any{&c.ID, &c.Version, &c.TurnID, &c.Criterion, &s.level, &c.Value, &c.Grader, &c.Confidence, &c.Quotes,
		&c.Overridden, &c.OverriddenBy, &c.Reason, &c.Note, &c.RubricVersion, &c.Agreement, &c.PromptVersion}
}

func (s *scoreScan) done() (tutor.Score, error) {
	var ok bool
	if s.score.Level, ok = levelOf(s.score.Criterion, s.level); !ok {
		return tutor.Score{}, fmt.Errorf("score %s has a level that its criterion lacks", s.score.ID)
	}
	if len(s.score.Quotes) == 0 {
		s.score.Quotes = nil
	}
	return s.score, nil
}

func scanScore(row pgx.CollectableRow) (tutor.Score, error) {
	var s scoreScan
	if err := row.Scan(s.columns()...); err != nil {
		return tutor.Score{}, err
	}
	return s.done()
}

func levelOf(c tutor.Criterion, id string) (tutor.Level, bool) {
	for _, l := range c.Levels {
		if l.ID == id {
			return l, true
		}
	}
	return tutor.Level{}, false
}

const insertScores = `
	insert into scores (school_id, id, version, session_id, learner_id, turn_id, position, criterion, level, value,
	                    grader, confidence, quotes, rubric_version, agreement, prompt_version)
	select @school, r.id, 1, @session, @learner, @turn, r.position, r.criterion, r.level, r.value,
	       r.grader, r.confidence, r.quotes, r.rubric_version, r.agreement, r.prompt_version
	from json_to_recordset(@rows) as r(id uuid, position integer, criterion jsonb, level text, value double precision,
		grader text, confidence double precision, quotes jsonb, rubric_version text,
		agreement text, prompt_version text)`

// scoreRow is a score as insertScores reads it.
type scoreRow struct {
	ID            string          `json:"id"`
	Position      int             `json:"position"`
	Criterion     tutor.Criterion `json:"criterion"`
	Level         string          `json:"level"`
	Value         float64         `json:"value"`
	Grader        tutor.Grader    `json:"grader"`
	Confidence    float64         `json:"confidence"`
	Quotes        []tutor.Quote   `json:"quotes"`
	RubricVersion string          `json:"rubric_version"`
	Agreement     string          `json:"agreement"`
	PromptVersion string          `json:"prompt_version"`
}

// scoreRows checks the scores of a turn: each has a UUID and a level of its
// criterion.
func scoreRows(scores []tutor.Score) ([]scoreRow, error) {
	rows := make([]scoreRow, 0, len(scores))
	for i, c := range scores {
		if !isUUID(c.ID) {
			return nil, tutor.Errorf(tutor.CodeInvalid, "the id of a score is a UUID")
		}
		if _, ok := levelOf(c.Criterion, c.Level.ID); !ok {
			return nil, tutor.Errorf(tutor.CodeInvalid, "score %s has a level that its criterion lacks", c.ID)
		}
		quotes := c.Quotes
		if quotes == nil {
			quotes = []tutor.Quote{}
		}
		rows = append(rows, scoreRow{ID: c.ID, Position: i, Criterion: c.Criterion, Level: c.Level.ID, Value: c.Value,
			Grader: c.Grader, Confidence: c.Confidence, Quotes: quotes, RubricVersion: c.RubricVersion,
			Agreement: c.Agreement, PromptVersion: c.PromptVersion})
	}
	return rows, nil
}
