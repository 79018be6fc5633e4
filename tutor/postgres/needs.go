package postgres

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// When a student needs the teacher. Each rule looks at the tail of an open
// session and at what the record says outright; none guesses at a mood.
const (
	tailTurns       = 12                 // of an open session that are looked at
	tailSessions    = 3                  // open sessions of a learner that are looked at, newest first
	wrongInARow     = 3                  // scored turns, each below half of its points, that make a learner stuck
	deepHints       = 3                  // tutor turns from the third rung of the ladder up that do so too
	deepRung        = 3                  // the worked example
	gamingTurns     = 2                  // student turns taken for gaming
	silentAfter     = 2 * 24 * time.Hour // without a turn while others of the class were at work
	wrongBelow      = 0.5
	misconceptionOf = "misconception:" // how the target of a repair starts
)

// urgency orders the codes of needs, most urgent first.
var urgency = []string{"appeal", "affect", "essay_held", "stuck", "misconception", "gaming", "silent"}

// tailTurn is one turn of an open session as the roster looks at it.
type tailTurn struct {
	learner, session, activity string // ids, and the title of the activity
	author                     tutor.Author
	takenFor                   string
	target, title              string
	rung                       int
	scored                     bool
	value                      float64 // mean of its scores
}

// rosterTail reads the last turns of the newest open sessions of a class's
// students, oldest turn first.
const rosterTail = `
	select e.learner_id, s.id, s.title, t.author, coalesce(r.taken_for, ''), t.target, t.target_title, t.hint_level,
	       c.value is not null, coalesce(c.value, 0)
	from enrolments e
	cross join lateral (
		select s.id, s.updated_at, v.title from sessions s
		join activity_versions v on v.school_id = s.school_id and v.activity_id = s.activity_id and v.version = s.activity_version
		where s.school_id = @school and s.learner_id = e.learner_id and s.status = 'open'
		order by s.updated_at desc, s.id desc limit @sessions) s
	cross join lateral (
		select * from turns t
		where t.school_id = @school and t.session_id = s.id
		order by t.seq desc limit @turns) t
	left join turns r on r.school_id = t.school_id and r.reply_to = t.id
	left join lateral (
		select avg(c.value) as value from current_scores c
		where c.school_id = @school and c.turn_id = t.id) c on true
	where e.school_id = @school and e.class_id = @class
	  and e.learner_id in (select learner_id from visible_learners(@school, @viewer))
	order by e.learner_id, s.updated_at desc, s.id desc, t.seq`

func scanTail(row pgx.CollectableRow) (tailTurn, error) {
	var t tailTurn
	err := row.Scan(&t.learner, &t.session, &t.activity, &t.author, &t.takenFor, &t.target, &t.title, &t.rung, &t.scored, &t.value)
	return t, err
}

// needsOfTail returns the needs of each learner, those of the newest session
// first. The turns of a session stand together.
func needsOfTail(tail []tailTurn) map[string][]tutor.Need {
	needs := map[string][]tutor.Need{}
	for len(tail) > 0 {
		n := 1
		for n < len(tail) && tail[n].session == tail[0].session {
			n++
		}
		learner := tail[0].learner
		needs[learner] = append(needs[learner], needsOfSession(tail[:n])...)
		tail = tail[n:]
	}
	return needs
}

// needsOfSession returns what the tail of one open session, oldest turn first,
// says that its learner needs.
func needsOfSession(tail []tailTurn) []tutor.Need {
	if len(tail) == 0 {
		return nil
	}
	var wrong, deep, gaming, affect int
	var last tailTurn // of the tutor
	for _, t := range tail {
		switch {
		case t.author == tutor.AuthorTutor:
			last = t
			if t.rung >= deepRung {
				deep++
			}
		case t.takenFor == "gaming":
			gaming++
		case t.takenFor == "affect":
			affect++
		}
		if t.scored {
			wrong++
			if t.value >= wrongBelow {
				wrong, deep = 0, 0
			}
		}
	}
	need := func(code string) tutor.Need {
		return tutor.Need{Code: code, SessionID: tail[0].session, Detail: cmp.Or(last.title, tail[0].activity)}
	}
	var needs []tutor.Need
	if affect > 0 {
		needs = append(needs, need("affect"))
	}
	if wrong >= wrongInARow || deep >= deepHints {
		needs = append(needs, need("stuck"))
	}
	if strings.HasPrefix(last.target, misconceptionOf) {
		needs = append(needs, need("misconception"))
	}
	if gaming >= gamingTurns {
		needs = append(needs, need("gaming"))
	}
	return needs
}

// essayNeed is one draft of a class's student that a teacher has to look at.
type essayNeed struct {
	learner string
	need    tutor.Need
}

// rosterDrafts reads the drafts of a class that wait for its teacher: those with
// an open request for review, and those that are held. A draft that was revised
// since is held no more.
const rosterDrafts = `
	with pupils as materialized (
		select array(select e.learner_id from enrolments e where e.school_id = @school and e.class_id = @class) as ids),
	picked as materialized (
		select x.draft_id, 'appeal' as code from appeals x
		where x.school_id = @school and x.learner_id = any ((select ids from pupils)::uuid[]) and ` + appealStands + ` = 'open'
		union
		select x.draft_id, 'essay_held' from feedback x
		where x.school_id = @school and x.learner_id = any ((select ids from pupils)::uuid[]) and x.held
		  and not exists (select from feedback n where n.school_id = x.school_id and n.draft_id = x.draft_id and n.at > x.at)
		  and not exists (select from publications b where b.school_id = x.school_id and b.draft_id = x.draft_id))
	select d.learner_id::text, p.code, d.session_id::text, d.id::text, ` + draftTitle + `
	from picked p
	cross join lateral (select d.* from drafts d where d.school_id = @school and d.id = p.draft_id limit 1) d
	where p.code = 'appeal'
	   or not exists (select from drafts n where n.school_id = d.school_id and n.session_id = d.session_id and n.number > d.number)
	order by d.at limit @drafts`

func scanEssayNeed(row pgx.CollectableRow) (essayNeed, error) {
	var n essayNeed
	err := row.Scan(&n.learner, &n.need.Code, &n.need.SessionID, &n.need.DraftID, &n.need.Detail)
	return n, err
}

// silent reports whether a learner last seen at seen (zero for never) is silent
// in a class whose most recent turn is at latest.
func silent(seen, latest time.Time) bool {
	return !latest.IsZero() && latest.Sub(seen) > silentAfter
}

// sortNeeds puts the most urgent first and keeps one of each code: the first,
// which is that of the newest session.
func sortNeeds(needs []tutor.Need) []tutor.Need {
	seen := map[string]bool{}
	needs = slices.DeleteFunc(needs, func(n tutor.Need) bool {
		again := seen[n.Code]
		seen[n.Code] = true
		return again
	})
	slices.SortStableFunc(needs, func(a, b tutor.Need) int {
		return cmp.Compare(slices.Index(urgency, a.Code), slices.Index(urgency, b.Code))
	})
	return needs
}
