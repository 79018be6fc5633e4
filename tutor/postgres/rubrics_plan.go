package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// rescored is a draft with what becomes of it under another version of its
// rubric.
type rescored struct {
	affected tutor.AffectedDraft
	visible  bool // to whoever asks
	learner  string
	read     bool     // has feedback
	refused  bool     // was not scored as an essay
	criteria []string // that its feedback speaks of

	before, after []tutor.Score
	outcomes      []tutor.RescoreOutcome
}

const draftsOfRubric = `
	select d.id::text, d.session_id::text, d.learner_id::text, d.number, a.name, coalesce(v.content->>'Title', ''),
	       d.learner_id in (select learner_id from visible_learners(@school, @viewer)),
	       f.id is not null, coalesce(f.refusal, '') <> '',
	       array(select e->>'criterion_id' from jsonb_array_elements(case jsonb_typeof(f.content->'Criteria') when 'array' then f.content->'Criteria' else '[]' end) e)
	from drafts d
	join accounts a on a.school_id = d.school_id and a.id = d.learner_id
	join sessions s on s.school_id = d.school_id and s.id = d.session_id
	left join activity_versions v on v.school_id = s.school_id and v.activity_id = s.activity_id and v.version = s.activity_version
	left join lateral (
		select x.id, x.refusal, x.content from feedback x
		where x.school_id = d.school_id and x.draft_id = d.id order by x.at desc limit 1) f on true
	where d.school_id = @school and d.rubric_id = @rubric
	order by a.name, d.learner_id, d.at, d.id`

func scanRescored(row pgx.CollectableRow) (rescored, error) {
	var d rescored
	err := row.Scan(&d.affected.DraftID, &d.affected.SessionID, &d.learner, &d.affected.Number, &d.affected.Learner, &d.affected.Title,
		&d.visible, &d.read, &d.refused, &d.criteria)
	return d, err
}

const scoresOfRubric = `select ` + scoreColumns + scoreFrom + `
	join drafts d on d.school_id = c.school_id and d.id = c.turn_id
	where c.school_id = @school and d.rubric_id = @rubric
	order by c.turn_id, c.position`

// planRubric works out what becomes of every draft of a rubric.
func planRubric(ctx context.Context, tx pgx.Tx, viewer tutor.Account, after tutor.Rubric) ([]rescored, error) {
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "rubric": after.ID}
	var drafts []rescored
	var scores []tutor.Score
	b := &pgx.Batch{}
	collect(b.Queue(draftsOfRubric, with(args, pgx.StrictNamedArgs{"viewer": viewer.ID})), &drafts, scanRescored)
	collect(b.Queue(scoresOfRubric, args), &scores, scanScore)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return nil, err
	}
	byDraft := map[string][]tutor.Score{}
	for _, s := range scores {
		byDraft[s.TurnID] = append(byDraft[s.TurnID], s)
	}
	for i := range drafts {
		drafts[i].plan(after, byDraft[drafts[i].affected.DraftID])
	}
	return drafts, nil
}

// weight orders the outcomes of scores by what they mean for their draft.
var weight = map[tutor.RescoreOutcome]int{tutor.RescoreUnchanged: 1, tutor.RescoreKept: 1, tutor.RescoreDropped: 2,
	tutor.RescoreRecomputed: 3, tutor.RescoreReread: 4}

func (d *rescored) plan(after tutor.Rubric, scores []tutor.Score) {
	d.before, d.affected.Outcome = scores, tutor.RescoreUnchanged
	known := d.criteria
	for _, s := range scores {
		now, outcome := tutor.Rescore(after, s)
		d.after, d.outcomes = append(d.after, now), append(d.outcomes, outcome)
		known = append(known, s.Criterion.ID)
		if outcome == tutor.RescoreKept {
			d.affected.Kept++
		} else if weight[outcome] > weight[d.affected.Outcome] {
			d.affected.Outcome = outcome
		}
	}
	for _, c := range after.Criteria {
		if d.read && !d.refused && !slices.Contains(known, c.ID) {
			d.affected.Outcome = tutor.RescoreReread
		}
	}
}

// sumUp counts what becomes of drafts.
func sumUp(change tutor.RubricChange, drafts []rescored) tutor.RubricDryRun {
	run := tutor.RubricDryRun{Change: change, Drafts: map[tutor.RescoreOutcome]int{}, Scores: map[tutor.RescoreOutcome]int{}}
	learners := map[string]bool{}
	for _, d := range drafts {
		if !d.read {
			run.Waiting++
			continue
		}
		run.Drafts[d.affected.Outcome]++
		for _, outcome := range d.outcomes {
			run.Scores[outcome]++
		}
		changes := d.affected.Outcome != tutor.RescoreUnchanged
		if changes {
			learners[d.learner] = true
		}
		if (changes || d.affected.Kept > 0) && d.visible && len(run.Affected) < tutor.MaxAffected {
			run.Affected = append(run.Affected, d.affected)
		}
	}
	run.Learners = len(learners)
	return run
}

// DryRunRubric says what a change of a rubric would do, and does nothing. Only
// who may make the change may ask.
func (s *Store) DryRunRubric(ctx context.Context, viewer tutor.Account, id string, after tutor.Rubric) (tutor.RubricDryRun, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.RubricDryRun{}, err
	}
	var run tutor.RubricDryRun
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		before, err := currentRubric(ctx, tx, viewer, id, false)
		if err != nil {
			return err
		}
		after.ID, after.CourseID = before.ID, before.CourseID
		if err := checkRubric(ctx, tx, viewer.SchoolID, before, after); err != nil {
			return err
		}
		drafts, err := planRubric(ctx, tx, viewer, after.Hashed())
		run = sumUp(tutor.CompareRubrics(before, after), drafts)
		return err
	})
	return run, wrap(err, "try a change of a rubric")
}

// currentRubric reads the current version of a rubric that the viewer may change.
// With lock nobody else changes it until the transaction ends.
func currentRubric(ctx context.Context, tx pgx.Tx, viewer tutor.Account, id string, lock bool) (tutor.Rubric, error) {
	if checkText("", id) != nil {
		return tutor.Rubric{}, notFound("rubric")
	}
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "rubric": id}
	if lock {
		// By itself, before the version is read: a statement that waits for the lock
		// would join the new row with the versions there were before it waited.
		if _, err := tx.Exec(ctx, `select from rubrics where school_id = @school and id = @rubric for update`, args); err != nil {
			return tutor.Rubric{}, err
		}
	}
	rows, err := tx.Query(ctx, `select `+rubricColumns+` from rubrics c
		join rubric_versions r on r.school_id = c.school_id and r.rubric_id = c.id and r.version = c.version
		where c.school_id = @school and c.id = @rubric`, args)
	if err != nil {
		return tutor.Rubric{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRubric)
	if err != nil {
		return r, missing(err, "rubric", "read a rubric")
	}
	return r, editor(ctx, tx, viewer, r.CourseID)
}
