package postgres

import "context"

// ReleaseLeases lets every turn under way be taken over at once and returns how
// many there were. It is for a server that starts on a database that nobody
// else serves: whoever held the leases is gone. Fences stay as they are, so
// that one who is not gone after all cannot write.
func (s *Store) ReleaseLeases(ctx context.Context) (int64, error) {
	n, err := s.exec(ctx, systemScope, `
		update sessions set lease_until = clock_timestamp()
		where active_turn is not null and lease_until > clock_timestamp()`, nil)
	return n, wrap(err, "release the leases")
}
