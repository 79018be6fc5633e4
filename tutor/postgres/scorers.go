package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// ScorerTarget returns what a scorer of an essay task is for: the structure of the
// rubric in use, and the criterion, which must be one of it; "" is the whole essay.
func (s *Store) ScorerTarget(ctx context.Context, schoolID, activityID, criterionID string) (tutor.EssayScorer, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return tutor.EssayScorer{}, err
	}
	a, err := s.Activity(ctx, schoolID, activityID, "")
	if err != nil {
		return tutor.EssayScorer{}, err
	}
	if a.Essay == nil {
		return tutor.EssayScorer{}, tutor.Errorf(tutor.CodeInvalid, "%s is no essay", activityID)
	}
	r, err := one(ctx, s, sc, `select `+rubricColumns+` from rubrics c
		join rubric_versions r on r.school_id = c.school_id and r.rubric_id = c.id and r.version = c.version
		where c.school_id = @school and c.id = @rubric`, pgx.StrictNamedArgs{"school": schoolID, "rubric": a.Essay.RubricID}, scanRubric)
	if err != nil {
		return tutor.EssayScorer{}, missing(err, "rubric", "read a rubric")
	}
	if _, ok := r.Criterion(criterionID); !ok && criterionID != "" {
		return tutor.EssayScorer{}, tutor.Errorf(tutor.CodeInvalid, "the rubric %s has no criterion %q", r.ID, criterionID)
	}
	return tutor.EssayScorer{ActivityID: activityID, CriterionID: criterionID, Structure: r.Structure}, nil
}

// ScoredDraft is a draft with the value, 0..1, that a teacher gave.
type ScoredDraft struct {
	Text  string
	Value float64
}

// ScoredDrafts returns the drafts of a task that teachers have scored by a
// criterion of a rubric of the structure; with criterion "" those of which they
// have scored every criterion, with the mean.
func (s *Store) ScoredDrafts(ctx context.Context, schoolID, activityID, criterionID, structure string) ([]ScoredDraft, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return nil, err
	}
	scored, err := all(ctx, s, sc, `
		select d.text, avg(c.value)
		from drafts d
		join current_scores c on c.school_id = d.school_id and c.turn_id = d.id
		join rubric_versions r on r.school_id = c.school_id and r.rubric_id = d.rubric_id and r.version = c.rubric_version
		where d.school_id = @school and d.activity_id = @activity and r.structure = @structure and (@criterion = '' or c.criterion->>'ID' = @criterion)
		group by d.id, d.text, d.at having bool_and(c.grader = 'teacher')
		order by d.at, d.id`,
		pgx.StrictNamedArgs{"school": schoolID, "activity": activityID, "criterion": criterionID, "structure": structure}, pgx.RowToStructByPos[ScoredDraft])
	return scored, wrap(err, "read the scored drafts")
}

// SaveScorer keeps a fitted scorer, which is in use from then on.
func (s *Store) SaveScorer(ctx context.Context, schoolID string, scorer tutor.EssayScorer) error {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, sc, `
		insert into essay_scorers (school_id, id, activity_id, criterion_id, structure, model, essays, qwk, low, high)
		values (@school, @id, @activity, @criterion, @structure, @model, @essays, @qwk, @low, @high)`,
		pgx.StrictNamedArgs{"school": schoolID, "id": newUUID(), "activity": scorer.ActivityID, "criterion": scorer.CriterionID,
			"structure": scorer.Structure, "model": scorer.Model, "essays": scorer.Essays, "qwk": scorer.QWK, "low": scorer.Low, "high": scorer.High})
	return wrap(err, "keep a scorer")
}
