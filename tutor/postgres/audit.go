package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

const maxAudit = 1000

// audit records who did what to which thing. Detail holds identifiers and
// codes; empty ones are left out.
func audit(ctx context.Context, tx pgx.Tx, by tutor.Account, action, thing string, detail map[string]string) error {
	kept := map[string]string{}
	for k, v := range detail {
		if v != "" {
			kept[k] = v
		}
	}
	_, err := tx.Exec(ctx, `
		insert into audit_log (school_id, by, action, thing, detail) values (@school, @by, @action, @thing, @detail)`,
		pgx.StrictNamedArgs{"school": by.SchoolID, "by": by.ID, "action": action, "thing": thing, "detail": kept})
	return err
}

// Audit returns entries of the school's audit log older than before (zero for
// the newest), newest first, at most limit (1..1000). Only an administrator may
// read it.
func (s *Store) Audit(ctx context.Context, viewer tutor.Account, before time.Time, limit int) ([]tutor.AuditEntry, error) {
	sc, err := schoolScope(viewer.SchoolID)
	if err != nil {
		return nil, err
	}
	if viewer.Role != tutor.RoleAdmin {
		return nil, tutor.Errorf(tutor.CodeForbidden, "only administrators read the audit log")
	}
	if limit < 1 || limit > maxAudit {
		return nil, tutor.Errorf(tutor.CodeInvalid, "ask for 1 to %d entries", maxAudit)
	}
	if before.IsZero() {
		before = time.Now().AddDate(1, 0, 0)
	}
	entries, err := all(ctx, s, sc, `
		select l.by, l.action, l.thing, l.detail, l.at from audit_log l
		where l.school_id = @school and l.at < @before
		order by l.id desc limit @limit`,
		pgx.StrictNamedArgs{"school": viewer.SchoolID, "before": before, "limit": limit},
		func(row pgx.CollectableRow) (tutor.AuditEntry, error) {
			var e tutor.AuditEntry
			err := row.Scan(&e.By, &e.Action, &e.Thing, &e.Detail, &e.At)
			return e, err
		})
	return entries, wrap(err, "read the audit log")
}
