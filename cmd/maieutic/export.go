package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"time"

	"maieutic/tutor"
	"maieutic/tutor/postgres"
)

func exportCommand() *command {
	return &command{
		name: "export", args: "EMAIL", settings: []string{"data"},
		summary: "Print everything kept of a learner, or of one session, as JSON.",
		prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
			session := flags.String("session", "", "`id` of the one session to export")
			return func(ctx context.Context, c *call) error {
				return withRecord(ctx, c, func(r *record) error {
					return export(ctx, r.store, c.args[0], *session, c.env.Stdout)
				})
			}
		},
	}
}

// exported is the record of a learner. It is what a school hands out when a
// learner asks what is kept of them.
type exported struct {
	Format   string            `json:"format"`
	At       time.Time         `json:"exported_at"`
	Learner  exportedLearner   `json:"learner"`
	Sessions []exportedSession `json:"sessions"`
	Skills   []exportedSkill   `json:"skills,omitempty"`
}

type exportedLearner struct {
	ID       string     `json:"id"`
	SchoolID string     `json:"school_id"`
	Email    string     `json:"email"`
	Name     string     `json:"name"`
	Role     tutor.Role `json:"role"`
	Language string     `json:"language"`
}

type exportedSession struct {
	ID              string              `json:"id"`
	ActivityID      string              `json:"activity_id"`
	ActivityVersion string              `json:"activity_version"`
	ActivityTitle   string              `json:"activity_title"`
	CourseID        string              `json:"course_id"`
	Language        string              `json:"language"`
	Status          tutor.SessionStatus `json:"status"`
	Why             string              `json:"why,omitempty"`
	StartedAt       time.Time           `json:"started_at"`
	UpdatedAt       time.Time           `json:"updated_at"`
	Turns           []exportedTurn      `json:"turns"`
	Essay           *exportedEssay      `json:"essay,omitempty"`
}

type exportedTurn struct {
	Seq          int64            `json:"seq"`
	ID           string           `json:"id"`
	Author       tutor.Author     `json:"author"`
	Kind         tutor.TurnKind   `json:"kind"`
	Text         string           `json:"text"`
	Contribution string           `json:"contribution,omitempty"`
	Move         string           `json:"move,omitempty"`
	Target       string           `json:"target,omitempty"`
	TargetTitle  string           `json:"target_title,omitempty"`
	Reason       string           `json:"reason,omitempty"`
	HintLevel    int              `json:"hint_level,omitempty"`
	Scores       []exportedScore  `json:"scores,omitempty"`
	Citations    []tutor.Citation `json:"citations,omitempty"`
	Engine       string           `json:"engine,omitempty"`
	Model        string           `json:"model,omitempty"`
	Prompt       string           `json:"prompt_version,omitempty"`
	At           time.Time        `json:"at"`
}

type exportedScore struct {
	ID           string               `json:"id"`
	Version      int                  `json:"version"`
	CriterionID  string               `json:"criterion_id"`
	Criterion    string               `json:"criterion"`
	Level        tutor.Level          `json:"level"`
	Value        float64              `json:"value"`
	Grader       tutor.Grader         `json:"grader"`
	Confidence   float64              `json:"confidence"`
	Quotes       []tutor.Quote        `json:"quotes,omitempty"`
	OverriddenBy string               `json:"overridden_by,omitempty"`
	Reason       tutor.OverrideReason `json:"reason,omitempty"`
	Note         string               `json:"note,omitempty"`
}

type exportedSkill struct {
	SkillID  string             `json:"skill_id"`
	Title    string             `json:"title"`
	Mastery  float64            `json:"mastery"`
	Low      float64            `json:"low"`
	High     float64            `json:"high"`
	Params   string             `json:"params_version"`
	Evidence []exportedEvidence `json:"evidence"`
}

type exportedEvidence struct {
	Seq       int64        `json:"seq"`
	ScoreID   string       `json:"score_id"`
	SessionID string       `json:"session_id"`
	ItemID    string       `json:"item_id"`
	Y         float64      `json:"y"`
	Hints     int          `json:"hints"`
	Grader    tutor.Grader `json:"grader"`
	Before    float64      `json:"before"`
	After     float64      `json:"after"`
	At        time.Time    `json:"at"`
}

// export writes the record of the learner with this address to w.
func export(ctx context.Context, store *postgres.Store, email, session string, w io.Writer) error {
	learner, _, err := store.AccountByEmail(ctx, email)
	if err != nil {
		return err
	}
	out := exported{
		Format: "maieutic-export-1", At: time.Now().UTC(), Sessions: []exportedSession{},
		Learner: exportedLearner{learner.ID, learner.SchoolID, learner.Email, learner.Name, learner.Role, learner.Language},
	}
	// The learner is the viewer: what they may see is what is exported.
	sessions, err := sessionsOf(ctx, store, learner, session)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		one, err := exportSession(ctx, store, learner, s)
		if err != nil {
			return err
		}
		out.Sessions = append(out.Sessions, one)
	}
	if session == "" {
		if out.Skills, err = exportSkills(ctx, store, learner); err != nil {
			return err
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

// sessionsOf returns one session of a learner, or all, newest first.
func sessionsOf(ctx context.Context, store *postgres.Store, learner tutor.Account, only string) ([]tutor.Session, error) {
	if only != "" {
		s, err := store.Session(ctx, learner, only)
		if err == nil && s.LearnerID != learner.ID {
			err = tutor.Errorf(tutor.CodeNotFound, "this session is another learner's")
		}
		return []tutor.Session{s}, err
	}
	const page = 100
	var all []tutor.Session
	filter := tutor.SessionFilter{LearnerID: learner.ID, Limit: page}
	for {
		sessions, err := store.Sessions(ctx, learner, filter)
		if err != nil {
			return nil, err
		}
		all = append(all, sessions...)
		if len(sessions) < page {
			return all, nil
		}
		last := sessions[len(sessions)-1]
		filter.Before, filter.BeforeID = last.UpdatedAt, last.ID
	}
}

func exportSession(ctx context.Context, store *postgres.Store, learner tutor.Account, s tutor.Session) (exportedSession, error) {
	out := exportedSession{
		ID: s.ID, ActivityID: s.ActivityID, ActivityVersion: s.ActivityVersion, ActivityTitle: s.ActivityTitle,
		CourseID: s.CourseID, Language: s.Language, Status: s.Status, Why: s.Why,
		StartedAt: s.StartedAt, UpdatedAt: s.UpdatedAt, Turns: []exportedTurn{},
	}
	turns, err := turnsOf(ctx, store, learner, s.ID)
	for _, t := range turns {
		out.Turns = append(out.Turns, exportTurn(t))
	}
	if err != nil {
		return out, err
	}
	out.Essay, err = exportEssay(ctx, store, learner, s)
	return out, err
}

// turnsOf returns every turn of a session, however many there are.
func turnsOf(ctx context.Context, store *postgres.Store, viewer tutor.Account, session string) ([]tutor.Turn, error) {
	var all []tutor.Turn
	after := int64(0)
	for {
		turns, err := store.Turns(ctx, viewer, session, after)
		if err != nil || len(turns) == 0 {
			return all, err
		}
		all = append(all, turns...)
		after = turns[len(turns)-1].Seq
	}
}

func exportTurn(t tutor.Turn) exportedTurn {
	out := exportedTurn{
		Seq: t.Seq, ID: t.ID, Author: t.Author, Kind: t.Kind, Text: t.Text, Contribution: t.Contribution,
		Move: t.Move, Target: t.Target, TargetTitle: t.TargetTitle, Reason: t.Reason, HintLevel: t.HintLevel,
		Citations: t.Citations, Engine: t.Voice.Engine, Model: t.Voice.Model, Prompt: t.Voice.PromptVersion, At: t.At,
	}
	for _, s := range t.Scores {
		out.Scores = append(out.Scores, exportScore(s))
	}
	return out
}

func exportScore(s tutor.Score) exportedScore {
	return exportedScore{
		ID: s.ID, Version: s.Version, CriterionID: s.Criterion.ID, Criterion: s.Criterion.Title, Level: s.Level,
		Value: s.Value, Grader: s.Grader, Confidence: s.Confidence, Quotes: s.Quotes,
		OverriddenBy: s.OverriddenBy, Reason: s.Reason, Note: s.Note,
	}
}

func exportSkills(ctx context.Context, store *postgres.Store, learner tutor.Account) ([]exportedSkill, error) {
	skills, err := store.Skills(ctx, learner, learner.ID)
	if err != nil {
		return nil, err
	}
	var out []exportedSkill
	for _, k := range skills {
		if k.State.Count == 0 {
			continue
		}
		one := exportedSkill{
			SkillID: k.Skill.ID, Title: k.Skill.Title, Mastery: k.State.Mastery, Low: k.State.Low, High: k.State.High,
			Params: k.State.ParamsVersion, Evidence: []exportedEvidence{},
		}
		trail, err := store.Trail(ctx, learner, learner.ID, k.Skill.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range trail {
			one.Evidence = append(one.Evidence, exportedEvidence{
				Seq: e.Evidence.Seq, ScoreID: e.Evidence.ScoreID, SessionID: e.Evidence.SessionID, ItemID: e.Evidence.ItemID,
				Y: e.Evidence.Y, Hints: e.Evidence.Hints, Grader: e.Evidence.Grader, Before: e.Before, After: e.After, At: e.Evidence.At,
			})
		}
		out = append(out, one)
	}
	return out, nil
}
