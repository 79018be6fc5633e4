package retrieval

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const (
	// segmentSize is how many passages share their postings' rows: the most that
	// one change rewrites, and that a load holds in memory.
	segmentSize = 4096
	termBatch   = 4000 // rows of postings in a statement
)

// post brings the postings of a course up to its passages: segments that lose
// passages or have room are written anew, and further ones begun. Each segment
// is one transaction, in which passages and postings change together.
func (ix *Index) post(ctx context.Context, school, course string, gone removal) error {
	if err := ix.forget(ctx, school, course, gone.unposted); err != nil {
		return err
	}
	segments, waiting, err := ix.segments(ctx, school, course)
	if err != nil {
		return err
	}
	var changes []segmentChange
	next := 0
	for segment, passages := range segments {
		next = max(next, segment+1)
		if removed := gone.segments[segment]; len(removed) > 0 || passages < ix.segmentSize && waiting > 0 {
			changes = append(changes, segmentChange{school: school, course: course, size: ix.segmentSize, segment: segment, rewrite: true, removed: removed})
		}
	}
	slices.SortFunc(changes, func(a, b segmentChange) int { return a.segment - b.segment })
	for i, done := 0, 0; i < len(changes) || done < waiting; i++ {
		change := segmentChange{school: school, course: course, size: ix.segmentSize, segment: next + i - len(changes)}
		if i < len(changes) {
			change = changes[i]
		}
		var posted int
		err := ix.in(ctx, school, func(tx pgx.Tx) error {
			var err error
			posted, err = change.apply(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		done += posted
		ix.tell("words", min(done, waiting), waiting)
		if posted == 0 && i >= len(changes) { // another load was faster
			return nil
		}
	}
	return nil
}

// forget removes passages that were never posted.
func (ix *Index) forget(ctx context.Context, school, course string, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	return ix.in(ctx, school, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `delete from passages where school_id = @school and course_id = @course and id = any(@ids)`,
			pgx.StrictNamedArgs{"school": school, "course": course, "ids": ids})
		return err
	})
}

// segments returns how many passages each segment of a course has, and how many
// passages wait to be posted.
func (ix *Index) segments(ctx context.Context, school, course string) (segments map[int]int, waiting int, err error) {
	segments = map[int]int{}
	err = ix.in(ctx, school, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `select segment, passages from passage_segments where school_id = @school and course_id = @course`,
			pgx.StrictNamedArgs{"school": school, "course": course})
		var segment, passages int
		if _, err := pgx.ForEachRow(rows, []any{&segment, &passages}, func() error { segments[segment] = passages; return nil }); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `select count(*) from passages where school_id = @school and course_id = @course and number is null`,
			pgx.StrictNamedArgs{"school": school, "course": course}).Scan(&waiting)
	})
	return segments, waiting, err
}

// segmentChange writes one segment.
type segmentChange struct {
	school, course string
	size, segment  int
	rewrite        bool        // it exists already
	removed        []uuid.UUID // passages that go
}

// entry is a passage on its way into the postings.
type entry struct {
	id       uuid.UUID
	number   int // -1 for one that is new
	text     string
	language string
}

// apply removes what goes, fills the segment with passages that wait, and
// returns how many of those there were.
func (s segmentChange) apply(ctx context.Context, tx pgx.Tx) (posted int, err error) {
	if _, err := tx.Exec(ctx, `set local statement_timeout = '5min'`); err != nil {
		return 0, err
	}
	// One load at a time for each course: numbers are dealt out here.
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended(@school || ' ' || @course, 0))`, s.args(nil)); err != nil {
		return 0, err
	}
	if len(s.removed) > 0 {
		if _, err := tx.Exec(ctx, `delete from passages where school_id = @school and course_id = @course and id = any(@ids)`,
			s.args(pgx.StrictNamedArgs{"ids": s.removed})); err != nil {
			return 0, err
		}
	}
	if s.rewrite {
		if _, err := tx.Exec(ctx, `delete from passage_terms where school_id = @school and course_id = @course and segment = @segment`,
			s.args(pgx.StrictNamedArgs{"segment": s.segment})); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, `delete from passage_segments where school_id = @school and course_id = @course and segment = @segment`,
			s.args(pgx.StrictNamedArgs{"segment": s.segment})); err != nil {
			return 0, err
		}
	}
	entries, posted, err := s.entries(ctx, tx)
	if err != nil || len(entries) == 0 {
		return posted, err
	}
	return posted, s.write(ctx, tx, entries)
}

// args adds the course to the arguments of a statement.
func (s segmentChange) args(more pgx.StrictNamedArgs) pgx.StrictNamedArgs {
	out := pgx.StrictNamedArgs{"school": s.school, "course": s.course}
	maps.Copy(out, more)
	return out
}

// entries returns the passages of the segment, numbered: those it keeps, and as
// many of the waiting ones as have room.
func (s segmentChange) entries(ctx context.Context, tx pgx.Tx) (entries []entry, posted int, err error) {
	first := s.segment * s.size
	rows, _ := tx.Query(ctx, `
		(select id, number, lesson || '. ' || heading || '. ' || body, language
		 from passages where school_id = @school and course_id = @course and number >= @first and number < @end order by number)
		union all
		(select id, -1, lesson || '. ' || heading || '. ' || body, language
		 from passages where school_id = @school and course_id = @course and number is null limit @size)
		limit @size`,
		s.args(pgx.StrictNamedArgs{"first": first, "end": first + s.size, "size": s.size}))
	entries, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (entry, error) {
		var e entry
		err := row.Scan(&e.id, &e.number, &e.text, &e.language)
		return e, err
	})
	if err != nil {
		return nil, 0, err
	}
	used := map[int]bool{}
	for _, e := range entries {
		used[e.number] = true
	}
	batch := &pgx.Batch{} // one by one, each by its key, whatever the planner thinks of the table
	free := first
	for i := range entries {
		if entries[i].number >= 0 {
			continue
		}
		for used[free] {
			free++
		}
		entries[i].number = free
		batch.Queue(`update passages set number = @number where school_id = @school and course_id = @course and id = @id`,
			s.args(pgx.StrictNamedArgs{"number": free, "id": entries[i].id}))
		free++
	}
	return entries, batch.Len(), tx.SendBatch(ctx, batch).Close()
}

// write stores the postings of the segment's passages, which share a language.
func (s segmentChange) write(ctx context.Context, tx pgx.Tx, entries []entry) error {
	slices.SortFunc(entries, func(a, b entry) int { return a.number - b.number })
	language := entries[len(entries)-1].language
	b := newPostingsBuilder(language)
	for _, e := range entries {
		b.count(e.number, e.text+defined(e.text))
	}
	if err := b.stem(ctx, tx); err != nil {
		return err
	}
	postings, words := b.postings()
	if _, err := tx.Exec(ctx, `
		insert into passage_segments (school_id, course_id, segment, language, dictionary, passages, words)
		values (@school, @course, @segment, @language, @dictionary, @passages, @words)`,
		s.args(pgx.StrictNamedArgs{"segment": s.segment, "language": language, "dictionary": dictionary(language),
			"passages": len(entries), "words": words})); err != nil {
		return err
	}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(postings)), termBatch) {
		lists, counts := make([]string, len(chunk)), make([]int, len(chunk))
		for i, term := range chunk {
			lists[i], counts[i] = arrayText(postings[term]), len(postings[term])
		}
		if _, err := tx.Exec(ctx, `
			insert into passage_terms (school_id, course_id, term, segment, passages, postings)
			select @school, @course, t.term, @segment, t.passages, t.list::bigint[]
			from unnest(@terms::text[], @counts::int[], @lists::text[]) t(term, passages, list)`,
			s.args(pgx.StrictNamedArgs{"segment": s.segment, "terms": chunk, "counts": counts, "lists": lists})); err != nil {
			return err
		}
	}
	return nil
}

// emphasis is a term that a passage sets in bold.
var emphasis = regexp.MustCompile(`\*\*[^*\n]{1,80}\*\*`)

// defined returns the terms that a passage sets in bold, which are those it
// explains: they count twice over, so that "what is a current?" finds where a
// current is explained before where one is measured.
func defined(text string) string {
	var out strings.Builder
	for _, term := range emphasis.FindAllString(text, 16) {
		out.WriteString(" " + term + " " + term)
	}
	return out.String()
}

// arrayText writes an array as Postgres reads it.
func arrayText(values []int64) string {
	out := append(make([]byte, 0, 16*len(values)+2), '{')
	for i, v := range values {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendInt(out, v, 10)
	}
	return string(append(out, '}'))
}
