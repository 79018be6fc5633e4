package postgres

import (
	"strings"
	"sync"
	"testing"

	"maieutic/tutor"
	"maieutic/tutor/postgres/pgtest"
)

func TestMigrateAgainAndAtOnce(t *testing.T) {
	dsn := pgtest.NewDB(t)
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = Migrate(t.Context(), dsn) })
	}
	wg.Wait()
	for _, err := range errs {
		ok(t, err)
	}
}

func TestMigrateBadAddress(t *testing.T) {
	wantCode(t, Migrate(t.Context(), "postgres://%zz"), tutor.CodeInvalid)
	wantCode(t, Migrate(t.Context(), "postgres:///x?host="+t.TempDir()), tutor.CodeUnavailable)
}

func TestReady(t *testing.T) {
	s := newDurableStore(t)
	ok(t, s.Ready(t.Context()))

	ctx := t.Context()
	_, err := s.pool.Exec(ctx, `do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`)
	ok(t, err)
	s.pool.Reset()
	wantUnready(t, s, "synchronous_commit off")

	_, err = s.pool.Exec(ctx, `delete from goose_db_version where version_id = (select max(version_id) from goose_db_version)`)
	ok(t, err)
	wantUnready(t, s, "version")
	_, err = s.pool.Exec(ctx, `drop table goose_db_version`)
	ok(t, err)
	wantUnready(t, s, "no schema")
	s.Close()
	if err := s.Ready(ctx); err == nil {
		t.Error("a closed store is ready")
	}
}

func wantUnready(t *testing.T, s *Store, message string) {
	t.Helper()
	err := s.Ready(t.Context())
	wantCode(t, err, tutor.CodeUnavailable)
	if !strings.Contains(tutor.ErrorMessage(err), message) {
		t.Errorf("%v, want a word about %q", err, message)
	}
}

func TestReadyWantsDurability(t *testing.T) {
	wantUnready(t, newStore(t), "fsync")
}
