package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// maxStudents bounds a class list.
const maxStudents = 500

const rosterStudents = `
	select ` + accountColumns + `, done.last_at, coalesce(done.open, 0)
	from enrolments e
	join accounts a on a.school_id = e.school_id and a.id = e.learner_id
	left join lateral (
		select max(s.updated_at) as last_at, count(*) filter (where s.status = 'open') as open
		from sessions s where s.school_id = @school and s.learner_id = a.id) done on true
	where e.school_id = @school and e.class_id = @class
	order by a.name, a.id limit @students`

func scanStudent(row pgx.CollectableRow) (tutor.RosterEntry, error) {
	var e tutor.RosterEntry
	var last *time.Time
	a := &e.Learner
	err := row.Scan(&a.SchoolID, &a.ID, &a.Email, &a.Name, &a.Role, &a.Language, &a.Demo, &last, &e.Open)
	if last != nil {
		e.LastSeen = *last
	}
	return e, err
}

const rosterSkills = `
	select ` + skillColumns + `
	from skills k
	join courses c on c.school_id = k.school_id and c.id = k.course_id
	join class_courses g on g.school_id = k.school_id and g.class_id = @class and g.course_id = k.course_id
	where k.school_id = @school and not k.retired
	order by c.title, c.id, k.position, k.id limit @items`

const rosterStates = `
	select e.learner_id, ` + stateColumns + `
	from enrolments e
	join skill_states k on k.school_id = e.school_id and k.learner_id = e.learner_id
	where e.school_id = @school and e.class_id = @class
	order by e.learner_id, k.skill_id limit @items`

type learnerState struct {
	learner string
	tutor.SkillState
}

func scanLearnerState(row pgx.CollectableRow) (learnerState, error) {
	var l learnerState
	var s stateScan
	if err := row.Scan(append([]any{&l.learner}, s.columns()...)...); err != nil {
		return l, err
	}
	l.SkillState = s.done()
	return l, nil
}

// roster is what a class's list is made of.
type roster struct {
	class    []tutor.Class
	students []tutor.RosterEntry
	skills   []tutor.Skill
	states   []learnerState
	tail     []tailTurn
	drafts   []essayNeed
}

// Roster returns each student of a class the viewer teaches by name, with every
// skill of the class's courses and what needs the teacher. To students a class
// has no roster: CodeNotFound.
func (s *Store) Roster(ctx context.Context, viewer tutor.Account, classID string) (tutor.Class, []tutor.RosterEntry, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.Class{}, nil, err
	}
	if !isUUID(classID) || viewer.Role == tutor.RoleStudent {
		return tutor.Class{}, nil, notFound("class")
	}
	class := pgx.StrictNamedArgs{"school": viewer.SchoolID, "class": classID}
	viewed := with(class, pgx.StrictNamedArgs{"viewer": viewer.ID})
	bounded := with(class, pgx.StrictNamedArgs{"items": maxCourseItems})
	var r roster
	b := newBatch(sc)
	collect(b.Queue(classQuery+` and c.id = @class`, viewed), &r.class, scanClass)
	collect(b.Queue(rosterStudents, with(class, pgx.StrictNamedArgs{"students": maxStudents})), &r.students, scanStudent)
	collect(b.Queue(rosterSkills, bounded), &r.skills, scanSkill)
	collect(b.Queue(rosterStates, bounded), &r.states, scanLearnerState)
	collect(b.Queue(rosterTail, with(viewed, pgx.StrictNamedArgs{"sessions": tailSessions, "turns": tailTurns})), &r.tail, scanTail)
	collect(b.Queue(rosterDrafts, with(class, pgx.StrictNamedArgs{"drafts": maxQueue})), &r.drafts, scanEssayNeed)
	if err := s.send(ctx, b); err != nil {
		return tutor.Class{}, nil, wrap(err, "read a class")
	}
	if len(r.class) == 0 {
		return tutor.Class{}, nil, notFound("class")
	}
	return r.class[0], s.entries(r), nil
}

// entries completes the students of r with their skills and needs.
func (s *Store) entries(r roster) []tutor.RosterEntry {
	states := map[string]map[string]tutor.SkillState{}
	for _, l := range r.states {
		if states[l.learner] == nil {
			states[l.learner] = map[string]tutor.SkillState{}
		}
		states[l.learner][l.SkillID] = l.SkillState
	}
	needs := needsOfTail(r.tail)
	for _, d := range r.drafts {
		needs[d.learner] = append(needs[d.learner], d.need)
	}
	var latest time.Time
	for _, e := range r.students {
		if e.LastSeen.After(latest) {
			latest = e.LastSeen
		}
	}
	for i := range r.students {
		e := &r.students[i]
		e.Skills = s.withStates(r.skills, states[e.Learner.ID])
		for _, k := range e.Skills {
			if k.State.Count > 0 && k.State.Mastery >= tutor.MasteredAt {
				e.Mastered++
			}
		}
		found := needs[e.Learner.ID]
		if silent(e.LastSeen, latest) {
			found = append(found, tutor.Need{Code: "silent"})
		}
		e.Needs = sortNeeds(found)
	}
	return r.students
}

// Learner returns a student whom the viewer may see, CodeNotFound otherwise.
func (s *Store) Learner(ctx context.Context, viewer tutor.Account, learnerID string) (tutor.Account, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.Account{}, err
	}
	if !isUUID(learnerID) {
		return tutor.Account{}, notFound("learner")
	}
	account, err := one(ctx, s, sc, `
		select `+accountColumns+` from accounts a
		where a.id = @learner and a.school_id = @school
		  and a.id in (select learner_id from visible_learners(@school, @viewer))`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "learner": learnerID, "viewer": viewer.ID}, scanAccount)
	return account, missing(err, "learner", "read a learner")
}
