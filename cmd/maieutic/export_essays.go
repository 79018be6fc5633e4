package main

import (
	"context"
	"time"

	"maieutic/tutor"
	"maieutic/tutor/postgres"
)

// exportedEssay is what is kept of an essay beside its turns. Scores of a draft
// are there from its publication on, like on the learner's pages.
type exportedEssay struct {
	Rubric exportedRubric  `json:"rubric"`
	Saved  *exportedSave   `json:"saved,omitempty"` // not handed in yet
	Drafts []exportedDraft `json:"drafts"`
}

type exportedRubric struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Title   string `json:"title"`
}

type exportedSave struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

type exportedDraft struct {
	ID          string               `json:"id"`
	Number      int                  `json:"number"`
	Text        string               `json:"text"`
	Words       int                  `json:"words"`
	Rubric      exportedRubric       `json:"rubric"`
	At          time.Time            `json:"at"`
	Stage       tutor.FeedbackStage  `json:"stage"`
	Feedback    *exportedFeedback    `json:"feedback,omitempty"`
	Scores      []exportedVersion    `json:"scores,omitempty"` // every version, oldest first
	Publication *exportedPublication `json:"publication,omitempty"`
	Appeals     []exportedAppeal     `json:"appeals,omitempty"`
}

type exportedFeedback struct {
	Language string                    `json:"language"`
	Refusal  tutor.Refusal             `json:"refusal,omitempty"`
	Overview string                    `json:"overview"`
	Complete bool                      `json:"complete,omitempty"`
	Graded   bool                      `json:"graded,omitempty"`
	Held     bool                      `json:"held,omitempty"`
	Flags    []tutor.Flag              `json:"flags,omitempty"`
	Criteria []tutor.CriterionFeedback `json:"criteria"`
	Outcomes []tutor.PointOutcome      `json:"outcomes,omitempty"`
	Engine   string                    `json:"engine,omitempty"`
	Model    string                    `json:"model,omitempty"`
	Prompt   string                    `json:"prompt_version,omitempty"`
	At       time.Time                 `json:"at"`
}

// exportedVersion is one version of a score.
type exportedVersion struct {
	exportedScore
	By string    `json:"by,omitempty"` // who gave it or took an override back
	At time.Time `json:"at"`
}

type exportedPublication struct {
	By string    `json:"by,omitempty"` // "" by the policy of a class
	At time.Time `json:"at"`
}

type exportedAppeal struct {
	ID          string             `json:"id"`
	ScoreID     string             `json:"score_id"`
	CriterionID string             `json:"criterion_id"`
	Status      tutor.AppealStatus `json:"status"`
	Steps       []exportedStep     `json:"steps"`
}

type exportedStep struct {
	By     string             `json:"by"`
	Status tutor.AppealStatus `json:"status"`
	Text   string             `json:"text"`
	At     time.Time          `json:"at"`
}

// exportEssay reads what is kept of an essay, nil for a session of another kind.
func exportEssay(ctx context.Context, store *postgres.Store, learner tutor.Account, s tutor.Session) (*exportedEssay, error) {
	if s.Kind != tutor.ActivityEssay {
		return nil, nil
	}
	essay, err := store.Essay(ctx, learner, s.ID)
	if err != nil {
		return nil, err
	}
	out := &exportedEssay{Rubric: rubricLine(essay.Rubric), Drafts: []exportedDraft{}}
	if essay.Saved != nil {
		out.Saved = &exportedSave{essay.Saved.Text, essay.Saved.At}
	}
	for _, d := range essay.Drafts {
		one, err := exportDraft(ctx, store, learner, d)
		if err != nil {
			return nil, err
		}
		out.Drafts = append(out.Drafts, one)
	}
	return out, nil
}

func rubricLine(r tutor.Rubric) exportedRubric { return exportedRubric{r.ID, r.Version, r.Title} }

func exportDraft(ctx context.Context, store *postgres.Store, learner tutor.Account, d tutor.EssayDraft) (exportedDraft, error) {
	out := exportedDraft{ID: d.Draft.ID, Number: d.Draft.Number, Text: d.Draft.Text, Words: d.Draft.Words,
		Rubric: rubricLine(d.Rubric), At: d.Draft.At, Stage: d.Progress.Stage}
	if f := d.Feedback; f != nil {
		out.Feedback = &exportedFeedback{Language: f.Language, Refusal: f.Refusal, Overview: f.Overview, Complete: f.Complete, Graded: f.Graded,
			Held: f.Held, Flags: f.Flags, Criteria: f.Criteria, Outcomes: f.Outcomes, Engine: f.Voice.Engine, Model: f.Voice.Model,
			Prompt: f.Voice.PromptVersion, At: f.Created}
	}
	for _, a := range d.Appeals {
		one := exportedAppeal{ID: a.ID, ScoreID: a.ScoreID, CriterionID: a.CriterionID, Status: a.Status}
		for _, step := range a.Steps {
			one.Steps = append(one.Steps, exportedStep{step.By, step.Status, step.Text, step.At})
		}
		out.Appeals = append(out.Appeals, one)
	}
	if d.Published == nil {
		return out, nil
	}
	out.Publication = &exportedPublication{d.Published.By, d.Published.At}
	history, err := store.ScoreHistory(ctx, learner, d.Draft.ID)
	if err != nil && tutor.ErrorCode(err) != tutor.CodeNotFound { // published without scores
		return out, err
	}
	for _, v := range history {
		out.Scores = append(out.Scores, exportedVersion{exportScore(v.Score), v.By, v.At})
	}
	return out, nil
}
