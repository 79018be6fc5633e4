package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// ApplyRubric makes after the current version of a rubric and brings the drafts
// along, in one transaction: scores that a rule gives get a further version and
// the learners' skills are folded again with them, feedback is carried over to the
// new version, and drafts that no rule covers are handed to the coach again. A
// score that a person gave is never touched, and what was published stays so.
// Base is the version that the change was made from; it is a CodeConflict when
// that is not the current one any more. A change of words alone leaves all drafts
// as they are.
func (s *Store) ApplyRubric(ctx context.Context, viewer tutor.Account, id string, after tutor.Rubric, base string) (tutor.RubricDryRun, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.RubricDryRun{}, err
	}
	var run tutor.RubricDryRun
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		before, err := currentRubric(ctx, tx, viewer, id, true)
		if err != nil {
			return err
		}
		if before.Version != base {
			return tutor.Errorf(tutor.CodeConflict, "somebody has changed this rubric meanwhile; look at it again")
		}
		after.ID, after.CourseID = before.ID, before.CourseID
		if err := checkRubric(ctx, tx, viewer.SchoolID, before, after); err != nil {
			return err
		}
		change := tutor.CompareRubrics(before, after)
		if after = after.Hashed(); after.Version == before.Version {
			run = sumUp(change, nil)
			return nil
		}
		a := &applying{Store: s, tx: tx, viewer: viewer, change: change}
		if a.after, err = unseen(ctx, tx, viewer.SchoolID, after); err != nil {
			return err
		}
		if err := a.run(ctx, before); err != nil {
			return err
		}
		run = sumUp(change, a.drafts)
		return nil
	})
	return run, wrap(err, "change a rubric")
}

// revisionKey is where Foreign tells versions apart that say the same.
const revisionKey = "revision"

// unseen gives a rubric that goes back to what an earlier version said a version
// of its own: feedback is written once for each draft and version, and the newest
// counts.
func unseen(ctx context.Context, tx pgx.Tx, school string, r tutor.Rubric) (tutor.Rubric, error) {
	var versions int
	var seen bool
	err := tx.QueryRow(ctx, `select count(*), coalesce(bool_or(version = @version), false) from rubric_versions where school_id = @school and rubric_id = @rubric`,
		pgx.StrictNamedArgs{"school": school, "rubric": r.ID, "version": r.Version}).Scan(&versions, &seen)
	if err != nil || !seen {
		return r, err
	}
	foreign := map[string]json.RawMessage{revisionKey: json.RawMessage(strconv.Itoa(versions + 1))}
	for k, v := range r.Foreign {
		if k != revisionKey {
			foreign[k] = v
		}
	}
	r.Foreign = foreign
	return r.Hashed(), nil
}

// applying is one change of a rubric on its way into the record.
type applying struct {
	*Store
	tx     pgx.Tx
	viewer tutor.Account
	change tutor.RubricChange
	after  tutor.Rubric
	drafts []rescored
}

func (a *applying) args() pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{"school": a.viewer.SchoolID, "rubric": a.after.ID, "version": a.after.Version}
}

func (a *applying) run(ctx context.Context, before tutor.Rubric) error {
	// Nobody overrides or finishes feedback of these learners from here on. The
	// order is the same for everybody who locks several.
	_, err := a.tx.Exec(ctx, `
		select lock_learner(@school, x.learner_id) from (
			select distinct learner_id from drafts where school_id = @school and rubric_id = @rubric order by 1) x`,
		pgx.StrictNamedArgs{"school": a.viewer.SchoolID, "rubric": a.after.ID})
	if err != nil {
		return err
	}
	if err := insertRubricVersion(ctx, a.tx, a.viewer, a.after); err != nil {
		return err
	}
	if _, err := a.tx.Exec(ctx, `update rubrics set version = @version where school_id = @school and id = @rubric`, a.args()); err != nil {
		return err
	}
	if a.drafts, err = planRubric(ctx, a.tx, a.viewer, a.after); err != nil {
		return err
	}
	if before.Structure != a.after.Structure {
		for _, step := range []func(context.Context) error{a.scores, a.carry, a.reread, a.refold} {
			if err := step(ctx); err != nil {
				return err
			}
		}
	}
	return a.audit(ctx, before)
}

const rescoreByRule = `
	insert into scores (school_id, id, version, session_id, learner_id, turn_id, position, criterion, level, value,
	                    grader, confidence, quotes, rubric_version, agreement, prompt_version, by, reason)
	select c.school_id, c.id, c.version + 1, c.session_id, c.learner_id, c.turn_id, c.position, r.criterion, c.level, r.value,
	       c.grader, c.confidence, c.quotes, @version, c.agreement, c.prompt_version, @viewer, 'rubric'
	from json_to_recordset(@rows) as r(id uuid, criterion jsonb, value double precision)
	join current_scores c on c.school_id = @school and c.id = r.id and c.grader <> 'teacher' and not c.overrides`

// byRule is a score as rescoreByRule reads it.
type byRule struct {
	ID        string          `json:"id"`
	Criterion tutor.Criterion `json:"criterion"`
	Value     float64         `json:"value"`
}

// scores appends a version to every machine's score that a rule gives: under the
// new scale, so that a teacher can choose its levels.
func (a *applying) scores(ctx context.Context) error {
	rows := []byRule{}
	for _, d := range a.drafts {
		for i, s := range d.after {
			if s.RubricVersion == a.after.Version && d.before[i].Grader != tutor.GraderTeacher {
				rows = append(rows, byRule{s.ID, s.Criterion, s.Value})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := a.tx.Exec(ctx, rescoreByRule, pgx.StrictNamedArgs{"school": a.viewer.SchoolID, "version": a.after.Version, "viewer": a.viewer.ID, "rows": rows})
	return err
}

// rescoreUndone brings a machine's score that holds again, because its override
// was taken back, to the version of the rubric that its draft has come to
// meanwhile, as far as a rule does.
func rescoreUndone(ctx context.Context, tx pgx.Tx, viewer tutor.Account, scoreID string) error {
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "score": scoreID}
	now, err := readScore(ctx, tx, args)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `select `+rubricColumns+` from feedback f
		join rubric_versions r on r.school_id = f.school_id and r.rubric_id = f.rubric_id and r.version = f.rubric_version
		where f.school_id = @school and f.draft_id = @draft order by f.at desc limit 1`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "draft": now.TurnID})
	if err != nil {
		return err
	}
	rubric, err := pgx.CollectExactlyOneRow(rows, scanRubric)
	if errors.Is(err, pgx.ErrNoRows) { // no draft
		return nil
	}
	if err != nil {
		return err
	}
	after, outcome := tutor.Rescore(rubric, now)
	if outcome != tutor.RescoreRecomputed {
		return nil
	}
	_, err = tx.Exec(ctx, rescoreByRule, pgx.StrictNamedArgs{"school": viewer.SchoolID, "version": rubric.Version, "viewer": viewer.ID,
		"rows": []byRule{{after.ID, after.Criterion, after.Value}}})
	return err
}

// of returns the drafts that a condition holds for.
func (a *applying) of(condition func(rescored) bool) []string {
	ids := []string{}
	for _, d := range a.drafts {
		if condition(d) {
			ids = append(ids, d.affected.DraftID)
		}
	}
	return ids
}

// carry writes the feedback of drafts that need no reading once more, for the new
// version: without the criteria that are gone.
func (a *applying) carry(ctx context.Context) error {
	drafts := a.of(func(d rescored) bool { return d.read && d.affected.Outcome != tutor.RescoreReread })
	ids := make([]string, len(a.after.Criteria))
	for i, c := range a.after.Criteria {
		ids[i] = c.ID
	}
	args := with(a.args(), pgx.StrictNamedArgs{"drafts": drafts, "criteria": ids})
	_, err := a.tx.Exec(ctx, `
		insert into feedback (school_id, id, draft_id, rubric_id, rubric_version, learner_id, refusal, held, content)
		select f.school_id, f.fresh, f.draft_id, f.rubric_id, @version, f.learner_id, f.refusal, f.held,
		       f.content || jsonb_build_object('ID', f.fresh, 'RubricVersion', @version::text, 'Criteria', case jsonb_typeof(f.content->'Criteria')
		           when 'array' then (select coalesce(jsonb_agg(e order by array_position(@criteria, e->>'criterion_id')), '[]')
		                              from jsonb_array_elements(f.content->'Criteria') e where e->>'criterion_id' = any (@criteria))
		           else 'null' end)
		from (select distinct on (x.draft_id) x.*, gen_random_uuid() as fresh from feedback x
		      where x.school_id = @school and x.rubric_id = @rubric and x.draft_id = any (@drafts::uuid[])
		      order by x.draft_id, x.at desc) f`, args)
	if err != nil {
		return err
	}
	return a.progress(ctx, tutor.StageReady, drafts)
}

func (a *applying) progress(ctx context.Context, stage tutor.FeedbackStage, drafts []string) error {
	_, err := a.tx.Exec(ctx, `
		insert into feedback_progress (school_id, draft_id, rubric_version, stage)
		select @school, x, @version, @stage from unnest(@drafts::uuid[]) x`,
		pgx.StrictNamedArgs{"school": a.viewer.SchoolID, "version": a.after.Version, "stage": string(stage), "drafts": drafts})
	return err
}

// reread hands drafts to the coach: those that no rule covers, and those that it
// has not read yet.
func (a *applying) reread(ctx context.Context) error {
	drafts := a.of(func(d rescored) bool { return !d.read || d.affected.Outcome == tutor.RescoreReread })
	if err := a.progress(ctx, tutor.StageQueued, drafts); err != nil {
		return err
	}
	for _, id := range drafts {
		job := tutor.FeedbackJob{SchoolID: a.viewer.SchoolID, DraftID: id, RubricVersion: a.after.Version}
		if err := a.enqueueFeedback(ctx, a.tx, job, 1); err != nil {
			return err
		}
	}
	return nil
}

// refold folds again what rests on scores that have another value now.
func (a *applying) refold(ctx context.Context) error {
	byLearner := map[string][]string{}
	var learners []string
	for _, d := range a.drafts {
		for i, outcome := range d.outcomes {
			if outcome != tutor.RescoreRecomputed {
				continue
			}
			if byLearner[d.learner] == nil {
				learners = append(learners, d.learner)
			}
			byLearner[d.learner] = append(byLearner[d.learner], d.before[i].ID)
		}
	}
	for _, learner := range learners {
		if err := a.refoldScores(ctx, a.tx, a.viewer.SchoolID, learner, byLearner[learner]); err != nil {
			return err
		}
	}
	return nil
}

// refoldScores folds the chains that rest on any of a learner's scores again and
// stores the states. Turns that have read the old ones are stale from then on.
func (s *Store) refoldScores(ctx context.Context, tx pgx.Tx, school, learner string, scores []string) error {
	person := pgx.StrictNamedArgs{"school": school, "learner": learner}
	rows, err := tx.Query(ctx, `
		select `+evidenceColumns+`
		from evidence e
		join current_scores c on c.school_id = e.school_id and c.id = e.score_id
		where e.school_id = @school and e.learner_id = @learner
		  and e.skill_id in (select x.skill_id from evidence x where x.school_id = @school and x.score_id = any (@scores::uuid[]))
		order by e.skill_id, e.seq`, with(person, pgx.StrictNamedArgs{"scores": scores}))
	if err != nil {
		return err
	}
	chains, err := pgx.CollectRows(rows, scanOverruled)
	if err != nil || len(chains) == 0 {
		return err
	}
	var states []tutor.SkillState
	for chain := range slices.Values(bySkill(chains)) {
		states = append(states, s.params.Fold(chain[0].SkillID, effective(chain)))
	}
	b := &pgx.Batch{}
	b.Queue(upsertStates, with(person, pgx.StrictNamedArgs{"rows": stateRows(states)}))
	b.Queue(`update accounts set overrides = overrides + 1 where school_id = @school and id = @learner`, person)
	return tx.SendBatch(ctx, b).Close()
}

// bySkill cuts evidence that is sorted by skill into chains.
func bySkill(evidence []overruled) [][]overruled {
	var chains [][]overruled
	for i, o := range evidence {
		if i == 0 || o.SkillID != evidence[i-1].SkillID {
			chains = append(chains, nil)
		}
		last := len(chains) - 1
		chains[last] = append(chains[last], o)
	}
	return chains
}

// audit says what was changed and, for each draft, what became of it.
func (a *applying) audit(ctx context.Context, before tutor.Rubric) error {
	err := audit(ctx, a.tx, a.viewer, "rubric.change", a.after.ID, map[string]string{
		"kind": string(a.change.Kind), "from": before.Version, "to": a.after.Version})
	if err != nil || before.Structure == a.after.Structure {
		return err
	}
	var drafts, outcomes []string
	for _, d := range a.drafts {
		if d.affected.Outcome != tutor.RescoreUnchanged {
			drafts, outcomes = append(drafts, d.affected.DraftID), append(outcomes, string(d.affected.Outcome))
		}
	}
	_, err = a.tx.Exec(ctx, `
		insert into audit_log (school_id, by, action, thing, detail)
		select @school, @viewer, 'draft.rescore', d.id, jsonb_build_object('outcome', d.outcome, 'rubric', @rubric::text, 'version', @version::text)
		from unnest(@drafts::text[], @outcomes::text[]) as d(id, outcome)`,
		with(a.args(), pgx.StrictNamedArgs{"viewer": a.viewer.ID, "drafts": drafts, "outcomes": outcomes}))
	return err
}
