package web

import (
	"time"

	"maieutic/tutor"
)

// The wire types of protocol v1; protocol.md describes them for clients.

type deltaMessage struct {
	Type    string `json:"type"`
	Turn    string `json:"turn"`
	Attempt int    `json:"attempt"`
	N       int    `json:"n"`
	Text    string `json:"text"`
	HTML    string `json:"html,omitempty"`
}

type welcomeMessage struct {
	Type     string `json:"type"`
	Epoch    string `json:"epoch"`
	Seq      int64  `json:"seq"`
	Complete bool   `json:"complete"`
}

type ackMessage struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	Seq  int64  `json:"seq"`
}

type turnMessage struct {
	Type string   `json:"type"`
	Turn turnJSON `json:"turn"`
}

type masteryMessage struct {
	Type   string      `json:"type"`
	Skills []skillJSON `json:"skills"`
}

type statusMessage struct {
	Type    string              `json:"type"`
	Session tutor.SessionStatus `json:"session"`
	Step    int                 `json:"step,omitempty"`  // from 1
	Steps   int                 `json:"steps,omitempty"` // absent when nothing was decided just now
	Why     string              `json:"why,omitempty"`
}

type errorMessage struct {
	Type    string     `json:"type"`
	Code    tutor.Code `json:"code"`
	Message string     `json:"message"`
	ID      string     `json:"id,omitempty"`
}

type turnJSON struct {
	Seq          int64            `json:"seq"`
	ID           string           `json:"id"`
	Author       tutor.Author     `json:"author"`
	Kind         tutor.TurnKind   `json:"kind"`
	Text         string           `json:"text"`
	HTML         string           `json:"html,omitempty"`
	Contribution string           `json:"contribution,omitempty"`
	Move         string           `json:"move,omitempty"`
	Target       string           `json:"target,omitempty"`
	TargetTitle  string           `json:"target_title,omitempty"`
	HintLevel    int              `json:"hint_level,omitempty"`
	Scores       []scoreJSON      `json:"scores"`
	Citations    []tutor.Citation `json:"citations"`
	Engine       string           `json:"engine,omitempty"`
	At           time.Time        `json:"at"`
}

type criterionJSON struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type scoreJSON struct {
	ID           string               `json:"id"`
	Version      int                  `json:"version"`
	Criterion    criterionJSON        `json:"criterion"`
	Level        tutor.Level          `json:"level"`
	Levels       []tutor.Level        `json:"levels"`
	Value        float64              `json:"value"`
	Grader       tutor.Grader         `json:"grader"`
	Confidence   float64              `json:"confidence"`
	Quotes       []tutor.Quote        `json:"quotes"`
	Overridden   bool                 `json:"overridden"`
	OverriddenBy string               `json:"overridden_by,omitempty"`
	Reason       tutor.OverrideReason `json:"reason,omitempty"`
	Note         string               `json:"note,omitempty"`
	Agreement    string               `json:"agreement,omitempty"`
}

type sessionJSON struct {
	ID            string              `json:"id"`
	LearnerID     string              `json:"learner_id"`
	LearnerName   string              `json:"learner_name,omitempty"`
	ActivityID    string              `json:"activity_id"`
	ActivityTitle string              `json:"activity_title"`
	CourseID      string              `json:"course_id"`
	Epoch         string              `json:"epoch"`
	Seq           int64               `json:"seq"`
	Status        tutor.SessionStatus `json:"status"`
	Why           string              `json:"why,omitempty"`
	StartedAt     time.Time           `json:"started_at"`
	UpdatedAt     time.Time           `json:"updated_at"`
	Turns         []turnJSON          `json:"turns,omitempty"`
}

type skillJSON struct {
	SkillID       string     `json:"skill_id"`
	Title         string     `json:"title"`
	Mastery       float64    `json:"mastery"`
	Low           float64    `json:"low"`
	High          float64    `json:"high"`
	Before        *float64   `json:"before,omitempty"`
	EvidenceCount int        `json:"evidence_count"`
	Enough        bool       `json:"enough"`
	Why           string     `json:"why,omitempty"`      // a code
	WhyText       string     `json:"why_text,omitempty"` // the same in the reader's language
	ReviewDue     *time.Time `json:"review_due,omitempty"`
	UpdatedAt     *time.Time `json:"updated_at,omitempty"`
}

func sessionWire(s tutor.Session) sessionJSON {
	return sessionJSON{
		ID: s.ID, LearnerID: s.LearnerID, LearnerName: s.LearnerName,
		ActivityID: s.ActivityID, ActivityTitle: s.ActivityTitle, CourseID: s.CourseID,
		Epoch: s.Epoch, Seq: s.Seq, Status: s.Status, Why: s.Why,
		StartedAt: s.StartedAt, UpdatedAt: s.UpdatedAt,
	}
}

func scoreWire(s tutor.Score) scoreJSON {
	quotes := s.Quotes
	if quotes == nil {
		quotes = []tutor.Quote{}
	}
	return scoreJSON{
		ID: s.ID, Version: s.Version, Criterion: criterionJSON{s.Criterion.ID, s.Criterion.Title},
		Level: s.Level, Levels: s.Criterion.Levels, Value: s.Value, Grader: s.Grader,
		Confidence: s.Confidence, Quotes: quotes, Overridden: s.Overridden,
		OverriddenBy: s.OverriddenBy, Reason: s.Reason, Note: s.Note, Agreement: s.Agreement,
	}
}

// turnWire renders a turn for a viewer. While a session is open a student does
// not see what a turn was aimed at nor how it was scored: the titles of
// expectations that are still to be found would give them away.
func (s *Server) turnWire(t tutor.Turn, reveal bool, format string) turnJSON {
	out := turnJSON{
		Seq: t.Seq, ID: t.ID, Author: t.Author, Kind: t.Kind, Text: t.Text,
		Move: t.Move, HintLevel: t.HintLevel, Scores: []scoreJSON{}, Citations: t.Citations,
		Engine: t.Voice.Engine, At: t.At,
	}
	if out.Citations == nil {
		out.Citations = []tutor.Citation{}
	}
	if format != formatMarkdown {
		out.HTML = s.turnHTML(t)
	}
	if t.Kind == tutor.TurnDraft {
		out.Target = t.Target // which draft it is
	}
	if !reveal {
		return out
	}
	out.Contribution, out.Target, out.TargetTitle = t.Contribution, t.Target, t.TargetTitle
	for _, score := range t.Scores {
		out.Scores = append(out.Scores, scoreWire(score))
	}
	return out
}

// turnHTML renders a turn's text: the tutor writes Markdown, a person plain text.
func (s *Server) turnHTML(t tutor.Turn) string {
	if t.Author == tutor.AuthorTutor {
		return string(s.render.HTML(t.Text))
	}
	return string(s.render.Plain(t.Text))
}

func skillWire(title string, st tutor.SkillState) skillJSON {
	out := skillJSON{
		SkillID: st.SkillID, Title: title, Mastery: st.Mastery, Low: st.Low, High: st.High,
		EvidenceCount: st.Count, Enough: st.Enough(),
	}
	if !st.Due.IsZero() {
		out.ReviewDue = &st.Due
	}
	if !st.LastAt.IsZero() {
		out.UpdatedAt = &st.LastAt
	}
	return out
}

func changeWire(c tutor.SkillChange, say func(code string) string) skillJSON {
	out := skillWire(c.Title, c.After)
	before := c.Before
	out.Before, out.Why = &before, c.Why
	if c.Why != "" && say != nil {
		out.WhyText = say(c.Why)
	}
	return out
}
