package postgres

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// The most a list of courses holds; beyond it the last are left out.
const (
	maxCourses     = 200
	maxCourseItems = 20000 // of one kind, over all courses listed
)

const activityNow = `
	select v.content from activities a
	join activity_versions v on v.school_id = a.school_id and v.activity_id = a.id and v.version = a.version
	where a.school_id = @school and a.id = @activity and not a.retired`

const activityThen = `
	select v.content from activity_versions v
	where v.school_id = @school and v.activity_id = @activity and v.version = @version`

// Activity returns one version of an activity; version "" is the current one,
// which a retired activity has no more.
func (s *Store) Activity(ctx context.Context, schoolID, activityID, version string) (tutor.Activity, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return tutor.Activity{}, err
	}
	if checkText("", activityID) != nil || checkText("", version) != nil {
		return tutor.Activity{}, notFound("activity")
	}
	sql, args := activityNow, pgx.StrictNamedArgs{"school": schoolID, "activity": activityID}
	if version != "" {
		sql, args = activityThen, with(args, pgx.StrictNamedArgs{"version": version})
	}
	a, err := one(ctx, s, sc, sql, args,
		func(row pgx.CollectableRow) (tutor.Activity, error) {
			var raw []byte
			var a tutor.Activity
			if err := row.Scan(&raw); err != nil {
				return a, err
			}
			return a, json.Unmarshal(raw, &a)
		})
	return a, missing(err, "activity", "read an activity")
}

// Lesson returns a lesson of a course the viewer may see, with its body; one
// that has left the course too, so that what was cited can be read.
func (s *Store) Lesson(ctx context.Context, viewer tutor.Account, courseID, lessonID string) (tutor.Lesson, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return tutor.Lesson{}, err
	}
	if checkText("", courseID) != nil || checkText("", lessonID) != nil {
		return tutor.Lesson{}, notFound("lesson")
	}
	l, err := one(ctx, s, sc, `
		select l.id, l.course_id, l.title, l.body, l.skills, l.position from lessons l
		where l.school_id = @school and l.course_id = @course and l.id = @lesson
		  and l.course_id in (select course_id from visible_courses(@school, @viewer))`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "course": courseID, "lesson": lessonID}, scanLesson)
	return l, missing(err, "lesson", "read a lesson")
}

func scanLesson(row pgx.CollectableRow) (tutor.Lesson, error) {
	var l tutor.Lesson
	err := row.Scan(&l.ID, &l.CourseID, &l.Title, &l.Body, &l.Skills, &l.Order)
	return l, err
}

// Courses returns the courses the viewer may see by title, without answers: a
// student those of their classes, teachers and administrators all of the school.
func (s *Store) Courses(ctx context.Context, viewer tutor.Account) ([]tutor.CourseOutline, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "courses": maxCourses}
	bounded := with(args, pgx.StrictNamedArgs{"items": maxCourseItems})
	var (
		courses    []tutor.CourseOutline
		skills     []tutor.Skill
		lessons    []tutor.Lesson
		activities []courseActivity
	)
	b := newBatch(sc)
	collect(b.Queue(coursesQuery, args), &courses, scanCourse)
	collect(b.Queue(courseSkillsQuery, bounded), &skills, scanSkill)
	collect(b.Queue(courseLessonsQuery, bounded), &lessons, scanLesson)
	collect(b.Queue(courseActivitiesQuery, bounded), &activities, scanCourseActivity)
	if err := s.send(ctx, b); err != nil {
		return nil, wrap(err, "list the courses")
	}
	place := make(map[string]*tutor.CourseOutline, len(courses))
	for i := range courses {
		place[courses[i].ID] = &courses[i]
	}
	for _, k := range skills {
		c := place[k.CourseID]
		c.Skills = append(c.Skills, k)
	}
	for _, l := range lessons {
		c := place[l.CourseID]
		c.Lessons = append(c.Lessons, l)
	}
	for _, a := range activities {
		c := place[a.courseID]
		c.Activities = append(c.Activities, a.ActivityOutline)
	}
	return courses, nil
}

// shown is the courses of one call of Courses, the same in each statement.
const shown = `with shown as (
		select c.id, c.title from courses c
		where c.school_id = @school and c.id in (select course_id from visible_courses(@school, @viewer))
		order by c.title, c.id limit @courses)`

const coursesQuery = shown + `
	select c.id, c.title, c.summary, c.language
	from courses c join shown on shown.id = c.id
	where c.school_id = @school order by c.title, c.id`

const courseSkillsQuery = shown + `
	select ` + skillColumns + `
	from skills k join shown on shown.id = k.course_id
	where k.school_id = @school and not k.retired
	order by k.course_id, k.position, k.id limit @items`

const courseLessonsQuery = shown + `
	select l.id, l.course_id, l.title, '', l.skills, l.position
	from lessons l join shown on shown.id = l.course_id
	where l.school_id = @school and not l.retired
	order by l.course_id, l.position, l.id limit @items`

const courseActivitiesQuery = shown + `, latest as (
		select distinct on (x.activity_id) x.activity_id, x.id, x.status
		from sessions x where x.school_id = @school and x.learner_id = @viewer
		order by x.activity_id, x.updated_at desc, x.id desc)
	select v.course_id, v.activity_id, v.title, v.kind, v.skills, v.difficulty, v.lesson_id, a.position,
	       coalesce(latest.status, ''), coalesce(latest.id::text, ''),
	       v.activity_id in (select p.activity_id from pending_assignments(@school, @viewer) p)
	from activities a
	join shown on shown.id = a.course_id
	join activity_versions v on v.school_id = a.school_id and v.activity_id = a.id and v.version = a.version
	left join latest on latest.activity_id = a.id
	where a.school_id = @school and not a.retired
	order by a.course_id, a.position, a.id limit @items`

func scanCourse(row pgx.CollectableRow) (tutor.CourseOutline, error) {
	var c tutor.CourseOutline
	err := row.Scan(&c.ID, &c.Title, &c.Summary, &c.Language)
	return c, err
}

func scanSkill(row pgx.CollectableRow) (tutor.Skill, error) {
	var k tutor.Skill
	err := row.Scan(&k.ID, &k.CourseID, &k.Title, &k.Description, &k.Order, &k.Prerequisites)
	return k, err
}

type courseActivity struct {
	tutor.ActivityOutline
	courseID string
}

func scanCourseActivity(row pgx.CollectableRow) (courseActivity, error) {
	var a courseActivity
	err := row.Scan(&a.courseID, &a.ID, &a.Title, &a.Kind, &a.Skills, &a.Difficulty, &a.LessonID, &a.Order,
		&a.Status, &a.SessionID, &a.Assigned)
	return a, err
}

// activitySkills returns every skill that work on the activity can be evidence
// for, sorted.
func activitySkills(a tutor.Activity) []string {
	skills := slices.Clone(a.Skills)
	for _, step := range a.Steps {
		skills = append(skills, step.Skills...)
		for _, e := range step.Expectations {
			skills = append(skills, e.Skills...)
		}
		for _, m := range step.Misconceptions {
			skills = append(skills, m.Skills...)
		}
		if step.Check != nil {
			skills = append(skills, step.Check.Skills...)
		}
	}
	slices.Sort(skills)
	return slices.Compact(skills)
}
