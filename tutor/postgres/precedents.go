package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// Precedents returns the newest answers to an activity's criteria whose score a
// teacher has set, at most limit.
func (s *Store) Precedents(ctx context.Context, schoolID, activityID string, criteria []string, limit int) ([]tutor.Precedent, error) {
	sc, err := schoolScope(schoolID)
	if err != nil {
		return nil, err
	}
	found, err := all(ctx, s, sc, `
		select c.criterion->>'ID', c.level, c.value, c.note, t.text
		from sessions s
		join current_scores c on c.school_id = s.school_id and c.session_id = s.id and c.overrides
		join turns t on t.school_id = c.school_id and t.id = c.turn_id
		where s.school_id = @school and s.activity_id = @activity and c.criterion->>'ID' = any(@criteria)
		order by c.at desc, c.id limit @limit`,
		pgx.StrictNamedArgs{"school": schoolID, "activity": activityID, "criteria": criteria, "limit": limit},
		pgx.RowToStructByPos[tutor.Precedent])
	return found, wrap(err, "read scored answers")
}
