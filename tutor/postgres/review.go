package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// maxQueue bounds how many drafts a queue lists.
const maxQueue = 500

// taughtDraft holds for drafts d of learners whom the viewer teaches; nobody
// judges work of their own. The learners are looked up once, whatever the planner
// knows of the tables.
const taughtDraft = `d.learner_id <> @viewer and d.learner_id = any (array(select learner_id from visible_learners(@school, @viewer)))`

// appealStands is the state of appeal x: that of its latest step.
const appealStands = `(select t.status from appeal_steps t where t.school_id = x.school_id and t.appeal_id = x.id order by t.seq desc limit 1)`

const (
	appealOpen = `exists (select from appeals x where x.school_id = d.school_id and x.draft_id = d.id and ` + appealStands + ` = 'open')`
	draftShown = `exists (select from publications x where x.school_id = d.school_id and x.draft_id = d.id)`
	draftHeld  = `exists (select from feedback x where x.school_id = d.school_id and x.draft_id = d.id and x.held)`
)

// reviewItems reads the drafts that the expression "picked" has chosen. What
// belongs to a draft is looked up by its key, draft by draft: joins would leave it
// to the planner, which knows nothing of a young school's tables.
const reviewItems = `
	select d.id::text, d.session_id::text, d.learner_id::text,
	       (select a.name from accounts a where a.school_id = d.school_id and a.id = d.learner_id),
	       d.activity_id, ` + draftTitle + `, d.number, d.words,
	       not exists (select from drafts n where n.school_id = d.school_id and n.session_id = d.session_id and n.number > d.number),
	       coalesce((
	           select x.stage from feedback_progress x where x.school_id = d.school_id and x.draft_id = d.id
	           order by x.alive_at desc limit 1), 'queued'),
	       coalesce(f.refusal, ''), coalesce(f.held, false), coalesce(f.graded, false), coalesce(f.flags, '{}'),
	       c.scores, c.overridden, coalesce(c.confidence, 1), l.open, b.at, coalesce(b.name, ''), d.at
	from picked d
	left join lateral (
		select x.refusal, x.held, (x.content->>'Graded')::boolean as graded,
		       array(select distinct j->>'code' from jsonb_array_elements(
		             case jsonb_typeof(x.content->'Flags') when 'array' then x.content->'Flags' else '[]' end) j order by 1) as flags
		from feedback x where x.school_id = d.school_id and x.draft_id = d.id order by x.at desc limit 1) f on true
	left join lateral (
		select count(*) as scores, count(*) filter (where x.overrides) as overridden, min(x.confidence) as confidence
		from current_scores x where x.school_id = d.school_id and x.turn_id = d.id) c on true
	left join lateral (
		select count(*) as open from appeals x where x.school_id = d.school_id and x.draft_id = d.id and ` + appealStands + ` = 'open') l on true
	left join lateral (
		select x.at, (select w.name from accounts w where w.school_id = x.school_id and w.id = x.by) as name
		from publications x where x.school_id = d.school_id and x.draft_id = d.id limit 1) b on true`

// draftTitle is the title of the task of draft d, in the version it was worked on.
const draftTitle = `(
	select v.title from sessions s
	join activity_versions v on v.school_id = s.school_id and v.activity_id = s.activity_id and v.version = s.activity_version
	where s.school_id = d.school_id and s.id = d.session_id)`

const pickedColumns = `d.school_id, d.id, d.session_id, d.learner_id, d.activity_id, d.number, d.words, d.at`

const reviewQueue = `
	with picked as materialized (
		select ` + pickedColumns + ` from drafts d
		where d.school_id = @school and ` + taughtDraft + `
		  and (@activity = '' or d.activity_id = @activity)
		  and (@class = '' or d.learner_id = any (array(select e.learner_id from enrolments e where e.school_id = @school and e.class_id::text = @class)))
		  and (@done or not ` + draftShown + ` or ` + appealOpen + `)
		order by ` + appealOpen + ` desc, ` + draftShown + `, ` + draftHeld + ` desc,
		         case when ` + draftShown + ` then -extract(epoch from d.at) else extract(epoch from d.at) end
		limit @limit)` + reviewItems

func scanReview(row pgx.CollectableRow) (tutor.ReviewItem, error) {
	var i tutor.ReviewItem
	var published *time.Time
	err := row.Scan(&i.DraftID, &i.SessionID, &i.LearnerID, &i.Learner, &i.ActivityID, &i.Activity, &i.Number, &i.Words,
		&i.Latest, &i.Stage, &i.Refusal, &i.Held, &i.Graded, &i.Flags, &i.Scores, &i.Overridden, &i.Confidence, &i.Appeals,
		&published, &i.PublishedBy, &i.At)
	if published != nil {
		i.PublishedAt = *published
	}
	return i, err
}

// ReviewQueue returns drafts of the learners that a teacher teaches, who needs a
// person first at the head, at most 500. To students there is no queue.
func (s *Store) ReviewQueue(ctx context.Context, viewer tutor.Account, f tutor.ReviewFilter) ([]tutor.ReviewItem, error) {
	sc, err := reviewer(viewer)
	if err != nil {
		return nil, err
	}
	if f.ClassID != "" && !isUUID(f.ClassID) {
		return nil, notFound("class")
	}
	if err := checkText("the activity", f.ActivityID); err != nil {
		return nil, err
	}
	person := pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID}
	taught := true
	var items []tutor.ReviewItem
	b := newBatch(sc)
	if f.ClassID != "" {
		collectOne(b.Queue(`select exists (select from visible_classes(@school, @viewer) where class_id = @class)`,
			with(person, pgx.StrictNamedArgs{"class": f.ClassID})), &taught, pgx.RowTo[bool])
	}
	collect(b.Queue(reviewQueue, with(person, pgx.StrictNamedArgs{"activity": f.ActivityID, "class": f.ClassID, "done": f.Done, "limit": maxQueue})),
		&items, scanReview)
	if err := s.send(ctx, b); err != nil {
		return nil, wrap(err, "list the drafts to look at")
	}
	if !taught {
		return nil, notFound("class")
	}
	slices.SortStableFunc(items, byUrgency)
	return items, nil
}

// byUrgency orders a queue: by the reason, then who has waited longest; what is
// done with, newest first.
func byUrgency(a, b tutor.ReviewItem) int {
	why := a.Why()
	if c := cmp.Compare(slices.Index(tutor.ReviewWhys, why), slices.Index(tutor.ReviewWhys, b.Why())); c != 0 {
		return c
	}
	if why == tutor.WhyDone {
		return b.At.Compare(a.At)
	}
	return a.At.Compare(b.At)
}

// reviewer refuses who may not judge drafts.
func reviewer(viewer tutor.Account) (scope, error) {
	if viewer.Role != tutor.RoleTeacher && viewer.Role != tutor.RoleAdmin {
		return "", tutor.Errorf(tutor.CodeForbidden, "only teachers review drafts")
	}
	return schoolScope(viewer.SchoolID)
}

// scoreHistory reads every version of the scores of a turn, or of one score. A
// student reads those of their own drafts, once they are published.
const scoreHistory = `
	select ` + scoreColumns + `, coalesce(w.name, ''), c.at
	from scores c left join accounts w on w.school_id = c.school_id and w.id = c.by
	where c.school_id = @school and (c.turn_id = @id or c.id = @id)
	  and c.learner_id in (select learner_id from visible_learners(@school, @viewer))
	  and (c.learner_id <> @viewer or exists (select from publications b where b.school_id = c.school_id and b.draft_id = c.turn_id))
	order by c.position, c.id, c.version`

// ScoreHistory returns every version of the scores of a turn, or of the one score
// with this id, by criterion and version. A student reads those of their own
// drafts once they are published. What the viewer may not see is a CodeNotFound.
func (s *Store) ScoreHistory(ctx context.Context, viewer tutor.Account, id string) ([]tutor.ScoreVersion, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if !isUUID(id) {
		return nil, notFound("score")
	}
	versions, err := all(ctx, s, sc, scoreHistory, pgx.StrictNamedArgs{"school": viewer.SchoolID, "viewer": viewer.ID, "id": id},
		func(row pgx.CollectableRow) (tutor.ScoreVersion, error) {
			var v tutor.ScoreVersion
			var c scoreScan
			if err := row.Scan(append(c.columns(), &v.By, &v.At)...); err != nil {
				return v, err
			}
			var err error
			v.Score, err = c.done()
			return v, err
		})
	if err == nil && len(versions) == 0 {
		return nil, notFound("score")
	}
	return versions, wrap(err, "read the history of a score")
}
