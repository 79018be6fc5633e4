package postgres

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// Teach sets how a class is to be spoken to in one of its courses. Only its
// teachers and administrators may.
func (s *Store) Teach(ctx context.Context, viewer tutor.Account, classID, courseID string, t tutor.Teaching) error {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return err
	}
	switch {
	case viewer.Role == tutor.RoleStudent:
		return tutor.Errorf(tutor.CodeForbidden, "only teachers say how the tutor is to talk")
	case !isUUID(classID):
		return notFound("class")
	case t.ReadingLevel != "" && !slices.Contains(tutor.ReadingLevels, t.ReadingLevel):
		return tutor.Errorf(tutor.CodeInvalid, "a reading level is simple, standard or advanced")
	case utf8.RuneCountInString(t.Instructions) > tutor.MaxInstructions:
		return tutor.Errorf(tutor.CodeInvalid, "instructions have at most %d characters", tutor.MaxInstructions)
	}
	if err := errors.Join(checkText("the instructions", t.Instructions), checkText("the course", courseID)); err != nil {
		return tutor.WrapError(err, tutor.CodeInvalid, "the text cannot be stored")
	}
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "class": classID, "course": courseID,
			"level": string(t.ReadingLevel), "instructions": t.Instructions}
		tag, err := tx.Exec(ctx, `
			with level as (
				update classes c set reading_level = @level
				where c.school_id = @school and c.id = @class and c.id in (select class_id from visible_classes(@school, @viewer)) returning c.id)
			update class_courses k set instructions = @instructions
			from level where k.school_id = @school and k.class_id = level.id and k.course_id = @course`, args)
		if err == nil && tag.RowsAffected() == 0 {
			err = notFound("class or course")
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, viewer, "class.teach", classID, map[string]string{"course": courseID, "reading_level": string(t.ReadingLevel)})
	})
	return wrap(err, "say how the tutor is to talk")
}

// Teachings returns how a class is spoken to, by course.
func (s *Store) Teachings(ctx context.Context, viewer tutor.Account, classID string) (map[string]tutor.Teaching, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if !isUUID(classID) || viewer.Role == tutor.RoleStudent {
		return nil, notFound("class")
	}
	type row struct {
		Course, Level, Instructions string
	}
	rows, err := all(ctx, s, sc, `
		select k.course_id, c.reading_level, k.instructions
		from classes c join class_courses k on k.school_id = c.school_id and k.class_id = c.id
		where c.school_id = @school and c.id = @class and c.id in (select class_id from visible_classes(@school, @viewer))
		order by k.course_id limit 1000`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "class": classID, "viewer": viewer.ID}, pgx.RowToStructByPos[row])
	if err != nil {
		return nil, wrap(err, "read how the tutor is to talk")
	}
	out := map[string]tutor.Teaching{}
	for _, r := range rows {
		out[r.Course] = tutor.Teaching{ReadingLevel: tutor.ReadingLevel(r.Level), Instructions: r.Instructions}
	}
	return out, nil
}
