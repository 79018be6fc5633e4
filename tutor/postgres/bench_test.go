package postgres

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"maieutic/tutor"
)

// BenchmarkTurn measures BeginTurn with FinishTurn beside one committed batch
// of five bare statements, by turns on the same connections, and reports the
// medians in µs and their ratio.
func BenchmarkTurn(b *testing.B) {
	s := newDurableStore(b)
	sc := newSchool(b, s, "north")
	session := openSession(b, s, sc, sc.ann, 0)
	_, err := s.pool.Exec(b.Context(), `create table bare (id bigint generated always as identity primary key, text text not null)`)
	ok(b, err)
	var turn, begin, bare []time.Duration
	for b.Loop() {
		at := time.Now()
		start := must[tutor.TurnStart](b)(s.BeginTurn(b.Context(), say(session, "It is -3x - 12, because the minus reaches the first term.")))
		begin = append(begin, time.Since(at))
		must[tutor.Turn](b)(s.FinishTurn(b.Context(), graded(start, time.Now(), "some")))
		turn = append(turn, time.Since(at))

		at = time.Now()
		batch := &pgx.Batch{}
		for range 5 {
			batch.Queue(`insert into bare (text) values ($1)`, "It is -3x - 12, because the minus reaches the first term.")
		}
		ok(b, s.pool.SendBatch(b.Context(), batch).Close())
		bare = append(bare, time.Since(at))
	}
	micros := func(d []time.Duration) float64 {
		slices.Sort(d)
		return float64(d[len(d)/2].Nanoseconds()) / 1000
	}
	b.ReportMetric(micros(begin), "begin-µs")
	b.ReportMetric(micros(turn), "turn-µs")
	b.ReportMetric(micros(bare), "bare-µs")
	b.ReportMetric(micros(turn)/micros(bare), "ratio")
}
