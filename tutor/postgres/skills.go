package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

const learnerVisible = `select @learner::uuid in (select learner_id from visible_learners(@school, @viewer))`

const skillColumns = `
	k.id, k.course_id, k.title, k.description, k.position,
	array(select p.prerequisite_id from skill_prerequisites p
	      where p.school_id = k.school_id and p.skill_id = k.id order by 1 limit 1000)`

// learnerSkills reads the skills of a learner's courses in course order.
const learnerSkills = `
	select ` + skillColumns + `
	from skills k join courses c on c.school_id = k.school_id and c.id = k.course_id
	where k.school_id = @school and not k.retired
	  and c.id in (select course_id from visible_courses(@school, @learner))
	order by c.title, c.id, k.position, k.id limit @items`

// learnerStates reads every state of a learner: at most one for each skill.
const learnerStates = `
	select ` + stateColumns + ` from skill_states k
	where k.school_id = @school and k.learner_id = @learner
	order by k.skill_id limit @items`

// Skills returns a learner's state on every skill of their courses, in course
// order. A skill without evidence has the state the learner model begins with. To
// a student a score of a draft that is not published yet has moved nothing: from
// how far a state moves one reads the level.
func (s *Store) Skills(ctx context.Context, viewer tutor.Account, learnerID string) ([]tutor.LearnerSkill, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if !isUUID(learnerID) {
		return nil, notFound("learner")
	}
	learner := pgx.StrictNamedArgs{"school": viewer.SchoolID, "learner": learnerID}
	bounded := with(learner, pgx.StrictNamedArgs{"items": maxCourseItems})
	var visible bool
	var skills []tutor.Skill
	var states []tutor.SkillState
	b := newBatch(sc)
	collectOne(b.Queue(learnerVisible, with(learner, pgx.StrictNamedArgs{"viewer": viewer.ID})), &visible, pgx.RowTo[bool])
	collect(b.Queue(learnerSkills, bounded), &skills, scanSkill)
	collect(b.Queue(learnerStates, bounded), &states, scanState)
	var touched []string
	var shown []overruled
	if viewer.Role == tutor.RoleStudent {
		collect(b.Queue(withheldSkills, learner), &touched, pgx.RowTo[string])
		collect(b.Queue(shownChains, learner), &shown, scanOverruled)
	}
	if err := s.send(ctx, b); err != nil {
		return nil, wrap(err, "read a learner's skills")
	}
	if !visible {
		return nil, notFound("learner")
	}
	known := statesByID(states)
	for _, skill := range touched {
		known[skill] = s.params.NewState(skill)
	}
	for _, e := range effective(shown) {
		known[e.SkillID] = s.params.Update(known[e.SkillID], e)
	}
	return s.withStates(skills, known), nil
}

// withheldEvidence is a condition on evidence e: it rests on a score of a draft
// that is not published.
const withheldEvidence = `exists (
	select from scores o
	join turns t on t.school_id = o.school_id and t.id = o.turn_id
	where o.school_id = e.school_id and o.id = e.score_id and o.version = 1 and t.kind = 'draft'
	  and not exists (select from publications p where p.school_id = t.school_id and p.draft_id = t.id))`

// withheldSkills are the skills that a learner's unpublished drafts have moved.
const withheldSkills = `
	select distinct e.skill_id from evidence e
	where e.school_id = @school and e.learner_id = @learner and ` + withheldEvidence

// shownChains is the evidence on those skills that the learner may see.
const shownChains = `
	select ` + evidenceColumns + `
	from evidence e
	join current_scores c on c.school_id = e.school_id and c.id = e.score_id
	where e.school_id = @school and e.learner_id = @learner
	  and e.skill_id in (select x.skill_id from (` + withheldSkills + `) x) and not ` + withheldEvidence + `
	order by e.seq`

// withStates pairs skills with their states, the initial one where there is none.
func (s *Store) withStates(skills []tutor.Skill, states map[string]tutor.SkillState) []tutor.LearnerSkill {
	out := make([]tutor.LearnerSkill, len(skills))
	for i, k := range skills {
		state, ok := states[k.ID]
		if !ok {
			state = s.params.NewState(k.ID)
		}
		out[i] = tutor.LearnerSkill{Skill: k, State: state}
	}
	return out
}

const skillTrail = `
	select ` + evidenceColumns + `, v.activity_id, v.title, ` + scoreColumns + `
	from evidence e
	join current_scores c on c.school_id = e.school_id and c.id = e.score_id
	left join accounts w on w.school_id = c.school_id and w.id = c.by
	join sessions s on s.school_id = e.school_id and s.id = e.session_id
	join activity_versions v on v.school_id = s.school_id and v.activity_id = s.activity_id and v.version = s.activity_version
	where e.school_id = @school and e.learner_id = @learner and e.skill_id = @skill
	order by e.seq`

// skillTrailWithheld is the evidence that the learner may not see yet.
const skillTrailWithheld = `
	select e.seq from evidence e
	where e.school_id = @school and e.learner_id = @learner and e.skill_id = @skill and ` + withheldEvidence + `
	order by e.seq`

// trailRow is evidence with what a teacher reads beside it.
type trailRow struct {
	overruled
	activity, title string
	score           tutor.Score
}

func scanTrail(row pgx.CollectableRow) (trailRow, error) {
	var t trailRow
	var c scoreScan
	targets := append(t.columns(), &t.activity, &t.title)
	if err := row.Scan(append(targets, c.columns()...)...); err != nil {
		return t, err
	}
	var err error
	t.score, err = c.done()
	return t, err
}

// Trail returns the evidence behind one skill, oldest first, each with the
// score as it stands and the mastery before and after it. To a student
// what rests on scores of a draft that are not published yet has not happened.
func (s *Store) Trail(ctx context.Context, viewer tutor.Account, learnerID, skillID string) ([]tutor.TrailEntry, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if !isUUID(learnerID) || checkText("", skillID) != nil {
		return nil, notFound("learner or skill")
	}
	learner := pgx.StrictNamedArgs{"school": viewer.SchoolID, "learner": learnerID}
	var visible, known bool
	var rows []trailRow
	var withheld []int64
	b := newBatch(sc)
	collectOne(b.Queue(learnerVisible, with(learner, pgx.StrictNamedArgs{"viewer": viewer.ID})), &visible, pgx.RowTo[bool])
	collectOne(b.Queue(`select exists (select from skills where school_id = @school and id = @skill)`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "skill": skillID}), &known, pgx.RowTo[bool])
	collect(b.Queue(skillTrail, with(learner, pgx.StrictNamedArgs{"skill": skillID})), &rows, scanTrail)
	collect(b.Queue(skillTrailWithheld, with(learner, pgx.StrictNamedArgs{"skill": skillID})), &withheld, pgx.RowTo[int64])
	if err := s.send(ctx, b); err != nil {
		return nil, wrap(err, "read the trail of a skill")
	}
	if !visible || !known {
		return nil, notFound("learner or skill")
	}
	if viewer.Role == tutor.RoleStudent {
		rows = slices.DeleteFunc(rows, func(r trailRow) bool { return slices.Contains(withheld, r.Seq) })
	}
	return s.trail(skillID, rows), nil
}

func (s *Store) trail(skillID string, rows []trailRow) []tutor.TrailEntry {
	chain := make([]overruled, len(rows))
	for i, r := range rows {
		chain[i] = r.overruled
	}
	entries := make([]tutor.TrailEntry, len(rows))
	for i, step := range s.params.Trail(skillID, effective(chain)) {
		r := rows[i]
		entries[i] = tutor.TrailEntry{TrailStep: step, Score: r.score, ActivityID: r.activity, ActivityName: r.title}
		if len(r.score.Quotes) > 0 {
			entries[i].Quote = r.score.Quotes[0].Text
		}
	}
	return entries
}

const candidates = `
	select v.activity_id, v.skills, v.difficulty, row_number() over (order by c.title, c.id, a.position, a.id) - 1,
	       coalesce(done.begun, 0), coalesce(done.mastered, false), done.last_at,
	       v.activity_id in (select p.activity_id from pending_assignments(@school, @learner) p)
	from activities a
	join courses c on c.school_id = a.school_id and c.id = a.course_id
	join activity_versions v on v.school_id = a.school_id and v.activity_id = a.id and v.version = a.version
	left join (
		select s.activity_id, count(*) as begun, bool_or(s.status = 'mastered') as mastered, max(s.updated_at) as last_at
		from sessions s where s.school_id = @school and s.learner_id = @learner group by s.activity_id) done on done.activity_id = a.id
	where a.school_id = @school and not a.retired
	  and c.id in (select course_id from visible_courses(@school, @learner))
	order by 4 limit @items`

func scanCandidate(row pgx.CollectableRow) (tutor.Candidate, error) {
	var c tutor.Candidate
	var last *time.Time
	err := row.Scan(&c.ActivityID, &c.Skills, &c.Difficulty, &c.Order, &c.Begun, &c.Mastered, &last, &c.Assigned)
	if last != nil {
		c.LastAt = *last
	}
	return c, err
}

// Choices returns what the choice of the next activity looks at for a learner:
// the current activities of their courses, with the parameters of the store.
func (s *Store) Choices(ctx context.Context, learner tutor.Account) (tutor.ChoiceInput, error) {
	sc, err := schoolScope(learner.SchoolID)
	if err != nil {
		return tutor.ChoiceInput{}, err
	}
	args := pgx.StrictNamedArgs{"school": learner.SchoolID, "learner": learner.ID, "items": maxCourseItems}
	in := tutor.ChoiceInput{Now: time.Now().UTC(), Params: s.params}
	var states []tutor.SkillState
	b := newBatch(sc)
	collect(b.Queue(candidates, args), &in.Candidates, scanCandidate)
	collect(b.Queue(learnerSkills, args), &in.Skills, scanSkill)
	collect(b.Queue(learnerStates, args), &states, scanState)
	if err := s.send(ctx, b); err != nil {
		return tutor.ChoiceInput{}, wrap(err, "read what the next activity is chosen from")
	}
	in.States = statesByID(states)
	return in, nil
}
