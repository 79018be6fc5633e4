package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

const insertAssignment = `
	insert into assignments (school_id, id, class_id, learner_id, activity_id, by)
	select @school, gen_random_uuid(), nullif(@class, '')::uuid, nullif(@learner, '')::uuid, v.id, @viewer
	from activities v
	where v.school_id = @school and v.id = @activity and not v.retired
	  and (@class = '' or nullif(@class, '')::uuid in (select class_id from visible_classes(@school, @viewer)))
	  and (@learner = '' or nullif(@learner, '')::uuid in (select learner_id from visible_learners(@school, @viewer)))
	returning id`

// Assign records a teacher's word on what comes next for a class or a learner
// the viewer may see. By, At and ID are chosen here. Only teachers and
// administrators assign; anything they may not see is a CodeNotFound.
func (s *Store) Assign(ctx context.Context, viewer tutor.Account, a tutor.Assignment) error {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return err
	}
	switch {
	case viewer.Role != tutor.RoleTeacher && viewer.Role != tutor.RoleAdmin:
		return tutor.Errorf(tutor.CodeForbidden, "only teachers assign activities")
	case (a.ClassID == "") == (a.LearnerID == ""):
		return tutor.Errorf(tutor.CodeInvalid, "assign to a class or to one learner")
	case a.ClassID != "" && !isUUID(a.ClassID), a.LearnerID != "" && !isUUID(a.LearnerID), checkText("", a.ActivityID) != nil:
		return notFound("class, learner or activity")
	}
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "class": a.ClassID, "learner": a.LearnerID, "activity": a.ActivityID}
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, insertAssignment, args)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return notFound("class, learner or activity")
		}
		return audit(ctx, tx, viewer, "assignment.create", ids[0],
			map[string]string{"class": a.ClassID, "learner": a.LearnerID, "activity": a.ActivityID})
	})
	return wrap(err, "assign an activity")
}
