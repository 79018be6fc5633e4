package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// maxPublish bounds how many drafts are published at once.
const maxPublish = maxQueue

const draftsToPublish = `
	with picked as materialized (
		select ` + pickedColumns + ` from drafts d
		where d.school_id = @school and d.id = any (@drafts) and ` + taughtDraft + `)` + reviewItems + `
	order by d.at, d.id`

// Publish makes the scores of drafts final for their learners, in one transaction:
// a draft that the viewer may not see undoes all. What nobody should publish
// unseen is left out, with the reason: of several drafts those that are held,
// which are published one by one, and of any number those without scores. A draft
// that is published already stays as it is. There is no way back; a score that is
// changed later is shown as changed.
func (s *Store) Publish(ctx context.Context, viewer tutor.Account, draftIDs []string) (tutor.Publishing, error) {
	sc, err := reviewer(viewer)
	if err != nil {
		return tutor.Publishing{}, err
	}
	ids := slices.Compact(slices.Sorted(slices.Values(draftIDs)))
	if len(ids) == 0 || len(ids) > maxPublish {
		return tutor.Publishing{}, tutor.Errorf(tutor.CodeInvalid, "name 1 to %d drafts to publish", maxPublish)
	}
	if slices.ContainsFunc(ids, func(id string) bool { return !isUUID(id) }) {
		return tutor.Publishing{}, notFound("draft")
	}
	var out tutor.Publishing
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, draftsToPublish, pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "drafts": ids})
		if err != nil {
			return err
		}
		items, err := pgx.CollectRows(rows, scanReview)
		if err != nil {
			return err
		}
		if len(items) != len(ids) {
			return notFound("draft")
		}
		out, err = publish(ctx, tx, viewer, items)
		return err
	})
	if err != nil {
		return tutor.Publishing{}, wrap(err, "publish drafts")
	}
	return out, nil
}

// leftOut tells why a draft is not published, "" when it is. Alone says that it
// is the only one.
func leftOut(i tutor.ReviewItem, alone bool) tutor.ReviewWhy {
	switch {
	case i.Published():
		return ""
	case i.Scores == 0 && i.Refusal != "":
		return tutor.WhyRefused
	case i.Scores == 0 && i.Stage == tutor.StageFailed:
		return tutor.WhyFailed
	case i.Scores == 0:
		return tutor.WhyReading
	case i.Held && !alone:
		return tutor.WhyHeld
	}
	return ""
}

func publish(ctx context.Context, tx pgx.Tx, viewer tutor.Account, items []tutor.ReviewItem) (tutor.Publishing, error) {
	var out tutor.Publishing
	var ids []string
	for _, i := range items {
		if why := leftOut(i, len(items) == 1); why != "" {
			out.LeftOut = append(out.LeftOut, tutor.LeftOut{DraftID: i.DraftID, Why: why})
			continue
		}
		ids = append(ids, i.DraftID)
	}
	args := pgx.StrictNamedArgs{"school": viewer.SchoolID, "drafts": ids}
	// In the order of their ids, so that two who publish the same drafts wait for
	// each other and never both.
	rows, err := tx.Query(ctx, `
		insert into publications (school_id, draft_id, by)
		select @school, d, @viewer from (select unnest(@drafts::uuid[]) as d order by 1) x
		on conflict do nothing returning draft_id::text`, with(args, pgx.StrictNamedArgs{"viewer": viewer.ID}))
	if err != nil {
		return out, err
	}
	fresh, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return out, err
	}
	for _, id := range fresh {
		if err := audit(ctx, tx, viewer, "draft.publish", id, nil); err != nil {
			return out, err
		}
	}
	rows, err = tx.Query(ctx, `
		select b.draft_id::text, coalesce(a.name, ''), b.at from publications b
		left join accounts a on a.school_id = b.school_id and a.id = b.by
		where b.school_id = @school and b.draft_id = any (@drafts) order by b.draft_id`, args)
	if err != nil {
		return out, err
	}
	out.Published, err = pgx.CollectRows(rows, pgx.RowToStructByPos[tutor.Publication])
	return out, err
}

// SetPublishPolicy says whether formative bands of the class's essays in a course
// are published as soon as the feedback is there, save those that are held; grades
// wait for a teacher all the same. It holds for feedback to come. Only the teachers of the class and administrators may.
func (s *Store) SetPublishPolicy(ctx context.Context, viewer tutor.Account, classID, courseID string, atOnce bool) error {
	sc, err := reviewer(viewer)
	if err != nil {
		return err
	}
	if !isUUID(classID) {
		return notFound("class")
	}
	if err := checkText("the course", courseID); err != nil {
		return err
	}
	err = s.tx(ctx, sc, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			update class_courses k set publish_bands = @at_once
			where k.school_id = @school and k.class_id = @class and k.course_id = @course
			  and k.class_id in (select class_id from visible_classes(@school, @viewer))`,
			pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "class": classID, "course": courseID, "at_once": atOnce})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return notFound("class or course")
		}
		policy := "by_teacher"
		if atOnce {
			policy = "at_once"
		}
		return audit(ctx, tx, viewer, "class.publish_policy", classID, map[string]string{"course": courseID, "policy": policy})
	})
	return wrap(err, "say when scores are published")
}

// PublishPolicies tells which courses of a class publish scores at once. Courses
// without essays are not among the keys.
func (s *Store) PublishPolicies(ctx context.Context, viewer tutor.Account, classID string) (map[string]bool, error) {
	sc, err := reviewer(viewer)
	if err != nil {
		return nil, err
	}
	if !isUUID(classID) {
		return nil, notFound("class")
	}
	type row struct {
		Course string
		AtOnce bool
	}
	rows, err := all(ctx, s, sc, `
		select k.course_id, k.publish_bands from class_courses k
		where k.school_id = @school and k.class_id = @class and k.class_id in (select class_id from visible_classes(@school, @viewer))
		  and exists (
			select from activities a
			join activity_versions v on v.school_id = a.school_id and v.activity_id = a.id and v.version = a.version
			where a.school_id = k.school_id and a.course_id = k.course_id and not a.retired and v.kind = 'essay')
		order by k.course_id limit 1000`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "class": classID}, pgx.RowToStructByPos[row])
	out := make(map[string]bool, len(rows))
	for _, r := range rows {
		out[r.Course] = r.AtOnce
	}
	return out, wrap(err, "read when scores are published")
}
