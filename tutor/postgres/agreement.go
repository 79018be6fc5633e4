package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// maxPairs bounds how many pairs a reading returns: the newest.
const maxPairs = 20_000

// ratedPairs pairs the machine's last word on each criterion with the person's:
// the teacher's version, a score that a person published as it was, or a marking
// by somebody who had not seen it.
const ratedPairs = `
	with machine as (
		select distinct on (c.id) c.id, c.turn_id, c.criterion, c.value, c.rubric_version
		from scores c join drafts d on d.school_id = c.school_id and d.id = c.turn_id
		where c.school_id = @school and c.grader <> 'teacher'
		  and d.learner_id in (select learner_id from visible_learners(@school, @viewer))
		order by c.id, c.version desc),
	judged as (
		select m.*, n.value as person, n.overrides as overridden, false as blind
		from machine m
		join current_scores n on n.school_id = @school and n.id = m.id
		left join publications p on p.school_id = @school and p.draft_id = m.turn_id
		where n.grader = 'teacher' or p.by is not null
		union all
		select m.*, k.value, false, true
		from machine m
		join marking_samples s on s.school_id = @school and s.draft_id = m.turn_id
		join markings k on k.school_id = s.school_id and k.sample_id = s.id and k.criterion_id = m.criterion->>'ID')
	select d.activity_id, v.title, j.criterion->>'ID', j.criterion->>'Title', r.structure,
	       array(select (l->>'points')::double precision from jsonb_array_elements(j.criterion->'Levels') l),
	       d.id::text, j.value, j.person, j.overridden, j.blind
	from judged j
	join drafts d on d.school_id = @school and d.id = j.turn_id
	join activities a on a.school_id = d.school_id and a.id = d.activity_id
	join activity_versions v on v.school_id = a.school_id and v.activity_id = a.id and v.version = a.version
	join rubric_versions r on r.school_id = d.school_id and r.rubric_id = d.rubric_id and r.version = j.rubric_version
	order by d.activity_id, j.criterion->>'ID', d.at desc limit @limit`

// RatedPairs returns the scores of machine and person, side by side, of the
// learners the viewer teaches. Only teachers and administrators may see them.
func (s *Store) RatedPairs(ctx context.Context, viewer tutor.Account) ([]tutor.RatedPair, error) {
	sc, err := staffScope(viewer)
	if err != nil {
		return nil, err
	}
	pairs, err := all(ctx, s, sc, ratedPairs, pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "limit": maxPairs}, pgx.RowToStructByPos[tutor.RatedPair])
	for i := range pairs {
		pairs[i].Levels = valuesOf(pairs[i].Levels)
	}
	return pairs, wrap(err, "read the scores of machine and people")
}

// valuesOf are points as values 0..1.
func valuesOf(points []float64) []float64 {
	if len(points) < 2 || points[len(points)-1] <= points[0] {
		return points
	}
	low, high := points[0], points[len(points)-1]
	for i := range points {
		points[i] = (points[i] - low) / (high - low)
	}
	return points
}

// staffScope is the scope of a viewer who teaches or administers.
func staffScope(viewer tutor.Account) (scope, error) {
	if viewer.Role != tutor.RoleTeacher && viewer.Role != tutor.RoleAdmin {
		return "", tutor.Errorf(tutor.CodeForbidden, "only teachers see how machine and people agree")
	}
	return schoolScope(viewer.SchoolID)
}

// Corrections returns the corrections in use in the school.
func (s *Store) Corrections(ctx context.Context, viewer tutor.Account) ([]tutor.Correction, error) {
	sc, err := staffScope(viewer)
	if err != nil {
		return nil, err
	}
	held, err := all(ctx, s, sc, `select `+correctionColumns+`
		from corrections k join accounts a on a.school_id = k.school_id and a.id = k.by
		where k.school_id = @school and k.withdrawn_at is null order by k.at limit 1000`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID}, pgx.RowToStructByPos[tutor.Correction])
	return held, wrap(err, "read the corrections")
}

// AcceptCorrection puts a correction into use: later drafts of the task are read
// with it. One that holds already is a CodeConflict.
func (s *Store) AcceptCorrection(ctx context.Context, viewer tutor.Account, c tutor.Correction) error {
	sc, err := staffScope(viewer)
	if err != nil {
		return err
	}
	if !(c.Slope > -10 && c.Slope < 10 && c.Shift > -2 && c.Shift < 2) || c.Overrides < tutor.OfferAfter {
		return tutor.Errorf(tutor.CodeInvalid, "there is no such correction to accept")
	}
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		id := newUUID()
		if _, err := tx.Exec(ctx, `
			insert into corrections (school_id, id, activity_id, criterion_id, structure, slope, shift, overrides, before, after, by)
			values (@school, @id, @activity, @criterion, @structure, @slope, @shift, @overrides, @before, @after, @by)`,
			pgx.StrictNamedArgs{"school": viewer.SchoolID, "id": id, "activity": c.ActivityID, "criterion": c.CriterionID, "structure": c.Structure,
				"slope": c.Slope, "shift": c.Shift, "overrides": c.Overrides, "before": c.Before, "after": c.After, "by": viewer.ID}); err != nil {
			return err
		}
		return audit(ctx, tx, viewer, "correction.accept", id, map[string]string{"activity": c.ActivityID, "criterion": c.CriterionID})
	})
	if sqlState(err) == stateUniqueViolation {
		return tutor.Errorf(tutor.CodeConflict, "a correction of this criterion is in use already")
	}
	return wrap(err, "accept a correction")
}

// WithdrawCorrection takes a correction out of use. What was scored with it stays.
func (s *Store) WithdrawCorrection(ctx context.Context, viewer tutor.Account, id string) error {
	sc, err := staffScope(viewer)
	if err != nil {
		return err
	}
	if !isUUID(id) {
		return notFound("correction")
	}
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update corrections set withdrawn_by = @by, withdrawn_at = clock_timestamp()
			where school_id = @school and id = @id and withdrawn_at is null`, pgx.StrictNamedArgs{"school": viewer.SchoolID, "id": id, "by": viewer.ID})
		if err == nil && tag.RowsAffected() == 0 {
			err = notFound("correction")
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, viewer, "correction.withdraw", id, nil)
	})
	return wrap(err, "withdraw a correction")
}
