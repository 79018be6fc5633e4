package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// CreateClass returns the id of the class of this name, which it makes when the
// school has none.
func (s *Store) CreateClass(ctx context.Context, schoolID, name string) (string, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return "", err
	}
	name = strings.TrimSpace(name)
	if err := checkName("the name of the class", name); err != nil {
		return "", err
	}
	id, err := one(ctx, s, sc, `
		insert into classes (school_id, id, name) values (@school, gen_random_uuid(), @name)
		on conflict (school_id, name) do update set name = excluded.name
		returning id`,
		pgx.StrictNamedArgs{"school": schoolID, "name": name}, pgx.RowTo[string])
	if sqlState(err) == stateForeignKeyViolation {
		return "", notFound("school")
	}
	return id, wrap(err, "create a class")
}

// Enrol puts an account into a class: a student as a learner, a teacher as one
// of its teachers. Doing so again changes nothing.
func (s *Store) Enrol(ctx context.Context, account tutor.Account, classID string) error {
	sc, err := schoolScope(account.SchoolID)
	if err != nil {
		return err
	}
	var sql string
	switch account.Role {
	case tutor.RoleStudent:
		sql = `insert into enrolments (school_id, class_id, learner_id) values (@school, @class, @account) on conflict do nothing`
	case tutor.RoleTeacher:
		sql = `insert into class_teachers (school_id, class_id, teacher_id) values (@school, @class, @account) on conflict do nothing`
	default:
		return tutor.Errorf(tutor.CodeInvalid, "an administrator sees every class and joins none")
	}
	if !isUUID(classID) {
		return notFound("class")
	}
	_, err = s.exec(ctx, sc, sql, pgx.StrictNamedArgs{"school": account.SchoolID, "class": classID, "account": account.ID})
	if sqlState(err) == stateForeignKeyViolation {
		return notFound("class or account")
	}
	return wrap(err, "enrol an account")
}

// GiveCourse makes a course one of a class's. Doing so again changes nothing.
func (s *Store) GiveCourse(ctx context.Context, schoolID, classID, courseID string) error {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return err
	}
	if !isUUID(classID) {
		return notFound("class")
	}
	if err := checkText("the course", courseID); err != nil {
		return err
	}
	_, err = s.exec(ctx, sc, `
		insert into class_courses (school_id, class_id, course_id) values (@school, @class, @course) on conflict do nothing`,
		pgx.StrictNamedArgs{"school": schoolID, "class": classID, "course": courseID})
	if sqlState(err) == stateForeignKeyViolation {
		return notFound("class or course")
	}
	return wrap(err, "give a course to a class")
}

const classQuery = `
	select c.id, c.name,
	       array(select k.course_id from class_courses k
	             where k.school_id = c.school_id and k.class_id = c.id order by k.course_id limit 1000),
	       (select count(*) from enrolments e where e.school_id = c.school_id and e.class_id = c.id)
	from classes c
	where c.school_id = @school and c.id in (select class_id from visible_classes(@school, @viewer))`

func scanClass(row pgx.CollectableRow) (tutor.Class, error) {
	var c tutor.Class
	err := row.Scan(&c.ID, &c.Name, &c.CourseIDs, &c.Students)
	return c, err
}

// Classes lists the classes the viewer may see by name, the first thousand: a
// student those they are in, a teacher those they teach, an administrator all.
func (s *Store) Classes(ctx context.Context, viewer tutor.Account) ([]tutor.Class, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	classes, err := all(ctx, s, sc, classQuery+` order by c.name, c.id limit 1000`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID}, scanClass)
	return classes, wrap(err, "list the classes")
}
