package postgres

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// tables lists the tables of the schema but goose's own, which holds no rows of
// a school.
func tables(t *testing.T, s *Store) []string {
	t.Helper()
	names := must[[]string](t)(all(t.Context(), s, systemScope, `
		select tablename::text from pg_tables
		where schemaname = current_schema() and tablename <> 'goose_db_version' order by 1`, nil, pgx.RowTo[string]))
	if len(names) < 20 {
		t.Fatalf("only %d tables: %v", len(names), names)
	}
	return names
}

// fill leaves at least one row of the school in every table of the record.
func fill(t *testing.T, s *Store, sc school) {
	t.Helper()
	ctx := t.Context()
	session := openSession(t, s, sc, sc.ann, 0)
	start := must[tutor.TurnStart](t)(s.BeginTurn(ctx, say(session, "-3x + 12")))
	must[tutor.Turn](t)(s.FinishTurn(ctx, graded(start, farAway, "some")))
	ok(t, s.Assign(ctx, sc.teacher, tutor.Assignment{ClassID: sc.class, ActivityID: sc.course.Activities[1].ID}))
	ok(t, s.CreateToken(ctx, sc.ann, TokenBearer, "test", hashOf(sc.id), farAway))
	ok(t, s.SetModelUse(ctx, sc.admin, tutor.ModelUse{External: true}))
	fillEssays(t, s, sc)
	call := callOf(sc, sc.ann, 5)
	ok(t, s.Admit(ctx, call))
	ok(t, s.Settle(ctx, call, tutor.ModelResult{Outcome: "ok"}))
	_, err := s.exec(ctx, scope(sc.id), `
		with p as (
			insert into passages (school_id, course_id, id, lesson_id, lesson, heading, anchor, start_at, end_at, body, language, words)
			values (@school, 'algebra', gen_random_uuid(), 'brackets', 'Brackets', '', '', 0, 1, 'b', 'en', '') returning id)
		insert into embeddings (school_id, course_id, model, passage_id, vector)
		select @school, 'algebra', 'm', id, '[1,2]' from p`, pgx.StrictNamedArgs{"school": sc.id})
	ok(t, err)
	_, err = s.exec(ctx, scope(sc.id), `
		with s as (
			insert into passage_segments (school_id, course_id, segment, language, dictionary, passages, words)
			values (@school, 'algebra', 0, 'en', '', 1, 1))
		insert into passage_terms (school_id, course_id, term, segment, passages, postings)
		values (@school, 'algebra', 'b', 0, 1, '{65537}')`, pgx.StrictNamedArgs{"school": sc.id})
	ok(t, err)
}

func TestEveryTableShowsOneSchool(t *testing.T) {
	s := newStore(t)
	north, south := newSchool(t, s, "north"), newSchool(t, s, "south")
	fill(t, s, north)
	for _, table := range tables(t, s) {
		query := `select count(*) from ` + pgx.Identifier{table}.Sanitize()
		if n := count(t, s, systemScope, query); n == 0 {
			t.Errorf("%s has no row, so this shows nothing", table)
		}
		whole, theirs := count(t, s, scope(north.id), query), count(t, s, scope(newUUID()), query)
		if whole == 0 || theirs != 0 {
			t.Errorf("%s: its school sees %d rows, another %d", table, whole, theirs)
		}
		column := "school_id"
		if table == "schools" {
			column = "id"
		}
		foreign := query + ` where ` + column + ` = '` + north.id + `'`
		if n := count(t, s, scope(south.id), foreign); n != 0 {
			t.Errorf("%s: another school reads %d rows of this one", table, n)
		}
		var unset int
		ok(t, s.pool.QueryRow(t.Context(), query).Scan(&unset))
		if unset != 0 {
			t.Errorf("%s: %d rows are visible outside of any school", table, unset)
		}
	}
}

func TestEveryTableIsProtected(t *testing.T) {
	s := newStore(t)
	for _, table := range tables(t, s) {
		var enabled, forced bool
		var policies, schoolKeys int
		ok(t, s.pool.QueryRow(t.Context(), `
			select c.relrowsecurity, c.relforcerowsecurity,
			       (select count(*) from pg_policy p where p.polrelid = c.oid),
			       (select count(*) from pg_index i
			        join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
			        where i.indrelid = c.oid and i.indisprimary and a.attname = case when c.relname = 'schools' then 'id' else 'school_id' end)
			from pg_class c where c.oid = $1::regclass`, table).Scan(&enabled, &forced, &policies, &schoolKeys))
		if !enabled || !forced || policies != 1 || schoolKeys != 1 {
			t.Errorf("%s: security enabled %v, forced %v, %d policies, school in key %v", table, enabled, forced, policies, schoolKeys == 1)
		}
	}
	var super, bypass bool
	ok(t, s.pool.QueryRow(t.Context(), `select rolsuper, rolbypassrls from pg_roles where rolname = current_user`).Scan(&super, &bypass))
	if super || bypass {
		t.Error("the role of the tests passes by row-level security, so they show nothing")
	}
}

// A row may not be written into another school either, and no foreign key may
// reach across.
func TestNoWriteIntoAnotherSchool(t *testing.T) {
	s := newStore(t)
	north, south := newSchool(t, s, "north"), newSchool(t, s, "south")
	_, err := s.exec(t.Context(), scope(south.id), `insert into classes (school_id, id, name) values (@school, gen_random_uuid(), 'x')`,
		pgx.StrictNamedArgs{"school": north.id})
	if sqlState(err) != stateInsufficientPrivilege {
		t.Errorf("insert into another school: %v", err)
	}
	_, err = s.exec(t.Context(), systemScope, `insert into enrolments (school_id, class_id, learner_id) values (@school, @class, @learner)`,
		pgx.StrictNamedArgs{"school": south.id, "class": south.class, "learner": north.ann.ID})
	if sqlState(err) != stateForeignKeyViolation {
		t.Errorf("enrol a learner of another school: %v", err)
	}
}

func TestSettingEndsWithItsBatch(t *testing.T) {
	s := newStore(t)
	newSchool(t, s, "north")
	conn, err := s.pool.Acquire(context.Background())
	ok(t, err)
	defer conn.Release()
	b := newBatch(systemScope)
	var inside, outside int
	b.Queue(`select count(*) from accounts`).QueryRow(func(row pgx.Row) error { return row.Scan(&inside) })
	ok(t, conn.SendBatch(t.Context(), b).Close())
	ok(t, conn.QueryRow(t.Context(), `select count(*) from accounts`).Scan(&outside))
	if inside == 0 || outside != 0 {
		t.Errorf("%d rows inside the batch, %d after it", inside, outside)
	}
}

func TestRecordIsAppendOnly(t *testing.T) {
	s := newStore(t)
	sc := newSchool(t, s, "north")
	fill(t, s, sc)
	for _, table := range []string{"turns", "scores", "evidence", "audit_log", "activity_versions", "publications", "appeals", "appeal_steps"} {
		for _, sql := range []string{`update ` + table + ` set school_id = school_id`, `delete from ` + table, `truncate ` + table + ` cascade`} {
			if _, err := s.exec(t.Context(), systemScope, sql, nil); sqlState(err) != "MA003" {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
}
